"""Figures and tables on drivers, the structural model, mediation and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from csat import stats
from csat.report.loyalty import telling_drivers as telling
from csat.report.loyalty import telling_first
from csat.report.loyalty.basis import rows_of, values_of
from csat.report.loyalty.drivers import TOP, map_frame, map_split
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.first import STEP
from csat.report.loyalty.showing import forest
from csat.report.loyalty.structure import edges, mediation_rows
from csat.report.loyalty.words import notes, odds, target_word

if TYPE_CHECKING:
    from csat.report.page import Page

MOST_MEDIATED = 8
"""Constructs that the figure of mediation shows, those with the strongest effect."""


# ---- 5 drivers ---------------------------------------------------------------------------------------------


def show_drivers(page: Page, found: Findings) -> None:
    """Figure and table of importance."""
    table = found.drivers.target
    groups = [("relative", "relative_weight_share"), ("lmg", "lmg_share")]
    parts = [(page.t(f"drivers.{name}"), rows_of(table, metric)) for name, metric in groups]
    figure = None
    if found.drivers.order:
        figure = forest(page, parts, found.drivers.order, digits=0, unit="", xlabel=page.t("drivers.axis"))
    page.figure("drivers", figure, **telling.importance_values(page, found))
    if figure is None:
        return
    shown = ("relative_weight", "lmg", "beta", "vif")
    rows = _by_source(table[table["metric"].isin(shown)], list(found.drivers.order))
    target = target_word(page, found)
    page.metrics("drivers.table", rows, metrics=shown, head="driver", target=target)


def show_loyalty_drivers(page: Page, found: Findings) -> None:
    """Figure of what explains loyalty."""
    rows = rows_of(found.drivers.loyalty, "relative_weight_share")
    figure = None
    if len(rows):
        rows = rows.sort_values("estimate", ascending=False, kind="stable")
        figure = forest(page, [("", rows)], digits=0, xlabel=page.t("drivers.axis"))
    page.figure("drivers.loyalty", figure, **telling.loyalty_values(page, found))


def show_map(page: Page, found: Findings) -> None:
    """Importance-performance map."""
    from csat.report.figures.common import named_points

    frame = map_frame(found.basis, found.drivers, found.levels.indices)
    figure = None
    if len(frame) > 1:
        corners = ("weak_important", "strong_important", "weak_minor", "strong_minor")
        figure = named_points(
            frame.assign(label=[page.label(name) for name in frame["driver"]]),
            lang=page.lang,
            xlabel=page.t("drivers.map.x"),
            ylabel=page.t("drivers.map.y"),
            split=map_split(frame),
            corners=[page.t(f"drivers.map.{corner}") for corner in corners],
            ylimits=(0, min(100.0, 1.25 * float(frame["y_high"].max()))),
        )
    page.figure("drivers.map", figure, **telling.map_values(page, found))


def _by_source(table: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Rows of arrows with their beginning as subject, in an order."""
    rows = table.assign(subject=table["subject"].astype(str).str.split(stats.ARROW).str[0])
    at = {name: place for place, name in enumerate(order)}
    return rows.sort_values("subject", key=lambda names: names.map(at), kind="stable")


# ---- 6 model, 7 mediation ----------------------------------------------------------------------------------


def show_model(page: Page, found: Findings) -> None:
    """Path diagram, table of the paths, and total effects on satisfaction and loyalty."""
    from csat.report.figures.common import path_diagram

    table = found.structure.model
    figure = None
    if len(table):
        fits = values_of(table, "r_squared")
        inside = {name: page.t("model.r2_note", value=fit.estimate) for name, fit in fits.items()}
        figure = path_diagram(
            {name: page.label(name) for name in found.study.model_blocks()},
            edges(found.structure),
            notes=inside,
            emphasis=[name for name in (found.roles.satisfaction, found.roles.loyalty) if name],
            lang=page.lang,
        )
    page.figure("model", figure, **telling.model_values(page, found))
    if figure is None:
        return
    there = [name for name in ("f_squared", "vif") if len(rows_of(table, name))]
    told = notes(page, "model.paths", there)
    page.metrics("model.paths", table, metrics=("path", "f_squared", "vif"), head="path", told=told)
    page.metrics("model.effects", _total_effects(found), head="source")


def _total_effects(found: Findings) -> pd.DataFrame:
    """Total effects on satisfaction and on loyalty: subject the construct, a metric a target."""
    rows = rows_of(found.structure.model, "total_effect")
    names = rows["subject"].astype(str)
    rows = rows.assign(subject=names.str.split(stats.ARROW).str[0])
    ends = names.str.split(stats.ARROW).str[-1]
    frames = [
        rows[ends == target].assign(metric=f"total_on_{name}")
        for name, target in (("satisfaction", found.roles.satisfaction), ("loyalty", found.roles.loyalty))
        if target
    ]
    order = {name: place for place, name in enumerate(found.study.model_blocks())}
    table = stats.stack(frames)
    return table.sort_values("subject", key=lambda names: names.map(order), kind="stable")


def show_mediation(page: Page, found: Findings) -> None:
    """Figure and table of the effects that run through satisfaction."""
    at, figure = found.structure, None
    rows = mediation_rows(found.basis, at) if len(at.mediation) else at.mediation
    metrics = ("effect_through", "total_effect") if at.by_paths else ("mediation_indirect", "mediation_total")
    if len(rows):
        strength = rows_of(rows, metrics[0]).sort_values("estimate", key=abs, ascending=False, kind="stable")
        order = [name for name in at.mediated if name in set(strength["subject"][:MOST_MEDIATED])]
        groups = [("through", metrics[0]), ("total", metrics[1])]
        parts = [(page.t(f"mediation.{name}"), rows_of(rows, metric)) for name, metric in groups]
        figure = forest(page, parts, order, references=[(0, "")], xlabel=page.t("mediation.axis"))
    values = telling.mediation_values(page, found)
    page.figure("mediation" if at.by_paths or figure is None else "mediation.ols_figure", figure, **values)
    if figure is None:
        return
    shown = ("indirect_effect", "effect_through", "effect_past", "total_effect")
    ols = ("mediation_indirect", "mediation_direct", "mediation_total")
    columns = shown if at.by_paths else ols
    explained = ("indirect_effect", "effect_through", "effect_past", "mediation_indirect")
    there = [name for name in columns if name in explained and rows_of(rows, name)["estimate"].notna().any()]
    told = notes(page, "mediation.table", there)
    page.metrics("mediation.table", rows, metrics=columns, head="driver", told=told)


# ---- 8 what first ------------------------------------------------------------------------------------------


def show_first(page: Page, found: Findings) -> None:
    """Figure and table of what to do first."""
    first, figure = found.first, None
    if first.order:
        groups = [("target.satisfaction" if found.roles.satisfaction else "target.loyalty", first.target)]
        groups += [("target.loyalty", first.loyalty)] if len(first.loyalty) else []
        parts = [
            (page.t(key) if len(groups) > 1 else "", rows_of(rows, "expected_gain")) for key, rows in groups
        ]
        look: dict[str, Any] = {"digits": 1, "references": [(0, "")], "xlabel": page.t("first.axis")}
        figure = forest(page, parts, first.order, **look)
    page.figure("first", figure, **telling_first.gain_values(page, found))
    if figure is not None:
        target, extra = target_word(page, found), _chances(page, found)
        told = notes(page, "first.table", ["gain", *extra], step=STEP, target=target)
        page.metrics("first.table", _gains(found), None, 1, extra, "driver", told=told)


def _gains(found: Findings) -> pd.DataFrame:
    """Lay out the expected gains: subject the driver, a metric a target."""
    first, roles = found.first, found.roles
    frames = []
    for name, target in (("satisfaction", roles.satisfaction), ("loyalty", roles.loyalty)):
        wanted = [stats.arrow(driver, target) for driver in first.order] if target else []
        rows = rows_of(stats.stack([first.target, first.loyalty]), "expected_gain", wanted)
        driver = rows["subject"].astype(str).str.split(stats.ARROW).str[0]
        frames.append(rows.assign(subject=driver, metric=f"gain_{name}"))
    return stats.stack(frames)


def _chances(page: Page, found: Findings) -> dict[str, dict[str, str]]:
    """Chances to be first and, with more than three drivers, among the first three."""
    wanted = {"chance_first": "probability_first"} if len(found.first.order) > 1 else {}
    if len(found.first.order) > TOP:
        wanted["chance_top_three"] = "probability_top_three"
    return {
        name: {
            driver: odds(page, share.estimate)
            for driver, share in values_of(found.first.target, metric).items()
        }
        for name, metric in wanted.items()
    }


def show_items(page: Page, found: Findings) -> None:
    """Table of the questions inside the first driver."""
    rows = rows_of(found.first.items, "item_performance")
    if not found.first.driver:
        return
    values = {"driver": page.label(found.first.driver), "target": target_word(page, found)}
    table = found.first.items if len(rows) > 1 else None
    lowest = {
        item: odds(page, chance.estimate)
        for item, chance in values_of(found.first.items, "probability_lowest").items()
    }
    page.metrics(
        "first.items",
        table,
        metrics=("item_performance", "item_gain"),
        digits={"item_performance": 0, "item_gain": 2},
        extra={"lowest": lowest},
        head="part",
        **values,
    )
