"""Loadings and cross-loadings: which items stand where they belong."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat import stats
from csat.report import numbers
from csat.report.measurement.assessment import Assessment
from csat.report.measurement.rows import halves, rows_of

if TYPE_CHECKING:
    from csat.report.page import Page


def cross_loadings(found: Assessment, page: Page) -> pd.DataFrame:
    """Write the loading of each item on its own construct, in brackets, and on all others.

    Returns
    -------
    DataFrame
        First column ``item``, then a column a construct; ``!`` marks what is as high as the own loading.
    """
    wide = loading_matrix(found)
    if wide.shape[1] < 2:
        return pd.DataFrame()
    own = home_of(found)
    at_home = own_loadings(found, wide)
    table = {"item": list(wide.index)}
    for construct in wide.columns:
        table[construct] = [
            _mark(text, own[item] == construct, value, home)
            for item, value, text, home in zip(
                wide.index, wide[construct], wide[construct].map(numbers.number), at_home, strict=True
            )
        ]
    return pd.DataFrame(table)


def _mark(text: str, at_home: bool, value: float, home: float) -> str:
    """Brackets around the own loading, an exclamation mark after one elsewhere that is as high."""
    if at_home:
        return text if pd.isna(value) else f"[{text}]"
    return f"{text} !" if abs(value) >= abs(home) else text


def construct_heads(page: Page, found: Assessment) -> dict[Hashable, str]:
    """Column heads of `cross_loadings`: labels of the constructs."""
    return {name: page.label(name) for name in found.verdicts["construct"]}


def loading_matrix(found: Assessment) -> pd.DataFrame:
    """Put loadings and cross-loadings together: items x constructs, in the order of the study."""
    rows = found.outer[found.outer["metric"].isin(("loading", "cross_loading"))]
    construct, item = halves(rows["subject"], stats.ARROW)
    wide = rows.assign(construct=construct, item=item).pivot(
        index="item", columns="construct", values="estimate"
    )
    for row in rows_of(found.verdicts[found.verdicts["kind"] == "single"]):
        if row.items in wide.index and row.construct in wide.columns:
            wide.loc[row.items, row.construct] = 1.0  # a single item is its construct
    order = [item for items in found.verdicts["items"] for item in items.split()]
    names = [name for name in found.verdicts["construct"] if name in wide.columns]
    return wide.reindex(index=[item for item in order if item in wide.index], columns=names)


def home_of(found: Assessment) -> dict[str, str]:
    """Construct of each item."""
    return {item: str(row.construct) for row in rows_of(found.verdicts) for item in str(row.items).split()}


def stray_items(found: Assessment) -> list[str]:
    """Items that load at least as high on another construct as on their own."""
    wide, own = loading_matrix(found), home_of(found)
    at_home = own_loadings(found, wide)
    return [
        str(item)
        for item, values, home in zip(wide.index, wide.to_numpy(float), at_home, strict=True)
        if any(
            abs(value) >= abs(home)
            for construct, value in zip(wide.columns, values, strict=True)
            if construct != own[str(item)]
        )
    ]


def own_loadings(found: Assessment, wide: pd.DataFrame) -> list[float]:
    """Return the loading of each item on its own scale; NaN for single items and composites."""
    own = home_of(found)
    scales = set(found.verdicts.loc[found.verdicts["kind"] == "scale", "construct"])
    return [
        float(wide[own[str(item)]][item]) if own[str(item)] in scales.intersection(wide.columns) else np.nan
        for item in wide.index
    ]


def weak_loadings(found: Assessment, below: float) -> list[str]:
    """Items of reflective scales whose loading stays below a bar, the weakest first."""
    rows = found.outer[found.outer["metric"] == "loading"].copy()
    construct, item = halves(rows["subject"], stats.ARROW)
    scales = set(found.verdicts.loc[found.verdicts["kind"] == "scale", "construct"])
    rows = rows.assign(construct=construct, item=item)
    rows = rows[rows["construct"].isin(scales) & (rows["estimate"] < below)]
    return [str(item) for item in rows.sort_values("estimate", kind="stable")["item"]]
