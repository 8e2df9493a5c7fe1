"""Answers that are numbers, words or days: ratings, counts, prices, heavy tails, texts, dates."""

from __future__ import annotations

from typing import Any

import numpy as np

from csat.study.questions import Question
from csat.study.simulate.codes import _only
from csat.study.simulate.crowd import BoolArray, Crowd, FloatArray
from csat.study.simulate.discretise import answers, cut_for, points_of
from csat.study.simulate.truth import QuestionTruth, Tail

_HEAVY = 2.2
_ANSWERED = 0.4
_MOST_COMMON = 0.995


def rating(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Answer a rating: constructs times slopes plus chance, cut into the points of the scale."""
    told = crowd.people.ratings[question.id]
    cut = cut_for(told.scale, told.mean, told.spread)
    slopes = told.slopes / cut.attenuation
    common = float(slopes @ crowd.people.correlation @ slopes)
    if common > _MOST_COMMON:
        slopes = slopes * np.sqrt(_MOST_COMMON / common)
        common = _MOST_COMMON
    z = crowd.draw.standard_normal(crowd.size)
    z *= np.sqrt(1 - common)
    for place in np.flatnonzero(slopes):
        z += slopes[place] * crowd.scores[:, place]
    values = answers(z, cut, told.scale)
    _tick_carelessly(crowd, values, told.scale)
    return _with_gaps(crowd, question, values, who, told.missing)


def _tick_carelessly(crowd: Crowd, values: FloatArray, scale: Any) -> None:
    """Replace the answers of those who do not read."""
    low, high, step = points_of(scale)
    count = round((high - low) / step) + 1
    straight = ~np.isnan(crowd.straight)
    values[straight] = low + step * np.floor(crowd.straight[straight] * count)
    if crowd.random.any():
        values[crowd.random] = low + step * crowd.draw.integers(0, count, int(crowd.random.sum()))


def _with_gaps(
    crowd: Crowd, question: Question, values: FloatArray, who: BoolArray, missing: float | None
) -> dict[str, Any]:
    """Answers of those who are asked, with answers left out and "don't know"."""
    given = who & ~crowd.left_out(question, missing)
    unsure = crowd.dont_know(question)
    if question.type == "number":
        crowd.numbers[question.id] = np.where(given & ~unsure, values, np.nan)
    values[unsure] = question.dont_know_code
    values[~given] = np.nan
    return {question.base: values}


def number(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Answer a question by a number."""
    told = crowd.truth.questions.get(question.id, QuestionTruth())
    if told.of:
        values = _part_of(crowd, told)
    elif told.times:
        spread = 0.15 if told.spread is None else told.spread
        noise = spread * crowd.draw.standard_normal(crowd.size) - spread**2 / 2
        values = crowd.numbers[told.times] * (told.mean or 1.2) * np.exp(noise)
    else:
        values = _free(crowd, question, told)
    values = np.round(values, question.decimals)
    low, high = question.minimum, question.maximum
    if low is not None or high is not None:
        values = np.clip(values, low, high)
    return _with_gaps(crowd, question, values, who & ~np.isnan(values), told.missing)


def _part_of(crowd: Crowd, told: QuestionTruth) -> FloatArray:
    """Part of an earlier number, each unit with the same chance."""
    share = 0.5 if told.mean is None else min(told.mean, 0.999)
    chance = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + crowd.utility(told.slopes))))
    whole = crowd.numbers[told.of]
    known = ~np.isnan(whole)
    values = np.full(crowd.size, np.nan)
    values[known] = crowd.draw.binomial(whole[known].astype(np.int64), chance[known])
    return values


def _tail(question: Question, told: QuestionTruth) -> Tail:
    """Shape of the answers where nothing is said of it."""
    if told.tail:
        return told.tail
    if "word_of_mouth" in question.statistic:
        return "heavy"
    return "lognormal" if question.decimals or (question.maximum or 0) >= 5000 else "count"


def _free(crowd: Crowd, question: Question, told: QuestionTruth) -> FloatArray:
    """Draw a number that hangs on nothing but constructs."""
    tail = _tail(question, told)
    usual = {"heavy": 1.5, "count": 3.0, "lognormal": 100.0, "normal": 10.0}[tail]
    mean = usual if told.mean is None else told.mean
    if told.mean is None and question.maximum:
        mean = min(mean, (question.minimum or 0) + (question.maximum - (question.minimum or 0)) / 4)
    if tail == "normal":
        spread = mean / 3 if told.spread is None else told.spread
        noise: FloatArray = crowd.draw.standard_normal(crowd.size) * spread
        return mean + crowd.utility(told.slopes) * spread + noise
    rate = mean * _pull(crowd, told)
    if tail == "lognormal":
        spread = 0.4 * mean if told.spread is None else told.spread
        sigma = float(np.sqrt(np.log1p((spread / mean) ** 2)))
        return np.asarray(rate * np.exp(sigma * crowd.draw.standard_normal(crowd.size) - sigma**2 / 2))
    if tail == "heavy":
        rate = rate * crowd.draw.pareto(_HEAVY, crowd.size) * (_HEAVY - 1)
        return crowd.draw.poisson(np.minimum(rate, 1e12)).astype(float)
    variance = mean + mean**2 / 2 if told.spread is None else told.spread**2
    if variance > mean:
        shape = mean**2 / (variance - mean)
        rate = rate * crowd.draw.gamma(shape, 1 / shape, crowd.size)
    return crowd.draw.poisson(rate).astype(float)


def _pull(crowd: Crowd, told: QuestionTruth) -> FloatArray:
    """Factor that constructs put on a mean: 1 on average where nothing shifts them."""
    if not told.slopes:
        return np.ones(crowd.size)
    names = crowd.people.constructs
    slopes = np.array([told.slopes.get(c, 0.0) for c in names])
    variance = float(slopes @ crowd.people.correlation @ slopes)
    return np.asarray(np.exp(crowd.utility(told.slopes) - variance / 2))


def words(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Write something that nobody can take for a real answer."""
    told = crowd.truth.questions.get(question.id, QuestionTruth())
    missing = 1 - _ANSWERED if told.missing is None else told.missing
    given = who & (crowd.draw.random(crowd.size) >= (0.0 if question.required else missing))
    shape = "simulated{}@example.org" if question.pii else "(simulated {})"
    texts = np.full(crowd.size, None, dtype=object)
    rows = np.flatnonzero(given)
    texts[rows] = [shape.format(i + 1) for i in rows]
    return {question.base: texts}


def day(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Name a day of the wave, where waves are months, quarters or years; else of the year 2026."""
    texts = np.array([_first_month(str(w)) for w in crowd.waves], dtype=object)
    days = crowd.draw.integers(1, 29, crowd.size)
    told = crowd.truth.questions.get(question.id, QuestionTruth())
    given = who & ~crowd.left_out(question, told.missing)
    dates = np.array([f"{m}-{d:02d}" for m, d in zip(texts, days, strict=True)], dtype=object)
    return {question.base: _only(dates, given)}


def _first_month(wave: str) -> str:
    """First month of a wave as ``2026-10``."""
    from csat.study.definition import wave_kind

    kind = wave_kind(wave)
    if kind == "month":
        return wave
    if kind == "quarter":
        return f"{wave[:4]}-{3 * int(wave[-1]) - 2:02d}"
    return f"{wave}-01" if kind == "year" else "2026-01"
