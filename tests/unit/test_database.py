"""Answers in databases: an SQLite file, and a real PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import postgres
import pytest
from csat.data import DataError, find_source, latest_wave, load_answers
from csat.data.sources.database import read_database
from csat.data.sources.find import Source, read_source
from csat.study import StudyError, load_study
from csat.study.definition import DataSource
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from study_files import TOML, answers_frame, write_study

VARIABLE = "CSAT_TEST_URL"
FROM_FILE = 'path = "answers.csv"\nwave_column = "month"'
BY_QUERY = f'url_env = "{VARIABLE}"\nquery = "SELECT * FROM answers WHERE month = :wave ORDER BY guest"'
BY_TABLE = f'url_env = "{VARIABLE}"\ntable = "answers"\nwave_column = "month"'


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    folder = postgres.programs()
    if folder is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs PostgreSQL: see .ci/run")
        pytest.skip("needs PostgreSQL (initdb and pg_ctl)")
    with postgres.server(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of a database with the table `answers`, in the environment."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path / 'answers.db'}"
        write_table(found)
    else:
        found = request.getfixturevalue("server")
        write_table(found.replace("postgresql:", "postgresql+psycopg:"))
    monkeypatch.setenv(VARIABLE, found)
    return str(found)


def write_table(url: str) -> None:
    """Write the answers of the tests as a table with a primary key, the rows in disorder."""
    engine = create_engine(url)
    frame = answers_frame()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS answers"))
        columns = ", ".join(f"{c} integer" for c in frame if c not in ("guest", "month"))
        connection.execute(text(f"CREATE TABLE answers (guest text PRIMARY KEY, month text, {columns})"))
        frame.sample(frac=1, random_state=1).to_sql("answers", connection, if_exists="append", index=False)
    engine.dispose()


def source(**told: str) -> DataSource:
    return DataSource(kind="database", url_env=VARIABLE, **told)


@pytest.mark.parametrize("data", [BY_QUERY, BY_TABLE])
def test_same_answers_as_from_a_file(data: str, url: str, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests", TOML.replace(FROM_FILE, data))
    answers = load_answers(load_study(folder), "2026-10")
    frame = answers_frame()
    expected = frame[frame["month"] == "2026-10"]
    assert answers.n == 40
    items = list(answers.raw)
    pd.testing.assert_frame_equal(answers.raw, expected[items].reset_index(drop=True).astype(float))
    assert answers.source.startswith(f"database named by {VARIABLE}, ")
    assert len(answers.sha256) == 64


def test_latest_wave(url: str, tmp_path: Path) -> None:
    for data in (BY_QUERY, BY_TABLE):
        study = load_study(write_study(tmp_path / "guests", TOML.replace(FROM_FILE, data)))
        assert latest_wave(study) == "2026-10"
    undeclared = TOML.replace(FROM_FILE, BY_TABLE).replace('[[waves]]\nid = "2026-10"', "")
    undeclared = 'wave_naming = "month"\n' + undeclared
    assert latest_wave(load_study(write_study(tmp_path / "open", undeclared))) == "2026-10"


def test_a_named_file_takes_the_place_of_the_database(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "guests", TOML.replace(FROM_FILE, BY_TABLE)))
    path = tmp_path / "other.csv"
    answers_frame().to_csv(path, index=False)
    assert load_answers(study, "2026-10", data=path).n == 40


def test_nothing_can_be_written(url: str) -> None:
    for statement in (
        "WITH gone AS (DELETE FROM answers RETURNING *) SELECT * FROM gone",
        "DELETE FROM answers",
    ):
        with pytest.raises(DataError):
            read_database(source(query=statement))
    assert len(read_database(source(table="answers")).cells) == 60


def test_hash_depends_on_cells_and_order_alone(url: str) -> None:
    whole = read_database(source(table="answers"))
    query = "SELECT * FROM answers ORDER BY guest"
    assert read_database(source(query=query + ";")).sha256 == whole.sha256
    assert read_database(source(query=query + " DESC")).sha256 != whole.sha256
    assert whole.format == "sql"
    assert list(whole.cells.index) == list(range(1, 61))
    assert whole.notes == ()


def test_values_of_many_types(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, server)
    query = (
        "SELECT 3::numeric(5,2) AS a, 2.50::numeric AS b, NULL::int AS c, true AS d, 'NaN'::float8 AS e, "
        "timestamp '2026-10-14 09:30' AS f, date '2026-10-14' AS g, ARRAY['x','y'] AS h, '  中文 ' AS i, "
        "'{\"k\": 1}'::jsonb AS j, interval '90 seconds' AS k, 1e20::float8 AS l, '10:30 :noon 50%' AS m, "
        "1 AS a"
    )
    table = read_database(source(query=query))
    assert table.doubled == ("a",)
    assert table.cells.iloc[0].to_dict() == {
        "a": "3", "b": "2.50", "c": "", "d": "1", "e": "", "f": "2026-10-14 09:30:00", "g": "2026-10-14",
        "h": "x;y", "i": "中文", "j": '{"k": 1}', "k": "90", "l": "1e+20", "m": "10:30 :noon 50%",
    }  # fmt: skip


def test_table_in_a_schema_and_a_view(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, server)
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS field CASCADE"))
        connection.execute(text("CREATE SCHEMA field"))
        connection.execute(text('CREATE TABLE field."Odd name" (x int)'))
        connection.execute(text('INSERT INTO field."Odd name" VALUES (7)'))
        connection.execute(text('CREATE VIEW field.seen AS SELECT x + 1 AS x FROM field."Odd name"'))
    engine.dispose()
    table = read_database(source(table="field.Odd name"))
    assert list(table.cells["x"]) == ["7"]
    assert "no primary key" in table.notes[0]
    assert list(read_database(source(table="field.seen")).cells["x"]) == ["8"]


def shown(error: BaseException) -> str:
    """Everything that a traceback of an error would print, and its pickled state."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return "".join(lines) + repr(error.__reduce__()) + repr(error.__cause__) + repr(error.__context__)


SECRETS = ("hiddenuser", "hiddenpass", "hiddenhost", "hiddendb", "127.0.0.1", "hiddenoption")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hiddenuser:hiddenpass@hiddenhost.invalid:5432/hiddendb",
        "postgresql://hiddenuser:hiddenpass@127.0.0.1:1/hiddendb?application_name=hiddenoption",
        "nodialect://hiddenuser:hiddenpass@hiddenhost/hiddendb",
        "mysql+nodriver://hiddenuser:hiddenpass@hiddenhost/hiddendb",
        "mysql://hiddenuser:hiddenpass@hiddenhost/hiddendb",
        "hiddenuser:hiddenpass@hiddenhost",
        "postgresql://hiddenuser:hiddenpass@hiddenhost:port/hiddendb",
        "sqlite:////hiddenhost/hiddendb.sqlite",
    ],
)
def test_url_is_never_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    for told in ({"table": "answers"}, {"query": "SELECT 1"}):
        with pytest.raises(DataError) as caught:
            read_database(source(**told))
        assert VARIABLE in str(caught.value)
        assert not [s for s in SECRETS if s in shown(caught.value)]


def test_server_does_not_tell_either(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = server.replace("survey@", "hiddenuser:hiddenpass@")
    for url in (secret, server.replace("/postgres", "/hiddendb")):
        monkeypatch.setenv(VARIABLE, url)
        with pytest.raises(DataError, match="cannot be reached") as caught:
            read_database(source(query="SELECT 1"))
        assert not [s for s in SECRETS if s in shown(caught.value)]
    monkeypatch.setenv(VARIABLE, server)
    query = "SELECT CAST(current_user || inet_server_addr()::text || inet_server_port()::text AS integer)"
    with pytest.raises(DataError) as caught:
        read_database(source(query=query))
    assert "127.0.0.1" not in shown(caught.value)


def test_what_is_wrong_with_a_query(url: str) -> None:
    with pytest.raises(DataError, match=r"answrs|relation") as caught:
        read_database(source(query="SELECT * FROM answrs"))
    assert "cannot answer" in str(caught.value)
    with pytest.raises(DataError, match=r'no table "answrs".*did you mean "answers"'):
        read_database(source(table="answrs"))
    with pytest.raises(DataError, match="gives no rows"):
        read_database(source(query="SELECT * FROM answers WHERE month = :wave"), "1999-01")


def test_missing_variable_and_missing_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(DataError, match=f"{VARIABLE} is not set"):
        read_database(source(table="answers"))
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(DataError, match=r'pip install "csat\[sql\]"'):
        read_database(source(table="answers"))


def test_no_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'absent.db'}")
    with pytest.raises(DataError, match="does not exist"):
        read_database(source(table="answers"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ('url_env = "postgresql://u:hiddenpass@h/d"\ntable = "a"', "not the name of an environment variable"),
        (f'url_env = "{VARIABLE}"', "neither a query nor a table"),
        (f'url_env = "{VARIABLE}"\ntable = "a"\nquery = "SELECT 1"', "both a query and a table"),
        (f'url_env = "{VARIABLE}"\ntable = "a"\npath = "a.csv"', "both a database and a path"),
        ('table = "a"', "no database"),
        (f'url_env = "{VARIABLE}"\nquery = "DROP TABLE answers"', "not one SELECT"),
        (f'url_env = "{VARIABLE}"\nquery = "SELECT 1; DROP TABLE answers"', "not one SELECT"),
    ],
)
def test_study_side(data: str, wrong: str, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests", TOML.replace(FROM_FILE, data))
    with pytest.raises(StudyError, match=wrong) as caught:
        load_study(folder)
    assert "hiddenpass" not in str(caught.value)


def test_semicolon_in_a_text_is_no_second_statement(tmp_path: Path) -> None:
    query = "-- all; of it\\nSELECT * FROM a WHERE x <> ';' ;"
    data = f'url_env = "{VARIABLE}"\nquery = "{query}"'
    study = load_study(write_study(tmp_path / "guests", TOML.replace(FROM_FILE, data)))
    assert study.data.kind == "database"
    assert find_source(replace(study, waves=()), "").origin == f"database named by {VARIABLE}, query"


CELL = (
    st.none() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8", exclude_characters="\0"))
)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20))
def test_cells_come_as_they_are(rows: list[tuple[object, object]]) -> None:
    uri = "file:cells?mode=memory&cache=shared"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"sqlite:///{uri}&uri=true")
        connection = sqlite3.connect(uri, uri=True)
        try:
            connection.execute("DROP TABLE IF EXISTS cells")
            connection.execute("CREATE TABLE cells (a, b)")
            connection.executemany("INSERT INTO cells VALUES (?, ?)", rows)
            connection.commit()
            table = read_database(source(table="cells"))
        finally:
            connection.close()
    expected = [["" if v is None else str(v).strip() for v in row] for row in rows]
    assert table.cells.to_numpy().tolist() == expected


def test_many_rows_come_in_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE big (id INTEGER PRIMARY KEY, x TEXT)")
        connection.executemany("INSERT INTO big VALUES (?, ?)", ((i, f"v{i}") for i in range(25_001)))
    connection.close()
    monkeypatch.setenv(VARIABLE, f"sqlite:///{path}")
    there = Source(b"", "", "", source(table="big"))
    cells = read_source(there).cells
    assert len(cells) == 25_001
    assert cells.iloc[-1].tolist() == ["25000", "v25000"]
