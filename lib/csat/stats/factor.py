"""One-factor models of a block of items, fitted to any number of covariance matrices at once.

Two estimators, because the field's programs differ: maximum likelihood on covariances (lavaan) and minimum
residual on correlations (psych). In a Heywood case maximum likelihood lets a loading exceed 1, as lavaan
does; minres stops at a uniqueness of .005, as psych does. Both are flagged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from csat.stats import checks, factor_fit
from csat.stats.layout import BoolArray, FloatArray
from csat.stats.moments import Moments


@dataclass(frozen=True)
class OneFactor:
    """A fitted one-factor model; ``...`` are the leading axes of the moments.

    Attributes
    ----------
    items : tuple of str
        The k items.
    standardised : ndarray of shape (..., k)
        Standardised loadings; NaN where the fit did not converge.
    sd : ndarray of shape (..., k)
        Standard deviations of the items.
    converged : ndarray of bool, shape (...,)
    heywood : ndarray of bool, shape (...,)
        A standardised loading beyond 1 in size (``ml``), or held at its bound (``minres``).
    method : str
        ``ml`` or ``minres``.
    """

    items: tuple[str, ...]
    standardised: FloatArray
    sd: FloatArray
    converged: BoolArray
    heywood: BoolArray
    method: str

    @property
    def loadings(self) -> FloatArray:
        """Loadings in units of the items, factor variance 1."""
        return self.standardised * self.sd

    @property
    def uniquenesses(self) -> FloatArray:
        """Unique variances in units of the items; negative in a Heywood case."""
        return self.sd**2 * (1 - self.standardised**2)


def one_factor_ml(m: Moments, items: Sequence[str]) -> OneFactor:
    """Fit one factor by maximum likelihood.

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 3 item names

    Returns
    -------
    OneFactor

    Raises
    ------
    MomentsError
        Fewer than three items (not identified); constant or collinear items.

    Notes
    -----
    Minimises log|S*| + tr(S S*^-1) with S* = l l' + diag(u) by Fisher scoring and Newton steps with step
    halving, from the minres solution. With three items the solution is exact: l1 = sqrt(r12 r13 / r23).

    References
    ----------
    Joreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika, 32,
    443-482.

    Examples
    --------
    R: ``lavaan::cfa("f =~ a + b + c + d", data, std.lv = TRUE)``, column ``std.all``.
    """
    block, corr, usable = _prepare(m, items)
    exact = len(block.items) == 3
    loadings = _fit(factor_fit.exact_three if exact else factor_fit.maximum_likelihood, corr)
    return _result(block, loadings, usable, "ml", largest=1.0)


def one_factor_minres(m: Moments, items: Sequence[str]) -> OneFactor:
    """Fit one factor by minimum residuals of the correlations.

    Parameters
    ----------
    m : Moments
    items : sequence of k >= 3 item names

    Returns
    -------
    OneFactor

    Raises
    ------
    MomentsError
        Fewer than three items (not identified); constant or collinear items.

    Notes
    -----
    Minimises the sum over i < j of (r_ij - l_i l_j)^2, subject to l_i^2 <= .995, by Newton steps from
    alternating least squares. psych holds the parameter of the uniqueness at .005 instead, which gives a
    loading of .9979 where this gives .9975.

    References
    ----------
    Harman, H. H. & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres). Psychometrika,
    31, 351-368.

    Examples
    --------
    R: ``psych::fa(x, nfactors = 1, fm = "minres")$loadings``.
    """
    block, corr, usable = _prepare(m, items)
    largest = factor_fit.LARGEST * (1 - 1e-9)
    return _result(block, _fit(factor_fit.minres, corr), usable, "minres", largest)


def _prepare(m: Moments, items: Sequence[str]) -> tuple[Moments, FloatArray, BoolArray]:
    """Correlations of the block, with a harmless matrix where there are none."""
    block = m.select(items)
    checks.require_items(block, 3, "a one-factor model")
    usable = checks.positive_definite(block)
    return block, checks.where(usable, block.corr, np.eye(len(block.items))), usable


def _result(
    block: Moments, loadings: FloatArray, usable: BoolArray, method: str, largest: float
) -> OneFactor:
    """Turn signs so that the loadings add up to a positive number, and flag what went wrong."""
    converged = usable & np.isfinite(loadings).all(axis=-1)
    sign = np.where(loadings.sum(axis=-1, keepdims=True) < 0, -1.0, 1.0)
    standardised = np.where(converged[..., None], loadings * sign, np.nan)
    with np.errstate(invalid="ignore"):
        heywood = np.asarray((np.abs(standardised) > largest).any(axis=-1))
    return OneFactor(block.items, standardised, block.sd, converged, heywood, method)


def _fit(minimiser: Callable[[FloatArray], FloatArray], corr: FloatArray) -> FloatArray:
    """Fit correlations (..., k, k) as one stack."""
    k = corr.shape[-1]
    return minimiser(corr.reshape(-1, k, k)).reshape(corr.shape[:-1])
