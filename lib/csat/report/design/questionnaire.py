"""The questionnaire as a respondent sees it: a read-only form in screens, without a word about constructs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csat.report.design.conditions import condition_words
from csat.report.design.controls import controls
from csat.report.language import Catalogue
from csat.report.tables import escape

if TYPE_CHECKING:
    from csat.report.design.bench import Bench
    from csat.report.page import Page
    from csat.study.definition import Study
    from csat.study.expressions import Expression
    from csat.study.modules import Module
    from csat.study.questionnaire import Questionnaire
    from csat.study.questions import Question

PER_SCREEN = 7
"""Questions on one screen at most: a longer block is split, so that a phone need not scroll for ever."""

_STYLE = Path(__file__).parents[1] / "template" / "questionnaire.css"


@dataclass(frozen=True)
class Screen:
    """Questions shown together, with the sentence that leads into them."""

    lead: str
    items: tuple[Question, ...]
    module: str = ""

    @property
    def condition(self) -> Expression | None:
        """Condition that the questions have beyond that of their module."""
        return self.items[0].relevant


def screens(study: Study, lang: str, per_screen: int = PER_SCREEN, version: str = "") -> tuple[Screen, ...]:
    """Split a questionnaire into screens.

    Parameters
    ----------
    study : Study
        What is asked, in the order in which it is asked.
    lang : str
        Language of the questionnaire.
    per_screen : int
        Questions on one screen at most; longer blocks are split evenly.
    version : str
        Version of the questionnaire, by default the first.

    Returns
    -------
    tuple of Screen
        Questions that follow each other, belong together and go to the same people share a screen and its
        lead-in.
    """
    return _split(study.questionnaire(version), lang, per_screen)


def _split(asked: Questionnaire, lang: str, per_screen: int = PER_SCREEN) -> tuple[Screen, ...]:
    """Split a questionnaire into screens."""
    pairs = [(screen.wording.get(lang, ""), one) for screen in asked.screens for one in screen.questions]
    found: list[Screen] = []
    for (lead, _, module, _), block in groupby(pairs, key=lambda pair: _block(*pair)):
        items = [question for _, question in block]
        parts = -(-len(items) // per_screen)
        size = -(-len(items) // parts)
        found += [Screen(lead, tuple(items[i : i + size]), module) for i in range(0, len(items), size)]
    return tuple(found)


def _block(lead: str, question: Question) -> tuple[str, str | None, str, Expression | None]:
    """Tell what questions on one screen have in common."""
    return (lead, question.construct, question.module, question.condition)


def form_words(page: Page, bench: Bench | None = None) -> dict[str, Any]:
    """Count questions and screens, for the sentence above the form."""
    asked = bench.asked if bench else page.study.questionnaire()
    return {
        "items": sum(question.asked for question in asked.questions),
        "screens": len(_split(asked, page.lang)),
        "modules": len(asked.modules),
        "version": asked.label.get(page.lang, asked.version),
    }


def form_sentence(bench: Bench) -> str:
    """Key of the sentence above the form."""
    return "form.sentence_modules" if len(bench.asked.modules) > 1 else "form.sentence"


def form(study: Study, lang: str, version: str = "") -> str:
    """Questionnaire as an HTML form that shows everything and takes no answer.

    Parameters
    ----------
    study : Study
        What is asked.
    lang : str
        Language of the questionnaire.
    version : str
        Version of the questionnaire, by default the first.

    Returns
    -------
    str
        Fragment with its own style sheet; all text of the study escaped. Each question is a disabled
        ``fieldset`` whose legend is the question. Modules of a questionnaire of several are folded, but for
        the first; who sees a module or a question is said in words.
    """
    words = Catalogue(lang, "design")
    asked = study.questionnaire(version)
    intro = asked.introduction.get(lang, "")
    opening = f'<p class="qf-intro">{escape(intro)}</p>' if intro else ""
    writer = _Writer(asked, lang, words)
    body = writer.modules() if len(asked.modules) > 1 else writer.screens(writer.pages)
    name = words.html("form.name")
    return f'<style>{style_sheet()}</style><form class="qf" aria-label="{name}">{opening}{body}</form>'


@cache
def style_sheet() -> str:
    """Style sheet of the form; it comes with the fragment, so that the form looks the same in JupyterLab."""
    return _STYLE.read_text(encoding="utf-8").strip()


class _Writer:
    """Writes one questionnaire; questions are numbered through, notes are not."""

    def __init__(self, asked: Questionnaire, lang: str, words: Catalogue) -> None:
        self.asked, self.lang, self.words = asked, lang, words
        self.pages = _split(asked, lang)
        self._number = 0
        self._position = 0

    def modules(self) -> str:
        """All modules, each of them folded but the first."""
        shown: list[str] = []
        for module in self.asked.modules:
            mine = [page for page in self.pages if page.module == module.id]
            if mine:
                shown.append(self._module(module, mine, "" if shown else " open"))
        return "".join(shown)

    def _module(self, module: Module, pages: Sequence[Screen], opened: str) -> str:
        """One module: its name and size, who sees it, its introduction and screens."""
        count = sum(question.asked for page in pages for question in page.items)
        head = self.words.html("form.module", label=module.label.get(self.lang, module.id), n=count)
        told = self._who(module.relevant)
        told += [self.words.html("form.shuffled")] if module.randomise == "items" else []
        remark = "".join(f'<p class="qf-remark">{text}</p>' for text in told)
        intro = module.introduction.get(self.lang, "")
        lead = f'<p class="qf-intro">{escape(intro)}</p>' if intro else ""
        return (
            f'<details class="qf-module"{opened}><summary>{head}</summary>'
            f"{remark}{lead}{self.screens(pages)}</details>"
        )

    def screens(self, pages: Iterable[Screen]) -> str:
        """Screens with their questions."""
        return "".join(self._screen(page) for page in pages)

    def _screen(self, page: Screen) -> str:
        """One screen: its number, who sees it, its lead-in and its questions."""
        self._position += 1
        name = f"qf-screen-{self._position}"
        head = self.words.html("form.screen", screen=self._position, screens=len(self.pages))
        remark = "".join(f'<p class="qf-remark">{text}</p>' for text in self._who(page.condition))
        lead = f'<p class="qf-lead">{escape(page.lead)}</p>' if page.lead else ""
        questions = "".join(self._question(question) for question in page.items)
        return (
            f'<div class="qf-screen" role="group" aria-labelledby="{name}">'
            f'<p class="qf-progress" id="{name}">{head}</p>{remark}{lead}{questions}</div>'
        )

    def _question(self, question: Question) -> str:
        """One question with its hint, its answers and what a respondent cannot see."""
        text, hint = (escape(t.get(self.lang, "")) for t in (question.wording, question.hint))
        below = f'<p class="qf-told">{hint}</p>' if hint else ""
        if not question.asked:
            return f'<div class="qf-question"><p class="qf-note">{text}</p>{below}</div>'
        self._number += 1
        answers = controls(str(self._number), question, self.lang, self.words)
        told = self.words.t("form.remark_join").join(self._remarks(question))
        remark = f'<p class="qf-remark">{escape(told)}</p>' if told else ""
        return (
            f'<fieldset class="qf-question" disabled><legend><span class="qf-number">{self._number}.</span> '
            f"{text}</legend>{below}{answers}{remark}</fieldset>"
        )

    def _remarks(self, question: Question) -> list[str]:
        """Tell what the form cannot show: random order, options for some, personal data."""
        told = [self.words.t("form.random")] if question.randomise != "none" else []
        told += [self.words.t("form.pii")] if question.pii else []
        for option in question.options:
            if option.relevant is not None:
                text = condition_words(option.relevant, self.asked.by_id, self.words)
                label = option.label.get(self.lang, option.code)
                told.append(self.words.t("form.option_if", option=label, condition=text))
        return told

    def _who(self, condition: Expression | None) -> list[str]:
        """Say who is asked, as HTML; nothing where all are."""
        text = condition_words(condition, self.asked.by_id, self.words)
        return [self.words.html("form.only_if", condition=text)] if text else []
