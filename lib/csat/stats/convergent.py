"""Convergent validity: composite reliability and average variance extracted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from csat.stats.factor import one_factor_ml
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments


def composite_reliability_from_loadings(loadings: npt.ArrayLike) -> FloatArray:
    """Composite reliability (rho_C) from standardised loadings.

    Parameters
    ----------
    loadings : array_like of shape (..., k)
        Standardised loadings of a construct's items: of a factor model or of PLS.

    Returns
    -------
    ndarray of shape (...,)

    Notes
    -----
    (sum l)^2 / ((sum l)^2 + sum (1 - l^2)).

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables
    and measurement error. Journal of Marketing Research, 18, 39-50.

    Examples
    --------
    R: ``seminr::rhoC_AVE(model)[, "rhoC"]``.

    >>> float(composite_reliability_from_loadings([0.8, 0.8, 0.8]).round(4))
    0.8421
    """
    l = np.asarray(loadings, dtype=np.float64)  # noqa: E741 - the field's symbol
    common = l.sum(axis=-1) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(common / (common + (1 - l**2).sum(axis=-1)))


def ave_from_loadings(loadings: npt.ArrayLike) -> FloatArray:
    """Average variance extracted from standardised loadings: the mean of their squares.

    Parameters
    ----------
    loadings : array_like of shape (..., k)
        Standardised loadings of a construct's items.

    Returns
    -------
    ndarray of shape (...,)

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables
    and measurement error. Journal of Marketing Research, 18, 39-50.

    Examples
    --------
    R: ``seminr::rhoC_AVE(model)[, "AVE"]``.

    >>> float(ave_from_loadings([0.8, 0.6]).round(4))
    0.5
    """
    return np.asarray((np.asarray(loadings, dtype=np.float64) ** 2).mean(axis=-1))


def standardised_loadings(m: Moments, items: Sequence[str]) -> FloatArray:
    """Standardised loadings of a one-factor model, by maximum likelihood.

    Parameters
    ----------
    m : Moments
    items : sequence of k item names

    Returns
    -------
    ndarray of shape (..., k)
        NaN for one or two items, where one factor is not identified, and without convergence.

    Raises
    ------
    MomentsError
        Constant or collinear items in the sample itself.

    Examples
    --------
    R: ``lavaan::standardizedSolution(lavaan::cfa("f =~ a + b + c", data))``.
    """
    block = m.select(items)
    if len(block.items) < 3:
        return np.full((*m.shape, len(block.items)), np.nan)
    return one_factor_ml(block, block.items).standardised


def composite_reliability(m: Moments, items: Sequence[str]) -> FloatArray:
    """Composite reliability from a one-factor model of the items (maximum likelihood, standardised).

    Parameters
    ----------
    m : Moments
    items : sequence of k item names

    Returns
    -------
    ndarray of shape (...,)
        NaN for one or two items.

    Raises
    ------
    MomentsError
        Constant or collinear items in the sample itself.

    Notes
    -----
    (sum l)^2 / ((sum l)^2 + sum (1 - l^2)) of standardised loadings l.

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables
    and measurement error. Journal of Marketing Research, 18, 39-50.

    Examples
    --------
    R: the ``std.all`` loadings of ``lavaan::cfa("f =~ a + b + c", data)``, put in the formula.
    """
    return composite_reliability_from_loadings(standardised_loadings(m, items))


def ave(m: Moments, items: Sequence[str], standardised: bool = True) -> FloatArray:
    """Average variance extracted from a one-factor model of the items (maximum likelihood).

    Parameters
    ----------
    m : Moments
    items : sequence of k item names
    standardised : bool
        Of standardised items (the mean squared loading) or of the items in their units.

    Returns
    -------
    ndarray of shape (...,)
        NaN for one or two items.

    Raises
    ------
    MomentsError
        Constant or collinear items in the sample itself.

    Notes
    -----
    Standardised: mean of l^2. In units: sum of (l s)^2 / sum of s^2, which weighs items by their variance.

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables
    and measurement error. Journal of Marketing Research, 18, 39-50.

    Examples
    --------
    R: ``mean(l^2)`` of lavaan's ``std.all``; ``semTools::AVE(fit)`` is ``standardised=False``.
    """
    loadings = standardised_loadings(m, items)
    if standardised:
        return ave_from_loadings(loadings)
    variance = m.select(items).sd ** 2
    return np.asarray((loadings**2 * variance).sum(axis=-1) / variance.sum(axis=-1))
