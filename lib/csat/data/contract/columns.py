"""Contract of single columns: they are there, and hold the type, range and codes of the questionnaire."""

from __future__ import annotations

import pandas as pd

from csat.data.cleaning import to_codes, to_numbers
from csat.data.contract.findings import Action, Checked, Severity
from csat.data.times import to_times
from csat.study.questions import Column


def check_presence(work: Checked) -> None:
    """Columns of questions, segments and ``[data]`` that are not there; an item's is an error elsewhere."""
    for question in work.questionnaire.questions:
        gone = [c for c in question.columns if c.name not in work.cells.columns and c.part != "other"]
        work.found.add("missing_column", question.id, [], count=len(gone))
    special = [key for key in vars(work.study.data) if key.endswith("_column")]
    for key in special:
        column = getattr(work.study.data, key)
        if column and column not in work.cells.columns:
            work.found.add("missing_column", column, [], count=1)


def check_columns(work: Checked) -> None:
    """Type, range and codes of every column of the questionnaire."""
    for column in work.questionnaire.columns:
        if column.name not in work.plain.columns:
            continue
        cells = work.plain[column.name]
        if column.kind == "date":
            _note(work, "type", column, to_times(cells)[1])
        elif column.kind in ("number", "rank"):
            _check_numbers(work, column, cells)
        elif column.kind in ("code", "flag"):
            _note(work, "codes", column, (cells != "") & ~cells.isin(column.values))


def _check_numbers(work: Checked, column: Column, cells: pd.Series) -> None:
    """Numbers, which lie between the ends of their range and may have to be whole."""
    numbers, text = to_numbers(cells)
    _note(work, "type", column, text)
    numbers = numbers.mask(numbers.isin(column.missing))
    outside = pd.Series(False, index=cells.index)
    if column.minimum is not None:
        outside |= numbers < column.minimum
    if column.maximum is not None:
        outside |= numbers > column.maximum
    _note(work, "range", column, outside)
    if column.whole:
        _note(work, "whole", column, ~outside & numbers.notna() & (numbers % 1 != 0))


def check_segments(work: Checked) -> None:
    """Values of segments that the study does not declare (those of questions are checked as such)."""
    asked = set(work.plain.columns)
    for segment in work.study.segments.values():
        if segment.column in asked or segment.column not in work.cells.columns or not segment.values:
            continue
        codes = to_codes(work.cells[segment.column], work.study.data.missing)
        work.found.add("codes", segment.column, codes.notna() & ~codes.isin(list(segment.values)))


def _note(work: Checked, rule: str, column: Column, wrong: pd.Series) -> None:
    """Enter what is wrong in a column: an error in an item, from which results are made."""
    item = column.question in work.study.items
    severity: Severity = "error" if item else "warning"
    action: Action = "set_missing" if item and rule != "type" and work.off_scale == "missing" else "kept"
    work.found.add(rule, column.name, wrong, severity, action)


CHECKS = (check_presence, check_columns, check_segments)
