"""Answers that are options: one, several, in order, or points shared out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from csat.study.questions import Question
from csat.study.simulate.crowd import BoolArray, Codes, Crowd, FloatArray
from csat.study.simulate.truth import KANO_CLASSES, USUAL_KANO, QuestionTruth, Slopes

_SAMPLE = 20_000
_ROUNDS = 40
_CONCENTRATION = 8.0
_WORDS = "(simulated)"

KANO_TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
"""Class by functional (rows) and dysfunctional answer (columns), from like to dislike.

Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality. Center for Quality
Management Journal, 2, 3-36.
"""
_LETTERS = dict(zip("MOAIRQ", KANO_CLASSES, strict=True))


def normed(codes: Sequence[str], shares: Mapping[str, float]) -> FloatArray:
    """Shares that add up to 1; what is left open goes to the codes without one, equally."""
    told = {c: shares[c] for c in codes if c in shares}
    open_codes = [c for c in codes if c not in told]
    left = max(0.0, 1 - sum(told.values()))
    p = np.array([told.get(c, left / len(open_codes) if open_codes else 0.0) for c in codes])
    return np.asarray(p / p.sum() if p.sum() > 0 else np.full(len(p), 1 / len(p)))


def pick(codes: Sequence[str], shares: Mapping[str, float], size: int, draw: np.random.Generator) -> Codes:
    """Codes drawn by their shares."""
    edges = np.cumsum(normed(codes, shares))[:-1]
    return np.array(codes, dtype=object)[np.searchsorted(edges, draw.random(size), side="right")]


def told_of(crowd: Crowd, question: Question) -> QuestionTruth:
    """Find what the truth says of a question; shares are those of the study where it has none."""
    told = crowd.truth.questions.get(question.id, QuestionTruth())
    if told.shares:
        return told
    return QuestionTruth(**{**vars(told), "shares": crowd.study.shares.get(question.id, {})})


def one_option(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Answer a question of type single or consent."""
    told = told_of(crowd, question)
    kept = crowd.memory.get(f"segment:{question.id}")
    shares: Mapping[str, float] = told.shares
    if question.type == "consent" and not shares:
        shares = {"yes": 0.97}
    offered = _offered(crowd, question)
    if kept is not None:
        codes = kept
    elif not told.on and offered is None:
        codes = pick(question.codes, shares, crowd.size, crowd.draw)
    else:
        p = normed(question.codes, shares)
        codes = np.array(question.codes, dtype=object)[_logit(crowd, p, question, told.on, offered, who)]
    given = who & ~crowd.left_out(question, told.missing)
    if offered is not None:
        given &= offered.any(axis=1)
    return {question.base: _only(codes, given)} | _specified(question, codes, given)


def _logit(
    crowd: Crowd,
    p: FloatArray,
    question: Question,
    on: Mapping[str, Slopes],
    offered: BoolArray | None,
    who: BoolArray,
) -> npt.NDArray[np.int64]:
    """Options chosen by a logit whose shares are as told among those who are asked."""
    utility = np.column_stack([crowd.utility(on.get(code, {})) for code in question.codes])
    with np.errstate(divide="ignore"):
        constants = np.log(p)
    if offered is not None:
        utility[~offered] = -np.inf
    elif who.any():
        constants = _calibrated(utility[who][:_SAMPLE], p, constants)
    noisy = utility + constants + crowd.draw.gumbel(size=utility.shape)
    return np.asarray(np.argmax(noisy, axis=1))


def _calibrated(utility: FloatArray, p: FloatArray, constants: FloatArray) -> FloatArray:
    """Constants of a logit for which the mean chances are p."""
    use = p > 0
    constants = constants.copy()
    for _ in range(_ROUNDS):
        chances = np.exp(utility[:, use] + constants[use])
        chances /= chances.sum(axis=1, keepdims=True)
        constants[use] += np.log(p[use] / chances.mean(axis=0))
    return constants


def _offered(crowd: Crowd, question: Question) -> BoolArray | None:
    """Which options each person sees; None when all see all."""
    if all(o.relevant is None for o in question.options):
        return None
    return np.column_stack([crowd.holds(o.relevant) for o in question.options])


def several_options(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Answer a question of type multiple: nobody chooses nothing, an exclusive option stands alone."""
    told = told_of(crowd, question)
    codes, count = question.codes, len(question.codes)
    alone = np.array([o.exclusive for o in question.options])
    usual = np.where(alone, 0.1, 1.4 / max(count - alone.sum(), 1))
    chances = np.array([told.shares.get(c, min(u, 0.6)) for c, u in zip(codes, usual, strict=True)])
    offered = _offered(crowd, question)
    flags = _flags(crowd, chances, alone, told.on, codes, who, offered)
    most = int(question.maximum or count)
    if most < count:
        rank = np.argsort(np.argsort(np.where(flags, crowd.draw.random(flags.shape), 2.0), axis=1), axis=1)
        flags &= rank < most
    given = who & ~crowd.left_out(question, told.missing) & flags.any(axis=1)
    columns: dict[str, Any] = {
        f"{question.base}_{code}": np.where(given, flags[:, i], np.nan) for i, code in enumerate(codes)
    }
    for i, option in enumerate(question.options):
        if option.other:
            name = f"{question.base}_{option.code}_text"
            columns[name] = _only(np.full(crowd.size, _WORDS, dtype=object), given & flags[:, i])
    return columns


def _flags(
    crowd: Crowd,
    chances: FloatArray,
    alone: BoolArray,
    on: Mapping[str, Slopes],
    codes: Sequence[str],
    who: BoolArray,
    offered: BoolArray | None,
) -> BoolArray:
    """Which options each person chooses."""
    size = crowd.size
    single = min(float(chances[alone].sum()), 1.0)
    out = crowd.draw.random(size) < single
    flags = np.zeros((size, len(chances)), dtype=bool)
    if alone.any():
        edges = np.cumsum(chances[alone] / max(chances[alone].sum(), 1e-12))
        first = np.searchsorted(edges, crowd.draw.random(size), side="right")
        places = np.flatnonzero(alone)[np.minimum(first, alone.sum() - 1)]
        flags[np.flatnonzero(out), places[out]] = True
    rest = np.flatnonzero(~alone)
    slopes = [on.get(codes[int(i)], {}) for i in rest]
    wanted = np.clip(chances[rest] / max(1 - single, 1e-9), 0, 0.999)
    if wanted.sum() <= 1 and offered is None:
        worth = np.log(np.maximum(wanted, 1e-12)) + np.column_stack([crowd.utility(s) for s in slopes])
        one = rest[np.argmax(worth + crowd.draw.gumbel(size=worth.shape), axis=1)]
        flags[~out, one[~out]] = True
        return flags
    p = _at_least_one(wanted)
    shift = np.zeros((size, len(rest)))
    for j, told in enumerate(slopes):
        if told:
            value = crowd.utility(told)
            base = value[who][:_SAMPLE]
            both = np.column_stack([np.zeros_like(base), base])
            target = np.array([1 - p[j], p[j]])
            constants = _calibrated(both, target, np.log(target)) if len(base) else np.log(target)
            shift[:, j] = value + constants[1] - constants[0]
        else:
            shift[:, j] = np.log(p[j] / (1 - p[j])) if p[j] > 0 else -np.inf
    chance = 1 / (1 + np.exp(-shift))
    if offered is not None:
        chance = np.where(offered[:, rest], chance, 0.0)
    open_rows = np.flatnonzero(~out)
    for _ in range(20):
        if not len(open_rows):
            break
        new = crowd.draw.random((len(open_rows), len(rest))) < chance[open_rows]
        flags[np.ix_(open_rows, rest)] = new
        open_rows = open_rows[~new.any(axis=1)]
    if len(open_rows):
        likely = np.argmax(chance[open_rows], axis=1)
        possible = chance[open_rows, likely] > 0
        flags[open_rows[possible], rest[likely[possible]]] = True
    return flags


def _at_least_one(shares: FloatArray) -> FloatArray:
    """Chances whose shares are as told once those who chose nothing have chosen again."""
    if shares.sum() <= 1:
        return np.clip(shares, 0, 0.999)
    p = shares.copy()
    for _ in range(200):
        some = 1 - np.prod(1 - p)
        p = np.clip(shares * some, 0, 0.999)
    return np.asarray(p)


def points(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Share out points, in twentieths of the total: a Dirichlet variable with the shares as means."""
    told = told_of(crowd, question)
    p = normed(question.codes, told.shares)
    total = question.total or 100.0
    parts = crowd.draw.gamma(np.maximum(p * _CONCENTRATION, 1e-3), size=(crowd.size, len(p)))
    parts *= 20 / parts.sum(axis=1, keepdims=True)
    whole = np.floor(parts)
    left = (20 - whole.sum(axis=1)).astype(int)
    rank = np.argsort(np.argsort(whole - parts, axis=1), axis=1)
    whole += rank < left[:, None]
    given = who & ~crowd.left_out(question, told.missing)
    return {
        f"{question.base}_{code}": np.where(given, whole[:, i] * total / 20, np.nan)
        for i, code in enumerate(question.codes)
    }


def ranks(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Rank options: first by its share, then among the rest, and so on (Plackett and Luce)."""
    told = told_of(crowd, question)
    worth = np.log(np.maximum(normed(question.codes, told.shares), 1e-9))
    noisy = worth + crowd.draw.gumbel(size=(crowd.size, len(worth)))
    place = np.argsort(np.argsort(-noisy, axis=1), axis=1) + 1.0
    most = question.maximum or len(worth)
    given = who & ~crowd.left_out(question, told.missing)
    return {
        f"{question.base}_{code}": np.where(given & (place[:, i] <= most), place[:, i], np.nan)
        for i, code in enumerate(question.codes)
    }


def best_and_worst(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Choose best and worst in each set, by the logarithms of the shares."""
    told = told_of(crowd, question)
    shares = np.maximum(normed(question.codes, told.shares), 1e-9)
    worth = dict(zip(question.codes, np.log(shares), strict=True))
    given = who & ~crowd.left_out(question, told.missing)
    columns: dict[str, Any] = {}
    rows = np.arange(crowd.size)
    for number, members in enumerate(question.sets, start=1):
        values = np.array([worth[m] for m in members])
        names = np.array(members, dtype=object)
        best = np.argmax(values + crowd.draw.gumbel(size=(crowd.size, len(values))), axis=1)
        against = -values + crowd.draw.gumbel(size=(crowd.size, len(values)))
        against[rows, best] = -np.inf
        columns[f"{question.base}_{number}_best"] = _only(names[best], given)
        columns[f"{question.base}_{number}_worst"] = _only(names[np.argmax(against, axis=1)], given)
    return columns


def kano_pair(crowd: Crowd, question: Question, who: BoolArray) -> dict[str, Any]:
    """Answer a Kano pair: a class by its share, then one of the pairs of answers of that class."""
    told = told_of(crowd, question)
    classes = told.classes or USUAL_KANO
    chosen = pick(KANO_CLASSES, classes, crowd.size, crowd.draw)
    codes = np.array(question.codes, dtype=object)
    with_it = np.zeros(crowd.size, dtype=np.int64)
    without = np.zeros(crowd.size, dtype=np.int64)
    for letter, name in _LETTERS.items():
        cells = np.argwhere(np.array([list(row) for row in KANO_TABLE]) == letter)
        mine = np.flatnonzero(chosen == name)
        cell = cells[crowd.draw.integers(0, len(cells), len(mine))]
        with_it[mine], without[mine] = cell[:, 0], cell[:, 1]
    given = who & ~crowd.left_out(question, told.missing)
    return {
        f"{question.base}_f": _only(codes[with_it], given),
        f"{question.base}_d": _only(codes[without], given),
    }


def _only(values: Codes, given: BoolArray) -> Codes:
    """Values of those who gave one, None for the others."""
    result = np.full(len(values), None, dtype=object)
    result[given] = values[given]
    return result


def _specified(question: Question, codes: Codes, given: BoolArray) -> dict[str, Any]:
    """Words of those who chose "other"."""
    words = np.full(len(codes), _WORDS, dtype=object)
    return {
        f"{question.base}_{o.code}_text": _only(words, given & (codes == o.code))
        for o in question.options
        if o.other
    }
