"""How often each respondent comes up in a bootstrap replicate: plain, within strata, cluster by cluster."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.layout import FloatArray, IntArray
from csat.stats.moments import MomentsError

# Replicates drawn at a time.
_ROWS = 256


def draw_counts(
    n_groups: int,
    replicates: int = 5000,
    seed: int = 1,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
) -> FloatArray:
    """Draw how often each group counts in each replicate: the draws that `csat.stats.bootstrap` makes.

    Parameters
    ----------
    n_groups : int
    replicates : int
    seed : int
    strata, clusters : array_like of shape (n_groups,), optional
        Groups are drawn within their stratum; clusters as a whole.

    Returns
    -------
    ndarray of shape (replicates, n_groups)
        For statistics that are no function of moments, so that they share replicates with those that are.
        Whole numbers without strata and clusters; with them see `draw_rescaled`.

    Examples
    --------
    R: ``t(boot::boot.array(b))``.

    >>> draw_counts(4, replicates=3).sum(axis=1).tolist()
    [4.0, 4.0, 4.0]
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    unit, stratum = None, stratum_codes(strata, n_groups)
    if clusters is not None:
        unit, stratum = nested(strata, clusters, n_groups)
        if len(stratum) < 2:
            raise MomentsError("there is one group only; a bootstrap needs at least two to draw from")
    rescaled, stratum = strata is not None or unit is not None, merge_lonely(stratum)
    counts = np.empty((replicates, n_groups))
    for start in range(0, replicates, _ROWS):  # so that what drawing takes stays small beside the result
        drawn = draw(rng, stratum, min(_ROWS, replicates - start), rescaled)
        counts[start : start + _ROWS] = drawn if unit is None else drawn[:, unit]
    return counts


def draw(rng: np.random.Generator, strata: IntArray, replicates: int, rescaled: bool) -> FloatArray:
    """Draw groups with replacement, many times over.

    Parameters
    ----------
    rng : Generator
        One row of random numbers is used a replicate: draws do not depend on how many are made at a time.
    strata : ndarray of int, shape (n_groups,)
    replicates : int
    rescaled : bool
        Draw as `draw_rescaled`; else as many groups as there are, of one stratum.

    Returns
    -------
    ndarray of shape (replicates, n_groups)
    """
    if rescaled:
        return draw_rescaled(rng, strata, replicates)
    n = len(strata)
    drawn = rng.integers(n, size=(replicates, n)) + n * np.arange(replicates)[:, None]
    return np.bincount(drawn.ravel(), minlength=replicates * n).reshape(replicates, n).astype(np.float64)


def draw_rescaled(rng: np.random.Generator, strata: IntArray, replicates: int) -> FloatArray:
    """Draw how much each group counts in each replicate: one group fewer than there are in each stratum.

    Parameters
    ----------
    rng : Generator
    strata : ndarray of int, shape (n_groups,)
    replicates : int

    Returns
    -------
    ndarray of shape (replicates, n_groups)
        Times drawn, multiplied by m / (m - 1) for the m groups of a stratum, so that a stratum keeps its
        total, and the variance of the replicates is that of the design even with two groups a stratum. The
        only group of a stratum counts 1 in each: see `merge_lonely`.

    References
    ----------
    Rao, J. N. K. & Wu, C. F. J. (1988). Resampling inference with complex survey data. Journal of the
    American Statistical Association 83, 231-241.

    Examples
    --------
    R: ``weights(as.svrepdesign(design, type = "subbootstrap"))``.
    """
    m = len(strata)
    order = np.argsort(strata, kind="stable")
    _, starts, sizes = np.unique(strata[order], return_index=True, return_counts=True)
    drawn = np.where(sizes > 1, sizes - 1, 1)
    first, size = np.repeat(starts, drawn), np.repeat(sizes, drawn)
    at = first + (rng.random((replicates, len(first))) * size).astype(np.intp)
    flat = order[at] + m * np.arange(replicates)[:, None]
    counts = np.bincount(flat.ravel(), minlength=replicates * m).reshape(replicates, m)
    factor = np.empty(m)
    factor[order] = np.repeat(sizes / drawn, sizes)
    return np.asarray(counts * factor)


def merge_lonely(strata: IntArray) -> IntArray:
    """Put strata with one group together, so that it can vary: a lonely one alone joins the smallest other.

    Parameters
    ----------
    strata : ndarray of int, shape (n_groups,)

    Returns
    -------
    ndarray of int, shape (n_groups,)
        Strata with numbers without gaps. What is merged seems to vary more than it does: intervals become
        too wide rather than too narrow.

    References
    ----------
    Wolter, K. M. (2007). Introduction to variance estimation. Springer. Section 2.5, collapsed strata.

    Examples
    --------
    R: ``options(survey.lonely.psu = "adjust")`` has the same intent.

    >>> merge_lonely(np.array([0, 0, 1, 2, 3, 3])).tolist()
    [0, 0, 1, 1, 2, 2]
    """
    codes = np.unique(strata, return_inverse=True)[1].ravel()
    sizes = np.bincount(codes)
    lonely = np.flatnonzero(sizes == 1)
    if not len(lonely) or len(sizes) == 1:
        return np.asarray(codes)
    partner = lonely[0]
    if len(lonely) == 1:
        others = np.where(sizes > 1, sizes, len(codes) + 1)
        partner = np.argmin(others)
    joined = np.where(np.isin(codes, lonely), partner, codes)
    return np.asarray(np.unique(joined, return_inverse=True)[1].ravel())


def nested(strata: npt.ArrayLike | None, clusters: npt.ArrayLike, n: int) -> tuple[IntArray, IntArray]:
    """Count clusters within strata.

    Parameters
    ----------
    strata, clusters : array_like of shape (n,)
        A cluster that lies in several strata is several clusters: they are drawn apart.
    n : int

    Returns
    -------
    unit : ndarray of int, shape (n,)
        Cluster of each respondent.
    stratum : ndarray of int, shape (number of clusters,)
        Stratum of each cluster.
    """
    stratum = stratum_codes(strata, n)
    cluster = pd.factorize(np.asarray(clusters), sort=True)[0]
    if len(cluster) != n or (cluster < 0).any():
        raise MomentsError("every respondent needs a cluster; give one name each, none missing")
    key = stratum.astype(np.int64) * (int(cluster.max()) + 1) + cluster
    _, first, unit = np.unique(key, return_index=True, return_inverse=True)
    return unit.ravel(), stratum[first]


def stratum_codes(strata: Any, n_groups: int) -> IntArray:
    """Give each stratum a number; all groups are in one when there are none."""
    if strata is None:
        return np.zeros(n_groups, dtype=np.intp)
    codes = pd.factorize(np.asarray(strata), sort=True)[0]
    if len(codes) != n_groups or (codes < 0).any():
        raise MomentsError("every respondent needs a stratum; give one name each, none missing")
    return codes
