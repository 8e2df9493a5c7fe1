"""Questions with several answers in tables from KoboToolbox and ODK."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from csat.data.problems import in_rows
from csat.data.readers.building import Sheet
from csat.data.readers.kobo_headings import Heading
from csat.data.table import Variable
from csat.study.problems import listing

_CODE = re.compile(r"[\w.\-]+")
_MOST_OPTIONS = 40
_FEWEST_LISTS = 3
_ON, _OFF = frozenset({"1", "true", "True", "TRUE"}), frozenset({"0", "false", "False", "FALSE"})


def describe_several(sheet: Sheet, found: Sequence[Heading]) -> None:
    """Describe the options of each question, and split lists of options that have no columns of their own.

    Parameters
    ----------
    sheet : Sheet
        The columns; changed in place.
    found : sequence of Heading
        The headings.
    """
    groups: dict[str, dict[str, str]] = {}
    for heading in found:
        if heading.option and heading.column in sheet.cells:
            groups.setdefault(heading.question, {})[heading.column] = heading.option
    for question, options in groups.items():
        written = {cell for column in options for cell in sheet.cells[column]}
        if written <= _ON | {""}:  # nothing but ones: nothing is known of the rest
            sheet.set_multiple(question, options, dict.fromkeys(options, _ON))
        else:
            sheet.set_multiple(question, options, dict.fromkeys(options, _ON), _OFF)
        if question in sheet.cells:
            sheet.describe(question, kind="meta", group=question)
            _note_gaps(sheet, question, options)
    _split_lists(sheet, set(groups))


def _note_gaps(sheet: Sheet, question: str, options: dict[str, str]) -> None:
    """Say in which rows a list of options has no options beside it, as answers to an older form have."""
    rows = [
        row
        for row, cell in enumerate(sheet.cells[question], start=1)
        if cell and not any(sheet.cells[column][row - 1] for column in options)
    ]
    if rows:
        sheet.notes.append(f'"{question}" is answered but its options are empty {in_rows(rows)}')


def _split_lists(sheet: Sheet, known: set[str]) -> None:
    """Add columns of options for questions of which the file holds only the list of those chosen."""
    split = []
    for column in list(sheet.cells):
        told = sheet.variables[column]
        if told.kind or column in known:
            continue
        options = list_options(sheet.cells[column])
        if not options:
            continue
        split.append(column)
        sheet.describe(column, kind="meta", group=column)
        chosen = [set(cell.split()) for cell in sheet.cells[column]]
        for option in options:
            flags = ["" if not found else "1" if option in found else "0" for found in chosen]
            about = Variable(column, kind="multiple", labels={"1": option}, group=column)
            sheet.add(f"{column}/{option}", flags, about)
    if split:
        sheet.notes.append(f"lists of chosen options are split into a column an option: {listing(split)}")


def list_options(cells: Sequence[str]) -> list[str]:
    """Options that cells list, divided by blanks; none unless the cells can hardly be anything else.

    Parameters
    ----------
    cells : sequence of str
        Cells of a column.

    Returns
    -------
    list of str
        Options in the order of the form as far as the lists tell it. Empty unless at least three different
        cells list several, no cell names one twice, every option comes in two of them, there are at most
        forty, and all lists keep one order: texts that people write do not, nor do rankings, and names
        (``San Rafael``) come again as they are.
    """
    lists = [cell.split(" ") for cell in dict.fromkeys(cells) if cell]
    counts = Counter(option for found in lists for option in found)
    several = [found for found in lists if len(found) > 1]
    if len(several) < _FEWEST_LISTS or len(counts) > _MOST_OPTIONS or min(counts.values()) < 2:
        return []
    if any(len(set(found)) < len(found) for found in lists):
        return []
    if not all(_CODE.fullmatch(option) for option in counts):
        return []
    return _ordered(set(counts), {pair for found in several for pair in _pairs(found)})


def _pairs(found: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Neighbours in a list."""
    return pairwise(found)


def _ordered(options: set[str], pairs: set[tuple[str, str]]) -> list[str]:
    """Options so that each pair keeps its order; none where no order does."""
    order: list[str] = []
    while options:
        free = sorted(o for o in options if not any(b == o and a in options for a, b in pairs))
        if not free:
            return []
        order.append(free[0])
        options = options - {free[0]}
    return order
