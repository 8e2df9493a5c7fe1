"""Read a CSV file of a study row by row, and collect what is wrong instead of stopping at it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from csat.study.expressions import Expression, ExpressionError, parse
from csat.study.problems import Problem, listing, suggest
from csat.study.scales import LANGUAGES, Text

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
IDENTIFIER_RULE = "letters A-Z, digits and _, beginning with a letter"
YES = {"yes", "true", "1", "y", "是"}
NO = {"no", "false", "0", "n", "否"}
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
_LIST = re.compile(r"[\s;；,，、|]+")


@dataclass(frozen=True)
class Layout:
    """A CSV file of the study: its name, the column of ids, other columns, and columns with a language each.

    Of `texts`, those in `required_texts` must be there in every language of the study.
    """

    file: str
    key: str
    plain: Sequence[str]
    texts: Sequence[str]
    required: Sequence[str]
    required_texts: Sequence[str]
    languages: tuple[str, ...]
    noun: str


@dataclass(frozen=True)
class Row:
    """One row: its cells by column, and where its problems go."""

    line: int
    cells: Mapping[str, str]
    layout: Layout
    problems: list[Problem] = field(repr=False)

    def get(self, column: str) -> str:
        """Cell of a column, empty when absent."""
        return self.cells.get(column, "")

    def note(self, column: str, wrong: str, allowed: str = "") -> None:
        """Add a problem of this row."""
        name = f" ({self.get(self.layout.key)})" if self.get(self.layout.key) else ""
        self.problems.append(Problem(self.layout.file, f"line {self.line}{name}", column, wrong, allowed))

    def identifier(self) -> str:
        """Id of the row."""
        name = self.get(self.layout.key)
        if not IDENTIFIER.fullmatch(name):
            self.note(self.layout.key, f'"{name}" cannot be an id' if name else "is empty", IDENTIFIER_RULE)
        return name

    def name(self, column: str) -> str | None:
        """Id in an optional column."""
        name = self.get(column)
        if name and not IDENTIFIER.fullmatch(name):
            self.note(column, f'"{name}" cannot name a {column}', IDENTIFIER_RULE)
        return name or None

    def known(self, column: str, known: Mapping[str, object], noun: str = "") -> str:
        """Id in an optional column, which must be declared."""
        name = self.get(column)
        if name and name not in known:
            wrong = f'{noun or column} "{name}" is not declared{suggest(name, known)}'
            self.note(column, wrong, listing(known) or f"none is declared: add [{noun or column}s.{name}]")
            return ""
        return name

    def choice(self, column: str, choices: Sequence[str], default: str = "") -> str:
        """One of some words."""
        word = self.get(column).lower()
        if not word:
            return default
        if word not in choices:
            self.note(column, f'"{word}" is not known{suggest(word, choices)}', listing(choices, 20))
            return default
        return word

    def yes(self, column: str) -> bool | None:
        """Yes or no; None when the cell is empty."""
        word = self.get(column).lower()
        if word and word not in YES | NO:
            self.note(column, f'"{word}" is neither yes nor no', "yes, no or empty")
        return None if not word else word in YES

    def number(self, column: str, whole: bool = False, least: float | None = None) -> float | None:
        """Any number; None when the cell is empty or no number."""
        text = self.get(column)
        if not text:
            return None
        allowed = f"a {'whole ' if whole else ''}number" + ("" if least is None else f" from {least:g} on")
        value = float(text) if _NUMBER.fullmatch(text) else None
        if value is None or (whole and value % 1) or (least is not None and value < least):
            self.note(column, f'"{text}" is not such a number', allowed)
            return None
        return value

    def words(self, column: str) -> tuple[str, ...]:
        """Words of a cell, divided by spaces, commas or semicolons."""
        return tuple(dict.fromkeys(w for w in _LIST.split(self.get(column)) if w))

    def expression(self, column: str) -> Expression | None:
        """Routing expression in a cell; None when it is empty."""
        text = self.get(column)
        if not text:
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            self.note(column, str(error), "a condition, see docs/study-format.md")
            return None

    def text(self, kind: str) -> Text:
        """Text in every language of the study; one that is not required may be missing in all of them."""
        present = {lang: self.get(f"{kind}_{lang}") for lang in LANGUAGES if self.get(f"{kind}_{lang}")}
        if kind in self.layout.required_texts or present:
            for lang in self.layout.languages:
                column = f"{kind}_{lang}"
                if lang not in present and (column in self.cells or kind not in self.layout.required_texts):
                    self.note(column, "the translation is missing", "a text in every language of the study")
        return present


def read_rows(text: str, layout: Layout, problems: list[Problem]) -> Iterator[Row]:
    """Rows of the file that are not empty; what is wrong with header and cells is added to `problems`."""
    file = layout.file
    try:
        lines = list(_numbered(text))
    except csv.Error as error:
        problems.append(Problem(file, "", "", f"this is not CSV ({error})", "texts in closed quotes"))
        return
    if not lines or not any(cell.strip() for cell in lines[0][1]):
        wanted = f"a header and one {layout.noun} a row"
        problems.append(Problem(file, "", "", "the file is empty", wanted))
        return
    header = [name.strip() for name in lines[0][1]]
    rows = [(number, cells) for number, cells in lines[1:] if any(cell.strip() for cell in cells)]
    widest = max((len(cells) for _, cells in rows), default=len(header))
    if widest < len(header):
        wrong = f"rows have fewer cells than the header: {widest} under {len(header)} columns"
        problems.append(Problem(file, "header", "", wrong, f"{len(header)} cells in every row"))
        return
    _check_header(header, layout, problems)
    for number, cells in rows:
        if len(cells) > len(header):
            wrong = f"{len(cells)} cells under {len(header)} columns (a text with a comma needs quotes)"
            problems.append(Problem(file, f"line {number}", "", wrong, f"{len(header)} cells"))
        padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
        yield Row(number, dict(zip(header, padded, strict=False)), layout, problems)


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line of the file on which each begins (the header is on line 1)."""
    reader = csv.reader(io.StringIO(text, newline=""))
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num


def _check_header(header: list[str], layout: Layout, problems: list[Problem]) -> None:
    """Note unknown, doubled and absent columns."""
    texts = tuple(f"{kind}_{lang}" for kind in layout.texts for lang in LANGUAGES)
    known = (*layout.plain, *texts)
    for name in dict.fromkeys(header):
        if name not in known:
            wrong = f'"{name}" is not a column of {layout.file}{suggest(name, known)}'
            problems.append(Problem(layout.file, "header", name, wrong, listing(known, 40)))
        if header.count(name) > 1:
            wrong = f'column "{name}" comes twice'
            problems.append(Problem(layout.file, "header", name, wrong, "each column once"))
    of_languages = (f"{kind}_{lang}" for kind in layout.required_texts for lang in layout.languages)
    wanted = (*layout.required, *of_languages)
    for name in wanted:
        if name not in header:
            what = "the translation" if name in texts else "the column"
            problems.append(
                Problem(layout.file, "header", name, f'{what} "{name}" is missing', listing(wanted))
            )
