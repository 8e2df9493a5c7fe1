"""Levels of waves side by side, the change from one wave to the next, and whether it is more than noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean
from csat.stats.frames import stack, tidy
from csat.stats.layout import FloatArray
from csat.stats.shares import effective_n, nps_table, top_box_table

CHANGES = {"index_0_100": "change_index", "nps": "change_nps", "top_box": "change_top_box"}
"""Metric of a level -> metric of its change."""

OF_SHARES = ("top_box",)
"""Levels whose intervals are not symmetric: a change of them takes its limits from both."""


def index_levels(
    points: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Index of each construct in one wave, with its linearised standard error.

    Parameters
    ----------
    points : DataFrame of respondents x items
        Answers brought to 0-100, reversed items turned; NaN where missing.
    blocks : mapping of construct to its items
    weights, strata, clusters : array_like of shape (n,), optional
        Of the sample. A stratum with a single unit counts by its distance from the mean.
    level : float

    Returns
    -------
    DataFrame
        Tidy, metric ``index_0_100``, with ``standard_error, df, n_eff``: the mean of the means of the items,
        each of those who answered it. n is that of the item with the fewest answers, n_eff is Kish's for it.

    Examples
    --------
    R: ``svycontrast(svymean(~a + b, design, na.rm = TRUE), c(a = 1/2, b = 1/2))``.
    """
    design = _design(len(points), weights, strata, clusters)
    rows = []
    for construct, items in blocks.items():
        values = points[list(items)].to_numpy(dtype=np.float64)
        known = ~np.isnan(values) & (design.weights > 0)[:, None]
        counts = known.sum(axis=0)
        least = int(counts.argmin())
        if counts[least] < 2:
            rows.append(_row("index_0_100", construct, np.nan, np.nan, np.nan, float(counts[least]), 0.0))
            continue
        used = design.among(np.asarray(known.any(axis=1)))
        found = mean(used, values)
        estimate, error = found.contrast(np.full(len(items), 1 / len(items)))
        n_eff = effective_n(design.weights[known[:, least]])
        n = float(counts[least])
        rows.append(_row("index_0_100", construct, estimate, error, max(found.df, 1), n, n_eff, level))
    return stack(rows)


def share_levels(
    answers: pd.DataFrame,
    at_least: Mapping[str, float],
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of answers at the top of the scale in one wave, item by item.

    Parameters
    ----------
    answers : DataFrame of respondents x items
    at_least : mapping of item to float
        The lowest answer that counts as top box.
    weights, strata, clusters : array_like of shape (n,), optional
    level : float

    Returns
    -------
    DataFrame
        As `csat.stats.shares.top_box_table`, with ``standard_error, df, n_eff``.

    Examples
    --------
    R: ``svyciprop(~I(x >= 9), design)``.
    """
    items = answers[list(at_least)]
    table = top_box_table(items, at_least, weights, level, strata, clusters)
    design = _design(len(answers), weights, strata, clusters)
    further = []
    for item, cut in at_least.items():
        known = items[item].notna().to_numpy()
        holds = np.where(known, (items[item] >= cut).to_numpy(dtype=np.float64), np.nan)
        further.append(_error(design, holds))
    errors, df, n_eff = zip(*further, strict=True)
    return table.assign(standard_error=errors, df=df, n_eff=n_eff)


def nps_levels(
    answers: pd.Series,
    promoter_min: float = 9,
    detractor_max: float = 6,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Net Promoter Score of one wave.

    Parameters
    ----------
    answers : Series of n answers
        Its name is the subject.
    promoter_min, detractor_max : float
    weights, strata, clusters : array_like of shape (n,), optional
    level : float

    Returns
    -------
    DataFrame
        One row, as `csat.stats.shares.nps_table`, with ``standard_error, df, n_eff``.

    Examples
    --------
    R: ``svymean(~I(100 * ((x >= 9) - (x <= 6))), design)``.
    """
    table = nps_table(
        answers, str(answers.name), promoter_min, detractor_max, weights, strata, level, clusters
    )
    design = _design(len(answers), weights, strata, clusters)
    _, df, n_eff = _error(design, answers.to_numpy(dtype=np.float64))
    return table[table["metric"] == "nps"].assign(df=df, n_eff=n_eff)


def changes(earlier: pd.DataFrame, later: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Change of each level between two waves that were sampled apart.

    Parameters
    ----------
    earlier, later : DataFrame
        From `index_levels`, `share_levels` or `nps_levels`; the subjects that both have are compared.
    level : float

    Returns
    -------
    DataFrame
        Tidy, metrics of `CHANGES`, with ``standard_error, df, p, p_adjusted``; n is that of the smaller wave.
        `p_adjusted` is by Benjamini and Hochberg over all rows.

    Notes
    -----
    The variances add up; degrees of freedom by Welch and Satterthwaite. The interval of a change of shares
    takes its limits from the intervals of both (Newcombe's hybrid score interval; with weights, from
    effective numbers of respondents), so that its p-value, by t, may disagree with it at the margin.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. Statistics
    in Medicine 17, 873-890 (method 10). Zou, G. Y. & Donner, A. (2008). Construction of confidence limits
    about effect measures. Statistics in Medicine 27, 1693-1702. Benjamini, Y. & Hochberg, Y. (1995).
    Controlling the false discovery rate. Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    R: ``t.test(y ~ wave)`` without weights; ``p.adjust(p, "BH")``.
    """
    keys = ["metric", "subject"]
    both = earlier.merge(later, on=keys, suffixes=("_1", "_2"), sort=False)
    if both.empty:
        return tidy("", [], [], standard_error=[], df=[], p=[], p_adjusted=[])
    from scipy.special import stdtr, stdtrit

    value = (both["estimate_2"] - both["estimate_1"]).to_numpy(dtype=np.float64)
    parts = [both[f"standard_error_{k}"].to_numpy(dtype=np.float64) ** 2 for k in (1, 2)]
    error = np.sqrt(parts[0] + parts[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        below = sum(part**2 / both[f"df_{k}"].to_numpy() for k, part in enumerate(parts, start=1))
        df = np.maximum((parts[0] + parts[1]) ** 2 / below, 1)
        p = 2 * stdtr(df, -np.abs(value) / error)
    reach = stdtrit(df, (1 + level) / 2) * error
    low, high = value - reach, value + reach
    shares = both["metric"].isin(OF_SHARES).to_numpy()
    low, high = (np.where(shares, a, b) for a, b in zip(_newcombe(both, value), (low, high), strict=True))
    n = np.minimum(both["n_1"], both["n_2"])
    told = [f"{'hybrid score' if share else 't'} interval {level:.0%}" for share in shares]
    further = {"standard_error": error, "df": df, "p": p, "p_adjusted": adjusted(p)}
    frame = tidy("", list(both["subject"]), value, n=n, low=low, high=high, **further)
    return frame.assign(metric=[CHANGES[name] for name in both["metric"]], method=told)


def adjusted(p: FloatArray) -> FloatArray:
    """Adjust p-values by Benjamini and Hochberg; those that are NaN are no test.

    Parameters
    ----------
    p : ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (k,)

    Examples
    --------
    R: ``p.adjust(p, "BH")``.

    >>> adjusted(np.array([0.01, np.nan, 0.04])).tolist()
    [0.02, nan, 0.04]
    """
    known = np.flatnonzero(~np.isnan(p))
    found = np.full(len(p), np.nan)
    if len(known):
        order = known[np.argsort(p[known])[::-1]]
        ranks = np.arange(len(known), 0, -1)
        found[order] = np.minimum(np.minimum.accumulate(p[order] * len(known) / ranks), 1)
    return found


def _newcombe(both: pd.DataFrame, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Limits of a difference from the limits of its two parts."""
    (a, b) = (both[f"estimate_{k}"].to_numpy(dtype=np.float64) for k in (1, 2))
    (a_low, b_low) = (both[f"ci_low_{k}"].to_numpy(dtype=np.float64) for k in (1, 2))
    (a_high, b_high) = (both[f"ci_high_{k}"].to_numpy(dtype=np.float64) for k in (1, 2))
    low = value - np.sqrt((b - b_low) ** 2 + (a_high - a) ** 2)
    return low, value + np.sqrt((b_high - b) ** 2 + (a - a_low) ** 2)


def _design(
    n: int, weights: npt.ArrayLike | None, strata: npt.ArrayLike | None, clusters: npt.ArrayLike | None
) -> SurveyDesign:
    """Design of the sample."""
    return SurveyDesign.of(np.ones(n) if weights is None else weights, strata, clusters, lonely="adjust")


def _error(design: SurveyDesign, values: FloatArray) -> tuple[float, float, float]:
    """Compute standard error, degrees of freedom and effective respondents of a mean."""
    known = ~np.isnan(values) & (design.weights > 0)
    if known.sum() < 2:
        return np.nan, np.nan, float(known.sum())
    found = mean(design.among(known), values)
    return float(found.standard_error[0]), float(max(found.df, 1)), effective_n(design.weights[known])


def _row(
    metric: str,
    subject: str,
    estimate: float,
    error: float,
    df: float,
    n: float,
    n_eff: float,
    level: float = 0.95,
) -> pd.DataFrame:
    """One level with its interval by t."""
    from scipy.special import stdtrit

    reach = float(stdtrit(df, (1 + level) / 2)) * error
    told = f"equal weights, each item by those who answered it; linearised, t interval {level:.0%}"
    further = {"standard_error": error, "df": df, "n_eff": n_eff}
    low, high = max(estimate - reach, 0.0), min(estimate + reach, 100.0)
    if np.isnan(estimate):
        low = high = np.nan
    return tidy(metric, [subject], [estimate], n=n, method=told, low=low, high=high, **further)
