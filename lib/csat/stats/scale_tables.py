"""Tables of scales: reliability of each construct, and what each item does in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from csat.stats import intervals
from csat.stats.bootstrap import Bootstrap
from csat.stats.convergent import (
    ave_from_loadings,
    composite_reliability_from_loadings,
    standardised_loadings,
)
from csat.stats.factor import one_factor_minres, one_factor_ml
from csat.stats.frames import Sample, arrow, measure, moments_of, stack, tidy
from csat.stats.intervals import Interval
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments
from csat.stats.reliability import (
    alpha,
    alpha_if_dropped,
    item_rest_correlation,
    omega_of_fit,
    omega_standardised,
    standardized_alpha,
)

Blocks = Mapping[str, Sequence[str]]
Statistic = Callable[[Moments, Sequence[str]], FloatArray]

# Statistics that come from one computation: their metrics, the fewest items, the estimator, how it is told.
_COEFFICIENTS: tuple[tuple[tuple[str, ...], int, Statistic, str], ...] = (
    (("alpha",), 2, lambda m, items: alpha(m, items)[..., None], "raw"),
    (
        ("alpha_standardised",),
        2,
        lambda m, items: standardized_alpha(m, items)[..., None],
        "from correlations",
    ),
    (
        ("omega", "composite_reliability", "ave"),
        3,
        lambda m, items: _factor_coefficients(m, items),
        "one factor, ML",
    ),
    (
        ("omega_standardised",),
        3,
        lambda m, items: omega_standardised(m, items)[..., None],
        "one factor, minres on correlations",
    ),
)
_ITEM_STATISTICS: tuple[tuple[str, int, Statistic, str], ...] = (
    ("item_rest_correlation", 2, item_rest_correlation, "rest of the construct"),
    ("alpha_if_dropped", 3, alpha_if_dropped, "raw alpha of the rest"),
    ("loading", 3, standardised_loadings, "one factor, ML, standardised"),
)


def reliability_table(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """Alpha, omega, composite reliability and AVE of each construct.

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items

    Returns
    -------
    DataFrame
        Tidy, with the extra columns ``items`` (how many) and ``flag``: ``heywood`` (a loading beyond 1, or at
        its bound), ``not_converged``, or empty. A statistic that the construct has too few items for is
        NaN and its method says why. A coefficient is 1 at most, and so is its upper limit, even where
        replicates with Heywood cases go beyond. Without a bootstrap, alpha has Feldt's interval.

    Raises
    ------
    MomentsError
        A constant item, or perfectly collinear items.

    Examples
    --------
    R: ``psych::alpha``, ``semTools::compRelSEM`` and ``psych::omega`` of each construct, one below the other.
    """
    frames = []
    for construct, items in blocks.items():
        flags = _flags(moments_of(sample), items)
        for metrics, least, statistic, told in _COEFFICIENTS:
            interval, method, n = _measure(sample, statistic, items, least, told, len(metrics))
            for place, metric in enumerate(metrics):
                part = interval.part(slice(place, place + 1))
                high = np.minimum(part.high, np.fmax(1.0, part.estimate))
                frame = tidy(metric, [construct], replace(part, high=high), n, method)
                frames.append(frame.assign(items=len(items), flag=flags.get(metric, "")))
    table = stack(frames)
    return table if isinstance(sample, Bootstrap) or table.empty else _with_feldt(table)


def item_analysis(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """Mean, deviation, item-rest correlation, alpha if dropped and loading of each item.

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items

    Returns
    -------
    DataFrame
        Tidy, with the extra column ``construct``. Subjects are items, for ``loading`` ``Construct→item``.
        NaN where the construct has too few items.

    Raises
    ------
    MomentsError
        A constant item, or perfectly collinear items.

    Examples
    --------
    R: ``psych::alpha(x)$item.stats`` and ``$alpha.drop``, and lavaan's ``std.all`` of a one-factor model.
    """
    frames = []
    for construct, items in blocks.items():
        block = moments_of(sample).select(items)
        every = np.diagonal(block.n) if block.is_pairwise else block.n
        part = [
            tidy("item_mean", items, measure(sample, _statistic(_means, items)), every, block.missing),
            tidy("item_sd", items, measure(sample, _statistic(_deviations, items)), every, block.missing),
        ]
        for metric, least, statistic, told in _ITEM_STATISTICS:
            subjects = [arrow(construct, item) for item in items] if metric == "loading" else list(items)
            interval, method, n = _measure(sample, statistic, items, least, told, len(items))
            part.append(tidy(metric, subjects, interval, n, method))
        frames.append(stack(part).assign(construct=construct))
    return stack(frames)


def _measure(
    sample: Sample, statistic: Statistic, items: Sequence[str], least: int, told: str, count: int
) -> tuple[Interval, str, float]:
    """Measure a statistic with `count` values; NaN with the reason when there are too few items."""
    point = moments_of(sample)
    n = float(point.select(items).base)
    if len(items) >= least:
        return measure(sample, _statistic(statistic, items)), f"{told}; {point.missing}", n
    nothing = np.full(count, np.nan)
    reason = f"not defined for {len(items)} item{'s' if len(items) > 1 else ''}"
    return Interval(nothing, nothing, nothing, nothing, nothing, np.nan, "none"), reason, n


def _statistic(statistic: Statistic, items: Sequence[str]) -> Callable[[Moments], FloatArray]:
    """Bind a statistic to its items."""
    return lambda m: statistic(m, items)


def _factor_coefficients(m: Moments, items: Sequence[str]) -> FloatArray:
    """Omega, composite reliability and AVE, (..., 3), from one fit."""
    block = m.select(items)
    fit = one_factor_ml(block, items)
    reliability = composite_reliability_from_loadings(fit.standardised)
    extracted = ave_from_loadings(fit.standardised)
    return np.stack([omega_of_fit(fit, block), reliability, extracted], axis=-1)


def _means(m: Moments, items: Sequence[str]) -> FloatArray:
    """Means of the items."""
    return m.select(items).mean


def _deviations(m: Moments, items: Sequence[str]) -> FloatArray:
    """Deviations of the items."""
    return m.select(items).sd


def _flags(m: Moments, items: Sequence[str]) -> dict[str, str]:
    """Say what is the matter with the one-factor models behind the coefficients."""
    if len(items) < 3:
        return {}
    flags = {}
    for fit, metrics in (
        (one_factor_ml(m, items), ("omega", "composite_reliability", "ave")),
        (one_factor_minres(m, items), ("omega_standardised",)),
    ):
        flag = "heywood" if fit.heywood else "" if fit.converged else "not_converged"
        flags.update(dict.fromkeys(metrics, flag))
    return flags


def _with_feldt(table: pd.DataFrame) -> pd.DataFrame:
    """Give alpha its analytic interval."""
    rows = (table["metric"] == "alpha") & table["estimate"].notna()
    low, high = intervals.feldt(
        table.loc[rows, "estimate"].to_numpy(),
        table.loc[rows, "n"].to_numpy(),
        table.loc[rows, "items"].to_numpy(),
    )
    table.loc[rows, "ci_low"], table.loc[rows, "ci_high"] = low, high
    table.loc[rows, "method"] = table.loc[rows, "method"] + "; Feldt 95%"
    return table
