"""Careless responding: what raises a flag, what does not, and what excluding changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.data.quality import careless
from csat.data.quality.screening import CarelessRules, effect_of_excluding, screen


def answers(n: int = 120, k: int = 10, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    person = rng.normal(6, 1.5, n)
    table = np.clip(np.round(person[:, None] + rng.normal(0, 1.2, (n, k))), 1, 10)
    return pd.DataFrame(table, columns=[f"q{i}" for i in range(k)])


def test_straight_liners_are_careless() -> None:
    data = answers()
    data.iloc[5] = 7
    found = screen(data, ranges=dict.fromkeys(data.columns, (1, 10))).respondents
    assert found.loc[5, ["flag_longstring", "flag_irv", "careless", "straight_line"]].all()
    assert found["careless"].sum() <= 3


def test_an_improbable_pattern_is_flagged_by_its_distance() -> None:
    data = answers(400)
    data.iloc[9] = [1, 10] * 5
    found = screen(data).respondents
    assert found.loc[9, "flag_mahalanobis"]
    assert not found.loc[9, "flag_longstring"]


def test_missing_answers_break_runs_and_leave_the_rest() -> None:
    data = pd.DataFrame([[3, 3, np.nan, 3, 3, 3], [np.nan] * 6, [1, 2, 3, 4, 5, 6]], columns=list("abcdef"))
    assert careless.longstring(data).tolist() == [3, 0, 1]
    irv = careless.intra_individual_variability(data)
    assert irv[0] == 0
    assert np.isnan(irv[1])


def test_distance_of_those_who_left_items_out_uses_the_items_they_answered() -> None:
    data = answers(300, 4)
    data.iloc[0, 3] = np.nan
    distance, p = careless.mahalanobis(data)
    part = data[["q0", "q1", "q2"]]
    x = (data.iloc[0, :3] - part.mean()).to_numpy()
    cov = data.cov().to_numpy()[:3, :3]
    assert distance[0] == pytest.approx(x @ np.linalg.inv(cov) @ x)
    assert 0 < p[0] < 1


def test_distance_without_enough_people_or_with_constant_and_collinear_items() -> None:
    assert np.isnan(careless.mahalanobis(answers(5, 10))[0]).all()
    data = answers(200, 4)
    plain, _ = careless.mahalanobis(data)
    more, _ = careless.mahalanobis(data.assign(constant=3.0, twin=data["q0"]))
    np.testing.assert_allclose(more, plain, rtol=1e-6)


def test_consistency_needs_three_constructs_and_three_pairs() -> None:
    data = answers()
    assert np.isnan(careless.even_odd(data, {"a": ["q0", "q1"], "b": ["q2", "q3"]})).all()
    assert np.isnan(careless.synonyms(data, least=0.999)).all()


def test_reversed_items_are_judged_as_scored() -> None:
    scored = answers()
    raw = scored.copy()
    raw[["q1", "q3"]] = 11 - raw[["q1", "q3"]]
    found = screen(raw, scored)
    np.testing.assert_array_equal(found.respondents["longstring"], careless.longstring(raw))
    np.testing.assert_array_equal(found.respondents["synonyms"], careless.synonyms(scored))


def test_items_on_different_scales_are_brought_together() -> None:
    data = answers().assign(q0=lambda d: d["q0"] * 10)
    ranges = dict.fromkeys(data.columns, (1.0, 10.0)) | {"q0": (10.0, 100.0)}
    found = screen(data, ranges=ranges)
    same = screen(answers(), ranges=dict.fromkeys(data.columns, (1.0, 10.0)))
    np.testing.assert_allclose(found.respondents["irv"], same.respondents["irv"] / 9)
    np.testing.assert_array_equal(found.respondents["flag_irv"], same.respondents["flag_irv"])


def test_summary_states_thresholds() -> None:
    found = screen(answers(), blocks={"a": ["q0", "q1"]})
    summary = found.summary.set_index(["metric", "subject"])
    assert summary.loc[("careless_share", "longstring"), "method"] == "a run of at least 5 of 10 items"
    assert np.isnan(summary.loc[("careless_share", "even_odd"), "estimate"])
    assert summary.loc[("careless_share", "careless"), "estimate"] == found.careless.mean()
    assert list(found.summary.columns) == [
        "metric",
        "subject",
        "estimate",
        "ci_low",
        "ci_high",
        "n",
        "method",
    ]


def test_rules_can_be_stricter() -> None:
    data = answers()
    loose = screen(data).careless.sum()
    strict = screen(data, rules=CarelessRules(longstring_share=0.3, least_flags=1)).careless.sum()
    assert strict > loose


def test_effect_of_excluding() -> None:
    data = answers()
    data.iloc[:30] = 10
    flagged = screen(data).careless
    frame = effect_of_excluding(data, flagged, lambda f: f.mean().to_dict(), "item_mean")
    assert frame["n_everybody"].unique() == [120]
    assert (frame["n_without"] == (~flagged).sum()).all()
    assert (frame["change"] < 0).all()
    assert frame["metric"].unique() == ["item_mean"]
    with pytest.raises(ValueError, match="3 flags do not fit 120 respondents"):
        effect_of_excluding(data, [True] * 3, lambda f: {})


def test_one_number_on_two_scales_is_one_answer() -> None:
    data = answers()
    data.iloc[0] = 8.0
    ranges = dict.fromkeys(data.columns, (1.0, 10.0)) | {data.columns[0]: (0.0, 10.0)}
    assert screen(data, ranges=ranges).respondents["straight_line"].iloc[0]
