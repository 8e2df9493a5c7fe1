"""What a monthly survey can see: changes between single months or runs of months, and trends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from csat.errors import CsatError
from csat.study.sampling import check_level, check_share, normal_quantile

COLUMNS = ("metric", "subject", "estimate", "ci_low", "ci_high", "n", "method")


def minimum_detectable_shift(
    n: int, sd: float, months: int = 1, before: int | None = None, power: float = 0.8, level: float = 0.95
) -> float:
    """Smallest change between two runs of months that is found with a given power.

    Parameters
    ----------
    n : int
        Respondents a month.
    sd : float
        Standard deviation of one answer, in the unit of the change.
    months : int
        Months after the change.
    before : int, optional
        Months before it, by default as many.
    power : float
        Probability of finding the change.
    level : float
        Confidence level of the two-sided test.

    Returns
    -------
    float
        Change in the unit of `sd`, if each month asks other people.

    Notes
    -----
    ``(z(1 - a/2) + z(power)) sd sqrt(1 / (n r) + 1 / (n b))`` for runs of r and b months.

    Examples
    --------
    R: ``(qnorm(.975) + qnorm(.8)) * 78.1 * sqrt(2 / (400 * 3))``

    >>> round(minimum_detectable_shift(400, 78.1, months=3), 1)
    8.9
    """
    runs = (months, months if before is None else before)
    if n < 1 or min(runs) < 1:
        raise CsatError(f"n is {n} and the runs have {runs[0]} and {runs[1]} months; all must be 1 or more")
    _check_sd(sd)
    return _reach(power, level) * sd * math.sqrt(sum(1 / (n * run) for run in runs))


def minimum_detectable_trend(
    n: int, sd: float, months: int = 12, power: float = 0.8, level: float = 0.95
) -> float:
    """Smallest steady change a month that is found with a given power.

    Parameters
    ----------
    n, sd, power, level
        As in `minimum_detectable_shift`.
    months : int
        Months of the series, 3 or more.

    Returns
    -------
    float
        Change a month, in the unit of `sd`.

    Notes
    -----
    The slope of monthly means has the variance ``12 sd**2 / (n M (M**2 - 1))``.

    Examples
    --------
    R: ``(qnorm(.975) + qnorm(.8)) * 2 * sqrt(12 / (400 * 12 * 143))``

    >>> round(minimum_detectable_trend(400, sd=2), 4)
    0.0234
    """
    if n < 1 or months < 3:
        raise CsatError(f"n is {n} and the series has {months} months; a trend needs 1 and 3 at least")
    _check_sd(sd)
    return _reach(power, level) * sd * math.sqrt(12 / (n * months * (months**2 - 1)))


def sample_size_change(
    change: float,
    sd: float,
    months: int = 1,
    before: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> int:
    """Respondents a month needed to find a change that matters.

    Parameters
    ----------
    change : float
        Change that matters, in the unit of `sd`.
    sd, months, before, power, level
        As in `minimum_detectable_shift`.

    Returns
    -------
    int
        Respondents a month.

    Notes
    -----
    ``((z(1 - a/2) + z(power)) sd / change)**2 (1 / r + 1 / b)``.

    Examples
    --------
    R: ``ceiling(((qnorm(.975) + qnorm(.8)) * 78.1 / 10)^2 * 2)``

    >>> sample_size_change(10, 78.1)
    958
    """
    if not abs(change) > 0:
        raise CsatError("the change is 0: no sample can find it")
    _check_sd(sd)
    runs = 1 / months + 1 / (months if before is None else before)
    return max(math.ceil((_reach(power, level) * sd / change) ** 2 * runs - 1e-9), 1)


def tracking_plan(
    n: int,
    sds: Mapping[str, float],
    segments: Mapping[str, float] | None = None,
    months: Sequence[int] = (1, 3, 6, 12),
    power: float = 0.8,
    level: float = 0.95,
    minimum_base: int = 30,
) -> pd.DataFrame:
    """Smallest changes that are seen, by headline metric and segment, in single months and runs of months.

    Parameters
    ----------
    n : int
        Respondents a month.
    sds : mapping of str to float
        Standard deviation of one answer by metric (`csat.study.sampling.nps_sd` for the net promoter score).
    segments : mapping of str to float, optional
        Share of respondents by segment (``segment=value``).
    months : sequence of int
        Lengths of the runs that are compared.
    power, level : float
        As in `minimum_detectable_shift`.
    minimum_base : int
        Respondents below which a segment is marked as too small.

    Returns
    -------
    pandas.DataFrame
        Metric ``detectable_change``, subject the headline metric; columns `segment` (empty for everyone),
        `months` and `flag` (``small`` when a month of the segment is below `minimum_base`).

    Notes
    -----
    See `minimum_detectable_shift`.

    Examples
    --------
    R: ``(qnorm(.975) + qnorm(.8)) * 78.1 * sqrt(2 / c(100, 400, 1000))``

    >>> tracking_plan(400, {"nps": 78.1}, months=[1])["estimate"].round(1).tolist()
    [15.5]
    """
    rows = []
    for segment, share in {"": 1.0, **(segments or {})}.items():
        check_share(segment or "everyone", share)
        size = round(n * share)
        for subject, sd in sds.items():
            for run in months:
                change = minimum_detectable_shift(size, sd, run, None, power, level) if size else np.nan
                flag = "small" if size < minimum_base else ""
                rows.append(("detectable_change", subject, change, np.nan, np.nan, size, segment, run, flag))
    frame = pd.DataFrame(rows, columns=[*COLUMNS[:-1], "segment", "months", "flag"])
    method = f"two runs of months, power {power:.0%}, {level:.0%}"
    return frame.assign(method=method)[[*COLUMNS, "segment", "months", "flag"]]


def _reach(power: float, level: float) -> float:
    """Return how many standard errors a change must measure."""
    return normal_quantile(level) + NormalDist().inv_cdf(check_level(power))


def _check_sd(sd: float) -> None:
    """Refuse what is no standard deviation."""
    if not sd >= 0:
        raise CsatError(f"the standard deviation is {sd:g}; it must be 0 or more")
