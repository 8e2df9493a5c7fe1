"""Sheets for cognitive interviews: probes for each question, by its type and by what is odd about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from csat.study.definition import Study
from csat.study.pretest.texts import asked, texts
from csat.study.questions import Question
from csat.study.wording import WordingFinding, check_wording, load_rules

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("question", "type", "text", "stage", "probe", "because", "answer")


def interview_sheet(
    study: Study, lang: str = "", version: str = "", findings: Iterable[WordingFinding] | None = None
) -> pd.DataFrame:
    """Put together the sheet of a cognitive interview.

    Parameters
    ----------
    study : Study
        The study.
    lang : str, optional
        Language of questions and probes, by default the study's first.
    version : str, optional
        Version of the questionnaire; by default every question of every version.
    findings : iterable of WordingFinding, optional
        What `check_wording` found, by default found here. Acknowledged findings are probed, too: the pretest
        shows whether the study was right to live with them.

    Returns
    -------
    pandas.DataFrame
        One row a probe: `question` (id), `type`, `text`, `stage` of answering (comprehension, recall,
        judgement, response), `probe`, `because` (type or rule that it comes from), and an empty `answer`. Of
        ratings of one construct on one scale, the first alone gets the probes of its type.

    References
    ----------
    Tourangeau, R., Rips, L. J. & Rasinski, K. (2000). The Psychology of Survey Response. Cambridge University
    Press. Willis, G. B. (2005). Cognitive Interviewing. Sage.

    Examples
    --------
    >>> from csat.study import load_study
    >>> sheet = interview_sheet(load_study("mobile_ecsi"), "en")
    >>> sheet.query("question == 'CUSCO' and because == 'Too long'").probe.item()
    'At which point did you know what the question is about? Did you read it twice?'
    """
    import pandas as pd

    lang = study.require_language(lang or study.language)
    found = list(check_wording(study) if findings is None else findings)
    rows: list[dict[str, str]] = []
    grids = set()
    for question in asked(study, version):
        grid = (question.construct, question.scale.id if question.scale else "")
        rows += _rows(question, lang, found, again=question.construct is not None and grid in grids)
        grids.add(grid)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    question: Question, lang: str, findings: list[WordingFinding], again: bool
) -> Iterator[dict[str, str]]:
    """Probes of one question: for what was found, for every question, and, if not `again`, for its type."""
    known = texts(lang)
    base = {
        "question": question.id,
        "type": known["types"][question.type],
        "text": " / ".join(t[lang] for t in (question.wording, question.negative) if lang in t),
    }
    values = _values(question, lang)
    probes: list[tuple[str, str, str]] = [(stage, probe, "") for stage, probe in known["probes"]["every"]]
    if not again:
        probes += [(stage, probe, base["type"]) for stage, probe in known["probes"][question.type]]
    for finding in _about(question, lang, findings):
        because = load_rules()[finding.rule].title[lang]
        for stage, probe in known["findings"].get(finding.rule, ()):
            probes.append((stage, probe.replace("{match}", finding.match), because))
    stages = list(known["stages"])
    for stage, probe, because in sorted(probes, key=lambda one: stages.index(one[0])):
        if "{low}" in probe and not values["low"]:
            continue
        yield {**base, **_row(known, stage, _filled(probe, values), because)}


def _filled(probe: str, values: Mapping[str, str]) -> str:
    """Probe with its places filled in (and nothing else: findings may quote braces)."""
    for name, value in values.items():
        probe = probe.replace(f"{{{name}}}", value)
    return probe


def _row(known: Mapping[str, Mapping[str, str]], stage: str, probe: str, because: str) -> dict[str, str]:
    """Cells of one probe."""
    return {"stage": known["stages"][stage], "probe": probe, "because": because, "answer": ""}


def _values(question: Question, lang: str) -> dict[str, str]:
    """Fill-ins of probes: the ends of the scale, and a blank for the answer that was given."""
    labels = dict(question.scale.labels_in(lang)) if question.scale else {}
    points = sorted(labels)
    low, high = (labels[points[0]], labels[points[-1]]) if len(points) > 1 else ("", "")
    return {"low": low, "high": high, "answer": "____"}


def _about(question: Question, lang: str, findings: list[WordingFinding]) -> Iterator[WordingFinding]:
    """Find what was found about a question, its scale, options or grid, each rule once."""
    scale = question.scale.id if question.scale else ""
    places = {question.id, scale, question.option_list, question.construct or ""} - {""}
    seen = set()
    for finding in findings:
        if finding.where in places and finding.lang in ("", lang) and finding.rule not in seen:
            seen.add(finding.rule)
            yield finding
