"""Missing answers on the page: why, which together, whether at random, and what treating them changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat import stats
from csat.data.missing import EVERYBODY, STATES, missing_by_item, missing_by_path, missing_patterns
from csat.report.design.conditions import condition_words
from csat.report.figures.flow import pattern_grid
from csat.report.language import Catalogue
from csat.report.measurement.assessment import scales_of
from csat.report.measurement.intake import ranges_of
from csat.stats.mcar import LEAST_PER_PATTERN, pattern_size
from csat.stats.moments import MomentsError
from csat.stats.rows import MISSING_RULES

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page
    from csat.report.tables import Format

MOST_ITEMS = 14
"""Items that the figure and the table of missing answers show, those with most of them."""

MOST_COLUMNS = 8
"""Patterns of missing answers that the figure shows."""

SIGNIFICANT = 0.05
"""p below which the page says that answers are not missing completely at random."""

NOTICEABLE_INDEX, NOTICEABLE_ALPHA = 1.0, 0.02
"""Differences between treatments from which the page warns: points of an index, alpha."""

MOST_EM_WORK = 2e7
"""Patterns times the cube of the items from which the page leaves EM out: some ten seconds."""

GAP_FORMATS: Mapping[Hashable, Format] = {"missing_share": "pct1"}
"""How the columns of the tables of missing answers are written."""

_INDEX = ("index_pairwise", "index_listwise", "index_em")
_ALPHA = ("alpha_pairwise", "alpha_listwise", "alpha_em")
TREATMENT_FORMATS: Mapping[Hashable, Format] = {**dict.fromkeys(_INDEX, 1), **dict.fromkeys(_ALPHA, 3)}
"""How the columns of the table of treatments are written."""


def show_gaps(page: Page, answers: Answers) -> None:
    """Show missing answers by question and path, their patterns, Little's test and the treatments.

    Parameters
    ----------
    page : Page
    answers : Answers
        Nothing is shown where no question lacks an answer.
    """
    table = missing_by_item(answers)
    page.record(state_rows(table, answers.n))
    wanting = table[(table[["dont_know", "not_answered", "not_asked", "open"]] > 0).any(axis=1)]
    if wanting.empty:
        return
    page.heading("gaps.heading")
    page.say("gaps.about")
    most = wanting.sort_values("missing_share", ascending=False, kind="stable").head(MOST_ITEMS)
    page.table("gaps.items", _in_words(page, most.drop(columns=["path", "asked"])), GAP_FORMATS)
    show_paths(page, answers)
    if answers.scored.isna().to_numpy().any():
        show_patterns(page, answers)
        tell_mcar(page, answers)
        show_treatments(page, answers)


def state_rows(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """Tell as tidy rows how many answers of each question were given, not known, not given and not asked.

    Parameters
    ----------
    table : DataFrame
        From `csat.data.missing.missing_by_item`.
    n : int
        Respondents.

    Returns
    -------
    DataFrame
        Metrics ``missing_answered``, ``missing_dont_know``, ``missing_not_answered``, ``missing_not_asked``
        and ``missing_open``.
    """
    names = [str(name) for name in table["question"]]
    return stats.stack([stats.tidy(f"missing_{s}", names, table[s], n=n, method="count") for s in STATES])


def _in_words(page: Page, table: pd.DataFrame) -> pd.DataFrame:
    """Columns that hold something, with labels of questions; ``open`` only where it occurs."""
    empty = [s for s in ("dont_know", "not_asked", "open") if not table[s].any()]
    labels = [page.label(name) for name in table["question"]]
    return table.assign(question=labels).drop(columns=empty).reset_index(drop=True)


def show_paths(page: Page, answers: Answers) -> None:
    """Show missing answers by path through the routing, where there is more than one."""
    table = missing_by_path(answers)
    if len(table) < 2:
        return
    asked = answers.study.questionnaire(answers.study.wave(answers.wave).version)
    conditions = {str(q.condition): q.condition for q in asked.questions if q.condition is not None}
    words = Catalogue(page.lang, "design")
    named = [
        page.t("gaps.everybody")
        if path == EVERYBODY
        else condition_words(conditions[path], asked.by_id, words)
        for path in table["path"]
    ]
    shown = table.assign(path=named).drop(columns=["asked"])
    empty = [s for s in ("dont_know", "open") if not shown[s].any()]
    page.table("gaps.paths", shown.drop(columns=empty), GAP_FORMATS)


def show_patterns(page: Page, answers: Answers) -> None:
    """Show which answers are missing together, the most frequent patterns first."""
    patterns = missing_patterns(answers.scored, MOST_COLUMNS + 1)
    single = patterns[(patterns["pattern"] > 0) & (patterns["missing"] > 0)].head(MOST_COLUMNS)
    lacking = answers.scored.isna().sum()
    items = [
        str(i) for i in lacking[lacking > 0].sort_values(ascending=False, kind="stable").index[:MOST_ITEMS]
    ]
    gone = pd.DataFrame(
        [[item in row for row in single["items"]] for item in items],
        index=[page.label(item) for item in items],
    )
    incomplete = int(answers.scored.isna().any(axis=1).sum())
    top = single.iloc[0]
    values = {
        "n": answers.n,
        "complete": answers.n - incomplete,
        "share": (answers.n - incomplete) / answers.n,
        "shown": int(single["count"].sum()),
        "incomplete": incomplete,
        "patterns": len(single),
        "items": len(items),
        "names": [page.label(item) for item in top["items"]][:4],
        "count": int(top["count"]),
    }
    page.figure("patterns", pattern_grid(gone, list(single["count"]), lang=page.lang), **values)


def tell_mcar(page: Page, answers: Answers) -> None:
    """Say whether answers are missing completely at random, by Little's test."""
    patterns, per_pattern = pattern_size(answers.scored)
    if per_pattern < LEAST_PER_PATTERN:  # the test would not be worth the time that it takes
        return page.say("mcar.thin", patterns=patterns)
    try:
        found = stats.mcar_test(answers.scored)
    except MomentsError:
        return page.say("mcar.failed")
    if not found.df:
        return page.say("mcar.failed")
    page.record(found.table())
    values = {"statistic": found.statistic, "df": found.df, "p": found.p, "patterns": found.patterns}
    if found.p < SIGNIFICANT:
        return page.warn("mcar.rejected", **values)
    page.say("mcar.kept", **values)


def show_treatments(page: Page, answers: Answers) -> None:
    """Show index and alpha under each rule for missing answers, and say whether it matters."""
    study = answers.study
    rules = [rule for rule in MISSING_RULES if rule != "em" or _em_is_quick(answers.scored)]
    rows = stats.treatment_table(
        answers.scored, study.blocks(), ranges_of(study), list(scales_of(study)), answers.weights, rules
    )
    page.record(rows)
    wide = rows.pivot_table(index="subject", columns="metric", values="estimate", sort=False, dropna=False)
    wide = wide.reindex([c for c in study.blocks() if c in wide.index])
    gaps = {
        name: float(np.nan_to_num(_spread(wide, columns)))
        for name, columns in (("index", _INDEX), ("alpha", _ALPHA))
    }
    much = gaps["index"] >= NOTICEABLE_INDEX or gaps["alpha"] >= NOTICEABLE_ALPHA
    (page.warn if much else page.say)("treatment.differ" if much else "treatment.same", **gaps)
    shown = [c for c in (*_INDEX, *_ALPHA) if c in wide]
    page.table("treatment", wide[shown].rename_axis("construct").reset_index(), TREATMENT_FORMATS)


def _em_is_quick(frame: pd.DataFrame) -> bool:
    """Whether the EM algorithm takes seconds, not minutes, on these answers."""
    return pattern_size(frame)[0] * frame.shape[1] ** 3 <= MOST_EM_WORK


def _spread(wide: pd.DataFrame, columns: tuple[str, ...]) -> float:
    """Largest difference between the treatments of one construct."""
    own = wide[[c for c in columns if c in wide]]
    return float((own.max(axis=1) - own.min(axis=1)).max()) if own.shape[1] else 0.0
