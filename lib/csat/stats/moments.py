"""Moments of items: n, mean and covariance, with any number of leading axes.

Every statistic of this room is a function of `Moments`. They come from `csat.stats.sums.GroupedSums`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from csat.errors import CsatError
from csat.stats.layout import FloatArray, IntArray


class MomentsError(CsatError):
    """Answers from which the asked statistic cannot be computed: the message names the items."""


@dataclass(frozen=True)
class Moments:
    """Number of answers, means and covariances of items.

    Attributes
    ----------
    items : tuple of str
        The p items, in the order of the arrays.
    n : ndarray
        Respondents: shape (...,), or (..., p, p) when each pair of items has its own number.
    mean : ndarray of shape (..., p)
    cov : ndarray of shape (..., p, p)
        Divisor n - 1 (n for ``missing="em"``, which is maximum likelihood).
    missing : str
        The rule for missing answers: ``pairwise``, ``listwise`` or ``em``.

    Notes
    -----
    Leading axes are replicates, waves, segments: whatever the caller stacks. One sample has none.
    """

    items: tuple[str, ...]
    n: FloatArray
    mean: FloatArray
    cov: FloatArray
    missing: str = "listwise"

    @classmethod
    def from_cov(
        cls,
        cov: npt.ArrayLike,
        n: npt.ArrayLike,
        items: Sequence[str],
        mean: npt.ArrayLike | None = None,
        missing: str = "listwise",
    ) -> Self:
        """Wrap a covariance or correlation matrix that is already known.

        Parameters
        ----------
        cov : array_like of shape (..., p, p)
        n : array_like of shape (...,) or (..., p, p)
        items : sequence of p names
        mean : array_like of shape (..., p), optional
            Zero when not given.
        missing : str
            The rule that was used.

        Returns
        -------
        Moments

        Examples
        --------
        R: ``psych::alpha(S, n.obs = 250)`` takes a matrix in the same way.

        >>> Moments.from_cov([[1, 0.5], [0.5, 1]], n=100, items=["a", "b"]).corr[0, 1].item()
        0.5
        """
        matrix = np.asarray(cov, dtype=np.float64)
        if matrix.shape[-2:] != (len(items), len(items)):
            raise MomentsError(
                f"a covariance of shape {matrix.shape} does not fit {len(items)} items; give p x p"
            )
        centre = np.zeros(matrix.shape[:-1]) if mean is None else np.asarray(mean, dtype=np.float64)
        return cls(tuple(items), np.asarray(n, dtype=np.float64), centre, matrix, missing)

    @property
    def shape(self) -> tuple[int, ...]:
        """Leading axes; ``()`` for a single set of moments."""
        return self.mean.shape[:-1]

    @property
    def is_pairwise(self) -> bool:
        """Whether n is a matrix: one number of respondents for each pair of items."""
        return self.n.ndim == self.cov.ndim

    @property
    def sd(self) -> FloatArray:
        """Standard deviations, shape (..., p)."""
        variance = np.diagonal(self.cov, axis1=-2, axis2=-1)
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.where(variance >= 0, variance, np.nan))

    @property
    def corr(self) -> FloatArray:
        """Correlations, shape (..., p, p); NaN in the rows and columns of a constant item."""
        sd = self.sd
        with np.errstate(divide="ignore", invalid="ignore"):
            corr = self.cov / (sd[..., :, None] * sd[..., None, :])
        diagonal = np.arange(len(self.items))
        corr[..., diagonal, diagonal] = np.where(sd > 0, 1.0, np.nan)
        return corr

    @property
    def base(self) -> FloatArray:
        """Respondents behind the weakest cell, shape (...,): what a table shows as n."""
        return self.n.min(axis=(-2, -1)) if self.is_pairwise else self.n

    def index(self, items: Sequence[str]) -> IntArray:
        """Positions of items in the arrays.

        Raises
        ------
        MomentsError
            An item that is not there, or is named twice.
        """
        unknown = [item for item in items if item not in self.items]
        if unknown:
            raise MomentsError(f"no such item: {', '.join(unknown)}; there are {', '.join(self.items)}")
        if len(set(items)) < len(items):
            raise MomentsError(f"an item is named twice in {', '.join(items)}; name each item once")
        return np.array([self.items.index(item) for item in items], dtype=np.intp)

    def select(self, items: Sequence[str]) -> Moments:
        """Moments of some of the items, in the order asked.

        Parameters
        ----------
        items : sequence of str

        Returns
        -------
        Moments

        Examples
        --------
        R: ``cov(x)[items, items]``.

        >>> Moments.from_cov([[1, 0.5], [0.5, 4]], n=9, items=["a", "b"]).select(["b"]).cov.item()
        4.0
        """
        if tuple(items) == self.items:
            return self
        at = self.index(items)
        n = self.n[..., at[:, None], at] if self.is_pairwise else self.n
        return Moments(tuple(items), n, self.mean[..., at], self.cov[..., at[:, None], at], self.missing)

    def combine(self, weights: npt.ArrayLike, names: Sequence[str]) -> Moments:
        """Moments of weighted sums of the items, such as construct scores.

        Parameters
        ----------
        weights : array_like of shape (k, p) or (..., k, p)
            One row of item weights per new variable.
        names : sequence of k names

        Returns
        -------
        Moments
            Of the k new variables. Under pairwise n, the n of two new variables is the smallest n of
            any pair of items that enter them.

        Notes
        -----
        With weights W: mean = W m, covariance = W S W'.

        Examples
        --------
        R: ``W %*% cov(x) %*% t(W)``, which is ``cov(as.matrix(x) %*% t(W))``.

        >>> m = Moments.from_cov([[1, 0.5], [0.5, 1]], n=9, items=["a", "b"])
        >>> m.combine([[0.5, 0.5]], ["score"]).cov.item()
        0.75
        """
        w = np.asarray(weights, dtype=np.float64)
        if w.shape[-2:] != (len(names), len(self.items)):
            raise MomentsError(
                f"weights of shape {w.shape} do not make {len(names)} scores of {len(self.items)} items"
            )
        mean = np.einsum("...kp,...p->...k", w, self.mean)
        cov = w @ self.cov @ np.swapaxes(w, -1, -2)
        n = _smallest_pairs(self.n, w) if self.is_pairwise else self.n
        return Moments(tuple(names), n, mean, cov, self.missing)

    def scores(self, blocks: Mapping[str, Sequence[str]]) -> Moments:
        """Moments of construct scores: each the plain mean of its items.

        Parameters
        ----------
        blocks : mapping of construct to its items

        Returns
        -------
        Moments
            With the constructs as items.

        Examples
        --------
        R: ``cov(data.frame(A = rowMeans(x[a]), B = rowMeans(x[b])))``.
        """
        weights = np.zeros((len(blocks), len(self.items)))
        for row, (construct, items) in enumerate(blocks.items()):
            if not items:
                raise MomentsError(f"construct {construct} has no items; give it at least one")
            weights[row, self.index(items)] = 1 / len(items)
        return self.combine(weights, tuple(blocks))

    def __getitem__(self, key: Any) -> Moments:
        """Pick along the leading axes, as a NumPy array would."""
        return Moments(self.items, self.n[key], self.mean[key], self.cov[key], self.missing)


def concatenate(parts: Sequence[Moments]) -> Moments:
    """Join moments of the same items along the first leading axis."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        n=np.concatenate([part.n for part in parts]),
        mean=np.concatenate([part.mean for part in parts]),
        cov=np.concatenate([part.cov for part in parts]),
    )


def _smallest_pairs(n: FloatArray, weights: FloatArray) -> FloatArray:
    """Smallest pairwise n (..., p, p) between the items that enter each pair of k scores: (..., k, k)."""
    used = [np.flatnonzero(row) for row in (weights != 0).reshape(-1, *weights.shape[-2:]).any(axis=0)]
    smallest = np.empty((*n.shape[:-2], len(used), len(used)))
    for a, b in combinations_with_replacement(range(len(used)), 2):
        least = n[..., used[a][:, None], used[b]].min(axis=(-2, -1), initial=np.inf)
        smallest[..., a, b] = smallest[..., b, a] = least
    return smallest
