"""Figures as SVG that is small and the same bytes on every run."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from csat.report.style import context

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GLYPH_UNIT = 16


def figure_svg(figure: Figure, lang: str = "en") -> str:
    """Figure as one ``<svg>`` element: letters as outlines, no date, no random ids, nothing superfluous.

    Parameters
    ----------
    figure : Figure
        What to write; it is cleared afterwards.
    lang : str
        Language whose style applies.

    Returns
    -------
    str
        Equal for equal figures.
    """
    buffer = io.StringIO()
    with context(lang):
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    figure.clear()
    return minify(buffer.getvalue())


def minify(svg: str) -> str:
    """SVG of matplotlib without prolog, comments, metadata, unused ids and digits that nobody sees.

    Parameters
    ----------
    svg : str
        As matplotlib writes it.

    Returns
    -------
    str
        The same picture: page coordinates to 0.01 pt, letter outlines to 1/256 of the letter size.
    """
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'<path id="[^"]*" d="[^"]*" transform="scale\(0\.015625\)"/>', _glyph, text)
    text = re.sub(r'(?<= d=")[^"]*', lambda path: _tighten(path[0]), text)
    text = re.sub(r"(?<=translate\()[^)]*", lambda move: _round(move[0]), text)
    text = re.sub(r'(<use [^>]*)transform="translate\((\S+) 0\)"', r'\1x="\2"', text)
    text = re.sub(r'( (?:x|y|width|height)=")([^"]*)', lambda at: at[1] + _round(at[2]), text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = _ids(text)
    text = re.sub(r";\s+", ";", re.sub(r"(?<=[a-z]): (?=[#\w])", ":", text))
    text = re.sub(r"<g>\s*</g>|<g/>", "", text)
    return re.sub(r">\s+<", "><", text).strip()


def _glyph(match: re.Match[str]) -> str:
    """Outline of a letter in coarser units: 256 to the letter size instead of 4096."""
    head, outline = match[0].split(' d="', 1)
    coarse = re.sub(r"-?\d+", lambda n: str(round(int(n[0]) / _GLYPH_UNIT)), outline.split('"')[0])
    return f'{head} d="{coarse}" transform="scale({0.015625 * _GLYPH_UNIT:g})"/>'


def _tighten(path: str) -> str:
    """Path data without the spaces that it can do without."""
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", _round(" ".join(path.split())))


def _round(text: str) -> str:
    """Decimal numbers to two decimals."""
    return re.sub(r"\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}".rstrip("0").rstrip("."), text)


def _ids(text: str) -> str:
    """Short ids in order of appearance for what is referred to, none for the rest."""
    used = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    short = {name: f"a{n}" for n, name in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', text)))}
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{short[m[1]]}"' if m[1] in used else "", text)
    text = re.sub(r'href="#([^"]+)"', lambda m: f'href="#{short[m[1]]}"', text)
    return re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{short[m[1]]})", text)
