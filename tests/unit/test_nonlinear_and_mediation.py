"""The curve from satisfaction to loyalty, and what goes through a mediator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.errors import CsatError
from csat.stats import binned_means, loyalty_curve, mediation_table, quadratic_test
from csat.stats.mediation import mediate
from csat.stats.spline import spline, spline_slope


def bent(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 11, n).astype(float)
    return x, 0.1 * x**2 + rng.normal(size=n)


def test_a_bend_is_seen_and_a_line_is_not_bent() -> None:
    x, y = bent()
    found = quadratic_test(x, y).set_index("subject")
    assert found.loc["squared", "estimate"].max() > 0.08
    straight = quadratic_test(x, 2 * x + np.random.default_rng(1).normal(size=len(x)))
    assert straight.set_index(["metric", "subject"]).loc[("quadratic", "squared"), "p"] > 0.01


def test_weighted_quadratic_equals_repeating_respondents_but_for_its_errors() -> None:
    x, y = bent(60)
    repeats = np.tile([1, 3], 30)
    weighted = quadratic_test(x, y, weights=repeats)
    repeated = quadratic_test(np.repeat(x, repeats), np.repeat(y, repeats))
    np.testing.assert_allclose(weighted["estimate"], repeated["estimate"])
    assert weighted["method"].iloc[0].startswith("weighted OLS, linearised")


def test_binned_means_hold_everybody_once() -> None:
    x, y = bent()
    frame = binned_means(x, y, [1, 4, 7, 10])
    assert frame["n"].sum() == len(x)
    assert frame["subject"].tolist() == ["1–4", "4–7", "7–10"]
    assert frame.loc[0, "estimate"] == pytest.approx(y[x < 4].mean())
    assert frame.loc[2, "centre"] == pytest.approx(x[x >= 7].mean())
    from scipy.stats import ttest_1samp

    low, high = ttest_1samp(y[x < 4], 0).confidence_interval()
    assert frame.loc[0, ["ci_low", "ci_high"]].tolist() == pytest.approx([low, high])


def test_empty_and_single_brackets() -> None:
    frame = binned_means([1, 2, 9], [1.0, 2.0, 3.0], [0, 3, 5, 10])
    assert frame["n"].tolist() == [2, 0, 1]
    assert np.isnan(frame.loc[1, "estimate"])
    assert frame.loc[2, "estimate"] == 3
    assert np.isnan(frame.loc[2, "ci_low"])
    with pytest.raises(CsatError, match="must rise"):
        binned_means([1], [1], [2, 1])


def test_curve_is_the_regression_on_its_basis() -> None:
    x, y = bent()
    frame = loyalty_curve(x, y, grid=[2, 5, 9], replicates=200)
    curve = frame[frame["metric"] == "loyalty_curve"]
    knots = np.quantile(x, (0.05, 0.35, 0.65, 0.95), method="inverted_cdf")
    design = np.column_stack([np.ones(len(x)), spline(x, knots)])
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    points = np.array([2.0, 5.0, 9.0])
    expected = np.column_stack([np.ones(3), spline(points, knots)]) @ beta
    np.testing.assert_allclose(curve["estimate"], expected, atol=1e-9)
    assert ((curve["ci_low"] < curve["estimate"]) & (curve["estimate"] < curve["ci_high"])).all()
    bend = frame.set_index("metric").loc["curve_bend"]
    assert bend["ci_low"] > 0


def test_slope_is_the_derivative() -> None:
    knots = np.array([1.0, 3.0, 6.0, 9.0])
    x = np.linspace(0.5, 9.5, 25)
    numeric = (spline(x + 1e-6, knots) - spline(x - 1e-6, knots)) / 2e-6
    np.testing.assert_allclose(spline_slope(x, knots), numeric, atol=1e-5)


def test_few_values_take_fewer_knots_and_two_are_refused() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(1, 4, 100).astype(float)
    assert "3 knots" in loyalty_curve(x, x + rng.normal(size=100), replicates=50)["method"].iloc[0]
    with pytest.raises(CsatError, match="fewer than three"):
        loyalty_curve(np.tile([1.0, 2.0], 20), rng.normal(size=40), replicates=10)
    with pytest.raises(CsatError, match="fewer than three"):
        quadratic_test(np.tile([1.0, 2.0], 20), rng.normal(size=40))
    with pytest.raises(CsatError, match="knots=9"):
        loyalty_curve(np.arange(20.0), rng.normal(size=20), knots=9)
    with pytest.raises(CsatError, match="10 are the least"):
        loyalty_curve([1, 2, 3], [1, 2, 3])


def test_mediation_adds_up_over_replicates() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    m = 0.5 * x + rng.normal(size=200)
    y = 0.3 * x + 0.4 * m + rng.normal(size=200)
    sample = stats.bootstrap(pd.DataFrame({"x": x, "m": m, "y": y}), replicates=300)
    effects = mediate(sample.replicates)
    np.testing.assert_allclose(effects[:, 4], effects[:, 2] + effects[:, 3])
    slope = sample.replicates.cov[:, 0, 2] / sample.replicates.cov[:, 0, 0]
    np.testing.assert_allclose(effects[:, 4], slope)
    frame = mediation_table(sample, {"X": ["x"], "M": ["m"], "Y": ["y"]}, ("X", "M", "Y"))
    assert frame["subject"].tolist() == ["X→M", "M→Y", "X→Y", "X→M→Y", "X→Y", "X→M→Y"]
    with pytest.raises(CsatError, match="look at Z"):
        mediation_table(sample, {"X": ["x"], "M": ["m"]}, ("X", "M", "Z"))
