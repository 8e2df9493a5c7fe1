"""Checks of single texts: what is found, why, and what is suggested."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from csat.study.wording import SEVERITIES, Context, WordingFinding, check_text, load_rules, worst
from csat.study.wording.lexicon import lexicon
from csat.study.wording.scale_rules import compare_labels, direction, tone
from csat.study.wording.text_rules import length
from csat.study.wording.translation_rules import periods
from hypothesis import example, given, settings
from hypothesis import strategies as st

AGREE = {"1": "Fully disagree", "7": "Fully agree"}
AGREE_ZH = {"1": "完全不同意", "7": "完全同意"}


def only(text: str, lang: str, rule: str, **context: object) -> WordingFinding:
    """Find the one finding of a rule."""
    found = [f for f in check_text(text, lang, Context(**context)) if f.rule == rule]  # type: ignore[arg-type]
    assert len(found) == 1, found
    return found[0]


REWRITES = {
    "How satisfied are you with the price and quality of our tea?": (
        "How satisfied are you with the price of our tea?",
        "How satisfied are you with the quality of our tea?",
    ),
    "How likely are you to visit us again and recommend us to a friend?": (
        "How likely are you to visit us again?",
        "How likely are you to recommend us to a friend?",
    ),
    "How do you rate the size of the rooms and the comfort of the beds?": (
        "How do you rate the size of the rooms?",
        "How do you rate the comfort of the beds?",
    ),
    "How satisfied are you with our opening hours, parking and location?": (
        "How satisfied are you with our opening hours?",
        "How satisfied are you with our parking?",
        "How satisfied are you with our location?",
    ),
    "您对员工的服务态度与专业水平是否满意？": (
        "您对员工的服务态度是否满意？",
        "您对员工的专业水平是否满意？",
    ),
    "您对餐厅的环境、卫生和口味满意吗？": (
        "您对餐厅的环境满意吗？",
        "您对餐厅的卫生满意吗？",
        "您对餐厅的口味满意吗？",
    ),
    "您如何评价信息的清晰和透明程度？": ("您如何评价信息的清晰程度？", "您如何评价信息的透明程度？"),
}


@pytest.mark.parametrize("text", REWRITES)
def test_joined_objects_are_parted(text: str) -> None:
    lang = "zh" if "？" in text else "en"
    assert only(text, lang, "double_barrelled", type="rating").rewrites == REWRITES[text]


def test_no_rewrite_where_the_parts_cannot_be_told() -> None:
    for text in (
        "My bank protects my data and keeps me informed.",
        "Technicians were punctual and left on time.",
    ):
        assert only(text, "en", "double_barrelled", type="rating", answers=AGREE).rewrites == ()


@pytest.mark.parametrize(
    ("text", "lang", "rule", "rewrite"),
    [
        ("How good is our award-winning tea?", "en", "leading", "How good is our tea?"),
        ("您对我们优质的服务满意吗？", "zh", "leading", "您对我们服务满意吗？"),
        ("Have you called us recently?", "en", "vague", "Have you called us in the last 3 months?"),
        ("您最近联系过我们吗？", "zh", "vague", "您最近3个月内联系过我们吗？"),
        ("Have you complained?", "en", "reference_period", "In the last 3 months, have you complained?"),
        ("您访问过我们的网站吗？", "zh", "reference_period", "最近3个月内，您访问过我们的网站吗？"),
        ("你对您的座位满意吗？", "zh", "pronouns", "您对您的座位满意吗？"),
    ],
)  # fmt: skip
def test_rewrites(text: str, lang: str, rule: str, rewrite: str) -> None:
    assert only(
        text, lang, rule, type="single" if "period" in rule or rule == "vague" else "rating"
    ).rewrites == (rewrite,)


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("I would not recommend this hotel.", "I would recommend this hotel."),
        ("The app is not difficult to use.", "The app is easy to use."),
        ("The prices were not unreasonable.", "The prices were reasonable."),
        ("客服无法回答我的问题。", "客服能够回答我的问题。"),
        ("我不会再来。", "我会再来。"),
    ],
)
def test_negations_are_taken_out(text: str, positive: str) -> None:
    lang, answers = ("zh", AGREE_ZH) if "。" in text else ("en", AGREE)
    assert only(text, lang, "negated", type="rating", answers=answers).rewrites == (positive,)


def test_unbalanced_scales_get_balanced_labels_of_their_own_kind() -> None:
    answers = {"1": "Dissatisfied", "2": "Satisfied", "3": "Very satisfied", "4": "Extremely satisfied"}
    found = only("How satisfied are you?", "en", "unbalanced_scale", type="rating", answers=answers)
    assert found.rewrites == ("Very dissatisfied / Dissatisfied / Satisfied / Very satisfied",)
    assert "1 negative, 3 positive" in found.message()
    answers = {"1": "不可能", "2": "可能", "3": "非常可能"}
    assert only("再来吗？", "zh", "unbalanced_scale", type="rating", answers=answers).rewrites == (
        "不可能 / 说不清 / 可能",
    )


def test_a_weaker_end_is_only_a_note() -> None:
    assert (
        only("How is it?", "en", "unbalanced_scale", answers={"1": "Very poor", "5": "Good"}).severity
        == "note"
    )


@pytest.mark.parametrize(
    ("label", "lang", "level"),
    [
        ("Very dissatisfied", "en", -3),
        ("Not at all satisfied", "en", -3),
        ("Slightly dissatisfied", "en", -1),
        ("Neither agree nor disagree", "en", 0),
        ("Excellent", "en", 3),
        ("Daily", "en", None),
        ("非常不满意", "zh", -3),
        ("不太可能", "zh", -1),
        ("一般", "zh", 0),
        ("比较满意", "zh", 1),
        ("差很多", "zh", -3),
        ("每天", "zh", None),
    ],
)
def test_tone_of_labels(label: str, lang: str, level: int | None) -> None:
    found = tone(label, lang)
    assert (found.level if found else None) == level


def test_direction_of_scales() -> None:
    assert direction({"1": "Very poor", "5": "Very good"}, "en") == 1
    assert direction({"1": "非常满意", "5": "非常不满意"}, "zh") == -1
    assert direction({"1": "Never", "5": "Daily"}, "en") == 0


def test_labels_are_compared_by_their_meaning() -> None:
    english = {"1": "Very poor", "5": "Excellent"}
    assert not list(compare_labels(english, "en", {"1": "非常差", "5": "非常好"}))
    assert next(compare_labels(english, "en", {"1": "非常好", "5": "非常差"})).severity == "error"
    weaker = compare_labels({"1": "Very poor", "5": "Very good"}, "en", {"1": "非常差", "5": "好"})
    assert [f.severity for f in weaker] == ["warning"]


def test_periods_are_read_in_both_languages() -> None:
    assert periods("In the last three months and the past year", "en") == [90, 360]
    assert periods("在过去半年里", "zh") == [180]
    assert periods("最近12个月", "zh") == periods("the past 12 months", "en") == periods("过去一年", "zh")
    assert periods("How long is it?", "en") == []


def test_length_counts_what_people_read() -> None:
    assert length("Don't count marks: 3 words, or six?", "en") == 7
    assert length("您对 Wi-Fi 的速度满意吗？", "zh") == 9


def test_context_changes_the_verdict() -> None:
    text = "How quickly was your complaint handled?"
    assert only(text, "en", "presuming", type="rating")
    assert not check_text(text, "en", Context(type="rating", filtered=True))
    text = "How satisfied are you with the hotline?"
    assert only(text, "en", "dont_know", type="rating", dont_know=False).severity == "note"
    assert not check_text(text, "en", Context(type="rating", dont_know=True))
    text = "What is your full name?"
    assert only(text, "en", "pii", type="text").severity == "error"
    declared = only(text, "en", "pii", type="text", pii=True)
    assert declared.severity == "note" and "pii = yes" in declared.message()
    text = "您来过几次？"
    assert only(text, "zh", "reference_period", type="number")
    assert not check_text(text, "zh", Context(type="number", lead_in="请回想过去三个月。"))


def test_findings_can_be_limited_to_some_rules() -> None:
    text = "Don't you always agree with the price and quality?"
    assert {f.rule for f in check_text(text, "en", rules=("absolute",))} == {"absolute"}
    assert len(check_text(text, "en")) > 2


def test_the_heaviest_comes_first() -> None:
    found = check_text("What is your full name and how often do you come?", "en")
    order = [SEVERITIES.index(f.severity) for f in found]
    assert order == sorted(order) and worst(found) == "error"
    assert worst([]) is None


def test_nothing_is_found_in_nothing() -> None:
    for lang in ("en", "zh"):
        for text in ("", "  ", "?", "。", "□", "(", "'"):
            check_text(text, lang)
    assert check_text("", "en") == []


def test_messages_are_told_in_both_languages() -> None:
    found = only("您对价格和质量满意吗？", "zh", "double_barrelled", type="rating")
    assert found.message("zh").startswith("“") and "请拆成几道题" in found.message("zh")
    assert "Ask one question for each: “您对价格满意吗？”" in found.message("en")
    assert str(found).startswith("warning [double_barrelled] text (zh): ")
    assert found.title("zh") == "一题多问" and found.step == "4c"


def test_every_rule_is_complete_and_documented(root: Path) -> None:
    doc = (root / "docs" / "wording.md").read_text(encoding="utf-8")
    for rule in load_rules().values():
        assert re.fullmatch(r"[1-8][a-g]?", rule.step) and rule.severity in SEVERITIES
        for text in (rule.title, rule.reason, rule.advice):
            assert set(text) == {"en", "zh"} and all(text.values())
        assert set(re.findall(r"{(\w+)", rule.reason["en"])) - {"unit_en"} == set(
            re.findall(r"{(\w+)", rule.reason["zh"])
        ) - {"unit_zh"}
        assert f"| `{rule.id}` | {rule.step} | {rule.severity} |" in doc


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_pattern_compiles_and_both_languages_have_the_same_lists(lang: str) -> None:
    lex, other = lexicon(lang), lexicon("en" if lang == "zh" else "zh")
    assert {r: set(t) for r, t in lex.data.items()} == {r: set(t) for r, t in other.data.items()}
    for rule, lists in lex.data.items():
        for key, entry in lists.items():
            if isinstance(entry, str) or (isinstance(entry, list) and all(isinstance(e, str) for e in entry)):
                lex.pattern(rule, key)


def test_every_list_has_a_comment(root: Path) -> None:
    for lang in ("en", "zh"):
        lines = (root / "lib/csat/study/wording" / f"{lang}.toml").read_text(encoding="utf-8").splitlines()
        heads = [i for i, line in enumerate(lines) if re.match(r"(exempt|patterns) = ", line)]
        assert heads
        for i in heads:
            assert lines[i - 1].startswith("#") or "[" in lines[i - 1] or "=" in lines[i - 1], lines[i][:40]


PIECES = st.sampled_from(
    [
        *"您你我对的和与及、，。？（）“”不没是否吗过/&'-?.,() ",
        " and ",
        "满意",
        "如果",
        "多少次",
        "最近",
        "How ",
        "not ",
        "our ",
        "you ",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)),
    st.sampled_from(["en", "zh"]),
)
@example("您对和、满意吗？", "zh")
@example("with and ?", "en")
def test_any_text_can_be_checked(text: str, lang: str) -> None:
    labels = {"1": text, "2": text[::-1], "3": "好"}
    context = Context(answers=labels, dont_know=False, other_text=text[1:], other_answers={"1": text})
    for finding in check_text(text, lang, context):
        assert finding.message("zh") and str(finding)
        assert all(rewrite != text for rewrite in finding.rewrites)


@pytest.mark.parametrize(
    "piece", ["和", "our great ", "not un", "如果", "（", "“", "是否", "how many ", "优质的", "between and "]
)
def test_long_texts_take_no_time(piece: str) -> None:
    begin = time.perf_counter()
    for lang in ("en", "zh"):
        check_text(piece * 2000, lang, Context(dont_know=False, other_text="x"))
    assert time.perf_counter() - begin < 5
