"""What drives satisfaction and loyalty: importance, how sure its order is, importance against performance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csat import stats
from csat.report.loyalty.basis import Basis, FloatArray, rows_of
from csat.stats.ranking import rank_frame

TOP = 3
"""Drivers that page one names."""


@dataclass(frozen=True)
class Drivers:
    """Importance of the drivers; frames are tidy.

    Attributes
    ----------
    target : DataFrame
        From `csat.stats.importance_table` of satisfaction on the drivers (of loyalty in a study without
        satisfaction).
    loyalty : DataFrame
        The same of loyalty on satisfaction, drivers, complaint handling and switching costs.
    ranks : DataFrame
        ``importance_probability_first`` and ``importance_probability_top_three``, by relative weight.
    order : tuple of str
        Drivers, the most important first.
    top_set : float
        Share of the replicates in which the top three are these three (NaN with three drivers or fewer).
    """

    target: pd.DataFrame
    loyalty: pd.DataFrame
    ranks: pd.DataFrame
    order: tuple[str, ...]
    top_set: float

    @property
    def frames(self) -> list[pd.DataFrame]:
        """Everything, for the metrics; fit and VIF are named apart from those of the structural model."""
        names = {"r_squared": "drivers_r_squared", "vif": "drivers_vif"}
        both = (self.target, self.loyalty)
        return [*(table.assign(metric=table["metric"].replace(names)) for table in both), self.ranks]


def drivers(basis: Basis) -> Drivers:
    """Compute the importance of the drivers.

    Parameters
    ----------
    basis : Basis

    Returns
    -------
    Drivers
        Frames are empty where the study has no driver, or its drivers cannot be told apart.
    """
    roles = basis.roles
    empty = stats.tidy("", [], [])
    target = empty
    if roles.target and roles.drivers:
        target = basis.attempt("drivers", lambda: _importance(basis, roles.target, roles.drivers))
    loyalty = empty
    if roles.satisfaction and roles.loyalty and roles.predictors:
        loyalty = basis.attempt(
            "drivers.loyalty", lambda: _importance(basis, roles.loyalty, roles.predictors)
        )
    if target.empty:
        return Drivers(target, loyalty, empty, (), float("nan"))
    weights = rows_of(target, "relative_weight").sort_values("estimate", ascending=False, kind="stable")
    order = tuple(str(subject).split(stats.ARROW)[0] for subject in weights["subject"])
    replicates = _replicates(basis, roles.target, roles.drivers)
    ranks = rank_frame(replicates, roles.drivers, float(weights["n"].iloc[0]), "relative weight")
    ranks["metric"] = "importance_" + ranks["metric"]
    return Drivers(target, loyalty, ranks, order, _top_set(replicates, roles.drivers, order))


def map_frame(basis: Basis, found: Drivers, indices: pd.DataFrame) -> pd.DataFrame:
    """Lay importance and performance side by side, one row a driver.

    Parameters
    ----------
    basis : Basis
    found : Drivers
    indices : DataFrame
        Tidy ``index_0_100`` of the constructs.

    Returns
    -------
    DataFrame
        Columns ``driver, x, x_low, x_high`` (performance, 0-100) and ``y, y_low, y_high`` (share of the
        explained variance, %).
    """
    names = list(basis.roles.drivers)
    share = rows_of(found.target, "relative_weight_share")
    index = rows_of(indices, "index_0_100", names)
    if len(share) != len(names) or len(index) != len(names):
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "driver": names,
            "x": index["estimate"],
            "x_low": index["ci_low"],
            "x_high": index["ci_high"],
            "y": share["estimate"],
            "y_low": share["ci_low"],
            "y_high": share["ci_high"],
        }
    )


def map_split(frame: pd.DataFrame) -> tuple[float, float]:
    """Lines of the map: mean performance of the drivers, and the share of each if all were alike."""
    return float(frame["x"].mean()), 100.0 / len(frame)


def undecided(frame: pd.DataFrame) -> list[str]:
    """Drivers whose interval crosses a line of the map, so that their corner is not sure."""
    across, along = map_split(frame)
    crosses = ((frame["x_low"] <= across) & (across <= frame["x_high"])) | (
        (frame["y_low"] <= along) & (along <= frame["y_high"])
    )
    return list(frame.loc[crosses, "driver"])


def improve_first(frame: pd.DataFrame) -> list[str]:
    """Drivers in the corner of high importance and low performance."""
    across, along = map_split(frame)
    return list(frame.loc[(frame["x"] < across) & (frame["y"] >= along), "driver"])


def _importance(basis: Basis, outcome: str, predictors: Sequence[str]) -> pd.DataFrame:
    """Shares of the explained variance of an outcome."""
    return stats.importance_table(basis.sample, outcome, predictors, basis.roles.blocks)


def _replicates(basis: Basis, outcome: str, predictors: Sequence[str]) -> FloatArray:
    """Relative weights of every replicate, (B, p)."""
    blocks = {name: basis.roles.blocks[name] for name in (*predictors, outcome)}
    scores = basis.sample.replicates.scores(blocks)
    return stats.relative_weights(scores, outcome, predictors)


def _top_set(replicates: FloatArray, names: Sequence[str], order: Sequence[str]) -> float:
    """Share of the replicates whose top three are the top three of `order`."""
    if len(names) <= TOP:
        return float("nan")
    used = replicates[np.isfinite(replicates).all(axis=1)]
    wanted = {names.index(name) for name in order[:TOP]}
    top = np.argsort(-used, axis=1, kind="stable")[:, :TOP]
    return float(np.isin(top, list(wanted)).all(axis=1).mean()) if len(used) else float("nan")
