"""Levels and changes between waves: against Welch's test, Newcombe's example and scipy's adjustment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.stats.trend import adjusted, changes, index_levels, nps_levels, share_levels
from scipy.stats import false_discovery_control, ttest_ind


def waves(n: tuple[int, int] = (80, 60)) -> list[pd.DataFrame]:
    """Two waves of one item from 0 to 100."""
    draw = np.random.default_rng(5)
    return [pd.DataFrame({"a": draw.integers(0, 11, size) * 10.0}) for size in n]


def test_a_change_of_means_is_welchs_test() -> None:
    first, second = waves()
    table = changes(*(index_levels(wave, {"A": ["a"]}) for wave in (first, second))).iloc[0]
    expected = ttest_ind(second["a"], first["a"], equal_var=False)
    limits = expected.confidence_interval()
    assert table["metric"] == "change_index" and table["subject"] == "A" and table["n"] == 60
    assert table["p"] == pytest.approx(expected.pvalue, rel=1e-10)
    assert table["df"] == pytest.approx(expected.df, rel=1e-10)
    assert (table["ci_low"], table["ci_high"]) == pytest.approx((limits.low, limits.high), rel=1e-10)


def test_an_index_is_the_mean_of_the_means_of_its_items() -> None:
    points = pd.DataFrame({"a": [0.0, 50.0, 100.0, np.nan], "b": [20.0, np.nan, 40.0, 60.0]})
    row = index_levels(points, {"A": ["a", "b"]}, weights=[1.0, 2.0, 1.0, 1.0]).iloc[0]
    assert row["estimate"] == pytest.approx((50.0 + 40.0) / 2)
    assert row["n"] == 3 and row["n_eff"] == pytest.approx(16 / 6)
    alone = index_levels(points.assign(a=np.nan), {"A": ["a"]}).iloc[0]
    assert np.isnan(alone["estimate"]) and np.isnan(alone["ci_low"]) and alone["n"] == 0


def test_a_change_of_shares_has_newcombes_interval() -> None:
    """Newcombe (1998), table II, (a): 56/70 less 48/80, method 10."""
    counts = ((48, 80), (56, 70))
    levels = [share_levels(pd.DataFrame({"a": [5.0] * k + [1.0] * (n - k)}), {"a": 4.0}) for k, n in counts]
    row = changes(*levels).iloc[0]
    assert row["metric"] == "change_top_box" and row["estimate"] == pytest.approx(0.2)
    assert (round(row["ci_low"], 4), round(row["ci_high"], 4)) == (0.0524, 0.3339)


def test_nps_has_its_change() -> None:
    levels = [nps_levels(pd.Series(values, name="r")) for values in ([9.0, 0, 7, 8, 3], [10.0, 9, 9, 7, 2])]
    row = changes(*levels).iloc[0]
    assert (row["metric"], row["subject"]) == ("change_nps", "r")
    assert row["estimate"] == pytest.approx(40.0 - -20.0)


def test_p_values_are_adjusted_over_what_is_compared() -> None:
    p = np.random.default_rng(2).uniform(size=9) ** 3
    np.testing.assert_allclose(adjusted(p), false_discovery_control(p), rtol=1e-12)
    assert np.isnan(adjusted(np.array([np.nan]))).all()


def test_nothing_in_common_is_no_change() -> None:
    first, second = waves()
    levels = index_levels(first, {"A": ["a"]}), index_levels(second, {"B": ["a"]})
    assert changes(*levels).empty
