"""What the cells of a column may be: its codes, and the labels that stand for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from csat.data.mapping.recoding import canonical
from csat.data.table import Variable
from csat.study.definition import Study
from csat.study.questions import Column, Question
from csat.study.scales import Scale

_NUMBER_AND_LABEL = re.compile(r"(-?\d+)\s*[-–—:：=.、]\s*(\S.*)")
_LABEL_AND_NUMBER = re.compile(r"(.*\S)\s*[-–—:：=]\s*(\d+)")


@dataclass(frozen=True)
class Meaning:
    """What one column of the study holds.

    Attributes
    ----------
    name : str
        Id of the item or segment, else the column: what the ledger calls it.
    labels : mapping of str to str
        Label (see `folded`) -> code, of those labels that stand for a single code.
    codes : frozenset of str
        Codes in canonical form; empty where any value may stand.
    numeric : bool
        Whether any number is an answer in its own right.
    missing : frozenset of str
        Codes by which the study itself tells kinds of missing answers, such as "don't know".
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    numeric: bool = False
    missing: frozenset[str] = frozenset()

    def is_code(self, cell: str) -> bool:
        """Whether a cell is an answer as the study writes it."""
        short = canonical(cell)
        return short in self.codes or short in self.missing or (self.numeric and _is_number(short))

    def by_label(self, text: str) -> str | None:
        """Code that a label stands for; a number beside its own label (``10 - Extremely likely``) will do."""
        key = folded(text)
        if key in self.labels:
            return self.labels[key]
        for shape, number, label in ((_NUMBER_AND_LABEL, 1, 2), (_LABEL_AND_NUMBER, 2, 1)):
            match = shape.fullmatch(key)
            code = self.labels.get(match[label].strip()) if match else None
            if match and code is not None and canonical(match[number]) == canonical(code):
                return code
        return None


def folded(text: str) -> str:
    """Label as it is compared: characters of compatible forms are one, and so are several blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _is_number(text: str) -> bool:
    """Whether a text is a number."""
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Label -> code, of pairs (label, code), without labels that several codes share."""
    found: dict[str, set[str]] = {}
    for label, code in pairs:
        if folded(label):
            found.setdefault(folded(label), set()).add(code)
    return {label: next(iter(codes)) for label, codes in found.items() if len(codes) == 1}


def meanings(study: Study) -> dict[str, Meaning]:
    """Meaning of each column that the study gives one.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict of str to Meaning
        By the column's name. Labels count in every language of the study.
    """
    found: dict[str, Meaning] = {}
    for segment in study.segments.values():
        labels = unambiguous((t, code) for code, text in segment.values.items() for t in text.values())
        codes = frozenset(canonical(c) for c in segment.values)
        found[segment.column] = Meaning(segment.id, labels, codes)
    for question in study.questions.values():
        for column in question.columns:
            if question.base in found and column.name == question.base:
                continue  # a segment reads its answers, by the same options unless it has its own
            found[column.name] = _of_column(question, column)
    for item in study.items.values():
        scale = study.scales[item.scale]
        found[item.column] = _of_scale(item.id, scale, item.dont_know)
    return found


def _of_scale(name: str, scale: Scale, dont_know: bool) -> Meaning:
    """Meaning of a rating."""
    pairs = [(text, str(point)) for points in scale.labels.values() for point, text in points.items()]
    if dont_know:
        pairs += [(scale.dont_know_label(lang), f"{scale.dont_know_code:g}") for lang in ("en", "zh")]
        pairs += [(text, f"{scale.dont_know_code:g}") for text in scale.dont_know.values()]
    missing = frozenset(f"{m:g}" for m in (*scale.missing, *((scale.dont_know_code,) if dont_know else ())))
    return Meaning(name, unambiguous(pairs), frozenset(map(str, scale.points)), True, missing)


def _of_column(question: Question, column: Column) -> Meaning:
    """Meaning of a column of a question."""
    name = question.id if column.name == question.base else column.name
    if question.scale is not None and column.kind == "number":
        return _of_scale(name, question.scale, question.dont_know)
    if column.kind == "code":
        wanted = set(column.values)
        options = [o for o in question.options if o.code in wanted]
        labels = unambiguous((text, o.code) for o in options for text in o.label.values())
        return Meaning(name, labels, frozenset(canonical(v) for v in column.values))
    if column.kind == "flag":
        texts = question.option(column.option).label.values()
        return Meaning(name, unambiguous((text, "1") for text in texts), frozenset({"0", "1"}))
    missing = frozenset(f"{m:g}" for m in column.missing)
    return Meaning(name, numeric=column.kind in ("number", "rank"), missing=missing)


def translation(cells: Iterable[str], meaning: Meaning, variable: Variable | None) -> dict[str, str]:
    """Codes of those cells that are labels, or codes of the export whose label says which code is meant.

    Parameters
    ----------
    cells : iterable of str
        Distinct cells that are answers.
    meaning : Meaning
        What the study's column holds.
    variable : Variable or None
        What the export says of the column.

    Returns
    -------
    dict of str to str
        Cell -> code, where the two differ. A cell that is a code of the study stays, unless the labels of the
        export show for *every* cell of the column which code is meant.
    """
    told = variable.labels if variable else {}
    there = {canonical(code): label for code, label in told.items()}
    swapped = _by_their_labels(list(cells), meaning, there)
    if swapped is not None:
        return swapped
    back = unambiguous((label, code) for code, label in told.items())
    result = {}
    for cell in cells:
        if meaning.is_code(cell):
            continue
        code = meaning.by_label(cell)
        if code is None and canonical(cell) in there:
            code = meaning.by_label(there[canonical(cell)])
        if code is None and (found := back.get(folded(cell))) is not None and meaning.is_code(found):
            code = found
        if code is not None and code != cell:
            result[cell] = code
    return result


def _by_their_labels(cells: list[str], meaning: Meaning, there: Mapping[str, str]) -> dict[str, str] | None:
    """Translate by the export's labels alone, if some contradict the study's codes and all are known."""
    if not any(True for _ in contradictions(cells, meaning, there)):
        return None
    answers = [cell for cell in cells if canonical(cell) not in meaning.missing]
    codes = {cell: meaning.by_label(there.get(canonical(cell), cell)) for cell in answers}
    known = {cell: code for cell, code in codes.items() if code is not None}
    if len(known) < len(answers):
        return None
    return {cell: code for cell, code in known.items() if canonical(cell) != canonical(code)}


def contradictions(
    cells: Iterable[str], meaning: Meaning, there: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Cells that are codes of the study, but that the export labels as another one: cell, label, code."""
    for cell in cells:
        label = there.get(canonical(cell), "")
        code = meaning.by_label(label) if label and meaning.is_code(cell) else None
        if code is not None and canonical(code) != canonical(cell):
            yield cell, label, code
