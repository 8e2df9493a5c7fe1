"""Quantiles and groups of a designed sample."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.design import DesignError, SurveyDesign
from csat.stats.design_estimates import inside_of, mean
from csat.stats.frames import stack, tidy


def quantile(
    design: SurveyDesign,
    values: npt.ArrayLike,
    at: float = 0.5,
    domain: npt.ArrayLike | None = None,
    level: float = 0.95,
    around: Literal["asked", "found"] = "asked",
) -> tuple[float, float, float]:
    """Weighted quantile with Woodruff's interval.

    Parameters
    ----------
    design : SurveyDesign
    values : array_like of shape (n,)
    at : float
        Such as 0.5 for the median.
    domain : array_like of bool, shape (n,), optional
    level : float
    around : {"asked", "found"}
        Share that the interval is laid around: `at`, or the share of answers at or below the estimate, which
        is larger than `at` where many give the same answer. R's survey takes the latter.

    Returns
    -------
    estimate, low, high : float
        A limit beyond all answers is the smallest or largest of them; with ``around="found"`` it is NaN, as
        in R.

    Notes
    -----
    The interval of the share of answers at or below the estimate, read back as answers. Answers on a scale of
    few points have few quantiles: an interval around what was found would then begin at the estimate and
    never reach below it.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. Journal of the
    American Statistical Association 47, 635-646.

    Examples
    --------
    R: ``svyquantile(~y, design, 0.5, interval.type = "mean")`` is ``around="found"``.
    """
    from scipy.special import stdtrit

    y = np.asarray(values, dtype=np.float64)
    inside = inside_of(design, domain, y[:, None])[:, 0] & (design.weights > 0)
    if not inside.any():
        raise DesignError("nobody with an answer belongs to the domain; widen it")
    order = np.argsort(y[inside], kind="stable")
    ordered = y[inside][order]
    running = np.cumsum(design.weights[inside][order])
    running /= running[-1]

    def read(share: float) -> float:
        place = int(np.searchsorted(running, share - 1e-12, side="left"))
        return float(ordered[min(place, len(ordered) - 1)])

    estimate = read(at)
    below = mean(design, np.where(inside, (y <= estimate).astype(np.float64), np.nan))
    reach = float(below.standard_error[0] * stdtrit(max(below.df, 1), (1 + level) / 2))
    if around == "asked":
        return estimate, read(max(at - reach, 0.0)), read(min(at + reach, 1.0))
    middle = float(below.value[0])
    low, high = (read(end) if 0 <= end <= 1 else np.nan for end in (middle - reach, middle + reach))
    return estimate, low, high


def domain_means(
    design: SurveyDesign, values: npt.ArrayLike, by: npt.ArrayLike, metric: str = "mean", level: float = 0.95
) -> pd.DataFrame:
    """Means of groups of respondents.

    Parameters
    ----------
    design : SurveyDesign
    values : array_like of shape (n,)
    by : array_like of shape (n,)
        Group of each respondent; missing ones are in none.
    metric : str
        Name for the frame.
    level : float

    Returns
    -------
    DataFrame
        Tidy, a row a group, with columns ``standard_error`` and ``deff``.

    Examples
    --------
    R: ``svyby(~y, ~group, design, svymean)``.
    """
    codes, names = pd.factorize(np.asarray(by, dtype=object), sort=True)
    y = np.asarray(values, dtype=np.float64)
    rows = []
    for code, name in enumerate(names):
        inside = codes == code
        if not (inside & ~np.isnan(y) & (design.weights > 0)).any():
            continue
        found = mean(design, y, inside)
        low, high = found.interval(level)
        rows.append(
            tidy(
                metric,
                [str(name)],
                found.value,
                n=found.n,
                method=f"linearised, t interval {level:.0%} on {found.df} df",
                low=low,
                high=high,
                standard_error=found.standard_error,
                deff=found.deff,
            )
        )
    return stack(rows)
