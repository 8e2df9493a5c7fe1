"""Which rows of a table belong to which wave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from csat.data.mapping.placing import with_wave_column
from csat.data.problems import DataError
from csat.data.sources import database
from csat.data.sources.find import find_source, read_source, waves_by_file
from csat.data.store.present import stored_waves
from csat.data.table import RawTable
from csat.study.definition import Study, WaveKind, wave_kind
from csat.study.problems import listing

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})([-/.月]\d{1,2}.*|月?)")


def wave_of(text: str, naming: WaveKind) -> str:
    """Name of the wave that a cell of the wave column means.

    Parameters
    ----------
    text : str
        A wave's name, or a date (``2026-10-14``, ``2026/10/14``, with or without a time).
    naming : {"year", "quarter", "month", "label"}
        How the study names its waves.

    Returns
    -------
    str
        The name; the text itself when it is no date, or when waves carry labels.

    Examples
    --------
    >>> wave_of("2026/10/14 09:30", "month"), wave_of("2026-10-14", "quarter"), wave_of("pilot", "label")
    ('2026-10', '2026-Q4', 'pilot')
    """
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    if naming == "label" or wave_kind(text) == naming:
        return text
    date = _DATE.fullmatch(text)
    if not date or not 1 <= int(date[2]) <= 12:
        return text
    year, month = date[1], int(date[2])
    return {"year": year, "quarter": f"{year}-Q{(month + 2) // 3}", "month": f"{year}-{month:02d}"}[naming]


def waves_in(study: Study, table: RawTable) -> tuple[str, ...]:
    """Waves found in the wave column of a table, in the order of time; empty without such a column."""
    column = study.data.wave_column
    if not column or column not in table.cells:
        return ()
    found = set(wave_column(study, table.cells)) - {""}
    declared = [w.id for w in study.waves if w.id in found]
    return tuple(declared) + tuple(sorted(found - set(declared))) if study.waves else tuple(sorted(found))


def wave_column(study: Study, cells: pd.DataFrame) -> pd.Series:
    """Wave of each row."""
    column = cells[study.data.wave_column]
    return column.map({t: wave_of(str(t), study.wave_naming) for t in column.unique()})


def latest_wave(study: Study, data: str | Path = "") -> str:
    """Find the latest wave that has answers.

    Parameters
    ----------
    study : Study
        The study.
    data : str or pathlib.Path, optional
        A file to look in instead of the study's own.

    Returns
    -------
    str
        Name of the wave: the latest that has answers (see `waves_with_answers`), else the last declared.

    Raises
    ------
    DataError
        When no wave is declared and none is found.
    """
    named = waves_with_answers(study, data)
    if named:
        return named[-1]
    if study.waves:
        return study.waves[-1].id
    raise DataError("no wave is declared and none is found in the data; name the wave", f'study "{study.id}"')


def waves_with_answers(study: Study, data: str | Path = "") -> tuple[str, ...]:
    """Waves of a study for which there are answers, the oldest first.

    Parameters
    ----------
    study : Study
        The study.
    data : str or pathlib.Path, optional
        A file to look in instead of the store and the study's own.

    Returns
    -------
    tuple of str
        Waves stored, those with a file of their own where the path holds ``{wave}``, else those in the wave
        column.

    Raises
    ------
    DataError
        When the file cannot be read and nothing is stored.
    """
    stored = () if str(data) else stored_waves(study)
    found = waves_by_file(study, data)
    own = study.data.kind != "none" and not database.tells_wave(study.data)
    if not found and study.data.wave_column and (str(data) or own):
        try:
            table = read_source(find_source(study, "", data))
            found = waves_in(study, with_wave_column(study, table))
        except DataError:
            if not stored:
                raise
    return in_order(study, [w for w in {*stored, *found} if study.has_wave(w)])


def in_order(study: Study, names: Iterable[str]) -> tuple[str, ...]:
    """Waves by date where they are named so, else in the order of declaration."""
    if study.wave_naming == "label":
        order = [w.id for w in study.waves]
        return tuple(sorted(names, key=order.index))
    return tuple(sorted(names))


def rows_of_wave(study: Study, table: RawTable, wave: str, asked: bool) -> tuple[pd.Series, str]:
    """Which rows belong to a wave, and a note when the file does not say.

    `asked` tells whether the wave was named by the user, who then may read a file without a wave column.
    """
    every = pd.Series(True, index=table.cells.index)
    column = study.data.wave_column
    if not column:
        return every, ""
    if column not in table.cells:
        if asked or len(study.waves) == 1:
            return every, f'the file has no column "{column}": every row is taken as wave {wave}'
        raise DataError(
            f'the wave column "{column}" is missing; name the wave that the file holds', table.name
        )
    chosen = wave_column(study, table.cells) == wave
    if not chosen.any():
        there = listing(waves_in(study, table)) or "none"
        raise DataError(f'there are no rows of wave "{wave}"; the file holds: {there}', table.name)
    return chosen, ""
