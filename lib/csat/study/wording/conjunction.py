"""Double-barrelled questions: two objects, two questions, a claim with its reason; and how to part them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csat.study.wording.finding import WordingFinding, make
from csat.study.wording.lexicon import BLOT, Wording, blot

_RATED = frozenset({"", "rating", "nps", "single", "kano", "number"})
_JOINT = {
    "en": re.compile(r"\s*,?\s+(?:and|as well as|&)\s+|\s*/\s*|\s*,\s+"),
    "zh": re.compile(r"以及|[和与及、/／]"),
}
_END = re.compile(r"[.?!。？！]|$")
_MOST = 8
_PERSONS = frozenset({"me", "us", "you", "it", "them", "him", "her", "i", "we", "they"})
_BE = frozenset({"is", "are", "was", "were", "be"})
_OWNERS = frozenset({"the", "a", "an", "our", "your", "my", "its", "their", "this", "these", "that"})
_PLACE = frozenset({"on", "in", "at", "by", "for"})


def double_barrelled(w: Wording) -> Iterator[WordingFinding]:
    """Find questions that ask about two things at once."""
    second = _second_question(w)
    if second and w.context.type not in ("note", "consent"):
        yield make("double_barrelled", w.lang, second)
        return
    if w.context.type not in _RATED:
        return
    lex, rule = w.lex, "double_barrelled"
    core = blot(w.core, lex.pattern(rule, "exempt"), lex.pattern(rule, "names"))
    found = lex.pattern(rule, "joined").search(core)
    if not found and w.context.type in ("", "rating", "nps") and not w.yes_no:
        found = _or(w, core)
    if found:
        yield make(rule, w.lang, _around(w, found), rewrites=parted(w, core, found))
    elif not w.is_question and w.agreement:
        cause = lex.pattern(rule, "reason").search(core)
        if cause:
            yield make(rule, w.lang, w.cut(cause))


def _second_question(w: Wording) -> str:
    """Second question mark's sentence, unless it only follows up the first."""
    asked = [t.strip() for _, t in w.sentences if t.rstrip().endswith(("?", "？"))]
    follow_up = w.lex.pattern("double_barrelled", "follow_up")
    return next((text for text in asked[1:] if not follow_up.match(text)), "")


def _or(w: Wording, core: str) -> re.Match[str] | None:
    """Two objects of a rating that are joined by “or” (“low or high” is answered by the scale itself)."""
    if not w.is_question:
        return None
    found = w.lex.pattern("double_barrelled", "joined_or").search(core)
    alternatives = re.search(r"还是|\b(?:would you say|whether|either)\b", w.plain, re.IGNORECASE)
    return None if alternatives else found


def _around(w: Wording, found: re.Match[str]) -> str:
    """Show the joining word with a little of what stands on both sides."""
    reach = 14 if w.lang == "en" else 5
    start, end = max(found.start() - reach, 0), min(found.end() + reach, len(w.text))
    if w.lang == "en":
        start = w.text.rfind(" ", 0, start) + 1
        cut = w.text.find(" ", end)
        end = len(w.text) if cut < 0 else cut
    return w.text[start:end].strip(" ,.?，。？")


def parted(w: Wording, core: str, found: re.Match[str]) -> tuple[str, ...]:
    """One question for each object, where the objects can be told from what they share."""
    span = _chinese_span(w, core, found) if w.lang == "zh" else _english_span(w, core, found)
    if span is None:
        return ()
    start, end = span
    parts = [part.strip() for part in _JOINT[w.lang].split(w.text[start:end]) if part.strip()]
    if len(parts) < 2 or any(_size(part, w.lang) > 8 for part in parts):
        return ()
    head = _shared_head(w, parts)
    return tuple(w.text[:start] + part + (head if part != parts[-1] else "") + w.text[end:] for part in parts)


def _size(part: str, lang: str) -> int:
    """Characters of Chinese, words of English."""
    return len(part) if lang == "zh" else len(part.split())


def _shared_head(w: Wording, parts: list[str]) -> str:
    """Noun at the end of the last part that the others share: “清晰和透明程度”."""
    if w.lang != "zh":
        return ""
    heads = w.lex.words("double_barrelled", "heads")
    head = next((h for h in heads if parts[-1].endswith(h) and len(parts[-1]) > len(h)), "")
    alike = all(len(part) <= len(parts[-1]) - len(head) for part in parts[:-1])
    return head if head and alike else ""


def _chinese_span(w: Wording, core: str, found: re.Match[str]) -> tuple[int, int] | None:
    """Where joined nouns begin and end in a Chinese question."""
    joints = [m for m in _JOINT["zh"].finditer(core) if m.start() >= found.start()]
    if found[0] not in ("和", "与", "及", "、", "以及") or not joints:
        return None
    left = core[: found.start()]
    stops = sorted(w.lex.words("double_barrelled", "left_stop"), key=len, reverse=True)
    start = max((left.rfind(s) + len(s) for s in stops if s in left), default=-1)
    if start < 0 or not 0 < found.start() - start <= _MOST:
        return None
    end = _right_end(w, core, joints[0].end())
    for joint in joints[1:]:
        if joint.start() == end or joint.start() <= end:
            end = _right_end(w, core, joint.end())
    return (start, end)


def _right_end(w: Wording, core: str, start: int) -> int:
    """Where the object that begins at `start` ends."""
    ends = [
        core.find(s, start + 1) for s in (*w.lex.words("double_barrelled", "right_stop"), "和", "与", "及")
    ]
    return min((e for e in ends if e > 0), default=len(core))


def _english_span(w: Wording, core: str, found: re.Match[str]) -> tuple[int, int] | None:
    """Where joined words begin and end in an English question."""
    if found[0].lower() not in ("and", "as well as", "&"):
        return None
    end_of_clause = _END.search(core, found.end())
    limit = end_of_clause.start() if end_of_clause else len(core)
    right = core[found.end() : limit]
    words = right.split()
    if not words or BLOT in right:
        return None
    if words[0].lower() in w.lex.words("double_barrelled", "determiners"):
        start = _determiner(w, core, found.start())
        return None if start is None else (start, limit)
    start, before = _left_start(w, core, found.start())
    if start is None or before in _PLACE:
        return None
    left = core[start : found.start()].split()
    if before == "to":
        return (start, limit) if len(left) > 1 else (start, _word_end(core, found.end()))
    if before == "how":
        return start, _word_end(core, found.end())
    if before in _BE:
        adjective = len(words) == 1 or words[1].lower() in ("to", "for", "with")
        return (start, limit) if adjective and w.agreement else None
    end = _stop(w, core, found.end(), limit)
    inside = core[found.end() : end].lower().split()
    listed = "," in core[start : found.start()]
    alike = listed or before not in _OWNERS or len(inside) == len(left)
    return (start, end) if alike and len(inside) <= 3 and not _PERSONS & set(inside) else None


def _left_start(w: Wording, core: str, end: int) -> tuple[int | None, str]:
    """Where the words to the left of a joint begin, and the word before them."""
    stops = set(w.lex.words("double_barrelled", "left_stop"))
    start = None
    for word in reversed(list(re.finditer(r"[\w'-]+", core[:end]))):
        if word[0].lower() in stops:
            return start, word[0].lower()
        start = word.start()
    return None, ""


def _determiner(w: Wording, core: str, end: int) -> int | None:
    """Where the noun phrase to the left of a joint begins: at the determiner that no preposition leads."""
    known = set(w.lex.words("double_barrelled", "determiners"))
    words = list(re.finditer(r"[\w'-]+", core[:end]))
    for index in range(len(words) - 1, 0, -1):
        before = words[index - 1][0].lower()
        if words[index][0].lower() in known and before not in ("of", "in", "at", "on", "by", "to"):
            return words[index].start()
    return None


def _word_end(core: str, start: int) -> int:
    """End of the first word from `start` on."""
    found = re.compile(r"\s*[\w'-]+").match(core, start)
    return found.end() if found else start


def _stop(w: Wording, core: str, start: int, limit: int) -> int:
    """Where the words to the right of a joint end: before a preposition or verb, or with the clause."""
    stops = set(w.lex.words("double_barrelled", "right_stop"))
    for word in list(re.finditer(r"[\w'-]+", core[start:limit]))[1:]:
        if word[0].lower() in stops:
            return len(core[: start + word.start()].rstrip())
    return limit
