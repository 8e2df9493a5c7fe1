"""What outer weights imply: correlations of scores with each other and with items, and regressions."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import BoolArray, FloatArray
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


def rho_a(s: FloatArray, w: FloatArray, model: PathModel) -> FloatArray:
    """Take Dijkstra and Henseler's reliability of the scores.

    Parameters
    ----------
    s : ndarray of shape (b, p, p)
        Item correlations.
    w : ndarray of shape (b, p)
        Outer weights, for scores of variance 1.
    model : PathModel

    Returns
    -------
    ndarray of shape (b, K)
        1 for mode B and single items, by convention.

    Notes
    -----
    (w'w)² · w'(S - diag S)w / w'(ww' - diag ww')w.

    References
    ----------
    Dijkstra, T. K. and Henseler, J. (2015). Consistent partial least squares path modeling. MIS Quarterly 39,
    297-316.

    Examples
    --------
    R: ``seminr::rho_A(model)``.
    """
    rho = np.ones((len(s), len(model.constructs)))
    for k, (block, mode) in enumerate(zip(model.blocks, model.modes, strict=True)):
        if mode == "B" or len(block) == 1:
            continue
        span = model.span(k)
        part = w[:, span]
        square = (part**2).sum(axis=1)
        explained = np.einsum("bi,bij,bj->b", part, s[:, span, span], part) - square
        with np.errstate(divide="ignore", invalid="ignore"):
            rho[:, k] = square**2 * explained / (square**2 - (part**4).sum(axis=1))
    return rho


def attenuation(
    w: FloatArray, c: FloatArray, loadings: FloatArray, rho: FloatArray, fixed: BoolArray, model: PathModel
) -> tuple[FloatArray, FloatArray]:
    """Correct loadings and construct correlations for the unreliability of the scores.

    Parameters
    ----------
    w, loadings : ndarray of shape (b, p)
    c : ndarray of shape (b, K, K)
        Correlations of the scores.
    rho : ndarray of shape (b, K)
        Reliability; 1 for constructs that are not corrected.
    fixed : ndarray of bool, shape (K,)
        Constructs that are corrected.
    model : PathModel

    Returns
    -------
    loadings : ndarray of shape (b, p)
    c : ndarray of shape (b, K, K)

    Examples
    --------
    R: ``seminr::PLSc(model)``.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.where(rho > 0, rho, np.nan))
        adjusted = c / (root[:, :, None] * root[:, None, :])
        square = (w**2) @ model.membership
        consistent = w * (root / square)[:, model.owner]
    diagonal = np.arange(c.shape[-1])
    adjusted[:, diagonal, diagonal] = c[:, diagonal, diagonal]
    return np.where(fixed[model.owner], consistent, loadings), adjusted
