"""Grouped sums: what moments are made of, per group of respondents.

Sums of files, months and machines can be added; a weighted total of the groups gives the moments of any
bootstrap replicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats import layout, rows
from csat.stats.em import em_moments
from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.moments import Moments, MomentsError

# Respondents a group from which sums of each group by itself are faster than sums of single rows.
_LARGE_GROUP = 50
# Numbers that the features of some rows may hold (8 bytes each): 64 MB.
_CHUNK_NUMBERS = 8_000_000


@dataclass(frozen=True)
class Block:
    """Features (g, F) of the groups whose rows answer the same items.

    `pattern` says which of the p items those are; None is the pairwise layout, where it differs by row.
    """

    pattern: BoolArray | None
    groups: IntArray
    features: FloatArray

    def unpack(self, features: FloatArray, p: int) -> layout.Sums:
        """Unpack features (..., F) of this block's layout."""
        observed = p if self.pattern is None else int(self.pattern.sum())
        return layout.unpack(features, observed, pairwise=self.pattern is None)


@dataclass(frozen=True)
class GroupedSums:
    """Sums and cross-products of items per group of respondents.

    A group is what is resampled as a whole: a respondent, a cluster, or a hash bucket of a huge file.

    Attributes
    ----------
    items : tuple of str
    missing : str
        ``pairwise``, ``listwise`` or ``em``.
    shift : ndarray of shape (p,)
        Taken off every answer before it is summed.
    n_groups : int
    labels : pandas.Index or None
        Names of the groups; None when each respondent is a group.
    blocks : tuple of Block
        One for complete and for pairwise sums, one per pattern of missing answers for ``em``.

    Notes
    -----
    Weights are scaled so that they sum to the number of respondents; the covariance has divisor n - 1:
    S = n/(n-1) * sum w (x - m)(x - m)' / sum w. Without weights this is R's ``cov``. Rows of weight zero
    do not count. Under ``pairwise`` each pair of items uses the respondents who answered both, with the
    means of just those respondents, as R's ``cov(use = "pairwise.complete.obs")``; such a matrix need not
    be positive definite.
    """

    items: tuple[str, ...]
    missing: str
    shift: FloatArray
    n_groups: int
    labels: pd.Index[Any] | None
    blocks: tuple[Block, ...]

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        weights: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
        missing: str = "pairwise",
    ) -> Self:
        """Sum a table of answers.

        Parameters
        ----------
        frame : DataFrame of respondents x items
            Numbers; NaN is a missing answer.
        weights : array_like of shape (n,), optional
            Respondents' weights, not negative.
        groups : array_like of shape (n,), optional
            The group of each respondent. Without it, each respondent is a group.
        missing : {"pairwise", "listwise", "em"}
            What to do with missing answers: use all respondents of each pair of items; use only complete
            respondents; or maximum likelihood under normality by the EM algorithm.

        Returns
        -------
        GroupedSums

        Raises
        ------
        MomentsError
            Unknown rule, text among the answers, negative or missing weights, nobody left.

        Examples
        --------
        R: ``cov(x, use = "pairwise.complete.obs")`` is ``from_frame(x).moments().cov``.

        >>> x = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
        >>> GroupedSums.from_frame(x).moments().cov.tolist()
        [[1.0, 2.0], [2.0, 4.0]]
        """
        items, values = rows.values(frame)
        w = rows.weights(weights, len(values))
        keep = rows.rows_to_keep(values, w, missing)
        codes, labels = rows.codes(groups, keep)
        values, w = values[keep], w[keep]
        shift = np.nan_to_num(rows.column_means(values))
        n_groups = len(codes) if labels is None else len(labels)
        blocks = tuple(
            _block(values[at] - shift, w[at], codes[at], pattern, n_groups == len(codes))
            for pattern, at in rows.parts(values, missing)
        )
        return cls(items, missing, shift, n_groups, labels, blocks)

    def __add__(self, other: GroupedSums) -> GroupedSums:
        """Add two sums: groups of one name are merged, respondents are put one after the other."""
        if (self.items, self.missing) != (other.items, other.missing):
            raise MomentsError(
                "sums can be added when items, their order and the rule for missing answers agree: "
                f"{', '.join(self.items)} ({self.missing}) and {', '.join(other.items)} ({other.missing})"
            )
        if (self.labels is None) != (other.labels is None):
            raise MomentsError("one of the sums has named groups and the other has not; name both or neither")
        if self.labels is None or other.labels is None:
            labels, n_groups = None, self.n_groups + other.n_groups
            theirs = np.arange(self.n_groups, n_groups)
        else:
            labels = self.labels.append(other.labels.difference(self.labels, sort=False))
            n_groups, theirs = len(labels), labels.get_indexer(other.labels)
        moved = [other._moved(block, theirs, self.shift) for block in other.blocks]
        blocks = _merge([*self.blocks, *moved], len(self.items))
        return GroupedSums(self.items, self.missing, self.shift, n_groups, labels, blocks)

    def moments(self) -> Moments:
        """Moments of all respondents.

        Raises
        ------
        MomentsError
            Fewer than two respondents, or a pair of items that fewer than two respondents answered.
        """
        together = self._answered_together()
        if (together < 2).any():
            # An item that nobody answered is the culprit, not all those that it pairs with.
            alone: BoolArray = np.diagonal(together) < 2
            few: BoolArray = alone if alone.any() else np.asarray((together < 2).any(axis=1))
            weak = ", ".join(item for item, bad in zip(self.items, few, strict=True) if bad)
            raise MomentsError(
                f"too few respondents answered {weak}{'' if alone.any() else ' together'}; "
                "drop the item, or use more answers"
            )
        moments = self._moments([block.features.sum(axis=0) for block in self.blocks])
        if np.isnan(moments.cov).any():
            if self.missing != "em":
                raise MomentsError("answers are too large for their squares to be added; use other units")
            fewest = self.items[int(np.argmin(np.diagonal(together)))]
            raise MomentsError(
                f"the EM algorithm did not converge: too much is missing; leave out {fewest}, the item with "
                "the most missing answers, or use complete answers only (csat run --set missing=listwise)"
            )
        return moments

    def weighted(self, counts: FloatArray) -> Moments:
        """Moments with each group counted so many times.

        Parameters
        ----------
        counts : ndarray of shape (B, n_groups)
            For a bootstrap replicate: how often each group was drawn.

        Returns
        -------
        Moments
            With leading axis B; NaN where a replicate has too few answers.
        """
        every = np.arange(self.n_groups)
        return self._moments(
            [
                (counts if np.array_equal(block.groups, every) else counts[:, block.groups]) @ block.features
                for block in self.blocks
            ]
        )

    def without(self, start: int, stop: int) -> Moments:
        """Moments without one group, for each group from start to stop: the leading axis."""
        totals = []
        for block in self.blocks:
            left = np.repeat(block.features.sum(axis=0)[None], stop - start, axis=0)
            inside = (block.groups >= start) & (block.groups < stop)
            left[block.groups[inside] - start] -= block.features[inside]
            totals.append(left)
        return self._moments(totals)

    def _answered_together(self) -> FloatArray:
        """Count the respondents who answered each pair of items, (p, p)."""
        p = len(self.items)
        counts = np.zeros((p, p))
        for block in self.blocks:
            n = block.unpack(block.features.sum(axis=0), p).n
            counts += n if block.pattern is None else n * np.outer(block.pattern, block.pattern)
        return counts

    @property
    def even(self) -> bool:
        """Whether the respondents of all groups weigh the same on average."""
        p = len(self.items)
        sums = [block.unpack(block.features, p) for block in self.blocks]
        n, weight = (
            np.concatenate([part.ravel() for part in parts])
            for parts in zip(*((part.n, part.weight) for part in sums), strict=True)
        )
        return bool(np.allclose(weight, n * (weight.sum() / n.sum()), rtol=1e-9, atol=1e-12))

    @property
    def width(self) -> int:
        """Number of features over all blocks: what memory for a replicate goes with."""
        return sum(block.features.shape[1] for block in self.blocks)

    def _moments(self, totals: Sequence[FloatArray]) -> Moments:
        """Moments from the blocks' summed features (..., F)."""
        p = len(self.items)
        sums = [block.unpack(total, p) for block, total in zip(self.blocks, totals, strict=True)]
        if self.missing != "em":
            mean, cov = layout.mean_and_cov(sums[0], self.shift)
            return Moments(self.items, sums[0].n, mean, cov, self.missing)
        patterns = [block.pattern for block in self.blocks if block.pattern is not None]
        start = None
        if totals[0].ndim > 1:  # replicates begin where the sample itself ends
            point = self._moments([block.features.sum(axis=0) for block in self.blocks])
            start = point.mean - self.shift, point.cov
        n, mean, cov = em_moments(sums, patterns, start)
        return Moments(self.items, n, mean + self.shift, cov, self.missing)

    def _moved(self, block: Block, groups: IntArray, shift: FloatArray) -> Block:
        """Rename the block's groups and express it relative to another shift."""
        seen = slice(None) if block.pattern is None else block.pattern
        sums = block.unpack(block.features, len(self.items))
        features = layout.repack(layout.move(sums, (self.shift - shift)[seen]))
        return Block(block.pattern, groups[block.groups], features)


def _block(
    values: FloatArray, weights: FloatArray, codes: IntArray, pattern: BoolArray | None, single: bool
) -> Block:
    """Sum rows by group; `single` says that each row is its own group."""
    pairwise = pattern is None
    observed = values if pattern is None else values[:, pattern]
    if single:
        return Block(pattern, codes, layout.pack_rows(observed, weights, pairwise))
    order = np.argsort(codes, kind="stable")
    groups, starts = np.unique(codes[order], return_index=True)
    if len(codes) > _LARGE_GROUP * len(groups):
        members = np.split(order, starts[1:])
        features = np.stack([layout.pack(observed[at], weights[at], pairwise) for at in members])
        return Block(pattern, groups, features)
    ends = np.append(starts[1:], len(codes))
    step = max(1, _CHUNK_NUMBERS // (_LARGE_GROUP * layout.width(observed.shape[1], pairwise)))
    parts = []
    for g in range(0, len(groups), step):
        rows_of = order[starts[g] : ends[min(g + step, len(groups)) - 1]]
        packed = layout.pack_rows(observed[rows_of], weights[rows_of], pairwise)
        parts.append(np.add.reduceat(packed, starts[g : g + step] - starts[g], axis=0))
    return Block(pattern, groups, np.concatenate(parts))


def _merge(blocks: Sequence[Block], p: int) -> tuple[Block, ...]:
    """Join blocks of one layout; complete blocks become pairwise when they meet a pairwise one."""
    if any(block.pattern is None for block in blocks):
        blocks = [_spread(block, p) for block in blocks]
    alike: dict[bytes, list[Block]] = {}
    for block in blocks:
        alike.setdefault(b"" if block.pattern is None else block.pattern.tobytes(), []).append(block)
    return tuple(_join(parts) for _, parts in sorted(alike.items()))


def _spread(block: Block, p: int) -> Block:
    """Put a complete block in the pairwise layout."""
    sums = layout.as_pairwise(block.unpack(block.features, p))
    return Block(None, block.groups, layout.repack(sums))


def _join(blocks: Sequence[Block]) -> Block:
    """Add up the rows of the same group."""
    groups, at = np.unique(np.concatenate([block.groups for block in blocks]), return_inverse=True)
    features = np.zeros((len(groups), blocks[0].features.shape[1]))
    np.add.at(features, at, np.concatenate([block.features for block in blocks]))
    return Block(blocks[0].pattern, groups, features)
