"""Simulate answers: send a crowd through the questionnaire of each wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from csat.errors import CsatError
from csat.study.definition import Study
from csat.study.questionnaire import build_questionnaire
from csat.study.questions import Question
from csat.study.simulate import choices, codes, numbers
from csat.study.simulate.crowd import BoolArray, Crowd, gather
from csat.study.simulate.population import population_of
from csat.study.simulate.reading import MOST, truth_of
from csat.study.simulate.truth import Truth
from csat.study.simulate.waves import waves_of

MARK = "simulated"
WAVE, RESPONDENT = "wave", "respondent"

_ANSWER: Mapping[str, Callable[[Crowd, Question, BoolArray], dict[str, Any]]] = {
    "single": codes.one_option,
    "consent": codes.one_option,
    "multiple": codes.several_options,
    "rating": numbers.rating,
    "nps": numbers.rating,
    "number": numbers.number,
    "constant_sum": codes.points,
    "ranking": codes.ranks,
    "best_worst": codes.best_and_worst,
    "kano": codes.kano_pair,
    "choice": choices.choose,
    "text": numbers.words,
    "date": numbers.day,
}


def simulate(
    study: Study,
    n: int | None = None,
    waves: str | Sequence[str] = "",
    seed: int = 1,
    version: str = "",
    truth: Truth | None = None,
) -> pd.DataFrame:
    """Answers of people who do not exist, drawn from the population that the study declares.

    Parameters
    ----------
    study : Study
        The study; its ``[truth]`` says what the population is like, the usual is assumed where it does not.
    n : int, optional
        Respondents a wave; by default what the truth or the plan says.
    waves : str or sequence of str
        Names, or a text such as ``"2025-11..2026-10"``; by default the waves that are declared.
    seed : int
        The same seed gives the same answers.
    version : str
        Version of the questionnaire; by default that of each wave.
    truth : Truth, optional
        Another population.

    Returns
    -------
    pandas.DataFrame
        One respondent a row: the columns of the study's data, a respondent and a wave, and the column
        ``simulated``, which is 1. Questions that were not asked are empty.

    Raises
    ------
    StudyError
        When the truth is wrong, or there is no such wave or version.
    CsatError
        When `n` is below 1 or absurd.

    Notes
    -----
    Constructs are multivariate normal with variance 1: ``eta = T (zeta + shift)`` with the total effects T
    of the standardised paths, disturbances zeta, and the shifts of waves and segments, which so travel
    along the paths. A rating is ``slopes' eta`` plus chance, cut into points that keep its mean, spread and
    slopes; see `csat.study.simulate.discretise.cut_for`.

    Examples
    --------
    R (for the ratings alone): ``lavaan::simulateData(model, sample.nobs = 400)``

    >>> from csat.study import load_study
    >>> simulate(load_study("mobile_ecsi"), n=100).shape[0]
    100
    """
    told = truth or truth_of(study)
    size = told.n if n is None else n
    if isinstance(size, bool) or int(size) != size or not 1 <= size <= MOST:
        raise CsatError(f"n is {size}; it must be a whole number of respondents from 1 to {MOST}")
    names = waves_of(study, waves if isinstance(waves, str) else ",".join(waves))
    order = {name: i for i, name in enumerate(names)}
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(version or study.wave(name).version, []).append(name)
    seeds = np.random.SeedSequence(seed).spawn(len(groups))
    frames = [
        _group(study, told, tuple(members), order, int(size), np.random.default_rng(s), asked)
        for (asked, members), s in zip(groups.items(), seeds, strict=True)
    ]
    if len(frames) == 1:
        return frames[0]
    whole = pd.concat(frames, ignore_index=True)
    place = whole[_wave_column(study)].map(order)
    return whole.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)


def _wave_column(study: Study) -> str:
    """Name of the column that holds the wave."""
    return study.data.wave_column or WAVE


def _group(
    study: Study,
    truth: Truth,
    waves: tuple[str, ...],
    order: Mapping[str, int],
    n: int,
    draw: np.random.Generator,
    version: str,
) -> pd.DataFrame:
    """Answers of all waves that ask the same version."""
    questionnaire = build_questionnaire(study, version)
    people = population_of(study, truth)
    crowd = gather(study, truth, people, questionnaire.by_id, waves, order, n, draw)
    head: dict[str, Any] = {
        study.data.respondent_column or RESPONDENT: [f"{w}-{i}" for w in waves for i in range(1, n + 1)],
        _wave_column(study): crowd.waves,
        **crowd.columns,
    }
    if study.data.weight_column:
        head[study.data.weight_column] = np.ones(crowd.size)
    for place, question in enumerate(questionnaire.questions):
        if question.asked:
            crowd.columns.update(_ANSWER[question.type](crowd, question, crowd.asked(question, place)))
    frame = pd.DataFrame({**head, **crowd.columns, MARK: np.ones(crowd.size, dtype=np.int8)}, copy=False)
    for wave in waves:
        gone = [study.items[i].column for i in study.wave(wave).without]
        if gone:
            frame.loc[crowd.waves == wave, gone] = np.nan
    return frame
