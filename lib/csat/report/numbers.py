"""Numbers as a reader sees them: counts, estimates with intervals, shares, p-values.

One place for all of them, so that a page never shows ``-0.00``, ``nan`` or two styles of minus sign.
"""

from __future__ import annotations

import math
from typing import Any

ABSENT = "–"
MINUS = "−"


def is_missing(value: Any) -> bool:
    """Say whether a value stands for "there is none" (None, NaN, NaT, pandas' NA).

    Examples
    --------
    >>> is_missing(float("nan")), is_missing(0)
    (True, False)
    """
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA refuses to be a truth value
        return True


def number(value: Any, digits: int = 2, signed: bool = False) -> str:
    """Write a number with a fixed count of decimals, a real minus sign and no negative zero.

    Parameters
    ----------
    value : float
        What to write; missing or infinite gives an en dash.
    digits : int
        Decimals.
    signed : bool
        Write ``+`` before positive numbers, for differences.

    Returns
    -------
    str

    Examples
    --------
    In R: ``formatC(x, format = "f", digits = 2, big.mark = ",")``.

    >>> number(-0.001), number(1234.5, 1), number(0.2, 1, signed=True)
    ('0.00', '1,234.5', '+0.2')
    """
    if is_missing(value) or math.isinf(float(value)):
        return ABSENT
    text = f"{abs(float(value)):,.{digits}f}"
    if not text.strip("0.,"):
        return text
    if float(value) < 0:
        return MINUS + text
    return "+" + text if signed else text


def count(value: Any) -> str:
    """Write a whole number with thousands separators: ``12,345``.

    Examples
    --------
    >>> count(12345.0), count(None)
    ('12,345', '–')
    """
    return number(value, 0)


def percent(share: Any, digits: int = 0) -> str:
    """Write a share between 0 and 1 as a percentage: ``0.256`` is ``26%``.

    Examples
    --------
    In R: ``scales::percent(x, accuracy = 1)``.

    >>> percent(0.256), percent(0.256, 1)
    ('26%', '25.6%')
    """
    if is_missing(share):
        return ABSENT
    return number(100 * float(share), digits) + "%"


def p_value(value: Any) -> str:
    """Write a p-value with its sign of relation: ``p < 0.001`` or ``p = 0.032``.

    Examples
    --------
    In R: ``format.pval(p, digits = 3, eps = 0.001)``.

    >>> p_value(0.0001), p_value(0.0321), p_value(0.9999)
    ('p < 0.001', 'p = 0.032', 'p > 0.999')
    """
    if is_missing(value):
        return ABSENT
    if float(value) < 0.001:
        return "p < 0.001"
    if float(value) > 0.999:
        return "p > 0.999"
    return f"p = {float(value):.3f}"


def interval(low: Any, high: Any, digits: int = 2, to: str = " to ") -> str:
    """Write two bounds: ``0.65–0.77``, or with the word `to` when a bound is negative.

    Examples
    --------
    >>> interval(0.65, 0.77), interval(-0.2, 0.1)
    ('0.65–0.77', '−0.20 to 0.10')
    """
    if is_missing(low) or is_missing(high):
        return ABSENT
    bounds = number(low, digits), number(high, digits)
    return (to if any(bound.startswith(MINUS) for bound in bounds) else "–").join(bounds)


def estimate(value: Any, low: Any = None, high: Any = None, digits: int = 2, to: str = " to ") -> str:
    """Write an estimate with its interval: ``0.71 (0.65–0.77)``; without an interval just ``0.71``.

    Examples
    --------
    >>> estimate(0.71, 0.65, 0.77), estimate(31, 26, 36, digits=0), estimate(0.5)
    ('0.71 (0.65–0.77)', '31 (26–36)', '0.50')
    """
    text = number(value, digits)
    if is_missing(value) or is_missing(low) or is_missing(high):
        return text
    return f"{text} ({interval(low, high, digits, to)})"
