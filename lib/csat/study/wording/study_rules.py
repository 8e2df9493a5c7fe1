"""Checks of a whole study: every text of its questionnaire, its grids, its languages side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from csat.study.definition import Study
from csat.study.expressions import Compare, Expression, leaves, references
from csat.study.problems import listing
from csat.study.questionnaire import Screen, as_questions
from csat.study.questions import Question
from csat.study.scales import Text
from csat.study.wording.acknowledged import acknowledge
from csat.study.wording.finding import SEVERITIES, Context, WordingFinding, make
from csat.study.wording.scale_rules import check_labels, compare_labels, direction
from csat.study.wording.text_rules import check_text

LONGEST_GRID = 7
"""Most rows of a grid."""

MOST_OPEN = 3
"""Most open questions of one questionnaire."""

QUESTIONNAIRE = "questionnaire"
"""Place of findings that are about the questionnaire as a whole."""

_TRANSLATION = ("untranslated", "translation_length", "numbers_differ", "pronouns")
_LEAD_IN = (*_TRANSLATION, "leading", "too_long")
_LABELS = frozenset({"unbalanced_scale", "mixed_scale", "labels_disagree"})


def check_wording(study: Study) -> list[WordingFinding]:
    """Look for weaknesses of wording in a whole study.

    Parameters
    ----------
    study : Study
        A study that loads.

    Returns
    -------
    list of WordingFinding
        Errors first, then warnings, then notes; those that the study acknowledges carry its reason, and
        acknowledgements that nothing answers to any more are found, too.

    Notes
    -----
    Wording is checked as it would be read by a careful colleague who does not know the study: a finding is a
    question, not a verdict. How often each rule is right is told in docs/wording.md.

    Examples
    --------
    >>> from csat.study import load_study
    >>> [(f.where, f.lang) for f in check_wording(load_study("mobile_ecsi")) if f.rule == "too_long"]
    [('CUSCO', 'en'), ('CUSCO', 'zh')]
    """
    questions = as_questions(study)
    found = [
        *(f for q in questions.values() for lang in study.languages for f in _question(study, q, lang)),
        *(f for lang in study.languages for f in _surroundings(study, lang)),
        *_scales(study),
        *_option_lists(study, questions),
        *_pronouns(study, questions),
        *_grids(study),
        *_open(study),
        *_unused(study, questions),
    ]
    once = list({(f.rule, f.where, f.lang, f.match): f for f in found}.values())
    return sorted(acknowledge(study, once), key=lambda f: SEVERITIES.index(f.severity))


def context_of(study: Study, question: Question, lang: str) -> Context:
    """Gather what a check may know of a question of a study."""
    other = _other(study, lang)
    construct = study.constructs.get(question.construct or "")
    module = study.modules.get(question.module)
    above = (construct.question if construct else {}, module.introduction if module else {})
    return Context(
        type=question.type,
        answers=answers_in(question, lang),
        dont_know=question.dont_know or any(o.dont_know for o in question.options),
        filtered=_filtered(study, question),
        pii=question.pii,
        lead_in=" ".join(study.say(text, lang) for text in above),
        other_text=question.wording.get(other, "") if other else "",
    )


def answers_in(question: Question, lang: str) -> Mapping[str, str]:
    """Labels of a question's scale points or options in one language."""
    if question.scale:
        return {str(point): label for point, label in question.scale.labels_in(lang).items()}
    return {o.code: o.label[lang] for o in question.options if lang in o.label and not o.dont_know}


def _other(study: Study, lang: str) -> str:
    """Find the other language of a study of two; empty in a study of one."""
    return next((name for name in study.languages if name != lang), "")


def _filtered(study: Study, question: Question) -> bool:
    """Whether earlier answers show that people are concerned.

    Consent, and conditions that only leave people out (``role != nobody``), show nothing of the kind.
    """
    return any(_tells(study, leaf) for leaf in leaves(question.condition))


def _tells(study: Study, leaf: Expression) -> bool:
    """Whether one comparison of a condition says something about people's experience."""
    asked = study.questions.get(references(leaf)[0])
    excluded = isinstance(leaf, Compare) and leaf.operator == "!="
    return not excluded and not (asked is not None and asked.type == "consent")


def _question(study: Study, question: Question, lang: str) -> Iterator[WordingFinding]:
    """Check the texts of one question in one language; its answers are checked with their scale or list."""
    context = context_of(study, question, lang)
    for text in (question.wording, question.negative):
        for finding in check_text(text.get(lang, ""), lang, context):
            if finding.rule not in _LABELS:
                yield replace(finding, where=question.id)
    yield from _read(study, question.id, question.hint, lang, _TRANSLATION)


def _surroundings(study: Study, lang: str) -> Iterator[WordingFinding]:
    """Check lead-ins of constructs, introductions, and labels of options."""
    yield from _read(study, QUESTIONNAIRE, study.introduction, lang, _TRANSLATION)
    for construct in study.constructs.values():
        yield from _read(study, construct.id, construct.question, lang, _LEAD_IN)
    for module in study.modules.values():
        yield from _read(study, module.id, module.introduction, lang, _TRANSLATION)
    for name, options in study.option_lists.items():
        for option in options:
            yield from _read(study, name, option.label, lang, ("untranslated", "numbers_differ"))


def _read(
    study: Study, where: str, text: Text, lang: str, rules: tuple[str, ...]
) -> Iterator[WordingFinding]:
    """Check a text that is not a question by some of the rules."""
    context = Context(type="instruction", other_text=text.get(_other(study, lang), ""))
    for finding in check_text(text.get(lang, ""), lang, context, rules):
        yield replace(finding, where=where)


def _scales(study: Study) -> Iterator[WordingFinding]:
    """Check every scale once: balance, order, the same in both languages, the same way as the others."""
    ways: dict[int, list[str]] = {}
    for scale in study.scales.values():
        labels = {lang: _points(scale.labels_in(lang)) for lang in study.languages}
        for lang in study.languages:
            yield from check_labels(labels[lang], lang, scale.id)
        first, other = study.language, _other(study, study.language)
        if other:
            yield from compare_labels(labels[first], first, labels[other], scale.id)
        way = direction(labels[first], first)
        if way:
            ways.setdefault(way, []).append(scale.id)
    if len(ways) > 1:
        fewer = min(ways.values(), key=len)
        others = max(ways.values(), key=len) if len(fewer) < sum(map(len, ways.values())) / 2 else ways[1]
        for name in fewer:
            shown = f"{name}; {listing(others, 3)}"
            yield make("mixed_scale", "", shown, where=name)


def _points(labels: Mapping[int, str]) -> dict[str, str]:
    """Labels by points as texts."""
    return {str(point): label for point, label in labels.items()}


def _option_lists(study: Study, questions: Mapping[str, Question]) -> Iterator[WordingFinding]:
    """Check the lists of options that single questions use as scales."""
    used = {q.option_list for q in questions.values() if q.type == "single" and q.option_list}
    for name in study.option_lists:
        if name not in used:
            continue
        options = [o for o in study.option_lists[name] if not o.dont_know]
        labels = {lang: {o.code: o.label.get(lang, "") for o in options} for lang in study.languages}
        for lang in study.languages:
            yield from check_labels(labels[lang], lang, name, complete=True)
        first, other = study.language, _other(study, study.language)
        if other and len(labels[first]) > 2:
            yield from compare_labels(labels[first], first, labels[other], name)


def _pronouns(study: Study, questions: Mapping[str, Question]) -> Iterator[WordingFinding]:
    """Chinese questions that address people in another way than most others."""
    if "zh" not in study.languages:
        return
    texts = {q.id: q.wording.get("zh", "") for q in questions.values()}
    texts |= {c.id: c.question.get("zh", "") for c in study.constructs.values()}
    familiar = [name for name, text in texts.items() if "你" in text and "您" not in text]
    polite = [name for name, text in texts.items() if "您" in text and "你" not in text]
    if familiar and polite:
        shown = f"你: {listing(familiar, 5)}; 您: {listing(polite, 5)}"
        yield make("pronouns", "zh", shown, where=QUESTIONNAIRE)


def _grids(study: Study) -> Iterator[WordingFinding]:
    """Grids of more rows than people fill in with care."""
    for screen in _screens(study):
        count = len(screen.questions)
        if screen.kind == "grid" and count > LONGEST_GRID:
            parts = -(-count // LONGEST_GRID)
            values: dict[str, object] = {
                "count": count,
                "limit": LONGEST_GRID,
                "parts": parts,
                "rows": -(-count // parts),
            }
            yield make("long_matrix", "", screen.id, where=str(screen.questions[0].construct), values=values)


def _screens(study: Study) -> Iterator[Screen]:
    """Screens of every version."""
    for version in study.versions or ("",):
        yield from study.questionnaire(version).screens


def _open(study: Study) -> Iterator[WordingFinding]:
    """Versions with more open questions than people answer."""
    for version in study.versions or ("",):
        questions = study.questionnaire(version).questions
        # Questions that only some people get, such as a reason for a complaint, are shared out among them.
        names = [q.id for q in questions if q.type == "text" and not q.pii and not _filtered(study, q)]
        if len(names) > MOST_OPEN:
            shown = f"{version}: {listing(names, 8)}" if version else listing(names, 8)
            yield make(
                "many_open", "", shown, where=QUESTIONNAIRE, values={"count": len(names), "limit": MOST_OPEN}
            )


def _unused(study: Study, questions: Mapping[str, Question]) -> Iterator[WordingFinding]:
    """Questions whose answers nothing uses."""
    columns = {s.column for s in study.segments.values()} | set(study.quality.attention)
    conditions = [q.relevant for q in questions.values()]
    conditions += [m.relevant for m in study.modules.values()]
    conditions += [o.relevant for options in study.option_lists.values() for o in options]
    used = {name for condition in conditions for name in references(condition)}
    used |= {q.expectation for q in questions.values() if q.expectation}
    used |= {q.predicts for q in questions.values() if q.predicts}
    for question in questions.values():
        purpose: object = question.construct or question.statistic or question.expectation
        purpose = purpose or question.predicts or question.type in ("note", "consent")
        purpose = purpose or question.id == study.thresholds.nps_item
        if not purpose and question.id not in used and question.base not in columns:
            yield make("unused_variable", "", question.id, where=question.id)
