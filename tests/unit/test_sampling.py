"""Sampling plan against hand calculations and the figures of the requirements."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from csat.errors import CsatError
from csat.study import plan, power, sampling


@pytest.mark.parametrize(
    ("frame_size", "expected"), [(200, [169, 132, 66]), (60, [57, 53, 38]), (None, [1068, 385, 97])]
)
def test_sample_size_with_finite_population(frame_size: int | None, expected: list[int]) -> None:
    assert [sampling.sample_size(e, frame_size=frame_size) for e in (0.03, 0.05, 0.10)] == expected
    assert plan.sample_size_plan(frame_size=frame_size)["estimate"].tolist() == expected


def test_nps_margin_and_detectable_change() -> None:
    assert sampling.margin_of_error_nps(100, 0.5, 0.2) == pytest.approx(15.3, abs=0.05)
    changes = [power.minimum_detectable_change_nps(n, 0.5, 0.2) for n in (100, 400, 1000)]
    assert changes == pytest.approx([30.9, 15.5, 9.8], abs=0.06)
    assert round(changes[0]) == 31


def test_margins_by_hand() -> None:
    z = 1.959963984540054
    assert sampling.margin_of_error_mean(250, 2.0) == pytest.approx(z * 2 / math.sqrt(250))
    assert sampling.margin_of_error_proportion(400) == pytest.approx(z * 0.5 / 20)
    corrected = sampling.margin_of_error_mean(132, 1.0, frame_size=200)
    assert corrected == pytest.approx(z / math.sqrt(132) * math.sqrt(68 / 199))


def test_margin_of_planned_size_is_the_wanted_margin() -> None:
    for frame_size in (None, 500, 60):
        n = sampling.sample_size(0.05, frame_size=frame_size)
        assert sampling.margin_of_error_proportion(n, frame_size=frame_size) <= 0.05 + 1e-9
        assert sampling.margin_of_error_proportion(n - 1, frame_size=frame_size) > 0.05


def test_census_has_no_error() -> None:
    assert sampling.margin_of_error_mean(60, 2.0, frame_size=60) == 0
    assert power.minimum_detectable_change(60, 2.0, frame_size=60) == 0
    assert sampling.finite_population_factor(1, 1) == 0


def test_feldt_interval_equals_psych() -> None:
    # R 4.2.2, psych 2.2.9, psych::alpha(x)$feldt for two constructs of the ECSI mobile-phone data.
    assert power.alpha_interval(250, 5, 0.714447) == pytest.approx((0.654396, 0.766821), abs=2e-6)
    assert power.alpha_interval(250, 3, 0.432597) == pytest.approx((0.298878, 0.544400), abs=2e-6)
    assert power.alpha_interval_width(250, 3, 0.432597) == pytest.approx(0.245522, abs=4e-6)
    widths = [power.alpha_interval_width(n, 4) for n in (50, 200, 800)]
    assert widths == sorted(widths, reverse=True)


def test_planning_sd() -> None:
    points = range(1, 11)
    mean = sum(points) / 10
    assert sampling.planning_sd(1, 10) == pytest.approx(math.sqrt(sum((p - mean) ** 2 for p in points) / 10))
    assert sampling.planning_sd(0, 100, rating=False) == pytest.approx(100 / math.sqrt(12))


def test_plans_are_tidy_and_respect_the_frame() -> None:
    columns = ["metric", "subject", "estimate", "ci_low", "ci_high", "n", "method"]
    frames = [
        plan.precision_plan([100, 50, 100, 900], 2.0, frame_size=500),
        plan.change_plan([50, 100, 900], 2.0, frame_size=500),
        plan.alpha_plan({"A": ["a", "b"], "Single": ["c"]}, 100),
    ]
    assert all(list(f.columns) == columns for f in frames)
    assert frames[0]["n"].tolist() == [50] * 3 + [100] * 3
    assert frames[1]["n"].tolist() == [50] * 3 + [100] * 3
    assert frames[2]["subject"].tolist() == ["A"]
    assert len(plan.alpha_plan({"Single": ["c"]}, 100)) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: sampling.margin_of_error_mean(0, 1.0),
        lambda: sampling.margin_of_error_mean(10, -1.0),
        lambda: sampling.margin_of_error_mean(300, 1.0, frame_size=200),
        lambda: sampling.margin_of_error_proportion(10, 50),
        lambda: sampling.margin_of_error_nps(10, 0.8, 0.3),
        lambda: sampling.margin_of_error_mean(10, 1.0, level=95),
        lambda: sampling.sample_size(5),
        lambda: sampling.sample_size(0.05, frame_size=0),
        lambda: power.minimum_detectable_change(10, 1.0, power=80),
        lambda: power.alpha_interval(2, 5),
        lambda: power.alpha_interval(100, 1),
        lambda: power.alpha_interval(100, 3, alpha=1.0),
        lambda: sampling.planning_sd(5, 5),
    ],
)
def test_impossible_arguments_are_named(call: Callable[[], object]) -> None:
    with pytest.raises(CsatError, match=r"\d"):
        call()
