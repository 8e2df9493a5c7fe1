"""Restricted cubic splines: smooth curves that are linear in their basis."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import FloatArray


def spline(x: FloatArray, knots: FloatArray) -> FloatArray:
    """Give the basis of a restricted cubic spline: x itself and the bends.

    Parameters
    ----------
    x : ndarray of shape (m,)
    knots : ndarray of shape (k,)
        Rising; the spline is linear beyond the outer ones.

    Returns
    -------
    ndarray of shape (m, k - 1)

    References
    ----------
    Harrell, F. E. (2015). Regression Modeling Strategies, 2nd ed., section 2.4. Springer.

    Examples
    --------
    R: ``Hmisc::rcspline.eval(x, knots, inclx = TRUE)``.
    """
    last, before = knots[-1], knots[-2]

    def cube(at: float) -> FloatArray:
        return np.asarray(np.maximum(x - at, 0.0) ** 3)

    bends = [
        (cube(t) - cube(before) * (last - t) / (last - before) + cube(last) * (before - t) / (last - before))
        / (last - knots[0]) ** 2
        for t in knots[:-2]
    ]
    return np.column_stack([x, *bends])


def spline_slope(x: FloatArray, knots: FloatArray) -> FloatArray:
    """Give the derivative of the basis of `spline`.

    Parameters
    ----------
    x : ndarray of shape (m,)
    knots : ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (m, k - 1)

    Examples
    --------
    R: ``rms::Function`` of a fit, differentiated.
    """
    last, before = knots[-1], knots[-2]

    def square(at: float) -> FloatArray:
        return np.asarray(3 * np.maximum(x - at, 0.0) ** 2)

    bends = [
        (
            square(t)
            - square(before) * (last - t) / (last - before)
            + square(last) * (before - t) / (last - before)
        )
        / (last - knots[0]) ** 2
        for t in knots[:-2]
    ]
    return np.column_stack([np.ones(len(x)), *bends])
