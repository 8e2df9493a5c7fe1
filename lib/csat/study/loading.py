"""Load a study from its folder and check all of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from csat.study import consistency, intake_checks, intake_sections, parts, sections
from csat.study.definition import Construct, Item, Segment, Study
from csat.study.encoding import ACCEPTED, EncodingProblem, decode
from csat.study.fields import Table
from csat.study.items import Context, read_items
from csat.study.problems import Problem, StudyError, listing, suggest
from csat.study.project import project_root
from csat.study.quality_checks import check_quality
from csat.study.question_checks import check_questionnaire
from csat.study.question_rows import Context as QuestionContext
from csat.study.question_rows import read_questions
from csat.study.questions import Question
from csat.study.scales import DONT_KNOW_CODE, Scale
from csat.study.targets import check_weights
from csat.study.wording.acknowledged import check_acknowledged

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_EXTRAS = ("truth", "plan", "acknowledged", "timing")
_NAME_RULE = "letters A-Z, digits, _ and -, beginning with a letter or digit"


def load_study(name_or_path: str | Path, root: Path | None = None) -> Study:
    """Load and check a study.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        Name of a folder under ``studies/``, or the path of any folder that holds a ``study.toml``.
    root : pathlib.Path, optional
        Root of the project, by default found by `project_root`.

    Returns
    -------
    Study
        Frozen and consistent.

    Raises
    ------
    StudyError
        When there is no such study, or something in it is wrong; `StudyError.problems` then lists every
        mistake with file, place, field and what is allowed.

    Examples
    --------
    >>> study = load_study("mobile_ecsi")
    >>> study.blocks()["Value"]
    ('PERV1', 'PERV2')
    """
    folder = find_study(name_or_path, root)
    problems: list[Problem] = []
    notes: list[str] = []
    raw = _read_toml(folder, problems, notes)
    if raw is None:
        raise StudyError(problems, folder.name)
    study = _build(folder, raw, problems, notes)
    if problems:
        raise StudyError(problems, study.id)
    return replace(study, notes=tuple(notes))


def list_studies(root: Path | None = None) -> tuple[str, ...]:
    """Names of the studies under ``studies/``, sorted.

    Parameters
    ----------
    root : pathlib.Path, optional
        Root of the project, by default found by `project_root`.

    Returns
    -------
    tuple of str
        Every folder that holds a ``study.toml``.
    """
    base = (root or project_root()) / "studies"
    return tuple(sorted(p.parent.name for p in base.glob("*/study.toml")))


def find_study(name_or_path: str | Path, root: Path | None = None) -> Path:
    """Find the folder of a study by its name or path.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        A name is looked for under ``studies/``; anything with a slash is a path, relative to the current
        folder or else to the root of the project.
    root : pathlib.Path, optional
        Root of the project, by default found by `project_root`.

    Returns
    -------
    pathlib.Path
        Absolute path of the folder.

    Raises
    ------
    StudyError
        When there is none, with the names there are.
    """
    wanted = str(name_or_path).strip()
    base = root or project_root()
    if isinstance(name_or_path, Path) or "/" in wanted or "\\" in wanted or wanted in {"", ".", ".."}:
        return _folder_of_path(wanted, base)
    names = list_studies(base)
    if wanted in names:
        return (base / "studies" / wanted).resolve()
    if (Path.cwd() / wanted / "study.toml").is_file():
        return (Path.cwd() / wanted).resolve()
    wrong = f'there is no study "{wanted}"{suggest(wanted, names)}'
    allowed = f"{listing(names) or 'none yet'}; or the path of a folder with a study.toml"
    raise StudyError.single("studies/", "", "", wrong, allowed)


def _folder_of_path(wanted: str, root: Path) -> Path:
    """Folder given as a path; the path of the study.toml itself will do."""
    given = Path(wanted).expanduser()
    if wanted:
        for candidate in (Path.cwd() / given, root / given):
            folder = candidate.parent if candidate.name == "study.toml" else candidate
            if (folder / "study.toml").is_file():
                return folder.resolve()
    wrong = f'"{wanted}" is neither the name of a study nor a folder that holds a study.toml'
    allowed = f"a name without slashes ({listing(list_studies(root))}), or the path of such a folder"
    raise StudyError.single("studies/", "", "", wrong, allowed)


def _read_text(path: Path, problems: list[Problem], notes: list[str]) -> str | None:
    """Text of a file of the study; None with a problem when it cannot be read."""
    try:
        decoded = decode(path.read_bytes())
    except OSError as error:
        reason = (
            "the file is missing"
            if isinstance(error, FileNotFoundError)
            else f"cannot be read ({error.strerror})"
        )
        problems.append(Problem(path.name, "", "", reason, f"a file {path.name} in {path.parent.name}/"))
    except EncodingProblem as error:
        problems.append(Problem(path.name, "", "encoding", str(error), ACCEPTED))
    else:
        if decoded.note:
            notes.append(f"{path.name}: {decoded.note}")
        return decoded.text
    return None


def _read_toml(folder: Path, problems: list[Problem], notes: list[str]) -> Mapping[str, Any] | None:
    """Tables of study.toml, None with a problem when it is no TOML."""
    text = _read_text(folder / "study.toml", problems, notes)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, thousands of brackets
        reason = str(error)
        twice = "Cannot overwrite" in reason or "Cannot declare" in reason
        wrong = f"the same key or table comes twice ({reason})" if twice else f"this is not TOML ({reason})"
        problems.append(Problem("study.toml", "", "", wrong, "see docs/study-format.md"))
        return None


def _build(folder: Path, raw: Mapping[str, Any], problems: list[Problem], notes: list[str]) -> Study:
    """Study from its tables and items; everything wrong goes to `problems`."""
    top = Table(raw, "", problems)
    top.languages = sections.read_languages(top)
    modules = parts.read_modules(top)
    versions = parts.read_versions(top, modules)
    scales = sections.read_scales(top)
    bare = sections.read_constructs(top, modules)
    naming, waves = sections.read_waves(top)
    items = _items(folder, Context(top.languages, scales, bare, modules), problems, notes)
    scales = _with_dont_know(scales, items)
    constructs = _with_items(bare, items)
    option_lists = parts.read_options(top)
    choices = parts.read_choices(top)
    context = QuestionContext(top.languages, scales, option_lists, modules, choices)
    questions = _questions(folder, context, problems, notes)
    study = Study(
        id=_study_id(top, folder),
        folder=folder,
        title=top.text("title", required=True),
        languages=top.languages,
        population=top.text("population"),
        frame_size=top.integer("frame_size"),
        planned_n=top.integer("planned_n"),
        source=top.text("source"),
        simulated=top.boolean("simulated"),
        introduction=top.text("introduction"),
        wave_naming=naming,
        waves=waves,
        data=sections.read_data(top),
        scales=scales,
        constructs=constructs,
        items=items,
        segments=_with_values(sections.read_segments(top), questions),
        paths=sections.read_paths(top),
        thresholds=sections.read_thresholds(top),
        waves_open=naming != "label" and "wave_naming" in raw,
        modules=modules,
        versions=versions,
        option_lists=option_lists,
        questions=questions,
        choices=choices,
        tables=parts.read_tables(top),
        concepts=parts.read_concepts(top),
        shares=parts.read_shares(top),
        columns=intake_sections.read_columns(top),
        weighting=intake_sections.read_weights(top),
        privacy=intake_sections.read_privacy(top),
        quality=intake_sections.read_quality(top),
        sample=intake_sections.read_sample(top),
        extras={key: value for key in _EXTRAS if (value := top.take(key)) is not None},
    )
    parts.check_timing(top)
    top.finish()
    if study.frame_size and study.planned_n and study.planned_n > study.frame_size:
        top.note(
            "planned_n", f"{study.planned_n} is more than frame_size {study.frame_size}", "at most frame_size"
        )
    problems.extend(_cross_checks(study) if items else ())
    problems.extend(check_questionnaire(study) if items else ())
    problems.extend(check_acknowledged(study) if items else ())
    _check_extras(study, problems)
    return study


def _check_extras(study: Study, problems: list[Problem]) -> None:
    """Note what is wrong with ``[plan]`` and ``[truth]``."""
    if "plan" in study.extras:
        from csat.study.field_plan import read_plan

        read_plan(study, problems)
    if "truth" in study.extras:
        from csat.study.simulate.reading import read_truth  # few who load a study simulate answers

        read_truth(study, problems)


def _study_id(top: Table, folder: Path) -> str:
    """Name of the study in reports' paths: its `id`, else the name of its folder."""
    name = top.string("id", folder.name)
    if not _NAME.fullmatch(name):
        top.note("id", f'"{name}" cannot name a study; give it an id', _NAME_RULE)
    return name


def _items(folder: Path, context: Context, problems: list[Problem], notes: list[str]) -> dict[str, Item]:
    """Items of items.csv, none when it cannot be read."""
    text = _read_text(folder / "items.csv", problems, notes)
    return {} if text is None else read_items(text, context, problems)


def _questions(
    folder: Path, context: QuestionContext, problems: list[Problem], notes: list[str]
) -> dict[str, Question]:
    """Questions of questions.csv, none when there is no such file."""
    path = folder / "questions.csv"
    if not path.exists():
        return {}
    text = _read_text(path, problems, notes)
    return {} if text is None else read_questions(text, context, problems)


def _with_dont_know(scales: Mapping[str, Scale], items: Mapping[str, Item]) -> dict[str, Scale]:
    """Give a code for "don't know" to scales that need one and declare no code for missing answers."""
    needed = {i.scale for i in items.values() if i.dont_know}
    return {
        name: replace(scale, missing=(DONT_KNOW_CODE,)) if name in needed and not scale.missing else scale
        for name, scale in scales.items()
    }


def _with_values(segments: Mapping[str, Segment], questions: Mapping[str, Question]) -> dict[str, Segment]:
    """Give segments that read the answers to a question its options as values."""
    by_column = {q.base: q for q in questions.values() if q.type in ("single", "consent")}
    return {
        name: replace(segment, values={o.code: o.label for o in by_column[segment.column].options})
        if not segment.values and segment.column in by_column
        else segment
        for name, segment in segments.items()
    }


def _with_items(constructs: Mapping[str, Construct], items: Mapping[str, Item]) -> dict[str, Construct]:
    """Give constructs their items, in the order of items.csv."""
    return {
        name: replace(construct, items=tuple(i.id for i in items.values() if i.construct == name))
        for name, construct in constructs.items()
    }


def _cross_checks(study: Study) -> list[Problem]:
    """Problems between the parts of a study."""
    return [
        *consistency.check_ids(study.constructs, study.items, study.segments),
        *consistency.check_constructs(study.constructs, study.items),
        *consistency.check_expectations(study.items, study.scales),
        *consistency.check_paths(study.paths, study.constructs),
        *consistency.check_columns(study.items, study.segments, study.data),
        *consistency.check_waves(study.waves, study.items),
        *intake_checks.check_database(study.data),
        *intake_checks.check_privacy(study.privacy),
        *intake_checks.check_column_maps(study),
        *check_quality(study),
        *consistency.check_thresholds(study.thresholds, study.items, study.scales),
        *check_weights(study),
    ]
