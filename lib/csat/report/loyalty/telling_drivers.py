"""Sentences on what drives satisfaction and loyalty, on the structural model, and on mediation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from csat import stats
from csat.report import numbers
from csat.report.loyalty.basis import Value, rows_of, value_of, values_of
from csat.report.loyalty.drivers import TOP, improve_first, map_frame, map_split, undecided
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.first import LIKELY, SURE
from csat.report.loyalty.structure import HIGH_VIF, mediation_rows, troubles
from csat.report.loyalty.words import (
    MOST_NAMED,
    Said,
    base,
    in_percent,
    named_values,
    names,
    odds,
    percent,
    target_word,
    tell,
    write,
)

if TYPE_CHECKING:
    from csat.report.page import Page


def certainty(probability: float, overlap: bool = False) -> str:
    """How sure an order is: ``clear``, ``overlap`` (clear, but hardly told apart), ``likely``, ``open``."""
    if probability >= SURE:
        return "overlap" if overlap else "clear"
    return "likely" if probability >= LIKELY else "open"


def overlapping_drivers(found: Findings) -> list[tuple[str, str]]:
    """Pairs of drivers that the measurement report cannot tell apart."""
    order = found.drivers.order
    return [(one, two) for at, one in enumerate(order) for two in found.overlap_with(one, order[at + 1 :])]


# ---- 5 drivers ---------------------------------------------------------------------------------------------


def first_chance(found: Findings, driver: str) -> float:
    """Share of the replicates in which a driver has the largest relative weight."""
    return value_of(found.drivers.ranks, "importance_probability_first", driver).estimate


def driver_order(found: Findings) -> str:
    """How sure it is which driver matters most: see `certainty`, or ``one`` (the only one)."""
    order = found.drivers.order
    if len(order) < 2:
        return "one" if order else ""
    return certainty(first_chance(found, order[0]), bool(found.overlap_with(order[0], order[1:2])))


def tell_drivers(page: Page, found: Findings) -> None:
    """Say what counts as a driver, which matters most, and how sure that is."""
    if not found.drivers.order:
        return
    roles, target = found.roles, target_word(page, found)
    said: list[Said] = [("drivers.rule", {"target": target, "names": names(page, roles.drivers)})]
    if roles.context:
        said.append(("drivers.context", {"names": names(page, roles.context), "k": len(roles.context)}))
    fit = value_of(found.drivers.target, "r_squared", roles.target)
    said.append(("drivers.fit", {"r2": percent(page, fit), "target": target}))
    tell(page, said)
    tell(page, _order_said(page, found))


def _order_said(page: Page, found: Findings) -> list[Said]:
    """Say how sure the order of the drivers is."""
    order = found.drivers.order
    said: list[Said] = [(f"drivers.order_{driver_order(found)}", _order_values(page, found))]
    if len(order) > TOP:
        chance = odds(page, found.drivers.top_set)
        said.append(("drivers.top_set", {"names": names(page, order[:TOP]), "chance": chance}))
    if len(order) > 1:
        lmg = rows_of(found.drivers.target, "lmg")
        if lmg["estimate"].notna().all():
            ranked = lmg.sort_values("estimate", ascending=False, kind="stable")["subject"]
            other = tuple(str(subject).split(stats.ARROW)[0] for subject in ranked)
            top = "agree_top" if other[:TOP] == order[:TOP] else "disagree"
            said.append((f"drivers.{'agree' if other == order else top}", {}))
        said += _overlap_said(page, found)
        worst = float(rows_of(found.drivers.target, "vif")["estimate"].max())
        if worst >= HIGH_VIF:
            said.append(("drivers.vif", {"vif": worst}))
    return said


def _overlap_said(page: Page, found: Findings) -> list[Said]:
    """Say which drivers cannot be told apart, or not from what they drive."""
    said: list[Said] = []
    pairs = overlapping_drivers(found)
    if pairs:
        told = [" ↔ ".join(names(page, pair)) for pair in pairs]
        said.append(("drivers.overlap", {"pairs": told, "k": len(pairs)}))
    same = found.overlap_with(found.roles.target, found.drivers.order)
    if same:
        values = {"names": names(page, same), "target": page.label(found.roles.target), "k": len(same)}
        said.append(("drivers.overlap_target", values))
    return said


def _order_values(page: Page, found: Findings) -> dict[str, str]:
    """First and second driver with the chance that the first is first."""
    order = found.drivers.order
    values = {"first": page.label(order[0]), "chance": odds(page, first_chance(found, order[0]))}
    return values | {"second": page.label(order[1]) if len(order) > 1 else ""}


def importance_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of importance."""
    if not found.drivers.order:
        return {"message": "", "target": "", "listed": "", "n": 0}
    target = target_word(page, found)
    message = page.t(f"drivers.headline_{driver_order(found)}", target=target, **_order_values(page, found))
    rows = rows_of(found.drivers.target, "relative_weight_share")
    return {"message": message, "target": target, "listed": _shares(page, rows), "n": rows["n"].min()}


def loyalty_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of what explains loyalty."""
    rows = rows_of(found.drivers.loyalty, "relative_weight_share")
    if rows.empty:
        return {"message": "", "listed": "", "r2": "", "n": 0}
    rows = rows.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    first, second = (_source(rows, at) for at in (0, min(1, len(rows) - 1)))
    kind = "one" if len(rows) == 1 else "clear" if rows["ci_low"][0] > rows["ci_high"][1] else "likely"
    values = {"first": page.label(first), "second": page.label(second), "target": page.t("target.loyalty")}
    fit = value_of(found.drivers.loyalty, "r_squared", found.roles.loyalty)
    message = page.t(f"drivers.headline_{kind}", **values)
    return {
        "message": message,
        "listed": _shares(page, rows),
        "r2": percent(page, fit),
        "n": rows["n"].min(),
    }


def tell_loyalty_drivers(page: Page, found: Findings) -> None:
    """Say how much of loyalty is explained, and what was left out because it is loyalty itself."""
    said: list[Said] = []
    if not found.drivers.loyalty.empty:
        fit = value_of(found.drivers.loyalty, "r_squared", found.roles.loyalty)
        said.append(("drivers.loyalty.text", {"r2": percent(page, fit)}))
    gone = found.roles.set_aside
    if gone and found.roles.loyalty:
        said.append(("drivers.set_aside", {"items": names(page, gone), "k": len(gone)}))
    tell(page, said)


def tell_map(page: Page, found: Findings) -> None:
    """Say what stands where on the map, and what its place is sure of."""
    frame = map_frame(found.basis, found.drivers, found.levels.indices)
    if len(frame) < 2:
        return
    across, along = map_split(frame)
    first, unsure = improve_first(frame), undecided(frame)
    said: list[Said] = [("drivers.map.text", {"across": across, "along": along})]
    said.append(
        ("drivers.map.first", {"names": names(page, first)}) if first else ("drivers.map.first_none", {})
    )
    if len(unsure) == len(frame):
        said.append(("drivers.map.unsure_all", {}))
    elif unsure:
        said.append(("drivers.map.unsure", {"names": names(page, unsure), "k": len(unsure)}))
    tell(page, said)


def map_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the importance-performance map."""
    frame = map_frame(found.basis, found.drivers, found.levels.indices)
    if len(frame) < 2:
        return {"message": "", "listed": "", "base": ""}
    first = improve_first(frame)
    kind = "none" if not first else "unsure" if set(first) & set(undecided(frame)) else "first"
    wanted: dict[str, dict[str, Any]] = {"none": {}, "unsure": {"names": names(page, first)}}
    wanted["first"] = {"names": names(page, first), "k": len(first)}
    message = page.t(f"drivers.map.headline_{kind}", **wanted[kind])
    points = zip(frame["driver"], frame["x"], frame["y"], strict=True)
    pairs = [(str(name), f"{numbers.number(x, 0)}; {numbers.number(y, 0)}%") for name, x, y in points]
    listed = named_values(page, pairs)
    n = rows_of(found.levels.indices, "index_0_100", list(found.roles.drivers))["n"]
    return {"message": message, "listed": page.join(listed), "base": base(page, n.tolist())}


def _source(rows: pd.DataFrame, at: int) -> str:
    """Where an arrow of a table begins."""
    return str(rows["subject"].iloc[at]).split(stats.ARROW)[0]


def _shares(page: Page, rows: pd.DataFrame) -> str:
    """Shares of the drivers in words, for the alternative text."""
    shares = values_of(rows, "relative_weight_share")
    pairs = [
        (name.split(stats.ARROW)[0], in_percent(page, Value(share.estimate)))
        for name, share in shares.items()
    ]
    return page.join(named_values(page, pairs))


# ---- 6 model -----------------------------------------------------------------------------------------------


def tell_model(page: Page, found: Findings) -> None:
    """Say what the model explains, which paths are proven, and what is the matter with it."""
    table = found.structure.model
    if table.empty:
        return
    _warn_of_troubles(page, found)
    unfit = [name for name in found.study.model_blocks() if found.verdict(name, "model") == "no"]
    if unfit:
        page.note("model.unfit", names=names(page, unfit), k=len(unfit))
    tell(page, [*_explained(page, found), *_proven(page, table)])
    tell(page, [_overlapping(page, table)])


def _warn_of_troubles(page: Page, found: Findings) -> None:
    """Warn of non-convergence, ambiguous signs and impossible values."""
    rows = rows_of(found.structure.model, "path")
    if rows.get("flag", pd.Series(dtype=str)).astype(str).str.contains("not converged").any():
        page.warn("model.trouble_point")
    keys = {"pls_not_converged": "converge", "pls_sign_ambiguous": "sign", "pls_inadmissible": "inadmissible"}
    for name, share in troubles(found.structure).items():
        if share > 0:
            page.warn(f"model.trouble_{keys[name]}", share=share)


def _explained(page: Page, found: Findings) -> list[Said]:
    """R² of satisfaction and loyalty in the model."""
    told = []
    for name in (found.roles.satisfaction, found.roles.loyalty):
        value = value_of(found.structure.model, "r_squared", name)
        if name and value.known:
            told.append(page.t("model.r2_one", value=percent(page, value), name=page.label(name)))
    return [("model.r2", {"names": told})] if told else []


def _proven(page: Page, table: pd.DataFrame) -> list[Said]:
    """Paths that are clear of zero, and those that are not."""
    paths = values_of(table, "path")
    clear = {name: path for name, path in paths.items() if path.sign}
    said: list[Said] = [("model.clear_none", {"total": len(paths)})]
    if clear:
        top = max(clear, key=lambda name: abs(clear[name].estimate))
        source, target = top.split(stats.ARROW)
        values = {
            "source": page.label(source),
            "target": page.label(target),
            "value": write(page, clear[top]),
        }
        said = [("model.clear", {"k": len(clear), "total": len(paths), **values})]
    unclear = [page.subject(name) for name in paths if name not in clear]
    said.append(("model.unclear", {"names": unclear}) if unclear else ("model.all_clear", {}))
    return said


def _overlapping(page: Page, table: pd.DataFrame) -> Said:
    """Say whether the predictors of an equation overlap too much."""
    rows = rows_of(table, "vif")
    high = rows[rows["estimate"] >= HIGH_VIF]
    worst = float(rows["estimate"].max())
    if high.empty:
        return "model.vif_fine", {"vif": worst}
    return "model.vif_high", {"vif": worst, "names": [page.subject(str(one)) for one in high["subject"]]}


def model_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the path diagram."""
    table = found.structure.model
    rows = rows_of(table, "path")
    if rows.empty:
        return {"message": "", "listed": "", "base": ""}
    end = next((name for name in (found.roles.loyalty, found.roles.satisfaction) if name), "")
    fit = value_of(table, "r_squared", end)
    plain = page.t("model.headline_plain")
    message = page.t("model.headline_r2", r2=fit.estimate, target=page.label(end)) if fit.known else plain
    told = []
    for name, path in values_of(table, "path").items():
        source, target = name.split(stats.ARROW)
        key = "model.alt_path" if path.sign else "model.alt_unclear"
        told.append(page.t(key, source=page.label(source), target=page.label(target), value=path.estimate))
    return {"message": message, "listed": "; ".join(told), "base": base(page, rows["n"].tolist())}


# ---- 7 mediation -------------------------------------------------------------------------------------------


def mediation_kind(through: Value, past: Value) -> str:
    """How an effect on loyalty runs: ``full``, ``partial``, ``opposed`` or ``none`` through satisfaction.

    Notes
    -----
    After Zhao, X., Lynch, J. G. & Chen, Q. (2010), Reconsidering Baron and Kenny, Journal of Consumer
    Research 37, 197-206: it is the indirect effect that must be proven.
    """
    if not through.sign:
        return "none"
    if not past.sign:
        return "full"
    return "partial" if through.sign == past.sign else "opposed"


def tell_mediation(page: Page, found: Findings) -> None:
    """Say which effects on loyalty run through satisfaction."""
    at = found.structure
    if at.mediation.empty:
        return
    rows = mediation_rows(found.basis, at)
    through, past = "effect_through", "effect_past"
    if not at.by_paths:
        through, past = "mediation_indirect", "mediation_direct"
    kinds: dict[str, list[str]] = {"full": [], "partial": [], "opposed": [], "none": []}
    for name in at.mediated:
        kinds[mediation_kind(value_of(rows, through, name), value_of(rows, past, name))].append(name)
    said: list[Said] = [("mediation.about", {})]
    if not at.by_paths:
        said.append(("mediation.ols", {}))
    tell(page, said)
    for kind, members in kinds.items():
        if members:
            page.say(f"mediation.{kind}", names=names(page, members), k=len(members))
    if found.overlap_verdict == "not_distinct":
        page.note("mediation.overlap", htmt=write(page, found.overlap))


def mediation_values(page: Page, found: Findings) -> dict[str, Any]:
    """Words of the figure of mediation."""
    at = found.structure
    if at.mediation.empty:
        return {"message": "", "listed": "", "base": ""}
    rows = mediation_rows(found.basis, at)
    metric = "effect_through" if at.by_paths else "mediation_indirect"
    through = rows_of(rows, metric)
    effects = values_of(through, metric)
    proven = {name: abs(effect.estimate) for name, effect in effects.items() if effect.sign}
    message = page.t("mediation.headline_none")
    if proven:
        top = max(proven, key=lambda name: proven[name])
        message = page.t("mediation.headline_some", name=page.t("named", name=page.label(top)))
    pairs = [(name, numbers.number(effect.estimate)) for name, effect in effects.items()]
    listed = page.join(named_values(page, pairs[:MOST_NAMED]))
    return {"message": message, "listed": listed, "base": base(page, through["n"].tolist())}
