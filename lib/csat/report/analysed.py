"""Whose answers the chosen rule for missing answers leaves in the analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csat.data import Answers


def analysed(answers: Answers, missing: str = "") -> NDArray[np.bool_]:
    """Say which respondents are analysed under a rule for missing answers.

    Parameters
    ----------
    answers : Answers
    missing : str
        ``listwise`` keeps those who answered everything; every other rule keeps all.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    R: ``complete.cases(x)``.
    """
    if missing != "listwise":
        return np.ones(answers.n, dtype=bool)
    return np.asarray(answers.scored.notna().all(axis=1).to_numpy(dtype=bool) & (answers.weights > 0))


def only_analysed(answers: Answers, missing: str = "") -> Answers:
    """Answers of the respondents who are analysed; see `analysed`.

    Parameters
    ----------
    answers : Answers
    missing : str

    Returns
    -------
    Answers
        The ledger stays as it is.
    """
    keep = analysed(answers, missing)
    if keep.all():
        return answers
    parts = {name: getattr(answers, name).loc[keep] for name in ("raw", "scored", "segments")}
    if len(answers.cells) == answers.n:
        parts["cells"] = answers.cells.loc[keep]
    for name in ("strata", "clusters"):
        of = getattr(answers, name)
        parts[name] = None if of is None else of[keep]
    return replace(answers, **parts, weights=answers.weights[keep], rows=answers.rows[keep])
