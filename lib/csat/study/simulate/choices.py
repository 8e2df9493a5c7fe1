"""Answers to choice tasks: the alternative of the highest utility, chance included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csat.study.choice import design_choice
from csat.study.choice_task import ChoiceTask
from csat.study.questions import Question
from csat.study.simulate.codes import _only
from csat.study.simulate.crowd import BoolArray, Crowd, FloatArray
from csat.study.simulate.truth import ChoiceTruth, QuestionTruth

_DESIGN_SEED = 1


def choose(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Answer a choice: a case of fixed alternatives, or every set of a designed task."""
    task = question.task
    if task is None:
        return {}
    truth = crowd.truth.choices.get(task.id, ChoiceTruth())
    told = crowd.truth.questions.get(question.id, QuestionTruth())
    given = who & ~crowd.left_out(question, told.missing)
    worths = _individual(crowd, task, truth)
    if task.designed:
        return _designed(crowd, question, task, truth, worths, given)
    shown = [a.id for a in task.shown(question.stage)]
    levels = [{k: v for k, v in a.levels.items() if k in shown} for a in task.alternatives.values()]
    key = f"chance:{task.id}"
    if key not in crowd.memory:
        crowd.memory[key] = crowd.draw.gumbel(size=(crowd.size, len(task.answers)))
    utility = _utilities(levels, worths, crowd.size, task, truth) + crowd.memory[key]
    return {question.base: _only(np.array(task.answers, dtype=object)[np.argmax(utility, axis=1)], given)}


def _designed(
    crowd: Crowd,
    question: Question,
    task: ChoiceTask,
    truth: ChoiceTruth,
    worths: Mapping[tuple[str, str], FloatArray],
    given: BoolArray,
) -> dict[str, Any]:
    """Answer the sets of a random block."""
    table = design_choice(task, _DESIGN_SEED).table
    block = crowd.draw.integers(1, task.blocks + 1, crowd.size)
    names = list(task.attributes)
    codes = np.array(task.answers, dtype=object)
    columns: dict[str, Any] = {}
    if task.blocks > 1:
        columns[f"{question.base}_block"] = _only(block.astype(str).astype(object), given)
    for number in range(1, task.sets + 1):
        utility = np.zeros((crowd.size, len(codes)))
        for b in range(1, task.blocks + 1):
            rows = table[(table["block"] == b) & (table["set"] == number)]
            levels = rows[names].to_dict("records")
            mine = block == b
            utility[mine] = _utilities(levels, worths, crowd.size, task, truth)[mine]
        utility += crowd.draw.gumbel(size=utility.shape)
        columns[f"{question.base}_{number}"] = _only(codes[np.argmax(utility, axis=1)], given)
    return columns


def _individual(crowd: Crowd, task: ChoiceTask, truth: ChoiceTruth) -> dict[tuple[str, str], FloatArray]:
    """Part-worth of each level, one for all or one a person, the same in every stage of a case."""
    key = f"worths:{task.id}"
    if key not in crowd.memory:
        crowd.memory[key] = {
            pair: np.atleast_1d(value)
            if not truth.spread
            else value + truth.spread * crowd.draw.standard_normal(crowd.size)
            for pair, value in mean_part_worths(task, truth).items()
        }
    kept: dict[tuple[str, str], FloatArray] = crowd.memory[key]
    return kept


def mean_part_worths(task: ChoiceTask, truth: ChoiceTruth) -> dict[tuple[str, str], float]:
    """Part-worths of a choice by attribute and level: those declared, else 0."""
    result: dict[tuple[str, str], float] = {}
    for name, attribute in task.attributes.items():
        for code, level in attribute.levels.items():
            value = truth.part_worths.get(name, {}).get(code, 0.0)
            if name in truth.slopes and level.value is not None:
                value += truth.slopes[name] * level.value
            result[(name, code)] = float(value)
    return result


def _utilities(
    alternatives: Sequence[Mapping[Any, Any]],
    worths: Mapping[tuple[str, str], FloatArray],
    size: int,
    task: ChoiceTask,
    truth: ChoiceTruth,
) -> FloatArray:
    """Add up the utility of each alternative (and of "none") to each person."""
    utility = np.zeros((size, len(alternatives) + bool(task.none_label)))
    for place, levels in enumerate(alternatives):
        for attribute, code in levels.items():
            utility[:, place] += worths[(str(attribute), str(code))]
    if task.none_label:
        utility[:, -1] = truth.none
    return utility
