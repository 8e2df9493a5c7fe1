"""The same statistics on every further data set in ../shared; skipped where that folder is absent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat import stats

Reader = Callable[[str], pd.DataFrame]

SIX = 1.1e-6
OPTIMISER = 2.5e-6
FILES = {
    "mobi": "mobi",
    "corp_rep_data": "corp_rep_data",
    "servqual_SQ": "servqual_durables_SQ",
    "switching": "switching",
    "univer": "univer_orientation_satisfaction",
    "oddjob": "oddjob_airline_teaching",
    "turkiye": "turkiye_student_evaluation",
    "customerSat": "customerSat_yellowpages",
    "HolzingerSwineford": "HolzingerSwineford1939",
    "bfi": "bfi",
    "swiss": "swiss",
    "attitude": "attitude_employees",
    "skytrax_lounge": "skytrax_lounge_reviews",
}
AIRPORT = {
    "q_sign": "Q7SIGN",
    "q_screens": "Q7SCREENS",
    "q_roads": "Q7ROADS",
    "q_walkways": "Q7WALKWAYS",
    "q_art": "Q7ART",
    "q_food": "Q7FOOD",
    "q_store": "Q7STORE",
    "q_clean_all": "Q9ALL",
    "q_safe": "Q10SAFE",
    "q_find": "Q14FIND",
    "q_security": "Q14PASSTHRU",
    "q_all": "Q7ALL",
}
OUTCOMES = {
    "swiss": "Fertility",
    "attitude": "rating",
    "customerSat": "q1",
    "univer": "global",
    "servqual_SQ": "sat",
    "sfo2017_core": "q_all",
    "skytrax_lounge": "overall_rating",
}
# Where the reference lists an item fewer than it used.
WHOLE = {("turkiye", "Instructor"): [f"Q{k}" for k in range(13, 29)]}
FACTORS = {
    "switching CFA3 ML": "switching",
    "oddjob CFA3 ML listwise": "oddjob",
    "servqual CFA5 ML": "servqual_SQ",
    "HS CFA3 ML": "HolzingerSwineford",
}


def read(name: str, shared: Path, shared_data: Reader) -> pd.DataFrame:
    """One data set, its missing codes as NaN."""
    if not name.startswith("sfo2017"):
        frame = shared_data(FILES[name])
        return frame.replace(-99, np.nan) if name == "corp_rep_data" else frame
    raw = pd.read_csv(shared / "data" / "sfo_raw" / "2017.csv.gz", usecols=list(AIRPORT.values()))
    frame = pd.DataFrame({new: pd.to_numeric(raw[old], errors="coerce") for new, old in AIRPORT.items()})
    return frame.where((frame >= 1) & (frame <= 5))  # 6 is "does not apply", 0 is blank


def complete(frame: pd.DataFrame) -> stats.Moments:
    """Moments of complete cases."""
    return stats.GroupedSums.from_frame(frame, missing="listwise").moments()


def test_scales_of_every_data_set(shared: Path, shared_data: Reader, shared_ref: Reader) -> None:
    listed, reference = shared_ref("item_analysis_reference"), shared_ref("reliability_reference")
    for row in reference.itertuples():
        ours = listed[(listed["dataset"] == row.dataset) & (listed["construct"] == row.construct)]
        if (row.dataset, row.construct) == ("oddjob", "SAT"):
            items = ["sat1", "sat2", "sat3"]
        else:
            items = WHOLE.get((row.dataset, row.construct), list(ours["item"]))
        frame = read(row.dataset, shared, shared_data)[items].copy()
        for reversed_item in row.reversed.split() if isinstance(row.reversed, str) else ():
            frame[reversed_item[1:]] = 7 - frame[reversed_item[1:]]
        m = complete(frame)
        where = f"{row.dataset} {row.construct}"
        assert (m.n, len(items)) == (row.n, row.k), where
        assert stats.alpha(m, items) == pytest.approx(row.alpha_raw, abs=SIX), where
        assert stats.standardized_alpha(m, items) == pytest.approx(row.alpha_std, abs=SIX), where
        low, high = stats.feldt(row.alpha_raw, m.n, len(items))
        assert (low, high) == pytest.approx((row.alpha_feldt_lo, row.alpha_feldt_hi), abs=2 * SIX), where
        if len(items) > 2:
            assert stats.omega(m, items) == pytest.approx(row.omega_cfa_compRelSEM, abs=OPTIMISER), where
            variance = stats.ave(m, items, standardised=False)
            assert variance == pytest.approx(row.AVE_cfa, abs=OPTIMISER), where
            bounded = (row.dataset, row.construct) == ("mobi", "Loyalty")  # Heywood: see README.md
            minres = stats.omega_standardised(m, items)
            assert minres == pytest.approx(row.omega_minres_1f, abs=6e-5 if bounded else OPTIMISER), where
        at = m.index(list(ours["item"]))
        rest = stats.item_rest_correlation(m, items)[at]
        np.testing.assert_allclose(rest, ours["r_drop"], atol=SIX, err_msg=where)
        if len(items) > 2:
            dropped = stats.alpha_if_dropped(m, items)[at]
            np.testing.assert_allclose(dropped, ours["alpha_if_dropped"], atol=SIX, err_msg=where)
            loadings = stats.standardised_loadings(m, items)[at]
            np.testing.assert_allclose(loadings, ours["std_loading_cfa1f"], atol=OPTIMISER, err_msg=where)


@pytest.mark.parametrize("dataset", OUTCOMES)
def test_drivers(dataset: str, shared: Path, shared_data: Reader, shared_ref: Reader) -> None:
    reference = shared_ref("keydriver_reference").query("dataset == @dataset")
    value = reference.set_index(["metric", "driver"])["value"]
    drivers, outcome = list(value["std_beta"].index), OUTCOMES[dataset]
    m = complete(read(dataset, shared, shared_data)[[*drivers, outcome]])
    assert m.n == reference["n"].iloc[0]
    regression = stats.ols(m, outcome, drivers)
    np.testing.assert_allclose(regression.r_squared, value[("R2", "(model)")], atol=1e-8)
    np.testing.assert_allclose(regression.standardised, value["std_beta"][drivers], atol=1e-8)
    np.testing.assert_allclose(stats.vif(m, drivers), value["vif"][drivers], atol=1e-8)
    np.testing.assert_allclose(stats.lmg(m, outcome, drivers), value["lmg"][drivers], atol=1e-8)
    weights = stats.relative_weights(m, outcome, drivers)
    np.testing.assert_allclose(weights, value["raw_relative_weight"][drivers], atol=1e-8)


def test_bootstrap_of_lmg(shared_data: Reader, shared_ref: Reader) -> None:
    limits = shared_ref("keydriver_reference").query("tool == 'relaimpo boot perc 95 (seed1)'")
    value = limits.set_index(["metric", "driver"])["value"]
    drivers = list(value["lmg_lo"].index)
    sample = stats.bootstrap(shared_data("attitude_employees"), replicates=5000, seed=1)
    interval = sample.interval(lambda m: stats.lmg(m, "rating", drivers))
    np.testing.assert_allclose(interval.low, value["lmg_lo"], atol=0.03)  # another seed, 30 rows
    np.testing.assert_allclose(interval.high, value["lmg_hi"], atol=0.03)


@pytest.mark.parametrize("model", FACTORS)
def test_cfa(model: str, shared: Path, shared_data: Reader, shared_ref: Reader) -> None:
    rows = shared_ref("cfa_parameters_reference").query("model == @model and op == '=~'")
    blocks = {name: list(part["rhs"]) for name, part in rows.groupby("lhs", sort=False)}
    fit = stats.cfa(read(FACTORS[model], shared, shared_data), blocks, "ML")
    reference = shared_ref("cfa_fit_reference").set_index("model").loc[model]
    early = model == "servqual CFA5 ML"  # lavaan stopped .003 above the minimum of chi-square
    assert fit.measures["chisq"] == pytest.approx(reference["chisq"], abs=4e-3 if early else 1e-6)
    assert fit.measures["chisq"] <= reference["chisq"] + 1e-6
    for name in ("df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr"):
        assert fit.measures[name] == pytest.approx(reference[name], abs=5e-5 if early else 1e-6), name
    theirs = rows["std.all"].to_numpy()
    np.testing.assert_allclose(fit.loadings["estimate"], theirs, atol=5e-4 if early else 2e-6)


@pytest.mark.parametrize(
    "dataset", ["mobi", "corp_rep_data", "switching", "servqual_SQ", "HolzingerSwineford"]
)
def test_htmt(dataset: str, shared: Path, shared_data: Reader, shared_ref: Reader) -> None:
    named = {"mobi": "mobi CFA6 ML", "corp_rep_data": "corp_rep CFA4 ML listwise"}
    model = (named | {name: key for key, name in FACTORS.items()})[dataset]
    rows = shared_ref("cfa_parameters_reference")
    rows = rows[(rows["model"] == model) & (rows["op"] == "=~")]
    blocks = {name: list(part["rhs"]) for name, part in rows.groupby("lhs", sort=False)}
    m = complete(read(dataset, shared, shared_data)[list(rows["rhs"])])
    matrix = pd.DataFrame(stats.htmt(m, blocks), index=list(blocks), columns=list(blocks))
    reference = shared_ref("htmt_semtools_reference")
    for row in reference.query("dataset == @dataset and tool == 'semTools htmt'").itertuples():
        assert matrix.loc[row.row, row.col] == pytest.approx(row.value, abs=1e-7)


def test_wilson(shared_ref: Reader) -> None:
    for row in shared_ref("csat_proportion_ci_reference").itertuples():
        assert stats.wilson(row.x / row.n, row.n) == pytest.approx((row.wilson_lo, row.wilson_hi), abs=1e-12)
