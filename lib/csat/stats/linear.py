"""Small linear systems over leading axes: a singular one gives NaN where others go on."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import FloatArray


def solve(a: FloatArray, b: FloatArray) -> FloatArray:
    """Solve a x = b.

    Parameters
    ----------
    a : ndarray of shape (..., k, k)
    b : ndarray of shape (..., k)

    Returns
    -------
    ndarray of shape (..., k)
        NaN where a is singular.

    Examples
    --------
    R: ``solve(a, b)``.
    """
    try:
        return np.asarray(np.linalg.solve(a, b[..., None])[..., 0])
    except np.linalg.LinAlgError:
        return np.asarray(np.einsum("...ij,...j->...i", invert(a), b))


def invert(a: FloatArray) -> FloatArray:
    """Invert matrices.

    Parameters
    ----------
    a : ndarray of shape (..., k, k)

    Returns
    -------
    ndarray of shape (..., k, k)
        NaN where a is singular.

    Examples
    --------
    R: ``solve(a)``.
    """
    try:
        return np.asarray(np.linalg.inv(a))
    except np.linalg.LinAlgError:
        regular = np.abs(np.linalg.det(a)) > 1e-12
        out = np.full(a.shape, np.nan)
        out[regular] = np.linalg.inv(a[regular])
        return out
