"""The three notebooks through papermill: what users may ask of them, and the same numbers each way."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from csat.run.executor import Job, run_job
from csat.run.notebooks import SUITE
from csat.run.parameters import read_parameters

NAMES = [book.name for book in SUITE]
QUICK = {"replicates": 200}
MATRIX = {
    "wave as papermill guesses it": {"study": "mobile_ecsi", "wave": 2005},
    "study as a path": {"study": "{root}/studies/mobile_ecsi"},
    "Chinese": {"study": "corporate_reputation", "lang": "zh"},
    "listwise": {"study": "corporate_reputation", "missing": "listwise"},
    "em": {"study": "mobile_ecsi", "missing": "em"},
    "bca": {"study": "mobile_ecsi", "interval": "bca"},
    "another seed": {"study": "mobile_ecsi", "seed": 7},
    "off the scale as missing": {"study": "corporate_reputation", "off_scale": "missing"},
}


def numbers(path: Path, notebook: str = "") -> dict[tuple[str, ...], tuple[float, ...]]:
    """Rows of a metrics file: (segment, metric, subject, method) -> numbers."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if notebook in ("", row["notebook"])]
    return {
        tuple(row[name] for name in ("segment", "metric", "subject", "method")): tuple(
            float(row[name] or "nan") for name in ("estimate", "ci_low", "ci_high", "n")
        )
        for row in rows
    }


def same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", MATRIX)
def test_the_notebooks_run_with_what_users_ask_of_them(root: Path, tmp_path: Path, case: str) -> None:
    asked = {name: str(v).format(root=root) if isinstance(v, str) else v for name, v in MATRIX[case].items()}
    lang = str(asked.get("lang", "en"))
    for name in NAMES:
        notebook = root / "notebooks" / f"{name}.ipynb"
        known = read_parameters(notebook)
        told = {k: v for k, v in {**QUICK, **asked, "out": str(tmp_path)}.items() if k in known}
        job = Job(
            notebook, lang, told, {}, notebook.parent, tmp_path, tmp_path / f"{name}.ipynb", timeout=300
        )
        outcome = run_job(job)
        assert outcome.failure is None, str(outcome.failure)
        assert outcome.notes == (), outcome.notes
        results = json.loads((tmp_path / f"{name}.results.json").read_text())
        assert results["lang"] == lang
        if "wave" in asked:
            assert results["wave"] == "2005"


@pytest.mark.slow
def test_plain_papermill_gives_the_published_numbers(root: Path, published: Path, tmp_path: Path) -> None:
    """As a user types it, from the project's folder: the wave kept as a text by -r."""
    for name in NAMES:
        command = [
            Path(sys.executable).parent / "papermill",
            f"notebooks/{name}.ipynb",
            tmp_path / f"{name}.ipynb",
        ]
        told = ["-p", "study", "mobile_ecsi", "-r", "wave", "2005", "-p", "out", tmp_path / "out"]
        done = subprocess.run([*command, *told], cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ours = numbers(published / "mobile_ecsi" / "2005" / "metrics.csv", name)
        theirs = numbers(tmp_path / "out" / f"{name}.metrics.csv")
        assert ours.keys() == theirs.keys()
        assert [key for key in ours if not same(ours[key], theirs[key])] == []


@pytest.mark.slow
def test_notebook_03_alone_builds_or_names_what_is_missing(root: Path, tmp_path: Path) -> None:
    notebook = root / "notebooks" / "03_loyalty.ipynb"
    told = {"study": "mobile_ecsi", "out": str(tmp_path / "out"), **QUICK}
    job = Job(notebook, "en", told, {}, notebook.parent, tmp_path / "out", tmp_path / "03_loyalty.ipynb")
    outcome = run_job(job)
    assert outcome.failure is None, str(outcome.failure)


@pytest.mark.parametrize("name", NAMES)
def test_nbval_has_something_to_check(root: Path, name: str) -> None:
    """A cell without a count is never compared: stripped notebooks would pass emptily."""
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text())["cells"]
    checked = [cell for cell in cells if "nbval-check-output" in cell["metadata"].get("tags", [])]
    assert checked, "no cell is tagged nbval-check-output"
    for cell in checked:
        assert cell["execution_count"] is not None and cell["outputs"], "run it and keep its output"
    for cell in cells:
        if cell["cell_type"] == "code" and cell not in checked:
            assert not cell["outputs"] and cell["execution_count"] is None, "strip all other outputs"


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_thin(root: Path, name: str) -> None:
    """Cells of a few lines, no functions, no loops, no paths, a plain kernel."""
    nb = json.loads((root / "notebooks" / f"{name}.ipynb").read_text())
    assert nb["metadata"]["kernelspec"]["name"] == "python3"
    for cell in nb["cells"]:
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
            source = "".join(cell["source"])
            assert len(source.splitlines()) <= 20, source
            assert not any(word in f"\n{source}" for word in ("\ndef ", "\nclass ", "\nfor ", "\nwhile ")), (
                source
            )


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_speak_both_languages(root: Path, name: str) -> None:
    """A text for people stands in both languages, one after the other."""
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text())["cells"]
    told = [cell["metadata"].get("lang") for cell in cells if cell["cell_type"] == "markdown"]
    assert told == ["en", "zh"] * (len(told) // 2)
