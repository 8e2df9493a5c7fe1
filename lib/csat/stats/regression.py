"""Linear regression from moments: coefficients, R squared, standard errors, variance inflation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from csat.stats import checks
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments, MomentsError


@dataclass(frozen=True)
class Regression:
    """An ordinary least squares regression; ``...`` are the leading axes of the moments.

    Attributes
    ----------
    outcome : str
    predictors : tuple of str
        The p predictors.
    intercept : ndarray of shape (...,)
    slopes, standard_errors : ndarray of shape (..., p)
        In the units of the variables.
    standardised : ndarray of shape (..., p)
        Slopes of standardised variables (beta weights).
    r_squared, adjusted : ndarray of shape (...,)
    vif : ndarray of shape (..., p)
        Variance inflation factors.
    n : ndarray of shape (...,)
    """

    outcome: str
    predictors: tuple[str, ...]
    intercept: FloatArray
    slopes: FloatArray
    standard_errors: FloatArray
    standardised: FloatArray
    r_squared: FloatArray
    adjusted: FloatArray
    vif: FloatArray
    n: FloatArray


def ols(m: Moments, outcome: str, predictors: Sequence[str]) -> Regression:
    """Regress one variable on others.

    Parameters
    ----------
    m : Moments
        Of items or of scores (`Moments.scores`).
    outcome : str
    predictors : sequence of p names

    Returns
    -------
    Regression
        NaN in replicates whose predictors are constant or collinear.

    Raises
    ------
    MomentsError
        For the sample itself: constant or collinear predictors, a constant outcome, too few respondents.

    Notes
    -----
    b = Sxx^-1 sxy; R^2 = b'sxy / syy; se_j = sqrt(s^2 (Sxx^-1)_jj / (n-1)) with
    s^2 = (n-1) syy (1 - R^2) / (n-p-1). Under pairwise missing n is the smallest number of any pair, so
    standard errors are conservative; the bootstrap has no need of it.

    Examples
    --------
    R: ``summary(lm(y ~ a + b, data))``, ``car::vif(lm(y ~ a + b, data))``.
    """
    block = _block(m, outcome, predictors)
    p = len(predictors)
    inverse = inverse_correlations(block.select(tuple(predictors)))
    corr, sd = block.corr, block.sd
    r_xy = corr[..., :p, p]
    beta = (inverse @ r_xy[..., None])[..., 0]
    r_squared = (beta * r_xy).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = beta * sd[..., p:] / sd[..., :p]
        inflation = np.diagonal(inverse, axis1=-2, axis2=-1)
        degrees = np.where(block.base > p + 1, block.base - p - 1, np.nan)
        unexplained = np.maximum(1 - r_squared, 0.0) / degrees
        errors = np.sqrt(unexplained[..., None] * inflation) * sd[..., p:] / sd[..., :p]
        adjusted = 1 - (1 - r_squared) * (block.base - 1) / degrees
    return Regression(
        outcome=outcome,
        predictors=tuple(predictors),
        intercept=block.mean[..., p] - (slopes * block.mean[..., :p]).sum(axis=-1),
        slopes=slopes,
        standard_errors=errors,
        standardised=beta,
        r_squared=r_squared,
        adjusted=adjusted,
        vif=inflation,
        n=block.base,
    )


def vif(m: Moments, predictors: Sequence[str]) -> FloatArray:
    """Variance inflation factors: how much of a predictor the others explain.

    Parameters
    ----------
    m : Moments
    predictors : sequence of p names

    Returns
    -------
    ndarray of shape (..., p)
        1 / (1 - R^2) of each predictor on the others.

    Raises
    ------
    MomentsError
        For the sample itself: constant or collinear predictors.

    Notes
    -----
    The diagonal of the inverse correlation matrix.

    References
    ----------
    Marquardt, D. W. (1970). Generalized inverses, ridge regression, biased linear estimation, and nonlinear
    estimation. Technometrics, 12, 591-612.

    Examples
    --------
    R: ``car::vif(lm(y ~ a + b + c, data))``.
    """
    return np.asarray(np.diagonal(inverse_correlations(m.select(predictors)), axis1=-2, axis2=-1))


def inverse_correlations(block: Moments) -> FloatArray:
    """Invert the correlations (..., p, p); NaN in replicates where that cannot be done.

    Parameters
    ----------
    block : Moments

    Returns
    -------
    ndarray of shape (..., p, p)

    Raises
    ------
    MomentsError
        For the sample itself: constant or collinear items.

    Examples
    --------
    R: ``solve(cor(x))``.
    """
    usable = checks.positive_definite(block)
    inverse = np.linalg.inv(checks.where(usable, block.corr, np.eye(len(block.items))))
    return np.where(usable[..., None, None], inverse, np.nan)


def _block(m: Moments, outcome: str, predictors: Sequence[str]) -> Moments:
    """Predictors first, outcome last; with enough respondents."""
    if not predictors:
        raise MomentsError(f"a regression of {outcome} needs at least one predictor")
    block = m.select((*predictors, outcome))
    checks.spread(block)
    if m.shape == () and block.base <= len(predictors) + 1:
        raise MomentsError(
            f"{block.base:.0f} respondents are too few for {len(predictors)} predictors of {outcome}; "
            "use fewer predictors or more answers"
        )
    return block
