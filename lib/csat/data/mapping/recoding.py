"""Cells that mean other cells: what ``recode`` says, one step and no further."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from csat.data.cleaning import NO_ANSWER

EVERYTHING_ELSE = "*"

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def canonical(cell: str) -> str:
    """Cell in the one form that equal numbers share.

    Examples
    --------
    >>> [canonical(c) for c in ("1", "1.0", "+01", "-0", "1.50", "A1", " x ")]
    ['1', '1', '1', '0', '1.5', 'A1', 'x']
    """
    text = cell.strip()
    if not _PLAIN_NUMBER.fullmatch(text):
        return text
    sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text.lstrip("+"))
    whole, _, rest = digits.partition(".")
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    shown = f"{whole}.{rest}" if rest else whole
    return shown if Decimal(shown) == 0 else sign + shown


def recode_table(distinct: list[str], recode: Mapping[str, str]) -> dict[str, str]:
    """Meaning of each cell that a recode names; others are left out.

    Parameters
    ----------
    distinct : list of str
        Cells, stripped.
    recode : mapping of str to str
        Cell -> cell. Cells are compared in full, capitals count, and ``1`` equals ``1.0``; ``*`` stands for
        everything else that is an answer.

    Returns
    -------
    dict of str to str
        Cell -> what it means.
    """
    exact = {key.strip(): value.strip() for key, value in recode.items()}
    by_number = {canonical(key): value for key, value in exact.items()}
    result = {}
    for cell in distinct:
        if cell in exact:
            result[cell] = exact[cell]
        elif canonical(cell) in by_number:
            result[cell] = by_number[canonical(cell)]
        elif EVERYTHING_ELSE in exact and cell.lower() not in NO_ANSWER:
            result[cell] = exact[EVERYTHING_ELSE]
    return result


def recoded(cells: pd.Series, recode: Mapping[str, str]) -> pd.Series:
    """Cells after a recode."""
    table = recode_table([str(c) for c in cells.unique()], recode)
    return cells.map(lambda c: table.get(c, c)) if table else cells
