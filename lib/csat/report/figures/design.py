"""Figures of the survey design: which item measures what, and what a sample of a given size can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.style import BLUE, INK, MUTED, NEUTRAL, ORANGE, PAPER, PLUM, RULE, new_figure, styled
from csat.report.text import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_ROW = 0.235


@styled
def item_map(
    frame: pd.DataFrame, *, heads: Mapping[str, str], legend: Mapping[str, str], lang: str = "en"
) -> Figure:
    """Draw which item measures which construct.

    Parameters
    ----------
    frame : DataFrame
        One row an item, top row first: ``item`` (its text at the left), ``construct`` (id of the column it
        belongs to, empty for an item that stands alone), ``reversed``, ``part`` (both bool) and ``pair`` (row
        number of the expectation that it answers to, or -1).
    heads : mapping of id to label
        Constructs, the first column first.
    legend : mapping
        Words for ``item``, ``reversed``, ``part``, ``pair`` and ``alone``.
    lang : str
        Language of the figure.

    Returns
    -------
    Figure
        Construct names stand beside their column, so that none is slanted or cut.
    """
    columns = [name for name in heads if (frame["construct"] == name).any()]
    figure, axes = new_figure(_ROW * (len(frame) + 1.1))
    axes.set(xlim=(-0.6, max(len(columns), 1) - 0.4), ylim=(len(frame) - 0.4, -0.7))
    axes.set_yticks(range(len(frame)), [wrap(text, 30, 1) for text in frame["item"]])
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelsize=9)
    for side in axes.spines.values():
        side.set_visible(False)
    for number, name in enumerate(columns):
        own = [y for y, construct in enumerate(frame["construct"].tolist()) if construct == name]
        _column(axes, number, heads[name], own, len(columns))
    for y, row in enumerate(frame.itertuples(index=False)):
        _mark(axes, columns.index(str(row.construct)) if row.construct else None, y, row)
    for y, before in enumerate(frame["pair"].tolist()):
        if before >= 0:
            _link(axes, columns, frame, before, y)
    _legend(axes, frame, legend)
    return figure


def _column(axes: Any, number: int, head: str, own: Sequence[int], count: int) -> None:
    """Draw the column of a construct: a guide, its block, its name where there is room."""
    axes.axvline(number, color=RULE, linewidth=0.8, zorder=0)
    for y in own:
        axes.hlines(y, -0.6, number, color=NEUTRAL, linewidth=1.0, zorder=0)
    left = number >= count / 2
    middle = (own[0] + own[-1]) / 2
    axes.annotate(
        wrap(head, 18, 2),
        (number, middle),
        (-11 if left else 11, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        color=INK,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": PAPER, "edgecolor": "none"},
        zorder=2,
    )


def _mark(axes: Any, column: int | None, y: int, row: Any) -> None:
    """Draw the mark of one item."""
    x = -0.35 if column is None else column
    if column is None:
        axes.plot(x, y, "x", color=MUTED, markersize=6)
        return
    if row.part:
        axes.plot(x, y, "o", markersize=12, markerfacecolor="none", markeredgecolor=BLUE, markeredgewidth=1.1)
    if row.reversed:
        axes.plot(x, y, "v", color=PLUM, markersize=7.5, zorder=3)
    else:
        axes.plot(x, y, "o", color=BLUE, markersize=6.5, zorder=3)


def _link(axes: Any, columns: Sequence[str], frame: pd.DataFrame, before: int, after: int) -> None:
    """Draw the line from an expectation to the experience that answers it."""
    names = frame["construct"].tolist()
    ends = [(columns.index(names[y]) if names[y] else -0.35, y) for y in (before, after)]
    look = {"arrowstyle": "-", "color": ORANGE, "linewidth": 1.3, "linestyle": (0, (4, 2))}
    look |= {"connectionstyle": "arc3,rad=-0.15", "shrinkA": 5, "shrinkB": 5}
    axes.annotate("", ends[1], ends[0], arrowprops=look, zorder=1)


def _legend(axes: Any, frame: pd.DataFrame, words: Mapping[str, str]) -> None:
    """Explain the marks that occur, above the map."""
    from matplotlib.lines import Line2D

    ring = {"markerfacecolor": "none", "markeredgecolor": BLUE, "markersize": 10}
    looks: dict[str, tuple[bool, dict[str, Any]]] = {
        "item": (bool((frame["construct"] != "").any()), {"marker": "o", "color": BLUE}),
        "reversed": (bool(frame["reversed"].any()), {"marker": "v", "color": PLUM}),
        "part": (bool(frame["part"].any()), {"marker": "o", **ring}),
        "pair": (bool((frame["pair"] >= 0).any()), {"color": ORANGE, "linestyle": (0, (4, 2))}),
        "alone": (bool((frame["construct"] == "").any()), {"marker": "x", "color": MUTED}),
    }
    handles = [
        Line2D([], [], **{"linestyle": "", **look}, label=words[name])
        for name, (occurs, look) in looks.items()
        if occurs
    ]
    place = {"loc": "upper left", "bbox_to_anchor": (0, 1.0), "borderpad": 0.2, "borderaxespad": 0}
    figure = axes.figure
    figure.legend(handles=handles, ncols=min(len(handles), 3), handletextpad=0.3, columnspacing=1.3, **place)
    figure.set_size_inches(figure.get_figwidth(), figure.get_figheight() + 0.24 * -(-len(handles) // 3))
    engine = figure.get_layout_engine()
    engine.set(rect=(0, 0, 1, 1 - 0.24 * -(-len(handles) // 3) / figure.get_figheight()))


@styled
def size_curves(
    frame: pd.DataFrame,
    *,
    planned: int,
    ladder: Sequence[int],
    planned_label: str,
    xlabel: str,
    prefix: str = "",
    lang: str = "en",
) -> Figure | None:
    """Draw how a margin of error, or the smallest change that shows, shrinks as the sample grows.

    Parameters
    ----------
    frame : DataFrame
        Columns ``panel`` (its heading), ``n``, ``estimate`` and ``digits``; one line a panel.
    planned : int
        Size that is planned: marked and written.
    ladder : sequence of int
        Sizes named on the axis.
    planned_label : str
        What is written at the planned size, with ``{value}`` in it.
    xlabel : str
        Name of the horizontal axis.
    prefix : str
        Put before each value, such as ``±``.
    lang : str
        Language of the figure.

    Returns
    -------
    Figure or None
        Two panels a row; None when there is nothing to draw.
    """
    panels = list(frame["panel"].drop_duplicates())
    if not panels:
        return None
    columns = 2 if len(panels) > 1 else 1
    rows = -(-len(panels) // columns)
    figure, grid = new_figure(2.35 * rows + 0.3, rows=rows, columns=columns, squeeze=False)
    for number, axes in enumerate(grid.flat):
        if number >= len(panels):
            axes.set_visible(False)
            continue
        one = frame[frame["panel"] == panels[number]]
        _size_panel(axes, one, planned, prefix, planned_label)
        _size_axis(axes, ladder, planned, one)
        axes.set_title(wrap(panels[number], 64 // columns - 2, 2), fontsize=9.5)
        if number >= len(panels) - columns:
            axes.set_xlabel(xlabel)
    return figure


def _size_panel(axes: Any, one: pd.DataFrame, planned: int, prefix: str, label: str) -> None:
    """Draw one line, with the planned size as a dot and a number."""
    axes.plot(one["n"], one["estimate"], color=BLUE)
    at = one[one["n"] == planned]
    axes.set_ylim(0, float(one["estimate"].max()) * 1.08 or 1.0)
    axes.grid(axis="y")
    if at.empty:
        return
    value, digits = float(at["estimate"].iloc[0]), int(at["digits"].iloc[0])
    axes.vlines(planned, 0, value, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot(planned, value, "o", color=PLUM, markersize=7, zorder=3)
    text = label.format(value=prefix + numbers.number(value, digits))
    # The curve falls, so above and to the right of the dot is room; at the right end, in the far corner.
    low, high = float(one["n"].min()), float(one["n"].max())
    if planned < low * (high / low) ** 0.6:
        axes.annotate(text, (planned, value), (6, 6), textcoords="offset points", va="bottom", color=INK)
    else:
        axes.annotate(text, (0.99, 0.9), xycoords="axes fraction", ha="right", va="top", color=INK)


def _size_axis(axes: Any, ladder: Sequence[int], planned: int, one: pd.DataFrame) -> None:
    """Sizes on a logarithmic axis; those too close to the planned one are not named."""
    axes.set_xscale("log")
    low, high = float(one["n"].min()), float(one["n"].max())
    room = (high / low) ** (0.13 if planned < 1000 else 0.19)  # five characters need more room
    shown = [
        n for n in ladder if n == planned or (low <= n <= high and not planned / room < n < planned * room)
    ]
    axes.set_xticks(shown, [numbers.count(n) for n in shown], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlim(low, high * 1.02)
