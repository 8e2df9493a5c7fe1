"""Tables from KoboToolbox and ODK: groups, options, versions of a form, personal data."""

from __future__ import annotations

import csv
import io

import pytest
from csat.data.problems import DataError
from csat.data.readers import read_table
from csat.data.readers.kobo_several import list_options
from csat.data.table import RawTable
from csat.study.definition import DataSource


def read(header: list[str], *rows: list[str], delimiter: str = ";") -> RawTable:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    table = read_table(target.getvalue().encode(), "export.csv", DataSource())
    assert table.format == "kobo"
    return table


OWN = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by"]
OWN += ["__version__", "_tags", "_index"]


def own(n: int) -> list[str]:
    return [str(n), f"u{n}", "2026-10-01T10:00:00", "", "", "submitted_via_web", "anna", "v1", "", str(n)]


def test_columns_of_the_server() -> None:
    table = read(
        ["start", "end", "deviceid", "q", *OWN],
        ["2026-10-01T09:50:00.000+08:00", "2026-10-01T09:58:00.000+08:00", "ee.humanitarian:x", "5", *own(1)],
        ["2026-10-01T09:51:00.000+08:00", "2026-10-01T09:59:00.000+08:00", "ee.humanitarian:y", "4", *own(2)],
    )
    assert table.roles == {"respondent": "_uuid", "started": "start", "completed": "end"}
    assert set(table.personal) == {"deviceid", "_submitted_by"}
    assert {v.kind for name, v in table.variables.items() if name in OWN} == {"meta", "date"}
    assert table.cells["q"].tolist() == ["5", "4"]


def test_groups_are_taken_off_where_names_stay_apart() -> None:
    table = read(
        ["about/age", "before/rating", "after/rating", "about/job/kind", "meta/instanceID", *OWN],
        ["31", "4", "5", "a", "uuid:1", *own(1)],
    )
    assert list(table.cells.columns)[:5] == [
        "age",
        "before/rating",
        "after/rating",
        "kind",
        "meta/instanceID",
    ]
    assert any("taken off 2 headings" in note for note in table.notes)


def test_labels_keep_their_slashes() -> None:
    table = read(["Price/quality", "Staff / service?", *OWN], ["3", "4", *own(1)])
    assert list(table.cells.columns)[:2] == ["Price/quality", "Staff / service?"]


def test_options_in_columns() -> None:
    table = read(
        ["g/why", "g/why/price", "g/why/other", "g/why_other", *OWN],
        ["price other", "1", "1", "parking", *own(1)],
        ["other", "0", "1", "", *own(2)],
        ["", "", "", "", *own(3)],
    )
    assert table.cells["why/price"].tolist() == ["1", "0", ""]
    price, other = table.variables["why/price"], table.variables["why/other"]
    assert (price.kind, price.group, dict(price.labels)) == ("multiple", "why", {"1": "price"})
    assert other.group == "why"
    assert (table.variables["why"].kind, table.variables["why_other"].kind) == ("meta", "")


def test_options_of_labels_and_without_the_list() -> None:
    table = read(["Why us?/Price/value", "Why us?/Staff", *OWN], ["1", "0", *own(1)], ["0", "1", *own(2)])
    # Two labels, one with a slash: no question is shared, so nothing is made of them.
    assert table.variables["Why us?/Staff"].kind == ""
    table = read(["Why us?/Price", "Why us?/Staff", *OWN], ["1", "0", *own(1)], ["0", "1", *own(2)])
    assert {table.variables[c].group for c in list(table.cells.columns)[:2]} == {"Why us?"}
    table = read(
        ["Why us?", "Why us?/Price/value", "Why us?/Staff", *OWN], ["Price/value", "1", "0", *own(1)]
    )
    assert table.variables["Why us?/Price/value"].labels == {"1": "Price/value"}


def test_lists_without_columns_are_split_when_certain() -> None:
    lists = ["a b", "b c", "a c", "a b c", "b", "c", "a"]
    table = read(["why", "said", *OWN], *([text, "so so", *own(i)] for i, text in enumerate(lists)))
    assert table.cells["why/b"].tolist() == ["1", "1", "0", "1", "1", "0", "0"]
    assert table.variables["why/b"].group == "why"
    assert list_options(["very good", "good very", "good", "very"] * 3) == []
    assert list_options(["a b c", "c b a", "b a c"] * 3) == []
    assert list_options(["the staff was nice", "all was fine", "fine", "nice"]) == []


def test_names_of_places_are_no_lists() -> None:
    places = ["San Marco", "San Marco", "Lido", "Isola Nova", "Isola Nova", "Lido", "San Piero", "San Piero"]
    table = read(["place", *OWN], *([place, *own(i)] for i, place in enumerate(places)))
    assert list_options(places) == []
    assert table.variables["place"].kind == ""


@pytest.mark.parametrize("sign", ["-", ".", ":"])
def test_options_after_another_sign(sign: str) -> None:
    header = ["g/why", f"g/why{sign}price", f"g/why{sign}staff", "g/why_other", f"g/a{sign}b", *OWN]
    table = read(
        header,
        ["price staff", "True", "True", "", "1", *own(1)],
        ["staff", "False", "True", "", "1", *own(2)],
        ["", "", "", "", "1", *own(3)],
    )
    price = f"why{sign}price"
    assert table.cells[price].tolist() == ["1", "0", ""]
    assert (table.variables[price].group, table.variables[price].labels["1"]) == ("why", "price")
    assert table.variables["why_other"].kind == table.variables[f"a{sign}b"].kind == ""


def test_main_tables_of_older_servers_have_parents_too() -> None:
    table = read(
        ["q", *OWN, "_parent_table_name", "_parent_index"], ["5", *own(1), "", "-1"], ["4", *own(2), "", ""]
    )
    assert table.roles["respondent"] == "_uuid"
    assert not any("repeated group" in note for note in table.notes)


def test_tables_saved_with_r() -> None:
    table = read(["instanceID", "start", "imei", "group.q"], ["uuid:1", "2026-10-01", "35209900", "NA"])
    assert table.roles["respondent"] == "instanceID"
    assert table.personal == ("imei",)


def test_older_servers_write_other_signs() -> None:
    header = ["q", "why/a", "why/b", "_uuid", "_submission_time", "_duration"]
    table = read(
        header,
        ["n/a", "True", "False", "u1", "2026-10-01T10:00:00", "61.5"],
        ["3", "n/a", "n/a", "u2", "2026-10-01T10:00:00", "70"],
        delimiter=",",
    )
    assert table.cells["q"].tolist() == ["", "3"]
    assert table.cells["why/a"].tolist() == ["1", ""]
    assert table.cells["why/b"].tolist() == ["0", ""]
    assert table.roles["duration"] == "_duration"


def test_versions_of_a_form() -> None:
    table = read(["q", "q", "r", "r", *OWN], ["5", "", "1", "2", *own(1)], ["", "4", "1", "", *own(2)])
    assert table.cells["q"].tolist() == ["5", "4"]
    assert {"r", "r (2)"} <= set(table.cells.columns)
    table = read(["why", "why/a", "why/b", *OWN], ["b", "", "", *own(1)], ["a b", "1", "1", *own(2)])
    assert table.cells["why/a"].tolist() == ["", "1"]
    assert any("options are empty in row 1" in note for note in table.notes)


def test_places_and_media_are_personal() -> None:
    header = [
        "spot",
        "_spot_latitude",
        "_spot_longitude",
        "_spot_altitude",
        "_spot_precision",
        "photo",
        "altitude",
    ]
    table = read([*header, *OWN], ["1 2 3 4", "1", "2", "3", "4", "me.JPG", "high", *own(1)])
    assert set(header[:6]) < set(table.personal)
    assert "altitude" not in table.personal


def test_odk_central() -> None:
    header = ["SubmissionDate", "start", "data-q", "data-spot-Latitude", "data-spot-Longitude", "data-why/a"]
    header += [
        "data-why/b",
        "SET-OF-visits",
        "meta-instanceID",
        "KEY",
        "SubmitterID",
        "SubmitterName",
        "Status",
    ]
    row = [
        "2026-10-01T10:00:00.000Z",
        "2026-10-01T09:50:00.000Z",
        "5",
        "1",
        "2",
        "1",
        "0",
        "x",
        "uuid:1",
        "uuid:1",
    ]
    table = read(header, [*row, "12", "Anna", ""], delimiter=",")
    assert {"q", "why/a", "why/b", "Status"} < set(table.cells.columns)
    assert {"SubmitterID", "SubmitterName", "data-spot-Latitude"} <= set(table.personal)
    assert table.roles == {"respondent": "KEY", "started": "start", "completed": "SubmissionDate"}
    assert table.variables["Status"].kind == "meta"
    assert any("files of their own: SET-OF-visits" in note for note in table.notes)


def test_repeated_groups() -> None:
    header = [
        "visit",
        "_index",
        "_parent_table_name",
        "_parent_index",
        "_submission__id",
        "_submission__uuid",
    ]
    table = read(header, ["a", "1", "main", "1", "7", "u"], ["b", "2", "main", "1", "7", "u"])
    assert "respondent" not in table.roles
    assert any("repeated group" in note for note in table.notes)


def test_answers_that_come_twice() -> None:
    with pytest.raises(DataError, match=r'ids in "_uuid" come more than once in rows 1, 2'):
        read(["q", *OWN], ["5", *own(1)], ["5", *own(1)])
