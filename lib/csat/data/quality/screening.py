"""Careless responding: flags per respondent, their sum, and what excluding the flagged would change.

A flag is a reason to look, not a verdict: nothing is dropped here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.data.quality import careless

INDICES = ("longstring", "irv", "mahalanobis", "even_odd", "synonyms")
"""Indices of the ratings, told for every study."""

SIGNS = ("pace", "attention", "identical", "shared_device", "implausible", "straight_grids", "reversed_alike")
"""Signs beyond the ratings (`csat.data.quality.signs`), told where they are known."""

FURTHER = ("antonyms", *SIGNS)


@dataclass(frozen=True)
class CarelessRules:
    """Thresholds beyond which an index flags a respondent.

    Attributes
    ----------
    longstring_share : float
        Flag a run of one answer over at least this share of the items.
    irv_share : float
        Flag answers whose standard deviation is at most this share of the width of the scale.
    mahalanobis_p : float
        Flag a distance that is less probable than this.
    even_odd : float
        Flag a consistency below this.
    synonyms : float
        Flag a correlation below this.
    synonym_correlation : float
        Items that correlate above this are synonyms, and below its opposite antonyms.
    antonyms : float
        Flag a correlation above this.
    fast_share : float
        Flag a time below this share of the median.
    straight_grids : float
        Flag one answer all the way down in at least this share of the grids.
    counted : tuple of str
        Indices whose flags count towards the verdict. Those of consistency are shown and not counted: where
        all constructs of a study go up and down together, attentive people score low on them too. Nor are
        straight-lined grids, whose answers the longest run has counted already, and shared devices, which
        households and offices have.
    least_flags : int
        Call a respondent careless who has at least so many counted flags.

    Notes
    -----
    Half of the items: Curran (2016). p < .001: Meade & Craig (2012). Even-odd .30: Johnson (2005). There is
    no agreed bar for the standard deviation of a person's answers; .05 of the width is .45 on a scale from
    1 to 10: some four of five answers are the same and the rest lie next to them. A third of the median time:
    between 30 and 48 % (Leiner 2019, Greszki et al. 2015; see `csat.data.quality.pace`). Any failed check of
    attention, any contradiction and any twin is a flag.
    """

    longstring_share: float = 0.5
    irv_share: float = 0.05
    mahalanobis_p: float = 0.001
    even_odd: float = 0.30
    synonyms: float = 0.0
    synonym_correlation: float = 0.60
    antonyms: float = 0.0
    fast_share: float = 1 / 3
    straight_grids: float = 0.5
    counted: tuple[str, ...] = (
        "longstring",
        "irv",
        "mahalanobis",
        "pace",
        "attention",
        "identical",
        "implausible",
        "reversed_alike",
    )
    least_flags: int = 2


@dataclass(frozen=True)
class Screening:
    """What screening found.

    Attributes
    ----------
    respondents : DataFrame
        A row each: the indices (``longstring``, ``irv``, ``mahalanobis``, ``mahalanobis_p``, ``even_odd``,
        ``synonyms``, then those of `FURTHER`), a column ``flag_<index>`` of bool each, ``straight_line`` (one
        and the same answer to everything), the number of counted ``flags``, and ``careless``.
    summary : DataFrame
        Tidy: metric ``careless_share`` for each index, for ``straight_line``, for ``any`` (counted) and for
        ``careless``; metric ``careless_mean`` for the mean of each index. Those of `FURTHER` only where they
        are known of somebody.
    rules : CarelessRules
    """

    respondents: pd.DataFrame
    summary: pd.DataFrame
    rules: CarelessRules

    @property
    def careless(self) -> npt.NDArray[np.bool_]:
        """Respondents with as many flags as the rules ask, shape (n,)."""
        return self.respondents["careless"].to_numpy(dtype=bool)


def screen(
    raw: pd.DataFrame,
    scored: pd.DataFrame | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    rules: CarelessRules | None = None,
    signs: pd.DataFrame | None = None,
) -> Screening:
    """Flag careless respondents.

    Parameters
    ----------
    raw : DataFrame
        Answers as given (respondents x items, in the order asked, NaN missing): what runs and variability are
        seen in.
    scored : DataFrame, optional
        The same with reversed items turned: what consistency is judged by. `raw` when not given.
    blocks : mapping of construct to its items, optional
        For the even-odd consistency; without it that index is NaN.
    ranges : mapping of item to (minimum, maximum), optional
        The scale of each item. Without it, the range of all answers together. Items on different scales are
        brought to 0-1 before their variability is taken.
    rules : CarelessRules, optional
    signs : DataFrame, optional
        From `csat.data.quality.signs.signs_of`: columns of `SIGNS`, NaN where not known.

    Returns
    -------
    Screening

    Notes
    -----
    An index that is not defined for a respondent (NaN) raises no flag.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of
    Experimental Social Psychology 66, 4-19.
    Meade, A. W. and Craig, S. B. (2012). Identifying careless responses in survey data. Psychological
    Methods 17, 437-455.

    Examples
    --------
    R: ``careless::longstring(x); careless::irv(x); careless::mahad(x); careless::psychsyn(x)``.
    """
    chosen = rules or CarelessRules()
    judged = raw if scored is None else scored
    variable, width = _on_one_scale(raw, ranges)
    distance, p = careless.mahalanobis(judged)
    table = pd.DataFrame(
        {
            "longstring": careless.longstring(raw),
            "irv": careless.intra_individual_variability(variable),
            "mahalanobis": distance,
            "mahalanobis_p": p,
            "even_odd": careless.even_odd(judged, blocks or {}),
            "synonyms": careless.synonyms(judged, chosen.synonym_correlation),
            "antonyms": careless.antonyms(raw, -chosen.synonym_correlation),
        },
        index=raw.index,
    )
    known = pd.DataFrame(index=raw.index) if signs is None else signs
    table = pd.concat([table, known.reindex(columns=list(SIGNS)).astype(float)], axis=1)
    flags = _flags(table, raw.shape[1], width, chosen)
    count = flags[[f"flag_{name}" for name in chosen.counted]].sum(axis=1)
    # One number all the way down is one answer, too, where the scales of the items differ.
    straight = (table["irv"] == 0) | (table["longstring"] == raw.shape[1])
    verdict = pd.DataFrame(
        {"straight_line": straight, "flags": count, "careless": count >= chosen.least_flags}
    )
    respondents = pd.concat([table, flags, verdict], axis=1)
    return Screening(respondents, _summary(respondents, raw.shape[1], width, chosen), chosen)


def _flags(table: pd.DataFrame, k: int, width: float, rules: CarelessRules) -> pd.DataFrame:
    """Say who is flagged by each index."""
    flags = {
        "longstring": table["longstring"] >= rules.longstring_share * k,
        "irv": table["irv"] <= rules.irv_share * width,
        "mahalanobis": table["mahalanobis_p"] < rules.mahalanobis_p,
        "even_odd": table["even_odd"] < rules.even_odd,
        "synonyms": table["synonyms"] < rules.synonyms,
        "antonyms": table["antonyms"] > rules.antonyms,
        "pace": table["pace"] < rules.fast_share,
        "straight_grids": table["straight_grids"] >= rules.straight_grids,
    }
    counts = {name: table[name] >= 1 for name in SIGNS if name not in flags}
    return pd.DataFrame({f"flag_{name}": flag for name, flag in (flags | counts).items()})


def effect_of_excluding(
    frame: pd.DataFrame,
    flagged: npt.ArrayLike,
    statistic: Callable[[pd.DataFrame], Mapping[str, float]],
    metric: str = "",
) -> pd.DataFrame:
    """Set a statistic of everybody beside the same statistic without the flagged.

    Parameters
    ----------
    frame : DataFrame of respondents x items
    flagged : array_like of bool, shape (n,)
    statistic : callable
        Takes such a table, gives a number for each subject.
    metric : str
        Name of the statistic, for the frame.

    Returns
    -------
    DataFrame
        Columns ``metric, subject, everybody, without_flagged, change, n_everybody, n_without, method``.

    Raises
    ------
    ValueError
        The flags do not fit the respondents.

    Examples
    --------
    R: ``psych::alpha(x)$total$raw_alpha - psych::alpha(x[!flagged, ])$total$raw_alpha``.

    >>> x = pd.DataFrame({"a": [1.0, 2.0, 9.0]})
    >>> effect_of_excluding(x, [False, False, True], lambda f: {"a": f["a"].mean()})["change"].tolist()
    [-2.5]
    """
    mask = np.asarray(flagged, dtype=bool)
    if mask.shape != (len(frame),):
        raise ValueError(f"{mask.size} flags do not fit {len(frame)} respondents; give one each")
    everybody = pd.Series(dict(statistic(frame)), dtype=np.float64)
    without = pd.Series(dict(statistic(frame.loc[~mask])), dtype=np.float64).reindex(everybody.index)
    return pd.DataFrame(
        {
            "metric": metric,
            "subject": everybody.index.astype(str),
            "everybody": everybody.to_numpy(),
            "without_flagged": without.to_numpy(),
            "change": (without - everybody).to_numpy(),
            "n_everybody": float(len(frame)),
            "n_without": float((~mask).sum()),
            "method": "flagged respondents left out",
        }
    )


def _on_one_scale(
    raw: pd.DataFrame, ranges: Mapping[str, tuple[float, float]] | None
) -> tuple[pd.DataFrame, float]:
    """Answers that can be compared within a person, and the width of their scale."""
    if not ranges:
        return raw, float(
            np.nanmax(raw.to_numpy(dtype=np.float64)) - np.nanmin(raw.to_numpy(dtype=np.float64))
        )
    scales = {ranges[item] for item in raw.columns}
    if len(scales) == 1:
        low, high = scales.pop()
        return raw, high - low
    low_high = pd.DataFrame({item: ranges[item] for item in raw.columns}, index=["low", "high"])
    return (raw - low_high.loc["low"]) / (low_high.loc["high"] - low_high.loc["low"]), 1.0


def _summary(table: pd.DataFrame, k: int, width: float, rules: CarelessRules) -> pd.DataFrame:
    """Shares of flagged respondents with their thresholds, and the mean of each index."""
    told = {
        "longstring": f"a run of at least {rules.longstring_share * k:g} of {k} items",
        "irv": f"standard deviation of own answers at most {rules.irv_share * width:g}",
        "mahalanobis": f"p < {rules.mahalanobis_p:g}",
        "even_odd": f"even-odd consistency below {rules.even_odd:g}",
        "synonyms": f"correlation over synonyms (r > {rules.synonym_correlation:g}) below {rules.synonyms:g}",
        "antonyms": f"correlation over antonyms (r < {-rules.synonym_correlation:g}) over {rules.antonyms:g}",
        "pace": f"less than {rules.fast_share:.2g} of the median time",
        "attention": "a failed check of attention",
        "identical": "all answers equal to another respondent's",
        "shared_device": "the device or address of another respondent",
        "implausible": "answers that contradict each other",
        "straight_grids": f"one answer all the way down in at least {rules.straight_grids:.0%} of the grids",
        "reversed_alike": "reversed items answered like the others",
    }
    rows = []
    for name in (*INDICES, *(other for other in FURTHER if table[other].notna().any())):
        known = float(table[name].notna().sum())
        share = table[f"flag_{name}"].mean() if known else np.nan
        rows.append(("careless_share", name, share, known, told[name]))
        rows.append(("careless_mean", name, table[name].mean() if known else np.nan, known, "mean"))
    n = float(len(table))
    counted = ", ".join(name for name in rules.counted if table[name].notna().any())
    rows.append(("careless_share", "straight_line", table["straight_line"].mean(), n, "all answers the same"))
    rows.append(("careless_share", "any", (table["flags"] > 0).mean(), n, f"a flag of {counted}"))
    rows.append(
        ("careless_share", "careless", table["careless"].mean(), n, f"{rules.least_flags} flags of {counted}")
    )
    frame = pd.DataFrame(rows, columns=["metric", "subject", "estimate", "n", "method"])
    frame.insert(3, "ci_low", np.nan)
    frame.insert(4, "ci_high", np.nan)
    return frame
