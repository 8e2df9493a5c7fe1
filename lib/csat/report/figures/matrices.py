"""Matrices as heat maps: the number printed in each cell, so that colour only helps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.style import BLUE, INK, PAPER, PLUM, RULE, WIDTH, ink_on, mix, new_figure, styled
from csat.report.text import unbreakable, wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@styled
def heat_map(
    frame: pd.DataFrame,
    *,
    lang: str = "en",
    digits: int = 2,
    limits: tuple[float, float] = (0.0, 1.0),
    marked: Callable[[float], bool] | pd.DataFrame | None = None,
    texts: pd.DataFrame | None = None,
    lower: bool = False,
) -> Figure:
    """Draw a matrix with its numbers, darker for larger; negative numbers plum instead of blue.

    Parameters
    ----------
    frame : DataFrame
        Index and columns: labels. Missing cells stay empty.
    lang : str
        Language of the figure.
    digits : int
        Decimals of the printed numbers.
    limits : (float, float)
        Values of the lightest and the darkest fill.
    marked : function of a value or DataFrame of bool, optional
        Cells that need attention: they get a thick frame and an exclamation mark.
    texts : DataFrame of str, optional
        Printed instead of the numbers.
    lower : bool
        Only show what is below the diagonal.

    Returns
    -------
    Figure
    """
    numbered = _numbered(frame)
    if lower and not numbered:  # nothing stands in the first row and in the last column
        frame = frame.iloc[1:, :-1]
    rows, columns = frame.shape
    figure, axes = new_figure(0.9 + 0.46 * rows)
    for i in range(rows):
        for j in range(columns):
            value: Any = frame.iat[i, j]
            if numbers.is_missing(value) or (lower and j > i - numbered):
                continue
            warn = _is_marked(marked, frame, i, j)
            fill = _fill(float(value), limits)
            text = str(texts.iat[i, j]) if texts is not None else numbers.number(value, digits)
            axes.add_patch(_square(i, j, fill, warn))
            style: dict[str, Any] = {"ha": "center", "va": "center", "color": ink_on(fill), "zorder": 4}
            style["fontsize"] = 9.5 if columns <= 8 else 8.5
            style["fontweight"] = "bold" if warn and lang != "zh" else "normal"
            axes.text(j, i, text + (" !" if warn else ""), **style)
    _name(axes, frame, numbered)
    for spine in axes.spines.values():
        spine.set_color(RULE)
    return figure


def _room(columns: int) -> int:
    """Letters that fit above a column."""
    return max(int((WIDTH - 1.8) / columns / 0.078), 4)


def _numbered(frame: pd.DataFrame) -> bool:
    """Say whether column names find no room but can be numbers, because the rows bear the same names."""
    heads = [str(name) for name in frame.columns]
    return max(map(unbreakable, heads)) > _room(len(heads)) and heads == [str(name) for name in frame.index]


def _name(axes: Any, frame: pd.DataFrame, numbered: bool) -> None:
    """Name rows and columns; names that find no room are slanted."""
    heads, names = [str(name) for name in frame.columns], [str(name) for name in frame.index]
    if numbered:
        names = [f"{i}  {name}" for i, name in enumerate(names, 1)]
        heads = [str(i) for i in range(1, len(heads) + 1)]
    slanted = max(map(unbreakable, heads)) > _room(len(heads))
    look = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"} if slanted else {}
    limit = 18 if slanted else _room(len(heads))
    axes.set_xticks(range(len(heads)), [wrap(head, limit) for head in heads], **look)
    axes.set_yticks(range(len(names)), [wrap(name, 26, 2) for name in names])
    axes.set(xlim=(-0.5, len(heads) - 0.5), ylim=(len(names) - 0.5, -0.5))
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9)


def _fill(value: float, limits: tuple[float, float]) -> str:
    """Fill of a cell: white at the lower limit, dark at the upper one."""
    low, high = limits
    share = min(max((abs(value) - low) / (high - low), 0.0), 1.0)
    return mix(PAPER, PLUM if value < 0 else BLUE, 0.92 * share)


def _is_marked(
    marked: Callable[[float], bool] | pd.DataFrame | None, frame: pd.DataFrame, i: int, j: int
) -> bool:
    """Say whether a cell needs attention."""
    if marked is None:
        return False
    value: Any = frame.iat[i, j]
    return bool(marked(float(value))) if callable(marked) else bool(marked.iat[i, j])


def _square(i: int, j: int, fill: str, warn: bool) -> Any:
    """Make one cell; a thick frame where it needs attention."""
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {"facecolor": fill, "edgecolor": PAPER, "linewidth": 1.2}
    if warn:
        look |= {"edgecolor": INK, "linewidth": 2.2, "zorder": 3}
    return Rectangle((j - 0.5, i - 0.5), 1, 1, **look)
