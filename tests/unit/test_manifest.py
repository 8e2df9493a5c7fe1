"""The run key and the manifest: whatever goes in counts, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from csat.run import manifest
from csat.run.errors import RunFailed
from csat.run.metrics import COLUMNS, read_metrics, same_in_all, write_metrics
from csat.run.notebooks import SUITE, Notebook
from csat.run.plan import Plan, make_plan
from fakes import write_notebook
from study_files import TOML, answers_frame, write_answers, write_study

ROWS = [("s", "2005", "", "n", "alpha", "Image", "0.7123456789012345", "", "0.8", "250.0", "raw, Feldt")]


def test_the_key_knows_no_order_but_every_value() -> None:
    assert manifest.run_key({"a": 1, "b": [1, 2]}) == manifest.run_key({"b": [1, 2], "a": 1})
    assert manifest.run_key({"a": 1}) != manifest.run_key({"a": "1"})
    assert manifest.run_key({"langs": ["en", "zh"]}) != manifest.run_key({"langs": ["zh", "en"]})


def test_a_folder_is_intact_only_if_every_file_is(tmp_path: Path) -> None:
    assert not manifest.intact(tmp_path, "k")
    (tmp_path / "index.html").write_text("one")
    manifest.write_manifest(tmp_path, {"key": "k"})
    assert manifest.intact(tmp_path, "k")
    assert not manifest.intact(tmp_path, "other")
    (tmp_path / "index.html").write_text("two")
    assert not manifest.intact(tmp_path, "k")
    (tmp_path / "index.html").unlink()
    assert not manifest.intact(tmp_path, "k")
    (tmp_path / manifest.MANIFEST).write_text("{broken")
    assert not manifest.intact(tmp_path, "k")


def test_the_library_is_hashed_without_what_python_leaves_behind() -> None:
    home, files = manifest.library_files()
    names = {path.relative_to(home).as_posix() for path in files}
    assert {
        "__init__.py",
        "run/manifest.py",
        "report/template/style.css",
        "report/locale/zh/common.toml",
    } <= names
    assert not any(name.endswith(".pyc") for name in names)


def test_outside_of_git_there_is_no_commit(tmp_path: Path) -> None:
    assert manifest.commit(tmp_path) == {}


def test_metrics_keep_every_digit(tmp_path: Path) -> None:
    write_metrics(ROWS, tmp_path)
    text = (tmp_path / "metrics.csv").read_text()
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert '0.7123456789012345,,0.8,250.0,"raw, Feldt"' in text
    frame = duckdb.read_parquet(str(tmp_path / "metrics.parquet"))
    assert frame.columns == list(COLUMNS)
    found = duckdb.sql("select wave, segment, estimate, ci_low, n, method from frame").fetchall()
    assert found == [("2005", "", 0.7123456789012345, None, 250.0, "raw, Feldt")]


def test_metrics_are_read_with_their_extra_columns_left_out(tmp_path: Path) -> None:
    (tmp_path / "n.metrics.csv").write_text(
        ",".join([*COLUMNS, "flag"]) + '\ns,1,,n,alpha,"a,b",0.5,,,10,m,weak\n'
    )
    assert read_metrics(tmp_path, ["n"]) == [("s", "1", "", "n", "alpha", "a,b", "0.5", "", "", "10", "m")]


def test_languages_must_have_the_same_numbers() -> None:
    assert same_in_all({"en": ROWS, "zh": list(ROWS)}) == ROWS
    with pytest.raises(RunFailed, match="1 numbers in en, 0 in zh"):
        same_in_all({"en": ROWS, "zh": []})


@pytest.fixture
def plan(root: Path, tmp_path: Path):
    """Make a plan with some things changed."""
    for book in ("a", "b"):
        write_notebook(tmp_path / "notebooks", book)

    def make(**changed: object) -> Plan:
        told: dict[str, object] = {
            "study": "mobile_ecsi",
            "wave": "",
            "langs": (),
            "data": "",
            "segment": "",
            "out": tmp_path / "reports",
            "settings": (),
            "notebooks": (Notebook("a"), Notebook("b")),
            "folder": tmp_path / "notebooks",
            "root": root,
        }
        return make_plan(**{**told, **changed})

    return make


def test_the_same_run_has_the_same_key_and_another_has_another(plan, tmp_path: Path) -> None:
    first = plan()
    assert plan().key == first.key == plan(wave="2005", langs=("zh", "en")).key
    assert plan(out=tmp_path / "elsewhere").key == first.key
    data = tmp_path / "answers.csv"
    from csat.data import find_source

    data.write_bytes(find_source(first.study, "2005").content)
    keys = {
        first.key,
        plan(langs=("en",)).key,
        plan(settings=["replicates=20"]).key,
        plan(study="corporate_reputation").key,
    }
    notebook = tmp_path / "notebooks" / "a.ipynb"
    notebook.write_text(notebook.read_text() + " ")
    keys.add(plan().key)
    copied = plan(data=data)
    keys.add(copied.key)
    assert len(keys) == 6
    data.write_text(data.read_text() + data.read_text().splitlines()[1] + "\n")
    assert plan(data=data).key != copied.key


def test_another_sample_is_another_run(plan, tmp_path: Path) -> None:
    toml = TOML + '\n[sample]\npath = "sample.csv"\ncolumn = "result"\n'
    folder = write_answers(write_study(tmp_path / "guests", toml)).parent
    (folder / "sample.csv").write_text("result\ncomplete\n")
    first = plan(study=folder).key
    (folder / "sample.csv").write_text("result\nrefusal\n")
    assert plan(study=folder).key != first


def test_answers_are_found_from_any_folder(plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, beside the study, or in the project; and the notebooks get a path that holds everywhere."""
    folder = write_answers(write_study(tmp_path / "guests")).parent
    for month in ("2026-09", "2026-10"):
        write_answers(folder, answers_frame(), f"month-{month}.csv")
    monkeypatch.chdir(tmp_path)
    for told in ("answers.csv", "guests/answers.csv", folder / "answers.csv"):
        made = plan(study=folder, data=told)
        assert made.arguments["data"] == str(folder / "answers.csv")
        assert (made.wave, made.shown["data"]) == ("2026-10", "answers.csv")
    made = plan(study=folder, data="guests/month-{wave}.csv")
    assert (made.wave, made.arguments["data"]) == ("2026-10", str(folder / "month-2026-10.csv"))


def test_a_plan_tells_each_notebook_what_it_declares(plan, tmp_path: Path) -> None:
    made = plan(settings=["replicates=20"], data="")
    told = made.parameters(Notebook("a"), "zh", tmp_path)
    assert told == {
        "study": "mobile_ecsi",
        "wave": "2005",
        "data": "",
        "segment": "",
        "lang": "zh",
        "out": str(tmp_path),
        "replicates": 20,
    }
    assert "out" not in made.shown_parameters(Notebook("a"), "zh")


def test_the_suite_declares_the_same_parameters_to_papermill(root: Path) -> None:
    """Papermill reads the cell line by line; a second = in a line would hide a parameter from it."""
    import papermill
    from csat.run.parameters import read_parameters

    for book in SUITE:
        path = root / "notebooks" / f"{book.name}.ipynb"
        seen = papermill.inspect_notebook(str(path))
        assert list(seen) == list(read_parameters(path)), book.name
        assert all(one["inferred_type_name"] != "None" and one["help"] for one in seen.values()), book.name


def test_the_manifest_is_json_that_a_person_can_read(tmp_path: Path) -> None:
    manifest.write_manifest(tmp_path, {"key": "k", "study": "满意"})
    text = (tmp_path / manifest.MANIFEST).read_text(encoding="utf-8")
    assert "满意" in text and json.loads(text)["files"] == {}
