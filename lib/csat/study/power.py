"""What a tracking study can find: the smallest detectable change, and how wide alpha's interval will be.

The formulas are those of planning for simple random samples; see `csat.study.sampling`.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from csat.errors import CsatError
from csat.study.sampling import check_level, check_share, finite_population_factor, normal_quantile, nps_sd


def minimum_detectable_change(
    n: int,
    sd: float,
    n_before: int | None = None,
    frame_size: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Smallest true change between two independent waves that is found with a given power.

    Parameters
    ----------
    n : int
        Respondents of this wave.
    sd : float
        Standard deviation of one answer, in the unit of the change.
    n_before : int, optional
        Respondents of the wave before, by default as many.
    frame_size : int, optional
        People in the frame of each wave.
    power : float
        Probability of finding the change.
    level : float
        Confidence level of the two-sided test.

    Returns
    -------
    float
        Change in the unit of `sd`.

    Notes
    -----
    ``(z(1 - a/2) + z(power)) * sd * sqrt(f1**2 / n1 + f2**2 / n2)`` with the factors f of the finite frame.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences (2nd ed.), chapter 2. Erlbaum.

    Examples
    --------
    R (which uses t in place of z): ``power.t.test(n = 250, sd = 2, power = .8)$delta``

    >>> round(minimum_detectable_change(250, sd=2), 2)
    0.5
    """
    if not 0 < power < 1:
        raise CsatError(f"power is {power:g}; it must be between 0 and 1, such as 0.8")
    if not sd >= 0:
        raise CsatError(f"the standard deviation is {sd:g}; it must be 0 or more")
    sizes = (n, n if n_before is None else n_before)
    variance = sum(finite_population_factor(size, frame_size) ** 2 / size for size in sizes)
    return (normal_quantile(level) + NormalDist().inv_cdf(power)) * sd * math.sqrt(variance)


def minimum_detectable_change_proportion(
    n: int,
    proportion: float = 0.5,
    n_before: int | None = None,
    frame_size: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Smallest change of a proportion between two waves that is found with a given power.

    Parameters
    ----------
    n : int
        Respondents of this wave.
    proportion : float
        Share of the wave before.
    n_before, frame_size, power, level
        As in `minimum_detectable_change`.

    Returns
    -------
    float
        Share between 0 and 1.

    Notes
    -----
    `minimum_detectable_change` with ``sd = sqrt(p * (1 - p))``.

    Examples
    --------
    R (with the variance of both waves): ``power.prop.test(n = 400, p1 = .5, power = .8)``

    >>> round(minimum_detectable_change_proportion(400), 3)
    0.099
    """
    check_share("proportion", proportion)
    sd = math.sqrt(proportion * (1 - proportion))
    return minimum_detectable_change(n, sd, n_before, frame_size, power, level)


def minimum_detectable_change_nps(
    n: int,
    promoters: float = 0.5,
    detractors: float = 0.2,
    n_before: int | None = None,
    frame_size: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Smallest change of the net promoter score between two waves that is found with a given power.

    Parameters
    ----------
    n : int
        Respondents of this wave.
    promoters, detractors : float
        Expected shares between 0 and 1.
    n_before, frame_size, power, level
        As in `minimum_detectable_change`.

    Returns
    -------
    float
        Points of the score.

    Notes
    -----
    `minimum_detectable_change` with the standard deviation of `nps_sd`.

    Examples
    --------
    R: ``(qnorm(.975) + qnorm(.8)) * 100 * sqrt(.61) * sqrt(2 / 400)``

    >>> round(minimum_detectable_change_nps(400), 1)
    15.5
    """
    return minimum_detectable_change(n, nps_sd(promoters, detractors), n_before, frame_size, power, level)


def alpha_interval(n: int, k: int, alpha: float = 0.8, level: float = 0.95) -> tuple[float, float]:
    """Interval of Feldt that an alpha would have.

    Parameters
    ----------
    n : int
        Respondents.
    k : int
        Items.
    alpha : float
        Alpha that is expected or found.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper end.

    Notes
    -----
    ``1 - (1 - alpha) * F(q; n - 1, (n - 1) * (k - 1))`` at q = 1 - a/2 and a/2: exact for parallel items
    with normal errors, and somewhat too narrow for skewed answers, for which the bootstrap is there.

    References
    ----------
    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient
    twenty. Psychometrika, 30, 357-370.

    Examples
    --------
    R: ``psych::alpha.ci(.8, n.obs = 250, n.var = 5)``

    >>> tuple(round(end, 3) for end in alpha_interval(250, 5))
    (0.758, 0.837)
    """
    if n < 3 or k < 2:
        raise CsatError(f"alpha needs at least 3 respondents and 2 items, not {n} and {k}")
    if not alpha < 1:
        raise CsatError(f"alpha is {alpha:g}; it must be below 1")
    from scipy.special import fdtri

    tail = (1 - check_level(level)) / 2
    freedom = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - alpha) * float(fdtri(*freedom, q)) for q in (1 - tail, tail))
    return low, high


def alpha_interval_width(n: int, k: int, alpha: float = 0.8, level: float = 0.95) -> float:
    """Width of the interval of Feldt that an alpha would have.

    Parameters
    ----------
    n, k, alpha, level
        As in `alpha_interval`.

    Returns
    -------
    float
        Upper end minus lower end.

    Notes
    -----
    See `alpha_interval`.

    References
    ----------
    Feldt, L. S. (1965). Psychometrika, 30, 357-370.

    Examples
    --------
    R: ``with(psych::alpha.ci(.8, n.obs = 250, n.var = 5), upper.ci - lower.ci)``

    >>> round(alpha_interval_width(250, 5), 3)
    0.079
    """
    low, high = alpha_interval(n, k, alpha, level)
    return high - low
