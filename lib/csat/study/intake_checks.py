"""Check what a study says of how answers come in: databases, personal data, columns of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from csat.study.definition import DataSource, Study
from csat.study.intake import ColumnMap, PrivacyPlan
from csat.study.problems import Problem, listing, suggest

_TOML = "study.toml"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_READS = re.compile(r"(select|with|values|table|from)\b", re.IGNORECASE)


def check_database(data: DataSource) -> Iterator[Problem]:
    """Check that a database is named by a variable, and asked by either a query or a table."""
    where = "[data]"
    if data.url_env and not _VARIABLE.fullmatch(data.url_env):
        # What stands there may be the URL itself, with its password: it is not repeated.
        wrong = "this is not the name of an environment variable"
        yield Problem(
            _TOML, where, "url_env", wrong, 'a name such as "CSAT_DB_URL", whose variable holds the URL'
        )
    if data.url_env and (data.path or data.package):
        other = "path" if data.path else "package"
        wrong = f"both a database and a {other} are given"
        yield Problem(_TOML, where, "url_env", wrong, "one place where the answers are")
    if data.url_env and bool(data.query) == bool(data.table):
        wrong = "both a query and a table are given" if data.query else "neither a query nor a table is given"
        yield Problem(_TOML, where, "query", wrong, "either query or table")
    if not data.url_env and (data.query or data.table):
        field = "query" if data.query else "table"
        wrong = "is given, but no database"
        yield Problem(_TOML, where, field, wrong, "url_env, the name of the variable with the URL")
    if data.query and not _is_one_select(data.query):
        allowed = "one statement that reads, beginning with SELECT or WITH"
        yield Problem(_TOML, where, "query", "the query is not one SELECT", allowed)


def check_privacy(plan: PrivacyPlan) -> Iterator[Problem]:
    """Check that the key is named, not given, and that no column is to be treated in two ways."""
    where = "[privacy]"
    if not _VARIABLE.fullmatch(plan.key_env):
        # What stands there may be the key itself: it is not repeated.
        wrong = "this is not the name of an environment variable"
        yield Problem(
            _TOML, where, "key_env", wrong, 'a name such as "CSAT_HASH_KEY", whose variable holds it'
        )
    lists = {"drop": plan.drop, "hash": plan.hash, "keep": plan.keep}
    for one, other in (("drop", "hash"), ("drop", "keep"), ("hash", "keep")):
        for name in sorted(set(lists[one]) & set(lists[other])):
            wrong = f'column "{name}" is listed under {other}, too'
            yield Problem(_TOML, where, one, wrong, "each column once")


def _is_one_select(query: str) -> bool:
    """Whether a query is a single statement that begins as one that reads."""
    bare = _QUOTED.sub(" ", query).strip().rstrip(";").strip(" \t\n(")
    return ";" not in bare and bool(_READS.match(bare))


def known_targets(study: Study) -> dict[str, str]:
    """Columns that files can be mapped to, and what each is.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict of str to str
        Column of the study -> ``item``, ``segment``, ``question``, ``multiple`` (all columns of a question of
        that type at once) or the key of ``[data]`` that names it.
    """
    special = {getattr(study.data, key): key for key in vars(study.data) if key.endswith("_column")}
    targets = {column: key for column, key in special.items() if column}
    for question in study.questions.values():
        if question.type == "multiple":
            targets[question.base] = "multiple"
        targets.update(dict.fromkeys((c.name for c in question.columns), "question"))
    targets.update(dict.fromkeys((s.column for s in study.segments.values()), "segment"))
    targets.update(dict.fromkeys((i.column for i in study.items.values()), "item"))
    return targets


def check_column_maps(study: Study) -> Iterator[Problem]:
    """Check that ``[columns]`` and every ``[waves.columns]`` map to columns of the study."""
    targets = known_targets(study)
    yield from _maps(study.columns, "[columns]", targets)
    yield from _recodes(study, study.columns, "[columns]")
    for wave in study.waves:
        yield from _maps(wave.columns, f'[[waves]] "{wave.id}" [columns]', targets)
        yield from _recodes(study, wave.columns, f'[[waves]] "{wave.id}" [columns]')


def _recodes(study: Study, maps: Mapping[str, ColumnMap], where: str) -> Iterator[Problem]:
    """Recodes to what is no code of the question."""
    columns = {c.name: c for q in study.questions.values() for c in q.columns if c.kind == "code"}
    missing = {"", *map(str, study.data.missing)}
    for target, told in maps.items():
        codes = columns[target].values if target in columns else ()
        for value in dict.fromkeys(told.recode.values()):
            if codes and value.strip() not in {*codes, *missing}:
                wrong = f'"{value}" is not a code of the question{suggest(value, codes)}'
                yield Problem(
                    _TOML, where, f"{target}.recode", wrong, f'{listing(codes, 40)}, or "" (no answer)'
                )


def _maps(maps: Mapping[str, ColumnMap], where: str, targets: Mapping[str, str]) -> Iterator[Problem]:
    """Problems of one table of columns."""
    for target, told in maps.items():
        if target not in targets:
            wrong = f'"{target}" is not a column of the study{suggest(target, targets)}'
            yield Problem(_TOML, where, target, wrong, listing(targets, 40))
        for source in told.sources:
            if not source.strip():
                yield Problem(_TOML, where, target, "the name of a column is empty", "a column of the file")
        if targets.get(target) == "multiple" and told.recode:
            wrong = "the options of a multiple answer cannot be recoded together"
            yield Problem(_TOML, where, target, wrong, "an entry for each of its columns")
