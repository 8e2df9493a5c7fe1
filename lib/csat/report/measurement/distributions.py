"""Distributions of the answers, put together as panels for diverging bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat.report import numbers
from csat.report.analysed import only_analysed
from csat.report.measurement.classes import answer_classes
from csat.report.style import BLUE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from csat.data import Answers
    from csat.report.page import Page
    from csat.study.definition import Scale

MOST_ROWS = 16
"""Items that one figure shows before the next one is begun (a construct stays in one piece)."""


@dataclass(frozen=True)
class Panel:
    """Items that share a scale, for one figure.

    Attributes
    ----------
    constructs : tuple of str
        Constructs shown, in order; an empty name for items of none.
    items : tuple of str
    shares : DataFrame
        Items x answer categories, lowest first; shares of 1, each row sums to 1. NaN for an item that too
        few answered to show how (`least_answers`).
    """

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    shares: pd.DataFrame

    @property
    def upper(self) -> pd.Series:
        """Share of answers above the midpoint of the scale, by item (answers at it are in neither half)."""
        half = self.shares.shape[1] // 2
        return self.shares.iloc[:, self.shares.shape[1] - half :].sum(axis=1, skipna=False)

    @property
    def midpoint(self) -> str:
        """Name of the class of answers exactly at the midpoint; empty where the scale has none."""
        half, odd = divmod(self.shares.shape[1], 2)
        return str(self.shares.columns[half]) if odd else ""


def panels(answers: Answers) -> tuple[Panel, ...]:
    """Cut the items into panels: by the range of their scale, then by construct, of at most `MOST_ROWS` rows.

    Parameters
    ----------
    answers : Answers
        Scored answers are used, so the right side is always the favourable one.

    Returns
    -------
    tuple of Panel
    """
    study = answers.study
    wanted = [*study.blocks().items()]
    loose = tuple(item.id for item in study.items.values() if item.construct is None)
    wanted += [("", loose)] if loose else []
    pieces = [
        (name, tuple(group), limits)
        for name, items in wanted
        for limits, group in groupby(items, key=lambda item: _limits(study.scale_of(item)))
    ]
    built: list[Panel] = []
    for limits in dict.fromkeys(piece[2] for piece in pieces):
        same = [(name, items) for name, items, where in pieces if where == limits]
        built += [_panel(answers, chunk) for chunk in _chunks(same)]
    return tuple(built)


def show_answers(page: Page, answers: Answers) -> None:
    """Show all answers as diverging bars, a figure a panel.

    Parameters
    ----------
    page : Page
    answers : Answers
    """
    from csat.report.figures.common import diverging_bars

    used = only_analysed(answers, page.context.missing)
    for panel in panels(used):
        upper = panel.upper.dropna()
        if upper.empty:
            page.note("answers.too_few", minimum=least_answers(answers))
            continue
        heads = [_group(page, name) for name in panel.constructs]
        values = {
            "constructs": heads,
            "best": page.label(str(upper.idxmax())),
            "best_share": float(upper.max()),
            "worst": page.label(str(upper.idxmin())),
            "worst_share": float(upper.min()),
            "n": int(used.scored[list(upper.index)].notna().sum().min()),
            "k": len(panel.items),
            "low": str(panel.shares.columns[0]),
            "high": str(panel.shares.columns[-1]),
            "middle": page.t("answers.middle", point=panel.midpoint) if panel.midpoint else "",
        }
        figure = diverging_bars(
            _labelled(page, panel), lang=page.lang, ends=(page.t("answers.lower"), page.t("answers.upper"))
        )
        _set_off(figure, heads if len(heads) > 1 else [], bold=page.lang != "zh")
        level = numbers.percent(upper.max()) == numbers.percent(upper.min())
        key = "answers.one" if len(panel.items) == 1 else "answers.level" if level else "answers"
        page.figure(key, figure, **values)


def category_shares(answers: Answers, items: Sequence[str]) -> pd.DataFrame:
    """Weighted share of each answer category, for items on one range.

    Parameters
    ----------
    answers : Answers
    items : sequence of str

    Returns
    -------
    DataFrame
        Items x categories, lowest first; NaN for an item with fewer than `least_answers`.
    """
    scale = answers.study.scale_of(items[0])
    given = answers.scored[list(items)].to_numpy(dtype=float)
    edges, names = answer_classes(scale.minimum, scale.maximum, scale.points, given[~np.isnan(given)])
    rows, least = {}, least_answers(answers)
    for item in items:
        values = answers.scored[item].to_numpy(dtype=float)
        known = ~np.isnan(values)
        counts, _ = np.histogram(values[known], bins=edges, weights=answers.weights[known])
        rows[item] = counts / max(counts.sum(), 1e-12)
        if known.sum() < least:
            rows[item] = np.full(len(names), np.nan)
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def least_answers(answers: Answers) -> int:
    """Answers that an item needs before shares of them are shown: in a segment, more than otherwise."""
    limits = answers.study.thresholds
    return limits.minimum_base if answers.segment else limits.suppress_below


def _set_off(figure: Figure, heads: Sequence[str], bold: bool) -> None:
    """Make the names of constructs stand out from those of their items."""
    for text in figure.axes[0].get_yticklabels():
        if text.get_text().replace("\n", " ") in heads:
            text.set(fontweight="bold" if bold else "normal", color=BLUE)


def _limits(scale: Scale) -> tuple[float, float, str]:
    """Range and kind of a scale: what items of one figure share."""
    return scale.minimum, scale.maximum, scale.kind


def _chunks(pieces: list[tuple[str, tuple[str, ...]]]) -> list[list[tuple[str, tuple[str, ...]]]]:
    """Put constructs together until a figure is full."""
    chunks: list[list[tuple[str, tuple[str, ...]]]] = []
    for piece in pieces:
        rows = sum(len(items) for _, items in chunks[-1]) if chunks else MOST_ROWS
        if not chunks or rows + len(piece[1]) > MOST_ROWS:
            chunks.append([])
        chunks[-1].append(piece)
    return chunks


def _panel(answers: Answers, chunk: list[tuple[str, tuple[str, ...]]]) -> Panel:
    """One panel from the constructs of a chunk."""
    items = tuple(item for _, group in chunk for item in group)
    return Panel(tuple(dict.fromkeys(name for name, _ in chunk)), items, category_shares(answers, items))


def _group(page: Page, construct: str) -> str:
    """Name of a group of items: their construct, or that they have none."""
    return page.label(construct) if construct else page.t("answers.loose")


def _labelled(page: Page, panel: Panel) -> pd.DataFrame:
    """Rows with labels; above the items of a construct a row without bars that names it."""
    rows: list[tuple[str, list[float]]] = []
    empty = [float("nan")] * panel.shares.shape[1]
    before: str | None = ""
    for item in panel.items:
        asked = page.study.items[item]
        if asked.construct != before and len(panel.constructs) > 1:
            rows.append((_group(page, asked.construct or ""), empty))
        before = asked.construct
        turned = page.t("answers.turned", item=page.label(item)) if asked.reversed else page.label(item)
        rows.append((turned, panel.shares.loc[[item]].to_numpy(float)[0].tolist()))
    names, values = zip(*rows, strict=True)
    return pd.DataFrame(list(values), index=list(names), columns=panel.shares.columns)
