"""Everything that the loyalty report tells, computed once from the answers of a wave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from csat import stats
from csat.report import results
from csat.report.loyalty.basis import Basis, Value, prepare, value_of
from csat.report.loyalty.bridge import Bridge, bridge
from csat.report.loyalty.drivers import Drivers, drivers
from csat.report.loyalty.first import First, what_first
from csat.report.loyalty.levels import Levels, levels
from csat.report.loyalty.structure import Structure, structure
from csat.report.loyalty.trend import Trend
from csat.report.measurement.careless import indices_moved, screened
from csat.report.measurement.results_file import read_verdicts, verdicts_of
from csat.report.measurement.verdicts import discriminant_verdict

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.loyalty.roles import Roles
    from csat.report.page import Page
    from csat.study.definition import Study

Recorded = Levels | Bridge | Drivers | Structure | First | Trend

WEAK = ("weak", "not_usable")


@dataclass(frozen=True)
class Findings:
    """Everything that the report tells.

    Attributes
    ----------
    basis : Basis
    verdicts : DataFrame
        One row a construct, from the measurement report.
    verdicts_read : bool
        Whether the measurement report had left them; else they were computed here.
    careless : Value
        Share of respondents with at least one sign of careless answering, as in the measurement report;
        unknown where the questionnaire is too short to tell.
    careless_moves : bool
        Whether an index leaves its interval when these respondents are left out.
    overlap : Value
        HTMT of satisfaction and loyalty; NaN where it does not apply.
    levels, bridge, drivers, structure, first
        Results of the sections.
    """

    basis: Basis
    verdicts: pd.DataFrame
    verdicts_read: bool
    careless: Value
    careless_moves: bool
    overlap: Value
    levels: Levels
    bridge: Bridge
    drivers: Drivers
    structure: Structure
    first: First

    @property
    def roles(self) -> Roles:
        """Parts of the constructs."""
        return self.basis.roles

    @property
    def study(self) -> Study:
        """Study as asked in the wave."""
        return self.basis.study

    @property
    def answers(self) -> Answers:
        """Answers of the wave."""
        return self.basis.answers

    @property
    def weak_scales(self) -> list[str]:
        """Scales that the measurement report calls weak or not usable."""
        return list(self.verdicts.loc[self.verdicts["reliability"].isin(WEAK), "construct"])

    def verdict(self, construct: str, column: str) -> str:
        """Verdict of the measurement report on a construct; empty when there is none."""
        rows = self.verdicts.loc[self.verdicts["construct"] == construct, column]
        return "" if rows.empty or pd.isna(rows.iloc[0]) else str(rows.iloc[0])

    def overlap_with(self, construct: str, among: Iterable[str]) -> list[str]:
        """List the constructs that the measurement report cannot tell from one."""
        same = self.verdict(construct, "overlaps").split()
        return [other for other in among if other in same]

    def index(self, construct: str) -> Value:
        """Index of a construct."""
        return value_of(self.levels.indices, "index_0_100", construct)

    @property
    def loyalty_divided(self) -> bool:
        """Whether the loyalty questions hang together too little for one index."""
        return self.verdict(self.roles.loyalty, "index") == "no"

    @property
    def overlap_verdict(self) -> str:
        """Whether satisfaction and loyalty are two things: distinct, unclear, not_distinct, or empty."""
        at = self.overlap
        return discriminant_verdict(at.estimate, at.low, at.high, self.study.thresholds)


def analyse(
    answers: Answers,
    out: str | Path = "",
    replicates: int = 5000,
    seed: int = 1,
    missing: str = "pairwise",
    interval: str = "percentile",
) -> Findings:
    """Compute everything that the loyalty report tells.

    Parameters
    ----------
    answers : Answers
        Of one wave.
    out : str or Path
        Working folder in which the measurement report may have left its verdicts.
    replicates, seed : int
        Of the bootstrap.
    missing : {"pairwise", "listwise", "em"}
    interval : {"percentile", "bca"}

    Returns
    -------
    Findings
        What the study does not ask for, or the answers do not allow, is an empty frame.
    """
    basis = prepare(answers, replicates, seed, missing, interval)
    left = read_verdicts(Path(out), answers, basis.sample) if str(out) else None
    verdicts = _verdicts(basis, interval) if left is None else left
    loyalty = verdicts.loc[verdicts["construct"] == basis.roles.loyalty, "drop_item"]
    drop_item = "" if loyalty.empty or pd.isna(loyalty.iloc[0]) else str(loyalty.iloc[0])
    shown = levels(basis, drop_item)
    careless, moves = _careless(basis, shown.indices)
    return Findings(
        basis=basis,
        verdicts=verdicts,
        verdicts_read=left is not None,
        careless=careless,
        careless_moves=moves,
        overlap=_overlap(basis),
        levels=shown,
        bridge=bridge(basis),
        drivers=drivers(basis),
        structure=structure(basis),
        first=what_first(basis),
    )


def record(page: Page, *sections: Recorded) -> None:
    """Keep every number of some sections for ``metrics.csv``.

    Parameters
    ----------
    page : Page
    *sections
        Parts of `Findings` such as ``found.levels``.
    """
    for section in sections:
        for frame in section.frames:
            if len(frame):
                page.record(frame)


def key_numbers(found: Findings) -> str:
    """Key numbers as text, three decimals, one a line: what a change in the code must not move unseen.

    Parameters
    ----------
    found : Findings

    Returns
    -------
    str
    """
    picks = [
        (found.levels.indices, ("index_0_100",)),
        (found.levels.gap, ("index_difference",)),
        (found.levels.nps, ("nps",)),
        (found.bridge.quadrant, ("quadrant_share",)),
        (found.bridge.bend, ("quadratic",)),
        (found.drivers.target, ("r_squared", "relative_weight", "lmg")),
        (found.structure.model, ("path", "r_squared")),
        (found.structure.mediation, ("effect_through", "mediation_indirect")),
        (found.first.target, ("expected_gain", "probability_first")),
    ]
    lines = [f"n {found.answers.n}"]
    for frame, metrics in picks:
        rows = frame[frame["metric"].isin(metrics)]
        lines += [
            f"{row.metric} {row.subject} {row.estimate:z.3f} [{row.ci_low:z.3f}, {row.ci_high:z.3f}]"
            for row in rows.itertuples(index=False)
        ]
    return "\n".join(lines)


def _verdicts(basis: Basis, interval: str) -> pd.DataFrame:
    """Verdicts as the measurement report makes them: from the answers on their own scales."""
    sample = stats.bootstrap(
        basis.answers.scored,
        basis.weights,
        basis.sample.point.missing,
        basis.replicates,
        basis.seed,
        basis.answers.strata,
        basis.answers.clusters,
        kind=interval,
    )
    return verdicts_of(basis.answers, sample)


def _careless(basis: Basis, indices: pd.DataFrame) -> tuple[Value, bool]:
    """Share of respondents with a flag, and whether the index of satisfaction or loyalty hangs on them."""
    found = screened(basis.answers)
    if not found.rules.counted:
        return Value(), False
    flagged = (found.respondents["flags"] > 0).to_numpy(dtype=bool)
    moved = indices_moved(basis.answers, basis.sample, flagged, indices)
    heads = {basis.roles.satisfaction, basis.roles.loyalty}
    return value_of(found.summary, "careless_share", "any"), bool(heads & set(moved))


def _overlap(basis: Basis) -> Value:
    """HTMT of satisfaction and loyalty, where both are reflective."""
    roles = basis.roles
    blocks = basis.study.blocks(reflective_only=True)
    if not roles.has_both or not {roles.satisfaction, roles.loyalty} <= set(blocks):
        return Value()
    pair = {name: blocks[name] for name in (roles.satisfaction, roles.loyalty)}
    table = basis.attempt("overlap", lambda: stats.htmt_table(basis.sample, pair))
    return value_of(results.tidy(table), "htmt", stats.pair(roles.satisfaction, roles.loyalty))
