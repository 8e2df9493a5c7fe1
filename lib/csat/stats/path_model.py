"""A path model: which items make which construct, and which construct leads to which.

Structure only, no numbers. It checks what a user can get wrong, and answers the questions that every
estimator on a path model asks: the order of items, the block of each, predecessors, chains of arrows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from csat.errors import CsatError
from csat.stats.layout import BoolArray, IntArray

ARROW = "→"
Mode = Literal["A", "B"]


class PathModelError(CsatError):
    """A path model that cannot be estimated as it is written: the message names constructs and items."""


@dataclass(frozen=True)
class PathModel:
    """Constructs, their items, and the arrows between them.

    Attributes
    ----------
    constructs : tuple of str
        Those that stand in a path, in the order of the blocks.
    blocks : tuple of tuple of str
        Items of each construct.
    arrows : tuple of (int, int)
        Source and target as positions in `constructs`.
    modes : tuple of str
        ``A`` (correlation weights) or ``B`` (regression weights) of each construct.
    """

    constructs: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]
    arrows: tuple[tuple[int, int], ...]
    modes: tuple[Mode, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """All items, block after block."""
        return tuple(item for block in self.blocks for item in block)

    @property
    def owner(self) -> IntArray:
        """Position of the construct of each item, shape (p,)."""
        return np.repeat(np.arange(len(self.blocks)), [len(block) for block in self.blocks])

    @property
    def membership(self) -> BoolArray:
        """Which item belongs to which construct, shape (p, K)."""
        return np.asarray(self.owner[:, None] == np.arange(len(self.constructs)))

    @property
    def adjacency(self) -> BoolArray:
        """Whether there is an arrow from row to column, shape (K, K)."""
        matrix = np.zeros((len(self.constructs),) * 2, dtype=bool)
        for source, target in self.arrows:
            matrix[source, target] = True
        return matrix

    @property
    def endogenous(self) -> tuple[int, ...]:
        """Constructs that some arrow points at."""
        return tuple(k for k in range(len(self.constructs)) if self.predecessors(k))

    def predecessors(self, target: int) -> list[int]:
        """List constructs with an arrow to `target`, in the order of the arrows."""
        return [source for source, end in self.arrows if end == target]

    def span(self, construct: int) -> slice:
        """Where the items of a construct stand among all items."""
        start = sum(len(block) for block in self.blocks[:construct])
        return slice(start, start + len(self.blocks[construct]))

    def name(self, *chain: int) -> str:
        """Arrows as text: ``A→B→C``."""
        return ARROW.join(self.constructs[k] for k in chain)

    def chains(self) -> list[tuple[int, ...]]:
        """Every way of two or more arrows from one construct to another, shortest first."""
        found: list[tuple[int, ...]] = []
        frontier: list[tuple[int, ...]] = list(self.arrows)
        while frontier:
            frontier = [(*c, end) for c in frontier for start, end in self.arrows if start == c[-1]]
            found += frontier
        return found

    def without(self, arrow: tuple[int, int]) -> PathModel:
        """Drop one arrow, and with it a construct that then stands alone."""
        names = [(self.constructs[s], self.constructs[t]) for s, t in self.arrows if (s, t) != arrow]
        blocks = dict(zip(self.constructs, self.blocks, strict=True))
        return path_model(blocks, names, dict(zip(self.constructs, self.modes, strict=True)))


def path_model(
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    modes: Mapping[str, Mode] | None = None,
) -> PathModel:
    """Check a path model and bring it into order.

    Parameters
    ----------
    blocks : mapping of construct to its items
        Constructs that stand in no path are left out.
    paths : sequence of (source, target)
    modes : mapping of construct to ``"A"`` or ``"B"``, optional
        Mode A where not given. With one item both modes give weight 1.

    Returns
    -------
    PathModel

    Raises
    ------
    PathModelError
        No path; a path from or to an unknown construct, to itself, or twice; a cycle; a construct without
        items; an item in two constructs; an unknown mode.

    Examples
    --------
    R: ``seminr::constructs(composite("A", ...)); seminr::relationships(paths(from = "A", to = "B"))``.

    >>> path_model({"A": ["a"], "B": ["b1", "b2"]}, [("A", "B")]).items
    ('a', 'b1', 'b2')
    """
    _check_paths(blocks, paths)
    used = {end for path in paths for end in path}
    constructs = tuple(construct for construct in blocks if construct in used)
    _check_items({construct: blocks[construct] for construct in constructs})
    chosen = dict(modes or {})
    for construct, mode in chosen.items():
        if mode not in ("A", "B"):
            raise PathModelError(f"construct {construct} has mode {mode!r}; allowed are A and B")
    at = {construct: k for k, construct in enumerate(constructs)}
    model = PathModel(
        constructs,
        tuple(tuple(blocks[construct]) for construct in constructs),
        tuple((at[source], at[target]) for source, target in paths),
        tuple(chosen.get(construct, "A") for construct in constructs),
    )
    _check_order(model)
    return model


def _check_paths(blocks: Mapping[str, Sequence[str]], paths: Sequence[tuple[str, str]]) -> None:
    """Refuse paths that name no construct, loop onto themselves, or are given twice."""
    if not paths:
        raise PathModelError("the model has no path; give at least one (source, target)")
    for source, target in paths:
        for end in (source, target):
            if end not in blocks:
                known = ", ".join(blocks)
                raise PathModelError(f"path {source}{ARROW}{target}: no construct {end}; there are {known}")
        if source == target:
            raise PathModelError(f"path {source}{ARROW}{target}: a construct cannot lead to itself")
    if len(set(paths)) < len(paths):
        twice = next(path for path in paths if paths.count(path) > 1)
        raise PathModelError(f"path {twice[0]}{ARROW}{twice[1]} is given twice; keep one")


def _check_items(blocks: Mapping[str, Sequence[str]]) -> None:
    """Refuse constructs without items and items of two constructs."""
    owner: dict[str, str] = {}
    for construct, items in blocks.items():
        if not items:
            raise PathModelError(
                f"construct {construct} has no items; give it one or take it out of the paths"
            )
        for item in items:
            if item in owner:
                raise PathModelError(
                    f"item {item} belongs to {owner[item]} and to {construct}; keep one of them"
                )
            owner[item] = construct


def _check_order(model: PathModel) -> None:
    """Refuse a cycle: take away what nothing points at, until nothing is left."""
    left = set(range(len(model.constructs)))
    while left:
        first = {k for k in left if not left.intersection(model.predecessors(k))}
        if not first:
            names = ", ".join(model.constructs[k] for k in sorted(left))
            raise PathModelError(f"the paths among {names} run in a circle; take one of them out")
        left -= first
