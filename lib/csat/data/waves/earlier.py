"""The waves before one: their answers for a comparison, and the hashes that say when they have changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from csat.data.answers import Answers, load_answers
from csat.data.problems import DataError
from csat.data.simulated import as_marked
from csat.data.sources.find import find_source, read_source
from csat.data.store.place import place_of
from csat.data.store.reading import read_snapshot
from csat.data.waves.which import waves_with_answers
from csat.study.definition import Study


@dataclass(frozen=True)
class Earlier:
    """Answers of the waves before one.

    Attributes
    ----------
    waves : tuple of str
        Names of all of them, the oldest first.
    answers : tuple of Answers
        The oldest first.
    left_out : tuple of (wave, reason)
        Waves whose answers cannot be used: a report has to name them.
    """

    waves: tuple[str, ...]
    answers: tuple[Answers, ...]
    left_out: tuple[tuple[str, str], ...]


def earlier_waves(study: Study, wave: str, data: str | Path = "") -> tuple[str, ...]:
    """Waves with answers before one, the oldest first.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : str
        Name of the wave.
    data : str or pathlib.Path, optional
        The file that its answers come from, if not from the store or the study's own: then only the waves
        that are in it count.
    """
    try:
        found = waves_with_answers(as_marked(study, data), data)
    except DataError:
        return ()
    return found[: found.index(wave)] if wave in found else ()


def load_earlier(
    study: Study,
    wave: str,
    data: str | Path = "",
    segment: str = "",
    off_scale: str | None = None,
    most: int | None = None,
) -> Earlier:
    """Read the answers of the waves before one, each in its latest revision.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : str
        Name of the wave.
    data : str or pathlib.Path, optional
        As `earlier_waves`.
    segment : str, optional
        ``"NAME=VALUE"`` to keep the respondents of one segment.
    off_scale : {"error", "missing"}, optional
        As `csat.data.answers.load_answers`.
    most : int, optional
        Read no more than the latest so many of them.

    Returns
    -------
    Earlier
        An old wave that cannot be used is left out, with the reason: it must not stop a new one's report.
    """
    answers, left_out = [], []
    names = earlier_waves(study, wave, data)
    names = names if most is None else names[max(0, len(names) - most) :]
    for name in names:
        try:
            answers.append(load_answers(study, name, data, segment, off_scale))
        except DataError as problem:
            left_out.append((name, str(problem)))
    return Earlier(names, tuple(answers), tuple(left_out))


def earlier_hashes(study: Study, wave: str, data: str | Path = "") -> dict[str, str]:
    """Hash of the answers of every wave before one, without reading more than is needed.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : str
        Name of the wave.
    data : str or pathlib.Path, optional
        As `earlier_waves`.

    Returns
    -------
    dict
        Wave -> hash of the latest snapshot, or of the bytes of its file (of its table, from a database). What
        cannot be read has the reason in place of a hash: a report says so, and is made again once it can.
    """
    return {name: _hash(study, name, data) for name in earlier_waves(study, wave, data)}


def _hash(study: Study, wave: str, data: str | Path) -> str:
    """Hash of the answers of one wave."""
    try:
        place = place_of(study, wave)
        if not str(data) and place.revisions():
            return read_snapshot(place, answers=False).sha256
        source = find_source(study, wave, data)
        return read_source(source).sha256 if source.told.kind == "database" else source.sha256
    except DataError as problem:
        return f"not readable: {problem}"
