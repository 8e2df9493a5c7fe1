"""Write sheets to files: CSV and Excel that cannot be turned into formulas, and pages to print."""

from __future__ import annotations

import csv
import html
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from csat.study.export.spreadsheet import safe_cell
from csat.study.pretest.texts import heading

if TYPE_CHECKING:
    import pandas as pd

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
_WIDE = {"text", "probe", "answer", "source", "target", "back", "comment", "rule"}
_STYLE = """
body { font: 15px/1.45 system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  color: #1f2430; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
section { overflow-x: auto; position: relative; }
th, td { border: 1px solid #b5bac4; padding: .35rem .5rem; text-align: left; vertical-align: top;
  min-width: 3.5em; }
td.again { color: #767c88; border-top: 0; }
th { background: #eef0f4; } td.blank { min-width: 14rem; height: 2.2rem; }
tr.flag td { background: #fff3d6; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def cell(value: object) -> str | int | float | None:
    """Value as a cell may hold it: numbers as they are, everything else as harmless text."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if hasattr(value, "item"):
        return cell(value.item())
    if isinstance(value, bool):
        return "x" if value else None
    if isinstance(value, int | float):
        return value
    return safe_cell(_CONTROL.sub("", str(value)))


def write_csv(frame: pd.DataFrame, path: Path, lang: str = "en") -> Path:
    """Write a sheet as CSV for spreadsheet programs.

    Parameters
    ----------
    frame : pandas.DataFrame
        The sheet.
    path : pathlib.Path
        The file.
    lang : str, optional
        Language of the headings.

    Returns
    -------
    pathlib.Path
        The file: UTF-8 with a byte-order mark, so that Excel reads Chinese; every cell in quotes, so that no
        other separator can cut one open; cells that begin like formulas neutralised by `safe_cell`.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([safe_cell(heading(str(column), lang)) for column in frame.columns])
        for row in frame.itertuples(index=False, name=None):
            writer.writerow(["" if value is None else value for value in map(cell, row)])
    return path


def write_xlsx(sheets: Mapping[str, pd.DataFrame], path: Path, lang: str = "en") -> Path:
    """Write sheets into one Excel workbook.

    Parameters
    ----------
    sheets : mapping of str to pandas.DataFrame
        Sheets by their names.
    path : pathlib.Path
        The file.
    lang : str, optional
        Language of the headings.

    Returns
    -------
    pathlib.Path
        The file, with a bold frozen head; texts are stored as texts, never as formulas.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, frame in sheets.items():
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31])
        sheet.append([safe_cell(heading(str(column), lang)) for column in frame.columns])
        for row in frame.itertuples(index=False, name=None):
            sheet.append([cell(value) for value in row])
        for column, title in enumerate(frame.columns, start=1):
            width = 44 if title in _WIDE else 16
            sheet.column_dimensions[get_column_letter(column)].width = width
        for line in sheet.iter_rows():
            for one in line:
                one.alignment = Alignment(wrap_text=True, vertical="top")
                if isinstance(one.value, str):
                    one.data_type = "s"
        for one in sheet[1]:
            one.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    book.save(path)
    return path


def write_html(
    sheets: Mapping[str, pd.DataFrame],
    path: Path,
    title: str,
    lang: str = "en",
    intro: Mapping[str, str] | None = None,
) -> Path:
    """Write sheets as one page to read and print.

    Parameters
    ----------
    sheets : mapping of str to pandas.DataFrame
        Sheets by their headings.
    path : pathlib.Path
        The file.
    title : str
        Title of the page.
    lang : str, optional
        Language of the page and of the headings of columns.
    intro : mapping of str to str, optional
        Text above a sheet, by its heading.

    Returns
    -------
    pathlib.Path
        The file; it needs nothing besides, and every text in it is escaped.
    """
    above = intro or {}
    body = "".join(
        f"<section><h2>{_text(name)}</h2>{f'<p>{_text(above[name])}</p>' if name in above else ''}"
        f"{_table(frame, name, lang)}</section>"
        for name, frame in sheets.items()
    )
    page = (
        f'<!doctype html><html lang="{_text(lang)}"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{_text(title)}</h1>{body}</main></body></html>\n"
    )
    path.write_text(page, encoding="utf-8")
    return path


def _table(frame: pd.DataFrame, name: str, lang: str) -> str:
    """One sheet as a table."""
    head = "".join(f'<th scope="col">{_text(heading(str(c), lang))}</th>' for c in frame.columns)
    flags = list(frame["flag"]) if "flag" in frame.columns else [False] * len(frame)
    lines = []
    before: tuple[object, ...] = ()
    for flag, row in zip(flags, frame.itertuples(index=False, name=None), strict=True):
        again = _repeated(list(frame.columns), before, row)
        before = row
        cells = "".join(_cell(*one) for one in zip(frame.columns, row, again, strict=True))
        lines.append(f"<tr class='flag'>{cells}</tr>" if flag is True or flag == 1 else f"<tr>{cells}</tr>")
    caption, body = f"<caption>{_text(name)}</caption>", "".join(lines)
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _repeated(columns: list[str], before: tuple[object, ...], row: tuple[object, ...]) -> list[bool]:
    """Tell which cells of an interview repeat the question of the row above."""
    same = bool(before) and "probe" in columns and row[0] == before[0]
    return [same and column in ("question", "type", "text") for column in columns]


def _cell(column: str, value: object, again: bool = False) -> str:
    """One cell of a table; blanks to be filled in are given room, what is said above is left out."""
    if again:
        return "<td class='again'>〃</td>"
    shown = cell(value)
    if isinstance(shown, float):
        shown = f"{shown:.3g}"
    said = "" if value is None or shown is None else _plain(value, shown)
    blank = column in ("answer", "back", "same", "comment") and not said
    return f"<td class='blank'>{_text(said)}</td>" if blank else f"<td>{_text(said)}</td>"


def _plain(value: object, shown: str | int | float) -> object:
    """Text as it is: on a page nothing computes, so no apostrophe is needed."""
    return _CONTROL.sub("", value) if isinstance(value, str) else shown


def _text(value: object) -> str:
    """Text, escaped."""
    return html.escape(str(value), quote=True)
