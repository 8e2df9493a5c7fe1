"""Store a prepared wave: whole or not at all, and never over what is stored."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from csat.data.prepared import Prepared
from csat.data.problems import DataError
from csat.data.store.closing import WAIT
from csat.data.store.files import flush, make_folder, read_parquet, settle, sha256, sums_text, write_parquet
from csat.data.store.locking import held
from csat.data.store.measure import fingerprint, measures, told_otherwise
from csat.data.store.place import ANSWERS, ROOT, SNAPSHOT, STAGING, SUMS, WavePlace, place_of
from csat.data.store.plain import to_plain
from csat.data.store.problems import StoreError
from csat.data.store.reading import FORMAT, Snapshot, read_snapshot
from csat.study.definition import Study

_APART = {"study", "wave", "numbers", "cells", "weights"}
"""Fields of a prepared wave that are stored in a way of their own."""


@dataclass(frozen=True)
class Stored:
    """What became of a wave that was to be stored.

    Attributes
    ----------
    snapshot : Snapshot
        The snapshot, new or as it was.
    new : bool
        Whether it was stored now; False when the latest revision already is of the same data and study.
    notes : tuple of str
        Whatever the user should know, such as that an earlier revision is damaged.
    """

    snapshot: Snapshot
    new: bool
    notes: tuple[str, ...] = ()


def store(
    study: Study,
    prepared: Prepared,
    options: Mapping[str, str],
    force: bool = False,
    wait: float = WAIT,
) -> Stored:
    """Store a prepared wave as its next revision.

    Parameters
    ----------
    study : Study
        The study as declared.
    prepared : Prepared
        The wave.
    options : mapping of str to str
        How the user asked for it to be read (``off_scale``, ``format``); the same file read otherwise is
        another revision.
    force : bool
        Store it even if the latest revision is of the same data and study.
    wait : float
        Seconds to wait for somebody else who writes to the same wave.

    Returns
    -------
    Stored

    Raises
    ------
    Busy
        When somebody else still writes to the wave after `wait` seconds.
    StoreError
        When the system refuses (a full disk, a folder that may not be written to): nothing is stored.

    Notes
    -----
    The revision is written into a folder beside its place, every file and the folder are flushed to the disk,
    and one rename puts it into place; before that, nobody reads it. Whoever dies on the way leaves a folder
    that the next one removes.
    """
    place = place_of(study, prepared.wave)
    try:
        make_folder(place.root)
        with held(place.lock, place.where, wait):
            _sweep(place)
            latest, notes = _latest(place)
            if latest is not None and not force and _same(latest, study, prepared, options):
                return Stored(latest, False, notes)
            number = (place.revisions() or (0,))[-1] + 1
            return Stored(_store(study, prepared, options, place, number), True, notes)
    except OSError as error:
        raise StoreError(
            f"{place.where}: could not be stored: {error.strerror or error}; the store is as it was. "
            f"Make room or allow writing, or set {ROOT} to another folder"
        ) from error


def _sweep(place: WavePlace) -> None:
    """Remove what writers that died have left; the caller holds the lock, so none of them lives."""
    for rest in place.folder.glob(f"{STAGING}*"):
        if rest.is_dir():
            shutil.rmtree(rest)
        else:
            rest.unlink()


def _latest(place: WavePlace) -> tuple[Snapshot | None, tuple[str, ...]]:
    """Latest revision, and a note when it is damaged (it then counts as none)."""
    if not place.revisions():
        return None, ()
    try:
        return read_snapshot(place), ()
    except DataError as error:
        return None, (f"{error} (left as it is; the wave is stored anew)",)


def _same(latest: Snapshot, study: Study, prepared: Prepared, options: Mapping[str, str]) -> bool:
    """Whether the latest revision was made from the same bytes, study and options."""
    return (
        latest.source_sha256 == prepared.sha256
        and latest.told["options"] == dict(options)
        and latest.fits(study)
    )


def _store(
    study: Study, prepared: Prepared, options: Mapping[str, str], place: WavePlace, number: int
) -> Snapshot:
    """Write a revision and put it into place."""
    new_wave = not place.folder.exists()
    make_folder(place.folder)
    staging = place.folder / f"{STAGING}{os.getpid()}"
    try:
        staging.mkdir()
        _write(staging, study, prepared, options, number)
        staging.rename(place.revision(number))
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if new_wave and not any(place.folder.iterdir()):
            place.folder.rmdir()
    try:
        flush(place.folder)
    except OSError as error:
        raise StoreError(
            f"{place.where}: revision {number} is in its place, but the system does not confirm that it is "
            f"on the disk: {error.strerror or error}; look with csat waves STUDY --verify"
        ) from error
    return read_snapshot(place, number)


def _write(folder: Path, study: Study, prepared: Prepared, options: Mapping[str, str], number: int) -> None:
    """Write the files of a revision and see that they read as they were meant."""
    columns = write_parquet(folder / ANSWERS, prepared.numbers, prepared.cells, prepared.weights)
    numbers, cells, weights = read_parquet(folder / ANSWERS, columns)
    same = _alike(numbers, prepared.numbers) and _alike(weights.to_frame(), prepared.weights.to_frame())
    if not (same and cells.to_numpy().tolist() == prepared.cells.fillna("").to_numpy().tolist()):
        raise StoreError(f"{ANSWERS} does not hold what was written; nothing was stored")
    told = {
        "format": FORMAT,
        "study": study.id,
        "wave": prepared.wave,
        "revision": number,
        "created": datetime.now().astimezone().isoformat(timespec="seconds"),
        "csat": _version(),
        "answers": {
            "sha256": sha256(folder / ANSWERS),
            "rows": len(prepared.numbers),
            "weighted": bool(prepared.weights.nunique() > 1),
            "columns": [asdict(one) for one in columns],
        },
        "study_version": _study_version(study, prepared),
        "options": dict(options),
        "measures": measures(study, study.wave(prepared.wave)),
        "prepared": {
            one.name: to_plain(getattr(prepared, one.name))
            for one in fields(prepared)
            if one.name not in _APART
        },
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (folder / SNAPSHOT).write_text(text, encoding="utf-8")
    (folder / SUMS).write_text(sums_text(folder, (ANSWERS, SNAPSHOT)), encoding="utf-8")
    settle(folder, (ANSWERS, SNAPSHOT, SUMS))


def _study_version(study: Study, prepared: Prepared) -> dict[str, Any]:
    """Which state of the study the wave was prepared by, and how it was asked."""
    wave = study.wave(prepared.wave)
    return {
        "files": {path.name: sha256(path) for path in study.files if path.is_file()},
        "fingerprint": fingerprint(study, wave),
        "simulated": prepared.study.simulated,
        "data": told_otherwise(study.data, prepared.study.data),
        "wave": {
            "mode": wave.mode,
            "version": wave.version,
            "starts": wave.starts,
            "ends": wave.ends,
            "without": list(wave.without),
        },
    }


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables hold the same numbers in the same rows."""
    values = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
    same = (values[0] == values[1]) | (pd.isna(values[0]) & pd.isna(values[1]))
    return bool(same.all()) and list(one.index) == list(other.index)


def _version() -> str:
    """Version of csat."""
    from csat import __version__

    return __version__
