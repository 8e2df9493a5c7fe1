"""The iteration of PLS path modelling: from item correlations to outer weights, many replicates at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.path_model import PathModel

Scheme = Literal["path", "factorial", "centroid"]
SCHEMES: tuple[Scheme, ...] = ("path", "factorial", "centroid")

# Rounding makes eigenvalues of a singular correlation matrix this negative, and no more.
INDEFINITE = -1e-8


def outer_weights(
    corr: FloatArray,
    start: FloatArray,
    model: PathModel,
    scheme: Scheme,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, IntArray, BoolArray, BoolArray]:
    """Iterate outer weights to convergence, each replicate by itself.

    Parameters
    ----------
    corr : ndarray of shape (b, p, p)
        Correlations of the items, in the order of ``model.items``.
    start : ndarray of shape (b, p)
        Weights to start from.
    model : PathModel
    scheme : {"path", "factorial", "centroid"}
    tolerance : float
        Converged when the absolute changes of the weights in one pass add up to less.
    max_iterations : int

    Returns
    -------
    weights : ndarray of shape (b, p)
        For scores of variance 1; NaN where not usable.
    iterations : ndarray of int, shape (b,)
    converged : ndarray of bool, shape (b,)
    usable : ndarray of bool, shape (b,)
        Whether the correlations are finite and positive semi-definite.

    Examples
    --------
    R: ``seminr::simplePLS(...)$outer_weights``.
    """
    usable = _semidefinite(corr) & np.isfinite(start).all(axis=1)
    weights = np.full(start.shape, np.nan)
    iterations = np.zeros(len(corr), dtype=np.intp)
    converged = np.zeros(len(corr), dtype=bool)
    active = np.flatnonzero(usable)
    s = corr[active]
    inverses = _block_inverses(s, model)
    w, sw, c = scaled(s, start[active], model)
    for step in range(1, max_iterations + 1):
        raw = _outer(sw, _inner(c, model, scheme), inverses, model)
        new, sw, c = scaled(s, raw, model)
        done = np.abs(new - w).sum(axis=1) < tolerance
        weights[active], iterations[active] = new, step
        if done.any():
            converged[active[done]] = True
            keep = ~done
            active, s, new, sw, c = active[keep], s[keep], new[keep], sw[keep], c[keep]
            inverses = {k: inverse[keep] for k, inverse in inverses.items()}
        if not len(active):
            break
        w = new
    return weights, iterations, converged, usable


def _semidefinite(corr: FloatArray) -> BoolArray:
    """Which of the matrices (b, p, p) are finite and positive semi-definite but for rounding."""
    usable: BoolArray = np.asarray(np.isfinite(corr).all(axis=(1, 2)))
    try:
        np.linalg.cholesky(corr[usable])
    except np.linalg.LinAlgError:
        usable[usable] = np.linalg.eigvalsh(corr[usable])[:, 0] >= INDEFINITE
    return usable


def _block_inverses(s: FloatArray, model: PathModel) -> dict[int, FloatArray]:
    """Inverse item correlations (b, k, k) of each mode B block."""
    spans = {
        k: model.span(k) for k, mode in enumerate(model.modes) if mode == "B" and len(model.blocks[k]) > 1
    }
    return {k: invert(s[:, span, span]) for k, span in spans.items()}


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


def _inner(c: FloatArray, model: PathModel, scheme: Scheme) -> FloatArray:
    """Inner weights (b, K, K): column j says how the other constructs make the proxy of j."""
    neighbours = model.adjacency | model.adjacency.T
    if scheme == "factorial":
        return np.asarray(c * neighbours)
    if scheme == "centroid":
        return np.asarray(np.sign(c) * neighbours)
    return np.asarray(c * model.adjacency.T + path_coefficients(c, model))


def _outer(
    sw: FloatArray, inner: FloatArray, inverses: Mapping[int, FloatArray], model: PathModel
) -> FloatArray:
    """Weigh the items (b, p) anew, before scaling."""
    by_item = np.swapaxes(inner, -1, -2)[:, model.owner, :]
    raw = np.einsum("bik,bik->bi", sw, by_item)
    for k, inverse in inverses.items():
        span = model.span(k)
        raw[:, span] = np.einsum("bij,bj->bi", inverse, raw[:, span])
    return np.asarray(raw)


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


def solve(a: FloatArray, b: FloatArray) -> FloatArray:
    """Solve a x = b over leading axes: a (..., k, k), b (..., k); NaN where a is singular."""
    try:
        return np.asarray(np.linalg.solve(a, b[..., None])[..., 0])
    except np.linalg.LinAlgError:
        return np.asarray(np.einsum("...ij,...j->...i", invert(a), b))


def invert(a: FloatArray) -> FloatArray:
    """Invert matrices (..., k, k); NaN where singular."""
    try:
        return np.asarray(np.linalg.inv(a))
    except np.linalg.LinAlgError:
        regular = np.abs(np.linalg.det(a)) > 1e-12
        out = np.full(a.shape, np.nan)
        out[regular] = np.linalg.inv(a[regular])
        return out
