"""Checks of answer labels: balance, direction, and agreement between languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from csat.study.wording.catalogue import Severity
from csat.study.wording.finding import WordingFinding, make
from csat.study.wording.lexicon import Lexicon, lexicon

_KNOWN_SHARE = 0.6


@dataclass(frozen=True)
class Tone:
    """How good a label is, from about -4 over 0 (the middle) to 4; whether its word is strong by itself."""

    level: int
    strong_word: bool = False


def tone(label: str, lang: str) -> Tone | None:
    """Tell how good the label of an answer is.

    Parameters
    ----------
    label : str
        Label of a scale point or option.
    lang : str
        Its language.

    Returns
    -------
    Tone or None
        None when the label neither praises nor blames.

    Examples
    --------
    >>> tone("Very dissatisfied", "en").level, tone("一般", "zh").level
    (-3, 0)
    """
    lex, text = lexicon(lang), label.strip()
    if lex.has("scale", "neutral", text):
        return Tone(0)
    sign, size, strong = _word(lex, text)
    if not sign:
        return None
    if lex.has("scale", "negation", text) and not (lang == "zh" and strong):
        sign = -sign
    weak = lex.has("scale", "weaker", text)
    size += 2 * lex.has("scale", "beyond", text) - weak
    size += not weak and not strong and lex.has("scale", "stronger", text)
    return Tone(sign * size, strong)


def _word(lex: Lexicon, text: str) -> tuple[int, int, bool]:
    """Sign and size of the word that carries the verdict, and whether it is strong by itself."""
    for key, sign, size in (
        ("strong_negative", -1, 3),
        ("strong_positive", 1, 3),
        ("negative", -1, 2),
        ("positive", 1, 2),
    ):
        if lex.has("scale", key, text):
            return sign, size, size == 3
    return 0, 0, False


def direction(labels: Mapping[str, str], lang: str) -> int:
    """1 where labels run from bad to good, -1 from good to bad, 0 where that cannot be told."""
    levels = [t.level for t in (tone(label, lang) for label in labels.values()) if t]
    if len(levels) < 2 or levels[0] * levels[-1] >= 0:
        return 0
    return 1 if levels[0] < 0 else -1


def check_labels(
    labels: Mapping[str, str], lang: str, where: str = "", complete: bool = False
) -> Iterator[WordingFinding]:
    """Find labels that are out of balance or out of order.

    With `complete`, labels are only taken for a scale when every one of them praises or blames.
    """
    tones = [tone(label, lang) for label in labels.values()]
    known = [t for t in tones if t]
    if len(known) < 2 or len(known) < (1 if complete else _KNOWN_SHARE) * len(tones):
        return
    levels = [t.level for t in known]
    shown = " / ".join(labels.values())
    if len(levels) > 2 and not _ordered(levels):
        yield make("mixed_scale", lang, shown, where=where, rewrites=_sorted(labels, lang))
    positive, negative = sum(x > 0 for x in levels), sum(x < 0 for x in levels)
    values = {"positive": positive, "negative": negative}
    if positive != negative:
        if not _one_sided(labels, lang):
            better = _balanced(labels, lang)
            yield make("unbalanced_scale", lang, shown, where=where, rewrites=better, values=values)
    elif positive == 1 and _uneven(known):
        mild = abs(abs(levels[0]) - abs(levels[-1])) < 2
        severity: Severity | None = "note" if mild else None
        yield make("unbalanced_scale", lang, shown, where=where, severity=severity, values=values)


def _ordered(levels: Sequence[int]) -> bool:
    """Whether levels only rise or only fall."""
    steps = [b - a for a, b in pairwise(levels)]
    return all(s >= 0 for s in steps) or all(s <= 0 for s in steps)


def _one_sided(labels: Mapping[str, str], lang: str) -> bool:
    """Whether a scale runs from the lack of something to a lot of it, which needs no balance."""
    lex = lexicon(lang)
    below = [label for label in labels.values() if (t := tone(label, lang)) and t.level < 0]
    weak = any(
        lex.has("scale", "one_sided", label) and (t := tone(label, lang)) and t.level > 0
        for label in labels.values()
    )
    return weak and len(below) <= 1 and all(lex.has("scale", "negation", label) for label in below)


def _uneven(known: Sequence[Tone]) -> bool:
    """Whether one end is stronger than the other by more than the choice of a word."""
    low, high = known[0], known[-1]
    gap = abs(abs(low.level) - abs(high.level))
    return gap >= 2 or (gap == 1 and not (low.strong_word or high.strong_word))


def _sorted(labels: Mapping[str, str], lang: str) -> list[str]:
    """Labels in order, where every one can be placed."""
    placed = [(t.level, label) for label in labels.values() if (t := tone(label, lang))]
    return [" / ".join(label for _, label in sorted(placed))] if len(placed) == len(labels) else []


def _balanced(labels: Mapping[str, str], lang: str) -> list[str]:
    """Balanced labels for as many points, in the words of what is asked."""
    lex, shown = lexicon(lang), " / ".join(labels.values())
    families = lex.rows("scale", "families")
    _, bad, middle, good = next(row for row in families if re.search(row[0], shown, re.IGNORECASE))
    table, most = lex.table("scale", "very"), str(lex.data["scale"]["extremely"])
    very = str(table.get(good, table[""]))
    ladders = {
        2: (very + bad, very + good),
        3: (bad, middle, good),
        4: (very + bad, bad, good, very + good),
        5: (very + bad, bad, middle, good, very + good),
        7: (most + bad, very + bad, bad, middle, good, very + good, most + good),
    }
    ladder = ladders.get(len(labels))
    return [" / ".join(word[0].upper() + word[1:] for word in ladder)] if ladder else []


def compare_labels(
    labels: Mapping[str, str], lang: str, other: Mapping[str, str], where: str = ""
) -> Iterator[WordingFinding]:
    """Find points that are labelled in one language only, or with another meaning.

    Ends must be of equal strength; points between them must lie on the same side of the middle.
    """
    translated = "zh" if lang == "en" else "en"
    different = [point for point in {**labels, **other} if (point in labels) != (point in other)]
    if different:
        yield make("labels_disagree", "", f"{'/'.join(different)}", where=where)
        return
    points = list(labels)
    for point in points:
        mine, theirs = tone(labels[point], lang), tone(other[point], translated)
        if mine is None or theirs is None:
            continue
        shown = f"{point} = “{labels[point]}” / “{other[point]}”"
        if (mine.level > 0) != (theirs.level > 0) or (mine.level < 0) != (theirs.level < 0):
            yield make("labels_disagree", "", shown, where=where)
        elif point in (points[0], points[-1]) and _differ(mine, theirs):
            yield make("labels_disagree", "", shown, where=where, severity="warning")


def _differ(one: Tone, other: Tone) -> bool:
    """Whether two labels of an end differ in strength by more than the choice of a word."""
    return (
        one.level != other.level
        and max(abs(one.level), abs(other.level)) > 2
        and not (one.strong_word or other.strong_word)
    )
