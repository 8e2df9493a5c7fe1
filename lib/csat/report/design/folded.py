"""Long tables, folded: a line that says what is in them, and the table when somebody opens it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from csat.report import tables
from csat.report.estimates import EstimateTable
from csat.report.tables import escape

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.page import Page

OPEN_ROWS = 40
"""A table of more rows is folded."""


def folded(
    page: Page,
    key: str,
    frame: pd.DataFrame,
    formats: Mapping[Hashable, tables.Format] | None = None,
    **values: Any,
) -> str:
    """Table that is folded under its caption, without a script.

    Parameters
    ----------
    page : Page
        Page, for its words.
    key : str
        ``<key>.caption`` and optionally ``<key>.note``, as for `Page.table`.
    frame : DataFrame
        One row a table row; the first column holds the row heads.
    formats : mapping, optional
        Column to format, see `csat.report.tables.write_cell`.
    **values
        For caption and note.

    Returns
    -------
    str
        Fragment for `Page.html`; empty for a frame without rows.
    """
    if frame.empty:
        return ""
    writer = EstimateTable(page.words, page.subject)
    heads: dict[Hashable, str] = {name: writer.head(str(name)) for name in frame.columns}
    caption = page.t(f"{key}.caption", **values)
    note = page.t(f"{key}.note", **values) if page.has(f"{key}.note") else ""
    table = tables.render(
        tables.columns_of(frame, heads, formats or {}),
        caption,
        note=note,
        scroll_label=page.t("page.scroll", caption=caption),
        key=key,
    )
    head = escape(page.t("fold.summary", caption=caption, n=len(frame)))
    return f'<details class="fold"><summary>{head}</summary>{table}</details>'


def long_table(
    page: Page,
    key: str,
    frame: pd.DataFrame,
    formats: Mapping[Hashable, tables.Format] | None = None,
    **values: Any,
) -> None:
    """Show a table, folded where it is long."""
    if len(frame) > OPEN_ROWS:
        page.html(folded(page, key, frame, formats, **values))
    else:
        page.table(key, frame, formats, **values)
