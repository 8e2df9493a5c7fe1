"""Open answers without the personal data in them."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from csat.data.privacy.patterns import KINDS, find


def token(kind: str) -> str:
    """Give what stands for something of a kind, in any language: ``[phone]``."""
    return f"[{kind}]"


def scrub(text: str) -> tuple[str, dict[str, int]]:
    """Replace personal data in a text by their kinds.

    Parameters
    ----------
    text : str
        As the respondent wrote it.

    Returns
    -------
    tuple of str and dict
        The text with ``[phone]``, ``[email]`` and so on (see `csat.data.privacy.patterns.KINDS`) in place of
        what was found, all else untouched; and how often each kind was found.

    Examples
    --------
    >>> scrub("请回电13800138000，订单号：A20261014。")
    ('请回电[phone]，订单号：[order]。', {'order': 1, 'phone': 1})
    """
    parts, place = [], 0
    counts: Counter[str] = Counter()
    for hit in find(text):
        parts += [text[place : hit.start], token(hit.kind)]
        place = hit.end
        counts[hit.kind] += 1
    return "".join([*parts, text[place:]]), {k: counts[k] for k in KINDS if counts[k]}


def scrub_cells(cells: pd.Series) -> pd.Series:
    """Cells of a column after `scrub`, each distinct text once."""
    table = {text: scrub(str(text))[0] for text in cells.unique()}
    return cells.map(table)
