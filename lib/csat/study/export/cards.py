"""Cards of designed choice tasks: what the sets of each block show, to print or to put on screen."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from csat.study.choice import design_choice
from csat.study.choice_task import ChoiceTask
from csat.study.export.fields import say
from csat.study.export.html_page import html_page
from csat.study.export.target import Job
from csat.study.scales import Text

_WORDS: Mapping[str, Text] = {
    "title": {"en": "Cards: {name}", "zh": "方案卡片：{name}"},
    "block": {"en": "Block {number}", "zh": "版本{number}"},
    "set": {"en": "Set {number}", "zh": "第{number}组"},
    "alternative": {"en": "Alternative {number}", "zh": "方案{number}"},
}


def write_cards(job: Job) -> tuple[Path, ...]:
    """Write the cards of every designed choice task, one page a task and language.

    Parameters
    ----------
    job : Job
        What is exported.

    Returns
    -------
    tuple of pathlib.Path
        The pages; none when no task is designed.

    Notes
    -----
    The design is that of `csat.study.choice.design_choice` with its default seed, which simulated answers are
    drawn from too. Each block begins on a page of its own when printed.
    """
    tasks = {q.task.id: q.task for q in job.asked.questions if q.task and q.task.designed}
    return tuple(_write(job, task, lang) for task in tasks.values() for lang in job.langs)


def _word(key: str, lang: str, **values: object) -> str:
    """Heading in a language."""
    return say(_WORDS[key], lang).format(**values)


def _write(job: Job, task: ChoiceTask, lang: str) -> Path:
    """Write the cards of a task in a language."""
    title = _word("title", lang, name=say(task.label, lang))
    parts = [f"<h1>{escape(title)}</h1>"]
    table = design_choice(task).table
    for block, own in table.groupby("block"):
        parts.append(f'<section style="break-before: page"><h2>{_word("block", lang, number=block)}</h2>')
        for number, (_, shown) in enumerate(own.groupby("set"), start=1):
            records = shown.sort_values("alternative").to_dict("records")
            rows = [{str(key): str(value) for key, value in record.items()} for record in records]
            parts.append(_card(task, number, rows, lang))
        parts.append("</section>")
    path = job.folder / f"{job.stem}.cards_{task.id}.{lang}.html"
    path.write_text(html_page(title, lang, "\n".join(parts)), encoding="utf-8")
    return path


def _card(task: ChoiceTask, number: int, rows: list[dict[str, str]], lang: str) -> str:
    """One set as a table: attributes down, alternatives across."""
    names = [_word("alternative", lang, number=row["alternative"]) for row in rows]
    names += [say(task.none_label, lang)] if task.none_label else []
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = ""
    for attribute in task.attributes.values():
        cells = [say(attribute.levels[row[attribute.id]].label, lang) for row in rows]
        cells += [""] if task.none_label else []
        shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        body += f'<tr><th scope="row">{escape(say(attribute.label, lang))}</th>{shown}</tr>'
    caption = f"<caption>{_word('set', lang, number=number)}</caption>"
    return f'<table class="who">{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'
