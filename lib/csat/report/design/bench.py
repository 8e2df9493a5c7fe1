"""What there is to plan with: a study, and the answers of a wave when there are any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.study import Study


@dataclass(frozen=True)
class Bench:
    """What there is to plan with: the study as asked in a wave, and its answers when there are any."""

    study: Study
    wave: str
    segment: str
    answers: Answers | None
    problem: str = ""


def open_bench(
    study: Study,
    wave: str | int = "",
    data: str | Path = "",
    segment: str = "",
    off_scale: str | None = None,
) -> Bench:
    """Bring a study and, where there are any, the answers of a wave to the planning table.

    Parameters
    ----------
    study : Study
        The study definition.
    wave, data, segment, off_scale
        As in `csat.data.load_answers`.

    Returns
    -------
    Bench
        Without answers when the study has none yet, so that a survey can be designed before its fieldwork;
        `problem` then says why they could not be had, unless none were expected.

    Raises
    ------
    csat.data.DataError
        When a file or a segment was asked for by name and cannot be used.
    """
    from csat.data import DataError, load_answers

    expected = study.data.kind != "none" or bool(str(data))
    problem = ""
    if expected:
        try:
            answers = load_answers(study, wave, data, segment, off_scale or None)
            return Bench(answers.study, answers.wave, answers.segment, answers)
        except DataError as error:
            if str(data) or segment:
                raise
            problem = str(error)
    round_ = study.wave(wave) if str(wave) or study.waves else None
    asked = study.without(round_.without) if round_ else study
    return Bench(asked, round_.id if round_ else "", segment, None, problem)
