"""Bounds of weights: the factor that brings a group to its total although some weights may not move on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def factor_to(
    total: float, values: FloatArray, counts: FloatArray, lower: float = 0.0, upper: float = np.inf
) -> float:
    """Find the factor f with which sum of counts x clip(f x values, lower, upper) is a given total.

    Parameters
    ----------
    total : float
        What the group should weigh.
    values : ndarray of shape (m,)
        Weights before, of which at least one is above 0.
    counts : ndarray of shape (m,)
        Respondents that have each.
    lower, upper : float
        Bounds of a weight. Weights of 0 stay 0 (they are not counted).

    Returns
    -------
    float
        Where no factor reaches the total: the one that brings all weights to the nearer bound.

    Notes
    -----
    The sum rises with f and is linear between the factors at which a weight meets a bound, so the factor is
    found exactly. What a weight beyond its bound cannot carry is thereby redistributed over the others of
    the group, in proportion to their weights.

    Examples
    --------
    >>> factor_to(4.0, np.array([1.0, 3.0]), np.array([1.0, 1.0]), upper=2.5)
    1.5
    """
    moving = (values > 0) & (counts > 0)
    v, c = values[moving], counts[moving]
    if not lower > 0 and np.isinf(upper):
        return float(total / (v * c).sum())
    starts, stops = lower / v, upper / v
    at = np.concatenate([[0.0], starts, stops[np.isfinite(stops)]])
    turns = np.concatenate([[0.0], c * v, -(c * v)[np.isfinite(stops)]])
    order = np.argsort(at, kind="stable")
    at, slope = at[order], np.cumsum(turns[order])
    sums = lower * c.sum() + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(at))])
    if total <= sums[0]:
        return float(starts.min())
    if total >= sums[-1]:
        beyond = (total - sums[-1]) / slope[-1] if np.isinf(upper) else 0.0
        return float(at[-1] + beyond)
    return float(np.interp(total, sums, at))
