"""The structural model: PLS paths, what they explain, and what of each effect goes through satisfaction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from csat import stats
from csat.report.loyalty.basis import Basis, FloatArray, rows_of, value_of
from csat.stats.effects import total_effects
from csat.stats.mediation import mediation_table

METRICS = ("path", "r_squared", "vif", "total_effect", "indirect_effect")
TROUBLES = ("pls_not_converged", "pls_sign_ambiguous", "pls_inadmissible")
REFITS = 1000
"""Replicates for the interval of f²: each means estimating the model again without every single path."""

HIGH_VIF = 5.0
"""Variance inflation from which paths of one equation can no longer be told apart well."""


@dataclass(frozen=True)
class Structure:
    """The structural model; frames are tidy.

    Attributes
    ----------
    model : DataFrame
        From `csat.stats.pls_table`: `METRICS`, ``f_squared`` and `TROUBLES`; empty for a study without paths.
    mediation : DataFrame
        With paths: ``effect_through`` (``A→satisfaction→loyalty``: all ways from A to loyalty that pass
        satisfaction), ``effect_through_share`` (of the total effect) and ``effect_past`` (``A→loyalty``: all
        ways that do not; none where the model has no such way). Without: ``mediation_*`` of
        `csat.stats.mediation.mediation_table`, one driver at a time.
    mediated : tuple of str
        Constructs whose effect on loyalty is looked at.
    """

    model: pd.DataFrame
    mediation: pd.DataFrame
    mediated: tuple[str, ...]

    @property
    def frames(self) -> list[pd.DataFrame]:
        """Everything, for the metrics; how the estimation went is told by the measurement report."""
        return [self.model[~self.model["metric"].isin(TROUBLES)], self.mediation]

    @property
    def by_paths(self) -> bool:
        """Whether mediation comes from the structural model."""
        return bool((self.mediation["metric"] == "effect_through").any())


def structure(basis: Basis) -> Structure:
    """Estimate the structural model and the mediation by satisfaction.

    Parameters
    ----------
    basis : Basis

    Returns
    -------
    Structure
    """
    empty = stats.tidy("", [], [])
    model = empty
    if basis.paths:
        model = basis.attempt("model", lambda: _model(basis))
    if not basis.roles.has_both:
        return Structure(model, empty, ())
    sources = _sources(model, basis)
    if sources:
        return Structure(model, basis.attempt("mediation", lambda: _through(basis, sources)), sources)
    lone = tuple(d for d in basis.roles.drivers if basis.roles.satisfaction in basis.roles.blocks)
    if model.empty and lone:
        return Structure(model, basis.attempt("mediation", lambda: _ols(basis, lone)), lone)
    return Structure(model, empty, ())


def mediation_rows(basis: Basis, found: Structure) -> pd.DataFrame:
    """Mediation laid out for a table: subject the driver, metrics as columns.

    Parameters
    ----------
    basis : Basis
    found : Structure

    Returns
    -------
    DataFrame
        Tidy. With paths: ``indirect_effect`` (straight A→satisfaction→loyalty), ``effect_through``,
        ``effect_past`` and ``total_effect``; without: the indirect, direct and total effect by regression.
    """
    roles = basis.roles
    frames = []
    for name in found.mediated:
        chain = stats.arrow(name, roles.satisfaction, roles.loyalty)
        ends = stats.arrow(name, roles.loyalty)
        source = stats.stack([found.model, found.mediation])
        wanted = [
            ("indirect_effect", chain),
            ("effect_through", chain),
            ("effect_past", ends),
            ("total_effect", ends),
        ]
        if not found.by_paths:
            wanted = [("mediation_indirect", chain), ("mediation_direct", ends), ("mediation_total", ends)]
        for metric, subject in wanted:
            rows = source[(source["metric"] == metric) & (source["subject"] == subject)]
            frames.append(rows.assign(subject=name))
    return stats.stack(frames)


def troubles(found: Structure) -> dict[str, float]:
    """Share of the replicates in which the model did not converge, was ambiguous in sign or inadmissible."""
    return {name: value_of(found.model, name, "replicates").estimate for name in TROUBLES}


def edges(found: Structure) -> pd.DataFrame:
    """Arrows with their coefficients, for the diagram: ``source, target, estimate, ci_low, ci_high``."""
    rows = rows_of(found.model, "path")
    ends = rows["subject"].str.split(stats.ARROW, expand=True).reindex(columns=[0, 1])
    return rows.assign(source=ends[0], target=ends[1])


def _model(basis: Basis) -> pd.DataFrame:
    """Paths, R², f², VIF and effects."""
    blocks, sample = basis.study.model_blocks(), basis.sample
    table = stats.pls_table(sample, blocks, basis.paths, basis.modes, metrics=METRICS)
    fewer = replace(sample, replicates=sample.replicates[:REFITS])
    sizes = stats.pls_table(fewer, blocks, basis.paths, basis.modes, metrics=("f_squared",))
    return stats.stack([table, sizes[sizes["metric"] == "f_squared"]])


def _sources(model: pd.DataFrame, basis: Basis) -> tuple[str, ...]:
    """Find the constructs from which arrows lead through satisfaction to loyalty, in the study's order."""
    roles = basis.roles
    known = set(rows_of(model, "total_effect")["subject"])
    if stats.arrow(roles.satisfaction, roles.loyalty) not in known:
        return ()
    return tuple(c for c in basis.study.constructs if stats.arrow(c, roles.satisfaction) in known)


def _through(basis: Basis, sources: tuple[str, ...]) -> pd.DataFrame:
    """Effect of each source on loyalty by all ways through satisfaction, its share, and what goes past it."""
    roles, blocks = basis.roles, basis.study.model_blocks()
    model = stats.path_model(blocks, basis.paths, basis.modes)
    at = {name: place for place, name in enumerate(model.constructs)}
    rows = [at[name] for name in sources]
    mediator, end = at[roles.satisfaction], at[roles.loyalty]

    around = np.array([_ways_around(basis, name) for name in sources])

    def effects(m: stats.Moments) -> FloatArray:
        """Effects (..., 3k): in a model without cycles the ways through one construct are a product."""
        result = stats.pls(m, blocks, basis.paths, basis.modes)
        total = total_effects(result.paths)
        through, whole = total[..., rows, mediator] * total[..., [mediator], end], total[..., rows, end]
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = [through, through / whole, np.where(around, whole - through, np.nan)]
        every = np.concatenate(parts, axis=-1)
        if m.shape:
            every[~result.converged] = np.nan
        return every

    found, k = stats.measure(basis.sample, effects), len(sources)
    point = basis.sample.point
    chains = [stats.arrow(name, roles.satisfaction, roles.loyalty) for name in sources]
    ends = [stats.arrow(name, roles.loyalty) for name in sources]
    n, told = float(point.select(model.items).base), f"PLS path scheme, {point.missing}"
    named = [
        ("effect_through", chains, "all ways through satisfaction"),
        ("effect_through_share", chains, "share of the total effect"),
        ("effect_past", ends, "all ways past satisfaction"),
    ]
    frames = [
        stats.tidy(metric, subjects, found.part(slice(at * k, (at + 1) * k)), n, f"{what}; {told}")
        for at, (metric, subjects, what) in enumerate(named)
    ]
    table = stats.stack(frames)
    return table[table["estimate"].notna()].reset_index(drop=True)


def _ways_around(basis: Basis, source: str) -> bool:
    """Whether the model leads from a construct to loyalty without passing satisfaction."""
    found: set[str] = set()
    frontier = {source}
    while frontier:
        frontier = {t for s, t in basis.paths if s in frontier and t != basis.roles.satisfaction} - found
        found |= frontier
    return basis.roles.loyalty in found


def _ols(basis: Basis, sources: tuple[str, ...]) -> pd.DataFrame:
    """Mediation by regression, one driver at a time."""
    roles = basis.roles
    frames = [
        mediation_table(basis.sample, roles.blocks, (name, roles.satisfaction, roles.loyalty))
        for name in sources
    ]
    # The path from satisfaction to loyalty differs from driver to driver: the chain says which one it is.
    for name, frame in zip(sources, frames, strict=True):
        frame.loc[frame["metric"] == "mediation_b", "subject"] = stats.arrow(
            name, roles.satisfaction, roles.loyalty
        )
    return stats.stack(frames)
