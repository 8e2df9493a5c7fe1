"""Confidence intervals: from bootstrap replicates, and the analytic ones that the field expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from csat.stats.layout import FloatArray, IntArray


@dataclass(frozen=True)
class Interval:
    """Estimates with their limits; arrays of one shape.

    Attributes
    ----------
    estimate, low, high : ndarray
        Limits are NaN where no replicate could be used.
    valid : ndarray
        Share of the replicates that were used: those with a finite estimate.
    standard_error : ndarray
        Standard deviation of the replicates used.
    level : float
    kind : str
        ``percentile`` or ``bca``.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    valid: FloatArray
    standard_error: FloatArray
    level: float
    kind: str

    def part(self, at: Any) -> Interval:
        """Pick some of the estimates, as a NumPy array would."""
        return Interval(
            self.estimate[at],
            self.low[at],
            self.high[at],
            self.valid[at],
            self.standard_error[at],
            self.level,
            self.kind,
        )


def percentile(estimate: FloatArray, replicates: FloatArray, level: float = 0.95) -> Interval:
    """Percentile interval: quantiles of the replicates.

    Parameters
    ----------
    estimate : ndarray of shape trailing
    replicates : ndarray of shape (B, *trailing)
        Not-finite values are left out and counted.
    level : float

    Returns
    -------
    Interval

    Notes
    -----
    Quantiles are interpolated linearly (type 7 of R's ``quantile``).

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.

    Examples
    --------
    R: ``quantile(b$t, c(.025, .975))``.
    """
    ordered, used = _ordered(replicates)
    tail = np.full(used.shape, (1 - level) / 2)
    low, high = _quantile(ordered, used, tail), _quantile(ordered, used, 1 - tail)
    return _interval(estimate, low, high, replicates, used, level, "percentile")


def bca(
    estimate: FloatArray,
    replicates: FloatArray,
    left_out: FloatArray,
    level: float = 0.95,
    strata: IntArray | None = None,
) -> Interval:
    """Bias-corrected and accelerated interval.

    Parameters
    ----------
    estimate : ndarray of shape trailing
    replicates : ndarray of shape (B, *trailing)
    left_out : ndarray of shape (G, *trailing)
        Estimates without one group at a time.
    level : float
    strata : ndarray of shape (G,), optional
        Stratum of each group.

    Returns
    -------
    Interval
        NaN limits where all replicates lie on one side of the estimate: the correction is not defined.

    Notes
    -----
    z0 = Phi^-1 of the share of replicates below the estimate (ties count half);
    a = sum d^3 / (6 (sum d^2)^1.5), with d = (G-1)/G (mean - left-out estimate), taken within strata;
    the limits are quantiles at Phi(z0 + (z0 + z) / (1 - a (z0 + z))).

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical
    Association, 82, 171-185. Davison & Hinkley (1997), section 5.3, for strata.

    Examples
    --------
    R: ``boot::boot.ci(b, type = "bca")``.
    """
    from scipy.special import ndtr, ndtri

    ordered, used = _ordered(replicates)
    # A hair's breadth of tolerance: the same sample drawn in another order differs in the last digit.
    hair = 1e-12 * np.maximum(1.0, np.abs(estimate))
    below = (ordered < estimate - hair).sum(axis=0)
    ties = (np.abs(ordered - estimate) <= hair).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = ndtri((below + 0.5 * ties) / used)
        skew = _acceleration(left_out, strata)
        limits = []
        for z in (ndtri((1 - level) / 2), ndtri((1 + level) / 2)):
            shifted = centre + z
            limits.append(_quantile(ordered, used, ndtr(centre + shifted / (1 - skew * shifted))))
    low, high = (np.where(np.isfinite(centre), limit, np.nan) for limit in limits)
    return _interval(estimate, low, high, replicates, used, level, "bca")


def _acceleration(left_out: FloatArray, strata: IntArray | None) -> FloatArray:
    """Acceleration from the left-out estimates (G, *trailing); groups without an estimate are left out."""
    codes = np.zeros(len(left_out), dtype=np.intp) if strata is None else strata
    deviations = np.zeros_like(left_out)
    for code in np.unique(codes):
        inside = codes == code
        part = left_out[inside]
        known = np.isfinite(part)
        count = known.sum(axis=0)
        mean = np.where(known, part, 0.0).sum(axis=0) / np.maximum(count, 1)
        deviations[inside] = np.where(known, mean - part, 0.0) * (count - 1) / np.maximum(count, 1)
    squares = (deviations**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = (deviations**3).sum(axis=0) / (6 * squares**1.5)
    return np.where(squares > 0, skew, 0.0)


def _ordered(replicates: FloatArray) -> tuple[FloatArray, IntArray]:
    """Replicates sorted along their first axis, with those not finite last, and how many are finite."""
    finite = np.isfinite(replicates)
    return np.sort(np.where(finite, replicates, np.nan), axis=0), finite.sum(axis=0)


def _quantile(ordered: FloatArray, used: IntArray, level: FloatArray) -> FloatArray:
    """Type-7 quantiles of sorted replicates at a level of its own for each trailing cell."""
    position = np.nan_to_num(level) * np.maximum(used - 1, 0)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(used - 1, 0))
    low = np.take_along_axis(ordered, below[None], axis=0)[0]
    high = np.take_along_axis(ordered, above[None], axis=0)[0]
    value = low + (position - below) * (high - low)
    return np.where((used > 0) & np.isfinite(level), value, np.nan)


def _interval(
    estimate: FloatArray,
    low: FloatArray,
    high: FloatArray,
    replicates: FloatArray,
    used: IntArray,
    level: float,
    kind: str,
) -> Interval:
    """Put the interval together, with the share of replicates used and their standard deviation."""
    known = np.isfinite(replicates)
    mean = np.where(known, replicates, 0.0).sum(axis=0) / np.maximum(used, 1)
    squares = (np.where(known, replicates - mean, 0.0) ** 2).sum(axis=0)
    error = np.where(used > 1, np.sqrt(squares / np.maximum(used - 1, 1)), np.nan)
    return Interval(estimate, low, high, used / len(replicates), error, level, kind)


def feldt(
    alpha: npt.ArrayLike, n: npt.ArrayLike, k: npt.ArrayLike, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Feldt's interval of Cronbach's alpha.

    Parameters
    ----------
    alpha : array_like
        Alpha of the sample.
    n, k : array_like
        Respondents and items.
    level : float

    Returns
    -------
    low, high : ndarray

    Notes
    -----
    1 - (1 - alpha) F with quantiles of F on n - 1 and (n - 1)(k - 1) degrees of freedom. Exact for normal,
    essentially parallel items.

    References
    ----------
    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability
    coefficient twenty. Psychometrika, 30, 357-370.

    Examples
    --------
    R: ``psych::alpha(x)$feldt``.

    >>> [round(float(x), 4) for x in feldt(0.714447, 250, 5)]
    [0.6544, 0.7668]
    """
    from scipy.special import fdtri

    a, n, k = np.asarray(alpha, np.float64), np.asarray(n, np.float64), np.asarray(k, np.float64)
    tail = (1 - level) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return 1 - (1 - a) * fdtri(df1, df2, 1 - tail), 1 - (1 - a) * fdtri(df1, df2, tail)


def wilson(share: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval of a proportion.

    Parameters
    ----------
    share : array_like
        Proportion from 0 to 1.
    n : array_like
        Respondents (the effective number, when weighted).
    level : float

    Returns
    -------
    low, high : ndarray

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of
    the American Statistical Association, 22, 209-212.

    Examples
    --------
    R: ``prop.test(8, 10, correct = FALSE)$conf.int``.

    >>> [round(float(x), 4) for x in wilson(0.8, 10)]
    [0.4902, 0.9433]
    """
    from scipy.special import ndtri

    p, n = np.asarray(share, np.float64), np.asarray(n, np.float64)
    z = ndtri((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
