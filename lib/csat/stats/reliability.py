"""Reliability of scales: alpha, omega, and what each item contributes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csat.stats import checks
from csat.stats.factor import OneFactor, one_factor_minres, one_factor_ml
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments


def alpha(m: Moments, items: Sequence[str]) -> FloatArray:
    """Cronbach's alpha of the plain sum (or mean) of the items.

    Parameters
    ----------
    m : Moments
        With any leading axes.
    items : sequence of k >= 2 item names

    Returns
    -------
    ndarray of shape (...,)
        NaN in replicates in which an item is constant.

    Raises
    ------
    MomentsError
        Fewer than two items; a constant item in the sample itself.

    Notes
    -----
    alpha = k/(k-1) (1 - sum of variances / variance of the sum).

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16, 297-334.

    Examples
    --------
    R: ``psych::alpha(x)$total$raw_alpha``.

    >>> float(alpha(Moments.from_cov([[1, 0.5], [0.5, 1]], 100, ["a", "b"]), ["a", "b"]).round(4))
    0.6667
    """
    block = m.select(items)
    checks.require_items(block, 2, "alpha")
    return _where(checks.spread(block), _alpha(block.cov))


def standardized_alpha(m: Moments, items: Sequence[str]) -> FloatArray:
    """Alpha of the standardised items: from their correlations.

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 2 item names

    Returns
    -------
    ndarray of shape (...,)

    Raises
    ------
    MomentsError
        As `alpha`.

    Notes
    -----
    k r / (1 + (k - 1) r), with r the mean correlation between items.

    References
    ----------
    Falk, C. F. & Savalei, V. (2011). The relationship between unstandardized and standardized alpha, true
    reliability, and the underlying measurement model. Journal of Personality Assessment, 93, 445-453.

    Examples
    --------
    R: ``psych::alpha(x)$total$std.alpha``.
    """
    block = m.select(items)
    checks.require_items(block, 2, "standardised alpha")
    return _where(checks.spread(block), _alpha(block.corr))


def alpha_if_dropped(m: Moments, items: Sequence[str]) -> FloatArray:
    """Alpha of the rest, for each item left out.

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 2 item names

    Returns
    -------
    ndarray of shape (..., k)
        NaN for two items: a single item has no alpha.

    Raises
    ------
    MomentsError
        As `alpha`.

    References
    ----------
    Nunnally, J. C. & Bernstein, I. H. (1994). Psychometric theory, 3rd ed., chapter 8. McGraw-Hill.

    Examples
    --------
    R: ``psych::alpha(x)$alpha.drop$raw_alpha``.
    """
    block = m.select(items)
    checks.require_items(block, 2, "alpha if an item is dropped")
    usable = checks.spread(block)
    if len(block.items) == 2:
        return np.full((*m.shape, 2), np.nan)
    every = np.arange(len(block.items))
    dropped = []
    for item in every:
        rest = np.delete(every, item)
        dropped.append(_alpha(block.cov[..., rest[:, None], rest]))
    return _where(usable[..., None], np.stack(dropped, axis=-1))


def item_rest_correlation(m: Moments, items: Sequence[str]) -> FloatArray:
    """Correlation of each item with the sum of the others (corrected item-total correlation).

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 2 item names

    Returns
    -------
    ndarray of shape (..., k)

    Raises
    ------
    MomentsError
        As `alpha`.

    Notes
    -----
    (S 1 - s^2) / (s sqrt(1'S1 - 2 S 1 + s^2)), with S the covariances and s^2 the variances.

    References
    ----------
    Nunnally, J. C. & Bernstein, I. H. (1994). Psychometric theory, 3rd ed., chapter 8. McGraw-Hill.

    Examples
    --------
    R: ``psych::alpha(x)$item.stats$r.drop``.
    """
    block = m.select(items)
    checks.require_items(block, 2, "an item-rest correlation")
    usable = checks.spread(block)
    variance = block.sd**2
    with_total = block.cov.sum(axis=-1)
    total = with_total.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = (with_total - variance) / np.sqrt(variance * (total - 2 * with_total + variance))
    return _where(usable[..., None], correlation)


def omega(m: Moments, items: Sequence[str]) -> FloatArray:
    """Omega from a one-factor model fitted to the covariances by maximum likelihood.

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 2 item names

    Returns
    -------
    ndarray of shape (...,)
        NaN for two items, where one factor is not identified, and in replicates without convergence.
        A Heywood case is let through; ask `one_factor_ml` for its flag.

    Raises
    ------
    MomentsError
        A single item; constant or collinear items in the sample itself.

    Notes
    -----
    (sum of loadings)^2 / 1'S1: the share of the factor in the observed variance of the sum.

    References
    ----------
    McDonald, R. P. (1999). Test theory. Erlbaum. Flora, D. B. (2020). Your coefficient alpha is probably
    wrong, but which coefficient omega is right? Advances in Methods and Practices in Psychological Science,
    3, 484-501.

    Examples
    --------
    R: ``semTools::compRelSEM(lavaan::cfa("f =~ a + b + c", data))``.
    """
    block = m.select(items)
    checks.require_items(block, 2, "omega")
    if len(block.items) == 2:
        return np.full(m.shape, np.nan)
    return omega_of_fit(one_factor_ml(block, block.items), block)


def omega_of_fit(fit: OneFactor, block: Moments) -> FloatArray:
    """Omega from a one-factor model that is already fitted.

    Parameters
    ----------
    fit : OneFactor
    block : Moments
        Of just the items of the fit.

    Returns
    -------
    ndarray of shape (...,)
        (sum of loadings)^2 over the observed variance of the sum.

    Examples
    --------
    R: ``semTools::compRelSEM(fit)``.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(fit.loadings.sum(axis=-1) ** 2 / block.cov.sum(axis=(-2, -1)))


def omega_standardised(m: Moments, items: Sequence[str]) -> FloatArray:
    """Omega from a one-factor model fitted to the correlations by minimum residuals.

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 2 item names

    Returns
    -------
    ndarray of shape (...,)
        NaN for two items, where one factor is not identified.

    Raises
    ------
    MomentsError
        As `omega`.

    Notes
    -----
    (sum l)^2 / ((sum l)^2 + sum (1 - l^2)): the share of the factor in the variance that the model implies
    for the sum of the standardised items. Uniquenesses stay at .005 or more, as in psych.

    References
    ----------
    McDonald, R. P. (1999). Test theory. Erlbaum. Revelle, W. & Zinbarg, R. E. (2009). Coefficients alpha,
    beta, omega, and the glb. Psychometrika, 74, 145-154.

    Examples
    --------
    R: ``psych::omega(x, nfactors = 1, fm = "minres")$omega.tot``.
    """
    block = m.select(items)
    checks.require_items(block, 2, "omega")
    if len(block.items) == 2:
        return np.full(m.shape, np.nan)
    loadings = one_factor_minres(block, block.items).standardised
    common = loadings.sum(axis=-1) ** 2
    return np.asarray(common / (common + (1 - loadings**2).sum(axis=-1)))


def _alpha(cov: FloatArray) -> FloatArray:
    """Alpha from covariances (..., k, k)."""
    k = cov.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = 1 - np.trace(cov, axis1=-2, axis2=-1) / cov.sum(axis=(-2, -1))
    return np.asarray(k / (k - 1) * shared)


def _where(usable: np.ndarray, values: FloatArray) -> FloatArray:
    """NaN where the moments cannot be used."""
    return np.where(usable, values, np.nan)
