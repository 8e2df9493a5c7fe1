"""Read items.csv: the rating items that constructs are measured by, one a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from csat.study.definition import Construct, Item, Scale
from csat.study.modules import Module
from csat.study.problems import Problem, listing, suggest
from csat.study.rows import Layout, Row, read_rows

FILE = "items.csv"
COLUMNS = (
    "item",
    "construct",
    "scale",
    "column",
    "reversed",
    "facet",
    "expectation",
    "module",
    "relevant",
    "required",
    "dont_know",
    "predicts",
    "concept",
    "statistic",
)


@dataclass(frozen=True)
class Context:
    """What rows of items.csv may refer to."""

    languages: tuple[str, ...]
    scales: Mapping[str, Scale]
    constructs: Mapping[str, Construct]
    modules: Mapping[str, Module] = field(default_factory=dict)


def read_items(text: str, context: Context, problems: list[Problem]) -> dict[str, Item]:
    """Items in the order of the file; everything wrong is added to `problems`."""
    layout = Layout(
        file=FILE,
        key="item",
        plain=COLUMNS,
        texts=("label", "text"),
        required=("item", "construct"),
        required_texts=("label", "text"),
        languages=context.languages,
        noun="item",
    )
    known = len(problems)
    items: dict[str, Item] = {}
    for row in read_rows(text, layout, problems):
        item = _item(row, context)
        if item.id in items:
            row.note("item", f'item "{item.id}" is declared twice', "each item once")
        elif item.id:
            items[item.id] = item
    fatal = any(p.file == FILE and p.where in ("", "header") and not p.field for p in problems[known:])
    if not items and not fatal:
        problems.append(Problem(FILE, "", "item", "no item is declared", "one item a row"))
    return items


def _item(row: Row, context: Context) -> Item:
    """Item of one row."""
    name = row.identifier()
    construct = _construct(row, context.constructs)
    inherited = context.constructs[construct].module if construct and construct in context.constructs else ""
    return Item(
        id=name,
        construct=construct,
        scale=_scale(row, context.scales),
        column=row.get("column") or name,
        reversed=bool(row.yes("reversed")),
        wording=row.text("text"),
        label=row.text("label"),
        facet=row.name("facet"),
        expectation=row.get("expectation") or None,
        module=row.known("module", context.modules) or inherited,
        relevant=row.expression("relevant"),
        required=row.yes("required"),
        dont_know=bool(row.yes("dont_know")),
        predicts=row.get("predicts") or None,
        concept=row.words("concept"),
        statistic=row.words("statistic"),
    )


def _construct(row: Row, known: Mapping[str, Construct]) -> str | None:
    """Construct of the item; an empty cell means that the item stands alone."""
    name = row.get("construct")
    if name and name not in known:
        row.note("construct", f'construct "{name}" is not declared{suggest(name, known)}', listing(known))
    return name or None


def _scale(row: Row, known: Mapping[str, Scale]) -> str:
    """Scale of the item; it may be left out where the study has only one."""
    name = row.get("scale")
    if not name and len(known) == 1:
        return next(iter(known))
    if name not in known:
        wrong = f'scale "{name}" is not declared{suggest(name, known)}' if name else "is empty"
        row.note("scale", wrong, listing(known))
    return name
