"""Routing expressions: a small language for "ask this only if …", parsed into one tree.

``role = buyer and not selected(problems, none) and sat1 <= 4`` becomes a tree of frozen objects. Every
export, check and simulation reads the tree; nobody reads the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

Operator = Literal["=", "!=", "<", "<=", ">", ">="]

_MAX_LENGTH = 2000
_MAX_DEPTH = 30
_WIDE = str.maketrans("（），＝！＜＞“”‘’", "(),=!<>\"\"''")  # as typed with a Chinese keyboard
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>-?\d+(?:\.\d+)?(?![A-Za-z0-9_]))|
    (?P<word>[A-Za-z0-9_]+)|
    (?P<quoted>'[^']*'|"[^"]*")|
    (?P<operator><=|>=|!=|<>|==|=|<|>|≤|≥|≠)|
    (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_OPERATORS: dict[str, Operator] = {
    "=": "=", "==": "=", "!=": "!=", "<>": "!=", "≠": "!=", "<": "<", "<=": "<=", "≤": "<=",
    ">": ">", ">=": ">=", "≥": ">=",
}  # fmt: skip
_SHAPE = "such as: role = buyer and not selected(problems, none) and sat1 <= 4"
_KEYWORDS = {"and", "or", "not", "in", "selected", "answered"}


class ExpressionError(ValueError):
    """An expression that cannot be read; the message says where and what was expected."""


@dataclass(frozen=True)
class Compare:
    """A question's answer against a code or a number; false as long as there is no answer (``!=``: true)."""

    question: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        """As it is written in a study."""
        return f"{self.question} {self.operator} {_written(self.value)}"


@dataclass(frozen=True)
class Selected:
    """Whether an option of a question was chosen."""

    question: str
    code: str

    def __str__(self) -> str:
        """As it is written in a study."""
        return f"selected({self.question}, {_written(self.code)})"


@dataclass(frozen=True)
class Answered:
    """Whether a question has an answer ("don't know" is none)."""

    question: str

    def __str__(self) -> str:
        """As it is written in a study."""
        return f"answered({self.question})"


@dataclass(frozen=True)
class And:
    """All of several conditions."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        """As it is written in a study."""
        return " and ".join(f"({p})" if isinstance(p, Or) else str(p) for p in self.parts)


@dataclass(frozen=True)
class Or:
    """At least one of several conditions."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        """As it is written in a study."""
        return " or ".join(map(str, self.parts))


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    part: Expression

    def __str__(self) -> str:
        """As it is written in a study."""
        return f"not ({self.part})" if isinstance(self.part, And | Or) else f"not {self.part}"


Expression = Compare | Selected | Answered | And | Or | Not
"""A routing expression."""


def parse(text: str) -> Expression:
    """Read a routing expression.

    Parameters
    ----------
    text : str
        Comparisons ``question = code`` with ``= != < <= > >=``, ``question in (code, code)``,
        ``selected(question, code)``, ``answered(question)``, joined by ``and``, ``or``, ``not`` and brackets.
        Codes may stand in quotes. ``and`` binds more tightly than ``or``, ``not`` more tightly than both.

    Returns
    -------
    Expression
        The tree.

    Raises
    ------
    ExpressionError
        When the text is no expression; the message quotes the place.

    Examples
    --------
    >>> str(parse("role in (buyer, both) and not (sat1 >= 8 or sat2 >= 8)"))
    '(role = buyer or role = both) and not (sat1 >= 8 or sat2 >= 8)'
    """
    if len(text) > _MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(text)} characters, more than {_MAX_LENGTH}")
    reader = _Reader(text, list(_tokens(text)))
    tree = reader.alternatives(0)
    if reader.here().kind != "end":
        reader.fail("and, or, or the end")
    return tree


def references(expression: Expression | None) -> tuple[str, ...]:
    """Questions that an expression looks at, each once, in the order of their first mention."""
    return tuple(dict.fromkeys(leaf.question for leaf in leaves(expression)))


def leaves(expression: Expression | None) -> Iterator[Compare | Selected | Answered]:
    """Comparisons and tests of an expression from left to right."""
    if isinstance(expression, And | Or):
        for part in expression.parts:
            yield from leaves(part)
    elif isinstance(expression, Not):
        yield from leaves(expression.part)
    elif expression is not None:
        yield expression


def conjunction(*expressions: Expression | None) -> Expression | None:
    """Join conditions by ``and``; None stands for "always" and so drops out."""
    parts: list[Expression] = []
    for expression in expressions:
        if isinstance(expression, And):
            parts.extend(expression.parts)
        elif expression is not None:
            parts.append(expression)
    parts = list(dict.fromkeys(parts))
    return None if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))


def _written(value: str) -> str:
    """Value as it can stand in an expression."""
    bare = re.fullmatch(r"[A-Za-z0-9_]+|-?\d+(\.\d+)?", value) and value.lower() not in _KEYWORDS
    return value if bare else f"'{value}'"


@dataclass(frozen=True)
class _Token:
    """One word, number, quoted text or mark, and where it stands."""

    kind: str
    text: str
    start: int


def _tokens(text: str) -> Iterator[_Token]:
    """Cut a text into tokens, the last of kind ``end``."""
    plain = text.translate(_WIDE)
    at = 0
    while plain[at:].strip():
        found = _TOKEN.match(plain, at)
        if not found:
            rest = text[at:].strip()
            raise ExpressionError(f'"{rest[:20]}" cannot be read; {_SHAPE}')
        kind = str(found.lastgroup)
        yield _Token(kind, found[kind].strip("'\"") if kind == "quoted" else found[kind], found.start(kind))
        at = found.end()
    yield _Token("end", "", len(text))


@dataclass
class _Reader:
    """Recursive descent over the tokens."""

    text: str
    tokens: list[_Token]
    at: int = 0

    def here(self) -> _Token:
        """Token that comes next."""
        return self.tokens[self.at]

    def fail(self, expected: str) -> NoReturn:
        """Say what was expected where something else stands."""
        token = self.here()
        place = "at the end" if token.kind == "end" else f'before "{self.text[token.start :][:20]}"'
        raise ExpressionError(f'"{self.text.strip()[:60]}" lacks {expected} {place}; {_SHAPE}')

    def step(self) -> _Token:
        """Take the next token."""
        token = self.here()
        self.at += token.kind != "end"
        return token

    def takes(self, text: str) -> bool:
        """Take a keyword or mark if it comes next."""
        token = self.here()
        found = token.kind in ("word", "mark") and token.text.lower() == text
        self.at += found
        return found

    def need(self, mark: str) -> None:
        """Take a mark that must come next."""
        if not self.takes(mark):
            self.fail(f'"{mark}"')

    def alternatives(self, depth: int) -> Expression:
        """Read ``a or b or c``."""
        if depth > _MAX_DEPTH:
            raise ExpressionError(f"the expression has more than {_MAX_DEPTH} brackets in each other")
        parts = [self.together(depth)]
        while self.takes("or"):
            parts.append(self.together(depth))
        return _joined(Or, parts)

    def together(self, depth: int) -> Expression:
        """Read ``a and b and c``."""
        parts = [self.single(depth)]
        while self.takes("and"):
            parts.append(self.single(depth))
        return _joined(And, parts)

    def single(self, depth: int) -> Expression:
        """One condition, with ``not`` before it or brackets around it."""
        if self.takes("not"):
            if depth > _MAX_DEPTH:
                raise ExpressionError(f"the expression has more than {_MAX_DEPTH} negations in each other")
            return Not(self.single(depth + 1))
        if self.takes("("):
            inner = self.alternatives(depth + 1)
            self.need(")")
            return inner
        for name in ("selected", "answered"):
            if self.takes(name):
                return self.test(name)
        return self.comparison()

    def test(self, name: str) -> Expression:
        """``selected(question, code)`` or ``answered(question)``."""
        self.need("(")
        question = self.question()
        if name == "answered":
            self.need(")")
            return Answered(question)
        self.need(",")
        code = self.value()
        self.need(")")
        return Selected(question, code)

    def comparison(self) -> Expression:
        """``question = value`` or ``question in (value, value)``."""
        question = self.question()
        if self.takes("in"):
            self.need("(")
            values = [self.value()]
            while self.takes(","):
                values.append(self.value())
            self.need(")")
            return _joined(Or, [Compare(question, "=", v) for v in values])
        if self.here().kind != "operator":
            self.fail("a comparison (=, !=, <, <=, >, >=, in)")
        operator = _OPERATORS[self.step().text]
        value = self.value()
        if self.here().kind == "operator":
            self.fail('"and" (one comparison at a time)')
        return Compare(question, operator, value)

    def question(self) -> str:
        """Id of a question."""
        token = self.here()
        if token.kind != "word" or token.text.lower() in _KEYWORDS:
            self.fail("the id of a question")
        return self.step().text

    def value(self) -> str:
        """Code or number."""
        token = self.here()
        if token.kind not in ("word", "number", "quoted") or (
            token.kind == "word" and token.text.lower() in _KEYWORDS
        ):
            self.fail("a code or a number")
        return self.step().text


def _joined(kind: type[And] | type[Or], parts: list[Expression]) -> Expression:
    """Several parts under one node (nodes of the same kind are merged); a single part stands alone."""
    flat: list[Expression] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
