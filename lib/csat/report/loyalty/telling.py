"""Sentences on where customers stand and on how satisfaction and loyalty hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from csat import stats
from csat.report import numbers
from csat.report.loyalty.basis import Value, rows_of, value_of, values_of
from csat.report.loyalty.bridge import CUT, bend_sign
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.words import Said, alpha, base, bounds, names, percent, some_names, tell, write

if TYPE_CHECKING:
    from csat.report.page import Page

PROVEN = 0.05
"""Probability of chance below which zones are called proven."""


def tell_start(page: Page, found: Findings) -> None:
    """Say where the verdicts on the scales come from, and whether the base is small."""
    minimum = found.study.thresholds.minimum_base
    if found.answers.n < minimum:
        page.warn("small.base", n=found.answers.n, minimum=minimum)
    if found.verdicts_read:
        page.say("verdicts.read")
    else:
        page.note("verdicts.built")


def tell_problems(page: Page, found: Findings, *sections: str) -> None:
    """Say what could not be computed, and why."""
    reasons = dict.fromkeys(reason for section, reason in found.basis.problems if section in sections)
    for reason in reasons:
        page.warn("failed.reason", reason=reason)


def clearly_above(first: Value, second: Value) -> bool:
    """Whether one interval lies wholly above another."""
    return first.low > second.high


# ---- 1 levels ----------------------------------------------------------------------------------------------


def ends(page: Page, table: pd.DataFrame, metric: str) -> dict[str, Any]:
    """Highest and lowest subject of a metric: ids, labels and values; empty when there is none."""
    rows = rows_of(table, metric)
    rows = rows[rows["estimate"].notna()]
    if rows.empty:
        return {}
    known = values_of(rows, metric)
    best = max(known, key=lambda name: known[name].estimate)
    worst = min(known, key=lambda name: known[name].estimate)
    return {
        "best_id": best,
        "worst_id": worst,
        "best": page.label(best),
        "worst": page.label(worst),
        "highest": known[best],
        "lowest": known[worst],
        "n": rows["n"].tolist(),
    }


def tell_levels(page: Page, found: Findings) -> None:
    """Say how loyalty stands against satisfaction, and what the study does not ask."""
    said = levels_said(page, found)
    if not found.roles.satisfaction:
        said.append(("levels.no_satisfaction", {}))
    if not found.roles.loyalty:
        said.append(("levels.no_loyalty", {}))
    tell(page, said)


def index_gap(found: Findings) -> Value:
    """Loyalty index less satisfaction index."""
    pair = stats.pair(found.roles.loyalty, found.roles.satisfaction)
    return value_of(found.levels.gap, "index_difference", pair)


def levels_said(page: Page, found: Findings) -> list[Said]:
    """Compare loyalty with satisfaction, honestly about the interval and the scale."""
    gap = index_gap(found)
    if not gap.known:
        return []
    kind = {1: "gap_higher", -1: "gap_lower", 0: "gap_same"}[gap.sign]
    size = Value(abs(gap.estimate), *sorted((abs(gap.low), abs(gap.high)))) if gap.sign else gap
    said: list[Said] = [(f"levels.{kind}", {"gap": size.estimate, "interval": bounds(page, size)})]
    if found.loyalty_divided:
        said.append(("levels.divided", {}))
    return said


def levels_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of indices."""
    at = ends(page, found.levels.indices, "index_0_100")
    if not at:
        return {"message": "", "base": ""}
    best, worst = (
        page.t("named_points", name=at[name], value=at[value].estimate)
        for name, value in (("best", "highest"), ("worst", "lowest"))
    )
    kind = "clear" if clearly_above(at["highest"], at["lowest"]) else "close"
    kind = "only" if at["best_id"] == at["worst_id"] else kind
    return {"message": page.t(f"levels.{kind}", best=best, worst=worst), "base": base(page, at["n"])}


# ---- 2 parts -----------------------------------------------------------------------------------------------


def tell_parts(page: Page, found: Findings) -> None:
    """Say how the parts of loyalty stand, whether they hang together, and what it means when they do not."""
    items = found.study.blocks().get(found.roles.loyalty, ())
    if len(items) < 2:
        return (
            page.say("parts.absent")
            if items
            else page.html(f'<p class="absent">{page.words.html("levels.no_loyalty")}</p>')
        )
    tell(page, _part_order(page, found))
    tell(page, _part_unity(page, found))
    tell(page, _part_links(page, found))


def parts_clear(found: Findings, at: dict[str, Any]) -> bool:
    """Whether the strongest part of loyalty clearly stands above the weakest."""
    return bool(at) and clearly_above(at["highest"], at["lowest"])


def _part_order(page: Page, found: Findings) -> list[Said]:
    """Name the strongest and the weakest part."""
    at = ends(page, found.levels.parts, "index_0_100")
    if not at:
        return []
    values = {"best": at["best"], "worst": at["worst"]}
    values |= {"best_value": write(page, at["highest"], 0), "worst_value": write(page, at["lowest"], 0)}
    return [("parts.clear" if parts_clear(found, at) else "parts.close", values)]


def _part_unity(page: Page, found: Findings) -> list[Said]:
    """Say whether the parts hang together, and what the item that stands apart does."""
    loyalty, limits = found.roles.loyalty, found.study.thresholds
    if found.verdict(loyalty, "kind") == "composite":
        return [("parts.composite", {})]
    verdict = found.verdict(loyalty, "reliability")
    kind = {"good": "together", "acceptable": "together", "weak": "weak", "not_usable": "apart"}.get(verdict)
    if kind is None:
        return []
    said: list[Said] = [(f"parts.{kind}", {"alpha": alpha(page, found, loyalty), "bar": limits.reliability})]
    item = found.verdict(loyalty, "drop_item")
    if item:
        row = found.verdicts[found.verdicts["construct"] == loyalty].iloc[0]
        said.append(("parts.drop", {"item": page.label(item), "without": float(row["alpha_without"])}))
        said += _without_item(page, found, item)
    return said


def _without_item(page: Page, found: Findings, item: str) -> list[Said]:
    """Say what loyalty would be without one item."""
    roles, table = found.roles, found.levels.without
    index = value_of(table, "index_0_100_without_item", item)
    r = value_of(table, "correlation_without_item", stats.pair(roles.satisfaction, item))
    if not index.known or not r.known:
        return []
    values = {"index": write(page, index, 0), "all": numbers.number(found.index(roles.loyalty).estimate, 0)}
    return [("parts.drop_effect", values | {"r": write(page, r)})]


def _part_links(page: Page, found: Findings) -> list[Said]:
    """Say which part is closest to satisfaction, and for which no link is proven."""
    rows = rows_of(found.levels.parts, "correlation")
    links = {name.split("~")[1]: link for name, link in values_of(rows, "correlation").items()}
    if len(links) < 2:
        return []
    best = max(links, key=lambda item: links[item].estimate)
    worst = min(links, key=lambda item: links[item].estimate)
    values = {"best": page.label(best), "best_r": write(page, links[best])}
    unproven = [item for item, link in links.items() if link.sign <= 0]
    if unproven and best not in unproven:
        return [("parts.unlinked", values | {"names": names(page, unproven), "k": len(unproven)})]
    if links[worst].high >= links[best].estimate and links[best].low <= links[worst].estimate:
        low, high = (numbers.number(links[item].estimate) for item in (worst, best))
        return [("parts.alike", {"low": low, "high": high, "k": 1 if low == high else 2})]
    return [("parts.linked", values | {"worst": page.label(worst), "worst_r": write(page, links[worst])})]


def parts_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of loyalty's parts."""
    at = ends(page, found.levels.parts, "index_0_100")
    if not at:
        return {"message": "", "base": ""}
    values = {"best": at["best"], "worst": at["worst"]}
    values |= {"best_value": at["highest"].estimate, "worst_value": at["lowest"].estimate}
    kind = "clear" if parts_clear(found, at) else "close"
    return {"message": page.t(f"parts.headline_{kind}", **values), "base": base(page, at["n"])}


# ---- 3 quadrant and curve ----------------------------------------------------------------------------------


def quadrant_values(found: Findings) -> dict[str, Any]:
    """Shares of the quadrants, for sentence and figure; empty when there are none."""
    rows = rows_of(found.bridge.quadrant, "quadrant_share")
    if rows.empty or rows["estimate"].isna().any():
        return {}
    shares = dict(zip(rows["subject"], rows["estimate"], strict=True))
    return {**shares, "cut": CUT, "n": rows["n"].iloc[0]}


def tell_quadrant(page: Page, found: Findings) -> None:
    """Say who is satisfied, who is loyal, and who is only one of the two."""
    values = quadrant_values(found)
    if not values:
        return
    given = [value_of(found.bridge.quadrant, "loyal_given", who) for who in ("satisfied", "dissatisfied")]
    said: list[Said] = [("quadrant.text", values)]
    if all(value.known for value in given):
        kind = "given" if clearly_above(*given) else "given_unclear"
        texts = {"satisfied": percent(page, given[0]), "dissatisfied": percent(page, given[1])}
        said.append((f"quadrant.{kind}", texts))
    if found.loyalty_divided:
        said.append(("quadrant.divided", {}))
    tell(page, said)


def tell_curve(page: Page, found: Findings) -> None:
    """Say how loyalty rises with satisfaction, and whether the rise is bent."""
    bend = found.bridge.bend
    if bend.empty:
        return
    square = rows_of(bend, "quadratic", ["squared"]).iloc[0]
    slope, fit = value_of(bend, "quadratic", "linear"), value_of(bend, "r_squared", "quadratic")
    change = value_of(bend, "r_squared_change", "squared").estimate
    kind = curve_kind(found)
    values = {"p": float(square["p"]), "change": change}
    said: list[Said] = [
        ("curve.slope", {"slope": write(page, slope), "r2": fit.estimate - change}),
        (f"curve.{'straight' if kind == 'flat' else kind}", values),
    ]
    agrees = curve_agrees(found)
    if agrees is not None and kind != "open":
        said.append(("curve.spline_agrees" if agrees else "curve.spline_differs", {}))
    tell(page, said)


def curve_kind(found: Findings) -> str:
    """Form of the curve: ``up``, ``down``, ``straight``, ``open`` (two looks disagree) or ``flat``."""
    bend = bend_sign(found.bridge)
    if bend:
        return "up" if bend > 0 else "down"
    if value_of(found.bridge.bend, "quadratic", "linear").sign < 1:
        return "flat"
    return "open" if value_of(found.bridge.curve, "curve_bend", "slope high-low").sign else "straight"


def curve_agrees(found: Findings) -> bool | None:
    """Whether a freer curve bends as the quadratic one does; None when there is none."""
    free = value_of(found.bridge.curve, "curve_bend", "slope high-low")
    return free.sign == bend_sign(found.bridge) if free.known else None


def curve_headline(found: Findings) -> str:
    """Headline of the curve: its form, or that the form is open where the two looks disagree."""
    kind = curve_kind(found)
    if kind == "open" or curve_agrees(found) is not False:
        return kind
    return "open" if value_of(found.bridge.bend, "quadratic", "linear").sign > 0 else "unclear"


def curve_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of the curve."""
    bins = found.bridge.bins
    bins = bins[bins["estimate"].notna()]
    if bins.empty:
        return {"message": "", "first": 0.0, "last": 0.0, "n": 0}
    kind = curve_headline(found)
    ends_ = {"first": float(bins["estimate"].iloc[0]), "last": float(bins["estimate"].iloc[-1])}
    return {"message": page.t(f"curve.headline_{kind}"), **ends_, "n": found.bridge.bend["n"].max()}


# ---- 4 zones -----------------------------------------------------------------------------------------------


def tell_zones(page: Page, found: Findings, question: str) -> None:
    """Say whether there are zones of expectation against experience, for one way of asking.

    Parameters
    ----------
    page : Page
    found : Findings
    question : str
        ``gap`` or ``direct``.
    """
    if question not in found.bridge.zones:
        return tell_no_zones(page, found, question)
    table = found.bridge.zones[question]
    about: Said = ("zones.direct.about", {"item": page.label(found.bridge.direct_item)})
    if question == "gap":
        twins = [experience for _, experience in found.bridge.pairs]
        about = ("zones.gap.about", {"names": some_names(page, twins), "k": len(twins)})
    tell(page, [about, *_zones_said(page, table)])


def tell_no_zones(page: Page, found: Findings, question: str) -> None:
    """Say why there are no zones; only once when nothing of the kind was asked."""
    asked = bool(found.bridge.pairs or found.bridge.direct_item)
    if not found.roles.loyalty:
        key = "zones.no_loyalty" if asked else "zones.neither"
    elif not found.bridge.zones:
        key = "zones.unpaired" if found.study.by_role("expectation") else "zones.absent"
    else:
        key = "zones.no_pair" if question == "gap" else "zones.no_direct"
    if question == "gap" or found.bridge.zones:
        page.html(f'<p class="absent">{page.words.html(key)}</p>')


def zones_proven(table: pd.DataFrame) -> bool:
    """Whether loyalty changes along the gap by more than chance."""
    return value_of(table, "zone_p", "steps").estimate < PROVEN


def line_is_enough(table: pd.DataFrame) -> bool:
    """Whether a straight line explains as much of loyalty as the zones do."""
    steps, line = (value_of(table, "zone_r_squared", of).estimate for of in ("steps", "line"))
    return line >= steps


def _zones_said(page: Page, table: pd.DataFrame) -> list[Said]:
    """Describe the zones and how sure they are."""
    if table.empty:
        return []
    low, high = (value_of(table, "zone_band", end) for end in ("low", "high"))
    p = value_of(table, "zone_p", "steps").estimate
    if not low.known:
        return [("zones.result.none", {})]
    said: list[Said] = []
    if zones_proven(table):
        values = {"p": p, "low": write(page, low, 0), "high": write(page, high, 0)}
        said.append(("zones.result.proven", values))
        if max(low.high - low.low, high.high - high.low) > 10:
            said.append(("zones.result.vague", {}))
        if rows_of(table, "zone_share")["estimate"].notna().all():
            said.append(("zones.result.shares", _zone_shares(page, table)))
    else:
        said.append(("zones.result.chance", {"p": p}))
    fits = {of: value_of(table, "zone_r_squared", of).estimate for of in ("steps", "line")}
    said.append((f"zones.result.{'line' if line_is_enough(table) else 'steps'}", fits))
    return said


def _zone_shares(page: Page, table: pd.DataFrame) -> dict[str, str]:
    """Shares and loyalty of the zones, written."""
    told = {}
    for zone in ("defection", "indifference", "affection"):
        told[zone] = percent(page, value_of(table, "zone_share", zone))
        told[f"{zone}_loyalty"] = numbers.number(value_of(table, "zone_loyalty", zone).estimate, 0)
    return told


def zones_values(page: Page, table: pd.DataFrame) -> dict[str, Any]:
    """Words of the figure of zones."""
    means = {
        zone: value_of(table, "zone_loyalty", zone) for zone in ("defection", "indifference", "affection")
    }
    rise = means["affection"].estimate - means["defection"].estimate
    kind = "chance" if not zones_proven(table) else "line" if line_is_enough(table) else "proven"
    message = page.t(f"zones.result.headline_{kind}", rise=rise)
    return {
        **{zone: mean.estimate for zone, mean in means.items()},
        "message": message,
        "n": means["affection"].n,
    }
