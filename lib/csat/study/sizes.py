"""Respondents needed for reliabilities and correlations, and whether to ask everybody instead of a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from csat.errors import CsatError
from csat.study.sampling import check_level, normal_quantile, sample_size

_MOST = 10_000_000


def alpha_interval_bonett(n: int, k: int, alpha: float = 0.8, level: float = 0.95) -> tuple[float, float]:
    """Interval of Bonett that an alpha would have.

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
    ``1 - exp(ln(1 - alpha) - ln(n / (n - 1)) +- z sqrt(2 k / ((k - 1) (n - 2))))``.

    References
    ----------
    Bonett, D. G. (2002). Sample size requirements for testing and estimating coefficient alpha. Journal of
    Educational and Behavioral Statistics, 27, 335-340.

    Examples
    --------
    R: ``MBESS::ci.reliability(N = 250, num.items = 5, rel = .8, interval.type = "bonett")``

    >>> tuple(round(end, 3) for end in alpha_interval_bonett(250, 5))
    (0.757, 0.836)
    """
    _check_alpha(alpha, k)
    if n < 3:
        raise CsatError(f"n is {n}; an interval of alpha needs at least 3 respondents")
    half = normal_quantile(level) * math.sqrt(2 * k / ((k - 1) * (n - 2)))
    centre = math.log(1 - alpha) - math.log(n / (n - 1))
    return 1 - math.exp(centre + half), 1 - math.exp(centre - half)


def sample_size_alpha(width: float, k: int, alpha: float = 0.8, level: float = 0.95) -> int:
    """Respondents needed for an interval of alpha of a wanted width.

    Parameters
    ----------
    width : float
        Wanted width, upper minus lower end.
    k : int
        Items.
    alpha : float
        Alpha that is expected.
    level : float
        Confidence level.

    Returns
    -------
    int
        Smallest n whose interval of Bonett is at most that wide.

    Notes
    -----
    Bonett's formula ``8 k / (k - 1) ((1 - alpha) z / width)**2 + 2`` is the beginning of an exact search.

    References
    ----------
    Bonett, D. G. (2002). Journal of Educational and Behavioral Statistics, 27, 335-340.

    Examples
    --------
    R: ``presize`` and ``MBESS::ss.aipe.reliability`` plan in the same way.

    >>> sample_size_alpha(0.1, 5, alpha=0.8)
    157
    """
    _check_alpha(alpha, k)
    if not 0 < width < 2:
        raise CsatError(f"width is {width:g}; it must be between 0 and 2, such as 0.1")

    def fits(n: int) -> bool:
        """Whether n respondents are enough."""
        low, high = alpha_interval_bonett(n, k, alpha, level)
        return high - low <= width

    return _smallest(fits, 3)


def sample_size_alpha_test(
    k: int, alpha: float, bar: float = 0.7, power: float = 0.8, level: float = 0.95
) -> int:
    """Respondents needed to show that alpha is above (or below) a bar.

    Parameters
    ----------
    k : int
        Items.
    alpha : float
        Alpha that is expected.
    bar : float
        Alpha that it is tested against.
    power : float
        Probability that the test finds the difference.
    level : float
        One minus the size of the two-sided test.

    Returns
    -------
    int
        Respondents.

    Notes
    -----
    ``2 k / (k - 1) ((z(1 - a/2) + z(power)) / ln((1 - bar) / (1 - alpha)))**2 + 2``.

    References
    ----------
    Bonett, D. G. (2002). Journal of Educational and Behavioral Statistics, 27, 335-340, formula 2.

    Examples
    --------
    R: ``2 * 5/4 * ((qnorm(.975) + qnorm(.8)) / log(.3 / .2))^2 + 2``

    >>> sample_size_alpha_test(5, alpha=0.8, bar=0.7)
    122
    """
    _check_alpha(alpha, k)
    _check_alpha(bar, k)
    if alpha == bar:
        raise CsatError(f"alpha and the bar are both {bar:g}: no sample can tell them apart")
    reach = normal_quantile(level) + NormalDist().inv_cdf(_power(power))
    return math.ceil(2 * k / (k - 1) * (reach / math.log((1 - bar) / (1 - alpha))) ** 2 + 2)


def margin_of_error_correlation(n: int, correlation: float = 0.3, level: float = 0.95) -> float:
    """Half the width of the interval of a correlation.

    Parameters
    ----------
    n : int
        Respondents.
    correlation : float
        Correlation that is expected.
    level : float
        Confidence level.

    Returns
    -------
    float
        Half of upper minus lower end (the interval is not symmetric).

    Notes
    -----
    Fisher's z: ``tanh(atanh(r) +- z / sqrt(n - 3))``.

    References
    ----------
    Fisher, R. A. (1921). On the "probable error" of a coefficient of correlation. Metron, 1, 3-32.

    Examples
    --------
    R: ``diff(tanh(atanh(.3) + c(-1, 1) * qnorm(.975) / sqrt(197))) / 2``

    >>> round(margin_of_error_correlation(200), 3)
    0.126
    """
    _check_correlation(correlation)
    if n < 4:
        raise CsatError(f"n is {n}; the interval of a correlation needs at least 4 respondents")
    half = normal_quantile(level) / math.sqrt(n - 3)
    centre = math.atanh(correlation)
    return (math.tanh(centre + half) - math.tanh(centre - half)) / 2


def sample_size_correlation(correlation: float, power: float = 0.8, level: float = 0.95) -> int:
    """Respondents needed to find a correlation.

    Parameters
    ----------
    correlation : float
        Correlation that matters.
    power : float
        Probability of finding it.
    level : float
        One minus the size of the two-sided test.

    Returns
    -------
    int
        Respondents.

    Notes
    -----
    ``((z(1 - a/2) + z(power)) / atanh(r))**2 + 3``.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences (2nd ed.), chapter 3. Erlbaum.

    Examples
    --------
    R (which also corrects the bias of z): ``pwr::pwr.r.test(r = .3, power = .8)$n``, 84.07

    >>> sample_size_correlation(0.3)
    85
    """
    _check_correlation(correlation)
    if correlation == 0:
        raise CsatError("correlation is 0: no sample can find it")
    reach = normal_quantile(level) + NormalDist().inv_cdf(_power(power))
    return math.ceil((reach / math.atanh(abs(correlation))) ** 2 + 3)


@dataclass(frozen=True)
class CensusAdvice:
    """How many of a frame a sample would take, and whether to ask everybody instead.

    `census` is true when at least half of the frame would have to answer.
    """

    frame_size: int
    margin: float
    n: int
    share: float
    census: bool


def census_advice(frame_size: int, margin: float = 0.05, level: float = 0.95) -> CensusAdvice:
    """Say whether a frame is so small that everybody should be asked.

    Parameters
    ----------
    frame_size : int
        People in the frame.
    margin : float
        Wanted margin of error of a proportion of one half.
    level : float
        Confidence level.

    Returns
    -------
    CensusAdvice
        Sample size, its share of the frame, and the advice.

    Notes
    -----
    Sample size of `csat.study.sampling.sample_size`.

    Examples
    --------
    R: ``n0 <- qnorm(.975)^2 * .25 / .05^2; ceiling(n0 / (1 + (n0 - 1) / 60))``

    >>> [census_advice(60, margin).n for margin in (0.03, 0.05, 0.1)]
    [57, 53, 38]
    """
    n = sample_size(margin, frame_size=frame_size, level=level)
    share = n / frame_size
    return CensusAdvice(frame_size, margin, n, share, share >= 0.5)


def _smallest(fits: object, least: int) -> int:
    """Smallest n that is enough, by doubling and halving."""
    assert callable(fits)
    high = least
    while not fits(high):
        if high > _MOST:
            raise CsatError(f"more than {_MOST} respondents would be needed; ask for less precision")
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle >= least and fits(middle) else (middle, high)
    return high


def _check_alpha(alpha: float, k: int) -> None:
    """Refuse what is no alpha of several items."""
    if k < 2:
        raise CsatError(f"alpha needs at least 2 items, not {k}")
    if not alpha < 1:
        raise CsatError(f"alpha is {alpha:g}; it must be below 1")


def _check_correlation(correlation: float) -> None:
    """Refuse what is no correlation, or a perfect one."""
    if not -1 < correlation < 1:
        raise CsatError(f"the correlation is {correlation:g}; it must be between -1 and 1")


def _power(power: float) -> float:
    """Return a power between 0 and 1, or say that it is none."""
    return check_level(power)
