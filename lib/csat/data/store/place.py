"""Where the snapshots of a study's waves are."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from csat.study.definition import Study
from csat.study.names import safe_name

FOLDER = "waves"
"""Folder of the snapshots inside that of the study."""

ROOT = "CSAT_WAVES"
"""Environment variable with a folder for the snapshots of all studies, in place of the studies' own."""

ANSWERS, SNAPSHOT, SUMS, CLOSED = "answers.parquet", "snapshot.json", "SHA256SUMS", "closed.json"
STAGING, LOCKS = ".staging-", ".locks"
_REVISION = re.compile(r"r([1-9]\d*)")


@dataclass(frozen=True)
class WavePlace:
    """The folders of one wave of one study.

    Attributes
    ----------
    root : pathlib.Path
        Folder of all waves of the study.
    study, wave : str
        Id of the study, name of the wave.
    """

    root: Path
    study: str
    wave: str

    @property
    def name(self) -> str:
        """Name of the wave's folder, which cannot lead out of the root."""
        # A name with a dot in front is kept for the store itself; the slash makes it one of the unsafe names.
        return safe_name(f"/{self.wave}" if self.wave.startswith(".") else self.wave)

    @property
    def folder(self) -> Path:
        """Folder of the wave, with one folder a revision."""
        return self.root / self.name

    @property
    def lock(self) -> Path:
        """File that whoever writes holds locked."""
        return self.root / LOCKS / f"{self.name}.lock"

    @property
    def closed(self) -> Path:
        """File that says that the wave is closed."""
        return self.folder / CLOSED

    @property
    def where(self) -> str:
        """Study and wave, for an error."""
        return f'study "{self.study}", wave "{self.wave}"'

    def revision(self, number: int) -> Path:
        """Folder of a revision."""
        return self.folder / f"r{number}"

    def revisions(self) -> tuple[int, ...]:
        """Numbers of the revisions stored, lowest first; whatever was not stored to its end is none."""
        if not self.folder.is_dir():
            return ()
        found = (_REVISION.fullmatch(path.name) for path in self.folder.iterdir() if path.is_dir())
        return tuple(sorted(int(match[1]) for match in found if match))

    def shown(self, number: int, file: str = "") -> str:
        """Place of a revision (or of a file in it) as an error names it: without folders of this machine."""
        return "/".join([FOLDER, self.name, f"r{number}", *([file] if file else [])])


def store_root(study: Study) -> Path:
    """Folder of all waves of a study.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pathlib.Path
        ``waves`` in the study's folder, or ``<CSAT_WAVES>/<study id>`` when that variable is set.
    """
    told = os.environ.get(ROOT, "").strip()
    return Path(told).expanduser().resolve() / safe_name(study.id) if told else study.folder / FOLDER


def place_of(study: Study, wave: str) -> WavePlace:
    """Folders of a wave."""
    return WavePlace(store_root(study), study.id, wave)
