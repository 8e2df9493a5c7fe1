"""The key numbers of the notebook as text, the same on every machine: what nbval compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csat.report.measurement.rows import highest, rows_of

if TYPE_CHECKING:
    from csat.report.measurement.assessment import Assessment
    from csat.report.measurement.careless import Carelessness
    from csat.report.measurement.factor_model import FactorModel


def key_numbers(found: Assessment, model: FactorModel, care: Carelessness) -> str:
    """Alpha and verdict of each construct, the closest pair, flags, and the fit of the factor model.

    Parameters
    ----------
    found : Assessment
    model : FactorModel
    care : Carelessness

    Returns
    -------
    str
        A line a number, three decimals, ids instead of labels.
    """
    lines = [
        f"{row.construct}: alpha {_three(row.alpha)}, AVE {_three(row.ave)}, "
        f"{row.reliability or row.kind}, index {row.index}, drivers {row.drivers}, model {row.model}"
        for row in rows_of(found.verdicts)
    ]
    drops = found.verdicts[found.verdicts["drop_item"].fillna("") != ""]
    lines += [
        f"{row.construct} without {row.drop_item}: alpha {_three(row.alpha_without)}"
        for row in rows_of(drops)
    ]
    pairs = found.discriminant[found.discriminant["metric"] == "htmt"].dropna(subset=["estimate"])
    if len(pairs):
        top = highest(pairs, "estimate")
        lines.append(f"highest HTMT: {top.subject} {_three(top.estimate)}")
    lines.append(f"flagged: {care.flagged} of {len(care.screening.respondents)}")
    if model.fit is not None and model.fit.converged:
        fit = model.fit.measures
        lines.append(
            f"CFA: chi-square {_three(fit['chisq'])}, df {fit['df']:.0f}, CFI {_three(fit['cfi'])}, "
            f"RMSEA {_three(fit['rmsea'])}, SRMR {_three(fit['srmr'])}"
        )
    return "\n".join(lines)


def _three(value: float) -> str:
    """Three decimals, a dash where there is no number."""
    return "-" if pd.isna(value) else f"{value:.3f}"
