"""Satisfaction is not loyalty: who is satisfied and loyal, and who is only one of the two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.frames import stack, tidy
from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.shares import share_table

# Jones and Sasser's apostles (loyalists), hostages, mercenaries and terrorists (defectors).
QUADRANTS = ("loyalist", "hostage", "mercenary", "defector")


class QuadrantError(CsatError):
    """Answers that cannot be put into quadrants: the message says why."""


def quadrant_of(
    satisfaction: npt.ArrayLike, loyalty: npt.ArrayLike, satisfied_from: float, loyal_from: float
) -> IntArray:
    """Quadrant of each person.

    Parameters
    ----------
    satisfaction, loyalty : array_like of shape (n,)
    satisfied_from, loyal_from : float
        The lowest value that counts as satisfied, and as loyal.

    Returns
    -------
    ndarray of int, shape (n,)
        0 loyalist (satisfied, loyal), 1 hostage (not satisfied, loyal), 2 mercenary (satisfied, not loyal),
        3 defector (neither), -1 not known.

    Examples
    --------
    R: ``ifelse(loyal, ifelse(satisfied, 0, 1), ifelse(satisfied, 2, 3))``.

    >>> quadrant_of([9, 3, 9, 3, np.nan], [9, 9, 3, 3, 3], 8, 8).tolist()
    [0, 1, 2, 3, -1]
    """
    x, y = np.asarray(satisfaction, dtype=np.float64), np.asarray(loyalty, dtype=np.float64)
    if x.shape != y.shape:
        raise QuadrantError(
            f"{x.size} values of satisfaction do not fit {y.size} of loyalty; give one per person"
        )
    place = (x < satisfied_from).astype(np.intp) + 2 * (y < loyal_from)
    return np.asarray(np.where(np.isnan(x) | np.isnan(y), -1, place))


def quadrant_table(
    satisfaction: npt.ArrayLike,
    loyalty: npt.ArrayLike,
    satisfied_from: float,
    loyal_from: float,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Share of customers in each quadrant of satisfaction and loyalty.

    Parameters
    ----------
    satisfaction, loyalty : array_like of shape (n,)
    satisfied_from, loyal_from : float
        The lowest value that counts as satisfied, and as loyal.
    weights : array_like of shape (n,), optional
    level : float
    strata, clusters : array_like of shape (n,), optional

    Returns
    -------
    DataFrame
        Tidy. ``quadrant_share``: subjects ``loyalist``, ``hostage``, ``mercenary``, ``defector``;
        ``satisfied_share`` and ``loyal_share``; ``loyal_given``: share of the loyal among the ``satisfied``
        and among the ``dissatisfied``; ``quadrant_correlation``: the phi coefficient of the two halves.
        Wilson intervals. The method states the cuts: the shares depend on them.

    References
    ----------
    Jones, T. O. and Sasser, W. E. (1995). Why satisfied customers defect. Harvard Business Review 73 (6),
    88-99.

    Examples
    --------
    R: ``prop.table(table(satisfaction >= cut, loyalty >= cut))``.
    """
    place = quadrant_of(satisfaction, loyalty, satisfied_from, loyal_from)
    known = place >= 0
    if not known.any():
        raise QuadrantError("nobody has both satisfaction and loyalty; no quadrants can be made")
    told = f"satisfied from {satisfied_from:g}, loyal from {loyal_from:g}"
    satisfied, loyal = np.isin(place, (0, 2)), np.isin(place, (0, 1))

    def among(holds: BoolArray, base: BoolArray) -> FloatArray:
        return np.where(base, holds, np.nan).astype(np.float64)

    quadrants = {name: among(place == k, known) for k, name in enumerate(QUADRANTS)}
    given = {
        "satisfied": among(loyal, known & satisfied),
        "dissatisfied": among(loyal, known & ~satisfied),
    }
    w = np.ones(len(place)) if weights is None else np.asarray(weights, dtype=np.float64)
    phi = _phi(satisfied[known], loyal[known], w[known])
    n = float((known & (w > 0)).sum())

    def shares(metric: str, holds: dict[str, FloatArray]) -> pd.DataFrame:
        return share_table(metric, holds, weights, level, told, strata, clusters)

    return stack(
        [
            shares("quadrant_share", quadrants),
            shares("satisfied_share", {"satisfied": among(satisfied, known)}),
            shares("loyal_share", {"loyal": among(loyal, known)}),
            shares("loyal_given", given),
            tidy("quadrant_correlation", ["satisfied~loyal"], [phi], n=n, method=f"phi, {told}"),
        ]
    )


def _phi(a: BoolArray, b: BoolArray, w: FloatArray) -> float:
    """Correlation of two yes-or-no variables; NaN when one of them does not vary."""
    if a.all() or b.all() or not a.any() or not b.any():
        return float("nan")
    cov = np.cov(a.astype(np.float64), b.astype(np.float64), aweights=w)
    return float(cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1]))
