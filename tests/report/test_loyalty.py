"""Notebook 03: page one, honest wording, studies of every kind, the weak spots of known data."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat import stats
from csat.data import load_answers
from csat.report import executive, loyalty, measurement
from csat.report.loyalty import drivers, first, front, telling, telling_drivers, telling_first, words
from csat.report.loyalty.basis import Value, to_points, values_of
from csat.report.loyalty.bridge import bracket_edges, bracket_names
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.levels import top_box_from
from csat.report.loyalty.roles import roles_of
from csat.report.page import Page, open_page
from csat.study import load_study

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import report_sample  # noqa: E402
from study_files import minimal_study_of_the_doc, write_study  # noqa: E402

NOTEBOOK = ROOT / "notebooks" / "03_loyalty.ipynb"
JARGON = ("bootstrap", "α", "R²", "HTMT", "PLS", "VIF", "LMG", "relative weight", "自助法", "信度", "效度")
Run = Callable[..., tuple[BeautifulSoup, pd.DataFrame]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the notebook's code in this process; give what it showed and what it recorded."""

    @cache
    def go(study: str | Path, lang: str = "en", **parameters: Any) -> tuple[BeautifulSoup, pd.DataFrame]:
        shown: list[str] = []
        out = tmp_path_factory.mktemp("out")
        space: dict[str, Any] = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))
            for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), space)
                    if "parameters" in cell["metadata"].get("tags", ()):
                        told = {"study": str(study), "lang": lang, "out": str(out), "replicates": 200}
                        space.update(told | parameters)
        results = json.loads((out / "03_loyalty.results.json").read_text(encoding="utf-8"))
        assert results["done"] and results["fragments"]["executive"] in shown
        frame = pd.read_csv(out / "03_loyalty.metrics.csv", keep_default_na=False, na_values=[""])
        assert frame["method"].notna().all()
        assert (frame["ci_low"].isna() == frame["ci_high"].isna()).all()
        assert not (frame["ci_low"] > frame["ci_high"]).any()
        return BeautifulSoup("\n".join(shown), "html.parser"), frame

    return go


@pytest.fixture(scope="module")
def mobile() -> Findings:
    """The ECSI study, whose loyalty scale fails."""
    return loyalty.analyse(load_answers(load_study("mobile_ecsi")), replicates=400)


@pytest.fixture(scope="module")
def reputation() -> Findings:
    """The reputation study: composites, missing answers, more than three drivers, no expectations."""
    return loyalty.analyse(load_answers(load_study("corporate_reputation")), replicates=400)


@pytest.fixture
def page(mobile: Findings, tmp_path: Path) -> Page:
    """A page to write on."""
    return open_page("03_loyalty", answers=mobile.answers, out=tmp_path)


def text_of(soup: BeautifulSoup) -> str:
    """Text that a reader sees."""
    return re.sub(r"\s+", " ", soup.get_text(" "))


def first_page(soup: BeautifulSoup) -> str:
    """Text of page one."""
    section = soup.find("section", class_="executive")
    assert section is not None
    return re.sub(r"\s+", " ", section.get_text(" "))


def section(role: str, name: str, label: str = "") -> str:
    """A construct of a study."""
    return f'\n[constructs.{name}]\nlabel = "{label or name}"\nrole = "{role}"\n'


HEAD = """
title = "Guests"
languages = ["en"]
[[waves]]
id = "2026-10"
[data]
path = "answers.csv"
[scales.seven]
minimum = 1
maximum = 7
[scales.ten]
minimum = 0
maximum = 10
"""


def made(folder: Path, constructs: dict[str, tuple[str, int]], tail: str = "", **extra: Any) -> Path:
    """Write a study of constructs (role, items) on one factor, and answers that fit it."""
    head = str(extra.get("head", HEAD))
    toml = head + "".join(section(role, name) for name, (role, _) in constructs.items()) + tail
    facets = extra.get("facets", {})
    links = extra.get("links", {})
    lang = extra.get("lang", "en")
    rows = [f"item,construct,scale,facet,expectation,label_{lang},text_{lang}"]
    for name, (_, count) in constructs.items():
        for item in (f"{name.lower()}{i}" for i in range(1, count + 1)):
            scale = extra.get("scales", {}).get(item, "seven")
            rows.append(
                f"{item},{name},{scale},{facets.get(item, '')},{links.get(item, '')},{item},Ask {item}?"
            )
    write_study(folder, toml, "\n".join(rows) + "\n")
    rng = np.random.default_rng(4)
    n = int(extra.get("n", 120))
    factor = rng.normal(size=n)
    columns = {}
    for name, (_, count) in constructs.items():
        own = 0.7 * factor + 0.7 * rng.normal(size=n)
        for i in range(1, count + 1):
            item = f"{name.lower()}{i}"
            top = 10 if extra.get("scales", {}).get(item) == "ten" else 7
            point = top / 2 + 1 + own * top / 6 + rng.normal(size=n) * top / 8
            columns[item] = np.clip(np.rint(point), 0 if top == 10 else 1, top).astype(int)
    frame = pd.DataFrame(columns)
    for name, values in extra.get("columns", {}).items():
        frame[name] = values
    frame.to_csv(folder / "answers.csv", index=False)
    return folder


# ---- the studies that come with the suite ------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_weak_spots_of_the_classic_data_are_told(run: Run, lang: str) -> None:
    soup, frame = run("mobile_ecsi", lang)
    told, one = text_of(soup), first_page(soup)
    assert "0.44" in told and "0.70" in told and "0.96" in told
    item = {"en": "Price tolerance", "zh": "价格容忍度"}[lang]
    assert item in one
    assert {"en": "do not hang together", "zh": "并不一致"}[lang] in one
    assert {"en": "may be one opinion", "zh": "同一看法"}[lang] in one
    assert {"en": "discriminant validity fails", "zh": "区分效度不成立"}[lang] in told
    kept = frame.set_index(["metric", "subject"])["estimate"]
    assert kept["index_0_100_without_item", "CUSL2"] > 70 > kept["index_0_100", "Loyalty"]
    assert {"index_0_100", "nps", "quadrant_share", "zone_share", "relative_weight", "lmg", "path"} <= set(
        frame["metric"]
    )
    assert not {"alpha", "htmt", "ave", "loading"} & set(frame["metric"])


@pytest.mark.parametrize("study", ["mobile_ecsi", "corporate_reputation"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_one_has_no_jargon_and_all_its_parts(run: Run, study: str, lang: str) -> None:
    soup, _ = run(study, lang)
    one = first_page(soup)
    assert [word for word in JARGON if word.lower() in one.lower()] == []
    verdict = soup.select_one(".verdict")
    assert verdict is not None
    words = verdict.get_text()
    assert words.count("。" if lang == "zh" else ". ") <= 1 and len(words) < 180
    assert len(soup.select(".executive .card")) == 3
    assert len(soup.select(".executive .drivers li")) == 3
    assert len(soup.select(".executive .action dd")) == 2
    assert len(soup.select(".executive .quality dd")) == 7
    assert 1 <= len(soup.select(".executive .caveats li")) <= 5


def test_what_a_study_does_not_ask_is_said_in_a_sentence(run: Run) -> None:
    soup, frame = run("corporate_reputation")
    absent = [tag.get_text() for tag in soup.select(".absent")]
    assert len(absent) == 1 and "expected" in absent[0]
    assert not {"zone_share", "nps"} & set(frame["metric"])
    assert "The strongest part of loyalty" in first_page(soup)


def test_the_segment_is_named(run: Run) -> None:
    soup, frame = run("corporate_reputation", segment="servicetype=2")
    assert "Type of plan: Contract" in first_page(soup)
    assert set(frame["segment"]) == {"servicetype=2"}


# ---- studies of other kinds --------------------------------------------------------------------------------


def test_the_minimal_study_of_the_doc(run: Run, tmp_path: Path) -> None:
    toml, items = minimal_study_of_the_doc()
    folder = write_study(tmp_path / "cafe", toml, items)
    rng = np.random.default_rng(2)
    answers = np.clip(np.rint(4 + rng.normal(size=(60, 1)) + rng.normal(size=(60, 6))), 1, 7).astype(int)
    pd.DataFrame(answers, columns=["sat1", "sat2", "sat3", "loy1", "loy2", "loy3"]).to_csv(
        folder / "answers.csv", index=False
    )
    soup, frame = run(folder)
    assert "what drives it was not asked" in first_page(soup)
    assert len(soup.select(".absent")) >= 4
    assert ("path", "Satisfaction→Loyalty") in set(zip(frame["metric"], frame["subject"], strict=True))
    assert soup.select_one(".executive .action") is None


def test_drivers_without_paths_go_straight(run: Run, tmp_path: Path) -> None:
    folder = made(tmp_path / "s", {"Food": ("quality", 3), "Sat": ("satisfaction", 2), "Loy": ("loyalty", 2)})
    soup, frame = run(folder)
    told = text_of(soup)
    assert "one lever that the study asks about" in first_page(soup)
    assert "has no path from its drivers" in told and "by regression" in told
    assert {"mediation_indirect", "expected_gain", "item_gain"} <= set(frame["metric"])
    assert not {"path", "effect_through"} & set(frame["metric"])
    assert "declares no paths" in told


@pytest.mark.parametrize(
    ("constructs", "said"),
    [
        ({"Food": ("quality", 2), "Loy": ("loyalty", 2)}, "no questions about satisfaction"),
        ({"Food": ("quality", 2), "Sat": ("satisfaction", 2)}, "no questions about loyalty"),
        ({"Food": ("quality", 2), "Room": ("driver", 1)}, "neither satisfaction nor loyalty"),
        ({"Sat": ("satisfaction", 1), "Loy": ("loyalty", 1)}, "with one question"),
    ],
)
def test_missing_roles_are_told(
    run: Run, tmp_path: Path, constructs: dict[str, tuple[str, int]], said: str
) -> None:
    soup, _ = run(made(tmp_path / "s", constructs))
    assert said in text_of(soup)
    assert soup.select_one(".executive .verdict") is not None


def test_pairs_of_expectation_without_the_direct_question(run: Run, tmp_path: Path) -> None:
    constructs = {
        "Hope": ("expectation", 2),
        "Food": ("quality", 2),
        "Sat": ("satisfaction", 2),
        "Loy": ("loyalty", 2),
    }
    links = {"food1": "hope1", "food2": "hope2"}
    soup, frame = run(made(tmp_path / "s", constructs, links=links))
    told = text_of(soup)
    assert "no direct question on whether expectations were met" in told
    assert "it is context, not a lever" in told
    assert "gap:affection" in set(frame["subject"])
    assert not any(str(subject).startswith("Hope→") for subject in frame["subject"])


def test_loyalty_is_never_explained_by_coming_back(run: Run, tmp_path: Path) -> None:
    constructs = {"Food": ("quality", 2), "Sat": ("satisfaction", 3), "Loy": ("loyalty", 2)}
    folder = made(tmp_path / "s", constructs, facets={"sat3": "repurchase", "loy1": "choose_again"})
    roles = roles_of(load_study(folder))
    assert roles.blocks["Sat"] == ("sat1", "sat2") and roles.set_aside == ("sat3",)
    assert roles.blocks["Loy"] == ("loy1", "loy2")
    soup, _ = run(folder)
    assert "asks about coming back, which is loyalty itself" in text_of(soup)


def test_simulated_weighted_small_and_on_other_scales(run: Run, tmp_path: Path) -> None:
    head = HEAD.replace('title = "Guests"', 'title = "Guests"\nsimulated = true').replace(
        'path = "answers.csv"', 'path = "answers.csv"\nweight_column = "w"'
    )
    constructs = {"Food": ("quality", 2), "Sat": ("satisfaction", 2), "Loy": ("loyalty", 2)}
    tail = '\n[thresholds]\nnps_item = "loy2"\n'
    weights = {"w": np.where(np.arange(25) % 2, 1.6, 0.4)}
    folder = made(
        tmp_path / "s",
        constructs,
        tail,
        head=head,
        n=25,
        columns=weights,
        scales={"loy2": "ten", "sat2": "ten"},
    )
    soup, frame = run(folder)
    one = first_page(soup)
    assert "simulated" in one and "Only 25 answers" in one and "worth 18 equal answers" in one
    assert "Net Promoter Score" in one and "do not compare" not in one
    assert "fewer than 30" in text_of(soup)
    assert frame.loc[frame["metric"] == "index_0_100", "estimate"].between(0, 100).all()


def test_texts_of_the_study_are_escaped(run: Run, tmp_path: Path) -> None:
    folder = report_sample.write_study(tmp_path / "sample")
    rng = np.random.default_rng(3)
    points = np.clip(np.rint(3 + 0.8 * rng.normal(size=(80, 1)) + rng.normal(size=(80, 6))), 1, 5).astype(int)
    answers = pd.DataFrame(points, columns=["q1", "q2", "s1", "s2", "l1", "l2"])
    answers.assign(plan="a").to_csv(folder / "answers.csv", index=False)
    soup, _ = run(folder)
    assert soup.find("script") is None and soup.find("b") is None
    assert "<script>alert('x')</script>" in text_of(soup)


def test_drivers_that_cannot_be_told_apart_do_not_break_the_page(run: Run, tmp_path: Path) -> None:
    constructs = {
        "Food": ("quality", 1),
        "Room": ("driver", 1),
        "Sat": ("satisfaction", 2),
        "Loy": ("loyalty", 2),
    }
    folder = made(tmp_path / "s", constructs)
    frame = pd.read_csv(folder / "answers.csv")
    frame["room1"] = 8 - frame["food1"]
    frame.loc[0, "room1"] = np.nan
    frame.to_csv(folder / "answers.csv", index=False)
    try:
        soup, _ = run(folder)
    except Exception as error:  # the loader may refuse it outright, naming the items
        assert "food1" in str(error) and "room1" in str(error)
    else:
        assert "could not be computed" in text_of(soup)


def arrows(*pairs: tuple[str, str]) -> str:
    """Paths of a study."""
    return "\n[model]\npaths = " + json.dumps([" -> ".join(pair) for pair in pairs]) + "\n"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("constructs", "paths"),
    [
        (
            {"Sat": ("satisfaction", 2), "Com": ("complaint", 2), "Loy": ("loyalty", 2)},
            [("Sat", "Loy"), ("Sat", "Com"), ("Com", "Loy")],
        ),
        ({"Food": ("quality", 2), "Sat": ("satisfaction", 2)}, [("Food", "Sat")]),
        ({"Sat": ("satisfaction", 2), "Trust": ("trust", 2)}, [("Sat", "Trust")]),
    ],
)
def test_models_without_a_way_to_one_end(
    run: Run,
    tmp_path: Path,
    constructs: dict[str, tuple[str, int]],
    paths: list[tuple[str, str]],
    lang: str,
) -> None:
    head = HEAD.replace('languages = ["en"]', f'languages = ["{lang}"]')
    folder = made(tmp_path / "s", constructs, arrows(*paths), head=head, lang=lang)
    soup, frame = run(folder, lang)
    kept = set(zip(frame["metric"], frame["subject"], strict=True))
    assert {("path", stats.arrow(*pair)) for pair in paths} <= kept
    captions = [tag.get_text() for tag in soup.select("caption")]
    ends = {target for _, target in paths}
    caption = {"en": "Total effects on satisfaction and loyalty", "zh": "对满意与忠诚的总效应"}[lang]
    assert any(caption in one for one in captions) == bool(ends & {"Sat", "Loy"})


def test_negative_zero_and_minus_are_written_as_everywhere(mobile: Findings, page: Page) -> None:
    table = mobile.structure.mediation.copy()
    table.loc[table["metric"] == "effect_through", ["estimate", "ci_low", "ci_high"]] = (-0.001, -0.1, 0.1)
    structure = dataclasses.replace(mobile.structure, mediation=table)
    listed = telling_drivers.mediation_values(page, dataclasses.replace(mobile, structure=structure))[
        "listed"
    ]
    assert "(0.00)" in listed and "-" not in listed
    gains = told_with(mobile, (-0.04, -1.0, 1.0), 0.5)
    listed = telling_first.gain_values(page, gains)["listed"]
    assert "(0.0)" in listed and "-0" not in listed
    listed = telling_first.gain_values(page, told_with(mobile, (-2.0, -3.0, -1.0), 0.5))["listed"]
    assert "(−2.0)" in listed


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_study_without_satisfaction_and_loyalty_says_each_thing_once(
    run: Run, tmp_path: Path, lang: str
) -> None:
    head = HEAD.replace('languages = ["en"]', f'languages = ["{lang}"]')
    constructs = {"Calm": ("other", 3), "Open": ("other", 3)}
    soup, _ = run(made(tmp_path / "s", constructs, head=head, lang=lang), lang)
    absent = [tag.get_text() for tag in soup.select(".absent")]
    assert not any(one == two for one, two in pairwise(absent))
    assert {"en": "nothing to disprove", "zh": "没有可推翻的结论"}[lang] in text_of(soup)
    zones = {"en": "none that set expectations against experience", "zh": "没有可将期望与体验对照"}[lang]
    assert sum(zones in one for one in absent) == 1
    assert {"en": "Not measured", "zh": "未测量"}[lang] not in first_page(soup)
    assert soup.select(".executive .card") == []


def test_the_heading_of_the_figures_counts_them(run: Run, tmp_path: Path) -> None:
    soup, _ = run(made(tmp_path / "s", {"Food": ("quality", 2), "Sat": ("satisfaction", 2)}))
    one = first_page(soup)
    assert "Three figures" not in one and "In figures" in one and one.count("Not measured") == 1
    assert "no questions about loyalty, and none that set expectations" in text_of(soup)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_one_gives_the_gain_of_both_candidates(mobile: Findings, tmp_path: Path, lang: str) -> None:
    page = open_page("03_loyalty", answers=mobile.answers, lang=lang, out=tmp_path)
    found = told_with(mobile, (3.0, 2.0, 4.0), 0.45)
    drivers_ = dataclasses.replace(found.drivers, order=("Value", *found.first.order[:2]))
    told = front.page_one(page, dataclasses.replace(found, drivers=drivers_))
    assert told.action is not None
    other = found.first.gain(found.first.order[1], found.roles.target)
    assert "3.0 (2.0–4.0)" in told.action.gain and f"{other.estimate:.1f} (" in told.action.gain
    note = {"en": "The list goes by importance", "zh": "名单按重要性排列"}[lang]
    assert note in told.drivers_intro
    assert all(page.label(name) in told.drivers_intro for name in found.first.order[:2])
    assert note not in front.page_one(page, told_with(mobile, (3.0, 2.0, 4.0), 0.97)).drivers_intro


def test_the_headline_of_the_curve_follows_the_text(mobile: Findings, page: Page) -> None:
    bend, curve = mobile.bridge.bend.copy(), mobile.bridge.curve.copy()
    bounds = ["estimate", "ci_low", "ci_high"]
    bend.loc[bend["subject"] == "squared", bounds] = (0.01, 0.005, 0.02)
    for free, head in (((0.3, 0.1, 0.5), "faster the higher"), ((0.1, -0.1, 0.3), "is open")):
        curve.loc[curve["metric"] == "curve_bend", bounds] = free
        bridge = dataclasses.replace(mobile.bridge, bend=bend, curve=curve)
        assert head in telling.curve_values(page, dataclasses.replace(mobile, bridge=bridge))["message"]


def test_zones_that_a_line_describes_as_well_are_no_headline(mobile: Findings, page: Page) -> None:
    table = mobile.bridge.zones["gap"].copy()
    table.loc[table["metric"] == "zone_p", "estimate"] = 0.001
    for steps, line, head in ((0.4, 0.5, "as well described by a straight line"), (0.5, 0.4, "best zone")):
        table.loc[(table["metric"] == "zone_r_squared") & (table["subject"] == "steps"), "estimate"] = steps
        table.loc[(table["metric"] == "zone_r_squared") & (table["subject"] == "line"), "estimate"] = line
        assert head in telling.zones_values(page, table)["message"]


def test_notes_explain_only_columns_that_are_there(run: Run, tmp_path: Path) -> None:
    constructs = {"Food": ("quality", 2), "Sat": ("satisfaction", 2), "Loy": ("loyalty", 2)}
    folder = made(tmp_path / "s", constructs, arrows(("Food", "Sat"), ("Sat", "Loy")))
    told = text_of(run(folder)[0])
    assert "Straight: driver" in told and "Past it" not in told
    assert "Top three" not in told and "three largest" not in told
    full = text_of(run("mobile_ecsi")[0])
    assert "Past it: whatever" in full


def test_many_names_are_counted_and_equal_bases_are_equal(page: Page) -> None:
    items = list(page.study.items)
    assert len(words.some_names(page, items[:5])) == 5
    assert words.some_names(page, items[:23])[4:] == ["19 more"]
    assert words.base(page, [411, 411.0]) == "n = 411"
    assert words.base(page, [411, float("nan"), 380]) == "n ≥ 380"


def test_brackets_have_readable_names() -> None:
    assert bracket_names([-1e-06, 8.33333, 100.000001]) == ["0–8.3", "8.3–100"]
    assert bracket_names([50.0, 50.01, 50.02]) == ["50–50.01", "50.01–50.02"]


# ---- verdicts of notebook 02 -------------------------------------------------------------------------------


def test_verdicts_of_notebook_02_are_used_when_they_are_there(mobile: Findings, tmp_path: Path) -> None:
    answers = mobile.answers
    sample = stats.bootstrap(answers.scored, None, replicates=100)
    assessment = measurement.assess(sample, answers.study)
    care = measurement.carelessness(answers, sample, assessment)
    verdicts = assessment.verdicts
    marked = verdicts.assign(reliability=verdicts["reliability"].replace("not_usable", "weak"))
    measurement.write_for_next(tmp_path, answers, sample, marked, care)
    read = loyalty.analyse(answers, tmp_path, replicates=100)
    assert read.verdicts_read and not mobile.verdicts_read
    assert read.verdict("Loyalty", "reliability") == "weak"
    assert mobile.verdict("Loyalty", "reliability") == "not_usable"


# ---- numbers -----------------------------------------------------------------------------------------------


def test_effects_through_satisfaction_add_up_from_the_specific_ones(reputation: Findings) -> None:
    found, roles = reputation.structure, reputation.roles
    specific = values_of(found.model, "indirect_effect")
    through = values_of(found.mediation, "effect_through")
    past = values_of(found.mediation, "effect_past")
    total = values_of(found.model, "total_effect")
    assert len(through) == 6
    for name in found.mediated:
        chains = [key.split("→") for key in specific]
        ways = [
            specific["→".join(chain)].estimate
            for chain in chains
            if chain[0] == name and chain[-1] == roles.loyalty and roles.satisfaction in chain[1:-1]
        ]
        whole = total[f"{name}→{roles.loyalty}"].estimate
        assert through[f"{name}→CUSA→CUSL"].estimate == pytest.approx(sum(ways), abs=1e-12)
        assert past[f"{name}→CUSL"].estimate == pytest.approx(whole - sum(ways), abs=1e-12)


def test_no_way_past_satisfaction_where_the_model_has_none(mobile: Findings) -> None:
    assert list(values_of(mobile.structure.mediation, "effect_past")) == ["Image→Loyalty"]


def test_item_gains_are_for_one_point_of_the_items_scale(mobile: Findings) -> None:
    items, driver = mobile.first.items, mobile.first.driver
    gains = values_of(items, "item_gain")
    weight = value = 0.0
    for gain in gains.values():
        value += gain.estimate * 9 / 100
    weight = values_of(mobile.first.target, "importance")[f"{driver}→Satisfaction"].estimate
    assert value == pytest.approx(weight, abs=1e-9)


def test_what_it_takes_to_see_a_gain() -> None:
    assert first.needed(Value(4.0, n=250.0), 2.0) == 1000
    assert np.isnan(first.needed(Value(4.0, n=250.0), -1.0))


def test_the_chance_of_the_top_three() -> None:
    draws = np.array([[4.0, 3, 2, 1], [4, 3, 1, 2], [1, 2, 3, 4], [4, 3, 2, 1]])
    assert drivers._top_set(draws, list("abcd"), list("abcd")) == 0.5
    assert np.isnan(drivers._top_set(draws[:, :3], list("abc"), list("abc")))


def test_brackets_hold_everybody_and_never_cut_through_a_value() -> None:
    rng = np.random.default_rng(0)
    for values in (rng.integers(1, 8, 300) / 6 * 100 - 100 / 6, rng.normal(60, 15, 400).clip(0, 100)):
        edges = np.array(bracket_edges(values))
        assert edges[0] <= values.min() and edges[-1] >= values.max()
        assert (np.diff(edges) > 0).all() and 3 <= len(edges) - 1 <= 8
        assert np.abs(values[:, None] - edges[None, 1:-1]).min() > 1e-7


def test_points_and_top_box(mobile: Findings) -> None:
    assert to_points(pd.DataFrame({"a": [1.0, 4.0, 7.0]}), {"a": (1, 7)})["a"].tolist() == [0, 50, 100]
    assert top_box_from(mobile.study, "CUSL1") == 9
    limits = dataclasses.replace(mobile.study.thresholds, top_box_min=8)
    assert top_box_from(dataclasses.replace(mobile.study, thresholds=limits), "CUSL1") == 8


def test_complaints_that_follow_satisfaction_are_no_driver(mobile: Findings, reputation: Findings) -> None:
    assert mobile.roles.drivers == ("Image", "Quality", "Value")
    assert "Complaints" in mobile.roles.predictors and mobile.roles.context == ("Expectation",)
    assert "SC" not in reputation.roles.drivers and "SC" in reputation.roles.predictors


# ---- honest wording ----------------------------------------------------------------------------------------


def told_with(
    found: Findings, gain: tuple[float, float, float], chance: float, overlap: bool = True
) -> Findings:
    """Findings with another gain and another chance of the first driver, and perhaps without its twin."""
    table = found.first.target.copy()
    name = found.first.driver
    at = (table["metric"] == "expected_gain") & (table["subject"] == stats.arrow(name, found.roles.target))
    table.loc[at, ["estimate", "ci_low", "ci_high"]] = gain
    table.loc[(table["metric"] == "probability_first") & (table["subject"] == name), "estimate"] = chance
    verdicts = found.verdicts if overlap else found.verdicts.assign(overlaps="")
    return dataclasses.replace(found, first=dataclasses.replace(found.first, target=table), verdicts=verdicts)


@pytest.mark.parametrize(
    ("gain", "chance", "kind", "said"),
    [
        ((3.0, 2.0, 4.0), 0.97, "clear", "improve “Perceived quality” first."),
        ((3.0, 2.0, 4.0), 0.97, "overlap", "looks like the best place to start."),
        ((3.0, 2.0, 4.0), 0.70, "likely", "looks like the best place to start."),
        ((3.0, 2.0, 4.0), 0.45, "open", "whether to start with “Perceived quality” or “Image” is open."),
        ((1.0, -0.5, 2.0), 0.97, "none", "no driver is proven to move it."),
    ],
)
def test_the_verdict_changes_with_the_evidence(
    mobile: Findings, page: Page, gain: tuple[float, float, float], chance: float, kind: str, said: str
) -> None:
    found = told_with(mobile, gain, chance, overlap=kind != "clear")
    assert telling_first.priority_kind(found) == kind
    assert front.verdict(page, found).endswith(said)
    action = front.page_one(page, found).action
    assert action is not None
    if kind == "none":
        assert "Do not spend" in action.text and "includes zero" in action.gain and not action.disproof
    else:
        assert action.gain and action.disproof


def test_a_gain_that_these_answers_cannot_show_is_called_so(mobile: Findings, page: Page) -> None:
    small = front.page_one(page, told_with(mobile, (1.0, 0.5, 1.5), 0.97)).action
    large = front.page_one(page, told_with(mobile, (9.0, 8.0, 10.0), 0.97)).action
    assert small is not None and "Caution" in small.disproof and "3,4" in small.disproof
    assert large is not None and "such a change would show" in large.disproof


@pytest.mark.parametrize(
    ("gap", "standing"),
    [((-8.0, -10.0, -6.0), "lower"), ((8.0, 6.0, 10.0), "higher"), ((-1.0, -3.0, 1.0), "close together")],
)
def test_satisfaction_and_loyalty_are_compared_by_the_interval(
    reputation: Findings, tmp_path: Path, gap: tuple[float, float, float], standing: str
) -> None:
    page = open_page("03_loyalty", answers=reputation.answers, out=tmp_path)
    table = reputation.levels.gap.copy()
    table.loc[0, ["estimate", "ci_low", "ci_high"]] = gap
    found = dataclasses.replace(reputation, levels=dataclasses.replace(reputation.levels, gap=table))
    assert standing in front.verdict(page, found)
    key = telling.levels_said(page, found)[0][0]
    assert key == {"lower": "levels.gap_lower", "higher": "levels.gap_higher"}.get(
        standing, "levels.gap_same"
    )


@pytest.mark.parametrize(
    ("through", "past", "kind"),
    [
        (Value(0.2, 0.1, 0.3), Value(0.1, -0.1, 0.3), "full"),
        (Value(0.2, 0.1, 0.3), Value(), "full"),
        (Value(0.2, 0.1, 0.3), Value(0.2, 0.1, 0.3), "partial"),
        (Value(0.2, 0.1, 0.3), Value(-0.2, -0.3, -0.1), "opposed"),
        (Value(0.1, -0.1, 0.3), Value(0.2, 0.1, 0.3), "none"),
    ],
)
def test_kinds_of_mediation(through: Value, past: Value, kind: str) -> None:
    assert telling_drivers.mediation_kind(through, past) == kind


@pytest.mark.parametrize(
    ("square", "bend", "kind"),
    [
        ((0.01, 0.005, 0.02), (0.3, 0.1, 0.5), "up"),
        ((-0.01, -0.02, -0.005), (-0.3, -0.5, -0.1), "down"),
        ((0.0, -0.01, 0.01), (0.0, -0.3, 0.3), "straight"),
        ((0.0, -0.01, 0.01), (-0.3, -0.5, -0.1), "open"),
    ],
)
def test_a_curve_is_bent_only_when_the_interval_says_so(
    mobile: Findings, square: tuple[float, ...], bend: tuple[float, ...], kind: str
) -> None:
    tables = {"bend": mobile.bridge.bend.copy(), "curve": mobile.bridge.curve.copy()}
    for name, metric, subject, values in (
        ("bend", "quadratic", "squared", square),
        ("curve", "curve_bend", "slope high-low", bend),
    ):
        table = tables[name]
        at = (table["metric"] == metric) & (table["subject"] == subject)
        table.loc[at, ["estimate", "ci_low", "ci_high"]] = values
    found = dataclasses.replace(mobile, bridge=dataclasses.replace(mobile.bridge, **tables))
    assert telling.curve_kind(found) == kind


def test_chances_are_never_certain(page: Page) -> None:
    from csat.report.loyalty.words import odds

    assert odds(page, 1.0) == "more than 99%" and odds(page, 0.0) == "less than 1%"
    assert odds(page, 0.424) == "42%"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_single_driver_has_no_share_of_importance(mobile: Findings, tmp_path: Path, lang: str) -> None:
    page = open_page("03_loyalty", answers=mobile.answers, lang=lang, out=tmp_path)
    one = dataclasses.replace(mobile.drivers, order=mobile.drivers.order[:1])
    (card,) = front.top_drivers(page, dataclasses.replace(mobile, drivers=one))
    assert card.importance == "" and card.performance
    assert {"en": "the only driver measured", "zh": "唯一测量的驱动因素"}[lang] in card.note
    told = front.page_one(page, dataclasses.replace(mobile, drivers=one))
    shown = text_of(BeautifulSoup(executive.render(told, page.words), "html.parser"))
    assert {"en": "importance", "zh": "重要性"}[lang] not in shown.split(card.note)[0]
    assert all(card.importance for card in front.top_drivers(page, mobile))


def test_page_one_is_escaped(mobile: Findings, page: Page) -> None:
    fragment = executive.render(front.page_one(page, mobile), page.words)
    assert BeautifulSoup(fragment, "html.parser").find("section", class_="executive") is not None
    assert "<script" not in fragment


def test_key_numbers_are_text_with_three_decimals(mobile: Findings) -> None:
    lines = loyalty.key_numbers(mobile).splitlines()
    assert lines[0] == "n 250"
    assert "relative_weight Quality→Satisfaction 0.323" in loyalty.key_numbers(mobile)
    assert all(
        re.fullmatch(r".* -?\d+\.\d{3} \[(nan|-?\d+\.\d{3}), (nan|-?\d+\.\d{3})\]", one) for one in lines[1:]
    )


@pytest.mark.parametrize(
    ("second", "key"), [((0.45, 0.37, 0.54), "parts.alike"), ((0.15, 0.05, 0.25), "parts.linked")]
)
def test_parts_are_ranked_only_where_they_differ(
    second: tuple[float, float, float], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "write", lambda page, value: "")
    rows = [("Sat~again", 0.46, 0.38, 0.55), ("Sat~recommend", *second)]
    parts = pd.DataFrame(rows, columns=["subject", "estimate", "ci_low", "ci_high"])
    parts = parts.assign(metric="correlation", n=100, method="")
    page, found = SimpleNamespace(label=str), SimpleNamespace(levels=SimpleNamespace(parts=parts))
    assert [said[0] for said in telling._part_links(page, found)] == [key]  # type: ignore[arg-type]
