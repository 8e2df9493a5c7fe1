"""Segments that may not be published: of what is left beside the published groups there are too few people.

Everyone's results are published, and those of some segments. Whoever takes the results of a segment from
those of everyone has the results of the rest; taking away several segments leaves less. So each difference
between two published groups, one within the other, must be nobody or enough people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]


def small_remainders(
    segments: pd.DataFrame, wanted: str, published: Sequence[str], below: int
) -> Iterator[str]:
    """Name groups of too few people whose results could be had by subtraction.

    Parameters
    ----------
    segments : DataFrame of everyone in the wave x segments
        Codes as text; NaN where missing.
    wanted : str
        Segment that is about to be published, ``name=value``.
    published : sequence of str
        Segments of the wave that are published already.
    below : int
        Fewer people than this may not be told of.

    Yields
    ------
    str
        One sentence for each group of 1 to `below` - 1 people.

    Notes
    -----
    Groups are everyone, each segment, and all published values of one segment together. A difference is
    looked at where one group lies within another and one of the two is new with `wanted`.

    Examples
    --------
    >>> import pandas as pd
    >>> site = pd.DataFrame({"site": ["1"] * 40 + ["2"] * 5})
    >>> list(small_remainders(site, "site=1", [], 10))
    ['everyone less site=1 is 5 respondents, fewer than 10 (suppress_below)']
    """
    name = wanted.partition("=")[0]
    old = [one for one in dict.fromkeys(published) if one != wanted]
    groups = {"everyone": np.ones(len(segments), dtype=bool)}
    groups |= {one: _members(segments, one) for one in [wanted, *old]}
    new = {wanted}
    for segment in dict.fromkeys(one.partition("=")[0] for one in [wanted, *old]):
        values = [one for one in sorted([wanted, *old]) if one.partition("=")[0] == segment]
        if len(values) > 1:
            together = " and ".join(values)
            groups[together] = np.any([groups[one] for one in values], axis=0)
            new |= {together} if segment == name else set()
    for (big, larger), (small, smaller) in permutations(groups.items(), 2):
        left = int((larger & ~smaller).sum())
        if {big, small} & new and not (smaller & ~larger).any() and 0 < left < below:
            yield (
                f"{big} less {small} is {left} respondent{'s' * (left > 1)}, "
                f"fewer than {below} (suppress_below)"
            )


def _members(segments: pd.DataFrame, segment: str) -> Mask:
    """Who is in a segment; nobody where the study no longer has it."""
    name, _, value = segment.partition("=")
    if name not in segments:
        return np.zeros(len(segments), dtype=bool)
    return np.asarray((segments[name] == value).fillna(False).to_numpy(dtype=bool))
