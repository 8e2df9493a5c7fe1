"""问卷星 (wjx.cn): text to paste, which carries questions, options and which of them need an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from csat.study.export.checklist import checklist
from csat.study.export.fields import Field, case_text, every_field, say
from csat.study.export.target import Exported, Job
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Column

_KINDS = {
    "single": "单选题",
    "scale": "单选题",
    "multiple": "多选题",
    "ranking": "排序题",
    "number": "填空题",
    "text": "填空题",
    "date": "填空题",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Entry:
    """One numbered question of the pasted text: a field, or one part of a sum."""

    number: int
    field: Field
    part: Column | None = None


def entries(asked: Questionnaire, langs: tuple[str, ...]) -> Iterator[Entry]:
    """Yield the numbered questions that the text carries: all but notes and designed choice tasks."""
    number = 0
    for one in every_field(asked, langs):
        if one.kind == "note" or not carried(one):
            continue
        for part in one.columns if one.kind == "sum" else (None,):
            number += 1
            yield Entry(number, one, part)


def carried(one: Field) -> bool:
    """Whether the text can carry a field: it has no cards for choice tasks."""
    return not (one.question.task and one.question.task.designed)


def title_of(entry: Entry, lang: str) -> str:
    """Question of an entry, in one line."""
    one = entry.field
    text = say(one.text, lang)
    if entry.part is not None:
        text = f"{text} — {say(one.question.option(entry.part.option).label, lang)}"
    if one.question.task:
        text = f"{case_text(one.question.task, one.question.stage, lang)} {text}"
    if hint := say(one.hint, lang) if one.hint else "":
        text += f"（{hint}）"
    return plain(text)


def plain(text: str) -> str:
    """Text in one line, with brackets and stars that are no marks."""
    return re.sub(r"\s+", " ", text).strip().replace("[", "［").replace("]", "］").replace("*", "＊")


def write(job: Job) -> Exported:
    """Write one text and one checklist a language."""
    texts, lists = [], []
    for lang in sorted(job.langs, key=lambda lang: lang != "zh"):
        texts.append(_write(job, lang))
        path = job.folder / f"{job.stem}.wjx.{lang}.checklist.md"
        path.write_text(checklist(job, lang, skip=("required",)), encoding="utf-8")
        lists.append(path)
    job.lose("routing, limits and random order are not in the text: see the checklist")
    for question in job.asked.questions:
        if question.task and question.task.designed:
            job.lose("designed choice tasks are left out", question.id)
        if question.type == "constant_sum":
            job.lose("a sum becomes one blank a part, and is not enforced", question.id)
    grids = [s.id for s in job.asked.screens if s.kind == "grid"]
    if grids:
        job.lose("grids become one question a row", *grids)
    if len(job.langs) > 1:
        job.lose("one language a text")
    return job.done(*texts, *lists)


def _write(job: Job, lang: str) -> Path:
    """Write the text in one language."""
    lines = [plain(say(job.asked.title, lang)), ""]
    if job.asked.introduction:
        lines += [plain(say(job.asked.introduction, lang)), ""]
    waiting = list(entries(job.asked, job.langs))
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        lines += [f"{plain(say(module.label, lang))}[分页]", ""]
        if module.introduction:
            lines += [f"{plain(say(module.introduction, lang))}[段落说明]", ""]
        for screen in screens:
            if screen.kind == "grid" and screen.wording:
                lines += [f"{plain(say(screen.wording, lang))}[段落说明]", ""]
            for question in screen.questions:
                if question.type == "note":
                    lines += [f"{plain(say(question.wording, lang))}[段落说明]", ""]
                while waiting and waiting[0].field.question.id == question.id:
                    lines += _entry(waiting.pop(0), lang)
    path = job.folder / f"{job.stem}.wjx.{lang}.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _entry(entry: Entry, lang: str) -> list[str]:
    """Lines of a numbered question."""
    one = entry.field
    kind = "填空题" if entry.part is not None else _KINDS[one.kind]
    star = "*" if one.required else ""
    lines = [f"{entry.number}. {title_of(entry, lang)}{star}[{kind}]"]
    if kind != "填空题":
        for number, option in enumerate(one.options):
            letter = _LETTERS[number] if number < len(_LETTERS) else f"A{_LETTERS[number - len(_LETTERS)]}"
            lines.append(f"{letter}. {plain(say(option.label, lang))}")
    return [*lines, ""]
