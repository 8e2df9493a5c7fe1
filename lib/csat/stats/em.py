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
_RIDGE = 1e-8


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
        Divisor n, as maximum likelihood has it. NaN without convergence, and where fewer than two
        respondents answered some pair of items.

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
    mean, cov = _iterate(scaled, patterns, _identified(flat, patterns), *begin)
    cov = cov * scale[:, :, None] * scale[:, None, :]
    p = mean.shape[1]
    return n.reshape(shape), (mean * scale).reshape(*shape, p), cov.reshape(*shape, p, p)


def _identified(sums: Sequence[Sums], patterns: Sequence[BoolArray]) -> BoolArray:
    """Tell in which replicates (N,) every pair of items was answered by two respondents or more."""
    together = np.zeros((len(sums[0].n), len(patterns[0]), len(patterns[0])))
    for part, seen in zip(sums, patterns, strict=True):
        together += part.n[:, None, None] * np.outer(seen, seen)
    return np.asarray((together >= 2).all(axis=(-2, -1)))


def _iterate(
    sums: Sequence[Sums],
    patterns: Sequence[BoolArray],
    usable: BoolArray,
    mean: FloatArray,
    cov: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Take EM steps until nothing moves; replicates that have converged leave the stack."""
    final_mean, final_cov = np.full_like(mean, np.nan), np.full(cov.shape, np.nan)
    active = np.flatnonzero(usable)
    sums, mean, cov = [_take(part, active) for part in sums], mean[active], cov[active]
    known = _known(sums, patterns)
    for _ in range(_STEPS):
        new_mean, new_cov, noise = _step(sums, patterns, known, mean, cov)
        moved = np.maximum(np.abs(new_mean - mean).max(axis=-1), np.abs(new_cov - cov).max(axis=(-2, -1)))
        done = moved < np.maximum(_TOLERANCE, noise)
        final_mean[active[done]], final_cov[active[done]] = new_mean[done], new_cov[done]
        if done.all():  # also when nothing is left
            break
        mean, cov = new_mean[~done], new_cov[~done]
        if done.any():
            rows = np.flatnonzero(~done)
            active, known = active[rows], _take(known, rows)
            sums = [_take(part, rows) for part in sums]
    return final_mean, final_cov


def _known(sums: Sequence[Sums], patterns: Sequence[BoolArray]) -> Sums:
    """Add up what was answered over all patterns: it does not change from step to step."""
    rows, p = len(sums[0].n), len(patterns[0])
    first, products = np.zeros((rows, p)), np.zeros((rows, p, p))
    for part, seen in zip(sums, patterns, strict=True):
        at = np.flatnonzero(seen)
        first[:, at] += part.first
        products[:, at[:, None], at] += part.products
    weight = np.sum([part.weight for part in sums], axis=0)
    return Sums(weight, weight, first, products)


def _step(
    sums: Sequence[Sums], patterns: Sequence[BoolArray], known: Sums, mean: FloatArray, cov: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """One EM step for a stack (N, ...) of moments, and how far rounding can move it (N,)."""
    first, products = known.first.copy(), known.products.copy()
    # One inverse K serves every pattern: the regression of u on o is -K_uu^-1 K_uo, its residual K_uu^-1.
    inverse = np.linalg.inv(cov + _RIDGE * np.eye(cov.shape[-1]))
    for part, seen in zip(sums, patterns, strict=True):
        o, u = np.flatnonzero(seen), np.flatnonzero(~seen)
        if not len(u):
            continue
        residual = np.linalg.inv(inverse[:, u[:, None], u])
        slopes = -residual @ inverse[:, u[:, None], o]
        constant = mean[:, u] - (slopes @ mean[:, o, None])[..., 0]
        w = part.weight[:, None]
        lifted = (slopes @ part.first[:, :, None])[..., 0]
        first[:, u] += w * constant + lifted
        mixed = constant[:, :, None] * part.first[:, None, :] + slopes @ part.products
        products[:, u[:, None], o] += mixed
        products[:, o[:, None], u] += np.swapaxes(mixed, -1, -2)
        cross = constant[:, :, None] * (lifted + 0.5 * w * constant)[:, None, :]
        both = slopes @ part.products @ np.swapaxes(slopes, -1, -2)
        products[:, u[:, None], u] += both + cross + np.swapaxes(cross, -1, -2) + w[..., None] * residual
    new_mean = first / known.weight[:, None]
    new_cov = products / known.weight[:, None, None] - new_mean[:, :, None] * new_mean[:, None, :]
    noise = 10 * np.finfo(np.float64).eps * np.abs(inverse).max(axis=(-2, -1))
    return new_mean, new_cov, noise


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
