"""Layout of a path diagram: nodes in layers, edges bent round the boxes (the method of Sugiyama).

Pure geometry: graph in, coordinates out. Long edges get a bend in every layer that they cross; the order in a
layer comes from barycentres; the positions minimise the bending of edges under the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
_SWEEPS = 24


@dataclass(frozen=True)
class Layout:
    """Where nodes and edges go: `across` is the position within a layer, `layer` counts from the start."""

    layer: dict[str, int]
    across: dict[str, float]
    bends: dict[Edge, tuple[str, ...]]
    depth: int
    widest: float

    def route(self, edge: Edge) -> list[tuple[float, int]]:
        """Points (across, layer) that an edge passes, from source to target."""
        chain = (edge[0], *self.bends[edge], edge[1])
        return [(self.across[name], self.layer[name]) for name in chain]

    def between(self) -> list[int]:
        """Count the edges between each layer and the next."""
        ends = [(self.layer[source], self.layer[target]) for source, target in self.bends]
        return [sum(start <= at < stop for start, stop in ends) for at in range(self.depth - 1)]


def layered(nodes: Sequence[str], edges: Sequence[Edge], size: float = 1.0, bend: float = 0.5) -> Layout:
    """Lay out an acyclic graph in layers.

    Parameters
    ----------
    nodes : sequence of str
        Order decides between equals.
    edges : sequence of (source, target)
    size, bend : float
        Room that a node and a bend take within a layer.

    Returns
    -------
    Layout

    Raises
    ------
    ValueError
        If the graph has a cycle.

    References
    ----------
    Sugiyama, Tagawa & Toda (1981), Methods for visual understanding of hierarchical system structures.
    """
    layer = _layers(nodes, edges)
    bends, parts = _bends(edges, layer)
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for name in layer:
        rows[layer[name]].append(name)
    real = set(nodes)
    rows = _order(rows, parts)
    room = {name: size if name in real else bend for name in layer}
    across = _positions(rows, parts, room, real)
    low = min((across[name] - room[name] / 2 for name in across), default=0.0)
    across = {name: x - low for name, x in across.items()}
    widest = max((across[name] + room[name] / 2 for name in across), default=size)
    return Layout(layer, across, bends, len(rows), widest)


def _layers(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Layer of each node by the longest way to it; a start moves down to just above its first target."""
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        moved = False
        for source, target in edges:
            if layer[target] <= layer[source]:
                layer[target], moved = layer[source] + 1, True
        if not moved:
            break
    else:
        if edges:
            raise ValueError("A path diagram needs a model without cycles.")
    targets = {target for _, target in edges}
    for name in nodes:
        after = [layer[target] for source, target in edges if source == name]
        if name not in targets and after:
            layer[name] = min(after) - 1
    return layer


def _bends(edges: Sequence[Edge], layer: dict[str, int]) -> tuple[dict[Edge, tuple[str, ...]], list[Edge]]:
    """Bends of each edge (added to `layer`), and the parts of edges between neighbouring layers."""
    bends: dict[Edge, tuple[str, ...]] = {}
    parts: list[Edge] = []
    for source, target in edges:
        names = tuple(f"{source}→{target}@{at}" for at in range(layer[source] + 1, layer[target]))
        for at, name in enumerate(names, layer[source] + 1):
            layer[name] = at
        bends[source, target] = names
        chain = (source, *names, target)
        parts += list(pairwise(chain))
    return bends, parts


def _order(rows: list[list[str]], parts: Sequence[Edge]) -> list[list[str]]:
    """Order within layers with few crossings, by barycentre sweeps; the best one seen is kept."""
    best, fewest = [list(row) for row in rows], _crossings(rows, parts)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for number in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            fixed = rows[number - 1] if down else rows[number + 1]
            at = {name: i for i, name in enumerate(fixed)}
            weight = {}
            for i, name in enumerate(rows[number]):
                near = [at[a if down else b] for a, b in parts if (b if down else a) == name]
                weight[name] = sum(near) / len(near) if near else float(i)
            rows[number] = sorted(rows[number], key=lambda name: weight[name])
        count = _crossings(rows, parts)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def _crossings(rows: Sequence[Sequence[str]], parts: Sequence[Edge]) -> int:
    """Count the crossings between neighbouring layers."""
    at = {name: (number, i) for number, row in enumerate(rows) for i, name in enumerate(row)}
    spans = [(at[a][0], at[a][1], at[b][1]) for a, b in parts]
    return sum(
        1
        for i, one in enumerate(spans)
        for other in spans[:i]
        if one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
    )


def _positions(
    rows: Sequence[Sequence[str]], parts: Sequence[Edge], room: dict[str, float], real: set[str]
) -> dict[str, float]:
    """Positions that keep edges straight, inner parts of long edges most of all, under the order."""
    across: dict[str, float] = {}
    for row in rows:
        total = sum(room[name] for name in row)
        x = -total / 2
        for name in row:
            across[name] = x + room[name] / 2
            x += room[name]
    near: dict[str, list[tuple[str, float]]] = {name: [] for name in across}
    for a, b in parts:
        weight = 1.0 + 3.0 * ((a not in real) + (b not in real))
        near[a].append((b, weight))
        near[b].append((a, weight))
    for _ in range(60):
        for row in rows:
            wanted, masses = [], []
            for name in row:
                mass = sum(weight for _, weight in near[name]) or 1e-6
                pull = sum(weight * across[other] for other, weight in near[name])
                wanted.append(pull / mass if near[name] else across[name])
                masses.append(mass)
            for name, x in zip(row, _spread(wanted, masses, [room[name] for name in row]), strict=True):
                across[name] = x
    return across


def _spread(wanted: Sequence[float], masses: Sequence[float], room: Sequence[float]) -> list[float]:
    """Positions nearest to the wanted ones that keep order and room: weighted isotonic regression."""
    offsets, total = [], 0.0
    for i, size in enumerate(room):
        total += 0.0 if i == 0 else (room[i - 1] + size) / 2
        offsets.append(total)
    blocks: list[list[float]] = []  # mean, mass, count
    for x, mass, offset in zip(wanted, masses, offsets, strict=True):
        blocks.append([x - offset, mass, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, weight, count = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * weight) / (last[1] + weight)
            last[1] += weight
            last[2] += count
    levels = [mean for mean, _, count in blocks for _ in range(int(count))]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
