"""Take the answers of a wave in: find, read, prepare, store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from csat.data.answers import answers_of
from csat.data.prepared import Prepared
from csat.data.privacy.hashing import key_from
from csat.data.problems import DataError
from csat.data.sources.fetching import prepare_wave
from csat.data.store.closing import WAIT, Closing, close_wave, closing_of
from csat.data.store.measure import measures
from csat.data.store.place import place_of
from csat.data.store.present import stored_waves
from csat.data.store.problems import StoreError
from csat.data.store.reading import Snapshot, read_snapshot
from csat.data.store.writing import Stored, store
from csat.data.waves.trend import asked_otherwise
from csat.study.definition import Study
from csat.study.problems import listing


@dataclass(frozen=True)
class Ingested:
    """A wave that was taken in.

    Attributes
    ----------
    prepared : Prepared
        What was read, in full.
    snapshot : Snapshot
        What is stored.
    new : bool
        Whether a revision was stored; False when the latest already is of the same data and study.
    closing : Closing or None
        When the wave was closed; None while it is provisional.
    warnings : tuple of str
        Whatever the user should know before the reports are made.
    """

    prepared: Prepared
    snapshot: Snapshot
    new: bool
    closing: Closing | None
    warnings: tuple[str, ...]


def ingest(
    study: Study,
    wave: str,
    data: str | Path = "",
    format: str = "",
    off_scale: str = "",
    provisional: bool = True,
    force: bool = False,
    listen: Callable[[str], None] = lambda step: None,
    wait: float = WAIT,
) -> Ingested:
    """Read, check, clean and weigh the answers of a wave, and store them as its next revision.

    Parameters
    ----------
    study : Study
        The study.
    wave : str
        Name of the wave.
    data : str or pathlib.Path, optional
        The file that the tool exported; by default what the study's ``[data]`` says.
    format : str
        One of `csat.data.readers.FORMATS`; empty for what the file itself tells.
    off_scale : {"", "error", "missing"}
        What to do with answers off their scale; empty for what the study says.
    provisional : bool
        Whether more answers may come; False closes the wave.
    force : bool
        Store a revision even if the latest is of the same data and study.
    listen : callable
        Told of every step.
    wait : float
        Seconds to wait for somebody else who writes to the same wave.

    Returns
    -------
    Ingested

    Raises
    ------
    DataError
        When the answers are not what they must be: nothing is stored.
    Busy, StoreError
        When the store cannot be written to: it is as it was.
    """
    if not wave.strip():
        raise DataError("the name of the wave is empty (is a variable unset?)", f'study "{study.id}"')
    study.wave(wave)
    listen("reading and checking")
    prepared = prepare_wave(study, wave, data, off_scale, format)
    listen("storing")
    options = {"off_scale": off_scale or study.data.off_scale, "format": format}
    earlier = _latest(study, wave)
    stored = store(study, prepared, options, force, wait)
    place = stored.snapshot.place
    before = closing_of(place)
    closing = before if provisional or before else close_wave(place, wait)[0]
    late = stored.new and before is not None
    warnings = [*stored.notes, *(_late(stored.snapshot, before) if late and before else ())]
    warnings += [*_fewer(earlier, stored), *_otherwise(study, earlier, stored)] if earlier else []
    warnings += [*_of_another_wave(study, prepared), *_not_linked(prepared), *_not_usable(prepared)]
    return Ingested(prepared, stored.snapshot, stored.new, closing, tuple(warnings))


def _late(snapshot: Snapshot, closing: Closing) -> tuple[str, ...]:
    """Warn that a closed wave has changed."""
    return (
        f"wave {closing.wave} was closed on {closing.closed[:10]} with revision {closing.revision}; what "
        f"came in now is revision {snapshot.revision}, listed as late, and the reports take it from now on "
        f"(--revision {closing.revision} for the figures of the closing)",
    )


def _latest(study: Study, wave: str) -> Snapshot | None:
    """Latest revision of a wave; None when there is none that can be read."""
    try:
        return read_snapshot(place_of(study, wave), answers=False)
    except (DataError, StoreError):
        return None


def _fewer(earlier: Snapshot, stored: Stored) -> tuple[str, ...]:
    """Warn of a revision that holds fewer answers than the one whose place it takes."""
    now = stored.snapshot
    if not stored.new or now.received >= earlier.received:
        return ()
    return (
        f"revision {now.revision} holds {now.received} answers, fewer than the {earlier.received} of "
        f"revision {earlier.revision}, whose place it takes: a file holds the whole wave, not only what is "
        "new",
    )


def _otherwise(study: Study, earlier: Snapshot, stored: Stored) -> tuple[str, ...]:
    """Warn when the study words a question otherwise than when this wave was stored.

    The questionnaire of an old wave does not change any more: what is stored with it decides whether waves
    may be compared.
    """
    now = measures(study, study.wave(earlier.place.wave))
    items = asked_otherwise(earlier.measures, now)
    if not items:
        return ()
    change = f"the study asks {listing(items)} otherwise than revision {earlier.revision} of this wave"
    if not stored.new:
        return (f"{change}: --force stores it so, if this wave was really asked so",)
    return (
        f"{change}, and is stored so: if this wave was asked as before, declare a break of the later wave",
    )


def _of_another_wave(study: Study, prepared: Prepared) -> tuple[str, ...]:
    """Warn of a file that is stored as another wave, too, or whose answers are mostly of other days."""
    told = []
    found = prepared.findings
    outside = max(found.loc[found["rule"] == "outside_wave", "count"].astype(int), default=0)
    if outside * 2 > prepared.received:
        told.append(
            f"{outside} of {prepared.received} answers are of days outside wave {prepared.wave}: "
            "is this the file of another wave?"
        )
    same = () if study.data.wave_column else _stored_from(study, prepared)
    if same:
        told.append(f"the same file is stored as wave {listing(same)}, too")
    return tuple(told)


def _stored_from(study: Study, prepared: Prepared) -> tuple[str, ...]:
    """Other waves whose latest revision is of the same bytes; damaged ones are told of elsewhere."""
    waves = []
    for wave in stored_waves(study):
        snapshot = _latest(study, wave)
        if snapshot and wave != prepared.wave and snapshot.source_sha256 == prepared.sha256:
            waves.append(wave)
    return tuple(waves)


def _not_linked(prepared: Prepared) -> tuple[str, ...]:
    """Warn that respondents cannot be followed from one wave to the next."""
    variable = prepared.study.privacy.key_env
    if "personal_hashed" not in set(prepared.ledger["rule"]) or key_from(variable).lasting:
        return ()
    return (
        f"the environment variable {variable} is not set: ids were hashed with a random key, so that "
        "respondents cannot be followed from one intake to the next",
    )


def _not_usable(prepared: Prepared) -> tuple[str, ...]:
    """Say why no report can be made of these answers (yet)."""
    try:
        answers_of(prepared)
    except DataError as error:
        return (f"stored, but no report can be made of it yet: {error}",)
    return ()
