"""Where a run keeps its things under the reports root."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from csat.study.names import safe_name as safe_name

STAGING = ".staging"
FAILED = ".failed"
LOCKS = ".locks"


@dataclass(frozen=True)
class Place:
    """The folders of one study and wave (and segment) under a reports root."""

    root: Path
    study: str
    wave: str
    segment: str = ""

    @property
    def name(self) -> str:
        """Name of the published folder: the wave, and ``~name=value`` for a segment."""
        if not self.segment:
            return safe_name(self.wave)
        name, _, value = self.segment.partition("=")
        return f"{safe_name(self.wave)}~{safe_name(name)}={safe_name(value)}"

    @property
    def folder(self) -> Path:
        """The published folder."""
        return self.root / safe_name(self.study) / self.name

    @property
    def previous(self) -> Path:
        """Where the published folder waits while the new one takes its place."""
        return self.folder.with_name(f".previous~{self.name}")

    @property
    def staging(self) -> Path:
        """Where a run works, on the same file system as the published folder."""
        return self.root / STAGING / safe_name(self.study) / self.name

    @property
    def failed(self) -> Path:
        """Where failed runs keep their logs."""
        return self.root / FAILED / safe_name(self.study) / self.name

    @property
    def lock(self) -> Path:
        """The file that a run holds locked."""
        return self.root / LOCKS / f"{safe_name(self.study)}~{self.name}.lock"
