"""Figures and tables on drivers, the structural model, mediation and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from csat import stats
from csat.report.loyalty import telling_drivers as telling
from csat.report.loyalty import telling_first
from csat.report.loyalty.basis import rows_of, value_of, values_of
from csat.report.loyalty.drivers import map_frame, map_split
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.first import STEP
from csat.report.loyalty.showing import forest
from csat.report.loyalty.structure import edges, mediation_rows
from csat.report.loyalty.words import odds, target_word, write

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
        notes = {name: page.t("model.r2_note", value=fit.estimate) for name, fit in fits.items()}
        figure = path_diagram(
            {name: page.label(name) for name in found.study.model_blocks()},
            edges(found.structure),
            notes=notes,
            emphasis=[name for name in (found.roles.satisfaction, found.roles.loyalty) if name],
            lang=page.lang,
        )
    page.figure("model", figure, **telling.model_values(page, found))
    if figure is None:
        return
    page.metrics("model.paths", table, metrics=("path", "f_squared", "vif"), head="path")
    page.table("model.effects", _total_effects(page, found), heads=_effect_heads(page, found))


def _total_effects(page: Page, found: Findings) -> pd.DataFrame:
    """Total effects on satisfaction and loyalty, a row a construct, written."""
    table = found.structure.model
    ends = [end for end in (found.roles.satisfaction, found.roles.loyalty) if end]
    rows: list[dict[str, Any]] = []
    for source in found.study.model_blocks():
        effects = {end: value_of(table, "total_effect", stats.arrow(source, end)) for end in ends}
        if any(effect.known for effect in effects.values()):
            rows.append({"source": source} | {end: write(page, effect) for end, effect in effects.items()})
    return pd.DataFrame(rows)


def _effect_heads(page: Page, found: Findings) -> dict[Any, str]:
    """Heads of the table of total effects."""
    ends = [end for end in (found.roles.satisfaction, found.roles.loyalty) if end]
    return {end: page.t("model.effects.to", name=page.label(end)) for end in ends}


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
    page.metrics("mediation.table", rows, metrics=shown if at.by_paths else ols, head="driver")


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
        target = target_word(page, found)
        page.table(
            "first.table", _first_table(page, found), heads=_first_heads(page), step=STEP, target=target
        )


def _first_table(page: Page, found: Findings) -> pd.DataFrame:
    """Gains and chances of each driver, written."""
    first, roles = found.first, found.roles
    columns: dict[str, list[str]] = {"source": list(first.order)}
    for end in (roles.satisfaction, roles.loyalty):
        gains = [first.gain(driver, end) for driver in first.order] if end else []
        if any(gain.known for gain in gains):
            name = "satisfaction" if end == roles.satisfaction else "loyalty"
            columns[name] = [write(page, gain, 1) for gain in gains]
    if len(first.order) > 1:
        columns["first"] = [odds(page, first.probability(driver)) for driver in first.order]
    if len(first.order) > 3:
        top = [value_of(first.target, "probability_top_three", driver).estimate for driver in first.order]
        columns["top_three"] = [odds(page, share) for share in top]
    return pd.DataFrame(columns)


def _first_heads(page: Page) -> dict[Any, str]:
    """Heads of the table of what to do first."""
    names = ("satisfaction", "loyalty", "first", "top_three")
    return {"source": page.t("col.driver"), **{name: page.t(f"first.table.{name}") for name in names}}


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
