"""From a sample size to people invited: clusters, strata, response rates, quotas and cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from csat.errors import CsatError
from csat.study.sampling import check_share


def design_effect(cluster_size: float, intraclass: float) -> float:
    """Factor by which clustering inflates a variance.

    Parameters
    ----------
    cluster_size : float
        Respondents a cluster (an account, a branch), on average.
    intraclass : float
        Intraclass correlation of the answers within clusters.

    Returns
    -------
    float
        1 without clustering.

    Notes
    -----
    ``1 + (m - 1) rho``.

    References
    ----------
    Kish, L. (1965). Survey Sampling, section 5.4. Wiley.

    Examples
    --------
    R: ``1 + (5 - 1) * .1``

    >>> design_effect(5, 0.1)
    1.4
    """
    if not cluster_size >= 1:
        raise CsatError(f"cluster_size is {cluster_size:g}; it must be 1 or more")
    check_share("intraclass", intraclass)
    return 1 + (cluster_size - 1) * intraclass


def effective_size(n: int, cluster_size: float, intraclass: float) -> float:
    """Size of the simple random sample that would be as precise.

    Parameters
    ----------
    n : int
        Respondents.
    cluster_size, intraclass : float
        As in `design_effect`.

    Returns
    -------
    float
        Respondents.

    Notes
    -----
    ``n / deff``.

    Examples
    --------
    R: ``400 / (1 + (5 - 1) * .1)``

    >>> round(effective_size(400, 5, 0.1), 1)
    285.7
    """
    return n / design_effect(cluster_size, intraclass)


def allocate(
    n: int,
    sizes: Mapping[str, int],
    rule: str = "proportional",
    sds: Mapping[str, float] | None = None,
    minimum: int = 0,
) -> dict[str, int]:
    """Share respondents out over strata.

    Parameters
    ----------
    n : int
        Respondents in all.
    sizes : mapping of str to int
        People in each stratum.
    rule : {"proportional", "neyman", "equal"}
        By size; by size times standard deviation, which makes the overall mean most precise; or all alike,
        which makes comparisons most precise.
    sds : mapping of str to float, optional
        Standard deviation in each stratum, for Neyman.
    minimum : int
        Least respondents a stratum (everybody where it has fewer people).

    Returns
    -------
    dict of str to int
        Respondents of each stratum: `n` in all, none above its size.

    Raises
    ------
    CsatError
        When the strata cannot hold `n`, or `n` cannot give each its minimum.

    Notes
    -----
    Proportional: ``n N_h / N``. Neyman: ``n N_h S_h / sum N_h S_h``. Strata that are full or at their
    minimum are fixed and the rest is shared out again; fractions go to the largest remainders.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques (3rd ed.), chapter 5. Wiley.

    Examples
    --------
    R: ``PracTools::strAlloc(n.tot = 100, Nh = c(600, 400), Sh = c(1, 2), alloc = "neyman")``

    >>> allocate(100, {"a": 600, "b": 400}, "neyman", {"a": 1, "b": 2})
    {'a': 43, 'b': 57}
    """
    _check_strata(n, sizes, rule, sds)
    names = list(sizes)
    most = np.array([sizes[s] for s in names], dtype=float)
    least = np.minimum(most, float(minimum))
    if least.sum() > n:
        raise CsatError(
            f"{n} respondents cannot give {len(names)} strata at least {minimum} each; "
            f"that takes {int(least.sum())}"
        )
    by_rule = {
        "proportional": most,
        "neyman": most * np.array([(sds or {}).get(s, 1.0) for s in names]),
        "equal": np.where(most > 0, 1.0, 0.0),
    }[rule]
    shares = _within(by_rule, n, least, most)
    whole = np.floor(shares + 1e-9)
    for i in np.argsort(whole - shares, kind="stable"):
        if whole.sum() >= n:
            break
        whole[i] += 1 if whole[i] < most[i] else 0
    return {s: int(v) for s, v in zip(names, whole, strict=True)}


def _within(weights: np.ndarray, n: int, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Shares in proportion to weights, none outside its bounds: the factor is found by halving."""
    low, high = 0.0, 1.0
    positive = np.where(weights > 0, weights, 1e-12)
    while np.clip(high * positive, least, most).sum() < n and high < 1e18:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if np.clip(middle * positive, least, most).sum() < n:
            low = middle
        else:
            high = middle
    return np.asarray(np.clip(high * positive, least, most))


def _check_strata(n: int, sizes: Mapping[str, int], rule: str, sds: Mapping[str, float] | None) -> None:
    """Refuse strata that cannot be filled."""
    if rule not in ("proportional", "neyman", "equal"):
        raise CsatError(f'rule is "{rule}"; allowed: proportional, neyman, equal')
    if n < 1:
        raise CsatError(f"n is {n}; it must be 1 or more")
    bad = [s for s, size in sizes.items() if size < 0]
    bad += [s for s, sd in (sds or {}).items() if not sd >= 0 or s not in sizes]
    if bad:
        raise CsatError(f"strata {', '.join(bad)}: sizes and standard deviations are numbers from 0 on")
    if sum(sizes.values()) < n:
        raise CsatError(f"n is {n}, more than the {sum(sizes.values())} people of all strata")


def invitations(n: int, response_rate: float, usable: float = 1.0) -> int:
    """People to invite for a number of usable answers.

    Parameters
    ----------
    n : int
        Usable answers that are wanted.
    response_rate : float
        Share of those invited who answer.
    usable : float
        Share of answers that can be used.

    Returns
    -------
    int
        Invitations, rounded up.

    Examples
    --------
    R: ``ceiling(400 / (.25 * .95))``

    >>> invitations(400, 0.25, 0.95)
    1685
    """
    for name, share in (("response_rate", response_rate), ("usable", usable)):
        check_share(name, share)
        if share == 0:
            raise CsatError(f"{name} is 0: no number of invitations will do")
    return math.ceil(n / (response_rate * usable) - 1e-9)


@dataclass(frozen=True)
class FieldCost:
    """Invitations, answers and money of one wave."""

    n: int
    invited: int
    fixed: float
    variable: float

    @property
    def total(self) -> float:
        """Fixed and variable cost together."""
        return self.fixed + self.variable

    @property
    def per_answer(self) -> float:
        """Cost of one usable answer."""
        return self.total / self.n


def field_cost(
    n: int,
    response_rate: float,
    fixed: float = 0.0,
    per_invitation: float = 0.0,
    per_answer: float = 0.0,
    usable: float = 1.0,
) -> FieldCost:
    """Cost of a wave.

    Parameters
    ----------
    n : int
        Usable answers that are wanted.
    response_rate, usable : float
        As in `invitations`.
    fixed, per_invitation, per_answer : float
        Money, in any currency; answers are paid for whether they can be used or not.

    Returns
    -------
    FieldCost
        Invitations and money.

    Examples
    --------
    R: ``500 + ceiling(400 / .25) * .2 + 400 * 3``

    >>> field_cost(400, 0.25, fixed=500, per_invitation=0.2, per_answer=3).total
    2020.0
    """
    for name, money in (("fixed", fixed), ("per_invitation", per_invitation), ("per_answer", per_answer)):
        if not money >= 0:
            raise CsatError(f"{name} is {money:g}; it must be 0 or more")
    invited = invitations(n, response_rate, usable)
    answers = math.ceil(n / usable - 1e-9)
    return FieldCost(n, invited, fixed, invited * per_invitation + answers * per_answer)


@dataclass(frozen=True)
class Quota:
    """Whether one quota can be filled: people needed for it, and people there are."""

    cell: str
    wanted: int
    needed: int
    available: int

    @property
    def feasible(self) -> bool:
        """Whether there are enough people."""
        return self.needed <= self.available

    @property
    def expected(self) -> int:
        """Answers that can be had."""
        return self.wanted if self.feasible else int(self.wanted * self.available / self.needed)


def quota_feasibility(
    quotas: Mapping[str, int], sizes: Mapping[str, int], response_rates: Mapping[str, float] | float
) -> tuple[Quota, ...]:
    """Check whether quotas can be filled from the people there are.

    Parameters
    ----------
    quotas : mapping of str to int
        Answers wanted in each cell.
    sizes : mapping of str to int
        People in each cell.
    response_rates : float or mapping of str to float
        Share of those invited who answer, for all cells or for each.

    Returns
    -------
    tuple of Quota
        For each cell the invitations needed, the people there are, and what can be expected.

    Raises
    ------
    CsatError
        When a cell has no size or rate.

    Examples
    --------
    R: ``ceiling(50 / .2) <= 180``

    >>> [(q.cell, q.feasible, q.expected) for q in quota_feasibility({"new": 50}, {"new": 180}, 0.2)]
    [('new', False, 36)]
    """
    found = []
    for cell, wanted in quotas.items():
        rate = response_rates if isinstance(response_rates, int | float) else response_rates.get(cell)
        if cell not in sizes or rate is None:
            raise CsatError(f'quota "{cell}": say how many people there are and how many of them answer')
        if wanted < 0:
            raise CsatError(f'quota "{cell}" is {wanted}; it must be 0 or more')
        found.append(Quota(cell, wanted, invitations(wanted, rate) if wanted else 0, sizes[cell]))
    return tuple(found)
