"""One-factor models of stacks of correlation matrices."""

from __future__ import annotations

import numpy as np
import pytest
from csat.stats import Moments, MomentsError, factor_fit, one_factor_minres, one_factor_ml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize


def moments(cov: np.ndarray, n: float = 200) -> Moments:
    """Moments of items a, b, c ..."""
    return Moments.from_cov(cov, np.full(cov.shape[:-2], n), list("abcdefghij"[: cov.shape[-1]]))


def implied(loadings: np.ndarray) -> np.ndarray:
    """Correlations that loadings imply."""
    corr = np.outer(loadings, loadings)
    np.fill_diagonal(corr, 1)
    return corr


def sample_correlations(loadings: np.ndarray, n: int, count: int, seed: int) -> np.ndarray:
    """Correlations of samples from a one-factor population."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(count, n, 1))
    noise = rng.normal(size=(count, n, len(loadings))) * np.sqrt(1 - loadings**2)
    return np.stack([np.corrcoef(x, rowvar=False) for x in factor * loadings + noise])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.2, 0.95), min_size=3, max_size=8))
def test_loadings_are_recovered_from_what_they_imply(loadings: list[float]) -> None:
    true = np.array(loadings)
    sd = np.linspace(0.5, 4, len(true))
    m = moments(implied(true) * np.outer(sd, sd))
    for fit in (one_factor_ml(m, m.items), one_factor_minres(m, m.items)):
        np.testing.assert_allclose(fit.standardised, true, atol=1e-6)
        np.testing.assert_allclose(fit.loadings, true * sd, atol=1e-5)
        np.testing.assert_allclose(fit.uniquenesses, sd**2 * (1 - true**2), atol=1e-4)
        assert fit.converged
        assert not fit.heywood


@pytest.mark.parametrize("k", [4, 6])
def test_maximum_likelihood_finds_the_minimum(k: int) -> None:
    corr = sample_correlations(np.linspace(0.4, 0.8, k), 200, 20, seed=k)
    fit = one_factor_ml(moments(corr), moments(corr).items)
    assert fit.converged.all()
    for row in range(20):

        def deviance(vector: np.ndarray, r: np.ndarray = corr[row]) -> float:
            sigma = np.outer(vector[:k], vector[:k]) + np.diag(vector[k:])
            sign, logdet = np.linalg.slogdet(sigma)
            if sign <= 0 or np.linalg.eigvalsh(sigma)[0] <= 0:
                return 1e9
            return float(logdet + np.trace(np.linalg.solve(sigma, r)))

        ours = np.concatenate([fit.standardised[row], 1 - fit.standardised[row] ** 2])
        best = minimize(deviance, np.concatenate([np.full(k, 0.6), np.full(k, 0.5)]), method="BFGS")
        assert deviance(ours) <= best.fun + 1e-8


@pytest.mark.parametrize("k", [3, 5])
def test_minres_finds_the_minimum(k: int) -> None:
    corr = sample_correlations(np.linspace(0.3, 0.7, k), 60, 10, seed=k)
    fit = one_factor_minres(moments(corr), moments(corr).items)
    assert fit.converged.all()
    bound = factor_fit.LARGEST
    for row in range(10):

        def misfit(vector: np.ndarray, r: np.ndarray = corr[row]) -> float:
            residual = r - np.outer(vector, vector)
            np.fill_diagonal(residual, 0)
            return float((residual**2).sum())

        starts = np.random.default_rng(row).uniform(0.1, 0.9, (4, k))
        box = [(-bound, bound)] * k
        best = min(minimize(misfit, start, bounds=box, method="L-BFGS-B").fun for start in starts)
        assert misfit(fit.standardised[row]) <= best + 1e-7


def test_three_items_in_closed_form() -> None:
    corr = sample_correlations(np.array([0.6, 0.7, 0.8]), 100, 50, seed=0)
    exact = factor_fit.exact_three(corr)
    inside = (np.abs(exact) < 0.99).all(axis=1)
    assert inside.mean() > 0.9
    np.testing.assert_allclose(factor_fit.maximum_likelihood(corr)[inside], exact[inside], atol=1e-6)


def test_heywood_cases_are_flagged_not_hidden() -> None:
    corr = np.array([[1, 0.55, 0.1], [0.55, 1, 0.05], [0.1, 0.05, 1]])
    corr[0, 2] = corr[2, 0] = 0.2  # implies a first loading beyond 1
    m = moments(corr)
    likelihood, minres = one_factor_ml(m, m.items), one_factor_minres(m, m.items)
    assert likelihood.heywood
    assert likelihood.converged
    assert np.abs(likelihood.standardised).max() > 1
    assert (likelihood.uniquenesses < 0).any()
    assert minres.heywood
    assert np.abs(minres.standardised).max() == pytest.approx(np.sqrt(0.995))


def test_a_heywood_case_of_four_items() -> None:
    loadings = np.array([1.05, 0.5, 0.4, 0.3])
    m = moments(implied(loadings))
    fit = one_factor_ml(m, m.items)
    np.testing.assert_allclose(fit.standardised, loadings, atol=1e-6)
    assert fit.heywood


def test_contradicting_signs_have_no_solution_of_three() -> None:
    corr = np.array([[1, 0.5, 0.5], [0.5, 1, -0.2], [0.5, -0.2, 1]])
    m = moments(corr)
    fit = one_factor_ml(m, m.items)
    assert not fit.converged
    assert np.isnan(fit.standardised).all()


def test_a_likelihood_without_maximum_does_not_converge() -> None:
    corr = np.array(
        [
            [1, 0.189, 0.316, 0.076],
            [0.189, 1, 0.121, 0.368],
            [0.316, 0.121, 1, 0.611],
            [0.076, 0.368, 0.611, 1],
        ]
    )
    fit = one_factor_ml(moments(corr), list("abcd"))
    assert not fit.converged
    assert np.isnan(fit.standardised).all()
    assert one_factor_minres(moments(corr), list("abcd")).converged


def test_bad_replicates_are_nan_and_the_others_unharmed() -> None:
    good = implied(np.array([0.5, 0.6, 0.7, 0.8]))
    collinear = good.copy()
    collinear[0, 1] = collinear[1, 0] = 1.0
    collinear[0, 2:], collinear[2:, 0] = collinear[1, 2:], collinear[1, 2:]
    constant = good.copy()
    constant[0] = constant[:, 0] = 0.0
    indefinite = np.array(good)
    indefinite[0, 1] = indefinite[1, 0] = -0.99
    m = moments(np.stack([good, collinear, constant, indefinite, np.full((4, 4), np.nan)]))
    for fit in (one_factor_ml(m, m.items), one_factor_minres(m, m.items)):
        assert fit.converged.tolist() == [True, False, False, False, False]
        np.testing.assert_allclose(fit.standardised[0], [0.5, 0.6, 0.7, 0.8], atol=1e-7)
        assert np.isnan(fit.standardised[1:]).all()


def test_mistakes_are_named() -> None:
    good = implied(np.array([0.5, 0.6, 0.7, 0.8]))
    with pytest.raises(MomentsError, match="at least 3 items; there is a, b"):
        one_factor_ml(moments(good), ["a", "b"])
    collinear = good.copy()
    collinear[0, 1] = collinear[1, 0] = 1.0
    collinear[0, 2:], collinear[2:, 0] = collinear[1, 2:], collinear[1, 2:]
    with pytest.raises(MomentsError, match="a, b are perfectly collinear"):
        one_factor_ml(moments(collinear), list("abcd"))
    constant = good.copy()
    constant[2] = constant[:, 2] = 0.0
    with pytest.raises(MomentsError, match="all answers to c are the same"):
        one_factor_minres(moments(constant), list("abcd"))
    indefinite = good.copy()
    indefinite[0, 1] = indefinite[1, 0] = -0.99
    with pytest.raises(MomentsError, match="contradict each other"):
        one_factor_ml(moments(indefinite), list("abcd"))
