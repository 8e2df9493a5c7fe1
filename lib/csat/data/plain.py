"""Answers of a questionnaire as plain text: one code for one answer, nothing where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csat.data.cleaning import to_codes
from csat.study.definition import Study
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Column

if TYPE_CHECKING:
    from csat.data.answers import Answers

_AS_WRITTEN = ("text", "date")


def plain_cells(study: Study, questionnaire: Questionnaire, cells: pd.DataFrame) -> pd.DataFrame:
    """Write the cells of a questionnaire's columns plainly.

    Parameters
    ----------
    study : Study
        Its ``[data]`` says which codes mean "no answer".
    questionnaire : Questionnaire
        Which columns, and of which kind.
    cells : pandas.DataFrame of str, shape (n, columns)
        As they came.

    Returns
    -------
    pandas.DataFrame of str, shape (n, columns that are there)
        Codes for "no answer" (of the study and of the scale) are empty and ``1.0`` is ``1``; texts and dates
        stay as they are. The code of "don't know" stays, where a question offers that.
    """
    plain = {}
    for question in questionnaire.questions:
        known = {question.dont_know_code} if question.dont_know else set()
        for column in question.columns:
            if column.name in cells.columns:
                gone = (*study.data.missing, *(code for code in column.missing if code not in known))
                plain[column.name] = _plain(cells[column.name], column, gone)
    return pd.DataFrame(plain, index=cells.index)


def _plain(cells: pd.Series, column: Column, gone: tuple[float | str, ...]) -> pd.Series:
    """One column written plainly, with the codes that are no answer emptied."""
    if column.kind in _AS_WRITTEN:
        return cells
    return to_codes(cells, gone).fillna("").astype(object)


def asked_in(answers: Answers) -> Questionnaire:
    """Return the questionnaire of the wave that answers belong to.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    Questionnaire
    """
    return answers.study.questionnaire(answers.study.wave(answers.wave).version)


def plain_answers(answers: Answers) -> pd.DataFrame:
    """Write everything that respondents answered plainly, items included.

    Parameters
    ----------
    answers : Answers
        Their `cells` hold the columns of questions, and those of items in which "don't know" occurs.

    Returns
    -------
    pandas.DataFrame of str, shape (n, columns that are there)
        As `plain_cells`. An item that is not among the cells is written from its number.
    """
    cells = all_cells(answers)
    columns = {item.column: item.id for item in answers.study.items.values() if item.id in answers.raw}
    missing = {c: _as_text(answers.raw[i]) for c, i in columns.items() if c not in cells.columns}
    written = pd.DataFrame(missing, index=answers.raw.index)
    return plain_cells(answers.study, asked_in(answers), pd.concat([cells, written], axis=1))


def all_cells(answers: Answers) -> pd.DataFrame:
    """Return the cells of answers, as a table without columns where answers have none.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    pandas.DataFrame of str, shape (n, columns)
    """
    return answers.cells if len(answers.cells.columns) else pd.DataFrame(index=answers.raw.index)


def _as_text(numbers: pd.Series) -> pd.Series:
    """Numbers as text, empty where there is none."""
    return numbers.map({v: f"{v:g}" for v in numbers.dropna().unique()}).fillna("").astype(object)
