"""Reliability of constructs from the loadings of a PLS path model."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import FloatArray
from csat.stats.pls_result import PlsResult


def loading_reliability(result: PlsResult) -> FloatArray:
    """Composite reliability (rho_C) from the loadings of a PLS model.

    Parameters
    ----------
    result : PlsResult

    Returns
    -------
    ndarray of shape (..., K)
        1 for a single item, by convention.

    Notes
    -----
    (sum l)² / ((sum l)² + sum(1 - l²)).

    References
    ----------
    Jöreskog, K. G. (1971). Statistical analysis of sets of congeneric tests. Psychometrika 36, 109-133.

    Examples
    --------
    R: ``summary(seminr_model)$reliability[, "rhoC"]``.
    """
    members = result.model.membership.astype(np.float64)
    total, error = (result.loadings @ members) ** 2, (1 - result.loadings**2) @ members
    return np.asarray(total / (total + error))


def loading_ave(result: PlsResult) -> FloatArray:
    """Average variance extracted from the loadings of a PLS model.

    Parameters
    ----------
    result : PlsResult

    Returns
    -------
    ndarray of shape (..., K)
        1 for a single item, by convention.

    Notes
    -----
    Mean of the squared loadings.

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables
    and measurement error. Journal of Marketing Research 18, 39-50.

    Examples
    --------
    R: ``summary(seminr_model)$reliability[, "AVE"]``.
    """
    members = result.model.membership.astype(np.float64)
    return np.asarray(result.loadings**2 @ members / members.sum(axis=0))
