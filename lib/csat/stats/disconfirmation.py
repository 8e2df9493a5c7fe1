"""Expectation and experience side by side: loyalty as a surface over both, instead of a raw difference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.stats.bootstrap import bootstrap
from csat.stats.frames import measure, tidy
from csat.stats.layout import FloatArray
from csat.stats.linear import solve
from csat.stats.moments import Moments

TERMS = ("expectation", "experience", "expectation²", "expectation·experience", "experience²")
LINES = ("a1", "a2", "a3", "a4")


def response_surface_table(
    expectation: npt.ArrayLike,
    experience: npt.ArrayLike,
    outcome: npt.ArrayLike,
    centre: float,
    weights: npt.ArrayLike | None = None,
    replicates: int = 5000,
    seed: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Regress an outcome on expectation, experience, their squares and their product.

    Parameters
    ----------
    expectation, experience, outcome : array_like of shape (n,)
        The first two on one scale.
    centre : float
        Taken off expectation and experience: the middle of their scale.
    weights : array_like of shape (n,), optional
    replicates, seed, level
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Tidy. ``response_surface``: subjects the five terms; ``surface_line``: ``a1`` and ``a2``, slope and
        bend along the line on which experience equals expectation; ``a3`` and ``a4``, slope and bend along
        the line on which experience is as far above the centre as expectation is below. ``a3`` above 0:
        loyalty rises as experience goes beyond expectation. ``r_squared``: subjects ``surface``, and
        ``gap`` for the raw difference alone, which is a surface with b_experience = -b_expectation and no
        bends. Percentile intervals. Persons with a missing value are left out.

    Notes
    -----
    Y = b0 + b1 E + b2 P + b3 E² + b4 E P + b5 P²; a1 = b1 + b2, a2 = b3 + b4 + b5, a3 = b2 - b1,
    a4 = b3 - b4 + b5.

    References
    ----------
    Edwards, J. R. and Parry, M. E. (1993). On the use of polynomial regression equations as an alternative to
    difference scores in organizational research. Academy of Management Journal 36, 1577-1613.

    Examples
    --------
    R: ``RSA::RSA(outcome ~ expectation * experience, models = "full")``.
    """
    e = np.asarray(expectation, dtype=np.float64) - centre
    p = np.asarray(experience, dtype=np.float64) - centre
    y = np.asarray(outcome, dtype=np.float64)
    frame = pd.DataFrame({"e": e, "p": p, "ee": e * e, "ep": e * p, "pp": p * p, "gap": p - e, "y": y})
    sample = bootstrap(frame, weights, "listwise", replicates, seed, level=level)
    found = measure(sample, _surface)
    n = float(sample.point.base)
    told = f"OLS, polynomial of degree 2 centred at {centre:g}, {replicates} replicates"
    out = tidy("", [*TERMS, *LINES, "surface", "gap"], found, n=n, method=told)
    out["metric"] = ["response_surface"] * 5 + ["surface_line"] * 4 + ["r_squared"] * 2
    return out


def _surface(m: Moments) -> FloatArray:
    """Terms, lines and R² from the moments of (e, p, ee, ep, pp, gap, y): (..., 11)."""
    b = solve(m.cov[..., :5, :5], m.cov[..., :5, 6])
    lines = np.stack(
        [
            b[..., 0] + b[..., 1],
            b[..., 2] + b[..., 3] + b[..., 4],
            b[..., 1] - b[..., 0],
            b[..., 2] - b[..., 3] + b[..., 4],
        ],
        axis=-1,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        full = (b * m.cov[..., :5, 6]).sum(axis=-1) / m.cov[..., 6, 6]
        gap = m.cov[..., 5, 6] ** 2 / (m.cov[..., 5, 5] * m.cov[..., 6, 6])
    return np.concatenate([b, lines, full[..., None], gap[..., None]], axis=-1)
