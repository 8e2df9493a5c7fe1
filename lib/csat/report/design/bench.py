"""What there is to plan with: a study, and the answers of a wave when there are any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.study import Questionnaire, Study, Wave


@dataclass(frozen=True)
class Bench:
    """What there is to plan with: the study as asked in a wave, and its answers when there are any.

    `study` holds what one `version` asks, with the size that is planned for it; `whole` is the study with
    all its versions.
    """

    study: Study
    wave: str
    segment: str
    answers: Answers | None
    problem: str = ""
    whole: Study = None  # type: ignore[assignment]  # filled in below
    version: str = ""

    def __post_init__(self) -> None:
        """Take the study for the whole where nothing else is said."""
        if self.whole is None:
            object.__setattr__(self, "whole", self.study)

    @cached_property
    def asked(self) -> Questionnaire:
        """The questionnaire of this version."""
        return self.whole.questionnaire(self.version)


def open_bench(
    study: Study,
    wave: str | int = "",
    data: str | Path = "",
    segment: str = "",
    off_scale: str | None = None,
    version: str = "",
    revision: str | int = "",
) -> Bench:
    """Bring a study and, where there are any, the answers of a wave to the planning table.

    Parameters
    ----------
    study : Study
        The study definition.
    wave, data, segment, off_scale, revision
        As in `csat.data.load_answers`.
    version : str
        Version of the questionnaire; by default that of the wave, else the study's first.

    Returns
    -------
    Bench
        Without answers when the study has none yet, so that a survey can be designed before its fieldwork;
        `problem` then says why they could not be had, unless none were expected.

    Raises
    ------
    csat.data.DataError
        When a file or a segment was asked for by name and cannot be used.
    csat.study.StudyError
        When the study has no such version or wave.
    """
    from csat.data import DataError, load_answers
    from csat.data.store.present import stored_waves

    chosen = study.version(version)
    expected = study.data.kind != "none" or bool(str(data)) or bool(stored_waves(study))
    problem = ""
    if expected and not version:
        try:
            answers = load_answers(study, wave, data, segment, off_scale or None, revision)
            round_ = study.wave(answers.wave) if study.has_wave(answers.wave) else None
            return _bench(study, answers.study, round_, version, answers)
        except DataError as error:
            if str(data) or segment or str(revision):
                raise
            problem = str(error)
    round_ = study.wave(wave) if str(wave) or study.waves else None
    name = version or (round_.version if round_ else "")
    asked = study.for_version(name or (chosen.id if chosen else ""))
    asked = asked.without(round_.without) if round_ else asked
    return _bench(study, asked, round_, name, None, problem)


def _bench(
    study: Study, asked: Study, round_: Wave | None, version: str, answers: Answers | None, problem: str = ""
) -> Bench:
    """Put a bench together; size and population are those of the version."""
    chosen = study.version(version or (round_.version if round_ else ""))
    whole = study.without(round_.without) if round_ else study
    if chosen is not None:
        asked = replace(
            asked,
            planned_n=chosen.planned_n or asked.planned_n,
            population=chosen.population or asked.population,
        )
    return Bench(
        study=asked,
        wave=answers.wave if answers else round_.id if round_ else "",
        segment=answers.segment if answers else "",
        answers=answers,
        problem=problem,
        whole=whole,
        version=chosen.id if chosen else "",
    )
