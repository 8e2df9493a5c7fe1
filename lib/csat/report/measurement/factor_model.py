"""The confirmatory factor analysis of the notebook: fitted where it can be, told in plain words where not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csat import stats
from csat.report import numbers
from csat.report.measurement.assessment import scales_of
from csat.report.measurement.rows import rows_of
from csat.report.measurement.telling import ends, labels
from csat.report.measurement.verdicts import kind_of
from csat.stats.cfa import Cfa

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page

BARS = {"cfi": (0.95, True), "tli": (0.95, True), "rmsea": (0.06, False), "srmr": (0.08, False)}
"""Usual bars of fit and whether higher is better (Hu & Bentler, 1999, Structural Equation Modeling 6, 1)."""

LEAST_MODEL_ITEMS = 3
"""Items without which there is no factor model to speak of."""


@dataclass(frozen=True)
class FactorModel:
    """A fitted model, or why there is none.

    Attributes
    ----------
    fit : Cfa or None
    absent : str
        Key of the sentence that says why there is none; empty when there is one.
    table : DataFrame
        Tidy: `csat.stats.cfa_table`, with ``cfa_composite_reliability`` and ``cfa_ave``.
    values : dict
        For the sentence of `absent`.
    weighted : bool
        Whether the model is fitted to weighted answers.
    """

    fit: Cfa | None
    absent: str
    table: pd.DataFrame
    values: dict[str, Any]
    weighted: bool = False


def factor_model(answers: Answers) -> FactorModel:
    """Fit the factor model of all reflective constructs of two or more items, by ML with robust corrections.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    FactorModel
        Without a fit where the study has too few items, or the answers do not allow one.
    """
    reflective = answers.study.blocks(reflective_only=True)
    items = [item for block in scales_of(answers.study).values() for item in block]
    complete = int(answers.scored[items].notna().all(axis=1).sum()) if items else 0
    nothing = stats.tidy("", [], [])
    if len(items) < LEAST_MODEL_ITEMS:
        return FactorModel(None, "few_items", nothing, {"items": len(items)})
    if complete <= len(items):
        return FactorModel(None, "few_answers", nothing, {"items": len(items), "n": complete})
    try:
        weights = None if np.allclose(answers.weights, 1.0) else answers.weights
        fit = stats.cfa(answers.scored, reflective, "MLR", weights)
    except (stats.MomentsError, np.linalg.LinAlgError) as error:
        return FactorModel(None, "failed", nothing, {"error": str(error)})
    table = stats.stack([stats.cfa_table(fit), _from_loadings(fit)])
    return FactorModel(fit, "", table, {}, weighted=weights is not None)


def tell_factor_model(page: Page, model: FactorModel) -> None:
    """Say how well the model fits, and warn of what should not happen."""
    if model.fit is None:
        return page.say(f"cfa.absent.{model.absent}", **model.values)
    fit = model.fit
    if fit.left_out:
        page.say("cfa.left_out", names=labels(page, fit.left_out), k=len(fit.left_out))
    composites = [c.id for c in page.study.constructs.values() if kind_of(c) == "composite"]
    if composites:
        page.say("cfa.composites", names=labels(page, composites), k=len(composites))
    if model.weighted:
        page.say("cfa.weighted")
    if not fit.converged:
        return page.warn("cfa.not_converged")
    if fit.flag == "saturated":
        page.say("cfa.saturated")
    else:
        kept, total = bars_kept(model)
        count = {"kept": kept, "total": total, "k": len(fit.blocks), "n": fit.n}
        page.say("cfa.fits" if kept == total else "cfa.fits_not", **count)
    _warn(page, fit)


def bars_kept(model: FactorModel) -> tuple[int, int]:
    """Count the bars of fit that the model keeps, and all of them; 0 and 0 where nothing is tested."""
    fit = model.fit
    if fit is None or not fit.converged or fit.flag == "saturated":
        return 0, 0
    return sum(_keeps(fit, name) for name in BARS), len(BARS)


def show_factor_model(page: Page, model: FactorModel) -> None:
    """Show fit and loadings, where there are any."""
    fit, loadings = fit_table(page, model), loading_table(page, model)
    if len(fit):
        page.table("cfa.fit", fit)
    if len(loadings):
        page.table("cfa.loadings", loadings, {"se": 3})


def fit_table(page: Page, model: FactorModel) -> pd.DataFrame:
    """Fit measures in words: ``statistic, ml, mlr, threshold, verdict``; empty where nothing is tested.

    Parameters
    ----------
    page : Page
    model : FactorModel

    Returns
    -------
    DataFrame
    """
    fit = model.fit
    if fit is None or not fit.converged or fit.flag == "saturated":
        return pd.DataFrame()
    rows = [
        {
            "statistic": page.t("cfa.chisq"),
            "ml": _chisq(page, fit, ""),
            "mlr": _chisq(page, fit, ".scaled"),
            "threshold": numbers.ABSENT,
            "verdict": page.t("cfa.no_bar"),
        }
    ]
    for name, (bar, higher) in BARS.items():
        relation = "at_least" if higher else "at_most"
        rows.append(
            {
                "statistic": page.t(f"metric.cfa_{name}"),
                "ml": _measure(page, fit, name, ""),
                "mlr": _measure(page, fit, name, ".robust"),
                "threshold": page.t(f"cfa.{relation}", bar=bar),
                "verdict": page.t("cfa.kept" if _keeps(fit, name) else "cfa.missed"),
            }
        )
    return pd.DataFrame(rows)


def loading_table(page: Page, model: FactorModel) -> pd.DataFrame:
    """Standardised loadings with standard error and interval: ``item, construct, loading, se, flag``."""
    fit = model.fit
    if fit is None or not fit.converged:
        return pd.DataFrame()
    rows = fit.loadings
    return pd.DataFrame(
        {
            "item": rows["item"],
            "construct": rows["construct"],
            "loading": [page.estimate(r.estimate, r.low, r.high) for r in rows_of(rows)],
            "se": rows["se"],
            "flag": [page.t("cfa.beyond") if item in fit.heywood else "" for item in rows["item"]],
        }
    ).pipe(lambda frame: frame if fit.heywood else frame.drop(columns="flag"))


def _from_loadings(fit: Cfa) -> pd.DataFrame:
    """Composite reliability and AVE of the constructs, from the standardised loadings of the model."""
    names = list(fit.blocks)
    groups = [fit.loadings.loc[fit.loadings["construct"] == name, "estimate"].to_numpy() for name in names]
    told = f"{fit.estimator}, standardised loadings; listwise"
    variance = [float(stats.ave_from_loadings(group)) for group in groups]
    return stats.stack(
        [
            stats.tidy(
                "cfa_composite_reliability",
                names,
                [float(stats.composite_reliability_from_loadings(group)) for group in groups],
                fit.n,
                told,
            ),
            stats.tidy("cfa_ave", names, variance, fit.n, told),
        ]
    )


def _warn(page: Page, fit: Cfa) -> None:
    """Warn of impossible values."""
    if fit.heywood:
        top = float(fit.loadings["estimate"].abs().max())
        page.warn("cfa.heywood", items=labels(page, fit.heywood), k=len(fit.heywood), value=top)
    if fit.inadmissible:
        pairs = [page.t("pair", **ends(page, subject)) for subject in fit.inadmissible]
        page.warn("cfa.inadmissible", pairs=pairs, k=len(pairs))


def _value(fit: Cfa, name: str) -> float:
    """Value that is judged: corrected for non-normality where there is such a one."""
    robust = fit.measures.get(f"{name}.robust", np.nan)
    return float(fit.measures[name] if pd.isna(robust) else robust)


def _keeps(fit: Cfa, name: str) -> bool:
    """Say whether a measure keeps its usual bar."""
    bar, higher = BARS[name]
    return _value(fit, name) >= bar if higher else _value(fit, name) <= bar


def _measure(page: Page, fit: Cfa, name: str, kind: str) -> str:
    """One fit measure as text, RMSEA with its 90% interval; an en dash where there is none."""
    value = fit.measures.get(name + kind, np.nan)
    low, high = (fit.measures.get(f"{name}.ci.{side}{kind}", np.nan) for side in ("lower", "upper"))
    return page.estimate(value, low, high, digits=3)


def _chisq(page: Page, fit: Cfa, kind: str) -> str:
    """Chi-square with degrees of freedom and p."""
    values = {"chisq": fit.measures.get(f"chisq{kind}", np.nan), "df": int(fit.measures["df"])}
    return page.t("cfa.chisq_value", p=fit.measures.get(f"pvalue{kind}", np.nan), **values)
