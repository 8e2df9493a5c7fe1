"""Read one table of a TOML file with types, and collect what is wrong instead of stopping at it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from csat.study.definition import LANGUAGES, Text
from csat.study.problems import Problem, listing, suggest

_LARGEST = 1e12


@dataclass
class Table:
    """A TOML table, its place in the file, and the list that its problems go to.

    Every getter returns a usable value even when it has noted a problem, so that reading goes on and all
    mistakes come out together. `finish` notes the keys that no getter asked for.
    """

    values: Mapping[str, Any]
    where: str
    problems: list[Problem]
    languages: tuple[str, ...] = ()
    file: str = "study.toml"
    known: set[str] = field(default_factory=set)

    def note(self, key: str, wrong: str, allowed: str = "") -> None:
        """Add a problem of one field of this table."""
        self.problems.append(Problem(self.file, self.where, key, wrong, allowed))

    def take(self, key: str, required: bool = False, allowed: str = "") -> Any:
        """Raw value of a key, None when it is absent (noted when it is required)."""
        self.known.add(key)
        if key not in self.values and required:
            self.note(key, "is missing", allowed)
        return self.values.get(key)

    def string(
        self, key: str, default: str = "", required: bool = False, choices: Iterable[str] = (), hint: str = ""
    ) -> str:
        """Text value, optionally one of some choices."""
        options = tuple(choices)
        value = self.take(key, required, listing(options) or hint or "a text in quotes")
        if value is None:
            return default
        if not isinstance(value, str) or (required and not value.strip()):
            self.note(key, f"{_shown(value)} is not a text", listing(options) or hint or "a text in quotes")
            return default
        if options and value not in options:
            self.note(key, f'"{value}" is not known{suggest(value, options)}', listing(options))
            return default
        return value.strip() or value  # a tab is a separator

    def boolean(self, key: str, default: bool = False) -> bool:
        """Read true or false."""
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.note(key, f"{_shown(value)} is neither true nor false", "true, false")
        return default

    def integer(self, key: str, default: int | None = None, minimum: int = 1) -> int | None:
        """Whole number from a minimum on."""
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= _LARGEST:
            allowed = f"a whole number from {minimum} on"
            self.note(key, f"{_shown(value)} is not such a number", allowed)
            return default
        return value

    def number(
        self, key: str, default: float | None = None, required: bool = False, allowed: str = "a number"
    ) -> float | None:
        """Any finite number."""
        value = self.take(key, required, allowed)
        if value is None:
            return default
        if not is_number(value):
            self.note(key, f"{_shown(value)} is not a number", allowed)
            return default
        return float(value)

    def items(self, key: str, kinds: tuple[type, ...], allowed: str) -> tuple[Any, ...]:
        """List of values of some types (a boolean is no number here)."""
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.note(key, f"{_shown(value)} is not a list", allowed)
            return ()
        good = []
        for entry in value:
            if isinstance(entry, bool) or not isinstance(entry, kinds):
                self.note(key, f"{_shown(entry)} does not belong in the list", allowed)
            else:
                good.append(entry)
        return tuple(good)

    def strings(self, key: str) -> tuple[str, ...]:
        """List of texts."""
        return self.items(key, (str,), 'a list of texts, ["…", "…"]')

    def text(self, key: str, required: bool = False) -> Text:
        """Text in every language of the study; a plain string will do in a study of one language."""
        allowed = _text_shape(self.languages)
        value = self.take(key, required, allowed)
        return {} if value is None else self.translations(key, value, allowed)

    def translations(self, key: str, value: Any, allowed: str = "") -> Text:
        """Check one text with its translations."""
        allowed = allowed or _text_shape(self.languages)
        if isinstance(value, str) and len(self.languages) == 1:
            value = {self.languages[0]: value}
        if not isinstance(value, Mapping):
            self.note(key, f"{_shown(value)} does not say which language it is in", allowed)
            return {}
        text: dict[str, str] = {}
        for lang, words in value.items():
            if lang not in LANGUAGES:
                self.note(key, f'"{lang}" is not a language that reports speak', listing(LANGUAGES))
            elif not isinstance(words, str) or not words.strip():
                self.note(f"{key}.{lang}", f"{_shown(words)} is not a text", "a text in quotes")
            else:
                text[lang] = words.strip()
        absent = [lang for lang in self.languages if lang not in value]
        if absent:
            self.note(key, f"the translation into {listing(absent)} is missing", allowed)
        return text

    def table(self, key: str) -> Table:
        """Sub-table of that name (empty when absent)."""
        value = self.take(key)
        if value is not None and not isinstance(value, Mapping):
            self.note(key, f"{_shown(value)} is not a table", f"a table, [{key}]")
        inner = value if isinstance(value, Mapping) else {}
        return self.child(inner, self._inside(key))

    def tables(self, key: str) -> list[tuple[str, Table]]:
        """Named sub-tables, as in ``[scales.agreement]``."""
        outer = self.table(key)
        result = []
        for name, value in outer.values.items():
            if isinstance(value, Mapping):
                result.append((name, self.child(value, self._inside(f"{key}.{name}"))))
            else:
                outer.note(name, f"{_shown(value)} is not a table", f"a table, [{self._path(key)}.{name}]")
        return result

    def child(self, values: Mapping[str, Any], where: str) -> Table:
        """Table inside this one, sharing its list of problems."""
        return Table(values, where, self.problems, self.languages, self.file)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                wrong = f'"{key}" is not a key of this table{suggest(key, self.known)}'
                self.note(key, wrong, listing(sorted(self.known), limit=40))

    def _path(self, key: str) -> str:
        """Dotted name of a key of this table."""
        return ".".join(part for part in (self.where.strip("[]"), key) if part)

    def _inside(self, key: str) -> str:
        """Place of a table inside this one: ``[weights.targets]``, ``[[waves]] 2 [columns.city]``."""
        listed = re.fullmatch(r"(\[\[.*?\]\] \S+)(?: \[(.*)\])?", self.where)
        if listed is None:
            return f"[{self._path(key)}]"
        return f"{listed[1]} [{f'{listed[2]}.{key}' if listed[2] else key}]"


def is_number(value: object) -> bool:
    """Whether a value is a finite number and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _shown(value: object) -> str:
    """Value as it should appear in a message: short."""
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:  # a whole number of thousands of digits
        text = "a huge number"
    return text if len(text) <= 60 else text[:57] + "…"


def _text_shape(languages: tuple[str, ...]) -> str:
    """How a text with its translations is written."""
    shape = ", ".join(f'{lang} = "…"' for lang in languages)
    return f"{{ {shape} }}" + (' or "…"' if len(languages) == 1 else "")
