"""Check what a study says of careless answers: that its questions exist and have the answers it names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csat.study import routing
from csat.study.definition import Study
from csat.study.problems import Problem, listing, suggest
from csat.study.questionnaire import as_questions
from csat.study.questions import Column, column_index

_TOML = "study.toml"


def check_quality(study: Study) -> Iterator[Problem]:
    """Check ``[quality]`` against the questions of the study."""
    every = as_questions(study)
    columns = column_index(every)
    for name, code in study.quality.attention.items():
        yield from _attention(name, code, columns)
    for number, rule in enumerate(study.quality.implausible, start=1):
        for wrong, allowed in routing.check(rule.when, every):
            yield Problem(_TOML, f"[quality] implausible {number}", "when", wrong, allowed)


def _attention(name: str, code: str, columns: dict[str, Column]) -> Iterator[Problem]:
    """Problems of one check of attention."""
    where = "[quality.attention]"
    column = columns.get(name)
    if column is None:
        wrong = f'"{name}" is not a column of a question{suggest(name, columns)}'
        yield Problem(_TOML, where, name, wrong, "columns of questions and items")
    elif column.kind in ("code", "flag") and code not in column.values:
        wrong = f'"{code}" is no answer to {column.question}{suggest(code, column.values)}'
        yield Problem(_TOML, where, name, wrong, listing(column.values))
    elif column.kind in ("number", "rank"):
        low = -float("inf") if column.minimum is None else column.minimum
        high = float("inf") if column.maximum is None else column.maximum
        if not re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", code) or not low <= float(code) <= high:
            wrong = f'"{code}" is no answer to {column.question}'
            yield Problem(_TOML, where, name, wrong, f"a number from {low:g} to {high:g}")
