"""Tidy frames of the statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.stats.intervals import Interval

BLOCKS = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2"], "C": ["c1"]}
ITEMS = [item for items in BLOCKS.values() for item in items]


@pytest.fixture(scope="module")
def sample() -> stats.Bootstrap:
    """A bootstrap of three correlated constructs."""
    rng = np.random.default_rng(0)
    factors = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0.4], [0.6, 1, 0.3], [0.4, 0.3, 1]], 150)
    values = factors[:, [0, 0, 0, 1, 1, 2]] + rng.normal(size=(150, 6))
    return stats.bootstrap(pd.DataFrame(values, columns=ITEMS), replicates=200)


def row(table: pd.DataFrame, metric: str, subject: str) -> pd.Series:
    """The one row of a metric and a subject."""
    found = table[(table["metric"] == metric) & (table["subject"] == subject)]
    assert len(found) == 1
    return found.iloc[0]


def test_columns_and_numbers(sample: stats.Bootstrap) -> None:
    table = stats.reliability_table(sample, BLOCKS)
    assert list(table.columns[:7]) == list(stats.COLUMNS)
    assert len(table) == 6 * 3
    alpha = row(table, "alpha", "A")
    assert alpha["estimate"] == pytest.approx(float(stats.alpha(sample.point, BLOCKS["A"])))
    assert alpha["ci_low"] < alpha["estimate"] < alpha["ci_high"]
    assert (alpha["n"], alpha["items"], alpha["flag"]) == (150, 3, "")
    assert alpha["method"] == "raw; pairwise; percentile bootstrap 95%"
    omega = row(table, "omega", "A")
    assert omega["estimate"] == pytest.approx(float(stats.omega(sample.point, BLOCKS["A"])))


def test_too_few_items_say_so(sample: stats.Bootstrap) -> None:
    table = stats.reliability_table(sample, BLOCKS)
    assert row(table, "omega", "B")["method"] == "not defined for 2 items"
    assert np.isfinite(row(table, "alpha", "B")["estimate"])
    assert row(table, "alpha", "C")["method"] == "not defined for 1 item"
    assert np.isnan(row(table, "alpha", "C")["estimate"])


def test_without_bootstrap_alpha_has_feldts_interval(sample: stats.Bootstrap) -> None:
    table = stats.reliability_table(sample.point, BLOCKS)
    alpha = row(table, "alpha", "A")
    low, high = stats.feldt(alpha["estimate"], 150, 3)
    assert (alpha["ci_low"], alpha["ci_high"]) == pytest.approx((low, high))
    assert "Feldt" in alpha["method"]
    assert np.isnan(row(table, "omega", "A")["ci_low"])


def test_items(sample: stats.Bootstrap) -> None:
    table = stats.item_analysis(sample, BLOCKS)
    assert set(table["metric"]) == {
        "item_mean",
        "item_sd",
        "item_rest_correlation",
        "alpha_if_dropped",
        "loading",
    }
    assert row(table, "item_mean", "a2")["estimate"] == pytest.approx(sample.point.mean[1])
    assert row(table, "loading", "A→a1")["construct"] == "A"
    assert np.isnan(row(table, "loading", "B→b1")["estimate"])
    assert np.isfinite(row(table, "item_rest_correlation", "b1")["estimate"])


def test_importance(sample: stats.Bootstrap) -> None:
    table = stats.importance_table(sample, "C", ["A", "B"], BLOCKS)
    r_squared = row(table, "r_squared", "C")["estimate"]
    for metric in ("relative_weight", "lmg"):
        rows = table[table["metric"] == metric]
        assert list(rows["subject"]) == ["A→C", "B→C"]
        assert rows["estimate"].sum() == pytest.approx(r_squared)
        assert table.loc[table["metric"] == f"{metric}_share", "estimate"].sum() == pytest.approx(100)
    assert (table["ci_low"] <= table["ci_high"]).all()
    scores = sample.point.scores(BLOCKS)
    assert row(table, "vif", "A→C")["estimate"] == pytest.approx(stats.vif(scores, ["A", "B"])[0])


def test_importance_of_many_drivers_leaves_lmg_out() -> None:
    names = [f"x{k}" for k in range(17)]
    corr = np.full((17, 17), 0.3) + 0.7 * np.eye(17)
    m = stats.Moments.from_cov(corr, 300, names)
    table = stats.importance_table(m, "x0", names[1:], {name: [name] for name in names})
    assert row(table, "relative_weight", "x1→x0")["estimate"] > 0
    assert np.isnan(row(table, "lmg", "x1→x0")["estimate"])
    assert "left out" in row(table, "lmg", "x1→x0")["method"]


def test_pairwise_tables_show_the_weakest_base() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(100, 6)) + rng.normal(size=(100, 1)), columns=ITEMS)
    frame.loc[:29, "a1"] = np.nan
    frame.loc[20:39, "b1"] = np.nan
    sample = stats.bootstrap(frame, replicates=20)
    assert row(stats.reliability_table(sample, BLOCKS), "alpha", "A")["n"] == 70
    assert row(stats.item_analysis(sample, BLOCKS), "item_mean", "a1")["n"] == 70
    assert row(stats.item_analysis(sample, BLOCKS), "item_mean", "a2")["n"] == 100
    assert row(stats.htmt_table(sample, BLOCKS), "htmt", "A~B")["n"] == 60
    assert row(stats.correlation_table(sample, BLOCKS), "correlation", "B~C")["n"] == 80


def test_limits_of_coefficients_stay_below_one() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 3)) + 0.5 * rng.normal(size=(60, 1)), columns=["a", "b", "c"])
    table = stats.reliability_table(stats.bootstrap(frame, replicates=400), {"A": ["a", "b", "c"]})
    omega = row(table, "omega", "A")
    assert omega["ci_high"] <= 1
    assert "of replicates used" in omega["method"]


def test_tidy_tells_lost_replicates() -> None:
    two = np.array([1.0, 2.0])
    interval = Interval(two, two - 1, two + 1, np.array([1.0, 0.975]), two, 0.9, "bca")
    table = stats.tidy("alpha", ["A", "B"], interval, [10, 20], "raw", flag=["", "weak"])
    assert list(table["method"]) == [
        "raw; bca bootstrap 90%",
        "raw; bca bootstrap 90%; 97.5% of replicates used",
    ]
    assert list(table["flag"]) == ["", "weak"]
    assert list(table["ci_low"]) == [0, 1]


def test_stack_and_names() -> None:
    one = stats.tidy("a", ["x"], [1.0])
    empty = stats.tidy("a", [], [])
    assert len(stats.stack([one, empty, one])) == 2
    assert list(stats.stack([]).columns) == list(stats.COLUMNS)
    assert stats.arrow("A", "B", "C") == "A→B→C"
    assert stats.pair("A", "B") == "A~B"
