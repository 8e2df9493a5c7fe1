"""Labels: their width as it is seen, and lines broken where each script breaks them."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Width of a text in Latin letters; a Chinese character counts two.

    Examples
    --------
    >>> width("abc"), width("满意")
    (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def unbreakable(text: str) -> int:
    """Width of the widest part of a text that may not be broken.

    Examples
    --------
    >>> unbreakable("perceived value"), unbreakable("满意")
    (9, 2)
    """
    return max((width(piece.rstrip()) for piece in _pieces(text, width(text) + 1)), default=0)


def wrap(text: str, limit: int = 24, lines: int = 3) -> str:
    r"""Break a label into lines of at most `limit` Latin letters; what is left over ends in an ellipsis.

    Parameters
    ----------
    text : str
        Label. Latin words stay whole where they fit; Chinese breaks between characters.
    limit : int
        Width of a line, see `width`.
    lines : int
        At most this many lines.

    Returns
    -------
    str
        Lines joined by newline.

    Examples
    --------
    >>> wrap("Quality of the mobile network", 16)
    'Quality of the\nmobile network'
    """
    built = [""]
    for piece in _pieces(text, limit):
        if width(built[-1]) + width(piece.rstrip()) > limit and built[-1]:
            built[-1] = built[-1].rstrip()
            built.append("")
        built[-1] += piece if built[-1] else piece.lstrip()
    built[-1] = built[-1].rstrip()
    if len(built) > lines:
        last = built[lines - 1]
        while width(last) > limit - 1:
            last = last[:-1]
        built = [*built[: lines - 1], last.rstrip() + "…"]
    return "\n".join(built)


def _pieces(text: str, limit: int) -> list[str]:
    """Pieces that may not be broken: Latin words with the space after them, single Chinese characters."""
    pieces: list[str] = []
    for char in " ".join(text.split()):
        wide = width(char) == 2
        closing = wide and unicodedata.category(char).startswith("P")
        fresh = not pieces or pieces[-1].endswith(" ") or (wide and not closing)
        after_wide = bool(pieces) and width(pieces[-1][-1]) == 2 and not wide and char != " "
        too_long = bool(pieces) and width(pieces[-1] + char) > limit and char != " "
        if fresh or (after_wide and not closing) or (too_long and not closing):
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces
