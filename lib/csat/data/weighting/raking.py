"""Raking: weights as close as possible to those before that agree with the margins, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csat.data.weighting.trimming import factor_to

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TOLERANCE = 1e-11
"""Largest difference of a share from its target at which raking ends."""

HOLDS = 1e-10
"""Largest difference with which a target counts as met."""

MOST_ROUNDS = 2000

# Where the bounds leave no solution, weights before clipping run away: this far and no further.
_RANGE = (1e-100, 1e100)


@dataclass(frozen=True)
class Raked:
    """Raked weights.

    Attributes
    ----------
    weights : ndarray of shape (n,)
        Summing to what the base weights sum to.
    rounds : int
        Times that all margins were gone through.
    difference : float
        Largest difference between a share and its target that is left.
    converged : bool
        Whether it is at most the tolerance, or `HOLDS`.
    trimmed : int
        Respondents whose weight is at a bound.
    """

    weights: FloatArray
    rounds: int
    difference: float
    converged: bool
    trimmed: int


def rake(
    categories: Sequence[IntArray],
    totals: Sequence[FloatArray],
    base: FloatArray,
    lower: float = 0.0,
    upper: float = np.inf,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
) -> Raked:
    """Rake base weights to margins.

    Parameters
    ----------
    categories : sequence of ndarray of int, shape (n,)
        Category of each respondent on each margin.
    totals : sequence of ndarray of shape (k,)
        Weight that each category of a margin should have; of each margin they sum to the sum of `base`.
    base : ndarray of shape (n,)
        Weights before, not negative.
    lower, upper : float
        Bounds of a weight, in units of the weights. With bounds the sum of weights and the bounds always
        hold; where the margins then cannot, `difference` says by how much they are missed.
    tolerance : float
        As a share of the sum of weights.
    most_rounds : int

    Returns
    -------
    Raked

    Notes
    -----
    Iterative proportional fitting: the margins are gone through until all hold. It finds the weights with
    the smallest Kullback-Leibler divergence sum w log(w / base) among all that agree with the margins. With
    bounds, each step finds the factor with which the category's *clipped* weights have the right sum; this
    is the same minimisation with the bounds as further conditions (coordinate ascent of its dual), so that
    trimming, redistribution and raking are one.

    References
    ----------
    Deming, W. E. & Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444.
    Deville, J.-C., Särndal, C.-E. & Sautory, O. (1993). Generalized raking procedures in survey sampling.
    Journal of the American Statistical Association 88, 1013-1020.

    Examples
    --------
    R: ``survey::rake(design, list(~a, ~b), list(pop.a, pop.b), control = list(epsilon = 1e-11))``.

    >>> found = rake([np.array([0, 0, 1])], [np.array([1.5, 1.5])], np.ones(3))
    >>> found.weights.tolist()
    [0.75, 0.75, 1.5]
    """
    # Respondents alike on all margins and in their base weight move together.
    keys = np.column_stack([*categories, base])
    _, first, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    start = base[first].astype(np.float64)
    counts = np.where(start > 0, np.bincount(of), 0.0)
    alike = [category[first] for category in categories]
    steps = [
        (np.flatnonzero((category == code) & (start > 0)), float(wanted))
        for category, total in zip(alike, totals, strict=True)
        for code, wanted in enumerate(total)
    ]
    steps = [step for step in steps if len(step[0])]
    free, rounds, difference = start.copy(), 0, np.inf
    while rounds < most_rounds and difference > tolerance:
        rounds += 1
        before = free.copy()
        for at, wanted in steps:
            free[at] = _moved(free[at], counts[at], wanted, lower, upper)
        difference = _difference(_clipped(free, lower, upper) * counts, alike, totals)
        if np.allclose(free, before, rtol=1e-15, atol=0.0):
            break  # nothing moves any more, whether the margins hold or not
    weights = _clipped(free, lower, upper)
    at_bound = (weights <= lower * (1 + 1e-9)) | (weights >= upper * (1 - 1e-9))
    if difference > HOLDS and (at_bound & (start > 0)).any():  # not all can hold: bounds and sum do
        weights = _clipped(_moved(weights, counts, float(base.sum()), lower, upper), lower, upper)
        difference = _difference(weights * counts, alike, totals)
    converged = bool(difference <= max(tolerance, HOLDS))
    return Raked(weights[of], rounds, difference, converged, int(counts[at_bound].sum()))


def _moved(free: FloatArray, counts: FloatArray, total: float, lower: float, upper: float) -> FloatArray:
    """Weights before clipping, by the factor with which the clipped ones have a given total."""
    factor = factor_to(total, free, counts, lower, upper)
    return np.where(free > 0, np.clip(factor * free, *_RANGE), 0.0)


def _clipped(free: FloatArray, lower: float, upper: float) -> FloatArray:
    """Weights within their bounds; those of 0 stay 0."""
    return np.where(free > 0, np.clip(free, lower, upper), 0.0)


def _difference(weights: FloatArray, categories: Sequence[IntArray], totals: Sequence[FloatArray]) -> float:
    """Largest difference between the share of a category and its target."""
    gaps = [
        np.abs(np.bincount(category, weights, len(total)) - total).max() / total.sum()
        for category, total in zip(categories, totals, strict=True)
    ]
    return float(max(gaps, default=0.0))
