"""Sizes, allocations, costs and the changes that a tracking survey can see."""

from __future__ import annotations

import numpy as np
import pytest
from csat.errors import CsatError
from csat.study import sizes, tracking
from csat.study.allocation import (
    allocate,
    design_effect,
    effective_size,
    field_cost,
    invitations,
    quota_feasibility,
)
from csat.study.sampling import nps_sd, sample_size


def test_small_populations_are_asked_as_a_whole() -> None:
    assert [sample_size(e, frame_size=200) for e in (0.03, 0.05, 0.1)] == [169, 132, 66]
    assert [sizes.census_advice(60, e).n for e in (0.03, 0.05, 0.1)] == [57, 53, 38]
    assert all(sizes.census_advice(60, e).census for e in (0.03, 0.05, 0.1))
    assert not sizes.census_advice(12_000).census


def test_the_tracking_table() -> None:
    frame = tracking.tracking_plan(100, {"nps": nps_sd(0.5, 0.2)}, {"unit=south": 0.2}, months=(1, 3))
    everyone = frame[(frame["segment"] == "") & (frame["months"] == 1)]
    assert everyone["estimate"].item() == pytest.approx(30.9, abs=0.1)
    for n, points in ((400, 15.5), (1000, 9.8)):
        assert tracking.minimum_detectable_shift(n, nps_sd(0.5, 0.2)) == pytest.approx(points, abs=0.05)
    assert (frame.loc[frame["segment"] == "unit=south", "flag"] == "small").all()
    three = frame[(frame["segment"] == "") & (frame["months"] == 3)]
    assert three["estimate"].item() == pytest.approx(everyone["estimate"].item() / np.sqrt(3))


def test_the_n_needed_finds_the_change() -> None:
    n = tracking.sample_size_change(10, 78.1)
    assert tracking.minimum_detectable_shift(n, 78.1) <= 10 < tracking.minimum_detectable_shift(n - 1, 78.1)
    n = tracking.sample_size_change(5, 78.1, months=3, before=12)
    assert tracking.minimum_detectable_shift(n, 78.1, 3, 12) == pytest.approx(5, rel=0.01)


def test_power_is_what_is_promised() -> None:
    draw = np.random.default_rng(1)
    change = tracking.minimum_detectable_trend(50, sd=2, months=12)
    months = np.arange(12.0)
    means = change * months + draw.normal(0, 2 / np.sqrt(50), (20_000, 12))
    centred = months - months.mean()
    slopes = means @ centred / (centred @ centred)
    error = 2 / np.sqrt(50 * (centred @ centred))
    assert (slopes / error > 1.959964).mean() == pytest.approx(0.8, abs=0.01)


def test_bonett() -> None:
    low, high = sizes.alpha_interval_bonett(sizes.sample_size_alpha(0.1, 5), 5)
    assert high - low <= 0.1
    low, high = sizes.alpha_interval_bonett(sizes.sample_size_alpha(0.1, 5) - 1, 5)
    assert high - low > 0.1
    rough = 8 * 5 / 4 * (0.2 * 1.959964 / 0.1) ** 2 + 2
    assert sizes.sample_size_alpha(0.1, 5) == pytest.approx(rough, rel=0.03)
    assert sizes.sample_size_alpha_test(5, 0.8, 0.7) == 122


def test_correlations() -> None:
    assert sizes.sample_size_correlation(0.3) == 85  # pwr::pwr.r.test(r = .3, power = .8) gives 84.07
    assert sizes.sample_size_correlation(-0.1) == 783  # 781.75
    assert sizes.margin_of_error_correlation(200) == pytest.approx(0.12647, abs=1e-5)


def test_clusters() -> None:
    assert design_effect(1, 0.5) == 1
    assert effective_size(400, 5, 0.1) == pytest.approx(400 / 1.4)


@pytest.mark.parametrize("rule", ["proportional", "neyman", "equal"])
def test_allocations_add_up_and_stay_within_the_strata(rule: str) -> None:
    strata = {"a": 700, "b": 200, "c": 95, "d": 5}
    sds = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 9.0}
    found = allocate(101, strata, rule, sds, minimum=10)
    assert sum(found.values()) == 101
    assert all(min(10, strata[s]) <= n <= strata[s] for s, n in found.items())


def test_allocation_rules() -> None:
    strata = {"a": 600, "b": 400}
    assert allocate(100, strata) == {"a": 60, "b": 40}
    assert allocate(100, strata, "neyman", {"a": 1, "b": 3}) == {"a": 33, "b": 67}
    assert allocate(100, strata, "equal") == {"a": 50, "b": 50}
    assert allocate(100, {"a": 980, "b": 20}, minimum=15) == {"a": 85, "b": 15}
    assert allocate(1000, strata) == strata


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: allocate(2000, {"a": 10}), "more than the 10"),
        (lambda: allocate(5, {"a": 10, "b": 10}, minimum=4), "at least 4 each"),
        (lambda: allocate(5, {"a": 10}, "best"), "rule"),
        (lambda: allocate(5, {"a": -1}), "strata a"),
        (lambda: allocate(0, {"a": 1}), "n is 0"),
        (lambda: invitations(10, 0), "response_rate is 0"),
        (lambda: invitations(10, 25), "between 0 and 1"),
        (lambda: quota_feasibility({"x": 5}, {}, 0.2), 'quota "x"'),
        (lambda: sizes.sample_size_alpha(0.1, 1), "at least 2 items"),
        (lambda: sizes.sample_size_alpha_test(4, 0.7, 0.7), "no sample"),
        (lambda: sizes.sample_size_correlation(0), "no sample"),
        (lambda: sizes.census_advice(0), "frame_size"),
        (lambda: tracking.minimum_detectable_shift(0, 1), "1 or more"),
        (lambda: tracking.sample_size_change(0, 1), "no sample"),
        (lambda: design_effect(0, 0.1), "cluster_size"),
        (lambda: field_cost(10, 0.5, fixed=-1), "fixed"),
    ],
)
def test_impossible_plans(call: object, told: str) -> None:
    with pytest.raises(CsatError, match=told):
        call()  # type: ignore[operator]


def test_money_and_quotas() -> None:
    cost = field_cost(400, 0.25, fixed=500, per_invitation=0.2, per_answer=3, usable=0.95)
    assert cost.invited == 1685
    assert cost.total == pytest.approx(500 + 1685 * 0.2 + 422 * 3)
    assert cost.per_answer == pytest.approx(cost.total / 400)
    new, old = quota_feasibility({"new": 50, "old": 50}, {"new": 180, "old": 9000}, {"new": 0.2, "old": 0.1})
    assert (new.feasible, new.needed, new.expected) == (False, 250, 36)
    assert old.feasible
