"""The curve from satisfaction to loyalty: whether it is bent, where it rises, and how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.bootstrap import bootstrap
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean as domain_mean
from csat.stats.frames import measure, stack, tidy
from csat.stats.layout import BoolArray, FloatArray
from csat.stats.linear import solve
from csat.stats.moments import Moments
from csat.stats.spline import spline, spline_slope

# Quantiles of the knots of a restricted cubic spline with 3, 4 and 5 knots (Harrell, table 2.3).
_KNOTS = {3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95)}


class CurveError(CsatError):
    """Answers from which no curve can be drawn: the message says why and what to do."""


def quadratic_test(
    satisfaction: npt.ArrayLike,
    loyalty: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Test whether the line from satisfaction to loyalty is bent.

    Parameters
    ----------
    satisfaction, loyalty : array_like of shape (n,)
    weights, strata, clusters : array_like of shape (n,), optional
        The design of the sample.

    Returns
    -------
    DataFrame
        Tidy, with columns ``standard_error``, ``statistic`` and ``p``. ``quadratic``: subjects ``intercept``,
        ``linear`` and ``squared`` (above 0: loyalty rises faster the higher satisfaction is); ``r_squared``:
        subject ``quadratic``; ``r_squared_change``: what the square adds to the line.

    Raises
    ------
    CurveError
        Fewer than five persons with both, or satisfaction of fewer than three values.

    Notes
    -----
    OLS of loyalty on satisfaction less its mean, and the square of that. t tests on n - 3 degrees of freedom.
    With a design, standard errors are linearised, on the degrees of freedom of the design less 2.

    References
    ----------
    Anderson, E. W. and Mittal, V. (2000). Strengthening the satisfaction-profit chain. Journal of Service
    Research 3, 107-120.

    Examples
    --------
    R: ``summary(lm(loyalty ~ Sc + I(Sc^2)))``, ``summary(svyglm(loyalty ~ Sc + I(Sc^2), design))``.
    """
    from scipy.special import stdtr, stdtrit

    x, y, w, known = _complete(satisfaction, loyalty, weights)
    if len(np.unique(x)) < 3:
        raise CurveError("satisfaction has fewer than three different values; no bend can be seen")
    centred = x - np.average(x, weights=w)
    design = np.column_stack([np.ones(len(x)), centred, centred**2])
    sample = _design(w, known, weights, strata, clusters)
    beta, error, r_squared = _least_squares(design, y, w, sample)
    _, _, straight = _least_squares(design[:, :2], y, w)
    df = len(x) - 3 if sample is None else max(sample.df - 2, 1)
    reach = stdtrit(df, 0.975) * error
    ratio = beta / error
    told = "OLS, t interval 95%" if sample is None else "weighted OLS, linearised t interval 95%"
    frame = tidy(
        "quadratic",
        ["intercept", "linear", "squared"],
        beta,
        n=len(x),
        method=told,
        low=beta - reach,
        high=beta + reach,
        standard_error=error,
        statistic=ratio,
        p=2 * stdtr(df, -np.abs(ratio)),
    )
    fit = tidy("r_squared", ["quadratic"], [r_squared], n=len(x), method="OLS")
    change = tidy("r_squared_change", ["squared"], [r_squared - straight], n=len(x), method="OLS")
    return stack([frame, fit, change])


def binned_means(
    satisfaction: npt.ArrayLike,
    loyalty: npt.ArrayLike,
    edges: Sequence[float],
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Mean loyalty in each bracket of satisfaction.

    Parameters
    ----------
    satisfaction, loyalty : array_like of shape (n,)
    edges : sequence of float
        Rising limits of the brackets; a bracket holds its lower limit, the last one also its upper.
    weights : array_like of shape (n,), optional
    level : float
    strata, clusters : array_like of shape (n,), optional

    Returns
    -------
    DataFrame
        Tidy, metric ``loyalty_by_satisfaction``, with columns ``low_edge``, ``high_edge`` and ``centre``
        (mean satisfaction in the bracket). NaN for an empty bracket; no interval for a single person.

    Notes
    -----
    t interval of the mean; with a design of the mean of the domain, linearised, on the design's degrees of
    freedom in the domain.

    Examples
    --------
    R: ``tapply(loyalty, cut(satisfaction, edges, right = FALSE, include.lowest = TRUE), t.test)``.
    """
    from scipy.special import stdtrit

    limits = np.asarray(edges, dtype=np.float64)
    if len(limits) < 2 or not (np.diff(limits) > 0).all():
        raise CurveError("the limits of the brackets must rise; give at least two")
    x, y, w, known = _complete(satisfaction, loyalty, weights, least=1)
    sample = _design(w, known, weights, strata, clusters)
    rows = []
    for i in range(len(limits) - 1):
        last = i == len(limits) - 2
        inside = (x >= limits[i]) & ((x <= limits[i + 1]) if last else (x < limits[i + 1]))
        mean, error, n, df = _mean(y, inside, sample)
        reach = float(stdtrit(df, (1 + level) / 2)) * error if df > 0 else np.nan
        rows.append(
            tidy(
                "loyalty_by_satisfaction",
                [f"{limits[i]:g}–{limits[i + 1]:g}"],
                [mean],
                n=n,
                method=f"mean, t interval {level:.0%}" + ("" if weights is None else ", effective n"),
                low=mean - reach,
                high=mean + reach,
                low_edge=limits[i],
                high_edge=limits[i + 1],
                centre=float(np.average(x[inside], weights=w[inside])) if inside.any() else np.nan,
            )
        )
    return stack(rows)


def loyalty_curve(
    satisfaction: npt.ArrayLike,
    loyalty: npt.ArrayLike,
    grid: Sequence[float] | None = None,
    knots: int = 4,
    weights: npt.ArrayLike | None = None,
    replicates: int = 5000,
    seed: int = 1,
    level: float = 0.95,
    strata: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Draw loyalty as a smooth curve of satisfaction, with a band and its slope.

    Parameters
    ----------
    satisfaction, loyalty : array_like of shape (n,)
    grid : sequence of float, optional
        Where to read the curve off; 41 points over the range of satisfaction when not given.
    knots : {3, 4, 5}
        Of the spline; fewer are used when satisfaction has few values.
    weights : array_like of shape (n,), optional
    replicates, seed, level
        Of the bootstrap, which is that of every other statistic.
    strata, clusters : array_like of shape (n,), optional

    Returns
    -------
    DataFrame
        Tidy, with a column ``satisfaction`` (the point of the grid): metric ``loyalty_curve``, expected
        loyalty; metric ``loyalty_slope``, its rise for one point of satisfaction; metric ``curve_bend``,
        subject ``slope high-low``: slope at the upper less slope at the lower quartile of satisfaction.
        Pointwise percentile intervals.

    Raises
    ------
    CurveError
        Fewer than ten persons with both, or too few values of satisfaction for three knots.

    Notes
    -----
    Restricted cubic spline (linear beyond the outer knots) with knots at fixed quantiles. The curve is linear
    in the basis, so it comes from the moments of basis and loyalty like every regression.

    References
    ----------
    Harrell, F. E. (2015). Regression Modeling Strategies, 2nd ed., section 2.4. Springer.

    Examples
    --------
    R: ``lm(loyalty ~ rms::rcs(satisfaction, 4))``.
    """
    x, y, w, known = _complete(satisfaction, loyalty, weights, least=10)
    at = _knots(x, w, knots)
    points = np.linspace(x.min(), x.max(), 41) if grid is None else np.asarray(grid, dtype=np.float64)
    columns = [*(f"b{i}" for i in range(len(at) - 1)), "y"]
    frame = pd.DataFrame(np.column_stack([spline(x, at), y]), columns=columns)
    stratum, cluster = (None if of is None else np.asarray(of)[known] for of in (strata, clusters))
    used = None if weights is None else w
    sample = bootstrap(frame, used, "listwise", replicates, seed, stratum, cluster, level=level)
    quartiles = np.quantile(x, [0.25, 0.75])
    if weights is not None:
        quartiles = np.quantile(x, [0.25, 0.75], weights=w, method="inverted_cdf")
    basis, rise, ends = spline(points, at), spline_slope(points, at), spline_slope(quartiles, at)

    def curve(m: Moments) -> FloatArray:
        slopes = solve(m.cov[..., :-1, :-1], m.cov[..., :-1, -1])
        at_zero = m.mean[..., -1] - (slopes * m.mean[..., :-1]).sum(axis=-1)
        steep = slopes @ ends.T
        parts = [at_zero[..., None] + slopes @ basis.T, slopes @ rise.T, steep[..., 1:] - steep[..., :1]]
        return np.concatenate(parts, axis=-1)

    told = f"restricted cubic spline, {len(at)} knots, {replicates} replicates"
    subjects = [f"{point:g}" for point in points]
    out = tidy("", [*subjects, *subjects, "slope high-low"], measure(sample, curve), n=len(x), method=told)
    out["metric"] = ["loyalty_curve"] * len(points) + ["loyalty_slope"] * len(points) + ["curve_bend"]
    out["satisfaction"] = [*points, *points, np.nan]
    return out


def _complete(
    satisfaction: npt.ArrayLike, loyalty: npt.ArrayLike, weights: npt.ArrayLike | None, least: int = 5
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Persons of whom both are known, with weights that sum to their number, and who they are."""
    x, y = np.asarray(satisfaction, dtype=np.float64), np.asarray(loyalty, dtype=np.float64)
    if x.shape != y.shape:
        raise CurveError(
            f"{x.size} values of satisfaction do not fit {y.size} of loyalty; give one per person"
        )
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    known = ~(np.isnan(x) | np.isnan(y)) & (w > 0)
    if known.sum() < least:
        raise CurveError(f"{known.sum()} persons have both satisfaction and loyalty; {least} are the least")
    return x[known], y[known], w[known] / w[known].mean(), np.asarray(known)


def _design(
    w: FloatArray,
    known: BoolArray,
    weights: npt.ArrayLike | None,
    strata: npt.ArrayLike | None,
    clusters: npt.ArrayLike | None,
) -> SurveyDesign | None:
    """Design of the sample of the persons known; None for a simple one."""
    if weights is None and strata is None and clusters is None:
        return None
    stratum, cluster = (None if of is None else np.asarray(of)[known] for of in (strata, clusters))
    return SurveyDesign.of(w, stratum, cluster, lonely="adjust")


def _least_squares(
    design: FloatArray, y: FloatArray, w: FloatArray, sample: SurveyDesign | None = None
) -> tuple[FloatArray, FloatArray, float]:
    """Coefficients, their standard errors and R² of a weighted regression."""
    n, k = design.shape
    inverse = np.linalg.inv(design.T @ (design * w[:, None]))
    beta = inverse @ (design.T @ (w * y))
    residual = y - design @ beta
    if sample is None:
        cov = inverse * float((w * residual**2).sum() / (n - k))
    else:
        cov = sample.covariance((design * residual[:, None]) @ inverse)
    total = float((w * (y - np.average(y, weights=w)) ** 2).sum())
    r_squared = 1 - float((w * residual**2).sum()) / total if total > 0 else float("nan")
    return beta, np.sqrt(np.diagonal(cov)), r_squared


def _mean(y: FloatArray, inside: BoolArray, sample: SurveyDesign | None) -> tuple[float, float, float, float]:
    """Mean, standard error, n and degrees of freedom of one bracket."""
    n = int(inside.sum())
    if not n:
        return float("nan"), float("nan"), 0.0, 0.0
    if sample is not None:
        found = domain_mean(sample, y, inside)
        seen = found.df > 0
        error = float(found.standard_error[0]) if seen else float("nan")
        return float(found.value[0]), error, float(n), float(found.df) if seen else 0.0
    mean = float(y[inside].mean())
    if n == 1:
        return mean, float("nan"), 1.0, 0.0
    return mean, float(y[inside].std(ddof=1) / np.sqrt(n)), float(n), float(n - 1)


def _knots(x: FloatArray, w: FloatArray, knots: int) -> FloatArray:
    """Knots at the usual quantiles; as many as the values of x allow."""
    if knots not in _KNOTS:
        raise CurveError(f"knots={knots}; allowed are 3, 4 and 5")
    for count in range(knots, 2, -1):
        at = np.unique(np.quantile(x, _KNOTS[count], weights=w, method="inverted_cdf"))
        if len(at) == count:
            return np.asarray(at)
    distinct = np.unique(x)
    if len(distinct) < 3:
        raise CurveError("satisfaction has fewer than three different values; no curve can be drawn")
    return np.asarray(np.quantile(distinct, (0.1, 0.5, 0.9)))
