"""Power of a study's own model: high where samples are large, honest where there is nothing to find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.errors import CsatError
from csat.report.design.model_power import model_power
from csat.study import load_study
from csat.study.simulate import Truth, population_of, simulate


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Power of one study at a small and a large size."""
    truth = Truth(paths={("Value", "Satisfaction"): 0.0, ("Image", "Satisfaction"): 0.5})
    return model_power(load_study("mobile_ecsi"), (60, 2000), replicates=200, truth=truth)


def _of(table: pd.DataFrame, metric: str, subject: str, n: int) -> float:
    row = table[(table["metric"] == metric) & (table["subject"] == subject) & (table["n"] == n)]
    return float(row["estimate"].item())


def test_large_samples_find_what_is_there(table: pd.DataFrame) -> None:
    assert _of(table, "power_path", "Image→Satisfaction", 2000) > 0.99
    assert _of(table, "power_reliability", "Satisfaction", 2000) == 1
    assert _of(table, "power_top_driver", "Satisfaction", 2000) > 0.95
    small = _of(table, "power_rank", "Expectation→Satisfaction", 60)
    assert small < _of(table, "power_rank", "Expectation→Satisfaction", 2000)


def test_probabilities_have_intervals(table: pd.DataFrame) -> None:
    assert table["estimate"].between(0, 1).all()
    assert (table["ci_low"] <= table["estimate"] + 1e-12).all()
    assert (table["estimate"] <= table["ci_high"] + 1e-12).all()
    assert table["method"].eq("200 simulated samples").all()


def test_the_same_seed_gives_the_same_table() -> None:
    study = load_study("corporate_reputation")
    pd.testing.assert_frame_equal(model_power(study, (100,), 20), model_power(study, (100,), 20))


def test_sizes_without_enough_respondents_are_left_out() -> None:
    study = load_study("mobile_ecsi")
    assert model_power(study, (10,), 10).empty
    with pytest.raises(CsatError, match="replicates"):
        model_power(study, (100,), 5)


def test_samples_of_covariances_agree_with_samples_of_answers() -> None:
    study = load_study("mobile_ecsi")
    truth = replace(Truth(), missing=0.0, careless=0.0)
    items = study.blocks()["Satisfaction"]
    bar = float(
        stats.alpha(stats.Moments.from_cov(population_of(study, truth).covariance(items), 0, items), items)
    )
    frame = simulate(study, n=100 * 300, truth=truth)[list(items)].to_numpy().reshape(300, 100, len(items))
    cov = np.array([np.cov(sample, rowvar=False) for sample in frame])
    answers = stats.alpha(stats.Moments.from_cov(cov, np.full(300, 100.0), items), items)
    assert np.mean(answers) == pytest.approx(bar, abs=0.01)
    assert np.std(answers) == pytest.approx(0.024, abs=0.006)  # Feldt: half of the interval's width over 1.96
