"""Coverage: which concepts are asked, which are not, and which questions serve nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from csat.report import numbers
from csat.report.design.folded import folded, long_table

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.page import Page
    from csat.study import Study

_SHOWN = 6


def show_coverage(page: Page, bench: Bench) -> None:
    """Show the coverage of concepts: counts in a sentence, gaps, the whole table, and what has no use."""
    from csat.study.coverage import coverage, declares_concepts, without_use

    study = bench.whole
    if not declares_concepts(study):
        page.html(f'<p class="absent">{page.words.html("coverage.absent")}</p>')
        return
    whole = coverage(study, lang=page.lang)
    page.record(coverage_metrics(whole))
    page.say("coverage.sentence", **coverage_words(whole, bench))
    page.table("coverage.kinds", _kinds(page, whole))
    gaps = whole[(whole["status"] == "missing") & (whole["kind"] == "question")]
    page.table("coverage.gaps", _named(gaps))
    page.html(folded(page, "coverage.table", _table(page, study, whole)))
    idle = without_use(study, lang=page.lang)
    lacks = [page.t(f"coverage.lacks.{text.replace(' ', '_')}") for text in idle["lacks"]]
    rows = idle.assign(asked=[_name(page, i) for i in idle["question"]], lacks=lacks)[["asked", "lacks"]]
    long_table(page, "coverage.idle", rows)


def coverage_words(whole: pd.DataFrame, bench: Bench) -> dict[str, Any]:
    """Values of the sentence: concepts asked, and those that this version asks."""
    asked = whole[whole["status"] == "asked"]
    wanted = whole[whole["kind"] == "question"]
    here = asked["versions"].str.split().map(lambda names: bench.version in names)
    return {
        "asked": int((wanted["status"] == "asked").sum()),
        "wanted": len(wanted),
        "here": int(here.sum()) if bench.version else len(asked),
        "measured": int((whole["status"] == "measured").sum()),
    }


def coverage_metrics(whole: pd.DataFrame) -> pd.DataFrame:
    """Count concepts by their status as tidy rows."""
    from csat.stats import tidy

    counts = whole["status"].value_counts().sort_index()
    subjects = [str(name).replace(" ", "_") for name in counts.index]
    return tidy("concept_count", subjects, counts.tolist(), method="count")


def _kinds(page: Page, whole: pd.DataFrame) -> pd.DataFrame:
    """Concepts by kind and status."""
    import pandas as pd

    pairs = Counter(zip(whole["kind"], whole["status"], strict=True))
    rows = [
        {"kind": page.t(f"coverage.kind.{kind}"), "status": _status(page, status), "concepts": count}
        for (kind, status), count in pairs.items()
    ]
    return pd.DataFrame(rows)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Concepts by their names."""
    return rows.assign(concept_name=rows["label"], code=rows["concept"])[["concept_name", "code"]]


def _table(page: Page, study: Study, whole: pd.DataFrame) -> pd.DataFrame:
    """Every concept with its status, its questions or measures, and the versions that ask it."""
    import pandas as pd

    rows = []
    for row in whole.itertuples(index=False):
        asked = f"{row.questions} {row.measures}".split()
        names = [_short(page, name) for name in asked[:_SHOWN]]
        names += [page.t("coverage.more", n=len(asked) - _SHOWN)] if len(asked) > _SHOWN else []
        versions = [study.versions[v].label.get(page.lang, v) for v in str(row.versions).split()]
        rows.append(
            {
                "concept_name": f"{row.label} ({row.concept})",
                "status": _status(page, str(row.status)),
                "asked_by": page.t("map.semicolon").join(names) or numbers.ABSENT,
                "versions": page.t("trace.comma").join(versions) or numbers.ABSENT,
            }
        )
    frame = pd.DataFrame(rows)
    return frame if study.versions else frame.drop(columns="versions")


def show_trace(page: Page, bench: Bench) -> None:
    """Show the trace of a study that declares concepts: question, concept, variable, statistic, report."""
    from csat.study.coverage import declares_concepts, trace

    if not declares_concepts(bench.whole):
        return
    found = trace(bench.whole, bench.version, page.lang)
    page.html(folded(page, "trace.concepts", _traced(page, found)))


def _traced(page: Page, found: pd.DataFrame) -> pd.DataFrame:
    """One row a question: its concepts, columns, statistics and reports."""
    import pandas as pd

    comma = page.t("trace.comma")
    rows = []
    for name, own in found.groupby("question", sort=False):
        concepts = [label for label in dict.fromkeys(own["concept_label"]) if label]
        variables = str(own["variable"].iloc[0]).split()
        shown = variables if len(variables) < 4 else [f"{variables[0]} … {variables[-1]}"]
        statistics = [label for label in dict.fromkeys(own["statistic_label"]) if label]
        reports = [page.t(f"notebook.{book}.title") for book in dict.fromkeys(own["notebook"]) if book]
        rows.append(
            {
                "asked": _short(page, str(name)),
                "concept": page.t("map.semicolon").join(concepts) or numbers.ABSENT,
                "variable": comma.join(shown) or numbers.ABSENT,
                "statistic": comma.join(statistics) or numbers.ABSENT,
                "report": comma.join(reports) or numbers.ABSENT,
            }
        )
    return pd.DataFrame(rows)


def _status(page: Page, status: str) -> str:
    """Status in the page's language."""
    return page.t(f"coverage.status.{status.replace(' ', '_')}")


def _short(page: Page, name: str) -> str:
    """Label of a question or of a measure of a table."""
    table, _, measure = name.partition(".")
    known = page.study.tables.get(table)
    if known is not None:
        found = known.measures.get(measure)
        return (found.label if found else known.label).get(page.lang, name)
    return _name(page, name)


def _name(page: Page, name: str) -> str:
    """Short label of a question, with its id."""
    label = page.label(name)
    return page.t("label.coded", label=label, id=name) if label != name else name
