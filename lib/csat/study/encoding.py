"""Text files as people save them: UTF-8 with or without a mark, or GB18030 from Excel in China."""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass

ACCEPTED = "UTF-8, UTF-8 with byte-order mark, GB18030"
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_BINARY_MARKS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"PAR1", "a Parquet file"),
    (b"$FL2", "an SPSS file (.sav)"),
    (b"\x1f\x8b", "a gzip archive"),
)
_PLAUSIBLE_SHARE = 0.9


class EncodingProblem(ValueError):
    """The bytes are not text in an encoding that is read; the message says what they look like."""


@dataclass(frozen=True)
class Decoded:
    """Text of a file, the encoding it was in, and a note when that was not plain UTF-8."""

    text: str
    encoding: str
    note: str = ""


def decode(content: bytes, encoding: str = "") -> Decoded:
    r"""Turn the bytes of a text file into text.

    Parameters
    ----------
    content : bytes
        Content of the file.
    encoding : str, optional
        Name of the encoding when it is known; by default it is recognised.

    Returns
    -------
    Decoded
        The text without byte-order mark, the encoding and a note for the reader of a report.

    Raises
    ------
    EncodingProblem
        When the bytes are binary, UTF-16 or UTF-32, or in no encoding that can be recognised safely.

    Notes
    -----
    UTF-8 is strict enough to recognise itself. GB18030 decodes much that is not Chinese, so it is accepted
    only when at least nine in ten of the characters beyond ASCII are in the common set GB 2312: French or
    German text saved as Windows-1252 then is an error, not a row of wrong characters.

    Examples
    --------
    >>> decode("满意度,忠诚度\n".encode("gb18030")).encoding
    'gb18030'
    """
    if encoding:
        return _as_told(content, encoding)
    _refuse_other_formats(content)
    if content.startswith(codecs.BOM_UTF8):
        return Decoded(_strict(content[3:], "utf-8"), "utf-8-sig")
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        first_bad = content.count(b"\n", 0, error.start) + 1
    text = _as_chinese(content)
    if text is None:
        raise EncodingProblem(
            f"line {first_bad} is not UTF-8, and the file does not look like GB18030 either; "
            'save it as UTF-8, or name its encoding in [data], as encoding = "cp1252" (western Windows)'
        )
    return Decoded(text, "gb18030", "read as GB18030, as Excel saves it in China; UTF-8 is safer")


def _refuse_other_formats(content: bytes) -> None:
    """Say what a file is when it is plainly not a text file that is read here."""
    for mark, name in _WIDE_MARKS:
        if content.startswith(mark):
            raise EncodingProblem(f"the file is {name}; save it as UTF-8")
    for mark, name in _BINARY_MARKS:
        if content.startswith(mark):
            raise EncodingProblem(f"the file is not text: it looks like {name}")
    if b"\x00" in content[:65536]:
        raise EncodingProblem(
            "the file holds zero bytes: it is binary, or UTF-16 without a mark; save it as UTF-8"
        )


def _as_told(content: bytes, encoding: str) -> Decoded:
    """Decode with the encoding that the user named."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise EncodingProblem(f'there is no encoding "{encoding}"') from error
    name = "utf-8-sig" if name == "utf-8" else name
    note = "" if name.startswith("utf-8") else f"read as {encoding}, as told"
    return Decoded(_strict(content, name), name, note)


def _strict(content: bytes, encoding: str) -> str:
    """Decode, or name the line that cannot be."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EncodingProblem(f"line {line} is not {encoding}; save the file as UTF-8") from error


def _as_chinese(content: bytes) -> str | None:
    """Text when the bytes are plausible GB18030, else None."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    beyond = {c: count for c, count in Counter(text).items() if ord(c) > 127}
    common = sum(count for c, count in beyond.items() if _in_common_set(c))
    return text if common >= _PLAUSIBLE_SHARE * sum(beyond.values()) else None


def _in_common_set(character: str) -> bool:
    """Whether a character is in GB 2312, the set of everyday Chinese."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
