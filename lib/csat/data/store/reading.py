"""Read snapshots: whole and as they were stored, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from csat.data.prepared import Prepared
from csat.data.problems import DataError
from csat.data.store.files import StoredColumn, read_parquet, read_sums, sha256, sums_of
from csat.data.store.measure import as_measured, fingerprint, read_otherwise
from csat.data.store.place import ANSWERS, SNAPSHOT, SUMS, WavePlace, place_of
from csat.data.store.plain import build
from csat.study.definition import Study
from csat.study.problems import listing

FORMAT = 1
"""Version of the layout of snapshots."""

CHANGED = (
    "the study changed since this wave was stored (revision {revision}); "
    "ingest it again for changes to take effect"
)


@dataclass(frozen=True)
class Snapshot:
    """One revision of a wave as it is stored.

    Attributes
    ----------
    place : WavePlace
        The wave's folders.
    revision : int
        Number of the revision, the first being 1.
    told : mapping
        Content of ``snapshot.json``.
    sha256 : str
        Hash over the answers and everything that is told of them.
    """

    place: WavePlace
    revision: int
    told: Mapping[str, Any]
    sha256: str

    @property
    def folder(self) -> Path:
        """Folder of the revision."""
        return self.place.revision(self.revision)

    @property
    def created(self) -> str:
        """When it was stored (ISO 8601, with the offset from UTC)."""
        return str(self.told["created"])

    @property
    def source(self) -> str:
        """Name of the file that was read, or whatever else the answers came from."""
        return str(self.told["prepared"]["source"])

    @property
    def source_sha256(self) -> str:
        """Hash of the bytes that were read."""
        return str(self.told["prepared"]["sha256"])

    @property
    def received(self) -> int:
        """Rows of the wave, before any of them was set aside."""
        return int(self.told["prepared"]["received"])

    @property
    def n(self) -> int:
        """Respondents stored."""
        return int(self.told["answers"]["rows"])

    @property
    def weighted(self) -> bool:
        """Whether respondents count differently."""
        return bool(self.told["answers"]["weighted"])

    @property
    def measures(self) -> Mapping[str, Mapping[str, Any]]:
        """How each item was asked; see `csat.data.store.measure.measures`."""
        measured: Mapping[str, Mapping[str, Any]] = self.told["measures"]
        return measured

    def fits(self, study: Study) -> bool:
        """Whether the study still says of this wave what it said when it was stored."""
        return bool(
            self.told["study_version"]["fingerprint"] == fingerprint(study, study.wave(self.place.wave))
        )

    def prepared(self, study: Study) -> Prepared:
        """Take the answers out.

        Parameters
        ----------
        study : Study
            The study as declared today. What it says of items, labels and thresholds counts; scales are those
            on which the answers were given.

        Returns
        -------
        Prepared
            With notes on whatever has changed since.

        Raises
        ------
        DataError
            When the snapshot is damaged, or lacks something that the study now asks for.
        """
        numbers, cells, weights = self._frames()
        wave = study.wave(self.place.wave)
        told = self.told["study_version"]
        asked = study.for_version(wave.version).without(wave.without)
        asked = replace(
            asked,
            simulated=asked.simulated or told["simulated"],
            data=read_otherwise(asked.data, told["data"]),
        )
        self._check_there(asked, set(numbers.columns), set(cells.columns))
        asked, notes = as_measured(asked, self.measures, wave.id)
        if not self.fits(study):
            notes.append(CHANGED.format(revision=self.revision))
        try:
            prepared: Prepared = build(
                Prepared,
                self.told["prepared"],
                study=asked,
                wave=wave.id,
                numbers=numbers[list(asked.items)],
                cells=cells,
                weights=weights,
            )
        except (KeyError, TypeError, ValueError) as error:
            wrong = f"{SNAPSHOT} cannot be understood ({type(error).__name__}: {error}); {_again(self.place)}"
            raise DataError(wrong, self.where) from error
        return replace(prepared, notes=(*prepared.notes, *notes))

    @property
    def where(self) -> str:
        """Study, wave and revision, for an error."""
        return f"{self.place.where}, revision {self.revision}"

    def _frames(self) -> Any:
        """Answers from the Parquet file."""
        columns = [StoredColumn(**one) for one in self.told["answers"]["columns"]]
        try:
            return read_parquet(self.folder / ANSWERS, columns)
        except OSError as error:
            raise _damaged(self.place, self.revision, ANSWERS, f"cannot be read ({error})") from error

    def _check_there(self, asked: Study, items: set[str], cells: set[str]) -> None:
        """Refuse a snapshot that lacks what the study asks for today."""
        lacking = [f"item {i}" for i in asked.items if i not in items]
        lacking += [f"segment {s.id}" for s in asked.segments.values() if s.column not in cells]
        for name in ("strata_column", "cluster_column"):
            column = getattr(asked.data, name)
            lacking += [f'column "{column}" ({name} of [data])'] if column and column not in cells else []
        if lacking:
            raise DataError(
                f"the study now asks for what this snapshot does not hold: {listing(lacking)}; "
                + _again(self.place),
                self.where,
            )


def read_snapshot(place: WavePlace, revision: int = 0, answers: bool = True) -> Snapshot:
    """Read what a snapshot tells, once every file of it is found to be as it was stored.

    Parameters
    ----------
    place : WavePlace
        The wave.
    revision : int, optional
        Number of the revision; 0 for the latest.
    answers : bool
        Whether to hash the answers, too; ``snapshot.json`` always is.

    Returns
    -------
    Snapshot

    Raises
    ------
    DataError
        When there is no such revision, or any byte of it has changed. No other revision takes its place.
    """
    stored = place.revisions()
    if not stored:
        raise DataError("no snapshot is stored; make one with csat ingest", place.where)
    number = revision or stored[-1]
    if number not in stored:
        raise DataError(
            f"there is no revision {number}; stored are: {listing(map(str, stored))}", place.where
        )
    content, sums = _checked(place, number, answers)
    told = _understood(place, number, content)
    if told["format"] > FORMAT:
        raise DataError(
            f"{place.shown(number)} was stored by a newer csat ({told['csat']}); update csat",
            f"{place.where}, revision {number}",
        )
    if (told["study"], told["wave"], told["revision"]) != (place.study, place.wave, number):
        owner = f'study "{told["study"]}", wave "{told["wave"]}", revision {told["revision"]}'
        raise _damaged(place, number, SNAPSHOT, f"belongs to {owner}")
    if read_sums(sums.decode())[ANSWERS] != told["answers"]["sha256"]:
        raise _damaged(place, number, SUMS, f"does not agree with {SNAPSHOT}")
    return Snapshot(place, number, told, hashlib.sha256(sums).hexdigest())


def _understood(place: WavePlace, revision: int, content: bytes) -> Mapping[str, Any]:
    """Content of ``snapshot.json``, if it has the parts that every version has."""
    try:
        told: Mapping[str, Any] = json.loads(content)
        if {"format", "csat", "study", "wave", "revision", "answers"} <= told.keys():
            return told
    except (ValueError, AttributeError):
        pass
    raise _damaged(place, revision, SNAPSHOT, "cannot be understood")


def _checked(place: WavePlace, revision: int, answers: bool) -> tuple[bytes, bytes]:
    """Bytes of ``snapshot.json`` and of the file of hashes, after a check of everything."""
    folder = place.revision(revision)
    try:
        sums = (folder / SUMS).read_bytes()
        expected = read_sums(sums.decode("utf-8", errors="replace"))
    except OSError as error:
        raise _damaged(place, revision, SUMS, _why(error)) from error
    if set(expected) != {ANSWERS, SNAPSHOT} or sums_of(expected).encode() != sums:
        raise _damaged(place, revision, SUMS, "does not name the files that it should")
    try:
        content = (folder / SNAPSHOT).read_bytes()
    except OSError as error:
        raise _damaged(place, revision, SNAPSHOT, _why(error)) from error
    if hashlib.sha256(content).hexdigest() != expected[SNAPSHOT]:
        raise _damaged(place, revision, SNAPSHOT, f"is not as it was stored (or {SUMS} is not)")
    try:
        same = not answers or sha256(folder / ANSWERS) == expected[ANSWERS]
    except OSError as error:
        raise _damaged(place, revision, ANSWERS, _why(error)) from error
    if not same or not (folder / ANSWERS).is_file():
        raise _damaged(place, revision, ANSWERS, f"is not as it was stored (or {SUMS} is not)")
    return content, sums


def _why(error: OSError) -> str:
    """Say why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"cannot be read ({error.strerror})"


def _damaged(place: WavePlace, revision: int, file: str, what: str) -> DataError:
    """Error of a snapshot that is not as it was stored."""
    others = [str(n) for n in place.revisions() if n != revision]
    instead = f", or take another with --revision (stored are: {listing(others)})" if others else ""
    return DataError(
        f"the stored snapshot is damaged: {place.shown(revision, file)} {what}; restore it from a backup, "
        f"{_again(place)}{instead}",
        f"{place.where}, revision {revision}",
    )


def _again(place: WavePlace) -> str:
    """Advice to store a wave anew."""
    return f"ingest the wave again (csat ingest STUDY FILE --wave {place.wave})"


def find_snapshot(study: Study, wave: str, revision: str | int = "") -> Snapshot | None:
    """Find the stored snapshot of a wave; None when none is stored and none was asked for.

    Parameters
    ----------
    study : Study
        The study.
    wave : str
        Name of the wave.
    revision : str or int, optional
        Number of the revision, such as ``2`` or ``"r2"``; empty for the latest.

    Raises
    ------
    DataError
        When the revision is not stored or is damaged.
    """
    place = place_of(study, wave)
    number = revision_number(revision, place)
    return read_snapshot(place, number) if number or place.revisions() else None


def revision_number(revision: str | int, place: WavePlace) -> int:
    """Read the number of a revision as a user writes it; 0 for the latest."""
    text = str(revision).strip().lower().removeprefix("r")
    if text in ("", "latest"):
        return 0
    if not text.isdecimal() or not int(text):
        raise DataError(f'revision is "{revision}"; write a number, such as 1', place.where)
    return int(text)
