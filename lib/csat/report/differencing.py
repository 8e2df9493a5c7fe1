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

MOST_GROUPS = 20_000
"""Groups of few people that are tried at most."""

_ROUNDING = 1e-9


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
    Groups are everyone, each segment, and values of one segment together: all that are published, and those
    that lie within another group or reach into it (the shops of a region are the region but for those that
    are not published). A difference is looked at where one group lies within another and one of the two is
    new with `wanted`. Then any sums and differences are looked for that give few people: they are groups in
    the span of those that are published (linear algebra over the parts into which these cut the people).

    Examples
    --------
    >>> import pandas as pd
    >>> site = pd.DataFrame({"site": ["1"] * 40 + ["2"] * 5})
    >>> list(small_remainders(site, "site=1", [], 10))
    ['everyone less site=1 is 5 respondents, fewer than 10 (suppress_below)']
    """
    groups = _groups(segments, list(dict.fromkeys([*published, wanted])))
    told: set[bytes] = set()
    for (big, larger), (small, smaller) in permutations(groups.items(), 2):
        rest = larger & ~smaller
        left = int(rest.sum())
        if wanted in (*big, *small) and not (smaller & ~larger).any() and 0 < left < below:
            told.add(rest.tobytes())
            yield (
                f"{' and '.join(big)} less {' and '.join(small)} is {left} respondent{'s' * (left > 1)}, "
                f"fewer than {below} (suppress_below)"
            )
    for rest, where in _solved(segments, wanted, [one for one in published if one != wanted], below):
        if rest.tobytes() not in told:
            left = int(rest.sum())
            yield (
                f"adding and subtracting published segments gives {left} respondent{'s' * (left > 1)} "
                f"({where}), fewer than {below} (suppress_below)"
            )


def _solved(
    segments: pd.DataFrame, wanted: str, published: Sequence[str], below: int
) -> Iterator[tuple[Mask, str]]:
    """Find few people whose results follow from any sums and differences: who they are, and how to tell."""
    names = [*published, wanted]
    members = np.column_stack([_members(segments, name) for name in names])
    # Who is in the same published segments cannot be told apart: together they are a part.
    parts, of, sizes = np.unique(members, axis=0, return_inverse=True, return_counts=True)
    of = of.ravel()
    known = np.column_stack([np.ones(len(parts)), parts])
    # A group of parts follows when it lies in the span of the groups known: nothing free adds up to it.
    free, before = _free(known), _free(known[:, :-1])
    few = np.flatnonzero(sizes < below)
    stack: list[tuple[tuple[int, ...], int]] = [((int(at),), int(sizes[at])) for at in few[::-1]]
    for _ in range(MOST_GROUPS):
        if not stack:
            return
        group, people = stack.pop()
        at = list(group)
        if _adds_to_nothing(free[at]) and not _adds_to_nothing(before[at]):
            yield np.isin(of, at), " or ".join(_told(names, parts[k]) for k in at)
            continue
        stack += [
            ((*group, int(more)), people + int(sizes[more]))
            for more in few[::-1]
            if more > group[-1] and people + sizes[more] < below
        ]


def _free(known: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """For each part (rows), how it can change without any known group (columns) changing."""
    _, values, rows = np.linalg.svd(known.T)
    return np.asarray(rows[int((values > _ROUNDING).sum()) :].T)


def _adds_to_nothing(changes: npt.NDArray[np.float64]) -> bool:
    """Whether no change touches the sum of some parts."""
    return bool((np.abs(changes.sum(axis=0)) < _ROUNDING).all())


def _told(names: Sequence[str], part: Mask) -> str:
    """Which published segments some people are in."""
    inside = [name for name, held in zip(names, part, strict=True) if held]
    return "in " + " and ".join(inside) if inside else "in none of them"


def _groups(segments: pd.DataFrame, published: Sequence[str]) -> dict[tuple[str, ...], Mask]:
    """Find groups whose results are known or follow by adding: their names, and who is in them."""
    one = {segment: _members(segments, segment) for segment in published}
    values: dict[str, list[str]] = {}
    for segment in sorted(one):
        values.setdefault(segment.partition("=")[0], []).append(segment)
    groups: dict[tuple[str, ...], Mask] = {("everyone",): np.ones(len(segments), dtype=bool)}
    groups |= {(segment,): members for segment, members in one.items()}
    seen = {members.tobytes() for members in groups.values()}

    def add(parts: Sequence[str]) -> None:
        """Add values of one segment, which nobody shares, together; once for the same people."""
        if len(parts) > 1:
            together = np.any([one[part] for part in parts], axis=0)
            if together.tobytes() not in seen:
                seen.add(together.tobytes())
                groups[tuple(parts)] = together

    for parts in values.values():
        add(parts)
    for members in list(groups.values()):
        for parts in values.values():
            add([part for part in parts if one[part].any() and not (one[part] & ~members).any()])
            add([part for part in parts if (one[part] & members).any()])
    return groups


def _members(segments: pd.DataFrame, segment: str) -> Mask:
    """Who is in a segment; nobody where the study no longer has it."""
    name, _, value = segment.partition("=")
    if name not in segments:
        return np.zeros(len(segments), dtype=bool)
    return np.asarray((segments[name] == value).fillna(False).to_numpy(dtype=bool))
