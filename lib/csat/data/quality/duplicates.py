"""Answers that come twice: equal in everything, or from one and the same device."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csat.data.quality.careless import longstring

LEAST_ANSWERS = 20
"""Answers that two people must share: a few are shared by chance."""

MOST_ALIKE = 0.75
"""Share of a person's answers that may be one and the same point: many are pleased with nearly everything."""


def identical_answers(raw: pd.DataFrame, least: int = LEAST_ANSWERS) -> pd.Series:
    """Count who else gave exactly the same answers.

    Parameters
    ----------
    raw : pandas.DataFrame of respondents x items
        As answered, NaN missing.
    least : int
        Answers that a respondent must have given.

    Returns
    -------
    pandas.Series of float, shape (n,)
        How many others answered every item alike and left out the same ones. NaN for who answered fewer than
        `least` items, or more than `MOST_ALIKE` of them by the same point: those are alike by chance.

    Notes
    -----
    Whole-row matches only; see the reference for nearly equal rows, whose share depends on the number of
    items and their correlations.

    References
    ----------
    Kuriakose, N. and Robbins, M. (2016). Don't get duped: fraud through duplication in public opinion
    surveys. Statistical Journal of the IAOS 32, 283-291.

    Examples
    --------
    >>> x = pd.DataFrame([[1.0, 2.0], [1.0, 2.0], [2.0, 1.0], [3.0, 3.0]])
    >>> identical_answers(x, least=2).tolist()
    [1.0, 1.0, 0.0, nan]
    """
    if raw.empty:
        return pd.Series(float("nan"), index=raw.index)
    given = raw.notna().sum(axis=1)
    in_order = pd.DataFrame(np.sort(raw.to_numpy(dtype=np.float64), axis=1), index=raw.index)
    judged = (given >= least) & (longstring(in_order) <= MOST_ALIKE * given)
    # A row is known by the hash of its bytes; a missing answer is alike to a missing answer.
    key = pd.util.hash_pandas_object(raw.astype(float), index=False)
    others = key.groupby(key).transform("size") - 1
    return others.astype(float).where(judged)


def shared_devices(cells: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Count who else answered from the same device or address.

    Parameters
    ----------
    cells : pandas.DataFrame of str, shape (n, columns)
    columns : tuple of str
        Columns with the hash of a device or address; those that are not there do not count.

    Returns
    -------
    pandas.Series of float, shape (n,)
        The largest number of others who share one of them; NaN where nothing is known. People of one
        household or office share an address too: a reason to look.
    """
    counts = [
        (cells.groupby(c)[c].transform("size") - 1).where(cells[c] != "").astype(float)
        for c in columns
        if c in cells.columns
    ]
    if not counts:
        return pd.Series(float("nan"), index=cells.index)
    return pd.concat(counts, axis=1).max(axis=1)
