"""Rehearsal: how often the study's own model would come out right, on simulated samples of each size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from csat.report import numbers

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.design.sample_plan import Plan
    from csat.report.page import Page
    from csat.study.simulate import Truth

SIZES = (50, 100, 200, 400, 800, 2000)
"""Sizes that are rehearsed beside the plan's own."""

ENOUGH = 0.8
"""Probability from which a result counts as safe."""


def show_rehearsal(page: Page, plan: Plan, bench: Bench) -> None:
    """Show the probability that paths, the first driver and reliability verdicts come out right."""
    from csat.report.design.model_power import model_power

    most = plan.frame_size or math.inf
    sizes = sorted({plan.n, *(n for n in SIZES if n <= most)})
    rows = model_power(bench.study, sizes, truth=population(bench))
    if rows.empty:
        page.table("rehearsal.path", rows)
        return
    page.record(_recorded(rows, plan.n))
    declared = "truth" in bench.whole.extras
    page.say("rehearsal.declared" if declared else "rehearsal.assumed")
    page.bullets(rehearsal_bullets(page, rows, plan.n))
    heads: dict[Any, str] = {str(n): numbers.count(n) for n in sizes}
    formats: dict[Any, Any] = {"truth": 2, **dict.fromkeys(heads, "pct")}
    for key in ("path", "reliability"):
        table = power_table(rows[rows["metric"] == f"power_{key}"], sizes)
        page.table(f"rehearsal.{key}", table, formats=formats, heads=heads)


def population(bench: Bench) -> Truth:
    """Take the population that the study declares, as far as this version asks about it."""
    from csat.study.simulate import truth_of

    told, kept = truth_of(bench.whole), bench.study.constructs
    return replace(
        told,
        paths={pair: value for pair, value in told.paths.items() if set(pair) <= set(kept)},
        correlations={pair: value for pair, value in told.correlations.items() if set(pair) <= set(kept)},
    )


def rehearsal_bullets(page: Page, rows: pd.DataFrame, n: int) -> list[tuple[str, dict[str, Any]]]:
    """Say what the plan's own size can be trusted with, or that the size is too small for the model."""
    here = rows[rows["n"] == n]
    if here.empty:
        return [("rehearsal.too_small", {"n": n})]
    told: list[tuple[str, dict[str, Any]]] = []
    for metric in ("power_path", "power_reliability"):
        own = here[here["metric"] == metric]
        if not own.empty:
            safe = int((own["estimate"] >= ENOUGH).sum())
            weak = own.sort_values("estimate").iloc[0]
            values = {
                "n": n,
                "safe": safe,
                "all": len(own),
                "enough": ENOUGH,
                "weakest": page.subject(str(weak["subject"])),
                "least": float(weak["estimate"]),
            }
            told.append((f"rehearsal.{metric}" if safe < len(own) else f"rehearsal.{metric}_all", values))
    tops = here[here["metric"] == "power_top_driver"]
    if not tops.empty:
        texts = [
            page.t("rehearsal.top", target=page.subject(str(row.subject)), share=row.estimate)
            for row in tops.itertuples(index=False)
        ]
        told.append(("rehearsal.power_top_driver", {"n": n, "targets": page.t("map.semicolon").join(texts)}))
    return told


def power_table(rows: pd.DataFrame, sizes: Sequence[int]) -> pd.DataFrame:
    """One row a path or construct with its true value, one column a size, probabilities as percentages."""
    import pandas as pd

    table = []
    for subject, own in rows.groupby("subject", sort=False):
        found = dict(zip(own["n"], own["estimate"], strict=True))
        cells = {str(n): float(found.get(n, math.nan)) for n in sizes}
        table.append({"subject": str(subject), "truth": float(own["truth"].iloc[0]), **cells})
    return pd.DataFrame(table)


def _recorded(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """Tidy rows; sizes other than the plan's own are named in the subject."""
    at = rows["n"].map(lambda size: "" if size == n else f"@{size}")
    return rows.assign(subject=rows["subject"] + at).drop(columns="truth")
