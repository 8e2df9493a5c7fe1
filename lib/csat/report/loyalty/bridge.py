"""From satisfaction to loyalty: the quadrants, the curve, and the zones of expectation against experience."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from csat import stats
from csat.report.loyalty.basis import Basis, FloatArray, value_of
from csat.report.loyalty.roles import FULFILMENT
from csat.stats.nonlinear import CurveError, binned_means, loyalty_curve, quadratic_test
from csat.stats.quadrant import quadrant_table
from csat.stats.zones import gap_scores, zone_table

CUT = 70.0
"""Index from which a customer counts as satisfied, or loyal: seven tenths of the way up the scale."""

OTHER_CUTS = (60.0, 80.0)
"""Cuts that show how far the shares depend on the choice."""

_BRACKET, _MOST_BRACKETS = 40, 8
"""Customers in a bracket of satisfaction, about; and the largest number of brackets."""

_HAIR = 1e-6
"""What the outer limits leave for rounding."""


@dataclass(frozen=True)
class Bridge:
    """How satisfaction and loyalty hang together, person by person; frames are tidy.

    Attributes
    ----------
    quadrant : DataFrame
        From `csat.stats.quadrant.quadrant_table` at `CUT`.
    other_cuts : dict of cut to DataFrame
        Its ``quadrant_share`` at `OTHER_CUTS`.
    bins : DataFrame
        From `csat.stats.nonlinear.binned_means`.
    curve : DataFrame
        From `csat.stats.nonlinear.loyalty_curve`.
    bend : DataFrame
        From `csat.stats.nonlinear.quadratic_test`.
    zones : dict of question to DataFrame
        From `csat.stats.zones.zone_table`: ``gap`` (experience less expectation) and ``direct`` (the item
        that asks whether expectations were met); only what the study asks.
    direct_item : str
        That item; empty when there is none.
    pairs : tuple of (expectation, experience)
        Items behind the gap.
    """

    quadrant: pd.DataFrame
    other_cuts: dict[float, pd.DataFrame]
    bins: pd.DataFrame
    curve: pd.DataFrame
    bend: pd.DataFrame
    zones: dict[str, pd.DataFrame]
    direct_item: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def frames(self) -> list[pd.DataFrame]:
        """Everything, for the metrics; zones name their question (``gap:affection``), other cuts theirs."""
        cuts = [
            frame.assign(subject=frame["subject"].astype(str) + f"@{cut:g}")
            for cut, frame in self.other_cuts.items()
        ]
        zones = [
            frame.assign(subject=f"{name}:" + frame["subject"].astype(str))
            for name, frame in self.zones.items()
        ]
        return [self.quadrant, *cuts, self.bins, self.bend, self.curve, *zones]


def bridge(basis: Basis) -> Bridge:
    """Follow respondents from satisfaction to loyalty, and from expectation to experience.

    Parameters
    ----------
    basis : Basis

    Returns
    -------
    Bridge
        Frames are empty where the study lacks satisfaction, loyalty or expectations.
    """
    roles, study = basis.roles, basis.study
    empty = stats.tidy("", [], [])
    direct = direct_item(basis)
    pairs = tuple(pair for pair in study.expectation_pairs())
    zones = {}
    if roles.loyalty and pairs:
        gap = gap_scores(basis.points, {experience: expectation for expectation, experience in pairs})
        zones["gap"] = basis.attempt("zones.gap", lambda: _zones(basis, gap))
    if roles.loyalty and direct:
        zones["direct"] = basis.attempt("zones.direct", lambda: _zones(basis, basis.points[direct]))
    if not roles.has_both:
        return Bridge(empty, {}, empty, empty, empty, zones, direct, pairs)
    x, y = _scores(basis)
    return Bridge(
        quadrant=basis.attempt("quadrant", lambda: _quadrant(basis, CUT)),
        other_cuts={
            cut: basis.attempt("quadrant", lambda cut=cut: _shares_at(basis, cut))  # type: ignore[misc]
            for cut in OTHER_CUTS
        },
        bins=basis.attempt("curve", lambda: _brackets(basis, x, y)),
        curve=basis.attempt("curve", lambda: _curve(basis, x, y)),
        bend=basis.attempt("curve", lambda: quadratic_test(x, y, **basis.design)),
        zones=zones,
        direct_item=direct,
        pairs=pairs,
    )


def direct_item(basis: Basis) -> str:
    """Item of satisfaction that asks whether expectations were met; empty when there is none."""
    items = basis.study.blocks().get(basis.roles.satisfaction, ())
    return next((item for item in items if basis.study.items[item].facet == FULFILMENT), "")


def bracket_edges(scores: FloatArray) -> list[float]:
    """Limits of brackets that hold about as many customers each: three to eight of them.

    Parameters
    ----------
    scores : ndarray of shape (n,)

    Returns
    -------
    list of float
        Fewer brackets where many share one value.

    Examples
    --------
    >>> bracket_edges(np.arange(120.0))
    [-1e-06, 39.5, 79.5, 119.000001]
    """
    known = scores[~np.isnan(scores)]
    if not len(known):
        raise CurveError("nobody has both satisfaction and loyalty; no curve can be drawn")
    # Means of items carry rounding noise: limits lie between neighbouring values, never on one.
    values, counts = np.unique(np.round(known, 6), return_counts=True)
    between = (values[1:] + values[:-1]) / 2
    if len(values) > _MOST_BRACKETS:
        brackets = int(np.clip(len(known) // _BRACKET, 3, _MOST_BRACKETS))
        share = np.cumsum(counts)[:-1] / len(known)
        between = between[[np.argmin(np.abs(share - k / brackets)) for k in range(1, brackets)]]
    limits = np.unique([values[0] - _HAIR, *between, values[-1] + _HAIR])
    return [float(limit) for limit in limits]


def bend_sign(bridge: Bridge) -> int:
    """Direction in which the line from satisfaction to loyalty is bent: 1 up, -1 down, 0 when not proven."""
    return value_of(bridge.bend, "quadratic", "squared").sign


def _scores(basis: Basis) -> tuple[FloatArray, FloatArray]:
    """Satisfaction and loyalty of each respondent."""
    roles = basis.roles
    return basis.scores[roles.satisfaction].to_numpy(), basis.scores[roles.loyalty].to_numpy()


def _quadrant(basis: Basis, cut: float) -> pd.DataFrame:
    """Quadrants at one cut for both."""
    return quadrant_table(*_scores(basis), cut, cut, **basis.design)


def _shares_at(basis: Basis, cut: float) -> pd.DataFrame:
    """Shares of the quadrants alone."""
    table = _quadrant(basis, cut)
    return table[table["metric"] == "quadrant_share"]


def _brackets(basis: Basis, x: FloatArray, y: FloatArray) -> pd.DataFrame:
    """Mean loyalty in brackets of satisfaction, with readable limits as subjects."""
    edges = bracket_edges(x[~np.isnan(y)])
    table = binned_means(x, y, edges, **basis.design)
    return table.assign(subject=bracket_names(edges))


def bracket_names(edges: list[float]) -> list[str]:
    """Names of brackets by their limits, with as many decimals as it takes to tell the limits apart.

    Examples
    --------
    >>> bracket_names([-1e-06, 8.33333, 20.83333, 100.000001])
    ['0–8.3', '8.3–20.8', '20.8–100']
    """
    for digits in range(1, 7):
        limits = [f"{round(edge, digits) + 0.0:.10g}" for edge in edges]
        if len(set(limits)) == len(limits):
            break
    return [f"{low}–{high}" for low, high in pairwise(limits)]


def _curve(basis: Basis, x: FloatArray, y: FloatArray) -> pd.DataFrame:
    """Smooth curve with its band."""
    return loyalty_curve(x, y, replicates=basis.replicates, seed=basis.seed, **basis.design)


def _zones(basis: Basis, gap: pd.Series[float]) -> pd.DataFrame:
    """Zones of loyalty along a gap, with the band estimated from the answers."""
    return zone_table(
        gap,
        basis.scores[basis.roles.loyalty],
        replicates=basis.replicates,
        seed=basis.seed,
        **basis.design,
    )
