"""Wording findings, told in the page's language: what trips people up, why, and how to say it better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csat.report.design.folded import folded, long_table

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.page import Page
    from csat.study import Study
    from csat.study.wording import WordingFinding


def show_wording(page: Page, study: Study, findings: Sequence[WordingFinding]) -> None:
    """Show what the checks of wording found in a study: open findings, then those it lives with."""
    page.record(wording_metrics(findings))
    here = [f for f in findings if f.lang in ("", page.lang)]
    open_ones = [f for f in here if not f.acknowledged]
    known = [f for f in here if f.acknowledged]
    elsewhere = sum(not f.acknowledged for f in findings if f not in here)
    page.say("wording.sentence" if open_ones else "wording.none", **wording_words(open_ones))
    long_table(page, "wording.table", wording_table(page, study, open_ones))
    if elsewhere:
        page.say("wording.elsewhere", n=elsewhere)
    if known:
        page.html(folded(page, "wording.known", wording_table(page, study, known, reasons=True)))


def wording_words(findings: Sequence[WordingFinding]) -> dict[str, int]:
    """Count findings by severity."""
    return {
        f"{severity}s": sum(f.severity == severity for f in findings)
        for severity in ("error", "warning", "note")
    }


def wording_table(
    page: Page, study: Study, findings: Sequence[WordingFinding], reasons: bool = False
) -> pd.DataFrame:
    """Tabulate findings: about what, severity and rule, the reason, what to do; or why it is kept."""
    import pandas as pd

    rows = []
    for finding in findings:
        row = {
            "where": place_words(page, study, finding.where),
            "rule": page.t("wording.rule", severity=_severity(page, finding), rule=finding.title(page.lang)),
            "finding": _stopped(page, finding.reason[page.lang]),
        }
        if reasons:
            row["acknowledged"] = finding.acknowledged
        else:
            row["todo"] = _advice(page, finding)
        rows.append(row)
    return pd.DataFrame(rows)


def _advice(page: Page, finding: WordingFinding) -> str:
    """Say what to do, with the rewritten question where there is one."""
    advice = finding.advice[page.lang]
    if not finding.rewrites:
        return _stopped(page, advice)
    quoted = page.t("map.semicolon").join(page.t("routing.quote", text=text) for text in finding.rewrites)
    return page.t("wording.rewrite", advice=advice, texts=quoted)


def _stopped(page: Page, text: str) -> str:
    """Write a text as a sentence: a capital letter at its beginning, a full stop at its end."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "。", "…", "?", "？")) else page.t("wording.stop", text=whole)


def wording_metrics(findings: Sequence[WordingFinding]) -> pd.DataFrame:
    """Count open and acknowledged findings as tidy rows."""
    from csat.stats import tidy

    words = wording_words([f for f in findings if not f.acknowledged])
    known = sum(bool(f.acknowledged) for f in findings)
    subjects = ["error", "warning", "note", "acknowledged"]
    values = [words["errors"], words["warnings"], words["notes"], known]
    return tidy("wording_finding_count", subjects, values, method="count")


def place_words(page: Page, study: Study, where: str) -> str:
    """Name what a finding is about by its label and id."""
    if page.has(f"check.place.{where}"):
        return page.t(f"check.place.{where}")
    if where in study.modules:
        return page.t("label.coded", label=study.say(study.modules[where].label, page.lang), id=where)
    try:
        label = study.label(where, page.lang)
    except KeyError:
        return where
    return page.t("label.coded", label=label, id=where) if label != where else where


def _severity(page: Page, finding: WordingFinding) -> str:
    """Severity in the page's language."""
    return page.t(f"check.{finding.severity}")
