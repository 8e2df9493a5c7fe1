"""Checks of one text: what its words, its length and its answers do to the people who read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from csat.study.wording.catalogue import load_rules
from csat.study.wording.conjunction import double_barrelled
from csat.study.wording.finding import SEVERITIES, Context, WordingFinding, make
from csat.study.wording.lexicon import Wording, blot
from csat.study.wording.scale_rules import check_labels, compare_labels
from csat.study.wording.translation_rules import numbers_differ, translation_length, untranslated

LIMITS: Mapping[str, int] = {"en": 25, "zh": 45}
"""Longest question: words of English, characters of Chinese (punctuation not counted)."""

_RATED = frozenset({"", "rating", "nps", "single", "kano", "number"})
_OPEN = frozenset({"", "text", "number", "date"})
_SILENT = frozenset({"note", "consent"})
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.-]*")
_CHARACTER = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+(?:[-'.][A-Za-z0-9]+)*")


def check_text(
    text: str, lang: str, context: Context | None = None, rules: Collection[str] | None = None
) -> list[WordingFinding]:
    """Look for weaknesses of one question's wording.

    Parameters
    ----------
    text : str
        The question as respondents read it.
    lang : str
        Its language, ``en`` or ``zh``.
    context : Context, optional
        What is known of the question besides: type, answers, translation.
    rules : collection of str, optional
        Ids of the rules to apply, by default all that fit a single text.

    Returns
    -------
    list of WordingFinding
        Errors first, then warnings, then notes.

    Examples
    --------
    >>> found = check_text("How satisfied are you with the price and quality of our tea?", "en")
    >>> found[0].rule, found[0].rewrites[0]
    ('double_barrelled', 'How satisfied are you with the price of our tea?')
    """
    wording = Wording(text.strip(), lang, context or Context())
    findings: list[WordingFinding] = []
    if wording.text:
        for name, rule in RULES.items():
            if rules is None or name in rules:
                findings.extend(f for f in rule(wording) if rules is None or f.rule in rules)
    return sorted(findings, key=lambda f: SEVERITIES.index(f.severity))


def leading(w: Wording) -> Iterator[WordingFinding]:
    """Find questions that tell which answer is welcome."""
    if w.context.type in _SILENT or (w.agreement and not w.is_question):
        return
    whole = re.sub(r"^\s+", "", w.plain)
    shift = len(w.plain) - len(whole)
    found = w.find("leading", text=whole)
    if found:
        start, end = found.start() + shift, found.end() + shift
        yield make("leading", w.lang, w.text[start:end].strip(" ,，.。"))
        return
    if w.context.type in ("text", "multiple") or w.lex.has("leading", "asks_for_it", w.plain):
        return
    praise = _praised(w)
    if praise:
        plain = re.sub(r"\s{2,}", " ", w.text[: praise.start("praise")] + w.text[praise.end("praise") :])
        yield make("leading", w.lang, w.cut(praise), rewrites=[plain])


def _praised(w: Wording) -> re.Match[str] | None:
    """Praise in front of what is to be rated: “our excellent service”, “我们优质的服务”."""
    mild, strong, owners, anybody = (
        "|".join(sorted(w.lex.words("leading", key), key=len, reverse=True))
        for key in ("praise", "strong_praise", "owners", "any_owner")
    )
    if w.lang == "zh":
        things = "|".join(w.lex.words("leading", "praised"))
        run = rf"(?:{mild})(?:[、和]?(?:{mild}))*"
        pattern = (
            rf"(?:{owners})[^，。？的是]{{0,4}}?(?P<praise>{run}(?:的(?=[^，。？是吗]{{2}})|(?={things})))"
        )
    else:
        word = rf"(?:highly |very |truly |newly )?(?:{mild}|{strong})"
        run = rf"(?P<praise>{word}(?:,? (?:and )?{word})* )(?=[a-z])"
        pattern = rf"\b(?:(?:{owners})|(?:{anybody})(?= (?:new |own )?(?:{strong}) )) (?:new |own )?{run}"
    return re.search(pattern, w.claims, re.IGNORECASE)


def negated(w: Wording) -> Iterator[WordingFinding]:
    """Find negations that have to be agreed or disagreed with, and two negations at once."""
    if w.context.type in _SILENT:
        return
    lex = w.lex
    seen = blot(w.plain, lex.pattern("negated", "condition"), lex.pattern("negated", "exempt"))
    double = lex.pattern("negated", "double").search(blot(seen, lex.pattern("negated", "no_negative")))
    if double:
        yield make("negated", w.lang, w.cut(double), rewrites=_positive(w) if w.agreement else ())
        return
    asked = re.search(lex.pattern("negated", "question"), seen.strip()) if w.yes_no else None
    if asked:
        yield make("negated", w.lang, asked[0])
    elif (w.agreement or w.yes_no) and not w.is_question:
        found = lex.pattern("negated", "patterns").search(seen)
        if found:
            yield make("negated", w.lang, w.cut(found), rewrites=_positive(w))


def _positive(w: Wording) -> tuple[str, ...]:
    """Positive form of a statement, where taking a negation out gives one."""
    for pattern, instead in w.lex.rows("negated", "rewrites"):
        changed, count = re.subn(pattern, instead, w.text, count=1, flags=re.IGNORECASE)
        if count and not w.lex.has("negated", "patterns", blot(changed, w.lex.pattern("negated", "exempt"))):
            return (changed,)
    return ()


def vague(w: Wording) -> Iterator[WordingFinding]:
    """Find quantities and times that everybody understands in their own way."""
    if w.context.type in _SILENT:
        return
    found = w.find("vague") if w.context.type != "text" else None
    if not found and not w.agreement:
        found = w.find("vague", "amounts")
    if not found and not w.lex.has("reference_period", "period", _without_vague_times(w)):
        found = w.find("vague", "times")
    if found:
        yield make("vague", w.lang, w.cut(found), rewrites=_exact(w, found))
        return
    options = [a for a in w.context.answers.values() if w.lex.has("vague", "options", a.strip(), whole=True)]
    if len(options) >= 2:
        yield make("vague", w.lang, ", ".join(options), severity="note")


def _without_vague_times(w: Wording) -> str:
    """Text with its vague times blotted out, so that they do not pass for a period."""
    return blot(
        w.plain, re.compile(w.lex.pattern("vague", "times").pattern + r"(?![\d一两三四五六七八九十半])", re.I)
    )


def _exact(w: Wording, found: re.Match[str]) -> tuple[str, ...]:
    """Text with a number or a period in the place of a vague word."""
    instead = w.lex.table("vague", "replace").get(found[0].lower())
    if not instead:
        return ()
    text = w.text[: found.start()].rstrip() + (" " if w.lang == "en" else "") + w.text[found.end() :].lstrip()
    if w.lang == "zh":
        return (w.text[: found.start()] + str(instead) + w.text[found.end() :],)
    stop = re.search(r"[.?!]\s*$", text)
    body, mark = (text[: stop.start()], text[stop.start() :].strip()) if stop else (text, "")
    return (f"{body.rstrip()} {instead}{mark}",)


def absolute(w: Wording) -> Iterator[WordingFinding]:
    """Find words that allow no exception."""
    if w.context.type in (*_SILENT, "text", "multiple", "ranking", "constant_sum"):
        return
    found = w.find("absolute", text=w.claims)
    if not found and w.agreement and not w.is_question:
        found = w.find("absolute", "statement", text=w.claims)
    if found:
        yield make("absolute", w.lang, w.cut(found))


def presuming(w: Wording) -> Iterator[WordingFinding]:
    """Find questions that take for granted what need not be so, and loaded words."""
    if w.context.type in _SILENT or (w.agreement and not w.is_question):
        return
    loaded = w.find("presuming", "loaded")
    if loaded:
        yield make("presuming", w.lang, w.cut(loaded))
        return
    if w.context.filtered or w.lex.has("text", "conditional", w.plain):
        return
    found = w.find("presuming")
    if found:
        yield make("presuming", w.lang, w.cut(found))


def reference_period(w: Wording) -> Iterator[WordingFinding]:
    """Find questions about behaviour without a period."""
    if w.context.type in (*_SILENT, "text", "date", "rating", "nps", "kano") or not w.is_question:
        return
    if w.context.filtered and w.context.type in ("single", "multiple"):
        return  # the event that brought people here gives the period
    found = w.find("reference_period", text=w.plain.strip())
    rates = [a for a in w.context.answers.values() if w.lex.has("reference_period", "rates", a)]
    if (
        found
        and len(rates) < 2
        and not w.lex.has("reference_period", "period", f"{w.context.lead_in} {w.plain}")
    ):
        insert = str(w.lex.data["reference_period"]["insert"])
        first = w.text[0].lower() if w.lang == "en" and not w.text.startswith("I ") else w.text[0]
        yield make("reference_period", w.lang, found[0].strip(" ,，"), rewrites=[insert + first + w.text[1:]])


def dont_know(w: Wording) -> Iterator[WordingFinding]:
    """Find questions that not everybody can answer and that leave no way out."""
    if w.context.dont_know is not False or w.context.filtered or w.context.type not in _RATED:
        return
    if w.lex.has("dont_know", "exempt", w.plain):
        return
    for kind in ("facts", "knowledge", "experience"):
        found = w.lex.pattern("dont_know", kind).search(w.plain)
        if found:
            yield make("dont_know", w.lang, w.cut(found))
            return


def pronouns(w: Wording) -> Iterator[WordingFinding]:
    """Find Chinese that addresses people both politely and familiarly in one text."""
    if w.lang == "zh" and "你" in w.plain and "您" in w.plain:
        yield make("pronouns", w.lang, w.text, rewrites=[w.text.replace("你", "您")])


def too_long(w: Wording) -> Iterator[WordingFinding]:
    """Find questions that are longer than people can hold in mind."""
    if w.context.type in _SILENT:
        return
    count, limit = length(w.text, w.lang), LIMITS[w.lang]
    if count > limit:
        english = w.lang == "en"
        units = {"unit_en": "words" if english else "characters", "unit_zh": "词" if english else "字"}
        yield make("too_long", w.lang, w.text, values={"count": count, "limit": limit, **units})


def length(text: str, lang: str) -> int:
    """Words of an English text; characters of a Chinese one, a foreign word counting as one."""
    return len((_WORD if lang == "en" else _CHARACTER).findall(text))


def pii(w: Wording) -> Iterator[WordingFinding]:
    """Find questions that ask for data which identify a person."""
    if w.context.type in _OPEN and not (w.context.type == "" and w.yes_no):
        found = w.find("pii")
        if found:
            finding = make("pii", w.lang, w.cut(found))
            declared = load_rules()["pii"].declared
            yield replace(finding, severity="note", advice=declared) if w.context.pii else finding


def answers(w: Wording) -> Iterator[WordingFinding]:
    """Check the labels of the answers, alone and against those of the other language."""
    if w.context.type in ("", "rating", "nps", "single"):
        yield from check_labels(w.context.answers, w.lang, complete=w.context.type == "single")
    if w.context.other_answers:
        yield from compare_labels(w.context.answers, w.lang, w.context.other_answers)


RULES: Mapping[str, Callable[[Wording], Iterator[WordingFinding]]] = {
    "double_barrelled": double_barrelled,
    "leading": leading,
    "negated": negated,
    "vague": vague,
    "absolute": absolute,
    "presuming": presuming,
    "reference_period": reference_period,
    "dont_know": dont_know,
    "pronouns": pronouns,
    "too_long": too_long,
    "pii": pii,
    "untranslated": untranslated,
    "translation_length": translation_length,
    "numbers_differ": numbers_differ,
    "answers": answers,
}
"""Checks of one text; ``answers`` finds ``unbalanced_scale``, ``mixed_scale`` and ``labels_disagree``."""
