"""Tracking power: how small a change shows in a single wave and in runs of waves, for all and by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.design.plan_words import headline
from csat.report.design.plan_words import name as quantity_name

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.design.sample_plan import Plan, Quantity
    from csat.report.page import Page

RUNS = (1, 3, 6, 12)
"""Waves on either side of a comparison."""


def show_tracking(page: Page, plan: Plan, bench: Bench) -> None:
    """Show the smallest change that is seen between runs of waves, for everyone and by segment."""
    quantities = {f"{q.kind} {q.subject}": q for q in headline(plan)}
    rows = tracking(plan, bench, quantities)
    page.record(_recorded(rows, plan))
    page.say("tracking.sentence", **tracking_words(page, rows, quantities))
    look: dict[str, Any] = {
        "heads": {str(run): page.t("tracking.runs", n=run) for run in RUNS},
        "formats": dict.fromkeys(map(str, RUNS), _amount),
    }
    page.table(
        "tracking.table", _table(page, rows[rows["segment"] == ""], quantities), **look, power=plan.power
    )
    lead = _index(quantities, next(iter(quantities)))
    parts = rows[(rows["segment"] != "") & (rows["subject"] == lead)]
    if not parts.empty:
        named = quantity_name(page, quantities[lead])
        page.table("tracking.segments", _by_segment(page, parts), **look, named=named)


def _amount(value: float) -> str:
    """Write a change: two decimals below 1, else one."""
    return numbers.number(value, 2 if value < 1 else 1)


def tracking(plan: Plan, bench: Bench, quantities: dict[str, Quantity]) -> pd.DataFrame:
    """Smallest changes as `csat.study.tracking.tracking_plan` has them, shares in percentage points."""
    from csat.study.sampling import finite_population_factor
    from csat.study.tracking import tracking_plan

    # A segment is taken to be drawn at the same rate as everyone, so that the same correction holds for it.
    factor = finite_population_factor(plan.n, plan.frame_size)
    return tracking_plan(
        plan.n,
        {name: factor * quantity.sd * quantity.unit for name, quantity in quantities.items()},
        segment_shares(bench),
        RUNS,
        plan.power,
        minimum_base=bench.study.thresholds.minimum_base,
    )


def segment_shares(bench: Bench) -> dict[str, float]:
    """Share of respondents in each segment: as answered, else as the study expects, else equal."""
    if bench.segment:
        return {}
    shares: dict[str, float] = {}
    for segment in bench.study.segments.values():
        values = list(segment.values)
        told = bench.whole.shares.get(segment.column, {})
        found = {}
        if bench.answers is not None and segment.id in bench.answers.segments:
            found = dict(bench.answers.segments[segment.id].value_counts(normalize=True))
        left = max(0.0, 1 - sum(told.values())) / max(sum(value not in told for value in values), 1)
        for value in values:
            share = float(found.get(value, 0.0)) if found else float(told.get(value, left))
            if share > 0:
                shares[f"{segment.id}={value}"] = min(share, 1.0)
    return shares


def tracking_words(page: Page, rows: pd.DataFrame, quantities: dict[str, Quantity]) -> dict[str, Any]:
    """Values of the sentence: the change of the leading index in one wave and in runs of three."""
    lead = _index(quantities, next(iter(quantities)))
    own = rows[(rows["segment"] == "") & (rows["subject"] == lead)].set_index("months")["estimate"]
    quantity = quantities[lead]
    return {
        "named": quantity_name(page, quantity),
        "one": numbers.number(own[1], quantity.digits),
        "three": numbers.number(own[3], quantity.digits),
        "year": numbers.number(own[12], quantity.digits),
        "unit": page.t(f"plan.unit.{quantity.kind}"),
    }


def _index(quantities: dict[str, Quantity], otherwise: str) -> str:
    """Quantity that leads: the first index, where there is one."""
    return next((name for name, quantity in quantities.items() if quantity.kind == "index"), otherwise)


def _table(page: Page, rows: pd.DataFrame, quantities: dict[str, Quantity]) -> pd.DataFrame:
    """One row a quantity, one column a run of waves."""
    import pandas as pd

    table = []
    for name, own in rows.groupby("subject", sort=False):
        cells = dict(zip(own["months"].map(str), own["estimate"].astype(float), strict=True))
        table.append({"quantity": quantity_name(page, quantities[str(name)]), **cells})
    return pd.DataFrame(table)


def _by_segment(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a segment with its respondents a wave, one column a run of waves."""
    import pandas as pd

    table = []
    for name, own in rows.groupby("segment", sort=False):
        small = (own["flag"] == "small").any()
        count = int(own["n"].iloc[0])
        cells = dict(zip(own["months"].map(str), own["estimate"].astype(float), strict=True))
        size = page.t("tracking.small", n=count) if small else numbers.count(count)
        table.append({"segment": page.label(str(name)), "size": size, **cells})
    return pd.DataFrame(table)


def _recorded(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Tidy rows with names of their own: quantity, segment and run."""
    subject = rows["subject"].str.split(" ").str[1]
    where = rows["segment"].map(lambda text: f"[{text}]" if text else "")
    runs = rows["months"].map(lambda run: "" if run == 1 else f"@{run} waves")
    metric = rows["metric"] + "_" + rows["subject"].str.split(" ").str[0]
    return rows.assign(metric=metric, subject=subject + where + runs).drop(
        columns=["segment", "months", "flag"]
    )
