"""Little's test and what each treatment of missing answers changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.stats import GroupedSums, MomentsError, alpha, mcar_test, treatment_table
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2


def answers(n: int, p: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(n, 1)) + draw.normal(size=(n, p))
    return pd.DataFrame(values, columns=[f"q{i}" for i in range(p)])


def closed_form(x: pd.DataFrame) -> float:
    """d² of two items of which only the second is ever missing: Anderson's factored likelihood."""
    a, b = x["q0"].to_numpy(), x["q1"].to_numpy()
    seen = ~np.isnan(b)
    slope = np.cov(a[seen], b[seen], ddof=0)[0, 1] / np.var(a[seen])
    mean_a, var_a = a.mean(), a.var()
    mean_b = b[seen].mean() + slope * (mean_a - a[seen].mean())
    residual = np.var(b[seen]) - slope**2 * np.var(a[seen])
    cov = np.array([[var_a, slope * var_a], [slope * var_a, residual + slope**2 * var_a]])
    away = np.array([a[seen].mean() - mean_a, b[seen].mean() - mean_b])
    first = seen.sum() * away @ np.linalg.inv(cov) @ away
    return float(first + (~seen).sum() * (a[~seen].mean() - mean_a) ** 2 / var_a)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.6))
def test_two_items_have_a_closed_form(seed: int, share: float) -> None:
    x = answers(80, 2, seed)
    x.loc[: int(80 * share), "q1"] = np.nan
    found = mcar_test(x)
    assert found.statistic == pytest.approx(closed_form(x), rel=1e-5)
    assert (found.df, found.patterns, found.n) == (1, 2, 80)
    assert found.p == pytest.approx(chi2.sf(found.statistic, 1))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_units_and_order_do_not_matter(seed: int, scale: float, shift: float) -> None:
    x = answers(150, 4, seed)
    x = x.mask(np.random.default_rng(seed + 1).random(x.shape) < 0.1)
    found = mcar_test(x)
    moved = mcar_test((x * scale + shift)[["q2", "q0", "q3", "q1"]].sample(frac=1, random_state=1))
    assert moved.statistic == pytest.approx(found.statistic, rel=1e-4)
    assert moved.df == found.df


def test_items_that_follow_from_others_change_nothing() -> None:
    x = answers(200, 4, 3)
    x = x.mask(np.random.default_rng(4).random(x.shape) < 0.15)
    found = mcar_test(x)
    for more in (x.assign(twice=x["q0"]), x.assign(sum=x["q0"] + x["q1"]), x.assign(turned=6 - x["q2"])):
        again = mcar_test(more)
        assert again.df == found.df
        assert again.statistic == pytest.approx(found.statistic, rel=1e-6)


def test_what_is_missing_by_rule_is_found() -> None:
    x = answers(300, 4, 1)
    x.loc[x["q0"] > 0.8, "q1"] = np.nan
    assert mcar_test(x).p < 1e-6


def test_people_without_answers_and_constant_items_play_no_part() -> None:
    x = answers(120, 3, 2)
    x.iloc[:20, 0] = np.nan
    more = x.assign(same=4.0)
    more.loc[120] = np.nan
    assert mcar_test(more) == mcar_test(x)


def test_nothing_missing_and_too_little() -> None:
    found = mcar_test(answers(50, 3, 3))
    assert (found.df, found.patterns) == (0, 1)
    assert np.isnan(found.statistic)
    assert found.table()["metric"].tolist() == ["mcar_statistic", "mcar_df", "mcar_p"]
    with pytest.raises(MomentsError, match="two items"):
        mcar_test(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 1.0]}))


def test_treatments_side_by_side() -> None:
    x = np.rint(answers(400, 4, 4) * 1.2 + 5).clip(1, 10)
    x.loc[x["q0"] > 6, "q1"] = np.nan
    blocks = {"A": ["q0", "q1"], "B": ["q2", "q3"], "C": ["q3"]}
    ranges = dict.fromkeys(x.columns, (1.0, 10.0))
    table = treatment_table(x, blocks, ranges).set_index(["metric", "subject"])
    assert ("alpha_em", "C") not in table.index
    # who answers high leaves q1 out: listwise throws the high answers of q0 away too
    low, both, em = (table.loc[(f"index_{r}", "A"), "estimate"] for r in ("listwise", "pairwise", "em"))
    assert low < both < em
    expected = GroupedSums.from_frame(x.dropna()).moments()
    assert table.loc[("alpha_listwise", "A"), "estimate"] == pytest.approx(
        float(alpha(expected, ["q0", "q1"]))
    )
    assert table.loc[("index_pairwise", "B"), "n"] == 400
    assert table.loc[("index_listwise", "B"), "n"] == x.notna().all(axis=1).sum()


def test_treatments_agree_where_nothing_is_missing() -> None:
    x = answers(60, 3, 5) + 5
    table = treatment_table(x, {"A": list(x.columns)}, dict.fromkeys(x.columns, (1.0, 10.0)))
    wide = table.assign(what=table["metric"].str.split("_").str[0]).groupby("what")["estimate"]
    assert (wide.max() - wide.min() < 1e-6).all()


def test_a_rule_that_leaves_nobody_gives_nothing() -> None:
    x = pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan, np.nan], "b": [2.0, 2.5, np.nan, 1.0, 4.0]})
    x = pd.concat([x, pd.DataFrame({"c": [np.nan, np.nan, 1.0, 2.0, 3.0]})], axis=1)
    table = treatment_table(x, {"A": ["a"]}, {"a": (1.0, 5.0)}).set_index("metric")
    assert np.isnan(table.loc["index_listwise", "estimate"])


def test_treatments_go_on_where_an_item_fails() -> None:
    x = answers(60, 6, 2).clip(-2, 2)
    blocks, ranges = {"A": ["q0", "q1", "q2"], "B": ["q3", "q4", "q5"]}, dict.fromkeys(x, (-2.0, 2.0))
    whole = treatment_table(x, blocks, ranges).set_index(["metric", "subject"])["estimate"]
    constant = treatment_table(x.assign(q0=1.0), blocks, ranges).set_index(["metric", "subject"])["estimate"]
    assert np.isnan(constant[("alpha_pairwise", "A")])
    assert np.isfinite(constant[("index_pairwise", "A")])
    assert constant[("alpha_pairwise", "B")] == pytest.approx(whole[("alpha_pairwise", "B")])
    nobody = treatment_table(x.assign(q0=np.nan), blocks, ranges).set_index(["metric", "subject"])["estimate"]
    assert np.isnan(nobody[("index_pairwise", "A")])
    assert nobody[("alpha_pairwise", "B")] == pytest.approx(whole[("alpha_pairwise", "B")])
