"""Missing answers: who was not asked, did not answer or did not know, and what is missing together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.data.answers import Answers
from csat.data.cleaning import to_numbers
from csat.data.contract.questions import answered, wanting
from csat.data.plain import asked_in, plain_answers
from csat.study import routed
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Question

STATES = ("answered", "dont_know", "not_answered", "not_asked", "open")
"""What became of a question for a person; ``open``: no answer, and whether it was asked hangs on another
answer that is missing."""

EVERYBODY = "everybody"
"""Path of the questions that are put to everybody."""

MOST_PATTERNS = 12
"""Patterns of missing answers that are told one by one; the rest is told together."""


def states(answers: Answers) -> pd.DataFrame:
    """Tell for each question what became of it for each respondent.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    pandas.DataFrame of str, shape (n, questions that have a column)
        One of `STATES`.

    Notes
    -----
    An answer counts although the question was not asked: that is a finding of its own
    (`csat.data.contract.findings`). "Don't know" is the code of a rating or number, or an option declared as
    such.
    """
    questionnaire, plain = asked_in(answers), plain_answers(answers)
    who = routed.asked(questionnaire, plain)
    columns = {}
    for question in wanting(questionnaire, plain):
        put, has, unsure = who[question.id], answered(question, plain), _dont_know(question, plain)
        columns[question.id] = np.select(
            [unsure, has, put == routed.NO, put == routed.OPEN],
            ["dont_know", "answered", "not_asked", "open"],
            default="not_answered",
        )
    return pd.DataFrame(columns, index=answers.raw.index)


def _dont_know(question: Question, plain: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell who said that they do not know."""
    found = np.zeros(len(plain), dtype=bool)
    if question.dont_know and question.base in plain.columns:
        numbers, _ = to_numbers(plain[question.base])
        found |= (numbers == question.dont_know_code).to_numpy()
    for option in question.options:
        if not option.dont_know:
            continue
        flag = f"{question.base}_{option.code}"
        if question.type == "multiple" and flag in plain.columns:
            found |= (plain[flag] == "1").to_numpy(dtype=bool)
        elif question.base in plain.columns:
            found |= (plain[question.base] == option.code).to_numpy(dtype=bool)
    return found


def paths_of(questionnaire: Questionnaire) -> dict[str, str]:
    """Condition under which each question is asked.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    dict of str to str
        As the study writes it; `EVERYBODY` where there is none.
    """
    return {q.id: EVERYBODY if q.condition is None else str(q.condition) for q in questionnaire.questions}


def missing_by_item(answers: Answers) -> pd.DataFrame:
    """Count for each question who answered, did not know, did not answer and was not asked.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    pandas.DataFrame
        A row a question, in order: ``question, path, asked, answered, dont_know, not_answered, not_asked,
        open, missing_share``. ``asked`` are those surely asked, and those who answered. ``missing_share`` is
        the share of them without an answer, "don't know" not being one.

    Examples
    --------
    >>> from csat.data import load_answers
    >>> from csat.study import load_study
    >>> table = missing_by_item(load_answers(load_study("corporate_reputation")))
    >>> int(table["not_answered"].sum())
    11
    """
    return _counted(states(answers), paths_of(asked_in(answers)))


def missing_by_path(answers: Answers) -> pd.DataFrame:
    """Count the same for each path through the routing: over all questions with the same condition.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    pandas.DataFrame
        A row a path: ``path, questions, respondents, asked, answered, dont_know, not_answered, not_asked,
        open, missing_share``. ``respondents`` are those whom the path was surely put to; the others count
        answers.
    """
    table = missing_by_item(answers)
    sums = table.groupby("path", sort=False)
    frame = sums[["asked", *STATES]].sum()
    asked = frame["asked"].where(frame["asked"] > 0)
    frame.insert(0, "questions", sums.size())
    frame.insert(1, "respondents", sums["asked"].max())
    frame["missing_share"] = 1 - frame["answered"] / asked
    return frame.reset_index()


def _counted(of: pd.DataFrame, paths: dict[str, str]) -> pd.DataFrame:
    """Count the states of each question."""
    rows = []
    for name in of.columns:
        counts = of[name].value_counts()
        found: dict[str, int] = {state: int(counts.get(state, 0)) for state in STATES}
        put = found["answered"] + found["dont_know"] + found["not_answered"]
        share = 1 - found["answered"] / put if put else np.nan
        rows.append({"question": name, "path": paths[name], "asked": put, **found, "missing_share": share})
    return pd.DataFrame(rows, columns=["question", "path", "asked", *STATES, "missing_share"])


def missing_patterns(frame: pd.DataFrame, most: int = MOST_PATTERNS) -> pd.DataFrame:
    """Tell which answers are missing together.

    Parameters
    ----------
    frame : pandas.DataFrame of respondents x items
        NaN missing.
    most : int
        Patterns that are told one by one, the most frequent first.

    Returns
    -------
    pandas.DataFrame
        Columns ``pattern, items, missing, count, share``: number of the pattern from 1 on; the items that are
        missing in it (a tuple, empty where nothing is missing); how many they are; respondents and their
        share. Pattern 0 in the last row puts the rest together, its items being those missing in any of them.

    Examples
    --------
    R: ``mice::md.pattern(x)``.

    >>> x = pd.DataFrame({"a": [1.0, 2.0, None], "b": [1.0, None, None]})
    >>> missing_patterns(x)[["items", "count"]].values.tolist()
    [[(), 1], [('b',), 1], [('a', 'b'), 1]]
    """
    gone = frame.isna().to_numpy()
    patterns, counts = np.unique(gone, axis=0, return_counts=True)
    order = np.lexsort((patterns.sum(axis=1), -counts))
    patterns, counts = patterns[order], counts[order]
    names = [str(c) for c in frame.columns]

    def items(pattern: npt.ArrayLike) -> tuple[str, ...]:
        return tuple(name for name, out in zip(names, np.asarray(pattern), strict=True) if out)

    rows: list[tuple[int, tuple[str, ...], int, int]] = [
        (place + 1, items(pattern), int(pattern.sum()), int(count))
        for place, (pattern, count) in enumerate(zip(patterns[:most], counts[:most], strict=True))
    ]
    if len(patterns) > most:
        rest = patterns[most:].any(axis=0)
        rows.append((0, items(rest), int(rest.sum()), int(counts[most:].sum())))
    table = pd.DataFrame(rows, columns=["pattern", "items", "missing", "count"])
    return table.assign(share=table["count"] / max(len(frame), 1))
