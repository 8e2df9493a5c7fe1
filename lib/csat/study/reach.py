"""Which answers are possible, and which questions can follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from csat.study.expressions import Answered, Compare, Expression, Selected, leaves, references
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Question
from csat.study.routing import decide

_MANY = 6
_NODES = 20_000

Answer = object
"""A code, a number, a set of codes, or None for no answer."""


class TooMany(Exception):
    """More combinations than can be looked at."""


def mentions(questionnaire: Questionnaire) -> dict[str, list[Compare | Selected | Answered]]:
    """Comparisons and tests on each question that any condition looks at."""
    found: dict[str, list[Compare | Selected | Answered]] = {}
    for question in questionnaire.questions:
        for condition in (question.condition, *(o.relevant for o in question.options)):
            for leaf in leaves(condition):
                found.setdefault(leaf.question, []).append(leaf)
    return found


def answers_of(
    question: Question, looked_at: Sequence[Compare | Selected | Answered], known: Mapping[str, Answer]
) -> list[Answer]:
    """Answers to a question that conditions can tell apart, one of each kind.

    Parameters
    ----------
    question : Question
        A question that is asked.
    looked_at : sequence
        What conditions ask about it.
    known : mapping of str to object
        Answers to earlier questions; options that they rule out are not offered.

    Returns
    -------
    list of object
        Codes, numbers or sets of codes; None where the question may be passed over.
    """
    skipped: list[Answer] = [] if question.required else [None]
    if question.type in ("rating", "nps", "number"):
        return [*_numbers(question, looked_at), *([None] if question.dont_know or skipped else [])]
    if question.task:
        return [*question.task.answers, *skipped] if not question.task.designed else ["1", *skipped]
    if not question.options or question.type == "text":
        return ["given", *skipped]
    offered = [o for o in question.options if decide(o.relevant, known) is not False]
    named = {leaf.value if isinstance(leaf, Compare) else getattr(leaf, "code", "") for leaf in looked_at}
    if question.type != "multiple":
        codes = [o.code for o in offered]
        rest = [c for c in codes if c not in named]
        return [*(c for c in codes if c in named), *rest[:1], *skipped]
    return [*_sets(question, [o.code for o in offered], named), *skipped]


def _sets(question: Question, codes: list[str], named: set[str]) -> Iterator[Answer]:
    """Make sets of options: those that conditions name in every combination, the others as one."""
    alone = [o.code for o in question.options if o.exclusive and o.code in codes]
    rest = [c for c in codes if c not in named and c not in alone]
    together = [c for c in codes if c in named and c not in alone]
    most = int(question.maximum or len(codes) or 1)
    sizes = range(len(together), -1, -1) if len(together) <= _MANY else (len(together), 1, 0)
    for size in sizes:
        for chosen in combinations(together, size):
            members = [*chosen, *rest[:1]] if len(chosen) < most else list(chosen[:most])
            if members:
                yield frozenset(members)
    for code in alone:
        yield frozenset({code})


def _numbers(question: Question, looked_at: Sequence[Compare | Selected | Answered]) -> list[Answer]:
    """Numbers on both sides of every bound that conditions draw, and the ends of the range."""
    column = question.columns[0]
    bounds = [float(leaf.value) for leaf in looked_at if isinstance(leaf, Compare)]
    low = column.minimum if column.minimum is not None else min([0.0, *bounds]) - 1
    high = column.maximum if column.maximum is not None else max([0.0, *bounds]) + 1
    step = 1.0 if column.whole else max((high - low) * 1e-6, 1e-9)
    points = {low, high, *(b + d for b in bounds for d in (-step, 0.0, step))}
    return [p for p in sorted(points) if low <= p <= high]


def possible(questionnaire: Questionnaire, goal: Expression | None, upto: str) -> bool:
    """Tell whether anybody's answers can make a condition true.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    goal : Expression or None
        The condition.
    upto : str
        Id of the question that it belongs to; only earlier questions count.

    Returns
    -------
    bool
        Also True when there are too many combinations to be sure.
    """
    needed = _needed(questionnaire, goal)
    order = []
    for question in questionnaire.questions:
        if question.id == upto:
            break
        if question.id in needed:
            order.append(question)
    looked_at = mentions(questionnaire)
    for leaf in leaves(goal):
        looked_at.setdefault(leaf.question, []).append(leaf)
    try:
        return _search(order, goal, looked_at, {}, [0])
    except TooMany:
        return True


def _needed(questionnaire: Questionnaire, goal: Expression | None) -> set[str]:
    """Questions that a condition depends on, directly or through the conditions of others."""
    needed: set[str] = set()
    waiting = list(references(goal))
    while waiting:
        name = waiting.pop()
        question = questionnaire.by_id.get(name)
        if question is None or name in needed:
            continue
        needed.add(name)
        waiting += references(question.condition)
        for option in question.options:
            waiting += references(option.relevant)
    return needed


def _search(
    order: Sequence[Question],
    goal: Expression | None,
    looked_at: Mapping[str, Sequence[Compare | Selected | Answered]],
    known: dict[str, Answer],
    count: list[int],
) -> bool:
    """Try answers question by question until the condition is decided."""
    count[0] += 1
    if count[0] > _NODES:
        raise TooMany
    decided = decide(goal, known)
    if decided is not None or not order:
        return bool(decided)
    question, rest = order[0], order[1:]
    asked = decide(question.condition, known)
    choices: list[Answer] = answers_of(question, looked_at.get(question.id, ()), known) if asked else [None]
    for answer in choices:
        known[question.id] = answer
        found = _search(rest, goal, looked_at, known, count)
        del known[question.id]
        if found:
            return True
    return False


def longest(questionnaire: Questionnaire, seconds: Mapping[str, float]) -> tuple[float, bool]:
    """Find the way through the questionnaire that takes longest.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    seconds : mapping of str to float
        Seconds that each question takes.

    Returns
    -------
    tuple
        Its seconds, and whether every way was looked at (else it is a lower bound).

    Notes
    -----
    Branch and bound: a way is given up when all questions it could still meet would not make it longest.
    Questions of the same condition between two forks count as one.
    """
    looked_at = mentions(questionnaire)
    legs = _legs(questionnaire, seconds, looked_at)
    best, count, exact = 0.0, 0, True
    # each entry: leg, seconds so far, answers so far; the most promising is on top
    waiting: list[tuple[int, float, dict[str, Answer]]] = [(0, 0.0, {})]
    while waiting and exact:
        place, spent, known = waiting.pop()
        count += 1
        exact = count <= _NODES
        if spent + _bound(legs[place:], known) <= best:
            continue
        if place == len(legs):
            best = spent
            continue
        leg = legs[place]
        spent += _bound([leg], known)
        branches = _branches(leg.fork, looked_at, known)
        branches.sort(key=lambda branch: _bound(legs[place + 1 :], branch))
        waiting.extend((place + 1, spent, branch) for branch in branches)
    return best, exact


@dataclass(frozen=True)
class _Leg:
    """Questions up to and with one whose answer decides about others: seconds by condition, and that fork."""

    seconds: tuple[tuple[Expression | None, float], ...]
    fork: Question | None


def _legs(
    questionnaire: Questionnaire, seconds: Mapping[str, float], forks: Mapping[str, object]
) -> list[_Leg]:
    """Cut a questionnaire after each question that conditions look at."""
    legs, spent = [], dict[Expression | None, float]()
    for question in questionnaire.questions:
        spent[question.condition] = spent.get(question.condition, 0.0) + seconds[question.id]
        if question.id in forks:
            legs.append(_Leg(tuple(spent.items()), question))
            spent = {}
    return [*legs, _Leg(tuple(spent.items()), None)]


def _branches(
    fork: Question | None,
    looked_at: Mapping[str, Sequence[Compare | Selected | Answered]],
    known: dict[str, Answer],
) -> list[dict[str, Answer]]:
    """Answers so far with each answer that the fork may get."""
    if fork is None:
        return [known]
    asked = bool(decide(fork.condition, known))
    answers: list[Answer] = answers_of(fork, looked_at[fork.id], known) if asked else [None]
    return [{**known, fork.id: answer} for answer in answers]


def _bound(legs: Sequence[_Leg], known: Mapping[str, Answer]) -> float:
    """Seconds of all questions that are not ruled out yet."""
    return sum(
        spent for leg in legs for condition, spent in leg.seconds if decide(condition, known) is not False
    )
