"""Read a table of answers as it was saved: every cell as text, nothing guessed."""

from __future__ import annotations

import csv
import hashlib
import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from csat.data.problems import DataError, in_rows
from csat.data.table import RawTable
from csat.study.definition import DataSource
from csat.study.encoding import ACCEPTED, EncodingProblem, decode

FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".parquet": "parquet"}


def read_table(content: bytes, name: str, source: DataSource) -> RawTable:
    """Read the bytes of a CSV, TSV, XLSX or Parquet file.

    Parameters
    ----------
    content : bytes
        Content of the file.
    name : str
        Name of the file for messages; its ending tells the format unless `source` does.
    source : DataSource
        Format, encoding, separator and sheet where the study names them.

    Returns
    -------
    RawTable
        Cells as stripped text, columns as named in the file, rows in its order, index 1 for the first row
        under the header.

    Raises
    ------
    DataError
        When the file is empty, of another format, in another encoding, or broken.
    """
    notes: tuple[str, ...] = ()
    form = source.format or FORMATS.get(Path(name).suffix.lower(), "")
    if not content.strip():
        raise DataError("the file is empty", name)
    if form == "parquet":
        cells = _read_parquet(content, name)
    elif form == "xlsx":
        cells = _read_xlsx(content, name, source.sheet)
    elif form in ("csv", "tsv"):
        cells, notes = _read_text(content, name, form, source)
    else:
        allowed = ", ".join(sorted(FORMATS))
        raise DataError(f"the ending does not tell the format; name the file {allowed}, or set format", name)
    header = [str(c).strip() for c in cells.columns]
    cells.columns = pd.Index(header)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    if not len(cells):
        raise DataError("the file has a header but no rows", name)
    doubled = tuple(dict.fromkeys(h for h in header if header.count(h) > 1))
    cells = cells.loc[:, ~cells.columns.duplicated()]
    return RawTable(cells, name, hashlib.sha256(content).hexdigest(), doubled, notes, form)


def _read_text(
    content: bytes, name: str, form: str, source: DataSource
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Cells of a CSV or TSV file."""
    try:
        decoded = decode(content, source.encoding)
    except EncodingProblem as error:
        raise DataError(f"{error}. Read are: {ACCEPTED}", name) from error
    if not decoded.text.strip():
        raise DataError("the file is empty", name)
    notes = [decoded.note] if decoded.note else []
    separator = source.separator or ("\t" if form == "tsv" else _separator(decoded.text))
    if separator not in (",", "\t"):
        notes.append(f'columns are separated by "{separator}"')
    cells = _parse(decoded.text, separator, name)
    # A row can only be short where its last cell is empty, so most files are not read a second time.
    rows = _short_rows(decoded.text, separator, cells.shape[1]) if (cells.iloc[:, -1] == "").any() else []
    if rows and len(rows) == len(cells):
        wrong = f"rows have fewer cells than the header, which has {cells.shape[1]}"
        raise DataError(f"{wrong}; give every row a cell for every column", name)
    if rows:
        notes.append(f"fewer cells than the header {in_rows(rows)}: the rest is taken as missing")
    return cells, tuple(notes)


def _short_rows(text: str, separator: str, width: int) -> list[int]:
    """Rows with some cells, but fewer than the header; pandas fills them up without a word."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [row for row, cells in enumerate(lines) if row and 0 < len(cells) < width]


def _separator(text: str) -> str:
    """Comma, or the semicolon or tab that alone divides the header."""
    header = text.lstrip().split("\n", 1)[0]
    counts = {mark: header.count(mark) for mark in (",", ";", "\t")}
    return "," if counts[","] else max((",", ";", "\t"), key=lambda mark: counts[mark])


def _parse(text: str, separator: str, name: str) -> pd.DataFrame:
    """Cells of separated text, with the header exactly as written (pandas would rename doubled columns)."""
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.StringIO(text, newline=""),
                sep=separator,
                header=None,
                skiprows=1,
                names=list(range(len(header))),
                index_col=False,
                dtype=str,
                keep_default_na=False,
                na_filter=False,
                skip_blank_lines=False,
                on_bad_lines="error",
            )
    except csv.Error as error:
        raise DataError(f"the header cannot be read ({error}); close its quotes", name) from error
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise DataError(
            f"a row does not have the {len(header)} cells of the header ({str(error).strip()}); "
            "a text that holds the separator needs quotes",
            name,
        ) from error
    except pd.errors.EmptyDataError as error:
        raise DataError("the file has a header but no rows", name) from error
    cells = _stripped(cells)
    cells.columns = pd.Index(header)
    return cells


def _read_xlsx(content: bytes, name: str, sheet: str) -> pd.DataFrame:
    """Cells of one sheet of a workbook, the first unless named."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises errors of many kinds on a broken file
        raise DataError(f"the file is not a workbook that can be opened ({error})", name) from error
    if sheet and sheet not in book.sheetnames:
        raise DataError(f'there is no sheet "{sheet}"; there are: {", ".join(book.sheetnames)}', name)
    rows = list((book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True))
    book.close()
    if not rows or all(cell is None for cell in rows[0]):
        raise DataError("the sheet is empty", name)
    header = ["" if cell is None else str(cell) for cell in rows[0]]
    return _textual(pd.DataFrame(rows[1:], columns=header, dtype=object))


def _read_parquet(content: bytes, name: str) -> pd.DataFrame:
    """Cells of a Parquet file, read by duckdb."""
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        path.write_bytes(content)
        try:
            with duckdb.connect() as connection:
                table = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
                header = [column[0] for column in table.description or ()]
                rows = table.fetchall()
        except duckdb.Error as error:
            raise DataError(f"the file is not Parquet that can be read ({error})", name) from error
    return _textual(pd.DataFrame(rows, columns=header, dtype=object))


def _textual(cells: pd.DataFrame) -> pd.DataFrame:
    """Typed cells as text, whole numbers without a decimal point."""
    texts: list[Sequence[str]] = [[_as_text(v) for v in cells.iloc[:, j]] for j in range(cells.shape[1])]
    result = pd.DataFrame(dict(enumerate(texts)), dtype=str)
    result.columns = cells.columns
    return result


def _as_text(value: Any) -> str:
    """Text of one typed cell."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _stripped(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells without blanks around them."""
    return pd.DataFrame({name: column.str.strip() for name, column in cells.items()})
