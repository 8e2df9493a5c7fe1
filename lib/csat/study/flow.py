"""The flow of a questionnaire: what nobody reaches, how long it takes, and how many answer each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csat.study.checks import Finding
from csat.study.definition import Study
from csat.study.expressions import Expression, conjunction
from csat.study.problems import listing
from csat.study.questionnaire import Questionnaire
from csat.study.questions import Column, Question
from csat.study.reach import longest, mentions, possible
from csat.study.routing import evaluate, find_loop
from csat.study.timing import Timing, question_seconds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Shares = Mapping[str, Mapping[str, float]]
"""Share of respondents for each answer: question -> code or number -> share of those asked."""

_WALKERS = 20_000


@dataclass(frozen=True)
class Duration:
    """Minutes that a questionnaire takes in one language; `exact`: every way was looked at."""

    version: str
    lang: str
    longest: float
    median: float
    quickest_tenth: float
    slowest_tenth: float
    exact: bool


def unreachable(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Find questions that nobody can be asked, whatever people answer.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.

    Returns
    -------
    tuple of str
        Their ids, in order.
    """
    known: dict[object, bool] = {}
    found = []
    for question in questionnaire.questions:
        if question.condition is None:
            continue
        if question.condition not in known:
            known[question.condition] = possible(questionnaire, question.condition, question.id)
        if not known[question.condition]:
            found.append(question.id)
    return tuple(found)


def dead_options(questionnaire: Questionnaire) -> tuple[tuple[str, str], ...]:
    """Find options that nobody can choose, since their condition never holds where the question is asked.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.

    Returns
    -------
    tuple of tuple of str
        Pairs of question and code.
    """
    return tuple(
        (question.id, option.code)
        for question in questionnaire.questions
        for option in question.options
        if option.relevant is not None
        and not possible(questionnaire, conjunction(question.condition, option.relevant), question.id)
    )


def check_flow(study: Study, version: str = "") -> list[Finding]:
    """Look for what is wrong with the flow of one version.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Id of the version, by default the first.

    Returns
    -------
    list of Finding
        Rules ``unreachable``, ``dead_option``, ``loop``, ``too_long``.
    """
    asked = study.questionnaire(version)
    where = f"versions.{asked.version}" if asked.version else "questionnaire"
    findings = []
    for name in unreachable(asked):
        condition = asked.by_id[name].condition
        message = f"nobody is asked it: {condition} never holds"
        findings.append(Finding("warning", "unreachable", name, message, {"version": asked.version}))
    for name, code in dead_options(asked):
        message = f'nobody can choose "{code}": its condition never holds where the question is asked'
        findings.append(Finding("warning", "dead_option", name, message, {"code": code}))
    loop = find_loop({q.id: q.condition for q in asked.questions})
    if loop:
        message = f"questions wait for each other: {listing(loop)}"
        findings.append(Finding("warning", "loop", loop[0], message, {"questions": loop}))
    chosen = study.version(version)
    for lang in study.languages if chosen and chosen.minutes else ():
        spent = duration(study, version, lang)
        if chosen and chosen.minutes and spent.median > chosen.minutes:
            message = f"takes about {spent.median:.0f} minutes in {lang}, more than {chosen.minutes:g}"
            values = {"lang": lang, "minutes": spent.median, "limit": chosen.minutes}
            findings.append(Finding("warning", "too_long", where, message, values))
    return findings


def duration(study: Study, version: str = "", lang: str = "", shares: Shares | None = None) -> Duration:
    """Estimate how long a version takes.

    Parameters
    ----------
    study : Study
        The study; its ``[timing]`` overrides the assumptions of `csat.study.timing.Timing`.
    version : str, optional
        Id of the version, by default the first.
    lang : str, optional
        Language it is read in, by default the study's first.
    shares : mapping, optional
        Shares of answers that decide the routing, by default those of the study's ``[shares]``, else equal.

    Returns
    -------
    Duration
        Minutes of the longest way, of the median respondent, and of the quickest and slowest tenth. They
        differ by routing alone: everybody is taken to read and answer at the same pace.
    """
    import numpy as np

    asked = study.questionnaire(version)
    language = lang or study.language
    seconds = question_seconds(asked, language, Timing.from_extras(study.extras))
    most, exact = longest(asked, seconds)
    who = walk(asked, study.shares if shares is None else shares)
    spent = np.zeros(_WALKERS)
    for question in asked.questions:
        spent += seconds[question.id] * who[question.id]
    finished = spent[spent > 0] if (spent > 0).any() else spent
    low, middle, high = np.quantile(finished, [0.1, 0.5, 0.9]) / 60
    return Duration(asked.version, language, most / 60, float(middle), float(low), float(high), exact)


def expected_bases(
    study: Study, version: str = "", n: int | None = None, shares: Shares | None = None
) -> pd.DataFrame:
    """Forecast how many people will be asked each question.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Id of the version, by default the first.
    n : int, optional
        Respondents who begin; by default the version's ``planned_n``, else the study's, else 100.
    shares : mapping, optional
        Shares of answers that decide the routing, by default those of the study's ``[shares]``, else equal.

    Returns
    -------
    pandas.DataFrame
        Columns ``question, module, type, condition, share, base, small``: the share of respondents who are
        asked, that share of `n`, and whether it is below the study's ``minimum_base``.

    Notes
    -----
    A crowd of 20,000 with a fixed seed is sent through the questionnaire; answers to different questions are
    taken as independent, but for the routing itself. Shares are then within about 0.7 points.
    """
    import pandas as pd

    asked = study.questionnaire(version)
    chosen = study.version(version)
    planned = n or (chosen.planned_n if chosen else None) or study.planned_n or 100
    who = walk(asked, study.shares if shares is None else shares)
    rows = []
    for question in asked.questions:
        share = float(who[question.id].mean())
        rows.append(
            {
                "question": question.id,
                "module": question.module,
                "type": question.type,
                "condition": "" if question.condition is None else str(question.condition),
                "share": share,
                "base": round(share * planned),
                "small": share * planned < study.thresholds.minimum_base,
            }
        )
    return pd.DataFrame(rows)


def walk(questionnaire: Questionnaire, shares: Shares, seed: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    """Send a crowd through the questionnaire.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    shares : mapping
        Shares of answers; equal where nothing is said.
    seed : int, optional
        Seed of the random numbers.

    Returns
    -------
    dict of str to numpy.ndarray
        For each question, who of 20,000 respondents is asked it.
    """
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(seed)
    needed = mentions(questionnaire)
    columns: dict[str, Any] = {}
    who: dict[str, np.ndarray[Any, Any]] = {}
    decided: dict[Expression | None, np.ndarray[Any, Any]] = {}
    for question in questionnaire.questions:
        if question.condition not in decided:
            frame = pd.DataFrame(columns, index=range(_WALKERS))
            decided[question.condition] = evaluate(question.condition, frame, questionnaire.by_id)
        who[question.id] = decided[question.condition]
        if question.id in needed:
            columns.update(_draw(question, who[question.id], shares.get(question.id, {}), draw))
    return who


def _draw(
    question: Question,
    asked: np.ndarray[Any, Any],
    shares: Mapping[str, float],
    draw: np.random.Generator,
) -> dict[str, Any]:
    """Random answers to one question of those who are asked it."""
    import numpy as np

    size = len(asked)
    if question.type == "multiple":
        return _draw_several(question, asked, shares, draw)
    columns = [c for c in question.columns if c.part not in ("other", "block")]
    if columns[0].kind in ("number", "rank"):
        values = _draw_numbers(columns[0], size, shares, draw)
        return {c.name: np.where(asked, values, np.nan) for c in columns}
    codes = columns[0].values or ("given",)
    chosen = draw.choice(np.array(codes, dtype=object), size, p=_normed(shares, codes))
    given = np.full(size, None, dtype=object)
    given[asked] = chosen[asked]
    return {c.name: given for c in columns}


def _draw_numbers(
    column: Column, size: int, shares: Mapping[str, float], draw: np.random.Generator
) -> np.ndarray[Any, Any]:
    """Random numbers for one column: from the shares of points, else equally over the range."""
    import numpy as np

    if shares:
        points = np.array([float(k) for k in shares])
        return np.asarray(draw.choice(points, size, p=_normed(shares, tuple(shares))))
    low = 0.0 if column.minimum is None else column.minimum
    high = low + 10 if column.maximum is None else column.maximum
    if column.whole:
        return draw.integers(int(low), int(high) + 1, size).astype(float)
    return draw.uniform(low, high, size)


def _draw_several(
    question: Question,
    asked: np.ndarray[Any, Any],
    shares: Mapping[str, float],
    draw: np.random.Generator,
) -> dict[str, Any]:
    """Random choices of several options; an exclusive one stands alone, and everybody has one at least."""
    import numpy as np

    usual = 1 / len(question.options)
    chances = np.array([shares.get(c, usual) for c in question.codes])
    flags = draw.random((len(asked), len(chances))) < chances
    alone = np.array([o.exclusive for o in question.options])
    only = flags & alone
    flags[only.any(axis=1)] = False
    flags |= only & (np.cumsum(only, axis=1) == 1)
    empty = ~flags.any(axis=1)
    likely = int(np.argmax(chances))
    flags[empty, likely] = True
    return {
        f"{question.base}_{code}": np.where(asked, flags[:, i].astype(float), np.nan)
        for i, code in enumerate(question.codes)
    }


def _normed(shares: Mapping[str, float], codes: tuple[str, ...]) -> list[float]:
    """Chances of codes that add up to 1; what shares leave open goes to the codes without one, equally."""
    told = {c: shares[c] for c in codes if c in shares}
    left = max(0.0, 1 - sum(told.values()))
    open_codes = [c for c in codes if c not in told]
    chances = [told.get(c, left / len(open_codes) if open_codes else 0.0) for c in codes]
    total = sum(chances)
    return [c / total for c in chances] if total > 0 else [1 / len(codes)] * len(codes)
