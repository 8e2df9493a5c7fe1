"""The table in a page of HTML: what many tools write into a file that they call .xls."""

from __future__ import annotations

from html.parser import HTMLParser

from csat.data.problems import DataError

_SPAN_LIMIT = 1000


class _Tables(HTMLParser):
    """Collect the rows of every table of a page; a table within a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.depth = 0
        self.cell: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
        elif self.depth != 1:
            return
        elif tag == "tr":
            self.end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.end_cell()
            told = dict(attrs).get("colspan") or "1"
            self.span = min(int(told), _SPAN_LIMIT) if told.isdecimal() else 1
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a table."""
        if tag == "table":
            if self.depth == 1:
                self.end_cell()
            self.depth = max(self.depth - 1, 0)
        elif tag in ("td", "th", "tr") and self.depth == 1:
            self.end_cell()

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self.cell is not None:
            self.cell.append(data)

    def end_cell(self) -> None:
        """Put a cell into its row, and empty ones after it where it spans several."""
        if self.cell is None or not self.tables:
            return
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1] += [" ".join("".join(self.cell).split()), *([""] * (self.span - 1))]
        self.cell = None


def table_rows(text: str, name: str) -> list[list[str]]:
    """Rows of the largest table of a page.

    Parameters
    ----------
    text : str
        The page.
    name : str
        Name of the file, for messages.

    Returns
    -------
    list of list of str
        Stripped cells; rows without any text are left out.

    Raises
    ------
    DataError
        When the page holds no table, such as the page that asks to sign in.
    """
    parser = _Tables()
    try:
        parser.feed(text)
        parser.close()
        parser.end_cell()
    except (AssertionError, ValueError) as error:  # what the parser raises on broken declarations
        raise DataError(f"the page of HTML cannot be read ({error})", name) from error
    tables = [[row for row in table if any(row)] for table in parser.tables]
    largest = max(tables, key=len, default=[])
    if not largest:
        raise DataError(
            "the file is a page of HTML without a table, perhaps the page to sign in; export again",
            name,
        )
    return largest
