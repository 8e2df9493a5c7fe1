"""What the study measures: which item belongs to which construct, as a table and as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report.design.folded import long_table

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.page import Page

PARTS = ("choose_again", "price_tolerance", "recommend")
"""Facets that the reports show apart from the index of their construct."""

DRAWN = 60
"""A study of more items is not drawn: its map would be taller than any screen."""


def show_map(page: Page) -> None:
    """Show which item measures which construct: as a map where it can be taken in, and as a table."""
    words = map_words(page)
    page.say(map_sentence(page), **words)
    if len(page.study.items) <= DRAWN:
        page.figure("map.figure", item_map(page), **words)
    long_table(page, "map.table", item_table(page))


def facet_name(page: Page, facet: str | None) -> str:
    """Name of a part of a construct that the reports know; any other is the study's own affair."""
    return page.t(f"facet.{facet}") if facet and page.has(f"facet.{facet}") else ""


def item_table(page: Page) -> pd.DataFrame:
    """Items as a table: item, construct, part, scale, remarks."""
    import pandas as pd

    study = page.study
    after = dict(study.expectation_pairs())
    rows = []
    for item in study.items.values():
        scale = study.scale_of(item.id)
        part = facet_name(page, item.facet)
        remarks = [page.t("map.is_reversed")] if item.reversed else []
        remarks += [page.t("map.part", part=part)] if part else []
        remarks += [page.t("map.answers_to", item=page.label(item.expectation))] if item.expectation else []
        remarks += [page.t("map.asked_before", item=page.label(after[item.id]))] if item.id in after else []
        rows.append(
            {
                "item": f"{item.id} {page.label(item.id)}",
                "construct": page.label(item.construct) if item.construct else page.t("map.alone"),
                "scale": page.t("map.scale", low=f"{scale.minimum:g}", high=f"{scale.maximum:g}"),
                "remarks": page.t("map.semicolon").join(remarks),
            }
        )
    return pd.DataFrame(rows).loc[:, lambda frame: (frame != "").any()]


def item_marks(page: Page) -> pd.DataFrame:
    """Rows of the item map, see `csat.report.figures.design.item_map`."""
    import pandas as pd

    study = page.study
    order = list(study.items)
    rows = [
        {
            "item": f"{item.id}  {page.label(item.id)}",
            "construct": item.construct or "",
            "reversed": item.reversed,
            "part": item.facet in PARTS,
            "pair": order.index(item.expectation) if item.expectation else -1,
        }
        for item in study.items.values()
    ]
    return pd.DataFrame(rows)


def item_map(page: Page) -> Any:
    """Figure that shows which item measures which construct."""
    from csat.report.figures.design import item_map as draw

    heads = {name: page.label(name) for name in page.study.constructs}
    return draw(item_marks(page), heads=heads, legend=legend(page), lang=page.lang)


def legend(page: Page) -> dict[str, str]:
    """Words for the marks of the item map."""
    return {name: page.t(f"map.legend.{name}") for name in ("item", "reversed", "part", "pair", "alone")}


def map_sentence(page: Page) -> str:
    """Key of the sentence that says how many questions a construct has."""
    words = map_words(page)
    return "map.sentence_same" if words["fewest"] == words["most"] else "map.sentence_range"


def map_words(page: Page) -> dict[str, Any]:
    """Values for the sentence and the headline of the item map."""
    study = page.study
    sizes = {construct.id: len(construct.items) for construct in study.constructs.values()}
    single = [page.label(name) for name, size in sizes.items() if size == 1]
    return {
        "items": len(study.items),
        "constructs": len(sizes),
        "fewest": min(sizes.values(), default=0),
        "most": max(sizes.values(), default=0),
        "sizes": [page.t("glance.construct", label=page.label(name), n=size) for name, size in sizes.items()],
        "single": page.t("map.single", labels=single) if single else page.t("map.no_single"),
    }
