"""The full study of service and loyalty asks everything that it promises, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from csat.study import Study, check_study, load_study
from csat.study.coverage import coverage, not_asked, without_use
from csat.study.flow import duration


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study("service_loyalty", root)


def test_everything_is_said_in_both_languages(study: Study) -> None:
    assert study.languages == ("zh", "en")
    for version in study.versions:
        for question in study.questionnaire(version).questions:
            for text in (question.wording, question.label, *(o.label for o in question.options)):
                assert set(text) == {"zh", "en"}, question.id
            assert re.search("[\u4e00-\u9fff]", question.wording["zh"])
            assert not re.search("[\u4e00-\u9fff]", question.wording["en"])
            assert len(question.label["en"]) <= 24
            assert len(question.label["zh"]) <= 12
            assert "你" not in question.wording["zh"].replace("你们", "")


def test_versions_are_of_one_definition(study: Study) -> None:
    assert list(study.versions) == ["core", "yearly", "lost", "manager", "employee", "internal", "observer"]
    core, yearly = study.questionnaire("core").by_id, study.questionnaire("yearly").by_id
    assert set(core) < set(yearly)
    assert set().union(*(study.questionnaire(v).by_id for v in study.versions)) == {
        *study.items,
        *study.questions,
    }
    assert duration(study, "core").median < 8
    for version in study.versions.values():
        for lang in study.languages:
            assert duration(study, version.id, lang).longest < float(version.minutes or 0)


def test_every_construct_can_be_measured_in_every_version(study: Study) -> None:
    for version in study.versions:
        for construct, items in study.for_version(version).blocks(reflective_only=True).items():
            assert len(items) >= 3, (version, construct)


def test_model_goes_from_satisfaction_to_loyalty(study: Study) -> None:
    assert study.model()["Loyalty"] == ("Satisfaction", "Trust", "Switching")
    assert len(study.model()["Satisfaction"]) == 8
    assert set(study.for_version("core").model()["Satisfaction"]) == {
        "Delivery",
        "Quality",
        "Service",
        "Value",
    }
    assert study.thresholds.nps_item == "loy_recommend"


def test_nothing_is_missing_and_nothing_is_idle(study: Study) -> None:
    assert not_asked(study).empty
    assert without_use(study).empty
    status = coverage(study).set_index("concept").status
    assert set(status) == {"asked", "measured", "explained", "tested"}


@pytest.mark.parametrize(
    ("concept", "count"),
    [
        ("R24", 7),
        ("R26", 6),
        ("R52", 7),
        ("R53", 5),
        ("R57", 6),
        ("R30", 5),
        ("R28", 8),
        ("R27", 5),
        ("R46", 5),
    ],
)
def test_every_term_of_a_list_is_asked(study: Study, concept: str, count: int) -> None:
    table = coverage(study)
    terms = table[(table.parent == concept) & (table.status == "asked")]
    assert len(terms) >= count


def test_expectations_meet_experiences(study: Study) -> None:
    assert dict(study.expectation_pairs()) == {
        "exp_price": "price_overall",
        "exp_delivery": "del_overall",
        "exp_quality": "qual_overall",
        "exp_service": "srv_meets",
    }


def test_managers_predict_what_customers_answer(study: Study) -> None:
    asked = study.questionnaire("manager").by_id
    pairs = {q.id: q.predicts for q in asked.values() if q.predicts}
    assert set(pairs.values()) == {
        "sat_overall", "price_overall", "del_overall", "qual_overall", "srv_meets", "imp_pqds",
    }  # fmt: skip


def test_measures_of_loyalty_have_directions(study: Study) -> None:
    directions = {
        q.id: q.direction
        for q in study.questions.values()
        if any(c.startswith("R53") for c in q.concept) and q.direction
    }
    assert directions == {
        "own_count": "higher",
        "choose_time": "lower",
        "price_sense": "lower",
        "rival_pull": "lower",
        "fault_stay": "higher",
    }


def test_records_have_seven_delivery_and_seven_service_indicators(study: Study) -> None:
    assert [len(study.tables[t].measures) for t in ("delivery", "service")] == [7, 7]
    for table in study.tables.values():
        assert table.month and table.unit
        for measure in table.measures.values():
            assert measure.summary == "median" or measure.denominator
            assert measure.better in ("higher", "lower")


def test_cases_and_task(study: Study) -> None:
    fridge, car = study.choices["fridge"], study.choices["car"]
    prices = {
        t: [a.levels["price"] for a in study.choices[t].alternatives.values()] for t in ("fridge", "car")
    }
    assert [fridge.attributes["price"].levels[p].value for p in prices["fridge"]] == [3860, 4500]
    assert [car.attributes["price"].levels[p].value for p in prices["car"]] == [169_000, 172_000]
    assert study.choices["plan"].designed
    asked = study.questionnaire("yearly").questions
    order = [q.id for q in asked if q.type == "choice"]
    assert order == ["fridge_product", "fridge_service", "car_product", "car_service", "plans"]


def test_who_can_be_named_is_marked(study: Study) -> None:
    assert [q.id for q in study.questions.values() if q.pii] == ["contact_mail"]


def test_nothing_is_said_against_it(study: Study) -> None:
    assert not [f for f in check_study(study) if f.severity == "warning"]
