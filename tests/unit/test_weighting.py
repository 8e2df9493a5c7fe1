"""Weights: cells, raking, trimming, what is told of them, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data.problems import DataError
from csat.data.weighting import Weighting, as_given, kish, margin_drift, weigh, weight_drift
from csat.data.weighting.trimming import factor_to
from csat.study import load_study
from csat.study.intake import WeightPlan
from csat.study.problems import StudyError
from csat.study.targets import as_shares
from numpy.typing import NDArray
from scipy.optimize import minimize
from study_files import ITEMS, TOML, write_study

FloatArray = NDArray[np.float64]
TARGETS = {
    "sex": {"f": 0.52, "m": 0.48},
    "age": {"18": 0.30, "35": 0.45, "60": 0.25},
    "site": {"n": 0.7, "s": 0.3},
}


def people(n: int = 600, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "sex": rng.choice(["f", "m"], n, p=[0.65, 0.35]),
            "age": rng.choice(["18", "35", "60"], n, p=[0.2, 0.3, 0.5]),
            "site": rng.choice(["n", "s"], n),
        }
    )


def closest(segments: pd.DataFrame, targets: dict[str, dict[str, float]], base: FloatArray) -> FloatArray:
    """Minimise sum w log(w / base) under the margins: its dual by Newton's method, no raking involved."""
    columns = [segments[name] == code for name, shares in targets.items() for code in list(shares)[:-1]]
    x = np.column_stack([np.ones(len(segments)), *columns]).astype(float)
    wanted = [1.0, *(share for shares in targets.values() for share in list(shares.values())[:-1])]
    totals = np.array(wanted) * base.sum()

    def dual(coefficient: FloatArray) -> tuple[float, FloatArray]:
        w = base * np.exp(x @ coefficient)
        return float(w.sum() - totals @ coefficient), x.T @ w - totals

    def curvature(coefficient: FloatArray) -> FloatArray:
        w = base * np.exp(x @ coefficient)
        return np.asarray(x.T @ (x * w[:, None]))

    start = np.zeros(x.shape[1])
    found = minimize(dual, start, jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-12})
    return np.asarray(base * np.exp(x @ found.x))


def test_raking_meets_all_margins() -> None:
    found = weigh(WeightPlan("rake", TARGETS), {}, people())
    assert found.converged
    assert found.difference <= 1e-10
    assert found.weights.mean() == pytest.approx(1, abs=1e-12)
    table = found.margins
    assert list(table["segment"]) == ["sex"] * 2 + ["age"] * 3 + ["site"] * 2
    np.testing.assert_allclose(table["weighted_share"], table["target_share"], atol=1e-10)
    assert found.kish_deff == pytest.approx(1 + found.weights.var())
    assert found.n_eff == pytest.approx(600 / found.kish_deff)


@pytest.mark.parametrize("weighted", [False, True])
def test_raking_is_the_smallest_change_that_agrees(weighted: bool) -> None:
    segments = people()
    base = np.random.default_rng(8).uniform(0.5, 2, 600) if weighted else np.ones(600)
    base /= base.mean()
    found = weigh(WeightPlan("rake", TARGETS), {}, segments, base)
    np.testing.assert_allclose(found.weights, closest(segments, TARGETS, base), atol=1e-8)


def test_cells_are_target_over_observed() -> None:
    segments = people()
    crossing = {"f*n": 300.0, "f*s": 220.0, "m*n": 280.0, "m*s": 200.0}
    found = weigh(WeightPlan("cell", {"sex*site": crossing}), {}, segments)
    code = segments["sex"] + "*" + segments["site"]
    by_hand = code.map(crossing) / 1000 / code.map(code.value_counts(normalize=True))
    np.testing.assert_allclose(found.weights, by_hand, rtol=1e-12)
    assert found.iterations <= 2


def test_a_crossing_can_be_raked_with_a_margin() -> None:
    crossing = {"f*n": 0.40, "f*s": 0.12, "m*n": 0.28, "m*s": 0.20}
    found = weigh(WeightPlan("rake", {"sex*site": crossing, "age": TARGETS["age"]}), {}, people())
    assert found.converged
    np.testing.assert_allclose(found.margins["weighted_share"], found.margins["target_share"], atol=1e-10)


def test_counts_and_percentages_are_shares_too() -> None:
    assert as_shares({"f": 51, "m": 49}) == {"f": 0.51, "m": 0.49}
    assert as_shares({"f": 0.333, "m": 0.6665})["f"] == pytest.approx(0.333 / 0.9995)
    with pytest.raises(ValueError, match=r"sum to 0\.9, not to 1"):
        as_shares({"f": 0.4, "m": 0.5})
    with pytest.raises(ValueError, match="share of m is not above 0"):
        as_shares({"f": 1.0, "m": 0.0})


def test_targets_of_the_wave_come_first() -> None:
    found = weigh(WeightPlan("rake", TARGETS), {"sex": {"f": 0.4, "m": 0.6}}, people())
    shares = found.margins.set_index(["segment", "code"])["weighted_share"]
    assert shares["sex", "f"] == pytest.approx(0.4)
    assert shares["age", "18"] == pytest.approx(0.3)


def test_nobody_without_a_code_is_lost() -> None:
    segments = people()
    segments.loc[:29, "age"] = None
    found = weigh(WeightPlan("rake", TARGETS), {}, segments)
    assert found.converged
    unknown = segments["age"].isna()
    assert found.weights[unknown].sum() == pytest.approx(30, abs=1e-8)
    assert (found.weights > 0).all()
    row = found.margins.query("segment == 'age' and code == ''").iloc[0]
    assert (row["n"], row["weighted_share"]) == (30, pytest.approx(0.05))
    known = found.margins.query("code != ''")
    np.testing.assert_allclose(known["weighted_share"], known["target_share"], atol=1e-9)
    assert "30 respondents have no code in age" in found.notes[0]


def test_empty_categories_and_stray_codes_are_named_together() -> None:
    segments = people().replace({"age": {"60": "35"}})
    segments.loc[3, "sex"] = "x"
    with pytest.raises(DataError) as error:
        weigh(WeightPlan("rake", TARGETS), {}, segments, where='study "s", wave "1"')
    text = str(error.value)
    assert 'study "s", wave "1"' in text
    assert "nobody is in segment age with code 60" in text
    assert "segment sex has no target for code x, which 1 respondents have" in text
    assert "merge codes" in text


def test_a_segment_that_the_answers_lack() -> None:
    with pytest.raises(DataError, match="no segment site"):
        weigh(WeightPlan("rake", TARGETS), {}, people().drop(columns="site"))


def test_trimming_keeps_margins_and_bounds() -> None:
    free = weigh(WeightPlan("rake", TARGETS), {}, people())
    bound = 0.5 * (free.weights.max() + np.sort(np.unique(free.weights))[-2])
    found = weigh(WeightPlan("rake", TARGETS, 0.4, float(bound)), {}, people())
    assert found.converged
    assert found.difference <= 1e-10
    assert found.weights.min() >= 0.4 - 1e-12
    assert found.weights.max() <= bound + 1e-12
    assert found.weights.mean() == pytest.approx(1, abs=1e-10)
    assert found.trimmed > 0
    assert "were held at the bounds" in " ".join(found.notes)


def test_trimmed_weights_are_still_the_closest() -> None:
    segments = people()
    free = weigh(WeightPlan("rake", TARGETS), {}, segments)
    upper = float(free.weights.max() * 0.97)
    found = weigh(WeightPlan("rake", TARGETS, None, upper), {}, segments)
    cells, of = np.unique(segments.to_numpy(str), axis=0, return_inverse=True)
    counts = np.bincount(of.ravel()).astype(float)
    frame = pd.DataFrame(cells, columns=segments.columns)
    pairs = [(name, code) for name, shares in TARGETS.items() for code in list(shares)[:-1]]
    x = np.column_stack([np.ones(len(frame)), *(frame[name] == code for name, code in pairs)]).astype(float)
    totals = 600 * np.array([1.0, *(TARGETS[name][code] for name, code in pairs)])
    direct = minimize(
        lambda w: float(counts @ (w * np.log(w))) / 600,
        np.full(len(cells), 1.0),
        jac=lambda w: counts * (np.log(w) + 1) / 600,
        bounds=[(1e-6, upper)] * len(cells),
        constraints={"type": "eq", "fun": lambda w: (x.T @ (counts * w) - totals) / 600},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    np.testing.assert_allclose(found.weights, direct.x[of.ravel()], atol=2e-5)


def test_bounds_too_narrow_hold_and_the_rest_is_told() -> None:
    found = weigh(WeightPlan("rake", TARGETS, 0.8, 1.2), {}, people())
    assert not found.converged
    assert found.difference > 0.01
    assert found.weights.min() >= 0.8 - 1e-9
    assert found.weights.max() <= 1.2 + 1e-9
    assert found.weights.mean() == pytest.approx(1, abs=1e-9)
    assert "targets are missed by up to" in found.notes[-1]
    assert "widen the bounds" in found.notes[-1]


def test_margins_that_contradict_each_other_are_told() -> None:
    segments = pd.DataFrame({"a": ["1", "1", "2"], "b": ["1", "1", "2"]})
    plan = WeightPlan("rake", {"a": {"1": 0.5, "2": 0.5}, "b": {"1": 0.7, "2": 0.3}})
    found = weigh(plan, {}, segments)
    assert not found.converged
    assert found.difference == pytest.approx(0.2)
    assert "did not converge" in found.notes[-1]


@pytest.mark.parametrize("total", [0.5, 3.0, 7.3, 11.9, 40.0])
@pytest.mark.parametrize(("lower", "upper"), [(0.0, np.inf), (0.4, np.inf), (0.0, 3.0), (0.4, 3.0)])
def test_factor_brings_the_total(total: float, lower: float, upper: float) -> None:
    values, counts = np.array([0.2, 1.0, 2.5, 0.0]), np.array([3.0, 2.0, 1.0, 9.0])
    f = factor_to(total, values, counts, lower, upper)
    reached = float((counts * np.where(values > 0, np.clip(f * values, lower, upper), 0)).sum())
    least, most = lower * 6, upper * 6
    assert reached == pytest.approx(min(max(total, least), most), rel=1e-12)


def test_base_weights_of_zero_stay_zero() -> None:
    base = np.ones(600)
    base[:10] = 0
    found = weigh(WeightPlan("rake", TARGETS, 0.2, 4), {}, people(), base)
    assert (found.weights[:10] == 0).all()
    assert found.n_eff == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum())
    with pytest.raises(DataError, match="numbers from 0 on"):
        weigh(WeightPlan("rake", TARGETS), {}, people(), -base)


def test_given_weights_are_described() -> None:
    found = as_given(np.array([1.0, 3.0]))
    assert found.method == "given"
    assert found.weights.tolist() == [0.5, 1.5]
    assert not found.equal
    assert kish(found.weights) == (found.kish_deff, found.n_eff) == (1.25, 1.6)
    assert weigh(WeightPlan(), {}, people(2)).equal


def test_drift_over_waves() -> None:
    waves: dict[str, Weighting] = {
        str(2020 + k): weigh(WeightPlan("rake", TARGETS), {}, people(seed=k)) for k in range(3)
    }
    drift = weight_drift(waves)
    assert list(drift["wave"]) == ["2020", "2021", "2022"]
    assert (drift["kish_deff"] > 1).all()
    table = waves["2020"].margins
    at = (table["target_share"] - table["unweighted_share"]).abs().idxmax()
    assert drift["margin"].iloc[0] == f"{table['segment'][at]}={table['code'][at]}"
    assert len(margin_drift(waves)) == 21


WEIGHTS = """
[weights]
upper = 5
[weights.targets.site]
1 = 0.6
2 = 0.4
"""


def test_weights_of_a_study(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "guests", TOML + WEIGHTS, ITEMS))
    assert study.weighting == WeightPlan("rake", {"site": {"1": 0.6, "2": 0.4}}, None, 5.0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (WEIGHTS.replace("targets.site", "targets.sites"), r'"sites" is not a segment.*did you mean "site"'),
        (WEIGHTS.replace("2 = 0.4", "3 = 0.4"), r'"3" is not a code of the segment.*Allowed: 1, 2'),
        (WEIGHTS.replace("0.4", "0.3"), r"the shares sum to 0\.9, not to 1"),
        (WEIGHTS.replace("0.4", "0"), "the share of 2 is not above 0"),
        (WEIGHTS.replace("upper = 5", "upper = 0.5"), r"0\.5 is no upper bound"),
        (WEIGHTS.replace("upper = 5", "lower = 1.5"), r"1\.5 is no lower bound"),
        ("[weights]\n", "targets: there are none"),
        (WEIGHTS.replace("targets.site", 'targets."site*site"'), "crossed with itself"),
        (WEIGHTS.replace("upper = 5", 'method = "cells"'), '"cells" is not known'),
    ],
)
def test_mistakes_in_weights_are_named(wrong: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=words):
        load_study(write_study(tmp_path / "guests", TOML + wrong, ITEMS))


def test_cell_weighting_takes_one_table(tmp_path: Path) -> None:
    two = WEIGHTS.replace("upper = 5", 'method = "cell"') + '[weights.targets."site*site"]\n"1*1" = 1\n'
    with pytest.raises(StudyError, match="cell weighting takes one table of targets"):
        load_study(write_study(tmp_path / "guests", TOML + two, ITEMS))
    with pytest.raises(StudyError, match="cell weighting takes one table"):
        weigh(WeightPlan("cell", TARGETS), {}, people())


def test_an_effect_that_rounds_to_nothing_has_no_sign() -> None:
    from csat.report.measurement.weights import _DRIFT, _drift_table
    from csat.report.tables import write_cell

    told = {
        "wave_effective_n": 9.0, "wave_design_effect": 1.1, "wave_weight_smallest": 0.5,
        "wave_weight_largest": 2.0, "wave_weighting_effect": -0.04,
    }  # fmt: skip
    rows = pd.DataFrame(
        [{"subject": "2026-10", "metric": k, "estimate": v, "n": 10} for k, v in told.items()]
    )
    effect = _drift_table(rows)["weighting_effect"]
    assert write_cell(effect[0], _DRIFT["weighting_effect"]) == "0.0"


def test_who_weighs_nothing_does_not_count() -> None:
    few = pd.DataFrame({"sex": ["f", "m", "m", "m", "f", "m"]})
    plan = WeightPlan("rake", {"sex": {"f": 0.5, "m": 0.5}}, upper=1.6)
    alone = weigh(plan, {}, few)
    # The same people, and as many again of weight 0: bounds and counts are those of the former.
    both = weigh(plan, {}, pd.concat([few, few], ignore_index=True), np.repeat([1.0, 0.0], 6))
    np.testing.assert_allclose(both.weights[:6] / 2, alone.weights, rtol=1e-12)
    assert (both.converged, both.trimmed) == (alone.converged, alone.trimmed)
    pd.testing.assert_frame_equal(both.margins, alone.margins)
    assert weight_drift({"w": both}).at[0, "largest"] == pytest.approx(alone.weights.max())
