"""Parameters of notebooks: read from the cell, typed by it, and nothing else let through."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.run.errors import ParameterError
from csat.run.notebooks import SUITE, Notebook, chains, merged, parameters_of
from csat.run.parameters import Parameter, check_values, convert, parse_settings, read_parameters
from fakes import PARAMETERS, write_notebook

CELL = (
    PARAMETERS
    + """\
missing: Literal["pairwise", "listwise"] = "pairwise"  # how missing answers are treated
level: float = 0.95
strict: bool = False
month: str = ""  # a text even if it looks like a number
"""
)


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Parameter]:
    return read_parameters(write_notebook(tmp_path, "nb", parameters=CELL))


def test_types_defaults_and_comments_are_read(known: dict[str, Parameter]) -> None:
    assert known["replicates"] == Parameter("replicates", "int", 10, (), "bootstrap replicates; = speed")
    assert known["missing"].choices == ("pairwise", "listwise")
    assert [known[name].type for name in ("level", "strict", "month")] == ["float", "bool", "str"]


def test_values_take_the_declared_type_and_are_never_guessed(known: dict[str, Parameter]) -> None:
    texts = ["replicates=200", "level=.9", "strict=yes", "month=202602", "missing=listwise"]
    assert parse_settings(texts, known) == {
        "replicates": 200,
        "level": 0.9,
        "strict": True,
        "month": "202602",
        "missing": "listwise",
    }
    assert parse_settings(["month=NO"], known) == {"month": "NO"}
    assert parse_settings(["month=a=b"], known) == {"month": "a=b"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("replicats=200", "did you mean replicates?"),
        ("replicates=many", "'many' is not a whole number"),
        ("replicates=2.5", "'2.5' is not a whole number"),
        ("level=high", "'high' is not a number"),
        ("strict=maybe", "'maybe' is not true or false"),
        ("missing=sometimes", "'sometimes' is not one of 'pairwise', 'listwise'"),
        ("wave=2005", "use the option --wave"),
        ("study=x", "give STUDY as the argument"),
        ("replicates", "write it as name=value"),
    ],
)
def test_a_mistake_is_an_error_that_says_what_is_allowed(
    known: dict[str, Parameter], text: str, told: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_settings([text], known)
    assert told in str(caught.value)
    assert "replicates: int = 10" in str(caught.value)


def test_all_mistakes_are_listed_at_once(known: dict[str, Parameter]) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_settings(["replicates=x", "levl=1", "strict=true", "strict=false"], known)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()[:3]] == [
        "--set replicates",
        "--set levl",
        "--set strict",
    ]


def test_values_of_a_program_are_checked_too(known: dict[str, Parameter]) -> None:
    assert check_values({"replicates": 50, "level": 1}, known) == {"replicates": 50, "level": 1.0}
    for wrong in ({"replicates": "5"}, {"replicates": True}, {"strict": 1}, {"month": 202602}, {"out": "x"}):
        with pytest.raises(ParameterError):
            check_values(wrong, known)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("a: int", "no default"),
        ("a: int = f()", "malformed"),
        ("for a in b: pass", "only"),
        ("a = (", "never"),
    ],
)
def test_a_parameter_cell_that_computes_is_refused(tmp_path: Path, cell: str, told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        read_parameters(write_notebook(tmp_path, "nb", parameters=cell))


def test_a_notebook_without_parameters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    path.write_text('{"cells": []}')
    with pytest.raises(ParameterError, match="no cell tagged"):
        read_parameters(path)
    path.write_text("not a notebook")
    with pytest.raises(ParameterError, match="cannot be read"):
        read_parameters(path)


def test_two_notebooks_must_agree_on_a_type(tmp_path: Path) -> None:
    write_notebook(tmp_path, "a", parameters="seed: int = 1")
    write_notebook(tmp_path, "b", parameters="seed: str = '1'\nother: int = 2")
    with pytest.raises(ParameterError, match="seed: int in a, str in b"):
        parameters_of([Notebook("a"), Notebook("b")], tmp_path)
    write_notebook(tmp_path, "b", parameters="seed: int = 1\nother: int = 2")
    assert list(merged(parameters_of([Notebook("a"), Notebook("b")], tmp_path))) == ["seed", "other"]


def test_convert_reads_one_text() -> None:
    assert convert(" 7 ", Parameter("n", "int", 0)) == 7
    assert convert("Off", Parameter("b", "bool", True)) is False


def test_chains_share_the_work() -> None:
    def names(langs: tuple[str, ...], workers: int) -> list[str]:
        return ["".join(f"{b.name[1]}{lang[0]}" for b, lang in c) for c in chains(SUITE, langs, workers)]

    assert names(("en", "zh"), 2) == ["1e2e3e", "1z2z3z"]
    assert names(("en",), 2) == ["2e3e", "1e"]
    assert names(("en",), 1) == ["1e2e3e"]
