"""What a tool exports is what was answered: written in its own format and read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from csat.data import DataError
from csat.data.tools.formats import TOOLS, _clean, read_responses, write_responses
from csat.study import Study, load_study
from csat.study.simulate import simulate
from pandas.testing import assert_frame_equal
from questionnaire_files import full_toml, write_full_study
from random_answers import random_answers


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_full_study(tmp_path_factory.mktemp("full")))


@pytest.fixture(scope="module")
def service(root: Path) -> Study:
    return load_study(root / "studies" / "service_loyalty")


@pytest.fixture(scope="module")
def drawn(service: Study) -> dict[str, pd.DataFrame]:
    versions = ("yearly", "internal", "observer")
    return {version: random_answers(service.questionnaire(version), 25) for version in versions}


def _carried(study: Study, answers: pd.DataFrame, tool: str, version: str) -> pd.DataFrame:
    """Answers without the questions that a tool cannot carry."""
    lost = [
        c.name
        for q in study.questionnaire(version).questions
        for c in q.columns
        if tool == "wjx" and q.task and q.task.designed
    ]
    answers = answers.copy()
    for name in lost:
        answers[name] = None
    return answers


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("version", ["short", "long"])
def test_answers_come_back(full: Study, tool: str, version: str, tmp_path: Path) -> None:
    answers = random_answers(full.questionnaire(version), 60)
    path = write_responses(full, answers, tool, tmp_path / "answers", version)
    back = read_responses(full, tool, path, version)
    assert_frame_equal(back, _carried(full, answers, tool, version), check_column_type=False)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("version", ["yearly", "internal", "observer"])
def test_answers_to_the_full_study_come_back(
    service: Study, drawn: dict[str, pd.DataFrame], tool: str, version: str, tmp_path: Path
) -> None:
    path = write_responses(service, drawn[version], tool, tmp_path / "answers", version)
    back = read_responses(service, tool, path, version)
    assert_frame_equal(back, _carried(service, drawn[version], tool, version), check_column_type=False)


@pytest.mark.parametrize("tool", TOOLS)
def test_simulated_answers_come_back(service: Study, tool: str, tmp_path: Path) -> None:
    answers = simulate(service, 150, ("2026-10",), 1, "core")
    want = _clean(answers, service.questionnaire("core"))
    path = write_responses(service, answers, tool, tmp_path / "answers", "core")
    assert_frame_equal(read_responses(service, tool, path, "core"), want, check_column_type=False)


def test_nothing_chosen_of_several_is_no_answer(full: Study, tmp_path: Path) -> None:
    answers = pd.DataFrame({"kinds_late": [0.0, 1.0], "kinds_rude": [0.0, 0.0]})
    path = write_responses(full, answers, "redcap", tmp_path / "answers.csv", "short")
    back = read_responses(full, "redcap", path, "short")
    assert back["kinds_late"].isna().tolist() == [True, False]
    assert back["kinds_bill"].iloc[1] == 0


def test_groups_before_names_are_no_hindrance(full: Study, tmp_path: Path) -> None:
    answers = random_answers(full.questionnaire("short"), 10)
    path = write_responses(full, answers, "xlsform", tmp_path / "answers.csv", "short")
    text = path.read_text(encoding="utf-8").replace('"trouble"', '"trouble_group/trouble"', 1)
    path.write_text(text.replace('"kinds/', '"trouble_group/kinds/'), encoding="utf-8")
    assert_frame_equal(read_responses(full, "xlsform", path, "short"), answers, check_column_type=False)


def test_older_qualtrics_files_have_two_header_rows(full: Study, tmp_path: Path) -> None:
    answers = random_answers(full.questionnaire("short"), 5)
    path = write_responses(full, answers, "qualtrics", tmp_path / "answers.csv", "short")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "ImportId" not in line), encoding="utf-8")
    assert len(read_responses(full, "qualtrics", path, "short")) == 5


def test_a_column_that_lacks_is_named(full: Study, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,hello\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lacks .* columns of the questionnaire: agreetostart"):
        read_responses(full, "limesurvey", path, "short")
    path.write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="is empty"):
        read_responses(full, "limesurvey", path, "short")
    with pytest.raises(DataError, match="is not JSON"):
        read_responses(full, "surveyjs", path, "short")
    with pytest.raises(DataError, match='no answers of a tool "ddi"'):
        read_responses(full, "ddi", path, "short")


def test_chinese_names_of_columns_come_back(tmp_path: Path) -> None:
    from questionnaire_files import QUESTIONS

    head, *rows = QUESTIONS.splitlines()
    named = [f"{head},column", *(f"{row},{'身份' if row.startswith('role,') else ''}" for row in rows)]
    write_full_study(tmp_path, full_toml(), questions="\n".join(named) + "\n")
    study = load_study(tmp_path)
    answers = random_answers(study.questionnaire("short"), 30)
    assert "身份" in answers.columns
    for tool in TOOLS:
        path = write_responses(study, answers, tool, tmp_path / f"{tool}.out", "short")
        back = read_responses(study, tool, path, "short")
        assert_frame_equal(back, answers, check_column_type=False)
