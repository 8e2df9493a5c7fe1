"""The curve from satisfaction to loyalty: bracket means, a smooth curve with its band, a quadratic one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csat.report.style import BLUE, INK, MUTED, PAPER, PLUM, mix, new_figure, styled, text_colour

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@styled
def curve_plot(
    bins: pd.DataFrame,
    curve: pd.DataFrame,
    quadratic: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    xlabel: str = "",
    ylabel: str = "",
    names: tuple[str, str] = ("", ""),
    limits: tuple[float, float] = (0, 100),
) -> Figure:
    """Draw how an outcome rises: means in brackets, a smooth curve with its band, a quadratic one.

    Parameters
    ----------
    bins : DataFrame
        Columns ``centre, estimate, ci_low, ci_high``: means in brackets; may be empty.
    curve : DataFrame
        Columns ``x, estimate, ci_low, ci_high``: the smooth curve; may be empty.
    quadratic : DataFrame, optional
        Columns ``x, estimate``.
    lang, xlabel, ylabel : str
        Language, and names of the axes.
    names : (str, str)
        Of the smooth curve and of the quadratic one, for the legend.
    limits : (float, float)
        Ends of both axes.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(4.0)
    if len(curve):
        colour = mix(BLUE, PAPER, 0.82)
        axes.fill_between(curve["x"], curve["ci_low"], curve["ci_high"], color=colour, linewidth=0)
        axes.plot(curve["x"], curve["estimate"], color=BLUE, label=names[0])
    if quadratic is not None and len(quadratic):
        look = {"color": text_colour(PLUM), "linewidth": 1.4, "linestyle": (0, (5, 3))}
        axes.plot(quadratic["x"], quadratic["estimate"], label=names[1], **look)
    if len(bins):
        axes.vlines(bins["centre"], bins["ci_low"], bins["ci_high"], color=INK, linewidth=1.6, zorder=3)
        axes.plot(bins["centre"], bins["estimate"], "o", color=INK, markersize=6.5, zorder=4)
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=limits, ylim=limits)
    axes.grid(axis="y")
    if any(names):
        axes.legend(loc="upper left", labelcolor=MUTED)
    return figure
