"""What ``csat ingest`` and ``csat waves`` say: a wave that was taken in, and all that is stored."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from csat.data.ingest import Ingested
    from csat.data.prepared import Prepared

_SHOWN = 3


def summary(done: Ingested) -> Iterator[str]:
    """Sum up a wave that was taken in.

    Parameters
    ----------
    done : Ingested
        What `csat.data.ingest.ingest` gave back.

    Yields
    ------
    str
        Lines: what was recognised, what was kept and why not the rest, findings, weights, columns left out,
        what is stored.
    """
    from csat.data.privacy.left_out import left_out

    prepared = done.prepared
    yield f"{prepared.study.id} {prepared.wave}: {prepared.format or 'answers'} from {prepared.source}"
    yield f"  {_counted(prepared.received, 'answer')} received, {len(prepared.numbers)} kept"
    yield from _ledger(prepared.ledger)
    yield from _findings(prepared.findings)
    yield from _weights(prepared)
    if unknown := left_out(prepared.unknown_columns, prepared.ledger):
        what = "column" if len(unknown) == 1 else "columns"
        yield f"  {what} that the study does not know, left out: {', '.join(unknown)}"
    for note in prepared.notes:
        yield f"  note: {note}"
    for warning in done.warnings:
        yield f"  warning: {warning}"
    state = f"closed on {done.closing.closed[:10]}" if done.closing else "provisional until closed"
    what = "stored as" if done.new else "unchanged, already stored as"
    yield f"  {what} revision {done.snapshot.revision} ({done.snapshot.sha256[:8]}), wave {state}"


def _ledger(ledger: pd.DataFrame) -> Iterator[str]:
    """Say what was set aside, recoded or left out, rule by rule."""
    from csat.report.language import Catalogue

    words = Catalogue("en", "measurement")
    for rule, entries in ledger[~ledger["rule"].isin(["received"])].groupby("rule", sort=False):
        count = int(entries["count"].sum())
        items = [str(item) for item in entries["item"] if item]
        if not count and not items:
            continue
        key = f"ledger.rule.{rule}"
        told = words.t(key, items=items, k=len(items)) if words.has(key) else str(rule).replace("_", " ")
        rows = entries["rows"].iloc[0] if len(entries) == 1 else ""
        yield f"    {told}: {count}{_rows(rows)}"


def _findings(findings: pd.DataFrame) -> Iterator[str]:
    """Say how many findings there are of each severity, and the first of them."""
    if findings.empty:
        yield "  findings: none"
        return
    counts = [
        _counted(found, severity)
        for severity in ("error", "warning", "note")
        if (found := int((findings["severity"] == severity).sum()))
    ]
    yield f"  findings: {', '.join(counts)}"
    for row in findings.head(_SHOWN).to_dict("records"):
        item = f" {row['item']}" if row["item"] else ""
        what = str(row["rule"]).replace("_", " ")
        yield f"    {row['severity']}: {what}{item}: {row['count']}{_rows(row['rows'])}"
    if len(findings) > _SHOWN:
        more = _counted(len(findings) - _SHOWN, "more finding")
        yield f"    … and {more}: see the measurement report (csat run)"


def _weights(prepared: Prepared) -> Iterator[str]:
    """Say what the weights cost."""
    from csat.data.weighting.report import kish

    weights = prepared.weights.to_numpy(dtype=float)
    if len(weights) and prepared.weights.nunique() > 1:
        deff, effective = kish(weights)
        yield f"  weights: design effect {deff:.2f}, {len(weights)} answers count as {effective:.0f}"


def _rows(rows: str) -> str:
    """Which rows are meant, in brackets; nothing where none is named."""
    if not rows:
        return ""
    return f" (row {rows})" if rows.isdigit() else f" (rows {rows})"


def _counted(number: int, what: str) -> str:
    """Give a number with its noun, as ``1 answer`` and ``2 answers``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def listed(table: pd.DataFrame, verified: bool) -> Iterator[str]:
    """List what is stored as a table to read.

    Parameters
    ----------
    table : DataFrame
        From `csat.data.waves.revisions.stored_table`.
    verified : bool
        Whether all answers were hashed again.

    Yields
    ------
    str
        Lines, the heads first.
    """
    heads = ("wave", "rev", "state", "n", "received", "stored", "weighted", "hash", "intact", "source")
    rows = [_cells(row, verified) for row in table.to_dict("records")]
    widths = [max(len(row[k]) for row in (heads, *rows)) for k in range(len(heads))]
    for line in (heads, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _cells(row: Mapping[Hashable, Any], verified: bool) -> tuple[str, ...]:
    """One line of the list; a damaged snapshot tells nothing of itself."""
    known = row["hash"] != ""
    return (
        str(row["wave"]),
        f"r{row['revision']}",
        str(row["state"]),
        str(int(row["n"])) if known else "-",
        str(int(row["received"])) if known else "-",
        str(row["created"])[:16].replace("T", " ") or "-",
        ("yes" if row["weighted"] else "no") if known else "-",
        str(row["hash"]) or "-",
        "DAMAGED" if row["problem"] else "yes" if verified else "-",
        str(row["source"]) or "-",
    )
