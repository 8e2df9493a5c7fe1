"""Routing: who is asked what. Expressions are validated, evaluated on answers, and decided step by step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from csat.errors import CsatError
from csat.study.expressions import (
    And,
    Answered,
    Compare,
    Expression,
    ExpressionError,
    Not,
    Or,
    Selected,
    conjunction,
    leaves,
    parse,
    references,
)
from csat.study.problems import listing, suggest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from csat.study.questions import Question

__all__ = [
    "And",
    "Answered",
    "Compare",
    "Expression",
    "ExpressionError",
    "Not",
    "Or",
    "Selected",
    "check",
    "conjunction",
    "decide",
    "evaluate",
    "find_loop",
    "leaves",
    "parse",
    "references",
]

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
_NUMERIC = ("rating", "nps", "number")
_SINGLE = ("single", "consent")


def check(
    expression: Expression, questions: Mapping[str, Question], earlier: Iterable[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Find what is wrong with an expression.

    Parameters
    ----------
    expression : Expression
        The condition.
    questions : mapping of str to Question
        Every question it may look at.
    earlier : iterable of str, optional
        Those that are asked before; by default the order is not checked.

    Yields
    ------
    tuple of str
        What is wrong, and what is allowed.

    Examples
    --------
    >>> list(check(parse("nothing = 1"), {}))
    [('"nothing = 1": question "nothing" is not declared', 'ids of questions and items')]
    """
    before = None if earlier is None else set(earlier)
    for leaf in dict.fromkeys(leaves(expression)):
        question = questions.get(leaf.question)
        if question is None:
            wrong = f'"{leaf}": question "{leaf.question}" is not declared{suggest(leaf.question, questions)}'
            yield wrong, "ids of questions and items"
        elif before is not None and leaf.question not in before:
            yield f'"{leaf}": {leaf.question} is not asked before this', "questions that are asked earlier"
        else:
            yield from _fits(leaf, question)


def _fits(leaf: Compare | Selected | Answered, question: Question) -> Iterator[tuple[str, str]]:
    """Check one comparison or test against the type of its question."""
    kind = question.type
    if kind == "note":
        yield f'"{leaf}": {question.id} is a note, which nobody answers', "questions that are answered"
    elif isinstance(leaf, Selected):
        if kind not in ("single", "multiple", "consent"):
            yield f'"{leaf}": {question.id} is of type {kind}', "selected() on single and multiple"
        else:
            yield from _known_code(leaf, leaf.code, question)
    elif isinstance(leaf, Compare):
        yield from _comparable(leaf, question)


def _comparable(leaf: Compare, question: Question) -> Iterator[tuple[str, str]]:
    """Check a comparison: codes on single choices, numbers on numeric questions."""
    kind = question.type
    if kind in _SINGLE or (kind == "choice" and question.task and not question.task.designed):
        if leaf.operator not in ("=", "!="):
            yield f'"{leaf}": the options of {question.id} have no order', "=, !=, in"
        yield from _known_code(leaf, leaf.value, question)
    elif kind in _NUMERIC:
        yield from _on_range(leaf, question)
    elif kind == "multiple":
        wrong = f'"{leaf}": {question.id} may have several answers'
        yield wrong, f"selected({question.id}, {leaf.value})"
    else:
        yield f'"{leaf}": answers of type {kind} cannot be compared', f"answered({question.id})"


def _known_code(leaf: Compare | Selected, code: str, question: Question) -> Iterator[tuple[str, str]]:
    """Check that a code is one of the question's."""
    codes = question.task.answers if question.task else question.codes
    if code not in codes:
        wrong = f'"{leaf}": {question.id} has no option "{code}"{suggest(code, codes)}'
        yield wrong, listing(codes)


def _on_range(leaf: Compare, question: Question) -> Iterator[tuple[str, str]]:
    """Check that a number can divide the answers of a question."""
    if not _NUMBER.fullmatch(leaf.value):
        yield f'"{leaf}": {question.id} is answered by a number, not "{leaf.value}"', "a number"
        return
    value = float(leaf.value)
    column = question.columns[0]
    low = -float("inf") if column.minimum is None else column.minimum
    high = float("inf") if column.maximum is None else column.maximum
    never = not low <= value <= high
    never |= (leaf.operator == "<" and value <= low) or (leaf.operator == ">" and value >= high)
    if never:
        wrong = f'"{leaf}" is the same for everybody: {question.id} is answered from {low:g} to {high:g}'
        yield wrong, f"numbers that divide {low:g} to {high:g}"


def find_loop(conditions: Mapping[str, Expression | None]) -> tuple[str, ...]:
    """Find questions that wait for each other.

    Parameters
    ----------
    conditions : mapping of str to Expression or None
        Condition of each question.

    Returns
    -------
    tuple of str
        The questions of one loop, the first repeated at the end; empty when there is none.

    Examples
    --------
    >>> find_loop({"a": parse("b = 1"), "b": parse("answered(a)")})
    ('a', 'b', 'a')
    """
    done: set[str] = set()
    for start in conditions:
        trail: list[str] = []
        waiting: list[Iterator[str]] = [iter((start,))]
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                if trail:
                    done.add(trail.pop())
            elif name in trail:
                return (*trail[trail.index(name) :], name)
            elif name not in done:
                trail.append(name)
                waiting.append(iter(references(conditions.get(name))))
    return ()


def decide(expression: Expression | None, answers: Mapping[str, object]) -> bool | None:
    """Decide a condition from what is known so far.

    Parameters
    ----------
    expression : Expression or None
        The condition; None is always true.
    answers : mapping of str to object
        Answer of each question that is known: a code, a number, a set of codes, or None for no answer.

    Returns
    -------
    bool or None
        None while it depends on a question that is not in `answers`.

    Examples
    --------
    >>> decide(parse("a = 1 or b = 2"), {"a": "1"}), decide(parse("a = 1 or b = 2"), {"a": "3"})
    (True, None)
    """
    if expression is None:
        return True
    if isinstance(expression, Not):
        inner = decide(expression.part, answers)
        return None if inner is None else not inner
    if isinstance(expression, And | Or):
        decisive = isinstance(expression, Or)
        parts = [decide(part, answers) for part in expression.parts]
        return decisive if decisive in parts else None if None in parts else not decisive
    if expression.question not in answers:
        return None
    return _holds(expression, answers[expression.question])


def _holds(leaf: Compare | Selected | Answered, answer: Any) -> bool:
    """Whether one comparison or test holds for a known answer."""
    given = answer is not None and answer != "" and answer != frozenset()
    if isinstance(leaf, Answered):
        return given
    if isinstance(leaf, Selected):
        return given and (leaf.code in answer if isinstance(answer, set | frozenset) else answer == leaf.code)
    if isinstance(answer, str) or not given:
        same = given and answer == leaf.value
        return same if leaf.operator == "=" else not same if leaf.operator == "!=" else False
    return bool(_ordered(leaf.operator, float(answer), float(leaf.value)))


def _ordered(operator: str, left: Any, right: float) -> Any:
    """Compare numbers or arrays of them."""
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def evaluate(
    expression: Expression | None, frame: pd.DataFrame, questions: Mapping[str, Question]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Decide a condition for every respondent at once.

    Parameters
    ----------
    expression : Expression or None
        The condition; None is always true.
    frame : pandas.DataFrame
        Answers, one respondent a row, in the columns of `Question.columns`.
    questions : mapping of str to Question
        The questions it looks at (`Questionnaire.by_id`).

    Returns
    -------
    numpy.ndarray
        Of booleans, one a row.

    Raises
    ------
    CsatError
        When a column of an answer is missing.

    Notes
    -----
    No answer makes every comparison false, except ``!=``, which then is true. "Don't know" of a rating or
    number is no answer.

    Examples
    --------
    >>> import pandas as pd
    >>> from csat.study.questions import Option, Question
    >>> role = Question("role", "single", {}, {}, options=(Option("buyer", {}), Option("user", {})))
    >>> answers = pd.DataFrame({"role": ["buyer", "user", None]})
    >>> evaluate(parse("role != buyer"), answers, {"role": role}).tolist()
    [False, True, True]
    """
    import numpy as np

    if expression is None:
        return np.ones(len(frame), dtype=bool)
    if isinstance(expression, Not):
        return ~evaluate(expression.part, frame, questions)
    if isinstance(expression, And | Or):
        parts = [evaluate(part, frame, questions) for part in expression.parts]
        join = np.logical_and if isinstance(expression, And) else np.logical_or
        return np.asarray(join.reduce(parts), dtype=bool)
    question = questions.get(expression.question)
    if question is None:
        raise CsatError(f'routing looks at question "{expression.question}", which is not in this version')
    return np.asarray(_test(expression, frame, question), dtype=bool)


def _test(leaf: Compare | Selected | Answered, frame: pd.DataFrame, question: Question) -> Any:
    """One comparison or test for every respondent."""
    if isinstance(leaf, Answered):
        return _answered(frame, question)
    if isinstance(leaf, Selected) and question.type == "multiple":
        return _numbers(frame, f"{question.base}_{leaf.code}") == 1
    if isinstance(leaf, Selected):
        return _has_code(frame, question.base, leaf.code)
    if question.type in _NUMERIC:
        numbers = _numbers(frame, question.base, question.columns[0].missing)
        held = _ordered(leaf.operator, numbers, float(leaf.value))
        return held | (numbers != numbers) if leaf.operator == "!=" else held
    same = _has_code(frame, question.base, leaf.value)
    return ~same if leaf.operator == "!=" else same


def _answered(frame: pd.DataFrame, question: Question) -> Any:
    """Who has given any answer to a question."""
    import numpy as np

    found = np.zeros(len(frame), dtype=bool)
    for column in question.columns:
        if column.kind == "flag":
            found |= _numbers(frame, column.name) == 1
        elif column.kind in ("number", "rank"):
            numbers = _numbers(frame, column.name, column.missing)
            found |= numbers == numbers
        elif column.part not in ("other", "block"):
            series = _column(frame, column.name)
            found |= (series.notna() & (series.astype(str).str.strip() != "")).to_numpy(dtype=bool)
    return found


def _has_code(frame: pd.DataFrame, column: str, code: str) -> Any:
    """Who has a code in a column; numbers and texts of the same code are the same."""
    import numpy as np
    import pandas as pd

    series = _column(frame, column)
    if pd.api.types.is_numeric_dtype(series.dtype):
        try:
            return series.to_numpy(dtype=float, na_value=np.nan) == float(code)
        except ValueError:
            return np.zeros(len(frame), dtype=bool)
    same = series == code
    return same.fillna(False).to_numpy(dtype=bool)


def _numbers(frame: pd.DataFrame, column: str, missing: tuple[float, ...] = ()) -> Any:
    """Numbers of a column; NaN where there is none or a code for missing answers."""
    import numpy as np
    import pandas as pd

    numbers = pd.to_numeric(_column(frame, column), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isin(numbers, missing), np.nan, numbers) if missing else numbers


def _column(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Column of the answers that a condition needs."""
    if column not in frame.columns:
        raise CsatError(f'routing needs the column "{column}", which the answers lack')
    return frame[column]
