"""Rows for programs that know no weights: their plain covariances are the weighted ones."""

from __future__ import annotations

import numpy as np

from csat.stats.layout import FloatArray


def pseudo_rows(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Make rows whose covariances, and the variances of these, are those of weighted answers.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Answers less their weighted mean.
    weights : ndarray of shape (n,)
        Above 0.

    Returns
    -------
    ndarray of shape (n, p)
        sqrt(w) x, with w of mean 1 and signs that make the rows sum to almost 0, and what is left of their
        mean taken off.

    Notes
    -----
    The product of two columns of a row is w times the product of the answers, so means of products (the
    covariances) are weighted, and their sampling variances contain w². The sign of a row changes no product.
    What a robust correction of a covariance model needs beyond that goes wrong only in the direction in which
    all covariances grow alike, which no such model restricts: chi-square, and errors of standardised loadings
    and of correlations, are right.

    Examples
    --------
    R: ``lavaan::cfa(model, data, sampling.weights = "w", estimator = "MLR")``.

    >>> x = np.array([[1.0], [-3.0], [1.0]])
    >>> round(float((pseudo_rows(x, np.array([2.0, 1.0, 1.0])) ** 2).mean()), 3)
    3.0
    """
    w = weights / weights.mean()
    rows = np.asarray(values * np.sqrt(w)[:, None])
    target = rows.T @ rows / len(rows)
    rows = rows * _signs(rows)[:, None]
    rows = rows - rows.mean(axis=0)
    # The mean was next to nothing; put back what taking it off took from the covariances.
    ours = np.linalg.cholesky(rows.T @ rows / len(rows))
    return np.asarray(rows @ np.linalg.solve(ours, np.eye(len(ours))).T @ np.linalg.cholesky(target).T)


def _signs(rows: FloatArray) -> FloatArray:
    """Signs with which the rows sum to almost 0: the longest first, each against the sum so far."""
    order = np.argsort(-(rows**2).sum(axis=1), kind="stable")
    signs, so_far = np.ones(len(rows)), np.zeros(rows.shape[1])
    for at in order:
        signs[at] = -1.0 if so_far @ rows[at] > 0 else 1.0
        so_far += signs[at] * rows[at]
    return signs
