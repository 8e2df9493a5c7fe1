"""LimeSurvey: the survey as tab-separated text."""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from io import StringIO

from csat.study.export.conditions import Dialect
from csat.study.export.fields import Field, case_lines, say, screen_fields
from csat.study.export.limesurvey_columns import COLUMNS
from csat.study.export.messages import message
from csat.study.export.spreadsheet import safe_cell
from csat.study.export.target import Exported, Job, Names
from csat.study.questionnaire import Questionnaire, Screen
from csat.study.questions import Option
from csat.study.scales import Text

LANGUAGES = {"en": "en", "zh": "zh-Hans"}
_SHORT = re.compile(r"[A-Za-z0-9]{1,5}\Z")


@dataclass(frozen=True)
class Variable:
    """Code of a field's question, of its row in an array, and of its options."""

    code: str
    row: str
    options: Mapping[str, str]

    @property
    def reference(self) -> str:
        """As expressions name it."""
        return f"{self.code}_{self.row}" if self.row else self.code

    @property
    def column(self) -> str:
        """As the file of answers names it."""
        return f"{self.code}[{self.row}]" if self.row else self.code


def variables(asked: Questionnaire, langs: tuple[str, ...]) -> dict[str, Variable]:
    """Codes of every field: letters and digits, 20 for questions, 5 for rows and options."""
    names = Names("[A-Za-z][A-Za-z0-9]*", 20, join="", fold=True)
    found: dict[str, Variable] = {}
    for screen in asked.screens:
        grid = names(screen.id, screen.id, scope="grid") if is_array(screen, langs) else ""
        rows = short_codes([q.id for q in screen.questions], "SQ")
        for question, fields in screen_fields(screen, langs):
            for one in fields:
                options = short_codes([o.code for o in one.options], "A", _unknown(one.options))
                if grid:
                    found[one.name] = Variable(grid, rows[question.id], options)
                else:
                    plain = f"{question.id}{one.name.removeprefix(question.base)}"
                    found[one.name] = Variable(names(one.name, plain), "", options)
    return found


def _unknown(options: tuple[Option, ...]) -> str:
    """Code of the option that stands for "don't know"."""
    return next((o.code for o in options if o.dont_know), "")


def short_codes(codes: list[str], letter: str, unknown: str = "") -> dict[str, str]:
    """Five letters or digits for each code: itself, or a number after a letter."""
    kept = {c.lower() for c in codes if _SHORT.match(c)}
    found: dict[str, str] = {}
    for number, code in enumerate(codes, start=1):
        tries = ["DK"] if code == unknown else []
        tries += [f"{letter}{number:0{5 - len(letter)}d}", f"Z{number:04d}"]
        free = (t for t in tries if t.lower() not in kept)
        found[code] = code if _SHORT.match(code) else next(free)
        kept.add(found[code].lower())
    return found


def is_array(screen: Screen, langs: tuple[str, ...]) -> bool:
    """Whether a grid becomes an array (ratings on points do)."""
    return screen.kind == "grid" and all(
        f.kind == "scale" for _, fs in screen_fields(screen, langs) for f in fs
    )


@dataclass(frozen=True)
class Script(Dialect):
    """Conditions in LimeSurvey's expression language."""

    variables: Mapping[str, Variable] = field(default_factory=dict)

    both = " && "
    either = " || "

    def negate(self, written: str) -> str:
        """Write the opposite."""
        return f"!({written})"

    def _name(self, one: Field) -> str:
        """Refer to an answer, also when its question is hidden."""
        return f"{self.variables[one.name].reference}.NAOK"

    def compare(self, one: Field, operator: str, value: str) -> str:
        """Write a comparison that no answer does not pass, except "not equal"."""
        name, sign = self._name(one), "==" if operator == "=" else operator
        codes = self.variables[one.name].options
        code = codes.get(value, value)
        ordered = one.kind in ("scale", "number") and operator not in ("=", "!=")
        as_number = one.kind == "number" or (ordered and code == value)
        right = value if as_number else f'"{code}"'
        if operator == "!=":
            return f"(is_empty({name}) || {name} != {right})"
        tests = [f"!is_empty({name})"]
        if ordered and one.kind == "scale":
            tests += [f'{name} != "{codes[o.code]}"' for o in one.options if o.dont_know]
        return f"({' && '.join([*tests, f'{name} {sign} {right}'])})"

    def selected(self, one: Field, code: str) -> str:
        """Write that an option of several was chosen."""
        variable = self.variables[one.name]
        return f'{variable.code}_{variable.options[code]}.NAOK == "Y"'

    def answered(self, one: Field) -> str:
        """Write that there is an answer, other than "don't know"."""
        variable, name = self.variables[one.name], self._name(one)
        if one.kind == "multiple":
            return "(" + " || ".join(self.selected(one, o.code) for o in one.options) + ")"
        if one.kind == "sum":
            parts = (f"!is_empty({variable.code}_{variable.options[o.code]}.NAOK)" for o in one.options)
            return "(" + " || ".join(parts) + ")"
        if one.kind == "ranking":
            return f"!is_empty({variable.code}_1.NAOK)"
        tests = [f"!is_empty({name})"]
        tests += [f'{name} != "{variable.options[o.code]}"' for o in one.options if o.dont_know]
        tests += [f"{name} != {one.unknown:g}"] if one.unknown is not None else []
        return tests[0] if len(tests) == 1 else f"({' && '.join(tests)})"


class _Sheet:
    """Rows of one language after the other, with ids that are the same in all."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.variables = variables(job.asked, job.langs)
        self.script = Script(job.asked.by_id, job.fields(), self.variables)
        self.rows: list[dict[str, str]] = []
        self.lang = job.langs[0]
        self.number = 0

    def add(self, kind: str, name: str, text: str = "", **cells: object) -> None:
        """Add a row."""
        more = {key: str(value) for key, value in cells.items() if value not in (None, "")}
        more = {key: safe_cell(v) if key in ("help", "em_validation_q_tip") else v for key, v in more.items()}
        row = {"class": kind, "name": name, "text": safe_cell(text), **more}
        if kind != "S":
            row["language"] = LANGUAGES[self.lang]
        if kind in ("G", "Q", "SQ", "A"):
            self.number += 1
            row["id"] = str(self.number)
        self.rows.append(row)

    def say(self, text: Text) -> str:
        """Text in the language of the rows, as HTML that holds no expression."""
        return as_html(say(text, self.lang))


def as_html(text: str) -> str:
    """Plain text as HTML in one line; braces, which would begin an expression, as entities."""
    safe = escape(text, quote=False).replace("{", "&#123;").replace("}", "&#125;").replace("\t", " ")
    return re.sub(r"\s*\n\s*", "<br />", safe.strip())


def write(job: Job) -> Exported:
    """Write the text file."""
    sheet = _Sheet(job)
    _settings(sheet)
    for lang in job.langs:
        sheet.lang, sheet.number = lang, 0
        for number, module in enumerate(job.asked.modules):
            screens = job.asked.screens_of(module.id)
            if not screens:
                continue
            relevance = sheet.script.say(module.relevant) if module.relevant is not None else 1
            more = {"type/scale": f"G{number}", "relevance": relevance}
            sheet.add("G", sheet.say(module.label), sheet.say(module.introduction), **more)
            for screen in screens:
                _screen(sheet, screen)
    path = job.folder / f"{job.stem}.limesurvey.txt"
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(sheet.rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return job.done(path)


def _settings(sheet: _Sheet) -> None:
    """Rows about the survey, then about it in each language."""
    job = sheet.job
    others = " ".join(LANGUAGES[lang] for lang in job.langs[1:])
    number = 100_000 + zlib.crc32(job.stem.encode()) % 900_000
    for name, value in (
        ("sid", str(number)),
        ("gsid", "1"),
        ("format", "G"),
        ("language", LANGUAGES[job.langs[0]]),
        ("additional_languages", others),
        ("datestamp", "Y"),
        ("savetimings", "Y"),
        ("shownoanswer", "N"),
    ):
        sheet.add("S", name, value)
    for lang in job.langs:
        sheet.lang = lang
        for name, value in (
            ("surveyls_survey_id", str(number)),
            ("surveyls_language", LANGUAGES[lang]),
            ("surveyls_title", sheet.say(job.asked.title)),
            ("surveyls_welcometext", sheet.say(job.asked.introduction)),
            ("surveyls_dateformat", "6"),
            ("surveyls_numberformat", "0"),
        ):
            sheet.add("SL", name, value)


def _screen(sheet: _Sheet, screen: Screen) -> None:
    """Rows of a question or of an array."""
    listed = screen_fields(screen, sheet.job.langs)
    if is_array(screen, sheet.job.langs):
        first = listed[0][1][0]
        text = sheet.say(screen.wording)
        _question(sheet, first, "F", text, random_order=1 if screen.shuffle else None)
        for _, fields in listed:
            sheet.add("SQ", sheet.variables[fields[0].name].row, sheet.say(fields[0].text), relevance=1)
        _answers(sheet, first)
        return
    if screen.shuffle:
        sheet.job.lose("order of questions on a continuous scale cannot be random", screen.id)
    for _, fields in listed:
        for one in fields:
            _field(sheet, one)


def _question(sheet: _Sheet, one: Field, kind: str, text: str, **cells: object) -> None:
    """Row of a question."""
    relevance = sheet.script.say(one.relevant) if one.relevant is not None else 1
    more: dict[str, object] = {"type/scale": kind, "relevance": relevance, "other": "N"}
    more |= {"mandatory": "Y" if one.required else "N", "help": sheet.say(one.hint)}
    sheet.add("Q", sheet.variables[one.name].code, text, **more, **cells)


def _answers(sheet: _Sheet, one: Field) -> None:
    """Rows of the options of a field."""
    for option in one.options:
        code = sheet.variables[one.name].options[option.code]
        sheet.add("A", code, sheet.say(option.label), **{"type/scale": 0})
        if option.relevant is not None:
            sheet.job.lose("options are offered to everybody", one.question.id)


def _field(sheet: _Sheet, one: Field) -> None:
    """Rows of a field."""
    task = one.question.task
    if task and task.designed:
        sheet.job.lose("cards of a designed choice task are to be shown beside the form", one.question.id)
    text = sheet.say(one.text)
    if task and not task.designed:
        lines = case_lines(task, one.question.stage, sheet.lang)
        text = (
            "".join(f"<p><b>{as_html(n)}</b>: {_levels(levels)}</p>" for n, levels in lines)
            + f"<p>{text}</p>"
        )
    cells: dict[str, object] = {}
    if one.shuffle and one.fixed:
        sheet.job.lose("options keep their order, since some of them may not move", one.question.id)
    elif one.shuffle:
        cells["random_order"] = 1
    _ROWS[one.kind](sheet, one, text, cells)


def _levels(levels: list[tuple[str, str]]) -> str:
    """Levels of an alternative in one line."""
    return "; ".join(f"{as_html(name)}: {as_html(value)}" for name, value in levels)


def _single(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """One option of a list."""
    if one.differs:
        own = f"{sheet.variables[one.name].reference}.NAOK"
        others = (f"{sheet.variables[name].reference}.NAOK" for name in one.differs)
        test = " && ".join(f"{own} != {other}" for other in others)
        cells |= {"em_validation_q": f"is_empty({own}) || ({test})", **_tip(sheet, "differs")}
    _question(sheet, one, "L", text, **cells)
    _answers(sheet, one)


def _multiple(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Several options."""
    codes = sheet.variables[one.name].options
    if one.question.maximum:
        cells["max_answers"] = f"{one.question.maximum:g}"
    cells["exclude_all_others"] = ";".join(codes[code] for code in one.exclusive)
    _question(sheet, one, "M", text, **cells)
    for option in one.options:
        relevance = sheet.script.say(option.relevant) if option.relevant is not None else 1
        sheet.add("SQ", codes[option.code], sheet.say(option.label), relevance=relevance)


def _sum(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Numbers that add up."""
    whole = {"equals_num_value": f"{one.question.total:g}", "num_value_int_only": 1}
    _question(sheet, one, "K", text, **whole, **cells)
    for option in one.options:
        relevance = sheet.script.say(option.relevant) if option.relevant is not None else 1
        code = sheet.variables[one.name].options[option.code]
        sheet.add("SQ", code, sheet.say(option.label), relevance=relevance)


def _ranking(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Options in order."""
    most = f"{one.question.maximum:g}" if one.question.maximum else None
    _question(sheet, one, "R", text, max_answers=most, **cells)
    _answers(sheet, one)


def _number(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Ask for a number within its limits, or the code of "don't know"."""
    name = f"{sheet.variables[one.name].reference}.NAOK"
    low, high = one.minimum, one.maximum
    tests = [f"{name} >= {low:g}"] if low is not None else []
    tests += [f"{name} <= {high:.15g}"] if high is not None else []
    if tests:
        whole = " && ".join(tests)
        if one.unknown is not None:
            whole = f"({whole}) || {name} == {one.unknown:g}"
        key = "range" if len(tests) == 2 else "least" if high is None else "most_number"
        cells["em_validation_q"] = f"is_empty({name}) || ({whole})"
        cells |= _tip(sheet, key, low=low, high=high)
    if one.columns[0].whole:
        cells["num_value_int_only"] = 1
    elif one.question.decimals:
        sheet.job.lose("number of decimal places is not limited", one.question.id)
    _question(sheet, one, "N", text, **cells)


def _tip(sheet: _Sheet, key: str, **values: float | None) -> dict[str, object]:
    """Cell that says what a check wants."""
    return {"em_validation_q_tip": message(key, (sheet.lang,), **values)[sheet.lang]}


def _text(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Words."""
    most = one.question.maximum if one.part != "other" else None
    short = one.part == "other" or (most is not None and most <= 120)
    _question(sheet, one, "S" if short else "T", text, maximum_chars=f"{most:g}" if most else None)


def _date(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Ask for a day."""
    _question(sheet, one, "D", text, date_format="YYYY-mm-dd")


def _note(sheet: _Sheet, one: Field, text: str, cells: dict[str, object]) -> None:
    """Text to read."""
    _question(sheet, one, "X", text)


_ROWS = {
    "single": _single,
    "scale": _single,
    "multiple": _multiple,
    "sum": _sum,
    "ranking": _ranking,
    "number": _number,
    "text": _text,
    "date": _date,
    "note": _note,
}
