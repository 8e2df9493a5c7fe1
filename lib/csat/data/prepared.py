"""A wave as it came in: mapped to the study, without personal data, checked, cleaned and weighted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat.data import contract
from csat.data.cleaning import Cleaning, to_codes, to_numbers
from csat.data.findings import check_answers
from csat.data.ledger import Ledger
from csat.data.problems import DataError, in_rows
from csat.data.simulated import is_simulated
from csat.data.table import ROLES, RawTable
from csat.data.waves import rows_of_wave
from csat.study.definition import Study, Wave
from csat.study.problems import listing

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Prepared:
    """Answers of a whole wave, ready to be stored or analysed.

    Attributes
    ----------
    study : Study
        The study as asked in this wave (items that the wave went without are gone).
    wave : str
        Name of the wave.
    numbers : pandas.DataFrame, shape (n, items)
        Answers as given, NaN where missing; the index is the row of the file, the first answer being 1.
    cells : pandas.DataFrame of str, shape (n, columns)
        The other columns that the study gives a meaning, and what the tool tells of each answer (`roles`);
        empty where nothing stands. No personal data.
    weights : pandas.Series, shape (n,)
        Weights of any scale, not negative; ones when the study has none.
    ledger, findings : pandas.DataFrame
        What was done to the rows and cells, and what the contract found.
    received : int
        Rows of the wave, before any of them was set aside.
    unknown_columns : tuple of str
        Columns of the file that the study gives no meaning; they are left out.
    source, sha256, format : str
        Where the data came from, the hash of its bytes and the format they were recognised as.
    roles : mapping of str to str
        Part (see `csat.data.table.ROLES`) -> column of `cells` that plays it.
    notes : tuple of str
        Whatever a reader should know about how the file was read.
    """

    study: Study
    wave: str
    numbers: pd.DataFrame
    cells: pd.DataFrame
    weights: pd.Series
    ledger: pd.DataFrame
    findings: pd.DataFrame
    received: int
    unknown_columns: tuple[str, ...]
    source: str
    sha256: str
    format: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> pd.DataFrame:
        """Code of each segment as text, NaN where missing, shape (n, segments)."""
        missing = self.study.data.missing
        columns = {s.id: to_codes(self.cells[s.column], missing) for s in self.study.segments.values()}
        return pd.DataFrame(columns, index=self.cells.index)

    def codes(self, column: str) -> pd.Series | None:
        """Cells of a special column of ``[data]`` (such as the stratum); None where the study has none."""
        return self.cells[column] if column else None


def prepare(
    study: Study,
    wave: Wave,
    table: RawTable,
    origin: str,
    off_scale: str = "",
    asked: bool = True,
) -> Prepared:
    """Take a table all the way from its cells to checked, cleaned and weighted answers.

    Parameters
    ----------
    study : Study
        The study in the version that the wave asked, with all its items.
    wave : Wave
        The wave.
    table : RawTable
        The table read.
    origin : str
        Where it came from, in words fit for a report.
    off_scale : {"", "error", "missing"}
        What to do with answers off their scale; empty for what the study says.
    asked : bool
        Whether the wave was named by the user, who then may read a file without a wave column.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError
        When columns are missing or cells are not what they must be; the error lists everything of one kind
        together and names items and rows.
    """
    study = replace(study, simulated=study.simulated or is_simulated(study, table.cells))
    where = f'study "{study.id}", wave "{wave.id}", file "{table.name}"'
    rule = off_scale or study.data.off_scale
    if rule not in ("error", "missing"):
        raise DataError(f'off_scale is "{rule}"; allowed: error, missing', where)
    return _Work(study, wave, study.without(wave.without), table, where).prepared(rule, asked, origin)


@dataclass(frozen=True)
class _Work:
    """One preparation: the study as declared and as asked in the wave, and the table read."""

    declared: Study
    wave: Wave
    study: Study
    table: RawTable
    where: str

    def prepared(self, off_scale: str, asked: bool, origin: str) -> Prepared:
        """Go all the way."""
        self._check_columns()
        ledger, notes = Ledger(), [*self.study.notes, *self.table.notes]
        cells, note = self._rows(ledger, asked)
        received = len(cells)
        notes += [note] if note else []
        numbers, weights = self._numbers(cells, off_scale, ledger)
        told = self.study.data
        if told.respondent_column:
            notes += contract.without_id(cells[told.respondent_column])
        answered = numbers.notna().any(axis=1)
        if not answered.all():
            gone = ~answered
            ledger.add("clean", "no_answer", "set_aside", int(gone.sum()), list(numbers.index[gone]))
        items = {i.column for i in self.study.items.values()}
        roles = self._roles()
        known = [
            c
            for c in cells
            if c not in items and (c in contract.used_columns(self.study) or c in roles.values())
        ]
        return Prepared(
            study=self.study,
            wave=self.wave.id,
            numbers=numbers[answered],
            cells=cells.loc[answered, known],
            weights=weights[answered],
            ledger=ledger.frame(),
            findings=check_answers(self.study, self.wave, cells, roles, off_scale),
            received=received,
            unknown_columns=self._unknown(),
            source=origin,
            sha256=self.table.sha256,
            format=self.table.format,
            roles=roles,
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

    def _roles(self) -> dict[str, str]:
        """Columns that tell of each answer: as the study says, else as the tool does."""
        own = {role: getattr(self.study.data, f"{role}_column", "") for role in ROLES}
        told = {**self.table.roles, **{role: column for role, column in own.items() if column}}
        return {role: column for role, column in told.items() if column in self.table.cells}

    def _unknown(self) -> tuple[str, ...]:
        """Columns that the study gives no meaning (those of items not asked in this wave are known)."""
        known = contract.used_columns(self.declared) | set(self._roles().values())
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
            weights = _weights(cells[told.weight_column], cleaning.errors)
        if told.respondent_column:
            cleaning.errors.extend(contract.duplicate_respondents(cells[told.respondent_column]))
        if cleaning.errors:
            count = "rows are counted from 1, the first under the header"
            raise DataError(cleaning.errors, self.where, [*cleaning.advice, count])
        return pd.DataFrame(columns, index=cells.index), weights


def _weights(cells: pd.Series, errors: list[str]) -> pd.Series:
    """Weights, which are numbers from 0 on and not all 0."""
    weights, _ = to_numbers(cells)
    bad = ~(weights >= 0)
    if bad.any():
        errors.append(f"weights must be numbers from 0 on; they are not {in_rows(list(cells.index[bad]))}")
    elif not weights.sum() > 0:
        errors.append("all weights are 0")
    return weights.astype(np.float64)
