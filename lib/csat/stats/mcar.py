"""Little's test of whether answers are missing completely at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csat.stats.frames import tidy
from csat.stats.layout import FloatArray
from csat.stats.moments import MomentsError
from csat.stats.sums import GroupedSums

LEAST_PER_PATTERN = 5.0
"""Incomplete respondents a pattern below which d² is no longer chi-square (docs/validation.md)."""

# Share of a correlation matrix below which a direction is rounding: an item that follows from others.
_SAME = 1e-6


@dataclass(frozen=True)
class Mcar:
    """Result of Little's test.

    Attributes
    ----------
    statistic : float
        d², chi-square if answers are missing completely at random; NaN when nothing is missing.
    df : int
        Degrees of freedom.
    p : float
        How probable a larger d² is.
    patterns : int
        Patterns of missing answers, the complete one included.
    n : int
        Respondents with at least one answer.
    items : tuple of str
        Items that the test speaks of: those that vary.
    """

    statistic: float
    df: int
    p: float
    patterns: int
    n: int
    items: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Tell the test as a tidy frame: metrics ``mcar_statistic``, ``mcar_df`` and ``mcar_p``."""
        values = {"mcar_statistic": self.statistic, "mcar_df": float(self.df), "mcar_p": self.p}
        frames = [
            tidy(metric, ["items"], [value], n=self.n, method=f"Little's test, {self.patterns} patterns")
            for metric, value in values.items()
        ]
        return pd.concat(frames, ignore_index=True)


def pattern_size(frame: pd.DataFrame) -> tuple[int, float]:
    """Count the patterns of missing answers, and how many incomplete respondents share one on average.

    Parameters
    ----------
    frame : DataFrame of respondents x items

    Returns
    -------
    patterns : int
        The complete one included.
    per_pattern : float
        NaN when nothing is missing. Below `LEAST_PER_PATTERN` Little's test is not to be trusted.

    Examples
    --------
    >>> pattern_size(pd.DataFrame({"a": [1.0, 2.0, None, None], "b": [1.0, 2.0, 3.0, 4.0]}))
    (2, 2.0)
    """
    seen = frame.notna().to_numpy()
    seen = seen[seen.any(axis=1)]
    patterns = np.unique(seen, axis=0)
    wanting = int((~patterns.all(axis=1)).sum())
    incomplete = int((~seen.all(axis=1)).sum())
    return len(patterns), incomplete / wanting if wanting else float("nan")


def mcar_test(frame: pd.DataFrame) -> Mcar:
    """Test whether answers are missing completely at random.

    Parameters
    ----------
    frame : DataFrame of respondents x items
        Numbers; NaN is a missing answer. Items that do not vary are left out, and so are respondents without
        any answer.

    Returns
    -------
    Mcar
        A small p says that whether an answer is missing has to do with the answers that are there: leaving
        out incomplete respondents then biases results. A large p proves nothing about answers whose lack
        depends on what would have been answered.

    Raises
    ------
    MomentsError
        Fewer than two items that vary, a pair of items that too few answered, or no convergence.

    Notes
    -----
    d² = sum over the patterns j of n_j (m_j - mu_j)' S_j⁻¹ (m_j - mu_j): means of the items observed in the
    pattern against the maximum likelihood mean and covariance (divisor n, from the EM algorithm) of the same
    items; sum_j p_j - p degrees of freedom. An item that follows from others (one that is there twice,
    a sum) adds neither to d² nor to p_j: p_j is the rank of S_j. Weights play no part. With few respondents
    in many patterns it rejects too rarely, or too often where answers are skewed: see `pattern_size` and
    docs/validation.md.

    References
    ----------
    Little, R. J. A. (1988). A test of missing completely at random for multivariate data with missing values.
    Journal of the American Statistical Association 83, 1198-1202.

    Examples
    --------
    R: ``naniar::mcar_test(x)``.

    >>> draw = np.random.default_rng(1)
    >>> x = pd.DataFrame(draw.normal(size=(200, 3)), columns=list("abc"))
    >>> x.loc[x["b"] > 1, "a"] = np.nan
    >>> mcar_test(x).p < 0.001
    True
    """
    varied = frame.loc[:, frame.nunique() > 1]
    varied = varied[varied.notna().any(axis=1)]
    items = tuple(str(c) for c in varied.columns)
    if len(items) < 2:
        raise MomentsError("Little's test needs two items or more that vary")
    values = varied.to_numpy(dtype=np.float64)
    seen = ~np.isnan(values)
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    if len(patterns) == 1:
        return Mcar(np.nan, 0, np.nan, 1, len(values), items)
    moments = GroupedSums.from_frame(varied, missing="em").moments()
    spread = moments.sd
    scaled, corr = (values - moments.mean) / spread, moments.cov / np.outer(spread, spread)
    total, df = 0.0, -_rank(corr)
    for k, pattern in enumerate(patterns):
        part = corr[np.ix_(pattern, pattern)]
        total += _distance(scaled[which.ravel() == k][:, pattern], part)
        df += _rank(part)
    return Mcar(total, df, _upper_tail(total, df), len(patterns), len(values), items)


def _distance(rows: FloatArray, corr: FloatArray) -> float:
    """How far the mean of one pattern, in deviations, lies from what all answers together say."""
    away = rows.mean(axis=0)
    return float(len(rows) * away @ np.linalg.pinv(corr, rcond=_SAME, hermitian=True) @ away)


def _rank(corr: FloatArray) -> int:
    """How many items say something that the others do not."""
    return int(np.linalg.matrix_rank(corr, tol=_SAME * len(corr), hermitian=True))


def _upper_tail(statistic: float, df: int) -> float:
    """Probability of a larger chi-square."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic)) if df > 0 else np.nan
