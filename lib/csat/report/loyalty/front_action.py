"""Page one's action: what to do, what to expect, what would prove it wrong, and what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report.executive import Action
from csat.report.loyalty.basis import rows_of, value_of
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.first import STEP, detectable, needed
from csat.report.loyalty.telling import ends
from csat.report.loyalty.telling_first import first_values, priority_kind
from csat.report.loyalty.words import names, sentence_gap, target_word, write

if TYPE_CHECKING:
    from csat.report.page import Page

MOST_CAVEATS = 5


def action(page: Page, found: Findings) -> Action | None:
    """Say what to do first, with its gain as a range and its disproof.

    Parameters
    ----------
    page : Page
    found : Findings

    Returns
    -------
    Action or None
        None when nothing can be recommended.
    """
    kind = priority_kind(found)
    if not kind:
        return None
    gap = sentence_gap(page)
    if kind == "none":
        held = page.t("page_one.action.hold", target=target_word(page, found))
        return Action(held, page.t("page_one.action.gain_unsure", **_gain(page, found)))
    if kind == "open":
        values = first_values(page, found)
        text = page.t("page_one.action.open", driver=values["first"], other=values["second"])
        disproof = page.t("page_one.action.disproof_open", target=values["target"])
        return Action(text, _expected_of_two(page, found), gap.join([disproof, _visibility(page, found)]))
    text = _improve(page, found)
    if kind in ("likely", "overlap"):
        text = gap.join([text, page.t("page_one.action.likely")])
    values = _gain(page, found)
    low = found.first.gain(found.first.driver, found.roles.target).low
    disproof = page.t(
        "page_one.action.disproof", low=low, **{k: values[k] for k in ("driver", "step", "target")}
    )
    return Action(text, _expected(page, found), gap.join([disproof, _visibility(page, found)]))


def _improve(page: Page, found: Findings) -> str:
    """Name the driver, and the question in it that customers rate lowest."""
    driver = page.label(found.first.driver)
    items = found.first.lowest_items
    if len(rows_of(found.first.items, "item_performance")) < 2 or not items:
        return page.t("page_one.action.improve_plain", driver=driver)
    if len(items) > 1:
        two = {"item": page.label(items[0]), "other": page.label(items[1])}
        return page.t("page_one.action.improve_two", driver=driver, **two)
    value = value_of(found.first.items, "item_performance", items[0]).estimate
    key = "improve_light" if found.first.light(items[0]) else "improve"
    return page.t(f"page_one.action.{key}", driver=driver, item=page.label(items[0]), value=value)


def _gain(page: Page, found: Findings) -> dict[str, Any]:
    """Words for the gain in the target."""
    gain = found.first.gain(found.first.driver, found.roles.target)
    return {
        "driver": page.label(found.first.driver),
        "step": STEP,
        "gain": write(page, gain, 1),
        "target": target_word(page, found),
    }


def candidates(found: Findings) -> tuple[str, ...]:
    """Drivers that page one names to start with: one, two where the choice is open, or none."""
    kind = priority_kind(found)
    if kind in ("", "none"):
        return ()
    return found.first.order[: 2 if kind == "open" else 1]


def _expected_of_two(page: Page, found: Findings) -> str:
    """Say what each of the two candidates should bring, as ranges."""
    other = found.first.order[1]
    gain = found.first.gain(other, found.roles.target)
    two = {"other": page.label(other), "other_gain": write(page, gain, 1)}
    return page.t("page_one.action.gain_open", **_gain(page, found), **two)


def _expected(page: Page, found: Findings) -> str:
    """Say what improving the first driver should bring, as a range."""
    values = _gain(page, found)
    loyalty = found.first.gain(found.first.driver, found.roles.loyalty)
    if found.roles.satisfaction and loyalty.sign > 0:
        shown = {name: values[name] for name in ("driver", "step", "gain")}
        return page.t("page_one.action.gain_both", second=write(page, loyalty, 1), **shown)
    return page.t("page_one.action.gain_one", **values)


def _visibility(page: Page, found: Findings) -> str:
    """Whether a gain as large as expected would show with this many answers."""
    gain = found.first.gain(found.first.driver, found.roles.target).estimate
    change = detectable(found.basis)
    if gain >= change.estimate:
        return page.t("page_one.action.visible", n=int(change.n))
    values = {"n": int(change.n), "change": change.estimate, "gain": gain}
    return page.t("page_one.action.not_visible", needed=int(needed(change, gain)), **values)


def caveats(page: Page, found: Findings) -> list[str]:
    """List what an executive has to mind, the gravest first; at most five."""
    told = [*_about_answers(page, found), *_about_loyalty(page, found), *_about_order(page, found)]
    return [*told[: MOST_CAVEATS - 1], page.t("page_one.caveat.cause")]


def _about_answers(page: Page, found: Findings) -> list[str]:
    """Warn of simulated answers and small bases."""
    told = [page.t("page_one.caveat.simulated")] if found.study.simulated else []
    if found.answers.n < found.study.thresholds.minimum_base:
        told.append(page.t("page_one.caveat.small", n=found.answers.n))
    return told


def _about_loyalty(page: Page, found: Findings) -> list[str]:
    """Loyalty that is not one thing, other weak scales, and satisfaction that is not told from loyalty."""
    told = []
    best = ends(page, found.levels.parts, "index_0_100")
    if found.loyalty_divided and best:
        told.append(page.t("page_one.caveat.divided", best=best["best"]))
    roles = found.roles
    shown = [one for one in (roles.satisfaction, roles.loyalty, *roles.drivers) if one in found.weak_scales]
    weak = [one for one in shown if not (found.loyalty_divided and one == roles.loyalty)]
    if weak:
        told.append(page.t("page_one.caveat.weak", names=names(page, weak), k=len(weak)))
    same = found.overlap_with(roles.target, (*roles.drivers, roles.loyalty))
    if same:
        values = {"names": names(page, same), "target": page.label(roles.target), "k": len(same)}
        told.append(page.t("page_one.caveat.overlap", **values))
    return told


def _about_order(page: Page, found: Findings) -> list[str]:
    """Where loyalty, or importance, points to another driver than the one recommended."""
    if priority_kind(found) in ("", "none"):
        return []
    first, told = found.first, []
    best = first.first_for_loyalty
    if best and best != first.driver and first.gain(best, found.roles.loyalty).sign > 0:
        gain = write(page, first.gain(best, found.roles.loyalty), 1)
        told.append(page.t("page_one.caveat.loyalty_differs", driver=page.label(best), gain=gain))
    if found.drivers.order and found.drivers.order[0] not in candidates(found):
        values = {"important": page.label(found.drivers.order[0]), "first": page.label(first.driver)}
        told.append(page.t("page_one.caveat.importance_differs", target=target_word(page, found), **values))
    return told
