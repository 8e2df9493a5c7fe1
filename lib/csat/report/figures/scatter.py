"""Two measures against each other: respondents as sized bubbles in quadrants, and a few named points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.style import BLUE, INK, MARKERS, MUTED, NEUTRAL, PAPER, mix, new_figure, styled
from csat.report.text import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SIZES = 10
_LARGEST = 15.0


@styled
def quadrant_bubbles(
    x: Any,
    y: Any,
    *,
    split: tuple[float, float],
    corners: Sequence[str],
    weights: Any = None,
    lang: str = "en",
    xlabel: str = "",
    ylabel: str = "",
    limits: tuple[float, float, float, float] = (0, 100, 0, 100),
    bins: int = 20,
    height: float = 5.2,
) -> Figure:
    """Draw many respondents as bubbles on a grid (area ∝ how many), cut into four quadrants with shares.

    Parameters
    ----------
    x, y : array (n,)
        One value a respondent; pairs with a missing value are left out.
    split : (float, float)
        Where x and y are cut; a value on the cut counts as high.
    corners : four str
        Names of the quadrants: low x high y, high x high y, low x low y, high x low y. The share of
        respondents is written after each.
    weights : array (n,), optional
        Survey weights.
    lang, xlabel, ylabel
        Language, and names of the axes.
    limits : (x low, x high, y low, y high)
        Ends of the axes.
    bins : int
        Grid cells along each axis: what keeps a picture of a million people small.
    height : float
        Inches.

    Returns
    -------
    Figure
    """
    import numpy as np

    points = np.column_stack([np.asarray(x, float), np.asarray(y, float)])
    mass = np.ones(len(points)) if weights is None else np.asarray(weights, float)
    known = ~np.isnan(points).any(axis=1) & (mass > 0)
    points, mass = points[known], mass[known]
    figure, axes = new_figure(height)
    edges = np.linspace(limits[0], limits[1], bins + 1), np.linspace(limits[2], limits[3], bins + 1)
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=edges, weights=mass)
    at = np.nonzero(counts)
    centres = [(edge[:-1] + edge[1:]) / 2 for edge in edges]
    steps = np.ceil(_SIZES * np.sqrt(counts[at] / max(counts.max(), 1e-12)))
    look = {"color": mix(BLUE, PAPER, 0.35), "markeredgecolor": BLUE, "markeredgewidth": 0.6, "linestyle": ""}
    for step in np.unique(steps):  # one call a size: each marker is then drawn once and referred to
        here = steps == step
        size = _LARGEST * float(step) / _SIZES
        axes.plot(centres[0][at[0][here]], centres[1][at[1][here]], marker="o", markersize=size, **look)
    axes.axvline(split[0], color=INK, linewidth=1)
    axes.axhline(split[1], color=INK, linewidth=1)
    high = points >= np.asarray(split)
    sides = ((False, True), (True, True), (False, False), (True, False))
    for name, (right, top) in zip(corners, sides, strict=True):
        share = mass[(high[:, 0] == right) & (high[:, 1] == top)].sum() / max(mass.sum(), 1e-12)
        _corner(axes, f"{wrap(name, 22)}\n{numbers.percent(share)}", right, top)
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=limits[:2], ylim=limits[2:])
    ticks = axes.get_yticks()
    band = 0.14 * (limits[3] - limits[2])  # for the names of the quadrants, where no bubble is
    axes.set_ylim(limits[2] - band, limits[3] + band)
    axes.set_yticks([tick for tick in ticks if limits[2] <= tick <= limits[3]])
    return figure


@styled
def named_points(
    frame: pd.DataFrame,
    *,
    lang: str = "en",
    xlabel: str = "",
    ylabel: str = "",
    split: tuple[float, float] | None = None,
    corners: Sequence[str] = (),
    xlimits: tuple[float, float] | None = None,
    ylimits: tuple[float, float] | None = None,
    height: float = 4.6,
) -> Figure:
    """Draw a few named points with their intervals in both directions, as in an importance–performance map.

    Parameters
    ----------
    frame : DataFrame
        Columns ``label, x, y``, optionally ``x_low, x_high, y_low, y_high`` and ``group`` (marker).
    split : (float, float), optional
        Where x and y are cut into quadrants.
    corners : four str, optional
        Names of the quadrants, as in `quadrant_bubbles`.
    xlimits, ylimits : (float, float), optional
        Ends of the axes.

    Other parameters are those of `quadrant_bubbles`.
    """
    figure, axes = new_figure(height)
    groups = list(frame["group"].drop_duplicates()) if "group" in frame else [None]
    for row in frame.itertuples(index=False):
        marker = MARKERS[groups.index(getattr(row, "group", None)) % len(MARKERS)]
        if {"x_low", "x_high"} <= set(frame.columns):
            axes.hlines(row.y, row.x_low, row.x_high, color=mix(BLUE, PAPER, 0.55), linewidth=1.4)
        if {"y_low", "y_high"} <= set(frame.columns):
            axes.vlines(row.x, row.y_low, row.y_high, color=mix(BLUE, PAPER, 0.55), linewidth=1.4)
        axes.plot(row.x, row.y, marker, color=BLUE, markersize=8)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if xlimits:
        axes.set_xlim(*xlimits)
    else:
        axes.margins(x=0.18)
    if ylimits:
        axes.set_ylim(*ylimits)
    else:
        axes.margins(y=0.18)
    axes.set_facecolor(PAPER)
    if split:
        axes.axvline(split[0], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.axhline(split[1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    for name, (right, top) in zip(corners, ((0, 1), (1, 1), (0, 0), (1, 0)), strict=False):
        _corner(axes, wrap(name, 24), bool(right), bool(top), fill=NEUTRAL)
    _names(figure, axes, frame)
    return figure


def _corner(axes: Any, text: str, right: bool, top: bool, fill: str = PAPER) -> None:
    """Write the name of a quadrant into its outer corner."""
    box = {"boxstyle": "round,pad=0.3", "facecolor": fill, "edgecolor": "none", "alpha": 0.88}
    place = {"ha": "right" if right else "left", "va": "top" if top else "bottom"}
    axes.text(
        0.985 if right else 0.015,
        0.985 if top else 0.015,
        text,
        transform=axes.transAxes,
        bbox=box,
        fontsize=9,
        color=INK,
        zorder=5,
        **place,
    )


def _names(figure: Any, axes: Any, frame: pd.DataFrame) -> None:
    """Write each name beside its point, on the side where it covers least."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    taken = [text.get_window_extent(renderer) for text in axes.texts]
    taken += _spans(axes, frame)
    dots = [axes.transData.transform((row.x, row.y)) for row in frame.itertuples(index=False)]
    frame_box = axes.get_window_extent(renderer)
    for row in frame.sort_values(["y", "x"], ascending=False).itertuples(index=False):
        best: tuple[float, Any, Any] | None = None
        for dx, dy, ha, va in _SPOTS:
            spot = {"xytext": (dx, dy), "textcoords": "offset points", "ha": ha, "va": va, "fontsize": 9.5}
            text = axes.annotate(wrap(str(row.label), 20, 2), (row.x, row.y), zorder=6, **spot)
            box = text.get_window_extent(renderer)
            cost = sum(_overlap(box, other) for other in taken)
            cost += 400 * sum(box.contains(*dot) for dot in dots)
            cost += box.width * box.height - _overlap(box, frame_box)
            if best is None or cost < best[0] - 1e-6:
                if best is not None:
                    best[1].remove()
                best = (cost, text, box)
            else:
                text.remove()
        assert best is not None
        taken.append(best[2])


_SPOTS = (
    (5, 4, "left", "bottom"),
    (-5, 4, "right", "bottom"),
    (5, -4, "left", "top"),
    (-5, -4, "right", "top"),
    (9, 0, "left", "center"),
    (-9, 0, "right", "center"),
    (0, 9, "center", "bottom"),
    (0, -9, "center", "top"),
)


def _spans(axes: Any, frame: pd.DataFrame) -> list[Any]:
    """Boxes of the drawn intervals, with a little room around them."""
    from matplotlib.transforms import Bbox

    ends = []
    for row in frame.itertuples(index=False):
        if "x_low" in frame:
            ends.append(((row.x_low, row.y), (row.x_high, row.y)))
        if "y_low" in frame:
            ends.append(((row.x, row.y_low), (row.x, row.y_high)))
    boxes = [axes.transData.transform(pair) for pair in ends]
    return [Bbox.from_extents(a[0] - 2, a[1] - 2, b[0] + 2, b[1] + 2) for a, b in boxes]


def _overlap(one: Any, other: Any) -> float:
    """Area that two boxes share, in square pixels."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(max(across, 0) * max(along, 0))
