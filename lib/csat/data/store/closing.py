"""Whether a wave is still provisional: it is until it is closed, which happens once."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime

from csat.data.problems import DataError
from csat.data.store.files import READ_ONLY, flush
from csat.data.store.locking import held
from csat.data.store.measure import hash_of
from csat.data.store.place import CLOSED, STAGING, WavePlace
from csat.data.store.problems import StoreError
from csat.data.store.reading import read_snapshot

WAIT = 60.0
"""Seconds to wait for somebody else who writes to the same wave."""


@dataclass(frozen=True)
class Closing:
    """When a wave was closed, and with which revision.

    Attributes
    ----------
    study, wave : str
    revision : int
        The latest revision at that time; later ones came late.
    snapshot : str
        Its hash.
    closed : str
        When (ISO 8601, with the offset from UTC).
    """

    study: str
    wave: str
    revision: int
    snapshot: str
    closed: str

    @property
    def day(self) -> str:
        """Day of the closing (``2026-11-05``)."""
        return self.closed[:10]


def closing_of(place: WavePlace) -> Closing | None:
    """When a wave was closed; None while it is provisional.

    Raises
    ------
    DataError
        When ``closed.json`` is damaged.
    """
    try:
        text = place.closed.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{CLOSED} cannot be read ({error.strerror})", place.where) from error
    try:
        told = json.loads(text)
        digest = told.pop("sha256")
        closing = Closing(**told)
    except (ValueError, KeyError, TypeError, AttributeError):
        digest, closing = "", None
    if closing is None or digest != hash_of(closing) or (closing.study, closing.wave) != _owner(place):
        raise DataError(
            f"{place.name}/{CLOSED} is damaged: restore it from a backup, or remove it and close again",
            place.where,
        )
    return closing


def close_wave(place: WavePlace, wait: float = WAIT) -> tuple[Closing, bool]:
    """Close a wave: its figures are no longer provisional.

    Parameters
    ----------
    place : WavePlace
        The wave.
    wait : float
        Seconds to wait for somebody else who writes to it.

    Returns
    -------
    closing : Closing
        When it was closed, now or earlier: it is closed once.
    new : bool
        Whether it was closed now.

    Raises
    ------
    DataError
        When nothing is stored, or the latest revision is damaged.
    StoreError
        When the system refuses.
    """
    if not place.revisions():
        raise DataError(
            "nothing is stored of this wave, so it cannot be closed: csat ingest first", place.where
        )
    try:
        with held(place.lock, place.where, wait):
            already = closing_of(place)
            return (already, False) if already else (_write(place), True)
    except OSError as error:
        raise StoreError(f"{place.where}: could not be closed: {error.strerror or error}") from error


def _write(place: WavePlace) -> Closing:
    """Write the file that closes a wave; it is whole or not there."""
    snapshot = read_snapshot(place)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    closing = Closing(place.study, place.wave, snapshot.revision, snapshot.sha256, now)
    text = json.dumps({**asdict(closing), "sha256": hash_of(closing)}, ensure_ascii=False, indent=2) + "\n"
    waiting = place.folder / f"{STAGING}closed-{os.getpid()}"
    try:
        waiting.write_text(text, encoding="utf-8")
        waiting.chmod(READ_ONLY)
        flush(waiting)
        waiting.rename(place.closed)
    finally:
        waiting.unlink(missing_ok=True)
    flush(place.folder)
    return closing


def _owner(place: WavePlace) -> tuple[str, str]:
    """Study and wave that a closing must be of."""
    return place.study, place.wave
