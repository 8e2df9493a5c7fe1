"""What respondents are known by or wrote themselves: none of it may be found in a published file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from csat.data.table import RawTable
    from csat.study.definition import Study

MOST_ROWS = 200_000
"""Rows of the answers that are looked at: of a larger file the first ones, to bound time and memory."""

_HEAD = 6
_LEAST_ID, _LEAST_TEXT, _LEAST_CHINESE = 6, 12, 6
_OFTEN = 2
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Respondents:
    """Ids of respondents and the texts that they wrote.

    Attributes
    ----------
    ids : frozenset of str
        Ids that cannot be mistaken for a count: of six characters with letters among them, or eight digits.
    texts : mapping of str to tuple of str
        First six characters -> texts: answers in words that no more than two respondents gave alike.
    cells : DataFrame or None
        Everything that came in, to look a single value up.
    """

    ids: frozenset[str] = frozenset()
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cells: pd.DataFrame | None = None

    def wrote(self, value: str) -> bool:
        """Say whether a value stands in any cell of the answers."""
        if self.cells is None:
            return False
        columns = (self.cells[name] for name in self.cells.columns)
        return any(cells.str.contains(value, regex=False).any() for cells in columns)

    def found_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Find ids and texts of respondents.

        Parameters
        ----------
        text : str

        Yields
        ------
        (str, str)
            ``respondent`` or ``answer``, and what was found.
        """
        if self.ids:
            words = set(_WORD.findall(text))
            yield from (("respondent", one) for one in sorted(words & self.ids))
        if self.texts:
            # Most texts are told to be absent by their first characters alone.
            heads = {text[i : i + _HEAD] for i in range(len(text) - _HEAD + 1)} & self.texts.keys()
            for head in sorted(heads):
                yield from (("answer", one) for one in self.texts[head] if one in text)


def respondents_of(table: RawTable | None, study: Study, known: str = "") -> Respondents:
    """Collect what respondents are known by or wrote.

    Parameters
    ----------
    table : RawTable or None
        The answers as they came in; None when they are no longer at hand.
    study : Study
        Tells the column of the id, and which columns are ratings.
    known : str
        The study's own texts: what stands in them was not written by a respondent.

    Returns
    -------
    Respondents
    """
    if table is None:
        return Respondents()
    cells = table.cells.head(MOST_ROWS)
    special = {study.data.respondent_column, table.roles.get("respondent", "")}
    ratings = {item.column for item in study.items.values()}
    ids = {one for name in special & set(cells.columns) for one in cells[name].unique() if _is_id(one)}
    texts: dict[str, tuple[str, ...]] = {}
    for name in cells.columns:
        if name in special or name in ratings:
            continue
        counts = cells[name].value_counts()
        for one in counts.index[counts <= _OFTEN]:
            if _is_text(one) and one not in known:
                texts[one[:_HEAD]] = (*texts.get(one[:_HEAD], ()), one)
    return Respondents(frozenset(ids), texts, cells)


def _is_id(text: str) -> bool:
    """Whether an id cannot be mistaken for a count or a word."""
    if not _WORD.fullmatch(text):
        return False
    digits = sum(c.isdigit() for c in text)
    mixed = 0 < digits < len(text)
    return len(text) >= (_LEAST_ID if mixed else _LEAST_ID + 2) and digits > 0


def _is_text(text: str) -> bool:
    """Whether a cell holds words rather than a code, a number or a date."""
    letters = sum(c.isalpha() for c in text)
    chinese = sum("\u3400" <= c <= "\u9fff" for c in text)
    return chinese >= _LEAST_CHINESE or (
        len(text) >= _LEAST_TEXT and letters >= _LEAST_TEXT - 4 and " " in text
    )
