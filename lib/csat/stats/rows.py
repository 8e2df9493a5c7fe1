"""A table of answers, checked and cut into the rows, weights and groups that are summed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.moments import MomentsError

MISSING_RULES = ("pairwise", "listwise", "em")


def values(frame: pd.DataFrame) -> tuple[tuple[str, ...], FloatArray]:
    """Item names and answers as numbers."""
    items = tuple(str(column) for column in frame.columns)
    if not items or len(set(items)) < len(items):
        raise MomentsError("answers need at least one item, and each item once")
    text = [str(c) for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])]
    if text:
        raise MomentsError(f"answers to {', '.join(text)} are not numbers; convert or drop these columns")
    values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = [item for item, bad in zip(items, np.isinf(values).any(axis=0), strict=True) if bad]
    if infinite:
        raise MomentsError(f"answers to {', '.join(infinite)} are infinite; mark them as missing")
    return items, values


def weights(weights: npt.ArrayLike | None, n: int) -> FloatArray:
    """Weights as an array (n,), ones when there are none."""
    if weights is None:
        return np.ones(n)
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (n,):
        raise MomentsError(f"{w.size} weights do not fit {n} respondents; give one each")
    if not np.isfinite(w).all() or (w < 0).any():
        raise MomentsError("a weight is missing, infinite or negative; weights are numbers from 0 up")
    return w


def rows_to_keep(values: FloatArray, weights: FloatArray, missing: str) -> BoolArray:
    """Rows that carry information under the rule."""
    if missing not in MISSING_RULES:
        raise MomentsError(f"missing={missing!r} is unknown; use one of {', '.join(MISSING_RULES)}")
    seen = ~np.isnan(values)
    keep = (seen.all(axis=1) if missing == "listwise" else seen.any(axis=1)) & (weights > 0)
    if keep.sum() < 2:
        raise MomentsError(
            f"{keep.sum()} of {len(values)} respondents can be used (missing={missing!r}); two are the least"
        )
    return np.asarray(keep)


def codes(groups: npt.ArrayLike | None, keep: BoolArray) -> tuple[IntArray, pd.Index[Any] | None]:
    """Give a number to each group of the kept rows."""
    if groups is None:
        return np.arange(int(keep.sum())), None
    names = pd.Series(np.asarray(groups))
    if len(names) != len(keep) or names.isna().any():
        raise MomentsError("every respondent needs a group; give one name each, none missing")
    codes, labels = pd.factorize(names[keep], sort=True)
    return codes, pd.Index(labels)


def column_means(values: FloatArray) -> FloatArray:
    """Mean of each column over its answers; NaN where there are none."""
    counts = (~np.isnan(values)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.nansum(values, axis=0) / counts)


def parts(values: FloatArray, missing: str) -> list[tuple[BoolArray | None, Any]]:
    """Blocks to make: the items observed in each (None: differs by row) and its rows."""
    seen = ~np.isnan(values)
    if seen.all():
        return [(np.ones(values.shape[1], dtype=bool), slice(None))]
    if missing != "em":
        return [(None, slice(None))]
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    return [(pattern, np.flatnonzero(which == k)) for k, pattern in enumerate(patterns)]
