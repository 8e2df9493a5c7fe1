"""Read questions.csv: every question that is not an item of a construct, one a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from csat.study.best_worst import balanced_sets
from csat.study.choice_task import ChoiceTask
from csat.study.modules import Module
from csat.study.problems import Problem, listing
from csat.study.questions import (
    CONSENT_OPTIONS,
    MAY_HAVE_OPTIONS,
    NEED_OPTIONS,
    QUESTION_TYPES,
    Option,
    Question,
    QuestionType,
    Randomise,
)
from csat.study.rows import Layout, Row, read_rows
from csat.study.scales import NPS_SCALE, Scale

FILE = "questions.csv"
COLUMNS = (
    "id",
    "type",
    "module",
    "options",
    "scale",
    "choice",
    "stage",
    "column",
    "required",
    "relevant",
    "dont_know",
    "randomise",
    "minimum",
    "maximum",
    "decimals",
    "total",
    "sets",
    "size",
    "direction",
    "predicts",
    "facet",
    "concept",
    "statistic",
    "pii",
)
TEXTS = ("label", "text", "hint", "negative", "unit")
# columns that only some types can use
_ONLY: Mapping[str, tuple[str, ...]] = {
    "scale": ("rating", "nps"),
    "choice": ("choice",),
    "stage": ("choice",),
    "dont_know": ("rating", "nps", "number"),
    "minimum": ("number",),
    "maximum": ("number", "multiple", "ranking", "text"),
    "decimals": ("number",),
    "total": ("constant_sum",),
    "sets": ("best_worst",),
    "size": ("best_worst",),
    "predicts": ("rating", "nps", "constant_sum", "number"),
    "negative_en": ("kano",),
    "negative_zh": ("kano",),
    "unit_en": ("number", "constant_sum"),
    "unit_zh": ("number", "constant_sum"),
}


@dataclass(frozen=True)
class Context:
    """What rows of questions.csv may refer to."""

    languages: tuple[str, ...]
    scales: Mapping[str, Scale]
    option_lists: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    modules: Mapping[str, Module] = field(default_factory=dict)
    choices: Mapping[str, ChoiceTask] = field(default_factory=dict)


def read_questions(text: str, context: Context, problems: list[Problem]) -> dict[str, Question]:
    """Questions in the order of the file; everything wrong is added to `problems`."""
    layout = Layout(
        file=FILE,
        key="id",
        plain=COLUMNS,
        texts=TEXTS,
        required=("id", "type"),
        required_texts=("text",),
        languages=context.languages,
        noun="question",
    )
    questions: dict[str, Question] = {}
    for row in read_rows(text, layout, problems):
        question = _question(row, context)
        if question.id in questions:
            row.note("id", f'question "{question.id}" is declared twice', "each question once")
        elif question.id:
            questions[question.id] = question
    return questions


def _question(row: Row, context: Context) -> Question:
    """Question of one row."""
    name = row.identifier()
    kind = _type(row)
    _check_columns(row, kind)
    wording, label = row.text("text"), row.text("label")
    options = _options(row, kind, context)
    module = row.known("module", context.modules)
    task = context.choices.get(row.known("choice", context.choices)) if kind == "choice" else None
    if kind == "choice" and not row.get("choice"):
        row.note("choice", "is empty", listing(context.choices) or "a table [choices.<id>]")
    return Question(
        id=name,
        type=kind,
        wording=wording,
        label=label or wording,
        module=module,
        column=row.get("column"),
        hint=row.text("hint"),
        required=_required(kind, row.yes("required"), bool(module) and context.modules[module].required),
        relevant=row.expression("relevant"),
        option_list=row.get("options"),
        options=options,
        scale=_scale(row, kind, context.scales),
        minimum=row.number("minimum"),
        maximum=_maximum(row, kind, options),
        decimals=int(row.number("decimals", whole=True, least=0) or 0),
        total=_total(row, kind),
        unit=row.text("unit"),
        dont_know=bool(row.yes("dont_know")),
        randomise=cast(Randomise, row.choice("randomise", ("none", "options"), _by_module(module, context))),
        negative=_negative(row, kind),
        sets=_sets(row, kind, options),
        task=task,
        stage=_stage(row, task),
        facet=row.name("facet"),
        predicts=row.get("predicts") or None,
        direction=cast(Literal["", "higher", "lower"], row.choice("direction", ("higher", "lower"))),
        concept=row.words("concept"),
        statistic=row.words("statistic"),
        pii=bool(row.yes("pii")),
    )


def _type(row: Row) -> QuestionType:
    """Type of the question; a note stands in for one that is unknown."""
    if not row.get("type"):
        row.note("type", "is empty", listing(QUESTION_TYPES, 20))
    return cast(QuestionType, row.choice("type", QUESTION_TYPES, "note"))


def _required(kind: str, told: bool | None, by_module: bool) -> bool:
    """Whether an answer is needed: open answers only where the question says so, a note never."""
    if told is None:
        return by_module and kind not in ("note", "text")
    return told and kind != "note"


def _check_columns(row: Row, kind: str) -> None:
    """Note cells that mean nothing for the type of the question."""
    for column, kinds in _ONLY.items():
        if row.get(column) and kind not in kinds:
            row.note(column, f"a question of type {kind} has no {column}", f"empty, or type {listing(kinds)}")


def _options(row: Row, kind: str, context: Context) -> tuple[Option, ...]:
    """Options of the question's list."""
    name = row.known("options", context.option_lists, "option list") if row.get("options") else ""
    options = context.option_lists.get(name, ())
    if row.get("options") and kind not in MAY_HAVE_OPTIONS:
        row.note("options", f"a question of type {kind} has no options", "empty")
        return ()
    if not row.get("options"):
        if kind in NEED_OPTIONS:
            row.note("options", "is empty", listing(context.option_lists) or "a table [options.<id>]")
        return CONSENT_OPTIONS if kind == "consent" else ()
    return _fitting(row, kind, options)


def _fitting(row: Row, kind: str, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Options, after a check that a question of this type can have them."""
    if kind == "kano" and options and len(options) != 5:
        row.note("options", f"a Kano pair has five answers, not {len(options)}", "from like to dislike")
    if kind == "consent" and {o.code for o in options} != {"yes", "no"}:
        row.note("options", "a consent is answered by yes or no", "the codes yes and no")
    if kind in ("constant_sum", "ranking", "best_worst", "kano"):
        special = [o.code for o in options if o.fixed]
        if special:
            wrong = f"{listing(special)} cannot be an option of type {kind}"
            row.note("options", wrong, "options without exclusive, other and dont_know")
    return options


def _scale(row: Row, kind: str, scales: Mapping[str, Scale]) -> Scale | None:
    """Scale of a rating; a question of type nps brings its own."""
    name = row.known("scale", scales)
    if kind == "rating" and not row.get("scale") and len(scales) == 1:
        return next(iter(scales.values()))
    if kind == "rating" and not row.get("scale"):
        row.note("scale", "is empty", listing(scales))
    if kind == "nps":
        scale = scales.get(name, NPS_SCALE)
        if (scale.minimum, scale.maximum) != (0, 10):
            row.note("scale", f"{name} does not run from 0 to 10", "a scale from 0 to 10, or empty")
        return scale
    return scales.get(name)


def _maximum(row: Row, kind: str, options: tuple[Option, ...]) -> float | None:
    """Largest number, most options to choose or rank, or most characters."""
    if kind == "number":
        most, least = row.number("maximum"), row.number("minimum")
        if most is not None and least is not None and least >= most:
            row.note("minimum", f"minimum {least:g} is not below maximum {most:g}", "minimum < maximum")
        return most
    most = row.number("maximum", whole=True, least=1)
    if most is not None and kind in ("multiple", "ranking") and most > len(options):
        row.note("maximum", f"{most:g} is more than the {len(options)} options", f"1 to {len(options)}")
    return most


def _total(row: Row, kind: str) -> float | None:
    """Read what the numbers of a constant sum add up to, by default 100."""
    total = row.number("total", least=1)
    return (total or 100.0) if kind == "constant_sum" else None


def _by_module(module: str, context: Context) -> str:
    """Order of options where the question does not say it: as its module says."""
    return "options" if module and context.modules[module].randomise == "options" else "none"


def _negative(row: Row, kind: str) -> Mapping[str, str]:
    """Second half of a Kano pair: how people would feel without the feature."""
    text = row.text("negative")
    if kind == "kano" and not text:
        names = listing(f"negative_{lang}" for lang in row.layout.languages)
        row.note("negative", "the second half of the pair is missing", f"a text in {names}")
    return text


def _sets(row: Row, kind: str, options: tuple[Option, ...]) -> tuple[tuple[str, ...], ...]:
    """Make the sets of a best-worst question: each option about equally often, and with each other."""
    if kind != "best_worst" or not options:
        return ()
    size = int(row.number("size", whole=True, least=3) or min(4, len(options)))
    count = int(row.number("sets", whole=True, least=1) or -(-3 * len(options) // size))
    if not 3 <= size <= len(options):
        row.note("size", f"sets of {size} out of {len(options)} options", f"3 to {len(options)}")
        return ()
    if count > 100:
        row.note("sets", f"{count} sets are more than anybody answers", "1 to 100")
        return ()
    return balanced_sets([o.code for o in options], count, size)


def _stage(row: Row, task: ChoiceTask | None) -> str:
    """Stage of a case that the question shows."""
    name = row.get("stage")
    if task and name and name not in task.stages:
        row.note("stage", f'{task.id} has no stage "{name}"', listing(task.stages) or "empty")
        return ""
    return name if task else ""
