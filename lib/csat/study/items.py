"""Read items.csv: the questionnaire, one item a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from csat.study.definition import LANGUAGES, Construct, Item, Scale, Text
from csat.study.problems import Problem, listing, suggest
from csat.study.sections import IDENTIFIER, IDENTIFIER_RULE

FILE = "items.csv"
_PLAIN_COLUMNS = ("item", "construct", "scale", "column", "reversed", "facet", "expectation")
_YES = {"yes", "true", "1", "y", "是"}
_NO = {"", "no", "false", "0", "n", "否"}


@dataclass(frozen=True)
class Context:
    """What rows of items.csv may refer to."""

    languages: tuple[str, ...]
    scales: Mapping[str, Scale]
    constructs: Mapping[str, Construct]


def read_items(text: str, context: Context, problems: list[Problem]) -> dict[str, Item]:
    """Items in the order of the file; everything wrong is added to `problems`."""
    try:
        lines = list(_numbered(text))
    except csv.Error as error:
        problems.append(Problem(FILE, "", "", f"this is not CSV ({error})", "texts in closed quotes"))
        return {}
    if not lines or not any(cell.strip() for cell in lines[0][1]):
        problems.append(Problem(FILE, "", "", "the file is empty", "a header and one item a row"))
        return {}
    header = [name.strip() for name in lines[0][1]]
    rows = [(number, cells) for number, cells in lines[1:] if any(cell.strip() for cell in cells)]
    widest = max((len(cells) for _, cells in rows), default=len(header))
    if widest < len(header):
        wrong = f"rows have fewer cells than the header: {widest} under {len(header)} columns"
        problems.append(Problem(FILE, "header", "", wrong, f"{len(header)} cells in every row"))
        return {}
    _check_header(header, context.languages, problems)
    items: dict[str, Item] = {}
    for number, cells in rows:
        if len(cells) > len(header):
            wrong = f"{len(cells)} cells under {len(header)} columns (a text with a comma needs quotes)"
            problems.append(Problem(FILE, f"line {number}", "", wrong, f"{len(header)} cells"))
        padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
        row = _Row(number, dict(zip(header, padded, strict=False)), context, problems)
        item = row.item()
        if item.id in items:
            row.note("item", f'item "{item.id}" is declared twice', "each item once")
        elif item.id:
            items[item.id] = item
    if not items:
        problems.append(Problem(FILE, "", "item", "no item is declared", "one item a row"))
    return items


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line of the file on which each begins (the header is on line 1)."""
    reader = csv.reader(io.StringIO(text, newline=""))
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num


def _check_header(header: list[str], languages: tuple[str, ...], problems: list[Problem]) -> None:
    """Note unknown, doubled and absent columns of items.csv."""
    texts = tuple(f"{kind}_{lang}" for kind in ("label", "text") for lang in LANGUAGES)
    known = (*_PLAIN_COLUMNS, *texts)
    for name in dict.fromkeys(header):
        if name not in known:
            wrong = f'"{name}" is not a column of {FILE}{suggest(name, known)}'
            problems.append(Problem(FILE, "header", name, wrong, listing(known, 20)))
        if header.count(name) > 1:
            problems.append(Problem(FILE, "header", name, f'column "{name}" comes twice', "each column once"))
    wanted = ("item", "construct", *(f"{k}_{lang}" for k in ("label", "text") for lang in languages))
    for name in wanted:
        if name not in header:
            what = "the translation" if name in texts else "the column"
            problems.append(Problem(FILE, "header", name, f'{what} "{name}" is missing', listing(wanted)))


@dataclass(frozen=True)
class _Row:
    """One row of items.csv and where its problems go."""

    number: int
    cells: Mapping[str, str]
    context: Context
    problems: list[Problem]

    def get(self, column: str) -> str:
        """Cell of a column, empty when absent."""
        return self.cells.get(column, "")

    def note(self, column: str, wrong: str, allowed: str = "") -> None:
        """Add a problem of this row."""
        name = f" ({self.get('item')})" if self.get("item") else ""
        self.problems.append(Problem(FILE, f"line {self.number}{name}", column, wrong, allowed))

    def item(self) -> Item:
        """Item of this row."""
        name = self.get("item")
        if not IDENTIFIER.fullmatch(name):
            self.note("item", f'"{name}" cannot be an id' if name else "is empty", IDENTIFIER_RULE)
        return Item(
            id=name,
            construct=self._construct(),
            scale=self._scale(),
            column=self.get("column") or name,
            reversed=self._reversed(),
            wording=self._text("text"),
            label=self._text("label"),
            facet=self._facet(),
            expectation=self.get("expectation") or None,
        )

    def _construct(self) -> str | None:
        """Construct of the item; an empty cell means that the item stands alone."""
        name = self.get("construct")
        known = self.context.constructs
        if name and name not in known:
            self.note(
                "construct", f'construct "{name}" is not declared{suggest(name, known)}', listing(known)
            )
        return name or None

    def _scale(self) -> str:
        """Scale of the item; it may be left out where the study has only one."""
        name, known = self.get("scale"), self.context.scales
        if not name and len(known) == 1:
            return next(iter(known))
        if name not in known:
            wrong = f'scale "{name}" is not declared{suggest(name, known)}' if name else "is empty"
            self.note("scale", wrong, listing(known))
        return name

    def _reversed(self) -> bool:
        """Whether a high answer means a low value of the construct."""
        word = self.get("reversed").lower()
        if word not in _YES | _NO:
            self.note("reversed", f'"{word}" is neither yes nor no', "yes, no or empty")
        return word in _YES

    def _facet(self) -> str | None:
        """Part of its construct that the item asks about."""
        name = self.get("facet")
        if name and not IDENTIFIER.fullmatch(name):
            self.note("facet", f'"{name}" cannot name a facet', IDENTIFIER_RULE)
        return name or None

    def _text(self, kind: str) -> Text:
        """Label or wording in every language of the study."""
        for lang in self.context.languages:
            column = f"{kind}_{lang}"
            if column in self.cells and not self.get(column):
                self.note(column, "the translation is missing", "a text in every language of the study")
        return {lang: self.get(f"{kind}_{lang}") for lang in LANGUAGES if self.get(f"{kind}_{lang}")}
