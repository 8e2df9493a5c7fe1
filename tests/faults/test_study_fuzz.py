"""Whatever stands in the files of a study: it loads, or mistakes are named; no traceback reaches a user."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from csat.study import Study, StudyError, load_study
from csat.study.loading import _build
from csat.study.problems import Problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questionnaire_files import QUESTIONS, full_toml, write_full_study
from study_files import ITEMS

FILES = {"study.toml": full_toml(), "items.csv": ITEMS, "questions.csv": QUESTIONS}
CALM = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ['"', "'", "\n", ",", "=", "[", "]]", "{", "}", "\\", "#", "\r", "\t", "\ufeff", "not ", "(", "，",
         "relevant", "selected(", "yes", "[x]\n", "1e9999", "-0", "0x" + "f" * 5000, "9" * 5000, "nan", "inf",
         "1979-05-27", "true", "None", "[" * 200, "\x00", "\u2028", "和", "=cmd|' /C calc'!A0"]
    ),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(["role = buyer", "s1 <= 4", "role", "Sat", "en", "", "single", 10**13, 10**400]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def loads_or_explains(folder: Path) -> None:
    """Load a study; the only error may be one that names every mistake, a line each."""
    try:
        study = load_study(folder)
    except StudyError as error:
        assert error.problems
        assert all(isinstance(p, Problem) and p.wrong for p in error.problems)
        assert "Traceback" not in str(error)
        return
    for version in study.versions or ("",):
        study.questionnaire(version)


@CALM
@given(
    name=st.sampled_from(sorted(FILES)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 25), PIECES), min_size=1, max_size=4),
)
def test_files_with_damage(
    name: str, cuts: list[tuple[float, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_full_study(tmp_path_factory.mktemp("fuzz") / "guests")
    text = FILES[name]
    for place, length, piece in cuts:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    loads_or_explains(folder)


@CALM
@given(name=st.sampled_from(sorted(FILES)), content=st.binary(max_size=300))
def test_files_of_any_bytes(name: str, content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = write_full_study(tmp_path_factory.mktemp("fuzz") / "guests")
    (folder / name).write_bytes(content)
    loads_or_explains(folder)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of every value inside tables and lists."""
    found = [path] if path else []
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        found += places(inner, (*path, key))
    return found


RAW = tomllib.loads(FILES["study.toml"])
PLACES = places(RAW)


@CALM
@given(edits=st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3))
def test_tables_with_any_value(
    edits: list[tuple[tuple[Any, ...], Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_full_study(tmp_path_factory.mktemp("fuzz") / "guests")
    raw = copy.deepcopy(RAW)
    for path, value in edits:
        table: Any = raw
        try:
            for key in path[:-1]:
                table = table[key]
            table[path[-1]] = value
        except (KeyError, TypeError, IndexError):
            continue  # an earlier edit took the place away
    problems: list[Problem] = []
    assert isinstance(_build(folder, raw, problems, []), Study)
    assert all(str(p) for p in problems)


@CALM
@given(
    row=st.integers(1, QUESTIONS.count("\n") - 1),
    column=st.integers(0, 22),
    text=st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["single", "kano", "choice", "yes", "-1", "1e6", "99999999999", "role", "plan", "none"]
        ),
    ),
)
def test_questions_with_any_cell(
    row: int, column: int, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import csv
    import io

    lines = list(csv.reader(io.StringIO(QUESTIONS)))
    lines[row][column] = text
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    folder = write_full_study(tmp_path_factory.mktemp("fuzz") / "guests")
    (folder / "questions.csv").write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
    loads_or_explains(folder)
