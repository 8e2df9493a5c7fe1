"""All diagnostics of a study's pilot, by its own questions, scales and routing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from csat.study.definition import Study
from csat.study.pretest.files import write_csv, write_html, write_xlsx
from csat.study.pretest.leaving import break_off, still_there
from csat.study.pretest.pilot import (
    dont_know_share,
    floor_ceiling,
    is_code,
    item_nonresponse,
    median_time,
    straight_lining,
)
from csat.study.pretest.texts import page_title, texts, title
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Column, Question
from csat.study.routing import evaluate
from csat.study.timing import Timing, question_seconds

if TYPE_CHECKING:
    import pandas as pd


def pilot_diagnostics(
    study: Study, frame: pd.DataFrame, version: str = "", seconds: pd.DataFrame | None = None, lang: str = ""
) -> dict[str, pd.DataFrame]:
    """Make all diagnostics of a pilot.

    Parameters
    ----------
    study : Study
        The study.
    frame : pandas.DataFrame
        Answers in the columns of `Questionnaire.columns`; columns that it lacks are left out.
    version : str, optional
        Version that was piloted.
    seconds : pandas.DataFrame, optional
        Seconds by respondent and question (its id).
    lang : str, optional
        Language that was read, for the expected times; by default the study's first.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``nonresponse`` and ``dont_knows`` (of people who were asked and had not left), ``ends``,
        ``straight``, ``break_off``, and, with `seconds`, ``times``.
    """
    questionnaire = study.questionnaire(version)
    present = [(q, c) for q, c in _columns(questionnaire) if c.name in frame.columns]
    rated = {c.name: q.scale for q, c in present if q.scale and c.kind == "number"}
    codes: dict[str, object] = {
        c.name: q.dont_know_code for q, c in present if q.dont_know and c.kind == "number"
    }
    options = {c.name: o.code for q, c in present for o in q.options if o.dont_know and c.kind == "code"}
    grids = {s.id: [q.base for q in s.questions] for s in questionnaire.screens if s.kind == "grid"}
    grids = {name: columns for name, columns in grids.items() if set(columns) <= set(frame.columns)}
    names = [c.name for _, c in present]
    pages = {s.id: [c.name for q in s.questions for c in q.columns] for s in questionnaire.screens}
    pages = {page: [c for c in columns if c in names] for page, columns in pages.items()}
    pages = {page: columns for page, columns in pages.items() if columns}
    asked = asked_frame(questionnaire, frame)
    there = still_there(frame, pages, asked)
    rated_answers = frame[list(rated)].copy()
    for column in set(codes) & set(rated):
        rated_answers[column] = rated_answers[column].mask(is_code(frame[column], codes[column]))
    tables = {
        "nonresponse": item_nonresponse(frame, names, there),
        "ends": floor_ceiling(rated_answers, rated),
        "dont_knows": dont_know_share(frame, {**codes, **options}, there),
        "straight": straight_lining(rated_answers, grids),
        "break_off": break_off(frame, pages, asked),
    }
    if seconds is not None:
        plan = question_seconds(questionnaire, lang or study.language, Timing.from_extras(study.extras))
        tables["times"] = median_time(seconds, plan)
    return tables


def _columns(questionnaire: Questionnaire) -> Iterator[tuple[Question, Column]]:
    """Columns of answers with their questions; texts beside "other" are no answers of their own."""
    for question in questionnaire.questions:
        for column in question.columns:
            if column.part != "other":
                yield question, column


def asked_frame(questionnaire: Questionnaire, frame: pd.DataFrame) -> pd.DataFrame:
    """Decide from the answers who was asked what.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    frame : pandas.DataFrame
        Answers.

    Returns
    -------
    pandas.DataFrame
        True or false by respondent and column.
    """
    import pandas as pd

    who = {
        column.name: evaluate(question.condition, frame, questionnaire.by_id)
        for question, column in _columns(questionnaire)
    }
    return pd.DataFrame(who, index=frame.index)


def write_diagnostics(
    study: Study, tables: dict[str, pd.DataFrame], folder: Path, lang: str = "", version: str = ""
) -> tuple[Path, ...]:
    """Write the diagnostics of a pilot into a folder.

    Parameters
    ----------
    study : Study
        The study.
    tables : dict of str to pandas.DataFrame
        What `pilot_diagnostics` returned.
    folder : pathlib.Path
        Where the files go; it is made if need be.
    lang : str, optional
        Language of headings, by default the study's first.
    version : str, optional
        Version that was piloted, for the names of the files.

    Returns
    -------
    tuple of pathlib.Path
        The workbook, the page, and each table as CSV.
    """
    lang = study.require_language(lang or study.language)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stem = "_".join(filter(None, (study.id, version, "pilot", lang)))
    named = {title(key, lang): table for key, table in tables.items()}
    intro = {next(iter(named), ""): str(texts(lang)["intro"]["pilot"])}
    heading = page_title(study, "pilot", lang)
    book = write_xlsx(named, folder / f"{stem}.xlsx", lang)
    page = write_html(named, folder / f"{stem}.html", heading, lang, intro)
    return (book, page, *(write_csv(t, folder / f"{stem}_{key}.csv", lang) for key, t in tables.items()))
