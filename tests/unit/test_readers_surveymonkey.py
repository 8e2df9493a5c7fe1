"""Exports of SurveyMonkey: two rows of headings, one row, workbooks."""

from __future__ import annotations

import csv
import io

import pytest
from csat.data.problems import DataError
from csat.data.readers import read_table, surveymonkey
from csat.data.table import RawTable
from csat.study.definition import DataSource

OWN = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name"]
OLD = ["RespondentID", "CollectorID", "StartDate", "EndDate", "IP Address", "Email Address", "FirstName"]
NEW = [
    "respondent_id",
    "collector_id",
    "date_created",
    "date_modified",
    "ip_address",
    "email_address",
    "first_name",
]
Question = tuple[str, str, list[str]]


def grid_of(columns: list[Question], own: list[str] = OWN, last: str = "Custom Data 1") -> list[list[str]]:
    """Two rows of headings, the first with blanks where the question goes on, and the answers."""
    rows = len(columns[0][2])
    grid = [[*own, last, *(c[0] for c in columns)], [""] * 8 + [c[1] for c in columns]]
    for i in range(rows):
        start = f"10/{i + 12}/2026 01:0{i}:00 PM"
        mine = [f"1160000000{i}", "400", start, start, "192.0.2.1", "", "", ""]
        grid.append([*mine, *(c[2][i] for c in columns)])
    return grid


def read(grid: list[list[str]]) -> RawTable:
    assert surveymonkey.recognise("survey.csv", grid[:20])
    return surveymonkey.read(grid, "survey.csv", "0" * 64, DataSource(), ())


SINGLE: Question = ("How satisfied are you?", "Response", ["Very", "Not", "Very"])


@pytest.mark.parametrize("own", [OWN, OLD, NEW])
def test_own_columns_play_their_parts(own: list[str]) -> None:
    table = read(grid_of([SINGLE], own))
    assert table.roles == {"respondent": own[0], "started": own[2], "completed": own[3]}
    assert table.personal == (own[4], own[5], own[6], "Custom Data 1")
    assert list(table.cells[own[2]]) == [f"2026-10-{12 + i} 13:0{i}:00" for i in range(3)]


def test_names_of_columns() -> None:
    columns = [
        SINGLE,
        ("", "Other (please specify)", ["", "mine", ""]),
        ("Why?", "Open-Ended Response", ["good", "", "fast"]),
        ("Rate:", "Speed", ["Good", "Bad", ""]),
        ("", "Staff", ["Bad", "Good", "Good"]),
    ]
    table = read(grid_of(columns))
    assert list(table.cells.columns[8:]) == [
        "How satisfied are you?",
        "How satisfied are you? | Other (please specify)",
        "Why?",
        "Rate: | Speed",
        "Rate: | Staff",
    ]
    kinds = [table.variables[c].kind for c in table.cells.columns[8:]]
    assert kinds == ["single", "text", "text", "single", "single"]
    assert table.variables["Rate: | Speed"].group == "Rate:"
    assert table.variables["Rate: | Speed"].labels == {"Bad": "Bad", "Good": "Good"}
    assert table.variables["How satisfied are you?"].label == "How satisfied are you?"
    assert table.variables["How satisfied are you?"].labels == {"Not": "Not", "Very": "Very"}


@pytest.mark.parametrize("marks", [("Price", "Staff, all", "None"), ("1", "2", "3")])
def test_several_answers_become_one_nought_and_nothing(marks: tuple[str, str, str]) -> None:
    a, b, c = marks
    columns = [
        ("What matters?", "Price", [a, "", "", ""]),
        ("", "Staff, all", [b, "", b, ""]),
        ("", "None", ["", "", c, ""]),
        ("", "Other (please specify)", ["", "mine", "", ""]),
    ]
    table = read(grid_of(columns))
    assert list(table.cells["What matters? | Price"]) == ["1", "0", "0", ""]
    assert list(table.cells["What matters? | Staff, all"]) == ["1", "0", "1", ""]
    variable = table.variables["What matters? | Price"]
    assert (variable.kind, variable.group, variable.labels) == ("multiple", "What matters?", {"1": "Price"})
    assert list(table.cells["What matters? | Other (please specify)"]) == ["", "mine", "", ""]


def test_a_grid_of_several_answers() -> None:
    columns = [
        ("Which?", "Shop - Cheap", ["Cheap", ""]),
        ("", "Shop - Near", ["", ""]),
        ("", "Web - Cheap", ["", "Cheap"]),
        ("", "Web - Near", ["", "Near"]),
    ]
    table = read(grid_of(columns))
    assert list(table.cells["Which? | Shop - Near"]) == ["0", ""]
    assert list(table.cells["Which? | Web - Cheap"]) == ["", "1"]
    assert table.variables["Which? | Web - Near"].group == "Which? | Web"
    assert table.variables["Which? | Web - Near"].labels == {"1": "Near"}


def test_other_in_any_words_and_rows_without_text() -> None:
    columns = [
        ("What?", "Price", ["Price", "", ""]),
        ("", "Staff", ["Staff", "", ""]),
        ("", "Sonstiges", ["", "parking", ""]),
        ("Sure?", " - Very", ["Very", "", "Very"]),
        ("", " - Not", ["", "Not", ""]),
    ]
    table = read(grid_of(columns))
    assert list(table.cells["What? | Staff"]) == ["1", "0", ""]
    assert table.variables["What? | Sonstiges"].kind == "text"
    assert list(table.cells["Sure? | Very"]) == ["1", "0", "1"]
    assert table.variables["Sure? | Not"].labels == {"1": "Not"}


def test_a_single_box() -> None:
    table = read(grid_of([("Consent", "I agree", ["I agree", "", "I agree"])]))
    assert list(table.cells["Consent | I agree"]) == ["1", "", "1"]


def test_a_grid_of_numbers_is_not_several_answers() -> None:
    columns = [("Rank", "Price", ["1", "2", "1"]), ("", "Staff", ["2", "1", "2"])]
    table = read(grid_of(columns))
    assert list(table.cells["Rank | Price"]) == ["1", "2", "1"]
    assert table.variables["Rank | Price"].kind == "number"


def test_condensed_with_one_row_or_a_blank_second() -> None:
    two = grid_of([("How?", "", ["1", "2"]), ("Why?", "", ["a", "b"])])
    one = [two[0], *two[2:]]
    for grid in (two, one):
        table = read(grid)
        assert list(table.cells["Why?"]) == ["a", "b"]
        assert table.variables["How?"].kind == "number"


@pytest.mark.parametrize("kept", [["Respondent ID"], ["StartDate", "EndDate"]])
def test_files_that_lost_the_columns_of_the_tool(kept: list[str]) -> None:
    """Published files often keep the id or the times alone; the second row still tells."""
    own = [["1", "2"], ["10/1/26 9:05", "10/12/26 14:30"]][-len(kept) :]
    grid = [[*kept, "How?", "Which?", ""], [*[""] * len(kept), "Response", "Price", "Staff"]]
    grid += [[*[own[i][row] for i in range(len(kept))], "Well", "Price", ""] for row in range(2)]
    table = read(grid)
    assert len(table.cells) == 2
    assert list(table.cells["Which? | Staff"]) == ["0", "0"]
    if len(kept) == 2:
        assert list(table.cells["EndDate"]) == ["2026-10-01 09:05:00", "2026-10-12 14:30:00"]
    assert not surveymonkey.recognise("a.csv", [["Date", "Answer"], ["", "Response"], ["1", "Yes"]])
    assert not surveymonkey.recognise("a.csv", [["Respondent ID", "How?"], ["1", "Response"]])


def test_zero_bytes_under_the_columns_of_the_tool() -> None:
    """Older exports write them in the second row."""
    grid = grid_of([("Rate:", "Speed", ["Good", "Bad"] * 20), ("", "Staff", ["Bad", "Good"] * 20)])[:14]
    grid[1][:3] = ["\0"] * 3
    target = io.StringIO()
    csv.writer(target).writerows(grid)
    table = read_table(target.getvalue().encode(), "Sheet_1.csv", DataSource())
    assert (table.format, len(table.cells)) == ("surveymonkey", 12)
    assert "zero bytes are left out: 3" in table.notes
    with pytest.raises(DataError, match="zero bytes"):
        read_table("How?,Why?\n1,2\n".encode("utf-16-le"), "a.csv", DataSource())


def test_questions_with_the_same_text_stay_two() -> None:
    table = read(
        grid_of([("Why?", "Open-Ended Response", ["a", "b"]), ("Why?", "Open-Ended Response", ["c", "d"])])
    )
    assert list(table.cells["Why? (2)"]) == ["c", "d"]


def test_a_first_row_that_lost_its_last_blanks() -> None:
    grid = grid_of([("Rate:", "Speed", ["Good", "Bad"]), ("", "Staff", ["Bad", "Good"])])
    grid[0].pop()
    assert list(read(grid).cells["Rate: | Staff"]) == ["Bad", "Good"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_whole_way_from_bytes(form: str) -> None:
    grid = grid_of([SINGLE, ("What matters?", "价格", ["价格", "", ""]), ("", "服务", ["", "服务", ""])])
    out = io.BytesIO()
    if form == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(grid)
        out.write(text.getvalue().encode("utf-8"))
    else:
        from openpyxl import Workbook

        book = Workbook()
        for row in grid:
            book.worksheets[0].append([int(c) if c.isdigit() else c or None for c in row])
        book.save(out)
    table = read_table(out.getvalue(), f"survey.{form}", DataSource())
    assert table.format == "surveymonkey"
    assert list(table.cells["Respondent ID"]) == [f"1160000000{i}" for i in range(3)]
    assert list(table.cells["What matters? | 价格"]) == ["1", "0", ""]


def test_broken_files_are_refused_in_words() -> None:
    grid = grid_of([SINGLE])
    for spoilt, said in (
        (grid[:2], "no rows"),
        ([*grid[:-1], grid[-1][:4]], "cut off"),
        ([*grid, grid[-1]], "more than once"),
    ):
        with pytest.raises(DataError, match=said):
            surveymonkey.read(spoilt, "survey.csv", "", DataSource(), ())
