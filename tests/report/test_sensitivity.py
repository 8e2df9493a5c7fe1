"""Every figure with and without the flagged, side by side, equals what the rest gives by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.data import load_answers
from csat.data.answers import Answers
from csat.report.measurement.assessment import assess
from csat.report.measurement.careless import screened
from csat.report.measurement.intake import ranges_of
from csat.report.measurement.sensitivity import FIGURES, sensitivity_table
from csat.study import load_study


@pytest.fixture(scope="module")
def mobi() -> Answers:
    return load_answers(load_study("mobile_ecsi"))


def test_both_sides_are_the_figures_of_the_report(mobi: Answers) -> None:
    flagged = (screened(mobi).respondents["flags"] > 0).to_numpy()
    table = sensitivity_table(mobi, flagged)
    assert set(table["metric"]) == set(FIGURES)
    rest = mobi.scored.loc[~flagged]
    moments = stats.GroupedSums.from_frame(rest).moments()
    found = assess(moments, mobi.study)
    expected = stats.stack(
        [
            found.reliability,
            found.outer,
            stats.index_table(moments, mobi.study.blocks(), ranges_of(mobi.study)),
            stats.nps_table(rest["CUSL3"], "CUSL3"),
            stats.top_box_table(rest[["CUSA1"]], 9),
        ]
    ).drop_duplicates(["metric", "subject"])
    both = table.merge(expected, on=["metric", "subject"])
    assert len(both) > 25
    np.testing.assert_allclose(both["without_flagged"], both["estimate"])
    np.testing.assert_allclose(both["change"], both["without_flagged"] - both["everybody"])
    assert set(table["n_without"]) == {float((~flagged).sum())}


def test_nothing_to_compare(mobi: Answers) -> None:
    assert sensitivity_table(mobi, np.zeros(mobi.n, dtype=bool)).empty
    nearly_all = np.arange(mobi.n) > 8
    assert sensitivity_table(mobi, nearly_all).empty


def test_weights_count_on_both_sides(mobi: Answers) -> None:
    weights = np.linspace(0.2, 1.8, mobi.n)
    flagged = np.arange(mobi.n) < 30
    table = sensitivity_table(replace(mobi, weights=weights), flagged, figures=("index_0_100", "top_box"))
    assert set(table["metric"]) == {"index_0_100", "top_box"}
    held = (mobi.scored["CUSA1"] >= 9).to_numpy()
    row = table[(table["metric"] == "top_box") & (table["subject"] == "CUSA1")].iloc[0]
    assert row["everybody"] == pytest.approx(np.average(held, weights=weights))
    assert row["without_flagged"] == pytest.approx(np.average(held[30:], weights=weights[30:]))


def test_straight_liners_of_tuerkiye_lift_alpha(
    mobi: Answers, shared_data: Callable[[str], pd.DataFrame]
) -> None:
    """Alpha of the twelve items on the course: .983 for everybody, .949 without one answer to everything."""
    data = shared_data("turkiye_student_evaluation")
    raw = data[[f"Q{i}" for i in range(1, 13)]].astype(float)
    names = list(mobi.study.items)[:12]
    study = mobi.study.without(mobi.study.items.keys() - set(names))
    first = next(iter(study.constructs.values()))
    items = {n: replace(study.items[n], construct=first.id) for n in names}
    study = replace(
        study,
        items=items,
        constructs={first.id: replace(first, items=tuple(names), mode="reflective")},
        paths=(),
    )
    scored = raw.set_axis(names, axis=1)
    answers = replace(mobi, study=study, raw=scored, scored=scored, weights=np.ones(len(scored)))
    straight = data[[f"Q{i}" for i in range(1, 29)]].nunique(axis=1).to_numpy() == 1
    table = sensitivity_table(answers, straight, figures=("alpha",)).iloc[0]
    assert (round(table["everybody"], 3), round(table["without_flagged"], 3)) == (0.983, 0.949)
