"""Weights, strata and clusters reach every statistic: a weight of 2 is two people, intervals widen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.stats.mediation import mediation_table
from csat.stats.nonlinear import binned_means, loyalty_curve, quadratic_test
from csat.stats.quadrant import quadrant_table
from csat.stats.shares import nps_table, share_table, top_box_table
from csat.stats.zones import zone_table

BLOCKS = {"A": ("a1", "a2", "a3"), "B": ("b1", "b2", "b3"), "C": ("c1", "c2", "c3")}
ITEMS = [item for items in BLOCKS.values() for item in items]
PATHS = [("A", "B"), ("A", "C"), ("B", "C")]


def people(n: int = 300, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = 0.6 * a + rng.normal(size=n)
    c = 0.3 * a + 0.5 * b + rng.normal(size=n)
    factors = np.column_stack([a, b, c]).repeat(3, axis=1)
    return pd.DataFrame(np.clip(np.round(6 + 1.5 * factors + rng.normal(size=(n, 9))), 0, 10), columns=ITEMS)


FRAME = people()
TWICE = np.where(np.arange(300) % 4 == 0, 2, 1)
AGAIN = FRAME.loc[FRAME.index.repeat(TWICE)].reset_index(drop=True)

Compute = Callable[[pd.DataFrame, np.ndarray | None], pd.DataFrame]


def sampled(compute: Callable[[stats.Bootstrap], pd.DataFrame]) -> Compute:
    return lambda frame, w: compute(stats.bootstrap(frame, w, replicates=60))


RANGES = dict.fromkeys(ITEMS, (0.0, 10.0))
EVERYTHING: dict[str, Compute] = {
    "reliability": sampled(lambda s: stats.reliability_table(s, BLOCKS)),
    "items": sampled(lambda s: stats.item_analysis(s, BLOCKS)),
    "htmt": sampled(lambda s: stats.htmt_table(s, BLOCKS)),
    "correlations": sampled(lambda s: stats.correlation_table(s, BLOCKS)),
    "indices": sampled(lambda s: stats.index_table(s, BLOCKS, RANGES)),
    "importance": sampled(lambda s: stats.importance_table(s, "C", ["A", "B"], BLOCKS)),
    "pls": sampled(lambda s: stats.pls_table(s, BLOCKS, PATHS)),
    "priority": sampled(lambda s: stats.priority_table(s, BLOCKS, PATHS, "C", RANGES)),
    "mediation": sampled(lambda s: mediation_table(s, BLOCKS, ("A", "B", "C"))),
    "shares": lambda f, w: share_table("x", {"a1": f["a1"] > 6}, w),
    "top_box": lambda f, w: top_box_table(f, 8, w),
    "nps": lambda f, w: nps_table(f["a1"], "a1", weights=w),
    "quadrant": lambda f, w: quadrant_table(f["a1"], f["b1"], 7, 7, w),
    "quadratic": lambda f, w: quadratic_test(f["a1"], f["b1"], w),
    "brackets": lambda f, w: binned_means(f["a1"], f["b1"], [0, 5, 7, 10], w),
    "curve": lambda f, w: loyalty_curve(f["a1"], f["b1"], [3, 5, 8], 3, w, replicates=60),
    "zones": lambda f, w: zone_table(f["a1"] - f["a2"], f["b1"], w, replicates=60, permutations=0),
    "cfa": lambda f, w: stats.cfa_table(stats.cfa(f, BLOCKS, "ML", w)),
}
# Of what R's cov() divides by n - 1, n being people and not weights; what is made of n itself.
PEOPLE = {"f_squared", "r_squared_adjusted", "srmr"}
TESTS = ("cfa_chisq", "cfa_pvalue", "cfa_cfi", "cfa_tli", "cfa_rmsea")


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_weight_of_two_counts_as_two_people(name: str) -> None:
    weighted, repeated = EVERYTHING[name](FRAME, TWICE.astype(float)), EVERYTHING[name](AGAIN, None)
    plain = EVERYTHING[name](FRAME, None)
    assert list(weighted["subject"]) == list(repeated["subject"])
    same = ~weighted["metric"].isin(PEOPLE) & ~weighted["metric"].str.startswith(TESTS)
    same &= ~weighted["metric"].str.contains("probability")  # shares of replicates
    tolerance = 0.02 if name in ("items", "cfa") else 0.004  # of n/(n - 1) only, in what is not scale free
    np.testing.assert_allclose(
        weighted.loc[same, "estimate"], repeated.loc[same, "estimate"], rtol=tolerance, atol=1e-4
    )
    assert not np.allclose(weighted["estimate"], plain["estimate"], rtol=1e-6, equal_nan=True)


UNEVEN = np.random.default_rng(1).lognormal(0, 0.9, 300)


@pytest.mark.parametrize("name", sorted(set(EVERYTHING) - {"cfa", "zones", "brackets"}))
def test_uneven_weights_widen_intervals(name: str) -> None:
    even, uneven = EVERYTHING[name](FRAME, None), EVERYTHING[name](FRAME, UNEVEN)
    width = [(table["ci_high"] - table["ci_low"]).replace(0.0, np.nan) for table in (even, uneven)]
    assert (width[1] / width[0]).median() > 1.15


CLUSTERS = np.arange(300) // 10
DESIGNED: dict[str, Callable[[dict[str, np.ndarray]], pd.DataFrame]] = {
    "shares": lambda d: share_table("x", {"y": TIED > 0.3}, **d),
    "nps": lambda d: nps_table(np.clip(np.round(7 + TIED), 0, 10), "y", **d),
    "quadrant": lambda d: quadrant_table(TIED, TIED, 0, 0.5, **d).iloc[:1],
    "quadratic": lambda d: quadratic_test(TIED, TIED**2 + OTHER, **d).iloc[:1],
    "brackets": lambda d: binned_means(OTHER, TIED, [-9, 9], **d),
    "curve": lambda d: loyalty_curve(OTHER, TIED, [0], 3, replicates=400, **d).iloc[:1],
    "bootstrap": lambda d: stats.index_table(
        stats.bootstrap(pd.DataFrame({"y": TIED, "z": OTHER}), replicates=400, **d),
        {"Y": ("y",)},
        {"y": (-5, 5)},
    ),
}
_RNG = np.random.default_rng(9)
TIED = _RNG.normal(size=30)[CLUSTERS] + 0.4 * _RNG.normal(size=300)
OTHER = TIED + 2 * _RNG.normal(size=30)[CLUSTERS]


@pytest.mark.parametrize("name", DESIGNED)
def test_clusters_widen_and_strata_narrow_intervals(name: str) -> None:
    def width(**design: np.ndarray) -> float:
        row = DESIGNED[name](design).iloc[0]
        return float(row["ci_high"] - row["ci_low"])

    assert width(clusters=CLUSTERS) > 1.6 * width()
    if name in ("bootstrap", "nps", "brackets", "curve"):
        strata = np.argsort(np.argsort(TIED, kind="stable")) // 60
        assert width(strata=strata) < 0.9 * width()


def test_permutations_of_zones_keep_the_weights() -> None:
    rng = np.random.default_rng(5)
    gap, loyalty, w = rng.normal(size=200), rng.normal(size=200), rng.lognormal(0, 1, 200)
    p = [
        zone_table(gap, rng.permutation(loyalty), w, replicates=2, permutations=99, seed=k)
        .query("metric == 'zone_p'")["estimate"]
        .iloc[0]
        for k in range(60)
    ]
    assert 0.3 < np.mean(p) < 0.7  # neither too small nor too large without any zones


def test_errors_of_a_mediation_are_of_the_replicates_when_weighted() -> None:
    plain = mediation_table(stats.bootstrap(FRAME, replicates=400), BLOCKS, ("A", "B", "C"))
    even = mediation_table(stats.bootstrap(FRAME, np.full(300, 3.0), replicates=400), BLOCKS, ("A", "B", "C"))
    uneven = mediation_table(stats.bootstrap(FRAME, UNEVEN, replicates=400), BLOCKS, ("A", "B", "C"))
    pd.testing.assert_series_equal(plain["standard_error"], even["standard_error"])
    assert (uneven["standard_error"] / plain["standard_error"]).iloc[:5].median() > 1.2


def test_equal_weights_change_no_share() -> None:
    plain = share_table("x", {"a1": FRAME["a1"] > 6})
    even = share_table("x", {"a1": FRAME["a1"] > 6}, np.full(300, 2.5))
    np.testing.assert_allclose(
        even[["estimate", "ci_low", "ci_high"]], plain[["estimate", "ci_low", "ci_high"]]
    )
