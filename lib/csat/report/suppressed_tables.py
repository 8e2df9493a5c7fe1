"""Counts crossed with counts: which cells are held back so that no small one can be derived.

A table with its margins is a network: every cell stands in the equation of its row and in that of its
column, once as a part and once as a sum. A cell that is not shown can be derived exactly when no cycle of
cells that are not shown goes through it; along a cycle, one can be raised and the next lowered without any
shown number changing. So each small cell is closed into the cheapest cycle: that with the fewest people.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from csat.errors import CsatError

Mask = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
Cell = tuple[int, int]


class SuppressionError(CsatError):
    """A table that is none: the message says why."""


@dataclass(frozen=True)
class HiddenCells:
    """What of a table of counts is not shown.

    Attributes
    ----------
    cells : ndarray of bool, shape (rows, columns)
    rows, columns : ndarray of bool, shape (rows,) and (columns,)
        Sums of rows and of columns.
    total : bool
        The sum of all, which is held back only where it is too small itself.
    """

    cells: Mask
    rows: Mask
    columns: Mask
    total: bool

    @property
    def any(self) -> bool:
        """Whether anything is held back."""
        return bool(self.cells.any() or self.rows.any() or self.columns.any() or self.total)


def hidden_cells(counts: npt.ArrayLike, below: int) -> HiddenCells:
    """Find the cells of a crossing that may not be shown with its margins.

    Parameters
    ----------
    counts : array_like of shape (rows, columns)
        People in each cell; whole numbers from 0 on.
    below : int
        Cells and margins of 1 to `below` - 1 people are not shown.

    Returns
    -------
    HiddenCells
        These, and as few people more as a greedy search finds so that (1) none of the cells held back can be
        derived from what is shown, and (2) those held back in one row or column are at least `below` people
        together, for their sum can be derived. Empty cells are shown.

    Raises
    ------
    SuppressionError
        If the counts are no table of whole numbers.

    Notes
    -----
    Not the least suppression possible, which takes integer programming, but a valid one: each cell held back
    lies on a cycle of cells held back, none of them empty, so it could be larger as well as smaller.

    References
    ----------
    Gusfield, D. (1988). A graph theoretic approach to statistical data security. SIAM Journal on Computing
    17, 552-571.
    Castro, J. (2012). Recent advances in optimization techniques for statistical tabular data
    protection. European Journal of Operational Research 216, 257-269.

    Examples
    --------
    R: ``sdcTable::protectTable(x, method = "SIMPLEHEURISTIC")``.

    >>> hidden_cells([[3, 40], [30, 20], [25, 60]], 10).cells.tolist()
    [[True, True], [True, True], [False, False]]
    """
    inner = np.asarray(counts, dtype=np.float64)
    if inner.ndim != 2 or not inner.size or (inner < 0).any() or (inner != np.round(inner)).any():
        raise SuppressionError("counts must be a table of whole numbers from 0 on")
    table = np.pad(inner, ((0, 1), (0, 1)))
    table[:-1, -1], table[-1] = inner.sum(axis=1), table.sum(axis=0)
    table[-1, -1] = inner.sum()
    hidden = (table > 0) & (table < below)
    if hidden[-1, -1]:
        hidden = table > 0
    else:
        _close(table, hidden, below)
    return HiddenCells(hidden[:-1, :-1], hidden[:-1, -1], hidden[-1, :-1], bool(hidden[-1, -1]))


def _close(table: FloatArray, hidden: Mask, below: int) -> None:
    """Hold back more cells until none can be derived and no line tells of too few."""
    while True:
        bare = next(
            (cell for cell in _cells(hidden) if _path(table, hidden, cell, only_hidden=True) is None), None
        )
        if bare is not None:
            path = _path(table, hidden, bare)
            if path is None:  # cannot be: see the margins of any other cell with people in it
                raise SuppressionError("no further cell can be held back")
            for cell in path:
                hidden[cell] = True
            continue
        further = _short_line(table, hidden, below)
        if further is None:
            return
        hidden[further] = True


def _short_line(table: FloatArray, hidden: Mask, below: int) -> Cell | None:
    """Cell to add to a row or column whose cells held back are too few people together."""
    for turned in (False, True):
        t, h = (table.T, hidden.T) if turned else (table, hidden)
        for line in range(len(t)):
            together = t[line, :-1][h[line, :-1]].sum()
            if h[line, -1] or not 0 < together < below:
                continue
            open_cells = np.where(h[line, :-1] | (t[line, :-1] == 0), np.inf, t[line, :-1])
            place = int(np.argmin(open_cells))
            return (place, line) if turned else (line, place)
    return None


def _cells(hidden: Mask) -> list[Cell]:
    """Places of the cells held back."""
    return [(int(row), int(column)) for row, column in np.argwhere(hidden)]


def _path(table: FloatArray, hidden: Mask, cell: Cell, only_hidden: bool = False) -> list[Cell] | None:
    """Cheapest way from a cell's row to its column by other cells (Dijkstra); None where there is none."""
    rows, start, goal = len(table), cell[0], len(table) + cell[1]
    cost = np.where(hidden, 0.0, np.inf if only_hidden else table)
    cost[(table == 0) & ~hidden] = cost[cell] = np.inf
    if not hidden[-1, -1]:
        cost[-1, -1] = np.inf
    best: dict[int, float] = {start: 0.0}
    came: dict[int, int] = {}
    queue = [(0.0, start)]
    while queue:
        spent, node = heapq.heappop(queue)
        if node == goal:
            break
        if spent > best[node]:
            continue
        steps = cost[node] if node < rows else cost[:, node - rows]
        for place in np.flatnonzero(np.isfinite(steps)).tolist():
            other = place + rows if node < rows else place
            if spent + steps[place] < best.get(other, np.inf):
                best[other], came[other] = spent + float(steps[place]), node
                heapq.heappush(queue, (best[other], other))
    if goal not in came:
        return None
    way = [goal]
    while way[-1] != start:
        way.append(came[way[-1]])
    pairs = pairwise(way)
    return [(min(pair), max(pair) - rows) for pair in pairs]
