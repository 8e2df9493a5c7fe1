"""Numbers written with a decimal comma, as in most of Europe and Latin America."""

from __future__ import annotations

import pandas as pd

from csat.study.problems import listing

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_COMMA = r"[-+]?\d+,\d+"
_POINT = r"[-+]?\d+\.\d+"
_GROUPED = r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?"
_SHOWN = 5


def with_points(cells: pd.DataFrame, decimal: str, separator: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Write numbers with a decimal comma with a point.

    Parameters
    ----------
    cells : pandas.DataFrame of str
        The table.
    decimal : {"", ".", ","}
        Sign that the study tells; empty to recognise it.
    separator : str
        Sign between the cells of the file. Commas are recognised as decimal only where it is none of
        ``","`` and ``""``: there ``3,5`` may be a list of two codes.

    Returns
    -------
    (pandas.DataFrame, tuple of str)
        The table, and a note that names the columns changed. Told ``","``, every cell that is a number
        with a comma changes, and points that group thousands go; recognised, only columns that hold nothing
        but numbers, and only where no cell of the file has a decimal point.
    """
    if decimal == ".":
        return cells, ()
    if decimal == ",":
        changed = {
            name: _told(column) for name, column in cells.items() if _any(column, f"{_COMMA}|{_GROUPED}")
        }
        reason = "as told"
    else:
        if separator in ("", ","):
            return cells, ()
        found = {name: column for name, column in cells.items() if _any(column, _COMMA) and _numeric(column)}
        if not found or any(_any(column, _POINT) for _, column in cells.items()):
            return cells, ()
        changed = {name: column.str.replace(",", ".", regex=False) for name, column in found.items()}
        reason = 'recognised; set decimal = "." if they are lists of codes'
    if not changed:
        return cells, ()
    shown = listing((str(name) for name in changed), _SHOWN)
    return cells.assign(**{str(k): v for k, v in changed.items()}), (
        f"numbers with a decimal comma in {shown} ({reason})",
    )


def _any(column: pd.Series, pattern: str) -> bool:
    """Whether any cell is of a pattern."""
    return bool(column.str.fullmatch(pattern).any())


def _numeric(column: pd.Series) -> bool:
    """Whether all cells that hold anything are numbers."""
    return bool(column[column != ""].str.fullmatch(_NUMBER).all())


def _told(column: pd.Series) -> pd.Series:
    """Cells with the decimal sign that was told."""
    numbers = column.str.fullmatch(f"{_COMMA}|{_GROUPED}")
    plain = column.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return column.where(~numbers, plain)
