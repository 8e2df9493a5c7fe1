"""The section on weights of notebook 02: what is shown, recorded and warned of."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat.data import load_answers
from csat.report.analysed import only_analysed
from csat.report.loyalty.basis import prepare
from csat.report.measurement.weights import drift_rows, margin_rows, show_weights, weighting_of
from csat.report.page import Page, open_page
from csat.study import load_study
from csat.study.definition import Study

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from study_files import TOML, answers_frame, write_answers, write_study  # noqa: E402

WEIGHTS = """
[weights]
[weights.targets.site]
1 = 0.6
2 = 0.4
"""


def study_with(folder: Path, weights: str, n: int = 300) -> Study:
    write_study(folder, TOML + weights)
    frame = answers_frame(n)
    site = np.random.default_rng(4).choice(["1", "2"], n, p=[0.3, 0.7])
    site[:5] = ""
    write_answers(folder, frame.assign(site=site))
    return load_study(folder)


def shown(
    study: Study, out: Path, monkeypatch: pytest.MonkeyPatch, lang: str = "en"
) -> tuple[BeautifulSoup, Page]:
    """Section of the latest wave, and its page."""
    fragments: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: fragments.append(fragment))
    answers = load_answers(study)
    page = open_page("02_measurement", answers=answers, lang=lang, out=out)
    show_weights(page, study, answers)
    return BeautifulSoup("".join(fragments), "html.parser"), page


def recorded(page: Page) -> pd.Series:
    """Recorded estimates by metric and subject."""
    page.finish()
    frame = pd.read_csv(page.out / "02_measurement.metrics.csv")
    return frame.set_index(["metric", "subject"])["estimate"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_raked_wave(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_with(tmp_path / "guests", WEIGHTS)
    found, page = shown(study, tmp_path / "out", monkeypatch, lang)
    text = found.get_text(" ")
    assert ("Weights" if lang == "en" else "权数") in found.find("h2").get_text()
    assert ("raking" if lang == "zh" else "Raking") in text
    captions = [caption.get_text() for caption in found.find_all("caption")]
    assert len(captions) == 2  # margins, and drift over the two waves
    assert found.find("figure") is not None
    assert page.warnings == []
    rows = recorded(page)
    assert rows["weighted_share", "site=1"] == pytest.approx(0.6)
    assert rows["target_share", "site=2"] == pytest.approx(0.4)
    assert rows["unweighted_share", "site=1"] < 0.45
    assert rows["design_effect", "weights"] > 1.05
    assert {"2026-09", "2026-10"} <= set(rows["wave_design_effect"].index)
    assert rows["wave_weighting_effect"].notna().all()


def test_missed_targets_are_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_with(tmp_path / "guests", WEIGHTS.replace("[weights]\n", "[weights]\nupper = 1.1\n", 1))
    found, page = shown(study, tmp_path / "out", monkeypatch)
    assert "do not meet their targets" in page.warnings[0]
    assert "held at its bound" in found.get_text(" ")


def test_without_weights_there_is_no_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_with(tmp_path / "guests", "")
    found, _ = shown(study, tmp_path / "out", monkeypatch)
    assert found.get_text() == ""
    assert weighting_of(load_answers(study)) is None


def test_small_groups_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "guests"
    write_study(folder, TOML + WEIGHTS)
    frame = answers_frame(300)
    site = np.where(np.arange(300) % 100 == 0, "1", "2")
    write_answers(folder, frame.assign(site=site))
    study = load_study(folder)
    _, page = shown(study, tmp_path / "out", monkeypatch)
    rows = recorded(page)
    assert rows[["unweighted_share", "weighted_share"]].drop("site=2", level="subject").isna().all()
    assert margin_rows(load_answers(study).weighting)["estimate"].notna().all()  # type: ignore[arg-type]


def test_weights_that_came_with_the_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "guests"
    toml = TOML.replace('respondent_column = "guest"', 'respondent_column = "guest"\nweight_column = "w"')
    write_study(folder, toml)
    write_answers(folder, answers_frame(120).assign(w=np.linspace(0.5, 2, 120)))
    study = load_study(folder)
    found, _ = shown(study, tmp_path / "out", monkeypatch)
    assert "came with the answers" in found.get_text(" ")
    drift = drift_rows(study, load_answers(study))
    assert set(drift["subject"]) == {"2026-09", "2026-10"}


def test_strata_and_clusters_go_with_the_respondents_analysed(tmp_path: Path) -> None:
    study = study_with(tmp_path / "guests", "")
    answers = load_answers(study)
    scored = answers.scored.copy()
    scored.iloc[:7, 0] = np.nan
    names = np.arange(answers.n).astype(str).astype(object)
    answers = replace(answers, scored=scored, strata=names, clusters=names)
    used = only_analysed(answers, "listwise")
    assert used.strata is not None
    assert used.clusters is not None
    assert used.strata.tolist() == used.clusters.tolist() == names[7:].tolist()


def test_loyalty_takes_the_design_into_account(tmp_path: Path) -> None:
    study = study_with(tmp_path / "guests", "")
    answers = load_answers(study)
    clusters = (np.arange(answers.n) // 10).astype(str).astype(object)
    plain, tied = prepare(answers, 50), prepare(replace(answers, clusters=clusters), 50)
    assert plain.design == {"weights": None, "strata": None, "clusters": None}
    assert tied.sample.sums.n_groups == 20
    assert tied.sample.designed
    assert not plain.sample.designed
