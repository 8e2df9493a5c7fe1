"""Path diagrams: where the boxes stand, so that arrows run forward and cross as little as possible; and the drawing."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from csat.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Edge = tuple[str, str]
Point = tuple[float, float]

STAGE_OF_ROLE: Mapping[str, int] = {
    **dict.fromkeys(("image", "expectation", "driver", "other"), 0),
    **dict.fromkeys(("quality", "value"), 1),
    "satisfaction": 2,
    **dict.fromkeys(("complaint", "trust", "switching_cost", "loyalty", "outcome"), 3),
}
"""Column in which a role usually stands in the story from image to loyalty."""

_COLUMNS = 4
_HALF_HEIGHT = 0.62


@dataclass(frozen=True)
class Node:
    """One construct of a path diagram: what its box says, and how strongly it is marked."""

    id: str
    label: str
    role: str = ""
    note: str = ""
    fill: str = style.PAPER


@dataclass(frozen=True)
class Arrow:
    """One path: optional text beside it, its colour, width and line style."""

    source: str
    target: str
    text: str = ""
    colour: str = style.MUTED
    width: float = 1.3
    dashed: bool = False


# ---- where the boxes stand ---------------------------------------------------------------------------------


def columns(nodes: Sequence[str], edges: Sequence[Edge], roles: Mapping[str, str]) -> dict[str, int]:
    """Column of each construct, from causes on the left to effects on the right.

    Parameters
    ----------
    nodes : sequence of str
        Constructs that take part in the model.
    edges : sequence of (source, target)
        Paths without a cycle.
    roles : mapping
        Role of each construct.

    Returns
    -------
    dict of str to int
        Columns from 0, without gaps.

    Notes
    -----
    Two arrangements are weighed: by longest path, where no arrow stays within a column but a deep model
    becomes wide, and by role, which is the customary picture of a satisfaction model. An arrow that points
    backward costs most, then a column beyond the fourth, then an arrow within a column.
    """
    by_role = _without_gaps({node: STAGE_OF_ROLE.get(roles.get(node, "other"), 0) for node in nodes})
    by_depth = _without_gaps(_depths(nodes, edges))

    def cost(column: Mapping[str, int]) -> int:
        backward = sum(column[a] > column[b] for a, b in edges)
        within = sum(column[a] == column[b] for a, b in edges)
        wide = max(max(column.values(), default=0) + 1 - _COLUMNS, 0)
        return 10 * backward + 3 * wide + within

    return min((by_depth, by_role), key=cost)


def place(column: Mapping[str, int], edges: Sequence[Edge]) -> dict[str, Point]:
    """Position of each box: its column, and a height that keeps arrows short, apart, and off other boxes.

    Parameters
    ----------
    column : mapping
        See `columns`.
    edges : sequence of (source, target)

    Returns
    -------
    dict of str to (x, y)
        x is the column; y counts upward in steps of one box with its gap.

    Notes
    -----
    A deterministic search: each box in turn takes the free place in its column that costs least, until no
    box moves any more.
    """
    at: dict[str, Point] = {}
    for index in sorted(set(column.values())):
        members = [node for node in column if column[node] == index]
        for rank, node in enumerate(members):
            at[node] = (float(index), (len(members) - 1) / 2 - rank)
    tallest = max((sum(c == i for c in column.values()) for i in column.values()), default=1)
    heights = [step / 2 for step in range(-tallest, tallest + 1)]
    for _ in range(12):
        before = dict(at)
        for node in at:
            at = min(_moves(at, node, heights), key=lambda option: _cost(option, edges))
        if at == before:
            break
    return at


def _moves(at: Mapping[str, Point], node: str, heights: Sequence[float]) -> list[dict[str, Point]]:
    """Arrangements with one box elsewhere in its column, or swapped with another of it; the present one first."""
    x, _ = at[node]
    others = [other for other in at if other != node and at[other][0] == x]
    options = [dict(at)]
    for y in heights:
        if all(abs(at[other][1] - y) >= 1 for other in others):
            options.append({**at, node: (x, y)})
    options += [{**at, node: at[other], other: at[node]} for other in others]
    return options


def _cost(at: Mapping[str, Point], edges: Sequence[Edge]) -> float:
    """How bad an arrangement is: boxes run through, crossings, length of arrows, height."""
    lines = [(at[a], at[b]) for a, b in edges]
    through = sum(
        _hits(at[a], at[b], at[node]) for a, b in edges for node in at if node not in (a, b)
    )
    crossings = sum(_cross(*first, *second) for i, first in enumerate(lines) for second in lines[:i])
    rise = sum((a[1] - b[1]) ** 2 for a, b in lines)
    heights = [y for _, y in at.values()]
    spread = (max(heights) - min(heights)) if heights else 0.0
    return 10 * through + 4 * crossings + 0.3 * rise + 0.9 * spread + 0.05 * abs(sum(heights))


def _hits(a: Point, b: Point, box: Point) -> bool:
    """Say whether the straight line between two boxes runs through a third."""
    if a[0] == b[0]:
        return box[0] == a[0] and min(a[1], b[1]) < box[1] < max(a[1], b[1])
    if not min(a[0], b[0]) < box[0] < max(a[0], b[0]):
        return False
    share = (box[0] - a[0]) / (b[0] - a[0])
    return abs(a[1] + share * (b[1] - a[1]) - box[1]) < _HALF_HEIGHT


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Say whether two lines cross, apart from common ends."""
    if {a, b} & {c, d}:
        return False

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _depths(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Longest path that leads to each construct."""
    depth = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for source, target in edges:
            depth[target] = max(depth[target], depth[source] + 1)
    return depth


def _without_gaps(column: Mapping[str, int]) -> dict[str, int]:
    """Columns renumbered from 0 without an empty one."""
    used = sorted(set(column.values()))
    return {node: used.index(index) for node, index in column.items()}


# ---- the drawing -------------------------------------------------------------------------------------------


@style.styled
def path_diagram(nodes: Sequence[Node], arrows: Sequence[Arrow], *, lang: str = "en") -> Figure | None:
    """Boxes and arrows of a structural model.

    Parameters
    ----------
    nodes : sequence of Node
        Constructs; those without an arrow are left out.
    arrows : sequence of Arrow
        Paths, drawn in this order.
    lang : str
        Language, for the font and for breaking lines.

    Returns
    -------
    Figure or None
        None when there is no path.
    """
    edges = [(arrow.source, arrow.target) for arrow in arrows]
    inside = {end for edge in edges for end in edge}
    shown = [node for node in nodes if node.id in inside]
    if not shown:
        return None
    column = columns([node.id for node in shown], edges, {node.id: node.role for node in shown})
    at = place(column, edges)
    heights = [y for _, y in at.values()]
    low, high = min(heights), max(heights)
    width = max(at[node.id][0] for node in shown) + 1
    scale = 1.05 if any(arrow.text for arrow in arrows) else 0.92
    figure, axes = style.new_figure((high - low + 1.1) * scale)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(low - 0.5, high + 0.5))
    axes.axis("off")
    room = style.WIDTH / width
    boxes = {node.id: _box(axes, node, at[node.id], room, lang) for node in shown}
    for arrow in arrows:
        _arrow(axes, arrow, at, boxes)
    return figure


def wrap(text: str, width: int) -> str:
    """Text broken into lines; Chinese may break between any two characters.

    Examples
    --------
    >>> wrap("Corporate social responsibility", 11)
    'Corporate\\nsocial\\nresponsibility'
    """
    wide = sum(ord(letter) > 0x2E80 for letter in text)
    if 2 * wide > len(text):
        return "\n".join(text[i : i + width // 2] for i in range(0, len(text), width // 2))
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def _box(axes: Axes, node: Node, at: Point, room: float, lang: str) -> object:
    """Draw one box; give the drawn text, to which arrows attach."""
    from matplotlib.offsetbox import AnnotationBbox, TextArea, VPacker

    size = 10.0 if room >= 1.4 else 9.0
    letters = max(int(room * 0.68 * 72 / (size * 0.56)), 8)
    parts = [TextArea(wrap(node.label, letters), textprops={"fontsize": size, "ha": "center", "color": style.INK})]
    for small in (node.note,):
        if small:
            text = wrap(small, int(letters * 1.15))
            parts.append(TextArea(text, textprops={"fontsize": size - 1.5, "ha": "center", "color": style.MUTED}))
    packed = VPacker(children=parts, align="center", pad=0, sep=2)
    look = {"boxstyle": "round,pad=0.35,rounding_size=0.25", "facecolor": node.fill, "edgecolor": style.MUTED}
    drawn = AnnotationBbox(packed, at, bboxprops=look, pad=0.35, zorder=3)
    axes.add_artist(drawn)
    return drawn


def _arrow(axes: Axes, arrow: Arrow, at: Mapping[str, Point], boxes: Mapping[str, object]) -> None:
    """Draw one arrow between two boxes, bent where a straight one would run through a third."""
    start, end = at[arrow.source], at[arrow.target]
    blocked = any(_hits(start, end, at[other]) for other in at if other not in (arrow.source, arrow.target))
    bend = 0.0
    if blocked:
        bend = -0.32 if start[1] + end[1] >= 0 else 0.32
        bend = -bend if end[0] < start[0] or (end[0] == start[0] and end[1] > start[1]) else bend
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        zorder=2,
        arrowprops={
            "arrowstyle": "-|>,head_length=0.55,head_width=0.25",
            "color": arrow.colour,
            "linewidth": arrow.width,
            "linestyle": (0, (4, 2)) if arrow.dashed else "solid",
            "connectionstyle": f"arc3,rad={bend}",
            "patchA": getattr(boxes[arrow.source], "patch", None),
            "patchB": getattr(boxes[arrow.target], "patch", None),
            "shrinkA": 1.0,
            "shrinkB": 2.0,
        },
    )
    if arrow.text:
        _text(axes, arrow, start, end, bend)


def _text(axes: Axes, arrow: Arrow, start: Point, end: Point, bend: float) -> None:
    """Write the text of an arrow on its middle, with paper behind it."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    look = {"boxstyle": "round,pad=0.12", "facecolor": style.PAPER, "edgecolor": "none"}
    axes.text(*middle, arrow.text, ha="center", va="center", fontsize=9, color=arrow.colour, bbox=look, zorder=2.5)
