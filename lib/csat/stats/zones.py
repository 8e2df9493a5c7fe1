"""Expectation against experience: the zones of defection, indifference and affection.

Customers whose experience falls short of what they expected are easily lost; those whose experience merely
meets it do not care; those whose experience goes beyond it come back. How far it must fall short or go
beyond is not decreed here but estimated: the band of indifference lies between the two thresholds of the
gap at which loyalty changes most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.change_points import cells_of, levels, thresholds, two_steps
from csat.stats.draws import draw_counts
from csat.stats.frames import stack, tidy
from csat.stats.intervals import Interval, percentile
from csat.stats.layout import BoolArray, FloatArray, IntArray

ZONES = ("defection", "indifference", "affection")


class ZonesError(CsatError):
    """Answers in which no zones can be looked for: the message says why and what to do."""


def gap_scores(
    answers: pd.DataFrame,
    pairs: Mapping[str, str],
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> pd.Series[float]:
    """Experience less expectation, person by person.

    Parameters
    ----------
    answers : DataFrame of respondents x items
        Reversed items turned.
    pairs : mapping of experience item to the expectation item that asked the same
    ranges : mapping of item to (minimum, maximum), optional
        Bring answers to 0-100 first. Needed when the two items of a pair have different scales.

    Returns
    -------
    Series of length n
        Mean over the pairs that a person answered both of: below 0, worse than expected.

    Examples
    --------
    R: ``rowMeans(x[experience] - x[expectation])``.

    >>> gap_scores(pd.DataFrame({"e": [5, 5], "p": [3, 9]}), {"p": "e"}).tolist()
    [-2.0, 4.0]
    """
    if not pairs:
        raise ZonesError("no item asks for an expectation of which another asks the experience; give pairs")
    columns = []
    for experience, expectation in pairs.items():
        p, e = answers[experience], answers[expectation]
        if ranges:
            p, e = (
                100 * (x - ranges[item][0]) / (ranges[item][1] - ranges[item][0])
                for x, item in ((p, experience), (e, expectation))
            )
        columns.append(p - e)
    return pd.concat(columns, axis=1).mean(axis=1)


def zone_of(gap: npt.ArrayLike, band: tuple[float, float]) -> IntArray:
    """Zone of each person: 0 defection, 1 indifference, 2 affection, -1 not known.

    Parameters
    ----------
    gap : array_like of shape (n,)
    band : (float, float)
        Lowest and highest gap of indifference, both included.

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    R: ``(gap >= band[1]) + (gap > band[2])``.

    >>> zone_of([-3, 0, 3, np.nan], (-1, 1)).tolist()
    [0, 1, 2, -1]
    """
    x = np.asarray(gap, dtype=np.float64)
    zone = (x >= band[0]).astype(np.intp) + (x > band[1])
    return np.asarray(np.where(np.isnan(x), -1, zone))


def zone_table(
    gap: npt.ArrayLike,
    loyalty: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    band: tuple[float, float] | None = None,
    least_share: float = 0.1,
    replicates: int = 5000,
    seed: int = 1,
    strata: npt.ArrayLike | None = None,
    permutations: int = 999,
    level: float = 0.95,
    clusters: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Find the band of indifference, and tell how many customers are in each zone and how loyal they are.

    Parameters
    ----------
    gap : array_like of shape (n,)
        Experience less expectation; or any ordered answer to "worse or better than expected?".
    loyalty : array_like of shape (n,)
        Whatever should change with the gap.
    weights : array_like of shape (n,), optional
    band : (float, float), optional
        Lowest and highest gap of indifference, given rather than estimated.
    least_share : float
        Smallest share of customers that an estimated zone may hold.
    replicates, seed, strata, level
        Of the bootstrap; the band is estimated anew in each replicate. `strata` has one name per person.
    permutations : int
        Of loyalty over persons, to test whether it changes with the gap at all; 0 for no test.
    clusters : array_like of shape (n,), optional
        Cluster of each person, drawn as a whole by the bootstrap.

    Returns
    -------
    DataFrame
        Tidy. ``zone_band``: subjects ``low`` and ``high``, the limits of indifference in units of the gap.
        ``zone_share``, ``zone_loyalty`` (mean): subjects the zones. ``zone_difference``: loyalty of
        ``indifference-defection`` and ``affection-indifference``. ``zone_r_squared``: share of the variance
        of loyalty explained by three ``steps`` and, for comparison, by a straight ``line``. ``zone_p``:
        probability of steps this good when loyalty has nothing to do with the gap. Estimates are NaN when no
        two thresholds leave `least_share` in each zone and loyalty not lower in the better one.

    Raises
    ------
    ZonesError
        Fewer than ten persons with both; a band that is not rising.

    Notes
    -----
    Thresholds by least squares over all pairs of cuts between neighbouring values of the gap (beyond 60
    values: between quantiles) that make loyalty not fall from defection to indifference to affection. So the
    differences between zones are positive by construction, in every replicate: only the permutation p says
    whether there are zones at all, and it allows for the search, which makes the R² of the steps optimistic.
    Percentile intervals; those of a threshold tend to be wide and lopsided.

    References
    ----------
    Oliver, R. L. (1980). A cognitive model of the antecedents and consequences of satisfaction decisions.
    Journal of Marketing Research 17, 460-469.
    Heskett, J. L. et al. (1994). Putting the service-profit chain to work. Harvard Business Review 72 (2).
    Bai, J. and Perron, P. (2003). Computation and analysis of multiple structural change models. Journal of
    Applied Econometrics 18, 1-22.

    Examples
    --------
    R: ``strucchange::breakpoints(loyalty[order(gap)] ~ 1, breaks = 2, h = 0.1)``, apart from ties.
    """
    x, y, w, known = _complete(gap, loyalty, weights)
    groups, units = (None if of is None else np.asarray(of)[known] for of in (strata, clusters))
    if band is None:
        edges, cell = cells_of(x)
    elif band[0] < band[1]:
        edges, cell = np.array(band, dtype=np.float64), zone_of(x, band)
    else:
        raise ZonesError(f"the band from {band[0]:g} to {band[1]:g} is empty; give the lower limit first")
    search = _Search(edges, band is not None, least_share)
    one = (cell[:, None] == np.arange(len(edges) + 1)) * w[:, None]
    features = np.concatenate([one, one * y[:, None], (w * y * y)[:, None]], axis=1)
    told = "least-squares band" if band is None else f"band given as {band[0]:g} to {band[1]:g}"
    found = percentile(
        search.describe(features.sum(axis=0)),
        search.describe(draw_counts(len(x), replicates, seed, groups, units) @ features),
        level,
    )
    frames = [_named(found, float(len(x)), f"{told}, {replicates} replicates")]
    frames.append(tidy("zone_r_squared", ["line"], [_line(x, y, w)], n=len(x), method="straight line"))
    if permutations:
        p = search.permutation_p(one, w, y, permutations, seed)
        frames.append(tidy("zone_p", ["steps"], [p], n=len(x), method=f"{told}, {permutations} permutations"))
    return stack(frames)


@dataclass(frozen=True)
class _Search:
    """How zones are found and described from sums over the cells of the gap."""

    edges: FloatArray
    given: bool
    least_share: float

    def cuts(self, counts: FloatArray, sums: FloatArray) -> IntArray:
        """Cut (..., 2): where loyalty changes most, or at the two edges of a given band."""
        if self.given:
            return np.broadcast_to(np.array([1, 2], dtype=np.intp), (*counts.shape[:-1], 2))
        return two_steps(counts, sums, self.least_share, rising=True)

    def describe(self, features: FloatArray) -> FloatArray:
        """Give band, shares, means, differences of means and R² of the steps: (..., 11)."""
        g = len(self.edges) + 1
        counts, sums, squares = features[..., :g], features[..., g : 2 * g], features[..., 2 * g]
        cuts = self.cuts(counts, sums)
        band = thresholds(cuts, self.edges)
        zones = levels(counts, sums, cuts)
        total = squares - sums.sum(axis=-1) ** 2 / counts.sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            r_squared = (zones.explained / total)[..., None]
        return np.concatenate([band, zones.shares, zones.means, np.diff(zones.means), r_squared], axis=-1)

    def permutation_p(
        self, one: FloatArray, w: FloatArray, y: FloatArray, permutations: int, seed: int
    ) -> float:
        """Probability of steps that explain as much when loyalty is dealt out to persons at random."""
        rng = np.random.Generator(np.random.PCG64(seed))
        # Within a person weight and cell stay together, loyalty goes round.
        dealt = np.stack([y, *(rng.permutation(y) for _ in range(permutations))])
        sums = dealt @ one
        counts = np.broadcast_to(one.sum(axis=0), sums.shape)
        explained = levels(counts, sums, self.cuts(counts, sums)).explained
        total = (w * dealt**2).sum(axis=1) - (dealt @ w) ** 2 / w.sum()
        ratio = explained / total
        if not np.isfinite(ratio).any():
            return float("nan")
        # Where loyalty nowhere rises with the gap there are no steps: any dealt out are at least as good.
        reached = ratio[1:] >= ratio[0] - 1e-12 if np.isfinite(ratio[0]) else np.ones(permutations)
        return float((1 + reached.sum()) / (1 + permutations))


def _named(found: Interval, n: float, method: str) -> pd.DataFrame:
    """Name the rows that `_Search.describe` gives."""
    metrics = ["zone_band"] * 2 + ["zone_share"] * 3 + ["zone_loyalty"] * 3
    metrics += ["zone_difference"] * 2 + ["zone_r_squared"]
    subjects = ["low", "high", *ZONES, *ZONES, "indifference-defection", "affection-indifference", "steps"]
    frame = tidy("", subjects, found, n=n, method=method)
    frame["metric"] = metrics
    return frame


def _line(x: FloatArray, y: FloatArray, w: FloatArray) -> float:
    """R² of loyalty on the gap by a straight line, weighted."""
    cov = np.cov(x, y, aweights=w)
    return (
        float(cov[0, 1] ** 2 / (cov[0, 0] * cov[1, 1])) if cov[0, 0] > 0 and cov[1, 1] > 0 else float("nan")
    )


def _complete(
    gap: npt.ArrayLike, loyalty: npt.ArrayLike, weights: npt.ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Persons of whom both are known: gap, loyalty and weight of each, and who they are."""
    x, y = np.asarray(gap, dtype=np.float64), np.asarray(loyalty, dtype=np.float64)
    if x.shape != y.shape:
        raise ZonesError(f"{x.size} gaps do not fit {y.size} values of loyalty; give one each per person")
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    known = ~(np.isnan(x) | np.isnan(y)) & (w > 0)
    if known.sum() < 10:
        raise ZonesError(
            f"{known.sum()} persons have both a gap and loyalty; ten are the least to look for zones"
        )
    return x[known], y[known], w[known], np.asarray(known)
