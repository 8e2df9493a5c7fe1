"""Sums of chunks are the sums of the whole table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from csat.stats import GroupedSums, MomentsError, alpha, bootstrap, resample, streaming, sum_chunks
from csat.stats.streaming import Chunk
from hypothesis import given, settings
from hypothesis import strategies as st

RULES = ("pairwise", "listwise", "em")


def table(seed: int, n: int, p: int, missing: float, offset: float = 0.0) -> pd.DataFrame:
    """Answers that hang together, a share of them missing, far from zero."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 1)) + rng.normal(size=(n, p)) + offset
    frame = pd.DataFrame(values, columns=[f"i{k}" for k in range(p)])
    return frame.mask(rng.random((n, p)) < missing)


def cut(frame: pd.DataFrame, weights: np.ndarray, groups: np.ndarray, rows: int) -> Iterator[Chunk]:
    for start in range(0, len(frame), rows):
        part = slice(start, start + rows)
        yield frame.to_numpy()[part], weights[part], groups[part]


def agree(ours: GroupedSums, theirs: GroupedSums, scale: float = 1.0) -> None:
    """Hold that moments, groups and the moments without each group are the same to 1e-9."""
    assert ours.labels is not None and theirs.labels is not None
    assert ours.labels.tolist() == theirs.labels.tolist()
    assert [b.pattern is None for b in ours.blocks] == [b.pattern is None for b in theirs.blocks]
    a, b = ours.moments(), theirs.moments()
    np.testing.assert_array_equal(a.n, b.n)
    np.testing.assert_allclose(a.mean, b.mean, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(a.cov, b.cov, rtol=1e-9 * scale, atol=1e-9 * scale)
    if ours.missing != "em":
        a, b = ours.without(0, ours.n_groups), theirs.without(0, theirs.n_groups)
        np.testing.assert_array_equal(a.n, b.n)
        np.testing.assert_allclose(a.cov, b.cov, rtol=1e-9 * scale, atol=1e-9 * scale)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(30, 200),
    p=st.integers(1, 6),
    missing=st.sampled_from([0.0, 0.02, 0.3]),
    offset=st.sampled_from([0.0, 5.0, 1e6]),
    rows=st.sampled_from([1, 7, 64, 500]),
    rule=st.sampled_from(["pairwise", "listwise"]),
    n_groups=st.sampled_from([1, 3, 40]),
)
def test_chunks_give_what_the_table_gives(
    seed: int, n: int, p: int, missing: float, offset: float, rows: int, rule: str, n_groups: int
) -> None:
    frame = table(seed, n, p, missing, offset)
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random(n) < 0.1, 0.0, rng.uniform(0.2, 5, n))
    groups = rng.integers(n_groups, size=n)
    if rule == "listwise":
        frame.iloc[:20] = frame.iloc[:20].fillna(offset)  # enough complete rows
        weights[:5] = 1.0
    ours = sum_chunks(list(frame), cut(frame, weights, groups, rows), n_groups, rule)
    agree(ours, GroupedSums.from_frame(frame, weights, groups, rule))


@pytest.mark.parametrize("rows", [1, 50, 1000])
def test_em_has_the_patterns_of_the_table(rows: int) -> None:
    frame = table(1, 600, 5, 0.15, offset=1e3)
    weights, groups = np.random.default_rng(2).uniform(0.5, 2, 600), np.arange(600) % 20
    ours = sum_chunks(list(frame), cut(frame, weights, groups, rows), 20, "em")
    theirs = GroupedSums.from_frame(frame, weights, groups, "em")
    assert len(ours.blocks) == len(theirs.blocks) > 20
    for a, b in zip(ours.blocks, theirs.blocks, strict=True):
        assert a.pattern is not None and b.pattern is not None
        np.testing.assert_array_equal(a.pattern, b.pattern)
        np.testing.assert_array_equal(a.groups, b.groups)
    agree(ours, theirs)


@pytest.mark.parametrize("rule", RULES)
def test_a_constant_item_is_constant(rule: str) -> None:
    frame = table(3, 100, 3, 0.0).assign(i1=0.1)
    sums = sum_chunks(list(frame), cut(frame, np.full(100, 0.3), np.arange(100) % 5, 30), 5, rule)
    assert abs(sums.moments().cov[1]).max() < 1e-15


def test_rows_sorted_by_anything_keep_their_digits() -> None:
    """The first chunk is far from the others, and one item is not answered until the end."""
    frame = table(4, 20_000, 3, 0.0)
    frame["i0"] += np.sort(np.random.default_rng(4).normal(0, 1e6, len(frame)))
    frame.loc[: len(frame) - 500, "i2"] = np.nan
    frame["i2"] += 1e7
    ones, groups = np.ones(len(frame)), np.arange(len(frame)) % 10
    ours = sum_chunks(list(frame), cut(frame, ones, groups, 256), 10)
    for a, b in combinations_with_replacement(range(3), 2):
        both = frame.iloc[:, [a, b]].dropna().to_numpy()
        expected = np.cov(both, rowvar=False)[0, 1]  # in two passes; pandas' own loses eight digits here
        np.testing.assert_allclose(ours.moments().cov[a, b], expected, rtol=1e-12)


def test_columns_or_rows_first_is_the_same() -> None:
    frame = table(5, 3000, 4, 0.1)
    values, ones, groups = frame.to_numpy(), np.ones(3000), np.arange(3000) % 7
    first = sum_chunks(list(frame), [(np.ascontiguousarray(values), ones, groups)], 7)
    second = sum_chunks(list(frame), [(np.asfortranarray(values), ones, groups.astype(np.uint8))], 7)
    np.testing.assert_array_equal(first.blocks[0].features, second.blocks[0].features)


def test_long_chunks_are_cut_and_groups_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table(6, 5000, 3, 0.1)
    groups = np.random.default_rng(6).integers(70_000, size=5000)
    whole = GroupedSums.from_frame(frame, groups=groups)
    monkeypatch.setattr(streaming, "_PIECE", 999)
    agree(sum_chunks(list(frame), [(frame.to_numpy(), np.ones(5000), groups)], 70_000), whole)


def test_sums_of_two_files_add() -> None:
    frame = table(7, 400, 3, 0.1)
    ones, groups = np.ones(400), np.arange(400) % 9
    chunks = list(cut(frame, ones, groups, 200))
    first, second = (sum_chunks(list(frame), [chunk], 9) for chunk in chunks)
    agree(first + second, GroupedSums.from_frame(frame, groups=groups))


def test_random_groups_bootstrap_is_close_to_the_ordinary_one() -> None:
    frame = table(8, 20_000, 6, 0.05)
    groups = np.random.default_rng(8).integers(500, size=len(frame))
    sums = sum_chunks(list(frame), cut(frame, np.ones(len(frame)), groups, 4096), 500)
    ours = resample(sums, 1000, seed=2).interval(lambda m: alpha(m, m.items))
    sample = frame.iloc[:2000]  # the ordinary bootstrap of a tenth of the rows: sqrt(10) times as wide
    ordinary = bootstrap(sample, replicates=1000, seed=3).interval(lambda m: alpha(m, m.items))
    assert ours.low < ours.estimate < ours.high
    assert (ordinary.high - ordinary.low) / (ours.high - ours.low) == pytest.approx(10**0.5, rel=0.15)


def test_too_many_patterns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_MOST_NUMBERS", 5_000)
    frame = table(9, 2000, 6, 0.3)
    chunk = frame.to_numpy(), np.ones(2000), np.arange(2000) % 50
    with pytest.raises(
        MomentsError, match=r"6 items in 50 groups and \d+ or more patterns .* missing='pairwise'"
    ):
        sum_chunks(list(frame), [chunk], 50, "em")
    with pytest.raises(MomentsError, match=r"use fewer groups or items$"):
        sum_chunks(list(frame), [chunk], 50)


GOOD = np.ones((3, 2)), np.ones(3), np.array([0, 1, 0])


@pytest.mark.parametrize(
    ("chunk", "message"),
    [
        ((np.ones((3, 3)), np.ones(3), np.zeros(3, int)), "do not fit 2 items"),
        ((np.ones((3, 2)), np.ones(2), np.zeros(3, int)), "do not fit 2 items"),
        ((np.ones(3), np.ones(3), np.zeros(3, int)), r"answers \(m, p\)"),
        ((np.ones((3, 2)), np.ones(3), np.zeros(3)), "whole numbers"),
        (([["x", 1.0]], [1.0], [0]), "not numbers"),
        ((np.full((3, 2), np.inf), np.ones(3), np.zeros(3, int)), "answers to a, b are infinite"),
        ((np.ones((3, 2)), np.array([1, -1, 1.0]), np.zeros(3, int)), "negative"),
        ((np.ones((3, 2)), np.array([1, np.nan, 1.0]), np.zeros(3, int)), "a weight is missing"),
        ((np.ones((3, 2)), np.ones(3), np.array([0, 1, 2])), "among 0 to 1"),
        ((np.full((3, 2), np.nan), np.ones(3), np.zeros(3, int)), "0 of 3 respondents"),
        ((np.ones((3, 2)), np.array([0, 0, 1.0]), np.zeros(3, int)), "1 of 3 respondents"),
    ],
)
def test_what_cannot_be_summed_is_refused(chunk: Chunk, message: str) -> None:
    with pytest.raises(MomentsError, match=message):
        sum_chunks(["a", "b"], [chunk], 2)


def test_what_is_asked_is_checked_first() -> None:
    for items, groups, rule, message in (
        (["a", "a"], 2, "pairwise", "each item once"),
        ([], 2, "pairwise", "at least one item"),
        (["a", "b"], 0, "pairwise", "n_groups=0"),
        (["a", "b"], 2, "mean", "missing='mean' is unknown"),
    ):
        with pytest.raises(MomentsError, match=message):
            sum_chunks(items, [GOOD], groups, rule)
    with pytest.raises(MomentsError, match="0 of 0"):
        sum_chunks(["a", "b"], [], 2)
