"""Exports of Qualtrics, written here in all the ways that Qualtrics writes them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from csat.data.problems import DataError
from csat.data.readers import qualtrics, read_table
from csat.data.table import RawTable
from csat.study.definition import DataSource

OWN = {
    "StartDate": ("Start Date", {"ImportId": "startDate", "timeZone": "Asia/Shanghai"}),
    "EndDate": ("End Date", {"ImportId": "endDate", "timeZone": "Asia/Shanghai"}),
    "Status": ("Response Type", {"ImportId": "status"}),
    "IPAddress": ("IP Address", {"ImportId": "ipAddress"}),
    "Progress": ("Progress", {"ImportId": "progress"}),
    "Duration (in seconds)": ("Duration (in seconds)", {"ImportId": "duration"}),
    "Finished": ("Finished", {"ImportId": "finished"}),
    "RecordedDate": ("Recorded Date", {"ImportId": "recordedDate", "timeZone": "Asia/Shanghai"}),
    "ResponseId": ("Response ID", {"ImportId": "_recordId"}),
    "RecipientEmail": ("Recipient Email", {"ImportId": "recipientEmail"}),
    "UserLanguage": ("User Language", {"ImportId": "userLanguage"}),
}
Column = tuple[str, str, dict[str, str], list[str]]


def own_cells(rows: int) -> dict[str, list[str]]:
    return {
        "StartDate": [f"2026-10-0{i} 09:00:00" for i in range(1, rows + 1)],
        "EndDate": [f"2026-10-0{i} 09:05:00" for i in range(1, rows + 1)],
        "Status": ["0"] * rows,
        "IPAddress": ["192.0.2.1"] * rows,
        "Progress": ["100"] * rows,
        "Duration (in seconds)": ["300"] * rows,
        "Finished": ["1"] * rows,
        "RecordedDate": [f"2026-10-0{i} 09:05:01" for i in range(1, rows + 1)],
        "ResponseId": [f"R_{i:015d}" for i in range(rows)],
        "RecipientEmail": [""] * rows,
        "UserLanguage": ["ZH-S"] * rows,
    }


def grid_of(columns: list[Column], single_quotes: bool = False, **changed: list[str]) -> list[list[str]]:
    """Three rows of headings and the answers."""
    rows = len(columns[0][3])
    cells = own_cells(rows) | changed
    whole = [(name, *OWN[name], cells[name]) for name in OWN] + columns
    write = str if single_quotes else json.dumps
    heads = [[c[0] for c in whole], [c[1] for c in whole], [write(c[2]) for c in whole]]
    return heads + [list(row) for row in zip(*(c[3] for c in whole), strict=True)]


def read(grid: list[list[str]]) -> RawTable:
    assert qualtrics.recognise("answers.csv", grid[:20])
    return qualtrics.read(grid, "answers.csv", "0" * 64, DataSource(), ())


def qid(code: str, **more: str) -> dict[str, str]:
    return {"ImportId": code, **more}


def split(texts: list[str], marks: list[list[str]], ids: list[dict[str, str]] | None = None) -> list[Column]:
    """Question Q5 with one column an option."""
    ids = ids or [qid("QID5", choiceId=str(i)) for i in range(1, len(texts) + 1)]
    return [(f"Q5_{i + 1}", f"Which? - {t}", ids[i], marks[i]) for i, t in enumerate(texts)]


def test_own_columns_play_their_parts_and_personal_ones_are_named() -> None:
    table = read(grid_of([("Q1", "How?", qid("QID1"), ["1", "2", "3"])]))
    assert table.format == "qualtrics"
    assert table.roles == {
        "respondent": "ResponseId",
        "started": "StartDate",
        "completed": "EndDate",
        "duration": "Duration (in seconds)",
        "language": "UserLanguage",
        "status": "completion_status",
    }
    assert table.personal == ("IPAddress", "RecipientEmail")
    assert list(table.cells.index) == [1, 2, 3]
    assert table.variables["Q1"].label == "How?"
    assert any("Asia/Shanghai" in note for note in table.notes)


def test_renamed_columns_are_known_by_their_import_id() -> None:
    grid = grid_of([("Q1", "How?", qid("QID1"), ["1", "2"])])
    grid[0][grid[0].index("ResponseId")] = "编号"
    assert read(grid).roles["respondent"] == "编号"


def test_headings_in_single_quotes_and_in_another_language() -> None:
    grid = grid_of([("Q1", "Wie?", qid("QID1"), ["1", "2"])], single_quotes=True)
    grid[1] = [f"Feld {i}" for i, _ in enumerate(grid[1])]
    table = read(grid)
    assert table.variables["Q1"].label.startswith("Feld")
    assert table.roles["started"] == "StartDate"


@pytest.mark.parametrize("kind", ["one", "number", "text"])
def test_several_answers_become_one_nought_and_nothing(kind: str) -> None:
    texts = ["Price, low", "Service", "Delivery"]
    signs = {"one": ["1", "1", "1"], "number": ["1", "2", "3"], "text": texts}[kind]
    chosen = [[1, 0, 0, 1], [1, 1, 0, 0], [0, 0, 0, 1]]
    marks = [[signs[j] if c else "" for c in chosen[j]] for j in range(3)]
    ids = None if kind == "one" else [qid(f"QID5_{i}") for i in (1, 2, 3)]
    table = read(grid_of(split(texts, marks, ids)))
    assert list(table.cells["Q5_1"]) == ["1", "0", "", "1"]
    assert list(table.cells["Q5_2"]) == ["1", "1", "", "0"]
    assert list(table.cells["Q5_3"]) == ["0", "0", "", "1"]
    variable = table.variables["Q5_1"]
    assert (variable.kind, variable.group, variable.labels) == ("multiple", "Q5", {"1": "Price, low"})


def test_other_text_counts_as_an_answer_to_the_question() -> None:
    columns = split(["Price", "Other"], [["1", "", ""], ["", "1", ""]])
    columns.append(("Q5_2_TEXT", "Which? - Other - Text", qid("QID5_2_TEXT"), ["", "by hand", "the staff"]))
    table = read(grid_of(columns))
    assert list(table.cells["Q5_1"]) == ["1", "0", "0"]
    assert (table.variables["Q5_2_TEXT"].kind, table.variables["Q5_2_TEXT"].group) == ("text", "Q5")


def test_questions_with_selected_choice_in_their_text() -> None:
    columns: list[Column] = [
        ("Q1", "How? - Selected Choice", qid("QID1"), ["Good", "Other:", "Good"]),
        ("Q1_3_TEXT", "How? - Other: - Text", qid("QID1_3_TEXT"), ["", "so so", ""]),
        ("Q5_1", "Which? - Selected Choice - Price", qid("QID5_1"), ["Price", "", ""]),
        ("Q5_9", "Which? - Selected Choice - None", qid("QID5_9"), ["", "None", ""]),
    ]
    table = read(grid_of(columns))
    assert table.variables["Q1"].label == "How?"
    assert table.variables["Q1"].labels == {"Good": "Good", "Other:": "Other:"}
    assert table.variables["Q5_9"].labels == {"1": "None"}
    assert list(table.cells["Q5_1"]) == ["1", "0", ""]


def test_noughts_of_the_file_stay_and_nothing_is_filled_in() -> None:
    table = read(grid_of(split(["Price", "Service"], [["1", "0", ""], ["0", "1", ""]])))
    assert list(table.cells["Q5_1"]) == ["1", "0", ""]


def test_rows_of_a_grid_are_not_several_answers() -> None:
    columns = [
        ("Q3_1", "Rate - Speed", qid("QID3_1"), ["1", "2", ""]),
        ("Q3_2", "Rate - Staff", qid("QID3_2"), ["1", "", "5"]),
    ]
    table = read(grid_of(columns))
    assert list(table.cells["Q3_1"]) == ["1", "2", ""]
    assert [table.variables[c].group for c in ("Q3_1", "Q3_2")] == ["Q3", "Q3"]
    assert table.variables["Q3_1"].kind == ""


def test_a_grid_in_words_has_its_scale() -> None:
    words = ["Good", "Bad", "Good"]
    columns = [
        (f"Q3_{i}", f"Rate - Row {i}", qid(f"QID3_{i}"), words[i - 1 :] + words[: i - 1]) for i in (1, 2)
    ]
    assert read(grid_of(columns)).variables["Q3_2"].labels == {"Bad": "Bad", "Good": "Good"}


def test_side_by_side_loop_and_not_applicable() -> None:
    columns: list[Column] = [
        ("Q1#1_1", "Quality - A", qid("QID1#1_1"), ["3", "2"]),
        ("Q1#2_1", "Price - A", qid("QID1#2_1"), ["1", "4"]),
        ("1_Q7_1", "Which? - a", qid("1_QID7", choiceId="1"), ["1", ""]),
        ("1_Q7_2", "Which? - b", qid("1_QID7", choiceId="2"), ["", "1"]),
        ("2_Q7_1", "Which? - a", qid("2_QID7", choiceId="1"), ["", ""]),
        ("2_Q7_2", "Which? - b", qid("2_QID7", choiceId="2"), ["", "1"]),
        ("Q2_1", "Which? - a", qid("QID2_1"), ["1", ""]),
        ("Q2_-1", "Which? - Not applicable", qid("QID2_4"), ["", "1"]),
    ]
    table = read(grid_of(columns))
    assert table.variables["Q1#1_1"].group == "Q1#1"
    assert list(table.cells["1_Q7_1"]) == ["1", "0"]
    assert list(table.cells["2_Q7_1"]) == ["", "0"], "each turn of a loop is a question of its own"
    assert list(table.cells["Q2_-1"]) == ["0", "1"]
    assert table.variables["Q2_-1"].labels == {"1": "Not applicable"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Q9_First Click", "QID9_FIRST_CLICK"),
        ("Q9_Page Submit", "QID9_PAGE_SUBMIT"),
        ("Q5_DO_1", "QID5_DO_1"),
        ("Q5_DO", "QID5_DO"),
        ("FL_3_DO", "FL_3_DO"),
        ("Q8_NPS_GROUP", "QID8_NPS_GROUP"),
        ("Q2 - Topics", "QID2_TEXT_0123456789abTopics"),
        ("Q_RecaptchaScore", "Q_RecaptchaScore"),
    ],
)
def test_clicks_orders_and_the_like_are_no_answers(name: str, code: str) -> None:
    table = read(grid_of([(name, name, qid(code), ["1", "2"])]))
    assert table.variables[name].kind == "meta"


def test_device_from_the_question_of_the_browser() -> None:
    cells = ["Android", "Windows NT 10.0"]
    table = read(grid_of([("Q6_Operating System", "Browser", qid("QID6_OS"), cells)]))
    assert table.roles["device"] == "Q6_Operating System"


def test_listed_codes_get_a_column_each() -> None:
    table = read(grid_of([("Q5", "Which?", qid("QID5"), ["1,3", "2", "", "1"])]))
    assert list(table.cells["Q5"]) == ["1,3", "2", "", "1"]
    assert list(table.cells["Q5_1"]) == ["1", "0", "", "1"]
    assert list(table.cells["Q5_3"]) == ["1", "0", "", "0"]
    assert table.variables["Q5_3"].group == "Q5"


def test_listed_labels_get_a_column_each_only_when_that_is_certain() -> None:
    sure = read(grid_of([("Q5", "Which?", qid("QID5"), ["Price,Staff", "Staff", "Price", ""])]))
    assert list(sure.cells["Q5_Price"]) == ["1", "0", "1", ""]
    doubtful = read(grid_of([("Q5", "Which?", qid("QID5"), ["Yes, always", "No,never", "No,never"])]))
    assert [c for c in doubtful.cells if c.startswith("Q5")] == ["Q5"]
    written = read(grid_of([("Q5", "Amount", qid("QID5_TEXT"), ["1,300", "2"])]))
    assert [c for c in written.cells if c.startswith("Q5")] == ["Q5"]
    data = read(grid_of([("amount", "amount", qid("amount"), ["1,300", "2"])]))
    assert "amount_1" not in data.cells


def test_codes_of_seen_but_unanswered_are_missing() -> None:
    table = read(grid_of([("Q1", "How?", qid("QID1"), ["-99", "4"])]))
    assert table.variables["Q1"].missing == ("-99",)
    assert list(table.cells["Q1"]) == ["-99", "4"]


@pytest.mark.parametrize("ids", [True, False])
def test_options_seen_but_not_chosen_may_be_recoded_too(ids: bool) -> None:
    """Qualtrics writes -99 for them where it is told to recode all that was seen and not answered."""
    marks = [["1", "-99", "-99"], ["1", "1", "-99"], ["-99", "1", "-99"]]
    columns = split(["Price", "Staff", "Place"], marks)
    columns.append(("Q5_3_TEXT", "Which? - Place - Text", qid("QID5_3_TEXT"), ["-99", "-99", "-99"]))
    grid = grid_of(columns)
    table = read(grid if ids else [grid[0], *grid[3:]])
    assert list(table.cells["Q5_1"]) == ["1", "0", ""]
    assert list(table.cells["Q5_3"]) == ["0", "1", ""]
    assert table.variables["Q5_1"].missing == ()
    written = table.variables["Q5_3_TEXT"]
    assert (written.kind, written.missing) == ("text", ("-99",))


def test_two_questions_with_one_name_are_two_groups() -> None:
    columns = [
        ("Q1_1", "Fast?", qid("QID3_1"), ["1", "7"]),
        ("Q1_2", "Cheap?", qid("QID3_2"), ["2", "8"]),
        ("Q1_4", "Near?", qid("QID9_4"), ["3", "9"]),
    ]
    table = read(grid_of(columns))
    assert [table.variables[c].group for c in ("Q1_1", "Q1_2", "Q1_4")] == ["Q1", "Q1", "Q1 [QID9]"]


def test_previews_partial_answers_and_spam_are_told_apart() -> None:
    grid = grid_of(
        [("Q1", "How?", qid("QID1"), ["1", "2", "3", "4"])],
        Status=["IP Address", "Survey Preview", "Spam", "IP Address"],
        Finished=["True", "True", "TRUE", "False"],
        Progress=["100", "100", "100", "40"],
    )
    table = read(grid)
    assert list(table.cells["completion_status"]) == ["complete", "test", "complete", "partial"]
    assert list(table.cells["Status"]) == ["IP Address", "Survey Preview", "Spam", "IP Address"]
    assert any("previews and tests (completion_status is test): 1" in note for note in table.notes)
    assert any("spam" in note for note in table.notes)


def test_columns_with_one_name_are_told_apart_by_their_import_ids() -> None:
    columns = [("Q5_a", "x", qid("QID5#1_1_1"), ["1", "2"]), ("Q5_a", "y", qid("QID5#1_1_2"), ["3", "4"])]
    table = read(grid_of(columns))
    assert list(table.cells["Q5_a [QID5#1_1_2]"]) == ["3", "4"]
    assert table.doubled == ()


def legacy() -> list[list[str]]:
    first = [f"V{i}" for i in range(1, 11)] + ["Q1", "Q2_1", "Q2_2", "LocationLatitude", ""]
    person = ["Name", "ExternalDataReference", "EmailAddress", "IPAddress"]
    texts = ["ResponseID", "ResponseSet", *person, "Status", "StartDate", "EndDate", "Finished"]
    second = [*texts, "<b>How?</b>", "Which?-Price", "Which?-Staff", "LocationLatitude", ""]
    start = ["R_1", "Default Response Set", "Anonymous", "", "", "192.0.2.1", "0"]
    rows = [
        [*start, "2026-10-01 09:00:00", "2026-10-01 09:05:00", "1", "4", "1", "", "31.2", ""],
        ["R_2", *start[1:], "2026-10-01 09:00:00", "2026-10-01 09:05:00", "0", "5", "1", "1", "31.2", ""],
    ]
    return [first, second, *rows]


def test_the_old_exporter_with_two_rows() -> None:
    table = read(legacy())
    assert list(table.cells.columns[:3]) == ["ResponseID", "ResponseSet", "Name"]
    assert table.roles["respondent"] == "ResponseID"
    assert "" not in table.cells.columns
    assert set(table.personal) >= {"Name", "EmailAddress", "IPAddress", "LocationLatitude"}
    assert table.variables["Q1"].label == "How?"
    assert list(table.cells["Q2_2"]) == ["0", "1"]
    assert list(table.cells["completion_status"]) == ["complete", "partial"]


def test_names_that_come_again_in_the_old_exporter() -> None:
    grid = [[*row, *row[11:13]] for row in legacy()]
    table = read(grid)
    assert list(table.cells["Q2_1 (2)"]) == list(table.cells["Q2_1"])
    again = table.variables["Q2_1 (2)"]
    assert (again.kind, again.group, again.labels) == ("multiple", "Q2 (2)", {"1": "Price"})


def test_rows_of_headings_that_somebody_deleted() -> None:
    grid = grid_of([("Q1", "How?", qid("QID1"), ["1", "2"])])
    for kept in ([grid[0], grid[2]], [grid[0], grid[1]], [grid[0]]):
        table = read([*kept, *grid[3:]])
        assert list(table.cells["Q1"]) == ["1", "2"], kept


def test_times_of_a_spreadsheet_are_written_as_before() -> None:
    grid = grid_of(
        [("Q1", "How?", qid("QID1"), ["1", "2"])], StartDate=["10/1/2026 9:05", "10/13/2026 21:00"]
    )
    assert list(read(grid).cells["StartDate"]) == ["2026-10-01 09:05:00", "2026-10-13 21:00:00"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda g: g[:3], "no rows"),
        (lambda g: [*g[:-1], g[-1][:5]], "cut off"),
        (lambda g: [*g[:-1], [*g[-1], "more"]], "more cells"),
        (lambda g: [*g, g[-1]], "more than once in rows 2, 3"),
    ],
)
def test_broken_files_are_refused_in_words(spoil: object, said: str) -> None:
    grid = grid_of([("Q1", "How?", qid("QID1"), ["1", "2"])])
    with pytest.raises(DataError, match=said):
        qualtrics.read(spoil(grid), "answers.csv", "", DataSource(), ())  # type: ignore[operator]


def test_ids_shortened_by_a_spreadsheet_are_named_so() -> None:
    grid = grid_of([("Q1", "How?", qid("QID1"), ["1", "2"])], ResponseId=["5.4E+09", "5.4E+09"])
    with pytest.raises(DataError, match="shortened by a spreadsheet"):
        read(grid)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_whole_way_from_bytes(separator: str) -> None:
    grid = grid_of([("Q1", "How,\nreally; so?", qid("QID1"), ["1", "2"])])
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(grid)
    table = read_table(out.getvalue().encode("utf-8-sig"), "answers.csv", DataSource())
    assert table.format == "qualtrics"
    assert table.variables["Q1"].label == "How, really; so?"
    assert table.roles["status"] == "completion_status"
