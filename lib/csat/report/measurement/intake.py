"""What came in: the way from rows received to rows analysed, and each item's answers in numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csat import stats
from csat.report.analysed import analysed, only_analysed
from csat.stats.shares import share_table

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page
    from csat.stats.frames import Sample
    from csat.study.definition import Study

END_SHARE = 0.25
"""Share of answers at one end of the scale from which the page speaks of a floor or ceiling: one in four."""

UNITS = {
    "received": "rows",
    "empty_row": "rows",
    "other_wave": "rows",
    "not_asked": "answers",
    "missing_code": "answers",
    "recoded": "answers",
    "label_to_code": "answers",
    "personal_dropped": "cells",
    "personal_hashed": "cells",
    "text_scrubbed": "answers",
    "off_scale": "answers",
    "reversed": "answers",
}
"""What an entry of the ledger counts, where it is not respondents."""

_AND_MORE = re.compile(r"(.*) and (\d+) more")
ITEM_FORMATS = {"missing_share": "pct1", "floor": "pct", "ceiling": "pct"}
"""How the columns of `item_table` are written."""


def ranges_of(study: Study) -> dict[str, tuple[float, float]]:
    """Lowest and highest point of each item's scale."""
    return {item: (study.scale_of(item).minimum, study.scale_of(item).maximum) for item in study.items}


def item_statistics(answers: Answers, sample: Sample) -> pd.DataFrame:
    """Tell each item's mean, spread, missing answers and answers at the ends of its scale.

    Parameters
    ----------
    answers : Answers
    sample : Moments or Bootstrap
        Of the scored answers.

    Returns
    -------
    DataFrame
        Tidy; metrics ``item_mean``, ``item_sd``, ``missing_share``, ``off_scale_count``, ``floor_share`` and
        ``ceiling_share``. Reversed items are turned. Each n counts the answers that the estimate rests on:
        with listwise deletion only the missing and off-scale answers are counted among everybody.

    Examples
    --------
    R: ``psych::describe(x)``.
    """
    items = list(answers.scored.columns)
    moments = stats.frames.moments_of(sample).select(items)
    used = only_analysed(answers, moments.missing)
    n = used.scored.notna().sum().to_numpy(dtype=np.float64)
    mean = stats.measure(sample, lambda m: m.select(items).mean)
    sd = stats.measure(sample, lambda m: m.select(items).sd)
    lost = _off_scale(answers)
    return stats.stack(
        [
            stats.tidy("item_mean", items, mean, n=n, method=moments.missing),
            stats.tidy("item_sd", items, sd, n=n, method=moments.missing),
            share_table(
                "missing_share", {str(item): answers.scored[item].isna().to_numpy(float) for item in items}
            ),
            *_end_shares(used),
            stats.tidy("off_scale_count", items, lost, n=len(answers.raw), method="answers set missing"),
        ]
    )


def _end_shares(answers: Answers) -> list[pd.DataFrame]:
    """Shares of answers at the lowest and the highest point."""
    scored = answers.scored
    ends = ranges_of(answers.study)
    even = bool(np.allclose(answers.weights, 1.0))
    weights = None if even else answers.weights
    items = [str(item) for item in scored.columns]
    known = scored.notna()
    at = [
        {item: np.where(known[item], scored[item] == ends[item][side], np.nan) for item in items}
        for side in (0, 1)
    ]
    design: dict[str, Any] = {
        "weights": weights,
        "strata": answers.strata,
        "clusters": answers.clusters,
    }
    return [
        share_table("floor_share", at[0], **design),
        share_table("ceiling_share", at[1], **design),
    ]


def _off_scale(answers: Answers) -> list[float]:
    """Answers off the scale that were set missing, by item."""
    ledger = answers.ledger
    counts = ledger[ledger["rule"] == "off_scale"].groupby("item")["count"].sum()
    return [float(counts.get(item, 0)) for item in answers.scored.columns]


@dataclass(frozen=True)
class Intake:
    """What the sentences about the incoming answers need.

    Attributes
    ----------
    received, n, items : int
        Rows of the file, respondents analysed (under the rule for missing answers), items.
    missing : int
        Missing answers in all.
    missing_share, most_missing_share : float
    most_missing : str
        Item with most missing answers; empty when none is missing.
    off_scale : int
        Answers off the scale that were set missing.
    floor, ceiling : tuple of str
        Items with at least `END_SHARE` of the answers at that end, most first.
    worst_end : float
        Largest of these shares.
    """

    received: int
    n: int
    items: int
    missing: int
    missing_share: float
    most_missing: str
    most_missing_share: float
    off_scale: int
    floor: tuple[str, ...]
    ceiling: tuple[str, ...]
    worst_end: float


def intake(answers: Answers, statistics: pd.DataFrame) -> Intake:
    """Sum up what came in.

    Parameters
    ----------
    answers : Answers
    statistics : DataFrame
        From `item_statistics`.

    Returns
    -------
    Intake
    """
    method = statistics.loc[statistics["metric"] == "item_mean", "method"]
    rule = "listwise" if method.str.contains("listwise", regex=False).all() else ""
    by = {name: rows.set_index("subject")["estimate"] for name, rows in statistics.groupby("metric")}
    gone = answers.raw.isna()
    worst = str(gone.sum().idxmax()) if gone.to_numpy().any() else ""
    ends = {
        side: by[f"{side}_share"][by[f"{side}_share"] >= END_SHARE].sort_values(
            ascending=False, kind="stable"
        )
        for side in ("floor", "ceiling")
    }
    return Intake(
        received=answers.received,
        n=int(analysed(answers, rule).sum()),
        items=answers.raw.shape[1],
        missing=int(gone.to_numpy().sum()),
        missing_share=float(gone.to_numpy().mean()),
        most_missing=worst,
        most_missing_share=float(gone[worst].mean()) if worst else 0.0,
        off_scale=int(by["off_scale_count"].sum()),
        floor=tuple(str(item) for item in ends["floor"].index),
        ceiling=tuple(str(item) for item in ends["ceiling"].index),
        worst_end=float(max([0.0, *ends["floor"], *ends["ceiling"]])),
    )


def ledger_table(page: Page, answers: Answers) -> pd.DataFrame:
    """Tell the steps from rows received to rows analysed, in the page's language.

    Parameters
    ----------
    page : Page
    answers : Answers

    Returns
    -------
    DataFrame
        Columns ``step, count, unit, rows``: entries of the same rule for several items are put together.
    """
    told = []
    used = int(analysed(answers, page.context.missing).sum())
    for rule, entries in answers.ledger.groupby("rule", sort=False):
        items = [page.label(item) for item in entries["item"] if item]
        count = int(entries["count"].sum())
        if rule == "analysed":
            if used < count:
                told.append(_step(page, "incomplete", count - used))
            count = used
        if count or items:
            told.append(_step(page, str(rule), count, items, rows_in_words(page, _rows(entries))))
    frame = pd.DataFrame(told, columns=["step", "count", "unit", "rows"])
    return frame if frame["rows"].any() else frame.drop(columns="rows")


def rows_in_words(page: Page, rows: str) -> str:
    """Rows of the file in the language of the page: those named, and how many more there are."""
    found = _AND_MORE.fullmatch(rows)
    return page.t("ledger.more", rows=found[1], k=int(found[2])) if found else rows


def _step(
    page: Page, rule: str, count: int, items: Sequence[str] = (), rows: str = ""
) -> tuple[str, int, str, str]:
    """One line of the ledger: what was done, to how many of what, in which rows."""
    unit = page.t(f"ledger.unit.{UNITS.get(rule, 'respondents')}")
    return page.t(f"ledger.rule.{rule}", items=list(items), k=len(items)), count, unit, rows


def _rows(entries: pd.DataFrame) -> str:
    """Rows of the file that an entry speaks of; for several items they are told in the metrics only."""
    return str(entries["rows"].iloc[0]) if len(entries) == 1 else ""


def item_table(answers: Answers, statistics: pd.DataFrame) -> pd.DataFrame:
    """One row an item for reading: n, missing, off the scale, mean, SD, ends.

    Parameters
    ----------
    answers : Answers
    statistics : DataFrame
        From `item_statistics`.

    Returns
    -------
    DataFrame
        Columns ``item, n, missing_share, off_scale, mean, sd, floor, ceiling``.
    """
    wide = statistics.pivot(index="subject", columns="metric", values="estimate")
    items = list(answers.scored.columns)
    wide = wide.reindex(items)
    n = statistics[statistics["metric"] == "item_mean"].set_index("subject")["n"]
    return pd.DataFrame(
        {
            "item": items,
            "n": n.reindex(items).to_numpy(dtype=int),
            "missing_share": wide["missing_share"].to_numpy(),
            "off_scale": wide["off_scale_count"].to_numpy(dtype=int),
            "mean": wide["item_mean"].to_numpy(),
            "sd": wide["item_sd"].to_numpy(),
            "floor": wide["floor_share"].to_numpy(),
            "ceiling": wide["ceiling_share"].to_numpy(),
        }
    )
