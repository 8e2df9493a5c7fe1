"""What to do first: gains, headroom and how sure the order is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.errors import CsatError
from csat.stats import importance_performance_map, item_priority_table, priority_table, rank_table
from csat.stats.effects import total_effects
from csat.stats.pls import pls
from csat.stats.priority import index_total_effects
from csat.stats.ranking import rank_frame
from pls_models import MOBI, MOBI_PATHS, mobi, moments

RANGES = {item: (1.0, 10.0) for block in MOBI.values() for item in block}


@pytest.fixture(scope="module")
def sample() -> stats.Bootstrap:
    return stats.bootstrap(mobi(), replicates=300, seed=1)


def test_importance_is_the_slope_between_indices() -> None:
    data = mobi()
    blocks = {"Image": MOBI["Image"], "Satisfaction": MOBI["Satisfaction"]}
    m = moments(data, blocks)
    result = pls(m, blocks, [("Image", "Satisfaction")])
    found = index_total_effects(result, m, RANGES, "Satisfaction")
    from csat.stats.indices import pls_index_weights

    index = {
        c: ((data[items] - 1) / 9 * 100).to_numpy() @ pls_index_weights(result, m, c, RANGES)
        for c, items in blocks.items()
    }
    slope = np.polyfit(index["Image"], index["Satisfaction"], 1)[0]
    assert found[0] == pytest.approx(slope)
    assert found[1] == 1


def test_equal_spread_leaves_the_standardised_effect() -> None:
    m = moments(mobi(), MOBI)
    m = stats.Moments(m.items, m.n, m.mean, m.corr)
    result = pls(m, MOBI, MOBI_PATHS)
    found = index_total_effects(result, m, RANGES, "Loyalty")
    at = result.model.constructs.index
    ratio = result.weights @ result.model.membership
    expected = total_effects(result.paths)[:, at("Loyalty")] * ratio / ratio[at("Loyalty")]
    np.testing.assert_allclose(np.delete(found, at("Loyalty")), np.delete(expected, at("Loyalty")))


def test_table(sample: stats.Bootstrap) -> None:
    frame = priority_table(sample, MOBI, MOBI_PATHS, "Loyalty", RANGES)
    found = frame.set_index(["metric", "subject"])
    gain, importance = found.loc["expected_gain"], found.loc["importance"]
    np.testing.assert_allclose(gain["estimate"], 10 * importance["estimate"])
    assert found.loc["probability_first", "estimate"].sum() == pytest.approx(1)
    assert found.loc["probability_top_three", "estimate"].sum() == pytest.approx(3)
    assert len(found.loc["performance"]) == 6
    chart = importance_performance_map(frame)
    assert chart["expected_gain"].is_monotonic_decreasing
    assert chart.loc[0, "driver"] == "Satisfaction"


def test_gain_stops_at_the_top_of_the_scale() -> None:
    data = mobi()
    for item in MOBI["Quality"]:
        data[item] = 9 + data[item] / 10
    blocks = {c: MOBI[c] for c in ("Quality", "Satisfaction")}
    frame = priority_table(
        moments(data, blocks), blocks, [("Quality", "Satisfaction")], "Satisfaction", RANGES
    )
    found = frame.set_index("metric")["estimate"]
    assert found["performance"] > 90
    assert found["expected_gain"] == pytest.approx(found["importance"] * (100 - found["performance"]))


def test_scale_point_of_mixed_scales() -> None:
    ranges = RANGES | {"IMAG1": (0.0, 100.0)}
    data = mobi().assign(IMAG1=lambda d: (d["IMAG1"] - 1) / 9 * 100)
    blocks = {c: MOBI[c] for c in ("Image", "Satisfaction")}
    paths = [("Image", "Satisfaction")]
    plain = priority_table(moments(mobi(), blocks), blocks, paths, "Satisfaction", RANGES).set_index("metric")
    mixed = priority_table(moments(data, blocks), blocks, paths, "Satisfaction", ranges).set_index("metric")
    assert mixed.loc["importance", "estimate"] == pytest.approx(plain.loc["importance", "estimate"])
    assert mixed.loc["gain_per_scale_point", "estimate"] < plain.loc["gain_per_scale_point", "estimate"]


def test_items_share_the_gain_of_their_construct(sample: stats.Bootstrap) -> None:
    items = item_priority_table(sample, MOBI, MOBI_PATHS, "Satisfaction", RANGES, drivers=["Quality"])
    whole = priority_table(sample.point, MOBI, MOBI_PATHS, "Satisfaction", RANGES, drivers=["Quality"])
    total = items.loc[items["metric"] == "item_gain", "estimate"].sum()
    assert total == pytest.approx(whole.set_index("metric").loc["gain_per_scale_point", "estimate"])
    first = items[items["metric"] == "probability_first"]
    assert first["estimate"].sum() == pytest.approx(1)


def test_ranking_of_any_estimator(sample: stats.Bootstrap) -> None:
    frame = rank_table(sample, lambda m: m.mean[..., :3], ["a", "b", "c"], "means")
    assert frame[frame["metric"] == "probability_top_three"]["estimate"].tolist() == [1, 1, 1]
    assert "share of 300 replicates" in frame["method"].iloc[0]


def test_broken_replicates_are_left_out_of_ranking() -> None:
    frame = rank_frame(np.array([[1.0, 2.0], [np.nan, 5.0]]), ["a", "b"], 9, "")
    assert frame["estimate"].tolist()[:2] == [0, 1]
    assert "share of 1 replicates" in frame["method"].iloc[0]
    empty = rank_frame(np.full((2, 2), np.nan), ["a", "b"], 9, "")
    assert empty["estimate"].isna().all()


@pytest.mark.parametrize(
    ("target", "drivers", "message"),
    [
        ("Nothing", [], "target Nothing stands in no path"),
        ("Satisfaction", ["Complaints"], "Complaints: no path leads to Satisfaction"),
        ("Image", [], "no path leads to Image"),
    ],
)
def test_refusals(target: str, drivers: list[str], message: str) -> None:
    with pytest.raises(CsatError, match=message):
        priority_table(moments(mobi(), MOBI), MOBI, MOBI_PATHS, target, RANGES, drivers)


def test_frame_is_tidy(sample: stats.Bootstrap) -> None:
    frame = priority_table(sample, MOBI, MOBI_PATHS, "Loyalty", RANGES)
    assert list(frame.columns) == ["metric", "subject", "estimate", "ci_low", "ci_high", "n", "method"]
    assert isinstance(frame, pd.DataFrame)
