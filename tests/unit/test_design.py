"""Variance of estimates from samples with weights, strata and clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.stats.design import DesignError, SurveyDesign
from csat.stats.design_domains import domain_means, quantile
from csat.stats.design_estimates import mean, nps, ratio, total
from csat.stats.design_intervals import share_interval, worth
from csat.stats.layout import FloatArray
from csat.stats.replicates import draw_rescaled, replicate_weights
from scipy import stats as scipy_stats


def sample(n: int = 240, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n // 6), 6)
    effect = rng.normal(size=n // 6)[cluster]
    return pd.DataFrame(
        {
            "y": effect + rng.normal(size=n),
            "x": rng.uniform(1, 3, n),
            "w": rng.uniform(0.3, 3, n),
            "stratum": np.where(cluster < 15, "a", np.where(cluster < 30, "b", "c")),
            "cluster": cluster,
        }
    )


def test_simple_random_sample_has_the_textbook_error() -> None:
    y = sample()["y"].to_numpy()
    found = mean(SurveyDesign.of(np.full(len(y), 7.0)), y)
    assert found.value[0] == pytest.approx(y.mean())
    assert found.standard_error[0] == pytest.approx(y.std(ddof=1) / np.sqrt(len(y)))
    assert found.deff[0] == pytest.approx(1)
    low, high = found.interval()
    by_scipy = scipy_stats.ttest_1samp(y, 0).confidence_interval()
    assert (low[0], high[0]) == pytest.approx(tuple(by_scipy))


def test_weights_equal_rows_counted_twice_in_the_estimate_only() -> None:
    frame = sample()
    twice = np.where(np.arange(len(frame)) % 3 == 0, 2, 1)
    doubled = frame.loc[frame.index.repeat(twice)]
    weighted = mean(SurveyDesign.of(twice), frame["y"])
    expanded = mean(SurveyDesign.of(np.ones(len(doubled))), doubled["y"])
    assert weighted.value[0] == pytest.approx(expanded.value[0])
    assert weighted.standard_error[0] > expanded.standard_error[0]


def test_stratified_error_by_hand() -> None:
    frame = sample()
    design = SurveyDesign.of(frame["w"], frame["stratum"])
    found = mean(design, frame["y"])
    z = frame["w"] * (frame["y"] - found.value[0]) / frame["w"].sum()
    by_hand = sum(len(part) * part.var(ddof=1) for _, part in z.groupby(frame["stratum"]))
    assert found.standard_error[0] ** 2 == pytest.approx(by_hand, rel=1e-12)
    assert design.df == 237


def test_clustered_error_by_hand_and_finite_population() -> None:
    frame = sample()
    design = SurveyDesign.of(frame["w"], frame["stratum"], frame["cluster"])
    found = mean(design, frame["y"])
    z = frame["w"] * (frame["y"] - found.value[0]) / frame["w"].sum()
    units = z.groupby([frame["stratum"], frame["cluster"]]).sum()
    parts = {name: len(part) * part.var(ddof=1) for name, part in units.groupby(level=0)}
    assert found.standard_error[0] ** 2 == pytest.approx(sum(parts.values()), rel=1e-12)
    assert found.df == 40 - 3
    size = frame["stratum"].map({"a": 30, "b": 15, "c": 1000})
    finite = mean(SurveyDesign.of(frame["w"], frame["stratum"], frame["cluster"], fpc=size), frame["y"])
    left = 0.5 * parts["a"] + 0.0 * parts["b"] + 0.99 * parts["c"]
    assert finite.standard_error[0] ** 2 == pytest.approx(left, rel=1e-12)
    assert found.deff[0] > 1.5


def test_ratio_total_and_contrast() -> None:
    frame = sample()
    design = SurveyDesign.of(frame["w"])
    found = ratio(design, frame["y"], frame["x"])
    assert found.value[0] == pytest.approx((frame["w"] * frame["y"]).sum() / (frame["w"] * frame["x"]).sum())
    summed = total(design, frame[["y", "x"]])
    assert summed.value == pytest.approx((frame[["y", "x"]].mul(frame["w"], axis=0)).sum().to_numpy())
    z = frame["w"] * frame["y"]
    assert summed.standard_error[0] == pytest.approx(np.sqrt(len(z) * z.var(ddof=1)))
    difference, error = summed.contrast([1, -1])
    z = frame["w"] * (frame["y"] - frame["x"])
    assert (difference, error) == pytest.approx((z.sum(), np.sqrt(len(z) * z.var(ddof=1))))


def test_domains_keep_the_whole_sample() -> None:
    frame = sample()
    design = SurveyDesign.of(frame["w"], frame["stratum"], frame["cluster"])
    group = np.where(frame["x"] > 2, "high", "low")
    table = domain_means(design, frame["y"], group)
    inside = group == "high"
    low_row = table.set_index("subject").loc["high"]
    # The same from the ratio of two totals over everybody.
    whole = ratio(design, np.where(inside, frame["y"], 0.0), inside.astype(float))
    assert low_row["estimate"] == pytest.approx(whole.value[0])
    assert low_row["standard_error"] == pytest.approx(whole.standard_error[0])
    both = mean(design, np.column_stack([frame["y"], frame["y"]]), np.column_stack([inside, ~inside]))
    assert both.contrast([1, -1])[1] > 0


def test_missing_answers_are_outside_the_domain() -> None:
    frame = sample()
    y = frame["y"].where(frame["x"] > 1.5)
    design = SurveyDesign.of(frame["w"], frame["stratum"])
    assert mean(design, y).standard_error[0] == mean(design, frame["y"], frame["x"] > 1.5).standard_error[0]
    alone = mean(design.among(frame["x"].to_numpy() > 1.5), frame["y"])
    assert alone.value[0] == pytest.approx(mean(design, y).value[0])
    with pytest.raises(DesignError, match="nobody"):
        mean(design, y, np.zeros(len(y), dtype=bool))


def test_nps_is_a_mean_of_hundreds() -> None:
    answers = np.array([10.0, 9, 8, 3, np.nan])
    assert nps(SurveyDesign.of(np.ones(5)), answers).value[0] == 25.0


def test_lonely_unit() -> None:
    y, w, strata = np.array([1.0, 2, 4, 9, 5]), np.ones(5), ["a", "a", "b", "b", "c"]
    with pytest.raises(DesignError, match=r"1 strata have one unit only \(c\)"):
        mean(SurveyDesign.of(w, strata), y)
    sure = mean(SurveyDesign.of(w, strata, lonely="certainty"), y)
    careful = mean(SurveyDesign.of(w, strata, lonely="adjust"), y)
    two = ((1 - 1.5) ** 2 * 2 * 2 + (4 - 6.5) ** 2 * 2 * 2) / 25
    assert sure.standard_error[0] ** 2 == pytest.approx(two)
    assert careful.standard_error[0] ** 2 == pytest.approx(two + ((5 - y.mean()) / 5) ** 2)


def test_weights_of_zero_are_no_part_of_the_sample() -> None:
    frame = sample()
    w = np.where(frame["x"] > 1.5, frame["w"], 0.0)
    kept = frame[w > 0]
    zero = mean(SurveyDesign.of(w, frame["stratum"], frame["cluster"]), frame["y"])
    gone = mean(SurveyDesign.of(kept["w"], kept["stratum"], kept["cluster"]), kept["y"])
    assert zero.standard_error[0] == pytest.approx(gone.standard_error[0])
    assert (zero.df, zero.n[0]) == (gone.df, gone.n[0])


def test_raked_margins_do_not_vary() -> None:
    frame = sample()
    design = SurveyDesign.of(frame["w"], raked=[frame["stratum"]], base=frame["w"])
    inside = (frame["stratum"] == "a").astype(float)
    assert mean(design, inside).standard_error[0] == pytest.approx(0, abs=1e-15)
    assert mean(design, frame["y"]).standard_error[0] > 0


def test_median_and_its_interval() -> None:
    y = np.arange(1.0, 102.0)
    estimate, low, high = quantile(SurveyDesign.of(np.ones(101)), y)
    assert estimate == 51
    assert (low, high) == (41, 61)
    heavy = np.where(y > 80, 10.0, 1.0)
    assert quantile(SurveyDesign.of(heavy), y)[0] > 80


def weighted_mean(frame: pd.DataFrame, weights: FloatArray) -> FloatArray:
    return np.array([np.average(frame["y"], weights=weights), np.average(frame["x"], weights=weights)])


@pytest.mark.parametrize("kind", ["JKn", "bootstrap"])
def test_replicates_agree_with_linearisation(kind: str) -> None:
    frame = sample(480)
    design = SurveyDesign.of(frame["w"], frame["stratum"], frame["cluster"])
    linear = mean(design, frame[["y", "x"]])
    replicates = replicate_weights(design, kind, 2000)  # type: ignore[arg-type]
    found, covariance = replicates.covariance(lambda w: weighted_mean(frame, w))
    assert found == pytest.approx(linear.value)
    tolerance = 0.02 if kind == "JKn" else 0.06
    np.testing.assert_allclose(np.sqrt(np.diagonal(covariance)), linear.standard_error, rtol=tolerance)


def test_jackknife_of_a_total_is_the_linearised_error() -> None:
    frame = sample()
    size = np.full(len(frame), 50)
    design = SurveyDesign.of(frame["w"], frame["stratum"], frame["cluster"], fpc=size)
    error = replicate_weights(design, "JKn").standard_error(lambda w: np.array([w @ frame["y"]]))
    assert error[0] == pytest.approx(total(design, frame["y"]).standard_error[0])
    simple = SurveyDesign.of(frame["w"])
    error = replicate_weights(simple, "JK1").standard_error(lambda w: np.array([w @ frame["y"]]))
    assert error[0] == pytest.approx(total(simple, frame["y"]).standard_error[0])
    with pytest.raises(DesignError, match="use JKn"):
        replicate_weights(design, "JK1")


def test_rescaled_draws_keep_every_stratum() -> None:
    strata = np.array([0, 1, 0, 1, 1, 2])
    draws = draw_rescaled(np.random.default_rng(1), strata, 4000)
    for stratum, units in ((0, 2), (1, 3), (2, 1)):
        np.testing.assert_allclose(draws[:, strata == stratum].sum(axis=1), units)
    assert set(np.unique(draws[:, 0])) == {0.0, 2.0}
    assert draws[:, 5].tolist() == [1.0] * 4000
    np.testing.assert_allclose(draws.mean(axis=0), 1, atol=0.06)
    parts = draw_rescaled(np.random.default_rng(1), strata, 1000)
    np.testing.assert_array_equal(parts, draws[:1000])


def test_intervals_of_shares() -> None:
    for kind in ("wilson", "logit", "korn_graubard", "t"):
        low, high = share_interval(0.3, 0.02, 400, 600, kind)  # type: ignore[arg-type]
        assert 0.25 < low < 0.3 < high < 0.35
        wide = share_interval(0.3, 0.02, 6, 600, kind)  # type: ignore[arg-type]
        assert kind == "wilson" or wide[1] - wide[0] > high - low
    # Of a simple random sample, Korn and Graubard's is Clopper and Pearson's.
    low, high = share_interval(0.1, np.sqrt(0.1 * 0.9 / 50), 49, 50, "korn_graubard")
    exact = scipy_stats.binomtest(5, 50).proportion_ci(method="exact")
    assert (float(low), float(high)) == pytest.approx((exact.low, exact.high))
    low, high = share_interval([0.0, 1.0], [0.0, 0.0], 40, 50, "logit", n_kish=[30, 30])
    assert low[0] == 0
    assert 0.08 < high[0] < 0.12
    assert 0.88 < low[1] < 0.92
    assert worth([0.0, 0.5], [0.0, 0.05], 30).tolist() == pytest.approx([30, 100])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weights": [1, -1]}, "numbers from 0 on"),
        ({"weights": [1, 1], "strata": ["a", None]}, "needs a stratum"),
        ({"weights": [1, 1], "clusters": [1]}, "needs a cluster"),
        ({"weights": [1, 1], "fpc": [1, 1]}, "the population needs one number of units, 2 or more"),
    ],
)
def test_designs_that_cannot_be(given: dict[str, object], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        SurveyDesign.of(**given)  # type: ignore[arg-type]


def test_replicates_leave_out_who_weighs_nothing() -> None:
    frame = sample()
    # The first cluster of each stratum is not part of the sample any more.
    gone = frame["cluster"].isin([0, 15, 30]).to_numpy()
    kept = frame[~gone]
    whole = SurveyDesign.of(frame["w"], frame["stratum"], frame["cluster"]).among(~gone)
    part = SurveyDesign.of(kept["w"], kept["stratum"], kept["cluster"])
    ours, theirs = (
        replicate_weights(design, "JKn").standard_error(lambda w, y=y: np.array([w @ y]))  # type: ignore[misc]
        for design, y in ((whole, frame["y"]), (part, kept["y"]))
    )
    assert ours == pytest.approx(theirs, rel=1e-12)
    assert ours == pytest.approx(total(part, kept["y"]).standard_error)
    drawn = replicate_weights(whole, "bootstrap", 800)
    assert drawn.standard_error(lambda w: np.array([w @ frame["y"]])) == pytest.approx(ours, rel=0.1)
