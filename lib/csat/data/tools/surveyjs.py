"""Answers as SurveyJS submits them: one record of nested values a respondent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csat.data.tools.layouts import flat
from csat.study.definition import Study
from csat.study.export import surveyjs
from csat.study.export.target import Job
from csat.study.questionnaire import Questionnaire


def number_text(value: object) -> str:
    """Write a number without a needless point, and everything else as it is."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def to_record(study: Study, asked: Questionnaire, row: Mapping[str, str]) -> dict[str, Any]:
    """Answers of a row as SurveyJS submits them."""
    names = surveyjs.names_of(asked, study.languages)
    record: dict[str, Any] = {}
    for one in flat(Job(study, asked, study.languages, Path()).fields()):
        own = {c: row[c.name] for c in one.columns if c.name in row}
        if not own:
            continue
        value: Any = next(iter(own.values()))
        if one.kind == "multiple":
            value = [c.option for c, flag in own.items() if flag == "1"]
        elif one.kind == "ranking":
            value = [c.option for c in sorted(own, key=lambda c: float(own[c]))]
        elif one.kind == "sum":
            value = {c.option: float(points) for c, points in own.items()}
        elif one.kind in ("scale", "number"):
            value = float(value)
        *outer, last = names[one.name]
        place = record.setdefault(outer[0], {}) if outer else record
        place[last] = value
    return record


def from_record(study: Study, asked: Questionnaire, record: Mapping[str, Any]) -> dict[str, str]:
    """Answers of a record of SurveyJS."""
    names = surveyjs.names_of(asked, study.languages)
    found: dict[str, str] = {}
    for one in flat(Job(study, asked, study.languages, Path()).fields()):
        value: Any = record
        for name in names[one.name]:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            continue
        if one.kind == "multiple":
            found |= {c.name: "1" if c.option in value else "0" for c in one.columns}
        elif one.kind == "ranking":
            found |= {c.name: str(value.index(c.option) + 1) for c in one.columns if c.option in value}
        elif one.kind == "sum":
            found |= {c.name: number_text(value[c.option]) for c in one.columns if c.option in value}
        else:
            found[one.columns[0].name] = number_text(value)
    return found
