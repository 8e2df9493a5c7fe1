"""Headings of tables from KoboToolbox and ODK: groups before the question, options after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = re.compile(r"[^\W\d][\w.]*")
_FLAGS = {"0", "1", "true", "false", "yes", "no", "n/a", ""}
_BETWEEN = "/-.:"
_OWN = ("meta/", "meta-", "meta:", "formhub/", "set-of-", "uid:")


@dataclass(frozen=True)
class Heading:
    """A heading: as written, as the column is called, and its question and option where it is one of several.

    `question` is the name of the question's own column, whether or not the file has it.
    """

    written: str
    column: str
    question: str = ""
    option: str = ""


def headings_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Heading]:
    """Take headings apart.

    Parameters
    ----------
    header : sequence of str
        Headings as written.
    rows : sequence of sequences of str
        Rows under them: options are told by cells of 0 and 1.

    Returns
    -------
    list of Heading
        One a heading. Groups are taken off only where all headings are names of a form (not labels, in which
        ``/`` may stand anywhere) and what is left names one column.
    """
    questions = _questions(header, rows)
    named = all(_is_path(title) for title in header if title)
    central = any(title.lower() in ("meta-instanceid", "key", "instanceid") for title in header)
    short = {title: _without_groups(title, questions.get(title, ""), central) for title in header}
    counts = Counter(short[title] for title in dict.fromkeys(header))
    made = []
    for title in header:
        column = short[title] if named and counts[short[title]] == 1 else title
        question = questions.get(title, "")
        option = title[len(question) + 1 :] if question else ""
        made.append(Heading(title, column, column[: -len(option) - 1] if option else "", option))
    return made


def _is_path(title: str) -> bool:
    """Whether a heading is made of names of a form."""
    return re.fullmatch(r"[\w.:\-]+(/[\w.:\-\[\]]+)*", title) is not None


def _without_groups(title: str, question: str, central: bool) -> str:
    """Last name of a heading, with the option after it."""
    if title.startswith("_") or title.lower().startswith(_OWN):
        return title
    base, option = (question, title[len(question) :]) if question else (title, "")
    base = base.rsplit("/", 1)[-1]
    if central and not base.lower().endswith(("-latitude", "-longitude", "-altitude", "-accuracy")):
        last = base.rsplit("-", 1)[-1]
        base = last if _NAME.fullmatch(last) else base
    return base + option


def _questions(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Heading of an option -> heading of its question."""
    whole = set(header)
    flagged = {
        title
        for place, title in enumerate(header)
        if any(sign in title for sign in _BETWEEN)
        and all(row[place].lower() in _FLAGS for row in rows if place < len(row))
    }
    flags = {title for title in flagged if "/" in title}
    found = _by_other_signs(whole, flagged)
    for title in flags - set(found):
        # An option's label may hold a slash itself: the longest question that the file has counts.
        parts = [place for place, sign in enumerate(title) if sign == "/"]
        for place in reversed(parts):
            if title[:place] in whole:
                found[title] = title[:place]
                break
    shared = Counter(title.rsplit("/", 1)[0] for title in header if "/" in title)
    alone = Counter(title.rsplit("/", 1)[0] for title in flags if title not in found)
    for title in flags - set(found):
        start = title.rsplit("/", 1)[0]
        if alone[start] > 1 and alone[start] == shared[start] and not start.lower().startswith(_OWN):
            found[title] = start
    return found


def _by_other_signs(whole: set[str], flagged: set[str]) -> dict[str, str]:
    """Options of questions where a server was told to write another sign than ``/``.

    The question must have a column itself, and two options at least, as names may hold these signs.
    """
    found = {}
    for title in flagged:
        starts = [title[:place] for place, sign in enumerate(title) if sign in _BETWEEN]
        question = next((start for start in reversed(starts) if start in whole - flagged), "")
        if question:
            found[title] = question
    counts = Counter(found.values())
    return {title: question for title, question in found.items() if counts[question] > 1}
