"""Verdicts: from estimates with intervals to what a construct can be used for.

Words, not thresholds of this module, carry the judgement: the bars are the study's `Thresholds`. Each verdict
looks at the interval too, so that a small sample cannot pass or fail by luck alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from csat.report.measurement.rows import halves, highest, rows_of

if TYPE_CHECKING:
    from csat.study.definition import Construct, Study, Thresholds

RELIABILITY = ("good", "acceptable", "weak", "not_usable")
CONVERGENT = ("met", "unclear", "missed")
DISCRIMINANT = ("distinct", "unclear", "not_distinct")
USE = ("yes", "care", "no")
KINDS = ("scale", "single", "composite")

EXPLORATORY = 0.10
"""How far below the study's bar a reliability may lie and serve exploration (.60 where the bar is .70)."""

NOTICEABLE = 0.02
"""Smallest gain in alpha that is worth a word, provided that its interval excludes zero."""

COLUMNS = (
    "construct",
    "role",
    "kind",
    "items",
    "n",
    "alpha",
    "alpha_low",
    "alpha_high",
    "reliability",
    "drop_item",
    "alpha_without",
    "ave",
    "ave_low",
    "ave_high",
    "convergent",
    "htmt",
    "htmt_with",
    "discriminant",
    "overlaps",
    "heywood",
    "index",
    "drivers",
    "model",
)


def reliability_verdict(alpha: float, low: float, high: float, limits: Thresholds) -> str:
    """Verdict on a scale's reliability.

    Parameters
    ----------
    alpha, low, high : float
        Alpha with its interval; without one, the estimate stands for both ends.
    limits : Thresholds
        ``reliability`` and ``reliability_high`` are used.

    Returns
    -------
    str
        ``good``: at or above the high bar, and surely above the bar. ``acceptable``: at or above the bar.
        ``weak``: below it, but perhaps fit for exploration. ``not_usable``: even the upper end of the
        interval is more than `EXPLORATORY` below the bar.

    References
    ----------
    Nunnally, J. C. & Bernstein, I. H. (1994). Psychometric theory (3rd ed.). McGraw-Hill (.70, .80).
    Hair, J. F. et al. (2019). When to use and how to report the results of PLS-SEM. European Business Review,
    31, 2-24 (.60 in exploratory research).
    """
    low, high = (alpha if pd.isna(end) else end for end in (low, high))
    if alpha >= limits.reliability_high and low >= limits.reliability:
        return "good"
    if alpha >= limits.reliability:
        return "acceptable"
    return "weak" if high >= limits.reliability - EXPLORATORY else "not_usable"


def convergent_verdict(ave: float, low: float, high: float, bar: float) -> str:
    """Verdict on the variance that items share: ``met``, ``missed``, or ``unclear`` within the interval."""
    if pd.isna(ave):
        return ""
    low, high = (ave if pd.isna(end) else end for end in (low, high))
    return "met" if low >= bar else "missed" if high < bar else "unclear"


def discriminant_verdict(htmt: float, low: float, high: float, limits: Thresholds) -> str:
    """Verdict on whether two constructs are two things.

    Parameters
    ----------
    htmt, low, high : float
        HTMT with its interval.
    limits : Thresholds
        ``htmt`` (strict) and ``htmt_liberal`` are used.

    Returns
    -------
    str
        ``not_distinct``: the ratio breaks even the liberal bar. ``distinct``: the whole interval keeps the
        strict one. ``unclear``: in between.

    References
    ----------
    Henseler, J., Ringle, C. M. & Sarstedt, M. (2015). A new criterion for assessing discriminant validity in
    variance-based structural equation modeling. Journal of the Academy of Marketing Science, 43, 115-135.
    """
    if pd.isna(htmt):
        return ""
    if htmt >= limits.htmt_liberal:
        return "not_distinct"
    return "distinct" if (htmt if pd.isna(high) else high) < limits.htmt else "unclear"


def verdict_table(
    study: Study,
    reliability: pd.DataFrame,
    items: pd.DataFrame,
    outer: pd.DataFrame,
    discriminant: pd.DataFrame,
) -> pd.DataFrame:
    """Judge every construct of a study.

    Parameters
    ----------
    study : Study
    reliability, items, outer, discriminant : DataFrame
        Tidy frames of `csat.report.measurement.assessment.Assessment`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a construct in the order of the study. ``kind`` is one of `KINDS`;
        ``reliability`` is one of `RELIABILITY`, empty for a single item or a composite. ``index`` (tracking
        an index), ``drivers`` (driver analysis) and ``model`` (structural model) are one of `USE`: where
        ``index`` is ``no``, report the construct item by item. ``items``, ``overlaps`` and ``heywood`` hold
        ids joined by blanks.
    """
    pairs = pair_verdicts(discriminant, study)
    rows = []
    for construct in study.constructs.values():
        row: dict[str, Any] = {
            "construct": construct.id,
            "role": construct.role,
            "kind": kind_of(construct),
            "items": " ".join(construct.items),
        }
        row |= _reliability_of(construct, reliability, study.thresholds)
        row |= _items_of(construct, items)
        row |= _convergent_of(construct, outer, study.thresholds)
        row |= _discriminant_of(construct, pairs)
        rows.append(row | _uses(row))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def pair_verdicts(discriminant: pd.DataFrame, study: Study) -> pd.DataFrame:
    """HTMT of each pair with its verdict: tidy rows, extra columns ``first, second, verdict``."""
    rows = discriminant[discriminant["metric"] == "htmt"].copy()
    rows["first"], rows["second"] = halves(rows["subject"], "~")
    rows["verdict"] = [
        discriminant_verdict(row.estimate, row.ci_low, row.ci_high, study.thresholds) for row in rows_of(rows)
    ]
    return rows


def kind_of(construct: Construct) -> str:
    """How a construct is measured: by a ``scale`` of items, a ``single`` item, or as a ``composite``."""
    if len(construct.items) == 1:
        return "single"
    return "composite" if construct.mode == "composite" else "scale"


def _reliability_of(construct: Construct, reliability: pd.DataFrame, limits: Thresholds) -> dict[str, Any]:
    """Alpha with its bootstrap interval and the verdict on it."""
    rows = reliability[(reliability["metric"] == "alpha") & (reliability["subject"] == construct.id)]
    if rows.empty:
        return {"reliability": ""}
    row = rows.iloc[0]
    ends = {"alpha": row["estimate"], "alpha_low": row["ci_low"], "alpha_high": row["ci_high"], "n": row["n"]}
    return ends | {"reliability": reliability_verdict(row["estimate"], row["ci_low"], row["ci_high"], limits)}


def _items_of(construct: Construct, items: pd.DataFrame) -> dict[str, Any]:
    """Find the item without which alpha would be noticeably higher, and items with a loading beyond 1."""
    own = items[items["construct"] == construct.id] if len(items) else items
    gains = own[(own["metric"] == "alpha_gain_if_dropped") & (own["estimate"] >= NOTICEABLE)]
    gains = gains[(gains["ci_low"] > 0) | gains["ci_low"].isna()].sort_values("estimate", kind="stable")
    beyond = own[(own["metric"] == "one_factor_loading") & (own["estimate"].abs() > 1)]
    told: dict[str, Any] = {"drop_item": "", "heywood": " ".join(beyond["item"])}
    if len(gains):
        item = gains["item"].iloc[-1]
        without = own[(own["metric"] == "alpha_if_dropped") & (own["item"] == item)]
        told |= {"drop_item": item, "alpha_without": without["estimate"].iloc[0]}
    return told


def _convergent_of(construct: Construct, outer: pd.DataFrame, limits: Thresholds) -> dict[str, Any]:
    """AVE and the verdict on it."""
    rows = outer[(outer["metric"] == "ave") & (outer["subject"] == construct.id)]
    if rows.empty:
        return {"convergent": ""}
    value, low, high = rows.iloc[0][["estimate", "ci_low", "ci_high"]].astype(float)
    verdict = convergent_verdict(value, low, high, limits.ave)
    return {"ave": value, "ave_low": low, "ave_high": high, "convergent": verdict}


def _discriminant_of(construct: Construct, pairs: pd.DataFrame) -> dict[str, Any]:
    """Largest HTMT with another construct, the verdict on it, and all constructs it cannot be told from."""
    own = pairs[(pairs["first"] == construct.id) | (pairs["second"] == construct.id)]
    own = own[own["estimate"].notna()]
    if own.empty:
        return {"discriminant": "", "htmt_with": "", "overlaps": ""}
    own = own.assign(other=own["first"].where(own["second"] == construct.id, own["second"]))
    worst = highest(own, "estimate")
    return {
        "htmt": worst.estimate,
        "htmt_with": worst.other,
        "discriminant": max(own["verdict"], key=DISCRIMINANT.index),
        "overlaps": " ".join(own.loc[own["verdict"] == "not_distinct", "other"]),
    }


def _uses(row: dict[str, Any]) -> dict[str, str]:
    """Say what the construct can be used for, from the verdicts on it."""
    if row["kind"] == "scale":
        index = {"good": "yes", "acceptable": "yes", "weak": "care"}.get(row["reliability"], "no")
    else:
        index = "care" if row["kind"] == "single" else "yes"
    if index == "no":
        return {"index": "no", "drivers": "no", "model": "no"}
    apart = "care" if row.get("overlaps") else "yes"
    drivers = max(index, apart, key=USE.index)
    converges = "care" if row.get("convergent") == "missed" else "yes"
    return {"index": index, "drivers": drivers, "model": max(drivers, converges, key=USE.index)}
