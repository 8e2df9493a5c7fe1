"""PLS path modelling: replicates, signs, flags and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.stats import Moments, PlsFlag, path_model, pls, pls_table
from csat.stats.effects import f_squared, inner_vif, mediated_share, specific_indirect_effects, total_effects
from csat.stats.path_model import PathModelError
from csat.stats.pls_table import PLS_METRICS
from pls_models import EXTENDED, EXTENDED_MODES, EXTENDED_PATHS, MOBI, MOBI_PATHS, corp_rep, mobi, moments

BLOCKS = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2"], "C": ["c"]}
PATHS = [("A", "B"), ("B", "C"), ("A", "C")]


def simulated(n: int = 300, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = 0.6 * a + rng.normal(size=n)
    c = 0.5 * b + 0.2 * a + rng.normal(size=n)
    columns = {f"a{i}": a + rng.normal(size=n) for i in (1, 2, 3)}
    columns |= {f"b{i}": b + rng.normal(size=n) for i in (1, 2)}
    return pd.DataFrame(columns | {"c": c})


def test_replicates_equal_one_at_a_time() -> None:
    sample = stats.bootstrap(mobi(), replicates=700, seed=3)
    together = pls(sample.replicates, MOBI, MOBI_PATHS)
    for k in (0, 499, 500, 699):
        alone = pls(sample.replicates[k], MOBI, MOBI_PATHS)
        assert together.iterations[k] == alone.iterations
        np.testing.assert_allclose(together.paths[k], alone.paths, atol=1e-12)
        np.testing.assert_allclose(together.weights[k], alone.weights, atol=1e-12)


def test_leading_axes_of_any_shape() -> None:
    sample = stats.bootstrap(simulated(), replicates=12, seed=1).replicates
    folded = Moments(
        sample.items, sample.n.reshape(3, 4), sample.mean.reshape(3, 4, -1), sample.cov.reshape(3, 4, 6, 6)
    )
    result = pls(folded, BLOCKS, PATHS)
    assert result.paths.shape == (3, 4, 3, 3)
    assert result.flags.shape == result.converged.shape == (3, 4)
    flat = pls(sample, BLOCKS, PATHS)
    np.testing.assert_array_equal(result.paths.reshape(12, 3, 3), flat.paths)
    np.testing.assert_array_equal(
        f_squared(result, folded).reshape(12, -1), f_squared(flat, sample).reshape(12, -1)
    )


def test_paths_are_regressions_of_the_scores() -> None:
    data = corp_rep()
    data = data.fillna(data.mean())
    result = pls(moments(data, EXTENDED), EXTENDED, EXTENDED_PATHS, EXTENDED_MODES)
    z = (data[list(result.model.items)] - data.mean()) / data.std()
    dense = np.where(result.model.membership, result.weights[:, None], 0.0)
    scores = z[list(result.model.items)].to_numpy() @ dense
    np.testing.assert_allclose(scores.std(axis=0, ddof=1), 1, atol=1e-9)
    target = result.model.constructs.index("CUSL")
    sources = result.model.predecessors(target)
    beta = np.linalg.lstsq(scores[:, sources], scores[:, target], rcond=None)[0]
    np.testing.assert_allclose(result.paths[sources, target], beta, atol=1e-9)


def test_single_item_has_weight_one() -> None:
    result = pls(moments(mobi(), MOBI), MOBI, MOBI_PATHS)
    at = result.model.items.index("CUSCO")
    assert result.weights[at] == pytest.approx(1)
    assert result.loadings[at] == pytest.approx(1)
    assert result.rho_a[result.model.constructs.index("Complaints")] == 1


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
def test_signs_follow_the_items(scheme: str) -> None:
    data = simulated()
    plain = pls(moments(data, BLOCKS), BLOCKS, PATHS, scheme=scheme)
    turned = pls(moments(data.assign(c=-data["c"]), BLOCKS), BLOCKS, PATHS, scheme=scheme)
    assert (turned.loadings > 0).all()
    at = [BLOCKS_ORDER.index(x) for x in "AC"]
    assert turned.paths[at[0], at[1]] == pytest.approx(-plain.paths[at[0], at[1]], abs=1e-6)


BLOCKS_ORDER = list(BLOCKS)


def test_items_that_disagree_are_flagged() -> None:
    data = simulated().assign(b2=lambda d: -d["b2"])
    result = pls(moments(data, BLOCKS), BLOCKS, PATHS)
    assert result.flagged(PlsFlag.SIGN_AMBIGUOUS)
    assert (result.loadings[result.model.span(1)].sum()) > 0


def test_not_converged_is_flagged_and_left_out_of_intervals() -> None:
    sample = stats.bootstrap(simulated(), replicates=50, seed=1)
    hasty = pls(sample.replicates, BLOCKS, PATHS, max_iterations=1)
    assert hasty.flagged(PlsFlag.NOT_CONVERGED).all()
    assert not hasty.converged.any()
    assert np.isfinite(hasty.paths).all()


def test_a_replicate_without_variance_is_nan_and_counted() -> None:
    sample = stats.bootstrap(simulated(), replicates=20, seed=1)
    cov = sample.replicates.cov.copy()
    cov[3, 0, :] = cov[3, :, 0] = 0.0
    broken = Moments(sample.items, sample.replicates.n, sample.replicates.mean, cov)
    result = pls(broken, BLOCKS, PATHS)
    assert result.flagged(PlsFlag.NOT_POSITIVE_DEFINITE).tolist() == [k == 3 for k in range(20)]
    assert np.isnan(result.arrows[3]).all()
    assert np.isfinite(np.delete(result.arrows, 3, axis=0)).all()
    frame = pls_table(stats.Bootstrap(sample.point, broken, sample.sums, sample.strata, 1), BLOCKS, PATHS)
    told = frame.set_index("metric")
    assert told.loc["pls_not_converged", "estimate"] == pytest.approx(0.05)
    assert frame.loc[frame["metric"] == "path", "method"].str.contains("95.0% of replicates used").all()


def test_indefinite_correlations_are_refused_with_names() -> None:
    corr = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    m = Moments.from_cov(corr, 100, ["x1", "x2", "y"], missing="pairwise")
    with pytest.raises(PathModelError, match=r"positive semi-definite.*x1.*x2.*y.*listwise"):
        pls(m, {"X": ["x1", "x2"], "Y": ["y"]}, [("X", "Y")])
    stacked = Moments.from_cov(corr[None], [100], ["x1", "x2", "y"])
    assert pls(stacked, {"X": ["x1", "x2"], "Y": ["y"]}, [("X", "Y")]).flagged(PlsFlag.NOT_POSITIVE_DEFINITE)[
        0
    ]


def test_constant_item_is_refused_by_name() -> None:
    with pytest.raises(PathModelError, match=r"no variance in b1"):
        pls(moments(simulated().assign(b1=3.0), BLOCKS), BLOCKS, PATHS)


def test_collinear_items_go_with_mode_a_and_not_with_mode_b() -> None:
    m = moments(simulated().assign(a2=lambda d: d["a1"]), BLOCKS)
    assert pls(m, BLOCKS, PATHS).converged
    with pytest.raises(PathModelError, match=r"A: mode B cannot weigh collinear items"):
        pls(m, BLOCKS, PATHS, {"A": "B"})


def test_consistent_loadings_above_one_are_flagged() -> None:
    corr = np.full((4, 4), 0.3) + 0.7 * np.eye(4)
    corr[0, 1] = corr[1, 0] = 0.05
    corr[0, 2:] = corr[2:, 0] = 0.6
    m = Moments.from_cov(corr, 200, ["x1", "x2", "y1", "y2"])
    blocks = {"X": ["x1", "x2"], "Y": ["y1", "y2"]}
    assert not pls(m, blocks, [("X", "Y")]).flagged(PlsFlag.INADMISSIBLE)
    result = pls(m, blocks, [("X", "Y")], consistent=True)
    assert result.flagged(PlsFlag.INADMISSIBLE)
    frame = pls_table(m, blocks, [("X", "Y")], consistent=True)
    assert frame["flag"].str.contains("inadmissible").any()
    assert frame.set_index("metric").loc["pls_inadmissible", "estimate"] == 1


def test_consistent_for_some_constructs_only() -> None:
    m = moments(simulated(), BLOCKS)
    some = pls(m, BLOCKS, PATHS, consistent=["B"])
    assert some.consistent == ("B",)
    assert abs(some.construct_correlations[0, 1]) > abs(some.score_correlations[0, 1])
    assert some.construct_correlations[0, 2] == pytest.approx(some.score_correlations[0, 2])
    with pytest.raises(PathModelError, match="C cannot be corrected"):
        pls(m, BLOCKS, PATHS, consistent=["C"])


@pytest.mark.parametrize(
    ("blocks", "paths", "modes", "message"),
    [
        (BLOCKS, [], {}, "no path"),
        (BLOCKS, [("A", "X")], {}, "no construct X"),
        (BLOCKS, [("A", "A")], {}, "cannot lead to itself"),
        (BLOCKS, [("A", "B"), ("A", "B")], {}, "given twice"),
        (BLOCKS, [("A", "B"), ("B", "C"), ("C", "A")], {}, "circle"),
        (BLOCKS | {"B": []}, PATHS, {}, "B has no items"),
        (BLOCKS | {"B": ["a1"]}, PATHS, {}, "a1 belongs to A and to B"),
        (BLOCKS, PATHS, {"A": "C"}, "mode 'C'"),
    ],
)
def test_models_that_make_no_sense(blocks: dict, paths: list, modes: dict, message: str) -> None:
    with pytest.raises(PathModelError, match=message):
        path_model(blocks, paths, modes)


def test_constructs_without_a_path_are_left_out() -> None:
    assert path_model(BLOCKS, [("A", "C")]).constructs == ("A", "C")


def test_unknown_scheme() -> None:
    with pytest.raises(PathModelError, match="allowed are path, factorial, centroid"):
        pls(moments(simulated(), BLOCKS), BLOCKS, PATHS, scheme="ring")


def test_effects_add_up() -> None:
    result = pls(moments(mobi(), MOBI), MOBI, MOBI_PATHS)
    model = result.model
    total = total_effects(result.paths)
    specific = specific_indirect_effects(result.paths, model.chains())
    source, target = model.constructs.index("Image"), model.constructs.index("Loyalty")
    through = sum(
        float(value)
        for chain, value in zip(model.chains(), specific, strict=True)
        if (chain[0], chain[-1]) == (source, target)
    )
    assert total[source, target] == pytest.approx(result.paths[source, target] + through)
    assert mediated_share(result.paths, model)[source, target] == pytest.approx(
        through / total[source, target]
    )


def test_f_squared_with_scores_kept_is_that_of_regression() -> None:
    m = moments(mobi(), MOBI)
    result = pls(m, MOBI, MOBI_PATHS)
    kept = f_squared(result, m, refit=False)
    r2 = result.r_squared[[target for _, target in result.model.arrows]]
    np.testing.assert_allclose(kept, result.arrows**2 / (inner_vif(result) * (1 - r2)), atol=1e-10)


def test_pairwise_n_is_told_per_equation() -> None:
    data = corp_rep()
    sample = stats.bootstrap(data.select_dtypes("number"), replicates=60, seed=1)
    frame = pls_table(sample, EXTENDED, EXTENDED_PATHS, EXTENDED_MODES, metrics=("path", "loading"))
    told = frame.set_index("subject")["n"]
    answered = data[[*EXTENDED["COMP"], *EXTENDED["LIKE"], "cusa"]]
    pairwise = answered.notna().astype(float)
    assert told["COMP→CUSA"] == (pairwise.T @ pairwise).to_numpy().min()
    assert "pairwise" in frame["method"].iloc[0]


def test_table_has_every_metric_with_an_interval_around_it() -> None:
    sample = stats.bootstrap(mobi(), replicates=400, seed=1)
    frame = pls_table(sample, MOBI, MOBI_PATHS)
    assert list(frame.columns[:7]) == ["metric", "subject", "estimate", "ci_low", "ci_high", "n", "method"]
    assert set(PLS_METRICS) <= set(frame["metric"])
    numbers = frame[~frame["metric"].str.startswith("pls_")]
    fixed = (numbers["metric"] == "vif") & (numbers["estimate"] == 1)
    assert (numbers.loc[~fixed, "ci_low"] <= numbers.loc[~fixed, "ci_high"]).all()
    paths = numbers[numbers["metric"] == "path"]
    assert ((paths["ci_low"] < paths["estimate"]) & (paths["estimate"] < paths["ci_high"])).all()
    assert (numbers["flag"] == "").all()
    assert "ave" in set(numbers["metric"])
    assert "Complaints" not in set(numbers.loc[numbers["metric"] == "ave", "subject"])
    again = pls_table(stats.bootstrap(mobi(), replicates=400, seed=1), MOBI, MOBI_PATHS)
    pd.testing.assert_frame_equal(frame, again)


def test_table_without_replicates_has_no_limits() -> None:
    frame = pls_table(moments(simulated(), BLOCKS), BLOCKS, PATHS)
    assert frame["ci_low"].isna().all()
    assert frame["estimate"].notna().all()


def test_bca_intervals() -> None:
    sample = stats.bootstrap(simulated(), replicates=400, seed=1, kind="bca")
    frame = pls_table(sample, BLOCKS, PATHS, metrics=("path", "r_squared"))
    paths = frame[frame["metric"] == "path"]
    assert paths["method"].str.contains("bca").all()
    assert (paths["ci_low"] < paths["ci_high"]).all()


@pytest.mark.slow
def test_five_thousand_replicates_take_seconds() -> None:
    import time

    sample = stats.bootstrap(mobi(), replicates=5000, seed=1)
    start = time.perf_counter()
    pls_table(sample, MOBI, MOBI_PATHS)
    assert time.perf_counter() - start < 20
