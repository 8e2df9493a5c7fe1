"""The contract of a wave: what fits raises nothing, and each thing that does not is named with its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.data.contract.findings import COLUMNS, RULES, check_answers
from csat.data.contract.rows import days_of, language_tag
from csat.data.times import to_times
from csat.study import load_study, routed
from csat.study.definition import Study, Wave
from csat.study.routing import parse
from hypothesis import given, settings
from hypothesis import strategies as st
from questionnaire_files import write_full_study
from random_answers import random_answers

ROLES = {
    "respondent": "guest",
    "started": "began",
    "completed": "done",
    "status": "state",
    "language": "lang",
}
WAVE = Wave("2026-10", version="long")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_full_study(tmp_path_factory.mktemp("full") / "full")).for_version("long")


def as_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Answers as a file holds them."""
    text = frame.apply(
        lambda s: s.map(lambda v: "" if pd.isna(v) else f"{v:g}" if isinstance(v, float) else v)
    )
    cells = text.astype(object)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    n = len(cells)
    return cells.assign(
        guest=[f"g{i}" for i in range(n)],
        began=[f"2026-10-{1 + i % 28:02d} 09:00:00" for i in range(n)],
        done=[f"2026-10-{1 + i % 28:02d} 09:09:00" for i in range(n)],
        state=["complete"] * n,
        lang=["en" if i % 2 else "zh-CN" for i in range(n)],
        month="2026-10",
        site="1",
    )


def found(study: Study, cells: pd.DataFrame) -> pd.DataFrame:
    return check_answers(study, WAVE, cells, ROLES)


def rule(table: pd.DataFrame, name: str) -> pd.DataFrame:
    assert name in RULES
    return table[table["rule"] == name]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_answers_that_follow_the_questionnaire_raise_nothing(study: Study, seed: int) -> None:
    cells = as_cells(random_answers(study.questionnaire("long"), 60, seed))
    table = found(study, cells)
    assert list(table.columns) == list(COLUMNS)
    # people who agree to nothing are asked nearly nothing, and may answer none of it
    assert set(table["rule"]) <= {"low_completion"}


@pytest.fixture
def cells(study: Study) -> pd.DataFrame:
    return as_cells(random_answers(study.questionnaire("long"), 60, 5))


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("s1", "good", ("type", "s1", "error")),
        ("s1", "12", ("range", "s1", "error")),
        ("s1", "2.5", ("whole", "s1", "error")),
        ("role", "owner", ("codes", "role", "warning")),
        ("days", "-4", ("range", "days", "warning")),
        ("kinds_late", "2", ("codes", "kinds_late", "warning")),
        ("since", "last spring", ("type", "since", "warning")),
        ("began", "2026-11-02 08:00:00", ("outside_wave", "began", "warning")),
        ("began", "yesterday", ("type", "began", "warning")),
        ("done", "2026-10-01 01:00:00", ("ends_before_start", "done", "warning")),
        ("lang", "fr-FR", ("language", "lang", "warning")),
        ("state", "odd", ("status", "state", "warning")),
        ("state", "partial", ("partial", "state", "note")),
        ("state", "quota", ("screened_out", "state", "warning")),
        ("state", "test", ("screened_out", "state", "warning")),
        ("guest", "", ("respondent_missing", "guest", "warning")),
        ("site", "9", ("codes", "site", "warning")),
    ],
)
def test_one_wrong_cell_is_found(
    study: Study, cells: pd.DataFrame, column: str, value: str, expected: tuple[str, str, str]
) -> None:
    row = 7
    cells.loc[row, "began"] = "2026-10-07 09:00:00"
    cells.loc[row, column] = value
    table = found(study, cells)
    hit = table[(table["rule"] == expected[0]) & (table["item"] == expected[1])]
    assert hit[["count", "rows", "severity", "action"]].to_numpy().tolist() == [[1, "7", expected[2], "kept"]]


def test_no_cell_is_shown(study: Study, cells: pd.DataFrame) -> None:
    cells["guest"] = "wang@example.com"
    cells["mail"] = "wang@example.com"
    table = found(study, cells)
    assert rule(table, "respondent_twice")["count"].tolist() == [60]
    assert not table.astype(str).apply(lambda s: s.str.contains("wang")).to_numpy().any()


def test_off_scale_answers_that_become_missing_say_so(study: Study, cells: pd.DataFrame) -> None:
    cells.loc[[3, 4], "s2"] = "9"
    table = check_answers(study, WAVE, cells, ROLES, "missing")
    assert rule(table, "range")[["rows", "action"]].to_numpy().tolist() == [["3, 4", "set_missing"]]


def test_routing_is_judged_by_the_answers(study: Study, cells: pd.DataFrame) -> None:
    blank = {c.name: "" for c in study.questionnaire("long").columns}
    people = cells.assign(**blank).loc[1:5]
    people["agree_to_start"] = "yes"
    people["role"] = ["buyer", "user", "nobody", "", "buyer"]
    people["trouble"] = ["no", "yes", "yes", "yes", "yes"]
    people.loc[1, "kinds_late"] = "1"  # answered though there was no trouble
    people.loc[2, ["kinds_bill", "kinds_late", "kinds_rude"]] = "1"  # "bill" is for buyers; two are the most
    people.loc[5, ["kinds_none", "kinds_late"]] = "1"
    table = found(study, people)
    assert rule(table, "answered_not_asked").set_index("item")["rows"].to_dict() == {
        "trouble": "3",  # nobody's routing ends before it; row 4 hangs on a role that is missing
        "kinds": "1",
    }
    assert rule(table, "option_not_offered")[["item", "rows"]].to_numpy().tolist() == [["kinds", "2"]]
    assert rule(table, "too_many_chosen")[["item", "rows"]].to_numpy().tolist() == [["kinds", "2"]]
    assert rule(table, "exclusive_with_others")[["item", "rows"]].to_numpy().tolist() == [["kinds", "5"]]
    required = rule(table, "required_unanswered").set_index("item")["rows"].to_dict()
    assert required["role"] == "4"
    assert required["s1"] == "1, 2, 5"


def test_whoever_broke_off_did_not_leave_out_what_followed(study: Study, cells: pd.DataFrame) -> None:
    names = [c.name for c in study.questionnaire("long").columns]
    cells.loc[9, names] = ""
    cells.loc[9, ["agree_to_start", "role", "s1"]] = ["yes", "buyer", "4"]
    cells.loc[9, "state"] = "partial"
    table = found(study, cells)
    assert rule(table, "required_unanswered").empty
    assert "9" in rule(table, "low_completion")["rows"].item()
    cells.loc[9, "state"] = "complete"
    assert "s2" in set(rule(found(study, cells), "required_unanswered")["item"])


def test_parts_of_a_question_hold_together(study: Study, cells: pd.DataFrame) -> None:
    cells.loc[2, "weights_price"] = "1"
    ranks = [c for c in cells if c.startswith("ranks_")]
    cells.loc[3, ranks] = ["1", "1", "", "2"]
    cells.loc[4, ["best_1_best", "best_1_worst"]] = "price"
    cells.loc[5, "kinds_other"], cells.loc[5, "kinds_other_text"] = "", "the app"
    cells.loc[2, [c for c in cells if c.startswith("weights_") and c != "weights_price"]] = "5"
    table = found(study, cells)
    for name, item, row in [
        ("sum_not_total", "weights", "2"),
        ("ranks_tied", "ranks", "3"),
        ("best_is_worst", "best", "4"),
        ("other_text_alone", "kinds_other_text", "5"),
    ]:
        assert rule(table, name)[["item", "rows"]].to_numpy().tolist() == [[item, row]], name


def test_columns_that_are_not_there(study: Study, cells: pd.DataFrame) -> None:
    gone = ["kinds_late", "kinds_rude", "trouble", "month"]
    table = rule(found(study, cells.drop(columns=gone)), "missing_column")
    assert table.set_index("item")["count"].to_dict() == {"kinds": 2, "trouble": 1, "month": 1}


def test_rows_that_are_equal(study: Study, cells: pd.DataFrame) -> None:
    cells.loc[8] = cells.loc[7]
    cells.loc[8, "guest"] = "somebody else"
    table = found(study, cells)
    assert rule(table, "equal_rows")["rows"].tolist() == ["7, 8"]
    assert rule(table, "respondent_twice").empty


def test_days_of_waves(study: Study) -> None:
    def days(wave: Wave, naming: str = "month") -> list[str]:
        from dataclasses import replace

        return [str(d) for d in days_of(replace(study, wave_naming=naming), wave)]

    assert days(Wave("2026-12")) == ["2026-12-01", "2026-12-31"]
    assert days(Wave("2024-02")) == ["2024-02-01", "2024-02-29"]
    assert days(Wave("2026-Q4"), "quarter") == ["2026-10-01", "2026-12-31"]
    assert days(Wave("2026"), "year") == ["2026-01-01", "2026-12-31"]
    assert days(Wave("2026"), "label") == ["None", "None"]
    assert days(Wave("2026-10", ends="2026-11-09")) == ["2026-10-01", "2026-11-09"]


def test_languages_as_tools_write_them() -> None:
    assert [language_tag(t) for t in ("EN", "ZH-S", "中文 (zh)", "English (en-GB)", "de_AT")] == [
        "en",
        "zh",
        "zh",
        "en",
        "de",
    ]


def test_times_as_tools_write_them() -> None:
    def read(*texts: str) -> list[str]:
        return [str(t) for t in to_times(pd.Series(texts, dtype=object))[0]]

    assert read("2026/10/3 9:30", "2026年1月2日") == ["2026-10-03 09:30:00", "2026-01-02 00:00:00"]
    assert read("2026-10-14T09:30:05.123+08:00") == ["2026-10-14 09:30:05"]
    assert read("3/4/2026 10:02 PM", "12/31/2026 12:00 AM") == ["2026-03-04 22:02:00", "2026-12-31 00:00:00"]
    assert read("3/4/2026", "31/12/2026") == ["2026-04-03 00:00:00", "2026-12-31 00:00:00"]
    assert read("4.3.2026 08:15") == ["2026-03-04 08:15:00"]
    times, wrong = to_times(pd.Series(["2026-02-30", "soon", "", "2026-13-01"]))
    assert times.isna().all()
    assert wrong.tolist() == [True, True, False, True]


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_is_not(text: str) -> None:
    times, wrong = to_times(pd.Series([text]))
    assert times.notna().item() != (wrong.item() or text == "")


ATOMS = [
    "role = buyer",
    "role != user",
    "trouble = yes",
    "answered(trouble)",
    "s1 <= 3",
    "selected(kinds, late)",
]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 500), picks=st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4), data=st.data()
)
def test_conditions_on_full_answers_are_never_open(
    study: Study, seed: int, picks: list[str], data: st.DataObject
) -> None:
    """Where everything is known, three-valued logic is the two-valued one; else it never contradicts it."""
    joined = " and ".join(data.draw(st.sampled_from(["", "not "])) + atom for atom in picks[:-1])
    text = f"({joined}) or {picks[-1]}" if joined else picks[-1]
    asked = study.questionnaire("long")
    frame = random_answers(asked, 40, seed)
    cells = routed.with_columns(asked, as_cells(frame))
    plain = routed.evaluate(parse(text), frame, asked.by_id)
    three = routed.truth(parse(text), cells, asked.by_id, routed.asked(asked, cells))
    sure = three != routed.OPEN
    np.testing.assert_array_equal(three[sure] == routed.YES, plain[sure])
    known = np.ones(len(frame), dtype=bool)
    for name in ("role", "trouble", "s1", "kinds"):
        known &= routed.given(asked.by_id[name], cells)
    assert sure[known].all()
