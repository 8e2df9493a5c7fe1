"""Confirmatory factor analysis of all constructs together, fitted by the package seminr."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats import checks
from csat.stats.frames import arrow, pair, stack, tidy
from csat.stats.layout import FloatArray
from csat.stats.moments import MomentsError
from csat.stats.pseudo_rows import pseudo_rows
from csat.stats.sums import GroupedSums

Blocks = Mapping[str, Sequence[str]]
Estimator = Literal["ML", "MLR"]

# Metric, the name of lavaan and seminr for it, what it is.
_MEASURES = (
    ("cfa_chisq", "chisq", "chi-square, n times the discrepancy"),
    ("cfa_df", "df", "degrees of freedom"),
    ("cfa_pvalue", "pvalue", "chi-square test"),
    ("cfa_chisq_scaled", "chisq.scaled", "Yuan-Bentler (Mplus variant)"),
    ("cfa_pvalue_scaled", "pvalue.scaled", "scaled chi-square test"),
    ("cfa_cfi", "cfi", "not corrected for non-normality"),
    ("cfa_tli", "tli", "not corrected for non-normality"),
    ("cfa_cfi_robust", "cfi.robust", "corrected for non-normality"),
    ("cfa_tli_robust", "tli.robust", "corrected for non-normality"),
    ("cfa_rmsea", "rmsea", "not corrected for non-normality; 90% interval"),
    ("cfa_rmsea_robust", "rmsea.robust", "corrected for non-normality; 90% interval"),
    ("cfa_srmr", "srmr", "Bentler, of standardised residuals"),
)


@dataclass(frozen=True)
class Cfa:
    """A fitted confirmatory factor analysis: correlated factors, each item on one of them.

    Attributes
    ----------
    blocks : dict of construct to tuple of items
        Those in the model: constructs of two items or more.
    left_out : tuple of str
        Constructs of a single item, which have nothing to be tested.
    n : int
        Respondents with all answers.
    estimator : str
        ``ML`` or ``MLR``.
    converged : bool
    heywood : tuple of str
        Items with a standardised loading beyond 1: a negative residual variance.
    inadmissible : tuple of str
        Pairs of constructs ``A~B`` that correlate beyond 1.
    measures : dict of str to float
        Fit measures under lavaan's names (``chisq``, ``cfi``, ``rmsea.ci.lower`` ...).
    loadings : DataFrame
        Columns construct, item, estimate, se, low, high: standardised, Wald interval.
    correlations : DataFrame
        Columns a, b, estimate, se, low, high: of the factors.
    """

    blocks: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    n: int
    estimator: str
    converged: bool
    heywood: tuple[str, ...]
    inadmissible: tuple[str, ...]
    measures: dict[str, float]
    loadings: pd.DataFrame
    correlations: pd.DataFrame

    @property
    def flag(self) -> str:
        """``not_converged``, ``heywood``, ``inadmissible``, ``saturated`` (nothing to test) or empty."""
        troubles = {
            "not_converged": not self.converged,
            "heywood": bool(self.heywood),
            "inadmissible": bool(self.inadmissible),
            "saturated": self.measures["df"] == 0,
        }
        return next((name for name, present in troubles.items() if present), "")


def cfa(
    frame: pd.DataFrame,
    blocks: Blocks,
    estimator: Estimator = "MLR",
    weights: npt.ArrayLike | None = None,
) -> Cfa:
    """Fit a confirmatory factor analysis with one factor per construct.

    Parameters
    ----------
    frame : DataFrame of respondents x items
        Respondents with a missing answer to an item of the model are left out.
    blocks : mapping of construct to its items
    estimator : {"ML", "MLR"}
        The estimates are the same; MLR adds a scaled chi-square, robust fit measures and robust standard
        errors, which hold up when answers are not normal, as ratings never are.
    weights : array_like of shape (n,), optional
        Survey weights: the model is then fitted to the weighted covariances (pseudo maximum likelihood).
        Chi-square, errors and fit hold under MLR only, where the weights are part of the correction.

    Returns
    -------
    Cfa
        When the fit did not converge, its numbers are NaN.

    Raises
    ------
    MomentsError
        Nothing to test (no construct of two items, or one construct of two only), no more respondents than
        items, constant or collinear items.

    Notes
    -----
    Items are brought to variance 1 first; none of the numbers depends on their units. chi-square = n F,
    with F = log|S*| + tr(S S*^-1) - log|S| - p and covariances of divisor n, as in lavaan. Weighted answers
    enter as sqrt(w) (x - m), see `csat.stats.pseudo_rows`.

    References
    ----------
    Rosseel, Y. (2012). lavaan: an R package for structural equation modeling. Journal of Statistical
    Software, 48(2). Yuan, K.-H. & Bentler, P. M. (2000). Three likelihood-based methods for mean and
    covariance structure analysis with nonnormal missing data. Sociological Methodology, 30, 165-200.
    Asparouhov, T. (2005). Sampling weights in latent variable modeling. Structural Equation Modeling, 12,
    411-434.

    Examples
    --------
    R: ``lavaan::cfa(model, data, std.lv = TRUE, estimator = "MLR")``, ``fitMeasures``,
    ``standardizedSolution``.
    """
    if estimator not in ("ML", "MLR"):
        raise MomentsError(f"estimator={estimator!r} is unknown; use ML or MLR")
    kept = {name: tuple(items) for name, items in blocks.items() if len(items) > 1}
    items = [item for block in kept.values() for item in block]
    values = _complete(frame, items, kept, weights)
    model, rows = _fit(values, kept, estimator)
    converged = bool(model.estimation.fit.converged)
    loadings, correlations = _tables(rows, kept)
    if not converged:
        numbers = ["estimate", "se", "low", "high"]
        loadings[numbers], correlations[numbers] = np.nan, np.nan
    measures = dict(model.estimation.fit_measures)
    if measures["df"] == 0:
        measures.update(dict.fromkeys((name for name in measures if "pvalue" in name), np.nan))
    return Cfa(
        blocks=kept,
        left_out=tuple(name for name in blocks if name not in kept),
        n=len(values),
        estimator=estimator,
        converged=converged,
        heywood=tuple(loadings.loc[loadings["estimate"].abs() > 1, "item"]),
        inadmissible=tuple(
            pair(a, b)
            for a, b, r in correlations[["a", "b", "estimate"]].itertuples(index=False)
            if abs(r) > 1
        ),
        measures=measures if converged else dict.fromkeys(measures, np.nan),
        loadings=loadings,
        correlations=correlations,
    )


def cfa_table(fit: Cfa) -> pd.DataFrame:
    """Tell a confirmatory factor analysis as a tidy frame.

    Parameters
    ----------
    fit : Cfa

    Returns
    -------
    DataFrame
        Tidy, with the extra column ``flag``: that of the model (`Cfa.flag`) for fit measures, of the row
        for ``cfa_loading`` and ``cfa_correlation``. Intervals: 90% for RMSEA, 95% Wald for loadings and
        correlations. Scaled and robust measures are NaN under ML.

    Examples
    --------
    R: ``lavaan::fitMeasures(fit)`` and ``lavaan::standardizedSolution(fit)``.
    """
    frames = [_measure(fit, metric, name, told) for metric, name, told in _MEASURES]
    method = f"{fit.estimator}, standardised; Wald 95%; listwise"
    subjects = [arrow(*names) for names in fit.loadings[["construct", "item"]].itertuples(index=False)]
    pairs = [pair(*names) for names in fit.correlations[["a", "b"]].itertuples(index=False)]
    heywood = fit.loadings["item"].isin(fit.heywood).map({True: "heywood", False: ""}).tolist()
    beyond = ["inadmissible" if name in fit.inadmissible else "" for name in pairs]
    frames.append(_with_limits("cfa_loading", subjects, fit.loadings, fit.n, method, heywood))
    frames.append(_with_limits("cfa_correlation", pairs, fit.correlations, fit.n, method, beyond))
    return stack(frames)


def _complete(
    frame: pd.DataFrame, items: list[str], blocks: Blocks, weights: npt.ArrayLike | None
) -> FloatArray:
    """Complete rows of the items, with mean 0 and variance 1; refuse what cannot be fitted."""
    if not blocks or len(items) < 3:
        raise MomentsError(
            "a confirmatory factor analysis needs a construct of three items, or two of two; "
            f"there are {len(items)} items in constructs of two or more"
        )
    moments = GroupedSums.from_frame(frame[items], weights, missing="listwise").moments()
    if moments.n <= len(items):
        raise MomentsError(
            f"{moments.n:.0f} complete respondents are too few for the {len(items)} items of the model; "
            "test fewer constructs or collect more answers"
        )
    checks.positive_definite(moments)
    values = frame[items].to_numpy(dtype=np.float64, na_value=np.nan)
    w = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    kept = ~np.isnan(values).any(axis=1) & (w > 0)
    values, w = (values[kept] - moments.mean) / moments.sd, w[kept]
    return values if np.allclose(w, w[0], rtol=1e-12) else pseudo_rows(values, w)


def _fit(values: FloatArray, blocks: Blocks, estimator: Estimator) -> tuple[Any, list[Any]]:
    """Fit with seminr, under names of its own: item and construct names may hold any character."""
    from seminr import constructs, estimate_cfa, reflective, summarize

    names = [f"x{number}" for number in range(values.shape[1])]
    rest = iter(names)
    model = constructs(
        *(
            reflective(f"f{number}", [next(rest) for _ in items])
            for number, items in enumerate(blocks.values())
        )
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # The line search probes points outside the domain; what matters is `converged`, which is reported.
        warnings.simplefilter("ignore", RuntimeWarning)
        fitted = estimate_cfa(dict(zip(names, values.T.tolist(), strict=True)), model, estimator=estimator)
        summary: Any = summarize(fitted)
        return fitted, summary.solution


def _tables(rows: list[Any], blocks: Blocks) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give loadings and factor correlations the users' names again."""
    constructs = {f"f{number}": name for number, name in enumerate(blocks)}
    every = [item for items in blocks.values() for item in items]
    items = {f"x{number}": name for number, name in enumerate(every)}
    numbers = ["estimate", "se", "low", "high"]
    loadings = [
        (constructs[row.lhs], items[row.rhs], row.est_std, row.se, row.ci_lower, row.ci_upper)
        for row in rows
        if row.op == "=~"
    ]
    correlations = [
        (constructs[row.lhs], constructs[row.rhs], row.est_std, row.se, row.ci_lower, row.ci_upper)
        for row in rows
        if row.op == "~~" and row.lhs in constructs and row.lhs != row.rhs
    ]
    return (
        pd.DataFrame(loadings, columns=["construct", "item", *numbers]),
        pd.DataFrame(correlations, columns=["a", "b", *numbers]),
    )


def _measure(fit: Cfa, metric: str, name: str, told: str) -> pd.DataFrame:
    """Tidy row of one fit measure; RMSEA brings its limits along."""
    value, low, high = fit.measures.get(name, np.nan), np.nan, np.nan
    if "rmsea" in name:
        low = fit.measures.get(name.replace("rmsea", "rmsea.ci.lower"), np.nan)
        high = fit.measures.get(name.replace("rmsea", "rmsea.ci.upper"), np.nan)
    method = f"{fit.estimator}: {told}; listwise"
    return tidy(metric, ["model"], [value], fit.n, method, low=low, high=high, flag=fit.flag)


def _with_limits(
    metric: str, subjects: list[str], numbers: pd.DataFrame, n: int, method: str, flag: list[str]
) -> pd.DataFrame:
    """Tidy frame of estimates that bring their limits along."""
    estimate, low, high = (numbers[column].to_numpy() for column in ("estimate", "low", "high"))
    return tidy(metric, subjects, estimate, n, method, low=low, high=high, flag=flag)
