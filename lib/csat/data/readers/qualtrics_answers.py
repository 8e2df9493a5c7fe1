"""What the columns of questions in a Qualtrics export hold: one answer, several, text, clicks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from csat.data.readers.building import Sheet
from csat.data.readers.qualtrics_headings import Heading
from csat.data.readers.texts import come_again, common_start, is_number, plain_text, seen_labels
from csat.data.table import Variable, VariableKind

_TEXT = re.compile(r"(^|_)TEXT$")
_META = re.compile(
    r"(^|_)(DO(_.+)?|FIRST_CLICK|LAST_CLICK|PAGE_SUBMIT|CLICK_COUNT|BROWSER|VERSION|OS|RESOLUTION"
    r"|FILE_ID|FILE_NAME|FILE_SIZE|FILE_TYPE|NPS_GROUP|TEXT_.+|First Click|Last Click|Page Submit"
    r"|Click Count|Browser|Version|Operating System|Resolution)$"
)
_CODES = re.compile(r"-?\d+(,-?\d+)*$")
_LONG = 40  # letters; the labels of answers are shorter
_UNANSWERED = "-99"  # Qualtrics' code for questions that were seen and not answered


def explain_answers(sheet: Sheet, questions: Mapping[str, Heading]) -> None:
    """Say what each column of a question holds, and write several answers as ``1``, ``0`` or nothing.

    Parameters
    ----------
    sheet : Sheet
        The columns; cells of questions with several answers are changed.
    questions : mapping of str to Heading
        Columns that are not Qualtrics' own.
    """
    closed: dict[str, list[str]] = {}
    texts: dict[str, list[str]] = {}
    for column, heading in questions.items():
        kind = _kind(column, heading)
        question, part = _parts(column, heading)
        if kind == "text":
            texts.setdefault(question, []).append(column)
            _explain_text(sheet, column)
        elif kind == "meta":
            sheet.describe(column, kind="meta")
            if column.endswith("_Operating System") or heading.rest == "OS":
                sheet.play("device", column)
        else:
            above = part.rpartition("_")[0]
            closed.setdefault(f"{question}_{above}" if above else question, []).append(column)
    for key, columns in closed.items():
        _explain_group(sheet, columns, questions, texts.get(key, []))


def _explain_text(sheet: Sheet, column: str) -> None:
    """Explain what people wrote."""
    filled = {cell for cell in sheet.cells[column] if cell}
    missing = (_UNANSWERED,) if _UNANSWERED in filled else ()
    numbers = filled - set(missing) and all(is_number(cell) for cell in filled)
    sheet.describe(column, kind="number" if numbers else "text", missing=missing)


def _kind(column: str, heading: Heading) -> VariableKind:
    """Text, data of the tool, or an answer from a list (empty), by the import id or else the name."""
    rest = heading.rest if heading.question else column
    if heading.import_id and not heading.question:
        return "meta" if _META.search(heading.import_id) else ""
    return "text" if _TEXT.search(rest) else "meta" if _META.search(rest) else ""


def _parts(column: str, heading: Heading) -> tuple[str, str]:
    """Name the question that a column belongs to, and which part of it the column is."""
    if heading.question:
        return heading.question, _TEXT.sub("", heading.rest) if _TEXT.search(heading.rest) else heading.rest
    if heading.import_id:
        return column, ""
    name, again = _again(column)
    bare = re.sub(r"(_\d+)?_TEXT$", "", name)
    if bare != name:
        return bare + again, ""
    above, mark, last = name.rpartition("_")
    return (above + again, last) if mark and re.fullmatch(r"-?\d+", last) else (column, "")


def _again(column: str) -> tuple[str, str]:
    """Name of a column without the number that a second such got, and that number: ``Q5_1``, `` (2)``."""
    found = re.fullmatch(r"(.*)( \(\d+\))", column)
    return (found[1], found[2]) if found else (column, "")


def _explain_group(
    sheet: Sheet, columns: list[str], questions: Mapping[str, Heading], beside: list[str]
) -> None:
    """Explain the columns that one question (or one row of a grid of several answers) has."""
    split = len(columns) > 1 or bool(_parts(columns[0], questions[columns[0]])[1])
    group = _group_name(columns) if split else ""
    taken = {v.group for v in sheet.variables.values()} - {""}
    if group in taken and questions[columns[0]].question:  # two questions of one name
        group = f"{group} [{questions[columns[0]].question.strip('/')}]"
    for column in columns:
        sheet.describe(column, group=group)
        if _UNANSWERED in sheet.cells[column]:
            sheet.describe(column, missing=(_UNANSWERED,))
    for column in beside if split else ():
        sheet.describe(column, group=group)
    if not split:
        return _explain_single(sheet, columns[0], bool(questions[columns[0]].question))
    labels = _options(columns, questions)
    chosen = {c: _chosen(c, questions[c], labels[c]) for c in columns}
    if _is_multiple(sheet, columns, questions, chosen, labels):
        return sheet.set_multiple(group, labels, chosen, ("0",), beside)
    return sheet.set_scale(columns)


def _group_name(columns: list[str]) -> str:
    """Name of the question: what its columns have in common, up to the last mark between parts."""
    again = _again(columns[0])[1]
    names = [_again(column)[0] for column in columns]
    if len(names) == 1:
        return (names[0].rpartition("_")[0] or names[0]) + again
    common = common_start(names)
    return (common[: common.rfind("_")] if "_" in common else common.strip(" :_-#")) + again


def _options(columns: list[str], questions: Mapping[str, Heading]) -> dict[str, str]:
    """Label of each option or row: what follows the question in the text over the column."""
    texts = [plain_text(questions[c].label) for c in columns]
    common = common_start(texts) if len(texts) > 1 else texts[0]
    mark = " - " if " - " in common else "-"
    cut = common.rfind(mark) + len(mark) if mark in common else 0
    return {c: text[cut:].strip() or c for c, text in zip(columns, texts, strict=True)}


def _chosen(column: str, heading: Heading, label: str) -> tuple[str, ...]:
    """Cells that say that an option was chosen: 1, its number, or its label."""
    number = re.split(r"[_ ]", _again(column)[0])[-1]
    return tuple(dict.fromkeys(("1", heading.choice or number, number, label)))


def _is_multiple(
    sheet: Sheet,
    columns: list[str],
    questions: Mapping[str, Heading],
    chosen: Mapping[str, tuple[str, ...]],
    labels: Mapping[str, str],
) -> bool:
    """Tell options of a question with several answers from rows of a grid with one answer each.

    The options hold nothing but one mark each. The import ids of newer exports name the option; without
    them there must be more to go by: a label as the mark, different numbers that are those of the options,
    or options that were left empty by somebody who chose another.
    """
    given = {c: {cell for cell in sheet.cells[c] if cell} - {"0", _UNANSWERED} for c in columns}
    marks = set().union(*given.values())
    fits = all(len(cells) <= 1 and cells <= set(chosen[c]) for c, cells in given.items())
    if not marks or not fits:
        return False
    if all(questions[c].choice for c in columns):
        return True
    if any(labels[c] in given[c] and not is_number(labels[c]) for c in columns):
        return True
    if marks != {"1"}:
        return len(marks) > 1
    return sheet.ticked(columns, ("", "0", _UNANSWERED))


def _explain_single(sheet: Sheet, column: str, from_list: bool) -> None:
    """Explain a question with one column: one answer, or a list of several in one cell.

    Whether the answers come from a list is certain where the import id says so (`from_list`); else they
    must be words, and some of them come again.
    """
    filled = [cell for cell in sheet.cells[column] if cell and cell != _UNANSWERED]
    given = set(filled)
    options = _listed(given) if from_list else []
    if options:
        _split(sheet, column, options)
    elif not all(is_number(cell) for cell in given) and (from_list or come_again(filled)):
        labels = seen_labels(given)
        if labels:
            sheet.describe(column, kind="single", labels=labels)
    elif any(len(cell) > _LONG for cell in given):
        sheet.describe(column, kind="text")


def _listed(given: set[str]) -> list[str]:
    """Options of cells that list several answers; none when a cell may be one answer with a comma.

    Codes are taken for a list where a cell holds more than one and none twice. Labels (joined by a comma
    without a blank) are, where every part of a list was also given alone or in another list.
    """
    lists = {cell: re.split(r",(?! )", cell) for cell in given}
    several = {cell: parts for cell, parts in lists.items() if len(parts) > 1}
    if not several or any(len(set(parts)) < len(parts) or "" in parts for parts in lists.values()):
        return []
    options = sorted({part for parts in lists.values() for part in parts}, key=_by_number)
    if all(_CODES.match(cell) for cell in given):
        return options
    known = {part: sum(part in parts for parts in lists.values()) for part in options}
    return options if all(known[part] > 1 for parts in several.values() for part in parts) else []


def _by_number(code: str) -> tuple[float, str]:
    """Order of codes, then of labels."""
    return (float(code), "") if is_number(code) and "," not in code else (float("inf"), code)


def _split(sheet: Sheet, column: str, options: list[str]) -> None:
    """Add a column for each option of a question whose answers are listed in one cell."""
    sheet.describe(column, group=column)
    lists = [
        re.split(r",(?! )", cell) if cell and cell != _UNANSWERED else [] for cell in sheet.cells[column]
    ]
    label = sheet.variables[column].label
    for option in options:
        cells = [("1" if option in parts else "0") if parts else "" for parts in lists]
        about = Variable("", label, "multiple", {"1": option}, group=column)
        sheet.add(f"{column}_{option}", cells, about)
    sheet.notes.append(
        f'"{column}" lists several answers in a cell: columns "{column}_{options[0]}" and so on hold them '
        "one by one; options that nobody chose are not among them"
    )
