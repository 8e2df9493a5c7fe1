"""Page one for executives: verdict, three figures, three drivers, one action, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from csat.report import numbers
from csat.report.language import Catalogue
from csat.report.tables import escape

Badge = Literal["", "signal", "noise", "first"]


@dataclass(frozen=True)
class KeyFigure:
    """One of the three figures: plain-text label, estimate with interval and n.

    ``digits`` are decimals; ``unit`` follows the number (``%``); ``target`` is plain text; ``badge`` says
    whether a change is a signal or within noise; ``change`` is a line on the change since an earlier wave;
    ``note`` is one short sentence below.
    """

    label: str
    estimate: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    digits: int = 0
    unit: str = ""
    target: str = ""
    badge: Badge = ""
    note: str = ""
    change: str = ""


@dataclass(frozen=True)
class Driver:
    """One driver: its label, how much it matters and how it does, each as written text with its interval.

    ``importance`` is empty where there is nothing to compare the driver with.
    """

    label: str
    importance: str
    performance: str = ""
    note: str = ""


@dataclass(frozen=True)
class Action:
    """What to do first, what to expect of it (a range), and what would prove the advice wrong."""

    text: str
    gain: str = ""
    disproof: str = ""


@dataclass(frozen=True)
class Quality:
    """One entry of the data-quality strip: a name, a value, and whether it is good, fair or poor."""

    label: str
    value: str
    level: Literal["", "good", "fair", "poor"] = ""


@dataclass(frozen=True)
class ExecutivePage:
    """Everything on page one, as plain text in one language."""

    verdict: str
    figures: tuple[KeyFigure, ...]
    drivers: tuple[Driver, ...]
    action: Action | None
    quality: tuple[Quality, ...]
    drivers_intro: str = ""
    caveats: tuple[str, ...] = ()


def render(page: ExecutivePage, words: Catalogue) -> str:
    """Page one as a semantic fragment; all text escaped.

    Parameters
    ----------
    page : ExecutivePage
        What to show; at most three figures and three drivers are meant.
    words : Catalogue
        Language of the fixed words.

    Returns
    -------
    str
        A ``<section>`` with headings of level 2 and 3, for the top of a report and for the wave's first page.
    """
    parts = [
        f'<h2 id="page-one">{_word(words, "heading")}</h2>',
        f'<p class="verdict">{escape(page.verdict)}</p>',
        _figures(page.figures, words),
        _drivers(page, words),
        _action(page.action, words),
        _quality(page, words),
    ]
    return f'<section class="executive" aria-labelledby="page-one">{"".join(parts)}</section>'


def _word(words: Catalogue, key: str, **values: object) -> str:
    """Look up a fixed word of page one as HTML."""
    return words.html(f"executive.{key}", **values)


def _head(words: Catalogue, key: str) -> str:
    """Head of a part of page one; the contents list leaves it out."""
    return f'<h3 data-contents="no">{_word(words, key)}</h3>'


def _figures(figures: Sequence[KeyFigure], words: Catalogue) -> str:
    """Render the figures as a list of cards."""
    if not figures:
        return ""
    cards = "".join(f'<li class="card">{_figure(figure, words)}</li>' for figure in figures)
    return f'{_head(words, _figures_head(figures))}<ul class="cards">{cards}</ul>'


def _figures_head(figures: Sequence[KeyFigure]) -> str:
    """Head above the cards: how many figures there are, or none of it where one was not measured."""
    if any(numbers.is_missing(figure.estimate) for figure in figures):
        return "figures_some"
    return {1: "figures_one", 2: "figures_two", 3: "figures"}.get(len(figures), "figures_some")


def _figure(figure: KeyFigure, words: Catalogue) -> str:
    """Render one card: label, value, interval, n, badge, change, note."""
    absent = numbers.is_missing(figure.estimate)
    value = "" if absent else numbers.number(figure.estimate, figure.digits) + figure.unit
    lines = [f'<p class="card-label">{escape(figure.label)}</p>']
    shown = escape(value) if value else f'<span class="absent-value">{_word(words, "absent")}</span>'
    lines.append(f'<p class="card-value">{shown}</p>')
    small = []
    if value and not numbers.is_missing(figure.low):
        bounds = words.interval(figure.low, figure.high, figure.digits)
        small.append(_word(words, "figure_ci", interval=bounds))
    if figure.n is not None:
        small.append(_word(words, "figure_n", n=figure.n))
    if figure.target:
        small.append(_word(words, "target", target=figure.target))
    if small:
        lines.append(f'<p class="card-base">{" · ".join(small)}</p>')
    if figure.badge:
        lines.append(f'<p class="badge badge-{figure.badge}">{_word(words, figure.badge)}</p>')
    if figure.change:
        lines.append(f'<p class="card-change">{escape(figure.change)}</p>')
    if figure.note:
        lines.append(f'<p class="card-note">{escape(figure.note)}</p>')
    return "".join(lines)


def _drivers(page: ExecutivePage, words: Catalogue) -> str:
    """Render the drivers as a numbered list, most important first."""
    if not page.drivers:
        return ""
    entries = []
    for driver in page.drivers:
        told = {"importance": driver.importance, "performance": driver.performance}
        facts = [_word(words, key, value=value) for key, value in told.items() if value]
        note = f'<span class="driver-note">{escape(driver.note)}</span>' if driver.note else ""
        entries.append(
            f'<li><span class="driver-label">{escape(driver.label)}</span> '
            f'<span class="driver-facts">{" · ".join(facts)}</span>{note}</li>'
        )
    intro = f"<p>{escape(page.drivers_intro)}</p>" if page.drivers_intro else ""
    return f'{_head(words, "drivers")}{intro}<ol class="drivers">{"".join(entries)}</ol>'


def _action(action: Action | None, words: Catalogue) -> str:
    """Render the action with its expected gain and its possible disproof."""
    if action is None:
        return ""
    more = ""
    for key, text in (("action_gain", action.gain), ("disproof", action.disproof)):
        if text:
            more += f"<dt>{_word(words, key)}</dt><dd>{escape(text)}</dd>"
    told = f"<dl>{more}</dl>" if more else ""
    return f'{_head(words, "action")}<div class="action"><p>{escape(action.text)}</p>{told}</div>'


def _quality(page: ExecutivePage, words: Catalogue) -> str:
    """Render the data-quality strip and the caveats below it."""
    if not page.quality and not page.caveats:
        return ""
    strip = "".join(
        f'<div class="quality-{entry.level or "plain"}"><dt>{escape(entry.label)}</dt>'
        f"<dd>{_level(entry, words)}{escape(entry.value)}</dd></div>"
        for entry in page.quality
    )
    caveats = "".join(f"<li>{escape(text)}</li>" for text in page.caveats)
    listed = f'<ul class="caveats">{caveats}</ul>' if caveats else ""
    shown = f'<dl class="quality">{strip}</dl>' if strip else ""
    return _head(words, "quality") + shown + listed


def _level(entry: Quality, words: Catalogue) -> str:
    """Mark the level with a sign and a word, so that it does not rest on colour."""
    if not entry.level:
        return ""
    sign = {"good": "●", "fair": "◐", "poor": "○"}[entry.level]
    return (
        f'<span class="level"><span aria-hidden="true">{sign}</span> {_word(words, f"level_{entry.level}")}: '
        "</span>"
    )
