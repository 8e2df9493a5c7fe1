"""Tell by its content which tool a file is from, and read it with that tool's reader."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from csat.data.problems import DataError
from csat.data.readers import plain
from csat.data.readers.containers import WORDS, WORKBOOKS, Opened, open_file
from csat.data.readers.grid import HEAD_ROWS, Text, head_rows, read_text, text_rows
from csat.data.readers.html_table import table_rows
from csat.data.readers.workbook import sheet_rows
from csat.data.table import RawTable
from csat.study.definition import DataSource

TOOLS = ("qualtrics", "surveymonkey", "limesurvey", "wjx", "redcap", "kobo")
"""Tools whose tables are told apart by their first rows, in the order in which they are asked."""

FORMATS = (*plain.FORMATS, *sorted(TOOLS), "spss", "stata")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "csv": ("text",),
    "tsv": ("text",),
    "xlsx": WORKBOOKS,
    "xls": (*WORKBOOKS, "html"),
    "ods": WORKBOOKS,
    "html": ("html",),
    "parquet": ("parquet",),
    "spss": ("sav", "por"),
    "stata": ("dta",),
}
_GRIDS = ("text", "html", *WORKBOOKS)


class Reader(Protocol):
    """What the module of a tool offers."""

    FORMAT: str

    def recognise(self, name: str, grid: Sequence[Sequence[str]]) -> bool:
        """Tell whether the first rows are of this tool."""

    def read(
        self, grid: list[list[str]], name: str, sha256: str, told: DataSource, notes: Sequence[str]
    ) -> RawTable:
        """Read the whole table."""


def reader_of(tool: str) -> Reader:
    """Find the module that reads the files of a tool, one of `TOOLS`."""
    return cast(Reader, import_module(f"csat.data.readers.{tool}"))


def read_table(
    content: bytes, name: str, told: DataSource, format: str = "", dictionary: bytes | None = None
) -> RawTable:
    """Read a file of answers of any format in `FORMATS`.

    Parameters
    ----------
    content : bytes
        Content of the file, which may be packed by gzip or be alone in a zip archive.
    name : str
        Name of the file, for messages: the format is told by the content.
    told : DataSource
        Format, encoding, separator, sheet and decimal sign where the study names them.
    format : str, optional
        One of `FORMATS`, over what `told` says.
    dictionary : bytes, optional
        File that tells what the codes mean: the data dictionary of REDCap.

    Returns
    -------
    RawTable
        Cells as stripped text with what the file tells of the columns, and the format that was read.

    Raises
    ------
    DataError
        When the file is empty, broken, of no format that is read, or of another than the one named.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    opened = open_file(content, name)
    forced = format or told.format
    _check_forced(forced, opened)
    if opened.kind in ("sav", "por", "dta"):
        from csat.data.readers import spss

        return spss.read(opened, sha256, told)
    if opened.kind == "parquet":
        return plain.read_parquet(opened, sha256, told)
    return _from_grid(opened, sha256, told, forced, dictionary)


def _check_forced(forced: str, opened: Opened) -> None:
    """Refuse a format that is not read, or that a file of this kind cannot be of."""
    if forced and forced not in FORMATS:
        raise DataError(f'no format "{forced}" is read; allowed: {", ".join(FORMATS)}', opened.name)
    if forced and opened.kind not in _KINDS.get(forced, _GRIDS):
        raise DataError(
            f'the format is given as "{forced}", but the file is {WORDS[opened.kind]}; '
            "leave the format out, or name the right one",
            opened.name,
        )


def _from_grid(
    opened: Opened, sha256: str, told: DataSource, forced: str, dictionary: bytes | None
) -> RawTable:
    """Read a text file, a workbook or a page with the reader that it is for."""
    text: Text | None = None
    rows: list[list[str]] = []
    notes = opened.notes
    if opened.kind == "text":
        text = read_text(opened, told)
        head, notes = head_rows(text.text, text.separator), text.notes
    else:
        rows = _html_rows(opened, told) if opened.kind == "html" else sheet_rows(opened, told.sheet)
        head = rows[:HEAD_ROWS]
    found = recognised(opened.name, head)
    tool = _chosen(forced, found, opened.name, dictionary is not None)
    if dictionary is not None and tool != "redcap":
        notes = (*notes, "the dictionary is not used: only that of REDCap is read")
    if not tool:
        if found:
            notes = (*notes, f"read as a plain table, as told, although it looks like a file of {found}")
        return _plain(opened, text, rows, notes, sha256, told)
    grid = text_rows(text, opened.name) if text else rows
    if tool == "redcap":
        from csat.data.readers.redcap import read as read_redcap

        return read_redcap(grid, opened.name, sha256, told, notes, dictionary)
    return reader_of(tool).read(grid, opened.name, sha256, told, notes)


def _plain(
    opened: Opened,
    text: Text | None,
    rows: list[list[str]],
    notes: Sequence[str],
    sha256: str,
    told: DataSource,
) -> RawTable:
    """Read a table that is of no tool."""
    if text:
        return plain.read_text_table(Text(text.text, text.separator, tuple(notes)), opened.name, sha256, told)
    return plain.read_rows(rows, Opened(opened.kind, b"", opened.name, tuple(notes)), sha256, told)


def _html_rows(opened: Opened, told: DataSource) -> list[list[str]]:
    """Rows of the table in a page."""
    text = read_text(opened, DataSource(encoding=told.encoding, separator=","))
    return table_rows(text.text, opened.name)


def recognised(name: str, head: Sequence[Sequence[str]]) -> str:
    """Tool that the first rows of a table are from.

    Parameters
    ----------
    name : str
        Name of the file.
    head : sequence of sequence of str
        First rows as text.

    Returns
    -------
    str
        One of `TOOLS`, or empty for a plain table.
    """
    if not head:
        return ""
    return next((tool for tool in TOOLS if reader_of(tool).recognise(name, head)), "")


def _chosen(forced: str, found: str, name: str, has_dictionary: bool) -> str:
    """Tool whose reader is taken; empty for a plain table."""
    if forced in TOOLS and found and forced != found:
        raise DataError(
            f'the format is given as "{forced}", but the file is recognised as "{found}"; '
            f'leave the format out, or give "csv" to read the cells as they are',
            name,
        )
    if forced:
        return forced if forced in TOOLS else ""
    return found or ("redcap" if has_dictionary else "")
