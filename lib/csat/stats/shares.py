"""Shares of respondents, top box and Net Promoter Score, with and without weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.frames import stack, tidy
from csat.stats.intervals import wilson
from csat.stats.layout import BoolArray, FloatArray


class SharesError(CsatError):
    """Answers from which no share can be taken: the message says why."""


def effective_n(weights: npt.ArrayLike) -> float:
    """Kish's effective sample size.

    Parameters
    ----------
    weights : array_like of shape (n,)

    Returns
    -------
    float
        n for equal weights, less for unequal ones.

    Notes
    -----
    (sum w)² / sum w². An approximation: it is right for weights that have nothing to do with the answers.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley.

    Examples
    --------
    R: ``sum(w)^2 / sum(w^2)``.

    >>> effective_n([1, 1, 1, 1])
    4.0
    """
    w = np.asarray(weights, dtype=np.float64)
    return float(w.sum() ** 2 / (w**2).sum())


def share_table(
    metric: str,
    holds: Mapping[str, npt.ArrayLike],
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    method: str = "",
) -> pd.DataFrame:
    """Shares of respondents, with Wilson's interval.

    Parameters
    ----------
    metric : str
        Name for the frame.
    holds : mapping of subject to array_like of shape (n,)
        1 where it holds, 0 where not, NaN where not known.
    weights : array_like of shape (n,), optional
    level : float
    method : str
        Said before the kind of interval.

    Returns
    -------
    DataFrame
        Tidy; ``n`` is the number of respondents whose answer is known. With weights the interval uses Kish's
        effective n.

    Examples
    --------
    R: ``prop.test(x, n, correct = FALSE)``.

    >>> share_table("yes", {"a": [1, 1, 0, np.nan]})[["estimate", "n"]].round(3).values.tolist()
    [[0.667, 3.0]]
    """
    kind = f"Wilson {level:.0%}" + (", effective n" if weights is not None else "")
    told = f"{method}; {kind}" if method else kind
    rows = []
    for subject, values in holds.items():
        share, n, base = _share(np.asarray(values, dtype=np.float64), weights)
        low, high = wilson(share, base, level) if n else (np.nan, np.nan)
        rows.append(tidy(metric, [subject], [share], n=n, method=told, low=low, high=high))
    return stack(rows)


def top_box_table(
    answers: pd.DataFrame,
    at_least: float | Mapping[str, float],
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of answers at the top of the scale, item by item.

    Parameters
    ----------
    answers : DataFrame of respondents x items
    at_least : float or mapping of item to float
        The lowest answer that counts as top box.
    weights : array_like of shape (n,), optional
    level : float

    Returns
    -------
    DataFrame
        Tidy, metric ``top_box``.

    Examples
    --------
    R: ``prop.test(sum(x >= 9), length(x), correct = FALSE)``.
    """
    rows = []
    for item in answers.columns:
        cut = at_least[item] if isinstance(at_least, Mapping) else at_least
        holds = (answers[item] >= cut).astype(np.float64).where(answers[item].notna())
        rows.append(share_table("top_box", {str(item): holds}, weights, level, f"answers of {cut:g} or more"))
    return stack(rows)


def nps_table(
    answers: npt.ArrayLike,
    subject: str,
    promoter_min: float = 9,
    detractor_max: float = 6,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Net Promoter Score with its interval, and the three shares behind it.

    Parameters
    ----------
    answers : array_like of shape (n,)
        Likelihood to recommend, as answered; NaN missing.
    subject : str
        The item.
    promoter_min, detractor_max : float
        The lowest answer of a promoter and the highest of a detractor, on the scale of the item.
    weights : array_like of shape (n,), optional
    strata : array_like of shape (n,), optional
        Strata of the sample, with `weights`.
    level : float

    Returns
    -------
    DataFrame
        Tidy, with a column ``standard_error``: metric ``nps`` (from -100 to 100), then ``nps_promoters``,
        ``nps_passives`` and ``nps_detractors`` as shares.

    Raises
    ------
    SharesError
        The cuts overlap.

    Notes
    -----
    NPS = 100 (P - D). Without weights its variance is (P + D - (P - D)²) / n; with weights it is
    linearised: sum over strata of m/(m-1) sum (z - mean z)², z = w (y - NPS) / sum w, for m respondents.

    References
    ----------
    Reichheld, F. F. (2003). The one number you need to grow. Harvard Business Review 81 (12), 46-54.
    Rocks, B. (2016). Interval estimation for the "Net Promoter Score". American Statistician 70, 365-372.

    Examples
    --------
    R: ``NPS::nps(x)`` and ``NPS::nps.se(x)``; with weights
    ``survey::svymean(~y, svydesign(ids = ~1, strata = ~s, weights = ~w))``.

    >>> nps_table([10, 9, 8, 3], "recommend")["estimate"].tolist()
    [25.0, 0.5, 0.25, 0.25]
    """
    if detractor_max >= promoter_min:
        raise SharesError(
            f"NPS of {subject}: a detractor answers at most {detractor_max:g}, a promoter at least "
            f"{promoter_min:g}; these overlap"
        )
    from scipy.special import ndtri

    x = np.asarray(answers, dtype=np.float64)
    known = ~np.isnan(x)
    promoter, detractor = x >= promoter_min, x <= detractor_max
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    score, error = _net(promoter, detractor, known, w, weights is not None, strata)
    reach = float(ndtri((1 + level) / 2)) * error
    told = f"promoters {promoter_min:g} or more, detractors {detractor_max:g} or less"
    head = tidy(
        "nps",
        [subject],
        [score],
        n=float(known.sum()),
        method=f"{told}; normal interval {level:.0%}" + (", linearised" if weights is not None else ""),
        low=max(score - reach, -100.0) if known.any() else np.nan,
        high=min(score + reach, 100.0) if known.any() else np.nan,
        standard_error=error,
    )
    groups = {"promoters": promoter, "passives": ~promoter & ~detractor, "detractors": detractor}
    shares = [
        share_table(f"nps_{name}", {subject: np.where(known, group, np.nan)}, weights, level, told)
        for name, group in groups.items()
    ]
    return stack([head, *shares])


def _share(values: FloatArray, weights: npt.ArrayLike | None) -> tuple[float, float, float]:
    """Share, respondents known, and the n that its interval uses."""
    known = ~np.isnan(values)
    n = float(known.sum())
    if not n:
        return np.nan, 0.0, 0.0
    if weights is None:
        return float(values[known].mean()), n, n
    w = np.asarray(weights, dtype=np.float64)[known]
    return float(np.average(values[known], weights=w)), n, effective_n(w)


def _net(
    promoter: BoolArray,
    detractor: BoolArray,
    known: BoolArray,
    w: FloatArray,
    weighted: bool,
    strata: npt.ArrayLike | None,
) -> tuple[float, float]:
    """NPS and its standard error, both on -100 to 100."""
    if not known.any():
        return np.nan, np.nan
    y = (100.0 * promoter - 100.0 * detractor)[known]
    score = float(np.average(y, weights=w[known]))
    if not weighted:
        return score, float(np.sqrt(np.mean((y - score) ** 2) / len(y)))
    z = np.zeros(len(w))
    z[known] = w[known] * (y - score) / w[known].sum()
    groups = np.zeros(len(w)) if strata is None else pd.factorize(np.asarray(strata))[0]
    variance = 0.0
    for group in np.unique(groups[known]):
        part = z[known & (groups == group)]
        if len(part) > 1:
            variance += len(part) * float(part.var(ddof=1))
    return score, float(np.sqrt(variance))
