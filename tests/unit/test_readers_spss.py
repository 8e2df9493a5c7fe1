"""SPSS and Stata files: labels, missing codes, dates, sets of several answers."""

from __future__ import annotations

import datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from csat.data.problems import DataError
from csat.data.readers import apart, read_table, spss
from csat.data.readers.building import sheet_of
from csat.data.table import RawTable
from csat.study.definition import DataSource

FRAME = pd.DataFrame(
    {
        "osat": [9.0, 99.0, None, 3.0],
        "spend": [10.5, -1.0, 2000.0, 0.1],
        "区域": ["华南 ", "", "海外", "华北"],
        "day": [datetime.date(2026, 10, i) for i in (1, 2, 3, 4)],
        "at": pd.to_datetime(["2026-10-01 09:30:05"] * 4),
    }
)
TOLD = {
    "column_labels": ["总体满意度", "Spend", "区域", "Day", "At"],
    "variable_value_labels": {"osat": {1.0: "非常不满意", 10.0: "非常满意", 99.0: "不适用"}},
    "missing_ranges": {"osat": [99], "spend": [-1, {"lo": 1000, "hi": 9999}]},
    "variable_measure": {"osat": "ordinal", "spend": "scale"},
}


def written(path: Path, **more: object) -> bytes:
    pyreadstat = pytest.importorskip("pyreadstat")
    pyreadstat.write_sav(FRAME, str(path), **{**TOLD, **more})
    return path.read_bytes()


def read(content: bytes, name: str = "answers.sav", **told: str) -> RawTable:
    return read_table(content, name, DataSource(**told))  # type: ignore[arg-type]


@pytest.mark.parametrize("packing", [{}, {"compress": True}, {"row_compress": True}])
def test_labels_missing_codes_and_dates(tmp_path: Path, packing: dict[str, bool]) -> None:
    table = read(written(tmp_path / "a.sav", **packing))
    assert table.format == "spss"
    assert table.cells["osat"].tolist() == ["9", "99", "", "3"]
    assert table.cells["spend"].tolist() == ["10.5", "-1", "2000", "0.1"]
    assert table.cells["区域"].tolist() == ["华南", "", "海外", "华北"]
    assert table.cells["day"].tolist() == [f"2026-10-0{i}" for i in (1, 2, 3, 4)]
    assert table.cells["at"].tolist() == ["2026-10-01 09:30:05"] * 4
    osat, spend = table.variables["osat"], table.variables["spend"]
    assert (osat.label, osat.kind, osat.missing) == ("总体满意度", "single", ("99",))
    assert osat.labels["10"] == "非常满意"
    assert (spend.kind, spend.missing) == ("number", ("-1", "2000"))
    assert table.variables["day"].kind == "date"
    assert table.variables["区域"].kind == "text"


def test_stata_and_portable_files(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = FRAME[["osat", "spend"]]
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), column_labels=["Overall", "Spend"])
    table = read((tmp_path / "a.dta").read_bytes(), "a.dta")
    assert (table.format, table.variables["osat"].label) == ("stata", "Overall")
    assert table.cells["osat"].tolist() == ["9", "99", "", "3"]
    pyreadstat.write_por(frame, str(tmp_path / "a.por"))
    table = read((tmp_path / "a.por").read_bytes(), "a.por")
    assert (table.format, table.cells["OSAT"].tolist()) == ("spss", ["9", "99", "", "3"])


def test_sets_of_several_answers() -> None:
    rows = [["1", "2", "9", "a"], ["2", "2", "2", ""], ["", "", "", "b"]]
    sheet = sheet_of([["Y", "Y", "Y", ""], *rows], 1, ["m1", "m2", "m3", "c1"], "a.sav")
    sheet.describe("m1", label="Price", missing=("9",))
    sheet.describe("m3", label="Place", missing=("9",))
    told = {"type": "D", "is_dichotomy": True, "counted_value": 1, "label": "Why?"}
    spss._describe_set(sheet, "why", {**told, "variable_list": ["m1", "m2", "m3", "gone"]})
    assert [sheet.cells[c] for c in ("m1", "m2", "m3")] == [["1", "0", ""], ["0", "0", ""], ["", "0", ""]]
    first = sheet.variables["m1"]
    assert (first.kind, first.group, first.label, first.missing) == ("multiple", "why", "Why?", ())
    assert [sheet.variables[c].labels["1"] for c in ("m1", "m2", "m3")] == ["Price", "m2", "Place"]
    spss._describe_set(sheet, "cats", {"is_dichotomy": False, "label": "Which?", "variable_list": ["c1"]})
    assert (sheet.variables["c1"].group, sheet.cells["c1"]) == ("cats", ["a", "", "b"])


def test_flags_without_zeros() -> None:
    sheet = sheet_of([["1", ""], ["", "1"], ["", ""], ["x", ""]], 0, ["m1", "m2"], "a.sav")
    sheet.cells = {"m1": ["1", "", ""], "m2": ["", "1", ""]}
    told = {"is_dichotomy": True, "counted_value": 1.0, "variable_list": ["m1", "m2"]}
    spss._describe_set(sheet, "why", told)
    assert sheet.cells == {"m1": ["1", "0", ""], "m2": ["0", "1", ""]}


def test_quarters_are_their_first_day() -> None:
    texts = {"q": [""]}
    meta = SimpleNamespace(original_variable_types={"q": "QYR8"})
    seconds = (datetime.datetime(2014, 10, 1) - datetime.datetime(1582, 10, 14)).total_seconds()
    spss._write_periods(texts, {"q": [seconds, None]}, meta)
    assert texts["q"] == ["2014-10-01", ""]


def test_broken_files(tmp_path: Path) -> None:
    content = written(tmp_path / "a.sav")
    with pytest.raises(DataError, match=r"a\.sav: the file is not an SPSS file"):
        read(content[:200], "a.sav")
    with pytest.raises(DataError) as caught:
        read(content[:120], "a.sav")
    assert "/tmp" not in str(caught.value)


def test_readers_that_hang_or_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(tmp_path / "a.sav")
    monkeypatch.setattr(apart, "SECONDS", 0.0)
    monkeypatch.setattr(apart, "SECONDS_PER_MB", 0.0)
    with pytest.raises(DataError, match="within 0 seconds"):
        read(content)
    monkeypatch.setattr(apart, "SECONDS", 60.0)
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    with pytest.raises(DataError, match="its reader broke down"):
        read(content)
