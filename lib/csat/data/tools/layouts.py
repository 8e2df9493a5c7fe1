"""Columns of the files of answers of each tool, and what they hold of the columns of a questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from csat.study.definition import Study
from csat.study.export import limesurvey, qualtrics, redcap, wjx, xlsform
from csat.study.export.fields import Field, say
from csat.study.export.target import Job
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Column


@dataclass(frozen=True)
class Cell:
    """One column of a tool's file: what it holds of our columns.

    ``value``: the one column, through `codes` (ours -> the tool's). ``flag``: the one column as `yes` or
    `no`. ``place``: code of the option at a `place` of a ranking. ``order``: codes of all ranked options.
    """

    header: str
    columns: tuple[Column, ...]
    kind: Literal["value", "flag", "place", "order"] = "value"
    codes: Mapping[str, str] = field(default_factory=dict)
    yes: str = "1"
    no: str = "0"
    place: int = 0
    title: str = ""


def cells_of(study: Study, asked: Questionnaire, tool: str) -> tuple[Cell, ...]:
    """Columns of a tool's file."""
    job = Job(study, asked, study.languages, Path())
    return tuple(_LAYOUTS[tool](job))


def flat(fields: Mapping[str, tuple[Field, ...]]) -> Iterator[Field]:
    """All fields that hold answers."""
    return (one for own in fields.values() for one in own if one.columns)


def _xlsform(job: Job) -> Iterator[Cell]:
    """KoboToolbox: choices as 0/1 after the question's name, ranks as one list."""
    fields = xlsform.form_fields(job)
    names = xlsform.names_of(fields)
    for one in flat(fields):
        name = names[one.name]
        if one.kind == "multiple":
            yield from (Cell(f"{name}/{c.option}", (c,), "flag") for c in one.columns)
        elif one.kind == "sum":
            yield from (Cell(f"{name}_{c.option}", (c,)) for c in one.columns)
        elif one.kind == "ranking":
            yield Cell(name, one.columns, "order")
        elif one.part == "place":
            yield Cell(name, one.columns, "place", place=one.place)
        else:
            yield Cell(name, one.columns)


def _limesurvey(job: Job) -> Iterator[Cell]:
    """LimeSurvey: rows of arrays and options in brackets after the code."""
    known = limesurvey.variables(job.asked, job.langs)
    for one in flat(job.fields()):
        variable = known[one.name]
        if one.kind == "multiple":
            for c in one.columns:
                yield Cell(f"{variable.code}[{variable.options[c.option]}]", (c,), "flag", yes="Y", no="")
        elif one.kind == "sum":
            yield from (Cell(f"{variable.code}[{variable.options[c.option]}]", (c,)) for c in one.columns)
        elif one.kind == "ranking":
            for place in range(1, int(one.maximum or len(one.columns)) + 1):
                header = f"{variable.code}[{place}]"
                yield Cell(header, one.columns, "place", variable.options, place=place)
        else:
            yield Cell(variable.column, one.columns, codes=variable.options)


def _qualtrics(job: Job) -> Iterator[Cell]:
    """Qualtrics: options by their number."""
    names = qualtrics.names_of(job.asked, job.fields(), job.langs)
    for one in flat(job.fields()):
        name, title = names[one.name], say(one.text, job.langs[0])
        places = {o.code: str(i) for i, o in enumerate(one.options, start=1)}
        if one.kind in ("multiple", "sum", "ranking"):
            kind: Literal["flag", "value"] = "flag" if one.kind == "multiple" else "value"
            for c in one.columns:
                label = say(one.question.option(c.option).label, job.langs[0])
                yield Cell(f"{name}_{places[c.option]}", (c,), kind, no="", title=f"{title} - {label}")
        else:
            yield Cell(name, one.columns, codes={} if one.kind == "text" else places, title=title)


def _redcap(job: Job) -> Iterator[Cell]:
    """REDCap: options of checkboxes after three underscores."""
    fields = job.fields(places=True)
    names = redcap.names_of(fields)
    for one in flat(fields):
        name = names[one.name]
        if one.kind == "multiple":
            for c in one.columns:
                yield Cell(f"{name}___{c.option.lower()}", (c,), "flag")
        elif one.kind == "sum":
            yield from (Cell(f"{name}_{c.option.lower()}", (c,)) for c in one.columns)
        elif one.part == "place":
            yield Cell(name, one.columns, "place", place=one.place)
        else:
            yield Cell(name, one.columns)


def _wjx(job: Job) -> Iterator[Cell]:
    """问卷星: questions by their number, options by theirs."""
    lang = "zh" if "zh" in job.langs else job.langs[0]
    for entry in wjx.entries(job.asked, job.langs):
        one, title = entry.field, wjx.title_of(entry, lang)
        places = {o.code: str(i) for i, o in enumerate(one.options, start=1)}
        if entry.part is not None:
            yield Cell(f"{entry.number}、{title}", (entry.part,))
        elif one.kind in ("multiple", "ranking"):
            kind: Literal["flag", "value"] = "flag" if one.kind == "multiple" else "value"
            for c in one.columns:
                label = wjx.plain(say(one.question.option(c.option).label, lang))
                yield Cell(f"第{entry.number}题({label})", (c,), kind)
        else:
            yield Cell(f"{entry.number}、{title}", one.columns, codes={} if one.kind == "text" else places)


_LAYOUTS = {
    "xlsform": _xlsform,
    "limesurvey": _limesurvey,
    "qualtrics": _qualtrics,
    "redcap": _redcap,
    "wjx": _wjx,
}
