"""Read the CSV export of Qualtrics: three rows of headings, or the two of its old exporter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.qualtrics_answers import explain_answers
from csat.data.readers.qualtrics_headings import Heading, headings_of, is_legacy, place_of_ids
from csat.data.readers.texts import one_line, plain_text
from csat.data.table import RawTable, Variable
from csat.study.definition import DataSource

FORMAT = "qualtrics"

_OWN = {
    "responseid": "respondent",
    "recordid": "respondent",
    "startdate": "started",
    "enddate": "completed",
    "recordeddate": "",
    "duration": "duration",
    "durationinseconds": "duration",
    "userlanguage": "language",
    "qlanguage": "language",
    "status": "",
    "finished": "",
    "progress": "",
    "responseset": "",
    "responsesetid": "",
    "distributionchannel": "",
    "locationaccuracy": "",
}
_TIMES = ("startdate", "enddate", "recordeddate")
_PERSONAL = (
    "ipaddress",
    "name",
    "emailaddress",
    "recipientlastname",
    "recipientfirstname",
    "recipientemail",
    "externalreference",
    "externaldatareference",
    "locationlatitude",
    "locationlongitude",
)
_STATUS = {
    "0": "IP Address",
    "1": "Survey Preview",
    "2": "Survey Test",
    "4": "Imported",
    "8": "Spam",
    "9": "Survey Preview Spam",
    "12": "Imported Spam",
    "16": "Offline",
    "17": "Offline Survey Preview",
}
_TESTS = {
    "1",
    "2",
    "9",
    "17",
    "survey preview",
    "survey test",
    "survey preview spam",
    "offline survey preview",
}
_SPAM = {"8", "9", "12", "spam", "survey preview spam", "imported spam"}
_YES = {"1", "true", "yes", "wahr", "vrai", "verdadero", "waar", "真", "是"}
_NO = {"0", "false", "no", "falsch", "faux", "falso", "onwaar", "假", "否"}


def recognise(name: str, grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether a file is an export of Qualtrics.

    Parameters
    ----------
    name : str
        Name of the file; it does not matter.
    grid : sequence of sequences of str
        First rows of the file.

    Returns
    -------
    bool
        True where a row holds the import ids of Qualtrics, where the first two rows are those of the old
        exporter, or where the first row has the names that Qualtrics gives its own columns.
    """
    if place_of_ids(grid) is not None or is_legacy(grid):
        return True
    names = {_key(cell) for cell in grid[0]} if grid else set()
    return "responseid" in names and len(names & (set(_OWN) | set(_PERSONAL))) >= 5


def read(
    grid: list[list[str]], name: str, sha256: str, told: DataSource, notes: Sequence[str] = ()
) -> RawTable:
    """Read an export of Qualtrics.

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
        Columns under the names of the first row (of the second for ``V1`` to ``V10`` of the old exporter).
        Questions with several answers hold ``1``, ``0`` or nothing; ``completion_status`` is worked out.

    Raises
    ------
    DataError
        When the file has no answers, is cut off, or has an id twice.
    """
    start, headings = headings_of(grid, name)
    sheet = sheet_of(grid, start, [h.name for h in headings], name, notes)
    known = {column: headings[place] for column, place in zip(sheet.cells, sheet.places, strict=True)}
    for column, heading in known.items():
        sheet.describe(column, label=plain_text(heading.label).removesuffix(" - Selected Choice"))
    questions = {}
    for column, heading in known.items():
        if not _explain_own(sheet, column, heading):
            questions[column] = heading
    zones = sorted({h.zone for h in headings if h.zone})
    if zones:
        sheet.notes.append(f"times are those of {', '.join(zones)}")
    _add_completion(sheet, known)
    explain_answers(sheet, questions)
    sheet.check_ids(told)
    return sheet.table(FORMAT, sha256)


def _key(text: str) -> str:
    """Name of one of Qualtrics' own columns, however it is written."""
    bare = re.sub(r"^(panel|Location)-", "", one_line(text))
    return re.sub(r"[^a-z]", "", bare.lower())


def _own_key(column: str, heading: Heading) -> str:
    """Which of Qualtrics' own columns this is: by its import id, else by its name; empty for a question."""
    key = _key(heading.import_id or column)
    return key if key in _OWN or key in _PERSONAL else ""


def _explain_own(sheet: Sheet, column: str, heading: Heading) -> bool:
    """Explain a column that Qualtrics fills itself; False for all others."""
    key = _own_key(column, heading)
    if not key:
        tool = (heading.import_id or column).startswith("Q_")
        if tool:
            sheet.describe(column, kind="meta")
        return tool
    if key in _PERSONAL:
        sheet.hide(column)
        return True
    sheet.describe(column, kind="meta")
    if key in _TIMES:
        sheet.set_times(column)
    if key == "status":
        sheet.describe(column, labels=_STATUS)
    if _OWN[key]:
        sheet.play(_OWN[key], column)
    return True


def _add_completion(sheet: Sheet, known: dict[str, Heading]) -> None:
    """Work out whether each answer is complete, and tell of previews, tests and spam."""
    own = {_own_key(column, heading): column for column, heading in known.items()}
    blank = [""] * sheet.length
    finished, progress, status, channel = (
        sheet.cells.get(own.get(key, ""), blank)
        for key in ("finished", "progress", "status", "distributionchannel")
    )
    made = []
    for done, share, kind, how in zip(finished, progress, status, channel, strict=True):
        if kind.lower() in _TESTS or how.lower() == "preview":
            made.append("test")
        elif done.lower() in _YES or done.lower() in _NO:
            made.append("complete" if done.lower() in _YES else "partial")
        else:
            made.append("" if not share else "complete" if share == "100" else "partial")
    spam = [row for row, kind in enumerate(status, start=1) if kind.lower() in _SPAM]
    if made.count("test"):
        sheet.notes.append(f"previews and tests (completion_status is test): {made.count('test')}")
    if spam:
        sheet.notes.append(f"answers that Qualtrics takes for spam (column {own['status']}): {len(spam)}")
    if any(made):
        about = Variable("", "Whether the answer is complete", "meta")
        sheet.play("status", sheet.add("completion_status", made, about))
