"""What came in against what was agreed: the flow of rows, findings of the contract, response rates."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from csat import stats
from csat.data.contract.findings import SEVERITIES
from csat.data.response import Response, response_of
from csat.report.analysed import analysed
from csat.report.figures.flow import Step, flow_chart
from csat.report.measurement.intake import rows_in_words
from csat.report.results import EXPORTS, write_atomically
from csat.report.tables import escape, link
from csat.study.names import safe_name

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page
    from csat.report.tables import Format

MOST_FINDINGS = 25
"""Findings that the table shows; all of them are counted."""

TOLERANCE, FEW_CASES = 0.02, 2
"""How far answers of the sample file and answers received may be apart unsaid: share, or cases if more."""

RESPONSE_FORMATS: Mapping[Hashable, Format] = {"value": "pct1", "cases": "n"}
"""How the columns of the response tables are written."""


def flow_steps(page: Page, answers: Answers) -> tuple[Step, list[Step], Step]:
    """Put the way of the rows together: rows in the file, who was set aside and why, who is analysed.

    Parameters
    ----------
    page : Page
    answers : Answers

    Returns
    -------
    start, aside, end : (label, count), list of them, (label, count)
        The first less those aside is the last.
    """
    ledger = answers.ledger
    whole = int(ledger.loc[ledger["rule"] == "received", "count"].sum())
    out = ledger[(ledger["action"] == "set_aside") & (ledger["count"] > 0)]
    aside = [
        (page.t(f"ledger.rule.{rule}", items=[], k=0), int(rows["count"].sum()))
        for rule, rows in out.groupby("rule", sort=False)
    ]
    used = int(analysed(answers, page.context.missing).sum())
    left = whole - sum(count for _, count in aside)
    if used < left:
        aside.append((page.t("flow.incomplete"), left - used))
    return (page.t("flow.start"), whole), aside, (page.t("flow.end"), used)


def show_flow(page: Page, answers: Answers) -> None:
    """Show the way from rows received to rows analysed as a figure, where anybody was set aside."""
    start, aside, end = flow_steps(page, answers)
    if not aside:
        return
    told = [page.t("flow.step", label=label, count=count) for label, count in aside]
    values = {"received": start[1], "n": end[1], "aside": start[1] - end[1], "steps": told}
    page.figure("flow", flow_chart(start, aside, end, lang=page.lang), **values)


def finding_counts(answers: Answers) -> pd.DataFrame:
    """Count the findings of the contract by how bad they are.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    DataFrame
        Tidy; metric ``contract_finding_count``, subjects ``error``, ``warning`` and ``note``; n is the number
        of rows of the wave.
    """
    severity = answers.findings["severity"] if len(answers.findings) else pd.Series(dtype=object)
    counts = [float((severity == name).sum()) for name in SEVERITIES]
    return stats.tidy("contract_finding_count", list(SEVERITIES), counts, n=answers.received, method="count")


def finding_table(page: Page, answers: Answers) -> pd.DataFrame:
    """List the findings in words.

    Parameters
    ----------
    page : Page
    answers : Answers

    Returns
    -------
    DataFrame
        Columns ``finding, where, count, rows, severity, done``, at most `MOST_FINDINGS`.
    """
    found = answers.findings.head(MOST_FINDINGS)
    names = {c.name: c.question for c in answers.study.questionnaire(_version(answers)).columns}
    return pd.DataFrame(
        {
            "finding": [page.t(f"finding.rule.{rule}") for rule in found["rule"]],
            "where": [page.label(names.get(item, item)) for item in found["item"]],
            "count": found["count"].astype(int).to_numpy(),
            "rows": [rows_in_words(page, rows) for rows in found["rows"]],
            "severity": [page.t(f"finding.severity.{severity}") for severity in found["severity"]],
            "done": [page.t(f"finding.action.{action}") for action in found["action"]],
        }
    )


def show_findings(page: Page, answers: Answers) -> None:
    """Say whether the answers keep to the questionnaire, and list where they do not."""
    page.record(finding_counts(answers))
    found = answers.findings
    if found.empty:
        return page.say("finding.none")
    bad = {name: int((found["severity"] == name).sum()) for name in SEVERITIES}
    speak = page.warn if bad["error"] else page.say
    speak("finding.some", total=len(found), **bad)
    page.table("finding", finding_table(page, answers))
    if len(found) > MOST_FINDINGS:
        page.say("finding.more", more=len(found) - MOST_FINDINGS)


def keep_intake(page: Page, answers: Answers) -> None:
    """Write the ledger and the findings as data beside the page, and link them."""
    from csat.study.export.spreadsheet import safe_cell

    names = []
    for kind, table in (("ledger", answers.ledger), ("findings", answers.findings)):
        name = f"{safe_name(answers.study.id)}_{safe_name(answers.wave)}.{kind}.csv"
        text = table.map(safe_cell).to_csv(index=False, lineterminator="\n")
        write_atomically(page.out / EXPORTS / name, "\ufeff" + text)
        names.append(name)
    links = [link(f"{EXPORTS}/{name}", name) for name in names]
    page.html(f"<p>{escape(page.t('ledger.data'))} {' · '.join(links)}</p>")


def response_rows(found: Response) -> pd.DataFrame:
    """Tell the response rates as tidy rows.

    Parameters
    ----------
    found : Response

    Returns
    -------
    DataFrame
        Metric ``response_rate``, subjects ``RR1`` and on; ``response_cases`` for each outcome;
        ``response_eligible_share`` (AAPOR's e).
    """
    rates, asked = found.rates, float(found.asked)
    told = "estimated" if found.estimated else "given"
    return stats.stack(
        [
            stats.tidy(
                "response_rate", list(rates["rate"]), rates["value"], n=rates["denominator"], method="AAPOR"
            ),
            stats.tidy(
                "response_cases", list(found.counts), list(found.counts.values()), n=asked, method="count"
            ),
            stats.tidy("response_eligible_share", ["e"], [found.eligible_share], n=asked, method=told),
        ]
    )


def answers_received(answers: Answers) -> int:
    """Count the rows of the whole wave that hold an answer of a respondent: no previews, no empty ones."""
    ledger = answers.ledger
    return answers.received - int(ledger.loc[ledger["rule"].isin(("trial", "no_answer")), "count"].sum())


def differs(sample: int, came: int) -> bool:
    """Whether two counts of the same answers are more than 2 % (of the larger) and more than 2 cases apart.

    Examples
    --------
    >>> differs(430, 380), differs(430, 424), differs(20, 18)
    (True, False, False)
    """
    return abs(sample - came) > max(TOLERANCE * max(sample, came), FEW_CASES)


def show_response(page: Page, answers: Answers) -> None:
    """Show what became of everybody who was asked, and the rates, where the study has a sample."""
    found = response_of(answers.study, answers.wave)
    if found is None:
        return
    page.record(response_rows(found))
    values = {
        "asked": found.asked,
        "rr1": found.rate("RR1"),
        "rr3": found.rate("RR3"),
        "e": found.eligible_share,
    }
    page.say("response.estimated" if found.estimated else "response.given", **values)
    came = answers_received(answers)
    if differs(found.answered, came):
        page.warn("response.differs", sample=found.answered, came=came)
    outcomes = {page.t(f"response.outcome.{name}"): count for name, count in found.counts.items()}
    cases = pd.DataFrame({"outcome": list(outcomes), "cases": list(outcomes.values())})
    page.table("response.cases", cases, RESPONSE_FORMATS)
    rates = found.rates[found.rates["value"].notna()]
    meaning = [page.t(f"response.meaning.{name}") for name in rates["rate"]]
    table = pd.DataFrame({"rate": rates["rate"], "meaning": meaning, "value": rates["value"]})
    page.table("response.rates", table, RESPONSE_FORMATS, heads={"meaning": page.t("response.what")})


def _version(answers: Answers) -> str:
    """Version of the questionnaire that the wave asked."""
    return answers.study.wave(answers.wave).version
