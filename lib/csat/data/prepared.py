"""A wave as it came in: mapped to the study, without personal data, checked, cleaned and weighted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat.data.cleaning import Cleaning, to_codes, to_numbers
from csat.data.contract import needs
from csat.data.contract.findings import check_answers
from csat.data.ledger import Ledger
from csat.data.mapping.columns import Mapped, map_columns
from csat.data.privacy import protect
from csat.data.problems import DataError, in_rows
from csat.data.simulated import is_simulated
from csat.data.table import ROLES, RawTable
from csat.data.waves.which import rows_of_wave
from csat.data.weighting.report import Weighting
from csat.data.weighting.weigh import weigh
from csat.study.definition import Study, Wave
from csat.study.intake import WeightPlan
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
        Weights with mean 1; ones when the study has none.
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
    weighting : Weighting or None
        How the weights came about; None when the study has none.
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
    weighting: Weighting | None = None

    @property
    def segments(self) -> pd.DataFrame:
        """Code of each segment as text, NaN where missing, shape (n, segments)."""
        return segment_codes(self.study, self.cells)


def segment_codes(study: Study, cells: pd.DataFrame) -> pd.DataFrame:
    """Code of each segment as text, NaN where missing.

    Parameters
    ----------
    study : Study
        The study.
    cells : pandas.DataFrame of str
        Columns of the study.

    Returns
    -------
    pandas.DataFrame, shape (n, segments)
    """
    columns = {s.id: to_codes(cells[s.column], study.data.missing) for s in study.segments.values()}
    return pd.DataFrame(columns, index=cells.index)


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
    ledger = Ledger()
    ledger.add("read", "received", "counted", len(table.cells))
    mapped = map_columns(study, wave, table, ledger)
    work = _Work(study, wave, study.without(wave.without), mapped, ledger, where)
    return work.prepared(rule, asked, origin)


@dataclass(frozen=True)
class _Work:
    """One preparation: the study as declared and as asked in the wave, and the file under its names."""

    declared: Study
    wave: Wave
    study: Study
    mapped: Mapped
    ledger: Ledger
    where: str

    @property
    def table(self) -> RawTable:
        """The file."""
        return self.mapped.table

    def prepared(self, off_scale: str, asked: bool, origin: str) -> Prepared:
        """Go all the way."""
        self._check_columns()
        notes = [*self.study.notes, *self.table.notes, *self.mapped.notes]
        cells, note = self._rows(asked)
        received = len(cells)
        notes += [note] if note else []
        cells = self._without_trials(cells)
        safe = protect(self.study, replace(self.table, cells=cells), self.ledger)
        cells, notes = safe.cells, [*notes, *safe.notes]
        numbers, base = self._numbers(cells, off_scale)
        told = self.study.data
        if told.respondent_column:
            notes += needs.without_id(cells[told.respondent_column])
        answered = numbers.notna().any(axis=1)
        if not answered.all():
            gone = ~answered
            self.ledger.add("clean", "no_answer", "set_aside", int(gone.sum()), list(numbers.index[gone]))
        roles = self._roles(safe.table)
        weights, weighting = self._weighed(cells[answered], base[answered])
        return Prepared(
            study=self.study,
            wave=self.wave.id,
            numbers=numbers[answered],
            cells=cells.loc[answered, self._kept(cells, roles)],
            weights=weights,
            ledger=self.ledger.frame(),
            findings=check_answers(self.study, self.wave, cells, roles, off_scale),
            received=received,
            unknown_columns=self.mapped.unmapped,
            source=origin,
            sha256=self.table.sha256,
            format=self.table.format,
            roles=roles,
            notes=(*notes, *(weighting.notes if weighting else ())),
            weighting=weighting,
        )

    def _kept(self, cells: pd.DataFrame, roles: Mapping[str, str]) -> list[str]:
        """Columns beside the numbers that are kept: what the study gives a meaning, and what the tool tells.

        Items stay where a code for "no answer" occurs in them: it tells "don't know" from nothing at all.
        """
        coded = {item for _, rule, item, *_ in self.ledger.entries if rule == "missing_code"}
        items = {i.column for i in self.study.items.values() if i.id not in coded}
        meant = (needs.used_columns(self.study) | set(roles.values())) - items
        return [c for c in cells if c in meant]

    def _weighed(self, cells: pd.DataFrame, base: pd.Series) -> tuple[pd.Series, Weighting | None]:
        """Weights with mean 1: those of the file, made to agree with the targets where there are any."""
        plan = self.study.weighting or WeightPlan()
        targets = {**plan.targets, **self.wave.targets}
        if not (targets or self.study.data.weight_column) or base.empty:
            return base, None
        segments = segment_codes(self.study, cells)
        found = weigh(plan, self.wave.targets, segments, base.to_numpy(dtype=np.float64), self.where)
        return pd.Series(found.weights, index=base.index), found

    def _check_columns(self) -> None:
        """Refuse a table that lacks a column, or has one twice."""
        columns = list(self.table.cells.columns)
        twice = set(self.table.doubled) & needs.used_columns(self.study)
        problems = [f'column "{c}" comes more than once' for c in sorted(twice)]
        problems += list(needs.missing_columns(self.study, columns))
        problems += list(needs.left_with_one(self.study, self.declared))
        if problems:
            there = f"the file has the columns: {listing(columns, 40)}"
            raise DataError(problems, self.where, [there] if any("missing" in p for p in problems) else ())

    def _roles(self, table: RawTable) -> dict[str, str]:
        """Columns that tell of each answer: as the study says, else as the tool does."""
        own = {role: getattr(self.study.data, f"{role}_column", "") for role in ROLES}
        told = {**table.roles, **{role: column for role, column in own.items() if column}}
        return {role: column for role, column in told.items() if column in table.cells}

    def _without_trials(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Rows but previews, which are nobody's answers; all of them where there are no others."""
        status = self._roles(self.table).get("status", "")
        if status not in cells:
            return cells
        trial = cells[status].str.lower() == "test"
        if not trial.any() or trial.all():
            return cells
        self.ledger.add("select", "trial", "set_aside", int(trial.sum()), list(cells.index[trial]))
        return cells[~trial]

    def _rows(self, asked: bool) -> tuple[pd.DataFrame, str]:
        """Rows of the wave that are not wholly empty."""
        cells, ledger = self.table.cells, self.ledger
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

    def _numbers(self, cells: pd.DataFrame, off_scale: str) -> tuple[pd.DataFrame, pd.Series]:
        """Numbers of all items and the weights, or one error with everything that is wrong in the cells."""
        cleaning = Cleaning(self.ledger, off_scale)
        told = self.study.data
        columns = {
            i.id: cleaning.item(cells[i.column], i, self.study.scales[i.scale], told.missing)
            for i in self.study.items.values()
        }
        weights = pd.Series(1.0, index=cells.index)
        if told.weight_column:
            weights = _weights(cells[told.weight_column], cleaning.errors)
        if told.respondent_column:
            cleaning.errors.extend(needs.duplicate_respondents(cells[told.respondent_column]))
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
