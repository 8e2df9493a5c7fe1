# ruff: noqa: E501
"""Every mistake in a study is named with file, place and what is allowed, and all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.study import Study, StudyError, load_study
from study_files import ITEMS, TOML, write_study

# what is wrong: (file, text to replace, replacement, place named, field named, words of the message)
MISTAKES = {
    "unknown key": ("toml", "planned_n", "planed_n", "", "planed_n", 'did you mean "planned_n"'),
    "unknown key of a table": ("toml", "missing =", "mising =", "[scales.agree]", "mising", "did you mean"),
    "unknown table": ("toml", "[model]", "[modell]", "", "modell", 'did you mean "model"'),
    "missing title": ("toml", 'title = { en = "Guests", zh = "顾客" }', "", "", "title", "is missing"),
    "missing languages": ("toml", 'languages = ["en", "zh"]', "", "", "languages", "is missing"),
    "wrong type": ("toml", "frame_size = 5000", 'frame_size = "5000"', "", "frame_size", "whole number"),
    "boolean as number": ("toml", "minimum = 1", "minimum = true", "[scales.agree]", "minimum", "not a number"),
    "unsupported language": ("toml", '["en", "zh"]', '["en", "zh", "fr"]', "", "languages", '"fr"'),
    "text in a foreign language": ("toml", 'zh = "顾客"', 'zh = "顾客", fr = "X"', "", "title", '"fr"'),
    "missing translation": ("toml", ', zh = "满意"', "", "[constructs.Sat]", "label", "into zh is missing"),
    "text without language": ("toml", '{ en = "Guests", zh = "顾客" }', '"Guests"', "", "title", "which language"),
    "missing label of a point": ("toml", ', 7 = "是"', "", "[scales.agree]", "labels.zh", "label of 7"),
    "label off the scale": ("toml", '7 = "Yes"', '7 = "Yes", 9 = "So"', "[scales.agree]", "labels.en", "9 is off"),
    "scale upside down": ("toml", "maximum = 7", "maximum = 1", "[scales.agree]", "minimum", "not below"),
    "half points": ("toml", "maximum = 7", "maximum = 6.5", "[scales.agree]", "minimum", "whole numbers"),
    "too many points": ("toml", "maximum = 7", "maximum = 700", "[scales.agree]", "maximum", "101 points"),
    "missing code on the scale": ("toml", "[-99]", "[-99, 7]", "[scales.agree]", "missing", "both an answer"),
    "unknown role": ("toml", '"loyalty"', '"loyality"', "[constructs.Loy]", "role", 'did you mean "loyalty"'),
    "unknown mode": ("toml", 'role = "loyalty"', 'role = "loyalty"\nmode = "formative"', "[constructs.Loy]", "mode", "composite"),
    "unsafe id": ("toml", "[constructs.Loy]", '[constructs."Lo y"]', "[constructs.Lo y]", "", "cannot be an id"),
    "construct without items": ("toml", "[segments.site]", '[constructs.Empty]\nlabel = { en = "E", zh = "空" }\nrole = "other"\n[segments.site]', "[constructs.Empty]", "", "no item"),
    "undeclared construct in a path": ("toml", "Sat -> Loy", "Sat -> Loi", "[model]", "paths", 'did you mean "Loy"'),
    "cycle": ("toml", '["Sat -> Loy"]', '["Sat -> Loy", "Loy -> Sat"]', "[model]", "paths", "Sat -> Loy -> Sat"),
    "path to itself": ("toml", '["Sat -> Loy"]', '["Sat -> Sat"]', "[model]", "paths", "Sat -> Sat"),
    "path twice": ("toml", '["Sat -> Loy"]', '["Sat -> Loy", "Sat→Loy"]', "[model]", "paths", "twice"),
    "no arrow": ("toml", "Sat -> Loy", "Sat Loy", "[model]", "paths", "not one arrow"),
    "wave twice": ("toml", 'id = "2026-09"', 'id = "2026-10"', "", "waves", "declared twice"),
    "waves out of order": ("toml", 'id = "2026-09"', 'id = "2026-11"', "", "waves", "order of time"),
    "wave no month": ("toml", 'id = "2026-09"', 'id = "2026-13"', "[[waves]] 1", "id", "looks like a date"),
    "wave unsafe": ("toml", 'id = "2026-09"', 'id = "../9"', "[[waves]] 1", "id", "cannot name a wave"),
    "wave a number": ("toml", 'id = "2026-09"', "id = 2026", "[[waves]] 1", "id", "not a text"),
    "wave not as named": ("toml", "frame_size", 'wave_naming = "year"\nframe_size', "", "waves", "not named by year"),
    "wave without unknown item": ("toml", 'id = "2026-09"', 'id = "2026-09"\nwithout = ["s9"]', '[[waves]] "2026-09"', "without", '"s9"'),
    "planned above frame": ("toml", "planned_n = 120", "planned_n = 6000", "", "planned_n", "more than frame_size"),
    "bar out of range": ("toml", "[model]", "[thresholds]\nave = 50\n[model]", "[thresholds]", "ave", "between 0 and 1"),
    "bars out of order": ("toml", "[model]", "[thresholds]\nhtmt = 0.95\n[model]", "[thresholds]", "htmt", "htmt_liberal"),
    "nps item unknown": ("toml", "[model]", '[thresholds]\nnps_item = "l4x"\n[model]', "[thresholds]", "nps_item", '"l4x" is not declared'),
    "nps cut off the scale": ("toml", "[model]", '[thresholds]\nnps_item = "l2"\n[model]', "[thresholds]", "nps_promoter_min", "off the scale"),
    "top box off the scale": ("toml", "[model]", "[thresholds]\ntop_box_min = 9\n[model]", "[thresholds]", "top_box_min", "no scale"),
    "path and package": ("toml", "[data]", '[data]\npackage = "x"\nresource = "y"', "[data]", "path", "both"),
    "package alone": ("toml", 'path = "answers.csv"', 'package = "x"', "[data]", "resource", "is missing"),
    "unknown format": ("toml", "[data]", '[data]\nformat = "sas"', "[data]", "format", "xlsx"),
    "long separator": ("toml", "[data]", '[data]\nseparator = "||"', "[data]", "separator", "one character"),
    "column with two meanings": ("toml", '"guest"', '"s1"', "[data] respondent_column", "column", "already used"),
    "ignored and used": ("toml", "[data]", '[data]\nignore_columns = ["s1"]', "[data]", "ignore_columns", "cannot be ignored"),
    "segment and construct share an id": ("toml", "segments.site", "segments.Sat", "[segments.Sat]", "", "construct too"),
    "segment value untranslated": ("toml", ', zh = "北"', "", "[segments.site.values]", "1", "into zh"),
    "no TOML": ("toml", "[model]", "[model", "", "", "not TOML"),
    "table twice": ("toml", "[model]", "[constructs.Sat]\n[model]", "", "", "twice"),
    "unknown column": ("csv", "reversed", "reverse", "header", "reverse", 'did you mean "reversed"'),
    "missing column": ("csv", "text_zh", "text_en", "header", "text_zh", "is missing"),
    "column twice": ("csv", "text_zh", "text_en", "header", "text_en", "twice"),
    "item twice": ("csv", "s2,Sat", "s1,Sat", "line 3 (s1)", "item", "declared twice"),
    "item unsafe": ("csv", "s2,Sat", "s-2,Sat", "line 3 (s-2)", "item", "cannot be an id"),
    "item empty": ("csv", "s2,Sat", ",Sat", "line 3", "item", "is empty"),
    "undeclared construct": ("csv", "s2,Sat", "s2,Sad", "line 3 (s2)", "construct", 'did you mean "Sat"'),
    "reversed unclear": ("csv", "s3,Sat,yes", "s3,Sat,maybe", "line 4 (s3)", "reversed", "neither yes nor no"),
    "missing wording": ("csv", ",很差。", ",", "line 4 (s3)", "text_zh", "translation is missing"),
    "comma without quotes": ("csv", "It was bad.", "It was, well, bad.", "line 4", "", "needs quotes"),
    "quote not closed": ("csv", "I am satisfied.", '"' + "I am satisfied. " * 9000, "", "", "not CSV"),
    "no items": ("csv", ITEMS.split("\n", 1)[1], "", "", "item", "no item"),
    "empty file": ("csv", ITEMS, "", "", "", "empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_named(name: str, tmp_path: Path) -> None:
    kind, old, new, where, field, words = MISTAKES[name]
    texts = {"toml": TOML, "csv": ITEMS}
    assert old in texts[kind]
    texts[kind] = texts[kind].replace(old, new, 1)
    write_study(tmp_path / "guests", texts["toml"], texts["csv"])
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path / "guests")
    file = {"toml": "study.toml", "csv": "items.csv"}[kind]
    found = [p for p in caught.value.problems if (p.file, p.where, p.field) == (file, where, field)]
    assert any(words in str(p) for p in found), str(caught.value)
    assert str(caught.value).startswith('study "guests": ')


@pytest.mark.parametrize(
    ("columns", "row", "words"),
    [
        ("scale", "bad", 'scale "bad" is not declared'),
        ("expectation", "s9", 'item "s9" is not declared'),
        ("expectation", "s2", "its own expectation"),
        ("facet", "two words", "cannot name a facet"),
        ("column", "s1", "already used by item s1"),
    ],
)
def test_mistake_in_an_optional_column(columns: str, row: str, words: str, tmp_path: Path) -> None:
    lines = ITEMS.splitlines()
    lines = [lines[0] + f",{columns}"] + [
        f"{line},{row if line.startswith('s2') else ''}" for line in lines[1:]
    ]
    with pytest.raises(StudyError, match=words):
        load_study(write_study(tmp_path, 'id = "guests"\n' + TOML, "\n".join(lines)))


def test_expectation_on_another_range(tmp_path: Path) -> None:
    toml = TOML + "[scales.five]\nminimum = 1\nmaximum = 5\n"
    lines = ITEMS.splitlines()
    lines = [lines[0] + ",scale,expectation"] + [
        line + (",five,l1" if line.startswith("s2") else ",agree,") for line in lines[1:]
    ]
    with pytest.raises(StudyError, match="answered on different ranges"):
        load_study(write_study(tmp_path / "guests", toml, "\n".join(lines)))


def test_row_that_ends_early(tmp_path: Path) -> None:
    items = ITEMS.replace(",I recommend it.,我会推荐。", "")
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path / "guests", TOML, items))
    assert [(p.where, p.field) for p in caught.value.problems] == [
        ("line 6 (l2)", "text_en"),
        ("line 6 (l2)", "text_zh"),
    ]


def test_header_with_a_column_too_many(tmp_path: Path) -> None:
    header, rest = ITEMS.split("\n", 1)
    with pytest.raises(StudyError, match="rows have fewer cells than the header") as caught:
        load_study(write_study(tmp_path / "guests", TOML, f"{header},facet\n{rest}"))
    assert len(caught.value.problems) == 1


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    items = ITEMS.replace("I am satisfied.", '"I am\nsatisfied."').replace("s3,Sat,yes", "s3,Sat,maybe")
    with pytest.raises(StudyError, match=r"line 5 \(s3\)"):
        load_study(write_study(tmp_path / "guests", TOML, items))


def test_reversed_single_item(tmp_path: Path) -> None:
    items = "\n".join(line for line in ITEMS.splitlines() if not line.startswith(("s1", "s2")))
    with pytest.raises(StudyError, match="the only item of Sat is reversed"):
        load_study(write_study(tmp_path / "guests", TOML, items))


def test_longer_cycle_is_spelt_out(tmp_path: Path) -> None:
    extra = '[constructs.Val]\nlabel = { en = "V", zh = "价值" }\nrole = "value"\n'
    toml = extra + TOML.replace('["Sat -> Loy"]', '["Sat -> Loy", "Loy -> Val", "Val -> Sat"]')
    toml = TOML.split("[[waves]]")[0] + extra + "[[waves]]" + toml.split("[[waves]]", 1)[1]
    items = ITEMS + "v1,Val,,V,价值,Worth it.,值得。\n"
    with pytest.raises(StudyError, match="Sat -> Loy -> Val -> Sat"):
        load_study(write_study(tmp_path / "guests", toml, items))


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    toml = (
        TOML.replace("planned_n", "planed_n")
        .replace('"loyalty"', '"loyality"')
        .replace("Sat -> Loy", "Sat -> X")
    )
    items = ITEMS.replace("s2,Sat", "s1,Sad").replace("s3,Sat,yes", "s3,Sat,maybe")
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path / "guests", toml, items))
    fields = {(p.file, p.field) for p in caught.value.problems}
    assert {
        ("study.toml", "planed_n"),
        ("study.toml", "role"),
        ("study.toml", "paths"),
        ("items.csv", "item"),
        ("items.csv", "construct"),
        ("items.csv", "reversed"),
    } <= fields
    assert len(str(caught.value).splitlines()) == len(caught.value.problems) + 1


@pytest.mark.parametrize(
    "name", ["../mobile_ecsi", "mobile_ecsi/", "a/b", "a\\b", "..", "", "/", "no_such", "study\x00name"]
)
def test_names_that_are_no_study(name: str, root: Path) -> None:
    with pytest.raises(StudyError, match="mobile_ecsi"):
        load_study(name, root)


def test_near_name_is_suggested(root: Path) -> None:
    with pytest.raises(StudyError, match='did you mean "mobile_ecsi"'):
        load_study("mobile-ecsi", root)


def test_folder_name_that_needs_an_id(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="give it an id"):
        load_study(write_study(tmp_path / "顾客 2026"))
    assert load_study(write_study(tmp_path / "顾客 2026", 'id = "guests"\n' + TOML)).id == "guests"


def test_missing_items_file(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests", TOML.replace("planned_n", "planed_n"))
    (folder / "items.csv").unlink()
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    assert {p.field for p in caught.value.problems} >= {"planed_n"}
    assert any(p.file == "items.csv" and "missing" in p.wrong for p in caught.value.problems)


BROKEN: dict[str, object] = {
    "number": 3,
    "text": "x",
    "list": [],
    "list of numbers": [1],
    "table": {},
    "nested": {"en": {"en": {}}},
    "true": True,
    "nan": float("nan"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_any_key_of_any_wrong_type_is_a_clean_error(kind: str, tmp_path: Path) -> None:
    import tomllib

    from csat.study import loading
    from csat.study.problems import Problem

    folder = write_study(tmp_path / "guests")

    def try_it(raw: dict[str, object]) -> None:
        problems: list[Problem] = []
        study = loading._build(folder, raw, problems, [])
        assert isinstance(study, Study)

    def everywhere(table: dict[str, object], top: dict[str, object]) -> None:
        for key, value in list(table.items()):
            table[key] = BROKEN[kind]
            try_it(top)
            table[key] = value
            if isinstance(value, dict):
                everywhere(value, top)

    raw = tomllib.loads(TOML + "[thresholds]\nave = 0.5\nnps_item = 'l1'\n")
    everywhere(raw, raw)
