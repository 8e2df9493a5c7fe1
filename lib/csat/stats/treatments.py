"""What each way of treating missing answers makes of the results, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.frames import stack, tidy
from csat.stats.indices import Range, index_0_100
from csat.stats.moments import Moments, MomentsError
from csat.stats.reliability import alpha
from csat.stats.rows import MISSING_RULES
from csat.stats.sums import GroupedSums


def treatment_table(
    frame: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    ranges: Mapping[str, Range],
    scales: Sequence[str] | None = None,
    weights: npt.ArrayLike | None = None,
    rules: Sequence[str] = MISSING_RULES,
) -> pd.DataFrame:
    """Compute index and alpha of each construct under every rule for missing answers.

    Parameters
    ----------
    frame : DataFrame of respondents x items
        Reversed items turned; NaN is a missing answer.
    blocks : mapping of construct to its items
    ranges : mapping of item to (minimum, maximum)
        The scale of each item.
    scales : sequence of str, optional
        Constructs that alpha means something for; by default those with two items or more.
    weights : array_like of shape (n,), optional
    rules : sequence of {"pairwise", "listwise", "em"}
        EM takes time with the number of patterns and the cube of the number of items.

    Returns
    -------
    DataFrame
        Tidy; metrics ``index_pairwise``, ``index_listwise``, ``index_em`` and ``alpha_pairwise``,
        ``alpha_listwise``, ``alpha_em``. n is the number of respondents who answered all items of the
        construct and are used under the rule. NaN where a rule leaves too few, and alpha where an item is
        constant.

    Notes
    -----
    Pairwise: each mean and covariance from all who answered. Listwise: those who answered every item of
    `frame`. EM: maximum likelihood under normality; unbiased also when it depends on the given answers
    whether others are missing, which the two others are not.

    References
    ----------
    Schafer, J. L. and Graham, J. W. (2002). Missing data: our view of the state of the art. Psychological
    Methods 7, 147-177.

    Examples
    --------
    R: ``cov(x, use = "pairwise")``, ``cov(na.omit(x))`` and ``norm::em.norm`` before ``psych::alpha``.

    >>> x = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [1.0, 2.0, 4.0, 4.0, None]})
    >>> table = treatment_table(x, {"A": ["a", "b"]}, {"a": (1, 5), "b": (1, 5)}).set_index("metric")
    >>> table["estimate"].round(2)[["index_pairwise", "index_listwise"]].tolist()
    [46.88, 40.62]
    """
    several = [c for c, items in blocks.items() if len(items) > 1] if scales is None else list(scales)
    counted = frame if weights is None else frame[np.asarray(weights, dtype=np.float64) > 0]
    frames = []
    for rule in rules:
        whole = None if rule == "pairwise" else _moments(frame, weights, rule)
        # Only pairs within a construct matter to it: an item that nobody answered spoils its own alone.
        moments = {
            c: _moments(frame[list(items)], weights, rule) if rule == "pairwise" else whole
            for c, items in blocks.items()
        }
        index = {c: np.nan if m is None else index_0_100(m, blocks[c], ranges) for c, m in moments.items()}
        alphas = {c: _alpha(moments[c], blocks[c]) for c in several}
        for name, values in (("index", index), ("alpha", alphas)):
            n = [_base(counted, blocks[c], rule) for c in values]
            estimates = [float(value) for value in values.values()]
            frames.append(tidy(f"{name}_{rule}", list(values), estimates, n=n, method=rule))
    return stack(frames)


def _alpha(moments: Moments | None, items: Sequence[str]) -> float:
    """Alpha; NaN where it cannot be had, such as where everybody gave one and the same answer to an item."""
    try:
        return np.nan if moments is None else float(alpha(moments, items))
    except MomentsError:
        return np.nan


def _moments(frame: pd.DataFrame, weights: npt.ArrayLike | None, rule: str) -> Moments | None:
    """Moments under a rule; None where it leaves too few."""
    try:
        return GroupedSums.from_frame(frame, weights, missing=rule).moments()
    except MomentsError:
        return None


def _base(frame: pd.DataFrame, items: Sequence[str], rule: str) -> int:
    """Respondents whose answers to a construct are complete, among those that the rule keeps."""
    of = frame if rule == "listwise" else frame[list(items)]
    return int(of.notna().all(axis=1).sum())
