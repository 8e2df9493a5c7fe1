"""The iteration of PLS path modelling: from item correlations to outer weights, many replicates at once.

Inside, the replicates are the last axis: every step is then a few multiplications of long contiguous rows,
where a stack of small matrix products would spend its time on calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.linear import invert
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
    state = _State.begin(corr[active], start[active], model)
    for step in range(1, max_iterations + 1):
        before = state.weights
        with np.errstate(divide="ignore", invalid="ignore"):
            state = state.weighed(_proxy_weights(state, model, scheme), model)
        done = np.abs(state.weights - before).sum(axis=0) < tolerance
        weights[active], iterations[active] = state.weights.T, step
        if done.any():
            converged[active[done]] = True
            kept = np.flatnonzero(~done)
            active, state = active[kept], state.take(kept)
        if not len(active):
            break
    return weights, iterations, converged, usable


@dataclass(frozen=True)
class _State:
    """Where the iteration stands; the last axis of each array are the replicates.

    S (p, p, b) item correlations; weights w (p, b); SW (p, K, b); C (K, K, b) = W'SW, with scores of
    variance 1; inverse item correlations (k, k, b) of each mode B block.
    """

    s: FloatArray
    weights: FloatArray
    sw: FloatArray
    c: FloatArray
    inverses: dict[int, FloatArray]

    @classmethod
    def begin(cls, corr: FloatArray, start: FloatArray, model: PathModel) -> Self:
        """Turn the axes, and scale the weights to start from."""
        b, p = start.shape
        s = np.ascontiguousarray(corr.reshape(b, p * p).T).reshape(p, p, b)
        several = [k for k, mode in enumerate(model.modes) if mode == "B" and len(model.blocks[k]) > 1]
        inverses = {
            k: np.ascontiguousarray(np.moveaxis(invert(corr[:, model.span(k), model.span(k)]), 0, -1))
            for k in several
        }
        empty = np.empty(0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return cls(s, empty, empty, empty, inverses).weighed(np.ascontiguousarray(start.T), model)

    def weighed(self, raw: FloatArray, model: PathModel) -> Self:
        """Take new weights (p, b) of any length, and scale them to scores of variance 1."""
        count, (p, b) = len(model.constructs), raw.shape
        weights, sw, c = np.empty((p, b)), np.empty((p, count, b)), np.empty((count, count, b))
        spans = [model.span(k) for k in range(count)]
        for k, span in enumerate(spans):
            np.einsum("ijb,jb->ib", self.s[:, span], raw[span], out=sw[:, k])
        for k, span in enumerate(spans):
            np.einsum("ib,ilb->lb", raw[span], sw[span], out=c[k])
        scale = 1 / np.sqrt(np.stack([c[k, k] for k in range(count)]))
        for k, span in enumerate(spans):
            np.multiply(raw[span], scale[k], out=weights[span])
        sw *= scale
        c *= scale[:, None]
        c *= scale
        return type(self)(self.s, weights, sw, c, self.inverses)

    def take(self, kept: IntArray) -> Self:
        """Go on with some of the replicates."""
        inverses = {k: inverse.take(kept, axis=-1) for k, inverse in self.inverses.items()}
        s, weights, sw, c = (x.take(kept, axis=-1) for x in (self.s, self.weights, self.sw, self.c))
        return type(self)(s, weights, sw, c, inverses)


def _semidefinite(corr: FloatArray) -> BoolArray:
    """Which of the matrices (b, p, p) are finite and positive semi-definite but for rounding."""
    usable: BoolArray = np.asarray(np.isfinite(corr).all(axis=(1, 2)))
    try:
        np.linalg.cholesky(corr[usable])
    except np.linalg.LinAlgError:
        usable[usable] = np.linalg.eigvalsh(corr[usable])[:, 0] >= INDEFINITE
    return usable


def _proxy_weights(state: _State, model: PathModel, scheme: Scheme) -> FloatArray:
    """Weigh the items (p, b) by the proxies that the inner model makes of their constructs."""
    inner = _inner(state.c, model, scheme)
    raw = np.empty(state.weights.shape)
    for k in range(len(model.constructs)):
        span = model.span(k)
        np.einsum("ikb,kb->ib", state.sw[span], inner[:, k], out=raw[span])
    for k, inverse in state.inverses.items():
        span = model.span(k)
        raw[span] = np.einsum("ijb,jb->ib", inverse, raw[span])
    return raw


def _inner(c: FloatArray, model: PathModel, scheme: Scheme) -> FloatArray:
    """Inner weights (K, K, b): column j says how the other constructs make the proxy of j."""
    inner = np.zeros(c.shape)
    for source, target in model.arrows:
        near = np.sign(c[source, target]) if scheme == "centroid" else c[source, target]
        inner[source, target] = inner[target, source] = near
    if scheme == "path":
        for target in model.endogenous:
            sources = model.predecessors(target)
            if len(sources) > 1:
                among = c[np.array(sources)[:, None], sources]
                inner[sources, target] = _eliminate(among, c[sources, target])
    return inner


def _eliminate(a: FloatArray, b: FloatArray) -> FloatArray:
    """Solve positive definite systems a (k, k, b), b (k, b) by elimination; not finite where singular."""
    a, b = a.copy(), b.copy()
    k = len(b)
    for i in range(k):
        for j in range(i + 1, k):
            factor = a[j, i] / a[i, i]
            a[j, i + 1 :] -= factor * a[i, i + 1 :]
            b[j] -= factor * b[i]
    for i in reversed(range(k)):
        for j in range(i + 1, k):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    return b
