"""Rows of a workbook's sheet as text: .xlsx, .xls, .xlsb and .ods alike."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any

from csat.data.problems import DataError
from csat.data.readers.apart import read_apart
from csat.data.readers.containers import Opened

CELL_LIMIT = 20_000_000
"""Cells that a sheet may span: a lone cell far from the table would make a sheet of billions."""

_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_CHUNK = 1 << 22


def sheet_rows(opened: Opened, sheet: str = "") -> list[list[str]]:
    """Rows of one sheet of a workbook, the first unless named.

    Parameters
    ----------
    opened : Opened
        The workbook.
    sheet : str
        Name of the sheet.

    Returns
    -------
    list of list of str
        Stripped cells from the first row that holds anything; all rows are as long as the longest.

    Raises
    ------
    DataError
        When the workbook cannot be opened, lacks the sheet, or the sheet is empty or spans more than
        `CELL_LIMIT` cells.
    """
    name = opened.name
    if opened.kind == "xlsx":
        _check_span(opened)
    values, names = read_apart("workbook", opened, sheet)
    if values is None:
        raise DataError(f'there is no sheet "{sheet}"; there are: {", ".join(names)}', name)
    rows = [[cell_text(value) for value in row] for row in values]
    first = next((number for number, row in enumerate(rows) if any(row)), None)
    if first is None:
        raise DataError("the sheet is empty", name)
    return rows[first:]


def _check_span(opened: Opened) -> None:
    """Refuse a workbook whose cells lie so far apart that the rectangle around them fills the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(opened.content)) as archive:
            for member in archive.namelist():
                if "worksheets/" not in member:
                    continue
                width, height = _span(archive, member)
                if width * height > CELL_LIMIT:
                    raise DataError(
                        f"a sheet spans {height:,} rows × {width:,} columns, more than {CELL_LIMIT:,} cells; "
                        "delete the cells far from the table, or save it as CSV",
                        opened.name,
                    )
    except DataError:
        raise
    except Exception as error:  # broken packing
        raise DataError(
            f"the file is not an Excel workbook that can be opened ({error})", opened.name
        ) from error


def _span(archive: zipfile.ZipFile, member: str) -> tuple[int, int]:
    """Columns and rows that the cells of a sheet reach to."""
    columns: set[bytes] = set()
    last = 0
    with archive.open(member) as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            places = _PLACE.findall(tail + chunk)
            columns.update(column for column, _ in places)
            last = max(last, max((int(row) for _, row in places), default=0))
            tail = chunk[-32:]
    return max((_column_number(column) for column in columns), default=0), last


def _column_number(letters: bytes) -> int:
    """Count columns up to the one with these letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def cell_text(value: Any) -> str:
    """Text of one typed cell: whole numbers without a point, dates and times as ISO 8601.

    Parameters
    ----------
    value : object
        Cell as a reader of workbooks, Parquet or SPSS files gives it.

    Returns
    -------
    str
        Stripped; empty for nothing and for not a number; a date without its time at midnight.

    Examples
    --------
    >>> cell_text(5.0), cell_text(datetime.datetime(2026, 10, 3)), cell_text(None)
    ('5', '2026-10-03', '')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, datetime.timedelta):
        return cell_text(value.total_seconds())
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
