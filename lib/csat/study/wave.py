"""Rounds of fieldwork and how they are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from csat.study.intake import ColumnMap
from csat.study.scales import Text

WaveKind = Literal["year", "quarter", "month", "label"]


@dataclass(frozen=True)
class Wave:
    """One round of fieldwork: ``2005``, ``2026-10``, ``2026-Q3`` or a label of one's own.

    `mode` says how it was asked, `starts` and `ends` (days, ``2026-10-01``) when; `columns` and `targets` are
    its own where they differ from the study's; `breaks` names items that may not be compared with earlier
    waves.
    """

    id: str
    label: Text | None = None
    without: tuple[str, ...] = ()
    version: str = ""
    mode: str = ""
    starts: str = ""
    ends: str = ""
    breaks: tuple[str, ...] = ()
    columns: Mapping[str, ColumnMap] = field(default_factory=dict)
    targets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


WAVE_EXAMPLES: Mapping[str, str] = {
    "year": "2026",
    "quarter": "2026-Q3",
    "month": "2026-10",
    "label": "pilot",
}


def wave_kind(name: str) -> WaveKind:
    """How a wave is named: by year, quarter, month, or a label of one's own.

    Parameters
    ----------
    name : str
        Name of the wave.

    Returns
    -------
    str
        ``"year"`` (``2005``), ``"quarter"`` (``2026-Q3``), ``"month"`` (``2026-10``) or ``"label"``.

    Examples
    --------
    >>> [wave_kind(w) for w in ("2005", "2026-Q3", "2026-10", "pilot")]
    ['year', 'quarter', 'month', 'label']
    """
    year, dash, part = name.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return "label"
    if not dash:
        return "year"
    if part in {"Q1", "Q2", "Q3", "Q4"}:
        return "quarter"
    if part in {f"{m:02d}" for m in range(1, 13)}:
        return "month"
    return "label"
