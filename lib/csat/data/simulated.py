"""Answers that were made by the simulator: recognised by their mark, wherever the file goes."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd

from csat.data.problems import DataError
from csat.data.readers.containers import open_file
from csat.data.sources.find import PLACE_OF_WAVE, Source, find_source
from csat.study.definition import Study
from csat.study.simulate.answering import MARK, RESPONDENT, WAVE

_HEADER = 1 << 18


def as_marked(study: Study, data: str | Path) -> Study:
    """Study as a file of simulated answers needs it read: with the columns that the simulator adds.

    Parameters
    ----------
    study : Study
        The study as declared.
    data : str or pathlib.Path
        File of answers that the user names; empty for the study's own.

    Returns
    -------
    Study
        The same study, unless the file has the simulator's mark: then its wave column is `wave` and its
        respondent column `respondent` where the study names none.
    """
    if not str(data) or MARK in _own_columns(study) or PLACE_OF_WAVE in str(data):
        return study
    header = _header(find_source(study, "", data))
    if MARK not in header:
        return study
    told = study.data
    wave = told.wave_column or (WAVE if WAVE in header else "")
    respondent = told.respondent_column or (RESPONDENT if RESPONDENT in header else "")
    ignored = (*told.ignore_columns, MARK)
    return replace(
        study,
        data=replace(told, wave_column=wave, respondent_column=respondent, ignore_columns=ignored),
    )


def is_simulated(study: Study, cells: pd.DataFrame) -> bool:
    """Whether a table of answers holds any that are marked as simulated."""
    if MARK in _own_columns(study) or MARK not in cells.columns:
        return False
    return bool(cells[MARK].isin(["1", "true", "True"]).any())


def _own_columns(study: Study) -> set[str]:
    """Columns of items and segments, of which one may be called like the mark."""
    return {i.column for i in study.items.values()} | {s.column for s in study.segments.values()}


def _header(source: Source) -> tuple[str, ...]:
    """Names of the columns of a text or Parquet file; none where they cannot be told in a moment."""
    if not source.content:
        return ()
    try:
        opened = open_file(source.content, source.name)
    except DataError:
        return ()  # reading it will say better what is wrong
    if opened.kind == "text":
        lines = opened.content[:_HEADER].decode("utf-8-sig", errors="replace").splitlines()
        return tuple(next(csv.reader(lines[:1]), ()))
    return _parquet_header(opened.content) if opened.kind == "parquet" else ()


def _parquet_header(content: bytes) -> tuple[str, ...]:
    """Names of the columns of a Parquet file; none when it is broken, which reading it will say better."""
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        path.write_bytes(content)
        try:
            with duckdb.connect() as connection:
                found = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)])
                return tuple(str(column[0]) for column in found.description or ())
        except duckdb.Error:
            return ()
