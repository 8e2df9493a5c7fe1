"""The honest status check: a notebook has succeeded only if everything says so.

A notebook's own metadata can claim success after its kernel died, and ``sys.exit(0)`` in a cell ends a run
quietly. So success is proven: no exception, every code cell run to its end, and the results written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INJECTED = "injected-parameters"
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not succeed, and where."""

    notebook: str
    lang: str
    kind: str
    cause: str
    cell: int | None = None
    heading: str = ""
    line: str = ""

    def __str__(self) -> str:
        """One sentence: notebook, cell, heading, cause."""
        where = f"{self.notebook} ({self.lang})"
        if self.cell is not None:
            where += f", cell {self.cell}"
            where += f" under “{self.heading}”" if self.heading else ""
            where += f" (`{self.line}`)" if self.line else ""
        return f"{where}: {self.cause}"


def check(
    nb: Mapping[str, Any] | None,
    results: Path,
    notebook: str,
    lang: str,
    error: BaseException | None = None,
    running: int | None = None,
) -> Failure | None:
    """Decide whether an executed notebook has succeeded.

    Parameters
    ----------
    nb : mapping or None
        The executed notebook, as far as it came.
    results : Path
        ``<notebook>.results.json`` that the last cell writes, with ``<notebook>.metrics.csv`` beside it.
    notebook, lang : str
        Names for the message.
    error : BaseException, optional
        What the executor raised.
    running : int, optional
        Index of the cell that ran when it was raised.

    Returns
    -------
    Failure or None
        The first thing that is wrong; None if nothing is.
    """
    cells = list(nb["cells"]) if nb is not None else []

    def failure(kind: str, cause: str, index: int | None = None) -> Failure:
        if index is None:
            return Failure(notebook, lang, kind, cause)
        return Failure(
            notebook,
            lang,
            kind,
            cause,
            number(cells, index),
            heading(cells, index, lang),
            _line(cells[index]),
        )

    for index, cell in enumerate(cells):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error":
                return failure(*_cause_of_error(output), index)
    if error is not None:
        return failure(*_cause_of_exception(error), running)
    for index, cell in enumerate(cells):
        if cell.get("cell_type") == "code" and _text(cell).strip() and not _completed(cell):
            return failure("not-run", "was not run to its end", index)
    problem = _results_problem(results)
    return failure("no-results", problem) if problem else None


def number(cells: list[Any], index: int) -> int:
    """Count a cell as the source notebook shows it: from 1, without the cell of injected parameters."""
    before = cells[: index + 1]
    return sum(1 for cell in before if INJECTED not in cell.get("metadata", {}).get("tags", ()))


def heading(cells: list[Any], index: int, lang: str) -> str:
    """Return the heading above a cell, in the language of the run where the notebook holds several."""
    for cell in reversed(cells[:index]):
        if cell.get("cell_type") == "markdown" and cell.get("metadata", {}).get("lang", lang) == lang:
            found = _HEADING.findall(_text(cell))
            if found:
                return str(found[-1])
    return ""


def stderr_notes(nb: Mapping[str, Any], notebook: str) -> list[str]:
    """List the cells that wrote to stderr: no failure, but the manifest tells of it."""
    notes = []
    for index, cell in enumerate(nb["cells"]):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "stream" and output.get("name") == "stderr":
                first = str(_join(output.get("text", ""))).strip().splitlines()[:1]
                cell_number = number(list(nb["cells"]), index)
                notes.append(f"{notebook}, cell {cell_number} wrote to stderr: {(first or [''])[0][:200]}")
    return notes


def _cause_of_error(output: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and cause of an error output."""
    name, value = str(output.get("ename", "")), str(output.get("evalue", ""))
    if name == "SystemExit":
        return "system-exit", f"the cell ended the notebook by sys.exit({value}), so the rest was not run"
    return "exception", f"{name}: {value}"


def _cause_of_exception(error: BaseException) -> tuple[str, str]:
    """Kind and cause of what the executor raised."""
    name = type(error).__name__
    if name == "CellTimeoutError":
        return "time-out", "the cell took longer than the time-out allows and was stopped"
    if name == "DeadKernelError":
        return "dead-kernel", "the kernel died (killed, out of memory, or crashed in compiled code)"
    first = (str(error).strip().splitlines() or ["no message"])[0]
    return "exception", f"{name}: {first}"


def _completed(cell: Mapping[str, Any]) -> bool:
    """Whether a code cell has both a count and papermill's word for it."""
    status = cell.get("metadata", {}).get("papermill", {}).get("status")
    return cell.get("execution_count") is not None and status == "completed"


def _results_problem(results: Path) -> str:
    """Say what is wrong with the results that the notebook should have written; empty if nothing is."""
    try:
        done = json.loads(results.read_text(encoding="utf-8")).get("done")
    except FileNotFoundError:
        return f"wrote no {results.name}: its last cell, page.finish(), was not reached or is missing"
    except (OSError, ValueError, AttributeError) as error:
        return f"{results.name} cannot be read ({error})"
    if done is not True:
        return f"{results.name} does not say that the notebook is done"
    metrics = results.with_name(results.name.replace(".results.json", ".metrics.csv"))
    if not metrics.is_file():
        return f"wrote no {metrics.name}"
    with metrics.open(encoding="utf-8") as lines:
        if sum(1 for line in lines if line.strip()) < 2:
            return f"{metrics.name} holds no number"
    return ""


def _line(cell: Mapping[str, Any]) -> str:
    """First line of a cell that is no comment, shortened."""
    lines = [line.strip() for line in _text(cell).splitlines()]
    code = [line for line in lines if line and not line.startswith("#")]
    return code[0][:80] if code else ""


def _text(cell: Mapping[str, Any]) -> str:
    """Source of a cell."""
    return _join(cell.get("source", ""))


def _join(text: str | list[str]) -> str:
    """Text that a notebook file may hold as one string or as lines."""
    return text if isinstance(text, str) else "".join(text)
