"""Semantic tables: caption, column and row heads with scope, figures aligned, no empty corner.

The only place where text from a study or its respondents becomes a table cell, so it is escaped here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from csat.report import numbers
from csat.report.text import width

if TYPE_CHECKING:
    import pandas as pd

_TAG = re.compile(r"<[^>]*>")

Format: TypeAlias = "int | str | Callable[[Any], str]"


@dataclass(frozen=True)
class Column:
    """One column: its head as plain text, its cells as plain text or fragments, whether they are figures."""

    head: str
    cells: tuple[str, ...]
    numeric: bool = False


def escape(text: Any) -> str:
    """Plain text as HTML, quotes too, so that it fits an attribute.

    Examples
    --------
    >>> escape('<script>"x"')
    '&lt;script&gt;&quot;x&quot;'
    """
    return html.escape(str(text), quote=True)


class Fragment(str):
    """HTML that whoever built it has escaped; it stands in a cell as it is."""

    __slots__ = ()


def link(target: str, text: str) -> Fragment:
    """Link of a cell to a file beside the page.

    Parameters
    ----------
    target : str
        Path of the file from the page's folder, not yet encoded.
    text : str
        What is shown; plain text.

    Examples
    --------
    >>> link("exports/a b.xlsx", "a & b")
    '<a href="exports/a%20b.xlsx">a &amp; b</a>'
    """
    return Fragment(f'<a href="{escape(quote(target))}">{escape(text)}</a>')


def write_cell(value: Any, form: Format) -> str:
    """Write one cell as its column's format says.

    Parameters
    ----------
    value : object
        Cell value.
    form : int, str or callable
        Decimals, or ``"n"`` (count), ``"pct"``/``"pct1"`` (share of 1), ``"p"`` (p-value without its letter),
        ``"signed"``/``"signed1"`` (difference), ``"text"``, or a function from value to text
        (or to a `Fragment`, such as links).

    Returns
    -------
    str
        Plain text, not yet escaped, unless it is a `Fragment`.

    Raises
    ------
    ValueError
        If there is no such format.
    """
    if callable(form):
        return form(value)
    if numbers.is_missing(value):
        return numbers.ABSENT
    if isinstance(form, int):
        return numbers.number(value, form)
    if form == "text":
        return str(value)
    if form == "n":
        return numbers.count(value)
    if form == "p":
        return numbers.p_value(value).removeprefix("p = ").removeprefix("p ")
    if form.startswith("pct"):
        return numbers.percent(value, int(form[3:] or 0))
    if form.startswith("signed"):
        return numbers.number(value, int(form[6:] or 2), signed=True)
    raise ValueError(f"No cell format {form!r}: use decimals, n, pct, pct1, p, signed, text or a function.")


def default_format(values: pd.Series) -> Format:
    """Format of a column by its type: whole numbers as counts, others with two decimals, the rest as text."""
    from pandas.api import types

    if types.is_bool_dtype(values) or not types.is_numeric_dtype(values):
        return "text"
    return "n" if types.is_integer_dtype(values) else 2


def columns_of(
    frame: pd.DataFrame, heads: Mapping[Hashable, str], formats: Mapping[Hashable, Format]
) -> tuple[Column, ...]:
    """Columns of a frame, written.

    Parameters
    ----------
    frame : DataFrame
        One row a table row; the first column becomes the row head.
    heads : mapping
        Column name to the text of its head.
    formats : mapping
        Column name to its format; `default_format` where there is none.
    """
    built = []
    for name in frame.columns:
        form = formats.get(name, default_format(frame[name]))
        numeric = default_format(frame[name]) != "text" or not (callable(form) or form == "text")
        built.append(Column(heads[name], tuple(write_cell(value, form) for value in frame[name]), numeric))
    return tuple(built)


def render(
    columns: Sequence[Column],
    caption: str,
    note: str = "",
    scroll_label: str = "",
    key: str = "",
) -> str:
    """Table as HTML, inside a region that can be focused and scrolled sideways on a narrow screen.

    Parameters
    ----------
    columns : sequence of Column
        The first one holds the row heads.
    caption : str
        What the table shows; plain text.
    note : str
        A line below: base, interval, method; plain text.
    scroll_label : str
        Accessible name of the scrolling region; the caption by default.
    key : str
        Written as ``data-key``, for tests and for linking a table to its sentence.

    Returns
    -------
    str
        All text escaped; fragments as they are.
    """
    if not columns or not columns[0].head.strip():
        raise ValueError(f"Table {caption!r} needs a head over its first column.")
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column.head)}</th>' for column in columns)
    body = "".join(_row(columns, i) for i in range(len(columns[0].cells)))
    marked = f' data-key="{escape(key)}"' if key else ""
    below = f'<p class="table-note">{escape(note)}</p>' if note else ""
    name = escape(scroll_label or caption)
    return (
        f'<div class="table-block"{marked}>'
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{name}">'
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{below}</div>"
    )


def _row(columns: Sequence[Column], index: int) -> str:
    """One table row; its first cell is its head."""
    first, *rest = columns
    cells = "".join(f"<td{_class(column)}>{_cell(column.cells[index])}</td>" for column in rest)
    return f'<tr><th scope="row">{_cell(first.cells[index])}</th>{cells}</tr>'


def _cell(text: str) -> str:
    """Content of a cell: a fragment as it is, anything else escaped."""
    return text if isinstance(text, Fragment) else escape(text)


def _class(column: Column) -> str:
    """Class of a cell that holds figures, sentences, or a word or two that should stay on one line."""
    if column.numeric:
        return ' class="num"'
    widest = max((width(_TAG.sub("", c) if isinstance(c, Fragment) else c) for c in column.cells), default=0)
    return ' class="long"' if widest > 28 else ' class="short"' if widest <= 12 else ""
