"""Sums a group to which rows are added, for data of which only a part is in memory at a time.

Rows come sorted by group, and each group adds one matrix product to its sums. Rows that answer everything
need p sums and their products; only the others need sums for each pair of items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from csat.stats import layout
from csat.stats.layout import FloatArray, IntArray

# Rows that are worked on together, as long as groups are shorter: they fit the processor's cache.
_SPAN = 16_384
# Rows that a group needs on average for its product to be faster than the products of each row by itself.
_ENOUGH_ROWS = 8


@dataclass(frozen=True)
class Rows:
    """Rows of some groups, sorted by group.

    Attributes
    ----------
    values : ndarray of shape (o, r)
        An item a row, centred; NaN where missing.
    weights : ndarray of shape (r,)
    groups : ndarray of shape (g,)
        The groups in order, none twice.
    bounds : ndarray of shape (g + 1,)
        Where each group begins, and where the last ends.
    """

    values: FloatArray
    weights: FloatArray
    groups: IntArray
    bounds: IntArray


def by_group(
    values: FloatArray, weights: FloatArray, groups: IntArray, rows: IntArray, shift: FloatArray
) -> Iterator[Rows]:
    """Sort rows by group and centre them.

    Parameters
    ----------
    values : ndarray of shape (o, m)
        An item a row.
    weights, groups : ndarray of shape (m,)
    rows : ndarray of shape (r,)
        Which of the m rows.
    shift : ndarray of shape (o,)
        Taken off the values.

    Yields
    ------
    Rows
        Spans of whole groups, so that what is made of them does not leave the processor's cache.
    """
    code = groups[rows]
    # Numbers of 16 bits are sorted by counting: ten times as fast.
    order = np.argsort(code.astype(np.uint16) if code.max() < 65_536 else code, kind="stable")
    rows, code = rows[order], code[order]
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    edges = np.append(starts, len(rows))
    cuts = np.unique(np.append(np.searchsorted(starts, np.arange(0, len(rows), _SPAN)), len(starts)))
    for first, last in pairwise(cuts):
        bounds = edges[first : last + 1]
        some = rows[bounds[0] : bounds[-1]]
        centred = np.empty((len(values), len(some)))
        for row, answers, off in zip(centred, values, shift, strict=True):
            np.subtract(answers.take(some), off, out=row)
        yield Rows(centred, weights[some], code[bounds[:-1]], bounds - bounds[0])


class Complete:
    """Sums of rows that all answered the same o items."""

    def __init__(self, n_groups: int, o: int) -> None:
        self.features = np.zeros((n_groups, layout.width(o, pairwise=False)))
        self._upper = np.triu_indices(o)

    @staticmethod
    def size(n_groups: int, o: int) -> int:
        """Numbers that such sums hold."""
        return n_groups * layout.width(o, pairwise=False)

    def add(self, rows: Rows) -> None:
        """Add rows; none of their values is missing."""
        if len(rows.weights) < _ENOUGH_ROWS * len(rows.groups):
            each = layout.pack_rows(rows.values.T, rows.weights, pairwise=False)
            self.features[rows.groups] += np.add.reduceat(each, rows.bounds[:-1], axis=0)
            return
        i, j = self._upper
        # sqrt(w) (1, x) times its own transpose holds the weight, the sums and the products; and numpy makes
        # a product of a matrix and its own transpose with half the work of another.
        root = np.sqrt(rows.weights)
        products = _products(np.concatenate([root[None], rows.values * root]), rows.bounds)
        parts = [np.diff(rows.bounds)[:, None], products[:, 0, :], products[:, i + 1, j + 1]]
        self.features[rows.groups] += np.concatenate(parts, axis=1)


class Pairs:
    """Sums of rows of which each answered other items."""

    def __init__(self, n_groups: int, p: int) -> None:
        self._counts = np.zeros((n_groups, p, p))
        self._products = np.zeros((n_groups, 2 * p, 2 * p))

    @staticmethod
    def size(n_groups: int, p: int) -> int:
        """Numbers that such sums hold."""
        return n_groups * 5 * p * p

    def add(self, rows: Rows) -> None:
        """Add rows; NaN is a missing value."""
        p, root = len(rows.values), np.sqrt(rows.weights)
        # A span holds far fewer rows than 2^24, up to which single precision counts exactly.
        seen = np.empty(rows.values.shape, dtype=np.float32)
        both = np.empty((2 * p, len(root)))
        for item, answers in enumerate(rows.values):
            answered = answers == answers
            seen[item] = answered
            np.multiply(answered, root, out=both[item])
            both[p + item] = np.where(answered, answers * root, 0.0)
        self._counts[rows.groups] += _products(seen, rows.bounds)
        self._products[rows.groups] += _products(both, rows.bounds)

    @property
    def features(self) -> FloatArray:
        """Features (n_groups, F) as `csat.stats.layout` has them."""
        p = self._counts.shape[1]
        weight, first = self._products[:, :p, :p], self._products[:, p:, :p]
        return layout.repack(layout.Sums(self._counts, weight, first, self._products[:, p:, p:]))


def _products(rows: npt.NDArray[np.floating], bounds: IntArray) -> npt.NDArray[np.floating]:
    """Rows (k, r) times their transpose, group by group: (g, k, k)."""
    edges = bounds.tolist()
    made = np.empty((len(edges) - 1, len(rows), len(rows)), dtype=rows.dtype)
    for out, start, stop in zip(made, edges[:-1], edges[1:], strict=True):
        part = rows[:, start:stop]
        np.matmul(part, part.T, out=out)
    return made
