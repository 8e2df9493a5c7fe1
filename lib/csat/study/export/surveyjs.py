"""SurveyJS: the JSON that survey-core runs in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from csat.study.export.conditions import Dialect
from csat.study.export.fields import Field, case_lines, fields_of, say, screen_fields
from csat.study.export.messages import message
from csat.study.export.target import Exported, Job, Names
from csat.study.questionnaire import Questionnaire, Screen
from csat.study.questions import Question
from csat.study.scales import Text

LOCALES = {"en": "en", "zh": "zh-cn"}
"""What SurveyJS calls a language."""

Element = dict[str, Any]


def names_of(asked: Questionnaire, langs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Where the answer of each field is in the data: its name, for a row of a grid after the grid's."""
    names = Names(r"[^\W\d]\w*", 100)
    found: dict[str, tuple[str, ...]] = {}
    for screen in asked.screens:
        for question in screen.questions:
            for one in fields_of(question, langs):
                own = names(one.name, f"{question.id}{one.name.removeprefix(question.base)}")
                found[one.name] = (own,)
    for screen in asked.screens:
        if screen.kind == "grid" and _as_matrix(screen, langs):
            grid = names.fresh(screen.id, screen.id)
            for question in screen.questions:
                found[question.base] = (grid, *found[question.base])
    return found


def _as_matrix(screen: Screen, langs: tuple[str, ...]) -> bool:
    """Whether a grid has columns (a continuous scale has none)."""
    return all(one.kind == "scale" for q in screen.questions for one in fields_of(q, langs))


@dataclass(frozen=True)
class Script(Dialect):
    """Conditions as SurveyJS writes them."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def _name(self, one: Field) -> str:
        """Refer to an answer."""
        return "{" + ".".join(self.names[one.name]) + "}"

    def negate(self, written: str) -> str:
        """Write the opposite."""
        return f"!({written})"

    def compare(self, one: Field, operator: str, value: str) -> str:
        """Write a comparison that no answer does not pass, except "not equal"."""
        name = self._name(one)
        right = value if one.kind in ("scale", "number") else f"'{value}'"
        if operator == "!=":
            return f"({name} empty or {name} != {right})"
        return f"({name} notempty and {name} {operator} {right})"

    def selected(self, one: Field, code: str) -> str:
        """Write that an option of several was chosen."""
        return f"{self._name(one)} contains '{code}'"

    def answered(self, one: Field) -> str:
        """Write that there is an answer, other than "don't know"."""
        name = self._name(one)
        if not one.question.dont_know:
            return f"{name} notempty"
        return f"({name} notempty and {name} != {one.question.dont_know_code:g})"


class _Form:
    """What writing an element needs to know."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.names = names_of(job.asked, job.langs)
        self.script = Script(job.asked.by_id, job.fields(), self.names)
        self.extra = Names(r"[^\W\d]\w*", 100)
        for path in self.names.values():
            for name in path:
                self.extra(name)

    def text(self, text: Text) -> str | dict[str, str]:
        """Text in every language; English, or else the first language, is SurveyJS's default."""
        langs = self.job.langs
        first = "en" if "en" in langs else langs[0]
        others = {LOCALES[lang]: say(text, lang) for lang in langs if lang != "en"}
        return {"default": say(text, first), **others} if others else say(text, first)

    def html(self, text: Text) -> str | dict[str, str]:
        """Text as HTML, everything in it escaped."""
        return self.text({lang: _paragraphs(say(text, lang)) for lang in self.job.langs})

    def choices(self, one: Field, number: bool = False) -> list[Element]:
        """Options of a field."""
        made = []
        for option in one.options:
            value: object = _as_number(option.code) if number else option.code
            item: Element = {"value": value, "text": self.text(option.label)}
            if option.exclusive and one.kind == "multiple":
                item["isExclusive"] = True
            if option.relevant is not None:
                item["visibleIf"] = self.script.say(option.relevant)
            made.append(item)
        return made


def write(job: Job) -> Exported:
    """Write the JSON."""
    form = _Form(job)
    pages: list[Element] = []
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        page: Element = {"name": f"page_{module.id}", "title": form.text(module.label)}
        if module.relevant is not None:
            page["visibleIf"] = form.script.say(module.relevant)
        notes = [job.asked.introduction] if job.asked.introduction and not pages else []
        notes += [module.introduction] if module.introduction else []
        page["elements"] = [_note(form, f"{module.id}_introduction", note) for note in notes]
        for screen in screens:
            page["elements"].extend(_screen(form, screen))
        pages.append(page)
    survey = {
        "title": form.text(job.asked.title),
        "locale": LOCALES[job.langs[0]],
        "showProgressBar": True,
        "clearInvisibleValues": "onHiddenContainer",
        "pages": pages,
    }
    path = job.folder / f"{job.stem}.surveyjs.json"
    path.write_text(json.dumps(survey, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return job.done(path)


def _note(form: _Form, name: str, text: Text) -> Element:
    """Text to read."""
    return {"type": "html", "name": form.extra.fresh(name, name), "html": form.html(text)}


def _screen(form: _Form, screen: Screen) -> Iterator[Element]:
    """Elements of a question or a grid."""
    if screen.kind == "grid" and _as_matrix(screen, form.job.langs):
        yield _matrix(form, screen)
        return
    if screen.kind == "grid":
        yield _note(form, f"{screen.id}_lead", screen.wording)
        if screen.shuffle:
            form.job.lose("order of questions on a continuous scale cannot be random", screen.id)
    for question, fields in screen_fields(screen, form.job.langs):
        if question.type == "choice" and question.task and question.task.designed:
            form.job.lose("cards of a designed choice task are to be shown beside the form", question.id)
        if question.task and not question.task.designed:
            yield _conditional(form, _case(form, question), fields[0])
        for one in fields:
            yield _conditional(form, _element(form, one), one)


def _conditional(form: _Form, element: Element, one: Field) -> Element:
    """Give an element its condition."""
    if one.relevant is not None:
        element["visibleIf"] = form.script.say(one.relevant)
    return element


def _matrix(form: _Form, screen: Screen) -> Element:
    """Grid of ratings."""
    first = fields_of(screen.questions[0], form.job.langs)[0]
    element: Element = {
        "type": "matrix",
        "name": form.names[first.name][0],
        "title": form.text(screen.wording or form.job.asked.module(screen.module).label),
        "columns": [{"value": c["value"], "text": c["text"]} for c in form.choices(first, number=True)],
        "rows": [{"value": form.names[q.base][-1], "text": form.text(q.wording)} for q in screen.questions],
    }
    if not screen.wording:
        element["titleLocation"] = "hidden"
    if screen.shuffle:
        element["rowOrder"] = "random"
    if first.required:
        element |= {"isRequired": True, "eachRowRequired": True}
    return _conditional(form, element, first)


def _case(form: _Form, question: Question) -> Element:
    """Alternatives of a case as a table."""
    assert question.task is not None
    tables = {}
    for lang in form.job.langs:
        lines = case_lines(question.task, question.stage, lang)
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in lines)
        rows = "".join(
            f'<tr><th scope="row">{escape(label)}</th>'
            + "".join(f"<td>{escape(levels[number][1])}</td>" for _, levels in lines)
            + "</tr>"
            for number, (label, _) in enumerate(lines[0][1])
        )
        tables[lang] = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
    name = form.extra.fresh(f"{question.id}_facts", f"{question.id}_facts")
    return {"type": "html", "name": name, "html": form.text(tables)}


def _element(form: _Form, one: Field) -> Element:
    """Element of a field."""
    if one.kind == "note":
        return _note(form, one.name, one.text)
    element: Element = {"name": form.names[one.name][0], "title": form.text(one.text)}
    if any(one.hint.values()):
        element["description"] = form.text(one.hint)
    if one.required:
        element["isRequired"] = True
    element |= _KINDS[one.kind](form, one)
    return element


def _choosing(form: _Form, one: Field) -> Element:
    """One option or several."""
    more: Element = {"type": "checkbox" if one.kind == "multiple" else "radiogroup"}
    more["choices"] = form.choices(one)
    more |= _random(form, one)
    if one.kind == "multiple" and one.question.maximum:
        more["maxSelectedChoices"] = int(one.question.maximum)
    if one.differs:
        names = ["{" + form.names[name][0] + "}" for name in one.differs]
        own = "{" + form.names[one.name][0] + "}"
        tests = f"{own} empty or ({' and '.join(f'{own} != {name}' for name in names)})"
        more["validators"] = [_validator(form, tests, "differs")]
    return more


def _random(form: _Form, one: Field) -> Element:
    """Order of options at random, unless some of them have to stay in their place."""
    if one.shuffle and one.fixed:
        form.job.lose("options keep their order, since some of them may not move", one.question.id)
    return {"choicesOrder": "random"} if one.shuffle and not one.fixed else {}


def _rating(form: _Form, one: Field) -> Element:
    """Point of a scale: as buttons with labelled ends, or as a list when every point has a label."""
    points = one.question.scale.points if one.question.scale else ()
    bare = {str(point) for point in points}
    full = all(say(o.label, form.job.langs[0]) not in bare for o in one.options)
    if full:
        return {"type": "radiogroup", "choices": form.choices(one, number=True)}
    ends = [o for o in one.options if not o.dont_know]
    values = [
        item if option.dont_know else item["value"]
        for item, option in zip(form.choices(one, number=True), one.options, strict=True)
    ]
    return {
        "type": "rating",
        "rateValues": values,
        "minRateDescription": form.text(ends[0].label),
        "maxRateDescription": form.text(ends[-1].label),
    }


def _number(form: _Form, one: Field) -> Element:
    """Ask for a number within its limits, or the code of "don't know"."""
    more: Element = {"type": "text", "inputType": "number"}
    if one.question.decimals:
        more["step"] = 10**-one.question.decimals
    name = "{" + ".".join(form.names[one.name]) + "}"
    low, high = one.minimum, one.maximum
    tests = [f"{name} >= {low:g}"] if low is not None else []
    tests += [f"{name} <= {high:.15g}"] if high is not None else []
    if tests:
        whole = " and ".join(tests)
        if one.unknown is not None:
            whole = f"({whole}) or {name} = {one.unknown:g}"
        key = "range" if len(tests) == 2 else "least" if high is None else "most_number"
        more["validators"] = [_validator(form, f"{name} empty or ({whole})", key, low=low, high=high)]
    return more


def _validator(form: _Form, expression: str, key: str, **values: float | None) -> Element:
    """Check with a message of its own."""
    text = form.text(message(key, form.job.langs, **values))
    return {"type": "expression", "expression": expression, "text": text}


def _sum(form: _Form, one: Field) -> Element:
    """Numbers that add up."""
    name = form.names[one.name][0]
    total = one.question.total
    if one.shuffle:
        form.job.lose("order of the parts of a sum cannot be random", one.question.id)
    if any(o.relevant is not None for o in one.options):
        form.job.lose("parts of a sum are offered to everybody", one.question.id)
    items: list[Element] = [
        {"name": o.code, "title": form.text(o.label), "inputType": "number"} for o in one.options
    ]
    for item in items:
        item["isRequired"] = one.required
        low_high = f"{{{name}.{item['name']}}} empty or {{{name}.{item['name']}}} >= 0"
        item["validators"] = [_validator(form, low_high, "range", low=0, high=total)]
    parts = " + ".join(f"{{{name}.{o.code}}}" for o in one.options)
    whole = f"{{{name}}} empty or ({parts} = {total:g})"
    return {
        "type": "multipletext",
        "items": items,
        "validators": [_validator(form, whole, "total", high=total)],
    }


def _ranking(form: _Form, one: Field) -> Element:
    """Options put in order, all of them or the first few."""
    more: Element = {"type": "ranking", "choices": form.choices(one), **_random(form, one)}
    most = int(one.question.maximum or len(one.options))
    if most < len(one.options):
        more |= {"selectToRankEnabled": True, "maxSelectedChoices": most}
    return more


def _text(form: _Form, one: Field) -> Element:
    """Words: a line for short ones, a box for long ones."""
    most = one.question.maximum if one.part != "other" else None
    short = one.part == "other" or (most is not None and most <= 120)
    more: Element = {"type": "text" if short else "comment"}
    return {**more, "maxLength": int(most)} if most else more


def _date(form: _Form, one: Field) -> Element:
    """Ask for a day."""
    return {"type": "text", "inputType": "date"}


_KINDS = {
    "single": _choosing,
    "multiple": _choosing,
    "scale": _rating,
    "number": _number,
    "sum": _sum,
    "ranking": _ranking,
    "text": _text,
    "date": _date,
}


def _as_number(code: str) -> float:
    """Return the number that a point of a scale stands for."""
    number = float(code)
    return int(number) if number.is_integer() else number


def _paragraphs(text: str) -> str:
    """Text as paragraphs of HTML."""
    return "".join(f"<p>{escape(part)}</p>" for part in _parts(text))


def _parts(text: str) -> Iterable[str]:
    """Lines of a text that are not empty."""
    return (part.strip() for part in text.split("\n") if part.strip())
