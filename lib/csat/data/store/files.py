"""Files that are on the disk for certain, and a table of answers as Parquet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

READ_ONLY = 0o444
_TYPES = {"row": "BIGINT", "item": "DOUBLE", "cell": "VARCHAR", "weight": "DOUBLE"}


@dataclass(frozen=True)
class StoredColumn:
    """One column of the Parquet file.

    Attributes
    ----------
    name : str
        Its name in the file.
    part : {"row", "item", "cell", "weight"}
        What it holds.
    of : str
        Item or column of the study; empty for row and weight.
    """

    name: str
    part: str
    of: str = ""


def stored_columns(items: Iterable[str], cells: Iterable[str]) -> tuple[StoredColumn, ...]:
    """Names of the columns in the file: as in the study, with a number behind those that are taken.

    DuckDB takes ``q1`` and ``Q1`` for the same name, so capitals alone do not tell two columns apart.
    """
    parts = [("row", ""), *(("item", i) for i in items), *(("cell", c) for c in cells), ("weight", "")]
    taken: set[str] = {"row", "weight"}
    columns = []
    for part, of in parts:
        name, number = of or part, 1
        while of and (name.lower() in taken or not name.strip()):
            number += 1
            name = f"{of.strip() or 'column'}_{number}"
        taken.add(name.lower())
        columns.append(StoredColumn(name, part, of))
    return tuple(columns)


def write_parquet(
    path: Path, numbers: pd.DataFrame, cells: pd.DataFrame, weights: pd.Series
) -> tuple[StoredColumn, ...]:
    """Write answers to a Parquet file: the same bytes for the same answers.

    Parameters
    ----------
    path : pathlib.Path
        File to write.
    numbers : pandas.DataFrame, shape (n, items)
        Answers; the index is the row of the file that they come from. NaN is stored as NULL.
    cells : pandas.DataFrame of str, shape (n, columns)
        Other cells; the empty text is stored as NULL.
    weights : pandas.Series, shape (n,)

    Returns
    -------
    tuple of StoredColumn
        Columns in their order.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    import duckdb

    columns = stored_columns(map(str, numbers.columns), map(str, cells.columns))
    held: dict[str, Any] = {"row": numbers.index.to_numpy(dtype=np.int64), "weight": weights.to_numpy(float)}

    def values(one: StoredColumn) -> Any:
        if one.part == "item":
            return numbers[one.of].to_numpy(dtype=float)
        return cells[one.of].to_numpy(dtype=object) if one.part == "cell" else held[one.part]

    # Columns go in under numbers, so that no name of a study meets a rule of the database.
    table = pd.DataFrame({f"c{k}": values(one) for k, one in enumerate(columns)}, copy=False)
    chosen = ", ".join(_selected(k, one, _TYPES[one.part]) for k, one in enumerate(columns))
    try:
        with duckdb.connect(config={"threads": 1}) as connection:  # one thread: always the same bytes
            connection.register("answers", table)
            connection.execute(
                f"COPY (SELECT {chosen} FROM answers) TO '{_quoted(str(path))}' "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
    except duckdb.Error as error:
        raise OSError(None, str(error).splitlines()[0]) from error
    return columns


def read_parquet(path: Path, columns: Iterable[StoredColumn]) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Read answers as `write_parquet` wrote them.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    columns : iterable of StoredColumn
        Its columns.

    Returns
    -------
    numbers, cells : pandas.DataFrame
    weights : pandas.Series

    Raises
    ------
    OSError
        When the file is not what it should be.
    """
    import duckdb

    told = tuple(columns)
    chosen = ", ".join(f'"{_identifier(one.name)}" AS c{k}' for k, one in enumerate(told))
    try:
        with duckdb.connect() as connection:
            frame = connection.execute(
                f"SELECT {chosen} FROM read_parquet('{_quoted(str(path))}')"
            ).fetchnumpy()
    except duckdb.Error as error:
        raise OSError(None, str(error).splitlines()[0]) from error
    by_part: dict[str, dict[str, Any]] = {"row": {}, "item": {}, "cell": {}, "weight": {}}
    for k, one in enumerate(told):
        by_part[one.part][one.of] = frame[f"c{k}"]
    index = pd.Index(np.asarray(by_part["row"][""], dtype=np.int64))
    numbers = {of: _filled(values, np.nan).astype(float) for of, values in by_part["item"].items()}
    cells = {of: _filled(values, "").astype(object) for of, values in by_part["cell"].items()}
    return (
        pd.DataFrame(numbers, index=index, columns=list(numbers)),
        pd.DataFrame(cells, index=index, columns=list(cells), dtype="str"),
        pd.Series(_filled(by_part["weight"][""], np.nan).astype(float), index=index),
    )


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def settle(folder: Path, files: Iterable[str]) -> None:
    """Have files on the disk and not to be written to, then the folder that names them."""
    for name in files:
        path = folder / name
        path.chmod(READ_ONLY)
        flush(path)
    flush(folder)


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each name on the disk."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        flush(one.parent)


def sums_text(folder: Path, files: Iterable[str]) -> str:
    """Hashes of files as ``sha256sum -c`` reads them."""
    return sums_of({name: sha256(folder / name) for name in files})


def sums_of(hashes: Mapping[str, str]) -> str:
    """Write file -> hash as ``sha256sum -c`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in hashes.items())


def read_sums(text: str) -> Mapping[str, str]:
    """File -> hash, from a file that `sums_text` made."""
    pairs = (line.split("  ", 1) for line in text.splitlines() if "  " in line)
    return {name: digest for digest, name in pairs}


def _selected(number: int, column: StoredColumn, kind: str) -> str:
    """One column of the query that writes."""
    value = f"CAST(c{number} AS {kind})"
    if column.part == "cell":
        value = f"nullif({value}, '')"
    if column.part == "item":
        value = f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END"
    return f'{value} AS "{_identifier(column.name)}"'


def _identifier(name: str) -> str:
    """Name inside double quotes."""
    return name.replace('"', '""')


def _quoted(text: str) -> str:
    """Text inside single quotes."""
    return text.replace("'", "''")


def _filled(values: Any, missing: Any) -> Any:
    """Array with something in place of NULL."""
    text = isinstance(missing, str)
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(object if text else float), missing)
    array = np.asarray(values, dtype=object if text else float)
    if text:
        array[pd.isna(array)] = missing
    return array
