"""Little's test equals R's naniar on the air quality of New York, of which the sums are kept here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from csat.stats import mcar_test

Reader = Callable[[str], pd.DataFrame]


def rows_with(n: int, mean: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Answers of n people with exactly these means and products: the test depends on nothing else."""
    spread = products - n * np.outer(mean, mean)
    values, vectors = np.linalg.eigh(spread)
    rank = min(n - 1, len(mean))
    root = vectors[:, -rank:] * np.sqrt(np.maximum(values[-rank:], 0))
    draw = np.random.default_rng(5).normal(size=(n, rank))
    basis, _ = np.linalg.qr(draw - draw.mean(axis=0))
    return mean + basis @ root.T


@pytest.fixture
def airquality(numbers: Reader) -> pd.DataFrame:
    table = numbers("airquality_sums")
    names = list(table.columns[4:])
    parts = []
    for _, part in table.groupby("pattern"):
        own, n = list(part["item"]), int(part["n"].iloc[0])
        rows = rows_with(n, part["sum"].to_numpy() / n, part[own].to_numpy())
        parts.append(pd.DataFrame(rows, columns=own).reindex(columns=names))
    return pd.concat(parts, ignore_index=True)


def test_little_equals_naniar(airquality: pd.DataFrame) -> None:
    """naniar prints 35.1061 where its EM stops at 1e-4, a little before the maximum."""
    found = mcar_test(airquality)
    assert (found.n, found.df, found.patterns) == (153, 14, 4)
    assert found.statistic == pytest.approx(35.1061288689702, abs=1e-4)
    assert found.p == pytest.approx(0.00141778113856683, abs=1e-7)


def test_little_at_the_exact_maximum(airquality: pd.DataFrame) -> None:
    """The EM algorithm written out row by row, until nothing moves, gives the same statistic."""
    x = airquality.to_numpy()
    mean, cov = np.nanmean(x, axis=0), np.diag(np.nanvar(x, axis=0))
    for _ in range(2000):
        filled, extra = np.empty_like(x), np.zeros_like(cov)
        for i, row in enumerate(x):
            o, u = ~np.isnan(row), np.isnan(row)
            slope = cov[np.ix_(u, o)] @ np.linalg.inv(cov[np.ix_(o, o)])
            filled[i, o] = row[o]
            filled[i, u] = mean[u] + slope @ (row[o] - mean[o])
            extra[np.ix_(u, u)] += cov[np.ix_(u, u)] - slope @ cov[np.ix_(o, u)]
        mean, before = filled.mean(axis=0), cov
        cov = (filled - mean).T @ (filled - mean) / len(x) + extra / len(x)
        if np.allclose(cov, before, rtol=1e-11, atol=1e-9):
            break
    statistic = 0.0
    for pattern in np.unique(~np.isnan(x), axis=0):
        own = x[(~np.isnan(x) == pattern).all(axis=1)][:, pattern]
        away = own.mean(axis=0) - mean[pattern]
        statistic += len(own) * away @ np.linalg.inv(cov[np.ix_(pattern, pattern)]) @ away
    assert mcar_test(airquality).statistic == pytest.approx(statistic, rel=1e-6)
