"""PLS path modelling from a correlation matrix, for any number of replicates at once.

The scores of respondents are never needed: with item correlations S and outer weights W, the scores
correlate as W'SW and an item correlates with a score as SW. So one call runs thousands of replicates
as a few stacked matrix products, and each replicate stops by its own convergence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.moments import Moments
from csat.stats.path_model import Mode, PathModel, PathModelError, path_model
from csat.stats.pls_result import PlsFlag, PlsResult
from csat.stats.pls_scores import attenuation, path_coefficients, rho_a, scaled
from csat.stats.pls_weights import INDEFINITE, SCHEMES, Scheme, outer_weights

# Replicates handled together: their matrices then stay in the processor's cache.
_CHUNK = 500


def pls(
    moments: Moments,
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    consistent: bool | Collection[str] = False,
    tolerance: float = 1e-7,
    max_iterations: int = 300,
) -> PlsResult:
    """Estimate a PLS path model.

    Parameters
    ----------
    moments : Moments
        Of the items, with any leading axes. Only correlations are used: items are standardised.
    blocks : mapping of construct to its items
    paths : sequence of (source, target)
    modes : mapping of construct to ``"A"`` or ``"B"``, optional
        Outer mode: A, correlation weights (the default), or B, regression weights.
    scheme : {"path", "factorial", "centroid"}
        Inner weighting.
    consistent : bool or collection of constructs
        Correct for attenuation (PLSc): True for every mode A construct of two or more items.
    tolerance : float
        Converged when the absolute changes of all weights in one pass add up to less than this.
    max_iterations : int

    Returns
    -------
    PlsResult

    Raises
    ------
    PathModelError
        A model that makes no sense; or, for moments without leading axes, correlations from which it cannot
        be estimated (a constant item, a matrix that is not positive semi-definite, a mode B block of
        collinear items). With leading axes such replicates are NaN and flagged.

    Notes
    -----
    One pass, with item correlations S, weights W (items by constructs) and C = W'SW:

    1. inner weights E: predecessors of a construct by their regression coefficients and successors by their
       correlation (path); all neighbours by correlation (factorial) or by its sign (centroid);
    2. proxies Z = W E; mode A weights are the correlations of a construct's items with its proxy, mode B
       weights are those correlations times the inverse of the correlations among the items;
    3. weights are scaled so that scores have variance 1.

    All weights are 1 at the start. Paths and R² are OLS on the correlations of the final scores.
    The signs of a construct are those of the *dominant orientation*: the loadings of its items have a
    positive sum. `SIGN_AMBIGUOUS` marks replicates in which the majority of the items says otherwise.
    `INADMISSIBLE` marks an R² or rho_A outside [0, 1] or a loading or correlation outside [-1, 1], which the
    consistent correction can bring about (a Heywood case). `NOT_CONVERGED` values are the last ones.
    rho_A = (w'w)² · w'(S - diag S)w / w'(ww' - diag ww')w; consistent loadings are w sqrt(rho_A) / w'w.

    References
    ----------
    Lohmöller, J.-B. (1989). Latent Variable Path Modeling with Partial Least Squares. Physica.
    Tenenhaus, M. et al. (2005). PLS path modeling. Computational Statistics & Data Analysis 48, 159-205.
    Dijkstra, T. K. and Henseler, J. (2015). Consistent partial least squares path modeling.
    MIS Quarterly 39, 297-316.

    Examples
    --------
    R: ``seminr::estimate_pls(data, measurement_model, structural_model, path_weighting)$path_coef``; there
    ``composite(..., weights = mode_B)`` is mode B, and ``reflective()`` is ``consistent=True``.

    >>> cov = np.array([[1, .6, .4], [.6, 1, .5], [.4, .5, 1]])
    >>> m = Moments.from_cov(cov, n=100, items=["a1", "a2", "b"])
    >>> pls(m, {"A": ["a1", "a2"], "B": ["b"]}, [("A", "B")]).arrows.round(4).tolist()
    [0.5085]
    """
    if scheme not in SCHEMES:
        raise PathModelError(f"inner scheme {scheme!r} is unknown; allowed are {', '.join(SCHEMES)}")
    model = path_model(blocks, paths, modes)
    corrected = _corrected(model, consistent)
    selected = moments.select(model.items)
    return _estimate(selected, model, scheme, corrected, tolerance, max_iterations, start=None)


def refit_without(
    result: PlsResult, moments: Moments, arrow: tuple[int, int], scheme: Scheme, tolerance: float = 1e-7
) -> PlsResult:
    """Estimate the model of a result again without one arrow, starting from its weights.

    Parameters
    ----------
    result : PlsResult
    moments : Moments
        Those that the result came from.
    arrow : (int, int)
        Source and target as positions in ``result.model.constructs``.
    scheme : {"path", "factorial", "centroid"}
    tolerance : float

    Returns
    -------
    PlsResult
        Without a construct that no other arrow touches.

    Examples
    --------
    R: ``seminr:::fSquared(model, iv, dv)`` re-estimates in this way.
    """
    model = result.model.without(arrow)
    order = [result.model.items.index(item) for item in model.items]
    corrected = tuple(construct for construct in result.consistent if construct in model.constructs)
    selected = moments.select(model.items)
    return _estimate(selected, model, scheme, corrected, tolerance, 300, start=result.weights[..., order])


def _corrected(model: PathModel, consistent: bool | Collection[str]) -> tuple[str, ...]:
    """List the constructs to be corrected for attenuation."""
    able = [
        construct
        for construct, block, mode in zip(model.constructs, model.blocks, model.modes, strict=True)
        if mode == "A" and len(block) > 1
    ]
    if isinstance(consistent, bool):
        return tuple(able) if consistent else ()
    for construct in consistent:
        if construct not in able:
            raise PathModelError(
                f"construct {construct} cannot be corrected for attenuation: "
                "that needs mode A and two or more items"
            )
    return tuple(construct for construct in able if construct in set(consistent))


def _estimate(
    moments: Moments,
    model: PathModel,
    scheme: Scheme,
    corrected: tuple[str, ...],
    tolerance: float,
    max_iterations: int,
    start: FloatArray | None,
) -> PlsResult:
    """Estimate chunk after chunk of the flattened leading axes, then give these back."""
    if not moments.shape:
        _refuse(moments.corr, model)
    lead, p = moments.shape, len(model.items)
    cov = moments.cov.reshape(-1, p, p)
    first = np.ones((len(cov), p)) if start is None else start.reshape(-1, p)
    parts = []
    for i in range(0, len(cov), _CHUNK):
        corr = Moments.from_cov(cov[i : i + _CHUNK], 0, model.items).corr
        found = outer_weights(corr, first[i : i + _CHUNK], model, scheme, tolerance, max_iterations)
        parts.append(_follow(corr, *found, model, corrected))
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    shaped = {name: values.reshape((*lead, *values.shape[1:])) for name, values in joined.items()}
    return PlsResult(model=model, n=_equation_n(moments, model), consistent=corrected, **shaped)


def _refuse(corr: FloatArray, model: PathModel) -> None:
    """Say which items make a single correlation matrix unusable."""
    constant = [item for item, r in zip(model.items, np.diagonal(corr), strict=True) if np.isnan(r)]
    if constant:
        raise PathModelError(f"no variance in {', '.join(constant)}; take constant items out of the model")
    if np.isnan(corr).any():
        i, j = np.argwhere(np.isnan(corr))[0]
        raise PathModelError(
            f"no respondent answered both {model.items[i]} and {model.items[j]}; leave one out"
        )
    values, vectors = np.linalg.eigh(corr)
    if values[0] < INDEFINITE:
        heavy = np.argsort(-np.abs(vectors[:, 0]))[:3]
        names = ", ".join(model.items[i] for i in sorted(heavy))
        raise PathModelError(
            f"the correlations are not positive semi-definite (smallest eigenvalue {values[0]:.3g}), chiefly "
            f"through {names}; use complete answers only (csat run --set missing=listwise, in Python "
            "missing='listwise'), or leave one of them out"
        )
    for k, (block, mode) in enumerate(zip(model.blocks, model.modes, strict=True)):
        span = model.span(k)
        if mode == "B" and np.linalg.eigvalsh(corr[span, span])[0] < 1e-10:
            raise PathModelError(
                f"construct {model.constructs[k]}: mode B cannot weigh collinear items "
                f"({', '.join(block)}); leave one out or use mode A"
            )


def _follow(
    corr: FloatArray,
    weights: FloatArray,
    iterations: IntArray,
    converged: BoolArray,
    usable: BoolArray,
    model: PathModel,
    corrected: tuple[str, ...],
) -> dict[str, Any]:
    """Derive everything that follows from the weights: fields of `PlsResult` with one leading axis."""
    w, sw, c = scaled(corr, weights, model)
    sign, ambiguous = _orientation(sw, model)
    w, sw, c = w * sign[:, model.owner], sw * sign[:, None, :], c * (sign[:, :, None] * sign[:, None, :])
    loadings = sw[:, np.arange(len(model.items)), model.owner]
    rho = rho_a(corr, w, model)
    adjusted = c
    if corrected:
        fixed = np.array([construct in corrected for construct in model.constructs])
        loadings, adjusted = attenuation(w, c, loadings, np.where(fixed, rho, 1.0), fixed, model)
    paths = path_coefficients(adjusted, model)
    r_squared = np.full(c.shape[:-1], np.nan)
    ends = list(model.endogenous)
    r_squared[:, ends] = np.einsum("bij,bij->bj", paths, adjusted)[:, ends]
    trouble = np.where(usable, PlsFlag.NOT_CONVERGED, PlsFlag.NOT_POSITIVE_DEFINITE)
    flags = np.where(converged, 0, trouble).astype(np.intp)
    flags |= np.where(ambiguous, PlsFlag.SIGN_AMBIGUOUS, 0)
    flags |= np.where(_inadmissible(loadings, adjusted, r_squared, rho), PlsFlag.INADMISSIBLE, 0)
    return {
        "weights": w,
        "loadings": loadings,
        "cross_loadings": sw,
        "score_correlations": c,
        "construct_correlations": adjusted,
        "paths": paths,
        "r_squared": r_squared,
        "rho_a": rho,
        "converged": converged,
        "iterations": iterations,
        "flags": flags,
    }


def _orientation(sw: FloatArray, model: PathModel) -> tuple[FloatArray, BoolArray]:
    """Sign (b, K) that makes the loadings of each construct sum to more than 0, and where items disagree."""
    member = model.membership
    total = (sw * member).sum(axis=1)
    majority = (np.sign(sw) * member).sum(axis=1)
    sign = np.where(total < 0, -1.0, 1.0)
    return sign, np.asarray((sign * majority <= 0).any(axis=1))


def _inadmissible(loadings: FloatArray, c: FloatArray, r_squared: FloatArray, rho: FloatArray) -> BoolArray:
    """Where some number is outside what it can be, (b,); NaN counts for r² only through its loadings."""
    slack = 1 + 1e-9
    out = (np.abs(loadings) > slack).any(axis=1) | (np.abs(c) > slack).any(axis=(1, 2))
    out |= ((r_squared < 0) | (r_squared > slack)).any(axis=1)
    return np.asarray(out | ((rho < 0) | (rho > slack)).any(axis=1))


def _equation_n(moments: Moments, model: PathModel) -> FloatArray:
    """Respondents (..., K) behind the equation of each construct."""
    if not moments.is_pairwise:
        return np.repeat(moments.n[..., None], len(model.constructs), axis=-1)
    out = []
    for target in range(len(model.constructs)):
        used = np.flatnonzero(model.membership[:, [target, *model.predecessors(target)]].any(axis=1))
        out.append(moments.n[..., used[:, None], used].min(axis=(-2, -1)))
    return np.stack(out, axis=-1)
