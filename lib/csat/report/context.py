"""What a notebook's page is about, and where it works when a notebook is run by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csat.study.definition import Study


@dataclass(frozen=True)
class Context:
    """What every page of a run is about: it is shown in the footer and written into the results."""

    notebook: str
    study: Study
    lang: str
    wave: str = ""
    segment: str = ""
    n: int | None = None
    replicates: int | None = None
    seed: int | None = None
    interval: str = ""
    missing: str = ""
    revision: int | None = None
    revisions: int = 0
    provisional: bool = False


def work_folder(context: Context) -> Path:
    """Where a notebook that is run by hand leaves its results."""
    from csat.study.project import project_root

    base = project_root() / "reports" / ".work" / context.study.id / (context.wave or "design")
    return base / context.segment.replace("/", "_") / context.lang if context.segment else base / context.lang
