"""How fast people answered, against others with the same device."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csat.data.cleaning import to_numbers
from csat.data.times import to_times

LEAST_DEVICE = 20
"""People with a device from which its own median counts; fewer are compared with everybody."""

LONGEST = 86_400.0
"""Seconds from which a duration is taken for an answer that was left and taken up again: a day."""


def seconds_taken(cells: pd.DataFrame, roles: Mapping[str, str]) -> pd.Series:
    """Tell how long each answer took.

    Parameters
    ----------
    cells : pandas.DataFrame of str, shape (n, columns)
    roles : mapping of str to str
        Part (see `csat.data.table.ROLES`) -> column that plays it.

    Returns
    -------
    pandas.Series of float, shape (n,)
        Seconds, from the column of the duration, else from beginning to end; NaN where that is not known, is
        below zero, or is more than a day.
    """
    column = roles.get("duration", "")
    if column in cells.columns:
        taken, _ = to_numbers(cells[column])
    elif {roles.get("started", ""), roles.get("completed", "")} <= set(cells.columns):
        began, ended = (to_times(cells[roles[role]])[0] for role in ("started", "completed"))
        taken = (ended - began).dt.total_seconds()
    else:
        return pd.Series(float("nan"), index=cells.index)
    return taken.where((taken >= 0) & (taken <= LONGEST)).astype(float)


def relative_pace(seconds: pd.Series, devices: pd.Series | None = None) -> pd.Series:
    """Set the time that each answer took against the median.

    Parameters
    ----------
    seconds : pandas.Series of float, shape (n,)
        From `seconds_taken`.
    devices : pandas.Series of str, shape (n,), optional
        Device of each respondent, empty where it is not known.

    Returns
    -------
    pandas.Series of float, shape (n,)
        Share of the median of all with the same device, where at least `LEAST_DEVICE` have it; else of the
        median of everybody. 0.3 is three times as fast as usual. NaN where no time is known.

    Notes
    -----
    Below 30 to 48 % of the median, data are poor more often than not; a third is the bar of
    `csat.study.intake.QualityPlan`.

    References
    ----------
    Leiner, D. J. (2019). Too fast, too straight, too weird: non-reactive indicators for meaningless data in
    internet surveys. Survey Research Methods 13, 229-248. Greszki, R., Meyer, M. and Schoen, H. (2015).
    Exploring the effects of removing "too fast" responses and respondents from web surveys. Public Opinion
    Quarterly 79, 471-503.

    Examples
    --------
    R: ``seconds / ave(seconds, device, FUN = median)``.

    >>> relative_pace(pd.Series([100.0, 200.0, 300.0, None])).tolist()
    [0.5, 1.0, 1.5, nan]
    """
    usual = pd.Series(seconds.median(), index=seconds.index)
    if devices is not None:
        groups = seconds.groupby(devices)
        enough = (groups.transform("count") >= LEAST_DEVICE) & (devices != "")
        usual = usual.mask(enough, groups.transform("median"))
    return seconds / usual.where(usual > 0)
