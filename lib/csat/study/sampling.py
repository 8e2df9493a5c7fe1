"""How precise a sample will be, and how many respondents a wanted precision takes.

Everything here is for simple random samples from a list (a frame) of known or very large size, and for
planning: normal approximations, with assumptions where no data are at hand yet. Shares are given between
0 and 1; the net promoter score runs from -100 to 100 points.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from csat.errors import CsatError


def finite_population_factor(n: int, frame_size: int | None = None) -> float:
    """Factor by which a finite frame shrinks a standard error.

    Parameters
    ----------
    n : int
        Respondents.
    frame_size : int, optional
        People in the frame; None for one so large that it does not matter.

    Returns
    -------
    float
        1 for an infinite frame, 0 when everybody answers.

    Raises
    ------
    CsatError
        When `n` is below 1 or above `frame_size`.

    Notes
    -----
    ``sqrt((N - n) / (N - 1))``.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques (3rd ed.), chapter 2. Wiley.

    Examples
    --------
    R: ``sqrt((200 - 132) / (200 - 1))``

    >>> round(finite_population_factor(132, 200), 3)
    0.585
    """
    if n < 1 or n != int(n):
        raise CsatError(f"n is {n}; it must be a whole number from 1 on")
    if frame_size is None:
        return 1.0
    if frame_size < n:
        raise CsatError(f"n is {n}, more than the frame of {frame_size}; lower n or correct frame_size")
    return math.sqrt((frame_size - n) / (frame_size - 1)) if frame_size > 1 else 0.0


def planning_sd(minimum: float, maximum: float, rating: bool = True) -> float:
    """Cautious standard deviation of an answer for planning: every point equally likely.

    Parameters
    ----------
    minimum, maximum : float
        Ends of the scale.
    rating : bool
        Whether answers are whole points (else any value between the ends).

    Returns
    -------
    float
        Standard deviation in points of the scale.

    Notes
    -----
    ``sqrt((k**2 - 1) / 12)`` for k points, ``(max - min) / sqrt(12)`` for a continuous scale. Answers of
    customers mostly spread less, so plans made with it are on the safe side.

    Examples
    --------
    R: ``sqrt((10^2 - 1) / 12)``

    >>> round(planning_sd(1, 10), 3)
    2.872
    """
    if minimum >= maximum:
        raise CsatError(f"the scale from {minimum:g} to {maximum:g} has no range")
    width = maximum - minimum
    return math.sqrt(((width + 1) ** 2 - 1) / 12) if rating else width / math.sqrt(12)


def nps_sd(promoters: float, detractors: float) -> float:
    """Return the standard deviation of one respondent's part in the net promoter score, in points.

    Parameters
    ----------
    promoters, detractors : float
        Shares between 0 and 1.

    Returns
    -------
    float
        Points (100 for a promoter, 0, -100 for a detractor).

    Notes
    -----
    ``100 * sqrt(P + D - (P - D)**2)``.

    Examples
    --------
    R: ``100 * sqrt(.5 + .2 - (.5 - .2)^2)``

    >>> round(nps_sd(0.5, 0.2), 1)
    78.1
    """
    check_share("promoters", promoters)
    check_share("detractors", detractors)
    if promoters + detractors > 1 + 1e-12:
        raise CsatError(f"promoters {promoters:g} and detractors {detractors:g} are more than everybody")
    return 100 * math.sqrt(max(promoters + detractors - (promoters - detractors) ** 2, 0.0))


def margin_of_error_mean(n: int, sd: float, frame_size: int | None = None, level: float = 0.95) -> float:
    """Half the width of the interval of a mean.

    Parameters
    ----------
    n : int
        Respondents.
    sd : float
        Standard deviation of the answers, in points of the scale.
    frame_size : int, optional
        People in the frame.
    level : float
        Confidence level.

    Returns
    -------
    float
        Points of the scale.

    Notes
    -----
    ``z * sd / sqrt(n) * sqrt((N - n) / (N - 1))``.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques (3rd ed.), chapter 4. Wiley.

    Examples
    --------
    R: ``qnorm(.975) * 2 / sqrt(250)``

    >>> round(margin_of_error_mean(250, sd=2), 3)
    0.248
    """
    if not sd >= 0:
        raise CsatError(f"the standard deviation is {sd:g}; it must be 0 or more")
    return finite_population_factor(n, frame_size) * normal_quantile(level) * sd / math.sqrt(n)


def margin_of_error_proportion(
    n: int, proportion: float = 0.5, frame_size: int | None = None, level: float = 0.95
) -> float:
    """Half the width of the interval of a proportion.

    Parameters
    ----------
    n : int
        Respondents.
    proportion : float
        Share between 0 and 1; one half is the least precise.
    frame_size : int, optional
        People in the frame.
    level : float
        Confidence level.

    Returns
    -------
    float
        Share between 0 and 1.

    Notes
    -----
    ``z * sqrt(p * (1 - p) / n) * sqrt((N - n) / (N - 1))``, the normal approximation of planning.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques (3rd ed.), chapter 3. Wiley.

    Examples
    --------
    R: ``qnorm(.975) * sqrt(.25 / 400)``

    >>> round(margin_of_error_proportion(400), 3)
    0.049
    """
    check_share("proportion", proportion)
    return margin_of_error_mean(n, math.sqrt(proportion * (1 - proportion)), frame_size, level)


def margin_of_error_nps(
    n: int,
    promoters: float = 0.5,
    detractors: float = 0.2,
    frame_size: int | None = None,
    level: float = 0.95,
) -> float:
    """Half the width of the interval of the net promoter score.

    Parameters
    ----------
    n : int
        Respondents.
    promoters, detractors : float
        Expected shares between 0 and 1.
    frame_size : int, optional
        People in the frame.
    level : float
        Confidence level.

    Returns
    -------
    float
        Points of the score, which runs from -100 to 100.

    Notes
    -----
    ``z * 100 * sqrt((P + D - (P - D)**2) / n) * sqrt((N - n) / (N - 1))``.

    Examples
    --------
    R: ``qnorm(.975) * 100 * sqrt((.5 + .2 - .3^2) / 100)``

    >>> round(margin_of_error_nps(100), 1)
    15.3
    """
    return margin_of_error_mean(n, nps_sd(promoters, detractors), frame_size, level)


def sample_size(
    margin: float, proportion: float = 0.5, frame_size: int | None = None, level: float = 0.95
) -> int:
    """Respondents needed for a margin of error of a proportion.

    Parameters
    ----------
    margin : float
        Wanted half width, a share between 0 and 1.
    proportion : float
        Expected share.
    frame_size : int, optional
        People in the frame.
    level : float
        Confidence level.

    Returns
    -------
    int
        Respondents, rounded up; never more than the frame.

    Notes
    -----
    ``n0 = z**2 * p * (1 - p) / e**2``, then ``n = n0 / (1 + (n0 - 1) / N)``.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques (3rd ed.), section 4.4. Wiley.

    Examples
    --------
    R: ``n0 <- qnorm(.975)^2 * .25 / .05^2; ceiling(n0 / (1 + (n0 - 1) / 200))``

    >>> sample_size(0.05, frame_size=200)
    132
    """
    check_share("proportion", proportion)
    if not 0 < margin < 1:
        raise CsatError(f"margin is {margin:g}; it must be between 0 and 1, such as 0.05")
    infinite = (normal_quantile(level) / margin) ** 2 * proportion * (1 - proportion)
    if frame_size is None:
        return max(math.ceil(infinite), 1)
    if frame_size < 1:
        raise CsatError(f"frame_size is {frame_size}; it must be 1 or more")
    return min(max(math.ceil(infinite / (1 + (infinite - 1) / frame_size)), 1), frame_size)


def normal_quantile(level: float) -> float:
    """Return the normal quantile of a two-sided confidence level."""
    return NormalDist().inv_cdf(0.5 + check_level(level) / 2)


def check_level(level: float) -> float:
    """Return a confidence level between 0 and 1, or say that it is none."""
    if not 0 < level < 1:
        raise CsatError(f"level is {level:g}; it must be between 0 and 1, such as 0.95")
    return level


def check_share(name: str, share: float) -> None:
    """Refuse a share that is not between 0 and 1."""
    if not 0 <= share <= 1:
        raise CsatError(f"{name} is {share:g}; it must be between 0 and 1 (50 % is 0.5)")
