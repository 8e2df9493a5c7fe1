"""The design of a sample: weights, strata and clusters, and the variance that it gives an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.layout import BoolArray, FloatArray, IntArray

Lonely = Literal["error", "adjust", "certainty"]


class DesignError(CsatError):
    """A sample whose variance cannot be estimated: the message names strata and what to do."""


@dataclass(frozen=True)
class SurveyDesign:
    """Weights, strata and clusters of a sample; see `SurveyDesign.of`.

    Attributes
    ----------
    weights : ndarray of shape (n,)
    psu : ndarray of int, shape (n,)
        Primary sampling unit of each respondent: the cluster, or the respondent.
    stratum : ndarray of int, shape (m,)
        Stratum of each of the m units.
    names : tuple of str
        Names of the strata.
    sampled : ndarray of shape (H,)
        Share of the units of each stratum that the sample holds: 0 without a finite population correction.
    lonely : str
        What becomes of a stratum with one unit.
    raked : tuple of ndarray of int, shape (n,)
        Categories of the margins that the weights were raked to.
    base : ndarray of shape (n,)
        Weights before raking.
    """

    weights: FloatArray
    psu: IntArray
    stratum: IntArray
    names: tuple[str, ...]
    sampled: FloatArray
    lonely: Lonely
    raked: tuple[IntArray, ...]
    base: FloatArray

    @classmethod
    def of(
        cls,
        weights: npt.ArrayLike,
        strata: npt.ArrayLike | None = None,
        clusters: npt.ArrayLike | None = None,
        fpc: npt.ArrayLike | None = None,
        lonely: Lonely = "error",
        raked: Sequence[npt.ArrayLike] = (),
        base: npt.ArrayLike | None = None,
    ) -> Self:
        """Describe a sample.

        Parameters
        ----------
        weights : array_like of shape (n,)
            Not negative. Respondents of weight 0 are not part of the sample.
        strata : array_like of shape (n,), optional
            Stratum of each respondent.
        clusters : array_like of shape (n,), optional
            Cluster of each respondent: what was drawn first. Clusters of one name in two strata are two.
        fpc : array_like of shape (n,), optional
            Number of units (clusters, or people) that the respondent's stratum has in the population.
        lonely : {"error", "adjust", "certainty"}
            A stratum with one unit shows no variance. ``error`` refuses it; ``adjust`` takes the unit's
            distance from the mean of all units (careful: too large rather than too small; for totals R takes
            the distance from 0, which is larger still); ``certainty`` says that the unit was certain to be
            in the sample and adds nothing.
        raked : sequence of array_like of shape (n,), optional
            Margins that the weights were raked to: what they explain of an answer does not vary any more.
        base : array_like of shape (n,), optional
            Weights before raking; equal ones when not given. What the margins explain is found with these, as
            ``calibrate(calfun = "raking")`` of R does; its ``rake`` finds it without weights, which is the
            same where they are equal.

        Returns
        -------
        SurveyDesign

        Raises
        ------
        DesignError
            Arrays that do not fit, missing strata, fewer units in the population than in the sample.

        Examples
        --------
        R: ``svydesign(ids = ~cluster, strata = ~stratum, weights = ~w, fpc = ~units, nest = TRUE)``.

        >>> SurveyDesign.of([1, 1, 2, 2], strata=["a", "a", "b", "b"]).df
        2
        """
        w = np.asarray(weights, dtype=np.float64)
        if w.ndim != 1 or not np.isfinite(w).all() or (w < 0).any() or not (w > 0).any():
            raise DesignError("weights must be a list of numbers from 0 on, and not all 0")
        n = len(w)
        stratum, names = _codes(strata, n, "stratum")
        cluster = np.arange(n) if clusters is None else _codes(clusters, n, "cluster")[0]
        pairs = pd.MultiIndex.from_arrays([stratum, cluster])
        psu, units = pairs.factorize()
        of_unit = np.asarray([stratum for stratum, _ in units], dtype=np.intp)
        margins = tuple(_codes(margin, n, "margin")[0] for margin in raked)
        before = np.ones(n) if base is None else np.asarray(base, dtype=np.float64)
        nothing = np.zeros(len(names))
        design = cls(w, psu.astype(np.intp), of_unit, names, nothing, lonely, margins, before)
        return design if fpc is None else replace(design, sampled=design._sampled(fpc, stratum))

    @property
    def units(self) -> IntArray:
        """Units of each stratum that are part of the sample (H,)."""
        live = np.bincount(self.psu, self.weights > 0, len(self.stratum)) > 0
        return np.bincount(self.stratum[live], minlength=len(self.names))

    @property
    def df(self) -> int:
        """Degrees of freedom of a variance: units less strata."""
        return self.df_of(np.ones(len(self.weights), dtype=bool))

    def df_of(self, domain: BoolArray) -> int:
        """Degrees of freedom of a variance in a domain (n,): units less strata that it touches."""
        inside = np.unique(self.psu[domain & (self.weights > 0)])
        return len(inside) - len(np.unique(self.stratum[inside]))

    def among(self, rows: BoolArray) -> SurveyDesign:
        """Design of some respondents as if nobody else had been drawn.

        Parameters
        ----------
        rows : ndarray of bool, shape (n,)

        Returns
        -------
        SurveyDesign
            The others weigh nothing. For a domain that is left to chance, give the estimators `domain`, as
            R's ``svymean(..., na.rm = TRUE)`` does with those who did not answer.

        Examples
        --------
        R: ``svydesign(..., data = x[rows, ])``.
        """
        return replace(self, weights=np.where(rows, self.weights, 0.0))

    def covariance(self, scores: FloatArray) -> FloatArray:
        """Covariance of weighted totals, or of what is linearised to them.

        Parameters
        ----------
        scores : ndarray of shape (n, k)
            What each respondent adds to the estimates per unit of weight (the influence, without weight).

        Returns
        -------
        ndarray of shape (k, k)

        Raises
        ------
        DesignError
            A stratum with one unit and ``lonely="error"``.

        Notes
        -----
        sum over strata of (1 - f) m/(m-1) sum (z - mean z)(z - mean z)', z the weighted scores summed by
        unit: the usual estimate for units drawn with replacement.

        References
        ----------
        Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys.
        International Statistical Review 51, 279-292.
        Lumley, T. (2010). Complex surveys. Wiley. Chapters 2 and 7 (raking).

        Examples
        --------
        R: ``survey::svyrecvar``.
        """
        weighted = self.weights[:, None] * self._residual(np.where(self.weights[:, None] > 0, scores, 0.0))
        m, k = len(self.stratum), scores.shape[1]
        sums = np.stack([np.bincount(self.psu, weighted[:, j], m) for j in range(k)], axis=1)
        live = np.bincount(self.psu, self.weights > 0, m) > 0
        sums, stratum, units = sums[live], self.stratum[live], self.units
        if len(sums) < 2:
            return np.full((k, k), np.nan)  # one unit shows no variance at all
        alone = units == 1
        if alone.any() and self.lonely == "error":
            named = ", ".join(self.names[h] for h in np.flatnonzero(alone)[:5])
            raise DesignError(
                f"{alone.sum()} strata have one unit only ({named}); merge strata, or say lonely='adjust'"
            )
        count = np.maximum(units, 1)[:, None]
        means = np.stack([np.bincount(stratum, sums[:, j], len(units)) for j in range(k)], axis=1) / count
        means[alone] = sums.mean(axis=0) if self.lonely == "adjust" else means[alone]
        factor = (1 - self.sampled) * np.where(units > 1, units / np.maximum(units - 1, 1), 1.0)
        deviations = (sums - means[stratum]) * np.sqrt(factor)[stratum][:, None]
        return np.asarray(deviations.T @ deviations)

    def _residual(self, scores: FloatArray) -> FloatArray:
        """Scores less what the raked margins explain of them."""
        if not self.raked:
            return scores
        live = np.where(self.weights > 0, self.base, 0.0)
        dummies = [np.eye(margin.max() + 1)[margin] for margin in self.raked]
        x = np.concatenate(dummies, axis=1)
        root = np.sqrt(live)[:, None]
        fitted, *_ = np.linalg.lstsq(x * root, scores * root, rcond=None)
        return np.asarray(scores - x @ fitted)

    def _sampled(self, fpc: npt.ArrayLike, stratum: IntArray) -> FloatArray:
        """Share of the units of each stratum that the sample holds."""
        size = np.asarray(fpc, dtype=np.float64)
        shares = np.zeros(len(self.names))
        for h, units in enumerate(self.units):
            own = np.unique(size[stratum == h])
            if len(own) != 1 or not own[0] >= units:
                raise DesignError(
                    f"stratum {self.names[h]}: the population needs one number of units, {units} or more"
                )
            shares[h] = units / own[0]
        return shares


def _codes(values: npt.ArrayLike | None, n: int, what: str) -> tuple[IntArray, tuple[str, ...]]:
    """Give groups of respondents numbers and names; there is one group where none are told."""
    if values is None:
        return np.zeros(n, dtype=np.intp), ("all",)
    found = np.asarray(values)
    codes, names = pd.factorize(found, sort=True)
    if len(found) != n or (codes < 0).any():
        raise DesignError(f"every respondent needs a {what}; give one each, none missing")
    return codes, tuple(str(name) for name in names)
