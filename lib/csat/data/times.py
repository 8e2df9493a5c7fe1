"""Dates and times as exports write them."""

from __future__ import annotations

import re

import pandas as pd

_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_LAST = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)


def to_times(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Turn cells of text into times.

    Parameters
    ----------
    cells : pandas.Series of str, shape (n,)
        One column: ``2026-10-14``, ``2026/10/14 9:30:05``, ``2026年10月14日``, ``2026-10-14T09:30:05+08:00``,
        or with the year last.

    Returns
    -------
    times : pandas.Series of datetime64, shape (n,)
        As the clock showed where it was written (offsets are left out); NaT where there is none.
    unreadable : pandas.Series of bool, shape (n,)
        Which cells hold something that is no time.

    Notes
    -----
    With the year last, the day stands first (``14/10/2026``) if some cell of the column has a number above 12
    there, or has dots (``14.10.2026``); else the month does, as American tools write it. Where no cell tells,
    and day and month differ, the column may be either: it is taken as American.

    Examples
    --------
    >>> times, wrong = to_times(pd.Series(["2026/10/3 9:30", "14.10.2026", "", "soon"]))
    >>> times.dt.strftime("%Y-%m-%d").tolist()[:2], wrong.tolist()
    (['2026-10-03', '2026-10-14'], [False, False, False, True])
    """
    distinct = [str(t) for t in cells.unique()]
    day_first = any(
        int(found[1]) > 12 or "." in text[:6] for text in distinct if (found := _YEAR_LAST.fullmatch(text))
    )
    known = {text: _time(text, day_first) for text in distinct}
    times = pd.to_datetime(cells.map(known))
    return times, times.isna() & (cells != "")


def _time(text: str, day_first: bool) -> pd.Timestamp | None:
    """One time, None where the text is none."""
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        year, month, day, *clock = found.groups()
        return _timestamp(year, month, day, clock)
    found = _YEAR_LAST.fullmatch(text)
    if not found:
        return None
    first, second, year, *clock = found.groups()
    month, day = (second, first) if day_first else (first, second)
    return _timestamp(year, month, day, clock)


def _timestamp(year: str, month: str, day: str, clock: list[str | None]) -> pd.Timestamp | None:
    """Put a time together; None for a day that no calendar has."""
    hour, minute, second = (int(part or 0) for part in clock[:3])
    half = (clock[3] or "").lower() if len(clock) > 3 else ""
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return pd.Timestamp(int(year), int(month), int(day), hour, minute, second)
    except ValueError:
        return None
