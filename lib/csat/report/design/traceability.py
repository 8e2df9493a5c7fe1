"""From question to figure: which construct an item serves, and which statistics rest on it, where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from csat.report import numbers

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.page import Page
    from csat.study import Study
    from csat.study.definition import Construct, Item

MEASUREMENT, LOYALTY = "02_measurement", "03_loyalty"


def uses(study: Study) -> pd.DataFrame:
    """Every use of every item.

    Parameters
    ----------
    study : Study
        The study as asked.

    Returns
    -------
    DataFrame
        Columns ``item, construct, role, metric, subject, notebook``: the names under which the number stands
        in ``metrics.csv``. An item that stands alone has an empty construct and role.

    Notes
    -----
    The rules follow from mode, role and number of items: what cannot be computed (the reliability of a
    single item) is not promised.
    """
    import pandas as pd

    rows = []
    for item in study.items.values():
        construct = study.constructs[item.construct] if item.construct else None
        named = (construct.id, construct.role) if construct else ("", "")
        for metric, subject, notebook in _uses(study, item, construct):
            rows.append((item.id, *named, metric, subject, notebook))
    return pd.DataFrame(rows, columns=["item", "construct", "role", "metric", "subject", "notebook"])


def trace_table(page: Page) -> pd.DataFrame:
    """Traceability as a table: one row for all items of a construct that serve the same statistics."""
    import pandas as pd

    study = page.study
    found = uses(study)
    groups: dict[tuple[str, str, str], list[str]] = {}
    for item in study.items.values():
        own = found[found["item"] == item.id]
        key = (item.construct or "", _names(page, own, MEASUREMENT), _names(page, own, LOYALTY))
        groups.setdefault(key, []).append(item.id)
    rows = [
        {
            "construct": _construct(page, construct),
            "questions": page.t("trace.comma").join(_runs(items, list(study.items))),
            MEASUREMENT: measured,
            LOYALTY: told or numbers.ABSENT,
        }
        for (construct, measured, told), items in groups.items()
    ]
    return pd.DataFrame(rows)


def trace_heads(page: Page) -> dict[object, str]:
    """Heads of the two report columns: the titles of the reports."""
    return {name: page.t(f"notebook.{name}.title") for name in (MEASUREMENT, LOYALTY)}


def trace_sentence(page: Page) -> str:
    """Key of the sentence above the table."""
    words = trace_words(page)
    if page.study.questions:
        return "trace.sentence_ratings"
    return "trace.sentence" if words["idle"] else "trace.sentence_all"


def trace_words(page: Page) -> dict[str, object]:
    """Values for the sentence above the table."""
    found = uses(page.study)
    story = set(found.loc[found["notebook"] == LOYALTY, "item"])
    idle = [page.label(item) for item in page.study.items if item not in story]
    rest = page.t("trace.idle", labels=idle) if idle else ""
    return {"items": len(page.study.items), "story": len(story), "idle": rest}


def _runs(items: list[str], order: list[str]) -> list[str]:
    """Item ids, three or more in a row as first–last."""
    runs: list[list[str]] = []
    for item in items:
        follows = runs and order.index(runs[-1][-1]) + 1 == order.index(item)
        runs = [*runs[:-1], [*runs[-1], item]] if follows else [*runs, [item]]
    return [text for run in runs for text in ([f"{run[0]}–{run[-1]}"] if len(run) > 2 else run)]


def _construct(page: Page, construct: str) -> str:
    """Label of a construct with its role."""
    if not construct:
        return page.t("map.alone")
    role = page.t(f"role.{page.study.constructs[construct].role}")
    return page.t("trace.construct", label=page.label(construct), role=role)


def _names(page: Page, own: pd.DataFrame, notebook: str) -> str:
    """Names of the statistics of one report, in the page's language."""
    metrics = list(dict.fromkeys(own.loc[own["notebook"] == notebook, "metric"]))
    return page.t("trace.comma").join(page.t(f"metric.{metric}") for metric in metrics)


def _uses(study: Study, item: Item, construct: Construct | None) -> Iterator[tuple[str, str, str]]:
    """Metric, subject and notebook of each number that rests on an item."""
    yield "item_mean", item.id, MEASUREMENT
    if construct is not None:
        yield from _measured(study, item, construct)
        yield from _told(study, item, construct)
    if study.thresholds.nps_item == item.id:
        yield "nps", item.id, LOYALTY


def _measured(study: Study, item: Item, construct: Construct) -> Iterator[tuple[str, str, str]]:
    """Numbers on the quality of measurement."""
    if len(construct.items) < 2:
        return
    if construct.mode == "reflective":
        yield "item_rest_correlation", item.id, MEASUREMENT
        yield "alpha", construct.id, MEASUREMENT
        if len(construct.items) > 2:  # a one-factor model of two items has no solution of its own
            yield "omega", construct.id, MEASUREMENT
        for metric in ("composite_reliability", "ave"):
            yield metric, construct.id, MEASUREMENT
        yield "loading", f"{construct.id}→{item.id}", MEASUREMENT
    elif construct.id in study.model_blocks():
        yield "outer_weight", f"{construct.id}→{item.id}", MEASUREMENT


def _told(study: Study, item: Item, construct: Construct) -> Iterator[tuple[str, str, str]]:
    """Numbers in the story from experience to loyalty."""
    from csat.report.loyalty.roles import roles_of

    roles = roles_of(study)
    yield "index_0_100", construct.id, LOYALTY
    if construct.id == roles.loyalty:
        yield "top_box", item.id, LOYALTY
    for target, sources in ((roles.target, roles.drivers), (roles.loyalty, roles.predictors)):
        if construct.id in sources and item.id in roles.blocks[construct.id]:
            yield "relative_weight", f"{construct.id}→{target}", LOYALTY
    for path in study.paths:
        if construct.id in (path.source, path.target):
            yield "path", f"{path.source}→{path.target}", LOYALTY
    if roles.loyalty and any(item.id in pair for pair in study.expectation_pairs()):
        yield "zone_share", "gap:affection", LOYALTY
