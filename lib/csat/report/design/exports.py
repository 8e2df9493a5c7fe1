"""Where the questionnaire can be fielded: every export target, and what it cannot carry of this study."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csat.report import numbers

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.page import Page


def exports_table(page: Page, bench: Bench) -> pd.DataFrame:
    """Export the questionnaire to every target and tell its files and what it could not carry.

    Returns
    -------
    DataFrame
        Columns ``target, tool, files, losses``. The files are made to be looked at and thrown away: who
        fields the survey makes them where they are wanted.
    """
    import pandas as pd

    from csat.study.export import TARGETS

    rows = []
    for name in TARGETS:
        files, losses = _tried(name, bench)
        rows.append(
            {
                "target": name,
                "tool": page.t(f"export.tool.{name}"),
                "files": page.t("trace.comma").join(files) or numbers.ABSENT,
                "losses": _told(page, losses) or page.t("export.everything"),
            }
        )
    return pd.DataFrame(rows)


def export_words(bench: Bench) -> dict[str, Any]:
    """Values of the sentence: the command that makes the files."""
    version = f" --version {bench.version}" if bench.version else ""
    return {"command": f"csat export {bench.study.id} xlsform{version}"}


def _tried(target: str, bench: Bench) -> tuple[list[str], tuple[str, ...]]:
    """Name the endings of the files that a target gets, and what it cannot carry."""
    from csat.study.export import export

    with tempfile.TemporaryDirectory() as folder:
        made = export(bench.whole, target, Path(folder), version=bench.version)
        stem = f"{bench.whole.id}_{bench.version}" if bench.version else bench.whole.id
        return [path.name.removeprefix(stem) for path in made.files], made.cannot_carry


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
