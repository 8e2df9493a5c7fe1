"""What a notebook can be told: its parameter cell, read, and values checked against it.

Papermill guesses the type of a value (``202602`` becomes a number, ``NO`` becomes false) and only warns of
a name it does not know. Here a value takes the type that the notebook declares; all else is an error.
"""

from __future__ import annotations

import ast
import difflib
import io
import json
import math
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csat.run.errors import ParameterError

RESERVED = ("study", "wave", "lang", "data", "segment", "out")
"""Parameters that have an option of their own on the command line."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "missing": ("pairwise", "listwise", "em"),
    "interval": ("percentile", "bca"),
    "off_scale": ("error", "missing"),
}
"""What a text may be, by the name of the parameter, where the notebook itself does not say."""

RANGES: Mapping[str, tuple[float, float]] = {
    "replicates": (100, 1_000_000),
    "power": (0.1, 0.99),
    "seed": (0, 2**32 - 1),
}
"""What a number may be. Fewer than 100 replicates give limits that are a matter of chance."""

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook, as its parameter cell declares it."""

    name: str
    type: str
    default: Any
    choices: tuple[str, ...] = ()
    help: str = ""

    def describe(self) -> str:
        """Return one line that says what is allowed."""
        kind = " | ".join(self.choices) if self.choices else self.type
        span = f", {self.low:g} to {self.high:.15g}" if self.name in RANGES else ""
        return f"{self.name}: {kind} = {self.default!r}{span}" + (f"  ({self.help})" if self.help else "")

    @property
    def low(self) -> float:
        """Least that a number may be; a notebook's own default is never too little."""
        least = RANGES.get(self.name, (-math.inf, math.inf))[0]
        return min(least, self.default) if isinstance(self.default, int | float) else least

    @property
    def high(self) -> float:
        """Most that a number may be."""
        return RANGES.get(self.name, (-math.inf, math.inf))[1]


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read the parameter cell (the one tagged ``parameters``) of a notebook.

    Parameters
    ----------
    notebook : Path
        The ``.ipynb`` file.

    Returns
    -------
    dict[str, Parameter]
        Name of the parameter -> its type, default, choices and comment, in the order of the cell.

    Raises
    ------
    ParameterError
        If the file is no notebook, or its parameter cell is missing or no plain list of assignments.

    Notes
    -----
    The cell is parsed, never executed. ``Literal["a", "b"]`` declares choices.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise ParameterError(f"{notebook}: cannot be read as a notebook ({error})") from error
    sources = [_source(cell) for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", ())]
    if not sources:
        raise ParameterError(f"{notebook}: has no cell tagged 'parameters'")
    comments = _comments(sources[0])
    try:
        statements = ast.parse(sources[0]).body
        found = [_parameter(statement, comments) for statement in statements if not _is_text(statement)]
    except (SyntaxError, ValueError) as error:
        raise ParameterError(f"{notebook}: parameter cell: {error}") from error
    return {parameter.name: parameter for parameter in found}


def parse_settings(texts: Iterable[str], known: Mapping[str, Parameter]) -> dict[str, Any]:
    """Turn ``name=value`` texts into values of the declared types.

    Parameters
    ----------
    texts : iterable of str
        As given after ``--set``.
    known : mapping
        Name -> :class:`Parameter`, of all notebooks together.

    Returns
    -------
    dict[str, Any]
        Name -> value.

    Raises
    ------
    ParameterError
        Listing every text that is malformed, unknown, reserved, given twice or not of its type.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for text in texts:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            problems.append(f"--set {text}: write it as name=value")
        elif name in values:
            problems.append(f"--set {name}: given twice")
        elif name in RESERVED:
            problems.append(f"--set {name}: {_instead(name)}")
        elif name not in known:
            problems.append(f"--set {name}: unknown parameter{_guess(name, known)}")
        else:
            try:
                values[name] = convert(value, known[name])
            except ValueError as error:
                problems.append(f"--set {name}: {error}")
    _raise(problems, known)
    return values


def check_values(values: Mapping[str, Any], known: Mapping[str, Parameter]) -> dict[str, Any]:
    """Check values that a program gives (not texts of the command line) against the declared types.

    Parameters
    ----------
    values : mapping
        Name -> value.
    known : mapping
        Name -> :class:`Parameter`.

    Returns
    -------
    dict[str, Any]
        The same values; a whole number where a float is declared becomes one.

    Raises
    ------
    ParameterError
        Listing every unknown, reserved or mistyped one.
    """
    checked: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in values.items():
        if name in RESERVED:
            problems.append(f"{name}: has an argument of its own")
        elif name not in known:
            problems.append(f"{name}: unknown parameter{_guess(name, known)}")
        elif not _is_of(value, known[name]):
            problems.append(f"{name}: {value!r} is not {_expected(known[name])}")
        else:
            checked[name] = float(value) if known[name].type == "float" else value
            problems += [f"{name}: {wrong}" for wrong in _out_of_range(value, known[name])]
    _raise(problems, known)
    return checked


def convert(text: str, parameter: Parameter) -> Any:
    """Read a text as the type that a parameter declares.

    Parameters
    ----------
    text : str
        What was written after ``name=``.
    parameter : Parameter
        The parameter it is meant for.

    Returns
    -------
    Any
        A str, int, float or bool.

    Raises
    ------
    ValueError
        If the text is not of that type or none of the choices.

    Examples
    --------
    >>> convert("202602", Parameter("wave", "str", ""))
    '202602'
    """
    expected = ValueError(f"{text!r} is not {_expected(parameter)}")
    if parameter.choices and text not in parameter.choices:
        raise expected
    if parameter.type == "bool":
        word = text.strip().lower()
        if word not in _TRUE + _FALSE:
            raise expected
        return word in _TRUE
    if parameter.type in ("int", "float"):
        try:
            value = int(text) if parameter.type == "int" else float(text)
        except ValueError:
            raise expected from None
        for wrong in _out_of_range(value, parameter):
            raise ValueError(wrong)
        return value
    return text


def _source(cell: Mapping[str, Any]) -> str:
    """Text of a cell, which a file may hold as one string or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _comments(source: str) -> dict[int, str]:
    """Comment at the end of each line, by line number."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return {}
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is only a string or an import, which declares nothing."""
    return isinstance(statement, ast.Import | ast.ImportFrom) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    """One assignment of the parameter cell."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        name, value = statement.target.id, statement.value
        kind, choices = _annotation(statement.annotation)
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name, value, kind, choices = statement.targets[0].id, statement.value, "", ()
    else:
        raise ValueError(f"line {statement.lineno}: only 'name: type = value' may stand here")
    if value is None:
        raise ValueError(f"line {statement.lineno}: {name} has no default")
    default = ast.literal_eval(value)
    comment = comments.get(statement.end_lineno or statement.lineno, "")
    return Parameter(name, kind or type(default).__name__, default, choices or CHOICES.get(name, ()), comment)


def _annotation(node: ast.expr) -> tuple[str, tuple[str, ...]]:
    """Type name and choices of an annotation."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
        members = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        choices = tuple(str(ast.literal_eval(member)) for member in members)
        return type(ast.literal_eval(members[0])).__name__, choices
    return ast.unparse(node), ()


def _expected(parameter: Parameter) -> str:
    """Say what a parameter takes."""
    if parameter.choices:
        return "one of " + ", ".join(repr(choice) for choice in parameter.choices)
    return {
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "str": "a text",
    }.get(parameter.type, f"of type {parameter.type}")


def _is_of(value: Any, parameter: Parameter) -> bool:
    """Whether a value has the declared type."""
    if parameter.choices:
        return str(value) in parameter.choices or value == parameter.default
    if isinstance(value, bool) or parameter.type == "bool":
        return isinstance(value, bool) and parameter.type == "bool"
    types: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,)}
    return isinstance(value, types.get(parameter.type, (object,)))


def _out_of_range(value: Any, parameter: Parameter) -> Iterator[str]:
    """Say that a number is less or more than is allowed."""
    if parameter.name in RANGES and not parameter.low <= value <= parameter.high:
        yield f"{value} is not from {parameter.low:g} to {parameter.high:.15g}"


def _instead(name: str) -> str:
    """Where a reserved parameter is set."""
    return "give STUDY as the argument" if name == "study" else f"use the option --{name}"


def _guess(name: str, known: Mapping[str, Parameter]) -> str:
    """Return a did-you-mean for a mistyped name."""
    close = difflib.get_close_matches(name, [n for n in known if n not in RESERVED], n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _raise(problems: Sequence[str], known: Mapping[str, Parameter]) -> None:
    """Raise one error for all problems, with what is allowed below them."""
    if problems:
        allowed = [f"  {p.describe()}" for name, p in known.items() if name not in RESERVED]
        raise ParameterError("\n".join([*problems, "allowed:", *(allowed or ["  (none)"])]))
