"""What is to be made: the input loaded and checked, the parameters of every notebook, and the run key."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csat.run import manifest
from csat.run.notebooks import Notebook, merged, parameters_of
from csat.run.parameters import Parameter, check_values, parse_settings
from csat.run.place import Place
from csat.study import Study, load_study

if TYPE_CHECKING:
    from csat.data import Answers


@dataclass(frozen=True)
class Plan:
    """Everything that is settled before the first kernel starts."""

    study: Study
    wave: str
    segment: str
    langs: tuple[str, ...]
    n: int
    notes: tuple[str, ...]
    place: Place
    notebooks: tuple[Notebook, ...]
    folder: Path
    known: Mapping[str, Mapping[str, Parameter]]
    settings: Mapping[str, Any]
    arguments: Mapping[str, str]
    shown: Mapping[str, str]
    source: str
    revision: int | None
    provisional: bool
    late: bool
    inputs: Mapping[str, Any]
    key: str

    def parameters(self, book: Notebook, lang: str, out: Path) -> dict[str, Any]:
        """Return what a notebook is told: those of our values that its parameter cell declares."""
        return self._declared(book, {**self.arguments, "lang": lang, "out": str(out), **self.settings})

    def shown_parameters(self, book: Notebook, lang: str) -> dict[str, Any]:
        """Return the same without paths of this machine, as the published log shows it."""
        return self._declared(book, {**self.shown, "lang": lang, **self.settings})

    def _declared(self, book: Notebook, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those values whose names the notebook declares."""
        return {name: value for name, value in values.items() if name in self.known[book.name]}


def make_plan(
    study: str | Path,
    wave: str,
    langs: Sequence[str],
    data: str | Path,
    segment: str,
    out: Path,
    settings: Mapping[str, Any] | Sequence[str],
    notebooks: Sequence[Notebook],
    folder: Path,
    root: Path,
    revision: str | int = "",
) -> Plan:
    """Load and check everything that goes into a run.

    Parameters
    ----------
    study : str or Path
        Name under ``studies/`` or path of a folder with a ``study.toml``.
    wave : str
        Wave; empty for the latest.
    langs : sequence of str
        Languages; empty for all that the study speaks.
    data : str or Path
        A file of answers in place of the study's own; empty for that.
    segment : str
        ``name=value``, or empty for everyone.
    out : Path
        The reports root.
    settings : mapping or sequence of str
        Values for further parameters, or ``name=value`` texts.
    notebooks : sequence of Notebook
        The suite.
    folder : Path
        Where the notebooks are.
    root : Path
        The project root.
    revision : str or int
        Number of a stored revision; empty for the latest. The notebooks are told the number, so that all of
        them read the same one, whatever is stored in between.

    Returns
    -------
    Plan

    Raises
    ------
    CsatError
        If the study, the data or a parameter is wrong.
    """
    from csat.data import load_answers

    known = parameters_of(notebooks, folder)
    every = merged(known)
    values = (
        check_values(settings, every) if isinstance(settings, Mapping) else parse_settings(settings, every)
    )
    loaded = load_study(study, root)
    path = _absolute(data, (Path.cwd(), loaded.folder, root)) if str(data) else ""
    chosen = tuple(dict.fromkeys(loaded.require_language(lang) for lang in langs)) or loaded.languages
    off_scale = str(values.get("off_scale", "")) or None
    wanted = revision or values.pop("revision", "")
    answers = load_answers(loaded, wave, path, segment, off_scale, wanted)
    if answers.segment:
        everyone = load_answers(loaded, answers.wave, path, "", off_scale, answers.revision or "")
        _check_differences(everyone, answers.segment, Place(out, loaded.id, answers.wave))
    named = loaded.folder.parent == root / "studies"
    arguments = {
        "study": loaded.folder.name if named else str(loaded.folder.resolve()),
        "wave": answers.wave,
        "data": path.replace("{wave}", answers.wave),
        "segment": answers.segment,
        "revision": str(answers.revision or ""),
    }
    shown = {**arguments, "study": loaded.id, "data": Path(arguments["data"]).name}
    loaded = replace(loaded, simulated=answers.study.simulated)  # a file of answers may be marked so
    languages = tuple(lang for lang in loaded.languages if lang in chosen)
    files = [folder / f"{book.name}.ipynb" for book in notebooks]
    inputs = _inputs(loaded, answers, files, shown, languages, values, root) | _earlier(loaded, answers, path)
    return Plan(
        study=loaded,
        wave=answers.wave,
        segment=answers.segment,
        langs=languages,
        n=answers.n,
        notes=tuple(answers.notes),
        place=Place(out, loaded.id, answers.wave, answers.segment),
        notebooks=tuple(notebooks),
        folder=folder,
        known=known,
        settings=values,
        arguments=arguments,
        shown=shown,
        source=answers.source,
        revision=answers.revision,
        provisional=answers.provisional,
        late=answers.late is not None,
        inputs=inputs,
        key=manifest.run_key(inputs),
    )


def _check_differences(everyone: Answers, segment: str, place: Place) -> None:
    """Refuse a segment of which a few people are left over beside what is published already."""
    from csat.data.problems import DataError
    from csat.report.differencing import small_remainders

    folders = place.folder.parent.glob(glob.escape(place.name) + "~*")
    told = [manifest.read_manifest(folder) or {} for folder in sorted(folders)]
    published = [str(one["segment"]) for one in told if one.get("segment")]
    least = everyone.study.thresholds.suppress_below
    problems = list(small_remainders(everyone.segments, segment, published, least))
    if problems:
        where = f'study "{everyone.study.id}", wave "{everyone.wave}", segment "{segment}"'
        advice = "whoever subtracts the results has theirs: put small values together, or leave this one out"
        raise DataError(problems, where, [advice])


def _stored(answers: Answers) -> dict[str, Any]:
    """Tell what a page shows of the store; nothing where the answers come from a file."""
    if answers.revision is None:
        return {}
    return {
        "snapshot": answers.snapshot,
        "revision": answers.revision,
        "revisions": answers.revisions,
        "provisional": answers.provisional,
        "late": answers.late is not None,
    }


def _sample(study: Study, wave: str) -> dict[str, str]:
    """Hash of the file of everybody who was asked, which response rates come from."""
    from csat.data.response import sample_file

    path = sample_file(study, wave)
    return {"sample": manifest.sha256(path)} if path and path.is_file() else {}


def _earlier(study: Study, answers: Answers, data: str) -> dict[str, Any]:
    """Hashes of the waves before, which the report compares with; nothing for a first wave."""
    from csat.data.waves.earlier import earlier_hashes

    found = earlier_hashes(study, answers.wave, data.replace("{wave}", answers.wave))
    return {"earlier": found} if found else {}


def _absolute(data: str | Path, bases: Sequence[Path]) -> str:
    """Path of a file of answers as every process finds it; ``{wave}`` in it stays."""
    for base in bases:
        path = str(base / Path(data).expanduser())
        if glob.glob("*".join(glob.escape(part) for part in path.split("{wave}"))):
            return os.path.abspath(path)
    return os.path.abspath(Path(data).expanduser())


def _inputs(
    study: Study,
    answers: Answers,
    notebooks: Sequence[Path],
    shown: Mapping[str, str],
    langs: Sequence[str],
    settings: Mapping[str, Any],
    root: Path,
) -> dict[str, Any]:
    """Hashes, parameters and versions of everything that goes into a run."""
    library, files = manifest.library_files()
    lock = root / "requirements.lock"
    return {
        "parameters": {**shown, "langs": list(langs), **settings},
        "data": answers.sha256,
        **_stored(answers),
        **_sample(study, answers.wave),
        "study": manifest.hash_files(study.files, study.folder),
        "notebooks": manifest.hash_files(notebooks, notebooks[0].parent),
        "library": manifest.run_key(manifest.hash_files(files, library)),
        "lock": manifest.sha256(lock) if lock.is_file() else "",
        "versions": manifest.versions(),
    }
