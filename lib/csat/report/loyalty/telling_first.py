"""Sentences on what to do first, what would disprove it, and how far to trust the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.loyalty.basis import rows_of, value_of, values_of
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.first import STEP, detectable, needed
from csat.report.loyalty.telling_drivers import certainty
from csat.report.loyalty.words import Said, named_values, names, odds, some_names, target_word, tell, write
from csat.stats.frames import ARROW

if TYPE_CHECKING:
    from csat.report.page import Page


def priority_kind(found: Findings) -> str:
    """How sure the first thing to do is: see `certainty`; ``only`` (one driver), ``none`` (no proven gain).

    Empty when nothing could be ranked.
    """
    first = found.first
    if not first.driver:
        return ""
    if first.gain(first.driver, found.roles.target).sign < 1:
        return "none"
    if len(first.order) == 1:
        return "only"
    return certainty(
        first.probability(first.driver), bool(found.overlap_with(first.driver, first.order[1:2]))
    )


def tell_first(page: Page, found: Findings) -> None:
    """Say what promises most, for satisfaction and for loyalty, and how sure that is."""
    kind = priority_kind(found)
    if not kind:
        return
    said: list[Said] = [(f"first.{kind}", first_values(page, found)), *_for_loyalty(page, found)]
    if found.drivers.order and found.drivers.order[0] != found.first.driver and kind != "none":
        values = {"important": page.label(found.drivers.order[0]), "first": page.label(found.first.driver)}
        said.append(("first.important_differs", values | {"target": target_word(page, found)}))
    tell(page, said)
    told: Said = ("first.by_paths", {})
    if not found.first.by_paths:
        told = ("first.straight", {"target": target_word(page, found)})
    tell(page, [told])


def first_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words for the first two drivers: names, gain and chances."""
    first, order = found.first, found.first.order
    rival = order[1] if len(order) > 1 else order[0]
    return {
        "first": page.label(order[0]),
        "second": page.label(rival),
        "step": STEP,
        "gain": write(page, first.gain(order[0], found.roles.target), 1),
        "target": target_word(page, found),
        "chance": odds(page, first.probability(order[0])),
        "second_chance": odds(page, first.probability(rival)),
    }


def _for_loyalty(page: Page, found: Findings) -> list[Said]:
    """Say whether the same driver promises most for loyalty."""
    best = found.first.first_for_loyalty
    if not best:
        return []
    gain = found.first.gain(best, found.roles.loyalty)
    if gain.sign < 1:
        return []
    if best == found.first.driver:
        return [("first.loyalty_same", {"gain": write(page, gain, 1)})]
    return [("first.loyalty_differs", {"driver": page.label(best), "gain": write(page, gain, 1)})]


def gain_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of gains."""
    kind = priority_kind(found)
    if not kind:
        return {"message": "", "listed": "", "step": STEP, "n": 0}
    values = first_values(page, found)
    shown = "clear" if kind == "only" else kind
    wanted = {name: values[name] for name in ("first", "second", "target")}
    rows = rows_of(found.first.target, "expected_gain")
    gains = values_of(rows, "expected_gain")
    pairs = [(name.split(ARROW)[0], numbers.number(gain.estimate, 1)) for name, gain in gains.items()]
    message = page.t(f"first.headline_{shown}", **wanted)
    listed = page.join(named_values(page, pairs))
    return {"message": message, "listed": listed, "step": STEP, "n": rows["n"].min()}


def tell_items(page: Page, found: Findings) -> None:
    """Say which question within the first driver is rated lowest."""
    items = rows_of(found.first.items, "item_performance")
    if len(items) < 2:
        return
    lowest = found.first.lowest_items
    values: dict[str, Any] = {"driver": page.label(found.first.driver)}
    for name, item in zip(("item", "other"), lowest, strict=False):
        values[name] = page.label(item)
    for name, item in zip(("value", "other_value"), lowest, strict=False):
        values[name] = write(page, value_of(found.first.items, "item_performance", item), 0)
    kind = ("none", "one", "two")[len(lowest)]
    if kind == "one" and found.first.light(lowest[0]):
        kind = "light"
        values["gain"] = write(page, value_of(found.first.items, "item_gain", lowest[0]))
        values["average"] = rows_of(found.first.items, "item_gain")["estimate"].mean()
        values["target"] = target_word(page, found)
    page.say(f"first.items.text_{kind}", **values)


def tell_disproof(page: Page, found: Findings) -> None:
    """Say what would prove the advice wrong, and whether this many answers could show it."""
    kind = priority_kind(found)
    if not kind:
        return page.html(f'<p class="absent">{page.words.html("first.disproof.absent")}</p>')
    gain = found.first.gain(found.first.driver, found.roles.target)
    if kind in ("none", "open") or gain.sign < 1:
        return page.say("first.disproof.test_none")
    values = first_values(page, found) | {"low": gain.low}
    tell(page, [("first.disproof.test", values), detection(page, found)])


def detection(page: Page, found: Findings) -> Said:
    """Whether a change as large as the expected gain could be seen with this many answers."""
    gain = found.first.gain(found.first.driver, found.roles.target).estimate
    change = detectable(found.basis)
    values = {"n": int(change.n), "change": change.estimate, "gain": gain, "target": target_word(page, found)}
    if gain >= change.estimate:
        return "first.disproof.visible", values
    return "first.disproof.not_visible", values | {"needed": int(needed(change, gain))}


def tell_trust(page: Page, found: Findings) -> None:
    """List what limits these results, from the answers themselves."""
    page.bullets([*_scales_said(page, found), *_overlap_said(page, found), *_limits_said(page, found)])


def _scales_said(page: Page, found: Findings) -> list[Said]:
    """Weak scales and single questions."""
    weak = found.weak_scales
    said: list[Said] = []
    if weak:
        said.append(("trust.weak", {"names": names(page, weak), "k": len(weak)}))
    elif (found.verdicts["kind"] == "scale").any():
        said.append(("trust.no_weak", {}))
    single = list(found.verdicts.loc[found.verdicts["kind"] == "single", "construct"])
    if single:
        said.append(("trust.single", {"names": some_names(page, single)}))
    return said


def _overlap_said(page: Page, found: Findings) -> list[Said]:
    """Whether satisfaction and loyalty can be told apart."""
    verdict = found.overlap_verdict
    if not verdict:
        return []
    limits = found.study.thresholds
    key = {"not_distinct": "overlap", "unclear": "overlap_unclear", "distinct": "distinct"}[verdict]
    bar = limits.htmt_liberal if verdict == "not_distinct" else limits.htmt
    return [(f"trust.{key}", {"htmt": write(page, found.overlap), "bar": bar})]


def _limits_said(page: Page, found: Findings) -> list[Said]:
    """Say what no survey of this kind can show, and how missing answers were treated."""
    said: list[Said] = [("trust.cause", {})]
    if found.roles.loyalty:
        said.append(("trust.intention", {}))
    said.append(("trust.common", {}))
    share = float(found.answers.raw.isna().to_numpy().mean())
    if share > 0:
        how = page.t(f"missing.{found.basis.sample.point.missing}")
        said.append(("trust.missing", {"share": share, "how": how}))
    said.append(("trust.intervals", {}))
    if found.study.simulated:
        said.append(("trust.simulated", {}))
    return said
