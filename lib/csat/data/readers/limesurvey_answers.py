"""What the columns of questions in an export of LimeSurvey hold: one answer, several, text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csat.data.readers.building import Sheet
from csat.data.readers.texts import come_again, is_number, seen_labels
from csat.data.table import Variable

_PARTS = re.compile(r"(.*?)\s*((?:\s*\[[^\[\]]*\])+)\s*( \(\d+\))?$")
_BESIDE = re.compile(r"(\w*comment|other|filecount)$", re.IGNORECASE)
_YES = {"Y", "1", "Yes", "Ja", "Oui", "Sí", "Sì", "Sim", "是", "はい"}
_NO = {"N", "0", "No", "Nein", "Nee", "Non", "Não", "否", "いいえ"}
_NOT_SHOWN = {"N/A"}  # full answers of questions that were not shown
_OTHER = "-oth-"  # LimeSurvey's code for "other" among single answers
_LONG = 40  # letters; the labels of answers are shorter


def explain_answers(sheet: Sheet, columns: Sequence[str]) -> None:
    """Say what each column of a question holds, and write several answers as ``1``, ``0`` or nothing.

    Parameters
    ----------
    sheet : Sheet
        The columns; cells of questions with several answers are changed.
    columns : sequence of str
        Columns that are not LimeSurvey's own.
    """
    groups: dict[str, list[str]] = {}
    for column in columns:
        unseen = tuple(sorted(_NOT_SHOWN & set(sheet.cells[column])))
        sheet.describe(column, missing=unseen)
        match = _PARTS.match(column)
        if match and match[1]:
            groups.setdefault(match[1] + (match[3] or ""), []).append(column)  # the number of a second such
        else:
            _explain_single(sheet, column)
    for group, members in groups.items():
        _explain_group(sheet, group, members)


def _last(column: str) -> str:
    """Text in the last brackets of a heading."""
    return column.rpartition("[")[2].rpartition("]")[0].strip()


def _explain_group(sheet: Sheet, group: str, members: list[str]) -> None:
    """Explain the columns of one question: options, rows of a grid, what is written beside them."""
    beside = [c for c in members if _BESIDE.match(_last(c)) and not _ticked_other(sheet, c)]
    parts = [c for c in members if c not in beside]
    if len(parts) > 1 and not _fits(sheet, parts[-1:]) and _fits(sheet, parts[:-1]):
        beside.append(parts.pop())  # "other" in another language
    for column in members:
        sheet.describe(column, group=group)
    for column in beside:
        sheet.describe(column, kind="meta" if _last(column).lower() == "filecount" else "text")
    if not parts:
        return
    if _is_multiple(sheet, parts):
        options = {c: _option(sheet, c) for c in parts}
        return sheet.set_multiple(group, options, dict.fromkeys(parts, _YES), _NO, beside)
    if len(parts) == 1:
        return _explain_single(sheet, parts[0])
    return sheet.set_scale(parts)


def _ticked_other(sheet: Sheet, column: str) -> bool:
    """Whether "other" is a box to tick here, and not a text."""
    given = set(sheet.cells[column]) - {""}
    return _last(column).lower() == "other" and "Y" in given and given <= {"Y", "N"}


def _fits(sheet: Sheet, columns: Sequence[str]) -> bool:
    """Whether columns hold nothing but yes and no."""
    given = {cell for c in columns for cell in sheet.cells[c] if cell}
    return given <= _YES | _NO | _NOT_SHOWN


def _is_multiple(sheet: Sheet, columns: list[str]) -> bool:
    """Tell options of a question with several answers from rows of a grid.

    They hold yes or no. Where these are 1 and 0, or 1 and nothing, somebody who chose one option must have
    left another, as a grid may hold nothing but 1 as well.
    """
    given = {cell for c in columns for cell in sheet.cells[c] if cell}
    if not _fits(sheet, columns) or not given - _NOT_SHOWN:
        return False
    return sheet.ticked(columns) if given <= {"1", "0"} else not given & {"1", "0"}


def _option(sheet: Sheet, column: str) -> str:
    """Label of an option: what stands in the last brackets of its text, or of its code."""
    label: str = sheet.variables.get(column, Variable(column)).label
    last = _last(label) if label.rstrip().endswith("]") else label
    return last or _last(column)  # pictures leave nothing


def _explain_single(sheet: Sheet, column: str) -> None:
    """Explain a question with one column."""
    filled = [cell for cell in sheet.cells[column] if cell and cell not in _NOT_SHOWN]
    given = set(filled)
    if not given or all(is_number(cell) for cell in given):
        return
    if given <= {"Y", "N"}:
        sheet.describe(column, kind="single", labels={"Y": "Yes", "N": "No"})
    elif all(re.fullmatch(r"A\w{1,4}", cell) for cell in given - {_OTHER}):
        sheet.describe(column, kind="single", labels={_OTHER: "Other"} if _OTHER in given else {})
    elif _OTHER in given or (come_again(filled) and max(map(len, given)) <= _LONG):
        labels = {cell: "Other" if cell == _OTHER else cell for cell in seen_labels(given)}
        sheet.describe(column, kind="single", labels=labels)
    elif max(map(len, given)) > _LONG:
        sheet.describe(column, kind="text")
