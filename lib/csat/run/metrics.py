"""The machine-readable result: the notebooks' numbers as one CSV file and one Parquet file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from math import isclose
from pathlib import Path

from csat.run.errors import RunFailed

COLUMNS = (
    "study",
    "wave",
    "segment",
    "notebook",
    "metric",
    "subject",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "method",
)
_NUMBERS = ("estimate", "ci_low", "ci_high", "n")


def read_metrics(folder: Path, notebooks: Sequence[str]) -> list[tuple[str, ...]]:
    """Read what the notebooks of one language wrote.

    Parameters
    ----------
    folder : Path
        Their working folder, with ``<notebook>.metrics.csv``.
    notebooks : sequence of str
        Names, in the order of the report.

    Returns
    -------
    list of tuple of str
        One row a number, the fields of :data:`COLUMNS` as they were written.

    Raises
    ------
    RunFailed
        If a file lacks a column.
    """
    rows = []
    for name in notebooks:
        with (folder / f"{name}.metrics.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise RunFailed(f"{name}.metrics.csv lacks the column {', '.join(missing)}")
            rows += [tuple(row[column] or "" for column in COLUMNS) for row in reader]
    return rows


def same_in_all(rows_by_lang: dict[str, list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """Return the rows of the first language after making sure that the others say the same.

    Raises
    ------
    RunFailed
        Naming the first number that differs between two languages.
    """
    (first, rows), *others = rows_by_lang.items()
    for lang, theirs in others:
        for one, other in zip(rows, theirs, strict=False):
            if not _same(one, other):
                raise RunFailed(f"the languages disagree: {first} has {_say(one)}, {lang} has {_say(other)}")
        if len(rows) != len(theirs):
            raise RunFailed(
                f"the languages disagree: {len(rows)} numbers in {first}, {len(theirs)} in {lang}"
            )
    return rows


def write_metrics(rows: Sequence[tuple[str, ...]], folder: Path) -> None:
    """Write ``metrics.csv`` and ``metrics.parquet``.

    Parameters
    ----------
    rows : sequence of tuple of str
        As :func:`read_metrics` returns them.
    folder : Path
        Where the files go.
    """
    import duckdb

    target = folder / "metrics.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    types = {column: "DOUBLE" if column in _NUMBERS else "VARCHAR" for column in COLUMNS}
    texts = [column for column in COLUMNS if column not in _NUMBERS]
    query = f"from read_csv(?, header = true, columns = {types}, force_not_null = {texts}, quote = '\"')"
    with duckdb.connect() as connection:
        # The empty text of "no segment" stays a text; a number that is not there is null.
        numbers = connection.sql(query, params=[str(target)])
        numbers.write_parquet(str(folder / "metrics.parquet"), compression="zstd")


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether two rows tell the same, their numbers to nine digits."""
    return all(
        mine == theirs
        or (column in _NUMBERS and mine and theirs and isclose(float(mine), float(theirs), rel_tol=1e-9))
        for column, mine, theirs in zip(COLUMNS, one, other, strict=True)
    )


def _say(row: tuple[str, ...]) -> str:
    """One number in words."""
    fields = dict(zip(COLUMNS, row, strict=True))
    return f"{fields['notebook']} {fields['metric']} of {fields['subject']} = {fields['estimate']}"
