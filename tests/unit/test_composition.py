"""Changes taken apart into composition and what happened within groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.stats.composition import change_table, explain_change, kitagawa, threefold
from csat.stats.composition_codes import CompositionError, Wave
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean

# Das Gupta (1993), Standardization and decomposition of rates, US Bureau of the Census P23-186, example 5.3:
# people (thousands) and deaths per thousand by race and age, United States, 1970 and 1985.
PEOPLE = np.concatenate(
    [
        [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315],
        [535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117],
        [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472],
        [707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236],
    ]
).reshape(2, 22)
RATES = np.concatenate(
    [
        [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837],
        [36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205],
        [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570],
        [17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161],
    ]
).reshape(2, 22)


def test_deaths_in_the_united_states() -> None:
    shares = PEOPLE / PEOPLE.sum(axis=1, keepdims=True)
    crude = (shares * RATES).sum(axis=1)
    assert crude == pytest.approx([9.422, 8.736], abs=5e-4)
    composition, within = kitagawa((shares[0], shares[1]), (RATES[0], RATES[1]))
    # An older population would have raised deaths by 1.5 per thousand; lower rates took 2.2 off.
    assert composition.sum() == pytest.approx(1.5415, abs=1e-4)
    assert within.sum() == pytest.approx(-2.2277, abs=1e-4)
    assert composition.sum() + within.sum() == pytest.approx(crude[1] - crude[0], abs=1e-12)
    # Standardised by the mean composition, the rates alone differ by as much: another way to the same.
    standard = shares.mean(axis=0)
    assert within.sum() == pytest.approx(standard @ RATES[1] - standard @ RATES[0], abs=1e-12)


def test_threefold_sums_up_too() -> None:
    shares = np.array([0.5, 0.5]), np.array([0.8, 0.2])
    means = np.array([10.0, 20.0]), np.array([12.0, 20.0])
    composition, within, both = threefold(shares, means)
    assert (composition.sum(), within.sum(), both.sum()) == pytest.approx((-3.0, 1.0, 0.6))
    half = kitagawa(shares, means)
    np.testing.assert_allclose(half[0], composition + both / 2)
    np.testing.assert_allclose(half[1], within + both / 2)


def wave(n: int, young: float, shift: float, seed: int, weighted: bool = True) -> Wave:
    rng = np.random.default_rng(seed)
    groups = pd.DataFrame(
        {
            "age": np.where(rng.random(n) < young, "young", "old"),
            "site": rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2]),
        }
    )
    values = 60 + 10 * (groups["age"] == "old") + 4 * (groups["site"] == "c") + shift + rng.normal(0, 8, n)
    return Wave(values.to_numpy(), groups, rng.uniform(0.5, 2, n) if weighted else None)


def by_age(given: Wave) -> Wave:
    return Wave(given.values, pd.DataFrame(given.groups)["age"], given.weights)


@pytest.mark.parametrize("three", [False, True])
def test_parts_sum_to_the_change(three: bool) -> None:
    one, two = by_age(wave(500, 0.4, 0.0, 1)), by_age(wave(400, 0.7, 2.0, 2))
    table = change_table(one, two, three=three, replicates=50)
    rows = table.set_index(["metric", "subject"])["estimate"]
    kinds = ["composition", "within"] + (["both"] if three else [])
    assert sum(rows[f"change_{kind}", "total"] for kind in kinds) == pytest.approx(
        rows["change", "total"], abs=1e-12
    )
    for kind in kinds:
        groups = rows[f"change_{kind}"].drop("total")
        assert groups.sum() == pytest.approx(rows[f"change_{kind}", "total"], abs=1e-12)
    means = [np.average(np.asarray(w.values), weights=w.weights) for w in (one, two)]
    assert rows["change", "total"] == pytest.approx(means[1] - means[0], abs=1e-12)
    assert rows["change_share", "young"] == pytest.approx(-rows["change_share", "old"])


def test_a_pure_change_of_composition_is_seen_as_one() -> None:
    one, two = by_age(wave(4000, 0.4, 0.0, 1)), by_age(wave(4000, 0.7, 0.0, 2))
    rows = change_table(one, two, replicates=200).set_index(["metric", "subject"])
    assert rows.loc[("change_composition", "total"), "estimate"] == pytest.approx(-3, abs=0.4)
    within = rows.loc[("change_within", "total")]
    assert within["ci_low"] < 0 < within["ci_high"]


def test_interval_of_the_change_is_that_of_the_design() -> None:
    one, two = by_age(wave(600, 0.4, 0.0, 1)), by_age(wave(500, 0.6, 1.0, 2))
    total = change_table(one, two, replicates=4000).iloc[0]
    errors = [mean(SurveyDesign.of(np.asarray(w.weights)), w.values).standard_error[0] for w in (one, two)]
    assert (total["ci_high"] - total["ci_low"]) / 3.92 == pytest.approx(np.hypot(*errors), rel=0.04)


def test_group_that_one_wave_lacks_is_composition() -> None:
    one = Wave([1.0, 3, 5, 5], ["a", "a", "b", "b"])
    two = Wave([2.0, 2, 2, 2], ["a", "a", "a", "a"])
    rows = change_table(one, two, replicates=20).set_index(["metric", "subject"])["estimate"]
    assert rows["change_within", "b"] == 0
    assert rows["change_composition", "total"] == pytest.approx(-1.5)
    assert rows["change", "total"] == pytest.approx(-1.5)


def test_several_groupings_at_once() -> None:
    one, two = wave(900, 0.4, 0.0, 1), wave(800, 0.7, 2.0, 2)
    rows = explain_change(one, two, replicates=100).set_index(["metric", "subject"])
    estimates = rows["estimate"]
    parts = estimates["change_composition"]
    assert parts["total"] + estimates["change_within", "total"] == pytest.approx(
        estimates["change", "total"], abs=1e-10
    )
    assert parts["age"] + parts["site"] == pytest.approx(parts["total"], abs=1e-10)
    assert parts["age"] == pytest.approx(-3, abs=0.8)
    assert (
        rows.loc[("change_within", "total"), "ci_low"] < 2 < rows.loc[("change_within", "total"), "ci_high"]
    )


def test_one_grouping_gives_kitagawa() -> None:
    one, two = wave(500, 0.4, 0.0, 1), wave(400, 0.7, 2.0, 2)
    single = [Wave(w.values, pd.DataFrame(w.groups)[["age"]], w.weights) for w in (one, two)]
    regression = explain_change(*single, replicates=5).set_index(["metric", "subject"])["estimate"]
    table = change_table(by_age(one), by_age(two), replicates=5).set_index(["metric", "subject"])["estimate"]
    for key in (("change_composition", "total"), ("change_within", "total")):
        assert regression[key] == pytest.approx(table[key], abs=1e-10)


def test_missing_values_and_groups_are_left_out() -> None:
    full = by_age(wave(300, 0.4, 0.0, 1))
    groups, values = pd.Series(np.asarray(full.groups)), np.asarray(full.values).copy()
    groups[:20], values[20:30] = None, np.nan
    rows = np.arange(300) >= 30
    holes = change_table(Wave(values, groups, full.weights), full, replicates=5)
    cut = Wave(values[rows], groups[rows], np.asarray(full.weights)[rows])
    np.testing.assert_allclose(holes["estimate"], change_table(cut, full, replicates=5)["estimate"])


def test_changes_that_cannot_be_taken_apart() -> None:
    one, two = Wave([1.0, 2], ["a", "a"]), Wave([1.0, 2], ["b", "b"])
    with pytest.raises(CompositionError, match="no group in common"):
        change_table(one, two)
    with pytest.raises(CompositionError, match="two are the least"):
        change_table(Wave([1.0, np.nan], ["a", "a"]), one)
    frames = pd.DataFrame({"g": ["a", "b"]}), pd.DataFrame({"g": ["a", "c"]})
    with pytest.raises(CompositionError, match="only one of the waves has g=c"):
        explain_change(Wave([1.0, 2], frames[0]), Wave([1.0, 2], frames[1]))
    same = pd.DataFrame({"g": list("abab"), "h": list("xyxy")})
    with pytest.raises(CompositionError, match="follows from the others"):
        explain_change(Wave([1.0, 2, 3, 4], same), Wave([1.0, 2, 3, 4], same))
