"""Expectation against experience: thresholds are found where they are, and not where there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.errors import CsatError
from csat.stats import gap_scores, response_surface_table, zone_of, zone_table
from csat.stats.change_points import cells_of, levels, thresholds, two_steps


def stepped(n: int = 600, seed: int = 1, noise: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    gap = rng.integers(-4, 5, n).astype(float)
    return gap, np.select([gap < -1, gap <= 2], [3.0, 5.0], 8.0) + rng.normal(0, noise, n)


def test_finds_the_band_that_is_there() -> None:
    gap, loyalty = stepped()
    frame = zone_table(gap, loyalty, replicates=500, permutations=99)
    found = frame.set_index(["metric", "subject"])
    assert found.loc[("zone_band", "low"), "estimate"] == -1.5
    assert found.loc[("zone_band", "high"), "estimate"] == 2.5
    assert found.loc[("zone_band", "low"), ["ci_low", "ci_high"]].tolist() == [-1.5, -1.5]
    shares = found.loc["zone_share", "estimate"]
    assert shares.sum() == pytest.approx(1)
    assert shares["defection"] == pytest.approx((gap < -1).mean())
    assert found.loc[("zone_loyalty", "affection"), "estimate"] == pytest.approx(loyalty[gap > 2].mean())
    assert found.loc[("zone_p", "steps"), "estimate"] == pytest.approx(0.01)
    steps, line = found.loc["zone_r_squared", "estimate"][["steps", "line"]]
    assert steps > line
    assert set(frame["n"]) == {600}


def test_no_band_where_loyalty_has_nothing_to_do_with_the_gap() -> None:
    rng = np.random.default_rng(5)
    p = []
    for _ in range(60):
        frame = zone_table(rng.integers(-3, 4, 100), rng.normal(size=100), replicates=5, permutations=39)
        p.append(frame.set_index("metric").loc["zone_p", "estimate"])
    assert np.mean(np.array(p) <= 0.05) < 0.17
    assert np.median(p) > 0.3


def test_search_equals_trying_every_pair() -> None:
    rng = np.random.default_rng(0)
    counts, sums = rng.uniform(1, 9, (4, 7)), rng.normal(size=(4, 7))
    cuts = two_steps(counts, sums, least_share=0.15)
    for row in range(4):
        best, where = -np.inf, None
        for i in range(1, 6):
            for j in range(i + 1, 7):
                parts = [slice(0, i), slice(i, j), slice(j, 7)]
                n = np.array([counts[row, p].sum() for p in parts])
                s = np.array([sums[row, p].sum() for p in parts])
                if (n >= 0.15 * n.sum()).all() and (s**2 / n).sum() > best:
                    best, where = (s**2 / n).sum(), (i, j)
        assert tuple(cuts[row]) == where


def test_rising_zones_only() -> None:
    counts, sums = np.full(6, 10.0), np.array([50.0, 50, 90, 90, 10, 10])
    assert two_steps(counts, sums).tolist() == [2, 4]
    cuts = two_steps(counts, sums, rising=True)
    assert (np.diff(levels(counts, sums, cuts).means) >= 0).all() if cuts[0] > 0 else True
    falling = two_steps(counts, sums[::-1].cumsum()[::-1], rising=True)
    assert falling.tolist() == [-1, -1]
    assert np.isnan(thresholds(falling, np.arange(6.0))).all()


def test_given_band_includes_its_limits() -> None:
    gap, loyalty = stepped()
    found = zone_table(gap, loyalty, band=(-1, 2), replicates=100, permutations=0).set_index(
        ["metric", "subject"]
    )
    assert found.loc[("zone_share", "indifference"), "estimate"] == pytest.approx(
        ((gap >= -1) & (gap <= 2)).mean()
    )
    assert (zone_of(gap, (-1, 2)) == 1).mean() == pytest.approx(((gap >= -1) & (gap <= 2)).mean())
    assert "zone_p" not in found.index.get_level_values(0)


def test_a_given_band_may_leave_a_zone_empty() -> None:
    found = zone_table([-1.0] * 6 + [0.0] * 6, range(12), band=(-0.5, 5), replicates=50).set_index(
        ["metric", "subject"]
    )
    assert found.loc[("zone_share", "affection"), "estimate"] == 0
    assert np.isnan(found.loc[("zone_loyalty", "affection"), "estimate"])


def test_one_value_of_the_gap_gives_no_band() -> None:
    rng = np.random.default_rng(0)
    found = zone_table(np.zeros(30), rng.normal(size=30), replicates=50, permutations=9)
    told = found.set_index(["metric", "subject"])["estimate"]
    assert np.isnan(told[("zone_band", "low")])
    assert np.isnan(told[("zone_p", "steps")])


def test_weights_count() -> None:
    gap, loyalty = stepped(120)
    twice = zone_table(np.tile(gap, 2), np.tile(loyalty, 2), replicates=20, permutations=0)
    weighted = zone_table(gap, loyalty, weights=np.full(120, 2.0), replicates=20, permutations=0)
    np.testing.assert_allclose(twice["estimate"], weighted["estimate"])


def test_many_values_are_put_into_cells() -> None:
    x = np.random.default_rng(1).normal(size=2000)
    edges, cell = cells_of(x)
    assert len(edges) == 59
    assert x[cell == 7].max() < edges[7] < x[cell == 8].min()
    assert np.bincount(cell).min() >= 30
    assert x[cell == 0].max() < x[cell == 1].min()


def test_gaps() -> None:
    answers = pd.DataFrame({"e": [3, 5, np.nan], "p": [4, 1, 2], "e2": [1, 2, 1], "p2": [5, 5, np.nan]})
    assert gap_scores(answers, {"p": "e", "p2": "e2"}).tolist()[:2] == [2.5, -0.5]
    assert np.isnan(gap_scores(answers, {"p": "e", "p2": "e2"}).iloc[2])
    scaled = gap_scores(answers, {"p": "e"}, {"p": (1, 5), "e": (0, 10)})
    assert scaled.iloc[0] == pytest.approx(75 - 30)
    with pytest.raises(CsatError, match="give pairs"):
        gap_scores(answers, {})


def test_refusals() -> None:
    with pytest.raises(CsatError, match="ten are the least"):
        zone_table([1, 2, np.nan], [1, 2, 3])
    with pytest.raises(CsatError, match="3 gaps do not fit 2"):
        zone_table([1, 2, 3], [1, 2])
    with pytest.raises(CsatError, match="is empty"):
        zone_table(np.arange(20), np.arange(20), band=(2, 1))


def test_response_surface_is_ordinary_regression() -> None:
    rng = np.random.default_rng(2)
    e, p = rng.integers(1, 11, 300).astype(float), rng.integers(1, 11, 300).astype(float)
    y = 0.2 * p - 0.1 * e + 0.02 * p * e + rng.normal(size=300)
    found = response_surface_table(e, p, y, centre=5.5, replicates=100).set_index("subject")["estimate"]
    a, b = e - 5.5, p - 5.5
    beta = np.linalg.lstsq(np.column_stack([np.ones(300), a, b, a * a, a * b, b * b]), y, rcond=None)[0]
    np.testing.assert_allclose(found.iloc[:5], beta[1:], atol=1e-9)
    assert found["a3"] == pytest.approx(beta[2] - beta[1])
    assert found["a4"] == pytest.approx(beta[3] - beta[4] + beta[5])
    assert found["surface"] > found["gap"]
