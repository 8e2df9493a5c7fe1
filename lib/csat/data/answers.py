"""The answers of one wave, checked and ready to be analysed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csat.data import contract
from csat.data.cleaning import Cleaning, to_codes, to_numbers
from csat.data.ledger import Ledger
from csat.data.problems import DataError, in_rows
from csat.data.readers import read_table
from csat.data.simulated import as_marked, is_simulated
from csat.data.sources import find_source
from csat.data.table import RawTable
from csat.data.waves import latest_wave, rows_of_wave
from csat.study.definition import Study, Wave
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
) -> Answers:
    """Read, check and score the answers of one wave.

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

    Returns
    -------
    Answers
        Checked answers with the ledger of what was done to them.

    Raises
    ------
    DataError
        When the file cannot be read, columns are missing, or the answers cannot be analysed; the error lists
        everything of one kind together and names items and rows.

    Examples
    --------
    >>> from csat.study import load_study
    >>> answers = load_answers(load_study("mobile_ecsi"), wave="2005")
    >>> answers.n
    250
    """
    study = as_marked(study, data)
    name = str(wave) or latest_wave(study, data)
    asked = study.wave(name)
    study = study.for_version(asked.version)
    source = find_source(study, name, data)
    table = read_table(source.content, source.name, source.told)
    study = replace(study, simulated=study.simulated or is_simulated(study, table.cells))
    where = _where(study, name, segment)
    work = _Work(study, asked, study.without(asked.without), table, f'{where}, file "{table.name}"')
    return work.answers(segment, off_scale or study.data.off_scale, bool(str(wave)), source.origin)


@dataclass(frozen=True)
class _Work:
    """One loading: the study as declared and as asked in the wave, and the table read."""

    declared: Study
    wave: Wave
    study: Study
    table: RawTable
    where: str

    def answers(self, segment: str, off_scale: str, asked: bool, origin: str) -> Answers:
        """Go all the way from the table to the answers."""
        if off_scale not in ("error", "missing"):
            raise DataError(f'off_scale is "{off_scale}"; allowed: error, missing', self.where)
        self._check_columns()
        ledger, notes = Ledger(), [*self.study.notes, *self.table.notes]
        cells, note = self._rows(ledger, asked)
        received = len(cells)
        notes += [note] if note else []
        segments = self._segments(cells)
        chosen = self._segment(segments, segment)
        kept = self._keep(cells.index, segments, chosen, ledger)
        cells, segments = cells.loc[kept], segments.loc[kept]
        raw, weights = self._numbers(cells, off_scale, ledger)
        if self.study.data.respondent_column:
            notes += contract.without_id(cells[self.study.data.respondent_column])
        answered = raw.notna().any(axis=1)
        if not answered.all():
            gone = ~answered
            ledger.add("clean", "no_answer", "set_aside", int(gone.sum()), list(raw.index[gone]))
        raw, weights, segments = raw[answered], weights[answered], segments[answered]
        self._check_answers(raw)
        notes += list(contract.undeclared_values(segments, self.study))
        scored = self._scored(raw, ledger)
        ledger.add("result", "analysed", "kept", len(raw))
        return Answers(
            study=self.study,
            wave=self.wave.id,
            segment="=".join(chosen),
            raw=raw.reset_index(drop=True),
            scored=scored.reset_index(drop=True),
            weights=(weights / weights.mean()).to_numpy(dtype=float),
            segments=segments.reset_index(drop=True),
            ledger=ledger.frame(),
            received=received,
            rows=raw.index.to_numpy(dtype=np.int64),
            unknown_columns=self._unknown(),
            source=origin,
            sha256=self.table.sha256,
            notes=tuple(notes),
        )

    def _check_columns(self) -> None:
        """Refuse a table that lacks a column, or has one twice."""
        columns = list(self.table.cells.columns)
        twice = set(self.table.doubled) & contract.used_columns(self.study)
        problems = [f'column "{c}" comes more than once' for c in sorted(twice)]
        problems += list(contract.missing_columns(self.study, columns))
        problems += list(contract.left_with_one(self.study, self.declared))
        if problems:
            there = f"the file has the columns: {listing(columns, 40)}"
            raise DataError(problems, self.where, [there] if any("missing" in p for p in problems) else ())

    def _unknown(self) -> tuple[str, ...]:
        """Columns that the study gives no meaning (those of items not asked in this wave are known)."""
        known = contract.used_columns(self.declared)
        return tuple(str(c) for c in self.table.cells.columns if c and c not in known)

    def _rows(self, ledger: Ledger, asked: bool) -> tuple[pd.DataFrame, str]:
        """Rows of the wave that are not wholly empty."""
        cells = self.table.cells
        ledger.add("read", "received", "counted", len(cells))
        empty = (cells == "").all(axis=1)
        if empty.any():
            ledger.add("read", "empty_row", "set_aside", int(empty.sum()), list(cells.index[empty]))
        chosen, note = rows_of_wave(self.declared, self.table, self.wave.id, asked)
        other = ~chosen & ~empty
        if other.any():
            ledger.add("select", "other_wave", "set_aside", int(other.sum()))
        for item in self.wave.without:
            ledger.add("select", "not_asked", "dropped", 0, item=item)
        return cells[chosen & ~empty], note

    def _segments(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Codes of every segment."""
        missing = self.study.data.missing
        columns = {s.id: to_codes(cells[s.column], missing) for s in self.study.segments.values()}
        return pd.DataFrame(columns, index=cells.index)

    def _segment(self, segments: pd.DataFrame, wanted: str) -> tuple[str, ...]:
        """Name and code of the segment asked for; empty for everyone."""
        if not wanted:
            return ()
        name, equals, value = (part.strip() for part in wanted.partition("="))
        known = self.study.segments
        if name in known and not value:
            values = listing(sorted(set(segments[name].dropna().astype(str)))) or "none"
            raise DataError(
                f'"{wanted}" lacks its value: write {name}=VALUE, values are: {values}', self.where
            )
        if not equals or name not in known:
            there = listing(known) or "none"
            wrong = f'"{wanted}" names no segment of the study{suggest(name, known)}'
            raise DataError(f"{wrong}; write NAME=VALUE, segments are: {there}", self.where)
        found = sorted(set(segments[name].dropna().astype(str)))
        by_label = {t: code for code, text in known[name].values.items() for t in text.values()}
        code = value if value in found else by_label.get(value, value)
        if code not in found:
            raise DataError(
                f'nobody is in segment {name} with value "{value}"{suggest(value, found)}; '
                f"there are: {listing(found)}",
                self.where,
            )
        return name, code

    def _keep(
        self, index: pd.Index, segments: pd.DataFrame, chosen: tuple[str, ...], ledger: Ledger
    ) -> pd.Index:
        """Rows of the segment asked for, if they are enough to be shown."""
        if not chosen:
            return index
        name, code = chosen
        kept = index[(segments[name] == code).to_numpy(dtype=bool)]
        ledger.add("select", "other_segment", "set_aside", len(index) - len(kept))
        least = self.study.thresholds.suppress_below
        if len(kept) < least:
            raise DataError(
                f"segment {name}={code} has {len(kept)} respondents, fewer than {least} (suppress_below): "
                "results of so few people are not shown",
                self.where,
            )
        return kept

    def _numbers(self, cells: pd.DataFrame, off_scale: str, ledger: Ledger) -> tuple[pd.DataFrame, pd.Series]:
        """Numbers of all items and the weights, or one error with everything that is wrong in the cells."""
        cleaning = Cleaning(ledger, off_scale)
        told = self.study.data
        columns = {
            i.id: cleaning.item(cells[i.column], i, self.study.scales[i.scale], told.missing)
            for i in self.study.items.values()
        }
        weights = pd.Series(1.0, index=cells.index)
        if told.weight_column:
            weights = self._weights(cells[told.weight_column], cleaning.errors)
        if told.respondent_column:
            cleaning.errors.extend(contract.duplicate_respondents(cells[told.respondent_column]))
        if cleaning.errors:
            count = "rows are counted from 1, the first under the header"
            raise DataError(cleaning.errors, self.where, [*cleaning.advice, count])
        return pd.DataFrame(columns, index=cells.index), weights

    def _weights(self, cells: pd.Series, errors: list[str]) -> pd.Series:
        """Weights, which are numbers from 0 on and not all 0."""
        weights, _ = to_numbers(cells)
        bad = ~(weights >= 0)
        if bad.any():
            errors.append(
                f"weights must be numbers from 0 on; they are not {in_rows(list(cells.index[bad]))}"
            )
        elif not weights.sum() > 0:
            errors.append("all weights are 0")
        return weights

    def _check_answers(self, raw: pd.DataFrame) -> None:
        """Refuse answers that cannot be analysed."""
        problems = [
            *contract.too_few(len(raw), self.study),
            *contract.unusable_items(raw, self.study),
        ]
        problems = problems or list(contract.collinear_items(raw))
        if problems:
            raise DataError(problems, self.where)

    def _scored(self, raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
        """Answers with reversed items flipped."""
        scored = raw.copy()
        for item in self.study.items.values():
            if item.reversed:
                scale = self.study.scales[item.scale]
                scored[item.id] = scale.minimum + scale.maximum - raw[item.id]
                ledger.add("score", "reversed", "flipped", int(raw[item.id].notna().sum()), item=item.id)
        return scored


def _where(study: Study, wave: str, segment: str) -> str:
    """Place that an error speaks of."""
    return f'study "{study.id}", wave "{wave}"' + (f', segment "{segment}"' if segment else "")
