"""The pretest kit in excerpts: what to ask in cognitive interviews, and what to try on halves of a pilot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.design.folded import folded

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.page import Page
    from csat.study.wording import WordingFinding

EXCERPT = 5
"""Questions whose probes are shown on the page; the kit holds those of all."""

_BALLOTS = 6


def show_pretest(page: Page, bench: Bench, findings: Sequence[WordingFinding]) -> None:
    """Show what a pretest should look at: probes of a few questions, and split ballots."""
    probes = _probes(page, bench, findings)
    ballots = _ballots(page, bench, findings)
    words: dict[str, Any] = {
        "questions": sum(question.asked for question in bench.asked.questions),
        "shown": min(EXCERPT, probes["asked"].nunique()),
        "ballots": int(ballots["ballot"].nunique()),
        "some": min(_BALLOTS, int(ballots["ballot"].nunique())),
    }
    page.say("pretest.sentence" if words["ballots"] else "pretest.sentence_probes", **words)
    page.html(folded(page, "pretest.probes", probes, **words))
    shown = ballots[ballots["ballot"].isin(ballots["ballot"].drop_duplicates()[:_BALLOTS])]
    page.html(folded(page, "pretest.ballots", shown.drop(columns="ballot"), **words))


def _probes(page: Page, bench: Bench, findings: Sequence[WordingFinding]) -> pd.DataFrame:
    """Probes of a few questions: those with findings first, then one of each type."""
    from csat.study.pretest import interview_sheet

    sheet = interview_sheet(bench.whole, page.lang, bench.version, findings)
    kinds = {question.id: question.type for question in bench.asked.questions}
    found = [f.where for f in findings if f.where in kinds and f.lang in ("", page.lang)]
    of_type = {kind: name for name, kind in reversed(kinds.items()) if kind != "note"}
    chosen = list(dict.fromkeys([*found[: EXCERPT - 2], *of_type.values()]))[:EXCERPT]
    rows = sheet[sheet["question"].isin(chosen)]
    because = [
        page.t(f"qtype.{text}") if text and page.has(f"qtype.{text}") else text or page.t("pretest.every")
        for text in rows["because"]
    ]
    return rows.assign(asked=rows["question"].map(page.coded), because=because)[
        ["asked", "stage", "probe", "because"]
    ]


def _ballots(page: Page, bench: Bench, findings: Sequence[WordingFinding]) -> pd.DataFrame:
    """Split ballots with their arms and the difference that they can find."""
    from csat.study.pretest import ballot_sheet, split_ballots

    made = split_ballots(bench.whole, page.lang, bench.version, findings=findings)
    sheet = ballot_sheet(bench.whole, made, bench.study.planned_n, page.lang)
    found = [
        numbers.ABSENT if value is None or value != value else numbers.number(value, 2)
        for value in sheet["detectable"]
    ]
    return sheet.assign(
        asked=sheet["question"].map(page.coded), found=found, arm=sheet["arm"] + " · " + sheet["kind"]
    )[["ballot", "asked", "arm", "text", "n", "found"]]
