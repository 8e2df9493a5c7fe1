"""Exports of REDCap: codes with their dictionary, checkboxes, forms, events, labels."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from csat.data import find_source
from csat.data.problems import DataError
from csat.data.readers import read_table
from csat.data.readers.redcap_dictionary import read_dictionary
from csat.data.sources.find import read_source
from csat.data.table import RawTable
from csat.study import load_study
from csat.study.definition import DataSource
from csat.study.export.redcap import COLUMNS
from study_files import TOML, write_study


def text(rows: Sequence[Sequence[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def entry(name: str, kind: str, label: str = "", choices: str = "", **more: str) -> list[str]:
    known = {"Variable / Field Name": name, "Form Name": "survey", "Field Type": kind, "Field Label": label}
    known |= {"Choices, Calculations, OR Slider Labels": choices, **more}
    return [known.get(column, "") for column in COLUMNS]


DICTIONARY = text(
    [
        COLUMNS,
        entry("record_id", "text", "Record ID"),
        entry("osat", "radio", "<b>Overall</b>", "1, Bad | 2, Good, really | -99, Not applicable"),
        entry("why", "checkbox", "Why?", "1, Price | -2, Staff | A B, Place"),
        entry("again", "yesno", "Again?"),
        entry(
            "age",
            "text",
            "Age",
            **{"Text Validation Type OR Show Slider Number": "integer", "Field Note": "-999 = missing"},
        ),
        entry("visit", "text", "Visit", **{"Text Validation Type OR Show Slider Number": "date_ymd"}),
        entry("who", "text", "Name", **{"Identifier?": "y"}),
        entry("mail", "text", "Mail", **{"Text Validation Type OR Show Slider Number": "email"}),
        entry("thanks", "descriptive", "Thank you"),
        entry("later", "text", "Later"),
    ]
)
HEADER = [
    "record_id",
    "redcap_survey_identifier",
    "survey_timestamp",
    "osat",
    "why___1",
    "why____2",
    "why___a_b",
]
HEADER += ["again", "age", "visit", "who", "mail", "survey_complete"]
FIRST = [
    "1",
    "a@example.org",
    "2026-10-01 09:30:00",
    "2",
    "1",
    "0",
    "0",
    "1",
    "31",
    "2026-09-30",
    "Li",
    "x@y.z",
    "2",
]
SECOND = ["2", "", "[not completed]", "-99", "0", "1", "0", "", "-999", "", "", "", "0"]


def read(rows: Sequence[Sequence[str]], dictionary: bytes | None = DICTIONARY, **told: str) -> RawTable:
    return read_table(text(rows), "data.csv", DataSource(**told), dictionary=dictionary)  # type: ignore[arg-type]


def test_what_the_dictionary_tells() -> None:
    table = read([HEADER, FIRST, SECOND])
    assert table.format == "redcap"
    told = table.variables
    assert (told["osat"].kind, told["osat"].label, told["osat"].missing) == ("single", "Overall", ("-99",))
    assert told["osat"].labels["2"] == "Good, really"
    assert [dict(told[c].labels)["1"] for c in ("why___1", "why____2", "why___a_b")] == [
        "Price",
        "Staff",
        "Place",
    ]
    assert {told[c].group for c in ("why___1", "why____2", "why___a_b")} == {"why"}
    assert table.cells["why___1"].tolist() == ["1", "0"]
    assert dict(told["again"].labels) == {"1": "Yes", "0": "No"}
    assert (told["age"].kind, told["age"].missing, told["visit"].kind) == ("number", ("-999",), "date")
    assert set(table.personal) == {"redcap_survey_identifier", "who", "mail"}
    assert any("does not hold: later" in note for note in table.notes)


def test_parts_that_columns_play() -> None:
    table = read([HEADER, FIRST, SECOND])
    assert table.roles == {
        "respondent": "record_id",
        "completed": "survey_timestamp",
        "status": "completion_status",
    }
    assert table.cells["completion_status"].tolist() == ["complete", "partial"]
    assert table.cells["survey_timestamp"].tolist() == ["2026-10-01 09:30:00", ""]


def test_without_a_dictionary() -> None:
    table = read([HEADER, FIRST, SECOND], None)
    assert table.format == "redcap"
    assert table.variables["why___1"].labels == {"1": "1"}
    assert any("without a data dictionary" in note for note in table.notes)


def test_a_dictionary_makes_a_plain_table_one_of_redcap() -> None:
    rows = [["id", "osat"], ["1", "2"]]
    assert read(rows, None).format == "csv"
    assert read(rows).variables["osat"].labels["1"] == "Bad"


def test_labels_instead_of_codes() -> None:
    header = ["Record ID", "Survey Identifier", "Survey Timestamp", "Overall", "Why? (choice=Price (low))"]
    header += ["Why? (choice=Staff)", "Complete?"]
    rows = [["1", "", "2026-10-01 09:30:00", "Good", "Checked", "Unchecked", "Complete"]]
    table = read([header, *rows], None)
    assert table.cells["Why? (choice=Price (low))"].tolist() == ["1"]
    told = table.variables["Why? (choice=Price (low))"]
    assert (told.group, dict(told.labels)) == ("Why?", {"1": "Price (low)"})
    assert table.cells["completion_status"].tolist() == ["complete"]


def test_events_need_a_wave() -> None:
    header = ["record_id", "redcap_event_name", "osat"]
    rows = [["1", "may_arm_1", "2"], ["1", "june_arm_1", "1"], ["2", "may_arm_1", "2"]]
    with pytest.raises(DataError, match=r'\(june_arm_1, may_arm_1\): set wave_column = "redcap_event_name"'):
        read([header, *rows])
    table = read([header, *rows], wave_column="redcap_event_name")
    assert any("told apart" in note for note in table.notes)
    with pytest.raises(DataError, match="as a form repeats"):
        read([["record_id", "redcap_repeat_instrument", "osat"], ["1", "", "2"], ["1", "visit", ""]])
    with pytest.raises(DataError, match="come more than once in rows 1, 2"):
        read([["record_id", "osat"], ["1", "2"], ["1", "1"]])


def test_files_that_are_mixed_up() -> None:
    with pytest.raises(DataError, match="the file is the data dictionary, not the answers"):
        read_table(DICTIONARY, "dict.csv", DataSource())
    with pytest.raises(DataError, match="does not have the columns of REDCap's"):
        read([HEADER, FIRST], text([HEADER, FIRST]))
    with pytest.raises(DataError, match='field "osat" comes twice'):
        read_dictionary(text([COLUMNS, entry("osat", "text"), entry("osat", "text")]))


def test_dictionary_of_a_study(tmp_path: Path) -> None:
    toml = TOML.replace("[data]", '[data]\ndictionary = "told/dict.csv"')
    folder = write_study(tmp_path / "guests", toml)
    (folder / "told").mkdir()
    (folder / "told" / "dict.csv").write_bytes(DICTIONARY)
    (folder / "answers.csv").write_bytes(text([HEADER, FIRST, SECOND]))
    table = read_source(find_source(load_study(folder), "2026-10"))
    assert table.variables["osat"].labels["1"] == "Bad"
    (folder / "told" / "dict.csv").unlink()
    with pytest.raises(DataError, match=r'no data file "told/dict\.csv"'):
        find_source(load_study(folder), "2026-10")


def test_numbers_of_rows_before_the_record() -> None:
    """R writes them, without a heading."""
    rows = [["", "record_id", "q", "survey_complete"], ["1", "7", "5", "2"], ["2", "9", "4", "0"]]
    table = read(rows, None)
    assert table.roles["respondent"] == "record_id"
