"""Confirmatory factor analysis against lavaan, on data that comes with a package."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from csat import stats

Reader = Callable[[str], pd.DataFrame]

MODELS = {
    "mobi CFA6 ML": ("mobi", "ML"),
    "mobi CFA6 MLR": ("mobi", "MLR"),
    "corp_rep CFA4 ML listwise": ("corp_rep_data", "ML"),
}


@pytest.mark.parametrize("model", MODELS)
def test_cfa(model: str, package_data: Reader, numbers: Reader) -> None:
    dataset, estimator = MODELS[model]
    loadings = numbers("cfa_loadings").query("model == @model")
    blocks = {name: list(rows["item"]) for name, rows in loadings.groupby("construct", sort=False)}
    fit = stats.cfa(package_data(dataset), blocks, estimator)
    reference = numbers("cfa_fit").set_index("model").loc[model].dropna()
    assert fit.converged
    assert fit.n == reference["n"]
    for name, value in reference.drop(["n", "df.scaled"], errors="ignore").items():
        # The scaled chi-square rests on numeric derivatives.
        tolerance = 1e-4 if name == "chisq.scaled" else 1e-6
        assert fit.measures[name] == pytest.approx(value, abs=tolerance), name
    np.testing.assert_allclose(fit.loadings["estimate"], loadings["loading"], atol=3e-6)
    correlations = numbers("cfa_correlations").query("model == @model")
    known = {frozenset((row.row, row.col)): row.value for row in correlations.itertuples()}
    for row in fit.correlations.itertuples():
        assert row.estimate == pytest.approx(known[frozenset((row.a, row.b))], abs=3e-6)


def test_standard_errors_of_loadings_agree_with_the_bootstrap(package_data: Reader, numbers: Reader) -> None:
    # One factor, so that the bootstrap of this package gives the same loadings.
    items = [f"PERQ{k}" for k in range(1, 8)]
    data = package_data("mobi")
    fit = stats.cfa(data, {"Quality": items}, "MLR")
    sample = stats.bootstrap(data[items], replicates=3000, seed=3)
    interval = sample.interval(lambda m: stats.standardised_loadings(m, items))
    np.testing.assert_allclose(fit.loadings["estimate"], interval.estimate, atol=3e-6)
    np.testing.assert_allclose(fit.loadings["se"], interval.standard_error, rtol=0.15)
