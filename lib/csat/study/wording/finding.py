"""What is known of a question when its wording is checked, and what a check finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from csat.study.scales import LANGUAGES, Text
from csat.study.wording.catalogue import Severity, load_rules

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""What findings weigh, the heaviest first."""


@dataclass(frozen=True)
class Context:
    """What a check may know besides the text itself; all of it may be left out.

    Attributes
    ----------
    type : str
        Type of the question (``rating``, ``single``, ``text`` …); empty when unknown.
    answers : mapping of str to str
        Labels of the scale points or options in the language of the text, in their order.
    dont_know : bool or None
        Whether there is a way out; None when unknown.
    filtered : bool
        Whether only people are asked whom earlier answers showed to be concerned.
    pii : bool
        Whether the question is declared to ask for personal data.
    lead_in : str
        What stands above the question, such as the period that it is about.
    other_text, other_answers
        The same in the other language; empty when there is none.
    """

    type: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    dont_know: bool | None = None
    filtered: bool = False
    pii: bool = False
    lead_in: str = ""
    other_text: str = ""
    other_answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WordingFinding:
    """One weakness of wording: by which rule, how serious, where, why, and what to do about it.

    `reason` and `advice` are in every language that reports speak; `rewrites` are in the language of the
    text, `lang`, which is empty where a finding is about no text of one language. `acknowledged` holds the
    reason that the study gives for living with it.
    """

    rule: str
    severity: Severity
    lang: str
    reason: Text
    advice: Text
    rewrites: tuple[str, ...] = ()
    match: str = ""
    where: str = ""
    acknowledged: str = ""

    @property
    def step(self) -> str:
        """Step of QAS-99."""
        return load_rules()[self.rule].step

    def title(self, lang: str = "en") -> str:
        """Name of the rule."""
        return load_rules()[self.rule].title[lang]

    def message(self, lang: str = "en") -> str:
        """Reason and advice in a language that reports speak, with the rewritten questions."""
        stop, colon, gap = ("。", "：", "；") if lang == "zh" else (". ", ": ", "; ")
        quoted = gap.join(f"“{text}”" for text in self.rewrites)
        advice = self.advice[lang] + (f"{colon}{quoted}" if quoted else "")
        return f"{self.reason[lang]}{stop}{advice}"

    def __str__(self) -> str:
        """One line: severity, rule, place and language before reason and advice."""
        place = f"{self.where or 'text'}{f' ({self.lang})' if self.lang else ''}"
        known = f" [acknowledged: {self.acknowledged}]" if self.acknowledged else ""
        return f"{self.severity} [{self.rule}] {place}: {self.message()}{known}"


def make(
    rule: str,
    lang: str,
    match: str = "",
    *,
    severity: Severity | None = None,
    rewrites: Iterable[str] = (),
    where: str = "",
    values: Mapping[str, object] | None = None,
) -> WordingFinding:
    """Make the finding of a rule, its texts filled in."""
    known = load_rules()[rule]
    shown = match if len(match) <= 60 else match[:59] + "…"
    filled = {"match": shown, **(values or {})}
    return WordingFinding(
        rule=rule,
        severity=severity or known.severity,
        lang=lang,
        reason={name: known.reason[name].format(**filled) for name in LANGUAGES},
        advice={name: known.advice[name].format(**filled) for name in LANGUAGES},
        rewrites=tuple(rewrites),
        match=match,
        where=where,
    )


def worst(findings: Iterable[WordingFinding]) -> Severity | None:
    """Heaviest severity among findings that are not acknowledged; None when there is none."""
    open_ones = {f.severity for f in findings if not f.acknowledged}
    return next((severity for severity in SEVERITIES if severity in open_ones), None)
