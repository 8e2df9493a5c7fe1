"""Contract of whole rows: each respondent once, within the days of the wave, in a language of the study."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pandas as pd

from csat.data.contract.findings import Checked
from csat.data.times import to_times
from csat.study.definition import Study, Wave, wave_kind

STATUSES = ("complete", "partial", "screened", "quota", "test")
"""What the status of an answer may be; ``test`` is a preview that no respondent gave."""

LEAST_EQUAL = 8
"""Filled columns from which rows that are equal throughout are worth a word: few answers are often equal."""

_IN_BRACKETS = re.compile(r".*\(([A-Za-z]{2,3})(?:[-_][A-Za-z]+)?\)\s*")


def check_unique(work: Checked) -> None:
    """Respondents that come twice or have no id, and rows that are equal in everything but the id."""
    column = work.roles.get("respondent") or work.study.data.respondent_column
    rest = work.cells
    if column in work.cells.columns:
        ids = work.cells[column]
        work.found.add("respondent_twice", column, ids.duplicated(keep=False) & (ids != ""), "error")
        work.found.add("respondent_missing", column, ids == "")
        rest = work.cells.drop(columns=column)
    if rest.shape[1]:
        filled = (rest != "").sum(axis=1) >= LEAST_EQUAL
        work.found.add("equal_rows", "", rest.duplicated(keep=False) & filled)


def check_days(work: Checked) -> None:
    """Find times that cannot be read, lie outside the wave, or end before they begin."""
    first, last = days_of(work.study, work.wave)
    times = {}
    for role in ("started", "completed"):
        column = work.roles.get(role, "")
        if column not in work.cells.columns:
            continue
        times[role], unreadable = to_times(work.cells[column])
        work.found.add("type", column, unreadable)
        outside = pd.Series(False, index=work.cells.index)
        if first:
            outside |= times[role] < pd.Timestamp(first)
        if last:
            outside |= times[role] >= pd.Timestamp(last) + pd.Timedelta(days=1)
        work.found.add("outside_wave", column, outside)
    if len(times) == 2:
        work.found.add("ends_before_start", work.roles["completed"], times["completed"] < times["started"])


def days_of(study: Study, wave: Wave) -> tuple[date | None, date | None]:
    """First and last day of a wave.

    Parameters
    ----------
    study : Study
        How it names its waves: a wave named by date has the days of that month, quarter or year.
    wave : Wave
        Its own `starts` and `ends` come before that.

    Returns
    -------
    tuple of datetime.date or None
        None where nothing is said.
    """
    first, last = _calendar(wave.id) if wave_kind(wave.id) == study.wave_naming else (None, None)
    return (
        date.fromisoformat(wave.starts) if wave.starts else first,
        date.fromisoformat(wave.ends) if wave.ends else last,
    )


def _calendar(name: str) -> tuple[date | None, date | None]:
    """First and last day of ``2026``, ``2026-Q3`` or ``2026-10``."""
    kind = wave_kind(name)
    if kind == "label":
        return None, None
    year, _, part = name.partition("-")
    months = {"year": 12, "quarter": 3, "month": 1}[kind]
    start = 1 if kind == "year" else 3 * int(part[1]) - 2 if kind == "quarter" else int(part)
    after = start + months
    following = date(int(year) + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return date(int(year), start, 1), following - timedelta(days=1)


def check_language(work: Checked) -> None:
    """Languages that the study does not speak."""
    column = work.roles.get("language", "")
    if column in work.cells.columns:
        cells = work.cells[column]
        tags = cells.map({t: language_tag(str(t)) for t in cells.unique()})
        work.found.add("language", column, (cells != "") & ~tags.isin(work.study.languages))


def language_tag(text: str) -> str:
    """Read the language that a tool writes as ``ZH-S``, ``en_GB`` or ``English (en)``.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    str
        Its first subtag in small letters.

    Examples
    --------
    >>> [language_tag(t) for t in ("ZH-S", "en_GB", "English (en)", "zh-Hans")]
    ['zh', 'en', 'en', 'zh']
    """
    named = _IN_BRACKETS.fullmatch(text)
    return re.split(r"[-_ ]", named[1] if named else text.strip(), maxsplit=1)[0].lower()


def check_status(work: Checked) -> None:
    """Unknown statuses, partial answers, and respondents who should not be among the answers at all."""
    column = work.roles.get("status", "")
    if column not in work.cells.columns:
        return
    status = work.cells[column].str.lower()
    work.found.add("status", column, (status != "") & ~status.isin(STATUSES))
    work.found.add("screened_out", column, status.isin(("screened", "quota", "test")))
    work.found.add("partial", column, status == "partial", "note")


CHECKS = (check_unique, check_days, check_language, check_status)
