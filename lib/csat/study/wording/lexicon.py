"""Words and patterns of one language, and the text that they are looked for in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from csat.study.wording.catalogue import read_data
from csat.study.wording.finding import Context

BLOT = "□"
"""Stands for every character that a check shall not see; texts keep their length."""

_PLAIN = str.maketrans("’‘＂＇０１２３４５６７８９％；？！", "''\"'0123456789%；？！")
_QUOTED = {
    "en": re.compile(r"“[^“”]{1,28}”|\"[^\"]{1,28}\"|(?<!\w)'[^']{1,28}'(?!\w)"),
    "zh": re.compile(r"“[^“”]{1,8}”|「[^」]{1,8}」|『[^』]{1,8}』|\"[^\"]{1,8}\"|《[^》]{1,20}》"),
}
_ASIDE = {
    "en": re.compile(r"\([^()]*\)|\b(?:for example|for instance|such as|e\.g\.|including|i\.e\.)[^.?]*"),
    "zh": re.compile(
        r"[（(][^（）()]*[）)]|(?:例如|比如|譬如|包括|诸如|(?<![例比譬诸])如(?!何|果|有|无|没))[^，。？]*"
    ),
}
_SENTENCE = re.compile(r"[^.?!。？！]*(?:[.](?=\d)[^.?!。？！]*)*[.?!。？！]?\s*")


class Lexicon:
    """Patterns of one language, compiled when they are first used."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.data: Mapping[str, Mapping[str, Any]] = read_data(lang)
        self._compiled: dict[tuple[str, str, bool], re.Pattern[str]] = {}

    def pattern(self, rule: str, key: str, whole: bool = False) -> re.Pattern[str]:
        """One pattern out of a pattern or a list of them (names alone heed the case of letters)."""
        if (rule, key, whole) not in self._compiled:
            entry = self.data[rule][key]
            joined = _joined([entry] if isinstance(entry, str) else list(entry))
            self._compiled[rule, key, whole] = re.compile(
                rf"^(?:{joined})$" if whole else joined, 0 if key == "names" else re.IGNORECASE
            )
        return self._compiled[rule, key, whole]

    def words(self, rule: str, key: str) -> Sequence[str]:
        """List as it stands in the file."""
        return tuple(self.data[rule][key])

    def rows(self, rule: str, key: str) -> Sequence[tuple[str, ...]]:
        """List of lists as it stands in the file."""
        return [tuple(row) for row in self.data[rule][key]]

    def table(self, rule: str, key: str) -> Mapping[str, Any]:
        """Table as it stands in the file."""
        entry: Mapping[str, Any] = self.data[rule][key]
        return entry

    def has(self, rule: str, key: str, text: str, whole: bool = False) -> bool:
        """Whether a pattern is found in a text."""
        return bool(self.pattern(rule, key, whole).search(text))


def _joined(patterns: Sequence[str]) -> str:
    """Alternatives in one pattern; references back to groups are renumbered."""
    parts, groups = [], 0
    for pattern in patterns:
        before = groups
        groups += re.compile(pattern).groups
        parts.append(f"(?:{_renumbered(pattern, before)})")
    return "|".join(parts) or "(?!)"


def _renumbered(pattern: str, before: int) -> str:
    """Move references back to groups on by the number of groups that come before the pattern."""
    return re.sub(r"\\(\d)", lambda found: f"\\{int(found[1]) + before}", pattern)


@lru_cache(maxsize=4)
def lexicon(lang: str) -> Lexicon:
    """Words and patterns of a language."""
    return Lexicon(lang)


def blot(text: str, *patterns: re.Pattern[str]) -> str:
    """Put `BLOT` in the place of everything that the patterns match."""
    for pattern in patterns:
        text = pattern.sub(lambda found: BLOT * len(found[0]), text)
    return text


@dataclass(frozen=True)
class Wording:
    """A text, its language, and what is known of its question; derived views keep the length of the text."""

    text: str
    lang: str
    context: Context

    @cached_property
    def lex(self) -> Lexicon:
        """Words and patterns of the language."""
        return lexicon(self.lang)

    @cached_property
    def plain(self) -> str:
        """Text with one kind of apostrophe and digit, and names in quotes blotted out."""
        return blot(self.text.translate(_PLAIN), _QUOTED[self.lang])

    @cached_property
    def sentences(self) -> tuple[tuple[int, str], ...]:
        """Sentences and where they begin."""
        found = ((m.start(), m[0]) for m in _SENTENCE.finditer(self.plain))
        return tuple((start, sentence) for start, sentence in found if sentence.strip())

    @cached_property
    def claims(self) -> str:
        """Text without sentences that only tell people what to do, unless there is nothing else."""
        orders = self.lex.pattern("text", "instruction")
        told = [
            (s, t)
            for s, t in self.sentences
            if orders.match(t.strip()) and not t.rstrip().endswith(("?", "？"))
        ]
        if not told or len(told) == len(self.sentences):
            return self.plain
        text = self.plain
        for start, sentence in told:
            text = text[:start] + BLOT * len(sentence) + text[start + len(sentence) :]
        return text

    @cached_property
    def core(self) -> str:
        """Claims without the clauses that set the scene, without brackets and examples."""
        text = blot(self.claims, _ASIDE[self.lang])
        setting = self.lex.pattern("text", "setting")
        for start, sentence in self.sentences:
            lead = len(sentence) - len(sentence.lstrip())
            comma = re.search(r"[,，：:]", sentence)
            if comma and setting.match(sentence.lstrip()):
                text = text[: start + lead] + BLOT * (comma.end() - lead) + text[start + comma.end() :]
        return text

    @cached_property
    def is_question(self) -> bool:
        """Whether the text ends in a question mark, or holds one."""
        return "?" in self.plain or "？" in self.plain

    @cached_property
    def agreement(self) -> bool:
        """Whether people answer by agreeing or disagreeing with a statement."""
        labels = self.context.answers.values()
        if labels:
            return any(self.lex.has("text", "agreement", label) for label in labels)
        return self.context.type in ("", "rating") and self.plain.rstrip().endswith((".", "。"))

    @cached_property
    def yes_no(self) -> bool:
        """Whether people answer by yes or no."""
        labels = tuple(self.context.answers.values())
        if labels:
            return len(labels) <= 3 and all(
                self.lex.has("text", "affirmation", label.strip(), whole=True) for label in labels[:2]
            )
        return self.is_question and bool(self.lex.pattern("text", "yes_no").match(self.plain.strip()))

    def find(self, rule: str, key: str = "patterns", text: str | None = None) -> re.Match[str] | None:
        """First match of a rule's patterns, its exempt expressions blotted out."""
        seen = self.plain if text is None else text
        if "exempt" in self.lex.data[rule]:
            seen = blot(seen, self.lex.pattern(rule, "exempt"))
        return self.lex.pattern(rule, key).search(seen)

    def cut(self, found: re.Match[str]) -> str:
        """Part of the original text that was matched."""
        return self.text[found.start() : found.end()].strip(" ,，")
