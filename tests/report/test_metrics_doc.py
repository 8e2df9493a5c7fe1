"""docs/metrics.md explains every number that the studies publish, and nothing that the code does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from csat.report.results import METRICS

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "metrics.md"
HEADS = ["Metric", "What it means", "Subject", "Unit", "Interval", "n", "Method", "R"]


def documented() -> dict[str, dict[str, list[str]]]:
    """Cells of every documented metric, by notebook and name."""
    found: dict[str, dict[str, list[str]]] = {}
    notebook = ""
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            notebook = line[3:].strip()
        elif notebook[:2].isdigit() and line.startswith("| `"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found.setdefault(notebook, {})[cells[0].strip("`")] = cells
    return found


@pytest.mark.slow
def test_every_published_metric_is_documented(published: Path) -> None:
    files = list(published.glob("*/*/metrics.csv"))
    assert len(files) >= 2
    frame = pd.concat([pd.read_csv(path, keep_default_na=False) for path in files])
    doc = documented()
    pairs = set(zip(frame["notebook"], frame["metric"], strict=True))
    assert not sorted(pair for pair in pairs if pair[1] not in doc.get(pair[0], {}))


def test_every_column_is_documented() -> None:
    text = DOC.read_text(encoding="utf-8")
    assert [name for name in METRICS if f"`{name}`" not in text] == []


def test_every_entry_is_complete() -> None:
    doc = documented()
    assert sorted(doc) == ["01_survey_design", "02_measurement", "03_loyalty"]
    for notebook, metrics in doc.items():
        for name, cells in metrics.items():
            assert len(cells) == len(HEADS), (notebook, name)
            assert all(cells), (notebook, name)


def test_nothing_is_documented_that_the_code_does_not_know() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "lib").rglob("*.py"))

    def known(name: str) -> bool:
        """A name stands in the code as it is, or is put together from a part of it and what it is of."""
        parts = name.split("_")
        heads = ["_".join(parts[:i]) for i in range(1, len(parts))]
        tails = ["_".join(parts[i:]) for i in range(1, len(parts))]
        made = [f'"{head}_{{' for head in heads] + [f'}}_{tail}"' for tail in tails]
        made += [f'"{head}_"' for head in heads] + [f'"_{tail}"' for tail in tails]
        if name.startswith(("margin_of_error_", "minimum_detectable_change_", "detectable_change_")):
            made.append(f'"{name.rpartition("_")[0]}"')
        return f'"{name}"' in source or any(one in source for one in made)

    assert [name for metrics in documented().values() for name in metrics if not known(name)] == []
