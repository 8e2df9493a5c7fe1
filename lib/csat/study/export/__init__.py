"""Questionnaires in the formats of the tools that surveys are fielded with."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from csat.study.definition import Study
from csat.study.export.target import Exported, Job
from csat.study.problems import StudyError, suggest

TARGETS = {
    "xlsform": "XLSForm workbook: ODK, KoboToolbox, SurveyCTO",
    "surveyjs": "SurveyJS JSON",
    "limesurvey": "LimeSurvey tab-separated survey",
    "qualtrics": "Qualtrics advanced text, and a checklist of the logic to add",
    "wjx": "text to paste into 问卷星 (wjx.cn)",
    "redcap": "REDCap data dictionary",
    "ddi": "DDI-Codebook 2.6 XML",
    "paper": "form to print (HTML)",
    "codebook": "readable codebook (HTML)",
}
"""Targets and what they are."""

_WITH_CARDS = ("xlsform", "surveyjs", "limesurvey", "qualtrics", "redcap", "paper")

__all__ = ["TARGETS", "Exported", "export"]


def export(
    study: Study, target: str, folder: Path, version: str = "", langs: Sequence[str] | None = None
) -> Exported:
    """Write a questionnaire for a tool.

    Parameters
    ----------
    study : Study
        The study.
    target : str
        One of `TARGETS`.
    folder : pathlib.Path
        Where the files go; it is made if need be.
    version : str, optional
        Version of the questionnaire, by default the first.
    langs : sequence of str, optional
        Languages, the first one shown first; by default all of the study.

    Returns
    -------
    Exported
        The files, and everything that the tool cannot carry, each with the questions concerned.

    Raises
    ------
    StudyError
        When there is no such target, version or language.

    Examples
    --------
    >>> export(study, "xlsform", Path("forms"), version="core").path  # doctest: +SKIP
    PosixPath('forms/my_study_core.xlsx')
    """
    if target not in TARGETS:
        wrong = f'there is no export target "{target}"{suggest(target, TARGETS)}'
        raise StudyError.single("", "", "target", wrong, ", ".join(TARGETS))
    chosen = tuple(dict.fromkeys(study.require_language(lang) for lang in (langs or study.languages)))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(study, study.questionnaire(version), chosen, folder)
    written: Exported = importlib.import_module(f"csat.study.export.{target}").write(job)
    return replace(written, files=(*written.files, *_cards(job, target)))


def _cards(job: Job, target: str) -> tuple[Path, ...]:
    """Cards of designed choice tasks, beside the forms that refer to them."""
    if target not in _WITH_CARDS or not any(q.task and q.task.designed for q in job.asked.questions):
        return ()
    from csat.study.export.cards import write_cards

    return write_cards(job)
