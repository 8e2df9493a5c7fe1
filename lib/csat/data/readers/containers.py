"""Tell what a file is by its first bytes, whatever its name, and unpack it without filling the memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from csat.data.problems import DataError

Kind = Literal["text", "html", "xlsx", "xls", "xlsb", "ods", "parquet", "sav", "por", "dta"]

UNPACKED_LIMIT = 1 << 30
"""Bytes that a file may unpack to; ten million answers to one question are a tenth of it."""

WORKBOOKS: tuple[Kind, ...] = ("xlsx", "xls", "xlsb", "ods")
WORDS: dict[Kind, str] = {
    "text": "text",
    "html": "a page of HTML",
    "xlsx": "an Excel workbook (.xlsx)",
    "xls": "an old Excel workbook (.xls)",
    "xlsb": "a binary Excel workbook (.xlsb)",
    "ods": "an OpenDocument workbook (.ods)",
    "parquet": "a Parquet file",
    "sav": "an SPSS file (.sav)",
    "por": "an SPSS portable file (.por)",
    "dta": "a Stata file (.dta)",
}
_MARKS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"PAR1", "parquet"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
)
_BARE_XLS = (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00")
_PORTABLE = b"ASCII SPSS PORT FILE"
_DATA_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".sav", ".zsav", ".parquet", ".dta", ".por")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Opened:
    """What is in a file: its kind, the bytes without packing, its name and notes on the way in."""

    kind: Kind
    content: bytes
    name: str
    notes: tuple[str, ...] = ()


def open_file(content: bytes, name: str) -> Opened:
    """Tell what a file is, and take it out of a gzip or a zip archive that holds it alone.

    Parameters
    ----------
    content : bytes
        Content of the file.
    name : str
        Name of the file, for messages; its ending decides nothing.

    Returns
    -------
    Opened
        Kind, unpacked bytes and the name without the ending of the packing.

    Raises
    ------
    DataError
        When the file is empty, an archive is broken, unpacks to more than `UNPACKED_LIMIT` bytes, or holds
        several files.
    """
    if _blank(content):
        raise DataError("the file is empty", name)
    notes: tuple[str, ...] = ()
    if content.startswith(b"\x1f\x8b"):
        content, name, notes = _gunzip(content, name), name.removesuffix(".gz"), ("unpacked from gzip",)
        if _blank(content):
            raise DataError("the file is empty", name)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = _zip_kind(content, name)
        if found is not None:
            return Opened(found, content, name, notes)
        content, name = _only_member(content, name)
        notes = (*notes, f'unpacked "{name}" from a zip archive')
        if _blank(content):
            raise DataError("the file is empty", name)
        if content.startswith(b"PK\x03\x04"):
            return Opened(_zip_kind(content, name) or "xlsx", content, name, notes)
    _refuse(content, name)
    return Opened(_kind(content), content, name, notes)


def _refuse(content: bytes, name: str) -> None:
    """Say what a file is that holds no table which is read here."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        raise DataError("the file is a PDF document, not a table of answers; export the answers", name)
    if start.startswith(b"<?xml") and b"<html" not in start.lower():
        what = "an XML workbook of Excel 2003" if b"Excel" in start or b"Workbook" in start else "XML"
        raise DataError(f"the file is {what}, which is not read; save it as .xlsx or CSV", name)
    if start[:1] in (b"{", b"[") and b'":' in start.replace(b'" :', b'":'):
        raise DataError("the file is JSON, which is not read; export the answers as CSV", name)


def _blank(content: bytes) -> bool:
    """Whether nothing stands in a file; a large one is not copied to tell."""
    return not content[:4096].strip() and not content.strip()


def _kind(content: bytes) -> Kind:
    """Kind of a file that is not packed."""
    for mark, kind in _MARKS:
        if content.startswith(mark):
            return kind
    if content.startswith(_BARE_XLS):
        return "xls"
    if _PORTABLE in content[:1024].replace(b"\r", b"").replace(b"\n", b""):
        return "por"
    if content[:1] in (b"\x71", b"\x72", b"\x73") and content[1:4] in (b"\x01\x01\x00", b"\x02\x01\x00"):
        return "dta"
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<body")):
        return "html"
    if start.startswith(b"<?xml") and b"<html" in start:
        return "html"
    return "text"


def _gunzip(content: bytes, name: str) -> bytes:
    """Unpack gzip, of one or several parts, up to the limit."""
    parts, size, rest = [], 0, content
    while rest.startswith(b"\x1f\x8b"):
        machine = zlib.decompressobj(wbits=31)
        try:
            while not machine.eof:
                part = machine.decompress(rest, _CHUNK)
                rest = machine.unconsumed_tail
                size += len(part)
                parts.append(part)
                if size > UNPACKED_LIMIT:
                    raise _too_large(name)
                if not part and not rest and not machine.eof:
                    raise DataError("the gzip archive is cut off; copy or export the file again", name)
        except zlib.error as error:
            raise DataError(f"the gzip archive is broken ({error}); export the file again", name) from error
        rest = machine.unused_data
    return b"".join(parts)


def _too_large(name: str) -> DataError:
    """Error of an archive that would fill the memory."""
    limit = f"{UNPACKED_LIMIT >> 20:,} MB" if UNPACKED_LIMIT >> 20 else f"{UNPACKED_LIMIT:,} bytes"
    return DataError(f"the file unpacks to more than {limit}; save it as CSV or Parquet, unpacked", name)


def _archive(content: bytes, name: str) -> zipfile.ZipFile:
    """Open a zip archive whose members may be unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except Exception as error:  # zipfile raises errors of several kinds on broken directories
        raise DataError(
            f"the file is no Excel workbook or zip archive that can be opened ({error}); it may be cut off",
            name,
        ) from error
    # What a directory says of a member is checked when it is unpacked; a lie shows in its packed size.
    if sum(max(m.file_size, m.compress_size) for m in members) > UNPACKED_LIMIT:
        raise _too_large(name)
    if any(m.compress_size > 2 * m.file_size + 4096 for m in members):
        raise DataError("the zip archive is broken: a part is larger packed than unpacked", name)
    return archive


def _zip_kind(content: bytes, name: str) -> Kind | None:
    """Kind of workbook in a zip archive; None where it holds another file."""
    with _archive(content, name) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            return "xlsb"
        if "[Content_Types].xml" in names or any(n.endswith("xl/workbook.xml") for n in names):
            if any(n.startswith(("word/", "ppt/")) for n in names):
                raise DataError("the file is a document, not a table of answers; export the answers", name)
            return "xlsx"
        if "mimetype" in names and "content.xml" in names:
            return "ods"
    return None


def _only_member(content: bytes, name: str) -> tuple[bytes, str]:
    """Unpack the one data file of an archive, as Qualtrics and SurveyMonkey pack them."""
    with _archive(content, name) as archive:
        listed = [
            m
            for m in archive.infolist()
            if m.filename.lower().endswith(_DATA_ENDINGS)
            and not m.filename.startswith("__MACOSX/")
            and not PurePosixPath(m.filename).name.startswith(".")
        ]
        if len(listed) != 1:
            shown = ", ".join(PurePosixPath(m.filename).name for m in listed[:5]) or "none"
            raise DataError(
                f"the zip archive holds {len(listed)} data files ({shown}); unpack it and name one", name
            )
        try:
            unpacked = archive.read(listed[0])
        except Exception as error:  # broken data, an unknown packing, a password
            raise DataError(f"the zip archive cannot be unpacked ({error})", name) from error
    return unpacked, PurePosixPath(listed[0].filename).name
