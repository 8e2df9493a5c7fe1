"""The text of published files of any kind, passage by passage, each with its place in the file."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csat.report.markup import Element, parse

_SPOKEN = ("alt", "title", "aria-label", "content", "value", "placeholder", "datetime")
_TARGETS = ("href", "src", "action", "xlink:href")
_SVG = re.compile(r"<!--(.*?)-->|>([^<>]*[^<>\s][^<>]*)<", re.S)
_STYLE = re.compile(r"<(style|script)\b.*?</\1>", re.S)
_COMMENT = re.compile(r"<!--(.*?)-->", re.S)
_SVG_DATA = "data:image/svg+xml;base64,"
_FRAME_TEXT = re.compile(r"\[(\d+) rows x (\d+) columns\]")
_NOT_TEXT = frozenset({"image/png", "image/jpeg", "image/gif", "application/pdf"})


@dataclass(frozen=True)
class Passage:
    """Text and where it stands."""

    place: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A table in a file: where it stands, its column heads, its row heads."""

    place: str
    heads: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """What a file says: passages of text, and the tables among them."""

    passages: tuple[Passage, ...]
    grids: tuple[Grid, ...] = ()

    @property
    def text(self) -> str:
        """All passages, one a line."""
        return "\n".join(passage.text for passage in self.passages)


def content_of(path: Path) -> Content:
    """Read the text of a file.

    Parameters
    ----------
    path : Path
        HTML, SVG, notebook, JSON, CSV, XML, workbook, document, or any other text.

    Returns
    -------
    Content
        Empty for a file that holds no text. Of pages: text, what screen readers say, addresses to write or
        call, the text of figures and comments; not scripts, styles, shapes and encoded pictures.
    """
    kind = path.suffix.lower()
    if zipfile.is_zipfile(path):
        return _of_zip(path)
    try:
        raw = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return Content(())
    if kind == ".svg":
        return Content(tuple(_of_svg(raw, "figure")))
    if kind in (".html", ".htm"):
        return _of_page(raw, "")
    if kind in (".ipynb", ".json", ".qsf"):
        try:
            loaded = json.loads(raw)
        except ValueError:
            return Content((Passage("", raw),))
        return _of_notebook(loaded) if kind == ".ipynb" else Content(tuple(_of_json(loaded, "")))
    if kind in (".csv", ".tsv"):
        return _of_csv(raw, "\t" if kind == ".tsv" else ",")
    if kind in (".xml", ".lss", ".lsq"):
        return Content(tuple(_of_svg(raw, "text")))
    return Content(tuple(_lines(raw, "")))


def _lines(text: str, place: str) -> Iterator[Passage]:
    """Lines of a text."""
    start = f"{place}, " if place else ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield Passage(f"{start}line {number}", line)


def _of_page(raw: str, place: str) -> Content:
    """Text and tables of HTML."""
    root = parse(raw)
    start = f"{place}, " if place else ""
    passages: list[Passage] = []
    for element in root.walk():
        if element.tag in ("style", "script", "path"):
            continue
        where = f"{start}line {element.line}"
        passages += (Passage(where, text) for text in _of_element(element))
        source = element.attributes.get("src", "")
        if source.startswith(_SVG_DATA):
            passages += _of_picture(source, where)
    passages += (Passage(f"{start}comment", text) for text in _COMMENT.findall(raw) if text.strip())
    return Content(tuple(passages), tuple(_grids(root, start)))


def _of_element(element: Element) -> Iterator[str]:
    """Texts of one element, not of those in it."""
    yield from (child for child in element.children if isinstance(child, str) and child.strip())
    for name in _SPOKEN:
        if element.attributes.get(name, "").strip():
            yield element.attributes[name]
    for name in _TARGETS:
        if not element.attributes.get(name, "data:").startswith("data:"):
            yield element.attributes[name]


def _of_picture(source: str, place: str) -> Iterator[Passage]:
    """Texts of a picture that is encoded in a page."""
    try:
        svg = base64.b64decode(source.removeprefix(_SVG_DATA)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return
    yield from _of_svg(svg, f"{place}, figure")


def _of_svg(raw: str, place: str) -> Iterator[Passage]:
    """Texts and comments of SVG or XML, which holds no more than that for a reader."""
    for comment, text in _SVG.findall(_STYLE.sub("", raw)):
        if (comment or text).strip():
            yield Passage(place, comment or text)


def _grids(root: Element, start: str) -> Iterator[Grid]:
    """Tables of a page with their heads."""
    for table in root.all("table"):
        rows = [row.all("th", "td") for row in table.all("tr")]
        heads = next((row for row in rows if row), [])
        yield Grid(
            f"{start}line {table.line}",
            tuple(cell.text for cell in heads),
            tuple(row[0].text for row in rows[1:] if row),
        )


def _of_notebook(nb: Any) -> Content:
    """Text and tables of a notebook: sources, outputs and metadata."""
    passages = [*_of_json(nb.get("metadata", {}), "metadata")]
    grids: list[Grid] = []
    for number, cell in enumerate(nb.get("cells", ()), 1):
        place = f"cell {number}"
        passages += _lines(joined(cell.get("source", "")), place)
        passages += _of_json(cell.get("metadata", {}), f"{place}, metadata")
        for output in cell.get("outputs", ()):
            found = _of_output(output, f"{place}, output")
            passages += found.passages
            grids += found.grids
    return Content(tuple(passages), tuple(grids))


def _of_output(output: Any, place: str) -> Content:
    """Text and tables of one output."""
    passages = [*_of_json(output.get("metadata", {}), f"{place}, metadata")]
    grids: list[Grid] = []
    texts = [joined(output.get("text", "")), *map(joined, output.get("traceback", ()))]
    texts += [str(output.get("evalue", ""))]
    for kind, value in output.get("data", {}).items():
        if kind in ("text/html", "image/svg+xml"):
            page = _of_page(joined(value), place)
            passages += page.passages
            grids += page.grids
        elif kind not in _NOT_TEXT:
            texts.append(
                joined(value) if isinstance(value, str | list) else json.dumps(value, ensure_ascii=False)
            )
    for text in texts:
        passages += _lines(text, place)
        grids += printed_grids(text, place)
    return Content(tuple(passages), tuple(grids))


def printed_grids(text: str, place: str = "") -> Iterator[Grid]:
    """Find data frames as pandas prints them: heads in one line, row heads in those below."""
    lines = [line for line in text.splitlines() if line.strip()]
    for first, line in enumerate(lines[:-1]):
        if not line.startswith(" "):
            continue
        rows = []
        for below in lines[first + 1 :]:
            if below.startswith(" ") or _FRAME_TEXT.match(below):
                break
            rows.append(below.split()[0])
        if rows:
            yield Grid(place, ("", *line.split()), tuple(rows))


def joined(text: str | Sequence[str]) -> str:
    """Text that a notebook file may hold as one string or as lines."""
    return text if isinstance(text, str) else "".join(text)


def _of_json(value: Any, place: str) -> Iterator[Passage]:
    """Keys and texts of JSON, but for the versions of software."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield Passage(f"{place} key".strip(), str(key))
            if key != "versions":
                yield from _of_json(part, f"{place}.{key}".strip("."))
    elif isinstance(value, list):
        for part in value:
            yield from _of_json(part, place)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
        yield Passage(place, str(value))


def _of_csv(raw: str, separator: str) -> Content:
    """Lines of a file with columns, and its heads."""
    rows = list(csv.reader(io.StringIO(raw), delimiter=separator))
    heads = tuple(rows[0]) if rows else ()
    first = tuple(row[0] for row in rows[1:] if row)
    return Content(tuple(_lines(raw, "")), (Grid("line 1", heads, first),))


def _of_zip(path: Path) -> Content:
    """Text of the XML, JSON and other text in a workbook or document."""
    passages: list[Passage] = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            try:
                raw = archive.read(name).decode("utf-8")
            except UnicodeDecodeError:
                continue
            passages += _of_svg(raw, name) if name.endswith((".xml", ".rels")) else _lines(raw, name)
    return Content(tuple(passages))
