"""A change from wave to wave in words and numbers: the section on the waves and page one say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from csat.report import numbers
from csat.report.loyalty.basis import Value
from csat.report.loyalty.trend import NOISE
from csat.report.loyalty.words import bounds, unbroken

if TYPE_CHECKING:
    from csat.report.page import Page

PERCENT = ("top_box", "change_top_box")
"""Shares of 1, written in per cent and their changes in percentage points."""


def direction(row: Mapping[str, Any]) -> str:
    """Say where a change went.

    Parameters
    ----------
    row : mapping
        Row of `csat.report.loyalty.trend.Trend.changes`.

    Returns
    -------
    str
        ``up`` or ``down``: beyond noise, by the p-value that is adjusted for all figures compared at once;
        ``unsure``: its own interval leaves out zero, but that test does not confirm it; else ``noise``.
    """
    if row["p_adjusted"] < NOISE:
        return "up" if row["estimate"] > 0 else "down"
    return "unsure" if row["ci_low"] > 0 or row["ci_high"] < 0 else "noise"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def in_points(row: Mapping[str, Any]) -> Value:
    """Estimate of a level or a change with its limits; shares in per cent."""
    times = 100.0 if row["metric"] in PERCENT else 1.0
    estimate, low, high = (times * float(row[part]) for part in ("estimate", "ci_low", "ci_high"))
    return Value(estimate, low, high, float(row["n"]))


def signed(row: Mapping[str, Any]) -> str:
    """Change with its sign; of shares in percentage points."""
    return numbers.number(in_points(row).estimate, 1, signed=True)


def written(page: Page, row: Mapping[str, Any] | None) -> str:
    """Change with its interval; a dash where there is nothing to compare with."""
    if row is None:
        return numbers.ABSENT
    return unbroken(f"{signed(row)} ({bounds(page, in_points(row))})")
