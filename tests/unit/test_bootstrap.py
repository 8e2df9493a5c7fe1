"""Replicates of the moments."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from csat.stats import GroupedSums, MomentsError, alpha, bootstrap, resample
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean


def answers(n: int = 60, p: int = 4, missing: float = 0.0) -> pd.DataFrame:
    """Random answers, a share of them missing."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    frame = pd.DataFrame(values, columns=[f"i{k}" for k in range(p)])
    return frame.mask(rng.random((n, p)) < missing)


def test_a_replicate_is_the_covariance_of_the_drawn_rows() -> None:
    frame = answers(missing=0.1).dropna(how="all")
    counts = np.random.default_rng(5).multinomial(len(frame), np.full(len(frame), 1 / len(frame)), size=4)
    replicates = GroupedSums.from_frame(frame).weighted(counts.astype(float))
    for row, count in enumerate(counts):
        drawn = frame.loc[frame.index.repeat(count)]
        np.testing.assert_allclose(replicates.cov[row], drawn.cov(), atol=1e-10)
        np.testing.assert_allclose(replicates.mean[row], drawn.mean(), atol=1e-10)


def test_same_seed_same_draws_whatever_the_chunk() -> None:
    sums = GroupedSums.from_frame(answers(missing=0.1))
    whole = resample(sums, 40, seed=3)
    for chunk in (1, 7, 40):
        again = resample(sums, 40, seed=3, chunk=chunk)
        np.testing.assert_allclose(again.replicates.cov, whole.replicates.cov, atol=1e-12)
    other = resample(sums, 40, seed=4)
    assert not np.allclose(other.replicates.cov, whole.replicates.cov)
    assert whole.size == 40


def test_replicates_scatter_as_theory_says() -> None:
    frame = answers(n=400, p=2)
    sample = bootstrap(frame, replicates=4000)
    error = sample.replicates.mean.std(axis=0)
    np.testing.assert_allclose(error, frame.std(ddof=0) / 20, rtol=0.05)


def test_strata_keep_their_sizes() -> None:
    frame = answers(n=90)
    strata = np.repeat(["x", "y", "z"], [10, 30, 50])
    indicators = pd.DataFrame({name: (strata == name).astype(float) for name in "xyz"}).join(frame)
    sample = bootstrap(indicators, replicates=50, strata=strata)
    shares = np.tile([10 / 90, 30 / 90, 50 / 90], (50, 1))
    np.testing.assert_allclose(sample.replicates.mean[:, :3], shares, atol=1e-12)


def test_clusters_are_drawn_whole() -> None:
    frame = answers(n=60, p=2)
    clusters = np.repeat(np.arange(12), 5)
    frame["cluster"] = clusters
    sample = bootstrap(frame, replicates=200, clusters=clusters)
    assert sample.sums.n_groups == 12
    np.testing.assert_allclose(sample.replicates.n, 60)
    # Between clusters all the same, so the mean of a cluster constant scatters as 12 values do.
    spread = sample.replicates.mean[:, 2].std()
    assert spread == pytest.approx(np.arange(12).std() / np.sqrt(12), rel=0.2)
    strata = np.where(clusters < 6, "low", "high")
    stratified = bootstrap(frame, replicates=200, clusters=clusters, strata=strata)
    assert stratified.replicates.mean[:, 2].std() < spread


def test_cluster_in_two_strata_is_two() -> None:
    frame = answers(n=60, p=2)
    sample = bootstrap(frame, replicates=20, clusters=np.arange(60) % 6, strata=np.arange(60) % 4)
    assert sample.sums.n_groups == 12
    np.testing.assert_allclose(sample.replicates.n, 60)


def test_two_clusters_a_stratum_vary_as_they_should() -> None:
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(80), 4)
    frame = pd.DataFrame({"y": rng.normal(size=80)[clusters] + 0.5 * rng.normal(size=320), "x": 1.0})
    w = rng.uniform(0.5, 2, 320)
    sample = bootstrap(frame, w, clusters=clusters, strata=clusters // 2, replicates=4000)
    theory = mean(SurveyDesign.of(w, clusters // 2, clusters), frame["y"]).standard_error[0]
    assert sample.replicates.mean[:, 0].std() == pytest.approx(theory, rel=0.05)


def test_lonely_strata_are_merged() -> None:
    frame = answers(n=60, p=2)
    strata = np.where(np.arange(60) == 0, "alone", np.where(np.arange(60) < 20, "few", "many"))
    sample = bootstrap(frame, strata=strata, replicates=500)
    assert np.bincount(sample.strata).tolist() == [20, 40]
    both = np.where(np.arange(60) == 1, "alone too", strata)
    assert np.bincount(bootstrap(frame, strata=both, replicates=2).strata).tolist() == [2, 18, 40]


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_sums_of_small_and_large_groups_are_the_same(missing: float, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = answers(n=90, missing=missing).dropna(how="all")
    groups, w = np.arange(len(frame)) % 11, np.linspace(0.5, 2, len(frame))
    small = GroupedSums.from_frame(frame, w, groups)
    monkeypatch.setattr("csat.stats.sums._CHUNK_NUMBERS", 3000)
    chunked = GroupedSums.from_frame(frame, w, groups)
    monkeypatch.setattr("csat.stats.sums._LARGE_GROUP", 1)
    large = GroupedSums.from_frame(frame, w, groups)
    for other in (chunked, large):
        np.testing.assert_allclose(small.blocks[0].features, other.blocks[0].features, atol=1e-10)


def test_strata_cost_little() -> None:
    frame, strata = answers(n=3000, p=4), np.arange(3000) % 200
    start = time.process_time()
    bootstrap(frame, replicates=500, strata=strata)
    assert time.process_time() - start < 3


def test_weights_go_with_the_respondent() -> None:
    frame = answers(n=50)
    w = np.random.default_rng(0).uniform(0.5, 2, 50)
    sums = GroupedSums.from_frame(frame, weights=w)
    counts = np.zeros((1, 50))
    counts[0, :25] = 2
    drawn = pd.concat([frame[:25], frame[:25]])
    expected = GroupedSums.from_frame(drawn, weights=np.tile(w[:25], 2)).moments()
    np.testing.assert_allclose(sums.weighted(counts).cov[0], expected.cov, atol=1e-10)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_jackknife_leaves_one_out(missing: float) -> None:
    frame = answers(n=20, missing=missing).dropna(how="all")
    left_out = bootstrap(frame, replicates=1).jackknife()
    for row in range(len(frame)):
        np.testing.assert_allclose(left_out.cov[row], frame.drop(index=frame.index[row]).cov(), atol=1e-10)


def test_intervals_of_an_estimator() -> None:
    frame = answers(n=100)
    sample = bootstrap(frame, replicates=500)
    items = tuple(frame)
    interval = sample.interval(lambda m: alpha(m, items))
    assert interval.low < interval.estimate < interval.high
    np.testing.assert_allclose(
        [interval.low, interval.high], np.quantile(alpha(sample.replicates, items), [0.025, 0.975])
    )
    wide = sample.interval(lambda m: m.corr, kind="bca", level=0.99)
    assert wide.estimate.shape == wide.low.shape == (4, 4)
    assert (wide.kind, wide.level) == ("bca", 0.99)
    with pytest.raises(MomentsError, match="percentile or bca"):
        sample.interval(lambda m: m.mean, kind="normal")


def test_replicates_that_cannot_be_used_are_counted() -> None:
    frame = answers(n=12, p=2)
    frame["i0"] = [1.0] + [2.0] * 11  # constant in about a third of the replicates
    sample = bootstrap(frame, replicates=2000)
    interval = sample.interval(lambda m: m.corr[..., 0, 1])
    assert interval.valid == pytest.approx(1 - (11 / 12) ** 12, abs=0.04)
    assert np.isfinite([interval.low, interval.high]).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replicates": 0}, "at least one"),
        ({"strata": ["a"] * 59 + [None]}, "stratum"),
        ({"clusters": np.zeros(60)}, "one group only"),
        ({"clusters": [None] * 60, "strata": np.arange(60) % 4}, "cluster"),
    ],
)
def test_mistakes(options: dict[str, object], message: str) -> None:
    with pytest.raises(MomentsError, match=message):
        bootstrap(answers(), **options)
