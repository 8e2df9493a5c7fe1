"""Figures and tables of the report: frames of the findings, laid out for a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csat import stats
from csat.report.loyalty import telling
from csat.report.loyalty.basis import rows_of, value_of, values_of
from csat.report.loyalty.bridge import CUT
from csat.report.loyalty.findings import Findings
from csat.report.loyalty.levels import top_box_from
from csat.report.loyalty.words import notes, percent, unbroken, write
from csat.stats.quadrant import QUADRANTS
from csat.stats.zones import ZONES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from csat.report.page import Page


def forest(
    page: Page,
    parts: Sequence[tuple[str, pd.DataFrame]],
    order: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    **look: Any,
) -> Figure | None:
    """Forest plot of one or more tidy frames; the first subject of an arrow names the row.

    Parameters
    ----------
    page : Page
    parts : sequence of (group, tidy frame)
        A group without a name stands alone.
    order : sequence of subjects, optional
        Rows from top to bottom.
    labels : mapping of subject to text, optional
        Instead of the study's labels.
    **look
        Passed to `csat.report.figures.common.interval_plot`.

    Returns
    -------
    Figure or None
        None when nothing is known.
    """
    from csat.report.figures.common import interval_plot

    frames = []
    for group, rows in parts:
        known = rows[rows["estimate"].notna()]
        subject = known["subject"].astype(str).str.split(stats.ARROW).str[0]
        frame = known.assign(subject=subject)
        frames.append(frame.assign(group=group) if group else frame)
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if frame.empty:
        return None
    at = {name: place for place, name in enumerate(order if order is not None else frame["subject"].unique())}
    frame = frame[frame["subject"].isin(list(at))]
    frame = frame.sort_values("subject", key=lambda names: names.map(at), kind="stable", ignore_index=True)
    frame["label"] = [(labels or {}).get(name) or page.label(name) for name in frame["subject"]]
    return interval_plot(frame, lang=page.lang, **look)


# ---- 1 levels, 2 parts -------------------------------------------------------------------------------------


def show_levels(page: Page, found: Findings) -> None:
    """Figure and table of all indices."""
    table = found.levels.indices
    figure = forest(page, [("", table)], limits=(0, 100), digits=0, xlabel=page.t("levels.axis"))
    page.figure("levels", figure, **telling.levels_values(page, found))
    page.metrics("levels", table, digits=1, extra={"verdict": _verdicts(page, found)}, head="construct")


def show_parts(page: Page, found: Findings) -> None:
    """Figure and table of loyalty's parts."""
    items = found.study.blocks().get(found.roles.loyalty, ())
    if len(items) > 1:
        rows = rows_of(found.levels.parts, "index_0_100")
        figure = forest(page, [("", rows)], limits=(0, 100), digits=0, xlabel=page.t("levels.axis"))
        page.figure("parts", figure, **telling.parts_values(page, found))
    if not items:
        return
    rows = found.levels.parts
    there = [name for name in ("top_box", "correlation") if len(rows_of(rows, name))]
    page.metrics(
        "parts.table",
        _in_percent(_by_item(found.levels.parts), "top_box"),
        metrics=("index_0_100", "top_box", "correlation"),
        digits={"index_0_100": 0, "top_box": 0, "correlation": 2},
        head="part",
        told=notes(page, "parts.table", there, cuts=_cuts(page, found, items)),
    )


def _verdicts(page: Page, found: Findings) -> dict[str, str]:
    """Verdict of the measurement report on each construct, in its words."""
    told = {}
    for construct in found.study.constructs:
        word = found.verdict(construct, "reliability") or found.verdict(construct, "kind")
        told[construct] = page.t(f"measurement.reliability.verdict.{word}") if word else ""
    return told


def _by_item(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the parts with the item as subject."""
    return table.assign(subject=table["subject"].astype(str).str.split("~").str[-1])


def _in_percent(table: pd.DataFrame, *metrics: str) -> pd.DataFrame:
    """Shares of some metrics times 100."""
    shares = table["metric"].isin(metrics)
    bounds = ["estimate", "ci_low", "ci_high"]
    return table.assign(**{name: table[name].where(~shares, 100 * table[name]) for name in bounds})


def _cuts(page: Page, found: Findings, items: Sequence[str]) -> list[str]:
    """Lowest answers that count as top box, each once."""
    cuts = dict.fromkeys(top_box_from(found.study, item) for item in items)
    return [page.t("parts.table.cut", cut=cut) for cut in cuts]


# ---- 3 quadrant and curve ----------------------------------------------------------------------------------


def show_quadrant(page: Page, found: Findings) -> None:
    """Figure of the quadrants, and their shares at other cuts."""
    from csat.report.figures.common import quadrant_bubbles

    values = telling.quadrant_values(found)
    if not values:
        return page.figure("quadrant", None)
    corners = [page.t(f"quadrant.{name}") for name in ("hostage", "loyalist", "defector", "mercenary")]
    scores, roles = found.basis.scores, found.roles
    figure = quadrant_bubbles(
        scores[roles.satisfaction],
        scores[roles.loyalty],
        split=(CUT, CUT),
        corners=corners,
        weights=found.basis.weights,
        lang=page.lang,
        xlabel=page.t("quadrant.x"),
        ylabel=page.t("quadrant.y"),
    )
    page.figure("quadrant", figure, **values)
    page.table("quadrant.cuts", _cut_table(page, found), heads=_cut_heads(page, found), n=values["n"])


def _cut_frames(found: Findings) -> dict[float, pd.DataFrame]:
    """Shares at every cut, the lowest first."""
    return dict(sorted({CUT: found.bridge.quadrant, **found.bridge.other_cuts}.items()))


def _cut_table(page: Page, found: Findings) -> pd.DataFrame:
    """Shares of the quadrants, a column a cut."""
    columns = {"quadrant": [page.t(f"quadrant.{name}") for name in QUADRANTS]}
    for cut, table in _cut_frames(found).items():
        shares = [value_of(table, "quadrant_share", name) for name in QUADRANTS]
        columns[f"cut_{cut:g}"] = [unbroken(percent(page, share)) for share in shares]
    return pd.DataFrame(columns)


def _cut_heads(page: Page, found: Findings) -> dict[Any, str]:
    """Heads of the table of cuts."""
    heads = {f"cut_{cut:g}": page.t("quadrant.cuts.head", cut=cut) for cut in _cut_frames(found)}
    return {"quadrant": page.t("quadrant.cuts.quadrant"), **heads}


def show_curve(page: Page, found: Findings) -> None:
    """Figure of the curve from satisfaction to loyalty."""
    from csat.report.figures.loyalty import curve_plot

    bins, curve = found.bridge.bins, rows_of(found.bridge.curve, "loyalty_curve")
    bins = bins[bins["estimate"].notna()]
    if bins.empty:
        return page.figure("curve", None)
    figure = curve_plot(
        bins,
        curve.assign(x=curve["satisfaction"]) if len(curve) else curve,
        _quadratic(found),
        lang=page.lang,
        xlabel=page.t("curve.x"),
        ylabel=page.t("curve.y"),
        names=(page.t("curve.spline"), page.t("curve.quadratic")),
    )
    page.figure("curve", figure, **telling.curve_values(page, found))


def _quadratic(found: Findings) -> pd.DataFrame:
    """Quadratic curve on the range of satisfaction."""
    terms = {name: term.estimate for name, term in values_of(found.bridge.bend, "quadratic").items()}
    roles, scores = found.roles, found.basis.scores
    known = scores[[roles.satisfaction, roles.loyalty]].notna().all(axis=1).to_numpy()
    if not terms or not known.any():
        return pd.DataFrame()
    x = scores.loc[known, roles.satisfaction].to_numpy()
    weights = None if found.basis.weights is None else found.basis.weights[known]
    grid = np.linspace(x.min(), x.max(), 41)
    centred = grid - np.average(x, weights=weights)
    height = terms["intercept"] + terms["linear"] * centred + terms["squared"] * centred**2
    return pd.DataFrame({"x": grid, "estimate": height})


# ---- 4 zones -----------------------------------------------------------------------------------------------


def show_zones(page: Page, found: Findings, question: str) -> None:
    """Figure and table of the zones, for one way of asking."""
    if question not in found.bridge.zones:
        return
    table = found.bridge.zones[question]
    if table.empty or not value_of(table, "zone_band", "low").known:
        return page.figure("zones.result", None)
    labels = {}
    for zone in ZONES:
        share = value_of(table, "zone_share", zone).estimate
        labels[zone] = page.t("zones.with_share", zone=page.t(f"zones.{zone}"), share=share)
    rows = rows_of(table, "zone_loyalty")
    figure = forest(page, [("", rows)], labels=labels, limits=(0, 100), digits=0, xlabel=page.t("zones.axis"))
    page.figure("zones.result", figure, **telling.zones_values(page, table))
    item = page.label(found.bridge.direct_item)
    about = page.t(f"zones.table.{question}", **({"item": item} if question == "direct" else {}))
    heads: dict[Any, str] = {"zone": page.t("zones.table.zone"), "share": page.t("metric.zone_share")}
    heads["loyalty"] = page.t("metric.zone_loyalty")
    page.table("zones.table", _zone_table(page, table), heads=heads, question=about)


def _zone_table(page: Page, table: pd.DataFrame) -> pd.DataFrame:
    """Share and loyalty of each zone, written."""
    loyalty = [value_of(table, "zone_loyalty", zone) for zone in ZONES]
    return pd.DataFrame(
        {
            "zone": [page.t(f"zones.{zone}") for zone in ZONES],
            "share": [unbroken(percent(page, value_of(table, "zone_share", zone))) for zone in ZONES],
            "loyalty": [unbroken(write(page, value, 0)) for value in loyalty],
        }
    )
