"""What outer weights imply: correlations of scores with each other and with items, and regressions."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import FloatArray
from csat.stats.linear import solve
from csat.stats.path_model import PathModel


def scaled(s: FloatArray, raw: FloatArray, model: PathModel) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scale weights to scores of variance 1, and correlate the scores.

    Parameters
    ----------
    s : ndarray of shape (b, p, p)
        Item correlations.
    raw : ndarray of shape (b, p)
        Outer weights of any length.
    model : PathModel

    Returns
    -------
    weights : ndarray of shape (b, p)
    sw : ndarray of shape (b, p, K)
        Correlation of each item with each score, SW.
    c : ndarray of shape (b, K, K)
        Correlations of the scores, W'SW.

    Examples
    --------
    R: ``cor(X, X %*% W); cor(X %*% W)``.
    """
    owner = model.owner
    dense = np.zeros((*raw.shape, len(model.constructs)))
    dense[:, np.arange(len(owner)), owner] = raw
    sw = s @ dense
    c = np.swapaxes(dense, -1, -2) @ sw
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1 / np.sqrt(np.diagonal(c, axis1=-2, axis2=-1))
        c = c * (scale[:, :, None] * scale[:, None, :])
    return raw * scale[:, owner], sw * scale[:, None, :], c


def path_coefficients(c: FloatArray, model: PathModel) -> FloatArray:
    """OLS coefficients of every equation from construct correlations.

    Parameters
    ----------
    c : ndarray of shape (..., K, K)
    model : PathModel

    Returns
    -------
    ndarray of shape (..., K, K)
        From row to column, 0 where there is no arrow; NaN where predecessors are collinear.

    Examples
    --------
    R: ``solve(cor(x), cor(x, y))`` for each endogenous construct.
    """
    out = np.zeros(c.shape)
    for target in model.endogenous:
        sources = model.predecessors(target)
        if len(sources) == 1:
            out[..., sources[0], target] = c[..., sources[0], target]
            continue
        among = c[..., np.array(sources)[:, None], sources]
        out[..., sources, target] = solve(among, c[..., sources, target])
    return out
