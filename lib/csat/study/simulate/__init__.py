"""Simulated answers: what a study's ``[truth]`` declares, drawn through its questionnaire."""

from __future__ import annotations

from csat.study.simulate.answering import MARK, simulate
from csat.study.simulate.files import default_name, write_answers
from csat.study.simulate.population import Population, Rating, population_of
from csat.study.simulate.reading import read_truth, truth_of
from csat.study.simulate.truth import ChoiceTruth, QuestionTruth, RatingTruth, Truth
from csat.study.simulate.waves import waves_of

__all__ = [
    "MARK",
    "ChoiceTruth",
    "Population",
    "QuestionTruth",
    "Rating",
    "RatingTruth",
    "Truth",
    "default_name",
    "population_of",
    "read_truth",
    "simulate",
    "truth_of",
    "waves_of",
    "write_answers",
]
