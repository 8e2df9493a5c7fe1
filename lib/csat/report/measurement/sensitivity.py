"""Every headline and reliability figure for everybody and without some respondents, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat import stats
from csat.data.quality.screening import effect_of_excluding
from csat.report import numbers
from csat.report.analysed import analysed, only_analysed
from csat.report.measurement.assessment import assess
from csat.report.measurement.intake import ranges_of
from csat.report.measurement.rows import rows_of
from csat.stats.indices import index_table
from csat.stats.moments import MomentsError
from csat.stats.path_model import PathModelError
from csat.stats.shares import nps_table, top_box_table

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.measurement.careless import Carelessness
    from csat.report.page import Page
    from csat.stats.frames import Sample
    from csat.study.definition import Study

RELIABILITY = ("alpha", "omega", "ave")
"""Figures of the scales, as the report shows them."""

HEADLINE = ("index_0_100", "nps", "top_box")
"""Figures that a report opens with: indices, NPS, top box of the items of satisfaction and loyalty."""

FIGURES = (*HEADLINE, *RELIABILITY)


def sensitivity_table(
    answers: Answers, flagged: npt.ArrayLike, missing: str = "pairwise", figures: tuple[str, ...] = FIGURES
) -> pd.DataFrame:
    """Compute the figures of a report with and without some respondents.

    Parameters
    ----------
    answers : Answers
    flagged : array_like of bool, shape (n,)
        Who is left out on one side.
    missing : {"pairwise", "listwise", "em"}
        The rule for missing answers.
    figures : tuple of str
        Which of `FIGURES`.

    Returns
    -------
    DataFrame
        Columns ``metric, subject, everybody, without_flagged, change, n_everybody, n_without, method``. Empty
        where nobody is flagged or too few are left to say anything: fewer than the study shows, or than it
        has items.

    Notes
    -----
    Both sides by the same functions as the report: weighted, with the AVE of the outer model.

    Examples
    --------
    R: ``psych::alpha(x)$total$raw_alpha`` beside ``psych::alpha(x[!flagged, ])$total$raw_alpha``.
    """
    keep = analysed(answers, missing)
    used, out = only_analysed(answers, missing), np.asarray(flagged, dtype=bool)[keep]
    left = int((~out).sum())
    if not out.any() or left < max(answers.study.thresholds.suppress_below, used.scored.shape[1]):
        return pd.DataFrame()
    if (used.scored.loc[~out].nunique() < 2).any():
        return pd.DataFrame()
    weights = pd.Series(used.weights, index=used.scored.index)

    def compute(frame: pd.DataFrame) -> Mapping[str, float]:
        own: npt.NDArray[np.float64] = np.asarray(weights.loc[frame.index], dtype=np.float64)
        return _figures(answers.study, frame, own, missing, figures)

    table = effect_of_excluding(used.scored, out, compute)
    if table.empty:
        return pd.DataFrame()
    names = table["subject"].str.partition(" ")
    table = table.assign(metric=names[0], subject=names[2])
    return table[table["everybody"].notna()].reset_index(drop=True)


def _figures(
    study: Study,
    frame: pd.DataFrame,
    weights: npt.NDArray[np.float64],
    missing: str,
    figures: tuple[str, ...],
) -> dict[str, float]:
    """Figures of some respondents: ``metric subject`` -> value; what cannot be computed is left out."""
    moments = stats.GroupedSums.from_frame(frame, weights, missing=missing).moments()
    tables = headline_tables(study, moments, frame, weights) if set(HEADLINE) & set(figures) else []
    if set(RELIABILITY) & set(figures):
        tables += _reliability(study, moments)
    rows = stats.stack(tables)
    rows = rows[rows["metric"].isin(figures)].drop_duplicates(["metric", "subject"])
    return {
        f"{metric} {subject}": float(value)
        for metric, subject, value in zip(rows["metric"], rows["subject"], rows["estimate"], strict=True)
    }


def headline_tables(
    study: Study, sample: Sample, frame: pd.DataFrame, weights: npt.NDArray[np.float64]
) -> list[pd.DataFrame]:
    """Tell the figures of `HEADLINE` that a study has, with their intervals.

    Parameters
    ----------
    study : Study
    sample : Moments or Bootstrap
        Of the same answers.
    frame : DataFrame of respondents x items
        Scored answers.
    weights : ndarray of shape (n,)

    Returns
    -------
    list of DataFrame
        Tidy.
    """
    from csat.report.loyalty.levels import top_box_from  # the room of loyalty builds on this one

    even = None if np.allclose(weights, weights.mean()) else weights
    tables = [index_table(sample, study.blocks(), ranges_of(study))]
    item, limits = study.thresholds.nps_item, study.thresholds
    if item in frame:
        cuts = limits.nps_promoter_min, limits.nps_detractor_max
        tables.append(nps_table(frame[item], str(item), *cuts, weights=even))
    top = [i for c in study.by_role("satisfaction", "loyalty") for i in c.items]
    if top:
        tables.append(top_box_table(frame[top], {i: top_box_from(study, i) for i in top}, even))
    return tables


def _reliability(study: Study, moments: stats.Moments) -> list[pd.DataFrame]:
    """Alpha, omega and AVE of the scales, as the report computes them."""
    try:
        found = assess(moments, study)
    except (MomentsError, PathModelError):
        return []
    scales = set(found.verdicts.loc[found.verdicts["kind"] == "scale", "construct"])
    return [found.reliability, found.outer[found.outer["subject"].isin(scales)]]


def effect_table(found: Carelessness, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Index, alpha, omega and AVE of each construct for everybody and without the flagged, side by side.

    Parameters
    ----------
    found : Carelessness
    verdicts : DataFrame
        From `csat.report.measurement.verdicts.verdict_table`, for the order of the constructs.

    Returns
    -------
    DataFrame
        Columns ``construct`` and those of the figures that there are; cells such as ``71.9 → 72.3``.
    """
    if found.effect.empty:
        return pd.DataFrame()
    part = {metric: rows.set_index("subject") for metric, rows in found.effect.groupby("metric")}
    names = [name for name in verdicts["construct"] if name in part["index_0_100"].index]
    columns: dict[str, list[str]] = {"construct": names}
    for metric, digits in {"index_0_100": 1, "alpha": 3, "omega": 3, "ave": 3}.items():
        if metric in part:
            rows = part[metric].reindex(names)
            pairs = zip(rows["everybody"], rows["without_flagged"], strict=True)
            columns[metric] = [_both(before, after, digits) for before, after in pairs]
    return pd.DataFrame(columns)


def _both(before: float, after: float, digits: int) -> str:
    """Two values of a figure; a dash where it has none."""
    if pd.isna(before):
        return numbers.ABSENT
    second = numbers.ABSENT if pd.isna(after) else numbers.number(after, digits)
    return f"{numbers.number(before, digits)}\u00a0→\u00a0{second}"


def headline_effect(page: Page, found: Carelessness) -> pd.DataFrame:
    """NPS and shares of top answers for everybody and without the flagged, side by side.

    Parameters
    ----------
    page : Page
    found : Carelessness

    Returns
    -------
    DataFrame
        Columns ``figure, everybody, without_flagged``; empty when the study has neither.
    """
    if found.effect.empty:
        return pd.DataFrame()
    rows = []
    for row in rows_of(found.effect[found.effect["metric"].isin(("nps", "top_box"))]):
        write = _percent if row.metric == "top_box" else _points
        rows.append(
            (figure_name(page, row.metric, row.subject), write(row.everybody), write(row.without_flagged))
        )
    return pd.DataFrame(rows, columns=["figure", "everybody", "without_flagged"])


def figure_name(page: Page, metric: str, subject: str) -> str:
    """Name a figure of one item or construct: ``Top box: Overall satisfaction``."""
    return page.t("effect_headline.figure", metric=page.t(f"metric.{metric}"), item=page.label(subject))


def _percent(value: float) -> str:
    """Write a share."""
    return numbers.ABSENT if pd.isna(value) else numbers.percent(value, 1)


def _points(value: float) -> str:
    """Write points from -100 to 100."""
    return numbers.ABSENT if pd.isna(value) else numbers.number(value, 1)


def show_effect(page: Page, found: Carelessness, verdicts: pd.DataFrame) -> None:
    """Show every figure with and without the flagged, or why there is nothing to compare."""
    if not found.possible:
        return
    page.table("effect", effect_table(found, verdicts))
    told = headline_effect(page, found)
    if len(told):
        page.table("effect_headline", told)
