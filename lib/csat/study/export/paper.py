"""A form to print: for interviewers, or to be filled in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from csat.study.export.conditions import Plain
from csat.study.export.fields import Field, case_lines, say, screen_fields
from csat.study.export.html_page import html_page, lines
from csat.study.export.target import Exported, Job
from csat.study.questionnaire import Screen
from csat.study.questions import Question
from csat.study.scales import Text

_BOX = '<span class="box" aria-hidden="true">☐</span>'
_WORDS: Mapping[str, Text] = {
    "only": {"en": "Only if {rule}.", "zh": "仅当{rule}时回答。"},
    "module": {"en": "This part only if {rule}.", "zh": "仅当{rule}时填写本部分。"},
    "several": {"en": "Several answers are possible.", "zh": "可多选。"},
    "most": {"en": "At most {high:g} answers.", "zh": "最多选{high:g}项。"},
    "alone": {"en": "(only this)", "zh": "（单独选择）"},
    "sum": {"en": "Together {high:g}", "zh": "合计{high:g}"},
    "rank": {"en": "Write 1 for the first, 2 for the second, … ", "zh": "请填序号，1为第一位，依此类推。"},
    "rank_most": {"en": "The first {high:g} only.", "zh": "只需填前{high:g}位。"},
    "card": {"en": "Please show the card of the set.", "zh": "请出示该组卡片。"},
    "date": {"en": "Year, month, day:", "zh": "年、月、日："},
    "number": {"en": "Interview no.", "zh": "问卷编号"},
    "needed": {"en": "needs an answer", "zh": "必答"},
}


def _word(key: str, lang: str, **values: object) -> str:
    """Instruction in a language."""
    return say(_WORDS[key], lang).format(**values)


class _Paper:
    """The form in one language, with numbered questions."""

    def __init__(self, job: Job, lang: str) -> None:
        self.job = job
        self.lang = lang
        self.plain = Plain(job.asked.by_id, job.fields(), lang)
        self.number = 0

    def legend(self, text: str, required: bool) -> str:
        """Numbered heading of a question."""
        self.number += 1
        star = f' <abbr title="{_word("needed", self.lang)}">*</abbr>' if required else ""
        return f"<legend>{self.number}. {lines(text)}{star}</legend>"

    def rule(self, one: Field) -> str:
        """Instruction on who answers."""
        if one.relevant is None:
            return ""
        rule = _word("only", self.lang, rule=self.plain.say(one.relevant))
        return f'<p class="rule">{escape(rule)}</p>'


def write(job: Job) -> Exported:
    """Write one page a language."""
    if any(s.shuffle for s in job.asked.screens) or any(q.randomise != "none" for q in job.asked.questions):
        job.lose("order is not random on paper")
    if any(q.condition is not None for q in job.asked.questions):
        job.lose("routing is printed as instructions, not enforced")
    if any(o.relevant is not None for q in job.asked.questions for o in q.options):
        shown = [q.id for q in job.asked.questions if any(o.relevant is not None for o in q.options)]
        job.lose("options are printed for everybody", *shown)
    for question in job.asked.questions:
        if question.task and question.task.designed:
            job.lose("cards of a designed choice task are to be shown beside the form", question.id)
    return job.done(*(_write(job, lang) for lang in job.langs))


def _write(job: Job, lang: str) -> Path:
    """Write the form in one language."""
    paper = _Paper(job, lang)
    title = say(job.asked.title, lang)
    parts = [f"<h1>{escape(title)}</h1>"]
    parts.append(f'<p>{_word("number", lang)} <span class="short">&nbsp;</span></p>')
    if job.asked.introduction:
        parts.append(f"<p>{lines(say(job.asked.introduction, lang))}</p>")
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        parts.append(f"<section><h2>{escape(say(module.label, lang))}</h2>")
        if module.relevant is not None:
            rule = _word("module", lang, rule=paper.plain.say(module.relevant))
            parts.append(f'<p class="rule">{escape(rule)}</p>')
        if module.introduction:
            parts.append(f"<p>{lines(say(module.introduction, lang))}</p>")
        parts += [_screen(paper, screen) for screen in screens]
        parts.append("</section>")
    path = job.folder / f"{job.stem}.paper.{lang}.html"
    path.write_text(html_page(title, lang, "\n".join(parts)), encoding="utf-8")
    return path


def _screen(paper: _Paper, screen: Screen) -> str:
    """Question, or grid as a table."""
    listed = screen_fields(screen, (paper.lang,))
    if screen.kind == "grid" and all(f.kind == "scale" for _, fields in listed for f in fields):
        return _grid(paper, screen, [fields[0] for _, fields in listed])
    return "\n".join(_question(paper, question, fields) for question, fields in listed)


def _grid(paper: _Paper, screen: Screen, fields: list[Field]) -> str:
    """Rows of ratings."""
    first = fields[0]
    heads = "".join(
        f'<th scope="col">{escape(_point(o.code, say(o.label, paper.lang)))}</th>' for o in first.options
    )
    marks = f"<td>{_BOX}</td>" * len(first.options)
    rows = "".join(
        f'<tr><th scope="row">{lines(say(one.text, paper.lang))}</th>{marks}</tr>' for one in fields
    )
    legend = paper.legend(say(screen.wording, paper.lang) if screen.wording else "", first.required)
    table = f'<table class="marks"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<fieldset>{legend}{paper.rule(first)}<div class="scroll">{table}</div></fieldset>'


def _point(code: str, label: str) -> str:
    """Point of a scale: its number and its label, once if they are the same."""
    return label if label == code or code.startswith("-") else f"{code} {label}"


def _question(paper: _Paper, question: Question, fields: tuple[Field, ...]) -> str:
    """All fields of a question."""
    found = []
    for one in fields:
        text = say(one.text, paper.lang)
        if one.kind == "note":
            found.append(f"<div>{paper.rule(one)}<p>{lines(text)}</p></div>")
            continue
        hint = f'<p class="hint">{lines(say(one.hint, paper.lang))}</p>' if any(one.hint.values()) else ""
        legend = paper.legend(text, one.required)
        facts = _case(question, paper.lang) if question.task else ""
        found.append(f"<fieldset>{legend}{paper.rule(one)}{hint}{facts}{_answer(one, paper.lang)}</fieldset>")
    return "\n".join(found)


def _case(question: Question, lang: str) -> str:
    """Alternatives of a case as a table."""
    task = question.task
    if task is None or task.designed:
        return f'<p class="hint">{escape(_word("card", lang))}</p>'
    found = case_lines(task, question.stage, lang)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in found)
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th>'
        + "".join(f"<td>{escape(levels[number][1])}</td>" for _, levels in found)
        + "</tr>"
        for number, (label, _) in enumerate(found[0][1])
    )
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _answer(one: Field, lang: str) -> str:
    """Room for the answer."""
    if one.kind == "text":
        long = one.part != "other" and (one.question.maximum or 500) > 120
        return '<div class="line"></div>' * (3 if long else 1)
    if one.kind in ("number", "date"):
        words = _word("date", lang) + " " if one.kind == "date" else ""
        unit = say(one.question.unit, lang) if one.question.unit else ""
        return f'<p>{escape(words)}<span class="short">&nbsp;</span> {escape(unit)}</p>'
    if one.kind in ("sum", "ranking"):
        return _numbers(one, lang)
    rows = []
    for option in one.options:
        label = (
            _point(option.code, say(option.label, lang)) if one.kind == "scale" else say(option.label, lang)
        )
        alone = f" {_word('alone', lang)}" if option.exclusive and one.kind == "multiple" else ""
        rows.append(f"<li>{_BOX} {escape(label + alone)}</li>")
    note = ""
    if one.kind == "multiple":
        most = one.question.maximum
        text = _word("most", lang, high=most) if most else _word("several", lang)
        note = f'<p class="hint">{escape(text)}</p>'
    return f'{note}<ul class="options">{"".join(rows)}</ul>'


def _numbers(one: Field, lang: str) -> str:
    """Options with room for a number each."""
    rows = [
        f'<li><span class="short">&nbsp;</span> {escape(say(option.label, lang))}</li>'
        for option in one.options
    ]
    if one.kind == "sum":
        words = _word("sum", lang, high=one.question.total)
    else:
        most = one.question.maximum
        words = _word("rank", lang) + (_word("rank_most", lang, high=most) if most else "")
    return f'<p class="hint">{escape(words)}</p><ul class="options">{"".join(rows)}</ul>'
