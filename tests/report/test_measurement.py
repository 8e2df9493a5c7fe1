"""Notebook 02: verdicts that follow from numbers, studies of every kind, the weak spots of known data."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat import stats
from csat.data import Answers, load_answers
from csat.report import loyalty, measurement
from csat.report.measurement import verdicts
from csat.report.measurement.assessment import Assessment, assess
from csat.report.measurement.careless import LEAST_ITEMS, carelessness
from csat.report.measurement.classes import answer_classes
from csat.report.measurement.distributions import category_shares, panels
from csat.report.measurement.factor_model import factor_model
from csat.report.measurement.telling import several_dimensions
from csat.report.page import Page
from csat.study import load_study
from csat.study.definition import Thresholds

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from study_files import (  # noqa: E402
    ITEMS,
    TOML,
    answers_frame,
    minimal_study_of_the_doc,
    write_answers,
    write_study,
)

NOTEBOOK = ROOT / "notebooks" / "02_measurement.ipynb"
LIMITS = Thresholds()
NAN = float("nan")
STUDENT_HEAD = "item,construct,label_en,text_en"
STUDENTS = """
title = "Students"
languages = ["en"]
[[waves]]
id = "2013"
[data]
path = "answers.csv"
[scales.agree]
minimum = 1
maximum = 5
[constructs.Course]
label = "Course"
role = "quality"
[constructs.Instructor]
label = "Instructor"
role = "driver"
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
                    told = {"study": str(study), "lang": lang, "out": str(out), "replicates": 200}
                    space.update(told | parameters)
        results = json.loads((out / "02_measurement.results.json").read_text(encoding="utf-8"))
        assert results["done"]
        frame = pd.read_csv(out / "02_measurement.metrics.csv", keep_default_na=False, na_values=[""])
        return BeautifulSoup("\n".join(shown), "html.parser"), frame

    return go


@pytest.fixture(scope="module")
def mobile() -> tuple[Answers, stats.Bootstrap, Assessment]:
    """The ECSI study with its assessment, from few replicates."""
    return assessed("mobile_ecsi")


@pytest.fixture(scope="module")
def reputation() -> tuple[Answers, stats.Bootstrap, Assessment]:
    """The reputation study, with composites and missing answers."""
    return assessed("corporate_reputation")


def assessed(study: str | Path) -> tuple[Answers, stats.Bootstrap, Assessment]:
    """Answers, bootstrap and assessment of a study."""
    answers = load_answers(load_study(study))
    sample = stats.bootstrap(answers.scored, answers.weights, replicates=400)
    return answers, sample, assess(sample, answers.study)


def number(frame: pd.DataFrame, metric: str, subject: str, method: str = "") -> float:
    """One estimate of the recorded metrics."""
    rows = (frame["metric"] == metric) & (frame["subject"] == subject)
    found = frame.loc[rows & frame["method"].str.contains(method, regex=False), "estimate"]
    assert len(found) == 1, (metric, subject)
    return float(found.iloc[0])


def verdict(found: Assessment, construct: str) -> pd.Series:
    """Verdict on one construct."""
    return found.verdicts.set_index("construct").loc[construct]


# ---- verdicts from numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alpha", "low", "high", "word"),
    [
        (0.87, 0.84, 0.90, "good"),
        (0.81, 0.68, 0.88, "acceptable"),
        (0.80, NAN, NAN, "good"),
        (0.70, 0.60, 0.78, "acceptable"),
        (0.69, 0.66, 0.72, "weak"),
        (0.55, 0.48, 0.61, "weak"),
        (0.55, 0.53, 0.57, "not_usable"),
        (0.44, 0.31, 0.55, "not_usable"),
        (0.44, NAN, NAN, "not_usable"),
    ],
)
def test_reliability_looks_at_both_ends(alpha: float, low: float, high: float, word: str) -> None:
    assert verdicts.reliability_verdict(alpha, low, high, LIMITS) == word


def test_reliability_goes_by_the_bars_of_the_study() -> None:
    strict = dataclasses.replace(LIMITS, reliability=0.90, reliability_high=0.95)
    assert verdicts.reliability_verdict(0.87, 0.84, 0.90, strict) == "weak"
    assert verdicts.reliability_verdict(0.75, 0.70, 0.79, strict) == "not_usable"


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [
        (0.60, 0.45, 0.74, "distinct"),
        (0.80, 0.62, 0.97, "unclear"),
        (0.88, 0.80, 0.95, "unclear"),
        (0.957, 0.77, 1.13, "not_distinct"),
        (0.84, NAN, NAN, "distinct"),
        (NAN, NAN, NAN, ""),
    ],
)
def test_distinct_needs_the_whole_interval(value: float, low: float, high: float, word: str) -> None:
    assert verdicts.discriminant_verdict(value, low, high, LIMITS) == word


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [
        (0.58, 0.51, 0.64, "met"),
        (0.52, 0.47, 0.57, "unclear"),
        (0.40, 0.33, 0.46, "missed"),
        (NAN,) * 3 + ("",),
    ],
)
def test_convergence_looks_at_both_ends(value: float, low: float, high: float, word: str) -> None:
    assert verdicts.convergent_verdict(value, low, high, LIMITS.ave) == word


# ---- the weak spots of the classic data --------------------------------------------------------------------


def test_loyalty_of_the_mobile_study_is_no_index(
    mobile: tuple[Answers, stats.Bootstrap, Assessment],
) -> None:
    row = verdict(mobile[2], "Loyalty")
    assert row["alpha"] == pytest.approx(0.441717, abs=1e-6)
    assert row["reliability"] == "not_usable"
    assert (row["index"], row["drivers"], row["model"]) == ("no", "no", "no")
    assert row["drop_item"] == "CUSL2"
    assert row["alpha_without"] == pytest.approx(0.69532, abs=1e-6)
    assert row["heywood"] == "CUSL3"
    assert "Satisfaction" in row["overlaps"].split()
    assert row["htmt"] == pytest.approx(0.956646, abs=1e-6)


def test_the_other_constructs_of_the_mobile_study(
    mobile: tuple[Answers, stats.Bootstrap, Assessment],
) -> None:
    found = mobile[2]
    words = dict(zip(found.verdicts["construct"], found.verdicts["reliability"], strict=True))
    assert words == {
        "Image": "acceptable",
        "Expectation": "not_usable",
        "Quality": "good",
        "Value": "good",
        "Satisfaction": "acceptable",
        "Complaints": "",
        "Loyalty": "not_usable",
    }
    assert verdict(found, "Complaints")["kind"] == "single"
    assert verdict(found, "Value")["model"] == "yes"
    assert verdict(found, "Quality")["drivers"] == "care"


def test_a_gain_within_noise_names_no_item(mobile: tuple[Answers, stats.Bootstrap, Assessment]) -> None:
    """Without CUEX3 alpha would be .057 higher, but that interval holds zero."""
    assert verdict(mobile[2], "Expectation")["drop_item"] == ""


def test_composites_and_constructs_outside_the_model(
    reputation: tuple[Answers, stats.Bootstrap, Assessment],
) -> None:
    found = reputation[2]
    assert verdict(found, "QUAL")["kind"] == "composite"
    assert not set(found.reliability["subject"]) & {"QUAL", "PERF", "CSOR", "ATTR", "CUSA"}
    assert verdict(found, "SC")["ave"] == pytest.approx(0.634174, abs=1e-4)
    outer = found.outer[found.outer["subject"] == "SC"]
    assert outer["method"].str.contains("one factor").all()
    matrix = measurement.fornell_larcker(found)
    assert np.isfinite(matrix.loc["SC", "COMP"])
    assert np.isnan(matrix.loc["COMP", "SC"])


# ---- what came in ------------------------------------------------------------------------------------------


def test_items_in_numbers(reputation: tuple[Answers, stats.Bootstrap, Assessment]) -> None:
    answers, sample, _ = reputation
    statistics = measurement.item_statistics(answers, sample)
    came = measurement.intake(answers, statistics)
    assert (came.missing, came.most_missing) == (11, "cusl_2")
    assert came.floor == ("attr_2",)
    assert came.ceiling[0] == "cusl_3"
    table = measurement.item_table(answers, statistics).set_index("item")
    assert (table["off_scale"] == 0).all()
    assert table.loc["cusa", "n"] == 343
    assert table.loc["attr_2", "floor"] == pytest.approx(152 / 344)
    assert table.loc["comp_1", "sd"] == pytest.approx(answers.raw["comp_1"].std())


def test_answers_are_cut_into_panels(reputation: tuple[Answers, stats.Bootstrap, Assessment]) -> None:
    cut = panels(reputation[0])
    assert [item for panel in cut for item in panel.items] == list(reputation[0].raw.columns)
    assert max(len(panel.items) for panel in cut) <= 16
    assert cut[-1].constructs == ("SC",) and list(cut[-1].shares.columns) == ["1", "2", "3", "4", "5"]
    for panel in cut:
        assert np.allclose(panel.shares.sum(axis=1), 1)
    assert cut[0].upper["qual_1"] == pytest.approx((reputation[0].raw["qual_1"] >= 5).mean())


def test_the_first_sentence_does_not_pass_over_misfit_and_overlap(run: Run, tmp_path: Path) -> None:
    for lang, told in (
        ("en", "The scales hold in part, and the factor model keeps only"),
        ("zh", "而且因子模型"),
    ):
        page, _ = run("mobile_ecsi", lang)
        assert told in page.find("p").get_text()
    page, _ = run("corporate_reputation")
    assert "keeps only" in page.find("p").get_text()


def test_alpha_well_above_omega_hints_at_several_dimensions(
    mobile: tuple[Answers, stats.Bootstrap, Assessment],
) -> None:
    found = mobile[2]
    assert several_dimensions(found) == []
    rows = found.reliability.copy()
    low = (rows["metric"] == "omega") & (rows["subject"] == "Quality")
    rows.loc[low, ["estimate", "ci_low", "ci_high"]] = [0.70, 0.66, 0.74]
    assert several_dimensions(dataclasses.replace(found, reliability=rows)) == ["Quality"]


def test_no_answer_is_best_where_the_construct_has_no_better_end(run: Run, tmp_path: Path) -> None:
    toml = re.sub(r"\[model\].*", "", TOML, flags=re.S).replace('role = "loyalty"', 'role = "other"')
    folder = write_study(tmp_path / "neutral", toml, ITEMS)
    write_answers(folder, answers_frame().assign(l1=lambda f: np.where(f.index % 2, 7, f["l1"])))
    text = run(folder)[0].get_text(" ")
    assert "gave the highest answer" in text
    assert not re.search("L one.*best possible", text)


def test_listwise_deletion_is_told_where_it_bites(run: Run) -> None:
    complete = int(assessed("corporate_reputation")[0].scored.notna().all(axis=1).sum())
    page, rows = run("corporate_reputation", missing="listwise")
    for metric in ("item_mean", "item_sd", "ceiling_share"):
        assert set(rows.loc[rows["metric"] == metric, "n"]) == {complete}
    text = page.get_text(" ")
    assert f"{complete} respondents are analysed" in text
    assert "did not answer everything" in text
    ledger = page.find("table").get_text(" ")
    assert f"Respondents analysed {complete} respondents" in re.sub(r"\s+", " ", ledger)


@pytest.mark.parametrize(
    ("low", "high", "step", "names"),
    [
        (1, 100, 1, ["1–25", "26–50", "51–75", "76–100"]),
        (0, 100, 1, ["0–24", "25–49", "50", "51–75", "76–100"]),
        (1, 12, 1, ["1–3", "4–6", "7–9", "10–12"]),
        (0, 100, 20, ["0", "20", "40", "60", "80", "100"]),
        (0, 100, 0.5, ["0–<25", "25–<50", "50", ">50–75", ">75–100"]),
        (0, 10, 0.3, ["0–<2.5", "2.5–<5", ">5–7.5", ">7.5–10"]),
    ],
)
def test_classes_of_a_wide_scale_keep_to_their_half(
    low: float, high: float, step: float, names: list[str]
) -> None:
    given = np.repeat(np.arange(low, high + 1e-9, step), 7)
    edges, told = answer_classes(low, high, (), given)
    assert told == names
    counts, _ = np.histogram(given, edges)
    half = len(told) // 2
    middle = (low + high) / 2
    assert counts.sum() == len(given)
    assert counts[-half:].sum() == (given > middle).sum()
    assert counts[:half].sum() == (given < middle).sum()


def test_values_that_few_gave_are_mirrored() -> None:
    assert answer_classes(0, 100, (), np.repeat([0.0, 20.0, 80.0], 9))[1] == ["0", "20", "80", "100"]


def test_fine_scales_are_shown_in_bands(tmp_path: Path) -> None:
    toml = TOML.replace("maximum = 7", 'maximum = 7\nkind = "continuous"')
    folder = write_study(tmp_path / "fine", toml, ITEMS)
    frame = answers_frame()
    write_answers(folder, frame.assign(s1=np.linspace(1, 7, len(frame)).round(2)))
    answers = load_answers(load_study(folder))
    shares = category_shares(answers, ["s1", "s3"])
    assert shares.columns[0] == "1–<2.5"
    assert np.allclose(shares.sum(axis=1), 1)
    (panel,) = panels(answers)
    assert panel.upper["s1"] == pytest.approx((answers.scored["s1"].dropna() > 4).mean())


# ---- careless answers --------------------------------------------------------------------------------------


def test_a_short_questionnaire_flags_nobody(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "short")
    write_answers(folder)
    answers, sample, found = assessed(folder)
    assert len(answers.study.items) < LEAST_ITEMS
    care = carelessness(answers, sample, found)
    assert not care.possible and care.flagged == 0 and care.effect.empty


def test_straight_liners_are_found_and_their_effect_is_told(run: Run, tmp_path: Path) -> None:
    items = ITEMS + "".join(f"x{i},Sat,,X {i},附{i},Text.,文字。\n" for i in range(6))
    frame = answers_frame(90).assign(**{f"x{i}": answers_frame(90, seed=9 + i)["s1"] for i in range(6)})
    frame.loc[:40, [c for c in frame if c[0] in "slx" and c != "site"]] = 7
    folder = write_study(tmp_path / "lazy", TOML, items)
    write_answers(folder, frame.assign(month="2026-10"))
    page, rows = run(folder)
    text = page.get_text(" ")
    assert number(rows, "careless_share", "straight_line") == pytest.approx(41 / 90)
    assert "one and the same answer to everything" in text
    assert "would leave" in text
    assert "cannot be taken at face value" in text and "could carry decisions" in text
    assert np.isfinite(number(rows, "alpha_without_flagged", "Loy"))
    assert number(rows, "index_0_100_without_flagged", "Loy") < 60


def test_page_one_counts_the_flagged_as_the_measurement_page_does(tmp_path: Path) -> None:
    answers, sample, found = assessed("mobile_ecsi")
    care = carelessness(answers, sample, found)
    told = loyalty.analyse(answers, replicates=60)
    assert round(told.careless.estimate * told.careless.n) == care.flagged > 0
    everybody = np.arange(answers.n) >= answers.n / 2
    narrow = told.levels.indices.assign(ci_low=-1.0, ci_high=-0.5)
    assert "Satisfaction" in measurement.indices_moved(answers, sample, everybody, narrow)
    wide = told.levels.indices.assign(ci_low=0.0, ci_high=100.0)
    assert measurement.indices_moved(answers, sample, everybody, wide) == []


@pytest.mark.slow
def test_straight_liners_of_real_data_are_not_hidden(run: Run, tmp_path: Path, shared: Path) -> None:
    """51 % of these respondents lift alpha from .949 to .983: a page that only says "good" would be wrong."""
    names = ["Course"] * 12 + ["Instructor"] * 16
    items = [f"Q{i},{name},Question {i},Text {i}" for i, name in enumerate(names, 1)]
    folder = write_study(tmp_path / "students", STUDENTS, "\n".join([STUDENT_HEAD, *items]) + "\n")
    page, rows = run(folder, data=str(shared / "data" / "turkiye_student_evaluation.csv"), replicates=50)
    assert number(rows, "alpha", "Course") == pytest.approx(0.98282, abs=1e-6)
    assert number(rows, "alpha_without_straight_liners", "Course") == pytest.approx(0.949, abs=5e-4)
    text = page.get_text(" ")
    assert "51% of the respondents gave one and the same answer" in text
    assert "Course from 0.983 to 0.949" in text


# ---- the factor model --------------------------------------------------------------------------------------


def test_the_factor_model_leaves_out_what_has_nothing_to_test(
    reputation: tuple[Answers, stats.Bootstrap, Assessment],
) -> None:
    model = factor_model(reputation[0])
    assert model.fit is not None and model.fit.left_out == ("CUSA",)
    assert number(model.table, "cfa_cfi", "model") == pytest.approx(0.9261395, abs=1e-6)
    loadings = model.fit.loadings
    own = loadings.loc[loadings["construct"] == "COMP", "estimate"]
    assert number(model.table, "cfa_ave", "COMP") == pytest.approx((own**2).mean())


def test_too_few_items_or_answers_give_a_reason(tmp_path: Path) -> None:
    lines = ITEMS.splitlines()
    folder = write_study(tmp_path / "two", TOML, "\n".join([lines[0], lines[1], lines[4]]) + "\n")
    write_answers(folder)
    assert factor_model(load_answers(load_study(folder))).absent == "few_items"
    few = answers_frame(24)
    for row, item in zip(range(8, 24), [*"ssssssll"] * 2, strict=True):
        few.loc[row, f"{item}{1 + row % 3}"] = -99
    folder = write_study(tmp_path / "few", TOML.partition("[model]")[0])
    write_answers(folder, few.loc[8:])
    assert factor_model(load_answers(load_study(folder))).absent == "few_answers"


# ---- what the next notebook needs --------------------------------------------------------------------------


def test_verdicts_come_back_from_their_file(
    mobile: tuple[Answers, stats.Bootstrap, Assessment], tmp_path: Path
) -> None:
    answers, sample, found = mobile
    care = carelessness(answers, sample, found)
    measurement.write_for_next(tmp_path, answers, sample, found.verdicts, care)
    read = measurement.verdicts_of(answers, sample, tmp_path)
    one, other = (frame.astype(object).where(frame.notna(), "") for frame in (read, found.verdicts))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_verdicts_of_other_answers_are_not_taken(
    mobile: tuple[Answers, stats.Bootstrap, Assessment],
    reputation: tuple[Answers, stats.Bootstrap, Assessment],
    tmp_path: Path,
) -> None:
    answers, sample, found = mobile
    care = carelessness(answers, sample, found)
    measurement.write_for_next(tmp_path, answers, sample, found.verdicts, care)
    built = measurement.verdicts_of(reputation[0], reputation[1], tmp_path)
    assert list(built["construct"]) == list(reputation[2].verdicts["construct"])
    late = dataclasses.replace(answers, sha256="another file")
    assert measurement.results_file.read_verdicts(tmp_path, late, sample) is None
    assert measurement.results_file.read_verdicts(tmp_path / "nowhere", answers, sample) is None


# ---- pages of studies of every kind ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("study", ["mobile_ecsi", "corporate_reputation"])
def test_the_studies_of_the_suite(run: Run, study: str, lang: str) -> None:
    page, frame = run(study, lang)
    text = page.get_text(" ")
    assert not re.search(r"\bnan\b|None|\{|\}", text)
    assert len(page.find_all("figure")) == (4 if study == "mobile_ecsi" else 7)
    assert all(table.find("caption").get_text(strip=True) for table in page.find_all("table"))
    assert not frame.duplicated(["metric", "subject", "method"]).any()
    asked = load_study(study)
    for construct in asked.constructs.values():
        assert asked.label(construct.id, lang) in text


def test_the_weak_spots_are_on_the_page_and_in_the_metrics(run: Run) -> None:
    page, frame = run("mobile_ecsi")
    text = page.get_text(" ")
    warnings = " ".join(box.get_text(" ") for box in page.find_all(class_="warning"))
    assert re.search(
        r"Do not use as an index:.*Loyalty \(α 0\.44 .*0\.70 without “Price tolerance \(CUSL2\)”", text
    )
    assert "Would recommend (CUSL3) has a loading of 1.09" in warnings
    assert "Satisfaction ↔ Loyalty (0.957" in warnings
    assert number(frame, "alpha_feldt", "Loyalty") == number(frame, "alpha", "Loyalty")
    assert number(frame, "alpha_if_dropped", "CUSL2") == pytest.approx(0.69532, abs=1e-6)
    assert number(frame, "one_factor_loading", "Loyalty→CUSL3") == pytest.approx(1.087015, abs=1e-5)
    assert number(frame, "htmt", "Satisfaction~Loyalty") == pytest.approx(0.9566457, abs=1e-6)
    assert number(frame, "loading", "Loyalty→CUSL2") == pytest.approx(0.202022, abs=1e-4)
    assert number(frame, "cfa_chisq_scaled", "model") == pytest.approx(407.54, abs=0.01)
    assert number(frame, "fornell_larcker", "Value") == pytest.approx(np.sqrt(number(frame, "ave", "Value")))


def test_the_minimal_study_of_the_documentation(run: Run, tmp_path: Path) -> None:
    toml, items = minimal_study_of_the_doc()
    folder = write_study(tmp_path / "minimal", toml, items)
    frame = answers_frame().rename(columns={"s1": "sat1", "s2": "sat2", "l1": "loy1", "l2": "loy2"})
    frame = frame.rename(columns={"l3": "loy3"}).assign(sat3=8 - frame["s3"])
    write_answers(folder, frame[["sat1", "sat2", "sat3", "loy1", "loy2", "loy3"]])
    page, rows = run(folder)
    assert "The only pair" in page.get_text()
    assert "too short" in page.get_text()
    assert np.isfinite(number(rows, "htmt", "Satisfaction~Loyalty"))


def test_single_questions_only(run: Run, tmp_path: Path) -> None:
    toml = re.sub(r"\[model\].*", "", TOML, flags=re.S).replace('"loyalty"', '"other"')
    toml = toml.replace('"satisfaction"', '"driver"')
    items = "\n".join(line for line in ITEMS.splitlines() if line[:2] in ("it", "s1", "l1")) + "\n"
    folder = write_study(tmp_path / "single", toml, items)
    write_answers(folder)
    for lang in ("en", "zh"):
        page, rows = run(folder, lang)
        assert "alpha" not in set(rows["metric"])
        assert not re.search(r"\bnan\b|None|\{|\}", page.get_text(" "))
    assert "无从检验" in page.get_text()


def test_composites_only_one_construct_and_items_that_stand_alone(run: Run, tmp_path: Path) -> None:
    toml = re.sub(r"\[constructs.Loy\].*?(?=\[segments)|\[model\].*", "", TOML, flags=re.S)
    toml = toml.replace('role = "satisfaction"', 'role = "satisfaction"\nmode = "composite"')
    folder = write_study(tmp_path / "composite", toml, ITEMS.replace(",Loy,", ",,"))
    write_answers(folder)
    page, rows = run(folder)
    assert "Other items" in page.get_text()
    assert "formed by its items" in page.get_text()
    assert not {"htmt", "alpha", "cfa_cfi"} & set(rows["metric"])


def test_labels_that_try_to_break_the_page(run: Run, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    toml = TOML.replace('en = "Satisfaction"', f'en = "{evil}{{x}} **b**"')
    folder = write_study(
        tmp_path / "evil", toml, ITEMS.replace("S one", evil).replace("L one", "$x^2$ & <b>")
    )
    write_answers(folder)
    page, _ = run(folder)
    assert not page.find_all(["script", "b"])
    assert evil in page.get_text()


def test_weights_segments_and_few_respondents(run: Run, tmp_path: Path) -> None:
    toml = TOML.replace('respondent_column = "guest"', 'respondent_column = "guest"\nweight_column = "w"')
    folder = write_study(tmp_path / "weighted", toml)
    write_answers(folder, answers_frame(72).assign(w=np.linspace(0.5, 2, 72)))
    page, rows = run(folder, segment="site=1")
    text = page.get_text(" ")
    assert "Only 24 respondents" in text
    assert "fitted to the weighted answers" in text
    assert set(rows["segment"]) == {"site=1"}
    assert rows.loc[rows["metric"] == "ceiling_share", "method"].str.contains("effective n").all()


def test_answers_of_few_are_not_shown_by_class(run: Run, tmp_path: Path) -> None:
    """A segment of 24 has means, but not the shares of each answer; an item that 8 answered has neither."""
    folder = write_study(tmp_path / "few", TOML.partition("[model]")[0])
    frame = answers_frame(72)
    wave = frame.index[frame["month"] == "2026-10"]
    frame.loc[wave[8:], "l3"] = np.nan
    write_answers(folder, frame)
    page, rows = run(folder)
    few = rows[(rows["subject"] == "l3") & rows["metric"].isin(("item_mean", "floor_share"))]
    assert len(few) == 2 and few["estimate"].isna().all()
    assert few["method"].str.contains("fewer than 10").all()
    write_answers(folder, answers_frame(72))
    page, rows = run(folder, segment="site=1")
    assert "shown from 30 answers on" in page.get_text(" ")
    assert rows.loc[rows["metric"] == "floor_share", "estimate"].isna().all()
    assert rows.loc[rows["metric"] == "item_mean", "estimate"].notna().all()
