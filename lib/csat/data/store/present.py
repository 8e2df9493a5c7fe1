"""Which waves of a study are stored, without reading their answers."""

from __future__ import annotations

import json
from pathlib import Path

from csat.data.store.place import SNAPSHOT, WavePlace, store_root
from csat.study.definition import Study
from csat.study.names import safe_name


def stored_waves(study: Study) -> tuple[str, ...]:
    """List the waves of which a snapshot is stored, sorted by name.

    A wave whose snapshot is damaged beyond telling its name goes by the name of its folder.
    """
    root = store_root(study)
    if not root.is_dir():
        return ()
    folders = [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return tuple(sorted(name for folder in folders if (name := _name(root, study, folder.name))))


def _name(root: Path, study: Study, folder: str) -> str:
    """Name of the wave in a folder; empty when nothing is stored there."""
    place = WavePlace(root, study.id, folder)
    numbers = place.revisions() if safe_name(folder) == folder else ()
    for number in reversed(numbers):
        try:
            told = json.loads((place.revision(number) / SNAPSHOT).read_bytes())
            if isinstance(told["wave"], str) and safe_name(told["wave"]) == folder:
                return str(told["wave"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return folder if numbers else ""
