"""Zones, quadrants, curves, indices and careless flags on every further data set that they apply to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.data.quality.screening import screen

Read = Callable[[str], pd.DataFrame]
AIRLINE_PAIRS = {f"s{i}": f"e{i}" for i in range(1, 24)}
# data set: satisfaction items, outcome items, (minimum, maximum)
OUTCOMES = {
    "mobi": (["CUSA1", "CUSA2", "CUSA3"], ["CUSL1", "CUSL3"], (1, 10)),
    "corp_rep_data": (["cusa"], ["cusl_1", "cusl_2", "cusl_3"], (1, 7)),
    "oddjob_airline_teaching": (["sat1", "sat2", "sat3"], [f"loy{i}" for i in range(1, 6)], (1, 7)),
    "switching": (["SAT1", "SAT2", "SAT3"], ["INT1", "INT2"], (1, 7)),
    "univer_orientation_satisfaction": (["informat", "willingn"], ["global"], (1, 7)),
    "customerSat_yellowpages": (["q2", "q3", "q4"], ["q1"], (1, 10)),
    "skytrax_lounge_reviews": (["comfort_rating", "cleanliness_rating"], ["overall_rating"], (1, 10)),
}
BATTERIES = {
    "mobi": None,
    "bfi": [f"{t}{i}" for t in "ACENO" for i in range(1, 6)],
    "servqual_durables_SQ": [f"a{i:02d}" for i in range(1, 23)],
    "turkiye_student_evaluation": [f"Q{i}" for i in range(1, 29)],
    "oddjob_airline_teaching": list(AIRLINE_PAIRS),
    "customerSat_yellowpages": [f"q{i}" for i in range(1, 11)],
    "HolzingerSwineford1939": [f"x{i}" for i in range(1, 10)],
    "careless_dataset": None,
    "attitude_employees": None,
}


def scores(read: Read, name: str) -> tuple[pd.Series[float], pd.Series[float]]:
    satisfaction, outcome, _ = OUTCOMES[name]
    data = read(name).replace(-99, np.nan)
    return data[satisfaction].mean(axis=1), data[outcome].mean(axis=1)


@pytest.mark.parametrize("name", OUTCOMES)
def test_quadrants_and_curves(name: str, shared_data: Read) -> None:
    x, y = scores(shared_data, name)
    n = (x.notna() & y.notna()).sum()
    shares = stats.quadrant_table(x, y, x.median(), y.median())
    assert shares.loc[shares["metric"] == "quadrant_share", "estimate"].sum() == pytest.approx(1)
    assert shares.loc[shares["metric"] == "quadrant_share", "n"].tolist() == [n] * 4
    binned = stats.binned_means(x, y, np.unique(np.quantile(x.dropna(), [0, 0.25, 0.5, 0.75, 1])))
    assert binned["n"].sum() == n
    test = stats.quadratic_test(x, y).set_index(["metric", "subject"])
    # numpy fits the same parabola
    known = x.notna() & y.notna()
    expected = np.polyfit(x[known] - x[known].mean(), y[known], 2)[::-1]
    np.testing.assert_allclose(test.loc["quadratic", "estimate"], expected, rtol=1e-6, atol=1e-9)
    curve = stats.loyalty_curve(x, y, replicates=200)
    inside = curve[curve["metric"] == "loyalty_curve"]
    assert (inside["ci_low"] <= inside["ci_high"]).all()
    assert inside["n"].unique().tolist() == [n]


@pytest.mark.parametrize("name", OUTCOMES)
def test_zones_of_a_direct_answer(name: str, shared_data: Read) -> None:
    x, y = scores(shared_data, name)
    found = stats.zone_table(x, y, replicates=200, permutations=99).set_index(["metric", "subject"])
    zones = found.loc["zone_loyalty", "estimate"]
    if zones.notna().all():
        assert zones.is_monotonic_increasing
        assert found.loc["zone_share", "estimate"].min() >= 0.1 - 1e-9
        assert found.loc["zone_share", "estimate"].sum() == pytest.approx(1)
    assert 0 < found.loc[("zone_p", "steps"), "estimate"] <= 1


def test_zones_of_an_airline_that_asked_both(shared_data: Read) -> None:
    data = shared_data("oddjob_airline_teaching")
    gap = stats.gap_scores(data, AIRLINE_PAIRS)
    loyalty = data[[f"loy{i}" for i in range(1, 6)]].mean(axis=1)
    found = stats.zone_table(gap, loyalty, replicates=500).set_index(["metric", "subject"])
    low, high = found.loc["zone_band", "estimate"]
    zone = stats.zone_of(gap, (low, high))
    for k, name in enumerate(("defection", "indifference", "affection")):
        assert found.loc[("zone_share", name), "estimate"] == pytest.approx((zone == k).mean())
        assert found.loc[("zone_loyalty", name), "estimate"] == pytest.approx(loyalty[zone == k].mean())
    assert found.loc[("zone_p", "steps"), "estimate"] < 0.01


@pytest.mark.parametrize("name", OUTCOMES)
def test_indices(name: str, shared_data: Read) -> None:
    satisfaction, outcome, limits = OUTCOMES[name]
    data = shared_data(name).replace(-99, np.nan)[[*satisfaction, *outcome]]
    ranges = {item: (limits if item in outcome else (data[item].min(), data[item].max())) for item in data}
    blocks = {"satisfaction": satisfaction, "outcome": outcome}
    table = stats.index_table(stats.bootstrap(data, replicates=200), blocks, ranges).set_index("subject")
    for construct, items in blocks.items():
        by_item = [(data[i].mean() - ranges[i][0]) / (ranges[i][1] - ranges[i][0]) * 100 for i in items]
        assert table.loc[construct, "estimate"] == pytest.approx(np.mean(by_item))


@pytest.mark.parametrize("name", BATTERIES)
def test_screening(name: str, shared_data: Read) -> None:
    data = shared_data(name)
    answers = data[BATTERIES[name] or list(data.columns)]
    found = screen(answers)
    table = found.respondents
    assert len(table) == len(answers)
    assert table["longstring"].between(0, answers.shape[1]).all()
    row = int(np.argmax(table["longstring"]))
    runs = answers.iloc[row].ne(answers.iloc[row].shift()).cumsum()
    assert table["longstring"].iloc[row] == runs.value_counts().max()
    np.testing.assert_allclose(table["irv"], answers.std(axis=1))
    complete = answers.notna().all(axis=1)
    if complete.all():
        assert table["mahalanobis"].mean() == pytest.approx(answers.shape[1] * (1 - 1 / len(answers)))
    shares = found.summary.set_index(["metric", "subject"])["estimate"]
    assert shares[("careless_share", "careless")] <= shares[("careless_share", "any")]
