"""What a PLS path model gives: estimates with any leading axes, and flags that say what is the matter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from csat.stats.layout import BoolArray, FloatArray, IntArray
from csat.stats.path_model import PathModel


class PlsFlag(IntFlag):
    """What is the matter with a replicate (or the estimate itself); 0 is nothing."""

    NOT_CONVERGED = 1
    SIGN_AMBIGUOUS = 2
    INADMISSIBLE = 4
    NOT_POSITIVE_DEFINITE = 8


@dataclass(frozen=True)
class PlsResult:
    """Estimates of a PLS path model; ``...`` are the leading axes of the moments it came from.

    Attributes
    ----------
    model : PathModel
        K constructs, p items, in this order in every array.
    n : ndarray of shape (..., K)
        Respondents behind the equation of each construct: the smallest pairwise n of its items and those of
        its predecessors.
    weights : ndarray of shape (..., p)
        Outer weights of standardised items; scores have variance 1.
    loadings : ndarray of shape (..., p)
        Correlation of each item with its construct (with ``consistent``: its consistent loading).
    cross_loadings : ndarray of shape (..., p, K)
        Correlation of each item with each construct score.
    score_correlations : ndarray of shape (..., K, K)
        Correlations of the composite scores.
    construct_correlations : ndarray of shape (..., K, K)
        The same, with ``consistent``: divided by sqrt(rho_A rho_A).
    paths : ndarray of shape (..., K, K)
        Standardised path coefficients from row to column; 0 where there is no arrow.
    r_squared : ndarray of shape (..., K)
        NaN for exogenous constructs.
    rho_a : ndarray of shape (..., K)
        Dijkstra and Henseler's reliability of the scores; 1 for mode B and single items, by convention.
    consistent : tuple of str
        Constructs corrected for attenuation (PLSc).
    converged : ndarray of bool, shape (...,)
    iterations : ndarray of int, shape (...,)
    flags : ndarray of int, shape (...,)
        Bits of `PlsFlag`.
    """

    model: PathModel
    n: FloatArray
    weights: FloatArray
    loadings: FloatArray
    cross_loadings: FloatArray
    score_correlations: FloatArray
    construct_correlations: FloatArray
    paths: FloatArray
    r_squared: FloatArray
    rho_a: FloatArray
    consistent: tuple[str, ...]
    converged: BoolArray
    iterations: IntArray
    flags: IntArray

    @property
    def arrows(self) -> FloatArray:
        """Path coefficients in the order of ``model.arrows``, shape (..., number of arrows)."""
        source, target = np.array(self.model.arrows).T
        return np.asarray(self.paths[..., source, target])

    def flagged(self, flag: PlsFlag) -> BoolArray:
        """Which replicates carry the flag, shape (...,)."""
        return np.asarray((self.flags & flag) != 0)
