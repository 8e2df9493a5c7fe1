"""Replicate weights: the standard error of any function of weighted answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from csat.stats.design import DesignError, SurveyDesign
from csat.stats.draws import draw_rescaled
from csat.stats.layout import FloatArray

Kind = Literal["JK1", "JKn", "bootstrap"]


@dataclass(frozen=True)
class Replicates:
    """Weights of replicates of a sample.

    Attributes
    ----------
    factors : ndarray of shape (R, m)
        What the weights of each primary unit are multiplied by.
    scale : ndarray of shape (R,)
        What the squared deviation of each replicate counts.
    design : SurveyDesign
    kind : str
    """

    factors: FloatArray
    scale: FloatArray
    design: SurveyDesign
    kind: str

    @property
    def size(self) -> int:
        """Number of replicates R."""
        return len(self.factors)

    def weights(self, replicate: int) -> FloatArray:
        """Weights (n,) of one replicate."""
        return np.asarray(self.design.weights * self.factors[replicate, self.design.psu])

    def covariance(self, statistic: Callable[[FloatArray], FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Estimate a function of the weights, with its covariance.

        Parameters
        ----------
        statistic : callable
            From weights (n,) to estimates (k,).

        Returns
        -------
        estimate : ndarray of shape (k,)
        covariance : ndarray of shape (k, k)
            From deviations from the estimate of the whole sample (R: ``mse = TRUE``). Replicates without a
            finite estimate are left out, the others counted for them.

        Examples
        --------
        R: ``withReplicates(as.svrepdesign(design, type = "JKn", mse = TRUE), function(w, d) ...)``.
        """
        whole = np.atleast_1d(np.asarray(statistic(self.design.weights), dtype=np.float64))
        rows = np.stack([np.atleast_1d(statistic(self.weights(r))) for r in range(self.size)])
        known = np.isfinite(rows).all(axis=1)
        if not known.any():
            raise DesignError("no replicate has an estimate; use fewer categories or another statistic")
        deviations = (rows[known] - whole) * np.sqrt(self.scale[known] * self.size / known.sum())[:, None]
        return whole, deviations.T @ deviations

    def standard_error(self, statistic: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Compute standard errors (k,) of a function of the weights, see `covariance`."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance(statistic)[1])))


def replicate_weights(
    design: SurveyDesign, kind: Kind = "JKn", replicates: int = 500, seed: int = 1
) -> Replicates:
    """Make replicate weights.

    Parameters
    ----------
    design : SurveyDesign
        Without raked margins: statistics that need them should rake within each replicate.
    kind : {"JK1", "JKn", "bootstrap"}
        Leave out one unit at a time, of a sample without strata or within strata; or draw one unit fewer
        than there are in each stratum, with replacement.
    replicates, seed : int
        Of the bootstrap.

    Returns
    -------
    Replicates
        Units whose respondents all weigh 0 are not part of the sample and are never left out.

    Raises
    ------
    DesignError
        JK1 of a stratified sample; a stratum with one unit, where it is not certain to be in the sample.

    References
    ----------
    Rao, J. N. K. & Wu, C. F. J. (1988). Resampling inference with complex survey data. Journal of the
    American Statistical Association 83, 231-241.
    Wolter, K. M. (2007). Introduction to variance estimation. Springer. Chapter 4.

    Examples
    --------
    R: ``as.svrepdesign(design, type = "JKn")``, ``"JK1"``, ``"subbootstrap"``.
    """
    m, strata, units = len(design.stratum), design.stratum, design.units
    live = np.bincount(design.psu, design.weights > 0, m) > 0
    if kind == "JK1" and (units > 0).sum() > 1:
        raise DesignError("JK1 is for samples without strata; use JKn")
    if (units == 1).any() and design.lonely != "certainty":
        raise DesignError("a stratum has one unit only; merge strata, or say lonely='certainty'")
    alone = units[strata] == 1
    if kind == "bootstrap":
        rng = np.random.Generator(np.random.PCG64(seed))
        factors = np.ones((replicates, m))
        factors[:, live] = draw_rescaled(rng, strata[live], replicates)
        scale = np.full(replicates, 1 / replicates)
        correct = np.sqrt(1 - design.sampled)[strata]
        return Replicates(1 + correct * (factors - 1), scale, design, kind)
    size = units[strata].astype(np.float64)
    left_out = np.flatnonzero(~alone & live)
    factors = np.ones((len(left_out), m))
    for row, unit in enumerate(left_out):
        same = strata == strata[unit]
        factors[row, same] = size[unit] / (size[unit] - 1)
        factors[row, unit] = 0.0
    scale = (size - 1) / np.maximum(size, 1) * (1 - design.sampled[strata])
    return Replicates(factors, scale[left_out], design, kind)
