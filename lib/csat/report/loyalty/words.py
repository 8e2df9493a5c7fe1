"""Small pieces of wording that every section uses: names in quotes, estimates with intervals, chances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.loyalty.basis import Value

if TYPE_CHECKING:
    from csat.report.loyalty.findings import Findings
    from csat.report.page import Page

Said = tuple[str, Mapping[str, Any]]
"""A sentence: its key in the catalogue and its values."""

MOST_NAMED = 6
"""Names that a sentence spells out."""

FEW_NAMED = 4
"""Names that a list of many spells out before it counts the rest."""


def tell(page: Page, sentences: Iterable[Said]) -> None:
    """Show sentences as one paragraph.

    Parameters
    ----------
    page : Page
    sentences : iterable of (key, values)
    """
    told = [page.words.html(key, **values) for key, values in sentences]
    if told:
        page.html(f"<p>{sentence_gap(page).join(told)}</p>")


def sentence_gap(page: Page) -> str:
    """Look up what stands between two sentences: a blank, or nothing in Chinese."""
    return "" if page.lang == "zh" else " "


def write(page: Page, value: Value, digits: int = 2) -> str:
    """Estimate with its interval."""
    return page.estimate(value.estimate, value.low, value.high, digits)


def bounds(page: Page, value: Value, digits: int = 1) -> str:
    """Interval alone."""
    return page.words.interval(value.low, value.high, digits)


def percent(page: Page, value: Value, digits: int = 0) -> str:
    """Share of 1 with its interval, in percent: ``35% (30–41)``."""
    return in_percent(page, Value(100 * value.estimate, 100 * value.low, 100 * value.high), digits)


def in_percent(page: Page, value: Value, digits: int = 0) -> str:
    """Percentage with its interval: ``48% (41–56)``."""
    text = f"{numbers.number(value.estimate, digits)}%"
    if numbers.is_missing(value.low):
        return text
    return f"{text} ({page.words.interval(value.low, value.high, digits)})"


def unbroken(text: str) -> str:
    """Text of a table cell that stays on one line: a bound is never parted from its estimate.

    Examples
    --------
    >>> unbroken("35% (30–41)").isascii(), len(unbroken("35% (30–41)"))
    (False, 12)
    """
    return text.replace(" ", "\u00a0").replace("–", "–\u2060")


def odds(page: Page, probability: float) -> str:
    """Chance in percent, never "100%" or "0%": replicates are too few to say that.

    Parameters
    ----------
    page : Page
    probability : float
        From 0 to 1.

    Returns
    -------
    str
        Such as ``95%`` or ``more than 99%``.
    """
    if probability > 0.99:
        return page.t("odds.over")
    if probability < 0.01:
        return page.t("odds.under")
    return page.t("odds.plain", share=probability)


def names(page: Page, ids: Sequence[str]) -> list[str]:
    """Labels in quotes, for a sentence to join."""
    return [page.t("named", name=page.label(one)) for one in ids]


def base(page: Page, n: Sequence[float]) -> str:
    """Write on how many answers a figure rests: ``n = 411`` when all estimates do, else ``n ≥ 380``."""
    known = [value for value in n if value == value]
    if not known:
        return page.t("n_equal", n=0)
    key = "n_equal" if min(known) == max(known) else "n_least"
    return page.t(key, n=min(known))


def some_names(page: Page, ids: Sequence[str]) -> list[str]:
    """Labels in quotes; the first `FEW_NAMED` of many, and how many more there are."""
    told = names(page, ids)
    if len(told) <= FEW_NAMED + 1:
        return told
    return [*told[:FEW_NAMED], page.t("more", k=len(told) - FEW_NAMED)]


def notes(page: Page, table: str, parts: Iterable[str], **values: Any) -> str:
    """Join what stands below a table: a sentence for each column that is there."""
    return sentence_gap(page).join(page.t(f"{table}.note_{part}", **values) for part in parts)


def named_values(page: Page, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Labels in quotes, each with a value in brackets."""
    return [page.t("named_value", name=page.subject(one), value=value) for one, value in pairs]


def alpha(page: Page, found: Findings, construct: str) -> str:
    """Alpha of a construct with its interval, from the verdicts of the measurement report."""
    rows = found.verdicts[found.verdicts["construct"] == construct]
    if rows.empty:
        return numbers.ABSENT
    row = rows.iloc[0]
    return page.estimate(row["alpha"], row["alpha_low"], row["alpha_high"])


def target_word(page: Page, found: Findings) -> str:
    """Say in plain words what drivers are judged by."""
    return page.t("target.satisfaction" if found.roles.satisfaction else "target.loyalty")
