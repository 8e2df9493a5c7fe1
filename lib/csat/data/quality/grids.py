"""One answer all the way down: grids that were straight-lined, also where that contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from csat.study.questionnaire import Questionnaire

LEAST_ROWS = 3
"""Rows that a grid must have before equal answers to it are counted."""


def grids_of(questionnaire: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Items of each grid as it is asked.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    dict of str to tuple of str
        Grids of at least `LEAST_ROWS` items.
    """
    return {
        screen.id: tuple(q.id for q in screen.questions)
        for screen in questionnaire.screens
        if screen.kind == "grid" and len(screen.questions) >= LEAST_ROWS
    }


def straight_share(raw: pd.DataFrame, grids: Mapping[str, Sequence[str]]) -> pd.Series:
    """Tell which share of the grids a person answered with one and the same point.

    Parameters
    ----------
    raw : pandas.DataFrame of respondents x items
        As answered (reversed items not turned), NaN missing.
    grids : mapping of grid to its items

    Returns
    -------
    pandas.Series of float, shape (n,)
        Of the grids that the person answered fully; NaN without one.

    References
    ----------
    Kim, Y. et al. (2019). Straightlining: overview of measurement, comparison of indicators, and effects in
    mail-web mixed-mode surveys. Social Science Computer Review 37, 214-233.

    Examples
    --------
    >>> x = pd.DataFrame([[4, 4, 4, 1, 2, 3], [5, 5, 5, 1, 1, 1]], columns=list("abcdef"))
    >>> straight_share(x, {"one": "abc", "two": "def"}).tolist()
    [0.5, 1.0]
    """
    straight = np.zeros(len(raw))
    judged = np.zeros(len(raw))
    for items in grids.values():
        answers = raw[[i for i in items if i in raw.columns]]
        if answers.shape[1] >= LEAST_ROWS:
            whole = answers.notna().all(axis=1).to_numpy()
            judged += whole
            straight += whole & (answers.nunique(axis=1) == 1).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.Series(np.where(judged > 0, straight / judged, np.nan), index=raw.index)


def contradictions(
    raw: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    reversed_items: Sequence[str],
    ranges: Mapping[str, tuple[float, float]],
) -> pd.Series:
    """Count constructs to whose items, some of them reversed, a person gave one and the same clear answer.

    Parameters
    ----------
    raw : pandas.DataFrame of respondents x items
        As answered (reversed items not turned), NaN missing.
    blocks : mapping of construct to its items
    reversed_items : sequence of str
    ranges : mapping of item to (minimum, maximum)

    Returns
    -------
    pandas.Series of float, shape (n,)
        Of the constructs with at least `LEAST_ROWS` items on one scale, some reversed and some not, that the
        person answered fully; NaN without one. The middle of the scale is no contradiction.
    """
    count = np.zeros(len(raw))
    judged = np.zeros(len(raw), dtype=bool)
    turned = set(reversed_items)
    for items in blocks.values():
        own = [i for i in items if i in raw.columns]
        scales = {ranges[i] for i in own}
        if len(own) < LEAST_ROWS or len(scales) > 1 or not 0 < len(turned & set(own)) < len(own):
            continue
        middle = sum(scales.pop()) / 2
        answers = raw[own]
        whole = answers.notna().all(axis=1)
        judged |= whole.to_numpy()
        count += (whole & (answers.nunique(axis=1) == 1) & (answers.iloc[:, 0] != middle)).to_numpy()
    return pd.Series(np.where(judged, count, np.nan), index=raw.index)
