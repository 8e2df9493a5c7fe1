"""Questions in files of 问卷星: which columns are of one question, and what their cells mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from csat.data.readers.building import Sheet
from csat.data.readers.texts import come_again, seen_labels
from csat.data.table import Variable
from csat.study.problems import listing

SKIPPED, EMPTY = ("-3", "(跳过)"), ("-2", "(空)")
"""Cells of questions that were not shown, and of questions that were not answered."""

LABELS = {"-3": "跳过", "(跳过)": "跳过", "-2": "未填", "(空)": "未填"}
_PART = re.compile(r"第?(\d+(?:[-—.]\d+)?)题?\s*[(（](.+)[)）]")
_TITLE = re.compile(r"[QＱ]?(\d+)\s*[、.．::：]\s*(.+)")
_ROW = re.compile(r"(.+?)\s*(?:[:：]|——|—)\s*([^:：—]+)")
_FIRST_ROW = re.compile(r"(.+?)\s*[:：]?\s*—+\s*(\S.*)")
_OPENS, _CLOSES = "(（", ")）"
_WRITTEN = re.compile(r"\s*〖([^〗]*)〗")
_JOIN, _ARROW = "┋", "→"
_FLAGS = {"0", "1"}


@dataclass(frozen=True)
class Title:
    """Heading of a column: number of the question, its words, and the part of it (option or row)."""

    number: str
    text: str
    part: str = ""


def describe_questions(sheet: Sheet) -> None:
    """Say what the columns of questions hold, and take lists of options apart.

    Parameters
    ----------
    sheet : Sheet
        The columns; changed in place.
    """
    groups: dict[str, dict[str, Title]] = {}
    for column in list(sheet.cells):
        title = title_of(column)
        if title and not sheet.variables[column].kind:
            groups.setdefault(title.number, {})[column] = title
    split: list[str] = []
    for number, columns in groups.items():
        group = f"第{number}题"
        if len(columns) == 1:
            column, title = next(iter(columns.items()))
            if _describe_one(sheet, column, title, group):
                split.append(column)
        else:
            _describe_many(sheet, _with_parts(columns), group)
    if split:
        sheet.notes.append(f"lists of chosen options are split into a column an option: {listing(split, 6)}")


def title_of(column: str) -> Title | None:
    """Take a heading apart: ``6、兴趣``, ``第6题(运动)``, ``6(运动)``; None for other columns.

    Parameters
    ----------
    column : str
        The heading.

    Returns
    -------
    Title or None
    """
    found = _PART.fullmatch(column)
    if found:
        return Title(found[1], "", found[2].strip())
    found = _TITLE.fullmatch(column)
    return Title(found[1], found[2].strip()) if found else None


def _with_parts(columns: dict[str, Title]) -> dict[str, Title]:
    """Titles of a question with several columns: what they share is its text, the rest the part.

    The first column bears the text of the question, ``6、兴趣(运动)`` or ``7、评价：—外观``; the others may
    bear it too, or nothing but their part, ``6、(阅读)`` and ``7、价格``.
    """
    texts = [title.text for title in columns.values()]
    if any(title.part for title in columns.values()):
        pairs = [("", "")] * len(texts)
    else:
        pairs = _bracketed(texts) or _rows_after_dash(texts) or [_apart(text) for text in texts]
    made = {
        column: Title(title.number, stem, part.strip()) if part else title
        for (column, title), (stem, part) in zip(columns.items(), pairs, strict=True)
    }
    stems = {t.text for t in made.values() if t.text}
    shared = stems.pop() if len(stems) == 1 else ""
    return {c: Title(t.number, t.text or shared, t.part) for c, t in made.items()}


def _bracketed(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Question and part of texts that all end with a part in brackets, of one question; else none."""
    pairs = [_last_bracket(text) for text in texts]
    stems = {stem for stem, _ in pairs if stem}
    return pairs if len(stems) < 2 and all(part for _, part in pairs) else []


def _last_bracket(text: str) -> tuple[str, str]:
    """Text before the last bracket, and what stands in it; brackets may hold brackets."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in _CLOSES) - (text[place] in _OPENS)
        if depth <= 0:
            closed = depth == 0 and place < len(text) - 1
            return (text[:place].strip(), text[place + 1 : -1]) if closed else ("", "")
    return "", ""


def _rows_after_dash(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Question and row, where only the first text has the question, before a dash; else none."""
    first = _FIRST_ROW.fullmatch(texts[0])
    if not first or any(_FIRST_ROW.fullmatch(text) for text in texts[1:]):
        return []
    return [(first[1], first[2]), *((first[1], text) for text in texts[1:])]


def _apart(text: str) -> tuple[str, str]:
    """Question and part of a text that has both."""
    found = _ROW.fullmatch(text)
    return _last_bracket(text) if _last_bracket(text)[0] else (found[1], found[2]) if found else ("", "")


def _missing(cells: Sequence[str]) -> tuple[str, ...]:
    """Codes of "not shown" and "not answered" that a column holds; minus numbers may also be answers."""
    seen = set(cells)
    negative = {cell for cell in seen if re.fullmatch(r"-\d+(\.\d+)?", cell)} - {"-2", "-3"}
    codes = (*SKIPPED, *EMPTY) if not negative else (SKIPPED[1], EMPTY[1])
    return tuple(code for code in codes if code in seen)


def _describe_one(sheet: Sheet, column: str, title: Title, group: str, pool: Sequence[str] = ()) -> bool:
    """Describe a column (`pool`: cells of all rows of its grid); tell whether a list was taken apart."""
    cells = sheet.cells[column]
    missing = _missing(cells)
    filled = [cell for cell in cells if cell and cell not in missing]
    text = title.text or title.part
    sheet.describe(column, label=text, missing=missing)
    if title.part and set(filled) <= _FLAGS and filled:
        _describe_flags(sheet, {column: title}, group)
    elif any(_JOIN in cell for cell in filled):
        _split_options(sheet, column, title, group)
        return True
    elif filled and sum(_ARROW in cell for cell in filled) > len(filled) / 2 and _ranked(filled):
        _split_ranking(sheet, column, title, group)
        return True
    elif filled:
        _describe_single(sheet, column, filled, missing, pool)
    return False


def _describe_single(
    sheet: Sheet, column: str, filled: Sequence[str], missing: Sequence[str], pool: Sequence[str]
) -> None:
    """Describe a question with one answer, or what people wrote."""
    told = {code: LABELS[code] for code in missing}
    if any(_WRITTEN.search(cell) for cell in set(filled)):
        _take_written(sheet, column)
        filled = [_WRITTEN.sub("", cell).strip() for cell in filled]
    filled = pool or filled
    numbers = all(re.fullmatch(r"-?\d+(\.\d+)?", cell) for cell in set(filled))
    seen = seen_labels(filled)
    repeated = come_again(filled)
    if numbers:
        sheet.describe(column, kind="" if missing or repeated else "number", labels=told)
    elif seen and repeated:
        sheet.describe(column, kind="single", labels={**seen, **told})
    else:
        sheet.describe(column, kind="text", labels=told)


def _take_written(sheet: Sheet, column: str) -> None:
    """Move what was written beside an option into a column of its own."""
    cells = sheet.cells[column]
    beside = [" ".join(_WRITTEN.findall(cell)) for cell in cells]
    sheet.cells[column] = [_WRITTEN.sub("", cell).strip() for cell in cells]
    label = sheet.variables[column].label
    sheet.add(f"{column}〖填空〗", beside, Variable(column, label=label, kind="text"))


def _split_options(sheet: Sheet, column: str, title: Title, group: str) -> None:
    """Add a column an option for a list such as ``运动┋阅读``, and one for what was written beside one."""
    lacking = {"", *SKIPPED, *EMPTY}
    lists = [
        [] if cell in lacking else [p.strip() for p in cell.split(_JOIN)] for cell in sheet.cells[column]
    ]
    bare = [[_WRITTEN.sub("", part).strip() for part in found] for found in lists]
    sheet.describe(column, kind="meta", group=group)
    for option in dict.fromkeys(part for found in bare for part in found if part):
        flags = ["" if not found else "1" if option in found else "0" for found in bare]
        about = Variable(column, title.text, "multiple", {"1": option}, (), group)
        sheet.add(f"{group}({option})", flags, about)
    if any(_WRITTEN.search(part) for found in lists for part in found):
        beside = [" ".join(w for part in found for w in _WRITTEN.findall(part)) for found in lists]
        sheet.add(f"{column}〖填空〗", beside, Variable(column, label=title.text, kind="text"))


def _ranked(filled: Sequence[str]) -> bool:
    """Whether cells are orders of a few options."""
    lists = [cell.split(_ARROW) for cell in filled]
    options = {part.strip() for found in lists for part in found}
    return len(options) <= 30 and all(len(set(found)) == len(found) for found in lists)


def _split_ranking(sheet: Sheet, column: str, title: Title, group: str) -> None:
    """Add a column an option with its place in a ranking such as ``质量→价格``."""
    lacking = {"", *SKIPPED, *EMPTY}
    lists = [[] if c in lacking else [p.strip() for p in c.split(_ARROW)] for c in sheet.cells[column]]
    sheet.describe(column, kind="meta", group=group)
    for option in dict.fromkeys(part for found in lists for part in found):
        places = [str(found.index(option) + 1) if option in found else "" for found in lists]
        label = f"{title.text}: {option}"
        sheet.add(f"{group}({option})", places, Variable(column, label, "number", group=group))


def _describe_many(sheet: Sheet, columns: dict[str, Title], group: str) -> None:
    """Describe a question with several columns: options of 0 and 1, or rows of a grid or a ranking."""
    lacking = {"", *SKIPPED, *EMPTY}
    filled = {cell for column in columns for cell in sheet.cells[column]} - lacking
    if filled and filled <= _FLAGS and all(title.part for title in columns.values()):
        _describe_flags(sheet, columns, group)
        return
    pool = [cell for column in columns for cell in sheet.cells[column] if cell not in lacking]
    for column, title in columns.items():
        _describe_one(sheet, column, Title(title.number, title.text), group, pool)
        label = f"{title.text}: {title.part}" if title.text and title.part else title.part or title.text
        kind = sheet.variables[column].kind
        sheet.describe(column, label=label, group=group, kind=kind)


def _describe_flags(sheet: Sheet, columns: dict[str, Title], group: str) -> None:
    """Options of a question with several answers; not shown and not answered become empty."""
    options = {column: title.part for column, title in columns.items()}
    sheet.set_multiple(group, options, {column: {"1"} for column in columns}, {"0"})
    for column, title in columns.items():
        sheet.describe(column, label=title.text or title.part, missing=())
