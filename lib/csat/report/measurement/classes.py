"""Answer classes of a scale for a stacked bar: none of them lies in both halves of the scale."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_CLASSES = 11
"""Answers that a bar shows one by one; where there are more, each half of the scale is cut into bands."""

BANDS_PER_HALF = (2, 3, 5)
"""Numbers of bands that a half may be cut into; the first that divides its whole numbers evenly is taken."""

LEAST_EACH = 5
"""Answers for each different value, on average, from which these are taken for all that were offered."""

Classes = tuple[NDArray[np.float64], list[str]]


def answer_classes(
    minimum: float, maximum: float, points: tuple[int, ...], given: NDArray[np.float64]
) -> Classes:
    """Cut a scale into answer classes that mirror each other around its midpoint.

    Parameters
    ----------
    minimum, maximum : float
        Ends of the scale.
    points : tuple of int
        Whole numbers that the scale offers; empty for a continuous scale.
    given : ndarray
        Answers (without missing ones) of all items that share the classes.

    Returns
    -------
    edges : ndarray
        Edges for ``numpy.histogram``: each class holds its lower edge, the last one its upper edge too.
    names : list of str
        Names of the classes, lowest first. With an odd number of classes the middle one holds the answers
        exactly at the midpoint and nothing else.
    """
    if points and len(points) <= MOST_CLASSES:
        return _each(np.array(points, dtype=float))
    values = np.unique(given)
    mirrored = np.unique(np.concatenate([values, minimum + maximum - values, [minimum, maximum]]))
    if len(mirrored) <= MOST_CLASSES and len(given) >= LEAST_EACH * len(values):
        return _each(mirrored)
    ends = np.array([minimum, maximum, *values])
    if np.array_equal(ends, np.round(ends)) and maximum - minimum >= MOST_CLASSES:
        return _whole(int(minimum), int(maximum))
    return _continuous(minimum, maximum, bool((values == (minimum + maximum) / 2).any()))


def _each(values: NDArray[np.float64]) -> Classes:
    """One class a value."""
    between = (values[1:] + values[:-1]) / 2
    return np.array([values[0] - 0.5, *between, values[-1] + 0.5]), [f"{value:g}" for value in values]


def _whole(minimum: int, maximum: int) -> Classes:
    """Bands of whole numbers: ``1–25, 26–50, 51–75, 76–100``; a midpoint of its own where there is one."""
    size, odd = divmod(maximum - minimum + 1, 2)
    number = next((k for k in BANDS_PER_HALF if size % k == 0), BANDS_PER_HALF[0])
    lower = [(int(band[0]), int(band[-1])) for band in np.array_split(minimum + np.arange(size), number)]
    upper = [(minimum + maximum - high, minimum + maximum - low) for low, high in reversed(lower)]
    middle = [(minimum + size, minimum + size)] if odd else []
    bands = [*lower, *middle, *upper]
    names = [f"{low}–{high}" if low < high else f"{low}" for low, high in bands]
    return np.array([*(low - 0.5 for low, _ in bands), maximum + 0.5]), names


def _continuous(minimum: float, maximum: float, middle: bool) -> Classes:
    """Bands of a continuous scale; an answer on an edge counts with the band nearer to the midpoint."""
    number = BANDS_PER_HALF[0]
    cuts = np.linspace(minimum, maximum, 2 * number + 1)
    low, high = cuts[: number + 1], cuts[number:]
    names = [f"{a:g}–<{b:g}" for a, b in pairwise(low)]
    names += [f"{low[-1]:g}"] if middle else []
    names += [f">{a:g}–{b:g}" for a, b in pairwise(high)]
    above = np.nextafter(high[:-1], np.inf)
    return np.array([*(low if middle else low[:-1]), *above, maximum]), names
