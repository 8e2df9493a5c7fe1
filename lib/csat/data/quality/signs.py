"""Signs of careless answering beyond the ratings: time, attention, duplicates, grids, contradictions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.data.answers import Answers
from csat.data.cleaning import to_numbers
from csat.data.plain import all_cells, asked_in, plain_answers
from csat.data.quality.duplicates import identical_answers, shared_devices
from csat.data.quality.grids import contradictions, grids_of, straight_share
from csat.data.quality.pace import relative_pace, seconds_taken
from csat.study import routed
from csat.study.intake import Implausible
from csat.study.questionnaire import Questionnaire


def signs_of(answers: Answers) -> pd.DataFrame:
    """Tell every sign of careless answering that the study and the export give away.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    pandas.DataFrame, shape (n, 7)
        Columns of `csat.data.quality.screening.SIGNS` in order: time taken as a share of the median, checks
        of attention failed, others with identical answers, others on the same device, contradictions of
        ``[quality]``, share of grids straight-lined, reversed items answered like the others. NaN where a
        sign is not defined or not known.
    """
    study, cells = answers.study, all_cells(answers)
    questionnaire, plain = asked_in(answers), plain_answers(answers)
    device = answers.roles.get("device", "")
    ranges = {i: (study.scale_of(i).minimum, study.scale_of(i).maximum) for i in study.items}
    reversed_items = [i.id for i in study.items.values() if i.reversed]
    return pd.DataFrame(
        {
            "pace": relative_pace(
                seconds_taken(cells, answers.roles), cells[device] if device in cells.columns else None
            ),
            "attention": failed_checks(plain, study.quality.attention),
            "identical": identical_answers(answers.raw),
            "shared_device": shared_devices(cells, study.privacy.hash),
            "implausible": implausible_count(plain, study.quality.implausible, questionnaire),
            "straight_grids": straight_share(answers.raw, grids_of(questionnaire)),
            "reversed_alike": contradictions(answers.raw, study.blocks(), reversed_items, ranges),
        },
        index=answers.raw.index,
    )


def failed_checks(plain: pd.DataFrame, attention: Mapping[str, str]) -> pd.Series:
    """Count the checks of attention that a person answered, but not as told.

    Parameters
    ----------
    plain : pandas.DataFrame of str, shape (n, columns)
        From `csat.data.plain.plain_answers`.
    attention : mapping of column to code
        The answer that each check asks for.

    Returns
    -------
    pandas.Series of float, shape (n,)
        NaN for who answered none of them.

    References
    ----------
    Meade, A. W. and Craig, S. B. (2012). Identifying careless responses in survey data. Psychological
    Methods 17, 437-455.

    Examples
    --------
    >>> failed_checks(pd.DataFrame({"check": ["4", "5", ""]}), {"check": "4"}).tolist()
    [0.0, 1.0, nan]
    """
    there = {column: code for column, code in attention.items() if column in plain.columns}
    failed, seen = np.zeros(len(plain)), np.zeros(len(plain), dtype=bool)
    for column, code in there.items():
        given = (plain[column] != "").to_numpy(dtype=bool)
        seen |= given
        same = (plain[column] == code).to_numpy(dtype=bool)
        if (number := to_numbers(pd.Series([code]))[0].item()) == number:
            same = same | (to_numbers(plain[column])[0] == number).to_numpy(dtype=bool)
        failed += given & ~same
    return pd.Series(np.where(seen, failed, np.nan), index=plain.index)


def implausible_count(
    plain: pd.DataFrame, rules: tuple[Implausible, ...], questionnaire: Questionnaire
) -> pd.Series:
    """Count the contradictions in what a person answered.

    Parameters
    ----------
    plain : pandas.DataFrame of str, shape (n, columns)
        From `csat.data.plain.plain_answers`.
    rules : tuple of Implausible
        From the ``[quality]`` of the study.
    questionnaire : Questionnaire
        As asked in the wave.

    Returns
    -------
    pandas.Series of float, shape (n,)
        Rules that hold for sure; NaN without a rule that could be decided.
    """
    holds = _truths(plain, rules, questionnaire)
    found, known = (holds == routed.YES).sum(axis=0), (holds != routed.OPEN).any(axis=0)
    return pd.Series(np.where(known, found, np.nan), index=plain.index)


def contradicted(answers: Answers) -> list[int]:
    """Count the respondents of each contradiction in the ``[quality]`` of the study.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    list of int
        In the order of the study.
    """
    rules = answers.study.quality.implausible
    holds = _truths(plain_answers(answers), rules, asked_in(answers))
    return [int(n) for n in (holds == routed.YES).sum(axis=1)]


def _truths(
    plain: pd.DataFrame, rules: tuple[Implausible, ...], questionnaire: Questionnaire
) -> npt.NDArray[np.float64]:
    """Degrees of truth (rules, n) of each rule for each respondent."""
    frame = routed.with_columns(questionnaire, plain)
    who = routed.asked(questionnaire, plain)
    rows = [routed.truth(rule.when, frame, questionnaire.by_id, who) for rule in rules]
    return np.asarray(rows, dtype=np.float64).reshape(len(rules), len(plain))
