"""The airport study: five waves mapped to one study, and their estimates against R's survey.

Reference numbers: `sfo_waves.csv` and the NPS of 2017 were computed with R 4.2.2, survey 4.1
(`svydesign(ids = ~1, weights = ~WEIGHT)` of those who answered, `svymean`; with ``strata = ~STRATA`` where
said). The answers are public but not part of the project: tests that need them are skipped where they are
absent. What the study does with columns and codes of each year is tested on little files in that year's form.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import Answers, load_answers
from csat.data.ingest import ingest
from csat.data.waves.trend import comparability, load_waves
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean
from csat.stats.shares import effective_n, nps_table
from csat.stats.trend import changes, index_levels
from csat.study import Study, load_study

WAVES = ("2013", "2014", "2015", "2016", "2017")
RECEIVED = {"2013": (3535, 3530), "2014": (2818, 2817), "2015": (2958, 2956), "2016": (3087, 3082)}
RECEIVED["2017"] = (2831, 2828)
OVERALL = {wave: "Q7O_WHOLE" if wave == "2013" else "Q7ALL" for wave in WAVES}
AGE = {"2013": "Q18_AGE", "2014": "Q18AGE", "2015": "Q18AGE", "2016": "Q19AGE", "2017": "Q19AGE"}
GENDER = {"2013": "Q19_SEX", "2014": "Q19GENDER", "2015": "Q19GENDER"}
GENDER |= {"2016": "Q20GENDER", "2017": "Q20GENDER"}
NPS_2017 = (40.3984355117074, 1.445724976927, 1.44343259435672)  # estimate, SE, SE with STRATA


def _words(text: str) -> list[str]:
    """Names that stand between blanks."""
    return text.split()


# Names of the rating questions, in the order of items.csv: the first wave, and all later ones.
RATED_2013 = _words(
    "Q7A_ART Q7B_FOOD Q7C_SHOPS Q7I_WIFI Q7E_WALK Q7D_SIGNS Q7F_SCREENS Q7G_INFOARR Q7H_INFODEP Q14A_FIND "
    "Q7J_ROAD Q7K_PARK Q7L_AIRTRAIN Q13_RATEGETTO Q9A_CLNBOARD Q9D_CLNFOOD Q9E_CLNBATH Q9F_CLNWHOLE "
    "Q14B_SECURITY Q10SAFE Q7O_WHOLE"
)
RATED = _words(
    "Q7ART Q7FOOD Q7STORE Q7WIFI Q7WALKWAYS Q7SIGN Q7SCREENS Q7INFODOWN Q7INFOUP Q14FIND Q7ROADS Q7PARK "
    "Q7AIRTRAIN Q13GETRATE Q9BOARDING Q9FOOD Q9RESTROOM Q9ALL Q14PASSTHRU Q10SAFE Q7ALL"
)


@pytest.fixture(scope="module")
def definition(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy of the study without answers."""
    folder = tmp_path_factory.mktemp("airport") / "airport"
    folder.mkdir()
    for name in ("study.toml", "items.csv", "questions.csv"):
        shutil.copy(root / "studies" / "airport" / name, folder / name)
    return folder


# ---- the definition, on files made in each year's form -----------------------------------------------------


def year_file(wave: str, n: int = 60) -> pd.DataFrame:
    """Answers in a year's column names: ratings from 0 to 6, and that year's ways to say nothing."""
    draw = np.random.default_rng(int(wave))
    rated = RATED_2013 if wave == "2013" else RATED
    ratings = draw.integers(0, 7, size=(n, len(rated)))
    cells = pd.DataFrame(ratings, columns=rated).astype(str)
    cells["*RESPNUM" if wave == "2016" else "RESPNUM"] = [str(k) for k in range(1, n + 1)]
    cells["WEIGHT"] = np.round(draw.uniform(0.4, 2.5, n), 6).astype(str)
    cells["STRATA"] = np.resize(["1", "2", "3"], n)
    cells["PEAK"] = np.resize(["1", "3"], n)
    cells["Q2PURP1"] = np.resize(["1", "2", "0"], n)
    cells["Q15_PROBLEMS" if wave == "2013" else "Q15PROBLEM"] = np.resize(["1", "2", "3", "0"], n)
    cells["Q5FLYPERYR" if wave == "2013" else "Q5TIMESFLOWN"] = np.resize(["1", "6", "7"], n)
    cells["Q16_REGION" if wave == "2013" else "Q16LIVE"] = np.resize(["1", "3", "4"], n)
    words = wave == "2016"
    ages = ["Under 18", "Under 32", "65-Over", "Don't Know or Refused"] if words else ["1", "7", "8", "0"]
    cells[AGE[wave]] = np.resize(ages, n)
    cells[GENDER[wave]] = np.resize(["Male", "Female", "0"] if words else ["1", "2", "0"], n)
    if wave == "2017":
        cells["NETPRO"] = np.resize([str(k) for k in range(12)], n)
        cells.loc[cells.index[:4], "Q7ALL"] = ["Blank", "5", "0", "6"]
        cells.loc[cells.index[:2], GENDER[wave]] = ["4", "3"]
    return cells.assign(**{"Location 1": "somewhere"})


def made(definition: Path, tmp_path: Path, wave: str) -> tuple[pd.DataFrame, Answers]:
    """Cells of a made file, and what the study makes of it."""
    cells = year_file(wave)
    path = tmp_path / f"{wave}.csv.gz"
    path.write_bytes(gzip.compress(cells.to_csv(index=False).encode("latin1")))
    return cells, load_answers(load_study(definition), wave, path)


@pytest.mark.parametrize("wave", WAVES)
def test_every_years_columns_are_found(definition: Path, tmp_path: Path, wave: str) -> None:
    cells, answers = made(definition, tmp_path, wave)
    rated = RATED_2013 if wave == "2013" else RATED
    items = [item for item in answers.study.items if item != "recommend"]
    assert len(items) == len(rated)
    for item, column in zip(items, rated, strict=True):
        told = pd.to_numeric(cells[column], errors="coerce")
        expected = told.where(told.between(1, 5)).to_numpy(dtype=float)
        np.testing.assert_array_equal(answers.raw[item].to_numpy(), expected, err_msg=column)
    assert answers.unknown_columns == ("Location 1",)
    assert answers.strata is not None and list(answers.strata) == list(cells["STRATA"])
    weights = cells["WEIGHT"].astype(float).to_numpy()
    np.testing.assert_allclose(answers.weights, weights / weights.mean(), rtol=1e-12)


@pytest.mark.parametrize("wave", WAVES)
def test_every_years_codes_are_read(definition: Path, tmp_path: Path, wave: str) -> None:
    _, answers = made(definition, tmp_path, wave)
    told = answers.segments.iloc[4:12].fillna("none")
    ages = ["1", "1", "7", "none"] if wave == "2016" else ["1", "7", "none", "none"]
    assert list(told["age"]) == ages * 2
    assert list(told["gender"]) == ["2", "none", "1"] * 2 + ["2", "none"]
    assert set(answers.segments["purpose"].dropna()) == {"1", "2"}
    assert set(answers.segments["residence"].dropna()) == {"1", "3"}
    assert set(answers.cells["problem"]) == {"1", "2", "3", ""}


def test_2017_has_its_own_ways_to_say_nothing(definition: Path, tmp_path: Path) -> None:
    cells, answers = made(definition, tmp_path, "2017")
    assert answers.raw["overall"].head(4).isna().tolist() == [True, False, True, True]
    assert answers.segments["gender"].head(2).isna().tolist() == [True, False]
    eleven = (cells["NETPRO"] == "11").to_numpy()
    assert answers.raw["recommend"].isna().to_numpy().tolist() == eleven.tolist()
    assert answers.raw["recommend"].min() == 0 and answers.raw["recommend"].max() == 10


def test_the_definition_tells_the_waves_apart(definition: Path) -> None:
    study = load_study(definition)
    assert tuple(wave.id for wave in study.waves) == WAVES
    assert "recommend" not in study.for_version(study.wave("2016").version).items
    assert "recommend" in study.for_version(study.wave("2017").version).items
    table = comparability(study, WAVES)
    changed = table[table["status"] != "comparable"]
    assert changed[["item", "earlier", "later", "status"]].to_numpy().tolist() == [
        ["recommend", "2016", "2017", "not_asked"]
    ]


# ---- the real answers --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(shared: Path, definition: Path) -> Path:
    """Copy of the study with the answers of all waves."""
    data = definition / "data"
    data.mkdir(exist_ok=True)
    for wave in WAVES:
        shutil.copyfile(shared / "data" / "sfo_raw" / f"{wave}.csv.gz", data / f"{wave}.csv.gz")
    return definition


@pytest.fixture(scope="module")
def waves(folder: Path) -> dict[str, Answers]:
    """Answers of every wave."""
    return {answers.wave: answers for answers in load_waves(load_study(folder))}


@pytest.fixture(scope="module")
def raw(folder: Path) -> Callable[[str], pd.DataFrame]:
    """Cells of a wave's file as text."""

    def read(wave: str) -> pd.DataFrame:
        path = folder / "data" / f"{wave}.csv.gz"
        return pd.read_csv(path, dtype=str, encoding="latin1", low_memory=False, keep_default_na=False)

    return read


def check_overall(answers: Answers, numbers: Callable[[str], pd.DataFrame]) -> None:
    """Mean of overall satisfaction and share of the top two, with standard errors, against R."""
    expected = numbers("sfo_waves").set_index("year").loc[int(answers.wave)]
    overall = answers.raw["overall"]
    design = SurveyDesign.of(answers.weights).among(overall.notna().to_numpy())
    centre = mean(design, overall)
    top = mean(design, (overall >= 4).astype(float).where(overall.notna()))
    assert centre.n[0] == expected["n"]
    assert centre.value[0] == pytest.approx(expected["mean"], abs=1e-9)
    assert centre.standard_error[0] == pytest.approx(expected["se"], abs=1e-9)
    assert top.value[0] == pytest.approx(expected["top2"], abs=1e-9)
    assert top.standard_error[0] == pytest.approx(expected["top2_se"], abs=1e-9)


@pytest.mark.parametrize("wave", WAVES)
def test_overall_satisfaction_agrees_with_r(
    waves: dict[str, Answers], numbers: Callable[[str], pd.DataFrame], wave: str
) -> None:
    check_overall(waves[wave], numbers)


@pytest.mark.parametrize("wave", WAVES)
def test_counts_weights_and_strata(
    waves: dict[str, Answers], raw: Callable[[str], pd.DataFrame], wave: str
) -> None:
    answers, cells = waves[wave], raw(wave)
    assert (answers.received, answers.n) == RECEIVED[wave] and answers.received == len(cells)
    chosen = cells.iloc[answers.rows - 1]
    weights = chosen["WEIGHT"].astype(float).to_numpy()
    np.testing.assert_allclose(answers.weights, weights / weights.mean(), rtol=1e-12)
    n_eff = weights.sum() ** 2 / (weights**2).sum()
    assert effective_n(answers.weights) == pytest.approx(n_eff, rel=1e-12)
    assert answers.weighting is not None
    everyone = cells["WEIGHT"].astype(float).to_numpy()[answers.rows - 1]
    deff = len(everyone) * (everyone**2).sum() / everyone.sum() ** 2
    assert answers.weighting.kish_deff == pytest.approx(deff, rel=1e-12)
    assert answers.weighting.n_eff == pytest.approx(n_eff, rel=1e-12)
    assert answers.strata is not None and list(answers.strata) == list(chosen["STRATA"])
    assert set(answers.strata) == {"1", "2", "3"}


@pytest.mark.parametrize("wave", WAVES)
def test_every_rating_is_the_cell_of_the_file(
    waves: dict[str, Answers], raw: Callable[[str], pd.DataFrame], wave: str
) -> None:
    answers, cells = waves[wave], raw(wave)
    chosen = cells.iloc[answers.rows - 1]
    items = [item for item in answers.study.items if item != "recommend"]
    for item, column in zip(items, RATED_2013 if wave == "2013" else RATED, strict=True):
        told = pd.to_numeric(chosen[column], errors="coerce").to_numpy(dtype=float)
        expected = np.where((told >= 1) & (told <= 5), told, np.nan)
        np.testing.assert_array_equal(answers.raw[item].to_numpy(), expected, err_msg=column)


@pytest.mark.parametrize("wave", WAVES)
def test_age_and_gender_are_those_of_the_file(
    waves: dict[str, Answers], raw: Callable[[str], pd.DataFrame], wave: str
) -> None:
    answers, cells = waves[wave], raw(wave)
    chosen = cells.iloc[answers.rows - 1]
    ages = {str(k): str(k) for k in range(1, 8)}
    genders = {"1": "1", "2": "2"} | ({} if wave == "2016" else {"3": "3"})
    if wave == "2016":
        ages = {"18-24": "2", "25-34": "3", "35-44": "4", "45-54": "5", "55-64": "6", "65-Over": "7"}
        ages |= {told: "1" for told in set(chosen[AGE[wave]]) if told.startswith("Under ")}
        genders = {"Male": "1", "Female": "2"}
    for segment, column, codes in (("age", AGE[wave], ages), ("gender", GENDER[wave], genders)):
        expected = chosen[column].str.strip().map(codes).to_numpy(dtype=object)
        found = answers.segments[segment].to_numpy(dtype=object)
        assert [
            a for a, b in zip(found, expected, strict=True) if not (pd.isna(a) and pd.isna(b)) and a != b
        ] == []


def test_special_cells_of_2016_and_2017(
    waves: dict[str, Answers], raw: Callable[[str], pd.DataFrame]
) -> None:
    cells = raw("2016")
    odd = cells[AGE["2016"]].str.fullmatch(r"Under (19|[23]\d)")
    assert 0 < odd.sum() < 20  # one cell each
    answers, cells = waves["2017"], raw("2017")
    chosen = cells.iloc[answers.rows - 1].reset_index(drop=True)
    blank = (chosen["Q7ALL"] == "Blank").to_numpy()
    assert blank.any() and answers.raw.loc[blank, "overall"].isna().all()
    refused = (chosen["NETPRO"] == "11").to_numpy()
    assert refused.any() and answers.raw.loc[refused, "recommend"].isna().all()
    told = pd.to_numeric(chosen["NETPRO"]).to_numpy(dtype=float)
    np.testing.assert_array_equal(answers.raw["recommend"], np.where(told <= 10, told, np.nan))
    assert all("recommend" not in waves[wave].raw for wave in WAVES[:-1])


def test_a_segment_with_few_complete_answers_is_analysed(folder: Path) -> None:
    answers = load_answers(load_study(folder), "2017", segment="age=7")
    assert answers.n == 299 and answers.raw.notna().all(axis=1).sum() == 24  # which seem to be collinear


def check_nps(answers: Answers) -> None:
    """Weighted NPS of 2017 and its standard errors, without and with strata, against R."""
    estimate, error, stratified = NPS_2017
    plain = nps_table(answers.raw["recommend"], "recommend", weights=answers.weights).iloc[0]
    found = nps_table(answers.raw["recommend"], "recommend", weights=answers.weights, strata=answers.strata)
    assert plain["estimate"] == pytest.approx(estimate, abs=1e-9)
    assert plain["standard_error"] == pytest.approx(error, abs=1e-9)
    assert found["standard_error"].iloc[0] == pytest.approx(stratified, abs=1e-9)


def test_weighted_nps_agrees_with_r(waves: dict[str, Answers]) -> None:
    check_nps(waves["2017"])


def test_the_same_numbers_come_out_of_the_store(
    folder: Path,
    waves: dict[str, Answers],
    numbers: Callable[[str], pd.DataFrame],
    tmp_path: Path,
) -> None:
    other = tmp_path / "airport"
    other.mkdir()
    for name in ("study.toml", "items.csv", "questions.csv"):
        shutil.copy(folder / name, other / name)
    study: Study = load_study(other)
    for wave in WAVES:
        ingest(study, wave, folder / "data" / f"{wave}.csv.gz")
    for answers in load_waves(study):  # no data folder: the store is all there is
        assert answers.revision == 1 and answers.snapshot
        check_overall(answers, numbers)
        pd.testing.assert_frame_equal(answers.raw, waves[answers.wave].raw)
        np.testing.assert_allclose(answers.weights, waves[answers.wave].weights, rtol=1e-12)
    check_nps(load_answers(study, "2017"))


def test_the_trend_of_overall_satisfaction_agrees_with_r(
    waves: dict[str, Answers], numbers: Callable[[str], pd.DataFrame]
) -> None:
    expected = numbers("sfo_waves").set_index("year")
    levels = []
    for wave in WAVES:  # an index is 25 points a scale point, from 1 on
        points = (waves[wave].raw[["overall"]] - 1) * 25
        levels.append(index_levels(points, {"Satisfaction": ["overall"]}, waves[wave].weights))
        row, told = levels[-1].iloc[0], expected.loc[int(wave)]
        assert (row["estimate"], row["n"]) == pytest.approx((25 * (told["mean"] - 1), told["n"]), abs=1e-9)
        assert row["standard_error"] == pytest.approx(25 * told["se"], abs=1e-9)
    change = changes(levels[0], levels[-1]).iloc[0]
    first, last = expected.loc[2013], expected.loc[2017]
    assert change["estimate"] == pytest.approx(25 * (last["mean"] - first["mean"]), abs=1e-9)
    assert change["standard_error"] == pytest.approx(25 * np.hypot(first["se"], last["se"]), abs=1e-9)
    assert change["p"] < 0.001
