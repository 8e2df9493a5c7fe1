"""Read columns of a Parquet or CSV file as numbers, chunk by chunk, by the readers of duckdb."""

from __future__ import annotations

import glob
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from csat.data.cleaning import NO_ANSWER
from csat.data.problems import DataError
from csat.data.readers.grid import head_rows, separator_of
from csat.study.problems import listing, suggest

if TYPE_CHECKING:
    import duckdb

ENDINGS = {".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv"}

CHUNK_ROWS = 131_072
"""Rows of a chunk, at most."""

# duckdb hands rows over in vectors of this many.
_VECTOR = 2048
# Room for rows that are read while others are worked on.
_BUFFER = "48MB"
_HEAD_BYTES = 1 << 16
_NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|BOOLEAN|DECIMAL\(.*\)")


@dataclass(frozen=True)
class LargeFile:
    """A file of answers that need not fit into memory.

    Attributes
    ----------
    path : pathlib.Path
    format : str
        ``parquet`` or ``csv`` (with any separator, also gzipped).
    columns : mapping of str to str
        Columns of the file and the types that duckdb gives them (text for all of a CSV file).
    separator, decimal : str
        Signs between cells and before decimals of a CSV file.
    words : tuple of str
        Cells of a CSV file that mean "no answer" besides the usual ones.
    """

    path: Path
    format: str
    columns: dict[str, str]
    separator: str = ","
    decimal: str = "."
    words: tuple[str, ...] = ()

    def chunks(
        self, select: Sequence[str], key: str = "", buckets: int = 1, seed: int = 1
    ) -> Iterator[NDArray[np.float64]]:
        """Read columns as numbers, in the order of the file.

        Parameters
        ----------
        select : sequence of str
            Columns of numbers.
        key : str, optional
            A column of any type, of which the hash becomes a last column: a number below `buckets`.
        buckets, seed : int, optional
            Number of buckets, and what the hash is mixed with.

        Yields
        ------
        ndarray of shape (m, columns)
            NaN where a cell is empty; m is `CHUNK_ROWS` at most.

        Raises
        ------
        DataError
            When the file is broken, or a cell of a CSV file is text.
        """
        import duckdb

        columns = [f"COALESCE(CAST({self._named(c)} AS DOUBLE), 'nan'::DOUBLE)" for c in select]
        if key:
            # Of the text, so that a key is the same from Parquet and from CSV.
            digits = f"left(md5('{int(seed)}:' || CAST({self._named(key)} AS VARCHAR)), 12)"
            code = f"CAST('0x' || {digits} AS BIGINT) % {int(buckets)}"
            columns.append(f"COALESCE(CAST({code} AS DOUBLE), 'nan'::DOUBLE)")
        query = ", ".join(f"{column} AS c{at}" for at, column in enumerate(columns))
        source, told = self._source(select)
        try:
            with connect() as connection:
                found = connection.execute(f"SELECT {query} FROM {source}", told)
                while len(chunk := found.fetch_df_chunk(max(1, CHUNK_ROWS // _VECTOR))):
                    yield chunk.to_numpy(dtype=np.float64)
        except duckdb.Error as error:
            _refuse(error, self.path.name, self.columns)

    def _named(self, column: str) -> str:
        """Name of a column in a query: by its place in a CSV file, whose names may differ in case only."""
        return _name(column) if self.format == "parquet" else f"cell{list(self.columns).index(column)}"

    def _source(self, select: Sequence[str]) -> tuple[str, dict[str, Any]]:
        """Table function that reads the file, and its parameters."""
        path = glob.escape(str(self.path))
        if self.format == "parquet":
            return "read_parquet($path)", {"path": path}
        types = {f"cell{at}": "DOUBLE" if c in select else "VARCHAR" for at, c in enumerate(self.columns)}
        words = {*NO_ANSWER, *self.words}
        told = {
            "path": path,
            "types": types,
            "words": sorted({form for word in words for form in (word, word.upper(), word.capitalize())}),
            "separator": self.separator,
            "decimal": self.decimal,
        }
        # Nothing is guessed from the rows: what a cell means must not depend on its neighbours.
        return (
            "read_csv($path, auto_detect = false, header = true, columns = $types, nullstr = $words, "
            "delim = $separator, decimal_separator = $decimal, quote = '\"', escape = '\"')",
            told,
        )


def find_files(paths: str | Path | Sequence[str | Path]) -> tuple[Path, ...]:
    """Files that paths and patterns name, those of a pattern sorted by name.

    Parameters
    ----------
    paths : path or pattern, or sequence of them
        ``answers/2026-*.parquet`` stands for all such files.

    Returns
    -------
    tuple of pathlib.Path

    Raises
    ------
    DataError
        When there is no such file.

    Examples
    --------
    >>> find_files("nowhere/*.parquet")
    Traceback (most recent call last):
    csat.data.problems.DataError: there is no data file "nowhere/*.parquet"
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        raise DataError("no file is named; give a path, or a pattern such as answers/*.parquet")
    found: dict[Path, None] = {}
    for path in given:
        one = Path(path).expanduser()
        matches = [one] if one.is_file() else [Path(p) for p in sorted(glob.glob(str(one), recursive=True))]
        files = [match for match in matches if match.is_file()]
        if not files:
            there = one.parent.iterdir() if one.parent.is_dir() else []
            hint = suggest(one.name, [p.name for p in there if p.is_file()])
            raise DataError(f'there is no data file "{path}"{hint}')
        found.update(dict.fromkeys(files))
    return tuple(found)


def open_file(path: Path, separator: str = "", decimal: str = ".", words: Sequence[str] = ()) -> LargeFile:
    """Look which columns a file has; no answers are read yet.

    Parameters
    ----------
    path : pathlib.Path
    separator, decimal : str, optional
        Signs of a CSV file; the separator is recognised when not given.
    words : sequence of str, optional
        Cells that mean "no answer" besides the usual ones (empty, NA, null and their like).

    Returns
    -------
    LargeFile

    Raises
    ------
    DataError
        When the file is empty, of no format that can be read in chunks, broken, or not in UTF-8.
    """
    zipped = path.suffix.lower() == ".gz"
    form = ENDINGS.get(Path(path.stem if zipped else path.name).suffix.lower(), "")
    if form not in (("csv",) if zipped else ("csv", "parquet")):
        allowed = ", ".join([*ENDINGS, ".csv.gz"])
        raise DataError(f"the ending does not tell a format that is read in chunks; use {allowed}", path.name)
    if not path.stat().st_size:
        raise DataError("the file is empty", path.name)
    if form == "parquet":
        return LargeFile(path, form, _parquet_columns(path))
    head = _head(path, zipped)
    mark = separator or separator_of(head)
    header = next(iter(head_rows(head, mark)), [])
    if len(set(header)) < len(header) or not all(header):
        wrong = [c or "(no name)" for c in dict.fromkeys(header) if header.count(c) > 1 or not c]
        raise DataError(f"columns without a name of their own: {listing(wrong)}; name each once", path.name)
    return LargeFile(path, form, dict.fromkeys(header, "VARCHAR"), mark, decimal, tuple(words))


def is_number(kind: str) -> bool:
    """Whether a type of duckdb is one of numbers.

    Examples
    --------
    >>> is_number("UTINYINT"), is_number("DECIMAL(4,1)"), is_number("VARCHAR")
    (True, True, False)
    """
    return _NUMBERS.fullmatch(kind) is not None


def connect() -> duckdb.DuckDBPyConnection:
    """Open a connection that keeps the order of rows and loads nothing from elsewhere."""
    import duckdb

    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    connection.execute(f"SET preserve_insertion_order = true; SET streaming_buffer_size = '{_BUFFER}'")
    return connection


def _parquet_columns(path: Path) -> dict[str, str]:
    """Columns of a Parquet file and their types."""
    import duckdb

    try:
        with connect() as connection:
            told = connection.execute("DESCRIBE FROM read_parquet(?)", [glob.escape(str(path))]).fetchall()
    except duckdb.Error as error:
        _refuse(error, path.name)
    return {str(row[0]): str(row[1]) for row in told}


def _head(path: Path, zipped: bool) -> str:
    """First lines of a text file."""
    try:
        with gzip.open(path) if zipped else path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise DataError(f"the file cannot be read ({error})", path.name) from error
    if len(head) == _HEAD_BYTES:
        head = head[: head.rfind(b"\n") + 1]
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            "the file is not in UTF-8; save it as UTF-8, or as Parquet, which is also faster", path.name
        ) from error
    if not text.strip():
        raise DataError("the file is empty, or its first line is too long", path.name)
    return text


def _name(column: str) -> str:
    """Name of a column as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def _refuse(error: duckdb.Error, name: str, columns: Sequence[str] | dict[str, str] = ()) -> NoReturn:
    """Say of a file that duckdb cannot read what is wrong, in which line and column."""
    text = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    cell = re.search(r'converting column "(cell\d+)"\. Could not convert string "(.*)" to', text)
    where = f" in line {line[1]}" if line else ""
    if cell:
        column = list(columns)[int(cell[1].removeprefix("cell"))]
        raise DataError(
            f'the answers to {column} are not numbers: "{cell[2]}"{where}; correct it, or name it '
            'among the words that mean "no answer"',
            name,
        ) from error
    width = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if width:
        raise DataError(
            f"a row has {width[2]} cells{where}, but the header has {width[1]}; a text that holds the "
            "separator needs quotes",
            name,
        ) from error
    lines = [line for line in text.splitlines()[:3] if line.strip() and not line.startswith("Original")]
    short = " ".join(lines)
    raise DataError(f"the file cannot be read ({short}); save it anew", name) from error
