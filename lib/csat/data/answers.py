"""The answers of one wave, checked and ready to be analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csat.data.contract import needs
from csat.data.ledger import Ledger
from csat.data.prepared import Prepared
from csat.data.problems import DataError
from csat.data.simulated import as_marked
from csat.data.sources.fetching import prepare_wave
from csat.data.store.closing import Closing
from csat.data.store.loading import StoredWave, load_stored
from csat.data.waves.which import latest_wave
from csat.data.weighting.report import Weighting
from csat.study.definition import Study
from csat.study.problems import listing, suggest


@dataclass(frozen=True)
class Answers:
    """Answers of one wave (and segment), as given and as scored, and how they came to be.

    Attributes
    ----------
    study : Study
        The study as asked in this wave (items that the wave went without are gone).
    wave, segment : str
        Name of the wave; ``""`` for everyone or ``"segment=value"``.
    raw, scored : pandas.DataFrame, shape (n, items)
        Answers as given, and with reversed items flipped to ``minimum + maximum - x``; NaN where missing.
    weights : numpy.ndarray, shape (n,)
        Weights with mean 1; ones when the study has none.
    segments : pandas.DataFrame, shape (n, segments)
        Code of each segment as text, NaN where missing.
    ledger : pandas.DataFrame
        Columns `step, rule, item, count, rows, action`: the way from rows received to rows analysed.
    received : int
        Rows of the wave, before any of them was set aside.
    rows : numpy.ndarray, shape (n,)
        Row of the file that each respondent comes from, the first under the header being 1.
    unknown_columns : tuple of str
        Columns of the file that the study gives no meaning.
    source, sha256 : str
        Where the data came from, and the hash of its bytes.
    notes : tuple of str
        Whatever a reader should know about how the file was read.
    cells : pandas.DataFrame of str, shape (n, columns)
        Other columns that the study gives a meaning, and what the tool tells of each answer.
    roles : mapping of str to str
        Part (see `csat.data.table.ROLES`) -> column of `cells` that plays it.
    findings : pandas.DataFrame
        Columns `rule, item, count, rows, severity, action`: what the contract found in the whole wave.
    strata, clusters : numpy.ndarray of shape (n,), or None
        Stratum and cluster of each respondent, where the study has such columns.
    revision : int or None
        Number of the stored revision that they come from; None where they come from a file.
    revisions : int
        How many revisions of the wave are stored.
    provisional : bool
        Whether the wave is stored and not closed yet.
    late : Closing or None
        The closing of the wave, where the revision was stored after it.
    snapshot : str
        Hash of the snapshot; empty where they come from a file.
    weighting : Weighting or None
        How the weights of the whole wave came about; None when the study has none.
    """

    study: Study
    wave: str
    segment: str
    raw: pd.DataFrame
    scored: pd.DataFrame
    weights: NDArray[np.float64]
    segments: pd.DataFrame
    ledger: pd.DataFrame
    received: int
    rows: NDArray[np.int64]
    unknown_columns: tuple[str, ...]
    source: str
    sha256: str
    notes: tuple[str, ...] = ()
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    roles: Mapping[str, str] = field(default_factory=dict)
    findings: pd.DataFrame = field(default_factory=pd.DataFrame)
    strata: NDArray[np.object_] | None = None
    clusters: NDArray[np.object_] | None = None
    revision: int | None = None
    revisions: int = 0
    provisional: bool = False
    late: Closing | None = None
    snapshot: str = ""
    weighting: Weighting | None = None

    @property
    def n(self) -> int:
        """Number of respondents analysed."""
        return len(self.raw)


def load_answers(
    study: Study,
    wave: str | int = "",
    data: str | Path = "",
    segment: str = "",
    off_scale: str | None = None,
    revision: str | int = "",
) -> Answers:
    """Read, check and score the answers of one wave.

    Without a file named, a stored snapshot of the wave comes first, then the study's own ``[data]``.

    Parameters
    ----------
    study : Study
        The study definition.
    wave : str, optional
        Name of the wave; by default the latest that has answers.
    data : str or pathlib.Path, optional
        A file of answers instead of the study's own.
    segment : str, optional
        ``"NAME=VALUE"`` to keep the respondents of one segment; the value is a code or its label.
    off_scale : {"error", "missing"}, optional
        What to do with answers off their scale; by default what the study's ``[data]`` says.
    revision : str or int, optional
        Number of the stored revision to take; by default the latest.

    Returns
    -------
    Answers
        Checked answers with the ledger of what was done to them.

    Raises
    ------
    DataError
        When the file cannot be read, columns are missing, or the answers cannot be analysed; the error lists
        everything of one kind together and names items and rows. A stored snapshot that is damaged is an
        error, too: nothing else takes its place.

    Examples
    --------
    >>> from csat.study import load_study
    >>> answers = load_answers(load_study("mobile_ecsi"), wave="2005")
    >>> answers.n
    250
    """
    name = str(wave) or latest_wave(as_marked(study, data), data)
    place = f'study "{study.id}", wave "{name}"'
    stored = _stored(study, name, data, off_scale or "", revision)
    prepared = stored.prepared if stored else None
    if prepared is None:
        prepared = prepare_wave(study, name, data, off_scale or "", asked=bool(str(wave)))
    about = f", revision {stored.revision}" if stored else f', file "{prepared.source}"'
    return answers_of(
        prepared, segment, place + (f', segment "{segment}"' if segment else "") + about, stored
    )


def _stored(
    study: Study, wave: str, data: str | Path, off_scale: str, revision: str | int
) -> StoredWave | None:
    """Take the stored snapshot of a wave, unless a file is named or none is there."""
    if str(data):
        if str(revision):
            wrong = "revision and data exclude each other: a revision is of the store, data a file"
            raise DataError(wrong, f'study "{study.id}", wave "{wave}"')
        return None
    return load_stored(study, wave, revision, off_scale) if study.has_wave(wave) else None


def answers_of(
    prepared: Prepared, segment: str = "", where: str = "", stored: StoredWave | None = None
) -> Answers:
    """Take the answers of a segment, or of everyone, out of a prepared wave and score them.

    Parameters
    ----------
    prepared : Prepared
        The wave.
    segment : str, optional
        ``"NAME=VALUE"``; empty for everyone.
    where : str, optional
        Place that an error speaks of.
    stored : StoredWave, optional
        Snapshot that it comes from.

    Returns
    -------
    Answers

    Raises
    ------
    DataError
        When there is no such segment, or the answers cannot be analysed.
    """
    study = prepared.study
    where = where or f'study "{study.id}", wave "{prepared.wave}"'
    ledger = Ledger(prepared.ledger)
    segments = prepared.segments
    chosen = _segment(study, segments, segment, where)
    kept = _keep(study, segments, chosen, ledger, where)
    raw, weights = prepared.numbers.loc[kept], prepared.weights.loc[kept]
    segments, cells = segments.loc[kept], _anonymous(prepared).loc[kept]
    _check_answers(raw, study, where)
    scored = _scored(raw, study, ledger)
    ledger.add("result", "analysed", "kept", len(raw))
    told = study.data
    return Answers(
        study=study,
        wave=prepared.wave,
        segment="=".join(chosen),
        raw=raw.reset_index(drop=True),
        scored=scored.reset_index(drop=True),
        weights=(weights / weights.mean()).to_numpy(dtype=float),
        segments=segments.reset_index(drop=True),
        ledger=ledger.frame(),
        received=prepared.received,
        rows=raw.index.to_numpy(dtype=np.int64),
        unknown_columns=prepared.unknown_columns,
        source=prepared.source,
        sha256=prepared.sha256,
        notes=(*prepared.notes, *needs.undeclared_values(segments, study)),
        cells=cells.reset_index(drop=True),
        roles={role: column for role, column in prepared.roles.items() if column in cells},
        findings=prepared.findings,
        strata=cells[told.strata_column].to_numpy() if told.strata_column else None,
        clusters=cells[told.cluster_column].to_numpy() if told.cluster_column else None,
        weighting=prepared.weighting,
        revision=stored.revision if stored else None,
        revisions=stored.revisions if stored else 0,
        provisional=stored.provisional if stored else False,
        late=stored.late if stored else None,
        snapshot=stored.sha256 if stored else "",
    )


def _anonymous(prepared: Prepared) -> pd.DataFrame:
    """Cells without the ids of the respondents, which no statistic needs."""
    ids = {prepared.study.data.respondent_column, prepared.roles.get("respondent", "")}
    return prepared.cells[[c for c in prepared.cells if c not in ids]]


def _segment(study: Study, segments: pd.DataFrame, wanted: str, where: str) -> tuple[str, ...]:
    """Name and code of the segment asked for; empty for everyone."""
    if not wanted:
        return ()
    name, equals, value = (part.strip() for part in wanted.partition("="))
    known = study.segments
    if name in known and not value:
        values = listing(sorted(set(segments[name].dropna().astype(str)))) or "none"
        raise DataError(f'"{wanted}" lacks its value: write {name}=VALUE, values are: {values}', where)
    if not equals or name not in known:
        there = listing(known) or "none"
        wrong = f'"{wanted}" names no segment of the study{suggest(name, known)}'
        raise DataError(f"{wrong}; write NAME=VALUE, segments are: {there}", where)
    found = sorted(set(segments[name].dropna().astype(str)))
    by_label = {t: code for code, text in known[name].values.items() for t in text.values()}
    code = value if value in found else by_label.get(value, value)
    if code not in found:
        raise DataError(
            f'nobody is in segment {name} with value "{value}"{suggest(value, found)}; '
            f"there are: {listing(found)}",
            where,
        )
    return name, code


def _keep(
    study: Study, segments: pd.DataFrame, chosen: tuple[str, ...], ledger: Ledger, where: str
) -> pd.Index:
    """Rows of the segment asked for, if they are enough to be shown."""
    index = segments.index
    if not chosen:
        return index
    name, code = chosen
    kept = index[(segments[name] == code).to_numpy(dtype=bool)]
    ledger.add("select", "other_segment", "set_aside", len(index) - len(kept))
    least = study.thresholds.suppress_below
    if len(kept) < least:
        raise DataError(
            f"segment {name}={code} has {len(kept)} respondents, fewer than {least} (suppress_below): "
            "results of so few people are not shown",
            where,
        )
    return kept


def _check_answers(raw: pd.DataFrame, study: Study, where: str) -> None:
    """Refuse answers that cannot be analysed."""
    problems = [*needs.too_few(len(raw), study), *needs.unusable_items(raw, study)]
    problems = problems or list(needs.collinear_items(raw))
    if problems:
        raise DataError(problems, where)


def _scored(raw: pd.DataFrame, study: Study, ledger: Ledger) -> pd.DataFrame:
    """Answers with reversed items flipped."""
    scored = raw.copy()
    for item in study.items.values():
        if item.reversed:
            scale = study.scales[item.scale]
            scored[item.id] = scale.minimum + scale.maximum - raw[item.id]
            ledger.add("score", "reversed", "flipped", int(raw[item.id].notna().sum()), item=item.id)
    return scored
