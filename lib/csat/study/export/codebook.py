"""A codebook to read: every variable with its question, its codes, who is asked, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from csat.study.export.conditions import Plain
from csat.study.export.fields import Field, say, screen_fields
from csat.study.export.html_page import html_page, lines
from csat.study.export.target import Exported, Job
from csat.study.questions import Column
from csat.study.scales import Text

_WORDS: Mapping[str, Text] = {
    "title": {"en": "Codebook: {name}", "zh": "编码本：{name}"},
    "variable": {"en": "Variable", "zh": "变量"},
    "question": {"en": "Question", "zh": "题目"},
    "codes": {"en": "Codes", "zh": "编码"},
    "asked": {"en": "Asked of", "zh": "回答者"},
    "use": {"en": "Concepts and statistics", "zh": "概念与统计"},
    "all": {"en": "everybody", "zh": "全体"},
    "flag": {"en": "1 = chosen, 0 = not chosen", "zh": "1 = 选中，0 = 未选"},
    "rank": {"en": "1 is first, up to {high:g}; empty: not ranked", "zh": "1为第一位，至{high:g}；空：未排"},
    "text": {"en": "words", "zh": "文字"},
    "date": {"en": "a day, such as 2026-10-14", "zh": "日期，如2026-10-14"},
    "range": {"en": "{low} to {high}", "zh": "{low}到{high}"},
    "missing": {"en": "{codes}: no answer", "zh": "{codes}：无回答"},
    "pii": {"en": "personal data: in no report", "zh": "个人信息：不进入任何报告"},
    "reversed": {"en": "reversed", "zh": "反向题"},
    "order": {"en": "in random order", "zh": "随机排列"},
}


def write(job: Job) -> Exported:
    """Write one page a language."""
    return job.done(*(_write(job, lang) for lang in job.langs))


def _word(key: str, lang: str, **values: object) -> str:
    """Word of the page in a language."""
    return say(_WORDS[key], lang).format(**values)


def _write(job: Job, lang: str) -> Path:
    """Write the codebook in one language."""
    plain = Plain(job.asked.by_id, job.fields(), lang)
    title = _word("title", lang, name=say(job.asked.title, lang))
    parts = [f"<h1>{escape(title)}</h1>"]
    if job.study.population:
        parts.append(f"<p>{lines(say(job.study.population, lang))}</p>")
    keys = ("variable", "question", "codes", "asked", "use")
    head = "".join(f'<th scope="col">{escape(_word(key, lang))}</th>' for key in keys)
    for module in job.asked.modules:
        rows = []
        for screen in job.asked.screens_of(module.id):
            for _, fields in screen_fields(screen, (lang,)):
                lead = say(screen.wording, lang) if screen.kind == "grid" and screen.wording else ""
                rows += [_row(one, column, lead, plain) for one in fields for column in one.columns]
        if rows:
            parts.append(f"<section><h2>{escape(say(module.label, lang))}</h2>")
            table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
            parts.append(f'<div class="scroll" tabindex="0">{table}</div></section>')
    path = job.folder / f"{job.stem}.codebook.{lang}.html"
    path.write_text(html_page(title, lang, "\n".join(parts)), encoding="utf-8")
    return path


def _row(one: Field, column: Column, lead: str, plain: Plain) -> str:
    """Row of a variable."""
    lang, question = plain.lang, one.question
    text = " ".join(filter(None, (lead, say(one.text, lang))))
    if column.option and one.part != "other":
        text += f" — {say(question.option(column.option).label, lang)}"
    who = _word("all", lang) if one.condition is None else plain.say(one.condition)
    tags = [*question.concept, *question.statistic]
    tags += [_word("pii", lang)] if question.pii else []
    tags += [_word("reversed", lang)] if question.reversed else []
    tags += [_word("order", lang)] if one.shuffle else []
    return (
        f'<tr><th scope="row"><code>{escape(column.name)}</code></th><td>{lines(text)}</td>'
        f"<td>{'<br>'.join(escape(c) for c in _codes(one, column, lang))}</td>"
        f"<td>{escape(who)}</td><td>{escape(', '.join(tags))}</td></tr>"
    )


def _codes(one: Field, column: Column, lang: str) -> list[str]:
    """Say what the values of a variable mean."""
    if column.kind == "flag":
        return [_word("flag", lang)]
    if column.kind == "rank":
        return [_word("rank", lang, high=column.maximum)]
    if column.kind in ("text", "date"):
        return [_word(column.kind, lang)]
    if column.kind == "code" or one.kind == "scale":
        found = [f"{o.code} = {say(o.label, lang)}" for o in one.options]
    else:
        low = "" if column.minimum is None else f"{column.minimum:g}"
        high = "" if column.maximum is None else f"{column.maximum:.15g}"
        found = [_word("range", lang, low=low or "−∞", high=high or "∞")]
    offered = {o.code for o in one.options}
    others = [f"{code:g}" for code in column.missing if f"{code:g}" not in offered]
    return [*found, *([_word("missing", lang, codes=", ".join(others))] if others else [])]
