"""REDCap: the data dictionary."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from csat.study.export.conditions import Dialect
from csat.study.export.fields import Field, case_text, say, screen_fields
from csat.study.export.spreadsheet import safe_cell
from csat.study.export.target import Exported, Job, Names, field_names
from csat.study.questionnaire import Screen

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
RECORD = "record_id"


def names_of(fields: Mapping[str, tuple[Field, ...]]) -> dict[str, str]:
    """Name of each field: small letters, digits and underscores."""
    names = _Small()
    names(RECORD)
    return field_names((f for own in fields.values() for f in own), names)


class _Small(Names):
    """Names in small letters."""

    def __init__(self) -> None:
        super().__init__(r"[a-z][a-z0-9_]*", 100, fold=True)

    def fresh(self, wanted: str, otherwise: str = "q") -> str:
        """Name in small letters that nothing else has."""
        return super().fresh(wanted.lower(), otherwise.lower())


@dataclass(frozen=True)
class Logic(Dialect):
    """Conditions as REDCap's branching logic."""

    names: Mapping[str, str] = field(default_factory=dict)

    def compare(self, one: Field, operator: str, value: str) -> str:
        """Write a comparison that no answer does not pass, except "not equal"."""
        name, sign = f"[{self.names[one.name]}]", "<>" if operator == "!=" else operator
        if one.kind in ("scale", "number") and operator not in ("=", "!="):
            return f"({name} <> '' and {name} {sign} {value})"
        return f"{name} {sign} '{value}'"

    def selected(self, one: Field, code: str) -> str:
        """Write that an option of several was chosen."""
        return f"[{self.names[one.name]}({code.lower()})] = '1'"

    def answered(self, one: Field) -> str:
        """Write that there is an answer, other than "don't know"."""
        if one.kind == "multiple":
            return "(" + " or ".join(self.selected(one, o.code) for o in one.options) + ")"
        if one.kind == "sum":
            parts = (f"[{self.names[one.name]}_{o.code.lower()}] <> ''" for o in one.options)
            return "(" + " or ".join(parts) + ")"
        name = f"[{self.names[one.name]}]"
        if not one.question.dont_know:
            return f"{name} <> ''"
        return f"({name} <> '' and {name} <> '{one.question.dont_know_code:g}')"


class _Dictionary:
    """Rows in one language."""

    def __init__(self, job: Job, lang: str) -> None:
        self.job = job
        self.lang = lang
        fields = job.fields(places=True)
        self.names = names_of(fields)
        self.logic = Logic(job.asked.by_id, fields, self.names)
        self.groups = _Small()
        self.rows: list[dict[str, str]] = []
        self.form = ""
        self.header = ""

    def add(self, name: str, kind: str, label: str, **cells: str) -> None:
        """Add a row; a header that waits goes above it."""
        row = {"Variable / Field Name": name, "Form Name": self.form, "Section Header": self.header}
        row |= {"Field Type": kind, "Field Label": label}
        row |= {_KEYS[key]: value for key, value in cells.items()}
        self.header = ""
        self.rows.append({key: safe_cell(value) for key, value in row.items()})


_KEYS = {
    "choices": COLUMNS[5],
    "note": COLUMNS[6],
    "validation": COLUMNS[7],
    "low": COLUMNS[8],
    "high": COLUMNS[9],
    "identifier": COLUMNS[10],
    "logic": COLUMNS[11],
    "required": COLUMNS[12],
    "matrix": COLUMNS[15],
    "annotation": COLUMNS[17],
}


def write(job: Job) -> Exported:
    """Write one dictionary a language."""
    return job.done(*(_write(job, lang) for lang in job.langs))


def _write(job: Job, lang: str) -> Path:
    """Write the dictionary in one language."""
    made = _Dictionary(job, lang)
    made.form = "start"
    made.add(RECORD, "text", "Record ID")
    if job.asked.introduction:
        made.add(made.groups.fresh("introduction_note"), "descriptive", _html(job.asked.introduction, lang))
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        made.form = made.groups.fresh(f"form_{module.id}", f"form_{module.id}")
        made.header = _html(module.introduction or module.label, lang)
        for screen in screens:
            _screen(made, screen)
    path = job.folder / f"{job.stem}.redcap.{lang}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(made.rows)
    if len(job.langs) > 1:
        job.lose("one language a dictionary: use its Multi-Language Management with the other file")
    return path


def _html(text: Mapping[str, str], lang: str) -> str:
    """Text as the HTML that labels are; brackets, which would pipe in an answer, as entities."""
    return as_html(say(text, lang))


def as_html(text: str) -> str:
    """Plain text as HTML."""
    safe = escape(text, quote=False).replace("[", "&#91;").replace("]", "&#93;")
    return re.sub(r"\s*\n\s*", "<br>", safe.strip())


def _screen(made: _Dictionary, screen: Screen) -> None:
    """Rows of a question or a matrix."""
    listed = screen_fields(screen, (made.lang,), places=True)
    matrix = ""
    if screen.kind == "grid":
        made.header = "<br>".join(filter(None, (made.header, _html(screen.wording, made.lang))))
        if all(f.kind == "scale" for _, fields in listed for f in fields):
            matrix = made.groups.fresh(f"{screen.id}_grid", f"{screen.id}_grid")
    if screen.shuffle:
        made.job.lose("order of the rows of a grid cannot be random", screen.id)
    for _, fields in listed:
        for one in fields:
            _field(made, one, matrix)


def _field(made: _Dictionary, one: Field, matrix: str) -> None:
    """Rows of a field."""
    job, name, question = made.job, made.names[one.name], one.question
    cells = {"note": _html(one.hint, made.lang), "required": "y" if one.required else ""}
    cells["logic"] = made.logic.say(one.condition) if one.condition is not None else ""
    cells["identifier"] = "y" if question.pii else ""
    label = _html(one.text, made.lang)
    if question.task and question.task.designed:
        job.lose("cards of a designed choice task are to be shown beside the form", question.id)
    elif question.task:
        label = f"{as_html(case_text(question.task, question.stage, made.lang))}<br>{label}"
    if one.shuffle:
        job.lose("options keep their order", question.id)
    if one.differs:
        job.lose("the same option may be chosen twice", question.id)
    if any(o.relevant is not None for o in one.options):
        job.lose("options are offered to everybody", question.id)
    if one.kind == "sum":
        _sum(made, one, name, label, cells)
    elif one.kind in ("single", "scale", "multiple"):
        kind = "checkbox" if one.kind == "multiple" else "radio"
        choices = _choices(made, one)
        made.add(name, kind, label, choices=choices, matrix=matrix, annotation=_actions(one), **cells)
    elif one.kind == "note":
        made.add(name, "descriptive", label, logic=cells["logic"])
    else:
        _typed(made, one, name, label, cells)


def _choices(made: _Dictionary, one: Field) -> str:
    """Options as REDCap lists them; a blank keeps a first negative code from looking like a formula."""
    low = one.kind == "multiple"
    listed = " | ".join(
        f"{o.code.lower() if low else o.code}, {_html(o.label, made.lang).replace('|', '&#124;')}"
        for o in one.options
    )
    return f" {listed}" if listed.startswith("-") else listed


def _actions(one: Field) -> str:
    """Limits on what is ticked."""
    actions = []
    if one.kind == "multiple" and one.exclusive:
        actions.append(f"@NONEOFTHEABOVE='{','.join(code.lower() for code in one.exclusive)}'")
    if one.kind == "multiple" and one.question.maximum:
        actions.append(f"@MAXCHECKED={one.question.maximum:g}")
    return _quiet(" ".join(actions))


def _quiet(action: str) -> str:
    """Put a word before action tags, so that a spreadsheet takes them for text."""
    return f"Tags: {action}" if action else ""


def _typed(made: _Dictionary, one: Field, name: str, label: str, cells: dict[str, str]) -> None:
    """Row of a number, a date or words."""
    if one.kind == "number":
        low, high = one.minimum, one.maximum
        if one.unknown is not None and low is not None:
            low = min(low, one.unknown)
        validation = "integer" if one.columns[0].whole else "number"
        limits = {"low": "" if low is None else f"{low:g}", "high": "" if high is None else f"{high:.15g}"}
        made.job.lose("ranges of numbers warn and do not stop", one.question.id)
        made.add(name, "text", label, validation=validation, **limits, **cells)
    elif one.kind == "date":
        made.add(name, "text", label, validation="date_ymd", **cells)
    else:
        most = one.question.maximum if one.part != "other" else None
        short = one.part == "other" or (most is not None and most <= 120)
        limit = _quiet(f"@CHARLIMIT='{most:g}'") if most else ""
        made.add(name, "text" if short else "notes", label, annotation=limit, **cells)


def _sum(made: _Dictionary, one: Field, name: str, label: str, cells: dict[str, str]) -> None:
    """Rows of numbers that add up, and of their sum."""
    made.job.lose("a sum is shown and not enforced", one.question.id)
    made.header = "<br>".join(filter(None, (made.header, label)))
    parts = [f"{name}_{option.code.lower()}" for option in one.options]
    limits = {"validation": "integer", "low": "0", "high": f"{one.question.total:g}"}
    for option, part in zip(one.options, parts, strict=True):
        made.add(part, "text", _html(option.label, made.lang), **limits, **cells)
    total = made.groups.fresh(f"{name}_sum", f"{name}_sum")
    formula = f"sum({', '.join(f'[{part}]' for part in parts)})"
    made.add(total, "calc", f"Σ = {one.question.total:g}", choices=formula, logic=cells["logic"])
