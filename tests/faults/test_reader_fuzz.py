"""Broken files of every kind: a table or a DataError comes out, never another error, a crash or a hang."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import pytest
from csat.data.problems import DataError
from csat.data.readers import FORMATS, apart, detect, read_table
from csat.data.table import RawTable
from csat.study.definition import DataSource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TOLD = DataSource()
HEADINGS = {
    "csv": ["id", "满意度", "comment", "x;y"],
    "kobo": ["start", "g/q", "g/why", "g/why/a", "g/why/b", "_uuid", "_submission_time", "_spot_latitude"],
    "wjx": [
        "序号",
        "提交答卷时间",
        "所用时间",
        "来自IP",
        "1、满意度",
        "2、兴趣",
        "第3题(运动)",
        "第3题(阅读)",
    ],
    "redcap": [
        "record_id",
        "redcap_event_name",
        "why___1",
        "why___2",
        "osat",
        "survey_timestamp",
        "survey_complete",
    ],
    "limesurvey": ["id", "submitdate", "lastpage", "startlanguage", "Q1", "Q2[SQ001]", "Q2[SQ002]"],
    "surveymonkey": ["Respondent ID", "Collector ID", "Start Date", "End Date", "How?", "Why?", ""],
    "qualtrics": ["StartDate", "EndDate", "Finished", "ResponseId", "Q1", "Q2_1", "Q2_2"],
}
IDS = {name for names in HEADINGS.values() for name in names[:1]} | {"_uuid", "ResponseId"}
CELLS = [
    "",
    "1",
    "0",
    "5",
    "-3",
    "2026/10/1 9:05",
    "2026-10-01T09:00:00Z",
    "123秒",
    "a b",
    "a┋b〖c〗",
    "3,5",
    "说\n话",
    '"',
]


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue()


def rows_of(form: str, seed: int = 0, count: int = 6) -> list[list[str]]:
    chance = random.Random(seed)
    header = HEADINGS[form]
    body = [[str(i) if name in IDS else chance.choice(CELLS) for name in header] for i in range(count)]
    head = [header]
    if form == "qualtrics":
        head += [header, [f'{{"ImportId":"{name}"}}' for name in header]]
    if form == "surveymonkey":
        head.append(["", "", "", "", "Response", "Price", "Staff"])
    return head + body


@cache
def files() -> dict[str, bytes]:
    """A small good file of each kind."""
    frame = pd.DataFrame(rows_of("wjx")[1:], columns=HEADINGS["wjx"])
    made = {form: text_of(rows_of(form)).encode() for form in HEADINGS}
    made["gb18030"] = text_of(rows_of("wjx")).encode("gb18030")
    made["utf-16"] = text_of(rows_of("csv"), "\t").encode("utf-16")
    made["gzip"] = gzip.compress(made["kobo"])
    made["html"] = frame.to_html(index=False).encode()
    target = io.BytesIO()
    frame.to_excel(target, index=False)
    made["xlsx"] = target.getvalue()
    made["parquet"] = parquet_of(frame)
    return made


def parquet_of(frame: pd.DataFrame) -> bytes:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "answers.parquet"
        connection.register("answers", frame)
        connection.execute(f"COPY answers TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


def outcome(content: bytes, form: str = "") -> RawTable | DataError:
    """Read bytes; any error but a DataError of some words goes through."""
    try:
        return read_table(content, "answers.csv", TOLD, form)
    except DataError as error:
        assert str(error).startswith(("answers.csv", "answers"))
        assert "Traceback" not in str(error)
        return error


def damaged(content: bytes, way: str, chance: random.Random) -> bytes:
    """Cut, flip, shuffle or overwrite bytes."""
    made = bytearray(content)
    start = chance.randrange(len(made))
    if way == "cut":
        return bytes(made[:start])
    if way == "flip":
        for _ in range(chance.choice([1, 3, 20])):
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    elif way == "shuffle":
        part = list(made[start : start + 200])
        chance.shuffle(part)
        made[start : start + 200] = bytes(part)
    else:
        made[start : start + 8] = chance.randbytes(8)
    return bytes(made)


CALM = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
LIGHT = [*HEADINGS]
LIGHT += ["gb18030", "utf-16", "gzip", "html"]


def test_whole_files_are_read() -> None:
    for name in files():
        found = outcome(files()[name])
        assert isinstance(found, RawTable), f"{name}: {found}"


@settings(CALM, max_examples=300)
@given(st.sampled_from(LIGHT), st.sampled_from(["cut", "flip", "shuffle", "write"]), st.integers(0, 10**6))
def test_damaged_texts(name: str, way: str, seed: int) -> None:
    outcome(damaged(files()[name], way, random.Random(seed)))


@pytest.mark.parametrize("name", ["kobo", "utf-16", "gzip"])
def test_cut_off_everywhere(name: str) -> None:
    content = files()[name]
    for end in range(0, len(content), max(1, len(content) // 60)):
        outcome(content[:end])


@settings(CALM, max_examples=25)
@given(st.sampled_from(["cut", "flip", "shuffle", "write"]), st.integers(0, 10**6))
def test_damaged_parquet(way: str, seed: int) -> None:
    outcome(damaged(files()["parquet"], way, random.Random(seed)))


def in_this_process(job: str, opened: object, option: str = "") -> object:
    raise DataError("read in another process", "answers.csv")


@settings(CALM, max_examples=60)
@given(st.sampled_from(["cut", "flip", "shuffle", "write"]), st.integers(0, 10**6))
def test_damaged_archives(way: str, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csat.data.readers.workbook.read_apart", in_this_process)
        outcome(damaged(files()["xlsx"], way, random.Random(seed)))


def statistics(seed: int) -> bytes:
    """A small SAV file, damaged so that its reader may crash."""
    import tempfile
    from pathlib import Path

    import pyreadstat

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sav"
        frame = pd.DataFrame({"osat": [1.0, 2.0, None], "区域": ["a", "b", ""]})
        pyreadstat.write_sav(frame, str(path), variable_value_labels={"osat": {1.0: "坏"}})
        return damaged(path.read_bytes(), ["cut", "flip", "write"][seed % 3], random.Random(seed))


@pytest.mark.parametrize("seed", range(6))
def test_damaged_workbooks_and_statistics(seed: int) -> None:
    outcome(statistics(seed))
    outcome(damaged(files()["xlsx"], "flip", random.Random(seed)))


@settings(CALM, max_examples=200)
@given(
    st.sampled_from(sorted(HEADINGS)),
    st.lists(st.lists(st.text(max_size=6) | st.sampled_from(CELLS), max_size=9), max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "cp1252"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_cells_under_known_headings(
    form: str, body: list[list[str]], encoding: str, delimiter: str
) -> None:
    rows = [*rows_of(form, count=0), *body]
    outcome(text_of(rows, delimiter).encode(encoding, errors="replace"))


@settings(CALM, max_examples=150)
@given(
    st.sampled_from(detect.TOOLS),
    st.lists(
        st.lists(st.text(max_size=8) | st.sampled_from([*chain(*HEADINGS.values())]), max_size=6), max_size=5
    ),
)
def test_any_table_as_any_tool(form: str, rows: list[list[str]]) -> None:
    outcome(text_of(rows).encode("utf-8", errors="replace"), form)


@settings(CALM, max_examples=100)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"<table>", b"PAR1"]))
def test_any_bytes(content: bytes, start: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csat.data.readers.workbook.read_apart", in_this_process)
        outcome(start + content)


def test_every_format_as_every_other() -> None:
    for form in FORMATS:
        for name in ("csv", "kobo", "html", "parquet"):
            outcome(files()[name], form)


def test_lies_about_size() -> None:
    """A workbook of one cell in the last row and column would be a rectangle of billions."""
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", 1
    target = io.BytesIO()
    book.save(target)
    assert "spans 1,048,576 rows" in str(outcome(target.getvalue()))


def test_a_reader_that_breaks_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    assert "broke down" in str(outcome(files()["xlsx"]))
