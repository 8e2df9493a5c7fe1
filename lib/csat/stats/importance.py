"""What drives an outcome: shares of R squared by relative weights and by averaging over orders (LMG)."""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

import numpy as np

from csat.stats import checks
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments, MomentsError

# LMG visits all 2^p subsets of p predictors.
LMG_MOST = 15
# Numbers that the table of all subsets may hold at a time (8 bytes each): 32 MB.
_CHUNK_NUMBERS = 4_000_000


def relative_weights(m: Moments, outcome: str, predictors: Sequence[str]) -> FloatArray:
    """Johnson's relative weights: shares of R squared that add up to it.

    Parameters
    ----------
    m : Moments
        Of items or of scores (`Moments.scores`).
    outcome : str
    predictors : sequence of p names

    Returns
    -------
    ndarray of shape (..., p)
        NaN in replicates whose predictors are constant or collinear.

    Raises
    ------
    MomentsError
        For the sample itself: constant or collinear predictors.

    Notes
    -----
    With Rxx = Q D Q' and L = Q D^(1/2) Q': b = L^-1 rxy, and the weights are (L * L) (b * b).

    References
    ----------
    Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor variables in
    multiple regression. Multivariate Behavioral Research, 35, 1-19.

    Examples
    --------
    R: ``rwa::rwa(data, "y", c("a", "b"))$result$Raw.RelWeight``.
    """
    r_xx, r_xy = _correlations(m, outcome, predictors)
    values, vectors = np.linalg.eigh(r_xx)
    root = np.sqrt(np.maximum(values, 0.0))[..., None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        forward = (vectors * root) @ np.swapaxes(vectors, -1, -2)
        backward = (vectors / root) @ np.swapaxes(vectors, -1, -2)
        coefficients = backward @ r_xy[..., None]
    return np.asarray((forward**2 @ coefficients**2)[..., 0])


def lmg(m: Moments, outcome: str, predictors: Sequence[str]) -> FloatArray:
    """LMG shares of R squared: gains averaged over all orders of entry (Shapley values).

    Parameters
    ----------
    m : Moments
        Of items or of scores (`Moments.scores`).
    outcome : str
    predictors : sequence of p names, at most 15

    Returns
    -------
    ndarray of shape (..., p)
        Adds up to R squared; NaN in replicates whose predictors are constant or collinear.

    Raises
    ------
    MomentsError
        More than 15 predictors: there are 2^p subsets to visit; use `relative_weights`. For the sample
        itself: constant or collinear predictors.

    Notes
    -----
    sum over subsets S without j of |S|! (p - |S| - 1)! / p! (R^2(S + j) - R^2(S)). All R^2 come from one
    walk over the subsets, in which a step takes one predictor out of the remaining covariances.

    References
    ----------
    Lindeman, R. H., Merenda, P. F. & Gold, R. Z. (1980). Introduction to bivariate and multivariate analysis.
    Scott, Foresman. Gromping, U. (2006). Relative importance for linear regression in R: the package
    relaimpo. Journal of Statistical Software, 17(1).

    Examples
    --------
    R: ``relaimpo::calc.relimp(lm(y ~ a + b, data), type = "lmg")$lmg``.
    """
    p = len(predictors)
    if p > LMG_MOST:
        raise MomentsError(
            f"LMG of {p} predictors would visit 2^{p} subsets; use relative_weights, which nearly agree, "
            f"or at most {LMG_MOST} predictors"
        )
    r_xx, r_xy = _correlations(m, outcome, predictors)
    joint = np.empty((*r_xy.shape[:-1], p + 1, p + 1))
    joint[..., :p, :p], joint[..., :p, p], joint[..., p, :p], joint[..., p, p] = r_xx, r_xy, r_xy, 1.0
    flat = joint.reshape(-1, p + 1, p + 1)
    step = max(1, _CHUNK_NUMBERS >> p)
    parts = [_shapley(_all_r_squared(flat[at : at + step]), p) for at in range(0, len(flat), step)]
    return np.concatenate(parts).reshape(*m.shape, p)


def _correlations(m: Moments, outcome: str, predictors: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Correlations among predictors, and with the outcome (NaN where the predictors cannot be used)."""
    if not predictors:
        raise MomentsError(f"importance for {outcome} needs at least one predictor")
    block = m.select((*predictors, outcome))
    varies = checks.spread(block)
    p = len(predictors)
    usable = varies & checks.positive_definite(block.select(tuple(predictors)))
    corr = block.corr
    r_xx = checks.where(usable, corr[..., :p, :p], np.eye(p))
    return r_xx, np.where(usable[..., None], corr[..., :p, p], np.nan)


def _all_r_squared(joint: FloatArray) -> FloatArray:
    """R squared of every subset, (2^p, N) by its bits, from `joint` (N, p+1, p+1) with the outcome last."""
    p = joint.shape[-1] - 1
    table = np.empty((1 << p, len(joint)))

    def walk(rest: FloatArray, predictor: int, subset: int) -> None:
        """Leave the first predictor of `rest` out, then take it in."""
        if predictor == p:
            table[subset] = 1 - rest[:, 0, 0]
            return
        walk(rest[:, 1:, 1:], predictor + 1, subset)
        column = rest[:, 1:, 0]
        taken = rest[:, 1:, 1:] - column[:, :, None] * (column / rest[:, :1, 0])[:, None, :]
        walk(taken, predictor + 1, subset | 1 << predictor)

    walk(joint, 0, 0)
    return table


def _shapley(table: FloatArray, p: int) -> FloatArray:
    """Average gain of each predictor (N, p) from the R squared of all subsets (2^p, N)."""
    subsets = np.arange(1 << p)
    sizes = np.array([int(subset).bit_count() for subset in subsets])
    weight = np.array([factorial(s) * factorial(p - s - 1) / factorial(p) for s in range(p)])
    shares = np.empty((table.shape[1], p))
    for predictor in range(p):
        without = subsets[subsets >> predictor & 1 == 0]
        gains = table[without | 1 << predictor] - table[without]
        shares[:, predictor] = weight[sizes[without]] @ gains
    return shares
