"""Figures from wave to wave: lines with intervals that stop where the waves cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report.style import MARKERS, MUTED, PALETTE, direct_labels, new_figure, styled, text_colour
from csat.report.text import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LEAST_SPAN = 10.0
"""Points that the axis covers at least, so that noise does not look like a mountain range."""

MOST_TICKS = 8


@styled
def wave_lines(
    frame: pd.DataFrame,
    waves: Sequence[str],
    *,
    lang: str = "en",
    ylabel: str = "",
    breaks: Sequence[str] = (),
    break_label: str = "",
    limits: tuple[float, float] = (0.0, 100.0),
) -> Figure:
    """Draw levels from wave to wave with their intervals, each line named at its end.

    Parameters
    ----------
    frame : DataFrame
        Columns ``wave, group, run, estimate, ci_low, ci_high``, at most four groups; a line joins the waves
        of one run of a group and no others.
    waves : sequence of str
        All waves, the oldest first.
    lang : str
        Language of the figure.
    ylabel : str
        Name of the axis.
    breaks : sequence of str
        Waves in which a question changed: a dotted line stands before them.
    break_label : str
        Written at the dotted lines.
    limits : (float, float)
        Ends of the scale, beyond which the axis never goes.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(3.6)
    place = {wave: k for k, wave in enumerate(waves)}
    groups = list(frame["group"].drop_duplicates())
    ends = []
    for number, group in enumerate(groups):
        rows = frame[frame["group"] == group]
        colour, marker = PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]
        style = ("-", "--", "-.", ":")[number % 4]
        aside = 0.07 * (number - (len(groups) - 1) / 2)
        for _, run in rows.groupby("run", sort=False):
            x = [place[wave] + aside for wave in run["wave"]]
            axes.vlines(x, run["ci_low"], run["ci_high"], color=colour, linewidth=1.6)
            axes.plot(x, run["estimate"], style, marker=marker, color=colour, markersize=5.5, linewidth=1.8)
        last = rows.iloc[-1]
        ends.append((place[last["wave"]], float(last["estimate"]), str(group), colour))
    _scale(axes, frame, limits)
    _waves(axes, waves)
    _breaks(axes, [place[wave] - 0.5 for wave in breaks], break_label)
    axes.set_ylabel(ylabel)
    axes.grid(axis="y")
    if len(groups) > 1:
        _names(axes, ends, len(waves) - 1)
    return figure


def _scale(axes: Any, frame: pd.DataFrame, limits: tuple[float, float]) -> None:
    """Let the axis hold every interval, over a span that does not make noise look large."""
    low = float(frame[["estimate", "ci_low"]].min().min())
    high = float(frame[["estimate", "ci_high"]].max().max())
    short = max(LEAST_SPAN - (high - low), 0.0) / 2
    margin = 0.06 * max(high - low, LEAST_SPAN)
    axes.set_ylim(max(low - short - margin, limits[0]), min(high + short + margin, limits[1] + margin / 2))


def _waves(axes: Any, waves: Sequence[str]) -> None:
    """Name the waves; of many only every second, third ..., the last always."""
    step = -(-len(waves) // MOST_TICKS)
    shown = list(range(len(waves) - 1, -1, -step))[::-1]
    axes.set_xticks(shown, [wrap(waves[k], 10) for k in shown])
    axes.set_xlim(-0.4, len(waves) - 0.6)


def _breaks(axes: Any, places: Sequence[float], label: str) -> None:
    """Draw a dotted line where questions changed."""
    for x in places:
        axes.axvline(x, color=MUTED, linewidth=1.2, linestyle=(0, (1, 2)))
        look = {"fontsize": 9, "color": MUTED, "ha": "center", "va": "bottom"}
        axes.annotate(
            label, (x, 1), (0, 2), xycoords=("data", "axes fraction"), textcoords="offset points", **look
        )


def _names(axes: Any, ends: Sequence[tuple[int, float, str, str]], last: int) -> None:
    """Name each line at the right of the axes."""
    low, high = axes.get_ylim()
    texts = [wrap(name, 14) for _, _, name, _ in ends]
    tall = max(text.count("\n") + 1 for text in texts)
    heights = direct_labels([end[1] for end in ends], (0.03 + 0.05 * tall) * (high - low))
    for text, (_, _, _, colour), y in zip(texts, ends, heights, strict=True):
        look = {"textcoords": "offset points", "va": "center", "color": text_colour(colour)}
        axes.annotate(text, (last + 0.3, y), (8, 0), annotation_clip=False, **look)
