"""The way through the questionnaire: minutes, who is asked what, and how many answers each question gets."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from csat.report import tables
from csat.report.design.conditions import condition_words
from csat.report.design.folded import long_table

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.page import Page


_MINUTES: dict[Hashable, tables.Format] = {
    "median_minutes": 1,
    "slowest_minutes": 1,
    "longest_minutes": 1,
    "limit_minutes": 0,
}


def show_flow(page: Page, bench: Bench) -> None:
    """Show minutes of every version, the assumptions behind them, and the expected base of each question."""
    from csat.study.flow import duration, expected_bases

    spent = duration(bench.whole, bench.version, page.lang)
    bases = expected_bases(bench.whole, bench.version)
    page.record(flow_metrics(page, bench))
    same = spent.longest - spent.median < 0.05
    page.say("flow.sentence_same" if same else "flow.sentence", median=spent.median, longest=spent.longest)
    page.table("flow.minutes", minutes_table(page, bench), _MINUTES)
    page.bullets(assumptions(page, bench))
    routed = bases[bases["share"] < 1]
    words: dict[str, Any] = {
        "n": planned(bench),
        "asked": len(bases),
        "routed": len(routed),
        "small": int(bases["small"].sum()),
    }
    words["bar"] = bench.study.thresholds.minimum_base
    page.say("flow.everybody" if routed.empty else "flow.routed", **words)
    if not routed.empty:
        page.table("flow.small", _base_table(page, bench, bases[bases["small"]]), {"share": "pct"}, **words)
        long_table(page, "flow.bases", _base_table(page, bench, routed), {"share": "pct"}, **words)


def planned(bench: Bench) -> int:
    """Respondents who are expected to begin."""
    return bench.study.planned_n or 100


def minutes_table(page: Page, bench: Bench) -> pd.DataFrame:
    """Each version: its questions, median and longest way in minutes, and what it may take."""
    import pandas as pd

    from csat.study.flow import duration

    study = bench.whole
    rows = []
    for name in study.versions or ("",):
        spent = duration(study, name, page.lang)
        version = study.version(name)
        label = version.label.get(page.lang, name) if version else page.t("flow.only")
        limit = version.minutes if version else None
        asked = [question for question in study.questionnaire(name).questions if question.asked]
        rows.append(
            {
                "version": page.t("flow.this", label=label) if name and name == bench.version else label,
                "questions": len(asked),
                "median_minutes": spent.median,
                "slowest_minutes": spent.slowest_tenth,
                "longest_minutes": spent.longest,
                "limit_minutes": math.nan if limit is None else limit,
            }
        )
    frame = pd.DataFrame(rows)
    if not any(v.minutes for v in study.versions.values()):
        frame = frame.drop(columns="limit_minutes")
    return frame


def assumptions(page: Page, bench: Bench) -> list[tuple[str, dict[str, Any]]]:
    """Name what the minutes rest on: reading speed, seconds for an answer, shares behind the routing."""
    from csat.study.timing import Timing

    timing = Timing.from_extras(bench.whole.extras)
    kinds = dict.fromkeys(q.type for q in bench.asked.questions if q.asked)
    told = [
        page.t("flow.each", kind=page.t(f"qtype.{kind}"), seconds=f"{timing.seconds[kind]:g}")
        for kind in kinds
    ]
    speed = {"words": timing.words_per_minute, "characters": timing.characters_per_minute}
    sentences: list[tuple[str, dict[str, Any]]] = [
        ("flow.speed", speed),
        ("flow.answers", {"kinds": page.t("map.semicolon").join(told)}),
    ]
    if any(question.condition is not None for question in bench.asked.questions):
        sentences.append(("flow.shares" if bench.whole.shares else "flow.equal_shares", {}))
    return sentences


def flow_metrics(page: Page, bench: Bench) -> pd.DataFrame:
    """Minutes by language, and expected base of each question, as tidy rows."""
    from csat.stats import stack, tidy
    from csat.study.flow import duration, expected_bases

    frames = []
    for lang in bench.whole.languages:
        spent = duration(bench.whole, bench.version, lang)
        for metric, value in (("minutes_median", spent.median), ("minutes_longest", spent.longest)):
            frames.append(tidy(metric, [lang], [value], method="reading speed and seconds an answer"))
    bases = expected_bases(bench.whole, bench.version)
    frames.append(
        tidy("asked_share", bases["question"].tolist(), bases["share"].tolist(), method="simulated routing")
    )
    return stack(frames)


def _base_table(page: Page, bench: Bench, bases: pd.DataFrame) -> pd.DataFrame:
    """Questions with who is asked, the share of respondents, and the answers that makes."""
    import pandas as pd

    questions = bench.asked.by_id
    rows = [
        {
            "asked": page.t("label.coded", label=page.label(str(row.question)), id=row.question),
            "only_if": condition_words(questions[str(row.question)].condition, questions, page.words)
            or page.t("flow.all"),
            "share": row.share,
            "base": row.base,
        }
        for row in bases.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=["asked", "only_if", "share", "base"])
