"""Cells of spreadsheets that nobody can turn into a formula."""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?\Z")


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
