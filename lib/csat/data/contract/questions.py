"""Contract between questions: the routing was followed, and answers of several parts hold together.

Whether a person was asked is decided from the answers (`csat.study.routed`). Where that hangs on an answer
that is missing, the person is not counted at all. Whoever broke off is not counted at what comes after the
last answer; this shows as a low completion instead.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from csat.data.cleaning import to_numbers
from csat.data.contract.findings import Checked
from csat.study import routed
from csat.study.expressions import Selected
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Question

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

LOW_COMPLETION = 0.5
"""Share of the questions put to a person that have an answer, below which the whole is called incomplete."""

_ROUNDING = 0.01


def answered(question: Question, plain: pd.DataFrame) -> BoolArray:
    """Tell who answered a question, "don't know" included.

    Parameters
    ----------
    question : Question
        The question.
    plain : pandas.DataFrame of str, shape (n, columns)
        From `csat.data.plain.plain_cells`.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        Something stands in its columns; of several options, one was chosen.
    """
    found = np.zeros(len(plain), dtype=bool)
    for column in question.columns:
        if column.name in plain.columns and column.part not in ("other", "block"):
            cells = plain[column.name]
            found |= ((cells == "1") if column.kind == "flag" else (cells != "")).to_numpy(dtype=bool)
    return found


def wanting(questionnaire: Questionnaire, plain: pd.DataFrame) -> list[Question]:
    """Questions that want an answer and have a column in the file, in order."""
    return [q for q in questionnaire.questions if q.asked and any(c.name in plain.columns for c in q.columns)]


def completion(questionnaire: Questionnaire, plain: pd.DataFrame) -> pd.Series:
    """Tell which share of the questions that were put to a person have an answer.

    Parameters
    ----------
    questionnaire : Questionnaire
        As asked in the wave.
    plain : pandas.DataFrame of str, shape (n, columns)
        From `csat.data.plain.plain_cells`.

    Returns
    -------
    pandas.Series of float, shape (n,)
        From 0 to 1; NaN for who was asked nothing. Questions whose routing is open do not count, nor do open
        texts, which many leave empty.
    """
    who = routed.asked(questionnaire, plain)
    asked, given = np.zeros(len(plain)), np.zeros(len(plain))
    for question in wanting(questionnaire, plain):
        if question.type != "text":
            put = who[question.id] == routed.YES
            asked += put
            given += put & answered(question, plain)
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.Series(np.where(asked > 0, given / asked, np.nan), index=plain.index)


def check_routing(work: Checked) -> None:
    """Answers to questions that were not asked, and required questions that were asked and left out."""
    who = routed.asked(work.questionnaire, work.plain)
    full = routed.with_columns(work.questionnaire, work.plain)
    questions = wanting(work.questionnaire, work.plain)
    has = {q.id: answered(q, work.plain) for q in questions}
    reached = _reached(work, questions, has)
    for place, question in enumerate(questions):
        put = who[question.id]
        work.found.add("answered_not_asked", question.id, work.mask(has[question.id] & (put == routed.NO)))
        if question.required:
            left_out = ~has[question.id] & (put == routed.YES) & (reached > place)
            work.found.add("required_unanswered", question.id, work.mask(left_out))
        _check_offered(work, question, full, who)


def _check_offered(
    work: Checked, question: Question, full: pd.DataFrame, who: Mapping[str, routed.Truth]
) -> None:
    """Options chosen that were not offered."""
    wrong = np.zeros(len(full), dtype=bool)
    for option in question.options:
        if option.relevant is not None and question.type in ("single", "multiple"):
            chosen = routed.evaluate(Selected(question.id, option.code), full, work.questionnaire.by_id)
            offered = routed.truth(option.relevant, full, work.questionnaire.by_id, who)
            wrong |= chosen & (offered == routed.NO)
    work.found.add("option_not_offered", question.id, work.mask(wrong))


def _reached(
    work: Checked, questions: list[Question], has: Mapping[str, BoolArray]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Tell the place of the last question answered, behind all of them for a complete answer."""
    last = np.zeros(len(work.plain), dtype=np.int64)
    for place, question in enumerate(questions):
        last[has[question.id]] = place
    column = work.roles.get("status", "")
    if column in work.cells.columns:
        last[(work.cells[column].str.lower() == "complete").to_numpy(dtype=bool)] = len(questions)
    return last


def check_completion(work: Checked) -> None:
    """Answers that leave most questions open."""
    share = completion(work.questionnaire, work.plain)
    work.found.add("low_completion", "", share < LOW_COMPLETION)


def check_parts(work: Checked) -> None:
    """Exclusive options chosen with others, sums, ranks, best and worst, and texts of options not chosen."""
    for question in wanting(work.questionnaire, work.plain):
        match question.type:
            case "multiple":
                _check_chosen(work, question)
            case "constant_sum" if question.total is not None:
                _check_sum(work, question, question.total)
            case "ranking":
                _check_ranks(work, question)
            case "best_worst":
                _check_best_worst(work, question)
        if question.type in ("single", "multiple"):
            _check_other(work, question)


def _check_chosen(work: Checked, question: Question) -> None:
    """Too many options, and options that stand alone ("none of these") chosen together with others."""
    names = {o.code: f"{question.base}_{o.code}" for o in question.options}
    chosen = pd.DataFrame(
        {code: work.plain[name] == "1" for code, name in names.items() if name in work.plain.columns},
        index=work.plain.index,
    )
    if question.maximum:
        work.found.add("too_many_chosen", question.id, chosen.sum(axis=1) > question.maximum)
    alone = [o.code for o in question.options if o.exclusive and o.code in chosen.columns]
    if alone:
        wrong = chosen[alone].any(axis=1) & (chosen.sum(axis=1) > 1)
        work.found.add("exclusive_with_others", question.id, wrong)


def _numbers(work: Checked, question: Question) -> pd.DataFrame:
    """Numbers in the columns of a question, NaN where there is none."""
    names = [c.name for c in question.columns if c.name in work.plain.columns and c.part != "other"]
    return pd.DataFrame({name: to_numbers(work.plain[name])[0] for name in names}, index=work.plain.index)


def _check_sum(work: Checked, question: Question, total: float) -> None:
    """Points that do not add up to what was to be given away."""
    points = _numbers(work, question)
    off = (points.sum(axis=1) - total).abs() > _ROUNDING
    work.found.add("sum_not_total", question.id, points.notna().any(axis=1) & off)


def _check_ranks(work: Checked, question: Question) -> None:
    """Ranks given twice."""
    ranks = np.sort(_numbers(work, question).to_numpy(dtype=np.float64), axis=1)
    work.found.add("ranks_tied", question.id, work.mask((np.diff(ranks, axis=1) == 0).any(axis=1)))


def _check_best_worst(work: Checked, question: Question) -> None:
    """One and the same thing called best and worst of a set."""
    wrong = pd.Series(False, index=work.plain.index)
    for number in range(1, len(question.sets) + 1):
        best, worst = (f"{question.base}_{number}_{part}" for part in ("best", "worst"))
        if best in work.plain.columns and worst in work.plain.columns:
            wrong |= (work.plain[best] != "") & (work.plain[best] == work.plain[worst])
    work.found.add("best_is_worst", question.id, wrong)


def _check_other(work: Checked, question: Question) -> None:
    """Words written beside "other" by people who did not choose it."""
    for option in question.options:
        words = f"{question.base}_{option.code}_text"
        if not option.other or words not in work.plain.columns:
            continue
        flag = f"{question.base}_{option.code}"
        if question.type == "multiple" and flag in work.plain.columns:
            chosen = work.plain[flag] == "1"
        elif question.type == "single" and question.base in work.plain.columns:
            chosen = work.plain[question.base] == option.code
        else:
            continue
        work.found.add("other_text_alone", words, (work.plain[words] != "") & ~chosen, "note")


CHECKS = (check_routing, check_completion, check_parts)
