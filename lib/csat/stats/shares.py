"""Shares of respondents, top box and Net Promoter Score, with and without weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean
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
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
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
    strata, clusters : array_like of shape (n,), optional
        Stratum and cluster of each respondent.

    Returns
    -------
    DataFrame
        Tidy; ``n`` is the number of respondents whose answer is known. With weights, strata or clusters the
        interval uses an effective n.

    Notes
    -----
    The effective n is the smaller of Kish's and of n over the linearised design effect. Kish's is too large
    where weights have to do with the answer or clusters answer alike; the linearised one is too unsteady in
    small samples. See docs/validation.md for how often the intervals hold. Where the design has few degrees
    of freedom the effective n is reduced by (t of n - 1 / t of the design)².

    Examples
    --------
    R: ``prop.test(x, n, correct = FALSE)``.

    >>> share_table("yes", {"a": [1, 1, 0, np.nan]})[["estimate", "n"]].round(3).values.tolist()
    [[0.667, 3.0]]
    """
    designs: dict[int, SurveyDesign | None] = {}
    designed = any(given is not None for given in (weights, strata, clusters))
    kind = f"Wilson {level:.0%}" + (", effective n" if designed else "")
    told = f"{method}; {kind}" if method else kind
    rows = []
    for subject, values in holds.items():
        x = np.asarray(values, dtype=np.float64)
        if len(x) not in designs:
            designs[len(x)] = _design(len(x), weights, strata, clusters)
        share, n, base = _share(x, designs[len(x)])
        low, high = wilson(share, base, level) if n else (np.nan, np.nan)
        rows.append(tidy(metric, [subject], [share], n=n, method=told, low=low, high=high))
    return stack(rows)


def top_box_table(
    answers: pd.DataFrame,
    at_least: float | Mapping[str, float],
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Share of answers at the top of the scale, item by item.

    Parameters
    ----------
    answers : DataFrame of respondents x items
    at_least : float or mapping of item to float
        The lowest answer that counts as top box.
    weights : array_like of shape (n,), optional
    level : float
    strata, clusters : array_like of shape (n,), optional

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
        told = f"answers of {cut:g} or more"
        rows.append(share_table("top_box", {str(item): holds}, weights, level, told, strata, clusters))
    return stack(rows)


def nps_table(
    answers: npt.ArrayLike,
    subject: str,
    promoter_min: float = 9,
    detractor_max: float = 6,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    level: float = 0.95,
    clusters: npt.ArrayLike | None = None,
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
        Strata of the sample. One with a single unit counts by its distance from the mean.
    level : float
    clusters : array_like of shape (n,), optional
        Clusters of the sample.

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
    NPS = 100 (P - D). Without weights its variance is (P + D - (P - D)²) / n; with weights, strata or
    clusters it is linearised (`csat.stats.design.SurveyDesign`), and the interval is by t.

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
    from scipy.special import ndtri, stdtrit

    x = np.asarray(answers, dtype=np.float64)
    known = ~np.isnan(x)
    promoter, detractor = x >= promoter_min, x <= detractor_max
    design = _design(len(x), weights, strata, clusters)
    if design is not None:
        known &= design.weights > 0
    score, error, df = _net(np.where(known, 100.0 * promoter - 100.0 * detractor, np.nan), known, design)
    tail = (1 + level) / 2
    reach = float(ndtri(tail) if design is None else stdtrit(df, tail)) * error
    told = f"promoters {promoter_min:g} or more, detractors {detractor_max:g} or less"
    head = tidy(
        "nps",
        [subject],
        [score],
        n=float(known.sum()),
        method=f"{told}; "
        + (f"normal interval {level:.0%}" if design is None else f"t interval {level:.0%}, linearised"),
        low=max(score - reach, -100.0) if known.any() else np.nan,
        high=min(score + reach, 100.0) if known.any() else np.nan,
        standard_error=error,
    )
    groups = {"promoters": promoter, "passives": ~promoter & ~detractor, "detractors": detractor}
    shares = [
        share_table(
            f"nps_{name}", {subject: np.where(known, group, np.nan)}, weights, level, told, strata, clusters
        )
        for name, group in groups.items()
    ]
    return stack([head, *shares])


def _share(values: FloatArray, design: SurveyDesign | None) -> tuple[float, float, float]:
    """Share, respondents known, and the n that its interval uses."""
    from scipy.special import stdtrit

    known = ~np.isnan(values)
    if design is not None:
        known &= design.weights > 0
    n = float(known.sum())
    if not n:
        return np.nan, 0.0, 0.0
    if design is None:
        return float(values[known].mean()), n, n
    found = mean(design.among(known), values)
    kish = effective_n(design.weights[known])
    deff = float(found.deff[0])
    seen = np.isfinite(deff) and deff > 0 and 1e-9 < found.value[0] < 1 - 1e-9
    base = min(kish, n / deff) if seen else kish
    # Few clusters say little of the variance: as if there were fewer respondents (Korn and Graubard).
    few = stdtrit(max(n - 1, 1), 0.975) / stdtrit(max(found.df, 1), 0.975)
    return float(found.value[0]), n, base * float(few) ** 2


def _design(
    n: int,
    weights: npt.ArrayLike | None,
    strata: npt.ArrayLike | None,
    clusters: npt.ArrayLike | None,
) -> SurveyDesign | None:
    """Design of the sample; None for a simple one."""
    if weights is None and strata is None and clusters is None:
        return None
    return SurveyDesign.of(np.ones(n) if weights is None else weights, strata, clusters, lonely="adjust")


def _net(y: FloatArray, known: BoolArray, design: SurveyDesign | None) -> tuple[float, float, float]:
    """NPS, its standard error, and the degrees of freedom of that."""
    if not known.any():
        return np.nan, np.nan, np.inf
    if design is None:
        score = float(y[known].mean())
        return score, float(np.sqrt(np.mean((y[known] - score) ** 2) / known.sum())), np.inf
    found = mean(design.among(known), y)
    return float(found.value[0]), float(found.standard_error[0]), max(float(found.df), 1.0)
