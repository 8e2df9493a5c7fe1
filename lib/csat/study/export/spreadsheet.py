"""Spreadsheets: cells that nobody can turn into a formula, and workbooks that are the same every time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?\Z")
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)


def safe_cell(value: object) -> str:
    """Text of a cell that spreadsheet programs show and never compute.

    Parameters
    ----------
    value : object
        What the cell should say; None is empty.

    Returns
    -------
    str
        The text. One that begins like a formula (``=``, ``+``, ``-``, ``@``, a tab or a line break, also
        after blanks) is given an apostrophe in front; plain numbers stay as they are.

    References
    ----------
    OWASP, CSV injection.

    Examples
    --------
    >>> safe_cell("=cmd()"), safe_cell("-98"), safe_cell("Satisfied")
    ("'=cmd()", '-98', 'Satisfied')
    """
    text = "" if value is None else str(value)
    if not _NUMBER.match(text) and (text.startswith(_STARTS) or text.lstrip().startswith(_STARTS)):
        return f"'{text}"
    return text


def save_workbook(book: Workbook, path: Path) -> None:
    """Write a workbook whose bytes depend on its content alone, not on when it was written.

    Parameters
    ----------
    book : openpyxl.Workbook
        The workbook.
    path : pathlib.Path
        The file, ``.xlsx``.

    Notes
    -----
    A workbook is a zip archive; its members and its properties bear the time of writing. Both are set to
    1 January 1980, the first day that a zip archive knows.
    """
    import io
    import zipfile

    written = io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            member = zipfile.ZipInfo(name, _FIRST_MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
