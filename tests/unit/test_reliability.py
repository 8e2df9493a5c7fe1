"""Alpha, omega and the items' part in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from hypothesis import given, settings
from hypothesis import strategies as st

ITEMS = ["a", "b", "c", "d"]
SEEDS = st.integers(0, 10_000)


def scale(seed: int = 0, n: int = 120, loadings: tuple[float, ...] = (0.5, 0.6, 0.7, 0.8)) -> pd.DataFrame:
    """Answers that share one factor."""
    rng = np.random.default_rng(seed)
    strength = np.array(loadings)
    noise = rng.normal(size=(n, len(strength))) * np.sqrt(1 - strength**2)
    return pd.DataFrame(rng.normal(size=(n, 1)) * strength + noise, columns=ITEMS[: len(strength)])


def moments(frame: pd.DataFrame, **options: str) -> stats.Moments:
    """Moments of the whole frame."""
    return stats.GroupedSums.from_frame(frame, **options).moments()


def test_definitions() -> None:
    frame = scale()
    m = moments(frame)
    total = frame.sum(axis=1)
    assert stats.alpha(m, ITEMS) == pytest.approx(4 / 3 * (1 - frame.var().sum() / total.var()))
    rest = [frame[item].corr(total - frame[item]) for item in ITEMS]
    np.testing.assert_allclose(stats.item_rest_correlation(m, ITEMS), rest)
    dropped = [stats.alpha(m, [other for other in ITEMS if other != item]) for item in ITEMS]
    np.testing.assert_allclose(stats.alpha_if_dropped(m, ITEMS), dropped)
    standardised = moments((frame - frame.mean()) / frame.std())
    assert stats.standardized_alpha(m, ITEMS) == pytest.approx(stats.alpha(standardised, ITEMS))


def test_equal_loadings_make_alpha_and_omega_one() -> None:
    corr = np.full((4, 4), 0.4) + 0.6 * np.eye(4)
    m = stats.Moments.from_cov(corr, 100, ITEMS)
    expected = 4 * 0.4 / (1 + 3 * 0.4)
    for coefficient in (stats.alpha, stats.standardized_alpha, stats.omega, stats.omega_standardised):
        assert coefficient(m, ITEMS) == pytest.approx(expected)
    assert stats.composite_reliability(m, ITEMS) == pytest.approx(expected)
    assert stats.ave(m, ITEMS) == pytest.approx(0.4)
    assert stats.ave(m, ITEMS, standardised=False) == pytest.approx(0.4)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, shift=st.floats(-1e6, 1e6), unit=st.floats(0.01, 100))
def test_neither_shift_nor_unit_matter(seed: int, shift: float, unit: float) -> None:
    frame = scale(seed)
    a, b = moments(frame), moments(frame * unit + shift)
    for coefficient in (stats.alpha, stats.omega, stats.omega_standardised):
        assert coefficient(a, ITEMS) == pytest.approx(float(coefficient(b, ITEMS)), abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, order=st.permutations(ITEMS))
def test_order_of_items_does_not_matter(seed: int, order: list[str]) -> None:
    m = moments(scale(seed))
    for coefficient in (stats.alpha, stats.omega, stats.omega_standardised, stats.composite_reliability):
        assert coefficient(m, order) == pytest.approx(float(coefficient(m, ITEMS)), abs=1e-7)
    back = [order.index(item) for item in ITEMS]
    rest = stats.item_rest_correlation(m, order)[back]
    np.testing.assert_allclose(rest, stats.item_rest_correlation(m, ITEMS))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_alpha_is_at_most_one_and_at_most_omega_of_its_population(seed: int) -> None:
    m = moments(scale(seed))
    assert stats.alpha(m, ITEMS) <= 1
    true = np.random.default_rng(seed).uniform(0.2, 0.9, 4)
    implied = np.outer(true, true)
    np.fill_diagonal(implied, 1)
    population = stats.Moments.from_cov(implied, 100, ITEMS)
    assert stats.alpha(population, ITEMS) <= stats.omega(population, ITEMS) + 1e-9


def test_leading_axes_are_stacked_results() -> None:
    frames = [scale(seed) for seed in range(5)]
    each = [moments(frame) for frame in frames]
    stack = stats.Moments(
        each[0].items,
        np.stack([m.n for m in each]),
        np.stack([m.mean for m in each]),
        np.stack([m.cov for m in each]),
    )
    for coefficient in (
        stats.alpha,
        stats.standardized_alpha,
        stats.alpha_if_dropped,
        stats.item_rest_correlation,
        stats.omega,
        stats.omega_standardised,
        stats.composite_reliability,
        stats.ave,
    ):
        expected = np.stack([coefficient(m, ITEMS) for m in each])
        np.testing.assert_allclose(coefficient(stack, ITEMS), expected, atol=1e-8)


def test_two_items() -> None:
    m = moments(scale())
    r = m.corr[0, 1]
    assert stats.standardized_alpha(m, ["a", "b"]) == pytest.approx(2 * r / (1 + r))
    for undefined in (stats.omega, stats.omega_standardised, stats.composite_reliability, stats.ave):
        assert np.isnan(undefined(m, ["a", "b"]))
    assert np.isnan(stats.alpha_if_dropped(m, ["a", "b"])).all()


def test_mistakes_are_named() -> None:
    frame = scale().assign(b=4.0)
    m = moments(frame)
    for coefficient in (stats.alpha, stats.item_rest_correlation, stats.omega, stats.omega_standardised):
        with pytest.raises(stats.MomentsError, match="all answers to b are the same"):
            coefficient(m, ITEMS)
    with pytest.raises(stats.MomentsError, match="alpha needs at least 2 items; there is a"):
        stats.alpha(m, ["a"])
    twin = scale()
    twin["b"] = twin["a"] * 2 + 1
    with pytest.raises(stats.MomentsError, match="a, b are perfectly collinear"):
        stats.omega(moments(twin), ITEMS)


def test_fewer_respondents_than_items() -> None:
    m = moments(scale(n=4))
    assert np.isfinite(stats.alpha(m, ITEMS))
    with pytest.raises(stats.MomentsError, match="4 respondents are too few for the 4 items a, b, c, d"):
        stats.omega(m, ITEMS)


def test_degenerate_replicates_are_nan() -> None:
    frame = scale(n=15)
    frame["d"] = [1.0] + [0.0] * 14
    sample = stats.bootstrap(frame, replicates=300)
    values = stats.alpha(sample.replicates, ITEMS)
    constant = sample.replicates.sd[:, 3] == 0
    assert constant.any()
    np.testing.assert_array_equal(np.isnan(values), constant)
