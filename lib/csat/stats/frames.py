"""The tidy frame in which every statistic is told: metric, subject, estimate, ci_low, ci_high, n, method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.bootstrap import Bootstrap
from csat.stats.intervals import Interval
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments

COLUMNS = ("metric", "subject", "estimate", "ci_low", "ci_high", "n", "method")
ARROW = "\u2192"

Sample = Moments | Bootstrap


def moments_of(sample: Sample) -> Moments:
    """Moments of the sample itself.

    Parameters
    ----------
    sample : Moments or Bootstrap

    Returns
    -------
    Moments

    Examples
    --------
    R: ``boot::boot(...)$data``, as it were.
    """
    return sample.point if isinstance(sample, Bootstrap) else sample


def measure(sample: Sample, estimator: Callable[[Moments], FloatArray]) -> Interval:
    """Estimate with its interval; the limits are NaN when the sample has no replicates.

    Parameters
    ----------
    sample : Moments or Bootstrap
    estimator : callable
        Takes Moments with any leading axes and gives an array (..., *trailing).

    Returns
    -------
    Interval

    Examples
    --------
    R: ``boot::boot.ci(b)``.
    """
    if isinstance(sample, Bootstrap):
        return sample.interval(estimator)
    estimate = np.asarray(estimator(sample), dtype=np.float64)
    nothing = np.full(estimate.shape, np.nan)
    return Interval(estimate, nothing, nothing, nothing, nothing, np.nan, "none")


def tidy(
    metric: str,
    subjects: Sequence[str],
    estimate: npt.ArrayLike | Interval,
    n: npt.ArrayLike = np.nan,
    method: str = "",
    low: npt.ArrayLike = np.nan,
    high: npt.ArrayLike = np.nan,
    **extra: Any,
) -> pd.DataFrame:
    """Write estimates as a tidy frame.

    Parameters
    ----------
    metric : str
        Name in the field's terms, such as ``alpha``.
    subjects : sequence of str
        What each estimate is about: an item, a construct, ``A~B`` or ``A→B``.
    estimate : array_like or Interval
        One value per subject; an Interval brings its limits along.
    n : array_like
        Respondents: one number, or one per subject.
    method : str
        How it was estimated; the interval's kind and the share of replicates used are added.
    low, high : array_like
        Limits, when `estimate` is not an Interval.
    **extra
        Further columns, such as ``flag``.

    Returns
    -------
    DataFrame
        With the columns of `COLUMNS` and the extra ones.

    Examples
    --------
    R: ``broom::tidy(model, conf.int = TRUE)`` is the same idea.

    >>> tidy("alpha", ["Quality"], [0.87], n=250, method="raw").shape
    (1, 7)
    """
    count = len(subjects)
    methods: Any = method
    if isinstance(estimate, Interval):
        methods = _methods(method, estimate, count)
        low, high, estimate = estimate.low, estimate.high, estimate.estimate
    values = {
        "metric": metric,
        "subject": list(subjects),
        "estimate": _spread(estimate, count),
        "ci_low": _spread(low, count),
        "ci_high": _spread(high, count),
        "n": _spread(n, count),
        "method": methods,
    }
    return pd.DataFrame(values | extra, index=range(count))


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tidy frames below each other; empty ones leave no trace.

    Parameters
    ----------
    frames : sequence of DataFrame

    Returns
    -------
    DataFrame
        With all columns of all frames; an empty tidy frame when there is nothing.

    Examples
    --------
    R: ``dplyr::bind_rows(frames)``.
    """
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else tidy("", [], [])


def arrow(*constructs: str) -> str:
    """Name a path: ``A→B``, ``A→B→C``."""
    return ARROW.join(constructs)


def pair(a: str, b: str) -> str:
    """Name a pair without direction: ``A~B``."""
    return f"{a}~{b}"


def _spread(values: npt.ArrayLike, count: int) -> FloatArray:
    """One number per subject."""
    return np.broadcast_to(np.asarray(values, dtype=np.float64).ravel(), (count,)).copy()


def _methods(method: str, interval: Interval, count: int) -> list[str]:
    """Write what each row estimates, how its limits were made, and which replicates were lost."""
    if interval.kind == "none":
        return [method] * count
    told = f"{interval.kind} bootstrap {interval.level:.0%}"
    head = f"{method}; {told}" if method else told
    valid = _spread(interval.valid, count)
    return [head if share == 1 else f"{head}; {share:.1%} of replicates used" for share in valid]
