"""Read the tables of study.toml that say how answers come in: columns, weights, privacy, quality, sample."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

from csat.study.expressions import ExpressionError, parse
from csat.study.fields import Table, is_number
from csat.study.intake import ColumnMap, Implausible, PrivacyPlan, QualityPlan, SamplePlan, WeightPlan
from csat.study.outcomes import OUTCOMES, outcome_of
from csat.study.problems import listing

_CONTRADICTION = '{ when = "…", text = { … } }'
_CONDITION = 'a condition, such as "used = never and problem = yes"'
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_columns(top: Table) -> dict[str, ColumnMap]:
    """Read ``[columns]``: a name, a list of names, or a table with ``from`` and ``recode`` each."""
    table = top.table("columns")
    return {target: _column(table, target) for target in table.values}


def _column(table: Table, target: str) -> ColumnMap:
    """One entry of ``[columns]``."""
    value = table.take(target)
    if isinstance(value, str):
        return ColumnMap(target, (value,))
    if isinstance(value, list):
        return ColumnMap(target, table.strings(target))
    inner = table.table(target)
    told = inner.take("from")
    if isinstance(told, str):
        sources: tuple[str, ...] = (told,)
    else:
        sources = inner.strings("from")
    recode = inner.table("recode")
    codes = {cell: recode.string(cell) for cell in recode.values}
    recode.finish()
    inner.finish()
    return ColumnMap(target, sources, codes)


def read_wave(table: Table) -> dict[str, Any]:
    """Read what a ``[[waves]]`` table says of how its answers came in."""
    days = {}
    for key in ("starts", "ends"):
        value = table.take(key)
        days[key] = "" if value is None else str(value)
        if days[key] and not _DAY.fullmatch(days[key]):
            table.note(key, f'"{days[key]}" is not a day', "a day, such as 2026-10-01")
    return {
        **days,
        "mode": table.string("mode"),
        "breaks": table.strings("breaks"),
        "columns": read_columns(table),
        "targets": read_targets(table),
    }


def read_targets(table: Table) -> dict[str, dict[str, float]]:
    """Shares that weights are made to agree with: ``[….targets.<segment>]``, code -> share."""
    targets: dict[str, dict[str, float]] = {}
    for name, inner in table.tables("targets"):
        shares: dict[str, float] = {}
        for code in inner.values:
            share = inner.number(code, allowed="a share, 0 to 1, or a count")
            if share is not None:
                shares[code] = share
        targets[name] = shares
    return targets


def read_weights(top: Table) -> WeightPlan | None:
    """Weights of ``[weights]``."""
    if "weights" not in top.values:
        top.known.add("weights")
        return None
    table = top.table("weights")
    plan = WeightPlan(
        cast(Literal["rake", "cell"], table.string("method", "rake", choices=("rake", "cell"))),
        read_targets(table),
        table.number("lower"),
        table.number("upper"),
    )
    table.finish()
    return plan


def read_privacy(top: Table) -> PrivacyPlan:
    """Read ``[privacy]``."""
    table = top.table("privacy")
    lists = {key: table.strings(key) for key in ("drop", "hash", "keep")}
    plan = PrivacyPlan(**lists, key_env=table.string("key_env", PrivacyPlan().key_env))
    table.finish()
    return plan


def read_quality(top: Table) -> QualityPlan:
    """Read ``[quality]``."""
    table = top.table("quality")
    attention = table.table("attention")
    codes = {
        column: f"{code:g}" if is_number(code) else str(code) for column, code in attention.values.items()
    }
    usual = QualityPlan().fast_share
    share = table.number("fast_share", usual, allowed="a share, above 0 and below 1")
    if share is not None and not 0 < share < 1:
        table.note("fast_share", f"{share:g} is no share of the median time", "above 0 and below 1")
    plan = QualityPlan(codes, _implausible(table), usual if share is None else share)
    table.finish()
    return plan


def _implausible(table: Table) -> tuple[Implausible, ...]:
    """Read the contradictions of ``[quality]``, a condition and what it means each."""
    found = []
    for number, values in enumerate(table.items("implausible", (dict,), _CONTRADICTION), start=1):
        inner = table.child(values, f"[quality] implausible {number}")
        when = inner.string("when", required=True, hint=_CONDITION)
        text = inner.text("text", required=True)
        inner.finish()
        try:
            found += [Implausible(parse(when), text)] if when else []
        except ExpressionError as error:
            inner.note("when", str(error), _CONDITION)
    return tuple(found)


def read_sample(top: Table) -> SamplePlan | None:
    """Read ``[sample]``."""
    if "sample" not in top.values:
        top.known.add("sample")
        return None
    table = top.table("sample")
    told = table.table("outcomes")
    outcomes = {code: outcome_of(str(value)) for code, value in told.values.items()}
    for code, outcome in outcomes.items():
        if not outcome:
            allowed = f"{listing(OUTCOMES)}, or AAPOR's code, such as 2.1"
            told.note(code, f'"{told.values[code]}" is no outcome', allowed)
    share = table.number("eligible_share", allowed="a share, 0 to 1")
    if share is not None and not 0 <= share <= 1:
        table.note("eligible_share", f"{share:g} is no share", "0 to 1")
    path, column = (table.string(key, required=True) for key in ("path", "column"))
    plan = SamplePlan(path, column, outcomes, share)
    table.finish()
    return plan
