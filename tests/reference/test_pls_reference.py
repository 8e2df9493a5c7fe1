"""PLS path modelling equals seminr (R), number by number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.stats import Moments, pls, pls_table
from csat.stats.effects import adjusted_r_squared, f_squared, inner_vif, total_effects, total_indirect_effects
from csat.stats.pls_reliability import loading_ave, loading_reliability
from csat.stats.pls_result import PlsResult
from pls_models import (
    EXTENDED,
    EXTENDED_MODES,
    EXTENDED_PATHS,
    MOBI,
    MOBI_PATHS,
    SIMPLE,
    SIMPLE_PATHS,
    corp_rep,
    mean_replaced,
    mobi,
    moments,
)

HERE = Path(__file__).parent
MODELS = {
    ("mobi", "seminr2.3.4 PLS path weighting"): (MOBI, MOBI_PATHS, {}),
    ("mobi", "seminr2.3.4 PLS factorial"): (MOBI, MOBI_PATHS, {"scheme": "factorial"}),
    ("mobi", "seminr2.3.4 PLSc (reflective)"): (MOBI, MOBI_PATHS, {"consistent": True}),
    ("corp_rep_data simple", "seminr2.3.4 PLS path weighting"): (SIMPLE, SIMPLE_PATHS, {}),
    ("corp_rep_data extended", "seminr2.3.4 PLS path weighting"): (
        EXTENDED,
        EXTENDED_PATHS,
        {"modes": EXTENDED_MODES},
    ),
}


def estimate(key: tuple[str, str]) -> tuple[PlsResult, Moments, dict[str, object]]:
    blocks, paths, options = MODELS[key]
    data = mobi() if key[0] == "mobi" else mean_replaced(corp_rep())
    m = moments(data, blocks)
    return pls(m, blocks, paths, **options), m, options


def reader(r: PlsResult, m: Moments, scheme: str) -> dict[str, Callable[[str, str], float]]:
    """How each statistic of the reference table is read off a result by its row and column names."""
    k, i, arrows = r.model.constructs.index, r.model.items.index, r.model.arrows
    total, indirect = total_effects(r.paths), total_indirect_effects(r.paths)
    f2, vif, adjusted = f_squared(r, m, scheme), inner_vif(r), adjusted_r_squared(r)
    reliability = {
        "rhoC": loading_reliability(r),
        "AVE": loading_ave(r),
        "rhoA": r.rho_a,
        "alpha": np.array([alpha(m, block) for block in r.model.blocks]),
    }
    return {
        "path_coef": lambda a, b: r.paths[k(a), k(b)],
        "outer_weight": lambda a, b: r.weights[i(a)],
        "outer_loading": lambda a, b: r.loadings[i(a)],
        "cross_loading": lambda a, b: r.cross_loadings[i(a), k(b)],
        "r2": lambda a, b: (r.r_squared if a == "R^2" else adjusted)[k(b)],
        "reliability": lambda a, b: reliability[b][k(a)],
        "total_effect": lambda a, b: total[k(a), k(b)],
        "total_indirect": lambda a, b: indirect[k(a), k(b)],
        "f2": lambda a, b: f2[arrows.index((k(a), k(b)))],
        "vif_antecedent": lambda a, b: vif[arrows.index((k(a), k(b)))],
    }


def alpha(m: Moments, block: tuple[str, ...]) -> float:
    """seminr's alpha is the standardised one, and 1 for a single item."""
    return float(stats.standardized_alpha(m, block)) if len(block) > 1 else 1.0


@pytest.mark.parametrize("key", MODELS, ids=lambda key: f"{key[0]}: {key[1]}")
def test_equals_seminr(key: tuple[str, str]) -> None:
    table = pd.read_csv(HERE / "pls_seminr.csv")
    expected = table[(table["dataset"] == key[0]) & (table["tool"] == key[1])]
    assert len(expected) > 20
    result, m, options = estimate(key)
    assert result.converged
    assert result.flags == 0
    read = reader(result, m, str(options.get("scheme", "path")))
    for row in expected.itertuples():
        got = read[row.statistic](row.row, row.col)
        assert got == pytest.approx(row.value, abs=1e-6), f"{row.statistic} {row.row} {row.col}"


def test_r_squared_of_centroid_equals_sempls() -> None:
    table = pd.read_csv(HERE / "pls_seminr.csv")
    expected = table[table["tool"].str.startswith("semPLS")]
    result = pls(moments(mobi(), MOBI), MOBI, MOBI_PATHS, scheme="centroid")
    for row in expected.itertuples():
        got = result.r_squared[result.model.constructs.index(row.row)]
        assert got == pytest.approx(row.value, abs=1e-6)


def test_centroid_coefficients_equal_sempls() -> None:
    expected = pd.read_csv(HERE / "pls_centroid_sempls.csv")
    frame = pls_table(moments(mobi(), MOBI), MOBI, MOBI_PATHS, scheme="centroid")
    got = frame[frame["metric"].isin(["path", "loading"])].set_index("subject")["estimate"]
    for row in expected.itertuples():
        assert got[row.Path.replace(" -> ", "→")] == pytest.approx(row.Estimate, abs=1e-6)


@pytest.fixture(scope="module")
def mobi_table() -> pd.DataFrame:
    sample = stats.bootstrap(mobi(), replicates=5000, seed=1)
    return pls_table(sample, MOBI, MOBI_PATHS, metrics=("path",))


def test_percentile_intervals_are_those_of_seminr_up_to_its_seed(mobi_table: pd.DataFrame) -> None:
    got = mobi_table.set_index("subject")
    for row in pd.read_csv(HERE / "pls_boot_paths_seminr.csv").itertuples():
        subject = row.subject.replace("  ->  ", "→")
        assert got.loc[subject, "ci_low"] == pytest.approx(row._6, abs=0.02), subject
        assert got.loc[subject, "ci_high"] == pytest.approx(row._7, abs=0.02), subject


def test_specific_indirect_effects_equal_seminr() -> None:
    sample = stats.bootstrap(mean_replaced(corp_rep()).select_dtypes("number"), replicates=2000, seed=1)
    got = pls_table(sample, EXTENDED, EXTENDED_PATHS, EXTENDED_MODES, metrics=("indirect_effect",))
    got = got.set_index("subject")
    for row in pd.read_csv(HERE / "pls_specific_indirect_seminr.csv").itertuples():
        found = got.loc[row.subject.replace("_", "→")]
        assert found["estimate"] == pytest.approx(row._2, abs=1e-6)
        assert found["ci_low"] == pytest.approx(row._6, abs=0.02)
        assert found["ci_high"] == pytest.approx(row._7, abs=0.02)
