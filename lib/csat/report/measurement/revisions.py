"""What became of a wave's figures since its first revision: the revisions, and first against latest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat.report.measurement.intake import ranges_of
from csat.report.tables import Format
from csat.stats.indices import index_table
from csat.stats.shares import nps_table
from csat.stats.sums import GroupedSums

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page
    from csat.study.definition import Study

_FORMATS: Mapping[Hashable, Format] = {"n": "n", "received": "n"}
_DECIMALS = 1


def show_revisions(page: Page, study: Study, answers: Answers) -> None:
    """Show the section on revisions, when more than one is stored of the wave.

    Parameters
    ----------
    page : Page
    study : Study
        The study as declared.
    answers : Answers
        What the page is about.
    """
    from csat.data.waves.revisions import revised, stored_table

    found = revised(study, answers.wave, answers.segment) if answers.revision else None
    if found is None:
        return
    page.heading("revisions.heading", level=2)
    page.say("revisions.about", n=answers.revisions, revision=answers.revision)
    stored = stored_table(study, wave=answers.wave).rename(columns={"source": "file"})
    stored["state"] = [page.t(f"revisions.state.{state}") for state in stored["state"]]
    stored["created"] = stored["created"].str.slice(0, 10)
    stored["revision"] = stored["revision"].astype(str)
    if answers.segment:
        stored = stored.drop(columns=["n", "received"])
    shown = [c for c in ("revision", "created", "n", "received", "file", "state") if c in stored]
    page.table("revisions.list", stored[shown], _FORMATS)
    if found.first is None or found.latest is None:
        page.warn("revisions.unusable")
        return
    least = study.thresholds.suppress_below
    if too_few_between(found.first, found.latest, least):
        page.say("revisions.few", k=least)
        return
    table = revision_table(page, found.first, found.latest)
    page.table("revisions.figures", _written(table))


def revision_table(page: Page, first: Answers, latest: Answers) -> pd.DataFrame:
    """Compare the headline figures of two revisions.

    Parameters
    ----------
    page : Page
        For labels, and the rule for missing answers.
    first, latest : Answers

    Returns
    -------
    DataFrame
        Columns ``figure, first, latest, change``: respondents first, then the index of each construct
        (0-100), NPS (-100 to 100) where the study has it. A construct that one of them lacks has no row.
    """
    one, other = (headline(answers, page.context.missing or "pairwise") for answers in (first, latest))
    rows = [
        (_name(page, key), one[key], other[key], other[key] - one[key])
        for key in other
        if key in one and not (np.isnan(one[key]) and np.isnan(other[key]))
    ]
    return pd.DataFrame(rows, columns=["figure", "first", "latest", "change"])


def headline(answers: Answers, missing: str = "pairwise") -> dict[str, float]:
    """Headline figures of a wave, without intervals.

    Parameters
    ----------
    answers : Answers
    missing : {"pairwise", "listwise", "em"}
        How missing answers are treated.

    Returns
    -------
    dict
        ``n``, then construct -> index (0-100), then ``nps`` where the study has it; NaN where too few
        answered.
    """
    study, least = answers.study, answers.study.thresholds.suppress_below
    moments = GroupedSums.from_frame(answers.scored, answers.weights, missing=missing).moments()
    indices = index_table(moments, study.blocks(), ranges_of(study))
    figures = {"n": float(answers.n)}
    for row in indices.to_dict("records"):
        figures[str(row["subject"])] = float(row["estimate"]) if row["n"] >= least else np.nan
    limits = study.thresholds
    if limits.nps_item and limits.nps_item in answers.scored:
        cuts = limits.nps_promoter_min, limits.nps_detractor_max
        nps = nps_table(answers.scored[limits.nps_item], "nps", *cuts, weights=answers.weights).iloc[0]
        figures["nps"] = float(nps["estimate"]) if nps["n"] >= least else np.nan
    return figures


def too_few_between(first: Answers, latest: Answers, least: int) -> bool:
    """Whether two revisions differ by so few respondents that the difference would tell their answers.

    Parameters
    ----------
    first, latest : Answers
    least : int
        Fewest respondents that may be shown.

    Returns
    -------
    bool
        True when between 1 and `least` - 1 rows of answers were added, dropped or changed.
    """
    one, other = (Counter(_rows(answers)) for answers in (first, latest))
    return any(0 < sum(gone.values()) < least for gone in (one - other, other - one))


def _rows(answers: Answers) -> list[tuple[str, ...]]:
    """Answers of each respondent, fit to be counted."""
    text = answers.raw[sorted(answers.raw.columns)].astype(str)
    return [tuple(row) for row in text.to_numpy()]


def _name(page: Page, key: str) -> str:
    """Name of a headline figure in the page's language."""
    return page.t(f"revisions.figure.{key}") if key in ("n", "nps") else page.label(key)


def _written(table: pd.DataFrame) -> pd.DataFrame:
    """Figures as text: respondents as a count, all else with one decimal."""
    from csat.report import numbers

    digits = [0 if k == 0 else _DECIMALS for k in range(len(table))]
    shown = {
        name: [
            numbers.number(v, d, signed=name == "change") for v, d in zip(table[name], digits, strict=True)
        ]
        for name in ("first", "latest", "change")
    }
    return table.assign(**shown)
