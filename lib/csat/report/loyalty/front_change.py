"""Page one's changes: how its figures moved since an earlier wave, as the section on the waves judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report.loyalty.change import direction, in_points, records, signed
from csat.report.loyalty.words import bounds, sentence_gap, unbroken

if TYPE_CHECKING:
    from csat.report.loyalty.findings import Findings
    from csat.report.loyalty.trend import Trend
    from csat.report.page import Page


def change_line(page: Page, waves: Trend | None, metric: str, subject: str) -> str:
    """Say on a card how its figure has moved.

    Parameters
    ----------
    page : Page
    waves : Trend or None
        None where only one wave was read.
    metric : str
        ``change_index``, ``change_nps`` or ``change_top_box``.
    subject : str
        Construct or item.

    Returns
    -------
    str
        Verdict, change and its 95 % interval; empty when no earlier wave can be compared.
    """
    row = _row(waves, metric, subject)
    if waves is None or row is None:
        return ""
    verdict = page.t(f"page_one.change.{direction(row)}")
    values = {"earlier": _wave(page, waves, row), "verdict": verdict, "change": signed(row)}
    key = "share" if metric == "change_top_box" else "points"
    return page.t(f"page_one.change.{key}", interval=unbroken(bounds(page, in_points(row))), **values)


def moved(page: Page, found: Findings, waves: Trend | None) -> str:
    """Say in a sentence or two whether satisfaction and loyalty moved beyond noise; empty when neither did.

    Parameters
    ----------
    page : Page
    found : Findings
    waves : Trend or None

    Returns
    -------
    str
        For the headline. Loyalty whose questions do not hang together has no place there.
    """
    roles = found.roles
    names = {"satisfaction": roles.satisfaction, "loyalty": "" if found.loyalty_divided else roles.loyalty}
    who: dict[tuple[str, str], list[str]] = {}
    for role, construct in names.items():
        row = _row(waves, "change_index", construct)
        if waves is not None and row is not None and direction(row) in ("up", "down"):
            who.setdefault((direction(row), _wave(page, waves, row)), []).append(role)
    told = [
        page.t(f"page_one.moved.{'both' if len(some) > 1 else some[0]}_{way}", earlier=earlier)
        for (way, earlier), some in who.items()
    ]
    return sentence_gap(page).join(told)


def _row(waves: Trend | None, metric: str, subject: str) -> dict[str, Any] | None:
    """Change of a figure that led to the wave of the report."""
    if waves is None or not subject:
        return None
    latest = waves.latest
    of = (latest["metric"] == metric) & (latest["subject"] == subject) & latest["estimate"].notna()
    rows = records(latest[of])
    return rows[0] if rows else None


def _wave(page: Page, waves: Trend, row: dict[str, Any]) -> str:
    """Name of the earlier wave as people read it."""
    study = next(one.study for one in waves.answers if one.wave == row["earlier"])
    return study.say(study.wave(row["earlier"]).label, page.lang) or str(row["earlier"])
