"""DDI-Codebook 2.6: the questionnaire's variables as archives exchange them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from csat.study.export.conditions import Plain
from csat.study.export.fields import Field, say, screen_fields
from csat.study.export.target import Exported, Job
from csat.study.questionnaire import Screen
from csat.study.questions import Column, Option
from csat.study.scales import Text

NAMESPACE = "ddi:codebook:2_6"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


def write(job: Job) -> Exported:
    """Write the codebook."""
    ElementTree.register_namespace("", NAMESPACE)
    root = Element(f"{{{NAMESPACE}}}codeBook", {"version": "2.6", _LANG: job.langs[0]})
    _study(job, root)
    data = _add(root, "dataDscr")
    _groups(job, data)
    plain = {lang: Plain(job.asked.by_id, job.fields(), lang) for lang in job.langs}
    for screen in job.asked.screens:
        for question, fields in screen_fields(screen, job.langs):
            for one in fields:
                for column in one.columns:
                    _variable(job, data, screen, one, column, plain)
            if question.task and question.task.designed:
                job.lose("designs of choice tasks are described by their labels only", question.id)
    if any(s.shuffle for s in job.asked.screens) or any(q.randomise != "none" for q in job.asked.questions):
        job.lose("random order is not described")
    ElementTree.indent(root, " ")
    path = job.folder / f"{job.stem}.ddi.xml"
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return job.done(path)


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """Add an element."""
    lang = attributes.pop("lang", "")
    element = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    if lang:
        element.set(_LANG, lang)
    if text:
        element.text = _NOT_XML.sub("", text)
    return element


def _say(job: Job, parent: Element, tag: str, text: Text) -> None:
    """Add an element in every language that has words for it."""
    for lang in job.langs:
        if words := text.get(lang, ""):
            _add(parent, tag, words, lang=lang)


def _study(job: Job, root: Element) -> None:
    """Add title, source, language and population."""
    study = _add(root, "stdyDscr")
    titles = _add(_add(study, "citation"), "titlStmt")
    _add(titles, "titl", say(job.asked.title, job.langs[0]), lang=job.langs[0])
    for lang in job.langs[1:]:
        _add(titles, "parTitl", say(job.asked.title, lang), lang=lang)
    _add(titles, "IDNo", job.stem)
    about = _add(study, "stdyInfo")
    _say(job, about, "abstract", job.study.source or job.asked.title)
    if job.study.population:
        _say(job, _add(about, "sumDscr"), "universe", job.study.population)


def _groups(job: Job, data: Element) -> None:
    """Add the modules as groups of variables."""
    for module in job.asked.modules:
        own = [c for s in job.asked.screens_of(module.id) for q in s.questions for c in q.columns]
        if own:
            ids = " ".join(identifier(job, column.name) for column in own)
            group = _add(data, "varGrp", ID=f"G_{module.id}", name=module.id, type="section", var=ids)
            _say(job, group, "labl", module.label)


def identifier(job: Job, column: str) -> str:
    """Identify a variable by its place among the columns."""
    return f"V{[c.name for c in job.asked.columns].index(column) + 1}"


def _variable(
    job: Job, data: Element, screen: Screen, one: Field, column: Column, plain: dict[str, Plain]
) -> None:
    """Add one variable: label, question, values, who is asked, concepts."""
    option = one.question.option(column.option) if column.option and one.part != "other" else None
    interval = "contin" if column.kind in ("number", "rank") else "discrete"
    variable = _add(data, "var", ID=identifier(job, column.name), name=column.name, intrvl=interval)
    for lang in job.langs:
        label = say(one.question.label, lang)
        tail = f": {say(option.label, lang)}" if option else f" ({column.name})" if one.part else ""
        _add(variable, "labl", f"{label}{tail}", lang=lang)
    if one.question.pii:
        _add(variable, "security", "personal data")
    _question(job, variable, screen, one)
    _values(job, variable, one, column)
    if one.condition is not None:
        _say(job, variable, "universe", {lang: plain[lang].say(one.condition) for lang in job.langs})
    _categories(job, variable, one, column)
    for concept in one.question.concept:
        _add(variable, "concept", concept)
    _add(variable, "varFormat", type="character" if column.kind in ("text", "date", "code") else "numeric")


def _question(job: Job, variable: Element, screen: Screen, one: Field) -> None:
    """Add the question as it is asked."""
    question = _add(variable, "qstn")
    if screen.kind == "grid":
        _say(job, question, "preQTxt", screen.wording)
    _say(job, question, "qstnLit", one.text)
    if any(one.hint.values()):
        _say(job, question, "ivuInstr", one.hint)


def _values(job: Job, variable: Element, one: Field, column: Column) -> None:
    """Add the range of numbers and the codes for no answer."""
    limits = {"min": column.minimum, "max": column.maximum}
    known = {key: f"{value:.15g}" for key, value in limits.items() if value is not None}
    if known:
        _add(_add(variable, "valrng"), "range", **known)
    if column.missing:
        invalid = _add(variable, "invalrng")
        for code in column.missing:
            _add(invalid, "item", VALUE=f"{code:g}")


def _categories(job: Job, variable: Element, one: Field, column: Column) -> None:
    """Add the codes with their labels."""
    options = one.options if column.kind == "code" or one.kind == "scale" else ()
    if column.kind == "flag":
        options = (
            Option("1", {"en": "chosen", "zh": "选中"}),
            Option("0", {"en": "not chosen", "zh": "未选"}),
        )
    for option in options:
        missing = {"missing": "Y"} if option.dont_know else {}
        category = _add(variable, "catgry", **missing)
        _add(category, "catValu", option.code)
        _say(job, category, "labl", option.label)
