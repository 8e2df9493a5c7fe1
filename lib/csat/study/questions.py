"""Questions of every type, their options, and the columns that their answers take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from csat.study.choice_task import ChoiceTask
from csat.study.expressions import Expression
from csat.study.scales import DONT_KNOW_CODE, Scale, Text

QuestionType = Literal[
    "single",
    "multiple",
    "rating",
    "nps",
    "number",
    "constant_sum",
    "ranking",
    "text",
    "kano",
    "best_worst",
    "choice",
    "consent",
    "note",
    "date",
]
QUESTION_TYPES: tuple[QuestionType, ...] = (
    "single",
    "multiple",
    "rating",
    "nps",
    "number",
    "constant_sum",
    "ranking",
    "text",
    "kano",
    "best_worst",
    "choice",
    "consent",
    "note",
    "date",
)
NEED_OPTIONS = frozenset({"single", "multiple", "constant_sum", "ranking", "kano", "best_worst"})
MAY_HAVE_OPTIONS = NEED_OPTIONS | {"text", "consent"}
NUMERIC = frozenset({"rating", "nps", "number"})

Randomise = Literal["none", "options", "items"]


@dataclass(frozen=True)
class Option:
    """One answer to choose: its code in the data, its label, and what is special about it."""

    code: str
    label: Text
    exclusive: bool = False
    other: bool = False
    dont_know: bool = False
    relevant: Expression | None = None
    concept: tuple[str, ...] = ()

    @property
    def fixed(self) -> bool:
        """Whether the option keeps its place when options come in random order."""
        return self.exclusive or self.other or self.dont_know


CONSENT_OPTIONS = (
    Option("yes", {"en": "Yes, I agree", "zh": "同意"}),
    Option("no", {"en": "No, I do not agree", "zh": "不同意"}),
)
"""Options of a question of type ``consent`` that names no list of its own."""


@dataclass(frozen=True)
class Column:
    """One column of the answers: what it holds and which values may occur in it.

    ``code``: one of `values`; ``flag``: 1 (chosen) or 0; ``number``: from `minimum` to `maximum`, or one of
    the `missing` codes; ``rank``: 1 is first; ``text``; ``date``: ``2026-10-14``.
    """

    name: str
    question: str
    kind: Literal["code", "flag", "number", "rank", "text", "date"]
    option: str = ""
    part: str = ""
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    missing: tuple[float, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Question:
    """One question as it is asked: of questions.csv, or a rating item of items.csv.

    `relevant` is the question's own condition, `condition` that together with its module's: what decides
    whether a person is asked. None means that everybody is.
    """

    id: str
    type: QuestionType
    wording: Text
    label: Text
    module: str = ""
    column: str = ""
    hint: Text = field(default_factory=dict)
    required: bool = False
    relevant: Expression | None = None
    condition: Expression | None = None
    option_list: str = ""
    options: tuple[Option, ...] = ()
    scale: Scale | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    total: float | None = None
    unit: Text = field(default_factory=dict)
    dont_know: bool = False
    randomise: Randomise = "none"
    negative: Text = field(default_factory=dict)
    sets: tuple[tuple[str, ...], ...] = ()
    task: ChoiceTask | None = None
    stage: str = ""
    construct: str | None = None
    facet: str | None = None
    reversed: bool = False
    expectation: str | None = None
    predicts: str | None = None
    direction: Literal["", "higher", "lower"] = ""
    concept: tuple[str, ...] = ()
    statistic: tuple[str, ...] = ()
    pii: bool = False

    @property
    def base(self) -> str:
        """Beginning of the names of its columns: `column`, by default the id."""
        return self.column or self.id

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of its options."""
        return tuple(o.code for o in self.options)

    @property
    def asked(self) -> bool:
        """Whether it wants an answer (a note does not)."""
        return self.type != "note"

    @property
    def dont_know_code(self) -> float:
        """Code that "don't know" is stored as in a numeric column."""
        return self.scale.dont_know_code if self.scale else DONT_KNOW_CODE

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the data that hold its answers, in the order of the questionnaire."""
        return tuple(_columns(self))

    def option(self, code: str) -> Option:
        """Option of that code."""
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(f'question "{self.id}" has no option "{code}"')


def _columns(question: Question) -> Iterator[Column]:
    """Columns of a question, by its type."""
    base, name = question.base, question.id
    match question.type:
        case "single" | "consent":
            yield Column(base, name, "code", values=question.codes)
        case "multiple":
            for code in question.codes:
                yield Column(f"{base}_{code}", name, "flag", option=code, values=("1", "0"))
        case "rating" | "nps" | "number":
            yield _number(question)
        case "constant_sum":
            for code in question.codes:
                yield Column(f"{base}_{code}", name, "number", option=code, minimum=0, maximum=question.total)
        case "ranking":
            most = question.maximum or len(question.options)
            for code in question.codes:
                yield Column(f"{base}_{code}", name, "rank", option=code, minimum=1, maximum=most)
        case "kano":
            for part in ("f", "d"):
                yield Column(f"{base}_{part}", name, "code", part=part, values=question.codes)
        case "best_worst":
            for number, members in enumerate(question.sets, start=1):
                for part in ("best", "worst"):
                    yield Column(f"{base}_{number}_{part}", name, "code", part=part, values=members)
        case "choice" if question.task:
            yield from _choices(question, question.task)
        case "text":
            yield Column(base, name, "text")
        case "date":
            yield Column(base, name, "date")
    if question.type in ("single", "multiple"):
        for option in question.options:
            if option.other:
                yield Column(f"{base}_{option.code}_text", name, "text", option=option.code, part="other")


def _number(question: Question) -> Column:
    """Column of a question that is answered by a number."""
    scale = question.scale
    missing = (question.dont_know_code,) if question.dont_know else ()
    if scale is None:
        low, high, whole = question.minimum, question.maximum, question.decimals == 0
    else:
        low, high, whole = scale.minimum, scale.maximum, scale.kind == "rating"
        missing = tuple(dict.fromkeys((*missing, *scale.missing)))
    return Column(
        question.base, question.id, "number", minimum=low, maximum=high, missing=missing, whole=whole
    )


def _choices(question: Question, task: ChoiceTask) -> Iterator[Column]:
    """Columns of a choice: one for a fixed case, one a set (after the block) for a designed task."""
    if not task.designed:
        yield Column(question.base, question.id, "code", values=task.answers)
        return
    if task.blocks > 1:
        blocks = tuple(str(b) for b in range(1, task.blocks + 1))
        yield Column(f"{question.base}_block", question.id, "code", part="block", values=blocks)
    for number in range(1, task.sets + 1):
        yield Column(f"{question.base}_{number}", question.id, "code", part=str(number), values=task.answers)


def column_index(questions: Mapping[str, Question]) -> dict[str, Column]:
    """Columns of many questions by their names."""
    return {column.name: column for question in questions.values() for column in question.columns}
