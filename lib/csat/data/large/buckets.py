"""Random groups of rows that depend on nothing but the number of the row and a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)


def random_buckets(rows: NDArray[np.int64], buckets: int, seed: int) -> NDArray[np.intp]:
    """Bucket of each row, by its number.

    Parameters
    ----------
    rows : ndarray of int, shape (m,)
        Numbers from 0 on.
    buckets, seed : int

    Returns
    -------
    ndarray of shape (m,)
        From 0 to ``buckets - 1``: independent of each other, all equally likely.

    Notes
    -----
    The splitmix64 hash of the row's number, mixed with that of the seed.

    References
    ----------
    Steele, G. L., Lea, D. & Flood, C. H. (2014). Fast splittable pseudorandom number generators. OOPSLA 2014,
    453-472.

    Examples
    --------
    >>> random_buckets(np.arange(5), 10, seed=1).tolist()
    [3, 9, 0, 7, 2]
    """
    mixed = _mixed(rows.astype(np.uint64) * _STEP + _mixed(np.array([seed % 2**64], dtype=np.uint64)))
    # The upper half of the hash as a fraction of the buckets: as even as a division, and faster.
    return ((mixed >> _HALF) * np.uint64(buckets) >> _HALF).astype(np.intp)


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finish of splitmix64."""
    z = z + _STEP
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))
