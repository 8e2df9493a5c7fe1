"""What is not shown because it rests on too few people, and what goes with it so that it cannot be derived.

An estimate needs `below` people. Means and shares of groups that make up a known whole need more: the whole,
less the groups that are shown, is the group that is not. So at least two groups are held back, together of
`below` people or more (complementary suppression). Tables of counts are in `csat.report.suppressed_tables`.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from csat.study.definition import Thresholds

Mask = npt.NDArray[np.bool_]
Kind = Literal["hidden", "indicative", ""]

NUMBERS = ("estimate", "ci_low", "ci_high")
NOT_SHOWN = "not shown: "
FEW = NOT_SHOWN + "fewer than {below} answers"
WITH_OTHERS = NOT_SHOWN + "with it a group of fewer than {below} could be derived"
CLASSES = NOT_SHOWN + "shares of answers in a segment of fewer than {minimum}"

GROUPS = ("loyal_given", "loyalty_by_satisfaction", "zone_loyalty")
"""Metrics that tell of groups which make up the whole, one subject a group."""

SIZES = {"zone_loyalty": "zone_share"}
"""Metric with the shares of the groups, where n of the rows is that of the whole."""

DIFFERENCES = {"zone_difference": "zone_loyalty"}
"""Metric of differences ``one-other`` between groups of another metric."""

SHARES = frozenset(
    (
        "floor_share",
        "ceiling_share",
        "nps_promoters",
        "nps_passives",
        "nps_detractors",
        "quadrant_share",
        "satisfied_share",
        "loyal_share",
        "loyal_given",
        "zone_share",
    )
)
"""Metrics that say how many gave which answers."""


def kind_of_base(n: float, limits: Thresholds) -> Kind:
    """Say how an estimate that rests on n people is shown.

    Parameters
    ----------
    n : float
        People; NaN where an estimate rests on none (a constant, a number of the model).
    limits : Thresholds

    Returns
    -------
    str
        ``hidden`` below ``suppress_below``, ``indicative`` below ``minimum_base``, else empty.

    Examples
    --------
    >>> from csat.study.definition import Thresholds
    >>> [kind_of_base(n, Thresholds()) for n in (9, 10, 29, 30)]
    ['hidden', 'indicative', 'indicative', '']
    """
    if n < limits.suppress_below:
        return "hidden"
    return "indicative" if n < limits.minimum_base else ""


def protect(
    frame: pd.DataFrame, limits: Thresholds, of_segment: bool = False, segments: Collection[str] = ()
) -> pd.DataFrame:
    """Blank whatever of a tidy frame may not be shown.

    Parameters
    ----------
    frame : DataFrame
        Tidy.
    limits : Thresholds
        ``suppress_below`` and ``minimum_base`` are used.
    of_segment : bool
        The frame is about a segment: shares of answers then cross it, and need ``minimum_base``.
    segments : collection of str
        Names of segments: subjects ``name=value`` are groups that make up the whole.

    Returns
    -------
    DataFrame
        The frame itself where nothing is blanked. Else `NUMBERS` are NaN and ``method`` says why; n stays.
    """
    below, minimum = limits.suppress_below, limits.minimum_base
    few = (frame["n"] < below).to_numpy(dtype=bool)
    hidden = _blank(frame, few, FEW.format(below=below))
    hidden = _blank(hidden, hidden_with(frame, below, segments) & ~few, WITH_OTHERS.format(below=below))
    if of_segment:
        shares = (frame["metric"].isin(SHARES) & (frame["n"] < minimum)).to_numpy(dtype=bool)
        hidden = _blank(
            hidden, shares & hidden["estimate"].notna().to_numpy(), CLASSES.format(minimum=minimum)
        )
    return hidden


def hidden_with(frame: pd.DataFrame, below: int, segments: Collection[str] = ()) -> Mask:
    """Rows about a group that is held back, itself too small or together with one that is.

    Parameters
    ----------
    frame : DataFrame
        Tidy. Looked at are the metrics of `GROUPS` and `DIFFERENCES`, and subjects ``segment=value``.
    below : int
    segments : collection of str

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    hidden = np.zeros(len(frame), dtype=bool)
    sizes = frame["n"].to_numpy(dtype=np.float64)
    for rows in _families(frame, segments):
        hidden[rows] = hidden_groups(_sizes(frame, rows, sizes), below)
    subjects, metrics = frame["subject"].astype(str).to_numpy(), frame["metric"].astype(str).to_numpy()
    for metric, of in DIFFERENCES.items():
        gone = set(subjects[hidden & (metrics == of)])
        for row in np.flatnonzero(metrics == metric):
            hidden[row] = bool(gone & set(subjects[row].split("-")))
    return hidden


def hidden_groups(sizes: npt.ArrayLike, below: int) -> Mask:
    """Say of which groups of a known whole nothing may be told.

    Parameters
    ----------
    sizes : array_like of shape (groups,)
        People in each group; the groups do not overlap and make up a whole whose result is published.
    below : int
        Least size that may be shown.

    Returns
    -------
    ndarray of bool, shape (groups,)
        All that are too small, and as few more, the smallest first, as make the held back groups two or
        more and together at least `below` people: the whole less the shown groups is all that can be derived.

    Examples
    --------
    >>> hidden_groups([4, 50, 12, 80], 10).tolist()
    [True, False, True, False]
    """
    n = np.nan_to_num(np.asarray(sizes, dtype=np.float64))
    hidden = (n > 0) & (n < below)
    if not hidden.any():
        return hidden
    for group in np.argsort(n, kind="stable"):
        if hidden.sum() >= 2 and n[hidden].sum() >= below:
            break
        hidden[group] |= n[group] > 0
    return hidden


def _families(frame: pd.DataFrame, segments: Collection[str]) -> list[npt.NDArray[np.intp]]:
    """Rows of each set of groups that make up a whole."""
    families: dict[Hashable, list[int]] = {}
    names = ("metric", "subject", "method")
    for row, (metric, subject, method) in enumerate(zip(*(frame[name] for name in names), strict=True)):
        segment, equals, _ = str(subject).partition("=")
        if equals and segment in segments:
            families.setdefault((metric, segment), []).append(row)
        elif metric in GROUPS:
            families.setdefault((metric, method), []).append(row)
    return [np.array(rows, dtype=np.intp) for rows in families.values()]


def _sizes(
    frame: pd.DataFrame, rows: npt.NDArray[np.intp], n: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """People in the groups of some rows: their n, or their share of it where n is that of the whole."""
    part = frame.iloc[rows]
    share = SIZES.get(str(part["metric"].iloc[0]))
    if share is None:
        return n[rows]
    shares = frame[frame["metric"] == share].drop_duplicates("subject").set_index("subject")["estimate"]
    # Rounded, for a share comes from a division; with weights it is as if all weighed the same.
    return np.round(part["subject"].map(shares).fillna(1.0).to_numpy(dtype=np.float64) * n[rows])


def _blank(frame: pd.DataFrame, rows: Mask, why: str) -> pd.DataFrame:
    """Blank the numbers of some rows and say why."""
    if not rows.any():
        return frame
    blank = frame.copy()
    blank.loc[rows, [name for name in (*NUMBERS, *_FURTHER) if name in blank]] = float("nan")
    if "method" in blank:
        told = blank.loc[rows, "method"].astype(str)
        blank.loc[rows, "method"] = [
            text if why in text else "; ".join(filter(None, (text, why))) for text in told
        ]
    return blank


_FURTHER = ("standard_error", "p", "centre")
"""Further columns of tidy frames that tell of the same people."""
