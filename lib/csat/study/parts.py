"""Read the tables of study.toml that make up a questionnaire: options, modules, versions, choices, tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, cast

from csat.study.choice_task import Alternative, Attribute, ChoiceTask, Level
from csat.study.expressions import Expression, ExpressionError, parse
from csat.study.fields import Table
from csat.study.modules import DataTable, Measure, Module, Version
from csat.study.problems import listing, suggest
from csat.study.questions import QUESTION_TYPES, Option, Randomise
from csat.study.rows import IDENTIFIER, IDENTIFIER_RULE
from csat.study.scales import Text

CODE = re.compile(r"[A-Za-z0-9_]{1,32}")
CODE_RULE = "up to 32 letters A-Z, digits and _"
_OPTION_KEYS = ("exclusive", "other", "dont_know", "relevant", "concept")


def read_options(top: Table) -> dict[str, tuple[Option, ...]]:
    """Option lists of ``[options.<id>]``: code = label, in the order in which they are shown."""
    lists = {}
    for name, table in top.tables("options"):
        check_identifier(table, name)
        options = [_option(table, code, value) for code, value in table.values.items()]
        _check_options(table, options)
        lists[name] = tuple(options)
    return lists


def _option(table: Table, code: str, value: Any) -> Option:
    """One option: a label in each language, with flags beside it."""
    if not CODE.fullmatch(code):
        table.note(code, f'"{code}" cannot be a code', CODE_RULE)
    if not isinstance(value, Mapping):
        return Option(code, table.translations(code, value))
    inner = table.child(value, f"{table.where} {code}")
    words = {k: v for k, v in value.items() if k not in _OPTION_KEYS}
    return Option(
        code=code,
        label=table.translations(code, words),
        exclusive=inner.boolean("exclusive"),
        other=inner.boolean("other"),
        dont_know=inner.boolean("dont_know"),
        relevant=read_condition(inner),
        concept=inner.strings("concept"),
    )


def _check_options(table: Table, options: list[Option]) -> None:
    """Check the options of a list against each other: same codes, same labels, nothing to choose."""
    if len(options) < 2:
        table.note("", f"{len(options)} options leave nothing to choose", "at least two options")
    seen: dict[str, str] = {}
    for option in options:
        key = option.code.lower().lstrip("0") or "0"
        if key in seen:
            wrong = f'the codes "{seen[key]}" and "{option.code}" are too much alike'
            table.note(option.code, wrong, "codes that differ in more than case and leading zeros")
        seen.setdefault(key, option.code)
    for lang in table.languages:
        labels = [o.label.get(lang, "") for o in options]
        for twice in sorted({x for x in labels if x and labels.count(x) > 1}):
            table.note(lang, f'two options are called "{twice}"', "a label of its own for each")
    if sum(o.other for o in options) > 1:
        table.note("other", "several options ask to specify", "one option with other = true")


def read_modules(top: Table) -> dict[str, Module]:
    """Modules of ``[modules.<id>]``, in the order in which they are asked."""
    modules = {}
    for name, table in top.tables("modules"):
        check_identifier(table, name)
        modules[name] = Module(
            id=name,
            label=table.text("label", required=True),
            on=table.boolean("on", True),
            introduction=table.text("introduction"),
            relevant=read_condition(table),
            required=table.boolean("required"),
            randomise=cast(
                Randomise, table.string("randomise", "none", choices=("none", "items", "options"))
            ),
            order=table.strings("questions"),
        )
        table.finish()
    return modules


def read_versions(top: Table, modules: Mapping[str, Module]) -> dict[str, Version]:
    """Versions of ``[versions.<id>]``, the usual one first."""
    versions = {}
    for name, table in top.tables("versions"):
        check_identifier(table, name)
        listed = table.strings("modules")
        for module in listed:
            if module not in modules:
                wrong = f'module "{module}" is not declared{suggest(module, modules)}'
                table.note("modules", wrong, listing(modules, 40))
        if len(set(listed)) < len(listed):
            table.note("modules", "a module is listed twice", "each module once")
        if not listed:
            table.note("modules", "no module is listed", listing(modules, 40) or "tables [modules.<id>]")
        versions[name] = Version(
            id=name,
            label=table.text("label", required=True),
            modules=tuple(m for m in dict.fromkeys(listed) if m in modules),
            without=table.strings("without"),
            population=table.text("population"),
            planned_n=table.integer("planned_n"),
            minutes=_positive(table, "minutes"),
        )
        table.finish()
    return versions


def read_tables(top: Table) -> dict[str, DataTable]:
    """Tables of ``[tables.<id>]``: figures that come from elsewhere, and columns that they are made of."""
    tables = {}
    for name, table in top.tables("tables"):
        check_identifier(table, name)
        inner = table.table("columns")
        columns = {c: inner.translations(c, words) for c, words in inner.values.items()}
        if not columns:
            table.note("columns", "no column is declared", 'column = "what it holds", at least one')
        measures = {m: _measure(t, m, columns) for m, t in table.tables("measures")}
        tables[name] = DataTable(
            id=name,
            label=table.text("label", required=True),
            kind=cast(
                Literal["operational", "unit", "record"],
                table.string("kind", "operational", required=True, choices=("operational", "unit", "record")),
            ),
            columns=columns,
            month=_column(table, "month", columns),
            unit=_column(table, "unit", columns),
            measures=measures,
            concept=table.strings("concept"),
        )
        table.finish()
    return tables


def _measure(table: Table, name: str, columns: Mapping[str, Text]) -> Measure:
    """One figure of a table."""
    check_identifier(table, name)
    per = table.number("per", 1.0)
    if per is not None and per <= 0:
        table.note("per", f"{per:g} is no such number", "1, 100, 1000, …")
    summary = table.string("summary", "rate", choices=("rate", "mean", "median", "sum"))
    denominator = _column(table, "denominator", columns, required=summary == "rate")
    measure = Measure(
        id=name,
        label=table.text("label", required=True),
        numerator=_column(table, "numerator", columns, required=True),
        denominator=denominator,
        per=per or 1.0,
        unit=table.text("unit"),
        summary=cast(Literal["rate", "mean", "median", "sum"], summary),
        better=cast(Literal["", "higher", "lower"], table.string("better", choices=("higher", "lower"))),
        concept=table.strings("concept"),
        statistic=table.strings("statistic"),
    )
    table.finish()
    return measure


def _column(table: Table, key: str, columns: Mapping[str, Text], required: bool = False) -> str:
    """Name of a column that the table declares."""
    name = table.string(key, required=required)
    if name and name not in columns:
        wrong = f'column "{name}" is not declared{suggest(name, columns)}'
        table.note(key, wrong, listing(columns) or "columns of the table")
        return ""
    return name


def read_choices(top: Table) -> dict[str, ChoiceTask]:
    """Choice tasks of ``[choices.<id>]``: fixed cases, and tasks that a design is made for."""
    return {name: _choice(table, name) for name, table in top.tables("choices")}


def _choice(table: Table, name: str) -> ChoiceTask:
    """One choice task."""
    check_identifier(table, name)
    stages = table.strings("stages")
    least = 1 if "alternatives" in table.values else 2
    attributes = {a: _attribute(t, a, stages, least) for a, t in table.tables("attributes")}
    if not attributes:
        table.note("attributes", "no attribute is declared", f"[choices.{name}.attributes.<id>]")
    alternatives = {a: _alternative(t, a, attributes) for a, t in table.tables("alternatives")}
    if len(alternatives) == 1:
        table.note("alternatives", "one alternative leaves nothing to choose", "none, or at least two")
    task = ChoiceTask(
        id=name,
        label=table.text("label", required=True),
        attributes=attributes,
        alternatives=alternatives,
        stages=stages,
        none_label=table.text("none"),
        sets=_count(table, "sets", 1, 100),
        size=_count(table, "size", 2, 8),
        blocks=_count(table, "blocks", 1, 100),
        prohibited=_prohibited(table, attributes),
    )
    for key in ("sets", "size", "blocks"):
        if alternatives and key in table.values:
            table.note(key, "a case of fixed alternatives has no design", "either alternatives or a design")
    table.finish()
    return task


def _count(table: Table, key: str, least: int, most: int) -> int:
    """Whole number within bounds, by default the least."""
    value = table.integer(key, least, minimum=least) or least
    if value > most:
        table.note(key, f"{value} is more than anybody can use", f"{least} to {most}")
    return min(value, most)


def _attribute(table: Table, name: str, stages: tuple[str, ...], least: int) -> Attribute:
    """One attribute with its levels (in a case of fixed alternatives they may all share one)."""
    check_identifier(table, name)
    inner = table.table("levels")
    levels = {code: _level(inner, code, value) for code, value in inner.values.items()}
    if len(levels) < least:
        table.note("levels", "too few levels to make a difference", f"at least {least}")
    attribute = Attribute(
        id=name,
        label=table.text("label", required=True),
        levels=levels,
        stage=table.string("stage", choices=stages) if stages else "",
        quantity=bool(levels) and all(level.value is not None for level in levels.values()),
        price=table.boolean("price"),
    )
    if attribute.price and not attribute.quantity:
        table.note("price", "the levels of a price are numbers", "a value = … for each level")
    table.finish()
    return attribute


def _level(table: Table, code: str, value: Any) -> Level:
    """One level: a label, and its number where it has one."""
    if not CODE.fullmatch(code):
        table.note(code, f'"{code}" cannot be a code', CODE_RULE)
    if not isinstance(value, Mapping) or "value" not in value:
        return Level(code, table.translations(code, value))
    number = table.child(value, f"{table.where} {code}").number("value")
    return Level(code, table.translations(code, {k: v for k, v in value.items() if k != "value"}), number)


def _alternative(table: Table, name: str, attributes: Mapping[str, Attribute]) -> Alternative:
    """One alternative of a case, with a level of every attribute."""
    check_identifier(table, name)
    levels: dict[str, str] = {}
    inner = table.table("levels")
    for key, attribute in attributes.items():
        level = inner.string(key, required=True, choices=tuple(attribute.levels))
        levels[key] = level
    inner.finish()
    label = table.text("label", required=True)
    table.finish()
    return Alternative(name, label, levels)


def _prohibited(table: Table, attributes: Mapping[str, Attribute]) -> tuple[Mapping[str, str], ...]:
    """Read combinations of levels that make no sense."""
    pairs = []
    for pair in table.items("prohibited", (dict,), 'a list such as [{ price = "low", warranty = "long" }]'):
        fine = len(pair) > 1 and all(k in attributes and v in attributes[k].levels for k, v in pair.items())
        if fine:
            pairs.append({str(k): str(v) for k, v in pair.items()})
        else:
            table.note("prohibited", f"{pair} is not levels of two attributes or more", listing(attributes))
    return tuple(pairs)


def read_concepts(top: Table) -> dict[str, Text]:
    """Concepts of the study's own, ``[concepts]``: id = what it is called."""
    table = top.table("concepts")
    concepts = {}
    for name, words in table.values.items():
        if not IDENTIFIER.fullmatch(name):
            table.note(name, f'"{name}" cannot be an id', IDENTIFIER_RULE)
        concepts[name] = table.translations(name, words)
    return concepts


def read_shares(top: Table) -> dict[str, Mapping[str, float]]:
    """Read expected shares of answers, ``[shares.<question>]``: code or number = share of those asked."""
    shares: dict[str, Mapping[str, float]] = {}
    for name, table in top.tables("shares"):
        parts = {code: table.number(code) for code in table.values}
        for code, share in parts.items():
            if share is not None and not 0 <= share <= 1:
                table.note(code, f"{share:g} is no share", "a number from 0 to 1")
        shares[name] = {c: s for c, s in parts.items() if s is not None and 0 <= s <= 1}
        table.finish()
    return shares


def check_timing(top: Table) -> None:
    """Note what is no pace in ``[timing]``: words and characters a minute, seconds by type of question."""
    table = top.table("timing")
    for key in ("words_per_minute", "characters_per_minute", *QUESTION_TYPES):
        if key in table.values:
            _positive(table, key)
        table.known.add(key)
    table.finish()


def read_condition(table: Table) -> Expression | None:
    """Condition of ``relevant``."""
    text = table.string("relevant")
    if not text:
        return None
    try:
        return parse(text)
    except ExpressionError as error:
        table.note("relevant", str(error), "a condition, see docs/study-format.md")
        return None


def _positive(table: Table, key: str) -> float | None:
    """Any number above 0."""
    value = table.number(key)
    if value is not None and value <= 0:
        table.note(key, f"{value:g} is no such number", "a number above 0")
        return None
    return value


def check_identifier(table: Table, name: str) -> None:
    """Note a name that could not serve as an id in file names, subjects and code."""
    if not IDENTIFIER.fullmatch(name):
        table.note("", f'"{name}" cannot be an id', IDENTIFIER_RULE)
