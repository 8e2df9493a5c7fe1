"""The design checks of a study, told in the page's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.page import Page
    from csat.study import Finding


def findings_table(page: Page, findings: Sequence[Finding]) -> pd.DataFrame:
    """Tell the findings of `csat.study.check_study` in the page's language, with what to do about each."""
    import pandas as pd

    rows = [
        {
            "where": _place(page, finding.where),
            "finding": _told(page, finding, "message") or finding.message,
            "todo": _told(page, finding, "todo"),
            "rule": page.t("check.rule", severity=page.t(f"check.{finding.severity}"), rule=finding.rule),
        }
        for finding in findings
    ]
    return pd.DataFrame(rows, columns=["where", "finding", "todo", "rule"])


def findings_sentence(findings: Sequence[Finding]) -> str:
    """Key of the sentence above the table of findings."""
    if not findings:
        return "check.none"
    return "check.sentence" if findings_words(findings)["warnings"] else "check.notes_only"


def findings_words(findings: Sequence[Finding]) -> dict[str, int]:
    """Count warnings and notes."""
    warnings = sum(finding.severity == "warning" for finding in findings)
    return {"warnings": warnings, "notes": len(findings) - warnings}


def findings_metrics(findings: Sequence[Finding]) -> pd.DataFrame:
    """Count findings as tidy rows."""
    from csat.stats import tidy

    words = findings_words(findings)
    return tidy(
        "design_finding_count", ["warning", "note"], [words["warnings"], words["notes"]], method="count"
    )


def _place(page: Page, where: str) -> str:
    """Name what a finding is about: by the words of the catalogue, else by the study's labels."""
    if page.has(f"check.place.{where}"):
        return page.t(f"check.place.{where}")
    return page.join([page.label(part) for part in where.split(", ")])


def _told(page: Page, finding: Finding, part: str) -> str:
    """Text of a rule from the catalogue; empty where the catalogue does not know the rule."""
    key = f"check.{finding.rule}.{part}"
    if not page.has(key):
        return ""
    values: Mapping[str, object] = finding.values
    return page.t(key, **{name: _value(page, value) for name, value in values.items()})


def _value(page: Page, value: object) -> object:
    """Value of a finding with the study's labels."""
    if isinstance(value, str):
        return page.t(f"role.{value}") if page.has(f"role.{value}") else page.label(value)
    if isinstance(value, tuple | list):
        return [page.label(str(part)) for part in value]
    return value
