"""Who was asked what, as far as the answers tell: conditions decided where some answers are missing.

`csat.study.routing.evaluate` decides like the tool in the field, to which a missing answer is no answer. A
file is different: an answer may be missing because nobody gave it or because it was lost. Where a condition
hangs on such an answer, it is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from csat.study.expressions import And, Answered, Compare, Expression, Not, Or, Selected
from csat.study.routing import evaluate as evaluate

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from csat.study.questionnaire import Questionnaire
    from csat.study.questions import Question

    Truth = np.ndarray[Any, np.dtype[np.float64]]

YES, OPEN, NO = 1.0, 0.5, 0.0
"""Degrees of truth: ``and`` is the least, ``or`` the greatest of its parts, ``not`` the distance from 1."""


def asked(questionnaire: Questionnaire, frame: pd.DataFrame) -> dict[str, Truth]:
    """Decide who was asked each question.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    frame : pandas.DataFrame of str, shape (n, columns)
        Cells, empty where nothing stands; columns that are not there count as empty.

    Returns
    -------
    dict of str to numpy.ndarray of shape (n,)
        For each question in order: 1 asked, 0 not asked, 0.5 where it hangs on an answer that is missing.

    Notes
    -----
    Kleene's three-valued logic. A comparison, or a test of an option, is open for whoever has nothing at all
    in the columns of its question, unless that question was not asked; "don't know" is something. Whether a
    question is answered is never open.

    References
    ----------
    Kleene, S. C. (1952). Introduction to metamathematics, section 64. North-Holland.

    Examples
    --------
    >>> import pandas as pd
    >>> from csat.study import load_study
    >>> who = asked(load_study("mobile_ecsi").questionnaire(), pd.DataFrame({"CUEX1": ["5", ""]}))
    >>> who["CUEX2"].tolist()
    [1.0, 1.0]
    """
    full = with_columns(questionnaire, frame)
    known: dict[str, Truth] = {}
    decided: dict[Expression | None, Truth] = {}
    for question in questionnaire.questions:
        if question.condition not in decided:
            decided[question.condition] = truth(question.condition, full, questionnaire.by_id, known)
        known[question.id] = decided[question.condition]
    return known


def truth(
    expression: Expression | None,
    frame: pd.DataFrame,
    questions: Mapping[str, Question],
    known: Mapping[str, Truth],
) -> Truth:
    """Decide one condition as far as the answers tell.

    Parameters
    ----------
    expression : Expression or None
        The condition; None is always true.
    frame : pandas.DataFrame of str, shape (n, columns)
        Cells, with every column of the questions.
    questions : mapping of str to Question
        The questions it looks at; one that is not among them leaves the condition open.
    known : mapping of str to numpy.ndarray of shape (n,)
        Who was asked each question (1, 0, 0.5); whoever is not in it was asked.

    Returns
    -------
    numpy.ndarray of shape (n,)
        1 true, 0 false, 0.5 open.
    """
    import numpy as np

    if expression is None:
        return np.full(len(frame), YES)
    if isinstance(expression, Not):
        return 1.0 - truth(expression.part, frame, questions, known)
    if isinstance(expression, And | Or):
        parts = [truth(part, frame, questions, known) for part in expression.parts]
        join = np.minimum if isinstance(expression, And) else np.maximum
        return np.asarray(join.reduce(parts), dtype=np.float64)
    return _leaf(expression, frame, questions, known)


def _leaf(
    leaf: Compare | Selected | Answered,
    frame: pd.DataFrame,
    questions: Mapping[str, Question],
    known: Mapping[str, Truth],
) -> Truth:
    """One comparison or test: open where its question was, or may have been, asked and holds nothing."""
    import numpy as np

    question = questions.get(leaf.question)
    if question is None:
        return np.full(len(frame), OPEN)
    held = evaluate(leaf, frame, questions).astype(np.float64)
    if isinstance(leaf, Answered):
        return held
    seen = given(question, frame)
    possible = known.get(question.id, np.full(len(frame), YES)) > NO
    return np.where(seen | ~possible, held, OPEN)


def given(question: Question, frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell who has anything in the columns of a question, "don't know" and "not chosen" included.

    Parameters
    ----------
    question : Question
        The question.
    frame : pandas.DataFrame of str, shape (n, columns)
        Cells, empty where nothing stands.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
    """
    import numpy as np

    names = [c.name for c in question.columns if c.part not in ("other", "block") and c.name in frame.columns]
    if not names:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray((frame[names] != "").any(axis=1), dtype=bool)


def with_columns(questionnaire: Questionnaire, frame: pd.DataFrame) -> pd.DataFrame:
    """Answers with every column of a questionnaire, those that they lack being empty.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    frame : pandas.DataFrame of str, shape (n, columns)
        Cells.

    Returns
    -------
    pandas.DataFrame of str
        In the order of the questionnaire; other columns are left out.
    """
    names = list(dict.fromkeys(column.name for column in questionnaire.columns))
    return frame.reindex(columns=names, fill_value="")
