"""Maximum likelihood moments with missing answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.stats import GroupedSums, bootstrap
from scipy.optimize import minimize


def holes(n: int = 80, seed: int = 1, share: float = 0.2) -> pd.DataFrame:
    """Correlated answers with a share missing."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3)) @ rng.normal(size=(3, 3)) + 5
    return pd.DataFrame(values, columns=list("abc")).mask(rng.random((n, 3)) < share)


def test_complete_answers_have_divisor_n() -> None:
    frame = holes(share=0)
    m = GroupedSums.from_frame(frame, missing="em").moments()
    np.testing.assert_allclose(m.cov, frame.cov() * 79 / 80, atol=1e-10)
    assert (m.n, m.missing) == (80, "em")


def test_it_is_the_maximum_of_the_likelihood() -> None:
    frame = holes()
    rows = frame.dropna(how="all").to_numpy()
    m = GroupedSums.from_frame(frame, missing="em").moments()
    lower = np.tril_indices(3)

    def deviance(mean: np.ndarray, cov: np.ndarray) -> float:
        value = 0.0
        for row in rows:
            seen = ~np.isnan(row)
            off, part = row[seen] - mean[seen], cov[np.ix_(seen, seen)]
            value += np.linalg.slogdet(part)[1] + off @ np.linalg.solve(part, off)
        return value

    def of_vector(vector: np.ndarray) -> float:
        root = np.zeros((3, 3))
        root[lower] = vector[3:]
        return deviance(vector[:3], root @ root.T)

    start = np.concatenate([m.mean + 0.1, np.linalg.cholesky(m.cov)[lower] * 1.1])
    best = minimize(of_vector, start, method="BFGS", options={"gtol": 1e-6})
    assert deviance(m.mean, m.cov) == pytest.approx(best.fun, abs=1e-8)
    np.testing.assert_allclose(m.mean, best.x[:3], atol=1e-5)


def test_replicates_are_the_moments_of_the_drawn_rows() -> None:
    frame = holes().dropna(how="all")
    sums = GroupedSums.from_frame(frame, missing="em")
    counts = np.random.default_rng(3).multinomial(len(frame), np.full(len(frame), 1 / len(frame)), size=3)
    stacked = sums.weighted(counts.astype(float))
    for row, count in enumerate(counts):
        alone = GroupedSums.from_frame(frame.loc[frame.index.repeat(count)], missing="em").moments()
        np.testing.assert_allclose(stacked.cov[row], alone.cov, atol=1e-6)
        np.testing.assert_allclose(stacked.mean[row], alone.mean, atol=1e-6)
        assert stacked.n[row] == alone.n


def test_bootstrap_and_jackknife() -> None:
    frame = holes()
    sample = bootstrap(frame, missing="em", replicates=50)
    assert np.isfinite(sample.replicates.cov).all()
    left_out = sample.jackknife()
    first = frame.dropna(how="all").iloc[1:]
    again = GroupedSums.from_frame(first, missing="em").moments()
    np.testing.assert_allclose(left_out.cov[0], again.cov, atol=1e-6)


def test_collinear_and_constant_items_do_not_stop_it() -> None:
    frame = holes().assign(d=3.0)
    frame["e"] = frame["a"]
    m = GroupedSums.from_frame(frame, missing="em").moments()
    assert m.cov[3, 3] == 0
    assert m.cov[0, 4] == pytest.approx(m.cov[0, 0], rel=1e-5)
