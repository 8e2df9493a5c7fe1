"""Designs of choice tasks: which alternatives are shown together, so that part-worths can be told apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.study.choice_task import ChoiceTask

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MOST_CANDIDATES = 2_000
_ROUNDS = 30


@dataclass(frozen=True)
class ChoiceDesign:
    """Choice sets of a designed task.

    Attributes
    ----------
    task : str
        Id of the task.
    table : pandas.DataFrame
        One alternative a row: `block`, `set` (within the block), `alternative` (1, 2, …), and the level of
        each attribute.
    d_error : float
        ``det(M)**(-1/K)`` of the information M of one respondent a block, for K effects-coded part-worths;
        smaller is better.
    parameters : tuple of str
        The K part-worths, ``attribute=level``; the last level of each attribute is minus the sum of the
        others.
    """

    task: str
    table: pd.DataFrame
    d_error: float
    parameters: tuple[str, ...]

    @property
    def blocks(self) -> int:
        """Versions of the design."""
        return int(self.table["block"].max())

    def balance(self) -> pd.DataFrame:
        """How often each level is shown: columns `attribute`, `level`, `count`."""
        rows = [
            (attribute, level, int(count))
            for attribute in self.table.columns[3:]
            for level, count in self.table[attribute].value_counts().items()
        ]
        return pd.DataFrame(rows, columns=["attribute", "level", "count"])


@dataclass(frozen=True)
class Coding:
    """Effects coding of profiles: columns of the model matrix, and all profiles that are allowed."""

    attributes: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    profiles: IntArray
    matrix: FloatArray
    parameters: tuple[str, ...]


def design_choice(
    task: ChoiceTask,
    seed: int = 1,
    starts: int = 5,
    prior: Mapping[str, Mapping[str, float]] | None = None,
) -> ChoiceDesign:
    """Design the choice sets of a task.

    Parameters
    ----------
    task : ChoiceTask
        Attributes and levels, number and size of sets, blocks, and prohibited combinations.
    seed : int
        Seed of the random starts; the same seed gives the same design.
    starts : int
        Random starts, of which the best is kept.
    prior : mapping, optional
        Expected part-worths, attribute -> level -> number; zero where nothing is said.

    Returns
    -------
    ChoiceDesign
        Sets without doubled alternatives or prohibited combinations, their D-error, and blocks in which
        levels are spread as evenly as they can be.

    Raises
    ------
    CsatError
        When the task has fixed alternatives, or too few sets or profiles for its part-worths.

    Notes
    -----
    Modified Fedorov exchange on the information of the conditional logit,
    ``M = sum_s sum_j p_sj (x_sj - xbar_s)(x_sj - xbar_s)'``: each alternative in turn is replaced by the
    profile that makes ``det M`` largest, until nothing improves. "None of these" is an alternative of its
    own constant.

    References
    ----------
    Huber, J. & Zwerina, K. (1996). The importance of utility balance in efficient choice designs. Journal of
    Marketing Research, 33, 307-317.

    Examples
    --------
    R: ``idefix::Modfed(cand.set, n.sets = 16, n.alts = 2, par.draws = 0)``; its DB-error is `d_error`.
    """
    if not task.designed:
        raise CsatError(f"choice {task.id} has fixed alternatives, so there is nothing to design")
    coding = code_profiles(task, seed)
    total = task.sets * task.blocks
    _check_size(task, coding, total)
    draw = np.random.default_rng(seed)
    weights = _prior(coding, prior or {})
    best: tuple[float, IntArray] | None = None
    for _ in range(max(starts, 1)):
        found = _exchange(coding, total, task, weights, draw)
        if best is None or found[0] > best[0]:
            best = found
    assert best is not None
    if not np.isfinite(best[0]):
        raise CsatError(
            f"choice {task.id}: {total} sets do not tell all part-worths apart; use more sets or blocks"
        )
    parameters = coding.parameters + (("none",) if task.none_label else ())
    return ChoiceDesign(
        task=task.id,
        table=_table(coding, _blocked(coding, best[1], task.blocks, draw), task),
        d_error=math.exp(-best[0] / len(parameters)),
        parameters=parameters,
    )


def code_profiles(task: ChoiceTask, seed: int = 1) -> Coding:
    """All allowed profiles of a task (a random part of them when there are very many), effects-coded."""
    names = tuple(task.attributes)
    levels = tuple(tuple(a.levels) for a in task.attributes.values())
    sizes = [len(codes) for codes in levels]
    count = math.prod(sizes)
    if count <= 50_000:
        profiles = np.array(list(product(*(range(s) for s in sizes))), dtype=np.int64)
    else:
        draw = np.random.default_rng(seed)
        profiles = np.unique(
            np.column_stack([draw.integers(0, s, 4 * _MOST_CANDIDATES) for s in sizes]), axis=0
        )
    profiles = profiles[~_prohibited(task, names, levels, profiles)]
    if len(profiles) > _MOST_CANDIDATES:
        keep = np.random.default_rng(seed).choice(len(profiles), _MOST_CANDIDATES, replace=False)
        profiles = profiles[np.sort(keep)]
    blocks = [_effects(profiles[:, i], size) for i, size in enumerate(sizes)]
    parameters = tuple(f"{a}={c}" for a, codes in zip(names, levels, strict=True) for c in codes[:-1])
    return Coding(names, levels, profiles, np.hstack(blocks), parameters)


def _effects(column: IntArray, size: int) -> FloatArray:
    """Effects coding of one attribute: the last level is -1 everywhere."""
    codes = np.vstack([np.eye(size - 1), -np.ones(size - 1)])
    return np.asarray(codes[column], dtype=np.float64)


def _prohibited(
    task: ChoiceTask, names: Sequence[str], levels: Sequence[Sequence[str]], profiles: IntArray
) -> npt.NDArray[np.bool_]:
    """Which profiles hold a combination that makes no sense."""
    bad = np.zeros(len(profiles), dtype=bool)
    for pair in task.prohibited:
        hit = np.ones(len(profiles), dtype=bool)
        for attribute, level in pair.items():
            place = names.index(attribute)
            hit &= profiles[:, place] == levels[place].index(level)
        bad |= hit
    return bad


def _check_size(task: ChoiceTask, coding: Coding, total: int) -> None:
    """Refuse what cannot be designed."""
    needed = len(coding.parameters) + bool(task.none_label)
    if len(coding.profiles) < task.size:
        raise CsatError(f"choice {task.id}: prohibited combinations leave too few profiles for a set")
    if total * (task.size - 1 + bool(task.none_label)) < needed:
        raise CsatError(
            f"choice {task.id}: {total} sets of {task.size} cannot tell {needed} part-worths apart; "
            "use more sets or blocks"
        )
    absent = [
        f"{a}={codes[i]}"
        for k, (a, codes) in enumerate(zip(coding.attributes, coding.levels, strict=True))
        for i in range(len(codes))
        if not (coding.profiles[:, k] == i).any()
    ]
    if absent:
        raise CsatError(f"choice {task.id}: prohibited combinations rule out {', '.join(absent)} altogether")


def _prior(coding: Coding, prior: Mapping[str, Mapping[str, float]]) -> FloatArray:
    """Prior part-worths in the coding of the design."""
    values = []
    for attribute, codes in zip(coding.attributes, coding.levels, strict=True):
        told = np.array([prior.get(attribute, {}).get(c, 0.0) for c in codes])
        values.extend((told - told.mean())[:-1])
    return np.array(values, dtype=np.float64)


def _information(x: FloatArray, beta: FloatArray, none: bool) -> FloatArray:
    """Information of each choice set, x of shape (..., alternatives, k)."""
    if none:
        pad = np.zeros((*x.shape[:-2], x.shape[-2] + 1, x.shape[-1] + 1))
        pad[..., :-1, :-1] = x
        pad[..., -1, -1] = 1.0
        x, beta = pad, np.append(beta, 0.0)
    utility = x @ beta
    p = np.exp(utility - utility.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    centred = x - (p[..., None] * x).sum(axis=-2, keepdims=True)
    return np.asarray(np.swapaxes(centred, -1, -2) @ (p[..., None] * centred))


def _logdet(matrix: FloatArray) -> Any:
    """Logarithm of determinants, minus infinity where singular."""
    sign, value = np.linalg.slogdet(matrix)
    return np.where((sign > 0) & (value > -200), value, -np.inf)


def _exchange(
    coding: Coding, total: int, task: ChoiceTask, beta: FloatArray, draw: np.random.Generator
) -> tuple[float, IntArray]:
    """One random start improved until no exchange helps: log det and the profiles of each set."""
    count, none = len(coding.profiles), bool(task.none_label)
    sets = np.array([draw.choice(count, task.size, replace=False) for _ in range(total)], dtype=np.int64)
    parts = _information(coding.matrix[sets], beta, none)
    ridge = 1e-6 * np.eye(parts.shape[-1])  # a start may be singular
    for _ in range(_ROUNDS):
        before = float(_logdet(parts.sum(axis=0) + ridge))
        for s in range(total):
            rest = parts.sum(axis=0) - parts[s] + ridge
            for j in range(task.size):
                trial = np.repeat(coding.matrix[sets[s]][None], count, axis=0)
                trial[:, j] = coding.matrix
                value = _logdet(rest + _information(trial, beta, none))
                others = np.delete(sets[s], j)
                value[others] = -np.inf
                best = int(np.argmax(value))
                if value[best] > value[sets[s, j]] + 1e-9:
                    sets[s, j] = best
            parts[s] = _information(coding.matrix[sets[s]], beta, none)
        if float(_logdet(parts.sum(axis=0) + ridge)) < before + 1e-6:
            break
    return float(_logdet(parts.sum(axis=0))), sets


def _blocked(coding: Coding, sets: IntArray, blocks: int, draw: np.random.Generator) -> IntArray:
    """Order of the sets such that each block shows levels about equally often."""
    total = len(sets)
    order = draw.permutation(total)
    if blocks == 1:
        return np.asarray(sets[order])
    shown = coding.matrix[sets].sum(axis=1)

    def unevenness(candidate: npt.NDArray[np.int64]) -> float:
        """How far blocks differ in what they show."""
        sums = shown[candidate].reshape(blocks, total // blocks, -1).sum(axis=1)
        return float(((sums - sums.mean(axis=0)) ** 2).sum())

    best = unevenness(order)
    for _ in range(400):
        i, j = draw.integers(0, total, 2)
        trial = order.copy()
        trial[i], trial[j] = order[j], order[i]
        value = unevenness(trial)
        if value < best:
            order, best = trial, value
    return np.asarray(sets[order])


def _table(coding: Coding, sets: IntArray, task: ChoiceTask) -> pd.DataFrame:
    """Design as a table of alternatives."""
    rows = []
    for number, members in enumerate(sets):
        for place, profile in enumerate(coding.profiles[members], start=1):
            chosen = [codes[i] for codes, i in zip(coding.levels, profile, strict=True)]
            rows.append([number // task.sets + 1, number % task.sets + 1, place, *chosen])
    return pd.DataFrame(rows, columns=["block", "set", "alternative", *coding.attributes])
