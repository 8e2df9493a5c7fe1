"""XLSForm: the workbook that ODK, KoboToolbox and SurveyCTO read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from csat.study.export.conditions import Dialect
from csat.study.export.fields import Field, case_text, fields_of, say, screen_fields
from csat.study.export.messages import message
from csat.study.export.spreadsheet import safe_cell, save_workbook
from csat.study.export.target import Exported, Job, Names, field_names
from csat.study.questionnaire import Screen
from csat.study.questions import Question
from csat.study.scales import Text

LANGUAGE_NAMES = {"en": "English (en)", "zh": "中文 (zh)"}
NAME = r"[^\W\d][\w\-]*"
_GRID_POINTS = 11


def names_of(job_fields: Mapping[str, tuple[Field, ...]]) -> dict[str, str]:
    """Name in the form of each field."""
    names = Names(NAME, 64)
    return field_names((f for fields in job_fields.values() for f in fields), names)


def places_needed(question: Question) -> bool:
    """Whether a ranking asks for its first places only, which the type ``rank`` cannot."""
    return question.type == "ranking" and bool(question.maximum) and question.maximum != len(question.options)


def form_fields(job: Job) -> dict[str, tuple[Field, ...]]:
    """Fields of each question as the form has them."""
    both = {False: job.fields(), True: job.fields(places=True)}
    return {q.id: both[places_needed(q)][q.id] for q in job.asked.questions}


@dataclass(frozen=True)
class XPath(Dialect):
    """Conditions as XLSForm writes them."""

    names: Mapping[str, str] = field(default_factory=dict)

    def compare(self, one: Field, operator: str, value: str) -> str:
        """Write a comparison; codes are quoted, numbers are not."""
        right = value if one.kind in ("scale", "number") else f"'{value}'"
        return f"${{{self.names[one.name]}}} {operator} {right}"

    def selected(self, one: Field, code: str) -> str:
        """Write that an option of several was chosen."""
        return f"selected(${{{self.names[one.name]}}}, '{code}')"

    def answered(self, one: Field) -> str:
        """Write that there is an answer, other than "don't know"."""
        if one.kind == "sum":
            tests = (f"${{{self.names[one.name]}_{c.option}}} != ''" for c in one.columns)
            return f"({' or '.join(tests)})"
        name = f"${{{self.names[one.name]}}}"
        unknown = one.unknown
        if one.kind == "scale" and one.question.dont_know:
            unknown = one.question.dont_know_code
        return f"{name} != ''" if unknown is None else f"({name} != '' and {name} != {unknown:g})"


class _Form:
    """Rows of the two sheets, as they grow."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.fields = form_fields(job)
        self.names = names_of(self.fields)
        self.xpath = XPath(job.asked.by_id, self.fields, self.names)
        self.survey: list[dict[str, str]] = []
        self.choices: list[dict[str, str]] = []
        self.lists: dict[str, str] = {}
        self.groups = Names(NAME, 64)
        for name in (*self.names.values(), "start", "end", "audit"):
            self.groups(name)

    def texts(self, column: str, text: Text) -> dict[str, str]:
        """Cells of a text in every language."""
        if not text:
            return {}
        return {f"{column}::{LANGUAGE_NAMES[lang]}": safe_cell(say(text, lang)) for lang in self.job.langs}

    def add(self, kind: str, name: str = "", label: Text | None = None, **cells: str) -> None:
        """Add a row to the survey sheet."""
        self.survey.append({"type": kind, "name": name, **self.texts("label", label or {}), **cells})

    def begin(self, name: str, label: Text, appearance: str = "", relevant: str = "") -> None:
        """Open a group; its name is made to differ from that of every field."""
        free = self.groups.fresh(f"{name}_group", f"{name}_group")
        self.add("begin_group", free, label, appearance=appearance, relevant=relevant)

    def condition(self, relevant: object) -> str:
        """Write a condition, empty when there is none."""
        return "" if relevant is None else self.xpath.say(relevant)  # type: ignore[arg-type]

    def list_of(self, one: Field) -> str:
        """Name of the list of a field's options; lists that are alike are written once."""
        key = repr(one.options)
        if key not in self.lists:
            stem = one.question.option_list or (one.question.scale.id if one.question.scale else one.name)
            name = self.groups.fresh(f"list_{stem}", "list")
            self.lists[key] = name
            for number, option in enumerate(one.options):
                shown = "all" if option.relevant is None else f"if{number}"
                row = {"list_name": name, "name": option.code, "shown": shown}
                self.choices.append({**row, **self.texts("label", option.label)})
        return self.lists[key]

    def filter(self, one: Field) -> str:
        """Write who is offered which options."""
        some = [(f"if{i}", o.relevant) for i, o in enumerate(one.options) if o.relevant is not None]
        if not some:
            return ""
        parts = [f"(shown = '{key}' and ({self.condition(relevant)}))" for key, relevant in some]
        return " or ".join(["shown = 'all'", *parts])

    def message(self, key: str, **values: float | None) -> dict[str, str]:
        """Cells that say what a constraint wants."""
        return self.texts("constraint_message", message(key, self.job.langs, **values))


def write(job: Job) -> Exported:
    """Write the workbook."""
    form = _Form(job)
    for kind in ("start", "end"):
        form.add(kind, kind)
    form.add("audit", "audit", parameters="track-changes=true")
    if job.asked.introduction:
        form.add("note", form.groups.fresh("introduction_note"), job.asked.introduction)
    for module in job.asked.modules:
        screens = job.asked.screens_of(module.id)
        if not screens:
            continue
        form.begin(module.id, module.label, relevant=form.condition(module.relevant))
        if module.introduction:
            form.add("note", form.groups.fresh(f"{module.id}_introduction"), module.introduction)
        for screen in screens:
            _screen(form, screen)
        form.add("end_group")
    path = job.folder / f"{job.stem}.xlsx"
    _save(form, path)
    return job.done(path)


def _screen(form: _Form, screen: Screen) -> None:
    """Rows of a question, or of a grid as a table."""
    if screen.kind == "grid":
        first = screen.questions[0]
        points = len(fields_of(first, form.job.langs)[0].options)
        appearance = "table-list" if points and points <= _GRID_POINTS else "field-list"
        form.begin(screen.id, screen.wording or {}, appearance, form.condition(first.relevant))
        if screen.shuffle:
            form.job.lose("order of the rows of a grid cannot be random", screen.id)
    for question, _ in screen_fields(screen, form.job.langs):
        if question.type == "choice" and question.task and question.task.designed:
            form.job.lose("cards of a designed choice task are to be shown beside the form", question.id)
        for one in fields_of(question, form.job.langs, places=places_needed(question)):
            _field(form, one, inside=screen.kind == "grid")
    if screen.kind == "grid":
        form.add("end_group")


def _field(form: _Form, one: Field, inside: bool) -> None:
    """Rows of one field."""
    cells: dict[str, str] = form.texts("hint", one.hint) if any(one.hint.values()) else {}
    cells["required"] = "yes" if one.required else ""
    cells["relevant"] = "" if inside else form.condition(one.relevant)
    name = form.names[one.name]
    text = one.text
    task = one.question.task
    if task and not task.designed:
        stage = one.question.stage
        text = {lang: f"{case_text(task, stage, lang)}\n\n{say(one.text, lang)}" for lang in form.job.langs}
    if one.kind == "sum":
        _sum(form, one, name, cells)
    elif one.kind in ("single", "scale", "multiple", "ranking"):
        kind = {"multiple": "select_multiple", "ranking": "rank"}.get(one.kind, "select_one")
        cells["choice_filter"] = form.filter(one)
        cells["parameters"] = _random(form, one)
        cells |= _choosing(form, one)
        form.add(f"{kind} {form.list_of(one)}", name, text, **cells)
    else:
        number = "decimal" if one.columns and not one.columns[0].whole else "integer"
        kind = {"number": number, "text": "text", "date": "date", "note": "note"}[one.kind]
        form.add(kind, name, text, **{**cells, **_limits(form, one)})


def _random(form: _Form, one: Field) -> str:
    """Whether options are shuffled; not where some of them have to stay in their place."""
    if one.shuffle and one.fixed:
        form.job.lose("options keep their order, since some of them may not move", one.question.id)
    return "randomize=true" if one.shuffle and not one.fixed else ""


def _choosing(form: _Form, one: Field) -> dict[str, str]:
    """Constraints on what is chosen."""
    if one.differs:
        tests = " and ".join(f". != ${{{form.names[other]}}}" for other in one.differs)
        return {"constraint": tests, **form.message("differs")}
    if one.kind != "multiple":
        return {}
    tests = " and ".join(f"not(selected(., '{c}') and count-selected(.) > 1)" for c in one.exclusive)
    most = one.question.maximum
    if most is None:
        return {"constraint": tests, **form.message("alone")} if tests else {}
    both = " and ".join(filter(None, (tests, f"count-selected(.) <= {most:g}")))
    return {"constraint": both, **form.message("most", high=most)}


def _limits(form: _Form, one: Field) -> dict[str, str]:
    """Constraints on a number, or on the length of a text."""
    if one.kind == "text" and one.question.maximum and one.part != "other":
        most = one.question.maximum
        return {"constraint": f"string-length(.) <= {most:g}", **form.message("length", high=most)}
    if one.kind != "number":
        return {}
    if one.question.decimals:
        form.job.lose("number of decimal places is not limited", one.question.id)
    low, high = one.minimum, one.maximum
    tests = [f". >= {low:g}"] if low is not None else []
    tests += [f". <= {high:.15g}"] if high is not None else []
    if not tests:
        return {}
    whole = " and ".join(tests)
    if one.unknown is not None:
        whole = f"({whole}) or . = {one.unknown:g}"
    key = "range" if len(tests) == 2 else "least" if high is None else "most_number"
    return {"constraint": whole, **form.message(key, low=low, high=high)}


def _sum(form: _Form, one: Field, name: str, cells: dict[str, str]) -> None:
    """Numbers in a group; the last checks that they add up."""
    form.begin(name, one.text, "field-list", cells.pop("relevant"))
    if one.shuffle:
        form.job.lose("order of the parts of a sum cannot be random", one.question.id)
    total = one.question.total
    parts = [f"{name}_{option.code}" for option in one.options]
    for option, part in zip(one.options, parts, strict=True):
        limits = {"constraint": f". >= 0 and . <= {total:g}", **form.message("range", low=0, high=total)}
        if part == parts[-1]:
            others = " + ".join(f"${{{p}}}" for p in parts[:-1])
            limits = {"constraint": f". + {others} = {total:g}", **form.message("total", high=total)}
        if option.relevant is not None:
            form.job.lose("parts of a sum are offered to everybody", one.question.id)
        form.add("integer", part, option.label, **{**cells, **limits})
    form.add("end_group")


def _save(form: _Form, path: Path) -> None:
    """Write the sheets; every cell is text."""
    from openpyxl import Workbook

    job = form.job
    version = {"form_title": say(job.asked.title, job.langs[0]), "form_id": job.stem}
    settings = {**version, "default_language": LANGUAGE_NAMES[job.langs[0]], "style": "pages"}
    book = Workbook()
    book.remove(book.active)
    for title, rows in (("survey", form.survey), ("choices", form.choices), ("settings", [settings])):
        sheet = book.create_sheet(title)
        head = [key for key in dict.fromkeys(k for row in rows for k in row) if any(r.get(key) for r in rows)]
        sheet.append(head)
        for row in rows:
            sheet.append([row.get(key) or None for key in head])
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                if cell.value is not None:
                    cell.data_type = "s"
    save_workbook(book, path)
