"""How sure an order is: the share of bootstrap replicates in which each estimate comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from csat.stats.bootstrap import Bootstrap
from csat.stats.frames import stack, tidy
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments


def rank_table(
    sample: Bootstrap, estimator: Callable[[Moments], FloatArray], subjects: Sequence[str], method: str = ""
) -> pd.DataFrame:
    """Tell how sure the order of some estimates is: of relative weights, say, or total effects.

    Parameters
    ----------
    sample : Bootstrap
    estimator : callable
        Takes Moments with any leading axes and gives an array (..., k): the larger, the more important.
    subjects : sequence of k names
    method : str
        What is ranked.

    Returns
    -------
    DataFrame
        Tidy: ``probability_first`` and ``probability_top_three``.

    Examples
    --------
    R: ``rowMeans(apply(-b$t, 1, rank) == 1)``.
    """
    n = float(sample.point.base)
    return rank_frame(np.asarray(estimator(sample.replicates)), subjects, n, method)


def rank_frame(replicates: FloatArray, subjects: Sequence[str], n: float, method: str) -> pd.DataFrame:
    """Share of replicates in which each subject is largest, or among the three largest.

    Parameters
    ----------
    replicates : ndarray of shape (B, k)
        Replicates with a NaN are left out.
    subjects : sequence of k names
    n : float
        Respondents, for the frame.
    method : str

    Returns
    -------
    DataFrame
        Tidy: ``probability_first`` and ``probability_top_three``.

    Examples
    --------
    R: ``rowMeans(apply(-b$t, 1, rank) == 1)``.

    >>> rank_frame(np.array([[3.0, 1.0], [1.0, 2.0]]), ["a", "b"], 10, "")["estimate"].tolist()
    [0.5, 0.5, 1.0, 1.0]
    """
    used = replicates[np.isfinite(replicates).all(axis=1)]
    order = np.argsort(np.argsort(-used, axis=1, kind="stable"), axis=1)
    told = f"{method}; share of {len(used)} replicates".removeprefix("; ")
    frames = [
        tidy(name, subjects, (order < most).mean(axis=0) if len(used) else np.nan, n=n, method=told)
        for name, most in (("probability_first", 1), ("probability_top_three", 3))
    ]
    return stack(frames)
