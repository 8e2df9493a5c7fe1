"""Checks of a text against its language and its translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csat.study.wording.finding import WordingFinding, make
from csat.study.wording.lexicon import Wording, lexicon

USUAL_RATIO = (1.7, 5.6)
"""How many characters of English stand for one of Chinese in questions that are well translated."""

_LONG_ENOUGH = {"en": 40, "zh": 14}
_HAN = re.compile(r"[\u3400-\u9fff]+")
_ENGLISH = re.compile(r"[a-z]+(?:[ ,-]+[a-z]+){2,}")
_NAMES = {"en": "English", "zh": "中文"}


def untranslated(w: Wording) -> Iterator[WordingFinding]:
    """Find texts, or parts of them, that are in another language."""
    text, language = w.text, {"language": _NAMES[w.lang]}
    if w.lex.pattern("translation", "placeholder", True).match(text.strip()):
        yield make("untranslated", w.lang, text, values=language)
    elif w.lang == "en":
        found = _HAN.search(text)
        if found:
            partly = len("".join(_HAN.findall(text))) < len(text) / 2
            yield make(
                "untranslated", w.lang, found[0], severity="warning" if partly else None, values=language
            )
    elif not _HAN.search(text):
        if re.search(r"[A-Za-z]", text):
            yield make("untranslated", w.lang, text, values=language)
    else:
        found = _ENGLISH.search(text)
        if found:
            yield make("untranslated", w.lang, found[0], severity="warning", values=language)


def translation_length(w: Wording) -> Iterator[WordingFinding]:
    """Find texts whose translation is much longer or shorter than translations are."""
    other = w.context.other_text.strip()
    if not other or bool(_HAN.search(other)) == (w.lang == "zh"):
        return
    english, chinese = (w.text, other) if w.lang == "en" else (other, w.text)
    long_enough = len(english) >= _LONG_ENOUGH["en"] or len(chinese) >= _LONG_ENOUGH["zh"]
    ratio = len(english) / max(len(chinese), 1)
    low, high = USUAL_RATIO
    if long_enough and not low <= ratio <= high:
        values = {"characters_en": len(english), "characters_zh": len(chinese), "low": low, "high": high}
        yield make("translation_length", w.lang, w.text, values=values)


def numbers_differ(w: Wording) -> Iterator[WordingFinding]:
    """Find translations that ask about another period than the text."""
    other = "zh" if w.lang == "en" else "en"
    mine, theirs = periods(w.text, w.lang), periods(w.context.other_text, other)
    if mine and theirs and sorted(mine) != sorted(theirs):
        shown = f"{_days(mine)} / {_days(theirs)}"
        yield make("numbers_differ", w.lang, shown)


def _days(lengths: list[float]) -> str:
    """Lengths of periods for people."""
    return ", ".join(f"{days:g}" for days in lengths)


def periods(text: str, lang: str) -> list[float]:
    """Lengths of the periods that a text names, in days (a month has 30, a year 360)."""
    lex = lexicon(lang)
    numbers, units = lex.table("translation", "numbers"), lex.table("translation", "units")
    found = []
    for match in lex.pattern("translation", "period").finditer(text):
        word = (match["number"] or "1").lower()
        number = float(word) if word.isdigit() else numbers.get(word)
        if number is not None:
            found.append(float(number) * units[match["unit"].lower()])
    return found
