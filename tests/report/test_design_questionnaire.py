"""Notebook 01 for questionnaires of every type: form, routing in words, coverage, wording, flow, exports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat.report import design, open_page
from csat.report.design import coverage as told_coverage
from csat.report.design import exports, fieldwork, rehearsal, tracking, wording
from csat.report.design.conditions import condition_words
from csat.report.design.questionnaire import screens
from csat.report.language import Catalogue, read_section
from csat.report.page import Page
from csat.study import load_study
from csat.study.expressions import parse
from csat.study.field_plan import field_plan
from csat.study.questions import QUESTION_TYPES
from csat.study.wording import check_wording

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "01_survey_design.ipynb"
STUDY = "service_loyalty"
Run = Callable[..., tuple[BeautifulSoup, pd.DataFrame]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the notebook's code in this process; give what it showed and what it recorded."""

    def go(study: str, lang: str = "en", **parameters: Any) -> tuple[BeautifulSoup, pd.DataFrame]:
        shown: list[str] = []
        monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
        out = tmp_path / f"out-{lang}"
        space: dict[str, Any] = {}
        for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), space)
                if "parameters" in cell["metadata"].get("tags", ()):
                    space.update(study=study, lang=lang, out=str(out), **parameters)
        frame = pd.read_csv(out / "01_survey_design.metrics.csv", keep_default_na=False, na_values=[""])
        return BeautifulSoup("\n".join(shown), "html.parser"), frame

    return go


# ---- the whole page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_study_of_every_type_without_answers(run: Run, lang: str) -> None:
    page, frame = run(STUDY, lang, version="core")
    asked = load_study(STUDY).questionnaire("core")
    text = page.get_text(" ")
    assert not re.search(r"\bnan\b|\{|\}", text)
    assert len(page.find_all("fieldset")) == sum(question.asked for question in asked.questions)
    assert len(page.select("details.qf-module")) == len(asked.modules)
    assert page.find("script") is None
    counts = frame[frame["metric"] == "question_count"]["estimate"]
    assert counts.tolist() == [len(page.find_all("fieldset"))]
    assert {"minutes_median", "concept_count", "wording_finding_count", "power_path"} <= set(frame["metric"])
    assert set(frame.loc[frame["metric"] == "planned_n", "estimate"]) == {400}


def test_the_version_of_the_wave_is_shown_unless_another_is_asked_for() -> None:
    study = load_study(STUDY)
    assert design.open_bench(study).version == "yearly"
    assert design.open_bench(study).study.planned_n == 1000
    core = design.open_bench(study, version="core")
    assert (core.version, core.study.planned_n) == ("core", 400)
    lost = design.open_bench(study, version="lost")
    assert "before" in lost.study.say(lost.study.population, "en")
    assert len(lost.study.items) < len(study.items)


def test_a_study_without_versions_is_its_own_whole() -> None:
    bench = design.open_bench(load_study("mobile_ecsi"))
    assert bench.version == "" and len(bench.asked.questions) == 24


# ---- the form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_type_has_controls_and_every_control_a_name(lang: str) -> None:
    study = load_study(STUDY)
    form = BeautifulSoup(design.form(study, lang, "yearly"), "html.parser").form
    assert form is not None
    asked = study.questionnaire("yearly")
    assert {question.type for question in asked.questions} >= set(QUESTION_TYPES) - {"date"}
    for control in form.find_all(["input", "textarea"]):
        named = control.get("aria-label") or control.find_parent("label").get_text(strip=True)
        assert named, control
    for table in form.find_all("table"):
        assert table.caption and all(head.get("scope") and head.get_text(strip=True) for head in table("th"))
    ids = [element["id"] for element in form.find_all(id=True)]
    assert len(ids) == len(set(ids))
    fields = form.find_all("fieldset")
    questions = [question for question in asked.questions if question.asked]
    for field, question in zip(fields, questions, strict=True):
        assert field.has_attr("disabled")
        assert field.legend.get_text().endswith(question.wording[lang])
        if question.type == "multiple":
            assert len(field.find_all("input", type="checkbox")) == len(question.options)
        if question.type == "kano":
            assert question.negative[lang] in field.get_text()
            assert len({control["name"] for control in field.find_all("input")}) == 2
        if question.type == "best_worst":
            assert len(field.tbody.find_all("tr")) == len(question.sets[0])


def test_only_the_first_module_is_open() -> None:
    form = BeautifulSoup(design.form(load_study(STUDY), "en", "yearly"), "html.parser")
    modules = form.select("details.qf-module")
    assert [module.has_attr("open") for module in modules] == [True] + [False] * (len(modules) - 1)
    assert all(module.summary.get_text(strip=True) for module in modules)


def test_questions_on_one_screen_go_to_the_same_people() -> None:
    for screen in screens(load_study(STUDY), "en", version="yearly"):
        assert len({question.condition for question in screen.items}) == 1
        assert len(screen.items) <= 7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("problem = yes", "Had a problem is “Yes”"),
        ("role in (user, buyer)", "Role is “{user}” or “{buyer}”"),
        ("category_count >= 1", "Category purchases is at least 1"),
        ("not selected(told_whom, nobody)", "it is not so that “{nobody}” was chosen in Told whom"),
        ("answered(own_count) and problem = no", "Purchases from us was answered and Had a problem is “No”"),
        (
            "problem = yes and (own_count < 2 or own_count > 5)",
            "Had a problem is “Yes” and (Purchases from us is below 2 or Purchases from us is above 5)",
        ),
    ],
)
def test_routing_is_told_in_words(text: str, told: str) -> None:
    questions = load_study(STUDY).questionnaire("yearly").by_id
    labels = {
        option.code: option.label["en"]
        for name in ("role", "told_whom")
        for option in questions[name].options
    }
    assert condition_words(parse(text), questions, Catalogue("en", "design")) == told.format(**labels)
    chinese = condition_words(parse(text), questions, Catalogue("zh", "design"))
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert condition_words(None, questions, Catalogue("en", "design")) == ""


# ---- coverage, wording, exports, tracking, rehearsal -------------------------------------------------------


def opened(tmp_path: Path, study: str, lang: str = "en", version: str = "") -> tuple[Page, Any]:
    """Page and bench of a study."""
    bench = design.open_bench(load_study(study), version=version)
    return open_page("01_survey_design", bench.study, lang=lang, out=tmp_path), bench


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_coverage_is_shown_only_where_concepts_are_declared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
    page, bench = opened(tmp_path, "mobile_ecsi", lang)
    told_coverage.show_coverage(page, bench)
    assert len(shown) == 1 and 'class="absent"' in shown[0]
    shown.clear()
    page, bench = opened(tmp_path, STUDY, lang)
    told_coverage.show_coverage(page, bench)
    assert "145" in shown[0] and any("<details" in text for text in shown)


def test_acknowledged_wording_stands_apart(tmp_path: Path) -> None:
    study = load_study("mobile_ecsi")
    page = open_page("01_survey_design", study, lang="zh", out=tmp_path)
    found = [finding for finding in check_wording(study) if finding.lang == "zh"]
    table = wording.wording_table(page, study, found)
    assert list(table) == ["where", "rule", "finding", "todo"]
    assert table["finding"].str.contains(r"[\u4e00-\u9fff]").all()
    assert table["todo"].str.endswith(("。", "”", "…")).all()
    assert "acknowledged" in wording.wording_table(page, study, found, reasons=True)


def test_every_loss_of_an_export_is_told_in_chinese(tmp_path: Path) -> None:
    page, bench = opened(tmp_path, STUDY, "zh")
    table = exports.exports_table(page, bench)
    assert table["losses"].str.contains(r"[\u4e00-\u9fff]").all()
    assert not table["losses"].str.contains(r"[a-z]{3,} [a-z]{3,}").any()
    assert (table["files"] != "").all()
    traced = next(tmp_path.glob("exports/*.trace.csv"))
    assert {"question", "concept", "variable", "statistic", "figure"} <= set(pd.read_csv(traced))
    assert len(pd.read_csv(next(tmp_path.glob("exports/*.coverage.csv"))))


def test_exports_are_kept_and_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
    page, bench = opened(tmp_path, STUDY)
    formats = exports.export_links(page, bench)
    page.table("export.table", exports.exports_table(page, bench), formats=formats)
    linked = re.findall(r'<a href="([^"]+)">(\.[^<]+)</a>', shown[0])
    there = {f"exports/{path.name}" for path in (tmp_path / "exports").iterdir()}
    assert {target for target, _ in linked} == there
    assert all(target.endswith(ending) for target, ending in linked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_fieldwork_is_that_of_the_study_s_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
    page, bench = opened(tmp_path, STUDY, lang)
    design.show_fieldwork(page, design.make_plan(bench), bench)
    field = field_plan(bench.study)
    assert f"{field.cost.invited:,}" in shown[0] and "CNY" in shown[0] and "1.05" in shown[0]
    strata = fieldwork.strata_table(page, field.table())
    assert strata["answers"].sum() == field.n and set(strata["stratum"]) == set(field.strata)
    assert all(name in shown[1] for name in field.strata)
    shown.clear()
    page, bench = opened(tmp_path, "mobile_ecsi", lang)
    design.show_fieldwork(page, replace(design.make_plan(bench), frame_size=200), bench)
    assert len(shown) == 1 and "132" in shown[0] and "200" in shown[0]
    assert not fieldwork.census(replace(design.make_plan(bench), frame_size=20_000))


def test_a_plan_that_the_size_contradicts_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
    page, bench = opened(tmp_path, STUDY)
    few = replace(bench, study=replace(bench.study, planned_n=100))
    design.show_fieldwork(page, design.make_plan(few), few)
    assert len(shown) == 1 and "cannot be carried out" in shown[0]


def test_tracking_falls_with_the_root_of_the_run(tmp_path: Path) -> None:
    _, bench = opened(tmp_path, STUDY)
    plan = design.make_plan(bench)
    quantities = {f"{q.kind} {q.subject}": q for q in plan.quantities if q.kind == "nps"}
    rows = tracking.tracking(plan, bench, quantities)
    everyone = rows[rows["segment"] == ""].set_index("months")["estimate"]
    assert everyone[3] == pytest.approx(everyone[1] / 3**0.5)
    shares = tracking.segment_shares(bench)
    for segment in bench.study.segments:
        assert sum(v for k, v in shares.items() if k.startswith(f"{segment}=")) == pytest.approx(1, abs=0.01)


def test_the_rehearsal_says_what_the_size_can_be_trusted_with(tmp_path: Path) -> None:
    page, _ = opened(tmp_path, "mobile_ecsi")
    rows = pd.DataFrame(
        {
            "metric": "power_path",
            "subject": ["Image→Loyalty", "Image→Satisfaction"],
            "estimate": [0.5, 0.9],
            "n": 250,
        }
    )
    (key, values), *_ = rehearsal.rehearsal_bullets(page, rows, 250)
    assert key == "rehearsal.power_path" and values["safe"] == 1 and values["least"] == 0.5
    assert rehearsal.rehearsal_bullets(page, rows, 10)[0][0] == "rehearsal.too_small"


def test_both_languages_say_the_same_things() -> None:
    assert set(read_section("en", "design")) == set(read_section("zh", "design"))
