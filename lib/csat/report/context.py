"""What a notebook's page is about, and where it works when a notebook is run by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.study.definition import Study


@dataclass(frozen=True)
class Context:
    """What every page of a run is about: it is shown in the footer and written into the results.

    ``late`` tells of the closing of the wave (``closed``, a day, and ``revision``) where the answers are of a
    revision that was stored after it.
    """

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
    late: Mapping[str, Any] | None = None


def told_late(answers: Answers | None) -> dict[str, Any] | None:
    """Day and revision of the closing that a late revision came after; None where nothing came late."""
    closing = answers.late if answers is not None else None
    return {"closed": closing.day, "revision": closing.revision} if closing else None


def work_folder(context: Context) -> Path:
    """Where a notebook that is run by hand leaves its results."""
    from csat.study.project import project_root

    base = project_root() / "reports" / ".work" / context.study.id / (context.wave or "design")
    return base / context.segment.replace("/", "_") / context.lang if context.segment else base / context.lang
