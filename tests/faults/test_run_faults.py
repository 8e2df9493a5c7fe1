"""A run that goes wrong: nothing is published, the published wave stays, the log and the message tell all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from csat.run import metrics, publish
from csat.run.errors import ParameterError, RunBusy, RunFailed
from csat.run.notebooks import Notebook
from csat.run.pipeline import RunResult, run_study
from fakes import finish, write_notebook
from study_files import TOML, answers_frame, write_study

BOOKS = (Notebook("one"), Notebook("two", after="one"))
TELL = "import os, pathlib\npathlib.Path('{pids}').write_text(f'{{os.getpid()}} {{os.getppid()}}')"
GOOD = ("# First part", "x = 1", finish("one"))


class Suite:
    """Two small notebooks and a reports root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reports = folder / "notebooks", folder / "reports"
        self.write("one", *GOOD)
        self.write("two", "# Second part", "x = 1", finish("two"))

    def write(self, name: str, *cells: str) -> None:
        write_notebook(self.folder, name, *cells)

    def run(self, **options: object) -> RunResult:
        told = {"out": self.reports, "langs": ["en"], "notebooks": BOOKS, "folder": self.folder, **options}
        return run_study("mobile_ecsi", **told)

    @property
    def wave(self) -> Path:
        return self.reports / "mobile_ecsi" / "2005"

    def snapshot(self) -> dict[str, bytes]:
        files = (path for path in self.wave.rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in files}

    def fails(self, **options: object) -> RunFailed:
        """Run, expect a failure, and see that nothing else has changed."""
        before = self.snapshot()
        with pytest.raises(RunFailed) as caught:
            self.run(**options)
        assert self.snapshot() == before
        assert not list((self.reports / ".staging").glob("*/*"))
        assert not list(self.wave.parent.glob(".previous*"))
        error = caught.value
        assert error.log is not None and error.log.is_relative_to(
            self.reports / ".failed" / "mobile_ecsi" / "2005"
        )
        assert (error.log / "error.txt").read_text().strip() == str(error)
        return error


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    suite = Suite(tmp_path_factory.mktemp("suite"))
    suite.run()
    return suite


@pytest.mark.parametrize(
    ("cell", "causes"),
    [
        ("1 / 0", ["`1 / 0`", "ZeroDivisionError: division by zero"]),
        ("import sys\nsys.exit(0)", ["`import sys`", "sys.exit(0)"]),
        ("import os\nos.kill(os.getpid(), 9)", ["`import os`", "kernel died"]),
        ("import time\ntime.sleep(60)", ["`import time`", "took longer"]),
        ("import os\nos.kill(os.getppid(), 9)", ["worker process died (SIGKILL"]),
    ],
    ids=["exception", "sys-exit", "killed-kernel", "time-out", "killed-worker"],
)
def test_a_cell_that_fails(published_once: Suite, cell: str, causes: list[str]) -> None:
    suite = published_once
    suite.write("two", "# Second part", "## Where it breaks", "x = 1", cell, finish("two"))
    error = suite.fails(timeout=4 if "sleep" in cell else 60)
    for text in ["two (en), cell 5", *causes]:
        assert text in str(error)
    if "worker" not in causes[0]:
        assert "under “Where it breaks”" in str(error)
        assert (error.log / "made" / "two.ipynb").is_file()
    assert (error.log / "made" / "one.ipynb").is_file()


@pytest.mark.parametrize(
    ("last", "cause"),
    [
        ("x = 2", "wrote no two.results.json"),
        (finish("two").replace('"done": True', '"done": False'), "does not say that the notebook is done"),
        (finish("two").replace("+ row +", "+"), "holds no number"),
        (finish("two").replace("ci_low,ci_high", "ci"), "lacks the column ci_low, ci_high"),
    ],
    ids=["no-results", "not-done", "no-number", "wrong-columns"],
)
def test_results_that_are_missing(published_once: Suite, last: str, cause: str) -> None:
    published_once.write("two", "# Second part", last)
    assert cause in str(published_once.fails())


def test_stale_results_prove_nothing(suite: Suite) -> None:
    """The results of the run before must not speak for a notebook that writes none now."""
    suite.run()
    suite.write("two", "# Second part", "x = 2")
    assert "wrote no two.results.json" in str(suite.fails())


def test_pages_of_a_language_not_asked_for_are_removed_with_a_note(suite: Suite) -> None:
    suite.run()
    told = suite.run(langs=["zh"]).warnings
    assert any("the English pages of this wave were removed" in one for one in told)
    assert not any("removed" in one for one in suite.run(langs=["zh"]).warnings)


def test_languages_that_disagree(published_once: Suite) -> None:
    different = finish("two").replace("0.71", "{0.71 if lang == 'en' else 0.72}")
    published_once.write("two", "# Second part", different)
    assert "en has two alpha of Image = 0.71, zh has two alpha of Image = 0.72" in str(
        published_once.fails(langs=["en", "zh"])
    )


@pytest.mark.parametrize(("module", "step"), [(metrics, "write_metrics"), (publish, "_flush")])
def test_a_full_disk(
    published_once: Suite, monkeypatch: pytest.MonkeyPatch, module: object, step: str
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    published_once.write("two", "# Second part", finish("two", value="0.5"))
    monkeypatch.setattr(module, step, full)
    assert "No space left on device" in str(published_once.fails())


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["replicats=5"], "did you mean replicates?"),
        (["replicates=five"], "not a whole number"),
        ({"replicates": "5"}, "not a whole number"),
        (["wave=2005"], "use the option --wave"),
    ],
)
def test_mistaken_parameters_start_nothing(suite: Suite, settings: object, told: str) -> None:
    with pytest.raises(ParameterError, match=told.replace("?", r"\?")):
        suite.run(settings=settings)
    assert not suite.reports.exists()


def test_kill_9_of_the_run_itself(suite: Suite, tmp_path: Path) -> None:
    suite.run()
    before = suite.snapshot()
    pids = tmp_path / "pids"
    suite.write(
        "two", "# Second part", TELL.format(pids=str(pids)), "import time\ntime.sleep(600)", finish("two")
    )
    script = tmp_path / "go.py"
    script.write_text(
        f"""\
from pathlib import Path
from urllib.parse import unquote
from csat.run.notebooks import Notebook
from csat.run.pipeline import run_study
if __name__ == "__main__":
    books = (Notebook("one"), Notebook("two", after="one"))
    folder = Path({str(suite.folder)!r})
    run_study("mobile_ecsi", out={str(suite.reports)!r}, langs=["en"], folder=folder, notebooks=books)
"""
    )
    run = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.DEVNULL)
    until(lambda: pids.exists() and len(pids.read_text().split()) == 2, 60)
    with pytest.raises(RunBusy, match=f"process {run.pid}"):
        suite.run()
    run.send_signal(signal.SIGKILL)
    run.wait()
    kernel, worker = (int(pid) for pid in pids.read_text().split())
    until(lambda: not alive(kernel) and not alive(worker), 15)
    assert suite.snapshot() == before
    assert list((suite.reports / ".staging").glob("*/*"))
    suite.write("two", "# Second part", finish("two", value="0.5"))
    result = suite.run()
    assert not result.skipped
    assert "0.5" in (suite.wave / "metrics.csv").read_text()
    assert not list((suite.reports / ".staging").glob("*/*"))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["keyboard", "scheduler"])
def test_an_interrupted_run_cleans_up(suite: Suite, tmp_path: Path, end: signal.Signals) -> None:
    pids = tmp_path / "pids"
    suite.write("one", "# First part", TELL.format(pids=str(pids)), "import time\ntime.sleep(600)")
    script = tmp_path / "go.py"
    script.write_text(
        f"""\
import functools, sys
from pathlib import Path
from urllib.parse import unquote
from csat.run import cli, pipeline
from csat.run.notebooks import Notebook
if __name__ == "__main__":
    told = {{"notebooks": (Notebook("one"),), "folder": Path({str(suite.folder)!r})}}
    pipeline.run_study = functools.partial(pipeline.run_study, **told)
    sys.argv = ["csat", "run", "mobile_ecsi", "--out", {str(suite.reports)!r}]
    cli.main()
"""
    )
    run = subprocess.Popen(
        [sys.executable, str(script)], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until(lambda: pids.exists() and len(pids.read_text().split()) == 2, 60)
    os.killpg(run.pid, end)
    told = run.communicate()[1]
    assert run.returncode == 130
    assert told.splitlines()[-1] == "interrupted, nothing published" and "Traceback" not in told
    assert not list((suite.reports / ".staging").glob("*/*"))
    until(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()), 15)


def test_an_unchanged_run_is_skipped_and_a_changed_one_is_not(suite: Suite) -> None:
    assert not suite.run().skipped
    before = suite.snapshot()
    assert suite.run().skipped
    assert suite.snapshot() == before
    forced = suite.run(force=True)
    assert not forced.skipped
    after = suite.snapshot()
    assert {name for name in after if after[name] != before[name]} <= {"manifest.json"}
    assert not suite.run(settings={"replicates": 20}).skipped
    (suite.wave / "metrics.csv").write_text("meddled with")
    assert not suite.run(settings={"replicates": 20}).skipped
    assert "meddled" not in (suite.wave / "metrics.csv").read_text()
    suite.write("two", "# Second part", finish("two"))
    assert not suite.run(settings={"replicates": 20}).skipped


def test_the_manifest_tells_all_and_nothing_of_the_machine(suite: Suite) -> None:
    suite.write(
        "one",
        *GOOD[:2],
        "import sys; print('hm', sys.prefix, file=sys.stderr)",
        finish("one", warnings=["weak"]),
    )
    result = suite.run(settings={"replicates": 20})
    told = json.loads((suite.wave / "manifest.json").read_text())
    assert told["key"] == result.key and told["n"] == 250
    assert told["parameters"]["replicates"] == 20
    assert {"python", "numpy", "papermill"} <= set(told["versions"])
    assert [run["notebook"] for run in told["notebooks_run"]] == ["one", "two"]
    assert (
        told["warnings"][0] == "weak"
        and "one, cell 4 wrote to stderr: hm <environment>" in told["warnings"][1]
    )
    assert set(told["files"]) == {path.name for path in suite.wave.iterdir()} - {"manifest.json"}
    for name, content in suite.snapshot().items():
        assert str(suite.reports).encode() not in content, name
        assert os.fsencode(Path.home()) + b"/" not in content, name


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for a condition; fail after some seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "a/b", "../up", "北京 南", "x" * 90])
def test_a_segment_of_any_name_is_published_safely(tmp_path: Path, value: str) -> None:
    """It has a folder of its own, and its name cannot climb out of the reports or into a page."""
    folder = write_study(tmp_path / "elsewhere" / "guests", toml=TOML.partition("[segments.site.values]")[0])
    frame = answers_frame()
    frame["site"] = frame["site"].map(lambda site: value if site == 1 else "other")
    frame.to_csv(folder / "answers.csv", index=False)
    suite = Suite(tmp_path)
    options = {"out": suite.reports, "langs": ["en"], "notebooks": BOOKS, "folder": suite.folder}
    result = run_study(folder, segment=f"site={value}", **options)
    assert result.folder.parent == suite.reports / "guests"
    assert result.folder.name.startswith("2026-10~site=")
    page = result.index.read_text()
    assert "<script" not in page and "alert" not in page.replace("&lt;script&gt;alert", "")
    told = json.loads((result.folder / "manifest.json").read_text())
    assert told["segment"] == f"site={value}"
    everyone = run_study(folder, **options)
    assert everyone.folder == suite.reports / "guests" / "2026-10"
    assert f"~{result.folder.name.split('~')[1]}"[:12] in unquote((suite.reports / "index.html").read_text())
