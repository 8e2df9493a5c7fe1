"""Text as patterns read it: digits of any script and width as 0-9, and nothing that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_HANZI_DIGITS = "零一二三四五六七八九"
_HANZI = str.maketrans("〇○" + _HANZI_DIGITS + "幺", "00" + "0123456789" + "1")
_SPELLED = re.compile(rf"[〇○{_HANZI_DIGITS}幺]{{7,}}")
"""So many Chinese digits in a row spell a number out; fewer are a year or a word."""

_DASHES = "‐‑‒–—―−－"
_PLAIN = re.compile(r"[\x20-\x7e\n\t]*")


@dataclass(frozen=True)
class Folded:
    """Folded text, and for each of its characters (and its end) the place in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Stretch of the original that a stretch of the folded text stands for."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold a text, so that one pattern finds a number however it is typed.

    Parameters
    ----------
    text : str
        As the respondent wrote it.

    Returns
    -------
    Folded
        Characters of full width become ASCII, digits of every script 0-9, seven and more Chinese digits in a
        row 0-9, dashes of all kinds ``-``; characters without width are left out.

    Examples
    --------
    >>> fold("１３８－００１３").text, fold("一三八零零一三八零零零").text, fold("二〇二六年").text
    ('138-0013', '13800138000', '二〇二六年')
    """
    if _PLAIN.fullmatch(text):
        return Folded(text, tuple(range(len(text) + 1)))
    spelled = _SPELLED.sub(lambda match: match[0].translate(_HANZI), text)
    kept = [
        (place, _one(c)) for place, c in enumerate(spelled) if unicodedata.category(c) not in ("Cf", "Mn")
    ]
    return Folded("".join(c for _, c in kept), (*(place for place, _ in kept), len(text)))


def _one(character: str) -> str:
    """One character for one."""
    if character in _DASHES:
        return "-"
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(int(digit))
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return " " if unicodedata.category(character) == "Zs" else character
