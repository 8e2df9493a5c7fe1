"""Figures of the measurement notebook: answers as diverging bars, reliability intervals, HTMT heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_ROW = 0.30
_LABEL_SHARE = 0.36


@style.styled
def answer_bars(
    frame: pd.DataFrame, low: str, high: str, key: str, *, lang: str = "en"
) -> Figure:
    """Answers to each item as a stacked bar that grows from the middle of the scale to both sides.

    Parameters
    ----------
    frame : DataFrame
        One row an item, in order; index (group, label) as shown; columns are the answer categories, lowest
        first, with shares of 1.
    low, high : str
        What stands left and right of the middle: the head of the lower and of the upper half.
    key : str
        Head of the legend of the categories.

    Returns
    -------
    Figure
    """
    rows = _rows_of_groups(frame)
    fig, ax = style.new_figure(_ROW * (len(rows) + 3.2))
    fills = style.diverging(frame.shape[1])
    limit = _widest_half(frame)
    for y, row in enumerate(rows):
        if isinstance(row, str):
            _group_head(ax, y, row)
        else:
            _answer_row(ax, y, frame.iloc[row], fills, limit)
    ax.axvline(0, color=style.INK, linewidth=0.8)
    ax.set(ylim=(len(rows) - 0.4, -0.6), xlim=(-limit - 0.13, limit + 0.13))
    ax.set_yticks([])
    ax.set_xticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    _half_heads(ax, limit, low, high)
    _category_legend(fig, frame.columns, fills, key)
    return fig


def _rows_of_groups(frame: pd.DataFrame) -> list[str | int]:
    """Rows of the figure from the top: the name of a group, then the positions of its items."""
    rows: list[str | int] = []
    before = None
    for position, (group, _) in enumerate(frame.index):
        if group != before and group:
            rows.append(str(group))
        before = group
        rows.append(position)
    return rows
