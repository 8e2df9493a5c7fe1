"""Intervals of shares from designed samples, and the number of respondents that a share is worth."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from csat.stats.intervals import wilson
from csat.stats.layout import FloatArray

ShareInterval = Literal["wilson", "logit", "korn_graubard", "t"]


def worth(share: npt.ArrayLike, standard_error: npt.ArrayLike, otherwise: npt.ArrayLike) -> FloatArray:
    """Tell how many respondents of a simple random sample would make a share as sure.

    Parameters
    ----------
    share : array_like
        From 0 to 1.
    standard_error : array_like
        By the design.
    otherwise : array_like
        Number to use where everybody agrees, so that no standard error can be seen: Kish's.

    Returns
    -------
    ndarray
        p (1 - p) / SE².

    Examples
    --------
    R: ``p * (1 - p) / SE(svymean(~y, design))^2``.

    >>> round(worth(0.5, 0.05, 120).item(), 9)
    100.0
    """
    p, error = np.asarray(share, dtype=np.float64), np.asarray(standard_error, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = p * (1 - p) / error**2
    seen = (error > 1e-12) & (p > 0) & (p < 1)
    return np.asarray(np.where(seen, found, np.asarray(otherwise, dtype=np.float64)))


def share_interval(
    share: npt.ArrayLike,
    standard_error: npt.ArrayLike,
    df: float,
    n: npt.ArrayLike,
    kind: ShareInterval = "wilson",
    level: float = 0.95,
    n_kish: npt.ArrayLike | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Interval of a share from a designed sample.

    Parameters
    ----------
    share, standard_error : array_like
        Estimate and its linearised standard error.
    df : float
        Degrees of freedom of the design.
    n : array_like
        Respondents.
    kind : {"wilson", "logit", "korn_graubard", "t"}
        Wilson's with the number of respondents that the share is worth; t on the logit; the beta interval of
        Korn and Graubard, which keeps its level for shares near 0 and 1 too (and is wide there); or t.
    level : float
    n_kish : array_like, optional
        Effective respondents where everybody agrees; `n` when not given.

    Returns
    -------
    low, high : ndarray

    References
    ----------
    Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data. Survey Methodology 24, 193-201.
    Franco, C. et al. (2019). Comparative study of confidence intervals for proportions in complex sample
    surveys. Journal of Survey Statistics and Methodology 7, 334-364.

    Examples
    --------
    R: ``svyciprop(~y, design, method = "logit")``, ``"beta"``, ``"mean"``.
    """
    from scipy.special import stdtrit

    p, error = np.asarray(share, dtype=np.float64), np.asarray(standard_error, dtype=np.float64)
    base = worth(p, error, n if n_kish is None else n_kish)
    t = float(stdtrit(max(df, 1), (1 + level) / 2))
    if kind == "wilson":
        return wilson(p, base, level)
    if kind == "t":
        return np.asarray(p - t * error), np.asarray(p + t * error)
    if kind == "korn_graubard":
        return _korn_graubard(p, base, np.asarray(n, dtype=np.float64), t, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, reach = np.log(p / (1 - p)), t * error / (p * (1 - p))
        low, high = 1 / (1 + np.exp(reach - middle)), 1 / (1 + np.exp(-reach - middle))
    inner = (p > 0) & (p < 1)
    ends = wilson(p, base, level)
    return np.where(inner, low, ends[0]), np.where(inner, high, ends[1])


def _korn_graubard(
    p: FloatArray, base: FloatArray, n: FloatArray, t: float, level: float
) -> tuple[FloatArray, FloatArray]:
    """Clopper and Pearson's interval with the respondents that the share is worth, less those lost to df."""
    from scipy.special import betaincinv, stdtrit

    worth_df = base * (stdtrit(np.maximum(n - 1, 1), (1 + level) / 2) / t) ** 2
    tail = (1 - level) / 2
    x = worth_df * p
    with np.errstate(invalid="ignore"):
        low = np.where(p > 0, betaincinv(np.maximum(x, 1e-12), worth_df - x + 1, tail), 0.0)
        high = np.where(p < 1, betaincinv(x + 1, np.maximum(worth_df - x, 1e-12), 1 - tail), 1.0)
    return low, high
