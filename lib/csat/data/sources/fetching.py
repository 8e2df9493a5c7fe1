"""From wherever the answers of a wave are to a prepared wave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from csat.data.prepared import Prepared, prepare
from csat.data.simulated import as_marked
from csat.data.sources.find import find_source, read_source
from csat.study.definition import Study


def prepare_wave(
    study: Study,
    wave: str,
    data: str | Path = "",
    off_scale: str = "",
    format: str = "",
    asked: bool = True,
) -> Prepared:
    """Find, read and prepare the answers of a wave.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : str
        Name of the wave.
    data : str or pathlib.Path, optional
        A file of answers instead of the study's own.
    off_scale : {"", "error", "missing"}
        What to do with answers off their scale; empty for what the study says.
    format : str
        One of `csat.data.readers.FORMATS`; empty for what the file itself tells.
    asked : bool
        Whether the wave was named by the user, who then may read a file without a wave column.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError
        When there are no such answers, or they are not what they must be.
    """
    marked = as_marked(study, data)
    found = marked.wave(wave)
    source = find_source(marked, wave, data)
    if format:
        source = replace(source, told=replace(source.told, format=format))
    version = marked.for_version(found.version)
    return prepare(version, found, read_source(source), source.origin, off_scale, asked)
