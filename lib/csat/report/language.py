"""Words of a report: catalogues of sentences in each language, filled with computed values.

A catalogue is TOML under ``locale/<language>/``: ``common.toml`` for what every page shares and one file for
each notebook. Sentences are plain text; ``**bold**`` is the only mark-up. Placeholders take a format:

    ``{n:n}`` 12,345 · ``{x:.2f}`` 0.71 · ``{x:+.1f}`` +0.2 · ``{s:pct}`` 26% · ``{s:pct1}`` 25.6%
    ``{p:p}`` p = 0.032 · ``{k:plural|item|items}`` the word for that many
    a list or tuple is joined as the language does (a, b and c)
"""

from __future__ import annotations

import html
import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from csat.errors import CsatError
from csat.report import numbers

LOCALE = Path(__file__).parent / "locale"
SECTIONS = ("common", "design", "measurement", "loyalty")
SECTION_OF_NOTEBOOK = {"01_survey_design": "design", "02_measurement": "measurement", "03_loyalty": "loyalty"}
_BOLD = re.compile(r"\*\*(.+?)\*\*")


class CatalogueError(CsatError):
    """A sentence is missing from a catalogue, or a value that it needs was not given."""


def languages() -> tuple[str, ...]:
    """Languages that a report can be written in, from the folders under ``locale/``."""
    return tuple(sorted(path.name for path in LOCALE.iterdir() if (path / "common.toml").is_file()))


@cache
def read_section(lang: str, section: str) -> Mapping[str, str]:
    """Read one catalogue file as a flat mapping of dotted keys to sentences.

    Parameters
    ----------
    lang : str
        A language of `languages`.
    section : str
        File name without ``.toml``; an absent file is an empty catalogue.

    Returns
    -------
    mapping of str to str

    Raises
    ------
    CatalogueError
        If the language is unknown, or an entry is not text.
    """
    if lang not in languages():
        raise CatalogueError(
            f"No report catalogue for language {lang!r}; there are: {', '.join(languages())}."
        )
    path = LOCALE / lang / f"{section}.toml"
    if not path.is_file():
        return {}
    flat = dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))
    for key, text in flat.items():
        if not isinstance(text, str):
            raise CatalogueError(f"{lang}/{section}.toml: {key} must be text, not {text!r}.")
    return flat


def placeholders(template: str) -> frozenset[str]:
    """Names of the values that a sentence needs in any language; a plural alone (``{n:plural|…}``) is none.

    Examples
    --------
    >>> sorted(placeholders("{n:n} of {total:n}"))
    ['n', 'total']
    """
    fields = string.Formatter().parse(template)
    return frozenset(name for _, name, form, _ in fields if name and not (form or "").startswith("plural|"))


class Catalogue:
    """Sentences, labels and number formats of one language.

    Parameters
    ----------
    lang : str
        Language code, for example ``en`` or ``zh``.
    section : str
        Notebook's own catalogue (``design``, ``measurement``, ``loyalty``), looked up before ``common``.

    Notes
    -----
    A key is looked up in the section, then in ``common``, then as ``<section>.<key>``, so a notebook writes
    short keys and can still name a sentence of another one.
    """

    def __init__(self, lang: str, section: str = "common") -> None:
        self.lang = lang
        self.section = section
        self._plain = _Formatter(self)
        self._markup = _Formatter(self, escape=True)
        read_section(lang, "common")

    def find(self, key: str) -> str | None:
        """Template of a key as it stands in the catalogue, or None."""
        for section in (self.section, "common"):
            found = read_section(self.lang, section).get(key)
            if found is not None:
                return found
        section, _, rest = key.partition(".")
        return read_section(self.lang, section).get(rest) if section in SECTIONS else None

    def has(self, key: str) -> bool:
        """Say whether the catalogue holds a key."""
        return self.find(key) is not None

    def t(self, key: str, **values: Any) -> str:
        """Sentence as plain text, filled with values.

        Parameters
        ----------
        key : str
            Dotted key.
        **values
            What the placeholders stand for; numbers are written as the placeholder's format says.

        Returns
        -------
        str
            Not escaped: for figures, or for `html.escape` later.

        Raises
        ------
        CatalogueError
            If the key is missing or a value that it needs was not given.
        """
        return self._fill(key, _BOLD.sub(r"\1", self._template(key)), values, self._plain)

    def html(self, key: str, **values: Any) -> str:
        """Sentence as an HTML fragment: values escaped, ``**bold**`` as ``<strong>``."""
        template = _BOLD.sub(r"<strong>\1</strong>", html.escape(self._template(key), quote=False))
        return self._fill(key, template, values, self._markup)

    def join(self, parts: Sequence[str]) -> str:
        """Join words as the language does: ``a, b and c``; ``a、b和c``."""
        if len(parts) < 2:
            return "".join(parts)
        return self.t("join.comma").join(parts[:-1]) + self.t("join.and") + parts[-1]

    def estimate(self, value: Any, low: Any = None, high: Any = None, digits: int = 2) -> str:
        """Estimate with its interval in this language's style: ``0.71 (0.65–0.77)``."""
        return numbers.estimate(value, low, high, digits, to=self.t("number.to"))

    def interval(self, low: Any, high: Any, digits: int = 2) -> str:
        """Two bounds in this language's style: ``0.65–0.77``."""
        return numbers.interval(low, high, digits, to=self.t("number.to"))

    def _template(self, key: str) -> str:
        """Template of a key, or an error that names the file to put it into."""
        found = self.find(key)
        if found is None:
            raise CatalogueError(
                f"No sentence {key!r} in {self.lang}/{self.section}.toml or {self.lang}/common.toml."
            )
        return found

    def _fill(self, key: str, template: str, values: Mapping[str, Any], form: _Formatter) -> str:
        """Template filled with values."""
        try:
            return form.vformat(template, (), values)
        except (KeyError, IndexError) as missing:
            raise CatalogueError(f"Sentence {key!r} ({self.lang}) needs a value for {missing}.") from missing
        except (TypeError, ValueError) as wrong:
            raise CatalogueError(f"Sentence {key!r} ({self.lang}): {wrong}") from wrong


class _Formatter(string.Formatter):
    """`str.format` with the report's own number formats."""

    def __init__(self, words: Catalogue, escape: bool = False) -> None:
        self._words = words
        self._escape = escape

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value as its placeholder asks."""
        text = self._write(value, format_spec)
        return html.escape(text, quote=False) if self._escape and not hasattr(value, "__html__") else text

    def _write(self, value: Any, spec: str) -> str:
        """One value as text."""
        if isinstance(value, list | tuple):
            return self._words.join([self._write(part, spec) for part in value])
        if spec.startswith("plural|"):
            one, many = spec.split("|")[1:3]
            return one if value == 1 else many
        if spec == "n":
            return numbers.count(value)
        if spec == "p":
            return numbers.p_value(value)
        if spec.startswith("pct"):
            return numbers.percent(value, int(spec[3:] or 0))
        if fixed := re.fullmatch(r"(\+?),?\.(\d+)f", spec):
            return numbers.number(value, int(fixed[2]), signed=bool(fixed[1]))
        if not spec and isinstance(value, float):
            return numbers.number(value)
        if not spec and isinstance(value, int) and not isinstance(value, bool):
            return numbers.count(value) if abs(value) >= 10_000 else str(value).replace("-", numbers.MINUS)
        return numbers.ABSENT if numbers.is_missing(value) else format(value, spec)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested tables as (dotted key, leaf) pairs."""
    pairs: list[tuple[str, Any]] = []
    for key, value in tree.items():
        pairs += _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return pairs
