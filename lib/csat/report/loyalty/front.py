"""Page one: what an executive has to know, in plain words, with how sure it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csat import stats
from csat.report import numbers
from csat.report.executive import Driver, ExecutivePage, KeyFigure, Quality
from csat.report.loyalty.basis import Value, rows_of, value_of
from csat.report.loyalty.bridge import CUT
from csat.report.loyalty.drivers import TOP
from csat.report.loyalty.findings import WEAK, Findings
from csat.report.loyalty.front_action import action, candidates, caveats
from csat.report.loyalty.front_change import change_line, moved
from csat.report.loyalty.telling import ends, index_gap, parts_clear
from csat.report.loyalty.telling_drivers import first_chance, overlapping_drivers
from csat.report.loyalty.telling_first import first_values, priority_kind
from csat.report.loyalty.words import in_percent, names, odds, sentence_gap, target_word, write
from csat.stats.shares import effective_n

if TYPE_CHECKING:
    from csat.report.loyalty.trend import Trend
    from csat.report.page import Page

FEW_MISSING, MANY_MISSING = 0.05, 0.15
FEW_CARELESS, MANY_CARELESS = 0.10, 0.20
"""Shares of missing answers and of careless respondents up to which the strip says good, and fair."""


def page_one(page: Page, found: Findings, waves: Trend | None = None) -> ExecutivePage:
    """Put page one together.

    Parameters
    ----------
    page : Page
        For words and labels.
    found : Findings
    waves : Trend, optional
        The wave and those before it, for what has changed.

    Returns
    -------
    ExecutivePage
        Plain text in the page's language.
    """
    return ExecutivePage(
        verdict=verdict(page, found, waves),
        figures=tuple(figures(page, found, waves)),
        drivers=tuple(top_drivers(page, found)),
        action=action(page, found),
        quality=tuple(quality(page, found)),
        drivers_intro=drivers_intro(page, found),
        caveats=tuple(caveats(page, found)),
    )


# ---- verdict -----------------------------------------------------------------------------------------------


def verdict(page: Page, found: Findings, waves: Trend | None = None) -> str:
    """One sentence: where customers stand, and what to take up first; one more when that has changed."""
    clauses = [page.t(f"page_one.verdict.{_standing(page, found)}", **_standing_values(page, found))]
    if found.roles.target:
        kind = priority_kind(found)
        values = {name: first_values(page, found)[name] for name in ("first", "second")} if kind else {}
        key = f"first_{'likely' if kind == 'overlap' else kind}" if kind else "no_driver"
        clauses.append(page.t(f"page_one.verdict.{key}", **values))
    told = page.t("clause_and").join(clauses) + page.t("clause_end")
    return sentence_gap(page).join(one for one in (told, moved(page, found, waves)) if one)


def _standing(page: Page, found: Findings) -> str:
    """Which sentence tells where customers stand."""
    satisfaction, loyalty = found.index(found.roles.satisfaction), found.index(found.roles.loyalty)
    if satisfaction.known and loyalty.known:
        if found.loyalty_divided:
            return "divided" if parts_clear(found, _parts(page, found)) else "unclear"
        return {1: "higher", -1: "lower", 0: "same"}[index_gap(found).sign]
    if satisfaction.known:
        return "satisfaction"
    return "loyalty" if loyalty.known else "none"


def _parts(page: Page, found: Findings) -> dict[str, Any]:
    """Strongest and weakest part of loyalty."""
    rows = rows_of(found.levels.parts, "index_0_100")
    return ends(page, rows, "index_0_100") if len(rows) > 1 else {}


def _standing_values(page: Page, found: Findings) -> dict[str, Any]:
    """Values of that sentence."""
    values: dict[str, Any] = {
        "satisfaction": found.index(found.roles.satisfaction).estimate,
        "loyalty": found.index(found.roles.loyalty).estimate,
    }
    at = _parts(page, found)
    if at:
        values |= {"best": at["best"], "worst": at["worst"]}
        values |= {"best_value": at["highest"].estimate, "worst_value": at["lowest"].estimate}
    return values


# ---- three figures -----------------------------------------------------------------------------------------


def figures(page: Page, found: Findings, waves: Trend | None = None) -> list[KeyFigure]:
    """Satisfaction, loyalty, and recommendation or the strongest part of loyalty."""
    cards = [_index_card(page, found, role, waves) for role in ("satisfaction", "loyalty")]
    if not any(found.index(role).known for role in (found.roles.satisfaction, found.roles.loyalty)):
        cards = []
    third = _nps_card(page, found, waves) or _part_card(page, found, waves) or _both_card(page, found)
    return [*cards, third] if third else cards


def _index_card(page: Page, found: Findings, role: str, waves: Trend | None) -> KeyFigure:
    """Card of an index."""
    construct = getattr(found.roles, role)
    value = found.index(construct)
    card = _card(page.t(f"page_one.figure.{role}"), value, _index_note(page, found, construct))
    return replace(card, change=change_line(page, waves, "change_index", construct) if value.known else "")


def _index_note(page: Page, found: Findings, construct: str) -> str:
    """Say in a few words what limits an index."""
    if found.verdict(construct, "index") == "no":
        return page.t("page_one.figure.divided")
    if found.verdict(construct, "reliability") in WEAK:
        return page.t("page_one.figure.weak")
    return page.t("page_one.figure.single") if found.verdict(construct, "kind") == "single" else ""


def _card(label: str, value: Value, note: str = "", factor: float = 1.0, unit: str = "") -> KeyFigure:
    """Card of an estimate with its interval and n."""
    n = int(value.n) if value.n == value.n else None
    estimate, low, high = (factor * x for x in (value.estimate, value.low, value.high))
    return KeyFigure(label, estimate, low, high, n if value.known else None, unit=unit, note=note)


def _nps_card(page: Page, found: Findings, waves: Trend | None) -> KeyFigure | None:
    """Net Promoter Score, where the study names an item for it."""
    item = found.study.thresholds.nps_item
    if not item or found.levels.nps.empty:
        return None
    table, scale = found.levels.nps, found.study.scale_of(item)
    notes = []
    shares = {name: value_of(table, f"nps_{name}", item).estimate for name in ("promoters", "detractors")}
    if all(share == share for share in shares.values()):
        notes.append(page.t("page_one.figure.nps_shares", **shares))
    if (scale.minimum, scale.maximum) != (0, 10):
        ends_ = {"minimum": scale.minimum, "maximum": scale.maximum}
        notes.append(page.t("page_one.figure.nps_other_scale", **ends_))
    told = sentence_gap(page).join(notes)
    value = value_of(table, "nps", item)
    change = change_line(page, waves, "change_nps", item) if value.known else ""
    return replace(_card(page.t("page_one.figure.nps"), value, told), change=change)


def _part_card(page: Page, found: Findings, waves: Trend | None) -> KeyFigure | None:
    """Strongest part of loyalty; of single questions the waves compare the top box, and the line says so."""
    at = _parts(page, found)
    if not at:
        return None
    label = page.t("page_one.figure.part", label=at["best"])
    change = change_line(page, waves, "change_top_box", at["best_id"])
    return replace(_card(label, at["highest"], page.t("page_one.figure.strongest")), change=change)


def _both_card(page: Page, found: Findings) -> KeyFigure | None:
    """Share of customers who are satisfied and loyal."""
    share = value_of(found.bridge.quadrant, "quadrant_share", "loyalist")
    if not share.known:
        return None
    note = page.t("page_one.figure.both_note", cut=CUT)
    return _card(page.t("page_one.figure.both"), share, note, factor=100.0, unit="%")


# ---- three drivers -----------------------------------------------------------------------------------------


def top_drivers(page: Page, found: Findings) -> list[Driver]:
    """List the three most important drivers, each with importance, performance and what to mind."""
    cards = []
    for driver in found.drivers.order[:TOP]:
        subject = stats.arrow(driver, found.roles.target)
        share = value_of(found.drivers.target, "relative_weight_share", subject)
        cards.append(
            Driver(
                page.label(driver),
                in_percent(page, share) if len(found.drivers.order) > 1 else "",
                write(page, found.index(driver), 0),
                _driver_note(page, found, driver),
            )
        )
    return cards


def _driver_note(page: Page, found: Findings, driver: str) -> str:
    """How sure the driver's place is, or that its scale is weak."""
    notes = []
    if len(found.drivers.order) == 1:
        notes.append(page.t("page_one.only_driver"))
    if len(found.drivers.order) > TOP:
        chance = value_of(found.drivers.ranks, "importance_probability_top_three", driver).estimate
        notes.append(page.t("page_one.in_top", chance=odds(page, chance)))
    if found.verdict(driver, "reliability") in WEAK:
        notes.append(page.t("page_one.weak_driver"))
    return page.t("clause_and").join(notes)


def drivers_intro(page: Page, found: Findings) -> str:
    """Say what importance means, and how sure the order is."""
    order = found.drivers.order
    if not order:
        return ""
    if len(order) == 1:
        return page.t("page_one.drivers_one")
    values = {
        "target": target_word(page, found),
        "first": page.label(order[0]),
        "first_chance": odds(page, first_chance(found, order[0])),
    }
    told = [page.t("page_one.drivers_few", k=len(order), **values)]
    if len(order) > TOP:
        told = [page.t("page_one.drivers_three", top_set=odds(page, found.drivers.top_set), **values)]
    same = [name for name in order[:TOP] if any(name in pair for pair in overlapping_drivers(found))]
    if same:
        told.append(page.t("page_one.drivers_overlap", names=names(page, same)))
    first = candidates(found)
    if first and set(first) != set(order[: len(first)]):
        told.append(page.t("page_one.list_importance", names=names(page, first)))
    return sentence_gap(page).join(told)


# ---- data quality ------------------------------------------------------------------------------------------


def quality(page: Page, found: Findings) -> list[Quality]:
    """How far to trust it: answers, missing, careless, weak scales, weighting, data, wave."""
    answers, study = found.answers, found.study
    used = answers.n if page.context.n is None else page.context.n
    missing = float(answers.raw.isna().to_numpy().mean())
    strip = [
        _entry(page, "answers", page.t("page_one.quality.answers_value", n=used, received=answers.received)),
        _entry(page, "missing", numbers.percent(missing, 1), _grade(missing, FEW_MISSING, MANY_MISSING)),
        _careless(page, found),
        _scales(page, found),
        _entry(page, "weighting", _weighting(page, found)),
        _entry(page, "data", page.t(f"page_one.quality.{'simulated' if study.simulated else 'real'}")),
        _entry(page, "wave", _wave(page, found)),
    ]
    if answers.segment:
        strip.append(_entry(page, "segment", page.label(answers.segment)))
    return strip


def _entry(page: Page, name: str, value: str, level: Any = "") -> Quality:
    """One entry of the strip."""
    return Quality(page.t(f"page_one.quality.{name}"), value, level)


def _grade(share: float, few: float, many: float) -> str:
    """Level of a share that should be small."""
    return "good" if share <= few else "fair" if share <= many else "poor"


def _careless(page: Page, found: Findings) -> Quality:
    """Respondents with at least one flag; not good either where a headline hangs on them."""
    careless = found.careless
    if not careless.known:
        return _entry(page, "careless", page.t("page_one.quality.careless_unknown"))
    count = round(careless.estimate * careless.n)
    level = _grade(careless.estimate, FEW_CARELESS, MANY_CARELESS)
    if found.careless_moves and level == "good":
        level = "fair"
    told = page.t("page_one.quality.careless_value", count=count, share=careless.estimate)
    return _entry(page, "careless", told, level)


def _scales(page: Page, found: Findings) -> Quality:
    """Weak scales by name."""
    weak = found.weak_scales
    if weak:
        grave = found.roles.target in weak or found.roles.loyalty in weak or len(weak) > 1
        return _entry(
            page, "scales", page.join([page.label(one) for one in weak]), "poor" if grave else "fair"
        )
    if not (found.verdicts["kind"] == "scale").any():
        return _entry(page, "scales", page.t("page_one.quality.scales_unknown"))
    return _entry(page, "scales", page.t("page_one.quality.scales_none"), "good")


def _weighting(page: Page, found: Findings) -> str:
    """Whether answers are weighted, and what that leaves of them."""
    weights = found.basis.weights
    if weights is None:
        return page.t("page_one.quality.weighting_none")
    return page.t("page_one.quality.weighting_some", n=int(np.floor(effective_n(weights))))


def _wave(page: Page, found: Findings) -> str:
    """Name of the wave as people read it."""
    study = found.study
    return study.say(study.wave(found.answers.wave).label, page.lang) or found.answers.wave
