"""Qualtrics: text in the advanced format, which carries questions and no logic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from csat.study.export.checklist import checklist
from csat.study.export.fields import Field, case_text, say, screen_fields
from csat.study.export.target import Exported, Job, Names, field_names
from csat.study.questionnaire import Questionnaire, Screen


def names_of(
    asked: Questionnaire, fields: Mapping[str, tuple[Field, ...]], langs: tuple[str, ...]
) -> dict[str, str]:
    """Name of each field in the export; rows of a matrix are numbered after its name."""
    names = Names(r"[A-Za-z][A-Za-z0-9_]*", 60)
    found = field_names((f for own in fields.values() for f in own), names)
    for screen in asked.screens:
        if is_matrix(screen, langs):
            grid = names.fresh(screen.id, f"{screen.id}_grid")
            for number, question in enumerate(screen.questions, start=1):
                found[question.base] = f"{grid}_{number}"
    return found


def is_matrix(screen: Screen, langs: tuple[str, ...]) -> bool:
    """Whether a grid becomes a matrix (ratings on points do)."""
    return screen.kind == "grid" and all(
        f.kind == "scale" for _, fields in screen_fields(screen, langs) for f in fields
    )


def write(job: Job) -> Exported:
    """Write one text and one checklist a language."""
    texts, lists = [], []
    names = names_of(job.asked, job.fields(), job.langs)
    for lang in job.langs:
        texts.append(_write(job, lang, names))
        path = job.folder / f"{job.stem}.qualtrics.{lang}.checklist.md"
        path.write_text(checklist(job, lang), encoding="utf-8")
        lists.append(path)
    job.lose("routing, required answers, limits and random order are not in the text: see the checklist")
    if len(job.langs) > 1:
        job.lose("one language a text: import one, then add the other as a translation")
    return job.done(*texts, *lists)


def _write(job: Job, lang: str, names: Mapping[str, str]) -> Path:
    """Write the text in one language."""
    lines = ["[[AdvancedFormat]]", ""]
    if job.asked.introduction:
        lines += ["[[Question:DB]]", "[[ID:introduction_note]]", plain(say(job.asked.introduction, lang)), ""]
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        lines += [f"[[Block:{plain(say(module.label, lang)).replace(']', ')')}]]", ""]
        if module.introduction:
            lines += ["[[Question:DB]]", plain(say(module.introduction, lang)), ""]
        for screen in screens:
            lines += _screen(job, screen, lang, names)
            lines += ["[[PageBreak]]", ""]
    path = job.folder / f"{job.stem}.qualtrics.{lang}.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def plain(text: str) -> str:
    """Text in one line that holds nothing the import takes for a mark or a piped answer."""
    return re.sub(r"\s*\n\s*", "<br>", text.strip()).replace("[[", "[ [").replace("${", "$ {")


def _screen(job: Job, screen: Screen, lang: str, names: Mapping[str, str]) -> list[str]:
    """Lines of a question or a matrix."""
    listed = screen_fields(screen, job.langs)
    if is_matrix(screen, job.langs):
        first = listed[0][1][0]
        grid = names[first.name].rpartition("_")[0]
        lines = ["[[Question:Matrix]]", f"[[ID:{grid}]]", plain(say(screen.wording, lang)) or "&nbsp;"]
        lines += ["[[AdvancedChoices]]"]
        for number, (_, fields) in enumerate(listed, start=1):
            lines += [f"[[Choice:{number}]]", plain(say(fields[0].text, lang))]
        lines += ["[[AdvancedAnswers]]"]
        for number, option in enumerate(first.options, start=1):
            lines += [f"[[Answer:{number}]]", plain(say(option.label, lang))]
        return [*lines, ""]
    return [line for _, fields in listed for one in fields for line in _field(job, one, lang, names)]


def _field(job: Job, one: Field, lang: str, names: Mapping[str, str]) -> list[str]:
    """Lines of a field."""
    text = plain(say(one.text, lang))
    if hint := say(one.hint, lang) if one.hint else "":
        text += f"<br>{plain(hint)}"
    task = one.question.task
    if task and task.designed:
        job.lose("cards of a designed choice task are to be shown beside the form", one.question.id)
    elif task:
        text = f"{plain(case_text(task, one.question.stage, lang))}<br>{text}"
    if one.kind == "text" and one.part != "other" and (one.question.maximum or 500) > 120:
        kind = "TE:Essay"
    else:
        kind = _KINDS[one.kind]
    lines = [f"[[Question:{kind}]]", f"[[ID:{names[one.name]}]]", text]
    if one.options and one.kind != "text":
        lines += ["[[AdvancedChoices]]"]
        for number, option in enumerate(one.options, start=1):
            lines += [f"[[Choice:{number}]]", plain(say(option.label, lang))]
    return [*lines, ""]


_KINDS = {
    "single": "MC:SingleAnswer:Vertical",
    "scale": "MC:SingleAnswer:Horizontal",
    "multiple": "MC:MultipleAnswer:Vertical",
    "number": "TE:SingleLine",
    "sum": "CS",
    "ranking": "RO",
    "text": "TE:SingleLine",
    "date": "TE:SingleLine",
    "note": "DB",
}
