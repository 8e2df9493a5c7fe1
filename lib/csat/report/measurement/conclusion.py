"""What it comes to: the summary at the top of the page, and what each construct can be used for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from csat.report.measurement.careless import Carelessness
from csat.report.measurement.factor_model import FactorModel, bars_kept
from csat.report.measurement.intake import Intake
from csat.report.measurement.rows import rows_of
from csat.report.measurement.telling import (
    MOST_NAMED,
    described_alpha,
    interval_of,
    labels,
    named,
    pair_of,
    several_dimensions,
)
from csat.report.measurement.verdicts import pair_verdicts

if TYPE_CHECKING:
    from csat.report.measurement.assessment import Assessment
    from csat.report.page import Page


MANY_FLAGGED = 0.10
"""Share of respondents flagged as possibly careless from which the first sentence mentions them."""


def tell_summary(
    page: Page, found: Assessment, came: Intake, care: Carelessness, model: FactorModel | None = None
) -> None:
    """Say at the top how far the measurement carries: a lead sentence and its reasons.

    Parameters
    ----------
    page : Page
    found : Assessment
    came : Intake
    care : Carelessness
    model : FactorModel, optional
        Whose misfit the first sentence does not pass over.
    """
    verdicts = found.verdicts
    usable = verdicts[verdicts["index"] == "yes"]
    lead = "all" if len(usable) == len(verdicts) else "some" if len(usable) else "none"
    if (verdicts["kind"] == "single").all():
        lead = "untested"
    elif care.doubtful and len(usable):
        lead = "face_value"
    names = labels(page, usable["construct"])
    reasons = _reservations(page, found, care, model)
    lead += "_but" if reasons and lead in ("all", "some") else ""
    if care.doubtful:
        page.say("summary.doubtful", share=care.straight / len(care.screening.respondents))
    page.say(f"summary.{lead}", usable=len(usable), total=len(verdicts), names=names, reasons=reasons)
    page.bullets([*_weaknesses(page, found), _data(came, care)])


def _reservations(page: Page, found: Assessment, care: Carelessness, model: FactorModel | None) -> list[str]:
    """Tell what speaks against the scales taken together, though each of them may be reliable."""
    told = []
    kept, total = bars_kept(model) if model is not None else (0, 0)
    if kept < total:
        told.append(page.t("summary.reason.misfit", kept=kept, total=total))
    pairs = pair_verdicts(found.discriminant, page.study)
    failed = int((pairs["verdict"] == "not_distinct").sum())
    if failed:
        told.append(page.t("summary.reason.overlap", k=failed))
    several = several_dimensions(found)
    if several:
        told.append(page.t("summary.reason.dimensions", names=labels(page, several), k=len(several)))
    share = care.flagged / max(len(care.screening.respondents), 1)
    if care.possible and share > MANY_FLAGGED:
        told.append(page.t("summary.reason.careless", share=share))
    return told


def _weaknesses(page: Page, found: Assessment) -> list[tuple[str, dict[str, Any]]]:
    """Tell what the reader must know before using any construct."""
    verdicts = found.verdicts
    told: list[tuple[str, dict[str, Any]]] = []
    for verdict in ("not_usable", "weak"):
        own = verdicts[verdicts["reliability"] == verdict]
        if len(own):
            names = [described_alpha(page, row) for row in rows_of(own)]
            told.append((f"summary.{verdict}", {"names": names, "k": len(own)}))
    pairs = pair_verdicts(found.discriminant, page.study)
    failed = pairs[pairs["verdict"] == "not_distinct"].sort_values("estimate", ascending=False, kind="stable")
    if len(failed):
        listed = [pair_of(page, row) for row in rows_of(failed.head(MOST_NAMED))]
        more = len(failed) - len(listed)
        told.append(("summary.overlap_more" if more else "summary.overlap", {"pairs": listed, "more": more}))
    for kind in ("single", "composite"):
        own = verdicts[verdicts["kind"] == kind]
        if 0 < len(own) < len(verdicts) or (kind == "composite" and len(own)):
            told.append((f"summary.{kind}", {"names": labels(page, own["construct"]), "k": len(own)}))
    return told


def _data(came: Intake, care: Carelessness) -> tuple[str, dict[str, Any]]:
    """How clean the answers are."""
    return "summary.data" if care.possible else "summary.data_only", {
        "n": came.n,
        "received": came.received,
        "missing": came.missing_share,
        "flagged": care.flagged,
        "flagged_share": care.flagged / max(len(care.screening.respondents), 1),
    }


def tell_uses(page: Page, found: Assessment, care: Carelessness) -> None:
    """One paragraph a construct: what it can be used for and why."""
    if care.doubtful:
        page.warn("use.doubtful", share=care.straight / len(care.screening.respondents))
    for row in rows_of(found.verdicts):
        sentences = [page.words.html(key, **values) for key, values in _paragraph(page, row)]
        head = page.words.html("use.head", construct=page.label(str(row.construct)))
        page.html(f"<p>{page.t('use.join').join([head, *sentences])}</p>")


def use_table(page: Page, found: Assessment) -> pd.DataFrame:
    """Verdicts in words: ``construct, verdict, index, drivers, model``."""
    rows = []
    for row in rows_of(found.verdicts):
        verdict = page.t(f"reliability.verdict.{row.reliability or row.kind}")
        uses = {name: page.t(f"use.{getattr(row, name)}") for name in ("index", "drivers", "model")}
        rows.append({"construct": row.construct, "verdict": verdict, **uses})
    return pd.DataFrame(rows)


def _paragraph(page: Page, row: Any) -> list[tuple[str, dict[str, Any]]]:
    """Sentences on one construct: reliability, what weakens it, whether it is distinct, what follows."""
    told: list[tuple[str, dict[str, Any]]] = []
    if row.kind == "scale":
        told.append((f"use.reliability.{row.reliability}", {"alpha": interval_of(page, row, "alpha")}))
        told += _weak_spots(page, row)
    else:
        told.append((f"use.{row.kind}", {"k": len(str(row.items).split())}))
    overlaps = str(row.overlaps).split()
    if overlaps:
        told.append(("use.overlap", {"names": labels(page, overlaps)}))
    elif row.discriminant == "unclear":
        told.append(("use.may_overlap", {"name": page.label(row.htmt_with), "htmt": row.htmt}))
    end = "single" if row.kind == "single" else f"{row.index}_{row.drivers}_{row.model}"
    return [*told, (f"use.end.{end}", {})]


def _weak_spots(page: Page, row: Any) -> list[tuple[str, dict[str, Any]]]:
    """Tell what weakens a scale."""
    told: list[tuple[str, dict[str, Any]]] = []
    if row.drop_item:
        item = {"item": page.t("quoted", text=page.label(row.drop_item)), "without": row.alpha_without}
        told.append(("use.drop" if row.reliability in ("weak", "not_usable") else "use.drop_minor", item))
    if row.heywood:
        told.append(("use.heywood", {"items": named(page, str(row.heywood).split())}))
    if row.convergent in ("missed", "unclear"):
        told.append((f"use.ave.{row.convergent}", {"ave": interval_of(page, row, "ave")}))
    return told
