"""Read ``[truth]`` of study.toml: every mistake is named, none stops the reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast, get_args

from csat.study.definition import Study
from csat.study.fields import Table, is_number
from csat.study.problems import Problem, StudyError, listing, suggest
from csat.study.simulate.truth import (
    FRACTIONS,
    KANO_CLASSES,
    SHARES,
    ChoiceTruth,
    QuestionTruth,
    RatingTruth,
    Slopes,
    Tail,
    Truth,
)

MOST = 10_000_000
_ARROW = re.compile(r"\s*(?:->|→)\s*")
_TILDE = re.compile(r"\s*~\s*")


def truth_of(study: Study) -> Truth:
    """Read the population that a study's simulated answers are drawn from.

    Parameters
    ----------
    study : Study
        The study; what its ``[truth]`` leaves open, or all without one, is as usual (see `Truth`).

    Returns
    -------
    Truth
        Checked.

    Raises
    ------
    StudyError
        With everything that is wrong in ``[truth]``.
    """
    problems: list[Problem] = []
    truth = read_truth(study, problems)
    if problems:
        raise StudyError(problems, study.id)
    return truth


def read_truth(study: Study, problems: list[Problem]) -> Truth:
    """Read the truth of a study; what is wrong goes to `problems`."""
    raw = study.extras.get("truth", {})
    if not isinstance(raw, Mapping):
        problems.append(Problem("study.toml", "", "truth", "is not a table", "a table, [truth]"))
        raw = {}
    table = Table(raw, "[truth]", problems, study.languages)
    numbers = {key: _fraction(table, key, getattr(Truth, key)) for key in (*SHARES, *FRACTIONS)}
    n = table.integer("n", study.planned_n or Truth.n) or Truth.n
    if n > MOST:
        table.note("n", f"{n} respondents are absurd", f"a whole number from 1 to {MOST}")
        n = Truth.n
    structure = table.string("structure", "paths", choices=("paths", "correlations"))
    truth = Truth(
        n=n,
        structure=cast(Literal["paths", "correlations"], structure),
        **numbers,
        paths=_paths(table, study),
        correlations=_correlations(table, study),
        constructs={
            k: _rating(t, study, f"construct {k}", inherit=True)
            for k, t in _named(table, "constructs", study.constructs)
        },
        items={k: _rating(t, study, k) for k, t in _named(table, "items", _ratings(study))},
        questions={k: _question(t, study, k) for k, t in _named(table, "questions", study.questions)},
        choices={k: _choice(t, study, k) for k, t in _named(table, "choices", study.choices)},
        trend=_slopes(table.table("trend"), study),
        waves=_waves(table, study),
        segments=_segments(table, study),
        shares=_segment_shares(table, study),
    )
    table.finish()
    if not problems:
        from csat.study.simulate.checks import check_truth

        problems.extend(check_truth(study, truth))
    return truth


def _fraction(table: Table, key: str, default: float) -> float:
    """Return a number from 0 to 1."""
    value = table.number(key, default)
    if value is None or not 0 <= value <= 1:
        table.note(key, f"{value} is not between 0 and 1", "a number from 0 to 1")
        return default
    return value


def _named(table: Table, key: str, known: Iterable[str]) -> list[tuple[str, Table]]:
    """Sub-tables by the id of something in the study."""
    names = list(known)
    found = []
    for name, inner in table.tables(key):
        if name in names:
            found.append((name, inner))
        else:
            wrong = f'"{name}" is not in the study{suggest(name, names)}'
            inner.note("", wrong, listing(names) or "nothing of the kind in this study")
    return found


def _ratings(study: Study) -> list[str]:
    """Ids of everything that is answered by a point of a scale."""
    return [*study.items, *(q.id for q in study.questions.values() if q.type in ("rating", "nps"))]


def _slopes(table: Table, study: Study) -> Slopes:
    """Read numbers by construct."""
    for name in table.values:
        if name not in study.constructs:
            wrong = f'there is no construct "{name}"{suggest(name, study.constructs)}'
            table.note(name, wrong, listing(study.constructs, 40))
    slopes = {name: table.number(name) for name in table.values}
    for name, value in slopes.items():
        if value is not None and abs(value) > 10:
            table.note(name, f"{value:g} standard deviations are absurd", "a number from -10 to 10")
    return {k: v for k, v in slopes.items() if v is not None and k in study.constructs}


def _pair(table: Table, text: str, mark: re.Pattern[str], study: Study, shape: str) -> tuple[str, str] | None:
    """Two constructs named in one key."""
    parts = mark.split(text.strip())
    if len(parts) != 2:
        table.note(text, "does not name two constructs", shape)
        return None
    for name in parts:
        if name not in study.constructs:
            wrong = f'there is no construct "{name}"{suggest(name, study.constructs)}'
            table.note(text, wrong, listing(study.constructs, 40))
            return None
    return parts[0], parts[1]


def _paths(table: Table, study: Study) -> dict[tuple[str, str], float]:
    """Paths of ``[truth.paths]``, each one of the model."""
    inner = table.table("paths")
    model = {(p.source, p.target) for p in study.paths}
    paths = {}
    for text in inner.values:
        value = inner.number(text)
        pair = _pair(inner, text, _ARROW, study, '"Source -> Target" = number')
        if pair is not None and pair not in model:
            inner.note(text, "is no path of the model", listing(f"{a} -> {b}" for a, b in sorted(model)))
        elif pair is not None and value is not None:
            paths[pair] = value
            if abs(value) > 1:
                inner.note(text, f"{value:g} is no standardised path", "a number from -1 to 1")
    return paths


def _correlations(table: Table, study: Study) -> dict[tuple[str, str], float]:
    """Correlations of ``[truth.correlations]``."""
    inner = table.table("correlations")
    result: dict[tuple[str, str], float] = {}
    for text in inner.values:
        value = inner.number(text)
        pair = _pair(inner, text, _TILDE, study, '"One ~ Other" = number')
        if pair is None or value is None:
            continue
        if abs(value) > 1 or pair[0] == pair[1]:
            wrong = f"{value:g} is no correlation of two constructs"
            inner.note(text, wrong, "a number from -1 to 1, two constructs")
        elif (pair[1], pair[0]) in result:
            inner.note(text, "the pair is given twice", "each pair once")
        else:
            result[pair] = value
    return result


def _rating(table: Table, study: Study, name: str, inherit: bool = False) -> RatingTruth:
    """Truth of one rating or of the items of a construct."""
    truth = RatingTruth(
        mean=table.number("mean"),
        spread=table.number("spread"),
        loading=table.number("loading"),
        missing=_share(table, "missing"),
        correlation=table.number("correlation") if inherit else None,
        on={} if inherit else _slopes(table.table("on"), study),
    )
    if truth.loading is not None and not 0 <= truth.loading <= 1:
        table.note("loading", f"{truth.loading:g} is no loading", "a number from 0 to 1")
    if truth.correlation is not None and abs(truth.correlation) > 1:
        table.note("correlation", f"{truth.correlation:g} is no correlation", "a number from -1 to 1")
    if truth.spread is not None and truth.spread <= 0:
        table.note("spread", f"{truth.spread:g} is no standard deviation", "a number above 0")
    if name in study.items and study.items[name].construct and truth.on:
        table.note("on", "the item has a construct, so it loads on that", "loading; on is for other ratings")
    table.finish()
    return truth


def _share(table: Table, key: str) -> float | None:
    """Share, None when nothing is said."""
    value = table.number(key)
    if value is not None and not 0 <= value <= 1:
        table.note(key, f"{value:g} is no share", "a number from 0 to 1")
        return None
    return value


def _shares(table: Table, allowed: Iterable[str], whole: bool = True) -> dict[str, float]:
    """Shares by code."""
    codes = list(allowed)
    result = {}
    for code in table.values:
        value = _share(table, code)
        if code not in codes:
            table.note(code, f'there is no "{code}"{suggest(code, codes)}', listing(codes, 40))
        elif value is not None:
            result[code] = value
    if whole and sum(result.values()) > 1 + 1e-9:
        table.note("", f"the shares add up to {sum(result.values()):g}", "at most 1")
    return result


def _question(table: Table, study: Study, name: str) -> QuestionTruth:
    """Truth of one question, with the keys that its type can use."""
    question = study.questions[name]
    kind = question.type
    truth: dict[str, Any] = {"missing": _share(table, "missing")}
    if kind in ("single", "consent", "multiple", "constant_sum", "ranking", "best_worst"):
        whole = kind in ("single", "consent", "constant_sum")
        truth["shares"] = _shares(table.table("shares"), question.codes, whole)
        truth["on"] = {c: _slopes(inner, study) for c, inner in _named(table, "on", question.codes)}
    if kind == "number":
        truth |= _number(table, study, name)
    if kind == "kano":
        truth["classes"] = _shares(table.table("classes"), KANO_CLASSES)
    table.finish()
    return QuestionTruth(**truth)


def _number(table: Table, study: Study, name: str) -> dict[str, Any]:
    """Truth of a question that is answered by a number."""
    before = list(study.questions)[: list(study.questions).index(name)]
    numbers = [q for q in before if study.questions[q].type == "number"]
    told: dict[str, Any] = {
        "mean": table.number("mean"),
        "spread": table.number("spread"),
        "tail": cast(Tail | None, table.string("tail", choices=get_args(Tail)) or None),
        "slopes": _slopes(table.table("on"), study),
    }
    for key in ("of", "times"):
        told[key] = table.string(key)
        if told[key] and told[key] not in numbers:
            wrong = f'"{told[key]}" is no earlier question of type number{suggest(told[key], numbers)}'
            table.note(key, wrong, listing(numbers) or "none comes before this one")
            told[key] = ""
    if told["of"] and told["times"]:
        table.note("times", "of and times rule each other out", "one of them")
    if told["spread"] is not None and told["spread"] < 0:
        table.note("spread", f"{told['spread']:g} is no standard deviation", "a number from 0 on")
    if told["mean"] is not None and told["mean"] <= 0 and told["tail"] != "normal":
        table.note("mean", f"{told['mean']:g} is no mean of such answers", "a number above 0")
    return told


def _choice(table: Table, study: Study, name: str) -> ChoiceTruth:
    """Truth of one choice."""
    attributes = study.choices[name].attributes
    worths: dict[str, dict[str, float]] = {}
    slopes: dict[str, float] = {}
    inner = table.table("part_worths")
    for attribute, value in inner.values.items():
        inner.known.add(attribute)
        if attribute not in attributes:
            wrong = f'choice {name} has no attribute "{attribute}"{suggest(attribute, attributes)}'
            inner.note(attribute, wrong, listing(attributes))
        elif isinstance(value, Mapping):
            levels = inner.child(value, f"{inner.where} {attribute}")
            told = {code: levels.number(code) for code in value}
            for code in set(told) - set(attributes[attribute].levels):
                levels.note(code, f'there is no level "{code}"', listing(attributes[attribute].levels))
            worths[attribute] = {c: w for c, w in told.items() if w is not None}
        elif is_number(value) and attributes[attribute].quantity:
            slopes[attribute] = float(value)
        else:
            inner.note(attribute, "is no part-worths", "level = number; or one number a unit for a quantity")
    spread = table.number("spread", 0.0) or 0.0
    if spread < 0:
        table.note("spread", f"{spread:g} is no standard deviation", "a number from 0 on")
    truth = ChoiceTruth(worths, slopes, table.number("none", 0.0) or 0.0, abs(spread))
    table.finish()
    return truth


def _waves(table: Table, study: Study) -> dict[str, Slopes]:
    """Shifts by wave."""
    result = {}
    for name, inner in table.tables("waves"):
        if not study.has_wave(name):
            inner.note("", f'the study has no wave "{name}"', listing(w.id for w in study.waves))
        result[name] = _slopes(inner, study)
    return result


def _segments(table: Table, study: Study) -> dict[str, dict[str, Slopes]]:
    """Shifts by segment and value."""
    return {
        name: {value: _slopes(inner, study) for value, inner in _values(outer, study, name)}
        for name, outer in _named(table, "segments", study.segments)
    }


def _values(outer: Table, study: Study, name: str) -> list[tuple[str, Table]]:
    """Sub-tables by value of a segment."""
    known = study.segments[name].values
    found = []
    for value in outer.values:
        inner = outer.table(value)
        if known and value not in known:
            outer.note(value, f'segment {name} has no value "{value}"', listing(known))
        else:
            found.append((value, inner))
    return found


def _segment_shares(table: Table, study: Study) -> dict[str, dict[str, float]]:
    """Shares of the values of segments that are no questions."""
    asked = {q.base for q in study.questions.values()}
    result = {}
    for name, inner in _named(table, "shares", study.segments):
        if study.segments[name].column in asked:
            inner.note("", "the segment is a question", "[shares.…] of that question in its place")
        values = study.segments[name].values or inner.values
        result[name] = _shares(inner, values)
    return result
