"""Routing in words: who is asked a question, told by labels in place of ids and codes."""

from __future__ import annotations

from collections.abc import Mapping

from csat.report.language import Catalogue
from csat.study.expressions import And, Answered, Compare, Expression, Not, Or, Selected
from csat.study.questions import Question


def condition_words(
    expression: Expression | None, questions: Mapping[str, Question], words: Catalogue
) -> str:
    """Say a condition in words.

    Parameters
    ----------
    expression : Expression or None
        Condition; None, which always holds, becomes an empty text.
    questions : mapping of str to Question
        Questions by their ids, for labels of questions and options.
    words : Catalogue
        Sentences of the language, section ``design``.

    Returns
    -------
    str
        Plain text, such as ``Role is one of “User” and “Buyer”``.
    """
    return "" if expression is None else _say(expression, questions, words, nested=False)


def _say(
    expression: Expression, questions: Mapping[str, Question], words: Catalogue, nested: bool = True
) -> str:
    """Say a condition, in brackets where it is composed and part of another."""
    if isinstance(expression, And | Or):
        together = _one_of(expression, questions, words)
        if together:
            return together
        parts = [_say(part, questions, words) for part in expression.parts]
        joint = words.t("routing.and" if isinstance(expression, And) else "routing.or")
        text = joint.join(parts)
        return words.t("routing.bracket", text=text) if nested and isinstance(expression, Or) else text
    if isinstance(expression, Not):
        return words.t("routing.not", text=_say(expression.part, questions, words, nested=False))
    question = questions.get(expression.question)
    name = _label(question, words.lang) if question else expression.question
    if isinstance(expression, Answered):
        return words.t("routing.answered", name=name)
    if isinstance(expression, Selected):
        return words.t("routing.selected", name=name, option=_option(question, expression.code, words))
    value = _option(question, expression.value, words)
    return words.t(f"routing.{_OPERATORS[expression.operator]}", name=name, value=value)


_OPERATORS = {"=": "is", "!=": "is_not", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}


def _one_of(expression: And | Or, questions: Mapping[str, Question], words: Catalogue) -> str:
    """Say several codes of one question at once; empty where it is about more."""
    if isinstance(expression, And):
        return ""
    leaves = [part for part in expression.parts if isinstance(part, Compare) and part.operator == "="]
    names = {leaf.question for leaf in leaves}
    if len(leaves) != len(expression.parts) or len(names) != 1:
        return ""
    question = questions.get(names.pop())
    if question is None:
        return ""
    values = [_option(question, leaf.value, words) for leaf in leaves]
    joint = words.t("routing.value_or").join(values)
    return words.t("routing.one_of", name=_label(question, words.lang), values=joint)


def _label(question: Question, lang: str) -> str:
    """Short label of a question."""
    return question.label.get(lang) or question.id


def _option(question: Question | None, code: str, words: Catalogue) -> str:
    """Label of an option in quotes; numbers stay as they are."""
    if question is None or code not in question.codes:
        return code
    label = question.option(code).label.get(words.lang) or code
    return words.t("routing.quote", text=label)
