"""Read a binary file in a process of its own; run as a script, and importing nothing of this package.

Readers written in C and Rust may crash on a broken file, or ask for all the memory there is: here they take
nobody with them. `csat.data.readers.apart` runs this file, with the job and the paths of file and result.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MEMORY = 6 << 30
"""Bytes of address space that a reader may take, where the system can limit it."""

_META = (
    *("column_names_to_labels", "variable_value_labels", "missing_ranges", "missing_user_values", "mr_sets"),
    *("original_variable_types", "readstat_variable_types", "variable_measure", "file_encoding"),
)


def read_statistics(
    path: str, kind: str, encoding: str
) -> tuple[list[tuple[str, list[Any]]], dict[str, Any]]:
    """Read values and what is told of them from an SPSS or Stata file."""
    import pyreadstat

    readers: dict[str, Callable[..., Any]] = {
        "sav": pyreadstat.read_sav,
        "por": pyreadstat.read_por,
        "dta": pyreadstat.read_dta,
    }
    options: dict[str, Any] = {} if kind == "por" else {"user_missing": True}
    if encoding and kind != "por":
        options["encoding"] = encoding
    values, meta = readers[kind](path, output_format="dict", **options)
    columns = [(str(name), list(column)) for name, column in values.items()]
    return columns, {key: _plain(getattr(meta, key, None)) for key in _META}


def _plain(value: Any) -> Any:
    """Value without types of its library."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def read_workbook(path: str, kind: str, sheet: str) -> tuple[list[list[Any]] | None, list[str]]:
    """Read the typed cells of a sheet, the first shown unless named: None where it is not there."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    names = list(book.sheet_names)
    if not names or (sheet and sheet not in names):
        return (None if names else []), names
    found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(_first_shown(book))
    return found.to_python(skip_empty_area=False), names


def _first_shown(book: Any) -> int:
    """Find the number of the first sheet of cells that is not hidden, else 0."""
    for number, told in enumerate(book.sheets_metadata):
        if "visible" in str(told.visible).lower() and "worksheet" in str(told.typ).lower():
            return number
    return 0


JOBS: dict[str, Callable[[str, str, str], Any]] = {"statistics": read_statistics, "workbook": read_workbook}


def main(job: str, path: str, kind: str, option: str, result: str) -> None:
    """Do a job and write what it gives, or the words of its error, into a file."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):  # not on this system, or already lower
        pass
    found: tuple[str, Any]
    try:
        found = "read", JOBS[job](path, kind, option)
    except BaseException as error:  # a reader in Rust also panics, which is no Exception
        found = "error", (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    Path(result).write_bytes(pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    main(*sys.argv[1:6])
