"""The way from rows received to rows analysed, and which answers are missing together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.style import BLUE, INK, MUTED, NEUTRAL, ORANGE, PAPER, RULE, WIDTH, mix, new_figure, styled
from csat.report.text import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Step = tuple[str, int]
"""A label and how many."""

_MAIN = 2.3
_SIDE = 2.75
_TALL = 0.62
_GAP = 0.16
_LETTERS = 26


@styled
def flow_chart(start: Step, aside: Sequence[Step], end: Step, *, lang: str = "en") -> Figure:
    """Draw who came in, who was set aside on the way and why, and who is analysed.

    Parameters
    ----------
    start, end : (label, count)
        First and last box, below each other.
    aside : sequence of (label, count)
        Boxes to the right, in the order in which they happened.
    lang : str
        Language of the figure.

    Returns
    -------
    Figure
        From top to bottom; counts stand in the boxes.
    """
    middle = max(len(aside), 1) * (_TALL + _GAP) + _GAP
    height = 2 * _TALL + middle + 0.16
    figure, axes = new_figure(height)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    spine = 0.08 + _MAIN / 2
    _arrow(axes, (spine, 0.08 + _TALL), (spine, 0.08 + _TALL + middle))
    for place, step in enumerate(aside):
        top = 0.08 + _TALL + _GAP + place * (_TALL + _GAP)
        left = WIDTH - 0.08 - _SIDE
        _arrow(axes, (spine, top + _TALL / 2), (left, top + _TALL / 2))
        _box(axes, left, top, _SIDE, step, strong=False)
    _box(axes, 0.08, 0.08, _MAIN, start, strong=True)
    _box(axes, 0.08, 0.08 + _TALL + middle, _MAIN, end, strong=True)
    return figure


def _arrow(axes: Any, start: tuple[float, float], stop: tuple[float, float]) -> None:
    """Arrow from one point to another."""
    look = {"arrowstyle": "-|>,head_length=0.5,head_width=0.25", "color": MUTED, "linewidth": 1.3}
    axes.annotate("", xy=stop, xytext=start, arrowprops={**look, "shrinkA": 0, "shrinkB": 0}, zorder=1)


def _box(axes: Any, left: float, top: float, wide: float, step: Step, strong: bool) -> None:
    """One box: the count, and what it counts."""
    from matplotlib.patches import FancyBboxPatch

    face = mix(BLUE, PAPER, 0.88) if strong else mix(NEUTRAL, PAPER, 0.4)
    look: dict[str, Any] = {"facecolor": face, "edgecolor": INK if strong else MUTED}
    look["linewidth"] = 1.8 if strong else 1.0
    corner = "round,pad=0,rounding_size=0.07"
    axes.add_patch(FancyBboxPatch((left, top), wide, _TALL, boxstyle=corner, zorder=2, **look))
    label, count = step
    style = {"ha": "center", "va": "center", "zorder": 3}
    lines = wrap(label, int(_LETTERS * wide / _MAIN), 2)
    axes.text(left + wide / 2, top + 0.15, numbers.count(count), fontsize=11, fontweight="bold", **style)
    axes.text(
        left + wide / 2, top + 0.41, lines, fontsize=9 if "\n" not in lines else 8.5, linespacing=1.0, **style
    )


@styled
def pattern_grid(gone: pd.DataFrame, counts: Sequence[int], *, lang: str = "en") -> Figure:
    """Draw which answers are missing together: a row an item, a column a pattern.

    Parameters
    ----------
    gone : DataFrame of bool, items x patterns
        Whether the item is missing in the pattern; the index holds labels, the most frequent pattern first.
    counts : sequence of int
        Respondents with each pattern, written below its column.
    lang : str
        Language of the figure.

    Returns
    -------
    Figure
        A filled square with a cross is a missing answer: told by shape, not by colour alone.
    """
    from matplotlib.patches import Rectangle

    rows, columns = gone.shape
    figure, axes = new_figure(0.55 + 0.34 * rows)
    for i in range(rows):
        for j in range(columns):
            out = bool(gone.iloc[i, j])
            look: dict[str, Any] = {
                "facecolor": mix(ORANGE, PAPER, 0.55) if out else PAPER,
                "edgecolor": RULE,
                "linewidth": 1.0,
            }
            axes.add_patch(Rectangle((j + 0.06, i + 0.08), 0.88, 0.84, **look))
            if out:
                axes.text(j + 0.5, i + 0.5, "×", ha="center", va="center", fontsize=11, color=INK)
    axes.set(xlim=(0, max(columns, 6)), ylim=(rows, 0))
    axes.set_yticks([i + 0.5 for i in range(rows)], [wrap(str(label), 26, 2) for label in gone.index])
    axes.set_xticks([j + 0.5 for j in range(columns)], [numbers.count(n) for n in counts])
    axes.tick_params(length=0)
    axes.grid(False)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure
