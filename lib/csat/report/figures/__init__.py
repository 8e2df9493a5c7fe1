"""Figures: frames in, matplotlib figures out; and the HTML that carries a figure with its words."""

from __future__ import annotations

import base64

from csat.report.tables import escape


def figure_html(svg: str, headline: str, alt: str, subtitle: str = "", key: str = "") -> str:
    """Figure with its message above, the image, and what it rests on below.

    Parameters
    ----------
    svg : str
        One ``<svg>`` element, see `csat.report.svg.figure_svg`.
    headline : str
        What the figure shows, as a sentence with computed values.
    alt : str
        The same for somebody who cannot see it.
    subtitle : str
        Statistic, base and interval.
    key : str
        Written as ``data-key``.

    Returns
    -------
    str
        A ``<figure>``; all text escaped; the image is an ``<img>``, so its inner ids touch nothing.

    Raises
    ------
    ValueError
        If there is no headline or no alternative text.
    """
    if not headline.strip() or not alt.strip():
        raise ValueError(f"Figure {key!r} needs a headline and an alternative text.")
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    below = f'<p class="subtitle">{escape(subtitle)}</p>' if subtitle else ""
    marked = f' data-key="{escape(key)}"' if key else ""
    return (
        f"<figure{marked}><figcaption>{escape(headline)}</figcaption>"
        f'<div class="figure-scroll" tabindex="0" role="group" aria-label="{escape(headline)}">'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}"></div>{below}</figure>'
    )
