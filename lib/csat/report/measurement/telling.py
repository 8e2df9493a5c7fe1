"""Sentences of the measurement notebook: which of them hold, and the values that they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csat.report.measurement import cross, showing
from csat.report.measurement.careless import Carelessness, largest_changes
from csat.report.measurement.intake import END_SHARE, Intake
from csat.report.measurement.rows import rows_of
from csat.report.measurement.sensitivity import figure_name
from csat.report.measurement.verdicts import NOTICEABLE, pair_verdicts

if TYPE_CHECKING:
    from csat.report.measurement.assessment import Assessment
    from csat.report.page import Page

MOST_NAMED = 4
"""Names that a sentence spells out before it says how many more there are."""

UNSTABLE = 0.40
"""Width of an interval of omega from which the page says that the factor model behind it is unstable."""

RARE = 0.01
"""Share of failed PLS replicates from which the page mentions them."""

ALPHA_ABOVE_OMEGA = 0.05
"""How far alpha lies above omega, and beyond its interval, where a scale probably has several dimensions."""

LOW_ITEM_REST = 0.30
"""Item–rest correlation below which an item hardly belongs to its scale (Nunnally & Bernstein 1994)."""


def tell_intake(page: Page, came: Intake) -> None:
    """Say how many answers came in, how many are missing and where."""
    values = {"received": came.received, "n": came.n, "items": came.items, "missing": came.missing}
    page.say("intake.all" if came.received == came.n else "intake.some", **values)
    if came.missing:
        worst = {"item": page.label(came.most_missing), "worst": came.most_missing_share}
        page.say("intake.missing", count=came.missing, share=came.missing_share, **worst)
    if came.n < page.study.thresholds.minimum_base:
        page.warn("intake.small", n=came.n, least=page.study.thresholds.minimum_base)
    if came.off_scale:
        page.warn("intake.off_scale", count=came.off_scale)


def tell_ends(page: Page, came: Intake) -> None:
    """Say where answers crowd at an end of the scale."""
    if not came.floor and not came.ceiling:
        return page.say("ends.none", bar=END_SHARE)
    for side in ("ceiling", "floor"):
        for key in (side, f"{side}_neutral"):
            items = [item for item in getattr(came, side) if _judged(page, item) == (key == side)]
            if items:
                page.say(f"ends.{key}", items=named(page, items), k=len(items), bar=END_SHARE)


def _judged(page: Page, item: str) -> bool:
    """Say whether a higher answer is a better one: not so for constructs of role ``other`` or for none."""
    construct = page.study.items[item].construct
    return construct is not None and page.study.constructs[construct].role != "other"


def tell_careless(page: Page, care: Carelessness) -> None:
    """Say how many respondents are flagged and whether it matters."""
    n = len(care.screening.respondents)
    if not care.possible:
        return page.say("careless.too_short", items=len(page.study.items))
    values = {"flagged": care.flagged, "share": care.flagged / n, "suspect": care.suspect, "n": n}
    page.say("careless.some" if care.flagged else "careless.none", **values)
    if care.straight:
        speak = page.warn if care.doubtful else page.say
        speak("careless.straight", count=care.straight, share=care.straight / n)
    if care.doubtful and len(care.straight_effect):
        changes = [
            page.t(
                "careless.change",
                name=page.label(row.subject),
                before=row.everybody,
                after=row.without_flagged,
            )
            for row in rows_of(care.straight_effect)
        ]
        page.say("careless.straight_effect", changes=changes)


def tell_effect(page: Page, care: Carelessness) -> None:
    """Say how much leaving the flagged out would change, set against the intervals of everybody."""
    frame, changes = care.effect, largest_changes(care)
    if frame.empty:
        return
    away = frame[(frame["without_flagged"] < frame["ci_low"]) | (frame["without_flagged"] > frame["ci_high"])]
    if away.empty:
        scales = (frame["metric"] == "alpha").any()
        return page.say("effect.inside" if scales else "effect.inside_index", **changes)
    for metric, key in (("alpha", "effect.alpha"), ("index_0_100", "effect.index")):
        own = away[away["metric"] == metric]
        if len(own):
            page.warn(key, names=labels(page, own["subject"]), k=len(own), **changes)
    rest = away[~away["metric"].isin(("alpha", "index_0_100"))]
    if len(rest):
        named = [figure_name(page, row.metric, row.subject) for row in rows_of(rest)]
        page.warn("effect.other", figures=named, k=len(named))


def tell_items(page: Page, found: Assessment) -> None:
    """Name the items that weaken their scale: by alpha, by item–rest correlation, by a loading above 1."""
    drops = found.verdicts[found.verdicts["drop_item"].fillna("") != ""]
    if found.items.empty:
        return
    for row in rows_of(drops):
        values = {"item": page.coded(row.drop_item), "construct": page.label(row.construct)}
        page.say("items.drop", alpha=row.alpha, without=row.alpha_without, **values)
    if drops.empty:
        page.say("items.no_drop", gain=NOTICEABLE)
    rest = found.items[found.items["metric"] == "item_rest_correlation"]
    low = rest[rest["estimate"] < LOW_ITEM_REST].sort_values("estimate", kind="stable")
    if len(low):
        page.say("items.low_rest", items=named(page, low["item"]), bar=LOW_ITEM_REST, k=len(low))
    for row in rows_of(found.verdicts[found.verdicts["heywood"] != ""]):
        tell_heywood(page, found, str(row.construct), str(row.heywood).split())


def tell_heywood(page: Page, found: Assessment, construct: str, items: Sequence[str]) -> None:
    """Warn of loadings above 1 in the one-factor model of a construct."""
    rows = found.items[found.items["metric"] == "one_factor_loading"].set_index("item")["estimate"]
    top = float(rows[list(items)].max())
    page.warn(
        "items.heywood",
        items=[page.coded(item) for item in items],
        construct=page.label(construct),
        value=top,
    )


def tell_reliability(page: Page, found: Assessment) -> None:
    """Say which scales are reliable, and what lies outside of alpha."""
    scales = found.verdicts[found.verdicts["kind"] == "scale"]
    limits = page.study.thresholds
    if scales.empty:
        return page.say("reliability.absent")
    for verdict in ("good", "acceptable", "weak"):
        own = scales[scales["reliability"] == verdict]
        if len(own):
            described = [described_alpha(page, row) for row in rows_of(own)]
            values = {"bar": limits.reliability, "high": limits.reliability_high, "k": len(own)}
            page.say(f"reliability.{verdict}", names=described, **values)
    failed = scales[scales["reliability"] == "not_usable"]
    if len(failed):
        described = [described_alpha(page, row) for row in rows_of(failed)]
        page.warn("reliability.not_usable", names=described, bar=limits.reliability, k=len(failed))
    omega = found.reliability[found.reliability["metric"] == "omega"]
    unstable = omega[omega["ci_high"] - omega["ci_low"] > UNSTABLE]
    if len(unstable):
        page.say("reliability.unstable", names=labels(page, unstable["subject"]), k=len(unstable))
    several = several_dimensions(found)
    if several:
        page.say("reliability.dimensions", names=labels(page, several), k=len(several))
    for kind in ("single", "composite"):
        own = found.verdicts[found.verdicts["kind"] == kind]
        if len(own):
            page.say(f"reliability.outside.{kind}", names=labels(page, own["construct"]), k=len(own))


def several_dimensions(found: Assessment) -> list[str]:
    """Name scales whose alpha lies well above omega: one factor does not carry what their items share."""
    part = {
        metric: rows.drop_duplicates("subject").set_index("subject")[["estimate", "ci_high"]].astype(float)
        for metric, rows in found.reliability.groupby("metric")
    }
    if not {"alpha", "omega"} <= set(part):
        return []
    both = part["alpha"].join(part["omega"].add_suffix("_omega"))
    top = both["ci_high_omega"].fillna(both["estimate_omega"])
    above = both["estimate"] - both["estimate_omega"] >= ALPHA_ABOVE_OMEGA
    return [str(name) for name in both.index[above & (both["estimate"] > top)]]


def tell_convergent(page: Page, found: Assessment) -> None:
    """Say which scales hold their items together, and which items load weakly."""
    rows = found.verdicts[found.verdicts["convergent"].fillna("") != ""]
    for verdict in ("met", "unclear", "missed"):
        own = rows[rows["convergent"] == verdict]
        if len(own):
            names = [
                page.t("convergent.name", name=page.label(row.construct), ave=bracketed_of(page, row, "ave"))
                for row in rows_of(own)
            ]
            page.say(f"convergent.{verdict}", names=names, bar=page.study.thresholds.ave, k=len(own))
    for diagnosis in ("pls_not_converged", "pls_inadmissible"):
        share = found.outer.loc[found.outer["metric"] == diagnosis, "estimate"].max()
        if share > RARE:
            page.say(f"convergent.{diagnosis}", share=float(share))
    weak = cross.weak_loadings(found, page.study.thresholds.loading)
    if weak:
        bar = page.study.thresholds.loading
        page.say("convergent.weak_items", items=named(page, weak), bar=bar, k=len(weak))


def tell_discriminant(page: Page, found: Assessment) -> None:
    """Say which constructs cannot be told apart."""
    pairs = pair_verdicts(found.discriminant, page.study)
    pairs = pairs[pairs["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    limits = page.study.thresholds
    if pairs.empty:
        return page.say("discriminant.absent")
    if len(pairs) == 1:
        row = next(rows_of(pairs))
        return page.say(f"discriminant.pair.{row.verdict}", pair=pair_of(page, row))
    counts = pairs["verdict"].value_counts()
    values: dict[str, Any] = {
        name: int(counts.get(name, 0)) for name in ("distinct", "unclear", "not_distinct")
    }
    values |= {"strict": limits.htmt, "liberal": limits.htmt_liberal}
    page.say("discriminant.counts", total=len(pairs), **values)
    failed = pairs[pairs["verdict"] == "not_distinct"]
    if len(failed):
        told = [pair_of(page, row) for row in rows_of(failed.head(MOST_NAMED))]
        more = len(failed) - len(told)
        key = "discriminant.more" if more else "discriminant.failed"
        page.warn(key, pairs=told, more=more, liberal=limits.htmt_liberal)
    one = failed[failed["ci_high"] >= 1]
    if len(one):
        page.say("discriminant.one", pairs=[page.t("pair", **ends(page, pair)) for pair in one["subject"]])


def tell_fornell_larcker(page: Page, found: Assessment) -> None:
    """Say which pairs fail the Fornell–Larcker criterion."""
    if showing.fornell_larcker(found).empty:
        return
    failures = showing.fornell_larcker_failures(found)
    key = "fornell_larcker.some" if failures else "fornell_larcker.none"
    page.say(key, pairs=[page.t("pair", **ends(page, pair)) for pair in failures], k=len(failures))


def tell_cross_loadings(page: Page, found: Assessment) -> None:
    """Say which items load as high elsewhere as at home."""
    if cross.loading_matrix(found).shape[1] < 2:
        return
    if not np.isfinite(cross.own_loadings(found, cross.loading_matrix(found))).any():
        return
    stray = cross.stray_items(found)
    page.say("cross.some" if stray else "cross.none", items=named(page, stray), k=len(stray))


def labels(page: Page, ids: Sequence[str] | pd.Series) -> list[str]:
    """Labels of ids."""
    return [page.label(str(one)) for one in ids]


def named(page: Page, items: Sequence[str] | pd.Series) -> str:
    """Labels of items in quotation marks; of many only the first, with the number of the others."""
    quoted = [page.t("quoted", text=page.coded(str(item))) for item in items]
    if len(quoted) <= MOST_NAMED + 1:
        return page.join(quoted)
    listed = page.t("join.comma").join(quoted[:MOST_NAMED])
    return page.t("and_more", listed=listed, more=len(quoted) - MOST_NAMED)


def described_alpha(page: Page, row: Any) -> str:
    """Name a construct with its alpha and interval, and with alpha without its weakest item."""
    values = {"name": page.label(row.construct), "alpha": bracketed_of(page, row, "alpha")}
    if row.drop_item and row.reliability in ("weak", "not_usable"):
        item = page.t("quoted", text=page.coded(row.drop_item))
        return page.t("described.drop", item=item, without=row.alpha_without, **values)
    return page.t("described.plain", **values)


def interval_of(page: Page, row: Any, name: str) -> str:
    """Estimate of a verdict row with its interval."""
    return page.estimate(getattr(row, name), getattr(row, f"{name}_low"), getattr(row, f"{name}_high"))


def bracketed_of(page: Page, row: Any, name: str) -> str:
    """Estimate with its interval in square brackets, for use inside parentheses."""
    low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
    return bracketed(page, getattr(row, name), low, high)


def bracketed(page: Page, value: float, low: float, high: float, digits: int = 2) -> str:
    """Estimate with its interval in square brackets: ``0.71 [0.65–0.77]``."""
    text = page.estimate(value, digits=digits)
    return text if pd.isna(low) else f"{text} [{page.words.interval(low, high, digits)}]"


def pair_of(page: Page, row: Any) -> str:
    """Two constructs with their HTMT and its interval."""
    value = bracketed(page, row.estimate, row.ci_low, row.ci_high, showing.HTMT_DIGITS)
    return page.t("pair_value", first=page.label(row.first), second=page.label(row.second), value=value)


def ends(page: Page, subject: str) -> dict[str, str]:
    """Labels of the two ends of ``A~B``."""
    first, _, second = subject.partition("~")
    return {"first": page.label(first), "second": page.label(second)}
