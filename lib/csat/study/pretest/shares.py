"""Shares with their intervals, and who they are of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from csat.study.sampling import normal_quantile

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Mask = np.ndarray[Any, np.dtype[np.bool_]]


def wilson(count: int, base: int, level: float = 0.95) -> tuple[float, float, float]:
    """Share with the interval of Wilson, which stays between 0 and 1 however small the base is.

    Parameters
    ----------
    count, base : int
        How many of how many.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Share, lower and upper end; NaN where the base is 0.

    Notes
    -----
    ``(p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)``.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association, 22, 209-212.

    Examples
    --------
    R: ``prop.test(1, 4, correct = FALSE)$conf.int``

    >>> [round(x, 4) for x in wilson(1, 4)]
    [0.25, 0.0456, 0.6994]
    """
    if base <= 0:
        return math.nan, math.nan, math.nan
    z, p = normal_quantile(level), count / base
    middle = p + z * z / (2 * base)
    reach = z * math.sqrt(p * (1 - p) / base + z * z / (4 * base * base))
    scale = 1 + z * z / base
    return p, max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def share_row(name: str, base: int, count: int, what: str, limit: float) -> dict[str, Any]:
    """Cells of a share with its interval, and whether it reaches a limit."""
    share, low, high = wilson(count, base)
    flag = bool(base) and share >= limit
    return {
        "column": name,
        "asked": base,
        what: count,
        "share": share,
        "low": low,
        "high": high,
        "flag": flag,
    }


def given_answers(frame: pd.DataFrame) -> pd.DataFrame:
    """Tell where there is an answer: not missing, and not an empty text."""
    blank: pd.DataFrame = frame.astype(str).apply(lambda column: column.str.strip().eq(""))
    return frame.notna() & ~blank.astype(bool)


def who_asked(frame: pd.DataFrame, column: str, asked: pd.DataFrame | None) -> Mask:
    """Respondents who were asked a column."""
    import numpy as np

    if asked is None or column not in asked.columns:
        return np.ones(len(frame), bool)
    return asked[column].to_numpy(bool)
