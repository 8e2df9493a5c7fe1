"""Means and covariances by maximum likelihood under normality, when answers are missing: the EM algorithm.

It needs no rows, only the sums of each pattern of missing answers, so that thousands of bootstrap replicates
are estimated together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csat.stats.layout import BoolArray, FloatArray, IntArray, Sums

Start = tuple[FloatArray, FloatArray]

_STEPS = 2000
_TOLERANCE = 1e-9
# Added to correlations before they are inverted: keeps collinear items from stopping the others.
_RIDGE = 1e-12


def em_moments(
    sums: Sequence[Sums], patterns: Sequence[BoolArray], start: Start | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Estimate mean and covariance from the sums of each pattern.

    Parameters
    ----------
    sums : sequence of Sums
        One per pattern, of its observed items, with any leading axes.
    patterns : sequence of ndarray of bool, shape (p,)
        Which items are observed.
    start : (mean, covariance), optional
        Where to begin; from the answers of each item by itself when not given.

    Returns
    -------
    n : ndarray of shape (...,)
        Respondents.
    mean : ndarray of shape (..., p)
    cov : ndarray of shape (..., p, p)
        Divisor n, as maximum likelihood has it. NaN for pairs of items that fewer than two respondents
        answered, and everywhere without convergence.

    Notes
    -----
    Missing answers of a pattern are replaced by their regression on the observed ones, and their residual
    covariance is added to the products; mean and covariance follow, until neither moves. Unbiased when
    answers are missing at random.

    References
    ----------
    Dempster, A. P., Laird, N. M. & Rubin, D. B. (1977). Maximum likelihood from incomplete data via the EM
    algorithm. Journal of the Royal Statistical Society B, 39, 1-38. Little, R. J. A. & Rubin, D. B. (2002).
    Statistical analysis with missing data, 2nd ed., section 11.2. Wiley.

    Examples
    --------
    R: ``lavaan::lavCor(x, missing = "fiml", output = "cov")``; ``norm::em.norm``.
    """
    shape = sums[0].n.shape
    flat = [_flatten(part, shape) for part in sums]
    n = np.sum([part.n for part in flat], axis=0)
    mean, variance = _available(flat, patterns)
    scale = np.sqrt(np.where(variance > 0, variance, 1.0))
    scaled = [_scaled(part, scale[:, seen]) for part, seen in zip(flat, patterns, strict=True)]
    if start is None:
        begin = mean / scale, np.eye(mean.shape[1]) * (variance > 0)[:, None, :]
    else:
        begin = start[0] / scale, start[1] / (scale[:, :, None] * scale[:, None, :])
    mean, cov = _iterate(scaled, patterns, *begin)
    cov = cov * scale[:, :, None] * scale[:, None, :]
    together = sum(
        part.n[:, None, None] * np.outer(seen, seen) for part, seen in zip(flat, patterns, strict=True)
    )
    cov = np.where(together >= 2, cov, np.nan)
    p = mean.shape[1]
    return n.reshape(shape), (mean * scale).reshape(*shape, p), cov.reshape(*shape, p, p)


def _iterate(
    sums: Sequence[Sums], patterns: Sequence[BoolArray], mean: FloatArray, cov: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Take EM steps until nothing moves; replicates that have converged leave the stack."""
    weight = np.sum([part.weight for part in sums], axis=0)
    final_mean, final_cov = np.full_like(mean, np.nan), np.full(cov.shape, np.nan)
    active = np.flatnonzero(weight > 0)
    mean, cov = mean[active], cov[active]
    for _ in range(_STEPS):
        parts = sums if len(active) == len(weight) else [_take(part, active) for part in sums]
        new_mean, new_cov = _step(parts, patterns, mean, cov, weight[active])
        moved = np.maximum(np.abs(new_mean - mean).max(axis=-1), np.abs(new_cov - cov).max(axis=(-2, -1)))
        done = moved < _TOLERANCE
        final_mean[active[done]], final_cov[active[done]] = new_mean[done], new_cov[done]
        active, mean, cov = active[~done], new_mean[~done], new_cov[~done]
        if not len(active):
            break
    return final_mean, final_cov


def _step(
    sums: Sequence[Sums],
    patterns: Sequence[BoolArray],
    mean: FloatArray,
    cov: FloatArray,
    weight: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """One EM step for a stack (N, ...) of moments."""
    first, products = np.zeros_like(mean), np.zeros_like(cov)
    for part, seen in zip(sums, patterns, strict=True):
        lift, constant, residual = _regression(mean, cov, seen)
        w = part.weight[:, None]
        lifted = (lift @ part.first[:, :, None])[..., 0]
        first += w * constant + lifted
        cross = constant[:, :, None] * (lifted + 0.5 * w * constant)[:, None, :]
        products += lift @ part.products @ np.swapaxes(lift, -1, -2)
        products += cross + np.swapaxes(cross, -1, -2) + w[..., None] * residual
    new_mean = first / weight[:, None]
    return new_mean, products / weight[:, None, None] - new_mean[:, :, None] * new_mean[:, None, :]


def _regression(
    mean: FloatArray, cov: FloatArray, seen: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Regress all items on those seen: x = constant (N, p) + lift (N, p, o) x_seen, residual (N, p, p)."""
    count, p = mean.shape
    observed, missing = np.flatnonzero(seen), np.flatnonzero(~seen)
    lift = np.zeros((count, p, len(observed)))
    lift[:, observed, np.arange(len(observed))] = 1.0
    constant, residual = np.zeros((count, p)), np.zeros((count, p, p))
    if len(missing):
        among = cov[:, observed[:, None], observed] + _RIDGE * np.eye(len(observed))
        between = cov[:, observed[:, None], missing]
        slopes = np.swapaxes(np.linalg.solve(among, between), -1, -2)
        lift[:, missing] = slopes
        constant[:, missing] = mean[:, missing] - (slopes @ mean[:, observed, None])[..., 0]
        residual[:, missing[:, None], missing] = cov[:, missing[:, None], missing] - slopes @ between
    return lift, constant, residual


def _available(sums: Sequence[Sums], patterns: Sequence[BoolArray]) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of each item over its own answers, (N, p)."""
    shape = (len(sums[0].n), len(patterns[0]))
    weight, first, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for part, seen in zip(sums, patterns, strict=True):
        weight[:, seen] += part.weight[:, None]
        first[:, seen] += part.first
        squares[:, seen] += np.diagonal(part.products, axis1=-2, axis2=-1)
    known = np.where(weight > 0, weight, 1.0)
    mean = first / known
    return mean, np.maximum(squares / known - mean**2, 0.0)


def _flatten(sums: Sums, shape: tuple[int, ...]) -> Sums:
    """Bring all leading axes into one."""
    o = sums.first.shape[-1]
    rows = int(np.prod(shape))
    return Sums(
        np.reshape(sums.n, rows),
        np.reshape(sums.weight, rows),
        sums.first.reshape(rows, o),
        sums.products.reshape(rows, o, o),
    )


def _scaled(sums: Sums, scale: FloatArray) -> Sums:
    """Turn sums of x into sums of x / scale, scale (N, o)."""
    products = sums.products / (scale[:, :, None] * scale[:, None, :])
    return Sums(sums.n, sums.weight, sums.first / scale, products)


def _take(sums: Sums, rows: IntArray) -> Sums:
    """Rows of a stack of sums."""
    return Sums(sums.n[rows], sums.weight[rows], sums.first[rows], sums.products[rows])
