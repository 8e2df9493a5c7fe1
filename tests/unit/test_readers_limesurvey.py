"""Exports of LimeSurvey: headings as codes, as texts and as both; answers as codes and in words."""

from __future__ import annotations

import csv
import io

import pytest
from csat.data.problems import DataError
from csat.data.readers import limesurvey, read_table
from csat.data.table import RawTable
from csat.study.definition import DataSource

CODES = [
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
]
TEXTS = [
    "Response ID",
    "Date submitted",
    "Last page",
    "Start language",
    "Seed",
    "Date started",
    "Date last action",
    "IP address",
    "Referrer URL",
]


def own_cells(rows: int, partial: tuple[int, ...] = ()) -> list[list[str]]:
    """Cells of LimeSurvey's own columns."""
    day = "2026-10-0{} 09:0{}:00"
    return [
        [
            str(i),
            "" if i in partial else day.format(i, 5),
            "3",
            "zh-Hans",
            "123456789",
            day.format(i, 0),
            day.format(i, 5),
            "192.0.2.1",
            "",
        ]
        for i in range(1, rows + 1)
    ]


def grid_of(
    answers: dict[str, list[str]], own: list[str] = CODES, partial: tuple[int, ...] = ()
) -> list[list[str]]:
    rows = list(zip(*answers.values(), strict=True))
    return [[*own, *answers], *([*o, *a] for o, a in zip(own_cells(len(rows), partial), rows, strict=True))]


def read(grid: list[list[str]]) -> RawTable:
    assert limesurvey.recognise("results.csv", grid[:20])
    return limesurvey.read(grid, "results.csv", "0" * 64, DataSource(), ())


@pytest.mark.parametrize("own", [CODES, TEXTS])
def test_own_columns_play_their_parts(own: list[str]) -> None:
    table = read(grid_of({"Q1": ["A1", "A2", "A1"], "interviewtime": ["61.5", "70", ""]}, own, (3,)))
    assert table.roles == {
        "respondent": own[0],
        "completed": own[1],
        "language": own[3],
        "started": own[5],
        "duration": "interviewtime",
        "status": "completion_status",
    }
    assert table.personal == (own[7], own[8])
    assert list(table.cells["completion_status"]) == ["complete", "complete", "partial"]
    assert any("not submitted" in note and note.endswith(": 1") for note in table.notes)


def test_headings_in_a_language_that_is_not_known() -> None:
    own = [f"标题{i}" for i in range(9)]
    table = read(grid_of({"您满意吗?": ["5", "4"]}, own, (2,)))
    assert list(table.cells["completion_status"]) == ["complete", "partial"]
    assert table.roles == {
        "respondent": "标题0",
        "completed": "标题1",
        "language": "标题3",
        "started": "标题5",
        "status": "completion_status",
    }
    assert set(table.personal) >= {"标题7"}
    assert table.variables["标题4"].kind == "meta"
    assert table.variables["您满意吗?"].kind == ""


def test_own_columns_are_told_by_the_first_rows() -> None:
    """A row far down that somebody changed does not change what the columns are."""
    own = ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ"]
    rows = [[str(n), "2026-10-01 10:00:00", "3", "fr", str(n % 5)] for n in range(1, 60)]
    rows[40][1] = "01.10.26"
    table = read([[*own, "Êtes-vous satisfait ?"], *rows])
    assert table.roles["respondent"] == own[0]
    assert table.variables["Êtes-vous satisfait ?"].kind == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["Y", "", "", "Y"], ["Y", "Y", "", ""]),
        (["Y", "N", "", "Y"], ["Y", "Y", "", "N"]),
        (["Yes", "No", "N/A", "Yes"], ["Yes", "Yes", "N/A", "No"]),
        (["1", "0", "", "1"], ["1", "1", "", "0"]),
        (["是", "否", "", "是"], ["是", "是", "", "否"]),
    ],
)
def test_several_answers_become_one_nought_and_nothing(first: list[str], second: list[str]) -> None:
    table = read(grid_of({"Q2[SQ001]": first, "Q2[SQ002]": second}))
    assert list(table.cells["Q2[SQ001]"]) == ["1", "0", "", "1"]
    assert list(table.cells["Q2[SQ002]"]) == ["1", "1", "", "0"]
    variable = table.variables["Q2[SQ001]"]
    assert (variable.kind, variable.group, variable.labels) == ("multiple", "Q2", {"1": "SQ001"})


def test_other_counts_as_an_answer() -> None:
    answers = {"Q2[SQ001]": ["Y", "", ""], "Q2[SQ002]": ["", "", ""], "Q2[other]": ["", "by hand", ""]}
    table = read(grid_of(answers))
    assert list(table.cells["Q2[SQ002]"]) == ["0", "0", ""]
    assert table.variables["Q2[other]"].kind == "text"
    comments = {"Q3[SQ001]": ["Y", ""], "Q3[SQ001comment]": ["because", ""], "Q3[SQ002]": ["", "Y"]}
    table = read(grid_of(comments))
    assert list(table.cells["Q3[SQ002]"]) == ["0", "1"]
    assert table.variables["Q3[SQ001comment]"].kind == "text"


def test_a_question_that_comes_twice_stays_two() -> None:
    texts = ["Why? [Price]", "Why? [Staff]", "Why? [Price]", "Why? [Staff]"]
    rows = [["Yes", "No", "No", "Yes"], ["No", "Yes", "Yes", "Yes"]]
    grid = [[*TEXTS, *texts], *([*own, *row] for own, row in zip(own_cells(2), rows, strict=True))]
    table = read(grid)
    assert list(table.cells["Why? [Price] (2)"]) == ["0", "1"]
    first, second = table.variables["Why? [Price]"], table.variables["Why? [Price] (2)"]
    assert (first.group, second.group) == ("Why?", "Why? (2)")
    assert first.labels == second.labels == {"1": "Price"}


def test_other_in_a_language_that_is_not_known() -> None:
    answers = {"Warum? [Preis]": ["Ja", ""], "Warum? [Nähe]": ["", ""], "Warum? [Sonstiges]": ["", "Laune"]}
    table = read(grid_of(answers, TEXTS))
    assert list(table.cells["Warum? [Nähe]"]) == ["0", "0"]
    assert table.variables["Warum? [Preis]"].labels == {"1": "Preis"}


def test_grids_are_not_several_answers() -> None:
    answers = {"Q4[SQ001]": ["1", "5", ""], "Q4[SQ002]": ["1", "", "2"], "Q5[SQ001]": ["1", "1", "1"]}
    table = read(grid_of(answers))
    assert list(table.cells["Q4[SQ001]"]) == ["1", "5", ""]
    assert table.variables["Q4[SQ001]"].group == "Q4"
    assert table.variables["Q5[SQ001]"].kind == ""


def test_a_grid_in_words_has_its_scale_and_addresses_have_none() -> None:
    good, bad = "Very good", "Bad"
    answers = {
        "Rate [Speed]": [good, bad, ""],
        "Rate [Staff]": [bad, good, good],
        "Where? [Street]": ["High Street", "Broadway", ""],
        "Where? [Town]": ["Leeds", "Broadway", "York"],
    }
    table = read(grid_of(answers, TEXTS))
    assert table.variables["Rate [Staff]"].labels == {bad: bad, good: good}
    assert table.variables["Where? [Town]"].labels == {}


def test_code_and_text_together() -> None:
    for mark in (". ", ": "):
        answers = {
            f"Q1{mark}How was it?": ["A1", "A2"],
            f"Q2[SQ001]{mark}Why? [Price]": ["Y", ""],
            f"Q2[SQ002]{mark}Why? [Staff]": ["", "Y"],
        }
        table = read(grid_of(answers))
        assert list(table.cells.columns[9:12]) == ["Q1", "Q2[SQ001]", "Q2[SQ002]"]
        assert table.variables["Q1"].label == "How was it?"
        assert table.variables["Q2[SQ001]"].labels == {"1": "Price"}


def test_single_answers_with_other_and_yes_and_no() -> None:
    table = read(grid_of({"Q1": ["A1", "-oth-"], "Q1[other]": ["", "mine"], "Q3": ["Y", "N"]}))
    assert table.variables["Q1"].labels == {"-oth-": "Other"}
    assert table.variables["Q3"].labels == {"Y": "Yes", "N": "No"}
    assert list(table.cells["Q3"]) == ["Y", "N"]


def test_timings_are_no_answers_but_a_question_may_be_called_so() -> None:
    answers = {
        "leadTime": ["3", "4"],
        "Q1": ["1", "2"],
        "interviewtime": ["60", "70"],
        "groupTime12": ["60", "70"],
        "Q1Time": ["60", "70"],
    }
    table = read(grid_of(answers))
    assert [table.variables[c].kind for c in ("groupTime12", "Q1Time")] == ["meta", "meta"]
    assert read(grid_of({"leadTime": ["3", "4"]})).variables["leadTime"].kind == ""


def test_surveys_without_times_have_no_part_for_them() -> None:
    grid = grid_of({"Q1": ["1", "2"]})
    for row in grid[1:]:
        row[1] = "1980-01-01 00:00:00"
    table = read(grid)
    assert "completed" not in table.roles
    assert list(table.cells["completion_status"]) == ["complete", "complete"]


def test_empty_and_doubled_headings() -> None:
    grid = grid_of({"Why?": ["a", "b"], "": ["c", ""]}, TEXTS)
    for row in grid:
        row.append("Why?" if row is grid[0] else "z")
    table = read(grid)
    assert list(table.cells["column 11"]) == ["c", ""]
    assert list(table.cells["Why? (2)"]) == ["z", "z"]
    assert len(table.notes) == 2


def test_html_and_line_breaks_leave_the_headings() -> None:
    table = read(grid_of({"How\n was&nbsp;<b>it</b>?": ["1", "2"]}, TEXTS))
    assert "How was it?" in table.cells


def test_the_structure_of_a_questionnaire_is_refused_by_name() -> None:
    head = ["id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language"]
    grid = [head, ["", "", "S", "", "sid", "", "123456", "", ""]]
    assert limesurvey.recognise("survey.txt", grid)
    with pytest.raises(DataError, match="structure of a LimeSurvey questionnaire"):
        limesurvey.read(grid, "survey.txt", "", DataSource(), ())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_whole_way_from_bytes(separator: str) -> None:
    grid = grid_of({"Q2[SQ001]": ["Y", ""], "Q2[SQ002]": ["", "Y"]})
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([*grid, []])
    table = read_table(out.getvalue().encode("utf-8-sig"), "results.csv", DataSource())
    assert (table.format, len(table.cells)) == ("limesurvey", 2)
    assert list(table.cells["Q2[SQ001]"]) == ["1", "0"]


def test_broken_files_are_refused_in_words() -> None:
    grid = grid_of({"Q1": ["1", "2"]})
    for spoilt, said in (
        (grid[:1], "no rows"),
        ([*grid[:-1], grid[-1][:4]], "cut off"),
        ([*grid, grid[-1]], "more than once"),
        ([[]], "no headings"),
    ):
        with pytest.raises(DataError, match=said):
            limesurvey.read(spoilt, "results.csv", "", DataSource(), ())


def test_names_of_people_are_no_list_of_answers() -> None:
    names = ["Ada Test", "Bo Test", "Cy Test", "Ada Test"]
    table = read(grid_of({"Your name": names, "Town": ["A-Stadt", "B-Dorf", "A-Stadt", "B-Dorf"]}, TEXTS))
    assert (table.variables["Your name"].kind, dict(table.variables["Your name"].labels)) == ("", {})
    assert table.variables["Town"].kind == "single"


def test_questions_that_were_not_shown_are_missing() -> None:
    answers = {
        "Happy?": ["N/A", "Yes", "No", "Yes", "No"],
        "Rate [Speed]": ["N/A", "Good", "Bad", "Good", "Bad"],
        "Rate [Staff]": ["N/A", "Bad", "Good", "Good", "Bad"],
        "Which? [Price]": ["N/A", "Yes", "No", "No", "Yes"],
        "Which? [Staff]": ["N/A", "No", "Yes", "No", "Yes"],
    }
    table = read(grid_of(answers, TEXTS))
    for column in ("Happy?", "Rate [Speed]", "Rate [Staff]"):
        told = table.variables[column]
        assert (told.kind, told.missing) == ("single", ("N/A",))
        assert "N/A" not in told.labels
    assert table.variables["Which? [Price]"].missing == ()
    assert list(table.cells["Which? [Price]"]) == ["", "1", "0", "0", "1"]


def test_options_that_are_pictures_are_called_by_their_code() -> None:
    grid = grid_of(
        {"Q1[SQ1]. Which? [<img src='a.png'>]": ["Yes", "No"], "Q1[SQ2]. Which? [B]": ["No", "Yes"]}
    )
    table = read(grid)
    assert [table.variables[c].labels["1"] for c in ("Q1[SQ1]", "Q1[SQ2]")] == ["SQ1", "B"]
