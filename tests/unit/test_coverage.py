"""From concepts to figures: the catalogue, what each question is for, and what has no question or no use."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest
from csat.study import Study, load_study
from csat.study.concepts import load_catalogue
from csat.study.coverage import COVERAGE, TRACE, coverage, not_asked, trace, without_use
from questionnaire_files import QUESTIONS, full_toml, write_full_study


@pytest.fixture
def guests(tmp_path: Path) -> Study:
    toml = full_toml() + '[concepts]\nparking = { en = "Parking", zh = "停车" }\n'
    questions = QUESTIONS.replace("Customer since?", "Customer since?").replace(
        "R25.time", "R25.time parking"
    )
    return load_study(write_full_study(tmp_path / "guests", toml, questions=questions))


def test_the_catalogue_is_complete_in_both_languages() -> None:
    catalogue = load_catalogue()
    assert {f"R{i:02d}" for i in range(1, 62)} <= set(catalogue.concepts)
    for concept in catalogue.concepts.values():
        assert set(concept.label) == {"en", "zh"}
        assert all(concept.label.values())
        assert concept.parent == "" or concept.parent in catalogue.concepts
        assert concept.kind in ("question", "data", "context", "claim")
    for statistic in catalogue.statistics.values():
        assert all(statistic.label.values())
        assert bool(statistic.notebook) == bool(statistic.figure)
    raw = tomllib.loads(resources.files("csat.study").joinpath("concepts.toml").read_text("utf-8"))
    assert set(raw) == {"concepts", "statistics"}


def test_every_row_leads_from_a_concept_to_a_figure(guests: Study) -> None:
    table = trace(guests, lang="zh")
    assert tuple(table.columns) == TRACE
    row = table[(table.question == "weights") & (table.statistic == "stated_importance")].iloc[0]
    assert row.concept == "R17.importance"
    assert row.concept_label == "价格、交期、品质、服务：重要性"
    assert row.variable == "weights_price weights_delivery weights_quality weights_service"
    assert (row.notebook, row.figure, row.tagged) == ("03_loyalty", "importance", "question")
    assert (
        trace(guests, lang="en").query("question == 'days' and concept == 'parking'").concept_label.iloc[0]
        == "Parking"
    )
    assert set(table[table.source == "table"].question) == {"quality.defect_rate"}
    assert "weights" not in set(trace(guests, "short").question)


def test_items_without_tags_follow_the_role_of_their_construct(root: Path) -> None:
    table = trace(load_study("mobile_ecsi", root), lang="en")
    assert (table.tagged[table.source == "items"] == "role").all()
    by_item = table.groupby("question")
    assert by_item.get_group("CUSA2").concept.unique().tolist() == ["R05.direct"]
    assert by_item.get_group("CUSL3").statistic.tolist()[:2] == ["index", "path"]
    assert "zone" in set(by_item.get_group("PERQ1").statistic)
    assert "alpha" not in set(by_item.get_group("CUSCO").statistic)
    assert without_use(load_study("mobile_ecsi", root)).empty


def test_options_carry_concepts_too(root: Path) -> None:
    table = trace(load_study("service_loyalty", root)).query("question == 'lost_causes'")
    assert {"R57.staff", "R57.lure"} <= set(table.concept[table.tagged == "option"])


def test_concepts_without_a_question(guests: Study) -> None:
    table = coverage(guests, lang="en")
    assert tuple(table.columns) == COVERAGE
    status = table.set_index("concept").status
    assert status["R31"] == status["R31.fridge"] == "asked"
    assert status["R31.car"] == "missing"
    assert status["R20.defect"] == status["R20"] == "measured"
    assert status["R38"] == "explained"
    assert status["C03"] == "not tested"
    assert status["parking"] == "asked"
    gone = set(not_asked(guests).concept)
    assert {"R31.car", "R57"} <= gone
    assert not gone & {"R31", "R20.scrap", "R38", "C03"}
    assert table.set_index("concept").loc["R31.fridge", "versions"] == "long"
    assert "R31" in set(not_asked(guests, "short").concept)


def test_questions_without_a_use(guests: Study) -> None:
    table = without_use(guests, lang="zh").set_index("question")
    assert table.loc["ranks", "lacks"] == "concept statistic"
    assert table.loc["days", "lacks"] == "statistic"
    assert table.loc["agree_to_start", "lacks"] == "statistic"
    assert table.loc["ranks", "label"] == "请排出前三位。"
    assert "hello" not in table.index
    assert "role" not in table.index
