"""How sums of powers lie in one flat row of features, and how they become means and covariances.

Two layouts. *Complete*: every row of the block answers the same items, so one count, one weight, p sums
and p(p+1)/2 products are enough. *Pairwise*: items are missing here and there, so each pair of items has
its own count, weight and sums. All values are stored after a common shift is taken off: products of
numbers near zero keep their digits, products of numbers near 1e9 lose all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Sums:
    """Unpacked sums: complete n (...,), weight (...,), first (...,p); pairwise all (...,p,p)."""

    n: FloatArray
    weight: FloatArray
    first: FloatArray
    products: FloatArray

    @property
    def pairwise(self) -> bool:
        """Whether each pair of items has its own count."""
        return self.n.ndim == self.products.ndim


def width(p: int, pairwise: bool) -> int:
    """Count the features of one group for p items."""
    pairs = p * (p + 1) // 2
    return 3 * pairs + p * p if pairwise else 2 + p + pairs


def pack(values: FloatArray, weights: FloatArray, pairwise: bool) -> FloatArray:
    """Sum rows (r, p) with weights (r,) into one row of features."""
    upper = np.triu_indices(values.shape[1])
    if not pairwise:
        weighted = values * weights[:, None]
        head = [float(len(values)), float(weights.sum())]
        return np.concatenate([head, weighted.sum(axis=0), (weighted.T @ values)[upper]])
    seen = (~np.isnan(values)).astype(np.float64)
    filled = np.where(seen > 0, values, 0.0)
    weighted = filled * weights[:, None]
    counts, totals = seen.T @ seen, (seen * weights[:, None]).T @ seen
    return np.concatenate(
        [counts[upper], totals[upper], (weighted.T @ seen).ravel(), (weighted.T @ filled)[upper]]
    )


def pack_rows(values: FloatArray, weights: FloatArray, pairwise: bool) -> FloatArray:
    """Features of each row (r, p) by itself: the same as `pack` row by row, in a few array operations."""
    r, p = values.shape
    i, j = np.triu_indices(p)
    w = weights[:, None]
    if not pairwise:
        return np.concatenate([np.ones((r, 1)), w, values * w, values[:, i] * values[:, j] * w], axis=1)
    seen = (~np.isnan(values)).astype(np.float64)
    filled = np.where(seen > 0, values, 0.0)
    counts = seen[:, i] * seen[:, j]
    first = (filled * w)[:, :, None] * seen[:, None, :]
    return np.concatenate(
        [counts, counts * w, first.reshape(r, p * p), filled[:, i] * filled[:, j] * w], axis=1
    )


def unpack(features: FloatArray, p: int, pairwise: bool) -> Sums:
    """Give features (..., F) their shapes back."""
    if not pairwise:
        return Sums(
            n=features[..., 0],
            weight=features[..., 1],
            first=features[..., 2 : 2 + p],
            products=_square(features[..., 2 + p :], p),
        )
    pairs = p * (p + 1) // 2
    first = features[..., 2 * pairs : 2 * pairs + p * p]
    return Sums(
        n=_square(features[..., :pairs], p),
        weight=_square(features[..., pairs : 2 * pairs], p),
        first=first.reshape(*features.shape[:-1], p, p),
        products=_square(features[..., 2 * pairs + p * p :], p),
    )


def repack(sums: Sums) -> FloatArray:
    """Flatten sums (g, ...) to features (g, F): the inverse of `unpack`."""
    p = sums.products.shape[-1]
    i, j = np.triu_indices(p)
    products = sums.products[..., i, j]
    if not sums.pairwise:
        return np.concatenate([sums.n[..., None], sums.weight[..., None], sums.first, products], axis=-1)
    first = sums.first.reshape(*sums.first.shape[:-2], p * p)
    return np.concatenate([sums.n[..., i, j], sums.weight[..., i, j], first, products], axis=-1)


def move(sums: Sums, by: FloatArray) -> Sums:
    """Turn sums of x into sums of x + by (p,)."""
    if not sums.pairwise:
        first = sums.first + by * sums.weight[..., None]
        cross = sums.first[..., :, None] * by
        square = by[:, None] * by * sums.weight[..., None, None]
        products = sums.products + cross + np.swapaxes(cross, -1, -2) + square
        return Sums(sums.n, sums.weight, first, products)
    cross = sums.first * by  # entry (i, j): the sum of x_i over the pair, times the move of j
    first = sums.first + by[:, None] * sums.weight
    products = sums.products + cross + np.swapaxes(cross, -1, -2) + by[:, None] * by * sums.weight
    return Sums(sums.n, sums.weight, first, products)


def as_pairwise(sums: Sums) -> Sums:
    """Spread complete sums over the pairs of items."""
    if sums.pairwise:
        return sums
    ones = np.ones_like(sums.products)
    return Sums(
        n=sums.n[..., None, None] * ones,
        weight=sums.weight[..., None, None] * ones,
        first=sums.first[..., :, None] * ones,
        products=sums.products,
    )


def mean_and_cov(sums: Sums, shift: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean (..., p) and covariance (..., p, p); NaN where fewer than two rows speak."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if sums.pairwise:
            means = sums.first / sums.weight
            cov = sums.products / sums.weight
            cov -= means * np.swapaxes(means, -1, -2)
            mean = np.diagonal(means, axis1=-2, axis2=-1)
            bessel = sums.n / (sums.n - 1)
        else:
            mean = sums.first / sums.weight[..., None]
            cov = sums.products / sums.weight[..., None, None]
            cov -= mean[..., :, None] * mean[..., None, :]
            bessel = (sums.n / (sums.n - 1))[..., None, None]
        # In place: for thousands of replicates the temporaries would cost more than the arithmetic.
        cov *= np.where(np.isfinite(bessel) & (bessel > 0), bessel, np.nan)
    _flatten_noise(cov, sums)
    return mean + shift, cov


def _flatten_noise(cov: FloatArray, sums: Sums) -> None:
    """Set variances that are only rounding noise to exactly zero, in place: a constant item is constant."""
    p = cov.shape[-1]
    diagonal = np.arange(p)
    weight = sums.weight[..., diagonal, diagonal] if sums.pairwise else sums.weight[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = sums.products[..., diagonal, diagonal] / weight
        constant = np.abs(cov[..., diagonal, diagonal]) <= 1e-12 * scale
    if constant.any():
        either = constant[..., :, None] | constant[..., None, :]
        cov[either & ~np.isnan(cov)] = 0.0


def _square(upper: FloatArray, p: int) -> FloatArray:
    """Upper triangles (..., p(p+1)/2) as symmetric matrices (..., p, p)."""
    index = np.zeros((p, p), dtype=np.intp)
    i, j = np.triu_indices(p)
    index[i, j] = index[j, i] = np.arange(len(i))
    return upper[..., index]
