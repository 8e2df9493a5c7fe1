"""Multiple answers: the options of a tool's question onto the columns of the study's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from csat.data.mapping.meanings import folded, unambiguous
from csat.data.mapping.recoding import canonical
from csat.data.problems import DataError
from csat.data.table import RawTable
from csat.study.problems import listing
from csat.study.questions import Question

SEPARATORS = ("┋", "|", ";", "；", "\n", ",", "，", "、", "/", " ")
"""What divides the options in one cell, by the tools that write them so; the first that fits counts."""

CHOSEN = frozenset({"1", "true", "yes", "checked", "selected", "y", "x", "是", "✓", "√"})
NOT_CHOSEN = frozenset({"0", "false", "no", "unchecked", "not selected", "n", "否"})


@dataclass(frozen=True)
class Flags:
    """Columns of one multiple answer: `cells` under the study's names, and the columns they are made of."""

    cells: pd.DataFrame
    used: tuple[str, ...]
    notes: tuple[str, ...] = ()


def flags_of(question: Question, source: str, table: RawTable, where: str) -> Flags:
    """Make the columns of a multiple answer.

    Parameters
    ----------
    question : Question
        Of type ``multiple``.
    source : str
        The tool's question that the option columns belong to, or a column that joins the options chosen.
    table : RawTable
        The file.
    where : str
        Place that an error speaks of.

    Returns
    -------
    Flags
        ``1`` chosen, ``0`` not chosen, empty where the question was not answered at all.

    Raises
    ------
    DataError
        When no option of the study is found, or several columns are found for one.
    """
    group = _group_of(source, table)
    options = {v.name for v in table.variables.values() if v.group == group and v.name in table.cells}
    columns = [c for c in table.cells.columns if c in options and c != source]
    if columns:
        made = _from_columns(question, group, columns, table, where)
        return replace(made, used=(*made.used, source)) if source in table.cells else made
    about = table.variables.get(source)
    cells = table.cells[source]
    return _from_one(question, source, cells.mask(cells.isin(about.missing), "") if about else cells, where)


def _group_of(source: str, table: RawTable) -> str:
    """Question of the tool, which may be named by its list of options that the reader took apart."""
    about = table.variables.get(source)
    return about.group if about and about.kind == "meta" and about.group else source


def _from_columns(question: Question, source: str, columns: list[str], table: RawTable, where: str) -> Flags:
    """Make flags of one column an option."""
    answers = [c for c in columns if table.variables[c].kind != "text"]
    found = _options_of(question, source, answers, table)
    twice = [option for option in set(found.values()) if list(found.values()).count(option) > 1]
    if twice:
        several = listing(c for c, option in found.items() if option in twice)
        raise DataError(f"options of {question.base} are found more than once: {several}", where)
    if not found:
        raise DataError(
            f"none of the options of {question.base} ({listing(question.codes)}) is among the columns of "
            f'"{source}": {listing(answers)}',
            where,
        )
    cells = pd.DataFrame(
        {f"{question.base}_{o}": _flag(table.cells[c], _labels(question, o)) for c, o in found.items()}
    )
    empty = cells == ""
    cells = cells.mask(empty & ~empty.all(axis=1).to_numpy()[:, None], "0")
    text = _other_text(question, columns, table)
    if text:
        cells[text[0]] = table.cells[text[1]]
    absent = [o for o in question.codes if o not in found.values()]
    notes = [_gap(question, source, absent, set(answers) - set(found), table)] if absent else []
    used = (*found, *((text[1],) if text else ()))
    return Flags(cells, used, tuple(notes))


def _gap(question: Question, source: str, absent: list[str], unused: set[str], table: RawTable) -> str:
    """Say which options have no column, and which columns no option: a label may be written otherwise."""
    note = f'{question.base}: "{source}" has no column for {listing(absent)}'
    options = {c: v.labels.get("1") or c for c, v in table.variables.items() if v.kind == "multiple"}
    offered = [f'"{label}"' for c, label in options.items() if c in unused]
    return f"{note}; of no option of the study are {listing(offered)}" if offered else note


def _labels(question: Question, option: str) -> frozenset[str]:
    """Labels of an option in every language."""
    return frozenset(folded(t) for t in question.option(option).label.values())


def _options_of(question: Question, source: str, columns: Iterable[str], table: RawTable) -> dict[str, str]:
    """Column -> option: by the labels of the export where any of them is the study's, else by codes."""
    by_label = unambiguous((t, o.code) for o in question.options for t in o.label.values())
    columns = list(columns)
    labelled = {
        c: code
        for c in columns
        for label in (table.variables[c].labels.get("1", ""), table.variables[c].label)
        if (code := by_label.get(folded(label)))
    }
    if labelled:
        return labelled
    codes = {canonical(code).lower(): code for code in question.codes}
    return {c: codes[end] for c in columns if (end := canonical(_ending(c, source)).lower()) in codes}


def _ending(column: str, source: str) -> str:
    """Part of a column's name that tells the option: ``Q5_3``, ``Q5[3]``, ``q5/sports``, ``q5___3``."""
    rest = column[len(source) :] if column.startswith(source) else re.split(r"[_/.\[]", column)[-1]
    return rest.strip("_/.[]()# :-")


def _flag(cells: pd.Series, labels: frozenset[str]) -> pd.Series:
    """Cells of one option as ``1``, ``0`` or empty."""
    table: dict[str, str] = {}
    for cell in map(str, cells.unique()):
        low = canonical(cell).lower()
        chosen = low in CHOSEN or folded(cell) in labels
        table[cell] = "1" if chosen else "0" if low in NOT_CHOSEN else ""
    return cells.map(table)


def _other_text(question: Question, columns: list[str], table: RawTable) -> tuple[str, str] | None:
    """Column of the study and of the file that say what "other" is; None where either has none."""
    own = [o.code for o in question.options if o.other]
    texts = [c for c in columns if table.variables[c].kind == "text"]
    return (f"{question.base}_{own[0]}_text", texts[0]) if own and len(texts) == 1 else None


def _from_one(question: Question, source: str, cells: pd.Series, where: str) -> Flags:
    """Make flags of a column that joins the options chosen."""
    pairs = [(t, o.code) for o in question.options for t in o.label.values()]
    known: Mapping[str, str] = unambiguous([*pairs, *((code, code) for code in question.codes)])
    known = {**known, **{canonical(code): code for code in question.codes}}
    distinct = [str(c) for c in cells.unique() if c]
    chosen = next((c for mark in SEPARATORS if (c := _split(distinct, mark, known)) is not None), None)
    if chosen is None:
        tokens = {t.strip() for c in distinct for t in re.split("|".join(map(re.escape, SEPARATORS[:8])), c)}
        wrong = listing(sorted(f'"{t}"' for t in tokens if t and folded(t) not in known))
        raise DataError(
            f'column "{source}" holds what is no option of {question.base}: {wrong}; options are: '
            f"{listing(question.codes)}",
            where,
        )
    flags = {
        f"{question.base}_{code}": cells.map(
            {"": "", **{c: "1" if code in there else "0" for c, there in chosen.items()}}
        )
        for code in question.codes
    }
    return Flags(pd.DataFrame(flags, index=cells.index), (source,))


def _split(distinct: list[str], mark: str, known: Mapping[str, str]) -> dict[str, set[str]] | None:
    """Options in each cell when they are divided by one mark; None when that leaves something unknown."""
    result = {}
    for cell in distinct:
        whole = known.get(folded(cell)) or known.get(canonical(cell))
        tokens = [] if whole else [t.strip() for t in cell.split(mark) if t.strip()]
        options = [whole] if whole else [known.get(folded(t)) or known.get(canonical(t)) for t in tokens]
        if None in options:
            return None
        result[cell] = {o for o in options if o is not None}
    return result
