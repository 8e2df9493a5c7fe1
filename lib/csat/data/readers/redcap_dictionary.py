"""The data dictionary of REDCap: which fields there are, what their codes mean, which identify people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from csat.data.problems import DataError
from csat.data.readers.containers import open_file
from csat.data.readers.grid import read_text, text_rows
from csat.data.readers.texts import plain_text
from csat.study.definition import DataSource

_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "type": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices, calculations, or slider labels", "choices or calculations"),
    "note": ("field note", "field_note"),
    "validation": ("text validation type or show slider number", "text validation type"),
    "identifier": ("identifier?", "identifier"),
    "annotation": ("field annotation", "field_annotation"),
}
_NAMES["choices"] += ("select_choices_or_calculations",)
_NAMES["validation"] += ("text_validation_type_or_show_slider_number",)
_CHOICE = re.compile(r"\s*([^,|]+?)\s*,\s*(.*?)\s*")
_NO_ANSWER = (
    r"missing|not (?:applicable|asked|answered|available|known|done)|n/?a\b|unknown|refused|decline[sd]?|"
    r"prefer not|don'?t know|no answer|缺失|不适用|拒答|拒绝回答|不知道|未回答|未填"
)
_LABEL_OF_MISSING = re.compile(rf"\s*\W?(?:{_NO_ANSWER})", re.IGNORECASE)
_CODE_OF_MISSING = re.compile(r"-\d+|7{2,}|8{2,}|9{2,}|9+[5-9]")
_TOLD = (
    re.compile(rf"(-?\d+)\s*[=:,]\s*(?:{_NO_ANSWER})", re.IGNORECASE),
    re.compile(r"missing[^0-9\-]{0,20}(-?\d+)", re.IGNORECASE),
)


@dataclass(frozen=True)
class DictionaryField:
    """One field of a data dictionary."""

    name: str
    form: str = ""
    type: str = "text"
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    identifies: bool = False
    missing: tuple[str, ...] = ()


def is_dictionary(header: Sequence[str]) -> bool:
    """Whether headings are those of a data dictionary, as downloaded or from REDCap's interface.

    Parameters
    ----------
    header : sequence of str
        Headings.

    Returns
    -------
    bool
    """
    cells = {cell.strip().lower() for cell in header}
    return all(cells & set(_NAMES[part]) for part in ("name", "form", "type"))


def read_dictionary(content: bytes, name: str = "the data dictionary") -> dict[str, DictionaryField]:
    """Read a data dictionary.

    Parameters
    ----------
    content : bytes
        Content of the CSV file.
    name : str, optional
        Name of the file, for messages.

    Returns
    -------
    dict of str to DictionaryField
        By the name of the field, in the order of the file.

    Raises
    ------
    DataError
        When the file is no data dictionary, or a field comes twice.
    """
    opened = open_file(content, name)
    if opened.kind != "text":
        raise DataError("the data dictionary is not a CSV file; download it from REDCap again", name)
    rows = text_rows(read_text(opened, DataSource()), name)
    if not rows or not is_dictionary(rows[0]):
        raise DataError(
            "the dictionary does not have the columns of REDCap's (Variable / Field Name, Form Name, "
            "Field Type, …); download the data dictionary from REDCap",
            name,
        )
    header = [cell.lower() for cell in rows[0]]
    places = {
        part: next((header.index(n) for n in names if n in header), -1) for part, names in _NAMES.items()
    }
    found: dict[str, DictionaryField] = {}
    for number, row in enumerate(rows[1:], start=1):
        told = {part: row[p] if 0 <= p < len(row) else "" for part, p in places.items()}
        if not told["name"]:
            continue
        if told["name"] in found:
            raise DataError(f'field "{told["name"]}" comes twice in the dictionary, in row {number}', name)
        found[told["name"]] = _field(told)
    return found


def _field(told: Mapping[str, str]) -> DictionaryField:
    """One row of the dictionary."""
    kind = told["type"].lower()
    choices = _choices(kind, told["choices"])
    return DictionaryField(
        told["name"],
        told["form"],
        kind,
        plain_text(told["label"]),
        choices,
        told["validation"].lower(),
        told["identifier"].strip().lower() in ("y", "yes", "1", "true"),
        _missing(choices, f"{told['note']} {told['annotation']}"),
    )


def _choices(kind: str, text: str) -> dict[str, str]:
    """Code -> label of ``1, Yes | 2, No``; those of yes/no fields are known."""
    if kind == "yesno":
        return {"1": "Yes", "0": "No"}
    if kind == "truefalse":
        return {"1": "True", "0": "False"}
    if kind not in ("radio", "dropdown", "checkbox", "select"):
        return {}
    parts = re.split(r"\s*(?:\||\\n|\n)\s*", text)
    found = (_CHOICE.fullmatch(part) for part in parts if part.strip())
    return {match[1]: plain_text(match[2]) for match in found if match}


def _missing(choices: Mapping[str, str], words: str) -> tuple[str, ...]:
    """Find codes of "no answer": so labelled and far from the others, or told in note or annotation."""
    coded = [
        code
        for code, label in choices.items()
        if _CODE_OF_MISSING.fullmatch(code) and _LABEL_OF_MISSING.match(label)
    ]
    coded += [match[1] for pattern in _TOLD for match in pattern.finditer(words)]
    return tuple(dict.fromkeys(coded))
