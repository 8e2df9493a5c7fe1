"""Moments and the grouped sums they come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.stats import GroupedSums, Moments, MomentsError
from hypothesis import given, settings
from hypothesis import strategies as st

SEEDS = st.integers(0, 10_000)


def answers(n: int = 60, p: int = 4, seed: int = 0, missing: float = 0.0) -> pd.DataFrame:
    """Random answers, a share of them missing."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    frame = pd.DataFrame(values, columns=[f"i{k}" for k in range(p)])
    return frame.mask(rng.random((n, p)) < missing)


def same(a: Moments, b: Moments, tolerance: float = 1e-10) -> None:
    """Assert that two sets of moments are equal."""
    assert a.items == b.items
    np.testing.assert_allclose(a.n, b.n)
    np.testing.assert_allclose(a.mean, b.mean, atol=tolerance)
    np.testing.assert_allclose(a.cov, b.cov, atol=tolerance)


def test_complete_answers_give_the_usual_covariance() -> None:
    frame = answers()
    for missing in ("pairwise", "listwise"):
        m = GroupedSums.from_frame(frame, missing=missing).moments()
        np.testing.assert_allclose(m.cov, frame.cov(), atol=1e-12)
        np.testing.assert_allclose(m.mean, frame.mean(), atol=1e-12)
        np.testing.assert_allclose(m.corr, frame.corr(), atol=1e-12)
        np.testing.assert_allclose(m.sd, frame.std(), atol=1e-12)
        assert (m.n, m.missing, m.shape) == (60, missing, ())


def test_pairwise_is_that_of_r() -> None:
    # pandas' cov and corr use pairwise-complete rows with their own means, as R's do.
    frame = answers(missing=0.2)
    m = GroupedSums.from_frame(frame).moments()
    np.testing.assert_allclose(m.cov, frame.cov(), atol=1e-12)
    np.testing.assert_allclose(m.mean, frame.mean(), atol=1e-12)
    seen = frame.notna().to_numpy().astype(float)
    np.testing.assert_allclose(m.n, seen.T @ seen)
    assert m.is_pairwise
    assert m.base == m.n.min()


def test_listwise_drops_incomplete_rows() -> None:
    frame = answers(missing=0.1)
    m = GroupedSums.from_frame(frame, missing="listwise").moments()
    np.testing.assert_allclose(m.cov, frame.dropna().cov(), atol=1e-12)
    assert m.n == len(frame.dropna())


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_large_offsets_do_not_cancel(missing: float) -> None:
    frame = answers(missing=missing)
    shifted = GroupedSums.from_frame(frame + 1e9).moments()
    np.testing.assert_allclose(shifted.cov, frame.cov(), rtol=1e-6)


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_weights(missing: float) -> None:
    frame = answers(missing=missing)
    w = np.random.default_rng(1).uniform(0.2, 3, len(frame))
    m = GroupedSums.from_frame(frame, weights=w).moments()
    for i, a in enumerate(frame):
        for j, b in enumerate(frame):
            both = (frame[a].notna() & frame[b].notna()).to_numpy()
            x, y, v = frame[a][both].to_numpy(), frame[b][both].to_numpy(), w[both]
            v = v / v.sum()
            n = both.sum()
            expected = n / (n - 1) * (v * (x - v @ x) * (y - v @ y)).sum()
            assert m.cov[i, j] == pytest.approx(expected, abs=1e-12)
    equal = GroupedSums.from_frame(frame, weights=np.full(len(frame), 7.0)).moments()
    same(equal, GroupedSums.from_frame(frame).moments())


def test_zero_weight_is_nobody() -> None:
    frame = answers()
    w = np.ones(len(frame))
    w[:10] = 0
    same(GroupedSums.from_frame(frame, weights=w).moments(), GroupedSums.from_frame(frame[10:]).moments())


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, cut=st.integers(5, 55), missing=st.sampled_from([0.0, 0.15]))
def test_sums_are_additive(seed: int, cut: int, missing: float) -> None:
    frame = answers(seed=seed, missing=missing)
    frame.iloc[cut:] += 50.0  # other means, so another shift
    both = GroupedSums.from_frame(frame[:cut]) + GroupedSums.from_frame(frame[cut:])
    assert both.n_groups == len(frame.dropna(how="all"))
    same(both.moments(), GroupedSums.from_frame(frame).moments(), 1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rule=st.sampled_from(["pairwise", "listwise", "em"]))
def test_order_of_respondents_does_not_matter(seed: int, rule: str) -> None:
    frame = answers(seed=seed, missing=0.05)
    shuffled = frame.sample(frac=1, random_state=seed)
    a, b = (GroupedSums.from_frame(part, missing=rule).moments() for part in (frame, shuffled))
    same(a, b, 1e-7)


def test_complete_and_incomplete_files_add_up() -> None:
    complete, holes = answers(seed=1), answers(seed=2, missing=0.2)
    for one, two in ((complete, holes), (holes, complete)):
        total = GroupedSums.from_frame(one) + GroupedSums.from_frame(two)
        np.testing.assert_allclose(total.moments().cov, pd.concat([one, two]).cov(), atol=1e-10)


@pytest.mark.parametrize("rule", ["pairwise", "listwise", "em"])
def test_named_groups_merge(rule: str) -> None:
    frame = answers(n=90, missing=0.1)
    groups = np.array(list("abc"))[np.arange(90) % 3]
    whole = GroupedSums.from_frame(frame, groups=groups, missing=rule)
    parts = [
        GroupedSums.from_frame(frame[part], groups=groups[part], missing=rule)
        for part in (slice(0, 40), slice(40, 90))
    ]
    merged = parts[0] + parts[1]
    assert whole.n_groups == merged.n_groups == 3
    same(whole.moments(), merged.moments(), 1e-8)
    counts = np.array([[2.0, 0.0, 1.0]])
    order = [list(merged.labels).index(name) for name in "abc"]
    same(whole.weighted(counts), merged.weighted(counts[:, np.argsort(order)]), 1e-7)


def test_sums_of_different_questions_do_not_add() -> None:
    sums = GroupedSums.from_frame(answers())
    with pytest.raises(MomentsError, match="i0, i1"):
        sums + GroupedSums.from_frame(answers(p=3))
    with pytest.raises(MomentsError, match="named groups"):
        sums + GroupedSums.from_frame(answers(), groups=np.arange(60) % 5)


def test_select_and_scores() -> None:
    frame = answers(missing=0.1)
    m = GroupedSums.from_frame(frame).moments()
    np.testing.assert_allclose(m.select(["i2", "i0"]).cov, frame[["i2", "i0"]].cov(), atol=1e-12)
    full = answers()
    scores = (
        GroupedSums.from_frame(full).moments().scores({"A": ["i0", "i1"], "B": ["i2"], "C": ["i1", "i3"]})
    )
    direct = pd.DataFrame(
        {"A": full[["i0", "i1"]].mean(axis=1), "B": full["i2"], "C": full[["i1", "i3"]].mean(axis=1)}
    )
    np.testing.assert_allclose(scores.cov, direct.cov(), atol=1e-12)
    np.testing.assert_allclose(scores.mean, direct.mean(), atol=1e-12)
    assert scores.items == ("A", "B", "C")
    pairwise = m.scores({"A": ["i0", "i1"], "B": ["i2"]}).n
    assert pairwise[0, 1] == min(m.n[0, 2], m.n[1, 2])
    assert pairwise[0, 0] == m.n[:2, :2].min()


def test_leading_axes() -> None:
    sums = GroupedSums.from_frame(answers(missing=0.1))
    m = sums.weighted(np.ones((3, sums.n_groups)))
    assert m.shape == (3,)
    assert m.cov.shape == (3, 4, 4)
    assert m.scores({"A": ["i0", "i1"]}).mean.shape == (3, 1)
    same(m[1], sums.moments())


def test_a_constant_item_has_no_correlation() -> None:
    frame = answers().assign(i1=1e6 + 0.1)
    m = GroupedSums.from_frame(frame).moments()
    assert m.sd[1] == 0
    assert np.isnan(m.corr[1]).all()
    assert np.isfinite(m.corr[0, 2])


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (answers().assign(i1="text"), {}, "i1 are not numbers"),
        (answers(), {"weights": np.full(60, -1.0)}, "negative"),
        (answers(), {"weights": np.ones(3)}, "3 weights do not fit 60"),
        (answers(), {"missing": "guess"}, "pairwise, listwise, em"),
        (answers().assign(i0=np.nan), {"missing": "listwise"}, "0 of 60 respondents"),
        (answers(), {"groups": [None] * 60}, "needs a group"),
        (answers().replace(answers().iloc[0, 0], np.inf), {}, "i0 are infinite"),
        (pd.DataFrame(), {}, "at least one item"),
    ],
)
def test_bad_answers_are_named(frame: pd.DataFrame, options: dict[str, object], message: str) -> None:
    with pytest.raises(MomentsError, match=message):
        GroupedSums.from_frame(frame, **options)


def test_items_never_answered_together() -> None:
    frame = answers()
    frame.loc[:30, "i1"] = np.nan
    frame.loc[31:, "i3"] = np.nan
    for rule in ("pairwise", "em"):
        with pytest.raises(MomentsError, match="i1, i3"):
            GroupedSums.from_frame(frame, missing=rule).moments()


def test_unknown_items_are_named() -> None:
    m = GroupedSums.from_frame(answers()).moments()
    with pytest.raises(MomentsError, match="no such item: x9"):
        m.select(["i0", "x9"])
    with pytest.raises(MomentsError, match="twice"):
        m.select(["i0", "i0"])
    with pytest.raises(MomentsError, match="A has no items"):
        m.scores({"A": []})
    with pytest.raises(MomentsError, match="does not fit 3 items"):
        Moments.from_cov(np.eye(2), 10, ["a", "b", "c"])
    with pytest.raises(MomentsError, match="do not make 1 scores"):
        m.combine(np.eye(2), ["a"])
