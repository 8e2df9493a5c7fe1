"""The questionnaire as it is asked: screens of questions in order, for one version of a study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from csat.study.definition import Item, Study
from csat.study.expressions import Expression, conjunction
from csat.study.modules import Module
from csat.study.questions import Column, Question, QuestionType
from csat.study.scales import Text

WHOLE = "main"
"""Id of the one module of a study that declares none."""


@dataclass(frozen=True)
class Screen:
    """What is seen at once: a question, or ratings of one construct on one scale as a grid.

    `wording` is the lead-in above the questions, empty for a question that speaks for itself. With `shuffle`
    the rows of the grid come in random order.
    """

    id: str
    module: str
    kind: Literal["question", "grid"]
    questions: tuple[Question, ...]
    wording: Text = field(default_factory=dict)
    shuffle: bool = False

    @property
    def condition(self) -> Expression | None:
        """Who sees the screen; all its questions have the same condition."""
        return self.questions[0].condition


@dataclass(frozen=True)
class Questionnaire:
    """All screens of one version of a study, in the order in which they are asked."""

    study: str
    version: str
    label: Text
    languages: tuple[str, ...]
    title: Text
    introduction: Text
    modules: tuple[Module, ...]
    screens: tuple[Screen, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order: items of constructs and questions of questions.csv alike."""
        return tuple(question for screen in self.screens for question in screen.questions)

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """Question of each id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the answers, in order."""
        return tuple(column for question in self.questions for column in question.columns)

    def module(self, name: str) -> Module:
        """Find the module of that id."""
        for module in self.modules:
            if module.id == name:
                return module
        raise KeyError(f'version "{self.version}" of study "{self.study}" has no module "{name}"')

    def screens_of(self, module: str) -> tuple[Screen, ...]:
        """Screens of one module."""
        return tuple(screen for screen in self.screens if screen.module == module)


def build_questionnaire(study: Study, version: str = "") -> Questionnaire:
    """Put the questionnaire of one version together.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Id of the version; by default the first, or all modules that are on in a study without versions.

    Returns
    -------
    Questionnaire
        Its screens. In a module, items come in the order of items.csv, then questions in that of
        questions.csv, unless the module lists its ``questions``. Ratings of one construct that follow each
        other on the same scale, for the same people, make one grid.

    Raises
    ------
    StudyError
        When the study has no such version.
    """
    chosen = study.version(version)
    left_out = set(chosen.without) if chosen else set()
    every = as_questions(study)
    modules = modules_of(study, version)
    screens: list[Screen] = []
    for module in modules:
        asked = [q for q in ordered(study, module, every) if q.id not in left_out]
        screens.extend(_screens(study, module, asked))
    return Questionnaire(
        study=study.id,
        version=chosen.id if chosen else "",
        label=chosen.label if chosen else {},
        languages=study.languages,
        title=study.title,
        introduction=study.introduction,
        modules=modules,
        screens=tuple(screens),
    )


def modules_of(study: Study, version: str = "") -> tuple[Module, ...]:
    """Modules of a version in the order in which they are asked."""
    if not study.modules:
        return (Module(WHOLE, study.title),)
    chosen = study.version(version)
    if chosen is None:
        return tuple(m for m in study.modules.values() if m.on)
    return tuple(study.modules[m] for m in chosen.modules)


def as_questions(study: Study) -> dict[str, Question]:
    """Every question of the study with its whole condition, items first; no module means the only one."""
    items = (_of_item(study, item) for item in study.items.values())
    every = {q.id: q for q in (*items, *study.questions.values())}
    return {name: _placed(study, question) for name, question in every.items()}


def _placed(study: Study, question: Question) -> Question:
    """Give a question its module and the condition of both."""
    module = study.modules.get(question.module)
    whole = conjunction(module.relevant if module else None, question.relevant)
    return replace(question, module=question.module if study.modules else WHOLE, condition=whole)


def _of_item(study: Study, item: Item) -> Question:
    """Turn an item into the rating that it is asked as."""
    scale = study.scales.get(item.scale)
    module = study.modules.get(item.module)
    is_nps = item.id == study.thresholds.nps_item and scale and (scale.minimum, scale.maximum) == (0, 10)
    kind: QuestionType = "nps" if is_nps else "rating"
    required = item.required if item.required is not None else bool(module and module.required)
    construct = study.constructs.get(item.construct or "")
    return Question(
        id=item.id,
        type=kind,
        wording=item.wording,
        label=item.label,
        module=item.module,
        column=item.column,
        required=required,
        relevant=item.relevant,
        scale=scale,
        dont_know=item.dont_know,
        construct=item.construct,
        facet=item.facet,
        reversed=item.reversed,
        expectation=item.expectation,
        predicts=item.predicts,
        concept=item.concept or (construct.concept if construct else ()),
        statistic=item.statistic,
    )


def ordered(study: Study, module: Module, every: dict[str, Question]) -> list[Question]:
    """Questions of a module in the order in which they are asked."""
    mine = [q for q in every.values() if q.module == module.id]
    if not module.order:
        return mine
    listed: dict[str, Question] = {}
    for name in module.order:
        for question in mine:
            if name in (question.id, question.construct):
                listed.setdefault(question.id, question)
    return [*listed.values(), *(q for q in mine if q.id not in listed)]


def _screens(study: Study, module: Module, questions: Iterable[Question]) -> Iterator[Screen]:
    """Group ratings of one construct into grids; every other question stands alone."""
    group: list[Question] = []
    used: set[str] = set()
    for question in questions:
        if group and not _belong_together(group[-1], question):
            yield _screen(study, module, group, used)
            group = []
        group.append(question)
    if group:
        yield _screen(study, module, group, used)


def _belong_together(one: Question, other: Question) -> bool:
    """Whether two questions that follow each other are rows of one grid."""
    same = (one.construct, one.type, one.scale, one.condition, one.dont_know, one.required)
    return one.construct is not None and same == (
        other.construct,
        other.type,
        other.scale,
        other.condition,
        other.dont_know,
        other.required,
    )


def _screen(study: Study, module: Module, group: list[Question], used: set[str]) -> Screen:
    """Screen of a question or of a grid, with the lead-in of its construct."""
    first = group[0]
    construct = study.constructs.get(first.construct or "")
    name = first.id
    if len(group) > 1:
        stem = str(first.construct)
        name = next(n for n in (stem, *(f"{stem}_{i}" for i in range(2, 10_000))) if n not in used)
        used.add(name)
    return Screen(
        id=name,
        module=module.id,
        kind="grid" if len(group) > 1 else "question",
        questions=tuple(group),
        wording=construct.question if construct else {},
        shuffle=len(group) > 1 and module.randomise == "items",
    )
