"""One bootstrap for every statistic: replicates of the moments by matrix products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats import intervals
from csat.stats.draws import draw, merge_lonely, nested, stratum_codes
from csat.stats.intervals import Interval
from csat.stats.layout import FloatArray, IntArray
from csat.stats.moments import Moments, MomentsError, concatenate
from csat.stats.sums import GroupedSums

Estimator = Callable[[Moments], FloatArray]

# Numbers that one chunk of replicates may hold (8 bytes each): 64 MB.
_CHUNK_NUMBERS = 8_000_000
# Numbers of sums at which a chunk is large enough: beyond, fresh memory costs more than the arithmetic.
_ENOUGH_NUMBERS = 400_000


@dataclass(frozen=True)
class Bootstrap:
    """Moments of the sample and of its bootstrap replicates.

    Attributes
    ----------
    point : Moments
        Of the sample as it is.
    replicates : Moments
        With one leading axis B.
    sums : GroupedSums
        What both come from.
    strata : ndarray of shape (n_groups,)
        Stratum of each group; groups are redrawn within their stratum.
    seed : int
    level : float
        Confidence level when `interval` is not told another.
    kind : str
        ``percentile`` or ``bca``, when `interval` is not told another.
    """

    point: Moments
    replicates: Moments
    sums: GroupedSums
    strata: IntArray
    seed: int
    level: float = 0.95
    kind: str = "percentile"

    @property
    def size(self) -> int:
        """Number of replicates B."""
        return self.replicates.shape[0]

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the moments."""
        return self.point.items

    @cached_property
    def designed(self) -> bool:
        """Whether the sample has weights, strata or clusters; then formulas for simple samples fail."""
        return self.sums.labels is not None or bool(self.strata.any()) or not self.sums.even

    @cached_property
    def _jackknife(self) -> Moments:
        """Moments without one group at a time."""
        return concatenate([self.sums.without(a, b) for a, b in _spans(self.sums.n_groups, self.sums.width)])

    def jackknife(self) -> Moments:
        """Moments without one group at a time: leading axis n_groups.

        Returns
        -------
        Moments

        Examples
        --------
        R: ``lapply(seq_len(n), function(i) cov(x[-i, ]))``.
        """
        return self._jackknife

    def interval(self, estimator: Estimator, kind: str | None = None, level: float | None = None) -> Interval:
        """Estimate of the sample, with its bootstrap interval.

        Parameters
        ----------
        estimator : callable
            Takes Moments with any leading axes and gives an array (..., *trailing).
        kind : {"percentile", "bca"}, optional
        level : float, optional
            Confidence level, such as 0.95.

        Returns
        -------
        Interval
            Arrays of the estimator's trailing shape. Replicates in which the estimate is not finite are
            left out and counted: ``Interval.valid`` is the share of replicates used.

        References
        ----------
        Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical
        Association, 82, 171-185.

        Examples
        --------
        R: ``boot::boot.ci(b, type = "perc")`` and ``type = "bca"``.
        """
        kind = kind or self.kind
        level = level or self.level
        estimate = np.asarray(estimator(self.point), dtype=np.float64)
        replicates = np.asarray(estimator(self.replicates), dtype=np.float64)
        if kind == "percentile":
            return intervals.percentile(estimate, replicates, level)
        if kind == "bca":
            left_out = np.asarray(estimator(self.jackknife()), dtype=np.float64)
            return intervals.bca(estimate, replicates, left_out, level, self.strata)
        raise MomentsError(f"kind={kind!r} is unknown; use percentile or bca")


def resample(
    sums: GroupedSums,
    replicates: int = 5000,
    seed: int = 1,
    strata: npt.ArrayLike | None = None,
    chunk: int | None = None,
    level: float = 0.95,
    kind: str = "percentile",
) -> Bootstrap:
    """Draw groups with replacement, as many as there are, many times over.

    Parameters
    ----------
    sums : GroupedSums
    replicates : int
        Number B of replicates.
    seed : int
        The same seed gives the same draws, whatever the chunk.
    strata : array_like of shape (n_groups,), optional
        Groups are drawn within their stratum.
    chunk : int, optional
        Replicates made at a time; chosen to keep memory small when not given.
    level : float
        Confidence level of the intervals.
    kind : {"percentile", "bca"}
        The kind of interval.

    Returns
    -------
    Bootstrap

    Notes
    -----
    Replicates come from one matrix product: draws (B x G) times features (G x F). A group is a
    respondent, a cluster or a bucket, so this is the ordinary, the cluster or the random-groups bootstrap.
    Where there are strata or named groups, one group fewer than there are is drawn from each stratum and
    counted for more (`csat.stats.draws.draw_rescaled`): few groups would else seem to vary too little. Strata
    with one group are merged (`csat.stats.draws.merge_lonely`).

    References
    ----------
    Davison, A. C. & Hinkley, D. V. (1997). Bootstrap methods and their application. Cambridge.

    Examples
    --------
    R: ``boot::boot(x, function(x, i) cov(x[i, ]), R = 5000, strata = strata)``.
    """
    if replicates < 1:
        raise MomentsError(f"replicates={replicates}: ask for at least one")
    if sums.n_groups < 2:
        raise MomentsError("there is one group only; a bootstrap needs at least two to draw from")
    codes = merge_lonely(stratum_codes(strata, sums.n_groups))
    rescaled = strata is not None or sums.labels is not None
    enough = max(256, _ENOUGH_NUMBERS // sums.width)
    size = chunk or max(1, min(enough, _CHUNK_NUMBERS // max(sums.n_groups, sums.width)))
    rng = np.random.Generator(np.random.PCG64(seed))
    parts = [
        sums.weighted(draw(rng, codes, min(size, replicates - start), rescaled))
        for start in range(0, replicates, size)
    ]
    return Bootstrap(sums.moments(), concatenate(parts), sums, codes, seed, level, kind)


def bootstrap(
    frame: pd.DataFrame,
    weights: npt.ArrayLike | None = None,
    missing: str = "pairwise",
    replicates: int = 5000,
    seed: int = 1,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
    kind: str = "percentile",
) -> Bootstrap:
    """Bootstrap a table of answers: the convenient door to `GroupedSums` and `resample`.

    Parameters
    ----------
    frame : DataFrame of respondents x items
    weights : array_like of shape (n,), optional
    missing : {"pairwise", "listwise", "em"}
    replicates : int
    seed : int
    strata : array_like of shape (n,), optional
        Stratum of each respondent.
    clusters : array_like of shape (n,), optional
        Cluster of each respondent; whole clusters are drawn. One that lies in several strata counts as
        several.
    level : float
    kind : {"percentile", "bca"}

    Returns
    -------
    Bootstrap

    Raises
    ------
    MomentsError
        As `GroupedSums.from_frame`; a respondent without a stratum or a cluster.

    Examples
    --------
    R: ``boot::boot(x, statistic, R = 5000)``; every statistic of this package then shares the draws.

    >>> x = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 1.0, 4.0, 3.0]})
    >>> bootstrap(x, replicates=100).replicates.cov.shape
    (100, 2, 2)
    """
    n = len(frame)
    if strata is None:
        sums = GroupedSums.from_frame(frame, weights, clusters, missing)
        return resample(sums, replicates, seed, level=level, kind=kind)
    # Rows may be dropped on the way, so each group carries its stratum in its name.
    unit, stratum = nested(strata, np.arange(n) if clusters is None else clusters, n)
    sums = GroupedSums.from_frame(frame, weights, unit, missing)
    assert sums.labels is not None
    of_group = stratum[sums.labels.to_numpy(dtype=np.intp)]
    return resample(sums, replicates, seed, of_group, level=level, kind=kind)


def _spans(total: int, width: int) -> Iterator[tuple[int, int]]:
    """Cut 0..total into spans whose features fit the chunk."""
    step = max(1, _CHUNK_NUMBERS // width)
    return ((start, min(start + step, total)) for start in range(0, total, step))
