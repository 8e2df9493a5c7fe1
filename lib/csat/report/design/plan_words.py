"""The sample plan as a reader sees it: tables, curves and sentences in the page's language."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.design.sample_plan import Plan, Quantity, curves, sizes_needed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from csat.report.design.bench import Bench
    from csat.report.page import Page

_PANELS = 4
_ALPHA_WIDTH = 0.1


def planned_table(page: Page, plan: Plan) -> pd.DataFrame:
    """Each quantity at the plan's own size: its margin of error, the smallest change seen, its assumption."""
    import pandas as pd

    rows = curves(plan, [plan.n])
    table = []
    for quantity in plan.quantities:
        own = rows[rows["metric"].str.endswith(f"_{quantity.kind}") & (rows["subject"] == quantity.subject)]
        precise, change = (float(value) * quantity.unit for value in own["estimate"])
        table.append(
            {
                "quantity": name(page, quantity),
                "margin": _amount(page, quantity, precise, "±"),
                "change": _amount(page, quantity, change),
                "assumption": assumption(page, quantity),
            }
        )
    return pd.DataFrame(table)


def ladder(page: Page, plan: Plan, what: str) -> dict[str, Any]:
    """Ladder of sizes: one row a size, one column a quantity.

    Parameters
    ----------
    page : Page
    plan : Plan
    what : {"margin_of_error", "minimum_detectable_change"}

    Returns
    -------
    dict
        ``frame``, ``heads`` and ``formats``, as `Page.table` takes them.
    """
    import pandas as pd

    sign = "±" if what == "margin_of_error" else ""
    rows = curves(plan, plan.sizes)
    table: dict[str, list[Any]] = {"size": [_size_name(page, plan, n) for n in plan.sizes]}
    heads, formats = {}, {}
    for quantity in plan.quantities:
        own = rows[rows["metric"] == f"{what}_{quantity.kind}"]
        own = own[own["subject"].str.split("@").str[0] == quantity.subject].sort_values("n")
        column = f"{quantity.kind} {quantity.subject}"
        table[column] = [quantity.unit * value for value in own["estimate"]]
        heads[column] = name(page, quantity)
        formats[column] = _form(sign, quantity.digits)
    return {"frame": pd.DataFrame(table), "heads": heads, "formats": formats}


def plan_figure(page: Page, plan: Plan, what: str) -> Figure | None:
    """Curves of a margin of error, or of the smallest change that shows, over the sample size."""
    from csat.report.figures.design import size_curves

    chosen = headline(plan)
    low, high = min(plan.sizes), max(plan.sizes)
    steps = {round(low * (high / low) ** (i / 60)) for i in range(61)}
    rows = curves(plan, sorted(steps | set(plan.sizes)))
    names = {(f"{what}_{q.kind}", q.subject): q for q in chosen}
    keys = list(zip(rows["metric"], rows["subject"].str.split("@").str[0], strict=True))
    rows = rows.assign(order=[list(names).index(key) if key in names else -1 for key in keys])
    rows = rows[rows["order"] >= 0].sort_values(["order", "n"])
    picked = [chosen[i] for i in rows["order"]]
    rows = rows.assign(
        panel=[name(page, q) for q in picked],
        digits=[q.digits for q in picked],
        estimate=rows["estimate"] * [q.unit for q in picked],
    )
    return size_curves(
        rows,
        planned=plan.n,
        ladder=plan.sizes,
        planned_label=page.t("plan.mark", n=plan.n, value="{value}"),
        xlabel=page.t("plan.axis"),
        prefix="±" if what == "margin_of_error" else "",
        lang=page.lang,
    )


def plan_words(page: Page, plan: Plan) -> dict[str, Any]:
    """Values for the sentences of the sample plan."""
    rows = curves(plan, [plan.n])
    margins, changes = [], []
    for quantity in headline(plan):
        own = rows[rows["metric"].str.endswith(f"_{quantity.kind}") & (rows["subject"] == quantity.subject)]
        precise, change = (float(value) * quantity.unit for value in own["estimate"])
        said = {"label": _label(page, quantity), **_range(quantity)}
        margins.append(page.t(f"plan.said.{quantity.kind}", amount="±" + _plain(precise), **said))
        changes.append(page.t(f"plan.said.{quantity.kind}", amount=_plain(change), **said))
    return {
        "n": plan.n,
        "people": plan.frame_size,
        "margins": margins,
        "changes": changes,
        "margin": margins[0],
        "change": changes[0],
        "power": plan.power,
        "effect": plan.design_effect,
        "wider": math.sqrt(plan.design_effect) - 1,
    }


def plan_basis(page: Page, plan: Plan, bench: Bench) -> list[tuple[str, dict[str, Any]]]:
    """Sentences that say what the plan rests on: size, frame, spread, weights; for `Page.bullets`."""
    words = plan_words(page, plan)
    found = any(quantity.basis == "answers" for quantity in plan.quantities)
    keys = [f"plan.origin.{plan.origin}", "plan.frame_known" if plan.frame_size else "plan.frame_unknown"]
    keys.append("plan.spread_answers" if found else "plan.spread_cautious")
    keys += ["plan.weighted"] if plan.design_effect > 1.001 else []
    keys += [] if any(quantity.kind == "nps" for quantity in plan.quantities) else ["plan.no_nps"]
    told = [(key, words) for key in keys]
    return [*told, ("plan.problem", {"problem": bench.problem})] if bench.problem else told


def need_table(plan: Plan) -> pd.DataFrame:
    """Table of the answers needed for a margin of a share."""
    rows = sizes_needed(plan)
    return rows.assign(margin_points="±" + rows["subject"], needed=rows["estimate"])[
        ["margin_points", "needed"]
    ]


def alpha_sentence(bench: Bench) -> str:
    """Key of the sentence above the table of alpha's intervals."""
    return "alpha.cautious" if bench.answers is None else "alpha.answers"


def key_numbers(plan: Plan, alphas: pd.DataFrame) -> str:
    """Lines of rounded numbers that a change of code or data would not leave as they are."""
    rows = curves(plan, [plan.n])
    lines = [f"{row.metric}  {row.subject}  {row.estimate:.3f}" for row in rows.itertuples(index=False)]
    lines += [f"{row.metric}  {row.subject}  {row.estimate:.3f}" for row in alphas.itertuples(index=False)]
    return "\n".join([f"n  {plan.n}", *lines])


def name(page: Page, quantity: Quantity) -> str:
    """Name of a quantity in the page's language."""
    return page.t(f"plan.name.{quantity.kind}", label=_label(page, quantity), **_range(quantity))


def assumption(page: Page, quantity: Quantity) -> str:
    """Say where the plan takes the spread of a quantity from."""
    key = f"plan.assumed.{quantity.kind}_{quantity.basis}"
    promoters, detractors = quantity.shares
    return page.t(key, sd=quantity.sd, promoters=promoters, detractors=detractors)


def headline(plan: Plan) -> tuple[Quantity, ...]:
    """Pick the quantities for sentences and figures: the commonest mean, the first index, the share, NPS."""
    first: dict[str, Quantity] = {}
    for quantity in plan.quantities:
        first.setdefault(quantity.kind, quantity)
    return tuple(first.values())[:_PANELS]


def _form(sign: str, digits: int) -> Callable[[Any], str]:
    """Format of a column of the ladder."""
    return lambda value: sign + numbers.number(value, digits)


def _label(page: Page, quantity: Quantity) -> str:
    """Label of the construct or item that a quantity belongs to."""
    return page.label(quantity.subject) if quantity.kind in ("index", "nps") else ""


def _range(quantity: Quantity) -> dict[str, str]:
    """Write the range of the scale of a mean."""
    return {"range": quantity.subject.replace("-", "–", 1) if quantity.kind == "mean" else ""}


def _amount(page: Page, quantity: Quantity, value: float, prefix: str = "") -> str:
    """Write an amount with its unit."""
    text = prefix + numbers.number(value, quantity.digits)
    return page.t("plan.amount", amount=text, unit=page.t(f"plan.unit.{quantity.kind}"))


def _plain(value: float) -> str:
    """Write an amount for a sentence: two figures that count."""
    return numbers.number(value, 0 if value >= 10 else 1 if value >= 1 else 2)


def _size_name(page: Page, plan: Plan, n: int) -> str:
    """Write a size; the plan's own is named."""
    return page.t(f"plan.size.{plan.origin}", n=n) if n == plan.n else numbers.count(n)


def alpha_table(page: Page, frame: pd.DataFrame) -> pd.DataFrame:
    """Table of alpha's intervals, and whether each is clear of the study's bar."""
    import pandas as pd

    from csat.study.sizes import sample_size_alpha

    if frame.empty:
        return frame
    bar = page.study.thresholds.reliability
    return pd.DataFrame(
        {
            "construct": frame["subject"],
            "items": frame["items"],
            "alpha": frame["alpha"],
            "interval": [
                page.words.interval(low, high)
                for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
            ],
            "width": frame["estimate"],
            "bonett": [
                sample_size_alpha(_ALPHA_WIDTH, items, alpha)
                for items, alpha in zip(frame["items"], frame["alpha"], strict=True)
            ],
            "verdict": [
                page.t(
                    "alpha.above" if low >= bar else "alpha.below" if high < bar else "alpha.open", bar=bar
                )
                for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
            ],
        }
    )
