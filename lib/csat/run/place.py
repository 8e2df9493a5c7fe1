"""Where a run keeps its things under the reports root, and names that are safe for a file system."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

STAGING = ".staging"
FAILED = ".failed"
LOCKS = ".locks"


def safe_name(text: str) -> str:
    """Turn any text into a file name that is safe, readable and unique.

    Parameters
    ----------
    text : str
        A study id, the name of a wave, or the value of a segment.

    Returns
    -------
    str
        The text itself if it holds nothing but letters (of any script), digits, ``.``, ``_`` and ``-``;
        otherwise with ``-`` in place of the rest and eight digits of its hash behind, so that two texts
        never share a folder.

    Examples
    --------
    >>> safe_name("2026-Q3")
    '2026-Q3'
    >>> safe_name("a/b")
    'a-b-c14cddc0'
    """
    kept = "".join(c if c.isalnum() or c in "._-" else "-" for c in text)[:60]
    if kept == text and kept.strip(".-"):
        return text
    return f"{kept.strip('.-') or 'x'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


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
