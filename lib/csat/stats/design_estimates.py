"""Estimates from a designed sample, linearised: means, shares, totals, ratios, NPS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from csat.stats.design import DesignError, SurveyDesign
from csat.stats.layout import BoolArray, FloatArray


@dataclass(frozen=True)
class DesignEstimate:
    """Estimates of a designed sample.

    Attributes
    ----------
    value : ndarray of shape (k,)
    covariance : ndarray of shape (k, k)
    df : int
        Degrees of freedom.
    n : ndarray of shape (k,)
        Respondents that each rests on.
    deff : ndarray of shape (k,)
        Variance over that of a simple random sample of as many respondents; NaN where it is not defined.
    """

    value: FloatArray
    covariance: FloatArray
    df: int
    n: FloatArray
    deff: FloatArray

    @property
    def standard_error(self) -> FloatArray:
        """Standard errors (k,)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance)))

    def interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Interval by t on the degrees of freedom of the design: low and high, each (k,)."""
        from scipy.special import stdtrit

        reach = self.standard_error * stdtrit(max(self.df, 1), (1 + level) / 2)
        return self.value - reach, self.value + reach

    def contrast(self, weights: npt.ArrayLike) -> tuple[float, float]:
        """Estimate and standard error of a weighted sum of the estimates, such as a difference."""
        c = np.asarray(weights, dtype=np.float64)
        return float(c @ self.value), float(np.sqrt(c @ self.covariance @ c))


def ratio(
    design: SurveyDesign,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    domain: npt.ArrayLike | None = None,
) -> DesignEstimate:
    """Ratio of two totals.

    Parameters
    ----------
    design : SurveyDesign
    numerator : array_like of shape (n,) or (n, k)
    denominator : array_like of shape (n,) or (n, k)
        Respondents of whom either is missing do not belong to the domain.
    domain : array_like of bool, shape (n,) or (n, k), optional
        Respondents that the estimate is about; the others still say how the sample was drawn.

    Returns
    -------
    DesignEstimate

    Raises
    ------
    DesignError
        Nobody in the domain.

    Notes
    -----
    Taylor linearisation: the score of a respondent is (y - r x) / sum w x.

    References
    ----------
    Särndal, C.-E., Swensson, B. & Wretman, J. (1992). Model assisted survey sampling. Springer. Section 5.6.

    Examples
    --------
    R: ``svyratio(~y, ~x, subset(design, domain))``.

    >>> ratio(SurveyDesign.of([1, 1, 1]), [2, 4, 6], [1, 2, 3]).value.tolist()
    [2.0]
    """
    y, x = _columns(numerator), _columns(denominator)
    y, x = np.broadcast_arrays(y, x)
    inside = inside_of(design, domain, y) & ~np.isnan(x)
    if not inside.any(axis=0).all():
        raise DesignError("nobody with an answer belongs to the domain; widen it")
    w = design.weights[:, None] * inside
    top, below = np.where(inside, y, 0.0), np.where(inside, x, 0.0)
    total = (w * below).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (w * top).sum(axis=0) / total
        scores = np.where(inside, top - value * below, 0.0) / total
    covariance = design.covariance(scores)
    plain = _simple(w, scores * total, total)
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.diagonal(covariance) / plain
    return DesignEstimate(
        value,
        covariance,
        design.df_of(np.asarray(inside.any(axis=1))),
        inside.sum(axis=0).astype(np.float64),
        deff,
    )


def mean(design: SurveyDesign, values: npt.ArrayLike, domain: npt.ArrayLike | None = None) -> DesignEstimate:
    """Weighted mean; the share of a yes-or-no variable.

    Parameters
    ----------
    design : SurveyDesign
    values : array_like of shape (n,) or (n, k)
        NaN where missing: then the respondent is outside the domain.
    domain : array_like of bool, shape (n,) or (n, k), optional

    Returns
    -------
    DesignEstimate

    Examples
    --------
    R: ``svymean(~y, design, na.rm = TRUE, deff = "replace")``.

    >>> mean(SurveyDesign.of([1, 1, 2]), [1.0, 2.0, 4.0]).value.tolist()
    [2.75]
    """
    return ratio(design, values, np.ones(len(design.weights)), domain)


def total(design: SurveyDesign, values: npt.ArrayLike, domain: npt.ArrayLike | None = None) -> DesignEstimate:
    """Weighted total, in units of the weights: of the population if they are expansion weights.

    Parameters
    ----------
    design : SurveyDesign
    values : array_like of shape (n,) or (n, k)
    domain : array_like of bool, shape (n,) or (n, k), optional

    Returns
    -------
    DesignEstimate
        The design effect of a total is not defined without the population's size.

    Examples
    --------
    R: ``svytotal(~y, design)``.
    """
    y = _columns(values)
    inside = inside_of(design, domain, y)
    scores = np.where(inside, y, 0.0)
    covariance = design.covariance(scores)
    value = design.weights @ scores
    n = inside.sum(axis=0).astype(np.float64)
    return DesignEstimate(
        value, covariance, design.df_of(np.asarray(inside.any(axis=1))), n, np.full(len(value), np.nan)
    )


def nps(
    design: SurveyDesign,
    answers: npt.ArrayLike,
    promoter_min: float = 9,
    detractor_max: float = 6,
    domain: npt.ArrayLike | None = None,
) -> DesignEstimate:
    """Net Promoter Score, from -100 to 100.

    Parameters
    ----------
    design : SurveyDesign
    answers : array_like of shape (n,) or (n, k)
    promoter_min, detractor_max : float
    domain : array_like of bool, optional

    Returns
    -------
    DesignEstimate

    Examples
    --------
    R: ``svymean(~I(100 * ((x >= 9) - (x <= 6))), design)``.
    """
    x = _columns(answers)
    y = 100.0 * (x >= promoter_min) - 100.0 * (x <= detractor_max)
    return mean(design, np.where(np.isnan(x), np.nan, y), domain)


def _simple(w: FloatArray, residuals: FloatArray, total: FloatArray) -> FloatArray:
    """Variance that the mean of a simple random sample of as many respondents would have."""
    count = (w > 0).sum(axis=0)
    spread = (w * residuals**2).sum(axis=0) / w.sum(axis=0) * count / np.maximum(count - 1, 1)
    return np.asarray(spread / count * (w.sum(axis=0) / total) ** 2)


def _columns(values: npt.ArrayLike) -> FloatArray:
    """Values as an array of two axes."""
    array = np.asarray(values, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def inside_of(design: SurveyDesign, domain: npt.ArrayLike | None, values: FloatArray) -> BoolArray:
    """Respondents that belong to the domain and have an answer, (n, k)."""
    if len(values) != len(design.weights):
        raise DesignError(
            f"{len(values)} answers do not fit {len(design.weights)} respondents; give one each"
        )
    known = ~np.isnan(values) & (design.weights > 0)[:, None]
    if domain is None:
        return np.asarray(known)
    asked = np.asarray(domain, dtype=bool)
    return np.asarray(known & (asked[:, None] if asked.ndim == 1 else asked))
