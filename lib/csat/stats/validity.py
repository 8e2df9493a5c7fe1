"""Discriminant validity of constructs: Fornell-Larcker, HTMT, correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from csat.stats import checks
from csat.stats.convergent import ave
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments, MomentsError

Blocks = Mapping[str, Sequence[str]]


def fornell_larcker(m: Moments, blocks: Blocks) -> FloatArray:
    """Fornell-Larcker matrix: roots of the AVE on the diagonal, correlations of the scores beside it.

    Parameters
    ----------
    m : Moments
    blocks : mapping of construct to its items

    Returns
    -------
    ndarray of shape (..., K, K)
        A construct differs from another when its root is larger than their correlation. Scores are the
        means of the items. The diagonal is NaN for two items, and 1 for a single item.

    Raises
    ------
    MomentsError
        Constant or collinear items in the sample itself.

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables
    and measurement error. Journal of Marketing Research, 18, 39-50.

    Examples
    --------
    R: ``seminr::summary(model)$validity$fl_criteria`` has this form, with PLS scores.
    """
    matrix = m.scores(blocks).corr.copy()
    for row, items in enumerate(blocks.values()):
        matrix[..., row, row] = 1.0 if len(items) == 1 else np.sqrt(ave(m, items))
    return matrix


def htmt(m: Moments, blocks: Blocks) -> FloatArray:
    """Heterotrait-monotrait ratio of absolute correlations.

    Parameters
    ----------
    m : Moments
    blocks : mapping of construct to its items
        No item in two constructs.

    Returns
    -------
    ndarray of shape (..., K, K)
        Symmetric, with ones on the diagonal.

    Raises
    ------
    MomentsError
        An item in two constructs; a constant item in the sample itself.

    Notes
    -----
    Mean absolute correlation between the items of two constructs, over the geometric mean of the mean
    absolute correlations within each. A single item counts as 1 within.

    References
    ----------
    Henseler, J., Ringle, C. M. & Sarstedt, M. (2015). A new criterion for assessing discriminant validity in
    variance-based structural equation modeling. Journal of the Academy of Marketing Science, 43, 115-135.
    Ringle, C. M., Sarstedt, M., Sinkovics, N. & Sinkovics, R. R. (2023). A perspective on using partial
    least squares structural equation modelling in data articles. Data in Brief, 48, 109074 (absolute values).

    Examples
    --------
    R: ``seminr::summary(model)$validity$htmt``; ``semTools::htmt(model, data, absolute = TRUE)``.
    """
    named = [item for items in blocks.values() for item in items]
    if len(set(named)) < len(named):
        raise MomentsError("HTMT needs constructs that share no item; move the shared item to one of them")
    block = m.select(named)
    usable = checks.spread(block)
    sizes = np.array([len(items) for items in blocks.values()])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.add.reduceat(np.add.reduceat(np.abs(block.corr), starts, axis=-1), starts, axis=-2)
    diagonal = np.arange(len(sizes))
    between_items = np.maximum(sizes * (sizes - 1), 1)
    within = np.where(sizes == 1, 1.0, (sums[..., diagonal, diagonal] - sizes) / between_items)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sums / (sizes[:, None] * sizes) / np.sqrt(within[..., :, None] * within[..., None, :])
    ratio[..., diagonal, diagonal] = 1.0
    return np.where(usable[..., None, None], ratio, np.nan)


def correlations(m: Moments, items: Sequence[str]) -> FloatArray:
    """Correlations between items, or between scores when `m` is of scores.

    Parameters
    ----------
    m : Moments
    items : sequence of k names

    Returns
    -------
    ndarray of shape (..., k, k)

    Raises
    ------
    MomentsError
        A constant item in the sample itself.

    Examples
    --------
    R: ``cor(x, use = "pairwise.complete.obs")``.
    """
    block = m.select(items)
    checks.spread(block)
    return block.corr


def pairs(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Positions of all pairs of `count` things, each once: for tables of ``A~B``.

    Parameters
    ----------
    count : int

    Returns
    -------
    rows, columns : ndarray of int
        Row before column, in reading order.

    Examples
    --------
    R: ``utils::combn(count, 2)``.
    """
    return np.triu_indices(count, k=1)
