"""Small work on the texts of exports: names, labels, times."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence
from datetime import datetime

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?.*)?$")
_SLASHED = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?)?$"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_MANY_LABELS = 60
_REPEATED = 0.7


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give names that come again a number: ``Why?``, ``Why? (2)``; tell also which got one.

    Examples
    --------
    >>> unique_names(["Why?", "How?", "Why?"])
    (['Why?', 'How?', 'Why? (2)'], ['Why? (2)'])
    """
    taken = set(names)
    used: dict[str, int] = {}
    made, renamed = [], []
    for name in names:
        used[name] = used.get(name, 0) + 1
        new = name
        while used[name] > 1 and (new := f"{name} ({used[name]})") in taken:
            used[name] += 1
        if new != name:
            taken.add(new)
            renamed.append(new)
        made.append(new)
    return made, renamed


def one_line(text: str) -> str:
    """Text without line breaks, and with single blanks."""
    return " ".join(text.split())


def common_start(texts: Sequence[str]) -> str:
    """Return what all texts begin with.

    Examples
    --------
    >>> common_start(["Q2_1", "Q2_2", "Q2_10"])
    'Q2_'
    """
    first, last = min(texts), max(texts)
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]


def plain_text(text: str) -> str:
    """Text of a question without the marks of HTML."""
    return one_line(html.unescape(_TAG.sub("", text)))


def seen_labels(cells: Collection[str]) -> dict[str, str]:
    """Answers that a column of labels holds, each standing for itself; none when they are very many."""
    seen = sorted(cell for cell in set(cells) if cell and not is_number(cell))
    return {cell: cell for cell in seen} if len(seen) <= _MANY_LABELS else {}


def come_again(cells: Sequence[str]) -> bool:
    """Whether the filled cells are answers from a list: few of them differ, as names and open texts do.

    Examples
    --------
    >>> come_again(["Well", "Badly", "Well"]), come_again(["Anna", "Bo", "Cy", "Anna"])
    (True, False)
    """
    filled = [cell for cell in cells if cell]
    return len(set(filled)) <= _REPEATED * len(filled)


def is_number(cell: str) -> bool:
    """Whether a cell is a plain number."""
    return re.fullmatch(r"-?\d+([.,]\d+)?", cell) is not None


def iso_times(cells: Sequence[str]) -> list[str] | None:
    """Write times as ``2026-10-01 09:30:00``; None when a cell is no time.

    Parameters
    ----------
    cells : sequence of str
        ISO times, or those of American tools and spreadsheets (``10/01/2026 09:30:00 AM``, ``10/1/26 9:30``).
        The month stands first unless a first number above 12 shows that the day does.

    Returns
    -------
    list of str, or None
    """
    if all(not cell or _ISO_TIME.match(cell) for cell in cells):
        return list(cells)
    found = [None if not cell or _ISO_TIME.match(cell) else _SLASHED.match(cell) for cell in cells]
    if any(cell and not _ISO_TIME.match(cell) and m is None for cell, m in zip(cells, found, strict=True)):
        return None
    day_first = any(m is not None and int(m[1]) > 12 for m in found)
    try:
        return [c if m is None else _iso(m, day_first) for c, m in zip(cells, found, strict=True)]
    except ValueError:  # a month of 13, an hour of 25: no time after all
        return None


def _iso(match: re.Match[str], day_first: bool) -> str:
    """One time with slashes as an ISO time."""
    first, second, year, hour, minute, seconds, half = match.groups()
    day, month = (first, second) if day_first else (second, first)
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    full = int(year) if len(year) == 4 else 2000 + int(year)
    return str(datetime(full, int(month), int(day), hours, int(minute or 0), int(seconds or 0)))
