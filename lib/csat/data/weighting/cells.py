"""Margins of weighting: the category of each respondent, and the share that each category should have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csat.data.problems import DataError
from csat.study.problems import StudyError, listing
from csat.study.targets import CROSS, Targets, as_shares, parts_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Margin:
    """One margin.

    Attributes
    ----------
    name : str
        Segment, or segments joined by ``*``.
    codes : tuple of str
        Categories that have a target.
    shares : ndarray of shape (k,)
        Their shares in the population, summing to 1.
    of : ndarray of int, shape (n,)
        Category of each respondent; k where it is not known.
    """

    name: str
    codes: tuple[str, ...]
    shares: FloatArray
    of: IntArray

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether the category of a respondent is known, (n,)."""
        return np.asarray(self.of < len(self.codes))

    def totals(self, base: FloatArray) -> FloatArray:
        """Weight that each category should have, those not known last: shape (k + 1,).

        Respondents whose category is not known keep the share that they have by their base weights; the
        targets hold among all others.
        """
        unknown = float(base[~self.known].sum() / base.sum())
        return np.asarray(np.append(self.shares * (1 - unknown), unknown) * base.sum())


def margins(targets: Targets, segments: pd.DataFrame, base: FloatArray, where: str = "") -> list[Margin]:
    """Find the category of each respondent on every margin.

    Parameters
    ----------
    targets : mapping of margin to (code -> share or count)
    segments : DataFrame of respondents x segments
        Codes; missing where a respondent has none.
    base : ndarray of shape (n,)
        Weights to start from: whoever weighs nothing is nobody.
    where : str
        Place for the error.

    Returns
    -------
    list of Margin

    Raises
    ------
    StudyError
        Shares that are no shares.
    DataError
        A segment that the answers lack, a code without a target, a target that nobody belongs to: all such
        problems together.
    """
    problems: list[str] = []
    found = [_margin(name, shares, segments, base, problems) for name, shares in targets.items()]
    if problems:
        advice = (
            "merge codes with few people by recoding them in [columns], and give the targets of the merged "
            "codes (of this wave alone: under [waves.targets]); recode to an empty cell what is no category: "
            "such respondents keep their share"
        )
        raise DataError(problems, where, [advice])
    return found


def _margin(
    name: str, values: Mapping[str, float], segments: pd.DataFrame, base: FloatArray, problems: list[str]
) -> Margin:
    """One margin; what the answers lack is added to the problems."""
    try:
        shares = as_shares(values)
    except ValueError as error:
        raise StudyError.single("study.toml", f"[weights.targets.{name}]", "", str(error)) from None
    codes = tuple(shares)
    parts = parts_of(name)
    absent = [part for part in parts if part not in segments]
    if absent:
        problems.append(f"weights: the answers have no segment {listing(absent)}")
        return Margin(name, codes, np.array(list(shares.values())), np.zeros(len(segments), dtype=np.int64))
    told = crossed(segments, parts)
    of = pd.Index(codes).get_indexer(pd.Index(told))
    unknown = told.isna().to_numpy()
    counts = np.bincount(of[(of >= 0) & (base > 0)], minlength=len(codes))
    for code, count in zip(codes, counts, strict=True):
        if not count:
            problems.append(f"weights: nobody is in segment {name} with code {code}, which has a target")
    strays = told[(of < 0) & ~unknown & (base > 0)].value_counts()
    for stray, count in strays.items():
        problems.append(
            f"weights: segment {name} has no target for code {stray}, which {count} respondents have"
        )
    return Margin(name, codes, np.array(list(shares.values())), np.where(of < 0, len(codes), of))


def crossed(segments: pd.DataFrame, parts: tuple[str, ...]) -> pd.Series:
    """Codes of one segment, or of several joined by ``*``; missing where one of them is.

    Parameters
    ----------
    segments : DataFrame of respondents x segments
    parts : tuple of str

    Returns
    -------
    Series of str

    Examples
    --------
    >>> crossed(pd.DataFrame({"age": ["18", "30"], "sex": ["1", None]}), ("age", "sex")).tolist()
    ['18*1', nan]
    """
    columns = [segments[part] for part in parts]
    known = np.logical_and.reduce([column.notna().to_numpy() for column in columns])
    joined = columns[0].astype(str)
    for column in columns[1:]:
        joined = joined + CROSS + column.astype(str)
    return joined.astype(object).where(known, np.nan)
