"""Answers written as a tool would are read by its reader: several answers as 1, 0 and nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.data.readers import read_table
from csat.data.tools.formats import _clean, write_responses
from csat.data.tools.layouts import cells_of
from csat.study import load_study
from csat.study.definition import DataSource
from random_answers import random_answers


@pytest.mark.parametrize("tool", ["qualtrics", "limesurvey"])
@pytest.mark.parametrize("version", ["yearly", "internal", "observer"])
def test_several_answers_come_in_as_they_went_out(
    root: Path, tool: str, version: str, tmp_path: Path
) -> None:
    study = load_study(root / "studies" / "service_loyalty")
    asked = study.questionnaire(version)
    answers = random_answers(asked, 25)
    path = write_responses(study, answers, tool, tmp_path / "answers", version)
    table = read_table(path.read_bytes(), "answers.csv", DataSource())
    assert table.format == tool
    want = _clean(answers, asked)
    flags = [c for c in cells_of(study, asked, tool) if c.kind == "flag"]
    read = [c for c in flags if table.variables[c.header].kind == "multiple"]
    assert len(read) >= len(flags) - 1, "an option that nobody chose may be taken for a text"
    for cell in read:
        expected = ["" if v != v else str(int(v)) for v in want[cell.columns[0].name]]
        assert list(table.cells[cell.header]) == expected, cell.header
