"""How often the rules of wording are right, on labelled questions; docs/wording.md tells the same numbers."""

from __future__ import annotations

import pytest
from csat.study.wording import load_rules
from wording import measure

FLOORS = {  # rule -> least precision and recall on the held-out half, both languages together
    "absolute": (0.80, 0.90),
    "dont_know": (0.90, 0.90),
    "double_barrelled": (0.80, 0.90),
    "labels_disagree": (0.90, 0.90),
    "leading": (0.90, 0.90),
    "mixed_scale": (0.90, 0.90),
    "negated": (0.90, 0.90),
    "numbers_differ": (0.90, 0.90),
    "pii": (0.90, 0.90),
    "presuming": (0.90, 0.90),
    "pronouns": (0.90, 0.90),
    "reference_period": (0.85, 0.90),
    "too_long": (0.90, 0.90),
    "translation_length": (0.90, 0.90),
    "unbalanced_scale": (0.85, 0.90),
    "untranslated": (0.90, 0.90),
    "vague": (0.70, 0.90),
    "all": (0.90, 0.95),
}
QUESTIONS = list(measure.labelled_questions())
COUNTS = measure.measure(QUESTIONS)


def test_the_labelled_set_is_large_and_bilingual() -> None:
    for lang in ("en", "zh"):
        mine = [q for q in QUESTIONS if q.lang == lang]
        assert len(mine) > 150
        assert sum(not q.rules for q in mine) > 80
        assert len({q.text for q in mine}) == len(mine)
    halves = [sum(q.half == half for q in QUESTIONS) for half in measure.HALVES]
    assert abs(halves[0] - halves[1]) < 10


def test_labels_are_rules_that_look_at_single_questions() -> None:
    counted = {"long_matrix", "many_open", "unused_variable", "stale_acknowledgement"}
    assert {rule for q in QUESTIONS for rule in q.rules} == set(load_rules()) - counted


@pytest.mark.parametrize("rule", FLOORS)
def test_precision_and_recall_hold(rule: str) -> None:
    precision, recall = FLOORS[rule]
    count = COUNTS["held_out", "both", rule]
    assert count.precision >= precision, count
    assert count.recall >= recall, count
    count = COUNTS["development", "both", rule]
    assert count.precision >= 0.85 and count.recall >= 0.95, count


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_good_questions_are_left_alone(lang: str) -> None:
    for half in measure.HALVES:
        good, blamed = measure.clean_share(QUESTIONS, half, lang)
        assert blamed <= 0.08 * good


def test_the_documentation_tells_these_numbers() -> None:
    text = measure.DOC.read_text(encoding="utf-8")
    print(measure.report())
    assert measure.documented(text, measure.report()) == text, "run tests/wording/measure.py"
