"""A run that would publish something personal or secret is refused, and its log does not tell it either."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from csat.data.problems import DataError
from csat.run import cli
from csat.run.errors import RunFailed
from csat.run.notebooks import Notebook
from csat.run.pipeline import RunResult, run_study
from fakes import finish, write_notebook
from study_files import TOML, answers_frame, write_study

BOOKS = (Notebook("one"),)
PHONE, MAIL = "13800138000", "jane.doe@mail.example.com"
SECRET = "correct-horse-battery"
COMMENT = "The man at gate 7 shouted at my mother"


class Case:
    """A study with answers, a notebook, and a month that is published already."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.books, self.reports = folder / "guests", folder / "notebooks", folder / "reports"
        self.frame = answers_frame(120)
        if not self.reports.exists():
            self.study()
            self.notebook("x = 1")
            self.run()
        self.before = self.snapshot()
        assert self.before

    def study(self, toml: str = TOML) -> None:
        write_study(self.folder, toml)
        self.frame.to_csv(self.folder / "answers.csv", index=False)

    def notebook(self, *cells: str) -> None:
        write_notebook(self.books, "one", "# One", *cells, finish("one"))

    def run(self, **options: object) -> RunResult:
        told = {"out": self.reports, "langs": ["en"], "notebooks": BOOKS, "folder": self.books, **options}
        return run_study(self.folder, **told)

    @property
    def wave(self) -> Path:
        return self.reports / "guests" / "2026-10"

    def snapshot(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.wave.rglob("*") if path.is_file()}

    def refused(self, *values: str, **options: object) -> str:
        """Run, expect a refusal that repeats none of the values, and see that no file holds one."""
        with pytest.raises(RunFailed) as caught:
            self.run(**options)
        assert self.snapshot() == self.before
        log = caught.value.log
        assert log is not None and (log / "made" / "one.ipynb").is_file()
        files = [path for path in self.reports.rglob("*") if path.is_file()]
        for value in values:
            assert value not in str(caught.value)
            assert [path for path in files if value.encode() in path.read_bytes()] == []
        assert list(self.reports.rglob("*.parquet")) == [*self.wave.glob("*.parquet")]
        return str(caught.value)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    Case(folder)
    return folder


@pytest.fixture
def case(published_once: Path, tmp_path: Path) -> Case:
    shutil.copytree(published_once, tmp_path, dirs_exist_ok=True)
    return Case(tmp_path)


def test_a_respondents_number_in_a_label(case: Case) -> None:
    case.frame["note"] = np.where(case.frame.index == 3, f"call {PHONE}", "")
    case.study(TOML.replace('en = "Guests"', f'en = "Guests {PHONE}"'))
    told = case.refused(PHONE)
    assert "the privacy gate found" in told and "one.html: privacy:" in told and "a phone number" in told


def test_a_notebook_that_prints_rows(case: Case) -> None:
    case.notebook(
        "from csat.data import load_answers\nfrom csat.study import load_study\n"
        "print(load_answers(load_study(study), wave, data).raw.head())"
    )
    assert "one.ipynb: privacy: cell 4, output: rows of respondents (5 with 6 items)" in case.refused()


def test_a_notebook_that_quotes_a_respondent(case: Case) -> None:
    case.frame["why"] = np.where(case.frame.index == 100, COMMENT, "")
    case.study()
    case.notebook(f"print({COMMENT!r})")
    assert "text that a respondent wrote" in case.refused(COMMENT)


def test_a_segment_that_is_an_address(case: Case) -> None:
    case.frame["site"] = np.where(case.frame["site"] == 1, MAIL, "2")
    case.study(TOML.partition("[segments.site.values]")[0])
    assert "an e-mail address, ja…om" in case.refused(MAIL, segment=f"site={MAIL}")


def test_a_secret_of_the_machine(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DB_PASSWORD", SECRET)
    case.notebook("import os\nprint(os.environ['SURVEY_DB_PASSWORD'])")
    assert "environment variable SURVEY_DB_PASSWORD" in case.refused(SECRET)


def test_the_log_of_a_failure_tells_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracebacks show cells and addresses of databases; what is kept and shown of them is scrubbed."""
    monkeypatch.setenv("SURVEY_DB_URL", f"postgresql://me:{SECRET}@db.example.org/x")
    case.frame["why"] = np.where(case.frame.index == 100, COMMENT, "")
    case.study()
    case.notebook(
        f"print({MAIL!r})",
        "import os\nwhere = os.environ['SURVEY_DB_URL']",
        f"raise ValueError(f'{{where}} refused 13800138000: {COMMENT}')",
    )
    told = case.refused(SECRET, PHONE, MAIL, COMMENT)
    assert "ValueError: [SURVEY_DB_URL] refused [phone]: [answer]" in told


def test_the_command_ends_with_one(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from csat.run import pipeline

    case.notebook(f"print('{PHONE}')")

    def run(study: str, *arguments: object, **options: object) -> RunResult:
        return run_study(case.folder, out=case.reports, notebooks=BOOKS, folder=case.books, langs=["en"])

    monkeypatch.setattr(pipeline, "run_study", run)
    monkeypatch.setattr(sys, "argv", ["csat", "run", str(case.folder)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert case.snapshot() == case.before


def test_a_segment_that_leaves_a_few_is_not_published(case: Case) -> None:
    wave = case.frame.index[case.frame["month"] == "2026-10"]
    case.frame["site"] = "1"
    case.frame.loc[wave[:9], "site"] = "2"
    case.study()
    with pytest.raises(DataError, match=r"everyone less site=1 is 9 respondents, fewer than 10"):
        case.run(segment="site=1")
    case.frame.loc[wave[:25], "site"] = "2"
    case.frame.loc[wave[:5], "site"] = ""
    case.study()
    assert case.run(segment="site=1").n == len(wave) - 25
    with pytest.raises(DataError, match=r"everyone less site=1 and site=2 is 5 respondents"):
        case.run(segment="site=2")
