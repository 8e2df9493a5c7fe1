"""The section on weights: what they were made to agree with, what they cost, and how they drift."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from csat import stats
from csat.report.measurement.intake import ranges_of
from csat.report.tables import Format

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.data.weighting import Weighting
    from csat.report.page import Page
    from csat.study.definition import Study

MOST_WAVES = 12
"""Waves that drift is told of: the latest."""

SHARES = ("target_share", "unweighted_share", "weighted_share")
_MARGINS: Mapping[Hashable, Format] = {"n": "n", **dict.fromkeys(SHARES, "pct1")}
_DRIFT: Mapping[Hashable, Format] = {
    "n": "n",
    "n_eff": "n",
    "kish_deff": 2,
    "smallest": 2,
    "largest": 2,
    "weighting_effect": "signed1",
}


def weighting_of(answers: Answers) -> Weighting | None:
    """Tell how the weights came about; None where all weigh the same.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    Weighting or None
    """
    from csat.data.weighting import as_given

    found = answers.weighting or as_given(answers.weights)
    return None if found.equal and not len(found.margins) else found


def show_weights(page: Page, study: Study, answers: Answers, data: str | Path = "") -> None:
    """Show the section on weights, where there are any.

    Parameters
    ----------
    page : Page
    study : Study
        The study as declared.
    answers : Answers
        What the page is about.
    data : str or Path
        File that the answers come from instead of the study's own.
    """
    found = weighting_of(answers)
    if found is None:
        return
    page.heading("weights.heading", level=2)
    page.record(weight_rows(found))
    tell_weights(page, found)
    margins = page.record(margin_rows(found))
    if len(margins):
        page.table("weights.margins", _margin_table(page, margins), _MARGINS)
    _show_distribution(page, found)
    drift = drift_rows(study, answers, data)
    if drift["subject"].nunique() > 1:
        page.table("weights.drift", _drift_table(page.record(drift)), _DRIFT, k=drift["subject"].nunique())


def tell_weights(page: Page, found: Weighting) -> None:
    """Say how weights were made, what they cost, and what did not hold."""
    w = found.weights
    page.say(f"weights.{found.method}", names=_names(page, found), k=found.iterations)
    page.say("weights.cost", n=len(w), effective=int(found.n_eff), effect=found.kish_deff)
    page.say("weights.ends", smallest=float(w[w > 0].min()), largest=float(w.max()))
    unknown = found.margins[found.margins["code"] == ""]
    if len(unknown):
        page.say("weights.unknown", names=[page.label(name) for name in unknown["segment"]])
    if found.trimmed:
        page.say("weights.trimmed", share=found.trimmed / len(w))
    if not found.converged:
        page.warn("weights.missed", difference=100 * found.difference)


def weight_rows(found: Weighting) -> pd.DataFrame:
    """Tell the cost of weights as a tidy frame.

    Parameters
    ----------
    found : Weighting

    Returns
    -------
    DataFrame
        ``design_effect``, ``effective_n``, ``weight_smallest``, ``weight_largest``, ``weight_trimmed_share``
        and ``weight_missed_share`` (largest difference left to a target), subject ``weights``.
    """
    w = found.weights
    values = {
        "design_effect": found.kish_deff,
        "effective_n": found.n_eff,
        "weight_smallest": float(w[w > 0].min()),
        "weight_largest": float(w.max()),
        "weight_trimmed_share": found.trimmed / len(w),
        "weight_missed_share": found.difference,
    }
    frame = stats.tidy("", ["weights"] * len(values), list(values.values()), len(w), f"Kish; {found.method}")
    frame["metric"] = list(values)
    return frame


def margin_rows(found: Weighting) -> pd.DataFrame:
    """Tell the margins as a tidy frame.

    Parameters
    ----------
    found : Weighting

    Returns
    -------
    DataFrame
        ``target_share``, ``unweighted_share`` and ``weighted_share``, subjects ``segment=code``, among the
        respondents whose code is known.
    """
    table = found.margins[found.margins["code"] != ""]
    subjects = [f"{segment}={code}" for segment, code in zip(table["segment"], table["code"], strict=True)]
    frames = [stats.tidy(name, subjects, table[name], table["n"], found.method) for name in SHARES]
    return stats.stack(frames)


def drift_rows(study: Study, answers: Answers, data: str | Path = "") -> pd.DataFrame:
    """Tell how weights drift over the waves, as a tidy frame.

    Parameters
    ----------
    study : Study
        As declared.
    answers : Answers
        Of the wave of the page, which is the last one looked at.
    data : str or Path

    Returns
    -------
    DataFrame
        Subjects are waves: ``wave_design_effect``, ``wave_effective_n``, ``wave_weight_smallest``,
        ``wave_weight_largest`` and ``wave_weighting_effect``: what weights do to the index of satisfaction
        (or of the first construct), in points of 0-100. Waves that cannot be read are left out.
    """
    from csat.data import load_answers
    from csat.data.waves.earlier import load_earlier
    from csat.data.weighting import weight_drift

    whole = load_answers(study, answers.wave, data) if answers.segment else answers
    before = load_earlier(study, answers.wave, data, most=MOST_WAVES - 1).answers
    waves = {one.wave: one for one in (*before, whole)}
    found = {name: weights for name, one in waves.items() if (weights := weighting_of(one)) is not None}
    drift = weight_drift(found)
    columns = {
        "wave_design_effect": drift["kish_deff"].to_numpy(),
        "wave_effective_n": drift["n_eff"].to_numpy(),
        "wave_weight_smallest": drift["smallest"].to_numpy(),
        "wave_weight_largest": drift["largest"].to_numpy(),
        "wave_weighting_effect": pd.Series([_effect(waves[name]) for name in found], dtype=float).to_numpy(),
    }
    rows = stats.stack([stats.tidy(name, list(found), of, n=drift["n"]) for name, of in columns.items()])
    return rows.assign(method=rows["subject"].map({name: weights.method for name, weights in found.items()}))


def _effect(answers: Answers) -> float:
    """Weighted less unweighted index of satisfaction, or of the first construct."""
    study = answers.study
    blocks = study.blocks()
    roles = [name for name in blocks if study.constructs[name].role == "satisfaction"]
    name = (roles or list(blocks))[0]
    items = list(blocks[name])
    with_weights, without = (
        stats.GroupedSums.from_frame(answers.scored[items], weights).moments()
        for weights in (answers.weights, None)
    )
    ranges = ranges_of(study)
    return float(stats.index_0_100(with_weights, items, ranges) - stats.index_0_100(without, items, ranges))


def _margin_table(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """Margins for reading: a row a category."""
    wide = rows.pivot(index="subject", columns="metric", values="estimate")
    n = rows.drop_duplicates("subject").set_index("subject")["n"]
    order = list(dict.fromkeys(rows["subject"]))
    table = pd.DataFrame({"margin": [_category(page, subject) for subject in order]})
    table["n"] = n.reindex(order).to_numpy()
    for name in SHARES:
        table[name] = wide[name].reindex(order).to_numpy()
    return table


def _drift_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Drift for reading: a row a wave."""
    wide = rows.pivot(index="subject", columns="metric", values="estimate")
    order = list(dict.fromkeys(rows["subject"]))
    wide = wide.reindex(order)
    n = rows.drop_duplicates("subject").set_index("subject")["n"].reindex(order)
    return pd.DataFrame(
        {
            "wave": order,
            "n": n.to_numpy(),
            "n_eff": wide["wave_effective_n"].to_numpy(),
            "kish_deff": wide["wave_design_effect"].to_numpy(),
            "smallest": wide["wave_weight_smallest"].to_numpy(),
            "largest": wide["wave_weight_largest"].to_numpy(),
            "weighting_effect": wide["wave_weighting_effect"].to_numpy(),
        }
    )


def _show_distribution(page: Page, found: Weighting) -> None:
    """Draw the distribution of the weights."""
    from csat.report.figures.weights import weight_bars

    w = found.weights
    middle = float(((w > 0.5) & (w < 2)).mean())
    figure = weight_bars(
        w,
        lang=page.lang,
        xlabel=page.t("weights.figure.x"),
        ylabel=page.t("weights.figure.y"),
        mean=page.t("weights.figure.mean"),
    )
    page.figure("weights.figure", figure, middle=middle, largest=float(w.max()), n=len(w))


def _names(page: Page, found: Weighting) -> list[str]:
    """Names of the margins."""
    return [
        " × ".join(page.label(part) for part in str(name).split("*"))
        for name in found.margins["segment"].drop_duplicates()
    ]


def _category(page: Page, subject: str) -> str:
    """Label of a category such as ``age=2`` or ``age*sex=2*1``."""
    names, _, codes = subject.partition("=")
    parts = names.split("*")
    values = codes.split("*") if len(parts) > 1 else [codes]
    return " × ".join(page.label(f"{name}={code}") for name, code in zip(parts, values, strict=True))
