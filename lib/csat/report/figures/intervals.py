"""Estimates with their intervals: as points in rows, as bars, and as a line with a band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.language import Catalogue
from csat.report.style import (
    HATCHES,
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    RULE,
    direct_labels,
    mix,
    new_figure,
    styled,
    text_colour,
)
from csat.report.text import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Reference = tuple[float, str]


@styled
def interval_plot(
    frame: pd.DataFrame,
    *,
    lang: str = "en",
    xlabel: str = "",
    references: Sequence[Reference] = (),
    limits: tuple[float, float] | None = None,
    digits: int = 2,
    unit: str = "",
    values: bool = True,
) -> Figure:
    """Draw a forest plot: one row a label, a point and its interval, the numbers written at the right.

    Parameters
    ----------
    frame : DataFrame
        Columns ``label, estimate, ci_low, ci_high``, optionally ``group``: rows that share a label stand
        below each other, told apart by marker and colour, with a legend above.
    lang : str
        Language of the figure.
    xlabel : str
        Name of the axis.
    references : sequence of (value, label)
        Vertical lines, such as a bar that should be reached.
    limits : (float, float), optional
        Ends of the axis.
    digits, unit
        How numbers are written: decimals, and what follows them.
    values : bool
        Write estimate and interval at the right.

    Returns
    -------
    Figure
    """
    labels, groups, places = _places(frame)
    step = 0.30 if len(groups) > 1 else 0.36
    figure, axes = new_figure(0.85 + step * len(frame) + 0.12 * len(labels) * (len(groups) > 1))
    for number, group in enumerate(groups):
        rows = frame[frame["group"] == group] if group is not None else frame
        at = [places[key] for key in _keys(rows)]
        colour, marker = PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]
        axes.hlines(at, rows["ci_low"], rows["ci_high"], color=colour, linewidth=2.2)
        axes.plot(rows["estimate"], at, marker, color=colour, markersize=6.5, label=group)
    _rows(axes, frame, labels, places)
    _references(axes, references)
    if values:
        _written(axes, frame, places, lang, digits, unit)
    _finish(axes, xlabel, limits, groups, raised=any(label for _, label in references))
    return figure


@styled
def interval_bars(
    frame: pd.DataFrame,
    *,
    lang: str = "en",
    xlabel: str = "",
    references: Sequence[Reference] = (),
    limits: tuple[float, float] | None = None,
    digits: int = 1,
    unit: str = "",
    values: bool = True,
) -> Figure:
    """Draw horizontal bars from zero with their intervals, the numbers written at the right.

    Parameters are those of `interval_plot`; groups are told apart by hatch as well as colour.
    """
    labels, groups, places = _places(frame)
    thick = 0.72 if len(groups) > 1 else 0.6
    figure, axes = new_figure(0.85 + 0.38 * len(frame) + 0.1 * len(labels) * (len(groups) > 1))
    for number, group in enumerate(groups):
        rows = frame[frame["group"] == group] if group is not None else frame
        at = [places[key] for key in _keys(rows)]
        colour = PALETTE[number % len(PALETTE)]
        fill = {
            "color": mix(colour, "#FFFFFF", 0.45),
            "edgecolor": colour,
            "hatch": HATCHES[number % len(HATCHES)],
        }
        axes.barh(at, rows["estimate"], height=thick, label=group, linewidth=0.8, **fill)
        axes.hlines(at, rows["ci_low"], rows["ci_high"], color=INK, linewidth=1.8)
    _rows(axes, frame, labels, places)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    _references(axes, references)
    if values:
        _written(axes, frame, places, lang, digits, unit)
    _finish(axes, xlabel, limits, groups, raised=any(label for _, label in references))
    return figure


@styled
def line_band(
    frame: pd.DataFrame,
    *,
    lang: str = "en",
    xlabel: str = "",
    ylabel: str = "",
    references: Sequence[Reference] = (),
    xlimits: tuple[float, float] | None = None,
    limits: tuple[float, float] | None = None,
    points: bool = True,
    height: float = 3.6,
) -> Figure:
    """Draw lines with the band of their intervals, each named at its end.

    Parameters
    ----------
    frame : DataFrame
        Columns ``x, estimate, ci_low, ci_high``, optionally ``group`` (at most four lines stay readable).
        Text in ``x`` is taken as ordered categories.
    references : sequence of (value, label)
        Horizontal lines.
    points : bool
        Mark each estimate.

    Other parameters are those of `interval_plot`.
    """
    figure, axes = new_figure(height)
    text = frame["x"].map(lambda value: isinstance(value, str)).any()
    ticks = list(frame["x"].drop_duplicates()) if text else []
    groups = list(frame["group"].drop_duplicates()) if "group" in frame else [None]
    ends = []
    for number, group in enumerate(groups):
        rows = frame[frame["group"] == group] if group is not None else frame
        x = [float(ticks.index(value)) if text else float(value) for value in rows["x"]]
        colour = PALETTE[number % len(PALETTE)]
        axes.fill_between(x, rows["ci_low"], rows["ci_high"], color=mix(colour, "#FFFFFF", 0.78), linewidth=0)
        marker = MARKERS[number % len(MARKERS)] if points else ""
        style = ("-", "--", "-.", ":")[number % 4]
        axes.plot(x, rows["estimate"], style, marker=marker, color=colour, markersize=5)
        ends.append((x[-1], float(rows["estimate"].iloc[-1]), group, colour))
    if text:
        axes.set_xticks(range(len(ticks)), [wrap(str(tick), 14) for tick in ticks])
    for value, label in references:
        axes.axhline(value, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(label, (0, value), (2, 3), xycoords=("axes fraction", "data"), **_small())
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if limits:
        axes.set_ylim(*limits)
    if xlimits:
        axes.set_xlim(*xlimits)
    axes.grid(axis="y")
    if len(groups) > 1:
        low, high = axes.get_ylim()
        for (x_end, _, group, colour), y in zip(
            ends, direct_labels([end[1] for end in ends], 0.07 * (high - low)), strict=True
        ):
            place = {
                "xytext": (8, 0),
                "textcoords": "offset points",
                "va": "center",
                "color": text_colour(colour),
            }
            axes.annotate(wrap(str(group), 18), (x_end, y), annotation_clip=False, **place)
    return figure


def _keys(rows: pd.DataFrame) -> list[tuple[str, Any]]:
    """Label and group of each row."""
    groups = rows["group"] if "group" in rows else [None] * len(rows)
    return list(zip(rows["label"], groups, strict=True))


def _places(frame: pd.DataFrame) -> tuple[list[str], list[Any], dict[tuple[str, Any], float]]:
    """Labels from top to bottom, groups, and the height at which each row stands."""
    labels = list(frame["label"].drop_duplicates())
    groups = list(frame["group"].drop_duplicates()) if "group" in frame else [None]
    places, y = {}, 0.0
    known = set(_keys(frame))
    for label in labels:
        for group in groups:
            if (label, group) in known:
                places[label, group] = -y
                y += 1
        y += 0.4 if len(groups) > 1 else 0
    return labels, groups, places


def _rows(
    axes: Any, frame: pd.DataFrame, labels: Sequence[str], places: dict[tuple[str, Any], float]
) -> None:
    """Name the rows at the left, each label at the middle of its group."""
    middles = []
    for label in labels:
        own = [y for (name, _), y in places.items() if name == label]
        middles.append(sum(own) / len(own))
    axes.set_yticks(middles, [wrap(str(label), 26, 2) for label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(min(places.values()) - 0.6, 0.6)


def _references(axes: Any, references: Sequence[Reference]) -> None:
    """Draw the vertical lines and name them above the axes."""
    for value, label in references:
        axes.axvline(value, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=0.5)
        if label:
            place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "center"}
            axes.annotate(label, (value, 1), (0, 2), va="bottom", **place, **_small())


def _written(
    axes: Any,
    frame: pd.DataFrame,
    places: dict[tuple[str, Any], float],
    lang: str,
    digits: int,
    unit: str,
) -> None:
    """Write each estimate with its interval at the right of its row."""
    words = Catalogue(lang)
    right = axes.twinx()
    right.set_ylim(axes.get_ylim())
    texts = []
    for row in frame.itertuples(index=False):
        text = numbers.number(row.estimate, digits) + unit
        if not numbers.is_missing(row.ci_low):
            text += f" ({words.interval(row.ci_low, row.ci_high, digits)})"
        texts.append(text)
    right.set_yticks([places[key] for key in _keys(frame)], texts)
    right.tick_params(axis="y", length=0, labelsize=9)
    for spine in right.spines.values():
        spine.set_visible(False)


def _finish(
    axes: Any, xlabel: str, limits: tuple[float, float] | None, groups: Sequence[Any], raised: bool
) -> None:
    """Set axis, grid and legend; the legend is raised above the names of reference lines."""
    axes.set_xlabel(xlabel)
    if limits:
        axes.set_xlim(*limits)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(RULE)
    if len(groups) > 1:
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1.02), "borderaxespad": 2.0 if raised else 0.4}
        axes.legend(ncols=min(len(groups), 3), handletextpad=0.4, columnspacing=1.4, **place)


def _small() -> dict[str, Any]:
    """Style of a note inside a figure."""
    return {"fontsize": 9, "color": MUTED}
