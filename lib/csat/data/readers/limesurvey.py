"""Read the CSV export of answers of LimeSurvey, headed by codes, by texts or by both."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csat.data.problems import DataError
from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.grid import HEAD_ROWS
from csat.data.readers.limesurvey_answers import explain_answers
from csat.data.readers.texts import one_line, plain_text
from csat.data.table import RawTable, Variable
from csat.study.definition import DataSource

FORMAT = "limesurvey"

_OWN = {
    "id": ("id", "response id", "antwort id"),
    "submitdate": ("submitdate", "date submitted", "datum abgeschickt"),
    "lastpage": ("lastpage", "last page", "letzte seite"),
    "startlanguage": ("startlanguage", "start language", "start-sprache"),
    "seed": ("seed", "zufallsstartwert"),
    "startdate": ("startdate", "date started", "datum gestartet"),
    "datestamp": ("datestamp", "date last action", "datum letzte aktivität"),
    "ipaddr": ("ipaddr", "ip address", "ip-adresse"),
    "refurl": ("refurl", "referrer url"),
    "token": ("token", "access code", "zugangscode", "zugangsschlüssel"),
    "firstname": ("firstname", "first name"),
    "lastname": ("lastname", "last name"),
    "email": ("email", "email address"),
    "interviewtime": ("interviewtime", "total time", "gesamtzeit"),
    "quota_exit": ("quota_exit", "quota exit"),
}
_KEYS = {name: key for key, names in _OWN.items() for name in names}
_ALWAYS = ("id", "submitdate", "lastpage", "startlanguage")
_ROLES = {
    "id": "respondent",
    "startdate": "started",
    "submitdate": "completed",
    "interviewtime": "duration",
    "startlanguage": "language",
}
_PERSONAL = ("ipaddr", "refurl", "token", "firstname", "lastname", "email")
_TIMING = re.compile(r"(groupTime\d+|\w+Time|(Group|Question) time: .*)$")
_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\[\]]*\])*)\s*[.:]\s+(\S.*)$")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z-]+)?$")
_STRUCTURE = {"class", "type/scale", "name", "relevance", "text"}
_NEXT = (
    ("seed", re.compile(r"\d{5,}(\.0)?$")),
    ("startdate", _TIME),
    ("datestamp", _TIME),
    ("ipaddr", re.compile(r"(\d{1,3}\.){3}\d{1,3}$|[0-9a-f:]*:[0-9a-f:.]*$", re.IGNORECASE)),
    ("refurl", re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)),
)  # columns that may come after the first four, in this order, and what they hold
_NO_DATE = "1980-01-01"  # what LimeSurvey writes where a survey keeps no times


def recognise(name: str, grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether a file comes from LimeSurvey.

    Parameters
    ----------
    name : str
        Name of the file; it does not matter.
    grid : sequence of sequences of str
        First rows of the file.

    Returns
    -------
    bool
        True for answers under the headings of LimeSurvey's own columns (as codes, or in English or German),
        or under headings of any language whose first four columns hold what LimeSurvey's do; also for the
        structure of a questionnaire, which `read` then refuses by name.
    """
    if not grid:
        return False
    if _is_structure(grid):
        return True
    found = {key for key in map(_key, grid[0]) if key}
    certain = found & {"submitdate", "lastpage", "startlanguage", "datestamp"}
    return ("id" in found and len(certain) >= 2) or _looks_so(grid)


def read(
    grid: list[list[str]], name: str, sha256: str, told: DataSource, notes: Sequence[str] = ()
) -> RawTable:
    """Read answers exported by LimeSurvey.

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
        Columns under their headings; under the code alone where headings are code and text. Questions with
        several answers hold ``1``, ``0`` or nothing; ``completion_status`` says which answers were submitted.

    Raises
    ------
    DataError
        When the file is the structure of a questionnaire, has no answers, is cut off, or has an id twice.
    """
    if _is_structure(grid):
        wrong = "the file is the structure of a LimeSurvey questionnaire, not its answers"
        raise DataError(f"{wrong}; export the responses as CSV (Responses, Export)", name)
    if not grid or not any(cell.strip() for cell in grid[0]):
        raise DataError("the file has no headings", name)
    keys = [_key(cell) for cell in grid[0]]
    if not {"id", "submitdate"} & set(keys) and _looks_so(grid[:HEAD_ROWS]):
        keys = _keys_by_place(grid)
    names, labels = _names([one_line(plain_text(cell)) for cell in grid[0]], keys)
    sheet = sheet_of(grid, 1, names, name, notes)
    own = {c: keys[place] for c, place in zip(sheet.cells, sheet.places, strict=True) if keys[place]}
    for column, place in zip(sheet.cells, sheet.places, strict=True):
        sheet.describe(column, label=labels[place])
    for column, key in own.items():
        _explain_own(sheet, column, key)
    timed = "interviewtime" in own.values()
    timings = {c for c in sheet.cells if timed and c not in own and _TIMING.match(c)}
    for column in timings:
        sheet.describe(column, kind="meta")
    _add_completion(sheet, own)
    answers = [c for c in sheet.variables if c not in own and c not in timings]
    explain_answers(sheet, [c for c in answers if c != sheet.roles.get("status")])
    sheet.check_ids(told)
    return sheet.table(FORMAT, sha256)


def _is_structure(grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether the file is a questionnaire that LimeSurvey saved as text."""
    return bool(grid) and {cell.strip() for cell in grid[0]} >= _STRUCTURE


def _key(heading: str) -> str:
    """Tell which of LimeSurvey's own columns this is; empty for a question."""
    text = one_line(heading)
    match = _CODED.match(text)
    return _KEYS.get(text.lower(), "") or (_KEYS.get(match[1].lower(), "") if match else "")


def _looks_so(grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first four columns are an id, a time or nothing, a page and a language."""
    rows = [[cell.strip() for cell in row[:4]] for row in grid[1:] if any(cell.strip() for cell in row)]
    return bool(rows) and all(
        len(row) == 4
        and row[0].isdigit()
        and (not row[1] or _TIME.match(row[1]) is not None)
        and (not row[2] or row[2].isdigit())
        and _LANGUAGE.match(row[3]) is not None
        for row in rows
    )


def _keys_by_place(grid: Sequence[Sequence[str]]) -> list[str]:
    """Tell LimeSurvey's own columns by their order and what they hold, in any language of the headings."""
    keys = [*_ALWAYS, *[""] * (len(grid[0]) - len(_ALWAYS))]
    place = len(_ALWAYS)
    for key, holds in _NEXT:
        cells = [row[place].strip() for row in grid[1:HEAD_ROWS] if place < len(row) and row[place].strip()]
        if cells and place < len(keys) and all(holds.match(cell) for cell in cells):
            keys[place] = key
            place += 1
    return keys


def _names(headings: Sequence[str], keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names and labels of the columns; headings of code and text are taken apart."""
    matches = [_CODED.match(heading) for heading in headings]
    asked = [m is not None for m, key, h in zip(matches, keys, headings, strict=True) if not key and h]
    both = bool(asked) and sum(asked) >= 0.8 * len(asked)
    coded = any(re.match(r"[A-Za-z]\w*\[", h) for h in headings) or any(h in _OWN for h in headings)
    names = [m[1] if both and m else heading for m, heading in zip(matches, headings, strict=True)]
    texts = [m[2] if both and m else heading for m, heading in zip(matches, headings, strict=True)]
    return names, ["" if coded and text == name else text for text, name in zip(texts, names, strict=True)]


def _explain_own(sheet: Sheet, column: str, key: str) -> None:
    """Explain a column that LimeSurvey fills itself."""
    sheet.describe(column, kind="meta")
    if key in _PERSONAL:
        return sheet.hide(column)
    if key in ("submitdate", "startdate", "datestamp"):
        sheet.set_times(column)
        filled = [cell for cell in sheet.cells[column] if cell]
        if filled and all(cell.startswith(_NO_DATE) for cell in filled):
            sheet.notes.append(f'the survey keeps no times: all of "{column}" are {_NO_DATE}')
            return None
    if key in _ROLES:
        sheet.play(_ROLES[key], column)
    return None


def _add_completion(sheet: Sheet, own: dict[str, str]) -> None:
    """Work out which answers were submitted: those with a date of submission."""
    found = {key: column for column, key in own.items()}
    if "submitdate" not in found:
        return
    submitted = sheet.cells[found["submitdate"]]
    quota = sheet.cells.get(found.get("quota_exit", ""), [""] * len(submitted))
    made = [
        "quota" if out not in ("", "0", "N") else "complete" if date else "partial"
        for date, out in zip(submitted, quota, strict=True)
    ]
    about = Variable("", "Whether the answer was submitted", "meta")
    sheet.play("status", sheet.add("completion_status", made, about))
    if made.count("partial"):
        sheet.notes.append(f"answers not submitted (completion_status is partial): {made.count('partial')}")
