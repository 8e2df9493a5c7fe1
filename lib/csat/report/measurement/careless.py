"""Careless responding: who is flagged by which rule, and what the scales would say without them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat import stats
from csat.data.quality.screening import SIGNS, CarelessRules, Screening, screen
from csat.data.quality.signs import contradicted, signs_of
from csat.report.measurement.assessment import Assessment
from csat.report.measurement.intake import ranges_of
from csat.report.measurement.sensitivity import headline_tables, sensitivity_table

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page
    from csat.report.tables import Format
    from csat.stats.frames import Sample

SHOWN = (*CarelessRules().counted, "straight_line", "any", "careless", "straight_grids", "shared_device")
"""Rows of the table of flags: the counted rules, what they come to, and signs that do not count."""

PLAIN_SIGNS = ("pace", "attention", "implausible")
"""Signs that count on the shortest questionnaire too."""

LEAST_ITEMS = 12
"""Items below which nobody can be told careless: a few equal answers in a row are then quite usual."""

MANY_STRAIGHT = 0.05
"""Share of respondents with one answer to everything from which no scale is taken at face value."""

FLAG_FORMATS: Mapping[Hashable, Format] = {"count": "n", "share": "pct1"}
"""How the columns of `flag_table` are written."""


@dataclass(frozen=True)
class Carelessness:
    """What screening found and what leaving the flagged out would change.

    Attributes
    ----------
    screening : Screening
    flagged : int
        Respondents with any counted flag.
    suspect : int
        Respondents with as many flags as the rules ask for.
    straight : int
        Respondents who gave one and the same answer to everything.
    effect : DataFrame
        Of every figure of the report (`csat.report.measurement.sensitivity`), with the limits ``ci_low,
        ci_high`` of everybody for alpha and index; empty when the rest is too small.
    straight_effect : DataFrame
        Metric ``alpha`` with and without those who gave one answer to everything alone.
    possible : bool
        Whether the questionnaire is long enough to tell careless respondents from others.
    contradictions : tuple of int
        Respondents of each contradiction that the study names.
    """

    screening: Screening
    flagged: int
    suspect: int
    straight: int
    effect: pd.DataFrame
    straight_effect: pd.DataFrame
    possible: bool
    contradictions: tuple[int, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether so many gave one answer to everything that no scale can be judged at face value."""
        return self.straight >= MANY_STRAIGHT * len(self.screening.respondents)

    @property
    def summary(self) -> pd.DataFrame:
        """Tidy shares of flagged respondents and means of the indices."""
        return self.screening.summary


def carelessness(answers: Answers, sample: Sample, found: Assessment) -> Carelessness:
    """Screen the answers, and compute alpha and index with and without the flagged respondents.

    Parameters
    ----------
    answers : Answers
    sample : Moments or Bootstrap
    found : Assessment
        Of everybody: its intervals, and those of the indices, are what a change is measured by.

    Returns
    -------
    Carelessness
        Nobody is removed from anything: the comparison stands beside the results.
    """
    screening = screened(answers)
    table = screening.respondents
    flagged = (table["flags"] > 0).to_numpy()
    rule = stats.moments_of(sample).missing
    effect = sensitivity_table(answers, flagged, rule)
    straight = table["straight_line"].to_numpy(dtype=bool)
    return Carelessness(
        screening=screening,
        flagged=int(flagged.sum()),
        suspect=int(table["careless"].sum()),
        straight=int(table["straight_line"].sum()),
        effect=_with_limits(effect, answers, sample, found),
        straight_effect=sensitivity_table(answers, straight, rule, ("alpha",)),
        possible=bool(screening.rules.counted),
        contradictions=tuple(contradicted(answers)),
    )


def screened(answers: Answers) -> Screening:
    """Screen the answers by everything that is known of them.

    On a short questionnaire ratings tell nothing: only time, checks of attention and contradictions count,
    and where none of these is known nobody is flagged.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    Screening
    """
    signs = signs_of(answers)
    usual = CarelessRules(fast_share=answers.study.quality.fast_share)
    able = usual.counted if answers.raw.shape[1] >= LEAST_ITEMS else PLAIN_SIGNS
    unknown = {name for name in SIGNS if not signs[name].notna().any()}
    rules = replace(usual, counted=tuple(n for n in usual.counted if n in able and n not in unknown))
    return screen(answers.raw, answers.scored, answers.study.blocks(), ranges_of(answers.study), rules, signs)


def indices_moved(answers: Answers, sample: Sample, flagged: np.ndarray, indices: pd.DataFrame) -> list[str]:
    """Name the constructs whose index leaves its interval when the flagged are left out.

    Parameters
    ----------
    answers : Answers
    sample : Moments or Bootstrap
        For its rule for missing answers.
    flagged : ndarray of bool, shape (n,)
    indices : DataFrame
        Tidy; the rows of metric ``index_0_100`` are taken, with the interval of everybody.

    Returns
    -------
    list of str
    """
    effect = sensitivity_table(answers, flagged, stats.moments_of(sample).missing, ("index_0_100",))
    if effect.empty:
        return []
    limits = indices.loc[indices["metric"] == "index_0_100", ["subject", "ci_low", "ci_high"]]
    both = effect.merge(limits, on="subject")
    away = (both["without_flagged"] < both["ci_low"]) | (both["without_flagged"] > both["ci_high"])
    return [str(subject) for subject in both.loc[away, "subject"]]


def effect_rows(found: Carelessness) -> pd.DataFrame:
    """Tell alpha and index without the flagged, and alpha without straight-liners alone, as tidy rows."""
    parts = [
        _rows_without(found.effect, "_without_flagged", "flagged respondents left out"),
        _rows_without(found.straight_effect, "_without_straight_liners", "one answer to everything left out"),
    ]
    return stats.stack(parts)


def _rows_without(frame: pd.DataFrame, suffix: str, told: str) -> pd.DataFrame:
    """Tidy rows of a statistic without some respondents."""
    if frame.empty:
        return stats.tidy("", [], [])
    rows = frame.assign(
        metric=frame["metric"] + suffix,
        method=told,
        estimate=frame["without_flagged"],
        ci_low=np.nan,
        ci_high=np.nan,
        n=frame["n_without"],
    )
    return rows[list(stats.COLUMNS)]


def flag_table(page: Page, found: Carelessness) -> pd.DataFrame:
    """Rules with their thresholds in words, and how many respondents each flags.

    Parameters
    ----------
    page : Page
    found : Carelessness

    Returns
    -------
    DataFrame
        Columns ``rule, meaning, count, share``.
    """
    rules, table = found.screening.rules, found.screening.respondents
    values = {
        "run": int(np.ceil(rules.longstring_share * len(page.study.items))),
        "items": len(page.study.items),
        "share": rules.irv_share,
        "p": rules.mahalanobis_p,
        "flags": rules.least_flags,
        "rules": len(rules.counted),
        "fast": rules.fast_share,
        "grids": rules.straight_grids,
    }
    uncounted = ("straight_grids", "shared_device")
    counts = {name: int(table[f"flag_{name}"].sum()) for name in (*rules.counted, *uncounted)}
    counts |= {"straight_line": found.straight, "any": found.flagged, "careless": found.suspect}
    known = {name: bool(table[name].notna().any()) for name in (*rules.counted, *uncounted)}
    rows = [
        (
            page.t(f"careless.rule.{name}"),
            page.t(f"careless.meaning.{name}", **values),
            counts[name],
            counts[name] / len(table),
        )
        for name in SHOWN
        if name in counts and known.get(name, True)
    ]
    return pd.DataFrame(rows, columns=["rule", "meaning", "count", "share"])


def show_flags(page: Page, found: Carelessness) -> None:
    """Show who is flagged by which rule, where that can be told, and the contradictions of the study."""
    if found.possible:
        page.table("flags", flag_table(page, found), FLAG_FORMATS)
    rules = page.study.quality.implausible
    if rules:
        told = [page.study.say(rule.text, page.lang) for rule in rules]
        page.table("contradictions", pd.DataFrame({"contradiction": told, "count": found.contradictions}))


def largest_changes(found: Carelessness) -> dict[str, float]:
    """Largest change (absolute) of any alpha and of any index; 0 when there is nothing to compare."""
    frame = found.effect
    if frame.empty:
        return {"alpha_change": 0.0, "index_change": 0.0}
    size = frame["change"].abs().groupby(frame["metric"]).max()
    return {
        "alpha_change": float(np.nan_to_num(size.get("alpha", 0.0))),
        "index_change": float(np.nan_to_num(size.get("index_0_100", 0.0))),
    }


def _with_limits(effect: pd.DataFrame, answers: Answers, sample: Sample, found: Assessment) -> pd.DataFrame:
    """Put the intervals of everybody beside what leaving out the flagged would change."""
    if effect.empty:
        return effect
    tables = headline_tables(answers.study, sample, answers.scored, answers.weights)
    whole = stats.stack([found.reliability, found.outer, *tables]).drop_duplicates(["metric", "subject"])
    limits = whole[["metric", "subject", "ci_low", "ci_high"]]
    return effect.merge(limits, on=["metric", "subject"], how="left")
