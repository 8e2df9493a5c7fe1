"""HTML as a tree, for checks: the standard library's parser, forgiving as a browser is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


@dataclass(frozen=True)
class Element:
    """Element of a page with its attributes, its text and the elements in it."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element | str]

    def walk(self) -> Iterator[Element]:
        """Return this element and all in it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        """Elements of some kinds in this one."""
        return [element for element in self.walk() if element.tag in tags]

    @property
    def text(self) -> str:
        """Visible text, spaces collapsed."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return "" if self.tag in ("style", "script") else " ".join(" ".join(parts).split())


def parse(raw: str) -> Element:
    """Parse HTML into a tree, forgiving as a browser is."""
    reader = _Reader()
    reader.feed(raw)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    """Builds the tree."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {}, 1, [])
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        element = Element(tag, {name: value or "" for name, value in attrs}, self.getpos()[0], [])
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and what was left open in it."""
        if tag in [element.tag for element in self._open]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self._open[-1].children.append(data)
