"""Check the parts of a study against each other: who refers to what, and whether it can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csat.study.definition import Construct, DataSource, Item, Path, Scale, Segment, Thresholds, Wave
from csat.study.problems import Problem, listing, suggest

_TOML = "study.toml"
_ITEMS = "items.csv"


def check_constructs(constructs: Mapping[str, Construct], items: Mapping[str, Item]) -> Iterator[Problem]:
    """Check that a construct has items, and a construct of one item has no reversed one."""
    for construct in constructs.values():
        where = f"[constructs.{construct.id}]"
        if not construct.items:
            yield Problem(_TOML, where, "", "no item of items.csv belongs to it", "at least one item")
        if len(construct.items) == 1 and items[construct.items[0]].reversed:
            wrong = (
                f"the only item of {construct.id} is reversed, so nothing shows which way the construct runs"
            )
            allowed = f"reversed empty, and a label of {construct.id} that says what a high answer means"
            yield Problem(_ITEMS, construct.items[0], "reversed", wrong, allowed)


def check_ids(
    constructs: Mapping[str, Construct], items: Mapping[str, Item], segments: Mapping[str, Segment]
) -> Iterator[Problem]:
    """Check that constructs, items and segments do not share an id."""
    tables = {"constructs": constructs, "segments": segments}
    for kind, table in tables.items():
        for name in sorted(set(table) & set(items)):
            wrong = f'"{name}" is the id of an item too'
            yield Problem(_TOML, f"[{kind}.{name}]", "", wrong, "an id of its own for each")
    for name in sorted(set(constructs) & set(segments)):
        wrong = f'"{name}" is the id of a construct too'
        yield Problem(_TOML, f"[segments.{name}]", "", wrong, "an id of its own for each")


def check_expectations(items: Mapping[str, Item], scales: Mapping[str, Scale]) -> Iterator[Problem]:
    """Check that an expectation is another item, answered on a scale of the same range."""
    for item in items.values():
        name = item.expectation
        if not name:
            continue
        if name not in items or name == item.id:
            wrong = (
                "an item cannot be its own expectation"
                if name == item.id
                else f'item "{name}" is not declared'
            )
            allowed = "another item of this file"
            yield Problem(
                _ITEMS, item.id, "expectation", wrong + suggest(name, set(items) - {item.id}), allowed
            )
            continue
        ranges = [(s.minimum, s.maximum) for i in (item.id, name) if (s := scales.get(items[i].scale))]
        if len(ranges) == 2 and ranges[0] != ranges[1]:
            wrong = f"{item.id} and its expectation {name} are answered on different ranges"
            yield Problem(
                _ITEMS, item.id, "expectation", wrong, "the same range, so that they can be compared"
            )


def check_paths(paths: tuple[Path, ...], constructs: Mapping[str, Construct]) -> Iterator[Problem]:
    """Check that paths join declared constructs, come once, and make no cycle."""
    where = "[model]"
    for path in paths:
        arrow = f"{path.source} -> {path.target}"
        for end in (path.source, path.target):
            if end not in constructs:
                wrong = f'"{arrow}": construct "{end}" is not declared{suggest(end, constructs)}'
                yield Problem(_TOML, where, "paths", wrong, listing(constructs))
    for path in dict.fromkeys(paths):
        if paths.count(path) > 1:
            yield Problem(
                _TOML, where, "paths", f'"{path.source} -> {path.target}" comes twice', "each path once"
            )
    cycle = find_cycle(paths)
    if cycle:
        wrong = f"the paths go round in a circle: {' -> '.join(cycle)}"
        yield Problem(_TOML, where, "paths", wrong, "paths that lead forward only")


def find_cycle(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the constructs of one cycle, the first repeated at the end; empty when there is none."""
    targets: dict[str, list[str]] = {}
    for path in paths:
        targets.setdefault(path.source, []).append(path.target)
    done: set[str] = set()

    def visit(node: str, trail: tuple[str, ...]) -> tuple[str, ...]:
        if node in trail:
            return (*trail[trail.index(node) :], node)
        if node in done:
            return ()
        for target in targets.get(node, []):
            cycle = visit(target, (*trail, node))
            if cycle:
                return cycle
        done.add(node)
        return ()

    return next((cycle for node in targets if (cycle := visit(node, ()))), ())


def check_columns(
    items: Mapping[str, Item], segments: Mapping[str, Segment], data: DataSource
) -> Iterator[Problem]:
    """Check that each column of the data has one meaning."""
    uses: list[tuple[str, str, str]] = [(i.column, _ITEMS, f"item {i.id}") for i in items.values()]
    uses += [(s.column, _TOML, f"[segments.{s.id}]") for s in segments.values()]
    for field in ("wave_column", "respondent_column", "weight_column"):
        if getattr(data, field):
            uses.append((getattr(data, field), _TOML, f"[data] {field}"))
    first: dict[str, str] = {}
    for column, file, where in uses:
        if column in first:
            wrong = f'data column "{column}" is already used by {first[column]}'
            yield Problem(file, where, "column", wrong, "a column of its own for each")
        first.setdefault(column, where)
    for column in data.ignore_columns:
        if column in first:
            wrong = f'data column "{column}" is used by {first[column]}, so it cannot be ignored'
            yield Problem(_TOML, "[data]", "ignore_columns", wrong, "columns that the study does not use")


def check_waves(waves: tuple[Wave, ...], items: Mapping[str, Item]) -> Iterator[Problem]:
    """Check that the items a wave went without are items of the study."""
    for wave in waves:
        for name in wave.without:
            if name not in items:
                wrong = f'item "{name}" is not declared{suggest(name, items)}'
                yield Problem(_TOML, f'[[waves]] "{wave.id}"', "without", wrong, listing(items))


def check_thresholds(
    limits: Thresholds, items: Mapping[str, Item], scales: Mapping[str, Scale]
) -> Iterator[Problem]:
    """Check that cuts lie on the scales that they cut."""
    where = "[thresholds]"
    if limits.nps_item and limits.nps_item not in items:
        wrong = f'item "{limits.nps_item}" is not declared{suggest(limits.nps_item, items)}'
        yield Problem(_TOML, where, "nps_item", wrong, listing(items))
    elif limits.nps_item and (scale := scales.get(items[limits.nps_item].scale)):
        for cut in ("nps_promoter_min", "nps_detractor_max"):
            value = getattr(limits, cut)
            if not scale.minimum <= value <= scale.maximum:
                wrong = f"{value:g} is off the scale of {limits.nps_item}"
                yield Problem(_TOML, where, cut, wrong, f"{scale.minimum:g} to {scale.maximum:g}")
    box = limits.top_box_min
    if box is not None and scales and not any(s.minimum < box <= s.maximum for s in scales.values()):
        yield Problem(
            _TOML, where, "top_box_min", f"{box:g} is on no scale of the study", "a point above the lowest"
        )
