"""What ``csat check`` finds in a study: advice, flow, coverage and wording, the heaviest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from csat.study import Study

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Remark:
    """One finding as the command line tells it; `acknowledged` holds the study's reason to keep it."""

    severity: Severity
    area: str
    rule: str
    where: str
    text: str
    acknowledged: str = ""

    def __str__(self) -> str:
        """One line."""
        known = f" [acknowledged: {self.acknowledged}]" if self.acknowledged else ""
        return f"{self.area} [{self.rule}] {self.where}: {self.text}{known}"


def remarks(study: Study) -> tuple[Remark, ...]:
    """Find everything that can be said about a study.

    Parameters
    ----------
    study : Study
        A study that loads.

    Returns
    -------
    tuple of Remark
        Errors first, then warnings, then notes; within these design, flow, coverage and wording. What holds
        in several versions is said once, with the versions.
    """
    from csat.study import check_study

    found = [Remark(f.severity, "design", f.rule, f.where, f.message) for f in check_study(study)]
    found += [*_flow(study), *_coverage(study), *_wording(study)]
    return tuple(sorted(found, key=lambda remark: SEVERITIES.index(remark.severity)))


def summaries(study: Study) -> Iterator[str]:
    """Say how long each version takes, and how much of the concepts the study covers, one line each."""
    from csat.study.coverage import coverage, declares_concepts
    from csat.study.flow import duration

    for name in study.versions or ("",):
        asked = study.questionnaire(name)
        count = sum(question.asked for question in asked.questions)
        spent = duration(study, name)
        yield (
            f"{f'version {name}' if name else 'questionnaire'}: {count} questions, about {spent.median:.1f} "
            f"minutes (longest way {spent.longest:.1f})"
        )
    if declares_concepts(study):
        wanted = coverage(study).query("kind == 'question'")
        yield f"concepts: {(wanted['status'] == 'asked').sum()} of {len(wanted)} asked"


def _flow(study: Study) -> Iterator[Remark]:
    """Find what is wrong with the flow of any version."""
    from csat.study.flow import check_flow

    versions: dict[tuple[Severity, str, str, str], list[str]] = {}
    for name in study.versions or ("",):
        for one in check_flow(study, name):
            versions.setdefault((one.severity, one.rule, one.where, one.message), []).append(name)
    for (severity, rule, where, message), names in versions.items():
        held = f" (version {', '.join(names)})" if any(names) else ""
        yield Remark(severity, "flow", rule, where, message + held)


def _coverage(study: Study) -> Iterator[Remark]:
    """Gaps of a study that declares concepts, and questions without a use."""
    from csat.study.coverage import declares_concepts, not_asked, without_use

    if not declares_concepts(study):
        return
    lang = "en" if "en" in study.languages else study.language
    for row in not_asked(study, lang=lang).itertuples(index=False):
        yield Remark("note", "coverage", "not_asked", str(row.concept), f"no question asks it: {row.label}")
    for row in without_use(study, lang=lang).itertuples(index=False):
        lacks = str(row.lacks).replace(" ", " and no ")
        yield Remark("note", "coverage", "without_use", str(row.question), f"has no {lacks}")


def _wording(study: Study) -> Iterator[Remark]:
    """Find weaknesses of wording, told in English whatever the text."""
    from csat.study.wording import check_wording

    for one in check_wording(study):
        place = f"{one.where or 'text'}{f' ({one.lang})' if one.lang else ''}"
        yield Remark(one.severity, "wording", one.rule, place, one.message(), one.acknowledged)
