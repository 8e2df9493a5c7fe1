"""Structural models as path diagrams: boxes, arrows, coefficients; the layout comes from the graph alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.figures.layers import Edge, Layout, layered
from csat.report.style import BLUE, INK, MUTED, NEUTRAL, PAPER, PLUM, WIDTH, mix, new_figure, styled
from csat.report.text import width, wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_BOX = 0.62
_SMALLEST = 0.68
_MARGIN = 0.08
_LETTER = 0.082

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@styled
def path_diagram(
    nodes: Mapping[str, str],
    edges: pd.DataFrame,
    *,
    notes: Mapping[str, str] | None = None,
    emphasis: Sequence[str] = (),
    lang: str = "en",
    digits: int = 2,
) -> Figure:
    """Draw a structural model: each arrow with its coefficient, as wide as it is strong.

    Parameters
    ----------
    nodes : mapping of id to label
        Constructs, in the order of the study.
    edges : DataFrame
        Columns ``source, target``; optionally ``estimate``, ``ci_low``, ``ci_high`` (an interval that holds
        zero makes the arrow dashed and grey; a negative one is plum) and ``text`` (instead of the number).
    notes : mapping of id to text, optional
        Second line in a box, such as ``R² 0.68``.
    emphasis : sequence of id
        Boxes with a thick frame: what the model is about.
    lang : str
        Language of the figure.
    digits : int
        Decimals of the coefficients.

    Returns
    -------
    Figure
        From top to bottom; from left to right where a layer holds more than five boxes.
    """
    pairs = [(str(a), str(b)) for a, b in zip(edges["source"], edges["target"], strict=True)]
    used = {name for pair in pairs for name in pair}
    shown = [name for name in nodes if name in used] or list(nodes)
    plan = layered(shown, pairs)
    crowd = max(sum(1 for name in shown if plan.layer[name] == at) for at in range(plan.depth))
    place = _Sideways(plan) if crowd > 5 else _Downwards(plan)
    figure, axes = new_figure(place.height)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(place.height, 0))
    axes.axis("off")
    taken = [place.box(name) for name in shown]
    curves = _curves(plan, pairs, place)
    colours = [_arrow(axes, row, curves[pair]) for row, pair in zip(edges.itertuples(), pairs, strict=True)]
    for name in shown:
        _draw_box(axes, place.box(name), nodes[name], (notes or {}).get(name, ""), name in emphasis)
    for row, pair, colour in zip(edges.itertuples(), pairs, colours, strict=True):
        _label(axes, _text(row, digits), curves[pair], colour, taken)
    return figure


class _Downwards:
    """Layers from top to bottom: for models that are narrow."""

    sideways = False

    def __init__(self, plan: Layout) -> None:
        self._plan = plan
        self._unit = min(1.9, (WIDTH - 0.06) / plan.widest)
        self._left = (WIDTH - self._unit * plan.widest) / 2
        self.size = (self._unit * (0.86 if self._unit > 1 else 0.94), _BOX)
        self._tops = [_MARGIN]
        for crossing in plan.between():  # more arrows need more room, or their numbers cover each other
            self._tops.append(self._tops[-1] + _BOX + 0.5 + 0.06 * max(crossing - 3, 0))
        self.height = self._tops[-1] + _BOX + _MARGIN

    def at(self, across: float, layer: int) -> Point:
        """Inches from the left and the top."""
        return self._left + self._unit * across, self._tops[layer] + _BOX / 2

    def box(self, name: str) -> Box:
        """Left, top, right and bottom of a box."""
        x, y = self.at(self._plan.across[name], self._plan.layer[name])
        return x - self.size[0] / 2, y - self.size[1] / 2, x + self.size[0] / 2, y + self.size[1] / 2


class _Sideways(_Downwards):
    """Layers from left to right: for models with many boxes side by side."""

    sideways = True

    def __init__(self, plan: Layout) -> None:
        super().__init__(plan)
        self._unit = 0.78
        self._gap = (WIDTH - 2 * _MARGIN) / max(plan.depth - 0.38, 1)
        self.size = (self._gap * 0.62, _BOX)
        self.height = self._unit * plan.widest + 2 * _MARGIN

    def at(self, across: float, layer: int) -> Point:
        """Inches from the left and the top."""
        return _MARGIN + self.size[0] / 2 + self._gap * layer, _MARGIN + self._unit * across


def _curves(plan: Layout, pairs: Sequence[Edge], place: _Downwards) -> dict[Edge, list[Point]]:
    """Points of each edge: from the side of one box to that of the other, each with a port of its own."""
    curves = {}
    for pair in pairs:
        route = [place.at(*point) for point in plan.route(pair)]
        out = sorted((p for p in pairs if p[0] == pair[0]), key=lambda p: plan.route(p)[1][0])
        into = sorted((p for p in pairs if p[1] == pair[1]), key=lambda p: plan.route(p)[-2][0])
        first = _port(place, route[0], out.index(pair), len(out), 1)
        last = _port(place, route[-1], into.index(pair), len(into), -1)
        curves[pair] = [first, *route[1:-1], last]
    return curves


def _port(place: _Downwards, centre: Point, number: int, count: int, side: int) -> Point:
    """Where an edge leaves (side 1) or enters (side -1) a box."""
    shift = (number - (count - 1) / 2) / max(count, 1)
    if place.sideways:
        return centre[0] + side * place.size[0] / 2, centre[1] + shift * place.size[1] * 0.8
    return centre[0] + shift * place.size[0] * 0.8, centre[1] + side * place.size[1] / 2


def _arrow(axes: Any, row: Any, points: list[Point]) -> str:
    """Draw one arrow and return its colour."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    value, low, high = (_number(row, name) for name in ("estimate", "ci_low", "ci_high"))
    known, unsure = not numbers.is_missing(value), low <= 0 <= high
    colour = MUTED if unsure or not known else PLUM if value < 0 else BLUE
    vertices, codes = _spline(points)
    look: dict[str, Any] = {"color": colour, "linewidth": 1.0 + 3.0 * min(abs(value), 1.0) if known else 1.3}
    look["linestyle"] = (0, (3, 2)) if unsure else "-"
    head = "-|>,head_length=5.5,head_width=3"
    path = Path(vertices, codes)
    axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle=head, shrinkA=0, shrinkB=0, mutation_scale=1, zorder=1, **look)
    )
    return colour


def _number(row: Any, name: str) -> float:
    """Value of a column that may be absent."""
    value = getattr(row, name, None)
    return float("nan") if numbers.is_missing(value) else float(str(value))


def _spline(points: list[Point]) -> tuple[list[Point], list[int]]:
    """Smooth curve through points (Catmull–Rom as cubic Béziers)."""
    from matplotlib.path import Path

    padded = [points[0], *points, points[-1]]
    vertices, codes = [points[0]], [int(Path.MOVETO)]
    for before, start, stop, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        vertices.append((start[0] + (stop[0] - before[0]) / 6, start[1] + (stop[1] - before[1]) / 6))
        vertices.append((stop[0] - (after[0] - start[0]) / 6, stop[1] - (after[1] - start[1]) / 6))
        vertices.append(stop)
        codes += [int(Path.CURVE4)] * 3
    return vertices, codes


def _text(row: Any, digits: int) -> str:
    """Write what stands on an arrow."""
    text = getattr(row, "text", None)
    if isinstance(text, str):
        return text
    value = _number(row, "estimate")
    return "" if numbers.is_missing(value) else numbers.number(value, digits)


def _draw_box(axes: Any, box: Box, label: str, note: str, strong: bool) -> None:
    """Draw one construct with its label and its note."""
    from matplotlib.patches import FancyBboxPatch

    left, top, right, bottom = box
    look: dict[str, Any] = {"facecolor": mix(NEUTRAL, PAPER, 0.35), "edgecolor": INK}
    look["linewidth"] = 2.2 if strong else 1.0
    corner = "round,pad=0,rounding_size=0.07"
    axes.add_patch(FancyBboxPatch((left, top), right - left, bottom - top, boxstyle=corner, zorder=2, **look))
    room = (right - left - 0.06) / _LETTER
    shrunk = _shrunk(label, room)
    lines = wrap(label, max(int(room / shrunk), 6), 2)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    style = {"ha": "center", "va": "center", "zorder": 3}
    axes.text(middle, centre - (0.11 if note else 0), lines, fontsize=9.5 * shrunk, linespacing=1.05, **style)
    if note:
        below = 0.2 if "\n" in lines else 0.12
        smaller = min(max(1.1 * room / max(width(note), 1), _SMALLEST), 1.0)
        axes.text(middle, centre + below, note, fontsize=8.5 * smaller, color=MUTED, **style)


def _shrunk(label: str, room: float) -> float:
    """Size of the letters, as a share of the usual, at which no word need be broken."""
    longest = max((width(word) for word in label.split() if word.isascii()), default=0)
    return min(max(room / max(longest, 1), _SMALLEST), 1.0)


def _label(axes: Any, text: str, points: list[Point], colour: str, taken: list[Box]) -> None:
    """Write a coefficient on its arrow, where it covers nothing that is there already."""
    if not text:
        return
    half = 0.045 * width(text) + 0.03
    best, least = points[0], float("inf")
    for rank, share in enumerate((0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12)):
        for leg, (start, stop) in enumerate(pairwise(points)):
            x, y = start[0] + share * (stop[0] - start[0]), start[1] + share * (stop[1] - start[1])
            cost = sum(_overlap((x - half, y - 0.085, x + half, y + 0.085), other) for other in taken)
            cost += 1e-4 * rank + 1e-5 * leg
            if cost < least:
                best, least = (x, y), cost
    taken.append((best[0] - half, best[1] - 0.085, best[0] + half, best[1] + 0.085))
    ground = {"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.92}
    axes.text(*best, text, ha="center", va="center", fontsize=9, color=colour, bbox=ground, zorder=4)


def _overlap(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(along, 0.0)
