"""Sheets for back-translation: every text that respondents read, each once, beside its translation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from csat.study.definition import Study
from csat.study.pretest.texts import asked, part
from csat.study.problems import StudyError
from csat.study.questions import Question
from csat.study.scales import Text
from csat.study.wording import WordingFinding, check_wording

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("id", "part", "source", "target", "back", "same", "comment", "checks")
BLIND = ("id", "part", "target", "back", "comment")


def back_translation_sheet(
    study: Study,
    source: str = "",
    target: str = "",
    version: str = "",
    blind: bool = False,
    findings: Iterable[WordingFinding] | None = None,
) -> pd.DataFrame:
    """Put together the sheet of a back-translation.

    Parameters
    ----------
    study : Study
        A study of two languages.
    source, target : str, optional
        Language that was written first, and that of the translation; by default the study's first and second.
    version : str, optional
        Version of the questionnaire; by default every question of every version.
    blind : bool, optional
        Leave out the original, for the person who translates back.
    findings : iterable of WordingFinding, optional
        What `check_wording` found, by default found here.

    Returns
    -------
    pandas.DataFrame
        One row a text: `id` and `part` say where it stands, `source` and `target` are the texts, `back`,
        `same` and `comment` are to be filled in, `checks` names rules of wording that found something there.
        Scales and lists of options come once each.

    Raises
    ------
    StudyError
        When the study has one language only.

    References
    ----------
    Brislin, R. W. (1970). Back-translation for cross-cultural research. Journal of Cross-Cultural Psychology,
    1, 185-216.
    """
    import pandas as pd

    source = study.require_language(source or study.language)
    others = [lang for lang in study.languages if lang != source]
    if not others:
        wrong = f'study "{study.id}" has one language: there is nothing to translate back'
        raise StudyError.single("study.toml", "", "languages", wrong, "two languages")
    target = study.require_language(target or others[0])
    known = list(check_wording(study) if findings is None else findings)
    rows = [
        {
            "id": name,
            "part": label,
            "source": text.get(source, ""),
            "target": text.get(target, ""),
            **dict.fromkeys(("back", "same", "comment"), ""),
            "checks": ", ".join(_checks(known, name, target)),
        }
        for name, label, text in _texts(study, version, target if blind else source)
        if text
    ]
    return pd.DataFrame(rows, columns=list(BLIND if blind else COLUMNS))


def _checks(findings: Iterable[WordingFinding], name: str, lang: str) -> list[str]:
    """Rules that found something in a text or between the languages."""
    return list(dict.fromkeys(f.rule for f in findings if f.where == name and f.lang in ("", lang)))


def _texts(study: Study, version: str, lang: str) -> Iterator[tuple[str, str, Text]]:
    """Every text with its place, in the order in which it is read; shared answers come at the end."""
    yield "introduction", part("introduction", lang), study.introduction
    questions = asked(study, version)
    seen: set[str] = set()
    for question in questions:
        if question.module in study.modules and question.module not in seen:
            yield question.module, part("introduction", lang), study.modules[question.module].introduction
        if question.construct and question.construct not in seen:
            yield question.construct, part("lead_in", lang), study.constructs[question.construct].question
        seen |= {question.module, question.construct or ""}
        yield question.id, part("question", lang), question.wording
        yield question.id, part("negative", lang), question.negative
        yield question.id, part("hint", lang), question.hint
    yield from _answers(questions, lang)


def _answers(questions: Iterable[Question], lang: str) -> Iterator[tuple[str, str, Text]]:
    """Points of scales and options of lists, each scale and list once."""
    seen: set[str] = set()
    for question in questions:
        scale = question.scale
        if scale and scale.id not in seen:
            seen.add(scale.id)
            for point in sorted({p for labels in scale.labels.values() for p in labels}):
                yield scale.id, f"{part('point', lang)} {point}", _point(scale.labels, point)
            if scale.dont_know:
                yield scale.id, part("dont_know", lang), scale.dont_know
        name = question.option_list or question.id
        if question.options and name not in seen:
            seen.add(name)
            for option in question.options:
                yield name, f"{part('option', lang)} {option.code}", option.label


def _point(labels: Mapping[str, Mapping[int, str]], point: int) -> Text:
    """Label of a scale point in every language."""
    return {lang: points[point] for lang, points in labels.items() if point in points}
