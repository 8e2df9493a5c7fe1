"""Weights of a wave from the study's plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csat.data.problems import DataError
from csat.data.weighting.cells import Margin, margins
from csat.data.weighting.raking import Raked, rake
from csat.data.weighting.report import COLUMNS, Weighting, kish, margin_table
from csat.study.problems import StudyError
from csat.study.targets import Targets

if TYPE_CHECKING:
    from csat.study.intake import WeightPlan

FloatArray = NDArray[np.float64]


def weigh(
    plan: WeightPlan,
    wave_targets: Targets,
    segments: pd.DataFrame,
    base: FloatArray | None = None,
    where: str = "",
) -> Weighting:
    """Weigh the respondents of a wave so that they agree with the population.

    Parameters
    ----------
    plan : WeightPlan
        Method, targets and bounds of the study.
    wave_targets : mapping of margin to (code -> share or count)
        Targets of the wave; they take the place of the study's, margin by margin.
    segments : DataFrame of respondents x segments
        Codes; missing where a respondent has none.
    base : ndarray of shape (n,), optional
        Design weights to start from; equal ones when not given.
    where : str
        Place for the error, such as ``study "airport", wave "2017"``.

    Returns
    -------
    Weighting

    Raises
    ------
    StudyError
        Targets that are no shares; cell weighting with more than one table of targets; bounds between which
        no weights can lie.
    DataError
        Nobody has a category with a target, or a category has no target: segment and code are named.

    Notes
    -----
    A respondent without a code on a margin is neither dropped nor put in some category: on that margin such
    respondents keep, together, the share that they have by their base weights, and the targets hold among
    all others.

    Examples
    --------
    R: ``survey::rake``, ``survey::postStratify``; bounds as in ``survey::calibrate(bounds = , calfun =
    "raking")``, but relative to the mean weight and not to the weight before.

    >>> from csat.study.intake import WeightPlan
    >>> women = WeightPlan("rake", {"sex": {"f": 0.5, "m": 0.5}})
    >>> weigh(women, {}, pd.DataFrame({"sex": ["f", "m", "m", "m"]})).weights.round(3).tolist()
    [2.0, 0.667, 0.667, 0.667]
    """
    targets = {**plan.targets, **wave_targets}
    start = _base(base, len(segments), where)
    if not targets:
        return as_given(start)
    _check(plan, targets)
    # Bounds are in units of the mean weight, and whoever weighs nothing is nobody.
    usual = float(start[start > 0].mean())
    lower, upper = plan.lower or 0.0, np.inf if plan.upper is None else plan.upper
    found = margins(targets, segments, start, where)
    raked = rake([m.of for m in found], [m.totals(start) for m in found], start, lower * usual, upper * usual)
    deff, n_eff = kish(raked.weights)
    return Weighting(
        weights=raked.weights,
        method=plan.method,
        iterations=raked.rounds,
        converged=raked.converged,
        difference=raked.difference,
        margins=margin_table(found, raked.weights),
        kish_deff=deff,
        n_eff=n_eff,
        trimmed=raked.trimmed,
        notes=tuple(_notes(found, raked, lower, upper)),
    )


def as_given(weights: FloatArray) -> Weighting:
    """Describe weights that came with the answers.

    Parameters
    ----------
    weights : ndarray of shape (n,)

    Returns
    -------
    Weighting
        With mean 1, method ``given`` and no margins.
    """
    scaled = weights / weights.mean()
    nothing = pd.DataFrame(columns=list(COLUMNS))
    return Weighting(scaled, "given", 0, True, 0.0, nothing, *kish(scaled))


def _base(base: FloatArray | None, n: int, where: str) -> FloatArray:
    """Weights to start from, with mean 1."""
    if n == 0:
        raise DataError("there is nobody to weigh", where)
    start = np.ones(n) if base is None else np.asarray(base, dtype=np.float64)
    if start.shape != (n,):
        raise DataError(f"{start.size} base weights do not fit {n} respondents; give one each", where)
    if not np.isfinite(start).all() or (start < 0).any() or not start.sum() > 0:
        raise DataError("base weights must be numbers from 0 on, and not all 0", where)
    return np.asarray(start / start.mean())


def _check(plan: WeightPlan, targets: Targets) -> None:
    """Refuse a plan that cannot be followed."""
    if plan.method == "cell" and len(targets) > 1:
        wrong = "cell weighting takes one table of targets"
        allowed = 'a crossing, such as [weights.targets."age*gender"], or method = "rake"'
        raise StudyError.single("study.toml", "[weights]", "targets", wrong, allowed)
    lower, upper = plan.lower, plan.upper
    if (lower is not None and not 0 <= lower < 1) or (upper is not None and not upper > 1):
        wrong = "no weights with mean 1 lie between these bounds"
        raise StudyError.single("study.toml", "[weights]", "lower, upper", wrong, "0 ≤ lower < 1 < upper")


def _notes(margins: Sequence[Margin], raked: Raked, lower: float, upper: float) -> list[str]:
    """Say what a reader should know."""
    notes = []
    for margin in margins:
        unknown = int((~margin.known & (raked.weights > 0)).sum())
        if unknown:
            notes.append(
                f"{unknown} respondents have no code in {margin.name}; together they keep the share they had"
            )
    if raked.trimmed:
        bounds = f"{lower:g} and {upper:g} times" if np.isfinite(upper) else f"{lower:g} times"
        notes.append(f"{raked.trimmed} weights were held at the bounds ({bounds} the mean weight)")
    if not raked.converged:
        why = "the bounds are too narrow" if raked.trimmed else "raking did not converge"
        notes.append(
            f"the targets are missed by up to {100 * raked.difference:.3g} percentage points: {why}; "
            "merge small categories" + (" or widen the bounds" if raked.trimmed else "")
        )
    return notes
