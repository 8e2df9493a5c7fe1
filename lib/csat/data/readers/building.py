"""What all readers of tools do: take a grid of texts apart, name columns, and say what each column means."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import pandas as pd

from csat.data.problems import DataError, in_rows
from csat.data.readers.texts import is_number, iso_times, one_line, seen_labels, unique_names
from csat.data.table import RawTable, Variable
from csat.study.definition import DataSource

_SHORTENED = re.compile(r"-?\d(\.\d+)?[Ee]\+\d+$")


@dataclass
class Sheet:
    """Columns of an export while a reader works out what they mean.

    Attributes
    ----------
    name : str
        Name of the file, for messages.
    cells : dict of str to list of str
        Column -> its stripped cells, in the order of the file; rows as in the file.
    variables : dict of str to Variable
        What is known of each column.
    roles : dict of str to str
        Part -> column that plays it.
    personal, notes : list of str
        Columns with personal data; what a reader should know.
    places : tuple of int
        Place in the file of each column that came from it, the first being 0.
    """

    name: str
    cells: dict[str, list[str]]
    variables: dict[str, Variable] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    personal: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """Answers of the file."""
        return len(next(iter(self.cells.values()), []))

    def describe(self, column: str, **told: object) -> None:
        """Say something of a column; what was said before stays unless it is said anew."""
        known = self.variables.get(column, Variable(column))
        self.variables[column] = replace(known, **told)  # type: ignore[arg-type]

    def play(self, role: str, column: str) -> None:
        """Give a part to a column, unless another has it or the column is empty."""
        if role not in self.roles and any(self.cells[column]):
            self.roles[role] = column

    def hide(self, column: str) -> None:
        """Name a column as one of personal data."""
        self.describe(column, kind="meta")
        self.personal.append(column)

    def add(self, column: str, cells: list[str], variable: Variable) -> str:
        """Add a column that the reader worked out; returns its name, which is new to the file."""
        name = column
        while name in self.cells:
            name += "_"
        self.cells[name] = cells
        self.variables[name] = replace(variable, name=name)
        return name

    def set_multiple(
        self,
        group: str,
        options: Mapping[str, str],
        chosen: Mapping[str, Collection[str]],
        not_chosen: Collection[str] = (),
        beside: Sequence[str] = (),
    ) -> None:
        """Turn the columns of a question with several answers into ``1`` chosen, ``0`` not, empty no answer.

        Parameters
        ----------
        group : str
            The question.
        options : mapping of str to str
            Column -> label of its option.
        chosen : mapping of str to collection of str
            Column -> cells that say that the option was chosen.
        not_chosen : collection of str
            Cells that say that it was not.
        beside : sequence of str
            Further columns of the question (what is written beside "other"): a respondent who filled one
            in has answered the question.

        Notes
        -----
        An empty cell is ``0`` where the respondent answered any part of the question: tools leave options
        that were not chosen empty. Where the file writes "not chosen" itself, empty cells stay as they are.
        """
        explicit = any(not set(self.cells[c]).isdisjoint(not_chosen) for c in options)
        marks = {c: _marks(self.cells[c], chosen[c], not_chosen) for c in options}
        answered = ["1" in row for row in zip(*marks.values(), strict=True)]
        for column in beside:
            blank = {"", *self.variables[column].missing}
            answered = [a or cell not in blank for a, cell in zip(answered, self.cells[column], strict=True)]
        for column, made in marks.items():
            self.cells[column] = [
                mark or ("0" if a and not explicit else "") for mark, a in zip(made, answered, strict=True)
            ]
        for column, label in options.items():
            self.describe(column, kind="multiple", group=group, labels={"1": label}, missing=())

    def ticked(self, columns: Sequence[str], left: Collection[str] = ("", "0")) -> bool:
        """Whether somebody who ticked (``1``) one of the columns left another (empty or ``0``)."""
        rows = (set(row) for row in zip(*(self.cells[c] for c in columns), strict=True))
        return len(columns) > 1 and any("1" in row and not row.isdisjoint(left) for row in rows)

    def set_scale(self, columns: Sequence[str]) -> None:
        """Say that columns are the rows of one grid, where most words in them stand in several of them."""
        given = [{cell for cell in self.cells[c] if cell} - {*self.variables[c].missing} for c in columns]
        words = set().union(*given)
        shared = [word for word in words if sum(word in one for one in given) > 1]
        if 2 * len(shared) > len(words) and not all(is_number(word) for word in words):
            labels = seen_labels(words)
            for column in columns:
                self.describe(column, kind="single", labels=labels)

    def set_times(self, column: str) -> None:
        """Write the times of a column as ``2026-10-01 09:30:00``."""
        self.describe(column, kind="date")
        made = iso_times(self.cells[column])
        if made is not None and made != self.cells[column]:
            self.cells[column] = made
            self.notes.append(f'times in "{column}" are written anew as year-month-day')

    def check_ids(self, told: DataSource) -> None:
        """Refuse a file in which an id of the tool comes twice (unless the study names ids of its own).

        Raises
        ------
        DataError
            With the rows of the ids that come more than once.
        """
        column = self.roles.get("respondent", "")
        if not column or told.respondent_column:
            return
        given = [cell for cell in self.cells[column] if cell]
        if len(set(given)) == len(given):
            return
        rows: dict[str, list[int]] = {}
        for row, cell in enumerate(self.cells[column], start=1):
            if cell:
                rows.setdefault(cell, []).append(row)
        twice = [row for listed in rows.values() if len(listed) > 1 for row in listed]
        if twice and any(_SHORTENED.match(self.cells[column][row - 1]) for row in twice):
            wrong = f'ids in "{column}" were shortened by a spreadsheet {in_rows(twice)}'
            raise DataError(
                f"{wrong}; export the file again and do not save it from the spreadsheet", self.name
            )
        if twice:
            wrong = f'ids in "{column}" come more than once {in_rows(twice)}'
            raise DataError(f"{wrong}; leave each answer in the file once", self.name)

    def table(self, form: str, sha256: str) -> RawTable:
        """Make the table of what was found."""
        cells = pd.DataFrame(self.cells, index=pd.RangeIndex(1, self.length + 1), dtype=str)
        return RawTable(
            cells,
            self.name,
            sha256,
            notes=tuple(self.notes),
            format=form,
            variables=self.variables,
            roles=self.roles,
            personal=tuple(dict.fromkeys(self.personal)),
        )


def sheet_of(
    grid: Sequence[Sequence[str]],
    start: int,
    headings: Sequence[str],
    name: str,
    notes: Sequence[str] = (),
) -> Sheet:
    """Take the answers of a grid apart into columns.

    Parameters
    ----------
    grid : sequence of sequences of str
        All rows of the file, of stripped cells.
    start : int
        Rows of headings before the first answer.
    headings : sequence of str
        Names of the columns; an empty one gets a name, or goes when nothing stands under it, and one that
        comes again gets a number.
    name : str
        Name of the file, for messages.
    notes : sequence of str
        What is known of the file already.

    Returns
    -------
    Sheet
        Stripped cells. Rows in which nothing stands are left out.

    Raises
    ------
    DataError
        When there are no answers, or rows are longer than the headings or cut off.
    """
    width, found = len(headings), list(notes)
    rows = grid[start:]
    blank = [number for number, row in enumerate(rows, start=1) if not any(row)]
    rows = [row for row in rows if any(row)]
    if not rows:
        raise DataError("the file has a header but no rows", name)
    within = [number for number in blank if number <= len(rows)]
    if within:
        found.append(f"rows in which nothing stands are left out: {len(within)}")
    needed = max((place for place, heading in enumerate(headings, start=1) if heading.strip()), default=0)
    found += _check_lengths(rows, width, needed, name)
    columns = [list(column) for column in zip_longest(*rows, fillvalue="")][:width]
    columns += [[""] * len(rows) for _ in range(width - len(columns))]
    kept = [place for place in range(width) if headings[place].strip() or any(columns[place])]
    names, renamed = unique_names([one_line(headings[place]) or f"column {place + 1}" for place in kept])
    unnamed = [f'"column {place + 1}"' for place in kept if not headings[place].strip()]
    if unnamed:
        found.append(f"columns without a heading are called {', '.join(unnamed)}")
    if renamed:
        found.append(f"headings that come more than once are numbered: {', '.join(renamed)}")
    cells = {column: columns[place] for column, place in zip(names, kept, strict=True)}
    return Sheet(name, cells, {c: Variable(c) for c in names}, notes=found, places=tuple(kept))


def _check_lengths(rows: Sequence[Sequence[str]], width: int, needed: int, name: str) -> list[str]:
    """Refuse rows that do not fit under the headings; tell of those that are filled up."""
    long = [number for number, row in enumerate(rows, start=1) if any(row[width:])]
    if long:
        wrong = f"rows have more cells than the {width} headings {in_rows(long)}"
        raise DataError(f"{wrong}; a text that holds the separator needs quotes", name)
    short = [number for number, row in enumerate(rows, start=1) if len(row) < needed]
    if not short:
        return []
    if len(short) == len(rows) > 1 or short == [len(rows)]:
        wrong = f"rows have fewer cells than the {needed} headings {in_rows(short)}"
        raise DataError(f"{wrong}; the file looks cut off: export it again", name)
    return [f"fewer cells than headings {in_rows(short)}: the rest is taken as missing"]


def _marks(cells: Sequence[str], chosen: Collection[str], not_chosen: Collection[str]) -> list[str]:
    """Say of each cell ``1``, ``0`` or nothing."""
    known = {cell: "1" if cell in chosen else "0" if cell in not_chosen else "" for cell in set(cells)}
    return [known[cell] for cell in cells]
