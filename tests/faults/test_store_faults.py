"""The store of waves when things go wrong: killed writers, full disks, damage, several writers at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from csat.data import DataError, load_answers
from csat.data.ingest import ingest
from csat.data.store import files, writing
from csat.data.store.closing import close_wave, closing_of
from csat.data.store.locking import Busy, held
from csat.data.store.place import ROOT, place_of
from csat.data.store.present import stored_waves
from csat.data.store.problems import StoreError
from csat.data.store.reading import read_snapshot
from csat.data.waves.revisions import revised, stored_table
from csat.study import Study, load_study
from study_files import answers_frame, write_answers, write_study

WAVE = "2026-10"
FILES = ("answers.parquet", "snapshot.json", "SHA256SUMS")

# Counts every step that touches the store, and at the k-th dies (or finds the disk full). One process forks
# for every k, because the imports take longer than the writing.
DRIVER = """\
import errno, json, os, shutil, signal, sys
from pathlib import Path
import csat.data.ingest as room
from csat.data.store.closing import close_wave, closing_of
from csat.data.store.place import place_of
from csat.study import load_study

base, work, scenario, mode = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
state = {"count": 0, "stop": 0, "root": ""}
EVENTS = {"open", "os.mkdir", "os.rename", "os.chmod", "os.remove", "os.rmdir", "fcntl.flock", "os.fsync"}
WRITES = {"os.mkdir", "os.rename", "os.fsync"}
fsync = os.fsync

def watched_fsync(handle):
    step("os.fsync", (os.readlink(f"/proc/self/fd/{handle}"),))
    fsync(handle)

def step(event, arguments):
    if event not in EVENTS or not state["root"]:
        return
    if event != "fcntl.flock" and not any(str(a).startswith(state["root"]) for a in arguments):
        return
    state["count"] += 1
    if state["count"] != state["stop"]:
        return
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if event in WRITES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
        raise OSError(errno.ENOSPC, "No space left on device")

os.fsync = watched_fsync
sys.addaudithook(step)

def act(study):
    if scenario == "close":
        close_wave(place_of(study, "2026-10"))
    else:
        room.ingest(study, "2026-10", study.folder / "late.csv", provisional=scenario != "final")

def forked(work):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 3
    try:
        code = work() or 0
    except BaseException as error:
        print(json.dumps({"error": type(error).__name__, "text": str(error)}), flush=True)
    finally:
        os._exit(code)

def attempt(k):
    study = load_study(work / "guests")
    state.update(count=0, stop=k, root=str(work / "guests" / "waves"))
    try:
        act(study)
    finally:
        state["root"] = ""
        if mode == "full" and state["count"] < k:
            os._exit(77)
    return 77 if mode == "kill" else 0

for k in range(1, 400):
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(base, work, symlinks=True)
    code = forked(lambda: attempt(k))
    print(json.dumps({"k": k, "code": code}), flush=True)
    if code == 77:
        break
    shutil.copytree(work, Path(sys.argv[5]) / str(k), symlinks=True)
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = write_study(tmp_path / "base" / "guests")
    write_answers(folder)
    write_answers(folder, answers_frame(90), "late.csv")
    return folder


@pytest.fixture
def study(base: Path) -> Study:
    return load_study(base)


def drive(tmp_path: Path, scenario: str, mode: str) -> tuple[list[Path], list[dict[str, object]]]:
    """Interrupt a scenario at every step; the study's folder as each interruption left it, and the log."""
    script, left = tmp_path / "drive.py", tmp_path / "left"
    script.write_text(DRIVER)
    left.mkdir()
    folders = [tmp_path / "base", tmp_path / "work", scenario, mode, left]
    done = subprocess.run([sys.executable, script, *map(str, folders)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    log = [json.loads(line) for line in done.stdout.splitlines()]
    assert log[-1]["code"] == 77, "the scenario was never left to end"
    return sorted(left.iterdir(), key=lambda path: int(path.name)), log


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def no_rest(study: Study) -> bool:
    return not list(place_of(study, WAVE).root.rglob(".staging*"))


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "mode"), [("first", "kill"), ("final", "kill"), ("second", "full")])
def test_an_ingest_that_ends_at_any_step(tmp_path: Path, base: Path, scenario: str, mode: str) -> None:
    """The store is as it was or holds the whole revision, and the next ingest works."""
    before: dict[str, bytes] = {}
    if scenario != "first":
        before = content(ingest(load_study(base), WAVE).snapshot.folder)
    left, log = drive(tmp_path, scenario, mode)
    assert len(left) >= 15
    number = 1 if scenario == "first" else 2
    seen = set()
    for folder in left:
        study = load_study(folder / "guests")
        place = place_of(study, WAVE)
        stored = place.revisions()
        earlier = tuple(range(1, number))
        assert stored in (earlier, (*earlier, number)), folder.name
        seen.add(stored)
        table = stored_table(study, verify=True)
        assert (table["problem"] == "").all() and len(table) == len(stored)
        assert table["n"].tolist() == ([40, 60] if number == 2 else [60])[: len(stored)]
        closing = closing_of(place)
        assert closing is None or (scenario == "final" and number in stored)
        done = ingest(study, WAVE, study.folder / "late.csv", provisional=scenario != "final")
        assert done.new == (number not in stored) and done.snapshot.revision == number
        assert place.revisions() == (*earlier, number) and no_rest(study)
        assert (closing_of(place) is not None) == (scenario == "final")
        if before:
            assert content(place.revision(1)) == before
    assert len(seen) == 2, "both outcomes must have been seen"
    if mode == "full":
        told = [one for one in log if "error" in one]
        assert len(told) >= 8 and {one["error"] for one in told} == {"StoreError"}
        assert all("No space left on device" in str(one["text"]) for one in told)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["kill", "full"])
def test_a_closing_that_ends_at_any_step(tmp_path: Path, base: Path, mode: str) -> None:
    ingest(load_study(base), WAVE)
    left, _ = drive(tmp_path, "close", mode)
    seen = set()
    for folder in left:
        study = load_study(folder / "guests")
        place = place_of(study, WAVE)
        seen.add(closing_of(place) is None)
        assert load_answers(study, WAVE).n == 40
        closing, _ = close_wave(place)
        assert closing.revision == 1 and not load_answers(study, WAVE).provisional
        ingest(study, WAVE, force=True)
        assert no_rest(study)
    assert seen == {True, False}


def test_a_full_disk_leaves_nothing_of_the_wave(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_parquet", full)
    with pytest.raises(
        StoreError, match=r'"2026-10": could not be stored: No space left .* store is as it was'
    ):
        ingest(study, WAVE)
    assert not place_of(study, WAVE).folder.exists() and stored_waves(study) == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Disk of 64 kB, where it may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full(study: Study, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT, str(small_disk))
    first = ingest(study, WAVE)
    (small_disk / "rest").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 4096))
    with pytest.raises(StoreError, match="could not be stored"):
        ingest(study, WAVE, study.folder / "late.csv")
    assert place_of(study, WAVE).revisions() == (1,) and no_rest(study)
    assert load_answers(study, WAVE).snapshot == first.snapshot.sha256
    (small_disk / "rest").unlink()
    assert ingest(study, WAVE, study.folder / "late.csv").snapshot.revision == 2


def test_a_folder_that_may_not_be_written_to(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(writing, "make_folder", refuse)
    with pytest.raises(StoreError, match=r"Permission denied.*CSAT_WAVES"):
        ingest(study, WAVE)


def test_a_table_that_does_not_read_as_it_was_written(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(path: Path, numbers: object, *rest: object) -> object:
        return files.write_parquet(path, numbers.fillna(1.0) + 1, *rest)  # type: ignore[attr-defined, arg-type]

    monkeypatch.setattr(writing, "write_parquet", careless)
    with pytest.raises(StoreError, match="does not hold what was written"):
        ingest(study, WAVE)
    assert stored_waves(study) == ()


# ---- damage ----------------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", [flip, cut, empty, Path.unlink])
def test_a_damaged_snapshot_is_never_taken_for_another(study: Study, file: str, damage: object) -> None:
    ingest(study, WAVE)
    ingest(study, WAVE, study.folder / "late.csv")
    damage(place_of(study, WAVE).revision(2) / file)  # type: ignore[operator]
    with pytest.raises(DataError) as caught:
        load_answers(study, WAVE)
    message = str(caught.value)
    assert message.startswith('study "guests", wave "2026-10", revision 2: the stored snapshot is damaged')
    assert f"waves/2026-10/r2/{file}" in message or "waves/2026-10/r2/" in message
    assert "csat ingest STUDY FILE --wave 2026-10" in message and "--revision (stored are: 1)" in message
    assert str(study.folder) not in message
    assert load_answers(study, WAVE, revision=1).n == 40
    table = stored_table(study, verify=True)
    assert table["problem"].str.contains("damaged").tolist() == [False, True]
    pair = revised(study, WAVE)
    assert pair is not None and pair.first is not None and pair.latest is None and "damaged" in pair.problem
    with pytest.raises(DataError, match="damaged"):
        close_wave(place_of(study, WAVE))
    done = ingest(study, WAVE, study.folder / "late.csv")
    assert done.new and done.snapshot.revision == 3
    assert any("damaged" in one and "stored anew" in one for one in done.warnings)
    assert load_answers(study, WAVE).n == 60


def test_every_bit_counts(study: Study) -> None:
    """Any single byte changed in any file of a snapshot is found."""
    place = place_of(study, WAVE)
    folder = ingest(study, WAVE).snapshot.folder
    for name in FILES:
        path = folder / name
        path.chmod(0o644)
        whole = path.read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // 40)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
            with pytest.raises(DataError, match="damaged"):
                read_snapshot(place)
        path.write_bytes(whole)
    assert read_snapshot(place).n == 40


def test_a_snapshot_of_another_wave_in_its_place(study: Study) -> None:
    ingest(study, WAVE)
    ingest(study, "2026-09")
    place = place_of(study, "2026-09")
    shutil.rmtree(place.revision(1))
    shutil.copytree(place_of(study, WAVE).revision(1), place.revision(1))
    with pytest.raises(DataError, match='belongs to study "guests", wave "2026-10", revision 1'):
        load_answers(study, "2026-09")


def rewrite(folder: Path, **changes: object) -> None:
    """Change what a snapshot tells, with hashes that fit."""
    told = json.loads((folder / "snapshot.json").read_text())
    for name in ("snapshot.json", "SHA256SUMS"):
        (folder / name).chmod(0o644)
    (folder / "snapshot.json").write_text(json.dumps({**told, **changes}))
    (folder / "SHA256SUMS").write_text(files.sums_text(folder, FILES[:2]))


def test_snapshots_of_other_versions(study: Study) -> None:
    folder = ingest(study, WAVE).snapshot.folder
    rewrite(folder, format=99, csat="9.9")
    with pytest.raises(DataError, match=r"stored by a newer csat \(9.9\); update csat"):
        load_answers(study, WAVE)
    rewrite(folder, format=1, prepared={})
    with pytest.raises(DataError, match="cannot be understood"):
        load_answers(study, WAVE)


@pytest.mark.parametrize("damage", [flip, cut, empty])
def test_a_damaged_closing(study: Study, damage: object) -> None:
    ingest(study, WAVE)
    place = place_of(study, WAVE)
    close_wave(place)
    damage(place.closed)  # type: ignore[operator]
    with pytest.raises(DataError, match=r'wave "2026-10": 2026-10/closed.json is damaged'):
        load_answers(study, WAVE)
    assert stored_table(study)["state"].tolist() == ["unknown"]
    place.closed.unlink()
    assert load_answers(study, WAVE).provisional


# ---- several writers -------------------------------------------------------------------------------------

WRITER = """\
import sys
from csat.data.ingest import ingest
from csat.study import load_study
done = ingest(load_study(sys.argv[1]), "2026-10", sys.argv[2])
print(done.new, done.snapshot.revision)
"""


def at_once(folder: Path, names: list[str]) -> list[str]:
    """Ingest several files of one wave at the same time."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(folder / name)], stdout=subprocess.PIPE, text=True
        )
        for name in names
    ]
    told = [writer.communicate()[0].strip() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * len(names)
    return sorted(told)


def test_several_files_at_once_are_all_stored(base: Path, study: Study) -> None:
    names = [write_answers(base, answers_frame(61 + 3 * k), f"{k}.csv").name for k in range(4)]
    assert at_once(base, names) == [f"True {k}" for k in (1, 2, 3, 4)]
    table = stored_table(study, verify=True)
    assert table["revision"].tolist() == [1, 2, 3, 4] and (table["problem"] == "").all()
    assert sorted(table["source"]) == names and no_rest(study)


def test_the_same_file_at_once_is_stored_once(base: Path, study: Study) -> None:
    assert at_once(base, ["late.csv"] * 3) == ["False 1", "False 1", "True 1"]
    assert place_of(study, WAVE).revisions() == (1,)


def test_a_writer_that_hangs_is_named(study: Study) -> None:
    place = place_of(study, WAVE)
    with (
        held(place.lock, "it"),
        pytest.raises(Busy, match=rf'wave "2026-10" is in use by another process \({os.getpid()}\)'),
    ):
        ingest(study, WAVE, wait=0.2)
    assert stored_waves(study) == ()
    assert ingest(study, WAVE).new
