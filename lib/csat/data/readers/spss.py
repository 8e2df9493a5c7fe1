"""Read SPSS files (.sav, .zsav, .por) and Stata files (.dta) with their labels, missing codes and sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pandas as pd

from csat.data.problems import DataError
from csat.data.readers.apart import read_apart
from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.containers import Opened
from csat.data.readers.workbook import cell_text
from csat.data.table import RawTable, VariableKind
from csat.study.definition import DataSource
from csat.study.problems import listing

FORMAT = "spss"
_TEMPORAL = ("DATE", "TIME", "JDATE", "YRMODA", "MOYR", "QYR", "WKYR", "%T", "%D")
_CLOCKS = ("TIME", "DTIME", "MTIME")
_PERIODS = ("MOYR", "QYR", "WKYR")
_EPOCH = pd.Timestamp("1582-10-14")


def read(opened: Opened, sha256: str, told: DataSource | None = None) -> RawTable:
    """Read a SAV, ZSAV, POR or DTA file.

    Parameters
    ----------
    opened : Opened
        The file.
    sha256 : str
        Hash of its bytes.
    told : DataSource, optional
        Encoding where the study names it; a file tells its own otherwise.

    Returns
    -------
    RawTable
        Codes as text, dates and times as ISO 8601, system-missing as empty. Codes that the file declares
        missing stay in the cells and are listed in `Variable.missing`, those of a declared range as far as
        they occur. Flags of multiple-response sets are ``1``, ``0`` or empty.

    Raises
    ------
    DataError
        When the file is broken or has no rows.
    """
    values, told_of = read_apart("statistics", opened, told.encoding if told else "")
    columns: dict[str, list[Any]] = dict(values)
    meta = SimpleNamespace(**told_of)
    single = {name for name, kind in meta.readstat_variable_types.items() if kind == "float"}
    texts = {name: _texts(values, name in single) for name, values in columns.items()}
    _write_periods(texts, columns, meta)
    if not texts:
        raise DataError("the file has no variables", opened.name)
    rows = [list(row) for row in zip(*texts.values(), strict=True)]
    sheet = sheet_of(rows, 0, list(texts), opened.name, opened.notes)
    if list(sheet.cells) != list(texts):
        raise DataError("names of variables are broken; export the file again", opened.name)
    _describe(sheet, columns, meta)
    for name, told_set in (meta.mr_sets or {}).items():
        _describe_set(sheet, name.lstrip("$"), told_set)
    return sheet.table("stata" if opened.kind == "dta" else FORMAT, sha256)


def _texts(values: Sequence[Any], single: bool) -> list[str]:
    """Cells as text; numbers stored in single precision with the seven digits that they hold."""
    if single:
        return [cell_text(float(f"{v:.7g}")) if isinstance(v, float) else cell_text(v) for v in values]
    return [cell_text(value) for value in values]


def _write_periods(texts: dict[str, list[str]], columns: Mapping[str, list[Any]], meta: Any) -> None:
    """Write months, quarters and weeks as their first day: SPSS keeps them as seconds since 1582."""
    for name, form in (meta.original_variable_types or {}).items():
        if not str(form).startswith(_PERIODS):
            continue
        try:
            texts[name] = [
                "" if v is None or v != v else (_EPOCH + pd.Timedelta(seconds=float(v))).date().isoformat()
                for v in columns[name]
            ]
        except (ValueError, OverflowError, TypeError):
            continue  # no date after all: the numbers stay


def _describe(sheet: Sheet, columns: Mapping[str, list[Any]], meta: Any) -> None:
    """Say what the file tells of each variable."""
    for name in sheet.cells:
        told = (meta.variable_value_labels or {}).get(name) or {}
        labels = {cell_text(code): str(label).strip() for code, label in told.items()}
        missing = _missing(columns[name], (meta.missing_ranges or {}).get(name) or ())
        marked = (meta.missing_user_values or {}).get(name) or ()
        missing += tuple(str(code) for code in marked if str(code) not in missing)
        sheet.describe(
            name,
            label=str((meta.column_names_to_labels or {}).get(name) or "").strip(),
            labels=labels,
            missing=missing,
            kind=_kind(name, sheet.cells[name], set(labels), set(missing), meta),
        )


def _missing(values: Sequence[Any], ranges: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Codes declared missing: those named, and those that occur within a range."""
    named = [cell_text(r["lo"]) for r in ranges if r["lo"] == r["hi"]]
    for told in ranges:
        if told["lo"] != told["hi"]:
            inside = {v for v in values if isinstance(v, float | int) and told["lo"] <= v <= told["hi"]}
            named += [cell_text(v) for v in sorted(inside)]
    return tuple(dict.fromkeys(named))


def _kind(name: str, cells: Sequence[str], labels: set[str], missing: set[str], meta: Any) -> VariableKind:
    """Kind of a variable by its format, its labels and its level of measurement."""
    form = str((meta.original_variable_types or {}).get(name, ""))
    if form.startswith(_CLOCKS):
        return "text"
    if any(mark in form for mark in _TEMPORAL):
        return "date"
    if labels - missing:
        level = (meta.variable_measure or {}).get(name)
        if level != "scale" or {c for c in cells if c} - missing <= labels:
            return "single"
    textual = (meta.readstat_variable_types or {}).get(name) == "string"
    return "text" if textual else "number"


def _describe_set(sheet: Sheet, group: str, told: Mapping[str, Any]) -> None:
    """Say that variables are the options of one question, and write its flags as 1, 0 and empty."""
    names = [name for name in told.get("variable_list") or () if name in sheet.cells]
    title = str(told.get("label") or "").strip()
    if not told.get("is_dichotomy"):
        for name in names:
            sheet.describe(name, group=group, **({"label": title} if title else {}))
        if names:
            sheet.notes.append(
                f'{listing(names, 5)} hold the first, second, … answer to "{title or group}": codes are kept'
            )
        return
    names = [name for name in names if sheet.variables[name].kind != "multiple"]
    counted = cell_text(told.get("counted_value"))
    options = {name: sheet.variables[name].label or name for name in names}
    others = {
        cell
        for name in names
        for cell in sheet.cells[name]
        if cell and cell != counted and cell not in sheet.variables[name].missing
    }
    sheet.set_multiple(group, options, {name: {counted} for name in names}, others)
    for name in names:
        sheet.describe(name, missing=(), **({"label": title} if title else {}))
