"""What is told about weights: their margins, how much precision they cost, whether everything held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csat.data.weighting.cells import Margin

FloatArray = NDArray[np.float64]
COLUMNS = ("segment", "code", "n", "target_share", "unweighted_share", "weighted_share")


@dataclass(frozen=True)
class Weighting:
    """Weights of the respondents of a wave, and how they came about.

    Attributes
    ----------
    weights : ndarray of shape (n,)
        With mean 1.
    method : str
        ``rake``, ``cell`` or ``given`` (they came with the answers, and nothing was changed).
    iterations : int
        Times that all margins were gone through.
    converged : bool
        Whether all margins hold to 1e-10.
    difference : float
        Largest difference left between a weighted share and its target.
    margins : DataFrame
        Columns of `COLUMNS`: a row a category. Whoever weighs nothing is not counted. Shares are among the
        respondents whose category is known; those of whom it is not have a row with an empty code, no target
        and their share of everybody.
    kish_deff : float
        Kish's design effect 1 + cv² of the weights.
    n_eff : float
        Respondents over the design effect.
    trimmed : int
        Respondents whose weight is at a bound.
    notes : tuple of str
        What a reader should know.
    """

    weights: FloatArray
    method: str
    iterations: int
    converged: bool
    difference: float
    margins: pd.DataFrame
    kish_deff: float
    n_eff: float
    trimmed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether all respondents weigh the same."""
        return bool(np.allclose(self.weights, 1.0))


def kish(weights: FloatArray) -> tuple[float, float]:
    """Kish's design effect and effective number of respondents.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Not negative; whoever weighs nothing is not counted.

    Returns
    -------
    deff, n_eff : float
        1 + cv² of the weights, and n over it: (sum w)² / sum w².

    References
    ----------
    Kish, L. (1992). Weighting for unequal Pi. Journal of Official Statistics 8, 183-200.

    Examples
    --------
    R: ``1 + mean((w - mean(w))^2) / mean(w)^2``.

    >>> kish(np.array([0.5, 1.5]))
    (1.25, 1.6)
    """
    w = weights[weights > 0]
    effective = float(w.sum() ** 2 / (w**2).sum())
    return len(w) / effective, effective


def margin_table(margins: Sequence[Margin], weights: FloatArray) -> pd.DataFrame:
    """Set target, unweighted and weighted shares of all categories side by side.

    Parameters
    ----------
    margins : sequence of Margin
    weights : ndarray of shape (n,)

    Returns
    -------
    DataFrame
        With the columns of `COLUMNS`, see `Weighting`.
    """
    rows: list[tuple[str, str, int, float, float, float]] = []
    for margin in margins:
        k = len(margin.codes)
        counts = np.bincount(margin.of[weights > 0], minlength=k + 1)
        sums = np.bincount(margin.of, weights, minlength=k + 1)
        unweighted = counts[:k] / max(counts[:k].sum(), 1)
        weighted = sums[:k] / sums[:k].sum()
        for i, code in enumerate(margin.codes):
            shares = float(margin.shares[i]), float(unweighted[i]), float(weighted[i])
            rows.append((margin.name, code, int(counts[i]), *shares))
        if counts[k]:
            shares = np.nan, float(counts[k] / counts.sum()), float(sums[k] / sums.sum())
            rows.append((margin.name, "", int(counts[k]), *shares))
    return pd.DataFrame(rows, columns=list(COLUMNS))
