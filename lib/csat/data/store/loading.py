"""The stored snapshot of a wave, ready to be analysed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csat.data.prepared import Prepared
from csat.data.problems import DataError
from csat.data.store.closing import Closing, closing_of
from csat.data.store.place import place_of
from csat.data.store.reading import Snapshot, find_snapshot
from csat.study.definition import Study


@dataclass(frozen=True)
class StoredWave:
    """A snapshot that was taken out of the store.

    Attributes
    ----------
    prepared : Prepared
        Its answers.
    revision, revisions : int
        Its number, and how many revisions of the wave there are.
    provisional : bool
        Whether the wave is not closed yet.
    late : Closing or None
        The closing of the wave, where the revision was stored after it.
    sha256 : str
        Hash over the answers and everything that is told of them.
    """

    prepared: Prepared
    revision: int
    revisions: int
    provisional: bool
    sha256: str
    late: Closing | None = None


def load_stored(study: Study, wave: str, revision: str | int = "", off_scale: str = "") -> StoredWave | None:
    """Take the snapshot of a wave out of the store.

    Parameters
    ----------
    study : Study
        The study.
    wave : str
        Name of the wave.
    revision : str or int, optional
        Number of the revision; empty for the latest.
    off_scale : {"", "error", "missing"}
        What the user wants of answers off their scale: that is settled when a wave is stored.

    Returns
    -------
    StoredWave or None
        None when nothing is stored and no revision was asked for.

    Raises
    ------
    DataError
        When the revision is not stored, is damaged, lacks something that the study now asks for, or was
        stored under another rule for answers off their scale.
    """
    snapshot = find_snapshot(study, wave, revision)
    if snapshot is None:
        return None
    prepared = snapshot.prepared(study)
    _check_rule(snapshot, prepared, off_scale)
    closing = closing_of(snapshot.place)
    late = closing if closing and snapshot.revision > closing.revision else None
    notes = (*prepared.notes, *_late(snapshot, late))
    return StoredWave(
        prepared=replace(prepared, notes=notes),
        revision=snapshot.revision,
        revisions=len(place_of(study, wave).revisions()),
        provisional=closing is None,
        sha256=snapshot.sha256,
        late=late,
    )


def _late(snapshot: Snapshot, closing: Closing | None) -> tuple[str, ...]:
    """Note that a revision was stored after the wave was closed."""
    if closing is None:
        return ()
    return (
        f"revision {snapshot.revision} was stored after the wave was closed "
        f"(on {closing.day}, with revision {closing.revision})",
    )


def _check_rule(snapshot: Snapshot, prepared: Prepared, off_scale: str) -> None:
    """Refuse a snapshot in which answers off their scale were treated otherwise than asked for."""
    if off_scale not in ("", "error", "missing"):
        raise DataError(f'off_scale is "{off_scale}"; allowed: error, missing', snapshot.where)
    if off_scale == "error" and (prepared.ledger["rule"] == "off_scale").any():
        raise DataError(
            "answers off their scale were set missing when this wave was stored; off_scale is settled by "
            "csat ingest: ingest the wave again to refuse them",
            snapshot.where,
        )
