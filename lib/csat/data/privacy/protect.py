"""Take personal data out of a file before anything of it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from csat.data.ledger import Ledger
from csat.data.privacy.hashing import Key, key_from
from csat.data.privacy.recognise import is_quasi_identifier, kind_of_content, kind_of_name
from csat.data.privacy.scrub import scrub, scrub_cells, token
from csat.data.table import RawTable
from csat.study.definition import Study
from csat.study.intake_checks import known_targets
from csat.study.problems import listing


@dataclass(frozen=True)
class Suspect:
    """A column that looks personal but stays, because the study uses or keeps it."""

    column: str
    kind: str
    count: int


@dataclass(frozen=True)
class Protected:
    """A file without personal data.

    Attributes
    ----------
    table : RawTable
        Without the columns dropped, with hashes for ids, and open answers scrubbed.
    suspects : tuple of Suspect
        Columns that stay although they look personal: someone should decide.
    notes : tuple of str
        What a reader should know.
    lasting : bool
        Whether ids hashed today and next month can be linked; False when a random key was used.
    """

    table: RawTable
    suspects: tuple[Suspect, ...] = ()
    notes: tuple[str, ...] = ()
    lasting: bool = True

    @property
    def cells(self) -> pd.DataFrame:
        """Cells that may be stored."""
        return self.table.cells


def protect(study: Study, table: RawTable, ledger: Ledger) -> Protected:
    """Drop, hash and blot out the personal data of a file.

    Parameters
    ----------
    study : Study
        The study; ``[privacy]`` says what is dropped, hashed and kept beyond what is recognised.
    table : RawTable
        The file under the study's names, as `csat.data.mapping.columns.map_columns` gives it.
    ledger : Ledger
        Gets the columns dropped (``personal_dropped``) and hashed (``personal_hashed``), with the number of
        cells that held something, and the open answers scrubbed (``text_scrubbed``).

    Returns
    -------
    Protected

    Raises
    ------
    DataError
        When the key of the hashes is too short.

    Notes
    -----
    A column is personal when the tool is known to fill it so, by its name or the text of its question, or by
    its content. A column that the study measures or groups by is never dropped: it is a suspect. Open
    questions keep their column: what is personal as a whole becomes a token such as ``[email]``, so that one
    still sees who answered. The respondent id is always hashed.
    """
    return _Work(study, table, ledger).protected()


@dataclass
class _Work:
    """The protection of one file."""

    study: Study
    table: RawTable
    ledger: Ledger
    notes: list[str] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    key: Key | None = None

    @cached_property
    def wordings(self) -> dict[str, tuple[str, ...]]:
        """Column of an open question -> its wording and label in every language."""
        return {
            c.name: (*q.wording.values(), *q.label.values())
            for q in self.study.questions.values()
            if q.type == "text"
            for c in q.columns
        }

    def protected(self) -> Protected:
        """Go all the way."""
        plan = self.study.privacy
        keep, drop, hashed = (set(self._names(n)) for n in (plan.keep, plan.drop, plan.hash))
        ids = self._respondent_columns()
        uses = known_targets(self.study)
        texts = set(self._text_columns())
        cells: dict[str, pd.Series] = {}
        quasi = []
        for name in map(str, self.table.cells.columns):
            column = self.table.cells[name]
            if name in ids or name in hashed:
                cells[name] = self._hashed(name, column)
                continue
            kind = "personal" if name in drop else self._kind(name, column)
            used = uses.get(name, "") not in ("", "multiple") and name not in texts
            if kind and (name in keep or (used and name not in drop)):
                self.suspects.append(Suspect(_shown(name), kind, _filled(column)))
            elif kind and name in texts:
                cells[name] = column.where(column == "", token(kind))
                self._enter("personal_dropped", "dropped", name, _filled(column))
                continue
            elif kind:
                self._enter("personal_dropped", "dropped", name, _filled(column))
                continue
            if name in texts:
                column = self._scrubbed(name, column)
            if name not in keep and is_quasi_identifier(name):
                quasi.append(_shown(name))
            cells[name] = column
        self._note(quasi)
        frame = pd.DataFrame(cells, index=self.table.cells.index)
        lasting = self.key is None or self.key.lasting
        return Protected(_without(self.table, frame), tuple(self.suspects), tuple(self.notes), lasting)

    def _names(self, names: Iterable[str]) -> Iterator[str]:
        """Columns that ``[privacy]`` names, by the study's name or the file's."""
        for name in names:
            yield name
            yield from (t for t, told in self.study.columns.items() if name in told.sources)

    def _respondent_columns(self) -> set[str]:
        """Columns with an id of the respondent: the study's, and the tool's."""
        return {self.study.data.respondent_column, self.table.roles.get("respondent", "")} - {""}

    def _text_columns(self) -> Iterator[str]:
        """Columns of open answers."""
        for question in self.study.questions.values():
            yield from (c.name for c in question.columns if c.kind == "text")

    def _kind(self, name: str, column: pd.Series) -> str:
        """Kind of personal data in a column, empty for none."""
        variable = self.table.variables.get(name)
        asked = {c.name for q in self.study.questions.values() if q.pii for c in q.columns}
        own = self.wordings.get(name)  # the study's own question says better than the name of its column
        texts = own or (name, variable.label if variable else "")
        kind = next((k for text in texts if (k := kind_of_name(text))), "")
        if name in self.table.personal or name in asked:
            return kind or "personal"
        special = set(self.table.roles.values()) | set(self.study.data.ignore_columns)
        if kind or name in special or own:  # open answers are scrubbed one by one
            return "" if name in special else kind
        return kind_of_content(column)

    def _hashed(self, name: str, column: pd.Series) -> pd.Series:
        """Keyed hashes of a column."""
        self.key = self.key or key_from(self.study.privacy.key_env)
        self._enter("personal_hashed", "hashed", name, _filled(column))
        return self.key.hashed_cells(column, self.study.id)

    def _scrubbed(self, name: str, column: pd.Series) -> pd.Series:
        """Open answers without the personal data in them."""
        clean = scrub_cells(column)
        changed = clean != column
        self._enter("text_scrubbed", "scrubbed", name, int(changed.sum()), list(column.index[changed]))
        return clean

    def _enter(self, rule: str, action: str, name: str, count: int, rows: Iterable[int] = ()) -> None:
        """Enter what was done; nothing where nothing was."""
        if count:
            self.ledger.add("read", rule, action, count, list(rows), _shown(name))

    def _note(self, quasi: list[str]) -> None:
        """Say what a reader should know."""
        if self.suspects:
            named = listing(f"{s.column} ({s.kind})" for s in self.suspects)
            self.notes.append(f"columns that look personal but are used or kept: {named}")
        if quasi:
            self.notes.append(f"columns that together may tell who somebody is: {listing(quasi)}")


def _filled(column: pd.Series) -> int:
    """Count the cells that hold something."""
    return int((column != "").sum())


def _shown(name: str) -> str:
    """Name of a column as it may be shown: a file without a header has answers for names."""
    return scrub(name)[0]


def _without(table: RawTable, cells: pd.DataFrame) -> RawTable:
    """Table with these cells, and no word of the columns that are gone."""
    return replace(
        table,
        cells=cells,
        variables={n: v for n, v in table.variables.items() if n in cells},
        roles={role: c for role, c in table.roles.items() if c in cells},
        personal=tuple(c for c in table.personal if c in cells),
    )
