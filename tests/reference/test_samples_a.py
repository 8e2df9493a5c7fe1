"""Real exports of Qualtrics, LimeSurvey and SurveyMonkey in ../shared, against what stands in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from csat.data.problems import DataError
from csat.data.table import RawTable

Reader = Callable[[str], RawTable]


def kinds(table: RawTable, kind: str) -> list[str]:
    return [c for c in table.cells if table.variables[c].kind == kind]


def test_qualtrics_in_german(sample: Reader) -> None:
    table = sample("qualtrics/ropensci_sample_3row.csv")
    assert (table.format, table.cells.shape) == ("qualtrics", (1, 21))
    assert table.variables["StartDate"].label == "Anfangsdatum"
    assert table.variables["Q1"].label == "This is a multiple choice question."
    row = table.cells.loc[1]
    assert (row["Q1"], row["Q2"], row["Duration (in seconds)"]) == ("2", "Hello World!", "38")
    assert (row["completion_status"], row["Q2 - Topics"]) == ("complete", "")
    assert table.variables["Q2"].kind == "text"
    assert table.roles["language"] == "UserLanguage"
    assert row["UserLanguage"] == "DE"
    assert {"IPAddress", "RecipientEmail", "LocationLatitude", "LocationLongitude"} <= set(table.personal)


def test_qualtrics_legacy_is_the_same_answer(sample: Reader) -> None:
    new = sample("qualtrics/ropensci_sample_3row.csv")
    old = sample("qualtrics/ropensci_sample_legacy_2row.csv")
    assert (old.format, old.cells.shape) == ("qualtrics", (1, 16))
    assert old.cells.loc[1, "ResponseID"] == new.cells.loc[1, "ResponseId"]
    assert list(old.cells.loc[1, ["Q1", "Q2"]]) == ["2", "Hello World!"]
    assert {"Name", "EmailAddress", "IPAddress"} <= set(old.personal)


def test_qualtrics_many_types_in_both_exporters(sample: Reader) -> None:
    new = sample("qualtrics/many_types_insights_3row.csv")
    old = sample("qualtrics/many_types_legacy.csv")
    assert len(new.cells) == len(old.cells) == 5
    assert len(kinds(new, "multiple")) == len(kinds(old, "multiple")) == 96
    new_cells, old_cells = (t.cells[kinds(t, "multiple")].to_numpy().tolist() for t in (new, old))
    assert new_cells == old_cells
    assert list(new.cells["Q2_2"]) == ["0", "1", "1", "1", "1"]
    assert list(new.cells["Q44_Q44_1_1"]) == ["1", "", "1", "", ""]
    assert list(new.cells["Q4#1_1"]) == ["3", "1", "1", "1", "1"]
    assert list(new.cells["Q5_1"]) == ["21", "0", "98", "83", "92"]
    assert new.variables["Q44_Q44_1_3"].labels == {"1": "Dislike"}
    assert new.variables["Q4#2_3"].group == "Q4#2"
    assert "Q50#1_wedges_23234_TEXT [QID50#1_1_2_TEXT]" in new.cells
    assert old.variables["blue_1"].labels == {"1": "Like"}
    assert set(new.cells["completion_status"]) == {"test"}


def test_qualtrics_not_applicable(sample: Reader) -> None:
    table = sample("qualtrics/no_basis_insights_3row.csv")
    assert len(table.cells) == 15
    assert list(table.cells["Q1"][:6]) == ["3", "3", "1", "1", "3", "-1"]
    assert list(table.cells["Q2_-1"][:6]) == ["1", "1", "0", "1", "0", "0"]
    assert table.variables["Q2_-1"].labels == {"1": "No basis for evaluation"}
    assert list(table.cells["Q4_2"][:4]) == ["-2", "1", "3", "2"]
    assert table.variables["Q6_3_-2"].group == "Q6_3"
    assert len(kinds(table, "multiple")) == 26


def test_qualtrics_grids_and_several_answers(sample: Reader) -> None:
    grids = sample("qualtrics/matrix_insights_3row.csv")
    assert kinds(grids, "multiple") == []
    assert list(grids.cells["Q4_1"]) == ["12", "12", "12", "10", "11"]
    assert kinds(grids, "text") == ["matrix_question_five_question_two_TEXT"]
    several = sample("qualtrics/multianswer_insights_3row.csv")
    assert len(kinds(several, "multiple")) == 21
    assert list(several.cells["Q3_5"]) == ["0", "0", "1", "1", "1"]
    assert list(several.cells["Q3_1"]) == ["0"] * 5
    assert several.variables["Q5_16"].labels == {"1": "Click to write Choice 7"}


def test_limesurvey_headed_by_texts(sample: Reader) -> None:
    table = sample("limesurvey/survey_998192_R_data_file.csv")
    assert (table.format, table.cells.shape) == ("limesurvey", (7, 72))
    assert list(table.cells["Response ID"]) == ["1", "4", "5", "6", "7", "8", "9"]
    assert list(table.cells["completion_status"]) == ["complete", *["partial"] * 5, "complete"]
    assert table.roles["duration"] == "Total time"
    assert list(table.cells["How do you identify?"]) == ["", "man", "-oth-", "", "", "", "woman"]
    assert table.cells.loc[3, "How do you identify? [Other]"] == "4444"
    schools = kinds(table, "multiple")
    assert table.variables[schools[0]].labels["1"] == "Primary School"
    assert table.cells[schools].loc[2].tolist() == ["0", "0", "1", "0"]
    assert table.cells[schools].loc[1].tolist() == [""] * 4
    assert list(table.cells["How many pets do you have [cats]"]) == ["40", "", "", "", "", "", "28"]
    assert table.variables["Question time: gender"].kind == "meta"


@pytest.mark.parametrize(
    "name",
    [
        "export-of-en-and-nl-survey-with-one-question-as-tsv",
        "export-of-minimal-survey-as-tsv",
        "export-of-survey-with-one-multi-choice-question-as-tsv",
        "testing-multilingual-slider-export",
    ],
)
def test_limesurvey_structures_are_refused_by_name(sample: Reader, name: str) -> None:
    with pytest.raises(DataError, match="structure of a LimeSurvey questionnaire, not its answers"):
        sample(f"limesurvey/{name}.txt")


def test_surveymonkey_workbook(sample: Reader) -> None:
    table = sample("surveymonkey/SurveyMonkeyRaw.xlsx")
    assert (table.format, table.cells.shape) == ("surveymonkey", (198, 100))
    assert table.roles == {"respondent": "Respondent ID", "started": "Start Date", "completed": "End Date"}
    assert table.personal == ("Email Address", "First Name", "Last Name", "Custom Data 1")
    first = table.cells.loc[1]
    assert (first["Respondent ID"], first["Start Date"]) == ("5379192392", "2021-01-22 12:01:17")
    division = "Identify which division you work in."
    assert first[division] == "Infrastructure"
    assert len(table.variables[division].labels) == 12
    other = table.cells[f"{division} | Other (please specify)"]
    assert set(other) == {"", "Construction", "Rather not say"}
    assert list(table.cells["Question 5 | Response 1"][:3]) == ["Answer 4", "Answer 1", "Answer 5"]
    assert table.variables["Question 29 | Response 14"].group == "Question 29"
    assert kinds(table, "multiple") == []
    assert table.variables["Question 3"].kind == "text"
