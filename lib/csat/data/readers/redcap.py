"""Read tables of answers from REDCap: raw codes with the data dictionary, or labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from csat.data.problems import DataError, in_rows
from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.redcap_dictionary import DictionaryField, is_dictionary, read_dictionary
from csat.data.table import RawTable, Variable, VariableKind
from csat.study.definition import DataSource
from csat.study.problems import listing

FORMAT = "redcap"
_EVENT = ("redcap_event_name", "event name")
_REPEATS = ("redcap_repeat_instrument", "redcap_repeat_instance", "repeat instrument", "repeat instance")
_OTHER = ("redcap_survey_identifier", "redcap_data_access_group", "survey identifier", "data access group")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BOX = re.compile(r"([a-z][a-z0-9_]*?)___(\w+)")
_LABELLED_BOX = re.compile(r"(.+?)\s*\(choice=(.*)\)\s*", re.DOTALL)
_STATES = {"0", "1", "2", "", "Incomplete", "Unverified", "Complete"}
_STATUS = {"0": "partial", "1": "partial", "2": "complete", "": "partial"}
_STATUS |= {"Incomplete": "partial", "Unverified": "partial", "Complete": "complete"}
_ON, _OFF = {"1", "Checked"}, {"0", "Unchecked"}
_MISSED = "[not completed]"


def recognise(name: str, grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first rows are of an export of REDCap, or of its data dictionary.

    Parameters
    ----------
    name : str
        Name of the file.
    grid : sequence of sequences of str
        First rows.

    Returns
    -------
    bool
        Whether the headings hold columns that REDCap adds (events, repeats, forms complete), the options of
        checkboxes, or begin with ``record_id``.
    """
    if not grid:
        return False
    header = [cell.strip() for cell in grid[0]]
    lower = [cell.lower() for cell in header]
    if is_dictionary(header) or any(cell.startswith("redcap_") for cell in lower):
        return True
    if any("(choice=" in cell for cell in lower) or "complete?" in lower:
        return True
    named = header if any(header[:1]) else header[1:]  # R writes the numbers of rows, without a heading
    if not all(_NAME.fullmatch(cell) for cell in named):
        return False
    body = grid[1:]
    boxes = [p for p, cell in enumerate(header) if _BOX.fullmatch(cell) and _within(body, p, {"0", "1", ""})]
    forms = [p for p, cell in enumerate(header) if cell.endswith("_complete") and _within(body, p, _STATES)]
    return named[:1] == ["record_id"] or len(boxes) > 1 or bool(boxes and forms)


def _within(rows: Sequence[Sequence[str]], place: int, allowed: set[str]) -> bool:
    """Whether a column holds nothing but some cells."""
    return all(row[place].strip() in allowed for row in rows if place < len(row))


def read(
    grid: list[list[str]],
    name: str,
    sha256: str,
    told: DataSource,
    notes: Sequence[str] = (),
    dictionary: bytes | None = None,
) -> RawTable:
    """Read an export of REDCap.

    Parameters
    ----------
    grid : list of list of str
        All rows.
    name, sha256 : str
        Name of the file and hash of its bytes.
    told : DataSource
        What the study says of its data.
    notes : sequence of str
        What is known of the file already.
    dictionary : bytes, optional
        The data dictionary; without it codes have no labels.

    Returns
    -------
    RawTable
        Codes as they are; options of checkboxes are ``1`` or ``0`` as REDCap writes them, which does not tell
        "none of these" from "not answered".

    Raises
    ------
    DataError
        When the file is a data dictionary, holds no answers, or several rows a record that the study does
        not tell apart.
    """
    if grid and is_dictionary(grid[0]):
        raise DataError(
            "the file is the data dictionary, not the answers: export the records as CSV (raw), and give "
            'this file as dictionary = "…" in [data]',
            name,
        )
    if not grid:
        raise DataError("the file is empty", name)
    fields = read_dictionary(dictionary, told.dictionary or "the data dictionary") if dictionary else {}
    sheet = sheet_of(grid, 1, grid[0], name, notes)
    if not fields:
        sheet.notes.append("read without a data dictionary: codes have no labels")
    _check_rows(sheet, told)
    record = _record(sheet)
    sheet.describe(record, kind="meta")
    sheet.play("respondent", record)
    _describe_own(sheet)
    _describe_fields(sheet, fields)
    _describe_boxes(sheet, fields)
    _describe_completion(sheet)
    absent = [
        one
        for one in fields
        if one not in sheet.cells and fields[one].type not in ("checkbox", "descriptive")
    ]
    if absent:
        sheet.notes.append(f"fields of the dictionary that the file does not hold: {listing(absent, 8)}")
    return sheet.table(FORMAT, sha256)


def _record(sheet: Sheet) -> str:
    """Column of the record's id: the first, unless that has no heading, as the numbers of rows R writes."""
    columns = list(sheet.cells)
    return columns[1] if columns[0] == "column 1" and len(columns) > 1 else columns[0]


def _columns(sheet: Sheet, names: Sequence[str]) -> list[str]:
    """Columns with one of some names, in any case."""
    return [column for column in sheet.cells if column.lower() in names]


def _check_rows(sheet: Sheet, told: DataSource) -> None:
    """Refuse several rows a record, unless the study says what tells them apart."""
    record = _record(sheet)
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(sheet.cells[record], start=1):
        rows.setdefault(cell, []).append(row)
    twice = [row for cell, listed in rows.items() if cell and len(listed) > 1 for row in listed]
    if not twice:
        return
    apart = [c for c in _columns(sheet, (*_EVENT, *_REPEATS)) if any(sheet.cells[c])]
    if told.wave_column in apart:
        sheet.notes.append(f'several rows a record are told apart by "{told.wave_column}"')
        return
    if told.respondent_column and told.respondent_column != record:
        return
    events = {cell for c in _columns(sheet, _EVENT) for cell in sheet.cells[c] if cell}
    if len(events) > 1:
        raise DataError(
            f"records have several rows, one an event ({listing(sorted(events), 6)}): set "
            f'wave_column = "{_columns(sheet, _EVENT)[0]}" and name the waves after the events, '
            "or export one event alone",
            sheet.name,
        )
    if apart:
        raise DataError(
            f"records have several rows, {in_rows(twice)}, as a form repeats; export the form that holds the "
            "answers alone, or set respondent_column",
            sheet.name,
        )
    raise DataError(
        f'ids in "{record}" come more than once {in_rows(twice)}; leave each record in the file once',
        sheet.name,
    )


def _describe_own(sheet: Sheet) -> None:
    """Say what the columns that REDCap adds are."""
    for column in _columns(sheet, (*_EVENT, *_REPEATS, *_OTHER)):
        if column.lower() in ("redcap_survey_identifier", "survey identifier"):
            sheet.hide(column)
        else:
            sheet.describe(column, kind="meta")


def _describe_fields(sheet: Sheet, fields: Mapping[str, DictionaryField]) -> None:
    """Say what the dictionary tells of each field."""
    for column in sheet.cells:
        told = fields.get(column)
        if told is None or told.type == "checkbox":
            continue
        sheet.describe(
            column,
            label=told.label,
            kind=sheet.variables[column].kind or _kind(told),
            labels=told.choices,
            missing=told.missing,
        )
        if told.identifies or told.validation in ("email", "phone") or told.type == "file":
            sheet.hide(column)


def _kind(told: DictionaryField) -> VariableKind:
    """Kind of a field."""
    if told.choices:
        return "single"
    if told.validation.startswith(("date", "datetime")):
        return "date"
    numeric = told.validation.startswith(("number", "integer")) and told.type == "text"
    if numeric or told.type in ("calc", "slider"):
        return "number"
    return "text" if told.type in ("text", "notes") else "meta" if told.type == "file" else ""


def _describe_boxes(sheet: Sheet, fields: Mapping[str, DictionaryField]) -> None:
    """Describe the options of checkboxes: ``field___code``, or ``question (choice=option)``."""
    groups: dict[str, dict[str, str]] = {}
    for column in sheet.cells:
        raw, labelled = _BOX.fullmatch(column), _LABELLED_BOX.fullmatch(column)
        cells = set(sheet.cells[column])
        if raw and cells <= _ON | _OFF | {""}:
            told = fields.get(raw[1])
            groups.setdefault(raw[1], {})[column] = _option(told, raw[2]) if told else raw[2]
        elif labelled and cells <= _ON | _OFF | {""}:
            groups.setdefault(labelled[1], {})[column] = labelled[2]
    for group, options in groups.items():
        sheet.set_multiple(group, options, dict.fromkeys(options, _ON), _OFF)
        told = fields.get(group)
        for column in options:
            sheet.describe(column, label=told.label if told else "")
            if told and told.identifies:
                sheet.hide(column)
    if groups:
        sheet.notes.append(
            f"REDCap writes 0 for an option also where the question was not answered: {listing(groups, 6)}"
        )


def _option(told: DictionaryField, suffix: str) -> str:
    """Find the label of an option by its column, in which a code is small and has underscores."""
    for code, label in told.choices.items():
        if re.sub(r"[^a-z0-9_]", "_", code.lower()) == suffix.lower():
            return label
    return suffix


def _describe_completion(sheet: Sheet) -> None:
    """Say when the survey was completed, and whether it was, where one form tells."""
    stamps = [c for c in sheet.cells if c.lower().endswith(("_timestamp", "survey timestamp"))]
    for column in stamps:
        sheet.cells[column] = ["" if cell == _MISSED else cell for cell in sheet.cells[column]]
        sheet.set_times(column)
    if len(stamps) == 1:
        sheet.play("completed", stamps[0])
    forms = [
        column
        for column, cells in sheet.cells.items()
        if (column.endswith("_complete") or column.lower().startswith("complete?"))
        and not sheet.variables[column].label
        and set(cells) <= _STATES
    ]
    for column in forms:
        labels = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
        sheet.describe(
            column, kind="meta", labels=labels if set(sheet.cells[column]) <= set("012") | {""} else {}
        )
    if len(forms) == 1:
        states = [_STATUS[cell] for cell in sheet.cells[forms[0]]]
        about = Variable("completion_status", label=forms[0], kind="meta")
        sheet.play("status", sheet.add("completion_status", states, about))
    elif forms:
        sheet.notes.append(f"no form alone tells whether an answer is complete: {listing(forms, 6)}")
