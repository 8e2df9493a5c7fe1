"""The pretest kit: interview, back-translation, split ballots, diagnostics of a pilot, harmless files."""

from __future__ import annotations

import csv
import doctest
import hashlib
import importlib
import re
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat.study import StudyError, load_study
from csat.study.pretest import (
    Arm,
    SplitBallot,
    asked_frame,
    assign,
    assign_frame,
    back_translation_sheet,
    ballot_sheet,
    break_off,
    dont_know_share,
    floor_ceiling,
    interview_sheet,
    item_nonresponse,
    median_time,
    order_ballot,
    pilot_diagnostics,
    split_ballots,
    still_there,
    straight_lining,
    write_diagnostics,
    write_kit,
)
from csat.study.pretest.files import write_csv, write_html, write_xlsx
from csat.study.pretest.shares import wilson
from csat.study.pretest.texts import texts
from csat.study.questions import QUESTION_TYPES
from csat.study.scales import Scale
from csat.study.wording import load_rules
from questionnaire_files import write_full_study
from study_files import ITEMS, TOML, minimal_study_of_the_doc, write_study

STAGES = {"Understanding", "Recalling", "Judging", "Answering"}


def test_interview_has_probes_for_every_question_and_every_finding() -> None:
    study = load_study("mobile_ecsi")
    sheet = interview_sheet(study, "en")
    assert list(dict.fromkeys(sheet.question)) == list(study.items)
    assert set(sheet.stage) <= STAGES and (sheet.answer == "").all()
    own_words = "Could you repeat the question in your own words?"
    assert (sheet.groupby("question").probe.agg(list).map(lambda probes: own_words in probes)).all()
    image = sheet[sheet.question == "IMAG1"]
    assert "“Do not agree at all” and “Agree completely”" in " ".join(image.probe)
    assert image.probe.iloc[0] == own_words
    assert image.set_index("because").probe["Double-barrelled"].startswith("“provider says and does”")
    assert "Rating" not in set(sheet[sheet.question == "IMAG4"].because)


def test_interview_in_chinese() -> None:
    sheet = interview_sheet(load_study("mobile_ecsi"), "zh")
    assert set(sheet.stage) <= {"理解", "回忆", "判断", "作答"}
    assert "题目过长" in set(sheet[sheet.question == "CUSCO"].because)


def test_interview_covers_questions_of_every_type(tmp_path: Path) -> None:
    study = load_study(write_full_study(tmp_path / "guests"))
    sheet = interview_sheet(study, "en", "long")
    assert set(sheet.question) == set(study.questionnaire("long").by_id)
    assert "story" not in set(interview_sheet(study, "en", "short").question)
    assert "If it works? / If it does not work?" in set(sheet.text)
    assert not sheet.probe.str.contains("[{}]").any()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_texts_of_the_kit_are_complete(lang: str) -> None:
    known, other = texts(lang), texts("zh" if lang == "en" else "en")
    assert set(QUESTION_TYPES) == set(known["types"]) == set(known["probes"]) - {"every"}
    assert set(known["findings"]) <= set(load_rules())
    for section, entries in known.items():
        assert set(entries) == set(other[section])
        for key, entry in entries.items():
            mine = re.findall(r"{\w+}", str(entry))
            assert sorted(mine) == sorted(re.findall(r"{\w+}", str(other[section][key]))), key
            if section in ("probes", "findings"):
                assert [stage for stage, _ in entry] == [stage for stage, _ in other[section][key]]
                assert {stage for stage, _ in entry} <= set(known["stages"])


def test_back_translation_lists_every_text_once() -> None:
    study = load_study("mobile_ecsi")
    sheet = back_translation_sheet(study)
    assert (sheet[["back", "same", "comment"]] == "").all().all()
    assert not sheet.duplicated(["id", "part"]).any()
    assert set(study.items) | {"introduction", "Image", "agreement"} <= set(sheet.id)
    ends = sheet[sheet.id == "agreement"]
    assert list(ends.target) == ["完全不同意", "完全同意"]
    assert sheet.set_index("id").checks["CUSCO"].startswith("too_long")
    swapped = back_translation_sheet(study, "zh", "en")
    assert list(swapped.source[swapped.id == "CUSA1"]) == [study.wording("CUSA1", "zh")]


def test_the_back_translator_does_not_see_the_original() -> None:
    sheet = back_translation_sheet(load_study("mobile_ecsi"), blind=True)
    assert list(sheet.columns) == ["id", "part", "target", "back", "comment"]
    assert "题目" in set(sheet.part)


def test_options_and_halves_are_translated_back_too(tmp_path: Path) -> None:
    sheet = back_translation_sheet(load_study(write_full_study(tmp_path / "guests")))
    assert list(sheet[sheet.id == "role"].part) == [
        "Question",
        "Option buyer",
        "Option user",
        "Option nobody",
    ]
    assert "Question, put negatively" in set(sheet[sheet.id == "pair"].part)


def test_nothing_to_translate_back_in_a_study_of_one_language(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "cafe", *minimal_study_of_the_doc()))
    with pytest.raises(StudyError, match="nothing to translate back"):
        back_translation_sheet(study)
    assert len(write_kit(study, tmp_path / "kit")) == 4


def test_ballots_are_the_same_every_time(tmp_path: Path) -> None:
    items = ITEMS.replace("It was good.", "I cannot find the prices.")
    study = load_study(write_study(tmp_path / "guests", TOML, items))
    ballots = split_ballots(study, "en", seed=7)
    assert ballots == split_ballots(study, "en", seed=7)
    assert [(b.kind, b.question) for b in ballots] == [("wording", "s2"), ("direction", "agree")]
    assert [arm.text for arm in ballots[0].arms] == ["I cannot find the prices.", "I can find the prices."]
    assert [arm.text for arm in ballots[1].arms] == ["No → Yes", "Yes → No"]
    assert split_ballots(study, "en", kinds=("wording",)) == split_ballots(study, "en")[:1]


def test_scales_out_of_balance_get_a_ballot(tmp_path: Path) -> None:
    toml = TOML.replace('1 = "No", 7 = "Yes"', '1 = "Bad", 4 = "Good", 7 = "Very good"')
    toml = toml.replace('1 = "否", 7 = "是"', '1 = "差", 4 = "好", 7 = "很好"')
    ballot = split_ballots(load_study(write_study(tmp_path / "guests", toml)), "en", kinds=("scale",))[0]
    assert [arm.text for arm in ballot.arms] == [
        "Bad / Good / Very good",
        "Bad / Neither good nor bad / Good",
    ]


def test_options_are_turned_round_with_fixed_ones_in_place(tmp_path: Path) -> None:
    ballots = split_ballots(
        load_study(write_full_study(tmp_path / "guests")), "en", "long", kinds=("options",)
    )
    kinds = next(b for b in ballots if b.question == "kinds")
    assert kinds.arms[1].text == "Wrong bill / Rude / Late / Something else / None of these"


def test_order_ballots() -> None:
    study = load_study("mobile_ecsi")
    ballot = order_ballot(study, ["CUSA1", "CUSA2"], "en")
    assert ballot.arms[0].text.startswith("CUSA1: ") and ballot.arms[1].text.startswith("CUSA2: ")
    for wrong in (["CUSA1"], ["CUSA1", "CUSA1"], ["CUSA1", "nothing"]):
        with pytest.raises(StudyError):
            order_ballot(study, wrong)


BALLOT = SplitBallot("wording_q1_en", "q1", "wording", "en", (Arm("A", "Old?"), Arm("B", "New?")))


def test_assignment_is_what_the_rule_says() -> None:
    people = [f"r{i}" for i in range(4000)]
    arms = assign(people, BALLOT)
    assert arms[:4] == ("A", "A", "A", "B") == assign(people[:4], BALLOT)
    number = int(hashlib.sha256(b"1:wording_q1_en:r0").hexdigest(), 16)
    assert arms[0] == "AB"[number % 2]
    assert abs(Counter(arms)["A"] - 2000) < 4 * np.sqrt(1000)
    assert "modulo 2" in BALLOT.rule() and "余数" in BALLOT.rule("zh")


def test_ballots_are_assigned_independently() -> None:
    people = [f"r{i}" for i in range(4000)]
    other = SplitBallot("wording_q2_en", "q2", "wording", "en", BALLOT.arms)
    frame = assign_frame(people, [BALLOT, other])
    assert list(frame.columns) == ["respondent", "wording_q1_en", "wording_q2_en"]
    both = pd.crosstab(frame.wording_q1_en, frame.wording_q2_en).to_numpy()
    assert (abs(both - 1000) < 4 * np.sqrt(750)).all()


def test_ballots_say_what_they_can_find() -> None:
    study = load_study("mobile_ecsi")
    sheet = ballot_sheet(study, split_ballots(study, "en"), n=250, lang="zh")
    assert set(sheet.n) == {125} and set(sheet.kind) == {"量表方向"}
    # (z(.975) + z(.8)) * sqrt(99 / 12) * sqrt(2 / 125), R: qnorm
    assert sheet.detectable.iloc[0] == pytest.approx(1.0179, abs=1e-4)
    assert ballot_sheet(study, [], 10).empty
    assert ballot_sheet(study, [BALLOT], 10).detectable.isna().all()


def test_wilson_interval_as_in_r() -> None:
    assert wilson(1, 4) == pytest.approx((0.25, 0.04558726, 0.69935824), abs=1e-6)
    assert wilson(0, 10)[:2] == pytest.approx((0, 0)) and wilson(10, 10)[2] == pytest.approx(1.0)
    assert np.isnan(wilson(0, 0)).all()


def test_item_nonresponse() -> None:
    frame = pd.DataFrame({"a": [1, np.nan, 3, 4], "b": ["x", "", None, "  "], "c": [1, 2, 3, 4]})
    asked = pd.DataFrame({"b": [True, True, False, False]})
    table = item_nonresponse(frame, asked=asked).set_index("column")
    assert table.missing.to_dict() == {"a": 1, "b": 1, "c": 0}
    assert table.asked.to_dict() == {"a": 4, "b": 2, "c": 4}
    assert table.flag.to_dict() == {"a": True, "b": True, "c": False}


def test_floor_and_ceiling_leave_out_what_is_off_the_scale() -> None:
    frame = pd.DataFrame({"a": [1, 1, 1, 5, -99], "b": [2, 3, 4, 3, 2], "c": [np.nan] * 5})
    scale = Scale("s", 1, 5, (-99,))
    table = floor_ceiling(frame, {"a": scale, "b": scale, "c": scale}).set_index("column")
    assert (table.n["a"], table.floor["a"], table.ceiling["a"], table.flag["a"]) == (4, 0.75, 0.25, True)
    assert not table.flag["b"] and not table.flag["c"] and np.isnan(table.floor["c"])


def test_dont_know_by_number_and_by_code() -> None:
    frame = pd.DataFrame({"a": [1, -98, -98, 5], "b": ["yes", "dk", "no", None]})
    table = dont_know_share(frame, {"a": -98.0, "b": "dk"})
    assert list(table.dont_know) == [2, 1] and list(table.flag) == [True, True]


def test_straight_lining() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 5], "b": [1, 2, 4, np.nan], "c": [1, 2, 5, 5], "d": [9, 9, 9, 9]})
    table = straight_lining(frame, {"grid": ["a", "b", "c"], "pair": ["a", "b"]})
    assert len(table) == 1
    row = table.iloc[0]
    assert (row.rows, row.respondents, row.identical, row.flag) == (3, 3, 2, True)


def test_median_time() -> None:
    seconds = pd.DataFrame({"q1": [10, 12, 14, 2, np.nan], "q2": [1, 1, 1, 1, 1]})
    table = median_time(seconds, {"q1": 10, "q2": 10}).set_index("question")
    assert (table.n["q1"], table["median"]["q1"], table.speeders["q1"]) == (4, 11, 0.25)
    assert list(table.flag) == [False, True]


PAGES = {"one": ["a"], "two": ["b", "c"], "three": ["d"]}


def test_break_off_pages() -> None:
    frame = pd.DataFrame(
        {
            "a": [1, 1, 1, np.nan, 1],
            "b": [1, 1, np.nan, np.nan, np.nan],
            "c": [1, np.nan, np.nan, np.nan, np.nan],
            "d": [1, np.nan, np.nan, np.nan, 1],
        }
    )
    table = break_off(frame, PAGES).set_index("question")
    assert table.left.to_dict() == {"one": 1, "two": 1, "three": 1}  # the last one only skipped page two
    assert table.reached.to_dict() == {"one": 5, "two": 4, "three": 3}
    assert table.share["two"] == 0.25
    done = break_off(frame, PAGES, finished=[True, True, False, False, True]).set_index("question")
    assert done.left.to_dict() == {"one": 1, "two": 1, "three": 0}
    there = still_there(frame, PAGES)
    assert there.sum().to_dict() == {"a": 4, "b": 3, "c": 3, "d": 2}


def test_nobody_leaves_by_not_being_asked() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [1, np.nan], "c": [1, np.nan], "d": [1, np.nan]})
    asked = pd.DataFrame({"b": [True, False], "c": [True, False], "d": [True, False]})
    assert break_off(frame, PAGES, asked).left.sum() == 0


def test_break_off_without_answers() -> None:
    assert break_off(pd.DataFrame({"a": []}), {"one": ["a"]}).left.tolist() == [0]
    assert break_off(pd.DataFrame({"a": [np.nan]}), {"one": ["a"]}).left.tolist() == [1]
    assert break_off(pd.DataFrame({"a": [1]}), {}).empty


def pilot() -> pd.DataFrame:
    """Five people in the pilot of the study of every type."""
    return pd.DataFrame(
        {
            "agree_to_start": ["yes", "yes", "yes", "no", "yes"],
            "role": ["buyer", "user", "nobody", None, "buyer"],
            "s1": [7, 4, np.nan, np.nan, np.nan],
            "s2": [7, 4, np.nan, np.nan, np.nan],
            "s3": [7, 2, np.nan, np.nan, np.nan],
            "l1": [7, 5, np.nan, np.nan, np.nan],
            "l2": [7, np.nan, np.nan, np.nan, np.nan],
            "l3": [7, 6, np.nan, np.nan, np.nan],
            "trouble": ["no", "yes", None, None, None],
            "kinds_late": [np.nan, 1, np.nan, np.nan, np.nan],
            "days": [np.nan, -98, np.nan, np.nan, np.nan],
        }
    )


def test_diagnostics_of_a_study_follow_its_routing(tmp_path: Path) -> None:
    study = load_study(write_full_study(tmp_path / "guests"))
    seconds = pd.DataFrame({"role": [4.0, 5.0, 4.0, np.nan, 60.0]})
    tables = pilot_diagnostics(study, pilot(), "short", seconds, "en")
    who = asked_frame(study.questionnaire("short"), pilot())
    assert list(who.s1) == [True, True, False, False, True] and list(who.kinds_late) == [
        False,
        True,
        False,
        False,
        False,
    ]
    missing = tables["nonresponse"].set_index("column")
    assert missing.asked["role"] == 4 and missing.missing["role"] == 0
    assert (missing.asked["l2"], missing.missing["l2"]) == (2, 1)  # the fifth had left
    left = tables["break_off"].set_index("question").left
    assert left[left > 0].to_dict() == {"Sat": 1}
    assert tables["straight"].set_index("grid").identical.to_dict() == {"Sat": 1, "Loy": 1}
    assert tables["dont_knows"].set_index("column").dont_know["days"] == 1
    assert tables["times"].expected.iloc[0] > 0
    paths = write_diagnostics(study, tables, tmp_path / "pilot", "zh", "short")
    assert [p.name for p in paths][:2] == ["guests_short_pilot_zh.xlsx", "guests_short_pilot_zh.html"]
    assert openpyxl.load_workbook(paths[0]).sheetnames[0] == "未作答"


NASTY = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "＝1+1",
    "ok",
    "-98",
    "a;=1+1",
    'say "=1"',
    "a\x07b",
]


def test_spreadsheets_never_compute(tmp_path: Path) -> None:
    frame = pd.DataFrame({"=head": NASTY, "n": range(len(NASTY))})
    path = write_csv(frame, tmp_path / "sheet.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    raw = path.read_text(encoding="utf-8-sig")
    assert all(line.startswith('"') and line.endswith('"') for line in raw.splitlines())
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] for row in csv.reader(file)]
    assert cells[0] == "'=head" and cells[1:8] == [f"'{text}" for text in NASTY[:7]]
    assert cells[8:12] == NASTY[7:11] and cells[12] == "ab"
    book = openpyxl.load_workbook(write_xlsx({"a/b[c]": frame}, tmp_path / "sheet.xlsx"))
    sheet = book["a b c "]
    assert {cell.data_type for cell in sheet["A"]} == {"s"} and sheet["A2"].value == "'" + NASTY[0]
    assert [cell.value for cell in sheet["B"]][1:3] == [0, 1]


def test_pages_escape_everything(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"text": ["<script>alert(1)</script>", "=1"], "answer": ["", ""], "flag": [True, False]}
    )
    path = write_html({"<b>": frame}, tmp_path / "page.html", "A & B", "en", {"<b>": "<i>"})
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert page.find("script") is None and page.find("b") is None and page.find("i") is None
    assert page.html["lang"] == "en" and page.h1.text == "A & B"
    cells = [[c.text for c in row.find_all("td")] for row in page.find_all("tr")[1:]]
    assert cells == [["<script>alert(1)</script>", "", "x"], ["=1", "", ""]]
    assert len(page.select("tr.flag")) == 1 and len(page.select("td.blank")) == 2


@pytest.mark.parametrize("name", ["mobile_ecsi", "corporate_reputation", "service_loyalty"])
def test_the_kit_of_shipped_studies(name: str, tmp_path: Path) -> None:
    study = load_study(name)
    for lang in study.languages:
        paths = write_kit(study, tmp_path, lang)
        assert len(paths) == 6 and all(p.stat().st_size for p in paths)
        book = openpyxl.load_workbook(paths[0], read_only=True)
        assert len(book.sheetnames) == 4
        page = BeautifulSoup(paths[1].read_text(encoding="utf-8"), "html.parser")
        assert page.html["lang"] == lang and len(page.find_all("table")) == 4
    again = write_kit(study, tmp_path / "again", study.languages[-1])
    assert [p.read_bytes() for p in again[1:]] == [p.read_bytes() for p in paths[1:]]


@pytest.mark.parametrize(
    "module",
    [
        *(
            f"pretest.{name}"
            for name in ("ballots", "interview", "kit", "leaving", "pilot", "shares", "translation")
        ),
        *(f"wording.{name}" for name in ("catalogue", "scale_rules", "study_rules", "text_rules")),
    ],
)
def test_examples_in_the_documentation_of_functions(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"csat.study.{module}")).failed == 0
