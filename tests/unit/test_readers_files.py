"""Files of any kind: told by their content, unpacked, decoded, divided; what is told overrides."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from csat.data import load_answers
from csat.data.problems import DataError
from csat.data.readers import FORMATS, containers, read_table, workbook
from csat.data.readers.grid import separator_of
from csat.data.table import RawTable
from csat.study import load_study
from csat.study.definition import DataSource
from csat.study.sections import FORMATS as ALLOWED
from study_files import TOML, write_answers, write_study

KOBO = '"q";"_uuid";"_submission_time"\n"5";"u1";"2026-10-01T10:00:00"\n'


def read(content: str | bytes, name: str = "answers.csv", **told: str) -> RawTable:
    content = content if isinstance(content, bytes) else content.encode()
    return read_table(content, name, DataSource(**told))  # type: ignore[arg-type]


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def book(rows: list[list[object]], sheet: str = "Data") -> bytes:
    target = io.BytesIO()
    with pd.ExcelWriter(target) as made:
        pd.DataFrame(rows).to_excel(made, sheet_name=sheet, index=False, header=False)
    return target.getvalue()


def test_formats_are_those_a_study_may_name() -> None:
    assert sorted(FORMATS) == sorted(ALLOWED)


def test_the_name_decides_nothing() -> None:
    assert read("a,b\n1,2\n", "answers.xlsx").format == "csv"
    assert read(book([["a", "b"], [1, 2.5]]), "answers.csv").format == "xlsx"
    assert read(KOBO, "answers.dat").format == "kobo"


def test_gzip_and_zip_are_unpacked(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests", TOML.replace('"answers.csv"', '"answers.csv.gz"'))
    path = write_answers(folder)
    (folder / "answers.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert load_answers(load_study(folder)).n == 40
    table = read(zipped(**{"My survey.csv": b"a,b\n1,2\n", "__MACOSX/._My survey.csv": b"x"}), "export.zip")
    assert (table.name, table.cells.shape) == ("My survey.csv", (1, 2))
    assert any("zip" in note for note in table.notes)
    assert read(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")).cells["a"].tolist() == ["1", "3"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(**{"a.csv": b"a\n1", "b.csv": b"a\n1"}), "2 data files"),
        (zipped(**{"a.jpg": b"a"}), "0 data files"),
        (zipped(**{"[Content_Types].xml": b"<", "word/document.xml": b"<"}), "a document, not a table"),
        (gzip.compress(b"a,b\n1,2\n" * 99)[:-9], "cut off"),
        (b"\x1f\x8b\x08nonsense and more", "gzip archive is broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel workbook"),
        (b"$FL2@(#) SPSS DATA FILE" + b" " * 300, "SPSS file"),
        (b"PAR1 and nothing", "not Parquet"),
        (b"%PDF-1.7 and more", "a PDF document"),
        (
            '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>',
            "XML workbook of Excel 2003",
        ),
        ('[{"_id": 1, "q": "5"}]', "the file is JSON"),
        (b"<html><body>Please sign in</body></html>", "without a table"),
        ('a,b\n"1,2\n', "a row does not have"),
    ],
)
def test_broken_files_say_so(content: str | bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(content)


def test_archives_that_would_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "UNPACKED_LIMIT", 10_000)
    for bomb in (gzip.compress(b"0" * 20_000), zipped(**{"a.csv": b"0" * 20_000}), book([["a" * 9_000]] * 3)):
        with pytest.raises(DataError, match="unpacks to more than 10,000 bytes"):
            read(bomb)


def test_a_cell_far_from_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "CELL_LIMIT", 100)
    rows: list[list[object]] = [["a", "b"], [1, 2]]
    assert read(book(rows)).cells.shape == (1, 2)
    with pytest.raises(DataError, match=r"a sheet spans 3 rows × 99 columns"):
        read(book([*([*row, *[None] * 97] for row in rows), [*[None] * 98, "far"]]))


def test_utf_16_of_spreadsheets() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
        table = read(mark + "满意\tb\n5\tx\n".encode(encoding), "answers.txt")
        assert (table.format, list(table.cells.columns)) == ("tsv", ["满意", "b"])


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ('"Price, quality";"b"\n"1";"2"\n', ";"),
        ("a\tb, c\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("alone\n1\n", ","),
        ('a,"b;c;d"\n1,2\n', ","),
        ('a,b\n"one\ntwo, three",2\n', ","),
    ],
)
def test_separators(text: str, separator: str) -> None:
    assert separator_of(text) == separator


def test_separator_in_the_first_line() -> None:
    assert read("sep=;\na;b\n1;2\n").cells.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_decimal_commas() -> None:
    table = read("a;b;c;d\n3,5;x,y;1;\n4;1,2 or so;2;7,25\n")
    assert table.cells["a"].tolist() == ["3.5", "4"]
    assert table.cells["b"].tolist() == ["x,y", "1,2 or so"]
    assert table.cells["d"].tolist() == ["", "7.25"]
    assert any("decimal comma in a, d" in note for note in table.notes)
    assert read("a;b\n3,5;3.5\n").cells["a"].tolist() == ["3,5"]
    assert read('a,b\n"3,5",1\n').cells["a"].tolist() == ["3,5"]
    told = read('a,b\n"1.234,5",1.5\n"-0,5",x\n', decimal=",")
    assert told.cells["a"].tolist() == ["1234.5", "-0.5"]
    assert told.cells["b"].tolist() == ["1.5", "x"]
    assert read("a;b\n3,5;1\n", decimal=".").cells["a"].tolist() == ["3,5"]


def test_cells_of_workbooks() -> None:
    day, time = pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-01 09:30:05")
    rows = [["a", "b", None], [5.0, day, None], [0.5, time, None], [True, "x", None], [None, " y ", None]]
    table = read(book(rows), "answers.xlsx")
    assert table.cells["a"].tolist() == ["5", "0.5", "1", ""]
    assert table.cells["b"].tolist() == ["2026-10-01", "2026-10-01 09:30:05", "x", "y"]
    assert list(table.cells.columns) == ["a", "b"]


def test_tables_in_pages_of_html() -> None:
    page = (
        "<html><head><meta charset='utf-8'></head><table><tr><td>menu</td></tr></table>"
        "<table><tr><th>a</th><th colspan=2>b &amp; c</th></tr>"
        "<tr><td>1<br>2</td><td> <b>x</b> </td><td>y</td></tr><tr><td>3<td>z</tr></table>"
    )
    table = read(page, "answers.xls")
    assert table.format == "html"
    assert table.cells.iloc[:, 0].tolist() == ["1 2", "3"]
    assert table.cells["b & c"].tolist() == ["x", "z"]


def test_what_is_told_overrides() -> None:
    told = DataSource(format="csv")
    table = read_table(KOBO.encode(), "answers.csv", told)
    assert table.format == "csv"
    assert any("looks like a file of kobo" in note for note in table.notes)
    assert read_table(KOBO.encode(), "answers.csv", told, "kobo").format == "kobo"
    assert read("q;x\n1;2\n", format="kobo").format == "kobo"


@pytest.mark.parametrize(
    ("format", "words"),
    [
        ("wjx", 'given as "wjx", but the file is recognised as "kobo"'),
        ("xlsx", 'given as "xlsx", but the file is text'),
        ("spss", "the file is text"),
        ("docx", 'no format "docx" is read; allowed: csv'),
    ],
)
def test_wrong_overrides(format: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_table(KOBO.encode(), "answers.csv", DataSource(), format)


def test_columns_without_a_heading_keep_what_stands_in_them() -> None:
    table = read_table(b"s1,,,s2\n5,a,,b\n4,c,,d\n", "a.csv", DataSource())
    assert list(table.cells.columns) == ["s1", "column 2", "s2"]
    assert any("called column 2" in note for note in table.notes)
