"""Regression, relative weights and LMG."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from hypothesis import given, settings
from hypothesis import strategies as st

DRIVERS = ["a", "b", "c", "d"]
SEEDS = st.integers(0, 10_000)


def answers(seed: int = 0, n: int = 60) -> pd.DataFrame:
    """Correlated drivers and an outcome."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)) @ (np.eye(4) + 0.5 * rng.random((4, 4)))
    y = x @ rng.normal(size=4) + 2 * rng.normal(size=n) + 7
    return pd.DataFrame(x, columns=DRIVERS).assign(y=y)


def moments(frame: pd.DataFrame) -> stats.Moments:
    """Moments of the whole frame."""
    return stats.GroupedSums.from_frame(frame).moments()


def test_regression_is_least_squares() -> None:
    frame = answers()
    fit = stats.ols(moments(frame), "y", DRIVERS)
    design = np.column_stack([np.ones(60), frame[DRIVERS]])
    expected, residual, *_ = np.linalg.lstsq(design, frame["y"], rcond=None)
    np.testing.assert_allclose([fit.intercept, *fit.slopes], expected)
    variance = residual[0] / 55
    errors = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))
    np.testing.assert_allclose(fit.standard_errors, errors[1:])
    r_squared = 1 - residual[0] / ((frame["y"] - frame["y"].mean()) ** 2).sum()
    assert fit.r_squared == pytest.approx(r_squared)
    assert fit.adjusted == pytest.approx(1 - (1 - r_squared) * 59 / 55)
    np.testing.assert_allclose(fit.standardised, fit.slopes * frame[DRIVERS].std() / frame["y"].std())


def test_vif_is_how_much_the_others_explain() -> None:
    frame = answers()
    m = moments(frame)
    for place, driver in enumerate(DRIVERS):
        others = [name for name in DRIVERS if name != driver]
        explained = stats.ols(m, driver, others).r_squared
        assert stats.vif(m, DRIVERS)[place] == pytest.approx(1 / (1 - explained))
    np.testing.assert_allclose(stats.ols(m, "y", DRIVERS).vif, stats.vif(m, DRIVERS))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_shares_add_up_to_r_squared(seed: int) -> None:
    m = moments(answers(seed))
    r_squared = float(stats.ols(m, "y", DRIVERS).r_squared)
    for shares in (stats.relative_weights(m, "y", DRIVERS), stats.lmg(m, "y", DRIVERS)):
        assert shares.sum() == pytest.approx(r_squared)
        assert (shares >= -1e-12).all()


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, order=st.permutations(DRIVERS))
def test_order_and_units_of_drivers_do_not_matter(seed: int, order: list[str]) -> None:
    frame = answers(seed)
    m, other = moments(frame), moments(frame * [2, 0.1, 30, 1, 5] + 3)
    back = [order.index(driver) for driver in DRIVERS]
    for shares in (stats.relative_weights, stats.lmg):
        np.testing.assert_allclose(shares(other, "y", order)[back], shares(m, "y", DRIVERS), atol=1e-9)


def test_lmg_is_the_average_over_all_orders() -> None:
    m = moments(answers(3))
    gains = {driver: [] for driver in DRIVERS}
    for order in permutations(DRIVERS):
        before = 0.0
        for count, driver in enumerate(order, start=1):
            after = float(stats.ols(m, "y", order[:count]).r_squared)
            gains[driver].append(after - before)
            before = after
    expected = [np.mean(gains[driver]) for driver in DRIVERS]
    np.testing.assert_allclose(stats.lmg(m, "y", DRIVERS), expected)


def test_uncorrelated_drivers_have_their_squared_correlations() -> None:
    corr = np.eye(4)
    corr[3, :3] = corr[:3, 3] = [0.5, 0.3, 0.1]
    m = stats.Moments.from_cov(corr, 100, ["a", "b", "c", "y"])
    for shares in (stats.relative_weights, stats.lmg):
        np.testing.assert_allclose(shares(m, "y", ["a", "b", "c"]), [0.25, 0.09, 0.01], atol=1e-12)


def test_one_driver() -> None:
    m = moments(answers())
    expected = m.corr[0, 4] ** 2
    assert stats.lmg(m, "y", ["a"]) == pytest.approx(expected)
    assert stats.relative_weights(m, "y", ["a"]) == pytest.approx(expected)
    assert stats.vif(m, ["a"]) == pytest.approx(1)


def test_replicates_are_stacked_results() -> None:
    sample = stats.bootstrap(answers(), replicates=6)
    for shares in (stats.relative_weights, stats.lmg):
        stacked = shares(sample.replicates, "y", DRIVERS)
        np.testing.assert_allclose(stacked[4], shares(sample.replicates[4], "y", DRIVERS))
    fit, alone = (stats.ols(m, "y", DRIVERS) for m in (sample.replicates, sample.replicates[4]))
    np.testing.assert_allclose(fit.slopes[4], alone.slopes)
    np.testing.assert_allclose(fit.standard_errors[4], alone.standard_errors)


def test_chunks_of_subsets_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    from csat.stats import importance

    sample = stats.bootstrap(answers(), replicates=20)
    whole = stats.lmg(sample.replicates, "y", DRIVERS)
    monkeypatch.setattr(importance, "_CHUNK_NUMBERS", 48)
    np.testing.assert_allclose(stats.lmg(sample.replicates, "y", DRIVERS), whole)


def test_collinear_drivers_are_nan_in_replicates_and_named_in_the_sample() -> None:
    frame = answers()
    frame["b"] = 2 * frame["a"]
    with pytest.raises(stats.MomentsError, match="a, b are perfectly collinear"):
        stats.ols(moments(frame), "y", DRIVERS)
    for shares in (stats.relative_weights, stats.lmg):
        with pytest.raises(stats.MomentsError, match="a, b are perfectly collinear"):
            shares(moments(frame), "y", DRIVERS)
    good, bad = moments(answers()), moments(frame)
    both = stats.Moments(
        good.items, np.stack([good.n, bad.n]), np.stack([good.mean, bad.mean]), np.stack([good.cov, bad.cov])
    )
    for shares in (stats.relative_weights, stats.lmg):
        values = shares(both, "y", DRIVERS)
        assert np.isfinite(values[0]).all()
        assert np.isnan(values[1]).all()
    assert np.isnan(stats.ols(both, "y", DRIVERS).r_squared[1])


def test_mistakes_are_named() -> None:
    m = moments(answers())
    names = [f"x{k}" for k in range(17)]
    many = stats.Moments.from_cov(np.eye(17), 100, names)
    with pytest.raises(stats.MomentsError, match="relative_weights"):
        stats.lmg(many, "x0", names[1:])
    with pytest.raises(stats.MomentsError, match="at least one predictor"):
        stats.ols(m, "y", [])
    with pytest.raises(stats.MomentsError, match="too few for 4 predictors"):
        stats.ols(moments(answers(n=5)), "y", DRIVERS)
    with pytest.raises(stats.MomentsError, match="all answers to y are the same"):
        stats.lmg(moments(answers().assign(y=1.0)), "y", DRIVERS)
