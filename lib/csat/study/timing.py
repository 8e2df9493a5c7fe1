"""How long questions take: reading speeds and seconds for an answer, stated so that they can be disputed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from csat.study.questionnaire import Questionnaire, Screen
from csat.study.questions import Question

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['’.,%-][A-Za-zÀ-ÿ0-9]+)*")

ANSWER_SECONDS: Mapping[str, float] = {
    "single": 3.0,
    "multiple": 5.0,
    "rating": 3.0,
    "nps": 3.0,
    "number": 6.0,
    "constant_sum": 5.0,
    "ranking": 4.0,
    "text": 25.0,
    "kano": 4.0,
    "best_worst": 7.0,
    "choice": 8.0,
    "consent": 3.0,
    "note": 0.0,
    "date": 6.0,
}
"""Seconds to think and answer: a constant sum for each part, a ranking for each rank, a Kano pair for each
half, a best-worst question and a designed choice for each set; every other type once."""


@dataclass(frozen=True)
class Timing:
    """Assumptions about the pace of respondents; each can be overridden in ``[timing]`` of the study.

    Speeds are those of unhurried silent reading by adults, rounded down: reading tests give about 230 to 240
    words of English and 250 to 260 characters of Chinese a minute for texts read attentively.
    """

    words_per_minute: float = 220.0
    characters_per_minute: float = 250.0
    seconds: Mapping[str, float] = field(default_factory=lambda: dict(ANSWER_SECONDS))

    @classmethod
    def from_extras(cls, extras: Mapping[str, object]) -> Timing:
        """Read the timing of a study: its ``[timing]`` over the usual assumptions."""
        told = extras.get("timing")
        if not isinstance(told, Mapping):
            return cls()
        usual = cls()
        return cls(
            words_per_minute=float(told.get("words_per_minute", usual.words_per_minute)),
            characters_per_minute=float(told.get("characters_per_minute", usual.characters_per_minute)),
            seconds={k: float(told.get(k, v)) for k, v in ANSWER_SECONDS.items()},
        )

    def reading(self, text: str) -> float:
        """Seconds to read a text: Chinese by its characters, anything else by its words."""
        characters = len(_CHINESE.findall(text))
        words = len(_WORD.findall(text))
        return 60 * (characters / self.characters_per_minute + words / self.words_per_minute)


def question_seconds(
    questionnaire: Questionnaire, lang: str, timing: Timing | None = None
) -> dict[str, float]:
    """Seconds that each question takes a respondent who is asked it.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    lang : str
        Language it is read in.
    timing : Timing, optional
        Assumptions, by default the usual ones.

    Returns
    -------
    dict of str to float
        Seconds by the id of the question. What a screen shows once (the lead-in of a grid, labels of its
        scale) is counted with its first question.
    """
    pace = timing or Timing()
    result: dict[str, float] = {}
    for screen in questionnaire.screens:
        for place, question in enumerate(screen.questions):
            shown = _once(screen, lang) if place == 0 else []
            shown += _texts(question, lang)
            result[question.id] = sum(map(pace.reading, shown)) + _answering(question, pace)
    return result


def _once(screen: Screen, lang: str) -> list[str]:
    """Texts that a screen shows once, however many rows it has."""
    first = screen.questions[0]
    labels = list(first.scale.labels_in(lang).values()) if first.scale else []
    return [screen.wording.get(lang, ""), *labels]


def _texts(question: Question, lang: str) -> list[str]:
    """Texts of one question beyond what its screen shows once."""
    texts = [question.wording.get(lang, ""), question.hint.get(lang, ""), question.negative.get(lang, "")]
    labels = {o.code: o.label.get(lang, "") for o in question.options}
    if question.type == "best_worst":
        texts += [labels[code] for members in question.sets for code in members]
    elif question.type != "text":  # the options of an open question are codes for those who read the answers
        texts += list(labels.values())
    if question.task:
        texts += _facts(question, lang)
    return texts


def _facts(question: Question, lang: str) -> list[str]:
    """Texts of a choice: attributes and levels of each alternative of each set."""
    task = question.task
    if task is None:
        return []
    shown = task.shown(question.stage)
    names = [attribute.label.get(lang, "") for attribute in shown]
    if not task.designed:
        return names + [
            attribute.levels[alternative.levels[attribute.id]].label.get(lang, "")
            for alternative in task.alternatives.values()
            for attribute in shown
        ]
    typical = [
        max((level.label.get(lang, "") for level in a.levels.values()), key=len, default="") for a in shown
    ]
    return (names + typical * task.size) * task.sets


def _answering(question: Question, pace: Timing) -> float:
    """Seconds to think and answer."""
    each = pace.seconds[question.type]
    times = {
        "constant_sum": len(question.options),
        "ranking": int(question.maximum or len(question.options)),
        "kano": 2,
        "best_worst": len(question.sets),
        "choice": question.task.sets if question.task and question.task.designed else 1,
    }
    return each * times.get(question.type, 1)
