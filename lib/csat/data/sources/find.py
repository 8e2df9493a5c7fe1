"""Find a study's answers: a file, a file a wave, a data set inside an installed package, a database."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from csat.data.problems import DataError, NoAnswers
from csat.data.readers import read_table
from csat.data.sources import database
from csat.data.store.present import stored_waves
from csat.data.table import RawTable
from csat.study.definition import DataSource, Study
from csat.study.problems import listing, suggest
from csat.study.project import project_root

PLACE_OF_WAVE = "{wave}"


@dataclass(frozen=True)
class Source:
    """Bytes of the answers, the file's name, and where they are from in words fit for a report.

    A database has no bytes: `read_source` asks it for the answers of `wave`. `dictionary` holds the file that
    tells what codes mean, where the study names one.
    """

    content: bytes
    name: str
    origin: str
    told: DataSource
    wave: str = ""
    dictionary: bytes | None = None

    @property
    def sha256(self) -> str:
        """Hash of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def find_source(study: Study, wave: str = "", data: str | Path = "") -> Source:
    """Fetch the bytes that hold the answers of a wave.

    Parameters
    ----------
    study : Study
        The study; its ``[data]`` says where the answers live.
    wave : str, optional
        Name of the wave, which takes the place of ``{wave}`` in a path.
    data : str or pathlib.Path, optional
        A file to read instead: absolute, or relative to the current folder, the study's or the project's.

    Returns
    -------
    Source
        Bytes and name of the file.

    Raises
    ------
    DataError
        When there is no such file, package or data set, or the study says nothing about data.
    """
    told = study.data
    if str(data):
        named = replace(told, kind="file", format="")
        return _with_dictionary(study, _from_file(study, str(data).replace(PLACE_OF_WAVE, wave), named), wave)
    declared = {w.id for w in study.waves}
    if told.kind != "none" and wave and wave not in declared and not _tells_wave(study):
        raise DataError(
            "the study's own data do not tell one wave from another; set wave_column, put {wave} into path, "
            "or name the file of this wave",
            f'study "{study.id}", wave "{wave}"',
        )
    if told.kind == "package":
        return _from_package(study, told)
    if told.kind == "file":
        return _with_dictionary(
            study, _from_file(study, told.path.replace(PLACE_OF_WAVE, wave), told, wave), wave
        )
    if told.kind == "database":
        return Source(b"", f"database {told.url_env}", database.origin(told), told, wave)
    raise _nothing(study, wave)


def _nothing(study: Study, wave: str) -> DataError:
    """Error of a study that does not say where its answers are, and of a wave that is not stored."""
    stored = stored_waves(study)
    if wave and stored and wave not in stored:
        return DataError(
            f"nothing is stored of this wave; stored are {listing(stored)}",
            f'study "{study.id}", wave "{wave}"',
            [f"csat ingest {study.id} FILE --wave {wave} takes a file in"],
        )
    return DataError(
        "no answers yet: study.toml has no [data]; add it or name a file of answers", f'study "{study.id}"'
    )


def read_source(source: Source, format: str = "") -> RawTable:
    """Read the answers that `find_source` found, whatever they are kept in.

    Parameters
    ----------
    source : Source
        Where the answers are.
    format : str, optional
        Format of the file, one of `csat.data.readers.FORMATS`, over what the study says.

    Returns
    -------
    RawTable
        Cells as text.

    Raises
    ------
    DataError
        When they cannot be read; see `csat.data.readers.read_table` and
        `csat.data.sources.database.read_database`.
    """
    if source.told.kind == "database":
        return database.read_database(source.told, source.wave)
    return read_table(source.content, source.name, source.told, format, source.dictionary)


def _tells_wave(study: Study) -> bool:
    """Whether the study's own data say which wave a row belongs to."""
    told = study.data
    return bool(told.wave_column) or PLACE_OF_WAVE in told.path or database.tells_wave(told)


def waves_by_file(study: Study, data: str | Path = "") -> tuple[str, ...]:
    """Waves for which there is a file, where the path holds ``{wave}`` (sorted; empty where it does not)."""
    path = str(data) or study.data.path
    if PLACE_OF_WAVE not in path:
        return ()
    given = Path(path).expanduser()
    relative = given.relative_to(given.anchor).as_posix()
    starts = (Path(given.anchor),) if given.is_absolute() else _bases(study, bool(str(data)))
    shape = re.compile("([^/]+)".join(re.escape(part) for part in relative.split(PLACE_OF_WAVE, 1)))
    found = [
        shape.fullmatch(file.relative_to(start).as_posix())
        for start in starts
        for file in start.glob(relative.replace(PLACE_OF_WAVE, "*"))
    ]
    return tuple(sorted({match[1] for match in found if match}))


def _bases(study: Study, by_user: bool) -> tuple[Path, ...]:
    """Folders that a relative path may start from."""
    return (Path.cwd(), study.folder, project_root()) if by_user else (study.folder,)


def _from_file(study: Study, path: str, told: DataSource, wave: str = "") -> Source:
    """Bytes of a file; relative paths of the study start from its folder."""
    given = Path(path).expanduser()
    by_user = told is not study.data
    candidates = [given] if given.is_absolute() else [base / given for base in _bases(study, by_user)]
    for candidate in candidates:
        if candidate.is_file():
            shown = path if not given.is_absolute() and ".." not in given.parts else given.name
            return Source(_read(candidate), candidate.name, shown, told)
    if any(candidate.is_dir() for candidate in candidates):
        raise DataError(f'"{path}" is a folder; name the data file in it', f'study "{study.id}"')
    folder = candidates[0].parent
    names = [p.name for p in sorted(folder.iterdir()) if p.is_file()] if folder.is_dir() else []
    hint = suggest(given.name, names)
    where, wrong = f'study "{study.id}"', f'there is no data file "{path}"{hint}'
    raise DataError(wrong, where) if by_user else NoAnswers(wrong, where, [_how_to_bring(study, path, wave)])


def _how_to_bring(study: Study, path: str, wave: str) -> str:
    """Say how a study comes by its answers."""
    named = study.folder.name if study.folder.parent == project_root() / "studies" else "STUDY"
    return (
        f"put it into the study's folder ({study.folder.name}/{path}), or name another with --data FILE, or "
        f"store the answers: csat ingest {named} FILE --wave {wave or 'WAVE'} (docs/study-format.md, [data])"
    )


def _with_dictionary(study: Study, source: Source, wave: str) -> Source:
    """Source with the dictionary of its codes, a file that the study names relative to its folder."""
    named = study.data.dictionary.replace(PLACE_OF_WAVE, wave)
    if not named:
        return source
    found = _from_file(study, named, study.data)
    return replace(source, dictionary=found.content)


def _read(path: Path) -> bytes:
    """Content of a file, or an error that names it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"the file cannot be read ({error.strerror})", path.name) from error


def _from_package(study: Study, told: DataSource) -> Source:
    """Bytes of a resource inside an installed package."""
    where = f'study "{study.id}"'
    top, *below = told.package.split(".")
    spec = find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            f'the data set is part of the package "{told.package}", which is not installed; install it', where
        )
    # The file is found without importing the package, which may cost a second.
    resource = Path(spec.submodule_search_locations[0]).joinpath(*below, *told.resource.split("/"))
    if not resource.is_file():
        raise DataError(f'the package "{told.package}" has no file "{told.resource}"', where)
    return Source(
        resource.read_bytes(),
        resource.name,
        f"{told.package} {_version(told.package)}: {told.resource}",
        told,
    )


def _version(package: str) -> str:
    """Version of an installed package, empty when unknown."""
    top = package.partition(".")[0]
    try:
        return metadata.version(top)
    except metadata.PackageNotFoundError:
        names = metadata.packages_distributions().get(top, [])
        return metadata.version(names[0]) if names else ""
