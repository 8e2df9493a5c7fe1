"""What has to be set by hand in tools whose text import knows no logic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csat.study.export.conditions import Plain
from csat.study.export.fields import Field, say
from csat.study.export.target import Job
from csat.study.scales import Text

_LINES: Mapping[str, Text] = {
    "title": {"en": "To add by hand: {name}", "zh": "需要手工设置：{name}"},
    "module": {"en": "{name}: show only if {rule}", "zh": "{name}：仅在满足以下条件时显示：{rule}"},
    "shown": {"en": "show only if {rule}", "zh": "仅在满足以下条件时显示：{rule}"},
    "option": {"en": 'offer "{label}" only if {rule}', "zh": "选项“{label}”仅在满足以下条件时显示：{rule}"},
    "required": {"en": "needs an answer", "zh": "必答"},
    "random": {"en": "options in random order", "zh": "选项随机排列"},
    "random_but": {
        "en": "options in random order, but {fixed} keep their place",
        "zh": "选项随机排列，但{fixed}位置固定",
    },
    "rows": {"en": "rows in random order", "zh": "行随机排列"},
    "alone": {"en": '"{label}" rules out the other options', "zh": "“{label}”与其他选项互斥"},
    "most": {"en": "at most {high:g} options", "zh": "最多选{high:g}项"},
    "range": {"en": "a number from {low} to {high}", "zh": "数字范围：{low}到{high}"},
    "unknown": {"en": "{code:g} is allowed too", "zh": "也允许填{code:g}"},
    "total": {"en": "must add up to {high:g}", "zh": "各项之和须为{high:g}"},
    "length": {"en": "at most {high:g} characters", "zh": "最多{high:g}个字"},
    "date": {"en": "a date, such as 2026-10-14", "zh": "日期，如2026-10-14"},
    "differs": {"en": "may not repeat the answer to {names}", "zh": "不得与{names}的答案相同"},
    "cards": {"en": "show the card of this set", "zh": "显示该组的方案卡片"},
}


def checklist(job: Job, lang: str, skip: tuple[str, ...] = ()) -> str:
    """List what has to be set by hand, in Markdown.

    Parameters
    ----------
    job : Job
        What is exported.
    lang : str
        Language of the list.
    skip : tuple of str, optional
        Kinds of lines that the tool does not need (`required`, for one that imports it).

    Returns
    -------
    str
        A box to tick for each setting.
    """
    fields = job.fields()
    plain = Plain(job.asked.by_id, fields, lang)
    lines = [f"# {_line('title', lang, name=say(job.asked.title, lang))}", ""]
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        lines += [f"## {say(module.label, lang)}", ""]
        if module.relevant is not None:
            rule = plain.say(module.relevant)
            lines.append(f"- [ ] {_line('module', lang, name=say(module.label, lang), rule=rule)}")
        for screen in screens:
            if screen.shuffle:
                lines.append(f"- [ ] **{screen.id}**: {_line('rows', lang)}")
            for question in screen.questions:
                for one in fields[question.id]:
                    found = [text for key, text in _settings(one, plain, lang) if key not in skip]
                    lines += [f"- [ ] **{one.name}**: {text}" for text in found]
        lines.append("")
    return "\n".join(lines)


def _line(key: str, lang: str, **values: object) -> str:
    """One line in a language."""
    return say(_LINES[key], lang).format(**values)


def _settings(one: Field, plain: Plain, lang: str) -> Iterator[tuple[str, str]]:
    """Yield settings of a field: what kind, and in words."""
    if one.relevant is not None:
        yield "shown", _line("shown", lang, rule=plain.say(one.relevant))
    if one.required:
        yield "required", _line("required", lang)
    if one.question.task and one.question.task.designed:
        yield "cards", _line("cards", lang)
    if one.shuffle:
        labels = ", ".join(f'"{say(o.label, lang)}"' for o in one.options if o.fixed)
        yield "random", _line("random_but", lang, fixed=labels) if labels else _line("random", lang)
    for option in one.options:
        if option.relevant is not None:
            rule = plain.say(option.relevant)
            yield "option", _line("option", lang, label=say(option.label, lang), rule=rule)
        if option.exclusive and one.kind == "multiple":
            yield "alone", _line("alone", lang, label=say(option.label, lang))
    if one.differs:
        yield "differs", _line("differs", lang, names=", ".join(one.differs))
    yield from _limits(one, lang)


def _limits(one: Field, lang: str) -> Iterator[tuple[str, str]]:
    """Yield limits on numbers, texts and dates."""
    most = one.question.maximum if one.part != "other" else None
    if one.kind in ("multiple", "ranking") and most:
        yield "most", _line("most", lang, high=most)
    if one.kind == "sum":
        yield "total", _line("total", lang, high=one.question.total)
    if one.kind == "text" and most:
        yield "length", _line("length", lang, high=most)
    if one.kind == "date":
        yield "date", _line("date", lang)
    if one.kind == "number" and (one.minimum is not None or one.maximum is not None):
        low = "−∞" if one.minimum is None else f"{one.minimum:g}"
        high = "∞" if one.maximum is None else f"{one.maximum:.15g}"
        yield "range", _line("range", lang, low=low, high=high)
        if one.unknown is not None:
            yield "unknown", _line("unknown", lang, code=one.unknown)
