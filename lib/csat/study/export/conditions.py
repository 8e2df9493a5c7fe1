"""Routing in the language of each tool, from the one tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from csat.study.export.fields import Field, say
from csat.study.expressions import And, Answered, Compare, Expression, Not, Or, Selected
from csat.study.questions import NUMERIC, Question


@dataclass(frozen=True)
class Dialect(ABC):
    """How a tool writes conditions; `questions` and their `fields` by question id."""

    questions: Mapping[str, Question]
    fields: Mapping[str, tuple[Field, ...]]

    both = " and "
    either = " or "

    def say(self, expression: Expression) -> str:
        """Write a condition."""
        if isinstance(expression, And | Or):
            word = self.both if isinstance(expression, And) else self.either
            return word.join(self._bracket(p) for p in expression.parts)
        if isinstance(expression, Not):
            return self.negate(self.say(expression.part))
        question = self.questions[expression.question]
        own = self.fields[expression.question]
        if isinstance(expression, Answered):
            tests = [self.answered(f) for f in own if f.kind != "note" and f.part not in ("other", "block")]
            return tests[0] if len(tests) == 1 else f"({self.either.join(tests)})"
        if isinstance(expression, Selected) and question.type == "multiple":
            return self.selected(own[0], expression.code)
        if isinstance(expression, Selected):
            return self.compare(own[0], "=", expression.code)
        return self._compare(expression, question, own[0])

    def _bracket(self, part: Expression) -> str:
        """Put a part that is itself composed into brackets."""
        written = self.say(part)
        return f"({written})" if isinstance(part, And | Or) else written

    def _compare(self, leaf: Compare, question: Question, one: Field) -> str:
        """Write a comparison; codes for "no answer" are no small numbers."""
        written = self.compare(one, leaf.operator, leaf.value)
        if question.type not in NUMERIC or leaf.operator in ("=", "!="):
            return written
        codes = {question.dont_know_code} if question.dont_know else set()
        wrong = [c for c in sorted(codes) if _holds(leaf.operator, c, float(leaf.value))]
        if not wrong:
            return written
        return f"({self.both.join([written, *(self.compare(one, '!=', f'{c:g}') for c in wrong)])})"

    def negate(self, written: str) -> str:
        """Write the opposite."""
        return f"not({written})"

    @abstractmethod
    def compare(self, one: Field, operator: str, value: str) -> str:
        """Write a comparison with a code or number."""

    @abstractmethod
    def selected(self, one: Field, code: str) -> str:
        """Write that an option of several was chosen."""

    @abstractmethod
    def answered(self, one: Field) -> str:
        """Write that there is an answer."""


def _equals(part: Expression) -> bool:
    """Whether a part compares an answer with one code or number."""
    return isinstance(part, Compare) and part.operator == "="


def _holds(operator: str, left: float, right: float) -> bool:
    """Whether an order holds between two numbers."""
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


@dataclass(frozen=True)
class Plain(Dialect):
    """Conditions as people read them, with labels in place of ids and codes."""

    lang: str = "en"

    def say(self, expression: Expression) -> str:
        """Write a condition; several answers to one question are listed once."""
        codes = [p for p in expression.parts if _equals(p)] if isinstance(expression, Or) else []
        if isinstance(expression, Or) and len(codes) == len(expression.parts) > 1:
            leaves = [p for p in codes if isinstance(p, Compare)]
            if len({leaf.question for leaf in leaves}) == 1:
                own = self.fields[leaves[0].question][0]
                first = self.compare(own, "=", leaves[0].value)
                return self.either.join([first, *(self._value(own, leaf.value) for leaf in leaves[1:])])
        return super().say(expression)

    @property
    def _words(self) -> Mapping[str, str]:
        """Words of the language."""
        return _WORDS.get(self.lang, _WORDS["en"])

    @property
    def both(self) -> str:  # type: ignore[override]
        """Word for "and"."""
        return self._words["and"]

    @property
    def either(self) -> str:  # type: ignore[override]
        """Word for "or"."""
        return self._words["or"]

    def negate(self, written: str) -> str:
        """Write the opposite."""
        return self._words["not"].format(written)

    def compare(self, one: Field, operator: str, value: str) -> str:
        """Write a comparison with a label or number."""
        sign = {"<=": "≤", ">=": "≥", "!=": "≠"}.get(operator, operator)
        return f"{self._name(one)} {sign} {self._value(one, value)}"

    def _value(self, one: Field, value: str) -> str:
        """Write a number, or the label of a code."""
        if one.question.type in NUMERIC:
            return value
        label = next((say(o.label, self.lang) for o in one.options if o.code == value), value)
        return self._words["quote"].format(label)

    def selected(self, one: Field, code: str) -> str:
        """Write that an option of several was chosen."""
        label = say(one.question.option(code).label, self.lang)
        return self._words["chosen"].format(name=self._name(one), label=label)

    def answered(self, one: Field) -> str:
        """Write that there is an answer."""
        return self._words["answered"].format(self._name(one))

    def _name(self, one: Field) -> str:
        """Short label of a question."""
        return say(one.question.label, self.lang) or one.question.id


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "and": " and ",
        "or": " or ",
        "not": "not ({})",
        "quote": '"{}"',
        "chosen": '"{label}" chosen in {name}',
        "answered": "{} answered",
    },
    "zh": {
        "and": "且",
        "or": "或",
        "not": "并非（{}）",
        "quote": "“{}”",
        "chosen": "{name}选了“{label}”",
        "answered": "{}已回答",
    },
}
