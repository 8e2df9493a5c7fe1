"""The plan of the fieldwork, ``[plan]``: response, clusters, cost, strata and quotas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from csat.errors import CsatError
from csat.study.allocation import FieldCost, allocate, design_effect, field_cost, quota_feasibility
from csat.study.definition import Study
from csat.study.fields import Table
from csat.study.problems import Problem, StudyError

RULES = ("proportional", "neyman", "equal")
_MONEY = ("fixed_cost", "invitation_cost", "answer_cost")


@dataclass(frozen=True)
class Stratum:
    """A part of the frame: its people, spread, response rate, and the answers that are wanted at least."""

    size: int
    sd: float = 1.0
    response_rate: float | None = None
    quota: int | None = None


@dataclass(frozen=True)
class FieldPlan:
    """How the answers are to be had.

    `n` is the respondents planned; `cluster_size` and `intraclass` describe respondents of one account or
    branch; `minimum` is the least of each stratum.
    """

    n: int
    response_rate: float = 1.0
    usable: float = 1.0
    cluster_size: float = 1.0
    intraclass: float = 0.0
    allocation: str = "proportional"
    minimum: int = 0
    fixed_cost: float = 0.0
    invitation_cost: float = 0.0
    answer_cost: float = 0.0
    currency: str = ""
    strata: Mapping[str, Stratum] = field(default_factory=dict)

    @property
    def design_effect(self) -> float:
        """Factor by which clustering inflates variances."""
        return design_effect(self.cluster_size, self.intraclass)

    @property
    def cost(self) -> FieldCost:
        """Invitations and money of one wave."""
        return field_cost(
            self.n, self.response_rate, self.fixed_cost, self.invitation_cost, self.answer_cost, self.usable
        )

    def table(self) -> pd.DataFrame:
        """Strata with the respondents of each.

        Returns
        -------
        pandas.DataFrame
            Columns `stratum, size, sd, n, invited, quota, feasible, expected`; empty without strata. `n` is
            the quota where there is one, else the allocation of what quotas leave.
        """
        columns = ["stratum", "size", "sd", "n", "invited", "quota", "feasible", "expected"]
        sizes = {name: s.size for name, s in self.strata.items()}
        rates = {name: s.response_rate or self.response_rate for name, s in self.strata.items()}
        rates = {name: rate * self.usable for name, rate in rates.items()}
        wanted = self._wanted(sizes)
        rows = [
            (
                q.cell,
                sizes[q.cell],
                self.strata[q.cell].sd,
                q.wanted,
                q.needed,
                self.strata[q.cell].quota,
                q.feasible,
                q.expected,
            )
            for q in quota_feasibility(wanted, sizes, rates)
        ]
        return pd.DataFrame(rows, columns=columns)

    def _wanted(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Respondents of each stratum."""
        fixed = {name: s.quota for name, s in self.strata.items() if s.quota is not None}
        free = {name: size for name, size in sizes.items() if name not in fixed}
        left = self.n - sum(fixed.values())
        sds = {name: self.strata[name].sd for name in free}
        shared = allocate(left, free, self.allocation, sds, self.minimum) if free and left > 0 else {}
        return {name: fixed.get(name, shared.get(name, 0)) for name in sizes}


def field_plan(study: Study) -> FieldPlan:
    """Plan of the fieldwork of a study.

    Parameters
    ----------
    study : Study
        The study; without a ``[plan]`` everybody who is invited answers.

    Returns
    -------
    FieldPlan
        Checked.

    Raises
    ------
    StudyError
        With everything that is wrong in ``[plan]``.
    """
    problems: list[Problem] = []
    plan = read_plan(study, problems)
    if problems:
        raise StudyError(problems, study.id)
    return plan


def read_plan(study: Study, problems: list[Problem]) -> FieldPlan:
    """Read the plan of a study; what is wrong goes to `problems`."""
    before = len(problems)
    raw = study.extras.get("plan", {})
    if not isinstance(raw, Mapping):
        problems.append(Problem("study.toml", "", "plan", "is not a table", "a table, [plan]"))
        raw = {}
    table = Table(raw, "[plan]", problems, study.languages)
    plan = FieldPlan(
        n=study.planned_n or 400,
        response_rate=_rate(table, "response_rate") or 1.0,
        usable=_rate(table, "usable") or 1.0,
        cluster_size=_at_least(table, "cluster_size", 1.0),
        intraclass=_at_least(table, "intraclass", 0.0, most=1.0),
        allocation=table.string("allocation", "proportional", choices=RULES),
        minimum=table.integer("minimum", 0, minimum=0) or 0,
        **{key: _at_least(table, key, 0.0) for key in _MONEY},
        currency=table.string("currency"),
        strata={name: _stratum(inner) for name, inner in table.tables("strata")},
    )
    table.finish()
    if len(problems) == before:
        _check(study, plan, table)
    return plan


def _stratum(table: Table) -> Stratum:
    """Read one stratum."""
    table.take("size", required=True, allowed="a whole number from 1 on")
    stratum = Stratum(
        size=table.integer("size", 1) or 1,
        sd=_at_least(table, "sd", 0.0, default=1.0),
        response_rate=_rate(table, "response_rate"),
        quota=table.integer("quota", None, minimum=0),
    )
    table.finish()
    return stratum


def _rate(table: Table, key: str) -> float | None:
    """Share above 0."""
    value = table.number(key)
    if value is not None and not 0 < value <= 1:
        table.note(key, f"{value:g} is no such share", "a number above 0, up to 1")
        return None
    return value


def _at_least(
    table: Table, key: str, least: float, most: float = 1e12, default: float | None = None
) -> float:
    """Return a number from a least one on."""
    usual = least if default is None else default
    value = table.number(key, usual)
    if value is None or not least <= value <= most:
        upper = f" to {most:g}" if most < 1e12 else " on"
        table.note(key, f"{value} is no such number", f"a number from {least:g}{upper}")
        return usual
    return value


def _check(study: Study, plan: FieldPlan, table: Table) -> None:
    """Note strata and quotas that contradict the frame, the plan, or the people there are."""
    if not plan.strata:
        return
    people = sum(s.size for s in plan.strata.values())
    if study.frame_size and people > study.frame_size:
        table.note("strata", f"they hold {people} people", f"at most frame_size, {study.frame_size}")
    quotas = sum(s.quota or 0 for s in plan.strata.values())
    if quotas > plan.n:
        table.note("strata", f"the quotas add up to {quotas}", f"at most planned_n, {plan.n}")
        return
    try:
        rows = plan.table()
    except CsatError as error:
        table.note("strata", str(error), "fewer planned respondents, a lower minimum, or larger strata")
        return
    for row in rows[~rows["feasible"] & rows["quota"].notna()].itertuples():
        wrong = f"the quota of {row.n} takes {row.invited} invitations, and there are {row.size} people"
        table.note(f"strata.{row.stratum}", wrong, f"a quota of at most {row.expected}")
