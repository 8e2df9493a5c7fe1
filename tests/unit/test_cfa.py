"""Confirmatory factor analysis: flags, names and refusals (numbers are held to lavaan elsewhere)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats

BLOCKS = {"品质 quality": ["a 1", "a-2", "a*3"], "Loyal~ty": ["b1", "b2"], "Single": ["c"]}


def answers(n: int = 300, seed: int = 0, r: float = 0.5) -> pd.DataFrame:
    """Two factors and a single item, under awkward names."""
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], n)
    values = factors[:, [0, 0, 0, 1, 1, 1]] + rng.normal(size=(n, 6))
    frame = pd.DataFrame(values, columns=["a 1", "a-2", "a*3", "b1", "b2", "c"])
    frame["a-2"] = frame["a-2"] * 1000 + 5e6  # units must not matter
    return frame


def test_names_and_table() -> None:
    frame = answers()
    frame.loc[:9, "b1"] = np.nan
    fit = stats.cfa(frame, BLOCKS)
    assert (fit.n, fit.converged, fit.flag) == (290, True, "")
    assert fit.left_out == ("Single",)
    table = stats.cfa_table(fit).set_index(["metric", "subject"])
    assert table.loc[("cfa_df", "model"), "estimate"] == 4
    assert table.loc[("cfa_loading", "品质 quality→a-2"), "estimate"] == pytest.approx(np.sqrt(0.5), abs=0.1)
    pair = table.loc[("cfa_correlation", "品质 quality~Loyal~ty")]
    assert pair["ci_low"] < 0.5 < pair["ci_high"]
    rmsea = table.loc[("cfa_rmsea", "model")]
    assert rmsea["ci_low"] <= rmsea["estimate"] <= rmsea["ci_high"]
    assert (table["n"] == 290).all()


def test_units_do_not_matter() -> None:
    frame = answers()
    rescaled = frame.assign(**{"a-2": (frame["a-2"] - 5e6) / 1000})
    one, two = stats.cfa(frame, BLOCKS), stats.cfa(rescaled, BLOCKS)
    assert one.measures["chisq.scaled"] == pytest.approx(two.measures["chisq.scaled"], abs=1e-5)
    np.testing.assert_allclose(one.loadings["se"], two.loadings["se"], atol=1e-6)


def test_ml_has_no_scaled_measures() -> None:
    fit = stats.cfa(answers(), BLOCKS, "ML")
    table = stats.cfa_table(fit).set_index("metric")["estimate"]
    assert np.isnan(table["cfa_chisq_scaled"])
    assert np.isfinite(table["cfa_chisq"])


def test_one_scale_of_three_items_is_saturated() -> None:
    fit = stats.cfa(answers(), {"A": ["a 1", "a-2", "a*3"]})
    assert fit.flag == "saturated"
    assert fit.measures["df"] == 0
    assert np.isnan(fit.measures["pvalue"])
    m = stats.GroupedSums.from_frame(answers()).moments()
    expected = stats.standardised_loadings(m, ["a 1", "a-2", "a*3"])
    np.testing.assert_allclose(fit.loadings["estimate"], expected, atol=1e-6)


def with_correlations(corr: np.ndarray) -> pd.DataFrame:
    """Answers whose correlations are exactly these."""
    raw = np.random.default_rng(0).normal(size=(200, len(corr)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return pd.DataFrame(white @ np.linalg.cholesky(corr).T, columns=list("abcdefgh")[: len(corr)])


def test_heywood_cases_are_flagged() -> None:
    loadings = np.array([1.05, 0.5, 0.4, 0.3])
    corr = np.outer(loadings, loadings)
    np.fill_diagonal(corr, 1)
    fit = stats.cfa(with_correlations(corr), {"A": list("abcd")})
    assert fit.heywood == ("a",)
    assert fit.flag == "heywood"
    flags = stats.cfa_table(fit).set_index("subject")["flag"]
    assert flags["A→a"] == "heywood"
    assert flags["A→b"] == ""


def test_factors_that_correlate_beyond_one_are_flagged() -> None:
    corr = np.full((4, 4), 0.4)  # between the factors more than within
    corr[0, 1] = corr[1, 0] = corr[2, 3] = corr[3, 2] = 0.3
    np.fill_diagonal(corr, 1)
    fit = stats.cfa(with_correlations(corr), {"A": ["a", "b"], "B": ["c", "d"]}, "ML")
    assert fit.inadmissible == ("A~B",)
    assert fit.flag == "inadmissible"
    assert fit.correlations["estimate"].iloc[0] == pytest.approx(4 / 3, abs=1e-5)
    assert stats.cfa_table(fit).set_index("subject").loc["A~B", "flag"] == "inadmissible"


def test_mistakes_are_named() -> None:
    frame = answers()
    with pytest.raises(stats.MomentsError, match="construct of three items"):
        stats.cfa(frame, {"B": ["b1", "b2"], "C": ["c"]})
    with pytest.raises(stats.MomentsError, match="use ML or MLR"):
        stats.cfa(frame, BLOCKS, "WLSMV")
    with pytest.raises(stats.MomentsError, match="5 complete respondents are too few for the 5 items"):
        stats.cfa(frame[:5], BLOCKS)
    with pytest.raises(stats.MomentsError, match="b1, b2 are perfectly collinear"):
        stats.cfa(frame.assign(b2=frame["b1"]), BLOCKS)
    with pytest.raises(stats.MomentsError, match="all answers to b2 are the same"):
        stats.cfa(frame.assign(b2=3.0), BLOCKS)
