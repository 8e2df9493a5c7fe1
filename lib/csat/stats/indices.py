"""Indices from 0 to 100: where customers stand on each construct, on one ruler for all scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from csat.errors import CsatError
from csat.stats.frames import Sample, measure, moments_of, tidy
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments
from csat.stats.path_model import Mode, path_model
from csat.stats.pls import pls
from csat.stats.pls_result import PlsResult
from csat.stats.pls_weights import Scheme

Range = tuple[float, float]


class ScaleError(CsatError):
    """An index that cannot be made: the message names the item or the construct."""


def index_0_100(
    moments: Moments,
    items: Sequence[str],
    ranges: Mapping[str, Range],
    weights: FloatArray | None = None,
) -> FloatArray:
    """Index of one construct: 0 when everybody gives the lowest answer, 100 when everybody gives the highest.

    Parameters
    ----------
    moments : Moments
    items : sequence of str
        Reversed items turned.
    ranges : mapping of item to (minimum, maximum)
        The scale of each item.
    weights : ndarray of shape (..., number of items), optional
        Of the answers brought to 0-100; they are made to sum to 1. Equal when not given.

    Returns
    -------
    ndarray of shape (...)

    Raises
    ------
    ScaleError
        An item without a range, or with an empty one.

    Notes
    -----
    100 sum_i w_i (mean_i - min_i) / (max_i - min_i), with the w_i summing to 1.

    References
    ----------
    Fornell, C. et al. (1996). The American Customer Satisfaction Index: nature, purpose, and findings.
    Journal of Marketing 60, 7-18.

    Examples
    --------
    R: ``mean((colMeans(x) - 1) / 9) * 100`` for items from 1 to 10.

    >>> m = Moments.from_cov(np.eye(2), n=9, items=["a", "b"], mean=[5.5, 10.0])
    >>> index_0_100(m, ["a", "b"], {"a": (1, 10), "b": (1, 10)}).item()
    75.0
    """
    points = item_indices(moments, items, ranges)
    if weights is None:
        return np.asarray(points.mean(axis=-1))
    return np.asarray((points * weights).sum(axis=-1) / weights.sum(axis=-1))


def item_indices(moments: Moments, items: Sequence[str], ranges: Mapping[str, Range]) -> FloatArray:
    """Bring the mean of each item to 0-100.

    Parameters
    ----------
    moments : Moments
    items : sequence of str
    ranges : mapping of item to (minimum, maximum)

    Returns
    -------
    ndarray of shape (..., number of items)

    Examples
    --------
    R: ``(colMeans(x) - 1) / 9 * 100`` for items from 1 to 10.
    """
    low, width = _scale(items, ranges)
    return np.asarray(100 * (moments.mean[..., moments.index(items)] - low) / width)


def pls_index_weights(
    result: PlsResult, moments: Moments, construct: str, ranges: Mapping[str, Range]
) -> FloatArray:
    """Weights of an index that moves as the PLS score does.

    Parameters
    ----------
    result : PlsResult
    moments : Moments
        Those that the result came from.
    construct : str
    ranges : mapping of item to (minimum, maximum)

    Returns
    -------
    ndarray of shape (..., number of items)
        Summing to 1. A weight can be negative (mode B): the index may then leave 0-100.

    Notes
    -----
    The score is sum_i w_i x_i / sd_i; an answer brought to 0-100 has x_i = min_i + (max_i - min_i) / 100 per
    point, so its weight is w_i (max_i - min_i) / sd_i, up to scale.

    References
    ----------
    Fornell et al. (1996), see `index_0_100`.

    Examples
    --------
    R: ``w / apply(x, 2, sd)``, normalised, for items on one scale.
    """
    k = result.model.constructs.index(construct)
    items = result.model.blocks[k]
    _, width = _scale(items, ranges)
    raw = result.weights[..., result.model.span(k)] * width / moments.sd[..., moments.index(items)]
    return np.asarray(raw / raw.sum(axis=-1, keepdims=True))


def index_table(
    sample: Sample,
    blocks: Mapping[str, Sequence[str]],
    ranges: Mapping[str, Range],
    weights: Literal["equal", "pls"] | Mapping[str, float] = "equal",
    paths: Sequence[tuple[str, str]] = (),
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
) -> pd.DataFrame:
    """Index of every construct, with intervals.

    Parameters
    ----------
    sample : Moments or Bootstrap
    blocks : mapping of construct to its items
    ranges : mapping of item to (minimum, maximum)
    weights : {"equal", "pls"} or mapping of item to weight
        Equal weights of the items; weights of the PLS path model of `paths`, estimated anew in each
        replicate (the constructs are then those that stand in a path); or weights of one's own, of the
        answers brought to 0-100, made to sum to 1 in each construct.
    paths, modes, scheme
        As `csat.stats.pls`, for ``weights="pls"``.

    Returns
    -------
    DataFrame
        Tidy, metric ``index_0_100``, subject the construct. With missing answers: from the mean of each
        item's answers.

    Examples
    --------
    R: ``boot::boot(x, function(x, i) mean((colMeans(x[i, ]) - 1) / 9) * 100, R = 5000)``.
    """
    moments = moments_of(sample)
    if weights != "pls":
        constructs = list(blocks)
        own = {c: _own_weights(c, blocks[c], weights) for c in constructs}

        def indices(m: Moments) -> FloatArray:
            return np.stack([index_0_100(m, blocks[c], ranges, own[c]) for c in constructs], axis=-1)
    else:
        constructs = list(path_model(blocks, paths, modes).constructs)

        def indices(m: Moments) -> FloatArray:
            result = pls(m, blocks, paths, modes, scheme)
            return pls_indices(result, m, ranges)

    n = [float(moments.select(blocks[construct]).base) for construct in constructs]
    kind = weights if isinstance(weights, str) else "own"
    told = f"{'PLS' if kind == 'pls' else kind} weights, {moments.missing}"
    return tidy("index_0_100", constructs, measure(sample, indices), n=n, method=told)


def pls_indices(result: PlsResult, moments: Moments, ranges: Mapping[str, Range]) -> FloatArray:
    """Weigh the indices of all constructs by a PLS model.

    Parameters
    ----------
    result : PlsResult
    moments : Moments
        Those that the result came from.
    ranges : mapping of item to (minimum, maximum)

    Returns
    -------
    ndarray of shape (..., K)

    Examples
    --------
    R: ``seminr`` leaves this to the user; see `pls_index_weights`.
    """
    model = result.model
    columns = [
        index_0_100(moments, block, ranges, pls_index_weights(result, moments, construct, ranges))
        for construct, block in zip(model.constructs, model.blocks, strict=True)
    ]
    return np.stack(columns, axis=-1)


def index_scores(
    answers: pd.DataFrame,
    blocks: Mapping[str, Sequence[str]],
    ranges: Mapping[str, Range],
    least: float = 0.5,
) -> pd.DataFrame:
    """Index of each respondent on each construct, with equal weights.

    Parameters
    ----------
    answers : DataFrame of respondents x items
        Reversed items turned, NaN missing.
    blocks : mapping of construct to its items
    ranges : mapping of item to (minimum, maximum)
    least : float
        The share of a construct's items that a respondent must have answered; NaN else.

    Returns
    -------
    DataFrame of respondents x constructs
        From 0 to 100.

    Examples
    --------
    R: ``rowMeans((x - 1) / 9, na.rm = TRUE) * 100``.
    """
    out = {}
    for construct, items in blocks.items():
        low, width = _scale(items, ranges)
        points: pd.DataFrame = answers[list(items)].sub(low).div(width).mul(100)
        answered = points.notna().mean(axis=1)
        out[construct] = points.mean(axis=1).where(answered >= least)
    return pd.DataFrame(out, index=answers.index)


def _own_weights(
    construct: str, items: Sequence[str], weights: str | Mapping[str, float]
) -> FloatArray | None:
    """Weights of the items of a construct; None when they are equal."""
    if isinstance(weights, str):
        return None
    missing = [item for item in items if item not in weights]
    if missing:
        raise ScaleError(f"construct {construct}: no weight for {', '.join(missing)}; give one to every item")
    found = np.array([weights[item] for item in items], dtype=np.float64)
    if not (found >= 0).all() or not found.sum() > 0:
        raise ScaleError(f"construct {construct}: weights must be 0 or more, and not all 0")
    return found


def _scale(items: Sequence[str], ranges: Mapping[str, Range]) -> tuple[FloatArray, FloatArray]:
    """Lowest answer and width of the scale of each item."""
    for item in items:
        if item not in ranges:
            raise ScaleError(f"item {item} has no scale; give its lowest and highest answer")
        if not ranges[item][1] > ranges[item][0]:
            raise ScaleError(
                f"item {item}: the scale from {ranges[item][0]:g} to {ranges[item][1]:g} is empty"
            )
    low = np.array([ranges[item][0] for item in items], dtype=np.float64)
    high = np.array([ranges[item][1] for item in items], dtype=np.float64)
    return low, high - low
