"""The page around every report: masthead, languages, contents, body, footer. No script, no address."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from csat.report.language import Catalogue

TEMPLATES = Path(__file__).parent / "template"
LANG_TAGS = {"zh": "zh-Hans"}


@dataclass(frozen=True)
class Link:
    """Link to another page of the folder; `current` is the page itself."""

    text: str
    href: str
    current: bool = False
    lang: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the contents list."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Frame:
    """Everything on a page but the words that never change.

    ``facts`` are (name, value) pairs of the footer; ``card`` is what the list of reports reads back; ``late``
    tells of the closing that a late revision came after (``closed``, a day, and its ``revision``).
    """

    lang: str
    title: str
    heading: str
    body: str
    kind: str = "report"
    kicker: str = ""
    facts_line: tuple[str, ...] = ()
    reports: tuple[Link, ...] = ()
    twins: tuple[Link, ...] = ()
    trail: Link | None = None
    contents: tuple[Entry, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    simulated: bool = False
    provisional: bool = False
    late: Mapping[str, Any] | None = None
    card: str = ""

    @property
    def lang_tag(self) -> str:
        """Language as HTML names it."""
        return lang_tag(self.lang)


def lang_tag(lang: str) -> str:
    """Language as HTML names it: ``zh`` is ``zh-Hans``."""
    return LANG_TAGS.get(lang, lang)


def published_name(notebook: str, lang: str, languages: Sequence[str]) -> str:
    """File name of a report: the study's first language bears no suffix.

    Examples
    --------
    >>> published_name("index", "en", ("en", "zh")), published_name("03_loyalty", "zh", ("en", "zh"))
    ('index.html', '03_loyalty.zh.html')
    """
    return f"{notebook}.html" if lang == languages[0] else f"{notebook}.{lang}.html"


def archive_name(lang: str) -> str:
    """File name of the list of all studies; the English one bears no suffix, whatever the studies speak."""
    return "index.html" if lang == "en" else f"index.{lang}.html"


def render_frame(page: Frame) -> str:
    """Render a whole page.

    Parameters
    ----------
    page : Frame
        ``body`` is trusted HTML; all else is plain text.

    Returns
    -------
    str
        The same bytes for the same page.
    """
    from csat import __version__

    words = Words(page.lang)
    page = replace(page, body=distinct_regions(keep_together(page.body)))
    text = (
        _environment()
        .get_template("frame.html.j2")
        .render(page=page, t=words, css=_css(), version=__version__)
    )
    return str(text) + "\n"


class Words:
    """Catalogue as templates call it: ``t('page.skip')``, ``t.html('page.simulated')``."""

    def __init__(self, lang: str) -> None:
        self._catalogue = Catalogue(lang)

    def __call__(self, key: str, **values: Any) -> str:
        """Plain text."""
        return self._catalogue.t(key, **values)

    def html(self, key: str, **values: Any) -> str:
        """Text with its bold parts as HTML."""
        return self._catalogue.html(key, **values)


def outline(body: str) -> tuple[str, str, tuple[Entry, ...]]:
    """Put a body's headings in order: unique ids, no skipped level, one main heading taken out.

    Parameters
    ----------
    body : str
        HTML in which headings may stand anywhere.

    Returns
    -------
    body, heading, contents : str, str, tuple of Entry
        The body with its first ``<h1>`` taken out (any other becomes ``<h2>``), that heading as plain text
        (empty if there is none), and the headings of level 2 and 3
        (those with ``data-contents="no"`` excepted).
    """
    entries: list[Entry] = []
    taken = {"report", "about-this-report"}
    main: list[str] = []
    last = 1

    def put_in_order(match: re.Match[str]) -> str:
        nonlocal last
        level, attributes, inner = int(match[1]), match[2], match[3].strip()
        text = html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        if level == 1 and not main:
            main.append(text)
            return ""
        last = min(max(level, 2), last + 1)
        named = re.search(r'\sid="([^"]*)"', attributes)
        name = _unique(named[1] if named else slug(text), taken)
        attributes = re.sub(r'\sid="[^"]*"', "", attributes)
        silent = 'data-contents="no"' in attributes
        attributes = attributes.replace(' data-contents="no"', "")
        if last <= 3 and not silent:
            entries.append(Entry(last, name, text))
        return f'<h{last} id="{html.escape(name)}"{attributes}>{inner}</h{last}>'

    ordered = re.sub(r"<h([1-6])((?:\s[^>]*)?)>(.*?)</h\1>", put_in_order, body, flags=re.S)
    return ordered, main[0] if main else "", tuple(entries)


def keep_together(body: str) -> str:
    """Put no-break spaces into ``n = 250`` and ``p < 0.001``, as mark-up writes them too."""
    return re.sub(r"\b([nNpRr]²?) (=|≥|≤|&lt;|&gt;) (?=[\d−])", "\\1\u00a0\\2\u00a0", body)


def distinct_regions(body: str) -> str:
    """Give scrolling regions distinct names, by a number behind those that repeat."""
    seen: dict[str, int] = {}

    def name(match: re.Match[str]) -> str:
        seen[match[1]] = seen.get(match[1], 0) + 1
        return (
            match[0] if seen[match[1]] == 1 else f'role="region" aria-label="{match[1]} ({seen[match[1]]})"'
        )

    return re.sub(r'role="region" aria-label="([^"]*)"', name, body)


def slug(text: str) -> str:
    """Heading as an id: letters and digits of any script, joined by hyphens.

    Examples
    --------
    >>> slug("What came in?"), slug("满意 ≠ 忠诚")
    ('what-came-in', '满意-忠诚')
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "section"


def _unique(name: str, taken: set[str]) -> str:
    """Name with a number behind it if it is taken already; it is taken from now on."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    taken.add(free)
    return free


@cache
def _css() -> str:
    """Style sheet without the spaces that a browser does not need."""
    text = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}").strip() + "\n"


@cache
def _environment() -> Any:
    """Jinja with escaping on."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
