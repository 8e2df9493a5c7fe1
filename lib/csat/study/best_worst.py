"""Sets of options for best-worst questions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations


def balanced_sets(options: Sequence[str], count: int, size: int) -> tuple[tuple[str, ...], ...]:
    """Make sets in which options appear about equally often, alone and with each other.

    Parameters
    ----------
    options : sequence of str
        Codes of the options.
    count : int
        Number of sets.
    size : int
        Options a set.

    Returns
    -------
    tuple of tuple of str
        The sets; options within a set keep the order of `options`.

    Notes
    -----
    Greedy: each place goes to the option that has been shown least often, of those to the one that has met
    the others of the set least often, of those to the first. The same input gives the same sets. Seven
    options in seven sets of four then all appear four times.

    References
    ----------
    Louviere, J. J., Flynn, T. N. & Marley, A. A. J. (2015). Best-Worst Scaling. Cambridge University Press.

    Examples
    --------
    >>> balanced_sets("abcd", 2, 3)
    (('a', 'b', 'c'), ('a', 'b', 'd'))
    """
    shown = dict.fromkeys(options, 0)
    met = {frozenset(pair): 0 for pair in combinations(options, 2)}
    order = {option: place for place, option in enumerate(options)}
    sets = []
    for _ in range(count):
        chosen: list[str] = []
        while len(chosen) < size:
            free = [o for o in options if o not in chosen]
            best = min(free, key=lambda o: (shown[o], sum(met[frozenset((o, c))] for c in chosen), order[o]))
            chosen.append(best)
            shown[best] += 1
        for pair in combinations(chosen, 2):
            met[frozenset(pair)] += 1
        sets.append(tuple(sorted(chosen, key=order.__getitem__)))
    return tuple(sets)
