"""Mediation, careless answers, Net Promoter Score and the curve equal R."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.data.quality.screening import screen
from csat.stats import mediation_table, nps_table, quadratic_test
from csat.stats.shares import effective_n
from pls_models import MOBI, mobi

HERE = Path(__file__).parent
BLOCKS = {"X": MOBI["Image"], "M": MOBI["Satisfaction"], "Y": ["CUSL1", "CUSL3"]}
ROWS = {"a": "mediation_a", "c": "mediation_direct", "b": "mediation_b", "ind": "mediation_indirect"}
ROWS |= {"tot": "mediation_total"}


@pytest.fixture(scope="module")
def mediation() -> pd.DataFrame:
    sample = stats.bootstrap(mobi(), replicates=5000, seed=1)
    return mediation_table(sample, BLOCKS, ("X", "M", "Y")).set_index("metric")


def test_mediation_equals_lavaan(mediation: pd.DataFrame) -> None:
    table = pd.read_csv(HERE / "mediation_mobi.csv").set_index("par")
    for name, metric in ROWS.items():
        assert mediation.loc[metric, "estimate"] == pytest.approx(table.loc[name, "est"], abs=1e-6)
        assert mediation.loc[metric, "standard_error"] == pytest.approx(
            table.loc[name, "se_delta_sobel"], abs=1e-6
        )
        # Percentile intervals of another seed.
        assert mediation.loc[metric, "ci_low"] == pytest.approx(table.loc[name, "perc_lo"], abs=0.02)
        assert mediation.loc[metric, "ci_high"] == pytest.approx(table.loc[name, "perc_hi"], abs=0.02)
    share = mediation.loc["mediation_proportion"]
    assert share["estimate"] == pytest.approx(table.loc["PM", "est"], abs=1e-6)
    assert share["ci_low"] == pytest.approx(table.loc["PM", "perc_lo"], abs=0.02)
    assert share["ci_high"] == pytest.approx(table.loc["PM", "perc_hi"], abs=0.02)


def test_sobel_z_equals_the_ols_one(mediation: pd.DataFrame) -> None:
    table = pd.read_csv(HERE / "mediation_mobi.csv").set_index("par")
    a, b, n = mediation.loc["mediation_a"], mediation.loc["mediation_b"], 250
    # Ours are maximum likelihood; OLS divides residual variances by n - 2 and n - 3.
    se_a, se_b = a["standard_error"] * np.sqrt(n / (n - 2)), b["standard_error"] * np.sqrt(n / (n - 3))
    z = a["estimate"] * b["estimate"] / np.sqrt(a["estimate"] ** 2 * se_b**2 + b["estimate"] ** 2 * se_a**2)
    assert z == pytest.approx(table.loc["sobel_z", "est"], abs=2e-3)


def compare_careless(data: pd.DataFrame, expected: pd.DataFrame, blocks: dict[str, list[str]]) -> None:
    found = screen(data, blocks=blocks).respondents
    for ours, theirs in {"longstring": "longstring", "irv": "irv", "mahalanobis": "mahad_D2"}.items():
        np.testing.assert_allclose(found[ours], expected[theirs], atol=1e-6)
    # R swaps the sides of pairs at random for people without a value; we leave these without.
    known = found["synonyms"].notna()
    assert known.mean() > 0.9
    np.testing.assert_allclose(found.loc[known, "synonyms"], expected.loc[known, "psychsyn"], atol=1e-6)
    if expected["evenodd"].notna().any():
        np.testing.assert_allclose(found["even_odd"], -expected["evenodd"], atol=1e-6)


def test_careless_indices_of_mobi_equal_r() -> None:
    compare_careless(mobi(), pd.read_csv(HERE / "careless_mobi.csv"), {})


def test_careless_indices_of_the_package_data_equal_r(
    shared_data: Callable[[str], pd.DataFrame], shared_ref: Callable[[str], pd.DataFrame]
) -> None:
    data = shared_data("careless_dataset")
    blocks = {f"s{i}": list(data.columns[5 * i : 5 * i + 5]) for i in range(10)}
    compare_careless(data, shared_ref("careless_careless_dataset"), blocks)


def test_straight_liners_of_tuerkiye(
    shared_data: Callable[[str], pd.DataFrame], shared_ref: Callable[[str], pd.DataFrame]
) -> None:
    data = shared_data("turkiye_student_evaluation")[[f"Q{i}" for i in range(1, 29)]]
    found = screen(data)
    summary = found.summary.set_index(["metric", "subject"])["estimate"]
    expected = shared_ref("careless_summary").set_index("dataset").loc["turkiye"]
    assert summary[("careless_mean", "longstring")] == pytest.approx(expected["longstring"])
    assert summary[("careless_mean", "irv")] == pytest.approx(expected["irv"])
    assert found.respondents["straight_line"].sum() == 2985
    assert found.respondents.loc[found.respondents["straight_line"], "careless"].all()


def test_net_promoter_score_equals_r(shared: Path, shared_ref: Callable[[str], pd.DataFrame]) -> None:
    data = pd.read_csv(shared / "data" / "sfo_raw" / "2017.csv.gz", low_memory=False)
    answers = data["NETPRO"].where(data["NETPRO"] <= 10)
    expected = shared_ref("nps_reference").set_index("estimator")
    cases = {
        "unweighted": nps_table(answers, "x"),
        "weighted (svydesign ids=~1)": nps_table(answers, "x", weights=data["WEIGHT"]),
        "weighted + strata(STRATA)": nps_table(answers, "x", weights=data["WEIGHT"], strata=data["STRATA"]),
    }
    for name, frame in cases.items():
        got = frame.set_index("metric")
        assert got.loc["nps", "estimate"] == pytest.approx(expected.loc[name, "nps"], abs=1e-6)
        assert got.loc["nps", "standard_error"] == pytest.approx(expected.loc[name, "se"], abs=1e-6)
        assert got.loc["nps", "n"] == expected.loc[name, "n"]
        if expected.loc[name, "promoters"] == expected.loc[name, "promoters"]:
            assert got.loc["nps_detractors", "estimate"] == pytest.approx(expected.loc[name, "detractors"])
    kish = expected.loc["Kish ESS (value in nps column)", "nps"]
    assert effective_n(data["WEIGHT"][answers.notna()]) == pytest.approx(kish, abs=1e-6)


def test_quadratic_equals_lm(
    shared_data: Callable[[str], pd.DataFrame], shared_ref: Callable[[str], pd.DataFrame]
) -> None:
    data = shared_data("oddjob_airline_teaching")
    satisfaction = data[["sat1", "sat2", "sat3"]].mean(axis=1)
    loyalty = data[[f"loy{i}" for i in range(1, 6)]].mean(axis=1)
    got = quadratic_test(satisfaction, loyalty)
    expected = shared_ref("nonlinear_sat_loy_oddjob")
    terms = got[got["metric"] == "quadratic"]
    np.testing.assert_allclose(terms["estimate"], expected["Estimate"], atol=1e-6)
    np.testing.assert_allclose(terms["standard_error"], expected["Std. Error"], atol=1e-6)
    np.testing.assert_allclose(terms["statistic"], expected["t value"], atol=1e-6)
    np.testing.assert_allclose(terms["p"], expected["Pr(>|t|)"], atol=1e-6)
    fit = got.set_index("metric")["estimate"]
    assert fit["r_squared"] == pytest.approx(expected["R2"].iloc[0], abs=1e-6)
    assert fit["r_squared_change"] == pytest.approx(expected["dR2"].iloc[0], abs=1e-6)
