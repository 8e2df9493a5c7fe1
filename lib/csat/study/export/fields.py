"""Questions taken apart into fields: what tools know as one variable with one kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from csat.study.choice_task import ChoiceTask
from csat.study.expressions import Expression, Selected, conjunction
from csat.study.questionnaire import Questionnaire, Screen
from csat.study.questions import Column, Option, Question
from csat.study.scales import DONT_KNOW, Text

Kind = Literal["single", "multiple", "scale", "number", "sum", "ranking", "text", "date", "note"]
Maker = Callable[[Question, tuple[str, ...]], Iterator["Field"]]

_BEST: Text = {"en": "Most important", "zh": "最重要"}
_WORST: Text = {"en": "Least important", "zh": "最不重要"}
_SET: Text = {"en": "Set {number}", "zh": "第{number}组"}
_OTHER: Text = {"en": "Please specify: {label}", "zh": "请说明：{label}"}
_PLACE: Text = {"en": "Place {number}", "zh": "第{number}位"}
_UNKNOWN: Text = {"en": 'If "{label}", enter {code}.', "zh": "如果“{label}”，请填{code}。"}
_CARD: Text = {"en": "Alternative {number} of the card", "zh": "卡片上的方案{number}"}
_BLOCK: Text = {"en": "Block of the cards", "zh": "卡片版本"}
_PUNCTUATION: Text = {"en": "{name}: {value}", "zh": "{name}：{value}"}


@dataclass(frozen=True)
class Field:
    """One field of a form.

    `columns` are the columns of the answers that it fills: one, or one an option (multiple, sum, ranking).
    `differs` names fields whose answer this one may not repeat.
    """

    name: str
    question: Question
    kind: Kind
    text: Text
    columns: tuple[Column, ...] = ()
    options: tuple[Option, ...] = ()
    hint: Text = field(default_factory=dict)
    required: bool = False
    relevant: Expression | None = None
    condition: Expression | None = None
    differs: tuple[str, ...] = ()
    shuffle: bool = False
    place: int = 0
    part: str = ""

    @property
    def minimum(self) -> float | None:
        """Lowest number that may be given."""
        return self.columns[0].minimum if self.columns else None

    @property
    def maximum(self) -> float | None:
        """Highest number that may be given."""
        return self.columns[0].maximum if self.columns else None

    @property
    def unknown(self) -> float | None:
        """Code of "don't know" that a number may be instead."""
        question = self.question
        return question.dont_know_code if self.kind == "number" and question.dont_know else None

    @property
    def fixed(self) -> tuple[str, ...]:
        """Codes of options that keep their place when the others come in random order."""
        return tuple(o.code for o in self.options if o.fixed)

    @property
    def exclusive(self) -> tuple[str, ...]:
        """Codes of options that rule out every other."""
        return tuple(o.code for o in self.options if o.exclusive)


def say(text: Text, lang: str) -> str:
    """Text in a language, or else in the first that it has."""
    return text.get(lang) or next(iter(text.values()), "")


def fill(template: Text, langs: tuple[str, ...], **values: object) -> dict[str, str]:
    """Fill a template in several languages; values that are texts are said in each of them."""
    return {
        lang: say(template, lang).format(
            **{k: say(v, lang) if isinstance(v, Mapping) else v for k, v in values.items()}
        )
        for lang in langs
    }


def fields_of(question: Question, langs: tuple[str, ...], places: bool = False) -> tuple[Field, ...]:
    """Take a question apart.

    Parameters
    ----------
    question : Question
        The question.
    langs : tuple of str
        Languages of the form.
    places : bool, optional
        Whether a ranking becomes one field a place (first, second, …), for tools that cannot rank.

    Returns
    -------
    tuple of Field
        Its fields, in order. Together their columns are the columns of the question.
    """
    made = _MAKERS.get(question.type, _single)(question, langs)
    found: list[Field] = []
    for one in made:
        found.extend(_places(one, langs) if places and one.kind == "ranking" else [one])
    return tuple(found)


def screen_fields(
    screen: Screen, langs: tuple[str, ...], places: bool = False
) -> list[tuple[Question, tuple[Field, ...]]]:
    """Fields of a screen, question by question; a lead-in stands before a question that is alone."""
    found = []
    for question in screen.questions:
        if screen.kind == "question" and screen.wording:
            joined = {lang: _joined(say(screen.wording, lang), say(question.wording, lang)) for lang in langs}
            question = replace(question, wording=joined)
        found.append((question, fields_of(question, langs, places)))
    return found


def _joined(lead: str, text: str) -> str:
    """Lead-in and text; the lead-in alone when they are the same."""
    return text if lead == text else f"{lead} {text}"


def every_field(asked: Questionnaire, langs: tuple[str, ...], places: bool = False) -> tuple[Field, ...]:
    """All fields of a questionnaire in order."""
    return tuple(
        one
        for screen in asked.screens
        for _, fields in screen_fields(screen, langs, places)
        for one in fields
    )


def _base(question: Question, kind: Kind, **more: object) -> Field:
    """Field of a whole question."""
    return replace(
        Field(
            name=question.base,
            question=question,
            kind=kind,
            text=question.wording,
            columns=question.columns,
            options=question.options,
            hint=question.hint,
            required=question.required,
            relevant=question.relevant,
            condition=question.condition,
            shuffle=question.randomise == "options",
        ),
        **more,  # type: ignore[arg-type]
    )


def _single(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
    """One option, or several, and what was meant by "other"."""
    kind: Kind = "multiple" if question.type == "multiple" else "single"
    own = tuple(c for c in question.columns if c.part != "other")
    yield _base(question, kind, columns=own)
    for column in question.columns:
        if column.part == "other":
            chosen = Selected(question.id, column.option)
            yield _base(
                question,
                "text",
                name=column.name,
                text=fill(_OTHER, langs, label=question.option(column.option).label),
                columns=(column,),
                options=(),
                hint={},
                required=False,
                relevant=conjunction(question.relevant, chosen),
                condition=conjunction(question.condition, chosen),
                shuffle=False,
                part="other",
            )


def _rating(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
    """Ask for a point of a scale; a number where the scale is continuous."""
    scale = question.scale
    if scale is None or not scale.points:
        yield from _number(question, langs)
        return
    options = [
        Option(str(point), {lang: scale.labels_in(lang).get(point, str(point)) for lang in langs})
        for point in scale.points
    ]
    if question.dont_know:
        label = {lang: scale.dont_know_label(lang) for lang in langs}
        options.append(Option(f"{scale.dont_know_code:g}", label, dont_know=True))
    yield _base(question, "scale", options=tuple(options), shuffle=False)


def _number(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
    """Ask for a number, with its unit and the code of "don't know" in the hint."""
    hint = {lang: say(question.hint, lang) for lang in langs}
    for lang in langs:
        extra = [f"({say(question.unit, lang)})"] if question.unit else []
        if question.dont_know:
            label = question.scale.dont_know_label(lang) if question.scale else say(DONT_KNOW, lang)
            extra.append(say(_UNKNOWN, lang).format(label=label, code=f"{question.dont_know_code:g}"))
        hint[lang] = " ".join(filter(None, (hint[lang], *extra)))
    yield _base(question, "number", hint=hint)


def _kano(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
    """Two questions: with the feature and without it."""
    for column, text in zip(question.columns, (question.wording, question.negative), strict=True):
        yield _base(question, "single", name=column.name, text=text, columns=(column,), part=column.part)


def _best_worst(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
    """Two questions a set: the most and the least important of its options."""
    columns = iter(question.columns)
    for number, members in enumerate(question.sets, start=1):
        options = tuple(question.option(code) for code in members)
        best = ""
        for part, title in (("best", _BEST), ("worst", _WORST)):
            column = next(columns)
            text = {
                lang: f"{say(question.wording, lang)} "
                f"({say(_SET, lang).format(number=number)}: {say(title, lang)})"
                for lang in langs
            }
            yield _base(
                question,
                "single",
                name=column.name,
                text=text,
                columns=(column,),
                options=options,
                differs=(best,) if best else (),
                place=number,
                part=part,
            )
            best = column.name


def _choice(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
    """Ask for a choice: between the alternatives of a case, or between those of a card, one field a set."""
    task = question.task
    if task is None:
        return
    for column in question.columns:
        if task.designed:
            options = tuple(
                Option(v, fill(_BLOCK if column.part == "block" else _CARD, langs, number=v))
                for v in column.values
                if v != "none"
            )
            title = _BLOCK if column.part == "block" else _SET
            suffix = fill(title, langs, number=column.part)
            text = {lang: f"{say(question.wording, lang)} ({suffix[lang]})" for lang in langs}
        else:
            options = tuple(Option(a.id, a.label) for a in task.alternatives.values())
            text = {lang: say(question.wording, lang) for lang in langs}
        if "none" in column.values:
            options = (*options, Option("none", task.none_label, exclusive=True))
        yield _base(
            question,
            "single",
            name=column.name,
            text=text,
            columns=(column,),
            options=options,
            part=column.part,
        )


def case_lines(task: ChoiceTask, stage: str, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Alternatives of a case, each with the attributes that a stage shows and its levels."""
    return [
        (
            say(alternative.label, lang),
            [
                (say(a.label, lang), say(a.levels[alternative.levels[a.id]].label, lang))
                for a in task.shown(stage)
            ],
        )
        for alternative in task.alternatives.values()
    ]


def case_text(task: ChoiceTask, stage: str, lang: str) -> str:
    """Alternatives of a case as plain lines."""
    mark = "; " if lang == "en" else "；"
    pair = say(_PUNCTUATION, lang)
    return "\n".join(
        pair.format(name=name, value=mark.join(pair.format(name=n, value=v) for n, v in levels))
        for name, levels in case_lines(task, stage, lang)
    )


def _whole(kind: Kind) -> Maker:
    """Maker of a question that is one field of a kind."""

    def make(question: Question, langs: tuple[str, ...]) -> Iterator[Field]:
        yield _base(question, kind)

    return make


def _places(ranking: Field, langs: tuple[str, ...]) -> Iterator[Field]:
    """One field a place of a ranking."""
    earlier: tuple[str, ...] = ()
    for number in range(1, int(ranking.question.maximum or len(ranking.options)) + 1):
        name = f"{ranking.name}_place{number}"
        place = fill(_PLACE, langs, number=number)
        text = {lang: f"{say(ranking.text, lang)} ({place[lang]})" for lang in langs}
        yield replace(
            ranking, name=name, kind="single", text=text, differs=earlier, place=number, part="place"
        )
        earlier = (*earlier, name)


_MAKERS: dict[str, Maker] = {
    "rating": _rating,
    "nps": _rating,
    "number": _number,
    "kano": _kano,
    "best_worst": _best_worst,
    "choice": _choice,
    "constant_sum": _whole("sum"),
    "ranking": _whole("ranking"),
    "text": _whole("text"),
    "date": _whole("date"),
    "note": _whole("note"),
}
