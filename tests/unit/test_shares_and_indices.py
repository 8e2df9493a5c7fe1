"""Shares, Net Promoter Score, indices from 0 to 100, quadrants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.errors import CsatError
from csat.stats import index_scores, index_table, nps_table, quadrant_of, quadrant_table, share_table
from csat.stats.indices import index_0_100, pls_index_weights
from csat.stats.pls import pls
from csat.stats.shares import effective_n, top_box_table
from pls_models import MOBI, MOBI_PATHS, mobi, moments

RANGES = {item: (1.0, 10.0) for block in MOBI.values() for item in block}


def test_wilson_of_a_share_and_its_base() -> None:
    frame = share_table("share", {"x": [1] * 8 + [0] * 2 + [np.nan]})
    assert frame.loc[0, ["estimate", "n"]].tolist() == [0.8, 10.0]
    # R: prop.test(8, 10, correct = FALSE)
    assert frame.loc[0, "ci_low"] == pytest.approx(0.490162471536642, abs=1e-9)
    assert frame.loc[0, "ci_high"] == pytest.approx(0.943317848545625, abs=1e-9)


def test_a_share_of_nobody_is_nan() -> None:
    frame = share_table("share", {"x": [np.nan, np.nan]})
    assert frame["n"].item() == 0
    assert frame[["estimate", "ci_low", "ci_high"]].isna().all(axis=None)


def test_weights_widen_the_interval() -> None:
    x = np.tile([1.0, 0.0], 50)
    even = share_table("share", {"x": x}, weights=np.ones(100))
    uneven = share_table("share", {"x": x}, weights=np.repeat([1.0, 3.0], 50))
    width = [f["ci_high"].item() - f["ci_low"].item() for f in (even, uneven)]
    assert width[1] > width[0]
    assert effective_n(np.repeat([1.0, 3.0], 50)) == pytest.approx(80)
    assert "effective n" in uneven["method"].item()


def test_top_box_by_item() -> None:
    frame = top_box_table(pd.DataFrame({"a": [10, 9, 8, np.nan], "b": [5, 4, 5, 3]}), {"a": 9, "b": 5})
    assert frame.set_index("subject")["estimate"].to_dict() == {"a": pytest.approx(2 / 3), "b": 0.5}
    assert frame["n"].tolist() == [3, 4]


def test_nps_and_its_error_by_hand() -> None:
    x = [10] * 5 + [8] * 3 + [2] * 2
    frame = nps_table(x, "recommend").set_index("metric")
    assert frame.loc["nps", "estimate"] == pytest.approx(30)
    error = 100 * np.sqrt((0.5 + 0.2 - 0.3**2) / 10)
    assert frame.loc["nps", "standard_error"] == pytest.approx(error)
    assert frame.loc["nps", "ci_low"] == pytest.approx(30 - 1.959964 * error, abs=1e-5)
    assert frame.loc[["nps_promoters", "nps_passives", "nps_detractors"], "estimate"].sum() == pytest.approx(
        1
    )


def test_nps_cuts_fit_any_scale_and_must_not_overlap() -> None:
    shifted = nps_table(np.array([11, 10, 9, 3]), "r", promoter_min=10, detractor_max=7)
    assert shifted["estimate"].iloc[0] == 25
    with pytest.raises(CsatError, match="overlap"):
        nps_table([1, 2], "r", promoter_min=6, detractor_max=6)


def test_nps_of_nobody() -> None:
    assert nps_table([np.nan], "r")["estimate"].isna().all()


def test_index_is_0_and_100_at_the_ends_of_the_scale() -> None:
    low = moments(pd.DataFrame({"a": [1.0, 1, 1], "b": [5.0, 5, 5]}), {"x": ["a", "b"]})
    assert index_0_100(low, ["a", "b"], {"a": (1, 7), "b": (5, 9)}) == 0
    assert index_0_100(low, ["a"], {"a": (0, 1)}) == 100


def test_index_table_is_the_mean_of_respondents_indices() -> None:
    data = mobi()
    frame = index_table(stats.bootstrap(data, replicates=200), MOBI, RANGES).set_index("subject")
    scores = index_scores(data, MOBI, RANGES)
    for construct in MOBI:
        assert frame.loc[construct, "estimate"] == pytest.approx(scores[construct].mean())
        assert (
            frame.loc[construct, "ci_low"]
            < frame.loc[construct, "estimate"]
            < frame.loc[construct, "ci_high"]
        )
        assert frame.loc[construct, "n"] == 250


def test_pls_index_moves_with_the_pls_score() -> None:
    data = mobi()
    m = moments(data, MOBI)
    result = pls(m, MOBI, MOBI_PATHS)
    weights = pls_index_weights(result, m, "Quality", RANGES)
    assert weights.sum() == pytest.approx(1)
    index = ((data[MOBI["Quality"]] - 1) / 9 * 100).to_numpy() @ weights
    z = (data[MOBI["Quality"]] - data[MOBI["Quality"]].mean()) / data[MOBI["Quality"]].std()
    score = z.to_numpy() @ result.weights[result.model.span(result.model.constructs.index("Quality"))]
    assert np.corrcoef(index, score)[0, 1] == pytest.approx(1)
    table = index_table(m, MOBI, RANGES, "pls", MOBI_PATHS).set_index("subject")
    assert table.loc["Quality", "estimate"] == pytest.approx(index.mean())


def test_index_with_weights_of_ones_own() -> None:
    m = moments(mobi(), MOBI)
    blocks = {"Value": MOBI["Value"]}
    own = index_table(m, blocks, RANGES, {"PERV1": 3, "PERV2": 1})
    mean = mobi()[MOBI["Value"]].mean()
    assert own["estimate"].item() == pytest.approx((3 * mean["PERV1"] + mean["PERV2"] - 4) / 36 * 100)
    assert own["method"].item().startswith("own weights")
    with pytest.raises(CsatError, match="no weight for PERV2"):
        index_table(m, blocks, RANGES, {"PERV1": 3})
    with pytest.raises(CsatError, match="not all 0"):
        index_table(m, blocks, RANGES, {"PERV1": 0, "PERV2": 0})


def test_index_needs_a_scale() -> None:
    m = moments(mobi(), MOBI)
    with pytest.raises(CsatError, match="CUSCO has no scale"):
        index_0_100(m, ["CUSCO"], {})
    with pytest.raises(CsatError, match="CUSCO: the scale from 5 to 5 is empty"):
        index_0_100(m, ["CUSCO"], {"CUSCO": (5, 5)})


def test_index_score_needs_half_of_the_items() -> None:
    data = pd.DataFrame({"a": [1.0, 1.0], "b": [5.0, np.nan], "c": [np.nan, np.nan]})
    scores = index_scores(data, {"x": ["a", "b", "c"]}, dict.fromkeys("abc", (1, 5)))
    assert scores["x"].iloc[0] == 50
    assert np.isnan(scores["x"].iloc[1])


def test_quadrants_are_all_customers() -> None:
    data = mobi()
    loyalty = data[["CUSL1", "CUSL3"]].mean(axis=1)
    frame = quadrant_table(data["CUSA1"], loyalty, 8, 8)
    shares = frame[frame["metric"] == "quadrant_share"].set_index("subject")["estimate"]
    assert shares.sum() == pytest.approx(1)
    assert shares["loyalist"] == pytest.approx(((data["CUSA1"] >= 8) & (loyalty >= 8)).mean())
    assert shares["hostage"] == pytest.approx(((data["CUSA1"] < 8) & (loyalty >= 8)).mean())
    given = frame[frame["metric"] == "loyal_given"].set_index("subject")
    assert given.loc["satisfied", "n"] == (data["CUSA1"] >= 8).sum()
    assert frame["method"].str.contains("satisfied from 8, loyal from 8").all()
    phi = frame.set_index("metric").loc["quadrant_correlation", "estimate"]
    assert phi == pytest.approx(np.corrcoef(data["CUSA1"] >= 8, loyalty >= 8)[0, 1])


def test_quadrants_of_nobody_and_of_uneven_input() -> None:
    with pytest.raises(CsatError, match="nobody"):
        quadrant_table([np.nan], [1.0], 1, 1)
    with pytest.raises(CsatError, match="2 values of satisfaction do not fit 1"):
        quadrant_of([1, 2], [1], 1, 1)


def test_quadrants_when_everybody_is_satisfied() -> None:
    frame = quadrant_table([9, 9, 9], [9, 3, 9], 5, 5).set_index(["metric", "subject"])
    assert np.isnan(frame.loc[("quadrant_correlation", "satisfied~loyal"), "estimate"])
    assert frame.loc[("loyal_given", "dissatisfied"), "n"] == 0
