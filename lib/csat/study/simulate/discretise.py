"""Answers on a scale from normal variables: rounded and cut off, with the mean and spread that are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from csat.study.scales import Scale

FloatArray = npt.NDArray[np.float64]

_STEPS = 200
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Cut:
    """Answer ``clip(round(location + size * z))`` of a standard normal z.

    `attenuation` is the correlation of z with the answer: slopes are divided by it, so that answers keep
    them. `off` is how far mean and spread of the answers are from what was asked (0 when they can be had).
    """

    location: float
    size: float
    attenuation: float
    off: float


def points_of(scale: Scale) -> tuple[float, float, float]:
    """Lowest point, highest point and step of a scale (a continuous one in 200 steps)."""
    step = 1.0 if scale.kind == "rating" else (scale.maximum - scale.minimum) / _STEPS
    return scale.minimum, scale.maximum, step


def cut_for(scale: Scale, mean: float, spread: float) -> Cut:
    """Find how to cut a normal variable into answers of a mean and spread.

    Parameters
    ----------
    scale : Scale
        The scale.
    mean, spread : float
        Mean and standard deviation of the answers, in points.

    Returns
    -------
    Cut
        Its `off` is large when no answers on the scale have this mean and spread.

    Notes
    -----
    Solves the two moments of the rounded, censored normal variable. Slopes on z shrink by ``E[z x] /
    sd(x)``, the first Hermite coefficient of the cut; what higher coefficients add to correlations is their
    product with squared correlations, below .01 for ratings of five points and more.
    """
    return _cut(*points_of(scale), float(mean), float(spread))


@lru_cache(maxsize=4096)
def _cut(low: float, high: float, step: float, mean: float, spread: float) -> Cut:
    """Solve for location and size."""
    from scipy import optimize

    points = np.arange(low, high + step / 2, step)
    if not (low < mean < high and _least_spread(low, step, mean) <= spread < _most_spread(low, high, mean)):
        return Cut(mean, max(spread, 1e-6), 1.0, np.inf)

    def miss(x: FloatArray) -> Any:
        """Distance of both moments, in units of the range."""
        m, s, _ = _moments(points, step, x[0], float(np.exp(x[1])))
        return np.array([m - mean, s - spread]) / (high - low)

    best: tuple[float, FloatArray] | None = None
    for stretch in (1.0, 2.0, 0.7, 5.0):
        guess = np.array([mean + (stretch - 1) * (mean - (low + high) / 2), np.log(spread * stretch)])
        found = optimize.least_squares(miss, guess, xtol=1e-12, ftol=1e-12)
        off = float(np.abs(found.fun).max())
        if best is None or off < best[0]:
            best = (off, found.x)
        if off < _TOLERANCE / 10:
            break
    assert best is not None
    location, size = float(best[1][0]), float(np.exp(best[1][1]))
    _, _, attenuation = _moments(points, step, location, size)
    return Cut(location, size, attenuation, 0.0 if best[0] < _TOLERANCE else best[0])


def _least_spread(low: float, step: float, mean: float) -> float:
    """Least standard deviation of answers with a mean: they are the two points around it."""
    part = (mean - low) / step % 1
    return max(step * float(np.sqrt(part * (1 - part))), 0.05 * step)


def _most_spread(low: float, high: float, mean: float) -> float:
    """Largest standard deviation of answers with a mean: they are the two ends of the scale."""
    return float(np.sqrt((mean - low) * (high - mean)))


def _moments(points: FloatArray, step: float, location: float, size: float) -> tuple[float, float, float]:
    """Mean and standard deviation of the answers, and their correlation with z."""
    from scipy import special

    edges = np.concatenate([[-np.inf], (points[:-1] + step / 2 - location) / size, [np.inf]])
    p = np.diff(special.ndtr(edges))
    density = np.exp(-0.5 * np.where(np.isfinite(edges), edges, 40.0) ** 2) / np.sqrt(2 * np.pi)
    mean = float(p @ points)
    sd = float(np.sqrt(max(p @ (points - mean) ** 2, 1e-12)))
    together = float(-(np.diff(density) * points).sum())
    return mean, sd, together / sd


def answers(z: FloatArray, cut: Cut, scale: Scale) -> FloatArray:
    """Turn standard normal variables into answers, in place."""
    low, high, step = points_of(scale)
    z *= cut.size / step
    z += (cut.location - low) / step
    np.rint(z, out=z)
    z *= step
    z += low
    np.clip(z, low, high, out=z)
    return z
