"""How unequal the weights are: their distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csat.report.style import BLUE, MUTED, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST_BARS = 24


@styled
def weight_bars(
    weights: NDArray[np.float64], *, lang: str = "en", xlabel: str = "", ylabel: str = "", mean: str = ""
) -> Figure:
    """Draw how many percent of the respondents have which weight.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Relative to the mean weight.
    lang, xlabel, ylabel : str
        Language, and names of the axes.
    mean : str
        Name of the line at the mean.

    Returns
    -------
    Figure
    """
    figure, axes = new_figure(2.6)
    bars = int(np.clip(np.sqrt(len(weights)), 6, MOST_BARS))
    counts, edges = np.histogram(weights, bins=bars, range=(0.0, float(weights.max()) * 1.0001))
    share = 100 * counts / counts.sum()
    axes.bar(edges[:-1], share, width=np.diff(edges) * 0.94, align="edge", color=BLUE)
    axes.axvline(1.0, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    # Above the axes: bars may reach their upper end.
    axes.annotate(
        mean,
        (1.0, 1.0),
        (0, 3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        va="bottom",
    )
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xlim(0, edges[-1])
    axes.grid(axis="y")
    return figure
