"""The first and the latest revision of a wave, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from csat.data.answers import Answers, load_answers
from csat.data.problems import DataError
from csat.data.store.closing import closing_of
from csat.data.store.place import place_of
from csat.data.store.present import stored_waves
from csat.data.store.reading import Snapshot, read_snapshot
from csat.data.waves.which import in_order
from csat.study.definition import Study

COLUMNS = (
    "wave",
    "revision",
    "state",
    "n",
    "received",
    "source",
    "created",
    "weighted",
    "hash",
    "problem",
)


@dataclass(frozen=True)
class Revised:
    """A wave of which several revisions are stored.

    Attributes
    ----------
    first, latest : Answers or None
        None where a revision cannot be used; `problem` says why.
    problem : str
    """

    first: Answers | None
    latest: Answers | None
    problem: str = ""


def revised(study: Study, wave: str, segment: str = "") -> Revised | None:
    """Answers of the first and the latest revision of a wave.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : str
        Name of the wave.
    segment : str, optional
        ``"NAME=VALUE"``; empty for everyone.

    Returns
    -------
    Revised or None
        None when fewer than two revisions are stored.
    """
    numbers = place_of(study, wave).revisions()
    if len(numbers) < 2:
        return None
    found: list[Answers | None] = []
    problems = []
    for number in (numbers[0], numbers[-1]):
        try:
            found.append(load_answers(study, wave, "", segment, revision=number))
        except DataError as error:
            found.append(None)
            problems.append(str(error))
    return Revised(found[0], found[1], "\n".join(problems))


def stored_table(study: Study, verify: bool = False, wave: str = "") -> pd.DataFrame:
    """List what is stored of a study.

    Parameters
    ----------
    study : Study
        The study.
    verify : bool
        Whether to hash the answers again, too; what is told of them always is.
    wave : str, optional
        Only this wave.

    Returns
    -------
    DataFrame
        A row a revision, the oldest wave first: ``wave, revision, state`` (``provisional``, ``closed``, or
        ``late`` for a revision after the closing), ``n, received, source, created, weighted, hash`` and
        ``problem`` (empty where it is intact).
    """
    names = stored_waves(study)
    known = in_order(study, [w for w in names if study.has_wave(w)])
    ordered = [*known, *(w for w in names if w not in known)]
    rows = [_rows(study, name, verify) for name in ordered if wave in ("", name)]
    return pd.DataFrame([row for several in rows for row in several], columns=list(COLUMNS))


def _rows(study: Study, wave: str, verify: bool) -> list[tuple[object, ...]]:
    """All revisions of one wave."""
    place = place_of(study, wave)
    try:
        closing, wrong = closing_of(place), ""
    except DataError as error:
        closing, wrong = None, str(error)
    rows: list[tuple[object, ...]] = []
    for number in place.revisions():
        late = closing is not None and number > closing.revision
        state = "unknown" if wrong else "late" if late else "closed" if closing else "provisional"
        try:
            snapshot = read_snapshot(place, number, answers=verify)
            rows.append((wave, number, state, *_told(snapshot), wrong))
        except DataError as error:
            rows.append((wave, number, state, None, None, "", "", None, "", str(error)))
    return rows


def _told(snapshot: Snapshot) -> tuple[object, ...]:
    """Tell of a snapshot what the list shows."""
    return (
        snapshot.n,
        snapshot.received,
        snapshot.source,
        snapshot.created,
        snapshot.weighted,
        snapshot.sha256[:8],
    )
