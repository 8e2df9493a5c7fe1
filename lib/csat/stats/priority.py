"""What to do first: importance against performance, expected gains, and how sure their order is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from csat.errors import CsatError
from csat.stats.bootstrap import Bootstrap
from csat.stats.effects import total_effects
from csat.stats.frames import Sample, arrow, measure, moments_of, stack, tidy
from csat.stats.indices import Range, item_indices, pls_index_weights, pls_indices
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments
from csat.stats.path_model import Mode, PathModel, path_model
from csat.stats.pls import pls
from csat.stats.pls_result import PlsResult
from csat.stats.pls_weights import Scheme
from csat.stats.ranking import rank_frame


class PriorityError(CsatError):
    """Priorities that cannot be set: the message names the target or the driver."""


def index_total_effects(
    result: PlsResult, moments: Moments, ranges: Mapping[str, Range], target: str
) -> FloatArray:
    """Points that the target's index rises when the index of a construct rises by one point.

    Parameters
    ----------
    result : PlsResult
    moments : Moments
        Those that the result came from.
    ranges : mapping of item to (minimum, maximum)
    target : str
        A construct of the model.

    Returns
    -------
    ndarray of shape (..., K)
        Total effects; 1 for the target itself, 0 for what does not lead to it.

    Notes
    -----
    The PLS-weighted index is 100 / c times the score, plus a constant, c = sum_i w_i (max_i - min_i) / sd_i.
    So the standardised total effect of k is multiplied by c_k / c_target.

    References
    ----------
    Ringle, C. M. and Sarstedt, M. (2016). Gain more insight from your PLS-SEM results: the
    importance-performance map analysis. Industrial Management & Data Systems 116, 1865-1886.

    Examples
    --------
    R: ``lm(index_target ~ index_k)`` when k has no other way to the target and no competitor.
    """
    model = result.model
    width = np.array([ranges[item][1] - ranges[item][0] for item in model.items])
    raw = result.weights * width / moments.select(model.items).sd
    c = raw @ model.membership.astype(np.float64)
    at = model.constructs.index(target)
    effects = total_effects(result.paths)[..., at] * c / c[..., [at]]
    effects[..., at] = 1.0
    return np.asarray(effects)


def priority_table(
    sample: Sample,
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    target: str,
    ranges: Mapping[str, Range],
    drivers: Sequence[str] = (),
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    step: float = 10.0,
) -> pd.DataFrame:
    """Rank the drivers of a target by the gain that improving each would bring.

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items
    paths : sequence of (source, target)
    target : str
        The construct that is to rise.
    ranges : mapping of item to (minimum, maximum)
    drivers : sequence of str, optional
        Constructs to rank; everything that leads to the target when not given.
    modes, scheme
        As `csat.stats.pls`.
    step : float
        Improvement looked at, in points of the driver's index; no more than leads to 100.

    Returns
    -------
    DataFrame
        Tidy. ``importance`` (subject ``A→target``): points of the target's index for one point of the
        driver's. ``performance`` (``A``): the driver's index, 0-100. ``expected_gain`` (``A→target``):
        points of the target's index for an improvement by `step`. ``gain_per_scale_point`` (``A→target``):
        the same for one more point on the scale of all items of the driver. With a Bootstrap also
        ``probability_first`` and ``probability_top_three`` (``A``): share of the replicates in which the
        driver has the largest expected gain, or one of the three largest.

    Raises
    ------
    PriorityError
        An unknown target or driver; a driver that does not lead to the target.

    Notes
    -----
    A gain is what the model predicts if the paths are causal and the improvement moves nothing else. The
    intervals are about sampling only.

    References
    ----------
    Martilla, J. A. and James, J. C. (1977). Importance-performance analysis. Journal of Marketing 41, 77-79.
    Ringle & Sarstedt (2016), see `index_total_effects`.

    Examples
    --------
    R: ``cSEM::doIPMA(model)`` gives importance and performance.
    """
    model = path_model(blocks, paths, modes)
    chosen = _drivers(model, target, drivers)
    at = [model.constructs.index(driver) for driver in chosen]

    def numbers(m: Moments) -> FloatArray:
        result = pls(m, blocks, paths, modes, scheme)
        importance = index_total_effects(result, m, ranges, target)[..., at]
        performance = pls_indices(result, m, ranges)[..., at]
        gain = importance * np.clip(100 - performance, 0, step)
        point = np.stack([_scale_point(result, m, driver, ranges) for driver in chosen], axis=-1)
        rows = np.concatenate([importance, performance, gain, importance * point], axis=-1)
        if m.shape:
            rows[~result.converged] = np.nan
        return rows

    moments = moments_of(sample)
    n = float(moments.select(model.items).base)
    told = f"PLS {scheme} scheme, {moments.missing}"
    to_target = [arrow(driver, target) for driver in chosen]
    frame = tidy(
        "", [*to_target, *chosen, *to_target, *to_target], measure(sample, numbers), n=n, method=told
    )
    k = len(chosen)
    frame["metric"] = np.repeat(["importance", "performance", "expected_gain", "gain_per_scale_point"], k)
    frame.loc[frame["metric"] == "expected_gain", "method"] += f"; improvement by {step:g} index points"
    if not isinstance(sample, Bootstrap):
        return frame
    gains = numbers(sample.replicates)[:, 2 * k : 3 * k]
    return stack([frame, rank_frame(gains, chosen, n, f"{told}; largest expected gain")])


def item_priority_table(
    sample: Sample,
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    target: str,
    ranges: Mapping[str, Range],
    drivers: Sequence[str] = (),
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
) -> pd.DataFrame:
    """Rank single items by the gain that one more scale point on each would bring.

    Parameters
    ----------
    sample, blocks, paths, target, ranges, drivers, modes, scheme
        As `priority_table`.

    Returns
    -------
    DataFrame
        Tidy, subject the item: ``item_gain``, points of the target's index for one more point on the item;
        ``item_performance``, its index 0-100; with a Bootstrap ``probability_first`` and
        ``probability_top_three``.

    Notes
    -----
    The gain of an item is its weight in the driver's index, times the driver's importance, times
    100 / (max - min). Within a construct the weights of items are close to each other by design: read the
    differences between items of one construct with care.

    Examples
    --------
    R: ``cSEM::doIPMA(model)$Indicator``.
    """
    model = path_model(blocks, paths, modes)
    chosen = _drivers(model, target, drivers)
    items = [item for driver in chosen for item in blocks[driver]]
    widths = np.array([ranges[item][1] - ranges[item][0] for item in items])

    def numbers(m: Moments) -> FloatArray:
        result = pls(m, blocks, paths, modes, scheme)
        importance = index_total_effects(result, m, ranges, target)
        shares = [
            pls_index_weights(result, m, driver, ranges) * importance[..., [model.constructs.index(driver)]]
            for driver in chosen
        ]
        gain = np.concatenate(shares, axis=-1) * 100 / widths
        if m.shape:
            gain[~result.converged] = np.nan
        return np.concatenate([gain, item_indices(m, items, ranges)], axis=-1)

    moments = moments_of(sample)
    n = float(moments.select(model.items).base)
    told = f"PLS {scheme} scheme, {moments.missing}"
    frame = tidy("", [*items, *items], measure(sample, numbers), n=n, method=told)
    frame["metric"] = np.repeat(["item_gain", "item_performance"], len(items))
    if not isinstance(sample, Bootstrap):
        return frame
    gains = numbers(sample.replicates)[:, : len(items)]
    return stack([frame, rank_frame(gains, items, n, f"{told}; largest gain per scale point")])


def importance_performance_map(table: pd.DataFrame) -> pd.DataFrame:
    """Lay importance and performance side by side, one row a driver, for a map.

    Parameters
    ----------
    table : DataFrame
        From `priority_table`.

    Returns
    -------
    DataFrame
        Columns ``driver``, ``importance``, ``importance_low``, ``importance_high``, ``performance``,
        ``performance_low``, ``performance_high``, ``expected_gain``, ``probability_first`` (NaN when there
        were no replicates), ``n``; the largest expected gain first.

    Examples
    --------
    R: ``plot(performance, importance)``.
    """
    part = {
        metric: table[table["metric"] == metric].reset_index(drop=True) for metric in table["metric"].unique()
    }
    importance, performance = part["importance"], part["performance"]
    first = part["probability_first"]["estimate"] if "probability_first" in part else np.nan
    out = pd.DataFrame(
        {
            "driver": performance["subject"],
            "importance": importance["estimate"],
            "importance_low": importance["ci_low"],
            "importance_high": importance["ci_high"],
            "performance": performance["estimate"],
            "performance_low": performance["ci_low"],
            "performance_high": performance["ci_high"],
            "expected_gain": part["expected_gain"]["estimate"],
            "probability_first": first,
            "n": importance["n"],
        }
    )
    return out.sort_values("expected_gain", ascending=False, ignore_index=True)


def _scale_point(
    result: PlsResult, moments: Moments, construct: str, ranges: Mapping[str, Range]
) -> FloatArray:
    """Points (...) that a construct's index rises when all its items rise by one point of their scales."""
    block = result.model.blocks[result.model.constructs.index(construct)]
    widths = np.array([ranges[item][1] - ranges[item][0] for item in block])
    return np.asarray((pls_index_weights(result, moments, construct, ranges) * 100 / widths).sum(axis=-1))


def _drivers(model: PathModel, target: str, drivers: Sequence[str]) -> list[str]:
    """List the constructs that lead to the target, or those asked for, in the order of the model."""
    if target not in model.constructs:
        raise PriorityError(f"target {target} stands in no path; there are {', '.join(model.constructs)}")
    at = model.constructs.index(target)
    starts = {s for s, t in model.arrows if t == at} | {c[0] for c in model.chains() if c[-1] == at}
    leading = [model.constructs[k] for k in sorted(starts)]
    stray = [driver for driver in drivers if driver not in leading]
    if stray:
        raise PriorityError(f"{', '.join(stray)}: no path leads to {target}; leave out, or add a path")
    if not leading:
        raise PriorityError(f"no path leads to {target}; there is nothing to rank")
    return [construct for construct in leading if not drivers or construct in drivers]
