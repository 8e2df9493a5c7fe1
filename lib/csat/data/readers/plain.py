"""Read a table as it was saved, one header row and then answers: every cell as text, nothing guessed."""

from __future__ import annotations

import csv
import io
import warnings
from pathlib import Path

import pandas as pd

from csat.data.problems import DataError, in_rows
from csat.data.readers.containers import WORKBOOKS, Opened
from csat.data.readers.decimals import with_points
from csat.data.readers.grid import Text, doubled_names
from csat.data.readers.workbook import cell_text
from csat.data.table import RawTable
from csat.study.definition import DataSource
from csat.study.problems import listing

FORMATS = ("csv", "tsv", "xlsx", "xls", "ods", "html", "parquet")


def read_text_table(text: Text, name: str, sha256: str, told: DataSource) -> RawTable:
    """Read a CSV or TSV file.

    Parameters
    ----------
    text : Text
        The decoded file.
    name, sha256 : str
        Name of the file and hash of its bytes.
    told : DataSource
        Decimal sign where the study names it.

    Returns
    -------
    RawTable
        Cells as stripped text, columns as named in the file, rows in its order, index 1 for the first row
        under the header.

    Raises
    ------
    DataError
        When a row has more cells than the header, all have fewer, or quotes are not closed.
    """
    notes = list(text.notes)
    cells = _parse(text.text, text.separator, name)
    # A row can only be short where its last cell is empty, so most files are not read a second time.
    rows = _short_rows(text.text, text.separator, cells.shape[1]) if (cells.iloc[:, -1] == "").any() else []
    if rows and len(rows) == len(cells):
        wrong = f"rows have fewer cells than the header, which has {cells.shape[1]}"
        raise DataError(f"{wrong}; give every row a cell for every column", name)
    if rows:
        notes.append(f"fewer cells than the header {in_rows(rows)}: the rest is taken as missing")
    form = "tsv" if text.separator == "\t" else "csv"
    return _table(cells, name, sha256, tuple(notes), form, told.decimal, text.separator)


def read_rows(rows: list[list[str]], opened: Opened, sha256: str, told: DataSource) -> RawTable:
    """Read the rows of a workbook's sheet or of a page's table, the first of which is the header.

    Parameters
    ----------
    rows : list of list of str
        All rows as text.
    opened : Opened
        The file.
    sha256 : str
        Hash of its bytes.
    told : DataSource
        Decimal sign where the study names it.

    Returns
    -------
    RawTable
        As `read_text_table`; empty rows at the end are left out.

    Raises
    ------
    DataError
        When there is no row under the header.
    """
    header, body = rows[0], rows[1:]
    while body and not any(body[-1]):
        body.pop()
    width = max(len(row) for row in [header, *body])
    if len(header) < width and any(cell for row in body for cell in row[len(header) :]):
        raise DataError(
            f"rows have up to {width} cells, the header only {len(header)}; name every column", opened.name
        )
    padded = [[*row, *([""] * (len(header) - len(row)))][: len(header)] for row in body]
    cells = pd.DataFrame(padded, columns=range(len(header)), dtype=str)
    cells.columns = pd.Index(header)
    form = "xlsx" if opened.kind == "xlsb" else opened.kind if opened.kind in WORKBOOKS else "html"
    return _table(cells, opened.name, sha256, opened.notes, form, told.decimal)


def read_parquet(opened: Opened, sha256: str, told: DataSource) -> RawTable:
    """Read a Parquet file through duckdb.

    Parameters
    ----------
    opened : Opened
        The file.
    sha256 : str
        Hash of its bytes.
    told : DataSource
        Decimal sign where the study names it.

    Returns
    -------
    RawTable
        As `read_text_table`.

    Raises
    ------
    DataError
        When the file is broken or has no rows.
    """
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        path.write_bytes(opened.content)
        try:
            with duckdb.connect() as connection:
                table = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
                header = [column[0] for column in table.description or ()]
                rows = table.fetchall()
        except (duckdb.Error, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise DataError(f"the file is not Parquet that can be read ({error})", opened.name) from error
    texts = [[cell_text(row[place]) for row in rows] for place in range(len(header))]
    cells = pd.DataFrame(dict(enumerate(texts)), dtype=str)
    cells.columns = pd.Index(header)
    return _table(cells, opened.name, sha256, opened.notes, "parquet", told.decimal)


def _table(
    cells: pd.DataFrame,
    name: str,
    sha256: str,
    notes: tuple[str, ...],
    form: str,
    decimal: str,
    separator: str = "",
) -> RawTable:
    """Table of cells with stripped headings; nameless columns are called by their place, or go when empty."""
    header = [str(c).strip() for c in cells.columns]
    if not len(cells):
        raise DataError("the file has a header but no rows", name)
    kept = [i for i, title in enumerate(header) if title or cells.iloc[:, i].ne("").any()]
    if not kept:
        raise DataError("the file holds no cells with anything in them", name)
    cells = cells.iloc[:, kept]
    unnamed = [f"column {i + 1}" for i in kept if not header[i]]
    if unnamed:
        notes = (*notes, f"columns without a heading are called {listing(unnamed)}")
    header = [header[i] or f"column {i + 1}" for i in kept]
    cells.columns = pd.Index(header)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    doubled = doubled_names(header)
    cells = cells.loc[:, ~cells.columns.duplicated()]
    cells, more = with_points(cells, decimal, separator)
    return RawTable(cells, name, sha256, doubled, (*notes, *more), form)


def _short_rows(text: str, separator: str, width: int) -> list[int]:
    """Rows with some cells, but fewer than the header; pandas fills them up without a word."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [row for row, cells in enumerate(lines) if row and 0 < len(cells) < width]


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
    cells = pd.DataFrame({title: column.str.strip() for title, column in cells.items()})
    cells.columns = pd.Index(header)
    return cells
