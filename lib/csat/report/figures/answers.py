"""How answers are distributed: stacked bars that diverge around the middle of the scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.style import INK, MUTED, PAPER, diverging, ink_on, new_figure, styled
from csat.report.text import width, wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@styled
def diverging_bars(
    shares: pd.DataFrame,
    *,
    lang: str = "en",
    neutral: bool | None = None,
    ends: tuple[str, str] = ("", ""),
    bases: Sequence[int] | None = None,
    legend: bool = True,
) -> Figure:
    """Draw one stacked bar a row, unfavourable answers left of the middle, favourable ones right of it.

    Parameters
    ----------
    shares : DataFrame
        Index: labels, top row first. Columns: answer categories from worst to best. Values: shares of 1;
        each row sums to 1 (a row of missing values stays empty).
    lang : str
        Language of the figure.
    neutral : bool, optional
        Whether the middle category is neutral; by default when their number is odd.
    ends : (str, str)
        Names of the two sides, written above with the totals of the sides at both ends of each bar.
    bases : sequence of int, optional
        n of each row, written at the far right.
    legend : bool
        Show what each fill means.

    Returns
    -------
    Figure
    """
    middle = shares.shape[1] % 2 == 1 if neutral is None else neutral
    half = (shares.shape[1] - middle) // 2
    fills = diverging(shares.shape[1], middle)
    figure, axes = new_figure(1.0 + 0.34 * len(shares) + 0.25 * bool(legend))
    widths = 100 * shares.fillna(0).to_numpy(float)
    starts = -widths[:, :half].sum(axis=1) - (widths[:, half] / 2 if middle else 0)
    rows = list(range(0, -len(shares), -1))
    ends_at = starts + widths.sum(axis=1)
    reach = max(10.0, float(max(-starts.min(), ends_at.max()))) * 1.22
    left = starts.copy()
    for number, name in enumerate(shares.columns):
        part = widths[:, number]
        look = {"color": fills[number], "edgecolor": PAPER, "linewidth": 0.7}
        axes.barh(rows, part, left=left, height=0.74, label=str(name), **look)
        _inside(axes, rows, left, part, fills[number], 0.084 * reach)
        left = left + part
    _sides(axes, rows, starts, left, widths, half)
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.set_yticks(rows, [wrap(str(label), 28, 2) for label in shares.index])
    axes.set(xlim=(-reach, reach), ylim=(rows[-1] - 0.6, 0.6), xticks=[])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _titles(axes, ends)
    if bases is not None:
        _bases(axes, rows, bases)
    if legend:
        _legend(figure, axes, shares.columns)
    return figure


def _inside(axes: Any, rows: Sequence[int], left: Any, part: Any, fill: str, room: float) -> None:
    """Write a share into its part of the bar where there is room for it."""
    ground = {"boxstyle": "square,pad=0.08", "facecolor": fill, "edgecolor": "none"}
    style = {"ha": "center", "va": "center", "color": ink_on(fill), "fontsize": 8.5, "zorder": 5}
    for y, start, size in zip(rows, left, part, strict=True):
        if size >= room:
            text = axes.text(start + size / 2, y, numbers.number(size, 0), **style)
            if start < 0 < start + size:
                text.set_bbox(ground)  # or the line of the middle would strike it through


def _sides(axes: Any, rows: Sequence[int], starts: Any, stops: Any, widths: Any, half: int) -> None:
    """Write the total of each side at the end of its bar."""
    for i, y in enumerate(rows):
        if not widths[i].sum():
            continue
        style = {"va": "center", "fontsize": 9.5, "color": INK}
        low, high = widths[i, :half].sum(), widths[i, widths.shape[1] - half :].sum()
        axes.text(starts[i] - 1.2, y, numbers.number(low, 0) + "%", ha="right", **style)
        axes.text(stops[i] + 1.2, y, numbers.number(high, 0) + "%", ha="left", **style)


def _titles(axes: Any, ends: tuple[str, str]) -> None:
    """Name the two sides above the bars."""
    for name, x, side in ((ends[0], -4, "right"), (ends[1], 4, "left")):
        if name:
            place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
            arrow = f"← {name}" if side == "right" else f"{name} →"
            axes.annotate(arrow, (0, 1), (x, 3), ha=side, va="bottom", fontsize=9.5, color=MUTED, **place)


def _bases(axes: Any, rows: Sequence[int], bases: Sequence[int]) -> None:
    """Write n of each row at the far right."""
    right = axes.twinx()
    right.set_ylim(axes.get_ylim())
    right.set_yticks(rows, [f"n = {numbers.count(base)}" for base in bases])
    right.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    for spine in right.spines.values():
        spine.set_visible(False)


def _legend(figure: Any, axes: Any, names: Any) -> None:
    """Put the legend below the bars, in the order of the scale."""
    longest = max(width(str(name)) for name in names)
    columns = max(1, min(len(names), int(72 / (longest + 4))))
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=columns,
        handlelength=1.1,
        handletextpad=0.4,
        columnspacing=1.1,
        fontsize=9,
    )
