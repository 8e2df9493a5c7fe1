"""Why a figure moved between two waves: other people in the sample, or people who answer otherwise.

The mean of a wave is the sum over groups of share times mean of the group. A change of it therefore has a
part from changed shares (composition) and a part from changed means (within), which add up exactly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csat.stats.composition_codes import CompositionError, Regressions, Wave, kept, known_rows
from csat.stats.draws import draw_counts
from csat.stats.frames import stack, tidy
from csat.stats.intervals import Interval, percentile
from csat.stats.layout import FloatArray

CHUNK = 500


def kitagawa(
    shares: tuple[FloatArray, FloatArray], means: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Take the change between two weighted means apart, group by group.

    Parameters
    ----------
    shares : pair of ndarray of shape (..., G)
        Share of each group in the earlier and the later wave.
    means : pair of ndarray of shape (..., G)
        Mean (or rate) of each group; where a group has nobody in a wave, its mean of the other is used.

    Returns
    -------
    composition, within : ndarray of shape (..., G)
        (p2 - p1) (m1 + m2) / 2 and (m2 - m1) (p1 + p2) / 2; together they sum to the change.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the American Statistical
    Association 50, 1168-1194.

    Examples
    --------
    R: ``DasGuptR::dgnpop``, with two factors.

    >>> shares = np.array([0.5, 0.5]), np.array([0.8, 0.2])
    >>> composition, within = kitagawa(shares, (np.array([10.0, 20.0]), np.array([12.0, 20.0])))
    >>> round(float(composition.sum()), 6), round(float(within.sum()), 6)
    (-2.7, 1.3)
    """
    first, second = _filled(*means)
    composition = (shares[1] - shares[0]) * (first + second) / 2
    within = (second - first) * (shares[0] + shares[1]) / 2
    return composition, within


def threefold(
    shares: tuple[FloatArray, FloatArray], means: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Take a change apart as seen from the earlier wave.

    Parameters
    ----------
    shares, means : pair of ndarray of shape (..., G)
        As `kitagawa`.

    Returns
    -------
    composition, within, both : ndarray of shape (..., G)
        (p2 - p1) m1, p1 (m2 - m1) and (p2 - p1) (m2 - m1).

    References
    ----------
    Kitagawa (1955), see `kitagawa`.

    Examples
    --------
    R: ``oaxaca::oaxaca`` calls these endowments, coefficients and interaction.
    """
    first, second = _filled(*means)
    moved = shares[1] - shares[0]
    return moved * first, shares[0] * (second - first), moved * (second - first)


def change_table(
    earlier: Wave,
    later: Wave,
    metric: str = "change",
    three: bool = False,
    replicates: int = 5000,
    seed: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Take the change of a mean between two waves apart into composition and change within groups.

    Parameters
    ----------
    earlier, later : Wave
        With one grouping.
    metric : str
        Beginning of the metrics' names.
    three : bool
        As seen from the earlier wave, with a part for both at once, instead of half and half.
    replicates, seed, level
        Of the bootstrap, in which both waves are drawn apart.

    Returns
    -------
    DataFrame
        Tidy. ``change`` (subject ``total``), ``change_composition`` and ``change_within`` (``total``, then
        each group), with ``three`` also ``change_both``. ``change_share``: how much larger the share of a
        group is in the later wave, of 1. The parts of the groups sum to those of the total, and these to the
        change, to rounding. The composition part of one group depends on where the scale begins: only the
        total of composition has a meaning by itself.

    Raises
    ------
    CompositionError
        A wave without answers, or no group that both waves have.

    Notes
    -----
    A group that only one wave has counts as composition: its mean is taken to be the same in the other.

    References
    ----------
    Kitagawa (1955), see `kitagawa`.

    Examples
    --------
    R: ``mean(y2) - mean(y1)``, and its parts by ``tapply``.
    """
    names, tables = _tables((earlier, later))
    drawn = [_drawn(wave, table, replicates, seed + k) for k, (wave, table) in enumerate(tables)]

    def parts(sums: list[FloatArray]) -> FloatArray:
        g = len(names)
        shares = [s[..., :g] / s[..., :g].sum(axis=-1, keepdims=True) for s in sums]
        with np.errstate(divide="ignore", invalid="ignore"):
            means = [s[..., g:] / s[..., :g] for s in sums]
        total = [(s[..., g:].sum(axis=-1) / s[..., :g].sum(axis=-1))[..., None] for s in sums]
        pairs = (shares[0], shares[1]), (means[0], means[1])
        found = threefold(*pairs) if three else kitagawa(*pairs)
        with_total = [x for part in found for x in (part.sum(axis=-1, keepdims=True), part)]
        return np.concatenate([total[1] - total[0], *with_total, shares[1] - shares[0]], axis=-1)

    found = percentile(parts([t.sum(axis=0) for _, t in tables]), parts(drawn), level)
    kinds = ("composition", "within", "both") if three else ("composition", "within")
    labels = [(metric, "total")]
    labels += [(f"{metric}_{kind}", name) for kind in kinds for name in ("total", *names)]
    labels += [(f"{metric}_share", name) for name in names]
    n = float(sum(len(table) for _, table in tables))
    told = ("Kitagawa, threefold" if three else "Kitagawa") + f", {replicates} replicates"
    return _named(found, labels, n, told)


def explain_change(
    earlier: Wave,
    later: Wave,
    metric: str = "change",
    replicates: int = 2000,
    seed: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Take the change of a mean apart over several groupings at once (Oaxaca and Blinder).

    Parameters
    ----------
    earlier, later : Wave
        `groups` is a DataFrame of codes, a column a grouping.
    metric : str
        Beginning of the metrics' names.
    replicates, seed, level
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Tidy. ``change`` (subject ``total``); ``change_composition`` (``total``, then each grouping: what its
        changed shares did, the others held equal); ``change_within`` (``total``).

    Raises
    ------
    CompositionError
        A wave without answers; a code that only one of the waves has; groupings that say the same.

    Notes
    -----
    The mean is regressed on the codes in each wave. Composition is the change of the shares times the
    coefficients averaged over both waves; what remains is within. Codes are coded as deviations from their
    grouping's mean, so that the parts do not depend on which code is left out.

    References
    ----------
    Oaxaca, R. (1973). Male-female wage differentials in urban labor markets. International Economic Review
    14, 693-709. Blinder, A. S. (1973). Wage discrimination. Journal of Human Resources 8, 436-455. Yun, M.-S.
    (2005). A simple solution to the identification problem in detailed wage decompositions. Economic Inquiry
    43, 766-772.

    Examples
    --------
    R: ``oaxaca::oaxaca(y ~ age + site | wave)``, twofold with equal weights.
    """
    waves = Regressions.of(earlier, later)
    columns = waves.columns

    def parts(sums: list[FloatArray]) -> FloatArray:
        beta, centre, total = zip(*(waves.solve(s) for s in sums), strict=True)
        moved = (centre[1] - centre[0]) * (beta[0] + beta[1]) / 2
        by = np.stack([moved[..., at].sum(axis=-1) for at in columns.values()], axis=-1)
        whole = (total[1] - total[0])[..., None]
        composition = by.sum(axis=-1, keepdims=True)
        return np.concatenate([whole, composition, by, whole - composition], axis=-1)

    drawn = [_drawn(wave, table, replicates, seed + k) for k, (wave, table) in enumerate(waves.tables)]
    found = percentile(parts([t.sum(axis=0) for _, t in waves.tables]), parts(drawn), level)
    labels = [(metric, "total"), (f"{metric}_composition", "total")]
    labels += [(f"{metric}_composition", name) for name in columns] + [(f"{metric}_within", "total")]
    n = float(sum(len(table) for _, table in waves.tables))
    return _named(found, labels, n, f"Oaxaca-Blinder, {replicates} replicates")


def _filled(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means of both waves, where a group has nobody in one of them that of the other."""
    first, second = np.where(np.isnan(first), second, first), np.where(np.isnan(second), first, second)
    return np.nan_to_num(first), np.nan_to_num(second)


def _tables(waves: tuple[Wave, Wave]) -> tuple[list[str], list[tuple[Wave, FloatArray]]]:
    """Names of the groups; and of each wave who is known, with weight and weighted value by group."""
    known = [known_rows(wave, np.asarray(wave.groups, dtype=object)[:, None]) for wave in waves]
    codes = [
        np.asarray(wave.groups, dtype=object)[at].astype(str)
        for wave, (at, _, _) in zip(waves, known, strict=True)
    ]
    names = sorted(set(codes[0]) | set(codes[1]))
    if not set(codes[0]) & set(codes[1]):
        raise CompositionError("the two waves have no group in common; recode one of them")
    tables = []
    for wave, (at, y, w), code in zip(waves, known, codes, strict=True):
        one = (code[:, None] == np.array(names)) * w[:, None]
        tables.append((kept(wave, at), np.concatenate([one, one * y[:, None]], axis=1)))
    return names, tables


def _drawn(wave: Wave, table: FloatArray, replicates: int, seed: int) -> FloatArray:
    """Make the sums of the replicates of one wave, (replicates, F)."""
    parts = [
        draw_counts(
            len(table), min(CHUNK, replicates - start), seed + 7919 * start, wave.strata, wave.clusters
        )
        @ table
        for start in range(0, replicates, CHUNK)
    ]
    return np.concatenate(parts)


def _named(found: Interval, labels: list[tuple[str, str]], n: float, method: str) -> pd.DataFrame:
    """Name the rows."""
    frame = tidy("", [subject for _, subject in labels], found, n=n, method=method)
    frame["metric"] = [metric for metric, _ in labels]
    return stack([frame])
