"""The honest status check on notebooks as other tools leave them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from csat.run.status import check, heading, number
from fakes import HEADER


def code(source: str, status: str = "completed", count: int | None = 1, **more: Any) -> dict[str, Any]:
    metadata = {"papermill": {"status": status}, "tags": more.pop("tags", [])}
    return {"cell_type": "code", "source": source, "metadata": metadata, "execution_count": count, **more}


def text(source: str, lang: str = "") -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {"lang": lang} if lang else {}}


CELLS = [
    code("a = 1", tags=["parameters"]),
    code("a = 2", tags=["injected-parameters"]),
    text("# Reliability", "en"),
    text("# 信度", "zh"),
    code("# why\nalpha()"),
    code("   "),
    code("page.finish()"),
]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    (tmp_path / "nb.metrics.csv").write_text(f"{HEADER}\na,b\n")
    path = tmp_path / "nb.results.json"
    path.write_text(json.dumps({"done": True}))
    return path


def cells(index: int | None = None, **changed: Any) -> dict[str, Any]:
    copied = copy.deepcopy(CELLS)
    if index is not None:
        copied[index].update(changed)
    return {"cells": copied}


def test_all_well(results: Path) -> None:
    assert check(cells(), results, "nb", "en") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"execution_count": None},
        {"metadata": {}},
        {"metadata": {"papermill": {"status": "pending"}}},
        {"metadata": {"papermill": {"status": "running"}}},
    ],
)
def test_a_cell_without_proof_was_not_run(results: Path, changed: dict[str, Any]) -> None:
    failure = check(cells(4, **changed), results, "nb", "zh")
    assert failure is not None
    assert str(failure) == "nb (zh), cell 4 under “信度” (`alpha()`): was not run to its end"


def test_an_error_output_counts_whatever_the_status_says(results: Path) -> None:
    output = {"output_type": "error", "ename": "DataError", "evalue": "no rows", "traceback": []}
    failure = check(cells(4, outputs=[output]), results, "nb", "en")
    assert str(failure) == "nb (en), cell 4 under “Reliability” (`alpha()`): DataError: no rows"


def test_an_exception_without_a_cell(results: Path) -> None:
    failure = check(None, results, "nb", "en", RuntimeError("no kernel\nmore"))
    assert str(failure) == "nb (en): RuntimeError: no kernel"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"done": "yes"}', '{"done": false}'])
def test_results_must_say_done(results: Path, content: str) -> None:
    results.write_text(content)
    failure = check(cells(), results, "nb", "en")
    assert failure is not None and failure.kind == "no-results"


def test_results_need_numbers(results: Path) -> None:
    metrics = results.with_name("nb.metrics.csv")
    metrics.write_text(HEADER + "\n\n")
    assert "holds no number" in str(check(cells(), results, "nb", "en"))
    metrics.unlink()
    assert "wrote no nb.metrics.csv" in str(check(cells(), results, "nb", "en"))


def test_cells_are_counted_as_the_author_sees_them() -> None:
    assert [number(CELLS, index) for index in (0, 2, 4)] == [1, 2, 4]
    assert heading(CELLS, 1, "en") == ""
    assert heading([text("# One\nwords\n## Two ##"), code("x")], 1, "en") == "Two"
