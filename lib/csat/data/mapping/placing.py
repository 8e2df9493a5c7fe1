"""Where the columns of a study stand in a file: by their own names, or as ``[columns]`` says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from csat.data.mapping.recoding import recoded
from csat.data.problems import DataError
from csat.data.table import RawTable, Variable
from csat.study.definition import Study, Wave
from csat.study.intake import ColumnMap
from csat.study.intake_checks import known_targets
from csat.study.problems import listing, suggest

FITS_LITTLE, FITS_WELL = 0.2, 0.8
"""Share of the mapped columns up to which a file is hardly of a wave, and from which it may be of it."""


@dataclass(frozen=True)
class Placing:
    """Which column of the file each column of the study stands in.

    Attributes
    ----------
    sources : mapping of str to str
        Column of the study -> column of the file, for those that are mapped and found.
    groups : mapping of str to str
        Multiple answer, by its `column` -> question of the tool, or column, that holds its options.
    hidden : tuple of str
        Columns of the file whose name is taken by another column that is mapped to it.
    """

    sources: Mapping[str, str]
    groups: Mapping[str, str]
    hidden: tuple[str, ...]


def maps_of(study: Study, wave: Wave | None = None) -> dict[str, ColumnMap]:
    """Entries of ``[columns]``, those of the wave taking the place of the study's.

    A multiple answer may be mapped as a whole or option by option. Where the wave does it the other way, the
    study's entries for the question go.
    """
    own = wave.columns if wave else {}
    gone: set[str] = set()
    for question in study.questions.values():
        options = {c.name for c in question.columns if question.type == "multiple"}
        gone |= options if question.base in own else {question.base} if options & set(own) else set()
    return {**{t: told for t, told in study.columns.items() if t not in gone}, **own}


def place(study: Study, wave: Wave, table: RawTable, where: str) -> Placing:
    """Find the column of the file that each column of the study stands in.

    Parameters
    ----------
    study : Study
        The study in the version that the wave asked, with all its items.
    wave : Wave
        The wave.
    table : RawTable
        The file.
    where : str
        Place that an error speaks of.

    Returns
    -------
    Placing

    Raises
    ------
    DataError
        When a column that is asked in this wave is mapped to columns of which the file has none, or a column
        of the file that the study needs under its own name is mapped to another one.
    """
    targets = known_targets(study)
    needed = set(known_targets(study.without(wave.without)))
    columns = list(table.cells.columns)
    sources: dict[str, str] = {}
    groups: dict[str, str] = {}
    problems = []
    for target, told in maps_of(study, wave).items():
        if targets.get(target) == "multiple":
            there = [s for s in told.sources if s in columns or s in _groups(table)]
            groups |= {target: there[0]} if there else {}
        else:
            there = [s for s in told.sources or (target,) if s in columns]
            sources |= {target: there[0]} if there else {}
        if not there and told.sources and target in needed:
            problems.append(_absent(target, told, [*columns, *_groups(table)]))
    problems += _taken(sources, {t for t in needed if targets[t] != "question"}, columns)
    if problems:
        advice = [*_other_wave(study, wave, columns), f"the file has the columns: {listing(columns, 40)}"]
        raise DataError(problems, where, advice)
    hidden = [t for t, s in sources.items() if s != t and t in columns and t not in sources.values()]
    return Placing(sources, groups, tuple(hidden))


def _other_wave(study: Study, wave: Wave, columns: list[str]) -> list[str]:
    """Advice on a file that has hardly any of the columns that are mapped in the wave."""

    def share(maps: Mapping[str, ColumnMap]) -> float:
        told = [one for one in maps.values() if one.sources]
        return sum(any(s in columns for s in one.sources) for one in told) / len(told) if told else 0.0

    if share(maps_of(study, wave)) > FITS_LITTLE:
        return []
    fitting = [w.id for w in study.waves if w.id != wave.id and share(maps_of(study, w)) >= FITS_WELL]
    if fitting:
        return [f"its columns are those of wave {listing(fitting)}: is it the file of another wave?"]
    return [
        "is it the file of another wave or study? Columns that are called otherwise from this wave on are "
        f'mapped by [waves.columns] under the [[waves]] table of "{wave.id}"'
    ]


def _groups(table: RawTable) -> set[str]:
    """Questions of the tool that several columns belong to."""
    return {v.group for v in table.variables.values() if v.group}


def _absent(target: str, told: ColumnMap, columns: Collection[str]) -> str:
    """Say that none of the named columns is there, and what may have been meant."""
    hints = [hint for source in told.sources if (hint := suggest(source, columns))]
    named = " nor ".join(f'"{s}"' for s in told.sources)
    neither = "neither " if len(told.sources) > 1 else "no "
    return f"column {target} is mapped, but the file has {neither}{named}{hints[0] if hints else ''}"


def _taken(sources: Mapping[str, str], needed: set[str], columns: list[str]) -> list[str]:
    """Columns that the study needs by their own name, which another of its columns has taken."""
    by_source = {source: target for target, source in sources.items() if source != target}
    return [
        f'column "{name}" of the file is mapped to {by_source[name]}, which leaves none for {name}; map '
        f'{name}, too ({name} = "{name}" if it is the same column)'
        for name in columns
        if name in by_source and name in needed and name not in sources
    ]


def under_study_names(table: RawTable, placing: Placing) -> RawTable:
    """Table with the columns of the study under the names that the study gives them.

    A column of the file that is mapped loses its own name; one that serves several columns is copied.
    Everything that the table tells of its columns follows them.
    """
    used = set(placing.sources.values())
    names: dict[str, list[str]] = {
        c: [] if c in used or c in placing.hidden else [c] for c in table.cells.columns
    }
    for target, source in placing.sources.items():
        names[source].append(target)
    pairs = [(new, old) for old, news in names.items() for new in news]
    cells = table.cells[[old for _, old in pairs]].copy()
    cells.columns = pd.Index([new for new, _ in pairs])
    first = {old: news[0] for old, news in names.items() if news}
    variables: dict[str, Variable] = {
        new: replace(table.variables[old], name=new) for new, old in pairs if old in table.variables
    }
    return replace(
        table,
        cells=cells,
        doubled=tuple(new for new, old in pairs if old in table.doubled),
        variables=variables,
        roles={role: first[c] for role, c in table.roles.items() if c in first},
        personal=tuple(new for new, old in pairs if old in table.personal),
    )


def with_wave_column(study: Study, table: RawTable) -> RawTable:
    """Table in which the study's wave column can be read before the wave is known."""
    target = study.data.wave_column
    told = study.columns.get(target)
    source = next((s for s in told.sources or (target,) if s in table.cells), None) if told else None
    if told is None or source is None:
        return table
    cells = recoded(table.cells[source], told.recode)
    return replace(table, cells=table.cells.assign(**{target: cells}))
