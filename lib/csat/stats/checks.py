"""What makes a covariance unusable: said with the items' names for a sample, NaN for replicates."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import BoolArray, FloatArray
from csat.stats.moments import Moments, MomentsError

# Smallest eigenvalue of a correlation matrix that counts as positive.
SINGULAR = 1e-10


def require_items(m: Moments, least: int, statistic: str) -> None:
    """Raise when there are fewer items than the statistic needs.

    Parameters
    ----------
    m : Moments
    least : int
        Smallest number of items.
    statistic : str
        Named in the message.

    Raises
    ------
    MomentsError
        Naming the items that there are.
    """
    if len(m.items) < least:
        raise MomentsError(
            f"{statistic} needs at least {least} items; there is {', '.join(m.items) or 'none'}"
        )


def spread(m: Moments) -> BoolArray:
    """Tell where every item varies, shape (...,); a constant item of the sample itself is an error.

    Parameters
    ----------
    m : Moments

    Returns
    -------
    ndarray of bool

    Raises
    ------
    MomentsError
        Only for moments without leading axes: names the constant items.
    """
    varies = m.sd > 0
    if m.shape == () and not varies.all():
        constant = [item for item, ok in zip(m.items, varies, strict=True) if not ok]
        raise MomentsError(f"all answers to {', '.join(constant)} are the same; drop the item here")
    return np.asarray(varies.all(axis=-1))


def positive_definite(m: Moments) -> BoolArray:
    """Tell where the correlations can be inverted, shape (...,); for the sample itself it must be so.

    Parameters
    ----------
    m : Moments

    Returns
    -------
    ndarray of bool

    Raises
    ------
    MomentsError
        Only for moments without leading axes: names the items that are constant, collinear, more than
        there are respondents, or whose pairwise correlations contradict each other.
    """
    usable = spread(m)
    corr = where(usable, m.corr, np.eye(len(m.items)))
    if m.shape != ():
        return np.asarray(usable & (np.linalg.eigvalsh(corr)[..., 0] > SINGULAR))
    values, vectors = np.linalg.eigh(corr)
    if values[0] > SINGULAR:
        return usable
    if m.base <= len(m.items):
        raise MomentsError(
            f"{m.base:.0f} respondents are too few for the {len(m.items)} items {', '.join(m.items)}; "
            "use fewer items or more answers"
        )
    guilty = [item for item, part in zip(m.items, np.abs(vectors[:, 0]), strict=True) if part > 0.05]
    if values[0] < -SINGULAR:
        raise MomentsError(
            f"the correlations of {', '.join(guilty)} contradict each other (smallest eigenvalue "
            f"{values[0]:.3g}, from missing={m.missing!r}); use complete answers only (csat "
            "run --set missing=listwise, in Python missing='listwise'), or drop one of these items"
        )
    raise MomentsError(
        f"{', '.join(guilty)} are perfectly collinear: each follows from the others; drop one of them"
    )


def where(usable: BoolArray, matrix: FloatArray, instead: FloatArray) -> FloatArray:
    """Put a harmless matrix in the place of unusable ones, so that the rest can be computed together."""
    return np.where(usable[..., None, None], matrix, instead)
