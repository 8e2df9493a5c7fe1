"""Where the questionnaire can be fielded: every export target, and what it cannot carry of this study."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from csat.report import numbers, tables
from csat.report.results import EXPORTS

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.page import Page

_BETWEEN = "/"  # no file name holds it


def exports_table(page: Page, bench: Bench) -> pd.DataFrame:
    """Export the questionnaire to every target, and its traceability as data; tell what could not be carried.

    Returns
    -------
    DataFrame
        Columns ``target, tool, files, losses``; `files` are names of files in the folder ``exports`` of the
        page's working folder, separated by slashes; see `export_links`.
    """
    import pandas as pd

    from csat.study.export import TARGETS

    rows = []
    for name in TARGETS:
        files, losses = _made(page, name, bench)
        rows.append(
            {
                "target": name,
                "tool": page.t(f"export.tool.{name}"),
                "files": _BETWEEN.join(files),
                "losses": _told(page, losses) or page.t("export.everything"),
            }
        )
    rows.append(
        {
            "target": "csv",
            "tool": page.t("export.tool.csv"),
            "files": _BETWEEN.join(_traced(page, bench)),
            "losses": page.t("export.everything"),
        }
    )
    return pd.DataFrame(rows)


def export_links(page: Page, bench: Bench) -> dict[Hashable, tables.Format]:
    """Format of the files' column: each file's ending, linked to the file."""
    # Without it no line of a Chinese page may break before a dot, so the names would stay in one piece.
    comma = tables.escape(page.t("trace.comma")) + "<wbr>"

    def written(files: str) -> str:
        """Links to the files of one target."""
        names = files.split(_BETWEEN) if files else []
        links = [tables.link(f"{EXPORTS}/{name}", name.removeprefix(_stem(bench))) for name in names]
        return tables.Fragment(comma.join(links) or numbers.ABSENT)

    return {"files": written}


def export_words(bench: Bench) -> dict[str, Any]:
    """Values of the sentence: the command that makes the files."""
    version = f" --version {bench.version}" if bench.version else ""
    return {"command": f"csat export {bench.study.id} xlsform{version}"}


def _made(page: Page, target: str, bench: Bench) -> tuple[list[str], tuple[str, ...]]:
    """Make the files of a target; their names, and what they cannot carry."""
    from csat.study.export import export

    made = export(bench.whole, target, page.out / EXPORTS, version=bench.version)
    return [path.name for path in made.files], made.cannot_carry


def _traced(page: Page, bench: Bench) -> list[str]:
    """Write the way of every question from concept to figure, and the coverage of the concepts, as data."""
    from csat.study.coverage import coverage, trace
    from csat.study.export.spreadsheet import safe_cell

    names = []
    for table, make in (("trace", trace), ("coverage", coverage)):
        name = f"{_stem(bench)}.{table}.csv"
        cells = make(bench.whole, bench.version, bench.whole.language).map(safe_cell)
        cells.to_csv(page.out / EXPORTS / name, index=False, encoding="utf-8-sig", lineterminator="\n")
        names.append(name)
    return names


def _stem(bench: Bench) -> str:
    """Beginning of the names of all files."""
    return f"{bench.whole.id}_{bench.version}" if bench.version else bench.whole.id


def _told(page: Page, losses: tuple[str, ...]) -> str:
    """Tell losses in the page's language, with the number of questions that each is about."""
    told = []
    for loss in losses:
        what, colon, names = loss.rpartition(": ") if ": " in loss and _names(loss) else (loss, "", "")
        key = f"export.loss.{_slug(what)}"
        text = page.t(key) if page.has(key) else what
        count = len(names.split(", ")) if colon else 0
        told.append(page.t("export.loss_of", text=text, n=count) if count else text)
    return page.t("map.semicolon").join(told)


def _names(loss: str) -> bool:
    """Whether a loss ends in ids of questions (and not in a clause of its own)."""
    return all(" " not in name for name in loss.rpartition(": ")[2].split(", "))


def _slug(text: str) -> str:
    """Key of a sentence: its letters, spaces as underscores."""
    kept = "".join(char if char.isalnum() else " " for char in text.lower())
    return "_".join(kept.split())
