"""Indices of careless responding: one number per respondent, each from the answers of that person.

Each takes a table of answers (respondents x items, NaN missing) and gives an array, one value a row; NaN
where a person answered too little for the index to be defined. `screening` turns them into flags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]


def longstring(answers: pd.DataFrame) -> FloatArray:
    """Length of the longest run of one and the same answer.

    Parameters
    ----------
    answers : DataFrame
        As answered (reversed items not turned), in the order asked.

    Returns
    -------
    ndarray of shape (n,)
        A missing answer ends a run; 0 when nothing was answered.

    References
    ----------
    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from Web-based personality
    inventories. Journal of Research in Personality 39, 103-129.

    Examples
    --------
    R: ``careless::longstring(x)``.

    >>> longstring(pd.DataFrame([[1, 1, 1, 2], [1, 2, 1, 2]])).tolist()
    [3.0, 1.0]
    """
    x = answers.to_numpy(dtype=np.float64)
    run = (~np.isnan(x[:, 0])).astype(np.float64)
    longest: FloatArray = run.copy()
    for j in range(1, x.shape[1]):
        run = np.where(x[:, j] == x[:, j - 1], run + 1, (~np.isnan(x[:, j])).astype(np.float64))
        longest = np.asarray(np.maximum(longest, run))
    return longest


def intra_individual_variability(answers: pd.DataFrame) -> FloatArray:
    """Take the standard deviation of a person's own answers (IRV).

    Parameters
    ----------
    answers : DataFrame
        As answered, on one scale.

    Returns
    -------
    ndarray of shape (n,)
        NaN with fewer than two answers.

    References
    ----------
    Dunn, A. M. et al. (2018). Intra-individual response variability as an indicator of insufficient effort
    responding. Journal of Business and Psychology 33, 105-121.

    Examples
    --------
    R: ``careless::irv(x)``.
    """
    spread: FloatArray = np.asarray(answers.std(axis=1, ddof=1), dtype=np.float64)
    return spread


def mahalanobis(answers: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Squared Mahalanobis distance of a person from all others, and its probability.

    Parameters
    ----------
    answers : DataFrame

    Returns
    -------
    distance, p : ndarray of shape (n,)
        p is the upper tail of chi-square with as many degrees of freedom as the person answered items (as
        their covariance has rank). NaN for all when there are not more respondents than items.

    Notes
    -----
    (x - m)' S⁻¹ (x - m), with pairwise means and covariances. For a person who left items out, S and m
    of the answered items. Constant items are left out; S of collinear items is pseudo-inverted.

    References
    ----------
    Mahalanobis, P. C. (1936). On the generalised distance in statistics. Proceedings of the National
    Institute of Sciences of India 2, 49-55.

    Examples
    --------
    R: ``careless::mahad(x)`` for complete answers, and ``mahalanobis(x, colMeans(x), cov(x))``. With gaps
    mahad puts the mean in, and the distance is no chi-square any more.
    """
    from scipy.special import chdtrc

    varied = answers.loc[:, answers.std(ddof=1).to_numpy() > 0]
    distance = np.full(len(answers), np.nan)
    df = np.zeros(len(answers))
    if varied.shape[1] == 0 or len(varied) <= varied.shape[1]:
        return distance, distance.copy()
    centred = (varied - varied.mean()).to_numpy(dtype=np.float64)
    cov = np.atleast_2d(varied.cov().to_numpy(dtype=np.float64))
    patterns, which = np.unique(~np.isnan(centred), axis=0, return_inverse=True)
    for k, seen in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == k)
        part = cov[np.ix_(seen, seen)]
        if not seen.any() or np.isnan(part).any():
            continue
        x = centred[np.ix_(rows, seen)]
        distance[rows] = np.einsum("ij,jk,ik->i", x, np.linalg.pinv(part, rcond=1e-10, hermitian=True), x)
        df[rows] = np.linalg.matrix_rank(part, hermitian=True)
    return distance, np.where(np.isnan(distance), np.nan, chdtrc(np.maximum(df, 1), distance))


def even_odd(scored: pd.DataFrame, blocks: Mapping[str, Sequence[str]]) -> FloatArray:
    """Consistency of a person: correlation over the constructs of odd-item means with even-item means.

    Parameters
    ----------
    scored : DataFrame
        Reversed items turned.
    blocks : mapping of construct to its items
        Those with two or more items count; three are needed.

    Returns
    -------
    ndarray of shape (n,)
        Stepped up to full length (Spearman-Brown), from -1 to 1: **low** is careless. NaN where a person's
        halves do not vary.

    Notes
    -----
    2r / (1 + r), cut off at -1.

    References
    ----------
    Jackson, D. N. (1977). Reliability of the Jackson personality inventory. Psychological Reports 40,
    613-614.

    Examples
    --------
    R: ``-careless::evenodd(x, factors = sapply(blocks, length))``: there high is careless, sign turned.
    """
    pairs = [items for items in blocks.values() if len(items) > 1]
    if len(pairs) < 3:
        return np.full(len(scored), np.nan)
    odd = np.column_stack([scored[list(items[0::2])].mean(axis=1) for items in pairs])
    even = np.column_stack([scored[list(items[1::2])].mean(axis=1) for items in pairs])
    r = _row_correlation(odd, even)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(2 * r / (1 + r), -1.0)


def synonyms(scored: pd.DataFrame, least: float = 0.60) -> FloatArray:
    """Consistency of a person over pairs of items that most people answer alike.

    Parameters
    ----------
    scored : DataFrame
        Reversed items turned.
    least : float
        Pairs of items whose correlation is above this are psychometric synonyms.

    Returns
    -------
    ndarray of shape (n,)
        Correlation over the pairs, **low** is careless. NaN with fewer than three pairs, or where one side of
        the pairs does not vary.

    References
    ----------
    Meade, A. W. and Craig, S. B. (2012). Identifying careless responses in survey data. Psychological
    Methods 17, 437-455.

    Examples
    --------
    R: ``careless::psychsyn(x, critval = .60, resample_na = FALSE)``. With R's default ``resample_na = TRUE``
    a person without a value gets one by swapping the sides of pairs at random.
    """
    corr = scored.corr().to_numpy()
    return _over_pairs(scored, np.tril(np.nan_to_num(corr), -1) > least)


def antonyms(raw: pd.DataFrame, most: float = -0.60) -> FloatArray:
    """Consistency of a person over pairs of items that most people answer in opposite ways.

    Parameters
    ----------
    raw : DataFrame
        As answered (reversed items not turned: they are where antonyms come from).
    most : float
        Pairs of items whose correlation is below this are psychometric antonyms.

    Returns
    -------
    ndarray of shape (n,)
        Correlation over the pairs, **high** is careless. NaN with fewer than three pairs, or where one side
        of the pairs does not vary.

    References
    ----------
    Meade and Craig (2012), see `synonyms`.

    Examples
    --------
    R: ``careless::psychant(x, critval = -.60, resample_na = FALSE)``.
    """
    corr = raw.corr().to_numpy()
    return _over_pairs(raw, np.tril(np.nan_to_num(corr), -1) < most)


def _over_pairs(answers: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> FloatArray:
    """Correlation of each person over chosen pairs of items; NaN with fewer than three pairs."""
    first, second = np.nonzero(chosen)
    if len(first) < 3:
        return np.full(len(answers), np.nan)
    x = answers.to_numpy(dtype=np.float64)
    return _row_correlation(x[:, first], x[:, second])


def _row_correlation(a: FloatArray, b: FloatArray) -> FloatArray:
    """Correlate two tables row by row over the cells that both have; NaN under three cells or no variance."""
    seen = ~(np.isnan(a) | np.isnan(b))
    count = seen.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        da = np.where(seen, a - (np.where(seen, a, 0).sum(axis=1) / count)[:, None], 0)
        db = np.where(seen, b - (np.where(seen, b, 0).sum(axis=1) / count)[:, None], 0)
        va, vb = (da**2).sum(axis=1), (db**2).sum(axis=1)
        scale = np.sqrt(va * vb)
        r = (da * db).sum(axis=1) / np.where((va > 1e-12) & (vb > 1e-12), scale, np.nan)
    return np.where(count > 2, np.clip(r, -1, 1), np.nan)
