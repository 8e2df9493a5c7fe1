"""Rows of a frame as objects with an attribute a column, of whatever type the column has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows of a frame, one after the other, as named tuples."""
    return iter(frame.itertuples(index=False))


def highest(frame: pd.DataFrame, column: str) -> Any:
    """Row with the largest value in a column (the first of several)."""
    return next(rows_of(frame.sort_values(column, ascending=False, kind="stable")))


def lowest(frame: pd.DataFrame, column: str) -> Any:
    """Row with the smallest value in a column (the first of several)."""
    return next(rows_of(frame.sort_values(column, kind="stable")))


def halves(subjects: pd.Series, mark: str) -> tuple[list[str], list[str]]:
    """Split subjects such as ``A~B`` or ``A→b``: what stands before the mark, and after it."""
    parts = [str(subject).partition(mark) for subject in subjects]
    return [part[0] for part in parts], [part[2] for part in parts]
