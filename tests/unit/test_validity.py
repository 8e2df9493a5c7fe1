"""HTMT, Fornell-Larcker and correlations of scores."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from csat import stats

BLOCKS = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2"], "C": ["c1"]}
ITEMS = [item for items in BLOCKS.values() for item in items]


def answers(seed: int = 0, n: int = 150) -> pd.DataFrame:
    """Answers of three correlated constructs; one item runs against the others."""
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0.4], [0.6, 1, 0.3], [0.4, 0.3, 1]], n)
    values = factors[:, [0, 0, 0, 1, 1, 2]] + rng.normal(size=(n, 6))
    values[:, 1] *= -1
    return pd.DataFrame(values, columns=ITEMS)


def test_htmt_by_its_definition() -> None:
    frame = answers()
    r = frame.corr().abs()

    def within(items: list[str]) -> float:
        return float(np.mean([r.loc[i, j] for i, j in combinations(items, 2)])) if len(items) > 1 else 1.0

    matrix = stats.htmt(stats.GroupedSums.from_frame(frame).moments(), BLOCKS)
    names = list(BLOCKS)
    for a, b in combinations(names, 2):
        between = r.loc[BLOCKS[a], BLOCKS[b]].to_numpy().mean()
        expected = between / np.sqrt(within(BLOCKS[a]) * within(BLOCKS[b]))
        assert matrix[names.index(a), names.index(b)] == pytest.approx(expected)
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diagonal(matrix), 1)


def test_fornell_larcker() -> None:
    frame = answers()
    m = stats.GroupedSums.from_frame(frame).moments()
    matrix = stats.fornell_larcker(m, BLOCKS)
    scores = pd.DataFrame({name: frame[items].mean(axis=1) for name, items in BLOCKS.items()})
    np.testing.assert_allclose(matrix[0, 1:], scores.corr().loc["A", ["B", "C"]])
    assert matrix[0, 0] == pytest.approx(np.sqrt(stats.ave(m, BLOCKS["A"])))
    assert np.isnan(matrix[1, 1])  # two items
    assert matrix[2, 2] == 1  # a single item
    wide = stats.fornell_larcker_table(m, BLOCKS)
    assert list(wide.index) == list(wide.columns) == ["A", "B", "C"]
    assert np.isnan(wide.loc["A", "B"])
    assert wide.loc["B", "A"] == pytest.approx(matrix[1, 0])


def test_replicates_are_stacked_results() -> None:
    sample = stats.bootstrap(answers(), replicates=4)
    stacked = stats.htmt(sample.replicates, BLOCKS)
    alone = stats.htmt(sample.replicates[2], BLOCKS)
    np.testing.assert_allclose(stacked[2], alone)
    np.testing.assert_allclose(
        stats.fornell_larcker(sample.replicates, BLOCKS)[2],
        stats.fornell_larcker(sample.replicates[2], BLOCKS),
        atol=1e-9,
    )


def test_loadings_formulas() -> None:
    loadings = np.array([[0.7, 0.8, 0.9], [0.5, 0.5, 0.5]])
    expected = [2.4**2 / (2.4**2 + 3 - 0.49 - 0.64 - 0.81), 2.25 / (2.25 + 2.25)]
    np.testing.assert_allclose(stats.composite_reliability_from_loadings(loadings), expected)
    np.testing.assert_allclose(stats.ave_from_loadings(loadings), [1.94 / 3, 0.25])


def test_pairs_of_names() -> None:
    m = stats.GroupedSums.from_frame(answers()).moments()
    table = stats.correlation_table(m, BLOCKS)
    assert list(table["subject"]) == ["A~B", "A~C", "B~C"]
    assert set(table["metric"]) == {"correlation"}
    assert stats.htmt_table(m, {"A": BLOCKS["A"]}).empty


def test_mistakes_are_named() -> None:
    frame = answers()
    m = stats.GroupedSums.from_frame(frame).moments()
    with pytest.raises(stats.MomentsError, match="share no item"):
        stats.htmt(m, {"A": ["a1", "a2"], "B": ["a2", "b1"]})
    constant = stats.GroupedSums.from_frame(frame.assign(b1=1.0)).moments()
    with pytest.raises(stats.MomentsError, match="all answers to b1 are the same"):
        stats.htmt(constant, BLOCKS)
    with pytest.raises(stats.MomentsError, match="all answers to b1 are the same"):
        stats.correlations(constant, ["a1", "b1"])
