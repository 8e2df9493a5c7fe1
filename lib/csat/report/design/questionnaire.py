"""The questionnaire as a respondent sees it: a read-only form in screens, without a word about constructs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from csat.report.language import Catalogue
from csat.report.tables import escape

if TYPE_CHECKING:
    from csat.report.page import Page
    from csat.study.definition import Item, Scale, Study

PER_SCREEN = 7
"""Questions on one screen at most: a longer block is split, so that a phone need not scroll for ever."""

_RADIO_POINTS = 11
_STYLE = Path(__file__).parents[1] / "template" / "questionnaire.css"


@dataclass(frozen=True)
class Screen:
    """Questions shown together, with the sentence that leads into them."""

    lead: str
    items: tuple[Item, ...]


def screens(study: Study, lang: str, per_screen: int = PER_SCREEN) -> tuple[Screen, ...]:
    """Split a questionnaire into screens.

    Parameters
    ----------
    study : Study
        What is asked, in the order in which it is asked.
    lang : str
        Language of the questionnaire.
    per_screen : int
        Questions on one screen at most; longer blocks are split evenly.

    Returns
    -------
    tuple of Screen
        Items that follow each other and belong together share a screen and its lead-in.
    """
    found: list[Screen] = []
    for construct, block in groupby(study.items.values(), key=lambda item: item.construct):
        items = list(block)
        lead = study.wording(construct, lang) if construct else ""
        parts = -(-len(items) // per_screen)
        size = -(-len(items) // parts)
        found += [Screen(lead, tuple(items[i : i + size])) for i in range(0, len(items), size)]
    return tuple(found)


def form_words(page: Page) -> dict[str, int]:
    """Count questions and screens, for the sentence above the form."""
    return {"items": len(page.study.items), "screens": len(screens(page.study, page.lang))}


def form(study: Study, lang: str) -> str:
    """Questionnaire as an HTML form that shows everything and takes no answer.

    Parameters
    ----------
    study : Study
        What is asked.
    lang : str
        Language of the questionnaire.

    Returns
    -------
    str
        Fragment with its own style sheet; all text of the study escaped. Each question is a disabled
        ``fieldset`` whose legend is the question; each point of the scale is a labelled radio button.
    """
    words = Catalogue(lang, "design")
    pages = screens(study, lang)
    intro = study.say(study.introduction, lang)
    opening = f'<p class="qf-intro">{escape(intro)}</p>' if intro else ""
    number, shown = 0, []
    for position, screen in enumerate(pages, start=1):
        head = words.html("form.screen", screen=position, screens=len(pages))
        lead = f'<p class="qf-lead">{escape(screen.lead)}</p>' if screen.lead else ""
        questions = [
            _question(number + i, item, study, lang, words) for i, item in enumerate(screen.items, start=1)
        ]
        number += len(screen.items)
        shown.append(
            f'<div class="qf-screen" role="group" aria-labelledby="qf-screen-{position}">'
            f'<p class="qf-progress" id="qf-screen-{position}">{head}</p>{lead}{"".join(questions)}</div>'
        )
    name = words.html("form.name")
    return (
        f'<style>{style_sheet()}</style><form class="qf" aria-label="{name}">{opening}{"".join(shown)}</form>'
    )


@cache
def style_sheet() -> str:
    """Style sheet of the form; it comes with the fragment, so that the form looks the same in JupyterLab."""
    return _STYLE.read_text(encoding="utf-8").strip()


def _question(number: int, item: Item, study: Study, lang: str, words: Catalogue) -> str:
    """Render one question with its answer scale."""
    scale = study.scales[item.scale]
    return (
        f'<fieldset class="qf-question" disabled><legend><span class="qf-number">{number}.</span> '
        f"{escape(study.wording(item.id, lang))}</legend>{_answer(number, scale, lang, words)}</fieldset>"
    )


def _answer(number: int, scale: Scale, lang: str, words: Catalogue) -> str:
    """Render what a respondent can answer."""
    labels = scale.labels_in(lang)
    if not scale.points or len(scale.points) > _RADIO_POINTS:
        return _number_field(scale, lang, words)
    if len(labels) > 2:
        options = "".join(
            _option(number, point, labels.get(point, ""), spoken=False) for point in scale.points
        )
        return f'<div class="qf-list">{options}</div>'
    options = "".join(_option(number, point, labels.get(point, ""), spoken=True) for point in scale.points)
    low, high = (f'<span class="qf-end" aria-hidden="true">{text}</span>' for text in _ends(scale, lang))
    return f'<div class="qf-scale">{low}<div class="qf-points">{options}</div>{high}</div>'


def _option(number: int, point: int, label: str, spoken: bool) -> str:
    """Render one radio button; its label is shown, or only spoken where it stands below the scale."""
    hidden = ' class="qf-spoken"' if spoken else ' class="qf-label"'
    text = f"<span{hidden}> {escape(label)}</span>" if label else ""
    return (
        f'<label><input type="radio" name="q{number}" value="{point}">'
        f'<span class="qf-point">{point}</span>{text}</label>'
    )


def _number_field(scale: Scale, lang: str, words: Catalogue) -> str:
    """Render a field for a number, for scales without points or with too many."""
    labels = scale.labels_in(lang)
    low, high = (labels.get(int(end), "") for end in (scale.minimum, scale.maximum))
    ends = words.html("form.ends", low=low, high=high) if low and high else ""
    text = words.html("form.number", low=f"{scale.minimum:g}", high=f"{scale.maximum:g}")
    field = f'<input type="number" min="{scale.minimum:g}" max="{scale.maximum:g}">'
    return f'<label class="qf-field">{text} {ends} {field}</label>'


def _ends(scale: Scale, lang: str) -> tuple[str, str]:
    """Labels of both ends of a scale, escaped; empty where it has none."""
    labels = scale.labels_in(lang)
    return escape(labels.get(int(scale.minimum), "")), escape(labels.get(int(scale.maximum), ""))
