"""Turn a file of any kind into rows of cells as text, the way they stand in it."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from csat.data.problems import DataError
from csat.data.readers.containers import Opened
from csat.study.definition import DataSource
from csat.study.encoding import ACCEPTED, EncodingProblem, decode

HEAD_ROWS = 20
"""Rows by which a format is recognised."""

SEPARATORS = (",", ";", "\t", "|")
_HEAD_CHARACTERS = 1 << 18
_FEW_ZEROS = 0.01
_FIRST_LINE = 16
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32_LE = codecs.BOM_UTF32_LE


@dataclass(frozen=True)
class Text:
    """A text file: its text, the sign between cells, and notes on how it was read."""

    text: str
    separator: str
    notes: tuple[str, ...] = ()


def read_text(opened: Opened, told: DataSource) -> Text:
    """Decode a text file and find the sign between its cells.

    Parameters
    ----------
    opened : Opened
        The file.
    told : DataSource
        Encoding and separator where the study names them.

    Returns
    -------
    Text
        Text without byte-order mark; a note where it was not UTF-8 with commas or tabs.

    Raises
    ------
    DataError
        When the bytes are no text in an encoding that is read, or nothing but blanks.
    """
    try:
        text, note = _decoded(opened.content, told.encoding)
    except EncodingProblem as error:
        raise DataError(f"{error}. Read are: {ACCEPTED}", opened.name) from error
    if not text.strip():
        raise DataError("the file is empty", opened.name)
    notes = [*opened.notes, note] if note else list(opened.notes)
    text, declared = _declared_separator(text.lstrip("\r\n"))
    tabbed = (
        opened.name.lower().endswith((".tsv", ".tab")) and "\t" in text[:_HEAD_CHARACTERS].partition("\n")[0]
    )
    separator = told.separator or declared or ("\t" if tabbed else separator_of(text))
    if separator not in (",", "\t"):
        notes.append(f'columns are separated by "{separator}"')
    return Text(text, separator, tuple(notes))


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    """Text and a note; UTF-16 is read with its mark, which Excel and Qualtrics write into tabbed files."""
    if not encoding and content.startswith(_UTF_16) and not content.startswith(_UTF_32_LE):
        try:
            return content.decode("utf-16"), "read as UTF-16"
        except UnicodeDecodeError as error:
            raise EncodingProblem("the file begins as UTF-16 but is not; save it as UTF-8") from error
    zeros = content.count(0)
    if 0 < zeros <= _FEW_ZEROS * len(content):  # SurveyMonkey wrote such cells; half would be UTF-16
        decoded = decode(content.replace(b"\0", b""), encoding)
        return decoded.text, f"zero bytes are left out: {zeros}" + (
            f"; {decoded.note}" if decoded.note else ""
        )
    decoded = decode(content, encoding)
    return decoded.text, decoded.note


def _declared_separator(text: str) -> tuple[str, str]:
    """Text without the line ``sep=;`` that Excel is told the separator by."""
    first = text[:_FIRST_LINE].partition("\n")[0]
    told = first.strip(' "\r')
    if len(told) == 5 and told.lower().startswith("sep=") and told[4] in SEPARATORS:
        return text[len(first) + 1 :], told[4]
    return text, ""


def separator_of(text: str) -> str:
    """Sign that divides the header, and the rows under it into as many cells; a comma when none does.

    Parameters
    ----------
    text : str
        Text of the file.

    Returns
    -------
    str
        One of `SEPARATORS`. The best by the share of rows of the header's width, then by that width.
    """
    best, score = ",", (0.0, 0)
    for mark in SEPARATORS:
        rows = [row for row in head_rows(text, mark) if row]
        width = len(rows[0]) if rows else 0
        if width > 1:
            alike = sum(len(row) == width for row in rows) / len(rows)
            if (alike, width) > score:
                best, score = mark, (alike, width)
    return best


def head_rows(text: str, separator: str, count: int = HEAD_ROWS) -> list[list[str]]:
    """First rows with anything in them as stripped cells; fewer where the rest cannot be parsed.

    Parameters
    ----------
    text : str
        Text of the file.
    separator : str
        Sign between the cells.
    count : int
        Rows at most.

    Returns
    -------
    list of list of str
    """
    found: list[list[str]] = []
    lines = csv.reader(io.StringIO(text[:_HEAD_CHARACTERS], newline=""), delimiter=separator)
    try:
        stripped = ([cell.strip() for cell in row] for row in lines)
        found += islice((row for row in stripped if any(row)), count)
    except csv.Error:
        pass
    if len(text) > _HEAD_CHARACTERS and len(found) < count and len(found) > 1:
        found.pop()  # cut by the limit
    return found


def text_rows(text: Text, name: str) -> list[list[str]]:
    """All rows of a text file as stripped cells; a quoted cell may hold separators and line ends.

    Parameters
    ----------
    text : Text
        The file.
    name : str
        Name of the file, for messages.

    Returns
    -------
    list of list of str
        Rows as long as they are; empty lines are left out.

    Raises
    ------
    DataError
        When the file ends inside quotes, or a cell is longer than any answer.
    """
    try:
        try:
            return [row for row in _rows(text, strict=True) if any(row)]
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise
            return [row for row in _rows(text, strict=False) if any(row)]
    except csv.Error as error:
        raise DataError(
            f"the file cannot be divided into cells ({error}): it is cut off, or a quote is not closed; "
            "export it again",
            name,
        ) from error


def _rows(text: Text, strict: bool) -> Iterator[list[str]]:
    """Rows of a text as stripped cells."""
    lines = csv.reader(io.StringIO(text.text, newline=""), delimiter=text.separator, strict=strict)
    return ([cell.strip() for cell in row] for row in lines)


def doubled_names(header: list[str]) -> tuple[str, ...]:
    """Names that come more than once, in their order.

    Parameters
    ----------
    header : list of str
        Names of columns.

    Returns
    -------
    tuple of str
    """
    counts = Counter(header)
    return tuple(name for name in counts if counts[name] > 1)
