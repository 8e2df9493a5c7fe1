"""The second gate: nothing personal and no secret in any file that is about to be published.

It reads the finished files of every kind, so it catches what slipped through everything before it. A finding
says in which file, where and what, never the value itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from csat.data.privacy.recognise import kind_of_name
from csat.report.gate import Finding
from csat.report.gate_rules import texts_of
from csat.report.passages import Content, Grid, content_of
from csat.report.private_text import WORDS, hits, masked, scrubbed
from csat.report.respondents import Respondents

if TYPE_CHECKING:
    from csat.study.definition import Study

EXPORTS = "exports"
"""Folder of forms made from the study alone, whose columns may be named as they like."""

MOST_FINDINGS = 10
"""Findings told of one file."""

CONTACTS = frozenset({"email", "phone", "wechat", "qq", "order"})
"""What a study's own text may hold, so that respondents can ask the author; and examples of order numbers."""

_LEAST_ITEMS, _LEAST_IDS = 3, 3
_HASH = re.compile(r"(?<![\w.-])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16}(?![\w.-])")
_COMMON = frozenset(
    {"name", "contact", "address", "street", "mail", "mobile", "cell", "名字", "称呼", "地址", "用户名"}
)
"""Heads that name a person's data in an export, and anything in a table."""


@dataclass(frozen=True)
class Guard:
    """What the gate needs to know to tell whose text it reads.

    Attributes
    ----------
    study : Study
    respondents : Respondents
    secrets : mapping of str to str
        Secret value -> name of its environment variable, see `csat.report.secrets.secrets_of`.
    known : str
        The study's own texts: addresses for questions in them may be published.
    """

    study: Study
    respondents: Respondents = field(default_factory=Respondents)
    secrets: Mapping[str, str] = field(default_factory=dict)
    known: str = ""

    def scrub(self, text: str) -> str:
        """Text without secrets, ids, texts of respondents, and whatever looks personal."""
        for value, name in sorted(self.secrets.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(value, f"[{name}]").replace(escape(value), f"[{name}]")
        for kind, value in self.respondents.found_in(text):
            text = text.replace(value, f"[{kind}]").replace(escape(value), f"[{kind}]")
        return scrubbed(text)


def texts_of_files(study: Study) -> str:
    """All that stands in the files of a study."""
    files = [path for path in study.files if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def check_privacy(folder: Path, guard: Guard) -> list[Finding]:
    """Check every file of a folder that is about to be published.

    Parameters
    ----------
    folder : Path
        The finished folder, with everything in it.
    guard : Guard

    Returns
    -------
    list of Finding
        Empty for a folder that may be published. Values are masked.
    """
    findings: list[Finding] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        found = list(dict.fromkeys(check_file(path, guard, forms=name.startswith(f"{EXPORTS}/"))))
        findings += [Finding(name, "privacy", detail) for detail in found[:MOST_FINDINGS]]
        if len(found) > MOST_FINDINGS:
            findings.append(Finding(name, "privacy", f"and {len(found) - MOST_FINDINGS} more"))
    return findings


def check_file(path: Path, guard: Guard, forms: bool = False) -> Iterator[str]:
    """Check one file.

    Parameters
    ----------
    path : Path
        File of any kind.
    guard : Guard
    forms : bool
        The file is a form that respondents will fill in: it may have a column for a name.

    Yields
    ------
    str
        What was found and where, masked.
    """
    raw = path.read_bytes()
    content = content_of(path)
    text = content.text
    for value, name in guard.secrets.items():
        if value.encode() in raw or value in text:
            yield f"{WORDS['secret']} {name}"
    place = _places(content)
    for hit in hits(text):
        value = text[hit.start : hit.end]
        if not _allowed(hit.kind, value, guard):
            yield f"{place(hit.start)}: {WORDS[hit.kind]}, {masked(value)}"
    for kind, value in guard.respondents.found_in(text):
        yield f"{place(text.find(value))}: {WORDS[kind]}, {masked(value)}"
    hashes = set(_HASH.findall(text))
    if len(hashes) >= _LEAST_IDS:
        yield f"{place(text.find(min(hashes)))}: {WORDS['respondent']}, hashed ({len(hashes)} of them)"
    for grid in content.grids:
        yield from _check_grid(grid, guard.study, forms)


def _allowed(kind: str, value: str, guard: Guard) -> bool:
    """Whether a value is an address of the study's author and of no respondent."""
    return kind in CONTACTS and value in guard.known and not guard.respondents.wrote(value)


def _places(content: Content) -> Callable[[int], str]:
    """Make a function from a position in all text to the place in the file."""
    starts = [0, *accumulate(len(passage.text) + 1 for passage in content.passages)]
    return lambda at: content.passages[max(0, bisect_right(starts, at) - 1)].place


def _check_grid(grid: Grid, study: Study, forms: bool) -> Iterator[str]:
    """Columns of personal data, and rows of single respondents."""
    said = texts_of(study)
    if not forms:
        for head in {one for one in grid.heads if one not in said}:
            if head.strip().casefold() not in _COMMON and kind_of_name(head):
                yield f"{grid.place}: {WORDS['column']}, {head!r}"
    items = {name for item in study.items.values() for name in (item.id, item.column, *item.label.values())}
    ratings = sum(head in items for head in grid.heads)
    numbered = bool(grid.rows) and all(row.lstrip("0123456789") == "" for row in grid.rows)
    if numbered and ratings >= min(_LEAST_ITEMS, len(study.items)):
        yield f"{grid.place}: {WORDS['rows']} ({len(grid.rows)} with {ratings} items)"
