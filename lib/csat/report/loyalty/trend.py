"""Wave by wave: levels, changes, whether the waves may be compared, and what a change is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat import stats
from csat.report import suppression
from csat.report.loyalty.basis import to_points
from csat.report.loyalty.levels import top_box_from
from csat.report.loyalty.roles import roles_of
from csat.report.measurement.intake import ranges_of
from csat.stats.composition import change_table
from csat.stats.composition_codes import CompositionError, Wave
from csat.stats.design import DesignError
from csat.stats.indices import index_scores
from csat.stats.trend import adjusted, changes, index_levels, nps_levels, share_levels

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.loyalty.roles import Roles
    from csat.study.definition import Study

NOISE = 0.05
"""Adjusted p-value from which on a change counts as noise."""

DRAWS = 1000
"""Most replicates of the decomposition: its parts are written with one decimal."""

UNKNOWN = "?"
"""Group of those whose group is not known: they are part of the sample, too."""


@dataclass(frozen=True)
class Trend:
    """A wave and those before it.

    Attributes
    ----------
    declared : Study
        The study with the questions of all waves.
    answers : tuple of Answers
        The oldest wave first, the wave of the report last.
    axis : tuple of str
        Names of all waves, with those that are left out.
    levels : DataFrame
        Tidy (``index_0_100`` of constructs, ``nps``, ``top_box`` of items), with ``wave, standard_error, df,
        n_eff`` and ``run``: a line may join waves of one run.
    changes : DataFrame
        Tidy, as `csat.stats.trend.changes`, with ``wave`` and ``earlier``: the wave that it is compared with.
        p-values are adjusted over all figures of a wave.
    comparability : DataFrame
        From `csat.data.waves.trend.comparability`.
    parts : DataFrame
        Tidy: ``change_composition`` and ``change_within`` of the satisfaction index against the wave before,
        subject the segment.
    since : DataFrame
        As `changes`: the wave against the first of the same run, not adjusted; empty for two waves.
    left_out : tuple of (wave, reason)
        Earlier waves that cannot be used.
    """

    declared: Study
    answers: tuple[Answers, ...]
    axis: tuple[str, ...]
    levels: pd.DataFrame
    changes: pd.DataFrame
    comparability: pd.DataFrame
    parts: pd.DataFrame
    since: pd.DataFrame
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves, the oldest first."""
        return tuple(one.wave for one in self.answers)

    @property
    def study(self) -> Study:
        """Study as asked in the wave of the report."""
        return self.answers[-1].study

    @property
    def roles(self) -> Roles:
        """Parts of the constructs."""
        return roles_of(self.study)

    @property
    def latest(self) -> pd.DataFrame:
        """Changes that led to the wave of the report."""
        return self.changes[self.changes["wave"] == self.waves[-1]]

    @property
    def frames(self) -> list[pd.DataFrame]:
        """What belongs to this wave, for the metrics."""
        return [self.latest, self.parts]


def over_time(
    study: Study,
    answers: Answers,
    data: str | Path = "",
    off_scale: str = "",
    replicates: int = 5000,
    seed: int = 1,
) -> Trend:
    """Read the waves before one and compare it with them.

    Parameters
    ----------
    study : Study
        The study as declared, with the questions of all waves.
    answers : Answers
        Of the wave that the report is about.
    data : str or Path
        File that they come from; empty for the store or the study's own.
    off_scale : str
        As the answers were read.
    replicates, seed : int
        Of the decomposition; at most `DRAWS` replicates.

    Returns
    -------
    Trend
        With one wave only, its frames are empty but for the levels.
    """
    from csat.data.waves.earlier import load_earlier
    from csat.data.waves.trend import comparability

    found = load_earlier(study, answers.wave, data, answers.segment, off_scale or None)
    waves = (*found.answers, answers)
    table = comparability(study, [one.wave for one in waves])
    axis = (*found.waves, answers.wave)
    levels = _runs(stats.stack([_levels(one) for one in waves]), waves, axis, table)
    trend = Trend(
        declared=study,
        answers=waves,
        axis=axis,
        levels=levels,
        changes=_changes(levels, waves, table),
        comparability=table,
        parts=_none(),
        since=_none(),
        left_out=found.left_out,
    )
    trend = replace(trend, since=_since(trend))
    return replace(trend, parts=_parts(trend, min(replicates, DRAWS), seed))


def _none() -> pd.DataFrame:
    """Make a frame of changes without rows."""
    return stats.tidy("", [], [], standard_error=[], df=[], p=[], p_adjusted=[]).assign(wave="", earlier="")


def _levels(answers: Answers) -> pd.DataFrame:
    """Levels of one wave; small bases blanked."""
    study, limits = answers.study, answers.study.thresholds
    weights = None if np.allclose(answers.weights, 1.0) else answers.weights
    design = weights, answers.strata, answers.clusters
    frames = [index_levels(_points(answers), study.blocks(), *design)]
    if limits.nps_item in answers.scored:
        cuts = limits.nps_promoter_min, limits.nps_detractor_max
        frames.append(nps_levels(answers.scored[limits.nps_item], *cuts, *design))
    roles = roles_of(study)
    items = [item for name in (roles.satisfaction, roles.loyalty) for item in study.blocks().get(name, ())]
    if items:
        frames.append(share_levels(answers.scored, {i: top_box_from(study, i) for i in items}, *design))
    table = suppression.protect(stats.stack(frames), limits, bool(answers.segment))
    return table.assign(wave=answers.wave)


def _points(answers: Answers) -> pd.DataFrame:
    """Answers brought to 0-100 by the scales of their wave."""
    return to_points(answers.scored, ranges_of(answers.study))


def items_of(subject: str, study: Study) -> tuple[str, ...]:
    """Items that a figure rests on: those of a construct, or the item itself."""
    return tuple(study.blocks().get(subject, (subject,)))


def _runs(
    levels: pd.DataFrame, waves: Sequence[Answers], axis: Sequence[str], table: pd.DataFrame
) -> pd.DataFrame:
    """Give each figure's runs of waves, which a line may join, a number."""
    place = {wave: k for k, wave in enumerate(axis)}
    runs = pd.Series(0, index=levels.index)
    for _, rows in levels[levels["estimate"].notna()].groupby(["metric", "subject"], sort=False):
        run, before = 0, ""
        for index, wave, subject in zip(rows.index, rows["wave"], rows["subject"], strict=True):
            apart = bool(before) and (
                place[wave] != place[before] + 1 or not comparable(subject, before, wave, waves, table)
            )
            run += apart
            runs[index], before = run, wave
    return levels.assign(run=runs)


def comparable(subject: str, earlier: str, later: str, waves: Sequence[Answers], table: pd.DataFrame) -> bool:
    """Whether a figure rests on the same questions, asked alike, in two waves and in all between them.

    Parameters
    ----------
    subject : str
        Construct or item.
    earlier, later : str
        Waves.
    waves : sequence of Answers
    table : DataFrame
        From `csat.data.waves.trend.comparability`, each wave against the one before that asked the item.
    """
    names = [one.wave for one in waves]
    between = waves[names.index(earlier) : names.index(later) + 1]
    asked = [items_of(subject, one.study) for one in (between[0], between[-1])]
    if asked[0] != asked[1] or not set(asked[0]) <= set(between[0].scored):
        return False
    rows = table[table["item"].isin(asked[0]) & table["later"].isin([one.wave for one in between[1:]])]
    return not rows["status"].isin(["changed", "break"]).any()


def _changes(levels: pd.DataFrame, waves: Sequence[Answers], table: pd.DataFrame) -> pd.DataFrame:
    """Compare every wave with the latest before it that has the figure and may be compared."""
    frames = []
    for k, one in enumerate(waves):
        later = levels[(levels["wave"] == one.wave) & levels["estimate"].notna()]
        before: dict[str, list[int]] = {}
        for row, metric, subject in zip(later.index, later["metric"], later["subject"], strict=True):
            of = (levels["metric"] == metric) & (levels["subject"] == subject) & levels["estimate"].notna()
            had = [past.wave for past in waves[:k] if (of & (levels["wave"] == past.wave)).any()]
            if had and comparable(subject, had[-1], one.wave, waves, table):
                before.setdefault(had[-1], []).append(row)
        found = [
            _between(levels[levels["wave"] == past], later.loc[rows], past, one.wave)
            for past, rows in before.items()
        ]
        if found:
            frame = stats.stack(found)
            frames.append(frame.assign(p_adjusted=adjusted(frame["p"].to_numpy(dtype=np.float64))))
    return stats.stack(frames) if frames else _none()


def _between(before: pd.DataFrame, after: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    """Compare two waves and name them."""
    found = changes(before, after)
    told = [f"{later} less {earlier}; {method}" for method in found["method"]]
    return found.assign(wave=later, earlier=earlier, method=told)


def _since(trend: Trend) -> pd.DataFrame:
    """Change of each figure since the first wave of its run, where that is not the wave before."""
    levels = trend.levels[trend.levels["estimate"].notna()]
    frames = []
    for _, rows in levels.groupby(["metric", "subject"], sort=False):
        last = rows.iloc[[-1]]
        run = rows[rows["run"] == last["run"].iloc[0]]
        if last["wave"].iloc[0] == trend.waves[-1] and len(run) > 2:
            frames.append(_between(run.iloc[[0]], last, run["wave"].iloc[0], trend.waves[-1]))
    return stats.stack(frames) if frames else _none()


def _parts(trend: Trend, replicates: int, seed: int) -> pd.DataFrame:
    """Take the change of the satisfaction index apart, segment by segment."""
    name = trend.roles.satisfaction
    moved = trend.latest[(trend.latest["metric"] == "change_index") & (trend.latest["subject"] == name)]
    if moved.empty:
        return stats.tidy("", [], [])
    earlier = next(one for one in trend.answers if one.wave == moved["earlier"].iloc[0])
    pair = earlier, trend.answers[-1]
    least = trend.study.thresholds.suppress_below
    frames = []
    for segment in trend.study.segments:
        if trend.answers[-1].segment.startswith(f"{segment}="):
            continue
        found = _decomposed(pair, name, segment, replicates, seed)
        if len(found) and float(found["n"].min()) >= least:
            frames.append(found)
    return stats.stack(frames)


def _decomposed(
    pair: tuple[Answers, Answers], construct: str, segment: str, replicates: int, seed: int
) -> pd.DataFrame:
    """Composition and change within the groups of one segment; empty where it cannot be told."""
    if not all(segment in one.segments and one.segments[segment].nunique() > 1 for one in pair):
        return stats.tidy("", [], [])
    waves = [_wave_of(one, construct, segment) for one in pair]
    try:
        table = change_table(waves[0], waves[1], "change", replicates=replicates, seed=seed)
    except (CompositionError, DesignError):
        return stats.tidy("", [], [])
    kept = table["metric"].isin(["change_composition", "change_within"]) & (table["subject"] == "total")
    n = min(int(np.isfinite(np.asarray(one.values, dtype=np.float64)).sum()) for one in waves)
    told = f"{pair[1].wave} less {pair[0].wave}; "
    return table[kept].assign(subject=segment, n=float(n), method=told + table["method"].astype(str))


def _wave_of(answers: Answers, construct: str, segment: str) -> Wave:
    """Index of each respondent and their group, for the decomposition."""
    points = _points(answers)
    ranges: Mapping[str, tuple[float, float]] = dict.fromkeys(points.columns, (0.0, 100.0))
    block = {construct: answers.study.blocks()[construct]}
    scores = index_scores(points, block, ranges)[construct]
    groups = answers.segments[segment].fillna(UNKNOWN).to_numpy()
    return Wave(scores.to_numpy(), groups, answers.weights, answers.strata, answers.clusters)
