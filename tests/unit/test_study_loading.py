"""The studies that come with the project, and what a study answers about itself."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from csat.study import StudyError, list_studies, load_study, project_root
from csat.study.definition import Study, wave_kind


@pytest.fixture(scope="module")
def ecsi() -> Study:
    return load_study("mobile_ecsi")


@pytest.fixture(scope="module")
def reputation() -> Study:
    return load_study("corporate_reputation")


def test_ecsi_model_is_that_of_tenenhaus(ecsi: Study) -> None:
    assert {c: len(items) for c, items in ecsi.blocks().items()} == {
        "Image": 5,
        "Expectation": 3,
        "Quality": 7,
        "Value": 2,
        "Satisfaction": 3,
        "Complaints": 1,
        "Loyalty": 3,
    }
    assert ecsi.model() == {
        "Expectation": ("Image",),
        "Quality": ("Expectation",),
        "Value": ("Expectation", "Quality"),
        "Satisfaction": ("Image", "Expectation", "Quality", "Value"),
        "Complaints": ("Satisfaction",),
        "Loyalty": ("Image", "Satisfaction", "Complaints"),
    }
    assert ecsi.expectation_pairs() == (("CUEX1", "PERQ1"), ("CUEX3", "PERQ6"))
    assert not ecsi.simulated
    assert ecsi.waves[-1].id == "2005"


def test_reputation_model_is_the_extended_one(reputation: Study) -> None:
    drivers = ("QUAL", "PERF", "CSOR", "ATTR")
    assert reputation.model() == {
        "COMP": drivers,
        "LIKE": drivers,
        "CUSA": ("COMP", "LIKE"),
        "CUSL": ("COMP", "LIKE", "CUSA"),
    }
    assert {c for c in reputation.constructs if reputation.constructs[c].mode == "composite"} == set(drivers)
    assert "SC" not in reputation.model_blocks()
    assert set(reputation.blocks(reflective_only=True)) == {"COMP", "LIKE", "CUSA", "CUSL", "SC"}


@pytest.mark.parametrize("name", ["mobile_ecsi", "corporate_reputation", "service_loyalty"])
def test_shipped_studies_are_complete(name: str) -> None:
    study = load_study(name)
    assert set(study.languages) == {"en", "zh"}
    for item in study.items.values():
        assert set(item.label) == set(item.wording) == {"en", "zh"}
        assert len(item.label["en"]) <= 24
        assert len(item.label["zh"]) <= 12
        assert item.facet
        ends = {int(study.scale_of(item.id).minimum), int(study.scale_of(item.id).maximum)}
        assert ends <= set(study.scale_of(item.id).labels_in("zh"))
    assert study.population["zh"]
    assert study.source["en"]


def test_studies_are_listed_and_found(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"mobile_ecsi", "corporate_reputation"} <= set(list_studies(root))
    monkeypatch.chdir(root / "notebooks")
    assert load_study("mobile_ecsi").folder == root / "studies" / "mobile_ecsi"
    assert load_study(root / "studies" / "mobile_ecsi").id == "mobile_ecsi"
    assert load_study("studies/mobile_ecsi/study.toml").id == "mobile_ecsi"
    monkeypatch.chdir(tmp_path)
    assert project_root() == root
    assert load_study("studies/mobile_ecsi").id == "mobile_ecsi"
    monkeypatch.setenv("CSAT_ROOT", str(tmp_path))
    assert list_studies() == ()
    monkeypatch.setenv("CSAT_ROOT", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="CSAT_ROOT"):
        project_root()


def test_labels_and_wording(ecsi: Study, reputation: Study) -> None:
    assert ecsi.label("Loyalty", "zh") == "顾客忠诚"
    assert ecsi.label("CUSL3") == "Would recommend"
    assert ecsi.wording("CUSA1").endswith("?")
    assert ecsi.wording("Image", "zh")
    assert ecsi.wording("Complaints") == ""
    assert reputation.label("servicetype=2", "en") == "Type of plan: Contract"
    assert reputation.label("servicetype=9", "en") == "Type of plan: 9"
    for ask in (ecsi.label, ecsi.wording, ecsi.scale_of):
        with pytest.raises(KeyError, match="mobile_ecsi"):
            ask("nothing")


def test_language_that_the_study_lacks(ecsi: Study) -> None:
    assert ecsi.require_language("zh") == "zh"
    with pytest.raises(StudyError, match=r'no language "de".*Allowed: en, zh'):
        ecsi.require_language("de")


def test_waves(ecsi: Study) -> None:
    assert ecsi.wave("").id == ecsi.wave(2005).id == "2005"
    with pytest.raises(StudyError, match='no wave "2006"'):
        ecsi.wave("2006")
    names = ["2005", "2026-Q3", "2026-Q5", "2026-10", "2026-13", "2026-1", "pilot", "202610"]
    kinds = ["year", "quarter", "label", "month", "label", "label", "label", "label"]
    assert [wave_kind(n) for n in names] == kinds


def test_roles(ecsi: Study) -> None:
    assert [c.id for c in ecsi.by_role("satisfaction", "loyalty")] == ["Satisfaction", "Loyalty"]
    assert list(ecsi.blocks(role="image")) == ["Image"]
    assert list(ecsi.blocks(role=("image", "value"))) == ["Image", "Value"]


def test_without_items(ecsi: Study) -> None:
    smaller = ecsi.without(["CUSCO", "CUEX1", "CUSL3"])
    assert "Complaints" not in smaller.constructs
    assert smaller.model()["Loyalty"] == ("Image", "Satisfaction")
    assert smaller.items["PERQ1"].expectation is None
    assert smaller.thresholds.nps_item is None
    assert smaller.constructs["Loyalty"].items == ("CUSL1", "CUSL2")
    assert ecsi.without([]) is ecsi


def test_studies_and_errors_travel_between_processes(ecsi: Study) -> None:
    assert pickle.loads(pickle.dumps(ecsi)) == ecsi
    error = StudyError.single("a", "b", "c", "d", "e")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.problems) == (str(error), error.problems)
