"""What a real run publishes: complete, the same each time, and telling nothing of the machine."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from csat.run.manifest import sha256
from csat.run.metrics import COLUMNS
from csat.run.notebooks import SUITE
from csat.run.pipeline import run_study

WAVES = {"mobile_ecsi": "2005", "corporate_reputation": "textbook"}
PAGES = ["index", *(book.name for book in SUITE)]

pytestmark = pytest.mark.slow


@pytest.fixture(params=WAVES)
def wave(published: Path, request: pytest.FixtureRequest) -> Path:
    return published / request.param / WAVES[request.param]


def _files(folder: Path) -> list[Path]:
    """Every published file, the exported forms too."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def files(folder: Path) -> list[Path]:
    """Every file of a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_folder_is_complete(wave: Path) -> None:
    pages = {f"{page}{suffix}.html" for page in PAGES for suffix in ("", ".zh")}
    logs = {f"{book.name}{suffix}.ipynb" for book in SUITE for suffix in ("", ".zh")}
    assert {path.name for path in wave.iterdir()} == pages | logs | {
        "exports",
        "manifest.json",
        "metrics.csv",
        "metrics.parquet",
    }


def test_the_reports_root_lists_the_waves(published: Path) -> None:
    page = (published / "index.html").read_text(encoding="utf-8")
    for study, wave in WAVES.items():
        assert f'href="{study}/{wave}/index.html"' in page
    assert not list((published / ".staging").glob("*/*"))
    assert not (published / ".failed").exists()


def test_the_manifest_tells_the_truth(wave: Path) -> None:
    told = json.loads((wave / "manifest.json").read_text(encoding="utf-8"))
    files = {p.relative_to(wave).as_posix(): p for p in _files(wave) if p.name != "manifest.json"}
    assert told["files"] == {name: sha256(path) for name, path in files.items()}
    assert told["languages"] == ["en", "zh"] and told["n"] in (250, 344)
    assert len(told["notebooks_run"]) == 6
    assert not any("stderr" in warning for warning in told["warnings"]), told["warnings"]


def test_the_metrics_are_the_documented_columns(wave: Path) -> None:
    with (wave / "metrics.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    assert {row["notebook"] for row in rows} == {book.name for book in SUITE}
    for row in rows:
        assert row["metric"] and row["method"] and row["wave"] == wave.name
        low, high = (float(row[name] or "nan") for name in ("ci_low", "ci_high"))
        assert not low > high, row


def test_a_number_has_one_row(wave: Path) -> None:
    """A trend picks a number by its metric and subject, so the two must be enough."""
    metrics = pd.read_csv(wave / "metrics.csv")
    assert not metrics.duplicated(["metric", "subject"]).any()
    has_interval = metrics[["ci_low", "ci_high"]].notna().any(axis=1)
    assert metrics.loc[has_interval, "estimate"].notna().all()


def test_nothing_of_the_machine_is_published(wave: Path, root: Path) -> None:
    for path in _files(wave):
        content = path.read_bytes()
        for secret in (str(root), str(Path.home()) + "/", str(wave.parents[1]), "/tmp/"):
            assert secret.encode() not in content, (path.name, secret)


def test_two_runs_give_the_same_bytes_and_a_third_has_nothing_to_do(published: Path, tmp_path: Path) -> None:
    first = published / "mobile_ecsi" / "2005"
    again = run_study("mobile_ecsi", out=tmp_path)
    for path in _files(first):
        if path.name != "manifest.json":
            assert path.read_bytes() == (again.folder / path.relative_to(first)).read_bytes(), path.name
    assert run_study("mobile_ecsi", out=tmp_path).skipped


def test_a_language_alone_has_no_dead_links(tmp_path: Path) -> None:
    """The first language that is published bears the plain names, whichever it is."""
    result = run_study("mobile_ecsi", langs=["zh"], out=tmp_path, settings={"replicates": 200})
    assert '<html lang="zh-Hans"' in result.index.read_text(encoding="utf-8")
    assert {path.suffixes[0] for path in result.folder.glob("*.html")} == {".html"}
