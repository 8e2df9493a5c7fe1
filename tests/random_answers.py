"""Random answers that fit a questionnaire, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Question
from csat.study.routing import evaluate

WORDS = ("ok", "很好；谢谢", 'said "no", twice', "two\nlines", "=1+1", "-5", "a;b|c", " {x} [y] ")


def random_answers(asked: Questionnaire, n: int, seed: int = 1) -> pd.DataFrame:
    """Answer every question that the routing asks, in every way that is allowed."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(index=range(n))
    for question in asked.questions:
        who = evaluate(question.condition, frame, asked.by_id)
        who = who & (question.required | (rng.random(n) < 0.9))
        offered = [(o, evaluate(o.relevant, frame, asked.by_id)) for o in question.options]
        rows: list[dict[str, Any]] = [
            _answer(replace(question, options=tuple(o for o, to in offered if to[i])), question, rng)
            if w
            else {}
            for i, w in enumerate(who)
        ]
        for column in question.columns:
            empty = None if column.kind in ("code", "text", "date") else np.nan
            values = [row.get(column.name, empty) for row in rows]
            new = pd.Series(values, name=column.name, dtype=object if empty is None else float)
            frame = pd.concat([frame, new], axis=1)
    return frame


def _answer(question: Question, whole: Question, rng: np.random.Generator) -> dict[str, Any]:
    """Answer one question, as it is offered to one person, in the columns of the whole question."""
    base = question.base
    match question.type:
        case "multiple":
            most = int(question.maximum or len(question.options))
            free = [o.code for o in question.options if not o.exclusive]
            chosen = set(rng.choice(free, rng.integers(1, min(most, len(free)) + 1), replace=False))
            alone = [o.code for o in question.options if o.exclusive]
            chosen = {alone[0]} if alone and rng.random() < 0.2 else chosen
            return {f"{base}_{c}": float(c in chosen) for c in whole.codes} | _other(question, chosen, rng)
        case "single":
            code = str(rng.choice(question.codes))
            return {base: code} | _other(question, {code}, rng)
        case "rating" | "nps" | "number":
            column = question.columns[0]
            if question.dont_know and rng.random() < 0.2:
                return {base: question.dont_know_code}
            low, high = column.minimum or 0, column.maximum or 10
            if column.whole:
                return {base: float(rng.integers(int(low), int(high) + 1))}
            return {base: round(float(rng.uniform(low, high)), max(question.decimals, 1))}
        case "constant_sum":
            points = rng.multinomial(
                int(question.total or 100), [1 / len(question.codes)] * len(question.codes)
            )
            return dict(zip((c.name for c in question.columns), map(float, points), strict=True))
        case "ranking":
            most = int(question.maximum or len(question.codes))
            ranked = rng.permutation(question.codes)[:most]
            return {f"{base}_{code}": float(rank) for rank, code in enumerate(ranked, start=1)}
        case "text":
            return {base: str(rng.choice(WORDS))}
        case "date":
            return {base: f"2026-10-{rng.integers(10, 29)}"}
    found: dict[str, Any] = {}
    for column in question.columns:
        before = list(found.values())[-1:] if column.part == "worst" else []
        found[column.name] = str(rng.choice([v for v in column.values if v not in before]))
    return found


def _other(question: Question, chosen: set[str], rng: np.random.Generator) -> dict[str, Any]:
    """Specify what was meant by "other"."""
    found = (c for c in question.columns if c.part == "other" and c.option in chosen)
    return {c.name: str(rng.choice(WORDS)) for c in found}
