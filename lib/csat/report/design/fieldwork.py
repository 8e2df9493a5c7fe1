"""The fieldwork that a sample plan takes: invitations, cost, strata and quotas, clusters, or a census."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report import numbers

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.design.sample_plan import Plan
    from csat.report.page import Page
    from csat.study.field_plan import FieldPlan


def show_fieldwork(page: Page, plan: Plan, bench: Bench) -> None:
    """Show what the fieldwork takes where the study plans it, and advise a census of a small frame.

    Parameters
    ----------
    page : Page
        The page.
    plan : Plan
        See `csat.report.design.sample_plan.make_plan`.
    bench : Bench
        The study; its ``[plan]`` is about everyone, so a segment has none.
    """
    from csat.errors import CsatError
    from csat.study.field_plan import field_plan

    told = census(plan)
    if "plan" not in bench.study.extras or bench.segment:
        return page.bullets(told)
    try:
        field = field_plan(bench.study)
        strata = field.table()
    except CsatError as error:
        return page.bullets([*told, ("fieldwork.problem", {"problem": str(error)})])
    page.bullets([*told, *field_sentences(field)])
    if not strata.empty:
        page.table("fieldwork.table", strata_table(page, strata), n=field.n, rule=_rule(page, field))


def census(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """Advice to ask everybody, where a share within five points would take half of the frame or more."""
    from csat.study.sizes import census_advice

    if not plan.frame_size:
        return []
    advice = census_advice(plan.frame_size)
    values = {"people": advice.frame_size, "n": advice.n, "share": advice.share}
    return [("fieldwork.census", values)] if advice.census else []


def field_sentences(field: FieldPlan) -> list[tuple[str, dict[str, Any]]]:
    """Sentences on invitations, cost and clusters; for `Page.bullets`."""
    cost, effect = field.cost, field.design_effect
    rates = {"rate": field.response_rate, "usable": field.usable}
    told: list[tuple[str, dict[str, Any]]] = [
        ("fieldwork.invited", {"n": field.n, "invited": cost.invited, **rates})
    ]
    if cost.total > 0:
        money = {"total": cost.total, "each": cost.per_answer, "currency": field.currency}
        told.append(("fieldwork.cost" if field.currency else "fieldwork.cost_bare", money))
    if effect > 1:
        worth = int(field.n / effect)
        told.append(("fieldwork.clusters", {"n": field.n, "effect": effect, "worth": worth}))
    return told


def strata_table(page: Page, strata: pd.DataFrame) -> pd.DataFrame:
    """Table of the strata: people, answers, invitations, and whether the people suffice."""
    enough = [
        page.t(
            "fieldwork.enough" if row.feasible else "fieldwork.short", expected=numbers.count(row.expected)
        )
        for row in strata.itertuples()
    ]
    table = strata[["stratum", "size", "n", "invited"]].rename(columns={"size": "people", "n": "answers"})
    return table.assign(feasible=enough)


def _rule(page: Page, field: FieldPlan) -> str:
    """Name of the rule by which answers are shared out."""
    return page.t(f"fieldwork.rule.{field.allocation}")
