"""Grouped sums of data larger than memory: answers come in chunks, and only their sums stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats import layout
from csat.stats.accumulators import Complete, Pairs, by_group
from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.moments import MomentsError
from csat.stats.rows import MISSING_RULES
from csat.stats.sums import Block, GroupedSums

Chunk = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]

# Numbers that all sums together may hold (8 bytes each): 800 MB.
_MOST_NUMBERS = 100_000_000
# Rows that are worked on at a time; a longer chunk is cut into pieces.
_PIECE = 131_072


def sum_chunks(
    items: Sequence[str], chunks: Iterable[Chunk], n_groups: int, missing: str = "pairwise"
) -> GroupedSums:
    """Sum answers that come in chunks, of which one at a time is held.

    Parameters
    ----------
    items : sequence of p names
    chunks : iterable of (values, weights, groups)
        ``values`` of shape (m, p), numbers, NaN where missing; ``weights`` (m,), not negative; ``groups``
        (m,), whole numbers from 0 to ``n_groups - 1``. The number m of rows may differ from chunk to chunk; a
        hundred rows a group are fast.
    n_groups : int
        Number of groups, such as buckets; memory goes with it, and with the square of p.
    missing : {"pairwise", "listwise", "em"}
        What to do with missing answers, as in `GroupedSums.from_frame`. For ``em`` there are sums for every
        pattern of missing answers; they are refused where they would not fit into memory.

    Returns
    -------
    GroupedSums
        That of ``GroupedSums.from_frame(frame, weights, groups, missing)`` of all chunks put together, up to
        rounding. Groups in which nobody counts are left out.

    Raises
    ------
    MomentsError
        Unknown rule, arrays that do not fit each other, infinite answers, negative or missing weights,
        unknown groups, sums that are too large, or fewer than two respondents who can be used.

    Notes
    -----
    Off every answer is taken, before it is summed, the mean of its item in the first chunk that answers it.
    If that chunk holds a share f of the rows, the square of what is left of the mean is at most (1 - f)/f
    variances: a chunk that is unlike the others costs few digits, whatever the order of the rows.

    References
    ----------
    Chan, T. F., Golub, G. H. & LeVeque, R. J. (1983). Algorithms for computing the sample variance: analysis
    and recommendations. The American Statistician, 37, 242-247.

    Examples
    --------
    R: ``biglm::biglm`` and its ``update`` add up a regression chunk by chunk in the same way.

    >>> chunk = [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], [1.0, 1.0, 1.0], [0, 1, 0]
    >>> sum_chunks(["a", "b"], [chunk, chunk], n_groups=2).moments().mean.tolist()
    [2.0, 4.0]
    """
    work = _Work(tuple(items), n_groups, missing)
    for chunk in chunks:
        for piece in _pieces(*chunk):
            work.add(*piece)
    return work.result()


class _Work:
    """What has been summed up to now."""

    def __init__(self, items: tuple[str, ...], n_groups: int, missing: str) -> None:
        if missing not in MISSING_RULES:
            raise MomentsError(f"missing={missing!r} is unknown; use one of {', '.join(MISSING_RULES)}")
        if not items or len(set(items)) < len(items):
            raise MomentsError("answers need at least one item, and each item once")
        if n_groups < 1:
            raise MomentsError(f"n_groups={n_groups}: there is at least one group")
        self.items, self.n_groups, self.missing = items, n_groups, missing
        self.shift = np.zeros(len(items))
        self.centred = np.zeros(len(items), dtype=bool)
        self.received = self.used = self.numbers = 0
        self.patterns: dict[bytes, Complete] = {}
        self.pairs: Pairs | None = None

    def add(self, values: FloatArray, weights: FloatArray, groups: IntArray) -> None:
        """Add rows; values (p, m) hold an item a row."""
        self._check(values, weights, groups)
        seen = ~np.isnan(values)
        complete = seen.all(axis=0)
        keep = (complete if self.missing == "listwise" else seen.any(axis=0)) & (weights > 0)
        self.received += len(weights)
        self.used += int(keep.sum())
        self._centre(values, seen, keep)
        partly = np.flatnonzero(keep & ~complete)
        parts = [(np.ones(len(values), dtype=bool), np.flatnonzero(keep & complete))]
        if self.missing == "em":
            parts += _by_pattern(seen, partly)
        elif len(partly):
            sums = self._pairwise()
            for rows in by_group(values, weights, groups, partly, self.shift):
                sums.add(rows)
        for pattern, at in parts:
            if len(at):
                observed = slice(None) if pattern.all() else pattern
                alike = self._of_pattern(pattern)
                for rows in by_group(values[observed], weights, groups, at, self.shift[observed]):
                    alike.add(rows)

    def result(self) -> GroupedSums:
        """Give the sums of the groups that somebody is in."""
        if self.used < 2:
            raise MomentsError(
                f"{self.used} of {self.received} respondents can be used (missing={self.missing!r}); "
                "two are the least"
            )
        found = self._found()
        filled = [features[:, : self._counts(pattern)].any(axis=1) for pattern, features in found]
        present = np.any(filled, axis=0)
        code = np.cumsum(present) - 1
        blocks = tuple(
            Block(pattern, code[some], features[some])
            for (pattern, features), some in zip(found, filled, strict=True)
        )
        labels = pd.Index(np.flatnonzero(present))
        return GroupedSums(self.items, self.missing, self.shift, len(labels), labels, blocks)

    def _found(self) -> list[tuple[BoolArray | None, FloatArray]]:
        """Features of each pattern; of all rows together where pairs of items have sums of their own."""
        alike = [
            (np.frombuffer(key, dtype=bool).copy(), sums.features)
            for key, sums in sorted(self.patterns.items())
        ]
        if self.pairs is None:
            return list(alike)
        features = self.pairs.features
        for _, complete in alike:  # one at most: the rows that answered everything
            sums = layout.unpack(complete, len(self.items), pairwise=False)
            features += layout.repack(layout.as_pairwise(sums))
        return [(None, features)]

    def _counts(self, pattern: BoolArray | None) -> int:
        """Features that count respondents come first: how many there are."""
        p = len(self.items)
        return p * (p + 1) // 2 if pattern is None else 1

    def _check(self, values: FloatArray, weights: FloatArray, groups: IntArray) -> None:
        """Refuse what cannot be summed."""
        if len(values) != len(self.items) or not values.shape[1] == len(weights) == len(groups):
            raise MomentsError(
                f"answers {values.shape[1]} x {len(values)}, {len(weights)} weights and {len(groups)} groups "
                f"do not fit {len(self.items)} items; give each row of a chunk its answers, weight and group"
            )
        infinite = [item for item, row in zip(self.items, values, strict=True) if np.isinf(row).any()]
        if infinite:
            raise MomentsError(f"answers to {', '.join(infinite)} are infinite; mark them as missing")
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise MomentsError("a weight is missing, infinite or negative; weights are numbers from 0 up")
        if len(groups) and (groups.min() < 0 or groups.max() >= self.n_groups):
            raise MomentsError(f"a group is not among 0 to {self.n_groups - 1}; number the groups like that")

    def _centre(self, values: FloatArray, seen: BoolArray, keep: BoolArray) -> None:
        """Find the shift of items that are answered for the first time: until now their sums are zero."""
        for item in np.flatnonzero(~self.centred):
            answers = values[item, seen[item] & keep]
            if len(answers):
                self.shift[item], self.centred[item] = answers.mean(), True

    def _of_pattern(self, pattern: BoolArray) -> Complete:
        """Where rows that answered just these items are summed."""
        key, observed = pattern.tobytes(), int(pattern.sum())
        if key not in self.patterns:
            self._reserve(Complete.size(self.n_groups, observed))
            self.patterns[key] = Complete(self.n_groups, observed)
        return self.patterns[key]

    def _pairwise(self) -> Pairs:
        """Where rows that left something out are summed."""
        if self.pairs is None:
            self._reserve(Pairs.size(self.n_groups, len(self.items)))
            self.pairs = Pairs(self.n_groups, len(self.items))
        return self.pairs

    def _reserve(self, size: int) -> None:
        """Refuse sums that would fill the memory that they are to spare."""
        self.numbers += size
        if self.numbers <= _MOST_NUMBERS:
            return
        em = self.missing == "em"
        patterns = f" and {len(self.patterns) + 1} or more patterns of missing answers" if em else ""
        other = ", or missing='pairwise'" if em else ""
        raise MomentsError(
            f"sums of {len(self.items)} items in {self.n_groups} groups{patterns} need more than "
            f"{_MOST_NUMBERS * 8 // 10**6} MB; use fewer groups or items{other}"
        )


def _by_pattern(seen: BoolArray, rows: IntArray) -> list[tuple[BoolArray, IntArray]]:
    """Rows that answered the same items: which items, and which rows."""
    patterns, which = np.unique(np.packbits(seen[:, rows], axis=0).T, axis=0, return_inverse=True)
    order = np.argsort(which, kind="stable")
    bits = np.unpackbits(patterns, axis=1, count=len(seen)).astype(bool)
    members = np.split(rows[order], np.flatnonzero(np.diff(which[order])) + 1)
    return list(zip(bits, members, strict=True)) if len(rows) else []


def _pieces(
    values: npt.ArrayLike, weights: npt.ArrayLike, groups: npt.ArrayLike
) -> Iterator[tuple[FloatArray, FloatArray, IntArray]]:
    """Cut a chunk into pieces of bounded size, an item a row."""
    try:
        x, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MomentsError("answers or weights of a chunk are not numbers; convert or drop them") from error
    g = np.asarray(groups)
    if x.ndim != 2 or w.ndim != 1 or g.ndim != 1 or not (np.issubdtype(g.dtype, np.integer) or not len(g)):
        raise MomentsError("a chunk is answers (m, p), weights (m,) and groups (m,), groups whole numbers")
    for start in range(0, max(len(x), len(w), len(g)), _PIECE):
        part = slice(start, start + _PIECE)
        # Answers to an item are to lie side by side, as columns of a data frame do.
        some = x[part].T if x.strides[0] == x.itemsize else np.ascontiguousarray(x[part].T)
        yield some, w[part], g[part].astype(np.intp, copy=False)
