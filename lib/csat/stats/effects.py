"""What a path model says beyond its coefficients: total and indirect effects, f², adjusted R², inner VIF."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from csat.stats.layout import FloatArray
from csat.stats.linear import invert
from csat.stats.moments import Moments
from csat.stats.path_model import PathModel
from csat.stats.pls import refit_without
from csat.stats.pls_result import PlsResult
from csat.stats.pls_weights import Scheme


def total_effects(paths: FloatArray) -> FloatArray:
    """Sum the effects of one construct on another over all ways from one to the other.

    Parameters
    ----------
    paths : ndarray of shape (..., K, K)
        Path coefficients from row to column of a model without cycles.

    Returns
    -------
    ndarray of shape (..., K, K)

    Notes
    -----
    B + B² + B³ + ..., which ends because the model has no cycle.

    References
    ----------
    Bollen, K. A. (1989). Structural Equations with Latent Variables, chapter 8. Wiley.

    Examples
    --------
    R: ``seminr::total_effects(model$path_coef)``.

    >>> total_effects(np.array([[0, .5, .1], [0, 0, .4], [0, 0, 0]]))[0, 2].round(2).item()
    0.3
    """
    total = paths
    power = paths
    for _ in range(paths.shape[-1] - 2):
        power = power @ paths
        total = total + power
    return total


def total_indirect_effects(paths: FloatArray) -> FloatArray:
    """Total effects less the direct ones.

    Parameters
    ----------
    paths : ndarray of shape (..., K, K)

    Returns
    -------
    ndarray of shape (..., K, K)

    Examples
    --------
    R: ``summary(seminr_model)$total_indirect_effects``.
    """
    return total_effects(paths) - paths


def specific_indirect_effects(paths: FloatArray, chains: Sequence[tuple[int, ...]]) -> FloatArray:
    """Multiply the path coefficients along each chain of arrows.

    Parameters
    ----------
    paths : ndarray of shape (..., K, K)
    chains : sequence of tuples of construct positions
        Such as ``PathModel.chains()``.

    Returns
    -------
    ndarray of shape (..., number of chains)

    Examples
    --------
    R: ``seminr::specific_effect_significance(boot, from = "A", through = "B", to = "C")``.

    >>> specific_indirect_effects(np.array([[0, .5, .1], [0, 0, .4], [0, 0, 0]]), [(0, 1, 2)]).tolist()
    [0.2]
    """
    out = np.ones((*paths.shape[:-2], len(chains)))
    for i, chain in enumerate(chains):
        for source, target in pairwise(chain):
            out[..., i] *= paths[..., source, target]
    return out


def adjusted_r_squared(result: PlsResult) -> FloatArray:
    """R² adjusted for the number of predecessors.

    Parameters
    ----------
    result : PlsResult

    Returns
    -------
    ndarray of shape (..., K)
        NaN for exogenous constructs.

    Notes
    -----
    1 - (1 - R²)(n - 1) / (n - k - 1) for k predecessors; n is ``result.n``.

    Examples
    --------
    R: ``summary(seminr_model)$paths["AdjR^2", ]``.
    """
    k = result.model.adjacency.sum(axis=0)
    return np.asarray(1 - (1 - result.r_squared) * (result.n - 1) / (result.n - k - 1))


def inner_vif(result: PlsResult) -> FloatArray:
    """Variance inflation of each predecessor in its equation.

    Parameters
    ----------
    result : PlsResult

    Returns
    -------
    ndarray of shape (..., number of arrows)
        In the order of ``result.model.arrows``; 1 for a construct's only predecessor.

    Notes
    -----
    Diagonal of the inverse correlation of the predecessors' composite scores (also under PLSc).

    Examples
    --------
    R: ``summary(seminr_model)$vif_antecedents``, which leaves an only predecessor out.
    """
    model = result.model
    out = np.ones((*result.iterations.shape, len(model.arrows)))
    for target in model.endogenous:
        sources = model.predecessors(target)
        among = result.score_correlations[..., np.array(sources)[:, None], sources]
        inflation = np.diagonal(invert(among), axis1=-2, axis2=-1)
        for i, source in enumerate(sources):
            out[..., model.arrows.index((source, target))] = inflation[..., i]
    return out


def f_squared(result: PlsResult, moments: Moments, scheme: Scheme = "path", refit: bool = True) -> FloatArray:
    """Effect size of each arrow: what its equation loses in R² without it.

    Parameters
    ----------
    result : PlsResult
    moments : Moments
        Those that the result came from.
    scheme : {"path", "factorial", "centroid"}
        That of the result.
    refit : bool
        Estimate the whole model again without the arrow, so that weights may change (True, as seminr does),
        or drop the predecessor from its equation and keep the scores (False).

    Returns
    -------
    ndarray of shape (..., number of arrows)
        In the order of ``result.model.arrows``. Can be slightly negative with ``refit``.

    Notes
    -----
    f² = (R² - R² without the arrow) / (1 - R²). With scores kept: beta² / (VIF (1 - R²)).

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed., chapter 9. Erlbaum.

    Examples
    --------
    R: ``summary(seminr_model)$fSquare``.
    """
    model = result.model
    out = np.empty((*result.iterations.shape, len(model.arrows)))
    for i, (source, target) in enumerate(model.arrows):
        full = result.r_squared[..., target]
        reduced = _r_squared_without(result, moments, (source, target), scheme, refit)
        with np.errstate(divide="ignore", invalid="ignore"):
            out[..., i] = (full - reduced) / (1 - full)
    return out


def _r_squared_without(
    result: PlsResult, moments: Moments, arrow: tuple[int, int], scheme: Scheme, refit: bool
) -> FloatArray:
    """R² (...) of the target's equation without one of its predecessors."""
    model = result.model
    source, target = arrow
    kept = [k for k in model.predecessors(target) if k != source]
    if not kept:
        return np.zeros(result.iterations.shape)
    if refit:
        reduced = refit_without(result, moments, arrow, scheme)
        at = reduced.model.constructs.index(model.constructs[target])
        return reduced.r_squared[..., at]
    c = result.construct_correlations
    with_target = [*kept, target]
    inverse = invert(c[..., np.array(with_target)[:, None], with_target])
    return np.asarray(1 - 1 / inverse[..., -1, -1])


def mediated_share(paths: FloatArray, model: PathModel) -> dict[tuple[int, int], FloatArray]:
    """Share of each total effect that goes through other constructs (variance accounted for).

    Parameters
    ----------
    paths : ndarray of shape (..., K, K)
    model : PathModel

    Returns
    -------
    dict of (source, target) to ndarray of shape (...)
        For every direct arrow that also has a way round.

    Notes
    -----
    Indirect / total effect. Of use only where both have one sign: outside [0, 1] the direct and the
    indirect effect work against each other.

    Examples
    --------
    R: ``total_indirect_effects / total_effects``.
    """
    total = total_effects(paths)
    ends = {(chain[0], chain[-1]) for chain in model.chains()}
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            (s, t): np.asarray((total - paths)[..., s, t] / total[..., s, t])
            for s, t in model.arrows
            if (s, t) in ends
        }
