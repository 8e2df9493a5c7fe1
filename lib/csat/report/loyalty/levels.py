"""Where customers stand: indices 0-100, the gap between satisfaction and loyalty, loyalty's parts, NPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat import stats
from csat.report.loyalty.basis import Basis, FloatArray
from csat.stats.indices import index_0_100, index_table
from csat.stats.shares import nps_table, top_box_table

if TYPE_CHECKING:
    from csat.study.definition import Study

TOP_SHARE = 0.1
"""Upper part of a continuous scale that counts as its top box."""


@dataclass(frozen=True)
class Levels:
    """Where customers stand; every frame is tidy.

    Attributes
    ----------
    indices : DataFrame
        ``index_0_100`` of every construct.
    gap : DataFrame
        ``index_difference`` of ``loyalty~satisfaction``, from the same respondents.
    parts : DataFrame
        Of each loyalty item: ``index_0_100``, ``top_box`` and ``correlation`` with satisfaction (``A~item``).
    among : DataFrame
        ``correlation`` between loyalty items.
    without : DataFrame
        ``index_0_100_without_item`` and ``correlation_without_item``: loyalty without the item that
        weakens it, and its correlation with satisfaction; empty when no item does.
    nps : DataFrame
        ``nps`` and the shares behind it; empty when the study names no item for it.
    """

    indices: pd.DataFrame
    gap: pd.DataFrame
    parts: pd.DataFrame
    among: pd.DataFrame
    without: pd.DataFrame
    nps: pd.DataFrame

    @property
    def frames(self) -> list[pd.DataFrame]:
        """Everything, for the metrics."""
        return [self.indices, self.gap, self.parts, self.among, self.without, self.nps]


def levels(basis: Basis, drop_item: str = "") -> Levels:
    """Compute where customers stand.

    Parameters
    ----------
    basis : Basis
    drop_item : str
        Loyalty item that weakens its scale, as the measurement report found; empty when none does.

    Returns
    -------
    Levels
    """
    blocks = basis.study.blocks()
    return Levels(
        indices=basis.attempt("levels", lambda: index_table(basis.sample, blocks, basis.ranges)),
        gap=basis.attempt("levels", lambda: _gap(basis)),
        parts=basis.attempt("parts", lambda: _parts(basis)),
        among=basis.attempt("parts", lambda: _among(basis)),
        without=basis.attempt("parts", lambda: _without(basis, drop_item)),
        nps=basis.attempt("nps", lambda: _nps(basis)),
    )


def top_box_from(study: Study, item: str) -> float:
    """Lowest answer that counts as top box: the study's bar, or the top two points of the item's scale."""
    scale, bar = study.scale_of(item), study.thresholds.top_box_min
    if bar is not None and scale.minimum < bar <= scale.maximum:
        return bar
    if scale.kind == "rating":
        return scale.maximum - 1
    return scale.maximum - TOP_SHARE * (scale.maximum - scale.minimum)


def _gap(basis: Basis) -> pd.DataFrame:
    """Difference between the loyalty and the satisfaction index, with its interval from the same draws."""
    roles, blocks = basis.roles, basis.study.blocks()
    if not roles.has_both:
        return stats.tidy("", [], [])
    pair = roles.loyalty, roles.satisfaction

    def difference(m: stats.Moments) -> FloatArray:
        first, second = (index_0_100(m, blocks[name], basis.ranges) for name in pair)
        return np.asarray(first - second)[..., None]

    used = basis.sample.point.select([item for name in pair for item in blocks[name]])
    told = f"difference of indices, {used.missing}"
    found = stats.measure(basis.sample, difference)
    return stats.tidy("index_difference", [stats.pair(*pair)], found, float(used.base), told)


def _parts(basis: Basis) -> pd.DataFrame:
    """Index, top box and correlation with satisfaction of each loyalty item."""
    roles, study = basis.roles, basis.study
    items = study.blocks().get(roles.loyalty, ())
    if not items:
        return stats.tidy("", [], [])
    single = {item: (item,) for item in items}
    frames = [index_table(basis.sample, single, basis.ranges)]
    cuts = {item: top_box_from(study, item) for item in items}
    frames.append(top_box_table(basis.answers.scored[list(items)], cuts, **basis.design))
    if roles.satisfaction in roles.blocks:
        table = stats.correlation_table(
            basis.sample, {roles.satisfaction: roles.blocks[roles.satisfaction], **single}
        )
        wanted = [stats.pair(roles.satisfaction, item) for item in items]
        frames.append(table[table["subject"].isin(wanted)])
    return stats.stack(frames)


def _among(basis: Basis) -> pd.DataFrame:
    """Correlations between the loyalty items."""
    items = basis.study.blocks().get(basis.roles.loyalty, ())
    if len(items) < 2:
        return stats.tidy("", [], [])
    return stats.correlation_table(basis.sample, {item: (item,) for item in items})


def _without(basis: Basis, item: str) -> pd.DataFrame:
    """Loyalty without one of its items: its index and its correlation with satisfaction."""
    roles = basis.roles
    kept = tuple(one for one in basis.study.blocks().get(roles.loyalty, ()) if one != item)
    if not item or not kept:
        return stats.tidy("", [], [])
    index = index_table(basis.sample, {item: kept}, basis.ranges)
    frames = [index.assign(metric="index_0_100_without_item")]
    if roles.satisfaction in roles.blocks:
        blocks = {roles.satisfaction: roles.blocks[roles.satisfaction], item: kept}
        table = stats.correlation_table(basis.sample, blocks)
        frames.append(table.assign(metric="correlation_without_item"))
    return stats.stack(frames)


def _nps(basis: Basis) -> pd.DataFrame:
    """Net Promoter Score of the item that the study names, with the study's cuts."""
    study = basis.study
    item, limits = study.thresholds.nps_item, study.thresholds
    if not item or item not in basis.answers.scored:
        return stats.tidy("", [], [])
    cuts = limits.nps_promoter_min, limits.nps_detractor_max
    return nps_table(basis.answers.scored[item], item, *cuts, **basis.design)
