"""Checks of wording over a whole study, and findings that a study acknowledges."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.study import StudyError, load_study
from csat.study.wording import WordingFinding, check_wording, worst
from questionnaire_files import QUESTIONS, full_toml, write_full_study
from study_files import ITEMS, TOML, write_study


def findings(folder: Path, toml: str = TOML, items: str = ITEMS) -> list[WordingFinding]:
    return check_wording(load_study(write_study(folder, toml, items)))


def places(found: list[WordingFinding], rule: str) -> list[str]:
    return [f.where for f in found if f.rule == rule]


def test_a_plain_study_is_left_alone(tmp_path: Path) -> None:
    assert findings(tmp_path / "guests") == []


def test_shipped_studies() -> None:
    found = check_wording(load_study("mobile_ecsi"))
    assert worst(found) == "warning"
    assert places(found, "too_long") == ["CUSCO", "CUSCO"]
    assert {"IMAG3"} <= set(places(found, "dont_know"))
    assert places(check_wording(load_study("corporate_reputation")), "long_matrix") == ["QUAL"]


def test_questions_are_checked_in_every_language(tmp_path: Path) -> None:
    items = ITEMS.replace("It was good.", "It was always good.").replace("我会再来。", "我不会再来。")
    found = findings(tmp_path / "guests", items=items)
    assert [(f.where, f.lang, f.rule) for f in found] == [("s2", "en", "absolute"), ("l1", "zh", "negated")]


def test_pronouns_across_questions(tmp_path: Path) -> None:
    items = ITEMS.replace("我满意。", "您满意。").replace("很好。", "你觉得很好。")
    found = findings(tmp_path / "guests", items=items)
    assert places(found, "pronouns") == ["questionnaire"]
    assert "你: s2; 您: s1" in next(f for f in found if f.rule == "pronouns").message()


def test_scales_that_run_in_opposite_directions(tmp_path: Path) -> None:
    good = 'labels = {{ en = {{ 1 = "{}", 7 = "{}" }}, zh = {{ 1 = "{}", 7 = "{}" }} }}\n'
    toml = (
        TOML
        + "[scales.up]\nminimum = 1\nmaximum = 7\n"
        + good.format("Very bad", "Very good", "很差", "很好")
    )
    toml += "[scales.up2]\nminimum = 1\nmaximum = 7\n" + good.format("Very poor", "Very good", "很差", "很好")
    toml += "[scales.down]\nminimum = 1\nmaximum = 7\n" + good.format("Very good", "Very bad", "很好", "很差")
    lines = ITEMS.splitlines()
    lines = [lines[0] + ",scale", *(line + ",agree" for line in lines[1:])]
    found = findings(tmp_path / "guests", toml, "\n".join(lines))
    assert places(found, "mixed_scale") == ["down"]


def test_labels_that_disagree_between_languages(tmp_path: Path) -> None:
    toml = TOML.replace('1 = "No", 7 = "Yes"', '1 = "Disagree", 7 = "Agree"')
    toml = toml.replace('1 = "否", 7 = "是"', '1 = "同意", 7 = "不同意"')
    found = findings(tmp_path / "guests", toml)
    assert places(found, "labels_disagree") == ["agree", "agree"] and worst(found) == "error"


def test_translations_are_compared(tmp_path: Path) -> None:
    items = ITEMS.replace("I am satisfied.", "In the last 3 months I was satisfied.")
    found = findings(tmp_path / "guests", items=items.replace("我满意。", "过去六个月里我满意。"))
    assert set(places(found, "numbers_differ")) == {"s1"}
    found = findings(tmp_path / "other", items=ITEMS.replace("我满意。", "I am satisfied."))
    assert places(found, "untranslated") == ["s1"]


def test_long_grids(tmp_path: Path) -> None:
    more = "".join(f"s{i},Sat,,S {i},满{i},It is fine {i}.,还行{i}。\n" for i in range(4, 10))
    found = findings(tmp_path / "guests", items=ITEMS.replace("l1,Loy", more + "l1,Loy"))
    assert places(found, "long_matrix") == ["Sat"]
    assert "9 rows, more than 7" in found[0].message() and "2 grids of at most 5" in found[0].message()


def test_the_study_of_every_type(tmp_path: Path) -> None:
    found = check_wording(load_study(write_full_study(tmp_path / "guests")))
    pii = next(f for f in found if f.rule == "pii" and f.lang == "en")
    assert (pii.where, pii.severity) == ("mail", "note")
    assert set(places(found, "unused_variable")) == {"days", "ranks", "since"}
    checking = full_toml() + "\n[quality.attention]\ndays = 3\n"
    checked = check_wording(load_study(write_full_study(tmp_path / "checked", checking)))
    assert set(places(checked, "unused_variable")) == {"ranks", "since"}


def test_undeclared_personal_data_are_an_error(tmp_path: Path) -> None:
    questions = QUESTIONS.replace("mail,text,more,,,,,,,,,,,,,,yes,", "mail,text,more,,,,,,,,,,,,,,,")
    found = check_wording(load_study(write_full_study(tmp_path / "guests", questions=questions)))
    assert worst(found) == "error" and set(places(found[:2], "pii")) == {"mail"}


def test_many_open_questions(tmp_path: Path) -> None:
    row = "open{0},text,start,,,,,,,,,,,,,,,,comments,What is good about part {0}?,第{0}部分哪里好？,,\n"
    questions = QUESTIONS + "".join(row.format(i) for i in range(4))
    found = check_wording(load_study(write_full_study(tmp_path / "guests", questions=questions)))
    assert set(places(found, "many_open")) == {"questionnaire"}
    questions = QUESTIONS + "".join(row.format(i) for i in range(3))
    found = check_wording(load_study(write_full_study(tmp_path / "fewer", questions=questions)))
    assert not places(found, "many_open")


def acknowledging(entries: str) -> str:
    return TOML + "[acknowledged]\n" + entries


def test_findings_are_acknowledged_with_a_reason(tmp_path: Path) -> None:
    items = ITEMS.replace("It was good.", "It was always good.")
    found = findings(tmp_path / "guests", acknowledging('"absolute:s2" = "Asked so since 2001"\n'), items)
    assert [f.acknowledged for f in found] == ["Asked so since 2001"]
    assert worst(found) is None and str(found[0]).endswith("[acknowledged: Asked so since 2001]")


def test_an_acknowledgement_outlives_its_finding(tmp_path: Path) -> None:
    found = findings(tmp_path / "guests", acknowledging('"absolute:s2" = "Asked so since 2001"\n'))
    assert [(f.rule, f.where, f.severity) for f in found] == [("stale_acknowledgement", "s2", "note")]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ('"absolut:s2" = "x"\n', 'rule "absolut" is not known (did you mean "absolute"?)'),
        ('"absolute:s22" = "x"\n', '"s22" is nothing of this study (did you mean "s2"?)'),
        ('"absolute" = "x"\n', "does not name a rule and a place"),
        ('"absolute:s2" = " "\n', "the reason is missing"),
        ('"absolute:s2" = 3\n', "the reason is missing"),
    ],
)
def test_mistakes_in_acknowledgements(entries: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        load_study(write_study(tmp_path / "guests", acknowledging(entries)))
    assert said in str(error.value) and len(error.value.problems) == 1


def test_acknowledged_is_a_table(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is not a table"):
        load_study(write_study(tmp_path / "guests", 'acknowledged = "all"\n' + TOML))


def test_routing_tells_what_may_be_presumed(tmp_path: Path) -> None:
    row = "quick,rating,trouble,,agree,,,,{},,,,,,,,,,handling,"
    row += "How quickly was your complaint handled?,您的投诉处理得快吗？,,\n"
    questions = QUESTIONS.replace("story,text", row.format("trouble = yes") + "story,text")
    toml = full_toml().replace('"story"]', '"quick", "story"]')
    found = check_wording(load_study(write_full_study(tmp_path / "guests", toml, questions=questions)))
    assert "quick" not in places(found, "presuming")
    questions = QUESTIONS.replace("story,text", row.format("") + "story,text")
    found = check_wording(load_study(write_full_study(tmp_path / "all", toml, questions=questions)))
    assert "quick" in places(found, "presuming")
