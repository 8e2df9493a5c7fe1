"""Figures, tables and sentences of the section that reads the waves together."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from csat.report import numbers
from csat.report.design.folded import folded
from csat.report.loyalty.basis import Value
from csat.report.loyalty.change import PERCENT, direction, in_points, records, signed, written
from csat.report.loyalty.trend import NOISE, Trend
from csat.report.loyalty.words import Said, bounds, tell, unbroken, write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from csat.report.page import Page

LINES = 4
"""Most lines of the figure: satisfaction and loyalty first."""

LEVELS = {"change_index": "index_0_100", "change_nps": "nps", "change_top_box": "top_box"}


def show_trend(page: Page, found: Trend) -> None:
    """Show the section on the waves; nothing where there is only one.

    Parameters
    ----------
    page : Page
    found : Trend
    """
    if len(found.waves) == 1 and not found.left_out:
        return
    page.heading("trend.heading", level=2)
    for wave, reason in found.left_out:
        page.warn("trend.left_out", wave=wave, reason=reason)
    if len(found.waves) == 1:
        return
    tell(page, told(page, found))
    page.figure("trend.lines", _figure(page, found), **_figure_words(page, found))
    _show_latest(page, found)
    every = _every(page, found)
    page.html(folded(page, "trend.every", every, dict.fromkeys(("n", "n_eff"), "n")))
    _show_comparable(page, found)
    _show_parts(page, found)


# ---- sentences ---------------------------------------------------------------------------------------------


def told(page: Page, found: Trend) -> list[Said]:
    """Say how satisfaction moved and which other figures did, honestly about noise."""
    said: list[Said] = [("trend.about", {"waves": list(found.waves[:-1]), "k": len(found.waves) - 1})]
    said += _satisfaction(page, found)
    latest = found.latest[found.latest["estimate"].notna()]
    if len(latest) > 1:
        moved = latest[latest["p_adjusted"] < NOISE]
        pairs = [_named(page, _name(page, found, row), signed(row)) for row in records(moved)]
        key = "some" if pairs else "none"
        said.append((f"trend.others.{key}", {"k": len(latest), "names": pairs, "m": len(pairs)}))
    return said


def _satisfaction(page: Page, found: Trend) -> list[Said]:
    """Say how satisfaction moved against the wave before, and since the first."""
    name, said = found.roles.satisfaction, list[Said]()
    for kind, frame in (("before", found.latest), ("since", found.since)):
        rows = frame[(frame["metric"] == "change_index") & (frame["subject"] == name)]
        rows = rows[rows["estimate"].notna()]
        if rows.empty:
            continue
        row = records(rows)[0]
        value = in_points(row)
        way = direction(row)
        size = (
            Value(abs(value.estimate), *sorted((abs(value.low), abs(value.high))))
            if way in ("up", "down")
            else value
        )
        values = {"change": size.estimate, "interval": bounds(page, size), "earlier": row["earlier"]}
        said.append((f"trend.{kind}.{way}", values | {"name": page.label(name)}))
    if name and not said:
        said.append(("trend.before.none", {"name": page.label(name)}))
    return said


# ---- the figure --------------------------------------------------------------------------------------------


def lines(found: Trend) -> list[str]:
    """Choose what the figure shows: satisfaction, loyalty, then the other constructs in the study's order."""
    asked = found.levels[(found.levels["metric"] == "index_0_100") & found.levels["estimate"].notna()]
    there = [name for name in found.study.constructs if name in set(asked["subject"])]
    heads = [name for name in (found.roles.satisfaction, found.roles.loyalty) if name in there]
    return [*heads, *(name for name in there if name not in heads)][:LINES]


def _figure(page: Page, found: Trend) -> Figure | None:
    """Lines of the indices."""
    from csat.report.figures.waves import wave_lines

    names = lines(found)
    rows = found.levels[(found.levels["metric"] == "index_0_100") & found.levels["estimate"].notna()]
    rows = pd.concat([rows[rows["subject"] == name] for name in names]) if names else rows.iloc[:0]
    if rows.empty:
        return None
    cut = found.comparability[found.comparability["status"].isin(["changed", "break"])]
    shown = {item for name in names for item in found.study.blocks()[name]}
    breaks = [wave for wave in found.waves if wave in set(cut.loc[cut["item"].isin(shown), "later"])]
    return wave_lines(
        rows.assign(group=[page.label(name) for name in rows["subject"]]),
        found.axis,
        lang=page.lang,
        ylabel=page.t("levels.axis"),
        breaks=breaks,
        break_label=page.t("trend.lines.break"),
    )


def _figure_words(page: Page, found: Trend) -> dict[str, Any]:
    """Words of the figure: what satisfaction did, and every value for those who cannot see it."""
    name = found.roles.satisfaction or next(iter(lines(found)), "")
    of = (found.levels["metric"] == "index_0_100") & (found.levels["subject"] == name)
    rows = found.levels[of & found.levels["estimate"].notna()]
    if rows.empty:
        return {"message": "", "values": "", "names": []}
    last = rows.iloc[-1]
    moved = found.latest[(found.latest["metric"] == "change_index") & (found.latest["subject"] == name)]
    way = direction(records(moved)[0]) if len(moved) and last["wave"] == found.waves[-1] else "only"
    values = {"name": page.label(name), "value": last["estimate"], "wave": last["wave"]}
    values["earlier"] = moved["earlier"].iloc[0] if len(moved) else ""
    spoken = [
        page.t("trend.lines.value", wave=row["wave"], value=write(page, in_points(row), 1))
        for row in records(rows)
    ]
    return {
        "message": page.t(f"trend.lines.{way}", **values),
        "values": page.t("trend.lines.values", name=page.label(name), values=spoken),
        "names": [page.label(one) for one in lines(found)],
    }


# ---- tables ------------------------------------------------------------------------------------------------


def _show_latest(page: Page, found: Trend) -> None:
    """Show each figure now, its change against the wave before and since the first."""
    now = found.levels[found.levels["wave"] == found.waves[-1]]
    rows = []
    for row in records(now):
        before, since = (_match(frame, row) for frame in (found.latest, found.since))
        cells = [_name(page, found, row), unbroken(_level(page, row))]
        cells += [written(page, before), _verdict(page, before), written(page, since)]
        rows.append((*cells, since["earlier"] if since is not None else ""))
    table = pd.DataFrame(rows, columns=["figure", "now", "change", "verdict", "since", "first"])
    firsts = [one for one in dict.fromkeys(table["first"]) if one]
    heads: dict[Hashable, str] = {"now": found.waves[-1], "verdict": page.t("trend.col.verdict")}
    heads |= {"figure": page.t("trend.col.figure"), "change": page.t("trend.col.change")}
    table = table.drop(columns="first")
    if len(firsts) == 1:
        heads["since"] = page.t("trend.col.since", wave=firsts[0])
    else:
        table = table.drop(columns="since")
    page.table("trend.latest", table, heads=heads, n=now["n"].min())


def _every(page: Page, found: Trend) -> pd.DataFrame:
    """Every figure in every wave."""
    rows = []
    order = found.levels.drop_duplicates(["metric", "subject"])[["metric", "subject"]]
    for metric, subject in order.itertuples(index=False):
        own = found.levels[(found.levels["metric"] == metric) & (found.levels["subject"] == subject)]
        for row in records(own):
            change = _match(found.changes[found.changes["wave"] == row["wave"]], row)
            cells = [_name(page, found, row), row["wave"], row["n"], row["n_eff"]]
            cells += [unbroken(_level(page, row)), written(page, change), _verdict(page, change)]
            rows.append(cells)
    columns = ["trend_figure", "wave", "n", "n_eff", "estimate", "change", "trend_verdict"]
    return pd.DataFrame(rows, columns=columns)


def _show_comparable(page: Page, found: Trend) -> None:
    """Say which questions changed from wave to wave, and warn where nobody declared it."""
    table = found.comparability
    undeclared = table[table["warning"].astype(bool)]
    for (earlier, later), items in undeclared.groupby(["earlier", "later"], sort=False):
        page.warn("trend.undeclared", earlier=earlier, later=later, items=_items(page, found, items))
    rows = []
    for later in found.waves[1:]:
        own = table[table["later"] == later]
        cells = [later, int((own["status"] == "comparable").sum())]
        for status in ("changed", "break", "not_asked"):
            items = own[own["status"] == status]
            cells.append(_items(page, found, items))
        rows.append(cells)
    frame = pd.DataFrame(rows, columns=["wave", "alike", "changed", "declared", "not_asked"])
    empty = [name for name in ("changed", "declared", "not_asked") if not frame[name].any()]
    heads: dict[Hashable, str] = {name: page.t(f"trend.col.{name}") for name in frame.columns}
    page.table("trend.comparable", frame.drop(columns=empty), {"alike": "n"}, heads)


def _items(page: Page, found: Trend, rows: pd.DataFrame) -> str:
    """Questions of some rows, each with what changed about it."""
    told = []
    for row in records(rows):
        aspects = [page.t(f"trend.aspect.{one}") for one in str(row["what"]).split(", ") if one]
        label = _label(page, found, row["item"])
        told.append(page.t("trend.with_aspect", name=label, what=aspects) if aspects else label)
    return page.join(told) if told else ""


def _show_parts(page: Page, found: Trend) -> None:
    """Show what the change of satisfaction is made of, segment by segment."""
    if found.parts.empty:
        return
    name = found.roles.satisfaction
    earlier = found.latest.loc[found.latest["subject"] == name, "earlier"].iloc[0]
    page.heading("trend.parts.heading")
    clear = found.parts[
        (found.parts["metric"] == "change_composition")
        & ((found.parts["ci_low"] > 0) | (found.parts["ci_high"] < 0))
    ]
    pairs = [
        _named(page, page.label(row["subject"]), numbers.number(row["estimate"], 2, signed=True))
        for row in records(clear)
    ]
    page.say(f"trend.parts.{'some' if pairs else 'none'}", names=pairs, k=len(pairs), earlier=earlier)
    values = {"name": page.label(name), "earlier": earlier, "wave": found.waves[-1]}
    page.metrics("trend.parts", found.parts, digits=2, head="segment", **values)


# ---- pieces ------------------------------------------------------------------------------------------------


def _match(frame: pd.DataFrame, level: dict[str, Any]) -> dict[str, Any] | None:
    """Change of a level in a frame of changes; None when there is none."""
    of = frame["metric"].map(LEVELS) == level["metric"]
    rows = frame[of & (frame["subject"] == level["subject"]) & frame["estimate"].notna()]
    return None if rows.empty else records(rows)[0]


def _label(page: Page, found: Trend, id: str) -> str:
    """Label of something that another wave may have asked."""
    try:
        return found.declared.label(id, page.lang)
    except KeyError:
        return id


def _name(page: Page, found: Trend, row: dict[str, Any]) -> str:
    """Name of a figure."""
    metric, label = str(row["metric"]), _label(page, found, str(row["subject"]))
    if metric in ("nps", "change_nps"):
        return page.t("metric.nps")
    return page.t("trend.top_box", name=label) if metric in PERCENT else label


def _named(page: Page, name: str, value: str) -> str:
    """Name in quotes with a value in brackets."""
    return page.t("named_value", name=name, value=value)


def _level(page: Page, row: dict[str, Any]) -> str:
    """Level with its interval; shares in per cent."""
    return write(page, in_points(row), 1)


def _verdict(page: Page, row: dict[str, Any] | None) -> str:
    """Say whether a change is more than noise."""
    return page.t(f"trend.verdict.{direction(row)}") if row is not None else ""
