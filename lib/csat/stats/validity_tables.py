"""Tables of validity and importance: pairs of constructs, Fornell-Larcker, drivers of an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from csat.stats.frames import Sample, arrow, measure, moments_of, pair, stack, tidy
from csat.stats.importance import LMG_MOST, lmg, relative_weights
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments
from csat.stats.regression import ols
from csat.stats.validity import correlations, fornell_larcker, htmt, pairs

Blocks = Mapping[str, Sequence[str]]


def htmt_table(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """HTMT of each pair of constructs.

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items

    Returns
    -------
    DataFrame
        Tidy, subjects ``A~B``; empty for a single construct.

    Raises
    ------
    MomentsError
        An item in two constructs; a constant item.

    Examples
    --------
    R: ``seminr::summary(seminr::bootstrap_model(model))$bootstrapped_HTMT``.
    """
    first, second = pairs(len(blocks))
    subjects = _pair_names(tuple(blocks))
    point = moments_of(sample)
    n = _pair_base(point, blocks)
    interval = measure(sample, lambda m: htmt(m, blocks)[..., first, second])
    return tidy("htmt", subjects, interval, n, f"absolute correlations; {point.missing}")


def correlation_table(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """Correlations between construct scores (means of their items).

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items
        A single item stands for itself.

    Returns
    -------
    DataFrame
        Tidy, subjects ``A~B``; empty for a single construct.

    Raises
    ------
    MomentsError
        A construct whose items are constant.

    Examples
    --------
    R: ``cor(data.frame(A = rowMeans(x[a]), B = rowMeans(x[b])))``.
    """
    first, second = pairs(len(blocks))
    point = moments_of(sample)

    def estimator(m: Moments) -> FloatArray:
        """Correlations of the pairs, (..., pairs)."""
        return correlations(m.scores(blocks), tuple(blocks))[..., first, second]

    method = f"Pearson, scores are means of items; {point.missing}"
    names = _pair_names(tuple(blocks))
    return tidy("correlation", names, measure(sample, estimator), _pair_base(point, blocks), method)


def fornell_larcker_table(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """Fornell-Larcker matrix as a wide table.

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items

    Returns
    -------
    DataFrame of constructs x constructs
        Roots of the AVE on the diagonal (NaN for two items, 1 for one), correlations of scores below it,
        NaN above.

    Raises
    ------
    MomentsError
        Constant or collinear items.

    Examples
    --------
    R: ``seminr::summary(model)$validity$fl_criteria``.
    """
    matrix = fornell_larcker(moments_of(sample), blocks)
    lower = np.tril(np.ones(matrix.shape, dtype=bool))
    names = list(blocks)
    return pd.DataFrame(np.where(lower, matrix, np.nan), index=names, columns=names)


def importance_table(sample: Sample, outcome: str, drivers: Sequence[str], blocks: Blocks) -> pd.DataFrame:
    """Shares of the outcome's explained variance that go back to each driver.

    Parameters
    ----------
    sample : Moments or Bootstrap
    outcome : str
        A key of `blocks`.
    drivers : sequence of str
        Keys of `blocks`.
    blocks : mapping of construct to its items
        Scores are means of the items; a single item stands for itself.

    Returns
    -------
    DataFrame
        Tidy: ``r_squared`` of the outcome; ``relative_weight``, ``relative_weight_share`` (percent of R
        squared), ``lmg``, ``lmg_share``, ``beta`` and ``vif`` with subjects ``driver→outcome``. LMG is left
        out, and the method says so, when there are more drivers than it can take.

    Raises
    ------
    MomentsError
        Constant or collinear drivers.

    Examples
    --------
    R: ``rwa::rwa``, ``relaimpo::calc.relimp`` and ``relaimpo::boot.relimp``, side by side.
    """
    used = {name: blocks[name] for name in (*drivers, outcome)}
    point = moments_of(sample).scores(used)
    n, p = float(point.base), len(drivers)
    told = f"scores are means of items; {point.missing}"
    subjects = [arrow(driver, outcome) for driver in drivers]

    def estimator(m: Moments) -> FloatArray:
        """Everything at once, (..., 1 + 6p), so that each replicate is visited once."""
        scores = m.scores(used)
        regression = ols(scores, outcome, drivers)
        weights = relative_weights(scores, outcome, drivers)
        orders = lmg(scores, outcome, drivers) if p <= LMG_MOST else np.full_like(weights, np.nan)
        parts = [
            regression.r_squared[..., None],
            weights,
            _percent(weights),
            orders,
            _percent(orders),
            regression.standardised,
            regression.vif,
        ]
        return np.concatenate(parts, axis=-1)

    interval = measure(sample, estimator)
    frames = [tidy("r_squared", [outcome], interval.part(slice(0, 1)), n, f"regression; {told}")]
    too_many = f"left out: more than {LMG_MOST} drivers"
    for place, (metric, method) in enumerate(
        (
            ("relative_weight", "Johnson"),
            ("relative_weight_share", "Johnson, % of R²"),
            ("lmg", "LMG" if p <= LMG_MOST else too_many),
            ("lmg_share", "LMG, % of R²" if p <= LMG_MOST else too_many),
            ("beta", "standardised regression weight"),
            ("vif", "variance inflation"),
        )
    ):
        part = interval.part(slice(1 + place * p, 1 + (place + 1) * p))
        frames.append(tidy(metric, subjects, part, n, f"{method}; {told}"))
    return stack(frames)


def _percent(shares: FloatArray) -> FloatArray:
    """Shares (..., p) as percent of their sum."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(100 * shares / shares.sum(axis=-1, keepdims=True))


def _pair_names(names: Sequence[str]) -> list[str]:
    """Names of all pairs, in the order of `pairs`."""
    return [pair(names[i], names[j]) for i, j in zip(*pairs(len(names)), strict=True)]


def _pair_base(point: Moments, blocks: Blocks) -> FloatArray:
    """Respondents behind each pair of constructs."""
    first, second = pairs(len(blocks))
    n = point.scores(blocks).n
    return n[first, second] if point.is_pairwise else np.broadcast_to(n, first.shape)
