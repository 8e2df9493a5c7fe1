"""The command line: help with examples, messages without tracebacks, exit codes that mean something."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from csat.data import DataError
from csat.run import checking, cli, pipeline
from csat.run.checking import Remark
from csat.run.errors import RunBusy, RunFailed
from csat.run.executor import Event, Outcome
from csat.run.pipeline import RunResult
from csat.run.progress import Progress
from csat.run.status import Failure

Call = Callable[..., Result]


@pytest.fixture
def csat() -> Call:
    return lambda *arguments: CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["run", "check", "list"])
def test_every_command_has_help_with_examples(csat: Call, command: str) -> None:
    shown = csat(command, "--help")
    assert shown.exit_code == 0
    assert f"  csat {command}" in shown.output.split("Example")[1]


def test_the_command_line_starts_at_once() -> None:
    def seconds() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "csat.run.cli", "--help"], check=True, capture_output=True)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.3


def test_list_names_the_studies(csat: Call) -> None:
    shown = csat("list")
    assert shown.exit_code == 0
    assert "mobile_ecsi" in shown.output and "en+zh" in shown.output


def test_list_goes_on_after_a_broken_study(
    csat: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    monkeypatch.setenv("CSAT_ROOT", str(tmp_path))
    assert "no studies" in csat("list").output
    (tmp_path / "studies" / "broken").mkdir(parents=True)
    (tmp_path / "studies" / "broken" / "study.toml").write_text("title = 5")
    (tmp_path / "studies" / "mobile_ecsi").symlink_to(root / "studies" / "mobile_ecsi")
    shown = csat("list")
    assert shown.exit_code == 0
    assert "has mistakes: csat check broken" in shown.output and "en+zh" in shown.output


def test_check_says_what_was_found(csat: Call) -> None:
    shown = csat("check", "mobile_ecsi")
    assert shown.exit_code == 0
    assert "24 items, 7 constructs" in shown.output and "250 respondents" in shown.output


def test_check_groups_by_severity_and_fails_on_what_is_asked_for(csat: Call) -> None:
    shown = csat("check", "service_loyalty")
    assert shown.exit_code == 0
    assert "version core: 45 questions" in shown.output and "concepts: 145 of 145 asked" in shown.output
    assert shown.output.index("warnings: ") < shown.output.index("notes: ")
    assert csat("check", "mobile_ecsi", "--strict").exit_code == 1


def test_an_error_that_is_not_acknowledged_fails_a_check(csat: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(study: object) -> tuple[Remark, ...]:
        return (Remark("error", "wording", "negated", "Q1", "says not", acknowledged),)

    monkeypatch.setattr(checking, "remarks", found)
    acknowledged = ""
    shown = csat("check", "mobile_ecsi")
    assert shown.exit_code == 1 and "errors: 1" in shown.output
    acknowledged = "meant so"
    shown = csat("check", "mobile_ecsi", "--strict")
    assert shown.exit_code == 0 and "errors: 0, 1 acknowledged" in shown.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "mobile_ecsy"], "mobile_ecsi"),
        (["check", "../mobile_ecsi"], "neither the name of a study nor a folder"),
        (["check", "mobile_ecsi", "--wave", "1999-13"], "1999-13"),
        (["check", "mobile_ecsi", "--data", "no/such/file.csv"], "file.csv"),
        (["run", "mobile_ecsi", "--lang", "fr"], 'no language "fr"'),
        (["run", "mobile_ecsi", "--set", "replicats=5"], "did you mean replicates?"),
        (["run", "mobile_ecsi", "--set", "replicates=3"], "3 is not from 100 to 1000000"),
        (["run", "mobile_ecsi", "--set", "replicates=-5"], "-5 is not from 100"),
        (["run", "mobile_ecsi", "--set", "missing=foo"], "'pairwise', 'listwise', 'em'"),
        (["run", "mobile_ecsi", "--set", "interval=x"], "'percentile', 'bca'"),
        (["run", "mobile_ecsi", "--set", "off_scale=x"], "'error', 'missing'"),
        (["run", "mobile_ecsi", "--wave", ""], "is empty"),
        (["check", "mobile_ecsi", "--wave", " "], "is empty"),
        (["check", "mobile_ecsi", "--data", "studies"], "is a folder"),
        (["run", "mobile_ecsi", "--segment", "region=North"], "region"),
        (["run"], "Missing argument 'STUDY'"),
        (["run", "mobile_ecsi", "--waves", "2005"], "--wave"),
    ],
)
def test_wrong_input_gets_a_message_and_code_2(
    csat: Call, tmp_path: Path, arguments: list[str], told: str
) -> None:
    out = ["--out", str(tmp_path / "reports")] if arguments[0] == "run" else []
    shown = csat(*arguments, *out)
    assert shown.exit_code == 2
    assert told in shown.output and "Traceback" not in shown.output
    assert not (tmp_path / "reports").exists()


def test_reports_cannot_go_into_a_file(csat: Call, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    for out in ("taken", "taken/reports"):
        shown = csat("run", "mobile_ecsi", "--out", tmp_path / out)
        assert shown.exit_code == 2
        assert "--out:" in shown.output and "is a file" in shown.output and "Errno" not in shown.output


def test_help_lists_the_parameters(csat: Call) -> None:
    shown = csat("run", "--help").output
    assert "missing: pairwise | listwise | em = 'pairwise'" in shown
    assert "replicates: int = 5000, 100 to 1000000" in shown


def result(**changed: object) -> RunResult:
    told: dict[str, object] = {
        "study": "s",
        "wave": "2005",
        "segment": "",
        "folder": Path("/r/s/2005"),
        "key": "k",
        "n": 250,
        "skipped": False,
        "seconds": 12.3,
        "warnings": ("alpha is weak",),
    }
    return RunResult(**{**told, **changed})


def test_a_run_prints_the_page_to_open_on_stdout(csat: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def run_study(study: str, **options: object) -> RunResult:
        given.update(options, study=study)
        return result()

    monkeypatch.setattr(pipeline, "run_study", run_study)
    shown = csat(
        "run", "s", "--lang", "en", "--lang", "zh", "--set", "a=1", "--set", "b=2", "--wave", "202602"
    )
    assert shown.exit_code == 0
    assert shown.stdout == "/r/s/2005/index.html\n"
    assert "published in 12.3 s (n = 250)" in shown.stderr and "alpha is weak" in shown.stderr
    assert (given["langs"], given["settings"], given["wave"]) == (("en", "zh"), ("a=1", "b=2"), "202602")
    monkeypatch.setattr(pipeline, "run_study", lambda study, **options: result(skipped=True))
    assert "unchanged" in csat("run", "s").stderr


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (
            RunFailed("cell 3: boom", Path("/r/.failed/x")),
            1,
            "failed: cell 3: boom\nnothing was published; log: /r/.failed/x",
        ),
        (RunBusy("is being made"), 1, "is being made"),
        (DataError("row 3 is wrong", "s"), 2, "row 3 is wrong"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_exit_codes(
    csat: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    def fail(study: str, **options: object) -> RunResult:
        raise error

    monkeypatch.setattr(pipeline, "run_study", fail)
    shown = csat("run", "s")
    assert shown.exit_code == code
    assert told in shown.stderr and shown.stdout == "" and "Traceback" not in shown.output


def test_a_message_quotes_no_personal_data(csat: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(study: str, **options: object) -> RunResult:
        raise DataError('column s1 holds "call 13800138000"')

    monkeypatch.setattr(pipeline, "run_study", fail)
    shown = csat("run", "s")
    assert shown.exit_code == 2 and 'holds "call [phone]"' in shown.stderr


def test_a_study_is_checked_before_its_answers_are_there(csat: Call, tmp_path: Path, root: Path) -> None:
    folder = tmp_path / "airport"
    folder.mkdir()
    for name in ("study.toml", "items.csv", "questions.csv"):
        (folder / name).write_bytes((root / "studies" / "airport" / name).read_bytes())
    shown = csat("check", folder)
    assert shown.exit_code == 0, shown.output
    assert 'no answers: there is no data file "data/2017.csv.gz"' in shown.output
    assert "csat ingest STUDY FILE --wave 2017" in shown.output and "warnings: " in shown.output
    for arguments in (["--wave", "1999"], ["--data", "none.csv"]):
        shown = csat("check", folder, *arguments)
        assert shown.exit_code == 2 and "there is no data file" in shown.output
    shown = csat("run", folder, "--wave", "2016")
    assert shown.exit_code == 2 and "csat ingest STUDY FILE --wave 2016" in shown.output


class Stream:
    """Text stream that may be a terminal."""

    def __init__(self, live: bool) -> None:
        self.live, self.text = live, ""

    def isatty(self) -> bool:
        return self.live

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def told(stream: Stream) -> str:
    progress = Progress(stream)  # type: ignore[arg-type]
    progress(Event("02", "en", 1, 30))
    progress(Event("02", "en", 2, 30))
    progress(Event("02", "en", outcome=Outcome("02", "en", 8.25)))
    progress(Event("03", "en", 1, 20))
    progress(Event("03", "en", outcome=Outcome("03", "en", 1.0, Failure("03", "en", "exception", "boom"))))
    progress.close()
    return stream.text


def test_progress_is_plain_lines_in_a_log() -> None:
    assert told(Stream(live=False)).splitlines() == [
        "  02 [en] started, 30 cells",
        "  02 [en] done in 8.2 s",
        "  03 [en] started, 20 cells",
        "  03 [en] failed in 1.0 s",
    ]


def test_progress_is_one_live_line_on_a_terminal() -> None:
    text = told(Stream(live=True))
    assert "02 [en] 2/30" in text
    assert text.count("\n") == 2 and text.endswith("\r\x1b[K")
