"""Tables and figures of the measurement notebook: frames of the assessment, laid out for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat.report import numbers
from csat.report.measurement.assessment import Assessment
from csat.report.measurement.rows import highest, lowest, rows_of
from csat.report.measurement.verdicts import pair_verdicts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from csat.report.page import Page

MOST_PAIRS = 15
"""Pairs of constructs that the HTMT table shows, the highest first; all are in the metrics."""

HTMT_DIGITS = 3
"""Decimals of an HTMT: the bars (.85, .90) are two decimals, so that a value just below one shows."""


def reliability_rows(found: Assessment) -> pd.DataFrame:
    """Alpha with its bootstrap interval and omega."""
    return found.reliability[~is_feldt(found.reliability)]


def is_feldt(reliability: pd.DataFrame) -> pd.Series:
    """Say which rows carry Feldt's interval instead of the bootstrap's."""
    return reliability["metric"] == "alpha_feldt"


def reliability_words(page: Page, found: Assessment) -> dict[str, dict[str, str]]:
    """Further columns of the reliability table: Feldt's interval of alpha, and the verdict in words."""
    feldt = found.reliability[is_feldt(found.reliability)]
    intervals = {
        str(row.subject): unbroken(page.words.interval(row.ci_low, row.ci_high)) for row in rows_of(feldt)
    }
    verdicts = {
        str(row.construct): page.t(f"reliability.verdict.{row.reliability}")
        for row in rows_of(found.verdicts)
        if row.reliability
    }
    return {**({"feldt": intervals} if intervals else {}), "verdict": verdicts}


def unbroken(text: str) -> str:
    """Text that is not broken into lines: at spaces and dashes."""
    return text.replace(" ", "\u00a0").replace("–", "\u2060–\u2060")


def reliability_figure(page: Page, found: Assessment) -> Figure:
    """Alpha and omega of each scale with their intervals, against the study's bars."""
    from csat.report.figures.common import interval_plot

    rows = found.reliability[
        found.reliability["metric"].isin(("alpha", "omega"))
        & ~is_feldt(found.reliability)
        & found.reliability["estimate"].notna()
    ]
    limits = page.study.thresholds
    frame = rows.assign(
        label=[page.label(name) for name in rows["subject"]],
        group=[page.t(f"metric.{metric}") for metric in rows["metric"]],
    )
    order = {name: place for place, name in enumerate(frame["subject"].drop_duplicates())}
    frame = frame.sort_values("subject", key=lambda names: names.map(order), kind="stable")
    low = float(np.nanmin([0.5, frame["ci_low"].min(), frame["estimate"].min()]))
    high = float(np.nanmax([1.0, frame["ci_high"].max()]))
    return interval_plot(
        frame,
        lang=page.lang,
        xlabel=page.t("reliability.axis"),
        references=(
            (limits.reliability, numbers.number(limits.reliability)),
            (limits.reliability_high, numbers.number(limits.reliability_high)),
        ),
        limits=(max(-0.2, np.floor(10 * low) / 10), min(high, 1.1)),
    )


def item_rows(found: Assessment) -> pd.DataFrame:
    """Item analysis with the item alone as the subject."""
    shown = ("item_rest_correlation", "alpha_if_dropped", "one_factor_loading")
    return found.items[found.items["metric"].isin(shown)].assign(subject=lambda rows: rows["item"])


def construct_of_item(page: Page, found: Assessment) -> dict[str, str]:
    """Label of each item's construct."""
    pairs = found.items.drop_duplicates("item")
    return {str(row.item): page.label(str(row.construct)) for row in rows_of(pairs)}


def fornell_larcker(found: Assessment) -> pd.DataFrame:
    """Fornell–Larcker matrix: roots of the AVE on the diagonal, correlations below it."""
    rows = found.discriminant[found.discriminant["metric"] == "fornell_larcker"]
    if rows.empty:
        return pd.DataFrame()
    value = dict(zip(rows["subject"], rows["estimate"], strict=True))
    inside = {end for subject in value for end in str(subject).split("~")}
    names = [name for name in found.verdicts["construct"] if name in inside]
    cells = np.full((len(names), len(names)), np.nan)
    for i, row in enumerate(names):
        for j, column in enumerate(names[: i + 1]):
            key = row if row == column else f"{column}~{row}"
            cells[i, j] = value.get(key, value.get(f"{row}~{column}", np.nan))
    return pd.DataFrame(cells, index=names, columns=names)


def fornell_larcker_failures(found: Assessment) -> list[str]:
    """Pairs ``A~B`` that correlate at least as strongly as the weaker root of their AVE."""
    rows = found.discriminant[found.discriminant["metric"] == "fornell_larcker"]
    value = dict(zip(rows["subject"], rows["estimate"], strict=True))
    failures = []
    for subject, correlation in value.items():
        first, _, second = str(subject).partition("~")
        roots = [value[name] for name in (first, second) if name in value]
        if second and roots and abs(correlation) >= min(roots):
            failures.append(str(subject))
    return failures


def htmt_rows(found: Assessment, page: Page) -> pd.DataFrame:
    """HTMT of the pairs with their verdict, the highest first, at most `MOST_PAIRS`."""
    rows = pair_verdicts(found.discriminant, page.study)
    rows = rows[rows["estimate"].notna()]
    return rows.sort_values("estimate", ascending=False, kind="stable").head(MOST_PAIRS)


def htmt_figure(page: Page, found: Assessment) -> Figure:
    """HTMT of all pairs as a heat map; pairs that break the liberal bar are framed and marked."""
    from csat.report.figures.common import heat_map

    rows = found.discriminant[found.discriminant["metric"] == "htmt"]
    names = list(dict.fromkeys(end for subject in rows["subject"] for end in str(subject).split("~")))
    cells = np.full((len(names), len(names)), np.nan)
    for row in rows_of(rows):
        first, _, second = str(row.subject).partition("~")
        cells[names.index(second), names.index(first)] = row.estimate
    labels = [page.label(name) for name in names]
    shown = pd.DataFrame(cells[1:, :-1], index=labels[1:], columns=labels[:-1])
    bar = page.study.thresholds.htmt_liberal
    return heat_map(shown, lang=page.lang, marked=lambda value: value >= bar)


def show_reliability(page: Page, found: Assessment) -> None:
    """Show the reliability figure with what it says, and the table with Feldt's interval and the verdict."""
    scales = found.verdicts[found.verdicts["kind"] == "scale"].dropna(subset=["alpha"])
    if scales.empty:
        return
    limits = page.study.thresholds
    worst = lowest(scales, "alpha")
    values = {
        "reached": int((scales["alpha"] >= limits.reliability).sum()),
        "total": len(scales),
        "bar": limits.reliability,
        "high": limits.reliability_high,
        "worst": page.label(worst.construct),
        "alpha": worst.alpha,
        "n": int(scales["n"].min()),
    }
    page.figure("reliability.figure", reliability_figure(page, found), **values)
    words = reliability_words(page, found)
    page.metrics("reliability", reliability_rows(found), ("alpha", "omega"), extra=words, head="construct")


def show_htmt(page: Page, found: Assessment) -> None:
    """Show HTMT as a picture with what it says, and the closest pairs as a table with verdicts."""
    pairs = pair_verdicts(found.discriminant, page.study)
    pairs = pairs[pairs["estimate"].notna()]
    if pairs.empty:
        return
    top = highest(pairs, "estimate")
    values = {
        "failed": int((pairs["verdict"] == "not_distinct").sum()),
        "total": len(pairs),
        "first": page.label(top.first),
        "second": page.label(top.second),
        "value": top.estimate,
        "liberal": page.study.thresholds.htmt_liberal,
        "n": int(pairs["n"].min()),
    }
    if len(pairs) > 1:
        key = "htmt" if values["failed"] else "htmt.clear"
        page.figure(key, htmt_figure(page, found), **values)
    rows = htmt_rows(found, page)
    verdicts = {str(row.subject): page.t(f"htmt.verdict.{row.verdict}") for row in rows_of(rows)}
    page.metrics(
        "htmt", rows, ("htmt",), digits=HTMT_DIGITS, extra={"verdict": verdicts}, head="pair", most=MOST_PAIRS
    )


def show_convergent(page: Page, found: Assessment) -> None:
    """Show AVE, composite reliability and rho_A of the scales, in the order of the study."""
    order = {name: place for place, name in enumerate(found.verdicts["construct"])}
    scales = set(found.verdicts.loc[found.verdicts["kind"] == "scale", "construct"])
    rows = found.outer[found.outer["subject"].isin(scales) & found.outer["estimate"].notna()]
    rows = rows.sort_values("subject", key=lambda names: names.map(order), kind="stable")
    page.metrics("convergent", rows, ("ave", "composite_reliability", "rho_a"), head="construct")
