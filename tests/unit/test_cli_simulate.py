"""The command ``csat simulate``, and what a run makes of its file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from csat.run.cli import main


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _simulate(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["simulate", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_it_writes_a_marked_file_and_says_what_to_do_next(tmp_path: Path) -> None:
    out = tmp_path / "october.csv"
    code, said, more = _simulate("mobile_ecsi", "--n", "40", "--out", str(out))
    path = tmp_path / "SIMULATED_october.csv"
    assert (code, said.strip()) == (0, str(path))
    assert "csat run mobile_ecsi --data" in more
    frame = pd.read_csv(path)
    assert len(frame) == 40
    assert (frame["simulated"] == 1).all()
    assert "." not in path.read_text(encoding="utf-8").splitlines()[1]


def test_without_a_name_it_names_study_and_waves() -> None:
    code, said, _ = _simulate("service_loyalty", "--n", "5", "--waves", "2026-01..2026-02")
    assert (code, said.strip()) == (0, "SIMULATED_service_loyalty_2026-01_2026-02.csv")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mobile_ecsi", "--n", "0"), "from 1 to"),
        (("mobile_ecsi", "--waves", "2031"), "no wave"),
        (("mobile_ecsi", "--seed", "-1"), "seed"),
        (("mobile_ecsi", "--version", "short"), "no version"),
        (("mobile_ecsi", "--n", "5", "--out", "answers.sav"), ".csv or .parquet"),
        (("no_such_study",), "no study"),
    ],
)
def test_wrong_input_is_told_plainly(arguments: tuple[str, ...], told: str) -> None:
    code, _, more = _simulate(*arguments)
    assert code == 2
    assert told in more
    assert "Traceback" not in more


def test_a_run_on_simulated_answers_is_planned_as_simulated(tmp_path: Path, root: Path) -> None:
    from csat.run.notebooks import SUITE
    from csat.run.plan import make_plan

    _simulate("mobile_ecsi", "--n", "60", "--out", str(tmp_path / "SIMULATED.csv"))
    data, books = tmp_path / "SIMULATED.csv", root / "notebooks"
    plan = make_plan("mobile_ecsi", "", (), data, "", tmp_path, {}, SUITE, books, root)
    assert plan.study.simulated
    assert plan.n == 60
