"""Publishing that is all or nothing, also when the run is killed, the disk is full or two runs meet."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from csat.data.store.locking import Busy, held
from csat.run.errors import RunBusy
from csat.run.place import LOCKS, STAGING, Place

KEPT_FAILURES = 10
"""How many logs of failed runs stay for one wave."""


@contextlib.contextmanager
def locked(lock: Path, what: str, wait: bool = False) -> Iterator[None]:
    """Hold a file locked for as long as the block runs.

    Parameters
    ----------
    lock : Path
        The file; made if missing and never removed (removing a locked file lets two runs in).
    what : str
        What is locked, for the message.
    wait : bool
        Wait for it instead of raising.

    Raises
    ------
    RunBusy
        If another living process holds it. The lock of a dead process is free: the system drops it.
    """
    try:
        with held(lock, what, None if wait else 0):
            yield
    except Busy as error:
        message = f"{what} is being made by another run (process {error.holder}); wait for it"
        raise RunBusy(message) from None


def recover(place: Place) -> None:
    """Put right what a killed run left behind. The caller holds the lock of the place.

    Parameters
    ----------
    place : Place
        The wave that is about to be made.

    Notes
    -----
    A run killed between its two renames has left the published wave under its waiting name: it goes back.
    A staging folder is never a published one, so it goes.
    """
    if place.previous.exists():
        if place.folder.exists():
            shutil.rmtree(place.previous)
        else:
            place.previous.rename(place.folder)
    if place.staging.exists():
        shutil.rmtree(place.staging)


def clean_stale(root: Path) -> list[Path]:
    """Remove the staging folders of runs that no longer live.

    Parameters
    ----------
    root : Path
        The reports root.

    Returns
    -------
    list of Path
        What was removed. Folders of living runs are left alone: their locks are held.
    """
    removed = []
    for folder in sorted((root / STAGING).glob("*/*")):
        lock = root / LOCKS / f"{folder.parent.name}~{folder.name}.lock"
        with contextlib.suppress(RunBusy), locked(lock, folder.name):
            shutil.rmtree(folder)
            removed.append(folder)
    return removed


def publish(place: Place, made: Path) -> None:
    """Put a finished folder in the place of the published one. The caller holds the lock of the place.

    Parameters
    ----------
    place : Place
        Where it goes.
    made : Path
        The finished folder, on the same file system.

    Notes
    -----
    On Linux the two folders are exchanged in one step, so a reader always finds one or the other. Elsewhere
    two renames do it, and :func:`recover` completes them if the run dies in between.
    """
    _flush(made)
    place.folder.parent.mkdir(parents=True, exist_ok=True)
    if not place.folder.exists():
        made.rename(place.folder)
    elif _exchange(made, place.folder):
        shutil.rmtree(made)
    else:
        place.folder.rename(place.previous)
        try:
            made.rename(place.folder)
        except OSError:
            place.previous.rename(place.folder)
            raise
        shutil.rmtree(place.previous)


def keep_failure(place: Place, message: str, scrub: Callable[[str], str] = lambda text: text) -> Path | None:
    """Move the staging folder of a failed run to the logs, with the error beside it.

    Parameters
    ----------
    place : Place
        The wave that was being made.
    message : str
        What went wrong.
    scrub : callable
        Takes secrets and personal data out of a text. Every file goes through it before it is kept; a file
        that is no text and may hold answers is left out.

    Returns
    -------
    Path or None
        The log folder; None if not even that could be written (a full disk).
    """
    with contextlib.suppress(OSError):
        if place.staging.exists():
            scrub_folder(place.staging, scrub)
        place.failed.mkdir(parents=True, exist_ok=True)
        log = place.failed / datetime.now().strftime("%Y%m%dT%H%M%S.%f")
        if place.staging.exists():
            place.staging.rename(log)
        else:
            log.mkdir()
        (log / "error.txt").write_text(scrub(message) + "\n", encoding="utf-8")
        for old in sorted(place.failed.iterdir())[:-KEPT_FAILURES]:
            shutil.rmtree(old, ignore_errors=True)
        return log
    shutil.rmtree(place.staging, ignore_errors=True)
    return None


def scrub_folder(folder: Path, scrub: Callable[[str], str]) -> None:
    """Take secrets and personal data out of every file of a folder.

    Parameters
    ----------
    folder : Path
        Changed in place. Pictures stay; of other files only those that are text.
    scrub : callable
        From a text to the same without them.
    """
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if path.suffix not in _PICTURES:
                path.unlink()
            continue
        clean = _scrub_json(text, scrub) if path.suffix in (".ipynb", ".json") else scrub(text)
        if clean != text:
            path.write_text(clean, encoding="utf-8")


_PICTURES = frozenset({".png", ".jpg", ".gif"})


def _scrub_json(text: str, scrub: Callable[[str], str]) -> str:
    """Scrub the texts inside JSON, where quotes and line ends are written otherwise; else the text itself."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {scrub(key): walk(part) for key, part in value.items()}
        if isinstance(value, list):
            # A notebook keeps a text as a list of lines, and what is looked for may go over several.
            lines = all(isinstance(part, str) for part in value)
            return scrub("".join(value)).splitlines(keepends=True) if lines else [walk(p) for p in value]
        return scrub(value) if isinstance(value, str) else value

    try:
        return json.dumps(walk(json.loads(text)), ensure_ascii=False, indent=1) + "\n"
    except ValueError:
        return scrub(text)


def _flush(folder: Path) -> None:
    """Have every file on the disk before the folder's name changes, so that a power cut leaves none empty."""
    for path in [*sorted(folder.rglob("*")), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
