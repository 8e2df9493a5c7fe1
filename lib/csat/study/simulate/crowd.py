"""The people who answer: their constructs, waves and segments, and what they have answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.study.definition import Study
from csat.study.expressions import Expression, references
from csat.study.questions import Question
from csat.study.routing import evaluate
from csat.study.simulate.population import Population, factor_of
from csat.study.simulate.truth import Slopes, Truth

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.object_]


@dataclass
class Crowd:
    """Respondents on their way through a questionnaire.

    `scores` are their constructs (n, k). `straight` is the place on every scale of those who tick straight
    down, NaN for the others; `random` marks those who tick at random. `numbers` keeps numeric answers
    without codes for "don't know"; `memory` what one question leaves behind for another.
    """

    size: int
    draw: np.random.Generator
    study: Study
    truth: Truth
    people: Population
    questions: Mapping[str, Question]
    waves: Codes
    scores: FloatArray
    straight: FloatArray
    random: BoolArray
    stops: npt.NDArray[np.int64]
    columns: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, FloatArray] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    decided: dict[Expression | None, BoolArray] = field(default_factory=dict)

    def asked(self, question: Question, place: int) -> BoolArray:
        """Who reaches a question: those its condition holds for, who have not broken off."""
        who = self.holds(question.condition)
        return who & (self.stops > place) if self.truth.break_off else who

    def holds(self, condition: Expression | None) -> BoolArray:
        """For whom a condition holds."""
        if condition not in self.decided:
            names = [c.name for q in references(condition) for c in self.questions[q].columns]
            found = {n: self.columns[n] for n in names if n in self.columns}
            frame = pd.DataFrame(found, index=range(self.size))
            self.decided[condition] = evaluate(condition, frame, self.questions)
        return self.decided[condition]

    def utility(self, slopes: Slopes) -> FloatArray:
        """Sum of slopes times constructs."""
        names = self.people.constructs
        total = np.zeros(self.size)
        for name, slope in slopes.items():
            total += slope * self.scores[:, names.index(name)]
        return total

    def left_out(self, question: Question, own: float | None) -> BoolArray:
        """Who leaves a question out, though asked."""
        if question.required:
            return np.zeros(self.size, dtype=bool)
        share = self.truth.missing if own is None else own
        return np.asarray(self.draw.random(self.size) < share)

    def dont_know(self, question: Question) -> BoolArray:
        """Who answers "don't know", where it is offered."""
        if not question.dont_know:
            return np.zeros(self.size, dtype=bool)
        return np.asarray(self.draw.random(self.size) < self.truth.dont_know)


def gather(
    study: Study,
    truth: Truth,
    people: Population,
    questions: Mapping[str, Question],
    waves: tuple[str, ...],
    order: Mapping[str, int],
    n: int,
    draw: np.random.Generator,
) -> Crowd:
    """Draw the people of some waves, n each: segments first, since constructs depend on them."""
    from csat.study.simulate.codes import pick

    size = n * len(waves)
    labels = np.repeat(np.array(waves, dtype=object), n)
    crowd = Crowd(
        size=size,
        draw=draw,
        study=study,
        truth=truth,
        people=people,
        questions=questions,
        waves=labels,
        scores=np.zeros((0, 0)),
        straight=np.full(size, np.nan),
        random=np.zeros(size, dtype=bool),
        stops=_stops(truth, len(questions), size, draw),
    )
    shifts = np.zeros((size, len(people.constructs)))
    _shift_waves(shifts, truth, people, waves, order, n)
    asked = {q.base: q for q in questions.values()}
    for name, segment in study.segments.items():
        question = asked.get(segment.column)
        if question is not None and name not in truth.segments:
            continue
        shares = truth.shares.get(name, {})
        if question is not None:
            told = truth.questions.get(question.id)
            shares = (told.shares if told else {}) or study.shares.get(question.id, {})
        codes = question.codes if question else tuple(segment.values) or tuple(shares) or ("1", "2")
        values = pick(codes, shares, size, draw)
        if question is None:
            crowd.columns[segment.column] = values
        else:
            crowd.memory[f"segment:{question.id}"] = values
        for value, slopes in truth.segments.get(name, {}).items():
            shifts[values == value] += _row(slopes, people)
    crowd.scores = _scores(people, shifts, draw)
    _careless(crowd)
    return crowd


def _scores(people: Population, shifts: FloatArray, draw: np.random.Generator) -> FloatArray:
    """Draw the constructs of all people: disturbances and shifts, carried along the paths."""
    total = people.total
    scores = draw.standard_normal(shifts.shape) @ (total @ factor_of(people.disturbance)).T
    if shifts.any():
        scores += shifts @ total.T
    return np.asfortranarray(scores)  # answers go through it construct by construct


def _row(slopes: Slopes, people: Population) -> FloatArray:
    """Shifts in the order of the constructs."""
    return np.array([slopes.get(name, 0.0) for name in people.constructs])


def _shift_waves(
    shifts: FloatArray,
    truth: Truth,
    people: Population,
    waves: tuple[str, ...],
    order: Mapping[str, int],
    n: int,
) -> None:
    """Shift constructs by wave: a trend from the first wave on, and what single waves add."""
    for place, wave in enumerate(waves):
        row = order[wave] * _row(truth.trend, people) + _row(truth.waves.get(wave, {}), people)
        shifts[place * n : (place + 1) * n] += row


def _careless(crowd: Crowd) -> None:
    """Choose those who answer without reading: half tick straight down, half at random."""
    careless = crowd.draw.random(crowd.size) < crowd.truth.careless
    straight = careless & (crowd.draw.random(crowd.size) < 0.5)
    crowd.straight[straight] = crowd.draw.random(int(straight.sum()))
    crowd.random = careless & ~straight


def _stops(truth: Truth, count: int, size: int, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    """Place of the question at which people stop: behind the last for those who do not."""
    if not truth.break_off:
        return np.zeros(0, dtype=np.int64)
    places = draw.integers(1, max(count, 2), size)
    return np.where(draw.random(size) < truth.break_off, places, count)
