# ruff: noqa: E501
"""Every mistake in questions, modules, versions, options, choices and tables is named with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from csat.study import StudyError, load_study
from questionnaire_files import QUESTIONS, full_toml, write_full_study
from study_files import ITEMS

# what is wrong: (file, text to replace, replacement, place named, field named, words of the message)
MISTAKES = {
    "unknown type": ("q", "role,single", "role,singel", "line 4 (role)", "type", 'did you mean "single"'),
    "no type": ("q", "role,single", "role,", "line 4 (role)", "type", "is empty"),
    "bad id": ("q", "role,single", "my role,single", "line 4 (my role)", "id", "cannot be an id"),
    "same id twice": ("q", "days,number", "kinds,number", "line 7 (kinds)", "id", "declared twice"),
    "id of an item": ("q", "story,text", "s1,text", "s1", "id", "id of an item too"),
    "id of a construct": ("q", "story,text", "Sat,text", "Sat", "id", "id of a construct too"),
    "unknown column": ("q", "decimals", "decimal", "header", "decimal", "did you mean"),
    "unknown module": ("q", "role,single,start", "role,single,strat", "line 4 (role)", "module", 'did you mean "start"'),
    "no module": ("q", "role,single,start", "role,single,", "role", "module", "belongs to no module"),
    "unknown options": ("q", "start,role", "start,rolle", "line 4 (role)", "options", 'did you mean "role"'),
    "no options": ("q", "start,role", "start,", "line 4 (role)", "options", "is empty"),
    "options of a number": ("q", "days,number,trouble,", "days,number,trouble,kinds", "line 7 (days)", "options", "has no options"),
    "unknown choice": ("q", "fridge,product", "fridg,product", "line 13 (fridge1)", "choice", 'did you mean "fridge"'),
    "unknown stage": ("q", "fridge,product", "fridge,produce", "line 13 (fridge1)", "stage", 'no stage "produce"'),
    "translation": ("q", "What was it?,是什么问题？", "What was it?,", "line 6 (kinds)", "text_zh", "translation is missing"),
    "half a Kano pair": ("q", "If it does not work?,如果不能用？", ",", "line 11 (pair)", "negative", "second half of the pair"),
    "Kano of four": ("q", "pair,kano,more,kano", "pair,kano,more,parts", "line 11 (pair)", "options", "five answers, not 4"),
    "ranking with other": ("q", "ranks,ranking,more,parts", "ranks,ranking,more,kinds", "line 10 (ranks)", "options", "cannot be an option of type ranking"),
    "empty expression end": ("q", "agree_to_start = yes", "agree_to_start =", "line 4 (role)", "relevant", "lacks a code"),
    "later question": ("q", "yes,agree_to_start = yes", "yes,trouble = yes", "role", "relevant", "asked later"),
    "own answer": ("q", "yes,agree_to_start = yes", "yes,role = buyer", "role", "relevant", "looks at its own answer"),
    "unknown question": ("q", "yes,agree_to_start = yes", "yes,agree = yes", "role", "relevant", 'question "agree" is not declared'),
    "unknown code": ("q", "trouble = yes,2", "trouble = maybe,2", "kinds", "relevant", 'no option "maybe"'),
    "comparison of several": ("q", '"selected(kinds, late)"', "kinds = late", "days", "relevant", "may have several answers"),
    "off the scale": ("q", "s1 <= 3", "s1 <= 9", "story", "relevant", "the same for everybody"),
    "unknown concept": ("q", "R39.user", "R99", "role", "concept", 'concept "R99" is not known'),
    "unknown statistic": ("q", "R31,part_worths", "R31,part_worth", "plans", "statistic", 'did you mean "part_worths"'),
    "a column twice": ("q", "story,text", "kinds_late,text", "kinds_late", "column", 'already used by kinds'),
    "required unclear": ("q", "role,single,start,role,,,,yes", "role,single,start,role,,,,perhaps", "line 4 (role)", "required", "neither yes nor no"),
    "unknown module of a construct": ("t", '[constructs.Sat]\nmodule = "rating"', '[constructs.Sat]\nmodule = "ratings"', "[constructs.Sat]", "module", 'did you mean "rating"'),
    "unknown module of a version": ("t", 'modules = ["start", "rating", "trouble"]', 'modules = ["start", "ratng", "trouble"]', "[versions.short]", "modules", 'did you mean "rating"'),
    "module twice": ("t", 'modules = ["start", "rating", "trouble"]', 'modules = ["start", "start", "rating", "trouble"]', "[versions.short]", "modules", "listed twice"),
    "version of nothing": ("t", 'modules = ["start", "rating", "trouble"]', "modules = []", "[versions.short]", "modules", "no module is listed"),
    "order without a question": ("t", 'questions = ["trouble", "kinds", "days", "story"]', 'questions = ["trouble", "kinds", "days"]', "[modules.trouble]", "questions", "story of this module is not listed"),
    "order of another": ("t", '"days", "story"]', '"days", "story", "role"]', "[modules.trouble]", "questions", '"role" is no question'),
    "version without a stranger": ("t", 'without = ["story"]', 'without = ["weights"]', "[versions.short]", "without", '"weights" is not in its modules'),
    "version lacks what a condition needs": ("t", 'without = ["story"]', 'without = ["story", "trouble"]', "kinds", "relevant", 'version "short" does not ask'),
    "module on a later question": ("t", 'relevant = "agree_to_start = yes and role != nobody"\nrequired', 'relevant = "trouble = yes"\nrequired', "[modules.rating]", "relevant", "asked later"),
    "module no expression": ("t", 'relevant = "agree_to_start = yes and role != nobody"\nrequired', 'relevant = "if yes"\nrequired', "[modules.rating]", "relevant", "lacks a comparison"),
    "empty module": ("t", "[versions.short]", '[modules.empty]\nlabel = { en = "E", zh = "空" }\n[versions.short]', "[modules.empty]", "", "no question belongs to it"),
    "wave of no version": ("t", 'version = "long"', 'version = "longer"', '[[waves]] "2026-09"', "version", 'did you mean "long"'),
    "codes alike": ("t", "user = { en = \"I use\"", "Buyer = { en = \"I use\"", "[options.role]", "Buyer", "too much alike"),
    "labels alike": ("t", 'user = { en = "I use"', 'user = { en = "I buy"', "[options.role]", "en", 'two options are called "I buy"'),
    "code twice": ("t", "user = { en = \"I use\"", "buyer = { en = \"I use\"", "", "", "comes twice"),
    "one option": ("t", 'no = { en = "No", zh = "否" }\n[options.kinds]', "[options.kinds]", "[options.yesno]", "", "leave nothing to choose"),
    "bad code": ("t", 'user = { en = "I use"', '"I use" = { en = "I use"', "[options.role]", "I use", "cannot be a code"),
    "option language": ("t", ', zh = "使用者" }', ' }', "[options.role]", "user", "translation into zh is missing"),
    "option flag": ("t", "exclusive = true", 'exclusive = "yes"', "[options.kinds] none", "exclusive", "neither true nor false"),
    "option on a later question": ("t", 'relevant = "role = buyer"', 'relevant = "days > 3"', "[options.kinds]", "relevant", "asked later"),
    "level of nothing": ("t", 'levels = { price = "low", warranty = "two" }', 'levels = { price = "lo", warranty = "two" }', "[choices.fridge.alternatives.first.levels]", "price", 'did you mean "low"'),
    "level missing": ("t", 'levels = { price = "low", warranty = "two" }', 'levels = { price = "low" }', "[choices.fridge.alternatives.first.levels]", "warranty", "is missing"),
    "price without a number": ("t", ", value = 3860", "", "[choices.fridge.attributes.price]", "price", "levels of a price are numbers"),
    "one level": ("t", 'day = { en = "One day", zh = "一天" }\n', "", "[choices.plan.attributes.reply]", "levels", "too few levels"),
    "sets beyond reason": ("t", "sets = 6", "sets = 1000000000", "[choices.plan]", "sets", "more than anybody can use"),
    "prohibited what is not": ("t", "blocks = 2", 'blocks = 2\nprohibited = [{ price = "p20" }]', "[choices.plan]", "prohibited", "two attributes"),
    "column of a table": ("t", 'numerator = "defects"', 'numerator = "defect"', "[tables.quality.measures.defect_rate]", "numerator", 'did you mean "defects"'),
    "rate of nothing": ("t", 'denominator = "pieces"\n', "", "[tables.quality.measures.defect_rate]", "denominator", "is missing"),
    "concept of a table": ("t", '"R20.defect"', '"R20.defects"', "[tables.quality.measures.defect_rate]", "concept", 'did you mean "R20.defect"'),
    "shares of nobody": ("t", "[tables.quality]", "[shares.trubble]\nyes = 0.5\n[tables.quality]", "[shares.trubble]", "", 'did you mean "trouble"'),
    "share of no answer": ("t", "[tables.quality]", "[shares.trouble]\nperhaps = 0.5\n[tables.quality]", "[shares.trouble]", "perhaps", "has no answer"),
    "share above one": ("t", "[tables.quality]", "[shares.trouble]\nyes = 1.5\n[tables.quality]", "[shares.trouble]", "yes", "is no share"),
    "shares above everybody": ("t", "[tables.quality]", "[shares.trouble]\nyes = 0.7\nno = 0.6\n[tables.quality]", "[shares.trouble]", "", "add up to 1.3"),
    "no pace": ("t", "[tables.quality]", "[timing]\nwords_per_minute = 0\n[tables.quality]", "[timing]", "words_per_minute", "no such number"),
    "pace of what": ("t", "[tables.quality]", "[timing]\nratings = 3\n[tables.quality]", "[timing]", "ratings", 'did you mean "rating"'),
    "scale with a gap": ("t", 'en = { 1 = "No", 7 = "Yes" }', 'en = { 1 = "No", 2 = "b", 3 = "c", 5 = "e", 7 = "Yes" }', "[scales.agree]", "labels.en", "gap at 4, 6"),
    "segment of several answers": ("t", "[segments.site]", '[segments.when]\ncolumn = "days"\nlabel = { en = "W", zh = "时" }\n[segments.site]', "[segments.when]", "column", "of type number"),
    "segment of no option": ("t", "[segments.site]", '[segments.who]\ncolumn = "role"\nlabel = { en = "W", zh = "谁" }\nvalues.boss = { en = "B", zh = "老板" }\n[segments.site]', "[segments.who]", "values", "boss is no option of role"),
    "segment of the same id": ("t", "[segments.site]", '[segments.role]\ncolumn = "dept"\nlabel = { en = "W", zh = "谁" }\n[segments.site]', "role", "id", "segment of another column"),
    "respondents in a question": ("t", 'respondent_column = "guest"', 'respondent_column = "role"', "[data]", "respondent_column", "column of question role"),
    "absurd n": ("t", "planned_n = 120", "planned_n = 0", "", "planned_n", "not such a number"),
    "absurdly large n": ("t", "planned_n = 120", "planned_n = 99999999999999999999", "", "planned_n", "not such a number"),
}  # fmt: skip
FILE = {"t": "study.toml", "q": "questions.csv"}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_named(name: str, tmp_path: Path) -> None:
    kind, old, new, where, field, words = MISTAKES[name]
    texts = {"t": full_toml(), "q": QUESTIONS}
    assert old in texts[kind]
    texts[kind] = texts[kind].replace(old, new, 1)
    with pytest.raises(StudyError) as caught:
        load_study(write_full_study(tmp_path / "guests", texts["t"], ITEMS, texts["q"]))
    found = [p for p in caught.value.problems if p.where == where and p.field == field and words in str(p)]
    assert found, str(caught.value)
    assert found[0].file in FILE.values()


def test_a_mistake_is_said_once_however_many_versions_have_it(tmp_path: Path) -> None:
    questions = QUESTIONS.replace("yes,agree_to_start = yes", "yes,trouble = yes")
    with pytest.raises(StudyError) as caught:
        load_study(write_full_study(tmp_path / "guests", questions=questions))
    said = [str(p) for p in caught.value.problems if p.where == "role"]
    assert len(said) == len(set(said))
    assert sum("asked later" in line for line in said) == 1


def test_questions_that_wait_for_each_other(tmp_path: Path) -> None:
    questions = QUESTIONS.replace(
        "trouble,single,trouble,yesno,,,,yes,", "trouble,single,trouble,yesno,,,,yes,answered(kinds)"
    )
    with pytest.raises(StudyError, match="wait for each other: trouble -> kinds -> trouble"):
        load_study(write_full_study(tmp_path / "guests", questions=questions))


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"predicts": "s9"}, "predicts", '"s9" is not declared'),
        ({"predicts": "s1"}, "predicts", "its own|not declared"),
        ({"predicts": "l1"}, "predicts", "not answered alike"),
        ({"relevant": "role = 7"}, "relevant", 'no option "7"'),
        ({"module": "strat"}, "module", 'did you mean "start"'),
        ({"concept": "R27.fame"}, "concept", "is not known"),
        ({"dont_know": "2"}, "dont_know", "neither yes nor no"),
        ({"statistic": "alfa"}, "statistic", 'did you mean "alpha"'),
    ],
)
def test_mistakes_in_new_columns_of_items(
    cells: dict[str, str], column: str, words: str, tmp_path: Path
) -> None:
    five = "[scales.five]\nminimum = 1\nmaximum = 5\n[constructs.Sat]"
    toml = full_toml().replace("[constructs.Sat]", five, 1)
    name, value = next(iter(cells.items()))
    header, *rows = ITEMS.splitlines()
    lines = [f"{header},scale,{name}"]
    lines += [
        f"{row},{'five' if row[0] == 'l' else 'agree'},{value if row.startswith('s1') else ''}"
        for row in rows
    ]
    with pytest.raises(StudyError) as caught:
        load_study(write_full_study(tmp_path / "guests", toml, "\n".join(lines)))
    found = [p for p in caught.value.problems if p.field == column and p.file == "items.csv"]
    assert any(re.search(words, str(p)) for p in found), str(caught.value)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    toml = full_toml().replace('without = ["story"]', 'without = ["stories"]').replace("R20.defect", "R20.x")
    questions = QUESTIONS.replace("role,single", "role,singel").replace("trouble = yes,2", "trouble = ja,2")
    items = ITEMS.replace("s2,Sat", "s2,Sad")
    with pytest.raises(StudyError) as caught:
        load_study(write_full_study(tmp_path / "guests", toml, items, questions))
    assert {p.file for p in caught.value.problems} == {"study.toml", "items.csv", "questions.csv"}
    assert {"without", "concept", "type", "relevant", "construct"} <= {p.field for p in caught.value.problems}
