"""The chart forms that every notebook shares, in one place to import from.

Each takes a frame of finished numbers with finished labels, a keyword ``lang``, and returns a matplotlib
`Figure` without title: headline and subtitle are text on the page (see `csat.report.page.Page.figure`).
"""

from __future__ import annotations

from csat.report.figures.answers import diverging_bars
from csat.report.figures.diagram import path_diagram
from csat.report.figures.intervals import interval_bars, interval_plot, line_band
from csat.report.figures.matrices import heat_map
from csat.report.figures.scatter import named_points, quadrant_bubbles
from csat.report.text import wrap

__all__ = [
    "diverging_bars",
    "heat_map",
    "interval_bars",
    "interval_plot",
    "line_band",
    "named_points",
    "path_diagram",
    "quadrant_bubbles",
    "wrap",
]
