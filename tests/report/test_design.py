"""Notebook 01: what it tells of studies of every kind, and that its numbers are right."""

from __future__ import annotations

import ast
import json
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat.data import DataError
from csat.report import design, open_page
from csat.report.design import sample_plan, traceability
from csat.report.design.questionnaire import screens
from csat.report.language import read_section
from csat.report.page import Page
from csat.study import Finding, check_study, checks, flow, load_study

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from study_files import ITEMS, TOML, minimal_study_of_the_doc, write_answers, write_study  # noqa: E402

NOTEBOOK = ROOT / "notebooks" / "01_survey_design.ipynb"
NO_DATA = re.sub(r"\[data\].*?(?=\[scales)", "", TOML, flags=re.S)
KINDS = """
[scales.words]
minimum = 1
maximum = 3
[scales.words.labels]
en = { 1 = "bad", 2 = "so", 3 = "good" }
zh = { 1 = "差", 2 = "中", 3 = "好" }
[scales.slider]
minimum = 0
maximum = 100
kind = "continuous"
[scales.long]
minimum = 0
maximum = 100
"""
Run = Callable[..., tuple[BeautifulSoup, pd.DataFrame]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the notebook's code in this process; give what it showed and what it recorded."""

    def go(study: str | Path, lang: str = "en", **parameters: Any) -> tuple[BeautifulSoup, pd.DataFrame]:
        shown: list[str] = []
        monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
        out = tmp_path / f"out-{lang}"
        space: dict[str, Any] = {}
        for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), space)
                if "parameters" in cell["metadata"].get("tags", ()):
                    space.update(study=str(study), lang=lang, out=str(out), **parameters)
        results = json.loads((out / "01_survey_design.results.json").read_text(encoding="utf-8"))
        assert results["done"]
        frame = pd.read_csv(out / "01_survey_design.metrics.csv", keep_default_na=False, na_values=[""])
        return BeautifulSoup("\n".join(shown), "html.parser"), frame

    return go


def number(frame: pd.DataFrame, metric: str, subject: str) -> float:
    """One estimate of the recorded metrics."""
    found = frame.loc[(frame["metric"] == metric) & (frame["subject"] == subject), "estimate"]
    assert len(found) == 1, (metric, subject)
    return float(found.iloc[0])


# ---- studies of every kind ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("study", ["mobile_ecsi", "corporate_reputation"])
def test_the_studies_of_the_suite(run: Run, study: str, lang: str) -> None:
    page, frame = run(study, lang)
    assert len(page.find_all("figure")) == 4
    assert len(page.find_all("table")) == {"mobile_ecsi": 17, "corporate_reputation": 18}[study]
    text = page.get_text(" ")
    assert not re.search(r"\bnan\b|None|\{|\}", text)
    asked = load_study(study)
    assert number(frame, "item_count", "study") == len(asked.items)
    assert number(frame, "path_count", "study") == len(asked.paths)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_study_without_answers_is_planned_cautiously(run: Run, tmp_path: Path, lang: str) -> None:
    page, frame = run(write_study(tmp_path / "guests", NO_DATA), lang)
    sd = math.sqrt((7**2 - 1) / 12)
    fpc = math.sqrt((5000 - 120) / (5000 - 1))
    assert number(frame, "margin_of_error_mean", "1-7") == pytest.approx(1.959964 * sd / math.sqrt(120) * fpc)
    assert number(frame, "planning_sd_index", "Sat") == pytest.approx(100 / math.sqrt(12))
    assert set(frame["n"].dropna()) >= {50, 100, 120, 200}
    assert "5,000" in page.get_text()
    assert "margin_of_error_nps" not in set(frame["metric"])
    widths = frame[frame["metric"] == "alpha_interval_width"]
    assert widths["method"].str.contains("Feldt").all()
    assert widths["method"].str.contains("alpha assumed 0.7").all()


def test_a_study_in_one_language_with_two_constructs_and_no_paths(run: Run, tmp_path: Path) -> None:
    toml, items = minimal_study_of_the_doc()
    study = load_study(write_study(tmp_path / "minimal", toml, items))
    bare = re.sub(r"\[model\].*?(?=\n\[|\Z)", "", toml, flags=re.S)
    page, frame = run(write_study(tmp_path / "bare", bare, items), study.language)
    assert number(frame, "path_count", "study") == 0
    assert "no paths between constructs" in page.get_text() or study.language != "en"
    assert len(page.find_all("figure")) == 3


def test_single_items_only_and_no_role_of_the_story(run: Run, tmp_path: Path) -> None:
    toml = NO_DATA.replace('role = "satisfaction"', 'role = "driver"').replace(
        'role = "loyalty"', 'role = "other"'
    )
    items = "\n".join(line for line in ITEMS.splitlines() if line[:2] in ("it", "s1", "l1")) + "\n"
    page, frame = run(write_study(tmp_path / "single", toml, items))
    text = page.get_text(" ")
    assert "no construct in the role of satisfaction" in text
    assert "no reliability to plan for" in text
    assert "alpha_interval_width" not in set(frame["metric"])
    assert not frame["metric"].str.endswith("_index").any()


def test_items_that_stand_alone_and_no_planned_size(run: Run, tmp_path: Path) -> None:
    toml = re.sub(r"frame_size.*\nplanned_n.*\n", "", NO_DATA)
    page, frame = run(write_study(tmp_path / "alone", toml, ITEMS + "age,,,Age,年龄,How old?,多大？\n"))
    assert "stands alone" in page.get_text()
    assert number(frame, "margin_of_error_proportion", "p=0.5") == pytest.approx(0.05, abs=2e-4)
    assert set(frame.loc[frame["metric"] == "sample_size", "estimate"]) == {1068, 385, 97}


def test_a_segment_is_planned_by_its_own_answers(run: Run, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests")
    write_answers(folder)
    _, frame = run(folder, wave="2026-10", segment="site=1")
    planned = frame[(frame["metric"] == "margin_of_error_mean") & ~frame["subject"].str.contains("@")]
    assert planned["n"].tolist() == [20]
    assert set(frame["segment"]) == {"site=1"}


def test_answers_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests")
    page, _ = run(folder)
    assert "could not be used for planning" in page.get_text()
    assert "answers.csv" in page.get_text()
    with pytest.raises(DataError, match="nowhere"):
        run(folder, data="nowhere.csv")


def test_a_plan_for_the_whole_frame(run: Run, tmp_path: Path) -> None:
    toml = NO_DATA.replace("frame_size = 5000", "frame_size = 120")
    _, frame = run(write_study(tmp_path / "census", toml))
    assert number(frame, "margin_of_error_mean", "1-7") == 0
    assert frame["n"].max() == 120


# ---- numbers -----------------------------------------------------------------------------------------------


def test_the_plan_of_the_mobile_study(run: Run) -> None:
    """Standard errors from the answers themselves; alpha's interval as R's psych::alpha.ci has it."""
    _, frame = run("mobile_ecsi")
    bench = design.open_bench(load_study("mobile_ecsi"))
    assert bench.answers is not None
    raw = bench.answers.raw
    sd = math.sqrt(raw.var().mean())
    assert number(frame, "planning_sd_mean", "1-10") == pytest.approx(sd)
    assert number(frame, "margin_of_error_mean", "1-10") == pytest.approx(1.959964 * sd / math.sqrt(250))
    change = (1.959964 + 0.841621) * sd * math.sqrt(2 / 250)
    assert number(frame, "minimum_detectable_change_mean", "1-10") == pytest.approx(change, rel=1e-6)
    score = 100 * ((raw["CUSL3"] >= 9).astype(float) - (raw["CUSL3"] <= 6))
    assert number(frame, "margin_of_error_nps", "CUSL3") == pytest.approx(
        1.959964 * score.std(ddof=0) / math.sqrt(250), rel=1e-6
    )
    assert number(frame, "margin_of_error_proportion", "p=0.5") == pytest.approx(0.0619795, abs=1e-6)
    # psych::alpha(mobi[, paste0("IMAG", 1:5)])$feldt: 0.65 0.71 0.77
    image = frame[(frame["metric"] == "alpha_interval_width") & (frame["subject"] == "Image")].iloc[0]
    assert image[["ci_low", "ci_high"]].tolist() == pytest.approx([0.6544, 0.7668], abs=5e-5)
    assert image["estimate"] == pytest.approx(image["ci_high"] - image["ci_low"])


def test_tracking_power_as_published() -> None:
    """NPS of 50 % promoters and 20 % detractors: n = 100 sees 31 points, 400 sees 15.5, 1,000 sees 9.8."""
    nps = sample_plan.Quantity("nps", "recommend", 78.1, "cautious", 1)
    plan = sample_plan.Plan(100, "planned", None, (nps,), 1.0)
    rows = sample_plan.curves(plan, [100, 400, 1000])
    change = rows[rows["metric"] == "minimum_detectable_change_nps"]
    assert change["estimate"].round(1).tolist() == [30.9, 15.5, 9.8]
    assert change["subject"].tolist() == ["recommend", "recommend@400", "recommend@1000"]
    margin = rows[rows["metric"] == "margin_of_error_nps"]["estimate"]
    assert round(float(margin.iloc[0]), 1) == 15.3


def test_weights_widen_the_margins(tmp_path: Path) -> None:
    toml = TOML.replace('path = "answers.csv"', 'path = "answers.csv"\nweight_column = "w"')
    folder = write_study(tmp_path / "weighted", toml)
    path = write_answers(folder)
    frame = pd.read_csv(path).assign(w=lambda f: [1 + (i % 2) * 2 for i in range(len(f))])
    frame.to_csv(path, index=False)
    bench = design.open_bench(load_study(folder))
    plan = design.make_plan(bench)
    assert plan.design_effect == pytest.approx(1.25)
    page = open_page("01_survey_design", answers=bench.answers, out=tmp_path)
    assert "plan.weighted" in [key for key, _ in design.plan_basis(page, plan, bench)]


# ---- the questionnaire -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["mobile_ecsi", "corporate_reputation"])
def test_the_form_shows_every_question_and_no_construct(name: str, lang: str) -> None:
    study = load_study(name)
    form = BeautifulSoup(design.form(study, lang), "html.parser").form
    assert form is not None
    fields = form.find_all("fieldset")
    assert len(fields) == len(study.items)
    for field, item in zip(fields, study.items.values(), strict=True):
        assert field.has_attr("disabled")
        assert field.legend.get_text().endswith(study.wording(item.id, lang))
        buttons = field.find_all("input", type="radio")
        assert [int(b["value"]) for b in buttons] == list(study.scale_of(item.id).points)
        assert len({b["name"] for b in buttons}) == 1
        assert all(b.parent.name == "label" and b.parent.get_text(strip=True) for b in buttons)
    markup = str(form)
    assert not any(f'"{item}"' in markup or f">{item}<" in markup for item in study.items)
    questions = [study.wording(item, lang) for item in study.items]
    leads = [study.wording(construct, lang) for construct in study.constructs]
    rest = form.get_text(" ")
    for known in sorted([*questions, *leads, study.say(study.introduction, lang)], key=len, reverse=True):
        rest = rest.replace(known, "")
    ends = {text for scale in study.scales.values() for text in scale.labels_in(lang).values()}
    for known in sorted(ends, key=len, reverse=True):
        rest = rest.replace(known, "")
    assert not any(study.label(construct, lang) in rest for construct in study.constructs)


def test_texts_of_a_study_cannot_become_markup(tmp_path: Path, run: Run) -> None:
    evil = "<script>alert(1)</script>"
    toml = NO_DATA.replace('"Satisfaction"', f'"{evil}"').replace('1 = "No"', f'1 = "{evil}"')
    items = ITEMS.replace("I am satisfied.", evil).replace("S one", evil[:20])
    page, _ = run(write_study(tmp_path / "evil", toml, items))
    assert page.find("script") is None
    assert evil in page.get_text()


def test_scales_of_every_kind(tmp_path: Path) -> None:
    toml = NO_DATA + KINDS
    items = ITEMS.replace("item,construct,", "item,construct,scale,").replace(",Sat,", ",Sat,agree,")
    items = items.replace(",Loy,", ",Loy,agree,").replace("l1,Loy,agree", "l1,Loy,words")
    items = items.replace("l2,Loy,agree", "l2,Loy,slider").replace("l3,Loy,agree", "l3,Loy,long")
    form = BeautifulSoup(
        design.form(load_study(write_study(tmp_path / "kinds", toml, items)), "en"), "html.parser"
    )
    words, slider, long = form.find_all("fieldset")[3:]
    assert [label.get_text(" ", strip=True) for label in words.find_all("label")] == [
        "1 bad",
        "2 so",
        "3 good",
    ]
    for field in (slider, long):
        assert (field.input["type"], field.input["min"], field.input["max"]) == ("number", "0", "100")
        assert "0 to 100" in field.label.get_text()


def test_long_blocks_are_split_evenly() -> None:
    sizes = [len(screen.items) for screen in screens(load_study("corporate_reputation"), "en")]
    assert sizes[:2] == [4, 4]
    assert max(sizes) <= 7
    assert sum(sizes) == 35


# ---- design checks and hypotheses --------------------------------------------------------------------------


def rules() -> set[str]:
    """Rules of csat.study.checks and csat.study.flow, read from their source."""
    tree = ast.parse(Path(checks.__file__).read_text(encoding="utf-8"))
    nodes = [*ast.walk(tree), *ast.walk(ast.parse(Path(flow.__file__).read_text(encoding="utf-8")))]
    calls = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Finding"]
    return {str(ast.literal_eval(call.args[1])) for call in calls}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_rule_is_told_in_every_language(lang: str) -> None:
    words = read_section(lang, "design")
    for rule in rules():
        assert words[f"check.{rule}.message"], rule
        assert words[f"check.{rule}.todo"], rule


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_findings_are_told_with_their_values(tmp_path: Path, lang: str) -> None:
    toml = NO_DATA.replace('role = "satisfaction"', 'role = "driver"').replace(
        "planned_n = 120", "planned_n = 5"
    )
    toml = toml.replace(
        "[model]", '[constructs.Alone]\nlabel = { en = "Alone", zh = "单独" }\nrole = "other"\n[model]'
    )
    items = (
        ITEMS
        + "a1,Alone,,A label that is far too long to fit,很长很长很长很长很长很长很长,I am satisfied.,abc\n"
    )
    study = load_study(write_study(tmp_path / "weak", toml, items))
    page = open_page("01_survey_design", study, lang=lang, out=tmp_path)
    findings = check_study(study)
    told = design.findings_table(page, findings)
    assert len(told) == len(findings)
    assert not told["finding"].str.contains(r"[{}]").any()
    assert {"few_items", "no_role", "planned_n", "same_wording", "long_label"} <= {
        finding.rule for finding in findings
    }
    if lang == "zh":
        assert told["finding"].str.contains(r"[\u4e00-\u9fff]").all()


def test_a_finding_of_an_unknown_rule_is_told_as_it_is(tmp_path: Path) -> None:
    page = open_page("01_survey_design", load_study("mobile_ecsi"), out=tmp_path)
    told = design.findings_table(page, [Finding("note", "new_rule", "Image", "says so")])
    assert told.loc[0, "finding"] == "says so"
    assert told.loc[0, "where"] == "Image"


def test_hypotheses_name_what_leads_to_satisfaction_and_loyalty(tmp_path: Path) -> None:
    page = open_page("01_survey_design", load_study("mobile_ecsi"), out=tmp_path)
    told = [page.t(key, **values) for key, values in design.hypotheses(page)]
    assert told[0] == (
        "Satisfaction is thought to follow from Image, Expectations, Perceived quality and Perceived value."
    )
    assert told[1] == "Loyalty is thought to follow from Image, Satisfaction and Complaint handling."


# ---- from question to figure -------------------------------------------------------------------------------


def test_single_items_promise_no_reliability() -> None:
    uses = traceability.uses(load_study("mobile_ecsi"))
    assert set(uses.loc[uses["construct"] == "Complaints", "metric"]).isdisjoint(
        {"alpha", "omega", "loading"}
    )
    assert set(uses["item"]) == set(load_study("mobile_ecsi").items)


def test_items_in_a_row_are_written_as_a_range() -> None:
    order = ["a", "b", "c", "d", "e"]
    assert traceability._runs(["a", "b", "c", "e"], order) == ["a–c", "e"]
    assert traceability._runs(["a", "b", "d"], order) == ["a", "b", "d"]


@pytest.mark.slow
@pytest.mark.parametrize("study", ["mobile_ecsi", "corporate_reputation"])
def test_every_promised_number_is_published(published: Path, study: str) -> None:
    frames = [pd.read_csv(path, keep_default_na=False) for path in (published / study).glob("*/metrics.csv")]
    found = pd.concat(frames)
    there = set(zip(found["notebook"], found["metric"], found["subject"], strict=True))
    uses = traceability.uses(load_study(study))
    missing = [
        (row.notebook, row.metric, row.subject)
        for row in uses.itertuples(index=False)
        if (row.notebook, row.metric, row.subject) not in there
    ]
    assert not missing
