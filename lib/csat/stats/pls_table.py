"""A PLS path model as a tidy frame: every number with its interval, from one set of replicates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csat.stats.bootstrap import Bootstrap
from csat.stats.effects import (
    adjusted_r_squared,
    f_squared,
    inner_vif,
    specific_indirect_effects,
    total_effects,
    total_indirect_effects,
)
from csat.stats.frames import Sample, arrow, measure, moments_of, pair, stack, tidy
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments
from csat.stats.path_model import Mode, PathModel, path_model
from csat.stats.pls import pls
from csat.stats.pls_reliability import loading_ave, loading_reliability
from csat.stats.pls_result import PlsFlag, PlsResult
from csat.stats.pls_weights import Scheme

PLS_METRICS = (
    "path",
    "r_squared",
    "r_squared_adjusted",
    "f_squared",
    "vif",
    "total_effect",
    "total_indirect_effect",
    "indirect_effect",
    "outer_weight",
    "loading",
    "cross_loading",
    "composite_reliability",
    "rho_a",
    "ave",
    "construct_correlation",
)


@dataclass(frozen=True)
class _Metric:
    """Rows of one metric: their subjects, n, and how a result gives their values (..., rows)."""

    name: str
    subjects: list[str]
    n: FloatArray
    values: Callable[[PlsResult, Moments], FloatArray]


def pls_table(
    sample: Sample,
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    consistent: bool | Collection[str] = False,
    metrics: Collection[str] = PLS_METRICS,
) -> pd.DataFrame:
    """Estimate a PLS path model and tell all of it.

    Parameters
    ----------
    sample : Moments or Bootstrap
        Of the items; a Bootstrap brings intervals.
    blocks : mapping of construct to its items
    paths : sequence of (source, target)
    modes : mapping of construct to ``"A"`` or ``"B"``, optional
    scheme : {"path", "factorial", "centroid"}
    consistent : bool or collection of constructs
        Correct for attenuation, see `pls`.
    metrics : collection of str
        Some of `PLS_METRICS`.

    Returns
    -------
    DataFrame
        Tidy, with a column ``flag``: empty, or what is the matter with the row or the model. Subjects:
        ``A→B`` (path, f_squared, vif, total effects), ``A→B→C`` (each specific indirect_effect),
        ``Construct→item`` (weights, loadings), ``A~B`` (correlations), the construct (R², reliabilities;
        the latter only of mode A constructs with two or more items). Last come ``pls_not_converged``,
        ``pls_sign_ambiguous`` and ``pls_inadmissible``: the share of replicates so flagged (without
        replicates: 0 or 1).

    Raises
    ------
    PathModelError
        As `pls`.

    Notes
    -----
    Replicates that did not converge, or whose correlations are not positive semi-definite, are left out of
    the intervals, and the method says how many were used. Inadmissible replicates are kept: leaving
    them out would cut the interval off at the border.

    Examples
    --------
    R: ``summary(seminr::bootstrap_model(model, nboot = 5000))``.
    """
    moments = moments_of(sample)
    model = path_model(blocks, paths, modes)
    wanted = [metric for metric in _metrics(model, moments, scheme) if metric.name in metrics]
    results: list[PlsResult] = []

    def everything(m: Moments) -> FloatArray:
        result = pls(m, blocks, paths, modes, scheme, consistent)
        results.append(result)
        rows = np.concatenate([metric.values(result, m) for metric in wanted], axis=-1)
        if m.shape:
            rows[~result.converged] = np.nan
        return rows

    interval = measure(sample, everything)
    told = _told(sample, model, scheme, results[0])
    flat = tidy("", [s for metric in wanted for s in metric.subjects], interval, method=told)
    flat["metric"] = [metric.name for metric in wanted for _ in metric.subjects]
    flat["n"] = np.concatenate([np.broadcast_to(metric.n, len(metric.subjects)) for metric in wanted])
    flat["flag"] = _flags(flat, results[0])
    return stack([flat, _trouble(results[: 1 + isinstance(sample, Bootstrap)], moments, told)])


def _metrics(model: PathModel, moments: Moments, scheme: Scheme) -> list[_Metric]:
    """Say how each metric is read off a result, in the order of `PLS_METRICS`."""
    return [*_equations(model, moments, scheme), *_effects(model, moments), *_measures(model, moments)]


def _equations(model: PathModel, moments: Moments, scheme: Scheme) -> list[_Metric]:
    """List the numbers of each equation of the inner model."""
    n = np.array([_equation_base(moments, model, target) for target in range(len(model.constructs))])
    ends = list(model.endogenous)
    targets = [model.constructs[k] for k in ends]
    arrows = [model.name(*a) for a in model.arrows]
    of_arrow = n[[target for _, target in model.arrows]]
    return [
        _Metric("path", arrows, of_arrow, lambda r, _: r.arrows),
        _Metric("r_squared", targets, n[ends], lambda r, _: r.r_squared[..., ends]),
        _Metric("r_squared_adjusted", targets, n[ends], lambda r, _: adjusted_r_squared(r)[..., ends]),
        _Metric("f_squared", arrows, of_arrow, lambda r, m: f_squared(r, m, scheme)),
        _Metric("vif", arrows, of_arrow, lambda r, _: inner_vif(r)),
    ]


def _effects(model: PathModel, moments: Moments) -> list[_Metric]:
    """List effects over one or more arrows."""
    n = moments.select(model.items).base
    chains = model.chains()
    longer = sorted({(chain[0], chain[-1]) for chain in chains})
    every = sorted({*model.arrows, *longer})

    def total(r: PlsResult, _: Moments) -> FloatArray:
        return _cells(total_effects(r.paths), every)

    def indirect(r: PlsResult, _: Moments) -> FloatArray:
        return _cells(total_indirect_effects(r.paths), longer)

    def specific(r: PlsResult, _: Moments) -> FloatArray:
        return specific_indirect_effects(r.paths, chains)

    return [
        _Metric("total_effect", [model.name(*ends) for ends in every], n, total),
        _Metric("total_indirect_effect", [model.name(*ends) for ends in longer], n, indirect),
        _Metric("indirect_effect", [model.name(*chain) for chain in chains], n, specific),
    ]


def _measures(model: PathModel, moments: Moments) -> list[_Metric]:
    """List how items and constructs hang together."""
    n = moments.select(model.items).base
    names = model.constructs
    own = [arrow(names[k], item) for k, item in zip(model.owner, model.items, strict=True)]
    item, other = np.nonzero(~model.membership)
    foreign = [arrow(names[k], model.items[i]) for i, k in zip(item, other, strict=True)]
    scales = [k for k, block in enumerate(model.blocks) if model.modes[k] == "A" and len(block) > 1]
    reflective = [names[k] for k in scales]
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    return [
        _Metric("outer_weight", own, n, lambda r, _: r.weights),
        _Metric("loading", own, n, lambda r, _: r.loadings),
        _Metric("cross_loading", foreign, n, lambda r, _: r.cross_loadings[..., item, other]),
        _Metric("composite_reliability", reflective, n, lambda r, _: loading_reliability(r)[..., scales]),
        _Metric("rho_a", reflective, n, lambda r, _: r.rho_a[..., scales]),
        _Metric("ave", reflective, n, lambda r, _: loading_ave(r)[..., scales]),
        _Metric(
            "construct_correlation",
            [pair(names[i], names[j]) for i, j in pairs],
            n,
            lambda r, _: _cells(r.construct_correlations, pairs),
        ),
    ]


def _cells(matrix: FloatArray, pairs: Sequence[tuple[int, int]]) -> FloatArray:
    """Pick cells (..., len(pairs)) of a matrix (..., K, K)."""
    row, column = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return np.asarray(matrix[..., row, column])


def _equation_base(moments: Moments, model: PathModel, target: int) -> float:
    """Respondents behind the equation of one construct."""
    used = [item for k in (target, *model.predecessors(target)) for item in model.blocks[k]]
    return float(moments.select(used).base)


def _told(sample: Sample, model: PathModel, scheme: Scheme, result: PlsResult) -> str:
    """Name the method: modes, scheme, correction, missing answers, replicates."""
    modes = " and ".join(f"mode {mode}" for mode in sorted(set(model.modes)))
    kind = "PLSc" if result.consistent else "PLS"
    text = f"{kind} {modes}, {scheme} scheme, {moments_of(sample).missing}"
    return f"{text}, {sample.size} replicates" if isinstance(sample, Bootstrap) else text


def _flags(flat: pd.DataFrame, point: PlsResult) -> list[str]:
    """Write what is the matter with each row."""
    model = "not converged" if not bool(point.converged) else ""
    if point.flagged(PlsFlag.SIGN_AMBIGUOUS).item():
        model = f"{model}; sign ambiguous".removeprefix("; ")
    bounded = {
        "loading",
        "cross_loading",
        "construct_correlation",
        "r_squared",
        "rho_a",
        "composite_reliability",
    }
    beyond = flat["metric"].isin(bounded) & (flat["estimate"].abs() > 1 + 1e-9)
    return [f"{model}; inadmissible: beyond 1".removeprefix("; ") if bad else model for bad in beyond]


def _trouble(results: Sequence[PlsResult], moments: Moments, told: str) -> pd.DataFrame:
    """Count flagged replicates (or flag the estimate itself when there are none)."""
    flags = np.atleast_1d(results[-1].flags)
    kinds = {
        "pls_not_converged": PlsFlag.NOT_CONVERGED | PlsFlag.NOT_POSITIVE_DEFINITE,
        "pls_sign_ambiguous": PlsFlag.SIGN_AMBIGUOUS,
        "pls_inadmissible": PlsFlag.INADMISSIBLE,
    }
    subject = "replicates" if len(results) > 1 else "estimate"
    n = float(moments.select(results[0].model.items).base)
    return stack(
        [
            tidy(name, [subject], [((flags & kind) != 0).mean()], n=n, method=f"share, {told}", flag="")
            for name, kind in kinds.items()
        ]
    )
