"""The sample plan of a study as tidy tables: precision, detectable change, width of alpha's interval.

Each table has the columns ``metric, subject, estimate, ci_low, ci_high, n, method``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from csat.study import power as tracking
from csat.study import sampling

COLUMNS = ("metric", "subject", "estimate", "ci_low", "ci_high", "n", "method")


def precision_plan(
    sizes: Iterable[int],
    sd: float,
    proportion: float = 0.5,
    promoters: float = 0.5,
    detractors: float = 0.2,
    frame_size: int | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Margins of error of a mean, a proportion and the net promoter score at several sizes.

    Parameters
    ----------
    sizes : iterable of int
        Respondents.
    sd : float
        Standard deviation of an answer, in points of the scale (see `csat.study.sampling.planning_sd`).
    proportion, promoters, detractors : float
        Expected shares between 0 and 1.
    frame_size : int, optional
        People in the frame; larger sizes are left out.
    level : float
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        Metric ``margin_of_error``; subjects ``mean`` (points of the scale), ``proportion`` (share) and
        ``nps`` (points), for each size.

    Notes
    -----
    See `csat.study.sampling.margin_of_error_mean`, `margin_of_error_proportion`, `margin_of_error_nps`.

    Examples
    --------
    R: ``qnorm(.975) * 2 / sqrt(c(100, 400))``

    >>> precision_plan([100, 400], sd=2).query("subject == 'nps'")["estimate"].round(1).tolist()
    [15.3, 7.7]
    """
    rows = []
    for n in _within(sizes, frame_size):
        margins = {
            "mean": sampling.margin_of_error_mean(n, sd, frame_size, level),
            "proportion": sampling.margin_of_error_proportion(n, proportion, frame_size, level),
            "nps": sampling.margin_of_error_nps(n, promoters, detractors, frame_size, level),
        }
        rows += [("margin_of_error", subject, margin, n) for subject, margin in margins.items()]
    return _tidy(rows, f"normal approximation, {level:.0%}" + _frame(frame_size))


def change_plan(
    sizes: Iterable[int],
    sd: float,
    proportion: float = 0.5,
    promoters: float = 0.5,
    detractors: float = 0.2,
    frame_size: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Smallest changes between two waves of equal size that are found with a given power.

    Parameters
    ----------
    sizes, sd, proportion, promoters, detractors, frame_size, level
        As in `precision_plan`.
    power : float
        Probability of finding the change.

    Returns
    -------
    pandas.DataFrame
        Metric ``minimum_detectable_change``; subjects ``mean``, ``proportion`` and ``nps``, for each size.

    Notes
    -----
    See `csat.study.power.minimum_detectable_change`.

    Examples
    --------
    R: ``(qnorm(.975) + qnorm(.8)) * 100 * sqrt(.61) * sqrt(2 / c(100, 1000))``

    >>> change_plan([100, 1000], sd=2).query("subject == 'nps'")["estimate"].round(1).tolist()
    [30.9, 9.8]
    """
    rows = []
    for n in _within(sizes, frame_size):
        changes = {
            "mean": tracking.minimum_detectable_change(n, sd, None, frame_size, power, level),
            "proportion": tracking.minimum_detectable_change_proportion(
                n, proportion, None, frame_size, power, level
            ),
            "nps": tracking.minimum_detectable_change_nps(
                n, promoters, detractors, None, frame_size, power, level
            ),
        }
        rows += [("minimum_detectable_change", subject, change, n) for subject, change in changes.items()]
    return _tidy(rows, f"two independent waves, power {power:.0%}, {level:.0%}" + _frame(frame_size))


def alpha_plan(
    blocks: Mapping[str, Sequence[str]], n: int, alpha: float = 0.8, level: float = 0.95
) -> pd.DataFrame:
    """Width of alpha's interval for every construct of two or more items.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        Items of each construct.
    n : int
        Planned respondents.
    alpha : float
        Alpha that is expected.
    level : float
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        Metric ``alpha_interval_width``, subject construct; `ci_low` and `ci_high` are the interval's ends.

    Notes
    -----
    Feldt's interval, see `csat.study.power.alpha_interval`.

    References
    ----------
    Feldt, L. S. (1965). Psychometrika, 30, 357-370.

    Examples
    --------
    R: ``psych::alpha.ci(.8, n.obs = 250, n.var = 5)``

    >>> alpha_plan({"Image": ["a", "b", "c", "d", "e"]}, 250)["estimate"].round(3).tolist()
    [0.079]
    """
    rows = []
    for construct, items in blocks.items():
        if len(items) > 1:
            low, high = tracking.alpha_interval(n, len(items), alpha, level)
            rows.append(("alpha_interval_width", construct, high - low, low, high, n))
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    return frame.assign(method=f"Feldt, {level:.0%}, alpha assumed {alpha:g}")


def sample_size_plan(
    margins: Iterable[float] = (0.03, 0.05, 0.1),
    proportion: float = 0.5,
    frame_size: int | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Respondents needed for several margins of error of a proportion.

    Parameters
    ----------
    margins : iterable of float
        Half widths, shares between 0 and 1.
    proportion, frame_size, level
        As in `csat.study.sampling.sample_size`.

    Returns
    -------
    pandas.DataFrame
        Metric ``sample_size``; the subject is the margin in percentage points (``"5"``).

    Notes
    -----
    See `csat.study.sampling.sample_size`.

    Examples
    --------
    R: ``n0 <- qnorm(.975)^2 * .25 / c(.03, .05, .1)^2; ceiling(n0 / (1 + (n0 - 1) / 200))``

    >>> sample_size_plan(frame_size=200)["estimate"].tolist()
    [169, 132, 66]
    """
    rows = []
    for margin in margins:
        n = sampling.sample_size(margin, proportion, frame_size, level)
        rows.append(("sample_size", f"{100 * margin:g}", n, n))
    return _tidy(rows, f"normal approximation, {level:.0%}" + _frame(frame_size))


def _within(sizes: Iterable[int], frame_size: int | None) -> list[int]:
    """Sizes that the frame can give, each once, smallest first."""
    return [n for n in sorted(set(sizes)) if frame_size is None or n <= frame_size]


def _frame(frame_size: int | None) -> str:
    """Words for the finite-population correction."""
    return "" if frame_size is None else f", finite population of {frame_size}"


def _tidy(rows: Sequence[tuple[str, str, float, int]], method: str) -> pd.DataFrame:
    """Table with the columns of every tidy result."""
    frame = pd.DataFrame(rows, columns=["metric", "subject", "estimate", "n"])
    frame = frame.assign(ci_low=np.nan, ci_high=np.nan, method=method)
    return frame[list(COLUMNS)]
