"""From the columns of a file to those of the study: names, codes, and a ledger of every change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from csat.data.cleaning import NO_ANSWER
from csat.data.ledger import Ledger
from csat.data.mapping.meanings import Meaning, contradictions, meanings, translation
from csat.data.mapping.multiple import flags_of
from csat.data.mapping.placing import maps_of, place, under_study_names
from csat.data.mapping.recoding import canonical, recode_table
from csat.data.table import RawTable, Variable
from csat.data.waves.which import wave_column
from csat.study.definition import Study, Wave
from csat.study.intake import ColumnMap
from csat.study.intake_checks import known_targets
from csat.study.problems import listing


@dataclass(frozen=True)
class Mapped:
    """A file under the names and codes of the study.

    Attributes
    ----------
    table : RawTable
        The same file; columns of the study have the study's names, and so have the roles, the personal
        columns and what the export tells of its columns.
    unmapped : tuple of str
        Columns of the file that the study gives no meaning.
    notes : tuple of str
        What a reader should know.
    """

    table: RawTable
    unmapped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def cells(self) -> pd.DataFrame:
        """Cells as text, columns of the study and all others."""
        return self.table.cells

    @property
    def roles(self) -> Mapping[str, str]:
        """Part that a column plays for the tool -> its name."""
        return self.table.roles


def map_columns(study: Study, wave: Wave, table: RawTable, ledger: Ledger) -> Mapped:
    """Put a file under the names and codes of the study.

    Parameters
    ----------
    study : Study
        The study in the version that the wave asked, with all its items.
    wave : Wave
        The wave; its own ``columns`` take the place of the study's.
    table : RawTable
        The file as read.
    ledger : Ledger
        Gets an entry for every recode, translated label and missing code. Rows of other waves are changed
        alike but not counted.

    Returns
    -------
    Mapped
        The file under the study's names.

    Raises
    ------
    DataError
        When a mapped column that is asked in this wave has none of its sources in the file, or the options
        of a multiple answer cannot be told.
    """
    where = f'study "{study.id}", wave "{wave.id}", file "{table.name}"'
    placing = place(study, wave, table, where)
    notes = [
        f'column "{name}" of the file is not the study\'s {name}, which stands in "{placing.sources[name]}"'
        for name in placing.hidden
    ]
    placed = under_study_names(table, placing)
    flags = pd.DataFrame(index=table.cells.index)
    used: set[str] = set()
    by_base = {q.base: q for q in study.questions.values()}
    for target, source in placing.groups.items():
        made = flags_of(by_base[target], source, table, where)
        flags, notes = flags.join(made.cells), [*notes, *made.notes]
        used |= set(made.used) - set(placing.sources.values())
    kept = [c for c in placed.cells.columns if c not in used and c not in flags]
    placed = replace(placed, cells=placed.cells[kept].join(flags))
    work = _Work(study, placed, ledger, _rows_counted(study, wave, placed))
    cells = work.cells(maps_of(study, wave), notes)
    result = replace(placed, cells=cells)
    return Mapped(result, (*_unmapped(study, result), *placing.hidden), tuple(notes))


def _rows_counted(study: Study, wave: Wave, table: RawTable) -> pd.Series:
    """Rows that the ledger counts: those of the wave, where the file tells."""
    column = study.data.wave_column
    if column and column in table.cells:
        chosen = wave_column(study, table.cells) == wave.id
        if chosen.any():
            return chosen
    return pd.Series(True, index=table.cells.index)


def _unmapped(study: Study, table: RawTable) -> Iterable[str]:
    """Columns that neither the study nor a role gives a meaning."""
    known = {*known_targets(study), *study.data.ignore_columns, *table.roles.values()}
    return [str(c) for c in table.cells.columns if c and c not in known]


@dataclass(frozen=True)
class _Work:
    """The recoding of one table."""

    study: Study
    table: RawTable
    ledger: Ledger
    counted: pd.Series

    def cells(self, maps: Mapping[str, ColumnMap], notes: list[str]) -> pd.DataFrame:
        """Every column in the study's codes."""
        known = meanings(self.study)
        columns = self.table.cells.columns
        recodes = {target: told.recode for target, told in maps.items() if told.recode and target in columns}
        changed = {
            c: self._column(c, recodes.get(c, {}), known.get(c), notes)
            for c in columns
            if c in known or c in recodes
        }
        return self.table.cells.assign(**changed)

    def _column(
        self, name: str, recode: Mapping[str, str], meaning: Meaning | None, notes: list[str]
    ) -> pd.Series:
        """Cells of one column: the recode first, then missing codes, then labels."""
        cells = self.table.cells[name]
        distinct = [str(c) for c in cells.unique()]
        told = recode_table(distinct, recode)
        shown = meaning.name if meaning else name
        self._enter(shown, "recoded", cells, told)
        left = [c for c in distinct if c not in told and c.lower() not in NO_ANSWER]
        if meaning is None:
            return cells.map(lambda c: told.get(c, c))
        variable = self.table.variables.get(name)
        gone = {c: "" for c in left if _is_missing(c, variable, meaning)}
        self._enter(shown, "missing_code", cells, gone)
        left = [c for c in left if c not in gone]
        codes = translation(left, meaning, variable)
        self._enter(shown, "label_to_code", cells, codes)
        if variable and not codes:
            notes += _contradicted(shown, left, meaning, variable)
        table = {**told, **gone, **codes}
        return cells.map(lambda c: table.get(c, c)) if table else cells

    def _enter(self, item: str, rule: str, cells: pd.Series, table: Mapping[str, str]) -> None:
        """Enter what a table changes into the ledger, by what became of the cells."""
        for action, to_empty in (("recoded", False), ("set_missing", True)):
            keys = {old for old, new in table.items() if old != new and (new == "") is to_empty}
            rows = list(cells.index[cells.isin(keys) & self.counted]) if keys else []
            if rows:
                self.ledger.add("clean", rule, action, len(rows), rows, item)


def _is_missing(cell: str, variable: Variable | None, meaning: Meaning) -> bool:
    """Whether the tool calls a code missing, and the study does not itself tell what kind of missing."""
    if variable is None or not variable.missing or canonical(cell) in meaning.missing:
        return False
    return canonical(cell) in {canonical(code) for code in variable.missing}


def _contradicted(name: str, cells: list[str], meaning: Meaning, variable: Variable) -> list[str]:
    """Note codes that the export gives another label than the study does."""
    there = {canonical(code): label for code, label in variable.labels.items()}
    wrong = [
        f'{cell} = "{label}" (the study: {code})'
        for cell, label, code in contradictions(cells, meaning, there)
    ]
    if not wrong:
        return []
    return [
        f"{name}: labels of the export contradict the study, {listing(wrong, 5)}; codes are taken as they are"
    ]
