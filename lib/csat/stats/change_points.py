"""Two thresholds at which the level of an outcome changes, found from sums over the cells of a grid.

The outcome is described by three levels: below, between and above two thresholds of an ordered variable. All
that the search needs per cell of that variable is how many and how much, so bootstrap replicates are again
a matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csat.stats.layout import FloatArray, IntArray

# Cells times replicates handled together.
_CHUNK_NUMBERS = 2_000_000


@dataclass(frozen=True)
class Levels:
    """Three zones of an outcome; ``...`` are the leading axes of the sums they came from.

    Attributes
    ----------
    shares : ndarray of shape (..., 3)
        Share of the total below, between and above two thresholds.
    means : ndarray of shape (..., 3)
        Mean outcome there; NaN in an empty zone.
    explained : ndarray of shape (...)
        Sum of squares between the zones.
    """

    shares: FloatArray
    means: FloatArray
    explained: FloatArray


def cells_of(values: FloatArray, most: int = 60) -> tuple[FloatArray, IntArray]:
    """Cut an ordered variable into cells: its values, or quantile groups when there are too many.

    Parameters
    ----------
    values : ndarray of shape (n,)
    most : int
        Largest number of cells.

    Returns
    -------
    edges : ndarray of shape (G - 1,)
        Halfway between the highest value of each cell and the lowest of the next, rising.
    cell : ndarray of int, shape (n,)

    Examples
    --------
    R: ``cut(x, unique(quantile(x, seq(0, 1, length.out = 61))))``.

    >>> cells_of(np.array([2.0, 1.0, 2.0]))[1].tolist()
    [1, 0, 1]
    """
    # Differences of means carry rounding noise; two gaps that differ by less are the same gap.
    rounded = np.round(values, 9)
    distinct, cell = np.unique(rounded, return_inverse=True)
    cell = cell.ravel()
    if len(distinct) > most:
        edges = np.unique(np.quantile(rounded, np.linspace(0, 1, most + 1))[1:-1])
        _, cell = np.unique(np.searchsorted(edges, rounded, side="left"), return_inverse=True)
        cell = cell.ravel()
    count = cell.max() + 1
    highest, lowest = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(highest, cell, rounded)
    np.minimum.at(lowest, cell, rounded)
    return (highest[:-1] + lowest[1:]) / 2, cell


def two_steps(
    counts: FloatArray, sums: FloatArray, least_share: float = 0.1, rising: bool = False
) -> IntArray:
    """Find the two cuts that leave the least variance within the three zones.

    Parameters
    ----------
    counts, sums : ndarray of shape (..., G)
        Weight and weighted outcome of each cell.
    least_share : float
        Smallest share of the total that a zone may hold.
    rising : bool
        Whether the mean must not fall from one zone to the next.

    Returns
    -------
    ndarray of int, shape (..., 2)
        Number of cells below the first and below the second cut; -1 where no two cuts are allowed.

    Notes
    -----
    Maximises sum_z S_z² / N_z over all pairs of cuts (exhaustive). Of equal pairs, the first.

    References
    ----------
    Bai, J. and Perron, P. (2003). Computation and analysis of multiple structural change models. Journal of
    Applied Econometrics 18, 1-22.

    Examples
    --------
    R: ``strucchange::breakpoints(y ~ 1, breaks = 2)`` on answers sorted by the ordered variable, ties apart.

    >>> two_steps(np.full(6, 10.0), np.array([10.0, 10, 30, 30, 30, 50])).tolist()
    [2, 5]
    """
    lead, g = counts.shape[:-1], counts.shape[-1]
    pairs = np.array([(i, j) for i in range(1, g - 1) for j in range(i + 1, g)], dtype=np.intp)
    if not len(pairs):
        return np.full((*lead, 2), -1, dtype=np.intp)
    flat_counts, flat_sums = counts.reshape(-1, g), sums.reshape(-1, g)
    size = max(1, _CHUNK_NUMBERS // len(pairs))
    best = [
        _best(flat_counts[a : a + size], flat_sums[a : a + size], pairs, least_share, rising)
        for a in range(0, len(flat_counts), size)
    ]
    return np.concatenate(best).reshape(*lead, 2)


def thresholds(cuts: IntArray, edges: FloatArray) -> FloatArray:
    """Place each cut at the edge between the two cells that it parts.

    Parameters
    ----------
    cuts : ndarray of int, shape (..., 2)
        From `two_steps`.
    edges : ndarray of shape (G - 1,)
        From `cells_of`.

    Returns
    -------
    ndarray of shape (..., 2)
        NaN where there is no cut.

    Examples
    --------
    R: ``(x[cut] + x[cut + 1]) / 2``.
    """
    known = np.concatenate([[np.nan], edges])
    return np.asarray(known[np.maximum(cuts, 0)])


def levels(counts: FloatArray, sums: FloatArray, cuts: IntArray) -> Levels:
    """Describe the three zones of two cuts.

    Parameters
    ----------
    counts, sums : ndarray of shape (..., G)
        Weight and weighted outcome of each cell.
    cuts : ndarray of int, shape (..., 2)
        Number of cells below each cut, 0 to G; a negative one makes everything NaN.

    Returns
    -------
    Levels

    Examples
    --------
    R: ``tapply(y, cut(x, c(-Inf, band, Inf)), mean)``.
    """
    none = np.asarray((cuts < 0).any(axis=-1))
    n, s = _between(counts, np.maximum(cuts, 0)), _between(sums, np.maximum(cuts, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = s / n
        shares = n / n.sum(axis=-1, keepdims=True)
        between = np.where(n > 0, s * means, 0.0).sum(axis=-1) - s.sum(axis=-1) ** 2 / n.sum(axis=-1)
    hidden = none[..., None]
    return Levels(
        np.where(hidden, np.nan, shares), np.where(hidden, np.nan, means), np.where(none, np.nan, between)
    )


def _best(
    counts: FloatArray, sums: FloatArray, pairs: IntArray, least_share: float, rising: bool
) -> IntArray:
    """Cuts (b, 2) of the best pair in each row; -1 where no pair is allowed."""
    first, second = pairs.T
    n, s = np.cumsum(counts, axis=1), np.cumsum(sums, axis=1)
    total_n, total_s = n[:, -1:], s[:, -1:]
    score = np.zeros((len(counts), len(pairs)))
    allowed = np.ones(score.shape, dtype=bool)
    before = np.full(score.shape, -np.inf)
    zones = (
        (n[:, first - 1], s[:, first - 1]),
        (n[:, second - 1] - n[:, first - 1], s[:, second - 1] - s[:, first - 1]),
        (total_n - n[:, second - 1], total_s - s[:, second - 1]),
    )
    for zone_n, zone_s in zones:
        allowed &= (zone_n > 0) & (zone_n >= least_share * total_n - 1e-9)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = zone_s / zone_n
            score += zone_s * mean
            if rising:
                allowed &= mean >= before - 1e-12
        before = mean
    score = np.where(allowed, score, -np.inf)
    best = pairs[np.argmax(score, axis=1)]
    found = np.asarray(allowed.any(axis=1))
    return np.asarray(np.where(found[:, None], best, -1))


def _between(values: FloatArray, cuts: IntArray) -> FloatArray:
    """Add up (..., 3) the cells below, between and above two cuts (..., 2)."""
    running = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)
    at = np.take_along_axis(running, np.broadcast_to(cuts, (*values.shape[:-1], 2)), axis=-1)
    total = running[..., -1:]
    return np.concatenate([at[..., :1], at[..., 1:] - at[..., :1], total - at[..., 1:]], axis=-1)
