"""Waves that are compared, and their groupings as columns of a regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats.layout import FloatArray, IntArray


class CompositionError(CsatError):
    """A change that cannot be taken apart: the message names groups and what to do."""


@dataclass(frozen=True)
class Wave:
    """Answers of one wave.

    Attributes
    ----------
    values : array_like of shape (n,)
        NaN where not known.
    groups : array_like of shape (n,), or DataFrame of n rows
        Group of each respondent; several columns for `explain_change`. Missing ones are left out.
    weights, strata, clusters : array_like of shape (n,), optional
    """

    values: npt.ArrayLike
    groups: npt.ArrayLike | pd.DataFrame
    weights: npt.ArrayLike | None = None
    strata: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None


def known_rows(wave: Wave, groups: npt.NDArray[np.object_]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Respondents with value, groups and weight: who they are, value, weight."""
    values = np.asarray(wave.values, dtype=np.float64)
    w = np.ones(len(values)) if wave.weights is None else np.asarray(wave.weights, dtype=np.float64)
    if len(groups) != len(values) or len(w) != len(values):
        raise CompositionError("values, groups and weights do not fit; give one each per respondent")
    if not np.isfinite(w).all() or (w < 0).any():
        raise CompositionError("a weight is missing, infinite or negative; weights are numbers from 0 up")
    at = np.flatnonzero(~np.isnan(values) & ~pd.isna(groups).any(axis=1) & (w > 0))
    if len(at) < 2:
        raise CompositionError(f"a wave has {len(at)} respondents with value and group; two are the least")
    return at, values[at], w[at]


def kept(wave: Wave, at: IntArray) -> Wave:
    """Strata and clusters of the respondents that are used."""
    strata, clusters = (None if of is None else np.asarray(of)[at] for of in (wave.strata, wave.clusters))
    return Wave(np.empty(0), np.empty(0), None, strata, clusters)


@dataclass(frozen=True)
class Regressions:
    """Sums of two waves from which regressions on codes are solved.

    Attributes
    ----------
    columns : dict of grouping to list of int
        Columns of each grouping.
    tables : list of (Wave, ndarray of shape (n, F))
        What each respondent adds to w x x', w x y.
    width : int
        Number of columns, with the constant.
    """

    columns: dict[str, list[int]]
    tables: list[tuple[Wave, FloatArray]]
    width: int

    @classmethod
    def of(cls, earlier: Wave, later: Wave) -> Self:
        """Prepare both waves.

        Parameters
        ----------
        earlier, later : Wave
            With a DataFrame of codes as `groups`.

        Returns
        -------
        Regressions
            With effect coding: 1 for the code, -1 for the last code of the grouping, 0 else.
        """
        given: list[Any] = [earlier.groups, later.groups]
        frames = [pd.DataFrame(groups).astype(object) for groups in given]
        if list(frames[0].columns) != list(frames[1].columns):
            raise CompositionError("the two waves need the same groupings in the same order")
        found = [
            known_rows(wave, frame.to_numpy()) for wave, frame in zip((earlier, later), frames, strict=True)
        ]
        codes = [frame.iloc[at].astype(str) for frame, (at, _, _) in zip(frames, found, strict=True)]
        columns: dict[str, list[int]] = {}
        blocks: list[list[FloatArray]] = [[], []]
        width = 1
        for name in codes[0].columns:
            levels = sorted(set(codes[0][name]) | set(codes[1][name]))
            for part in codes:
                absent = [level for level in levels if not (part[name] == level).any()]
                if absent:
                    raise CompositionError(
                        f"only one of the waves has {name}={absent[0]}; merge it with another code"
                    )
            columns[str(name)] = list(range(width, width + len(levels) - 1))
            width += len(levels) - 1
            for block, part in zip(blocks, codes, strict=True):
                one = (part[name].to_numpy()[:, None] == np.array(levels)).astype(np.float64)
                block.append(one[:, :-1] - one[:, -1:])
        tables = []
        for wave, block, (at, y, w) in zip((earlier, later), blocks, found, strict=True):
            x = np.column_stack([np.ones(len(y)), *block])
            if np.linalg.matrix_rank(x) < width:
                raise CompositionError("one grouping follows from the others; leave it out")
            cross = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
            tables.append((kept(wave, at), np.concatenate([cross, x * y[:, None]], axis=1) * w[:, None]))
        return cls(columns, tables, width)

    def solve(self, sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Coefficients (..., k) and means (..., k) of all columns, and the mean of the outcome (...)."""
        k = self.width
        cross = sums[..., : k * k].reshape(*sums.shape[:-1], k, k)
        outcome = sums[..., k * k :]
        # A replicate may lack a code: the least-squares solution of smallest norm leaves it out.
        beta = (np.linalg.pinv(cross, hermitian=True) @ outcome[..., None])[..., 0]
        weight = cross[..., 0, 0]
        return beta, cross[..., 0, :] / weight[..., None], outcome[..., 0] / weight
