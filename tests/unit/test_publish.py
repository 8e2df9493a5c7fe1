"""Publishing: all or nothing, whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from csat.run import publish
from csat.run.errors import RunBusy
from csat.run.place import Place, safe_name


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "reports", "study", "2005")


def make(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text)
    return folder


def read(place: Place) -> str:
    return (place.folder / "index.html").read_text()


@pytest.mark.parametrize("name", ["2005", "2026-10", "2026-Q3", "试点", "a_b.c"])
def test_plain_names_stay(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a b", "<script>", "a\\b", "x" * 200, "a\0b", "-"]
)
def test_other_names_become_safe_and_stay_apart(name: str) -> None:
    safe = safe_name(name)
    assert safe != safe_name(name + "!")
    assert safe[0] not in ".-" and len(safe) < 80
    assert not set(safe) & set("/\\<>: \0")


def test_a_segment_has_a_folder_of_its_own(tmp_path: Path) -> None:
    name = Place(tmp_path, "s", "2005", "region=<script>/..").name
    assert name.startswith("2005~region=script")
    assert "/" not in name and "<" not in name
    assert Place(tmp_path, "s", "2005", "region=North").name == "2005~region=North"


def test_publish_first_and_again(place: Place) -> None:
    publish.publish(place, make(place.staging / "made", "one"))
    assert read(place) == "one"
    publish.publish(place, make(place.staging / "made", "two"))
    assert read(place) == "two"
    assert [path.name for path in place.folder.parent.iterdir()] == ["2005"]


def test_publish_without_exchange(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    publish.publish(place, make(place.staging / "made", "one"))
    publish.publish(place, make(place.staging / "made", "two"))
    assert read(place) == "two"
    assert [path.name for path in place.folder.parent.iterdir()] == ["2005"]


def test_a_rename_that_fails_puts_the_old_one_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    publish.publish(place, make(place.staging / "made", "one"))
    made = make(place.staging / "made", "two")
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self == made:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="No space left"):
        publish.publish(place, made)
    assert read(place) == "one"


def test_recovery_after_a_kill_between_the_renames(place: Place) -> None:
    make(place.previous, "old")
    publish.recover(place)
    assert read(place) == "old"
    assert not place.previous.exists()


def test_recovery_after_a_kill_before_the_old_one_was_removed(place: Place) -> None:
    make(place.previous, "old")
    make(place.folder, "new")
    make(place.staging, "rest")
    publish.recover(place)
    assert read(place) == "new"
    assert not place.previous.exists() and not place.staging.exists()


def test_two_runs_of_one_wave_exclude_each_other(place: Place) -> None:
    code = (
        "import sys, pathlib\nfrom csat.run.publish import locked\n"
        "with locked(pathlib.Path(sys.argv[1]), 'x'):\n print('held', flush=True)\n sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(place.lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None and holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(RunBusy, match=f"process {holder.pid}"), publish.locked(place.lock, "study 2005"):
        pass
    make(place.staging, "of the living run")
    assert publish.clean_stale(place.root) == []
    holder.kill()
    holder.communicate()
    assert publish.clean_stale(place.root) == [place.staging]
    with publish.locked(place.lock, "study 2005"):
        pass


def test_logs_of_failed_runs_are_kept_and_limited(place: Place) -> None:
    logs = []
    for number in range(publish.KEPT_FAILURES + 2):
        make(place.staging, str(number))
        logs.append(publish.keep_failure(place, f"error {number}"))
    assert not place.staging.exists()
    kept = sorted(place.failed.iterdir())
    assert len(kept) == publish.KEPT_FAILURES
    assert logs[-1] is not None
    assert (logs[-1] / "error.txt").read_text() == f"error {publish.KEPT_FAILURES + 1}\n"
