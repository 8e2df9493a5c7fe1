"""What to do first: expected gains, how sure their order is, where to start, and what could be seen of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csat import stats
from csat.report.loyalty.basis import Basis, Value, rows_of, value_of
from csat.report.measurement.intake import ranges_of
from csat.stats.priority import item_priority_table, priority_table
from csat.stats.ranking import rank_frame
from csat.study.power import minimum_detectable_change

STEP = 5.0
"""Improvement that gains are told for, in points of the driver's index."""

SURE, LIKELY = 0.90, 0.60
"""Share of the replicates from which the first driver is called clear, and likely."""

PERHAPS_LOWEST = 0.20
"""Share of the replicates from which an item may be the lowest of its construct."""


@dataclass(frozen=True)
class First:
    """What to do first; frames are tidy.

    Attributes
    ----------
    target : DataFrame
        From `csat.stats.priority.priority_table`: gains in satisfaction (or loyalty, without satisfaction).
    loyalty : DataFrame
        The same for loyalty; empty where it is the target or no driver leads to it.
    items : DataFrame
        From `csat.stats.priority.item_priority_table`, of the first driver, with ``probability_lowest``: how
        sure it is that the item is the lowest of its construct.
    by_paths : bool
        Whether gains follow the study's paths; else each driver leads straight to the target.
    order : tuple of str
        Drivers, the largest expected gain first.
    """

    target: pd.DataFrame
    loyalty: pd.DataFrame
    items: pd.DataFrame
    by_paths: bool
    order: tuple[str, ...]

    @property
    def frames(self) -> list[pd.DataFrame]:
        """Everything, for the metrics."""
        return [self.target, self.loyalty, self.items]

    @property
    def driver(self) -> str:
        """Driver with the largest expected gain; empty when there is none."""
        return self.order[0] if self.order else ""

    def gain(self, driver: str, target: str) -> Value:
        """Look up the expected gain in a target from improving a driver by `STEP`."""
        return value_of(
            stats.stack([self.target, self.loyalty]), "expected_gain", stats.arrow(driver, target)
        )

    def probability(self, driver: str) -> float:
        """Share of the replicates in which the driver promises the largest gain."""
        return value_of(self.target, "probability_first", driver).estimate

    @property
    def lowest_items(self) -> list[str]:
        """Items of the first driver that may be its lowest, the surest first; at most two."""
        rows = rows_of(self.items, "probability_lowest")
        rows = rows[rows["estimate"] >= PERHAPS_LOWEST].sort_values(
            "estimate", ascending=False, kind="stable"
        )
        return [str(item) for item in rows["subject"]][:2]

    def light(self, item: str) -> bool:
        """Whether a point more on an item clearly brings less than on the average item of the driver."""
        average = rows_of(self.items, "item_gain")["estimate"].mean()
        return value_of(self.items, "item_gain", item).high < average

    @property
    def first_for_loyalty(self) -> str:
        """Driver with the largest expected gain in loyalty; empty when there is none."""
        rows = rows_of(self.loyalty, "expected_gain").sort_values("estimate", ascending=False, kind="stable")
        return str(rows["subject"].iloc[0]).split(stats.ARROW)[0] if len(rows) else ""


def what_first(basis: Basis) -> First:
    """Rank the drivers by what improving them promises.

    Parameters
    ----------
    basis : Basis

    Returns
    -------
    First
    """
    roles = basis.roles
    empty = stats.tidy("", [], [])
    if not roles.target or not roles.drivers:
        return First(empty, empty, empty, False, ())
    routes = _Routes.to(basis, roles.target)
    target = basis.attempt("first", lambda: routes.table(basis))
    loyalty = empty
    ahead = [d for d in roles.drivers if d in _leading(basis, roles.loyalty)] if roles.satisfaction else []
    if ahead:
        to_loyalty = _Routes(roles.loyalty, tuple(basis.paths), tuple(ahead), True)
        loyalty = basis.attempt("first", lambda: _not_ranked(to_loyalty.table(basis)))
    gains = rows_of(target, "expected_gain").sort_values("estimate", ascending=False, kind="stable")
    order = tuple(str(subject).split(stats.ARROW)[0] for subject in gains["subject"])
    items = basis.attempt("first", lambda: routes.items(basis, order[0])) if order else empty
    return First(target, loyalty, items, routes.by_paths, order)


def detectable(basis: Basis) -> Value:
    """Smallest change of the target between two waves of this size that would be told from chance.

    Parameters
    ----------
    basis : Basis

    Returns
    -------
    Value
        In index points, at 80 % power; n is the effective one.
    """
    scores = basis.scores[basis.roles.target]
    known = scores.notna().to_numpy()
    weights = (np.ones(len(scores)) if basis.weights is None else basis.weights)[known]
    values = scores.to_numpy()[known]
    if len(values) < 2:
        return Value()
    n = float(weights.sum() ** 2 / (weights**2).sum())
    variance = float(np.average((values - np.average(values, weights=weights)) ** 2, weights=weights))
    sd = float(np.sqrt(variance * n / (n - 1)))
    return Value(minimum_detectable_change(int(n), sd), n=n)


def needed(change: Value, gain: float) -> float:
    """Respondents a wave that it takes to see a gain, rounded up to ten.

    Parameters
    ----------
    change : Value
        From `detectable`.
    gain : float
        Gain to be seen, in index points.

    Returns
    -------
    float
        NaN for a gain that is not positive.

    Notes
    -----
    What can be detected shrinks with the root of n, so it takes n (detectable / gain)² respondents.

    Examples
    --------
    >>> needed(Value(4.0, n=250.0), 2.0)
    1000.0
    """
    if not gain > 0 or not change.known:
        return float("nan")
    return float(np.ceil(change.n * (change.estimate / gain) ** 2 / 10 - 1e-9) * 10)


@dataclass(frozen=True)
class _Routes:
    """How drivers lead to a target: by the study's paths, or straight where the study has none."""

    target: str
    paths: tuple[tuple[str, str], ...]
    drivers: tuple[str, ...]
    by_paths: bool

    @classmethod
    def to(cls, basis: Basis, target: str) -> _Routes:
        """Routes to a target from the drivers of a study."""
        leading = tuple(d for d in basis.roles.drivers if d in _leading(basis, target))
        if leading:
            return cls(target, tuple(basis.paths), leading, True)
        straight = tuple((driver, target) for driver in basis.roles.drivers)
        return cls(target, straight, basis.roles.drivers, False)

    def table(self, basis: Basis) -> pd.DataFrame:
        """Rank the drivers: importance, performance, gains and their order."""
        table = priority_table(
            basis.sample,
            self._blocks(basis),
            self.paths,
            self.target,
            basis.ranges,
            self.drivers,
            basis.modes,
            step=STEP,
        )
        # Answers are in points of 0-100 here, so a point of the scale has no meaning of its own.
        return table[table["metric"] != "gain_per_scale_point"].reset_index(drop=True)

    def items(self, basis: Basis, driver: str) -> pd.DataFrame:
        """Items of one driver: gain, performance, and how sure it is which is the lowest."""
        blocks = self._blocks(basis)
        table = item_priority_table(
            basis.sample, blocks, self.paths, self.target, basis.ranges, [driver], basis.modes
        )
        items = blocks[driver]
        table = table[table["metric"].isin(("item_gain", "item_performance"))].copy()
        _per_scale_point(table, basis)
        replicates = basis.sample.replicates.mean[:, basis.sample.replicates.index(items)]
        ranks = rank_frame(-replicates, items, float(table["n"].iloc[0]), "lowest mean")
        lowest = ranks[ranks["metric"] == "probability_first"].assign(metric="probability_lowest")
        return stats.stack([table, lowest])

    def _blocks(self, basis: Basis) -> dict[str, tuple[str, ...]]:
        """Items of the constructs on the way."""
        return basis.study.model_blocks() if self.by_paths else dict(basis.roles.blocks)


def _per_scale_point(table: pd.DataFrame, basis: Basis) -> None:
    """Bring gains from one point of 0-100 to one point of the item's scale."""
    gains = table["metric"] == "item_gain"
    ends = ranges_of(basis.study)
    width = table.loc[gains, "subject"].map(lambda item: ends[item][1] - ends[item][0])
    for name in ("estimate", "ci_low", "ci_high"):
        table.loc[gains, name] *= 100 / width


def _leading(basis: Basis, target: str) -> set[str]:
    """Find the constructs from which the study's paths lead to a target."""
    found: set[str] = set()
    frontier = {target} if target else set()
    while frontier:
        frontier = {s for s, t in basis.paths if t in frontier} - found
        found |= frontier
    return found


def _not_ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Gains in loyalty alone: performance is that of the first table, and ranks name no target."""
    return table[table["metric"].isin(("importance", "expected_gain"))]
