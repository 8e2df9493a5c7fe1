"""Read the XLSX and CSV exports of SurveyMonkey: questions in the first row, options in the second."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from csat.data.problems import DataError
from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.texts import come_again, is_number, plain_text, seen_labels
from csat.data.table import RawTable
from csat.study.definition import DataSource

FORMAT = "surveymonkey"

_OWN = {
    "respondentid": "respondent",
    "collectorid": "",
    "startdate": "started",
    "datecreated": "started",
    "enddate": "completed",
    "datemodified": "completed",
    "language": "language",
}
_TIMES = ("startdate", "datecreated", "enddate", "datemodified")
_PERSONAL = ("ipaddress", "email", "emailaddress", "firstname", "lastname")
_CUSTOM = re.compile(r"custom(data|value)?\d*$")
_ANSWER = {
    "",
    "response",
    "open-ended response",
    "antwort",
    "réponse",
    "respuesta",
    "risposta",
    "回复",
    "答复",
}
_OPEN = "open-ended response"
_BESIDE = re.compile(
    r"(other|others|comments?)\b.*(specify|state|comment)|other \(|comments?$", re.IGNORECASE
)


def recognise(name: str, grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether a file is an export of SurveyMonkey.

    Parameters
    ----------
    name : str
        Name of the file; it does not matter.
    grid : sequence of sequences of str
        First rows of the file.

    Returns
    -------
    bool
        True where the first row begins with the id of the respondent and has the collector or the times;
        with fewer columns of its own, where the second row says "Response" under questions.
    """
    keys = {_key(cell) for cell in grid[0]} if grid else set()
    times = {"startdate", "enddate"} <= keys or {"datecreated", "datemodified"} <= keys
    return ("respondentid" in keys and ("collectorid" in keys or times)) or _has_options(grid)


def _has_options(grid: Sequence[Sequence[str]]) -> bool:
    """Whether the second row is SurveyMonkey's: "Response" under questions, nothing under its own columns."""
    if len(grid) < 2:
        return False
    pairs = list(zip_longest(grid[0], grid[1], fillvalue=""))
    own = [under.strip() for above, under in pairs if _key(above) in _OWN]
    said = any(under.strip().lower() in _ANSWER - {""} for above, under in pairs if above.strip())
    return bool(own) and not any(own) and said


def read(
    grid: list[list[str]], name: str, sha256: str, told: DataSource, notes: Sequence[str] = ()
) -> RawTable:
    """Read an export of SurveyMonkey.

    Parameters
    ----------
    grid : list of list of str
        All rows of the file.
    name, sha256 : str
        Name of the file and hash of its bytes.
    told : DataSource
        What the study says of its data.
    notes : sequence of str
        What is known of the file already.

    Returns
    -------
    RawTable
        Columns under their question, or ``question | option`` where a question has several; questions with
        several answers hold ``1``, ``0`` or nothing, all others what stands in the file.

    Raises
    ------
    DataError
        When the file has no answers, is cut off, or has an id twice.
    """
    if not grid or not any(cell.strip() for cell in grid[0]):
        raise DataError("the file has no headings", name)
    start, questions, options = _headings(grid)
    joined = [_joined(q, o) for q, o in zip(questions, options, strict=True)]
    sheet = sheet_of(grid, start, joined, name, notes)
    groups: dict[int, dict[str, str]] = {}
    begun = 0
    for column, place in zip(sheet.cells, sheet.places, strict=True):
        question, option = questions[place], options[place]
        begun = place if any(cell.strip() for cell in grid[0][place : place + 1]) else begun
        more = option and option.lower() not in _ANSWER
        sheet.describe(column, label=f"{question} - {option}" if more else question)
        if not _explain_own(sheet, column, _key(question)):
            groups.setdefault(begun, {})[column] = option
    for place, columns in groups.items():
        _explain_question(sheet, questions[place], columns)
    sheet.check_ids(told)
    return sheet.table(FORMAT, sha256)


def _headings(grid: Sequence[Sequence[str]]) -> tuple[int, list[str], list[str]]:
    """Rows before the first answer, question of each column, and option (empty where there is none).

    The second row belongs to the headings when nothing stands in it under the id of the respondent.
    """
    keys = [_key(cell) for cell in grid[0]]
    ids = keys.index("respondentid") if "respondentid" in keys else 0
    if len(grid) < 2 or any(cell.strip() for cell in grid[1][ids : ids + 1]):
        return 1, [plain_text(cell) for cell in grid[0]], [""] * len(keys)
    questions: list[str] = []
    for cell, option in zip_longest(grid[0], grid[1], fillvalue=""):
        above = questions[-1] if questions and option.strip() else ""
        questions.append(plain_text(cell) or above)
    options = [plain_text(cell).removeprefix("- ") for cell in grid[1]]  # of a grid whose row has no text
    return 2, questions, [*options, *[""] * (len(questions) - len(options))]


def _joined(question: str, option: str) -> str:
    """Name of a column."""
    return question if option.lower() in _ANSWER else f"{question} | {option}" if question else option


def _key(text: str) -> str:
    """Name of one of SurveyMonkey's own columns, however it is written."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _explain_own(sheet: Sheet, column: str, key: str) -> bool:
    """Explain a column that SurveyMonkey fills itself; False for questions."""
    if key in _PERSONAL or _CUSTOM.match(key):
        sheet.hide(column)
        return True
    if key not in _OWN:
        return False
    sheet.describe(column, kind="meta")
    if key in _TIMES:
        sheet.set_times(column)
    if _OWN[key]:
        sheet.play(_OWN[key], column)
    return True


def _explain_question(sheet: Sheet, question: str, columns: Mapping[str, str]) -> None:
    """Explain the columns of one question."""
    beside = [c for c, option in columns.items() if _BESIDE.match(option) and len(columns) > 1]
    parts = {c: option for c, option in columns.items() if c not in beside}
    for column in columns:
        sheet.describe(column, group=question if len(columns) > 1 else "")
    for column in beside:
        sheet.describe(column, kind="text")
    chosen = _chosen(sheet, parts)
    if not chosen and len(parts) > 2:
        *most, last = parts
        chosen = _chosen(sheet, {c: parts[c] for c in most})
        if chosen:  # "other" in other words: what people wrote
            parts.pop(last)
            beside.append(last)
            sheet.describe(last, kind="text")
    rows = _rows_of(parts)
    if chosen:
        for row, members in rows.items():
            group = f"{question} | {row}" if row else question
            labels = {c: parts[c].removeprefix(f"{row} - ") if row else parts[c] for c in members}
            sheet.set_multiple(group, labels, {c: chosen[c] for c in members}, (), beside)
        return
    for column, option in parts.items():
        _explain_answer(sheet, column, option)
    if len(parts) > 1 and not any(option.lower() in _ANSWER for option in parts.values()):
        sheet.set_scale(list(parts))


def _rows_of(parts: Mapping[str, str]) -> dict[str, list[str]]:
    """Columns by row of a grid of several answers (``row - option``); one nameless row otherwise."""
    split = {c: option.partition(" - ")[0] if " - " in option else "" for c, option in parts.items()}
    if not all(split.values()) or len(set(split.values())) == len(parts):
        return {"": list(parts)}
    rows: dict[str, list[str]] = {}
    for column, row in split.items():
        rows.setdefault(row, []).append(column)
    return rows


def _chosen(sheet: Sheet, parts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Mark of each option in a question with several answers; nothing for any other question.

    In such a question each column holds nothing but its own option: as text, as the end of its heading (in
    a grid), or as its number, which then must be seen of two options at least.
    """
    given = {c: {cell for cell in sheet.cells[c] if cell} for c in parts}
    if not any(given.values()) or any(len(cells) > 1 for cells in given.values()):
        return {}
    marks = {c: next(iter(cells), "") for c, cells in given.items()}
    worded = {c: m == "" or _same(m, parts[c]) or parts[c].endswith(f" - {m}") for c, m in marks.items()}
    numbered = {c: marks[c] in ("", str(place)) for place, c in enumerate(parts, start=1)}
    numbers = len(set(marks.values()) - {""}) > 1 and len(parts) > 1
    if all(worded.values()) or (numbers and all(numbered.values())):
        return {c: (mark,) if mark else () for c, mark in marks.items()}
    return {}


def _same(mark: str, option: str) -> bool:
    """Whether a cell is the option over it."""
    return plain_text(mark).lower() == option.lower()


def _explain_answer(sheet: Sheet, column: str, option: str) -> None:
    """Explain one column of answers: open text, number, or one of several words."""
    given = {cell for cell in sheet.cells[column] if cell}
    if given and all(is_number(cell) for cell in given):
        sheet.describe(column, kind="number")
    elif option.lower() == _OPEN:
        sheet.describe(column, kind="text")
    elif option.lower() in _ANSWER - {""} or come_again(sheet.cells[column]):
        sheet.describe(column, kind="single", labels=seen_labels(given))
