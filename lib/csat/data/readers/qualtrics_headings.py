"""The headings of a Qualtrics export: names, texts of questions and import ids."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from csat.data.problems import DataError
from csat.data.readers.texts import one_line

_LEGACY = [f"V{number}" for number in range(1, 11)]
_QUESTION = re.compile(r"(?:(?P<loop>[^#]+)_)?(?P<id>QID\d+)(?:#(?P<side>\d+))?(?:_(?P<rest>.+))?$")
_ID = re.compile(r"""['"]?ImportId['"]*\s*:\s*['"]+([^'"}]+)""")
_LOOKED_AT = 6


@dataclass(frozen=True)
class Heading:
    """What stands over one column.

    Attributes
    ----------
    name : str
        Its name, which is unlike all others where the import ids differ.
    label : str
        Text of the question, with that of the row or option.
    import_id : str
        Qualtrics' own name, which stays when somebody renames the question; ``-`` is written ``_``.
    choice : str
        Number of the option, where several answers are split over columns.
    zone : str
        Time zone of a column of times.
    """

    name: str
    label: str = ""
    import_id: str = ""
    choice: str = ""
    zone: str = ""

    @property
    def question(self) -> str:
        """The question (with the turn of its loop and the column of a side by side); empty for other data."""
        match = _QUESTION.match(self.import_id)
        if not match:
            return ""
        side = f"#{match['side']}" if match["side"] else ""
        return f"{match['loop'] or ''}/{match['id']}{side}"

    @property
    def rest(self) -> str:
        """What follows the question in the import id: row, option, ``TEXT``, ``DO``."""
        match = _QUESTION.match(self.import_id)
        parts = [match["rest"] or "" if match else "", self.choice]
        return "_".join(part for part in parts if part)


def place_of_ids(grid: Sequence[Sequence[str]]) -> int | None:
    """Find the row of import ids among the first rows; None where there is none."""
    for place, row in enumerate(grid[:_LOOKED_AT]):
        filled = [cell for cell in row if cell.strip()]
        ids = sum("ImportId" in cell and "{" in cell for cell in filled)
        if ids and 2 * ids >= len(filled):
            return place
    return None


def is_legacy(grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first two rows are those of the old exporter, which calls its columns V1 to V10."""
    if len(grid) < 2:
        return False
    first = [cell.strip() for cell in grid[0][:3]]
    return first == _LEGACY[:3] and any(cell.strip().lower() == "responseid" for cell in grid[1][:10])


def headings_of(grid: Sequence[Sequence[str]], name: str) -> tuple[int, list[Heading]]:
    """Read the rows of headings.

    Parameters
    ----------
    grid : sequence of sequences of str
        All rows of the file.
    name : str
        Name of the file, for messages.

    Returns
    -------
    int
        Rows before the first answer.
    list of Heading
        One a column.

    Raises
    ------
    DataError
        When the file has no headings.
    """
    if not grid or not any(cell.strip() for cell in grid[0]):
        raise DataError("the file has no headings", name)
    place = place_of_ids(grid)
    if place is not None:
        headings = _with_ids(grid, place)
        return place + 1, _told_apart(headings)
    names = [one_line(cell) for cell in grid[0]]
    if is_legacy(grid):
        texts = _padded(grid[1], len(names))
        better = [one_line(t) if n in _LEGACY and t.strip() else n for n, t in zip(names, texts, strict=True)]
        return 2, [Heading(n, one_line(t)) for n, t in zip(better, texts, strict=True)]
    texts = _padded(grid[1] if len(grid) > 1 else [], len(names))
    ids = [place for place, n in enumerate(names) if n.lower() == "responseid"]
    if ids and texts[ids[0]].strip() and not re.match(r"R_\w{6,}$", texts[ids[0]].strip()):
        return 2, [Heading(n, one_line(t)) for n, t in zip(names, texts, strict=True)]
    return 1, [Heading(n) for n in names]


def _padded(row: Sequence[str], width: int) -> list[str]:
    """Cells of a row, as many as there are columns."""
    return [*row[:width], *[""] * (width - len(row))]


def _with_ids(grid: Sequence[Sequence[str]], place: int) -> list[Heading]:
    """Headings of an export with import ids in the row `place`."""
    width = max(len(row) for row in grid[: place + 1])
    ids = _padded(grid[place], width)
    names = _padded(grid[0], width) if place else [""] * width
    texts = _padded(grid[place - 1], width) if place > 1 else [""] * width
    made = []
    for column, text, cell in zip(names, texts, ids, strict=True):
        told = _told(cell)
        code = told.get("ImportId", "")
        heading = Heading(
            one_line(column) or code,
            one_line(text),
            code.replace("-", "_") if "QID" in code else code,
            told.get("choiceId", ""),
            told.get("timeZone", ""),
        )
        made.append(heading)
    return made


def _told(cell: str) -> dict[str, str]:
    """Read what a cell of the third row says; old exports write it with single quotes."""
    text = cell.strip()
    for parse in (json.loads, ast.literal_eval):
        try:
            told = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(told, dict):
            return {str(k): str(v) for k, v in told.items()}
    match = _ID.search(text)
    return {"ImportId": match[1]} if match else {}


def _told_apart(headings: list[Heading]) -> list[Heading]:
    """Add the import id to names that several columns bear."""
    names = [h.name for h in headings]
    return [
        replace(h, name=f"{h.name} [{h.import_id}]") if h.import_id and names.count(h.name) > 1 else h
        for h in headings
    ]
