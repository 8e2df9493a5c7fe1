"""Answers in the files that survey tools export, and back: one layout serves writing and reading."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from csat.data.problems import DataError
from csat.data.tools.layouts import Cell, cells_of
from csat.data.tools.surveyjs import from_record, number_text, to_record
from csat.study.definition import Study
from csat.study.encoding import EncodingProblem, decode
from csat.study.export import redcap
from csat.study.questionnaire import Questionnaire

TOOLS = ("xlsform", "limesurvey", "qualtrics", "surveyjs", "wjx", "redcap")
"""Export targets whose files of answers are written and read here."""

_SKIPPED = "-3"  # what 问卷星 writes where a question was not shown


def write_responses(study: Study, answers: pd.DataFrame, tool: str, path: Path, version: str = "") -> Path:
    """Write answers as a tool would export them.

    Parameters
    ----------
    study : Study
        The study.
    answers : pandas.DataFrame
        One respondent a row, in the columns of the questionnaire (`Questionnaire.columns`); columns that are
        missing are unanswered.
    tool : str
        One of `TOOLS`.
    path : pathlib.Path
        File to write.
    version : str, optional
        Version of the questionnaire, by default the first.

    Returns
    -------
    pathlib.Path
        The file.

    Notes
    -----
    A question of several options of which none is chosen is unanswered: tools do not tell the two apart.
    """
    asked = _asked(study, tool, version)
    rows = [_known(row) for row in _clean(answers, asked).to_dict("records")]
    if tool == "surveyjs":
        made = [to_record(study, asked, row) for row in rows]
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
        return path
    cells = cells_of(study, asked, tool)
    body = [[_told(cell, row, tool) for cell in cells] for row in rows]
    path.write_bytes(_WRITERS[tool](cells, body))
    return path


def read_responses(study: Study, tool: str, path: Path, version: str = "") -> pd.DataFrame:
    """Read the file of answers that a tool exported.

    Parameters
    ----------
    study : Study
        The study whose export was fielded.
    tool : str
        One of `TOOLS`.
    path : pathlib.Path
        The file: CSV of KoboToolbox with XML names, of LimeSurvey with answer codes, of Qualtrics with three
        header rows, of REDCap raw, of 问卷星 with codes; JSON records of SurveyJS.
    version : str, optional
        Version that was fielded, by default the first.

    Returns
    -------
    pandas.DataFrame
        One respondent a row, in the columns of the questionnaire: numbers, flags and ranks as numbers, codes,
        words and days as texts, missing where there is no answer.

    Raises
    ------
    DataError
        When the file cannot be read, or lacks a column of the questionnaire.
    """
    asked = _asked(study, tool, version)
    try:
        text = decode(path.read_bytes()).text
    except (OSError, EncodingProblem) as error:
        raise DataError(f"{path}: {error}") from error
    if tool == "surveyjs":
        records = _json(text, path)
        found = [from_record(study, asked, record) for record in records]
    else:
        found = [_from_row(row) for row in _rows(cells_of(study, asked, tool), text, tool, path)]
    return _clean(pd.DataFrame(found, columns=[c.name for c in asked.columns], dtype=object), asked)


def _asked(study: Study, tool: str, version: str) -> Questionnaire:
    """Questionnaire of the version, for a tool that is known."""
    if tool not in TOOLS:
        raise DataError(f'no answers of a tool "{tool}" are read; allowed: {", ".join(TOOLS)}')
    return study.questionnaire(version)


def _clean(answers: pd.DataFrame, asked: Questionnaire) -> pd.DataFrame:
    """All columns of the questionnaire with their types; nothing chosen of several is no answer."""
    made = {}
    for column in asked.columns:
        series = answers.get(column.name, pd.Series(index=answers.index, dtype=object))
        if column.kind in ("number", "rank", "flag"):
            made[column.name] = pd.to_numeric(series, errors="coerce").astype(float)
        else:
            texts = series.map(_as_text, na_action="ignore").astype(object)
            made[column.name] = texts.where(texts.notna() & (texts != ""), None)
    frame = pd.DataFrame(made, index=answers.index)
    for question in asked.questions:
        flags = [c.name for c in question.columns if c.kind == "flag"]
        if flags:
            given = frame[flags].eq(1).any(axis=1)
            frame.loc[given, flags] = frame.loc[given, flags].fillna(0)
            frame.loc[~given, flags] = float("nan")
    return frame.reset_index(drop=True)


def _as_text(value: object) -> str:
    """Text of a code; whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _known(row: Mapping[Any, object]) -> dict[str, str]:
    """Answers of a row as texts, without those that are missing."""
    return {
        str(name): number_text(value) for name, value in row.items() if value is not None and value == value
    }


def _told(cell: Cell, row: Mapping[str, str], tool: str) -> str:
    """Say what a cell holds of a row."""
    empty = _SKIPPED if tool == "wjx" else ""
    if cell.kind in ("place", "order"):
        ranked = sorted((float(row[c.name]), c.option) for c in cell.columns if c.name in row)
        codes = [cell.codes.get(code, code) for _, code in ranked]
        if cell.kind == "order":
            return " ".join(codes)
        return codes[cell.place - 1] if cell.place <= len(codes) else empty
    value = row.get(cell.columns[0].name)
    if cell.kind == "flag":
        unticked = "0" if tool == "redcap" else empty
        return unticked if value is None else cell.yes if value == "1" else cell.no
    return empty if value is None else cell.codes.get(value, value)


def _from_row(row: Iterator[tuple[Cell, str]]) -> dict[str, str]:
    """Answers of a row of a file."""
    found: dict[str, str] = {}
    for cell, text in row:
        back = {theirs: ours for ours, theirs in cell.codes.items()}
        if cell.kind == "flag":
            found[cell.columns[0].name] = "1" if text == cell.yes else "0"
        elif cell.kind == "value" and text != "":
            found[cell.columns[0].name] = back.get(text, text)
        elif text:
            listed = text.split() if cell.kind == "order" else [text]
            for rank, code in enumerate(listed, start=cell.place or 1):
                ours = back.get(code, code)
                found |= {c.name: str(rank) for c in cell.columns if c.option == ours}
    return found


def _rows(cells: tuple[Cell, ...], text: str, tool: str, path: Path) -> Iterator[Iterator[tuple[Cell, str]]]:
    """Cells of each row of a file with their texts."""
    delimiter = ";" if tool == "xlsform" else ","
    listed = list(csv.reader(StringIO(text), delimiter=delimiter))
    if not listed:
        raise DataError(f"{path} is empty")
    head = {name: place for place, name in reversed(list(enumerate(listed[0])))}
    if tool == "xlsform":  # groups may stand before the name
        for place, name in enumerate(listed[0]):
            parts = name.split("/")
            for start in range(1, len(parts)):
                head.setdefault("/".join(parts[start:]), place)
    lacking = [cell.header for cell in cells if cell.header not in head]
    if lacking:
        shown = ", ".join(lacking[:5])
        raise DataError(f"{path} lacks {len(lacking)} columns of the questionnaire: {shown}")
    width = len(listed[0])
    empty = {"", _SKIPPED} if tool == "wjx" else {""}
    for row in listed[_headers(listed, tool) :]:
        full = row + [""] * (width - len(row))
        yield ((cell, "" if (t := full[head[cell.header]]) in empty else t) for cell in cells)


def _headers(listed: list[list[str]], tool: str) -> int:
    """Rows before the first respondent; those of Qualtrics are told by their import ids."""
    if tool != "qualtrics":
        return 1
    marks = [number for number, row in enumerate(listed[:4]) if any("ImportId" in cell for cell in row)]
    return marks[0] + 1 if marks else 2


def _csv(head: list[list[str]], body: list[list[str]], **style: Any) -> str:
    """Rows as CSV."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n", **style)
    writer.writerows(head)
    writer.writerows(body)
    return out.getvalue()


def _write_xlsform(cells: tuple[Cell, ...], body: list[list[str]]) -> bytes:
    """CSV of KoboToolbox: semicolons, everything in quotes, its own columns around ours."""
    head = ["start", "end", *(c.header for c in cells), "_uuid", "_submission_time"]
    rows = [["", "", *row, f"uuid-{number}", ""] for number, row in enumerate(body, start=1)]
    return _csv([head], rows, delimiter=";", quoting=csv.QUOTE_ALL).encode("utf-8")


def _write_limesurvey(cells: tuple[Cell, ...], body: list[list[str]]) -> bytes:
    """CSV of LimeSurvey: a byte-order mark, everything in quotes."""
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", *(c.header for c in cells)]
    rows = [[str(i), "1980-01-01 00:00:00", "1", "", "", *row] for i, row in enumerate(body, start=1)]
    return _csv([head], rows, quoting=csv.QUOTE_ALL).encode("utf-8-sig")


def _write_qualtrics(cells: tuple[Cell, ...], body: list[list[str]]) -> bytes:
    """CSV of Qualtrics: names, questions, import ids."""
    own = ["StartDate", "EndDate", "Finished", "ResponseId"]
    heads = [
        [*own, *(c.header for c in cells)],
        [*own, *(c.title for c in cells)],
        [*(json.dumps({"ImportId": name}) for name in own), *_import_ids(cells)],
    ]
    rows = [["", "", "1", f"R_{number}", *row] for number, row in enumerate(body, start=1)]
    return _csv(heads, rows).encode("utf-8")


def _import_ids(cells: tuple[Cell, ...]) -> Iterator[str]:
    """Third row of Qualtrics: one number a question, then its option, or that it is text."""
    numbers: dict[str, str] = {}
    for cell in cells:
        above, _, option = cell.header.rpartition("_")
        name = above if cell.columns[0].option else cell.header
        question = numbers.setdefault(name, f"QID{len(numbers) + 1}")
        if cell.kind == "flag":
            yield json.dumps({"ImportId": question, "choiceId": option})
        elif cell.columns[0].option:
            yield json.dumps({"ImportId": f"{question}_{option}"})
        else:
            written = cell.columns[0].kind in ("text", "date")
            yield json.dumps({"ImportId": f"{question}_TEXT" if written else question})


def _write_redcap(cells: tuple[Cell, ...], body: list[list[str]]) -> bytes:
    """CSV of REDCap, raw."""
    head = [redcap.RECORD, *(c.header for c in cells)]
    return _csv([head], [[str(i), *row] for i, row in enumerate(body, start=1)]).encode("utf-8")


def _write_wjx(cells: tuple[Cell, ...], body: list[list[str]]) -> bytes:
    """File of codes of 问卷星, its own columns first."""
    head = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", *(c.header for c in cells)]
    rows = [[str(i), "", "", "", "", "", *row] for i, row in enumerate(body, start=1)]
    return _csv([head], rows).encode("utf-8-sig")


_WRITERS = {
    "xlsform": _write_xlsform,
    "limesurvey": _write_limesurvey,
    "qualtrics": _write_qualtrics,
    "redcap": _write_redcap,
    "wjx": _write_wjx,
}


def _json(text: str, path: Path) -> list[Mapping[str, Any]]:
    """Read the records of a JSON file."""
    try:
        records = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is not JSON: {error}") from error
    if not isinstance(records, list) or not all(isinstance(r, Mapping) for r in records):
        raise DataError(f"{path} is not a list of records")
    return records
