"""Intervals from replicates, and analytic ones."""

from __future__ import annotations

import numpy as np
import pytest
from csat.stats import feldt, wilson
from csat.stats.intervals import bca, percentile
from scipy import stats as scipy_stats


def test_percentile_is_quantiles_of_what_is_finite() -> None:
    rng = np.random.default_rng(0)
    replicates = rng.normal(size=(501, 3))
    replicates[:100, 1] = np.nan
    replicates[:, 2] = np.inf
    interval = percentile(np.zeros(3), replicates, 0.9)
    np.testing.assert_allclose(interval.low[0], np.quantile(replicates[:, 0], 0.05))
    np.testing.assert_allclose(interval.high[1], np.quantile(replicates[100:, 1], 0.95))
    np.testing.assert_allclose(interval.valid, [1, 401 / 501, 0])
    assert np.isnan([interval.low[2], interval.high[2], interval.standard_error[2]]).all()
    np.testing.assert_allclose(interval.standard_error[1], replicates[100:, 1].std(ddof=1))
    assert interval.part(slice(0, 2)).estimate.shape == (2,)


def test_bca_agrees_with_scipy() -> None:
    rng = np.random.default_rng(1)
    data = rng.exponential(size=40)

    def deviation(x: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.std(x, axis=axis)

    theirs = scipy_stats.bootstrap((data,), deviation, n_resamples=999, method="BCa", rng=rng)
    left_out = np.array([deviation(np.delete(data, row)) for row in range(40)])
    ours = bca(np.array(deviation(data)), theirs.bootstrap_distribution, left_out)
    limits = theirs.confidence_interval
    np.testing.assert_allclose([ours.low, ours.high], [limits.low, limits.high], rtol=1e-10)


def test_bca_of_a_symmetric_statistic_is_close_to_percentile() -> None:
    rng = np.random.default_rng(2)
    data = rng.normal(size=200)
    replicates = rng.choice(data, (4000, 200)).mean(axis=1)
    left_out = (data.sum() - data) / 199
    ours = bca(np.array(data.mean()), replicates, left_out)
    plain = percentile(np.array(data.mean()), replicates)
    np.testing.assert_allclose([ours.low, ours.high], [plain.low, plain.high], atol=0.02)


def test_bca_edge_cases() -> None:
    replicates = np.stack([np.full(50, 2.0), np.arange(50.0)], axis=1)
    left_out = np.ones((10, 2))
    constant = bca(np.array([2.0, 100.0]), replicates, left_out)
    assert (constant.low[0], constant.high[0]) == (2.0, 2.0)
    # All replicates on one side of the estimate: the correction is not defined.
    assert np.isnan([constant.low[1], constant.high[1]]).all()


def test_bca_acceleration_within_strata() -> None:
    rng = np.random.default_rng(3)
    replicates = rng.normal(size=2000)
    level_shift = np.repeat([0.0, 100.0], 10)  # a difference between strata is not influence
    deviations = rng.exponential(size=20)
    strata = np.repeat([0, 1], 10)
    plain = bca(np.array(0.0), replicates, deviations, strata=strata)
    shifted = bca(np.array(0.0), replicates, deviations + level_shift, strata=strata)
    np.testing.assert_allclose([plain.low, plain.high], [shifted.low, shifted.high])


def test_feldt_and_wilson_take_arrays() -> None:
    low, high = feldt([0.714447, 0.441717], [250, 250], [5, 3])
    np.testing.assert_allclose(low, [0.654396, 0.310147], atol=1e-6)
    np.testing.assert_allclose(high, [0.766821, 0.551723], atol=1e-6)
    low, high = wilson([0.8, 0.84], [10, 50])
    np.testing.assert_allclose(low, [0.490162471536642, 0.71485783936965], atol=1e-12)
    np.testing.assert_allclose(high, [0.943317848545625, 0.916625793219666], atol=1e-12)
    assert wilson(1.0, 5)[1] == pytest.approx(1)
    assert np.isnan(wilson(np.nan, 0)[0])
