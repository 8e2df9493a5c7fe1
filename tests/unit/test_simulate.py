"""What is put into a simulated population comes out of its answers."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.data import load_answers
from csat.errors import CsatError
from csat.study import Study, StudyError, load_study
from csat.study.simulate import (
    ChoiceTruth,
    QuestionTruth,
    RatingTruth,
    Truth,
    population_of,
    simulate,
    truth_of,
    waves_of,
    write_answers,
)
from csat.study.simulate.codes import KANO_TABLE
from csat.study.simulate.discretise import cut_for
from questionnaire_files import full_toml, write_full_study
from study_files import ITEMS, TOML, write_study

CLEAN = Truth(n=20_000, missing=0, dont_know=0, careless=0)
FREE = 'languages = ["en", "zh"]\nwave_naming = "month"'


@pytest.fixture(scope="module")
def ecsi() -> Study:
    """Study of 7 constructs with a path model."""
    return load_study("mobile_ecsi")


@pytest.fixture
def full(tmp_path: Path) -> Study:
    """Study with questions of every type."""
    return load_study(write_full_study(tmp_path / "full"))


@pytest.fixture(scope="module")
def crowd(ecsi: Study) -> pd.DataFrame:
    """Many clean answers to it."""
    return simulate(ecsi, truth=CLEAN, seed=3)


def _moments(frame: pd.DataFrame) -> stats.Moments:
    return stats.GroupedSums.from_frame(frame, missing="listwise").moments()


def test_means_and_spreads_come_out(ecsi: Study, crowd: pd.DataFrame) -> None:
    people = population_of(ecsi, CLEAN)
    for item in ecsi.items.values():
        told = people.ratings[item.id]
        assert crowd[item.column].mean() == pytest.approx(
            told.mean, abs=4 * told.spread / np.sqrt(len(crowd))
        )
        assert crowd[item.column].std() == pytest.approx(told.spread, rel=0.03)


def test_loadings_come_out(ecsi: Study, crowd: pd.DataFrame) -> None:
    truth = replace(CLEAN, items={"IMAG1": RatingTruth(loading=0.6), "PERQ7": RatingTruth(loading=0.92)})
    frame = simulate(ecsi, truth=truth, seed=4)
    moments = _moments(frame[list(ecsi.items)])
    for items in ecsi.blocks().values():
        if len(items) > 2:
            found = stats.one_factor_ml(moments, items).loadings / moments.select(items).sd
            wanted = [truth.items[i].loading if i in truth.items else truth.loading for i in items]
            assert np.abs(np.abs(found) - wanted).max() < 0.03, items


def test_paths_come_out(ecsi: Study, crowd: pd.DataFrame) -> None:
    people = population_of(ecsi, CLEAN)
    paths = [(p.source, p.target) for p in ecsi.paths]
    result = stats.pls(_moments(crowd[list(ecsi.items)]), ecsi.model_blocks(), paths, consistent=True)
    names = people.constructs
    model = result.model
    for value, (source, target) in zip(result.arrows, model.arrows, strict=True):
        true = people.paths[names.index(model.constructs[target]), names.index(model.constructs[source])]
        # three standard errors of a path among highly correlated constructs
        assert value == pytest.approx(true, abs=0.06), (source, target)


def test_correlations_come_out(ecsi: Study) -> None:
    pairs = {("Image", "Value"): 0.7, ("Loyalty", "Value"): 0.2}
    truth = replace(CLEAN, structure="correlations", correlations=pairs)
    moments = _moments(simulate(ecsi, truth=truth)[list(ecsi.items)])
    htmt = stats.htmt(moments, ecsi.blocks())
    names = list(ecsi.blocks())
    for (one, other), value in pairs.items():
        assert htmt[names.index(one), names.index(other)] == pytest.approx(value, abs=0.03)


def test_trend_and_months_come_out_and_travel_along_paths(tmp_path: Path) -> None:
    toml = TOML.replace('languages = ["en", "zh"]', FREE)
    study = load_study(write_study(tmp_path / "s", toml))
    truth = replace(
        CLEAN,
        paths={("Sat", "Loy"): 0.6},
        trend={"Sat": -0.05},
        waves={"2026-03": {"Sat": -0.5}},
        loading=0.8,
        items={"s1": RatingTruth(mean=4, spread=1.5), "l1": RatingTruth(mean=4, spread=1.5)},
    )
    frame = simulate(study, n=20_000, waves="2026-01..2026-04", truth=truth)
    means = frame.groupby("month")[["s1", "l1"]].mean()
    satisfaction = 4 + 1.5 * 0.8 * np.array([0, -0.05, -0.6, -0.15])
    assert np.allclose(means["s1"], satisfaction, atol=0.05)
    assert np.allclose(means["l1"], 4 + 0.6 * (satisfaction - 4), atol=0.05)


def test_segments_come_out(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "s", TOML))
    truth = replace(CLEAN, segments={"site": {"2": {"Sat": 0.5}}}, shares={"site": {"1": 0.3, "2": 0.7}})
    frame = simulate(study, truth=replace(truth, items={"s1": RatingTruth(mean=4, spread=1.5)}))
    assert (frame["site"] == "2").mean() == pytest.approx(0.7, abs=0.01)
    means = frame.groupby("site")["s1"].mean()
    assert means["2"] - means["1"] == pytest.approx(0.5 * 1.5 * CLEAN.loading, abs=0.05)


def test_reversed_items_are_answered_backwards(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "s", TOML))
    corr = simulate(study, truth=CLEAN)[["s1", "s2", "s3"]].corr()
    assert corr.loc["s1", "s2"] == pytest.approx(CLEAN.loading**2, abs=0.03)
    assert corr.loc["s1", "s3"] == pytest.approx(-(CLEAN.loading**2), abs=0.03)


def test_shares_come_out_among_those_asked(full: Study) -> None:
    truth = replace(
        CLEAN,
        questions={
            "agree_to_start": QuestionTruth(shares={"yes": 0.9}),
            "role": QuestionTruth(shares={"buyer": 0.5, "user": 0.4, "nobody": 0.1}),
            "trouble": QuestionTruth(shares={"yes": 0.25, "no": 0.75}, on={"yes": {"Sat": -1.0}}),
        },
    )
    frame = simulate(full, truth=truth, waves="2026-10")
    assert (frame["agree_to_start"] == "yes").mean() == pytest.approx(0.9, abs=0.01)
    assert frame["role"].value_counts(normalize=True)["buyer"] == pytest.approx(0.5, abs=0.015)
    trouble = frame["trouble"].dropna()
    assert (trouble == "yes").mean() == pytest.approx(0.25, abs=0.015)
    satisfied = frame.groupby("trouble")["s1"].mean()
    assert satisfied["yes"] < satisfied["no"] - 0.5


def test_questions_that_are_not_reached_are_empty(full: Study) -> None:
    frame = simulate(full, n=3000, waves="2026-10")
    stopped = (frame["agree_to_start"] != "yes").to_numpy()
    assert stopped.any()
    assert frame.loc[stopped, ["role", "s1", "trouble", "kinds_late"]].isna().all(axis=None)
    quiet = frame["trouble"] == "no"
    assert frame.loc[quiet, ["kinds_late", "days"]].isna().all(axis=None)
    users = (frame["role"] == "user") & frame["kinds_bill"].notna()
    assert (frame.loc[users, "kinds_bill"] == 0).all()
    alone = frame["kinds_none"] == 1
    assert (frame.loc[alone, ["kinds_late", "kinds_rude", "kinds_bill", "kinds_other"]] == 0).all(axis=None)


def test_every_type_is_answered_within_its_columns(full: Study) -> None:
    frame = simulate(
        full, n=2000, waves="2026-09", truth=replace(truth_of(full), missing=0.0), version="long"
    )
    for column in full.questionnaire("long").columns:
        if column.name not in frame:
            continue
        values = frame[column.name].dropna()
        if column.kind == "code":
            assert set(values) <= set(column.values), column.name
        elif column.kind in ("number", "rank") and column.maximum is not None:
            known = values[~values.isin(column.missing)]
            assert known.between(column.minimum or 0, column.maximum).all(), column.name
    parts = frame[[f"weights_{p}" for p in ("price", "delivery", "quality", "service")]].dropna()
    assert (parts.sum(axis=1) == 100).all()
    ranks = frame[[f"ranks_{p}" for p in ("price", "delivery", "quality", "service")]].dropna(how="all")
    assert (ranks.sum(axis=1) == 6).all()
    both = frame[["best_1_best", "best_1_worst"]].dropna()
    assert (both["best_1_best"] != both["best_1_worst"]).all()
    assert set(frame["plans_block"].dropna()) == {"1", "2"}


def test_kano_classes_come_out(full: Study) -> None:
    classes = {
        "must_be": 0.5,
        "one_dimensional": 0.2,
        "attractive": 0.2,
        "indifferent": 0.08,
        "reverse": 0.02,
    }
    truth = replace(CLEAN, questions={"pair": QuestionTruth(classes=classes, missing=0)})
    frame = simulate(full, truth=truth, waves="2026-09", version="long")
    pairs = frame[["pair_f", "pair_d"]].dropna()
    letters = [KANO_TABLE[int(f) - 1][int(d) - 1] for f, d in pairs.itertuples(index=False)]
    found = pd.Series(letters).value_counts(normalize=True)
    for letter, name in zip("MOAI", ("must_be", "one_dimensional", "attractive", "indifferent"), strict=True):
        assert found[letter] == pytest.approx(classes[name], abs=0.015)


def test_choices_follow_their_part_worths(full: Study) -> None:
    worths = {"warranty": {"two": 3.0}}
    truth = replace(CLEAN, choices={"fridge": ChoiceTruth(part_worths=worths)})
    frame = simulate(full, truth=truth, waves="2026-09", version="long")
    before = (frame["fridge1"].dropna() == "first").mean()
    after = (frame["fridge2"].dropna() == "first").mean()
    assert before == pytest.approx(0.5, abs=0.02)
    assert after == pytest.approx(1 / (1 + np.exp(-3)), abs=0.02)


def test_counts_keep_their_mean_and_heavy_tails_are_heavy(full: Study) -> None:
    heavy = QuestionTruth(mean=3, tail="heavy")
    answers = {"kinds": QuestionTruth(shares={"late": 0.9}), "trouble": QuestionTruth(shares={"yes": 1.0})}
    truth = replace(CLEAN, questions={**answers, "days": heavy})
    days = simulate(full, truth=truth, waves="2026-10")["days"].dropna()
    assert days.mean() == pytest.approx(3, rel=0.15)
    assert days.median() <= 2 < 60 < days.max()


def test_missing_dont_know_and_careless_answers(tmp_path: Path) -> None:
    items = ITEMS.replace("item,construct,reversed", "item,construct,dont_know,reversed")
    items = items.replace("s1,Sat,,", "s1,Sat,yes,,").replace(",Sat,,S two", ",Sat,,,S two")
    items = items.replace("s3,Sat,yes", "s3,Sat,,yes").replace(",Loy,,", ",Loy,,,")
    study = load_study(write_study(tmp_path / "s", TOML, items))
    truth = replace(CLEAN, missing=0.1, dont_know=0.2, careless=0.0)
    frame = simulate(study, truth=truth)
    assert frame["s2"].isna().mean() == pytest.approx(0.1, abs=0.01)
    assert (frame["s1"] == -99).mean() == pytest.approx(0.9 * 0.2, abs=0.01)
    same = simulate(study, truth=replace(CLEAN, careless=0.4))
    straight = (same[["s1", "s2", "s3", "l1", "l2"]].nunique(axis=1) == 1).mean()
    assert straight == pytest.approx(0.2, abs=0.03)


def test_the_same_seed_gives_the_same_answers(ecsi: Study) -> None:
    one, other = simulate(ecsi, n=50, seed=9), simulate(ecsi, n=50, seed=9)
    pd.testing.assert_frame_equal(one, other)
    assert not one.equals(simulate(ecsi, n=50, seed=10))


def test_a_cut_that_cannot_be_is_told() -> None:
    scale = load_study("mobile_ecsi").scales["rating"]
    assert cut_for(scale, 7.2, 1.8).off == 0
    assert cut_for(scale, 9.9, 3.0).off > 0


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_of_simulated_answers_is_known_for_what_it_is(
    ecsi: Study, tmp_path: Path, ending: str
) -> None:
    path = write_answers(simulate(ecsi, n=60), tmp_path / f"october.{ending}")
    assert path.name == f"SIMULATED_october.{ending}"
    answers = load_answers(ecsi, data=path)
    assert answers.study.simulated
    assert not ecsi.simulated
    assert answers.unknown_columns == ()
    assert answers.n == 60


def test_waves_of_a_simulated_file_are_told_apart(tmp_path: Path) -> None:
    study = load_study("service_loyalty")
    frame = simulate(study, n=300, waves="2026-08..2026-09", version="core")
    path = write_answers(frame, tmp_path / "SIMULATED.csv")
    assert load_answers(study, data=path).wave == "2026-09"
    assert load_answers(study, wave="2026-08", data=path).n <= 300


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("2025-11..2026-02", ("2025-11", "2025-12", "2026-01", "2026-02")),
        ("2026-03, 2026-05", ("2026-03", "2026-05")),
        ("2026-10", ("2026-10",)),
    ],
)
def test_waves_are_ranges_or_lists(text: str, names: tuple[str, ...]) -> None:
    assert waves_of(load_study("service_loyalty"), text) == names


@pytest.mark.parametrize(
    "text", ["2026-02..2025-11", "2026-01..2026-Q2", "a..b", "0001-01..9999-12", "2026-01,2026-01", "May"]
)
def test_waves_that_make_no_sense(text: str) -> None:
    with pytest.raises(CsatError):
        waves_of(load_study("service_loyalty"), text)


@pytest.mark.parametrize("n", [0, -5, 10**9])
def test_absurd_numbers_of_respondents(ecsi: Study, n: int) -> None:
    with pytest.raises(CsatError, match="respondents from 1"):
        simulate(ecsi, n=n)


IMPOSSIBLE = """[truth]
structure = "correlations"
[truth.correlations]
"Image ~ Value" = 0.95
"Image ~ Loyalty" = 0.95
"Loyalty ~ Value" = 0
"""

MISTAKES = """
[truth]
n = 0
level = 2
loadings = 0.5
[truth.paths]
"Loy -> Sat" = 0.3
"Sat -> Nothing" = 0.3
[truth.correlations]
"Sat ~ Loy" = 1.5
[truth.constructs.Sta]
mean = 4
[truth.items]
s9 = { mean = 4 }
s1 = { loading = 3, on = { Sat = 0.2 } }
[truth.segments.site]
9 = { Sat = 1 }
[truth.waves.2020-01]
Sat = 1
[truth.shares.site]
1 = 0.8
2 = 0.5
[truth.choices.plan]
none = 1
"""


def test_every_mistake_in_the_truth_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        load_study(write_study(tmp_path / "s", TOML + MISTAKES))
    places = " ".join(f"{p.where} {p.field}" for p in error.value.problems)
    for part in (
        "n",
        "level",
        "loadings",
        "Loy -> Sat",
        "Sat -> Nothing",
        "Sat ~ Loy",
        "Sta",
        "s9",
        "loading",
        "on",
    ):
        assert part in places
    for part in ("segments.site] 9", "waves.2020-01", "shares.site", "choices.plan"):
        assert part in places
    assert len(error.value.problems) >= 14


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        (
            IMPOSSIBLE,
            "not a correlation matrix",
        ),
        ('[truth.paths]\n"Image -> Satisfaction" = 0.9\n"Value -> Satisfaction" = 0.9', "explain"),
        ("[truth.items]\nIMAG1 = { mean = 9.9, spread = 3 }", "no answers from 1 to 10"),
        ('[truth.correlations]\n"Image ~ Loyalty" = 0.3', "paths lead to Loyalty"),
    ],
)
def test_a_truth_that_cannot_be(root: Path, tmp_path: Path, truth: str, told: str) -> None:
    source = root / "studies" / "mobile_ecsi"
    folder = tmp_path / "impossible"
    folder.mkdir()
    (folder / "items.csv").write_text((source / "items.csv").read_text(encoding="utf-8"), encoding="utf-8")
    toml = (source / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(f"{toml}\n{truth}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=told):
        load_study(folder)


def test_questions_of_the_truth_are_checked(tmp_path: Path) -> None:
    wrong = """
[truth.questions.days]
of = "nothing"
tail = "long"
[truth.questions.pair.classes]
basic = 0.5
[truth.questions.role.shares]
buyer = 0.8
user = 0.8
[truth.questions.story]
classes = { must_be = 1 }
[truth.choices.plan.part_worths]
price = { p99 = 1 }
colour = 3
"""
    with pytest.raises(StudyError) as error:
        load_study(write_full_study(tmp_path / "s", full_toml() + wrong))
    text = str(error.value)
    for part in ("nothing", "long", "basic", "add up to 1.6", "classes", "p99", "colour"):
        assert part in text


JUNK = (None, True, -1, 0, 2.5, 1e300, float("nan"), 10**400, "x", "", [], [1], {}, {"a": {"b": 2}})


def _spoiled(table: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """Copy of a table in which one value somewhere is junk."""
    whole = copy.deepcopy(table)
    inner = whole
    while True:
        key = draw.choice([*inner, "new"])
        if key in inner and isinstance(inner[key], dict) and inner[key] and draw.random() < 0.8:
            inner = inner[key]
            continue
        inner[key] = draw.choice(JUNK)
        return whole


def test_no_truth_makes_the_loader_stumble() -> None:
    study, draw = load_study("service_loyalty"), random.Random(7)
    for _ in range(150):
        spoiled = _spoiled(study.extras["truth"], draw)
        try:
            truth_of(replace(study, extras={"truth": spoiled}))
        except StudyError as error:
            assert all(problem.wrong for problem in error.problems)
