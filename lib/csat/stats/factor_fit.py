"""The minimisers behind the one-factor models: Newton's method over a stack of correlation matrices.

Each works on correlations (N, k, k) and gives loadings (N, k), NaN where it did not converge. Matrices that
have converged leave the stack, so that a few slow ones do not hold up thousands.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from csat.stats.layout import BoolArray, FloatArray, IntArray

# Minres keeps uniquenesses at .005 or more, as psych::fa does: a fit always exists.
LARGEST = float(np.sqrt(0.995))
# A loading on its way to infinity, where the likelihood has no maximum.
_DIVERGED = 10.0
_STEPS = 100
_HALVINGS = 30
_TOLERANCE = 1e-9


def exact_three(corr: FloatArray) -> FloatArray:
    """Solve for three items, whose loadings reproduce the correlations; NaN where no real ones do."""
    a, b, c = corr[:, 0, 1], corr[:, 0, 2], corr[:, 1, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.sqrt(a * b / c)
        loadings = np.stack([first, a / first, b / first], axis=-1)
    return np.where(np.isfinite(loadings).all(axis=-1, keepdims=True), loadings, np.nan)


def minres(corr: FloatArray) -> FloatArray:
    """Minimise the sum over i < j of (r_ij - l_i l_j)^2, with every |l_i| <= LARGEST."""
    loadings = np.clip(_principal(corr), -LARGEST, LARGEST)
    for _ in range(3):
        loadings = _sweep(corr, loadings)
    result = np.full_like(loadings, np.nan)
    active = np.arange(len(corr))
    damping = np.zeros(len(corr))
    for _ in range(_STEPS):
        gradient, hessian = _minres_derivatives(corr[active], loadings)
        _hold_at_bound(loadings, gradient, hessian)
        done = np.abs(gradient).max(axis=-1) < _TOLERANCE
        result[active[done]] = loadings[done]
        if done.all():
            break
        keep = ~done
        active, loadings, damping = active[keep], loadings[keep], damping[keep]
        loadings, damping = _minres_step(corr[active], loadings, gradient[keep], hessian[keep], damping)
    return result


def maximum_likelihood(corr: FloatArray) -> FloatArray:
    """Minimise log|S*| + tr(R S*^-1) with S* = l l' + diag(1 - l^2).

    At the maximum of the likelihood the diagonal is reproduced exactly, so the uniquenesses need no
    parameters of their own; one of them may become negative as long as S* stays positive definite.
    """
    start = minres(corr)
    result = np.full_like(start, np.nan)
    active = np.flatnonzero(np.isfinite(start).all(axis=-1))
    loadings = start[active]
    value = _deviance(corr[active], loadings)
    for _ in range(_STEPS):
        gradient, hessian, inverse = _ml_derivatives(corr[active], loadings)
        done = np.abs(gradient).max(axis=-1) < _TOLERANCE
        result[active[done]] = loadings[done]
        if done.all():
            break
        keep = ~done
        direction = _descent(gradient[keep], hessian[keep], inverse[keep], loadings[keep])
        active, loadings, value = active[keep], loadings[keep], value[keep]
        loadings, value, moved = _line_search(corr[active], loadings, value, direction)
        moved &= np.abs(loadings).max(axis=-1) < _DIVERGED
        active, loadings, value = active[moved], loadings[moved], value[moved]
        if not len(active):
            break
    return result


def _principal(corr: FloatArray) -> FloatArray:
    """Find loadings on (nearly) the first principal component, by repeated squaring."""
    power = corr
    for _ in range(4):
        power = power @ power
        power = power / np.trace(power, axis1=-2, axis2=-1)[:, None, None]
    largest = np.argmax(np.diagonal(power, axis1=-2, axis2=-1), axis=-1)
    vector = np.take_along_axis(power, largest[:, None, None], axis=-1)[..., 0]
    vector = vector / np.linalg.norm(vector, axis=-1, keepdims=True)
    root = np.einsum("ni,nij,nj->n", vector, corr, vector)
    return np.asarray(vector * np.sqrt(root)[:, None])


def _sweep(corr: FloatArray, loadings: FloatArray) -> FloatArray:
    """One sweep of alternating least squares over the items."""
    swept = loadings.copy()
    for i in range(swept.shape[1]):
        others = np.arange(swept.shape[1]) != i
        rest = swept[:, others]
        squares = (rest**2).sum(axis=-1)
        best = (corr[:, i, others] * rest).sum(axis=-1) / np.maximum(squares, 1e-300)
        swept[:, i] = np.clip(best, -LARGEST, LARGEST)
    return swept


def _minres_step(
    corr: FloatArray, loadings: FloatArray, gradient: FloatArray, hessian: FloatArray, damping: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One damped Newton step; where it goes up, a sweep, which never does, and more damping next time."""
    damped = hessian + damping[:, None, None] * np.eye(hessian.shape[-1])
    step = np.clip(loadings - _solve(damped, gradient), -LARGEST, LARGEST)
    better = _misfit(corr, step) <= _misfit(corr, loadings)
    damping = np.where(better, np.where(damping > 1e-6, damping / 10, 0.0), np.maximum(1e-3, 10 * damping))
    return np.where(better[:, None], step, _sweep(corr, loadings)), damping


def _misfit(corr: FloatArray, loadings: FloatArray) -> FloatArray:
    """Sum of squared residuals off the diagonal."""
    k = loadings.shape[1]
    residual = corr - loadings[:, :, None] * loadings[:, None, :]
    residual[:, np.arange(k), np.arange(k)] = 0.0
    return np.asarray((residual**2).sum(axis=(-2, -1)))


def _minres_derivatives(corr: FloatArray, loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient (N, k) and Hessian (N, k, k) of half the misfit over pairs."""
    diagonal = np.arange(loadings.shape[1])
    outer = loadings[:, :, None] * loadings[:, None, :]
    residual = corr - outer
    residual[:, diagonal, diagonal] = 0.0
    gradient = -(residual @ loadings[:, :, None])[..., 0]
    squares = loadings**2
    hessian = 2 * outer - corr
    hessian[:, diagonal, diagonal] = squares.sum(axis=-1, keepdims=True) - squares
    return gradient, hessian


def _hold_at_bound(loadings: FloatArray, gradient: FloatArray, hessian: FloatArray) -> None:
    """Leave loadings at the bound where they are, if downhill leads outwards; changes the derivatives."""
    held = (np.abs(loadings) >= LARGEST) & (gradient * loadings < 0)
    row, item = np.nonzero(held)
    gradient[row, item] = 0.0
    hessian[row, item, :] = 0.0
    hessian[row, :, item] = 0.0
    hessian[row, item, item] = 1.0


def _in_domain(loadings: FloatArray) -> BoolArray:
    """Whether l l' + diag(1 - l^2) is positive definite: no or one negative uniqueness, and |S*| > 0."""
    unique = 1 - loadings**2
    total = np.zeros(len(loadings))
    product = np.ones(len(loadings))
    for i in range(loadings.shape[1]):  # |S*| = prod(u) + sum_i l_i^2 prod_(j != i) u_j, free of division
        total = total * unique[:, i] + loadings[:, i] ** 2 * product
        product = product * unique[:, i]
    return np.asarray(((unique <= 0).sum(axis=-1) <= 1) & (total + product > 1e-12))


def _implied(loadings: FloatArray) -> FloatArray:
    """Correlations that the loadings imply."""
    diagonal = np.arange(loadings.shape[1])
    implied = loadings[:, :, None] * loadings[:, None, :]
    implied[:, diagonal, diagonal] = 1.0
    return implied


def _deviance(corr: FloatArray, loadings: FloatArray) -> FloatArray:
    """Value of log|S*| + tr(R S*^-1); infinite outside the domain."""
    inside = _in_domain(loadings)
    inverse, log_determinant = _inverse(np.where(inside[:, None], loadings, 0.0))
    return np.where(inside, log_determinant + (inverse * corr).sum(axis=(-2, -1)), np.inf)


def _inverse(loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Inverse (N, k, k) and log determinant (N,) of the implied correlations.

    With D = diag(1 - l^2), S*^-1 = D^-1 - D^-1 l l' D^-1 / (1 + l' D^-1 l) (Sherman-Morrison); a general
    inverse only where a uniqueness is near 0.
    """
    unique = 1 - loadings**2
    small: npt.NDArray[np.bool_] = np.any(np.abs(unique) < 0.01, axis=-1)
    safe = np.where(small[:, None], 1.0, unique)
    scaled = loadings / safe
    inner = 1 + (loadings * scaled).sum(axis=-1)
    inverse = scaled[:, :, None] * (-scaled / inner[:, None])[:, None, :]
    diagonal = np.arange(loadings.shape[1])
    inverse[:, diagonal, diagonal] += 1 / safe
    log_determinant = np.log(np.abs(safe)).sum(axis=-1) + np.log(np.abs(inner))
    if small.any():
        implied = _implied(loadings[small])
        inverse[small] = np.linalg.inv(implied)
        log_determinant[small] = np.linalg.slogdet(implied)[1]
    return inverse, log_determinant


def _ml_derivatives(corr: FloatArray, loadings: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gradient (N, k) and Hessian (N, k, k) of the deviance, and the inverse of S* (N, k, k)."""
    inverse, _ = _inverse(loadings)
    middle = np.asarray(inverse @ corr @ inverse, dtype=np.float64)
    slack = inverse - middle
    to_unique = np.diagonal(slack, axis1=-2, axis2=-1)
    gradient = 2 * (slack @ loadings[:, :, None])[..., 0] - 2 * loadings * to_unique
    hessian = _curvature(inverse, 2 * middle - inverse, loadings) + 2 * slack
    diagonal = np.arange(loadings.shape[1])
    hessian[:, diagonal, diagonal] -= 2 * to_unique
    return gradient, hessian, inverse


def _curvature(a: FloatArray, b: FloatArray, loadings: FloatArray) -> FloatArray:
    """Sum tr(A dS_i B dS_j) for the derivatives dS_i of S* by the loadings, diagonal held at 1.

    dS_i = e_i l' + l e_i' - 2 l_i e_i e_i'.
    """
    al, bl = (a @ loadings[:, :, None])[..., 0], (b @ loadings[:, :, None])[..., 0]
    quadratic_a, quadratic_b = (al * loadings).sum(axis=-1), (bl * loadings).sum(axis=-1)
    by_loading = (
        al[:, :, None] * bl[:, None, :]
        + bl[:, :, None] * al[:, None, :]
        + quadratic_b[:, None, None] * a
        + quadratic_a[:, None, None] * b
    )
    mixed = (b * al[:, None, :] + a * bl[:, None, :]) * loadings[:, None, :]
    both = a * b * loadings[:, :, None] * loadings[:, None, :]
    return np.asarray(by_loading - 2 * (mixed + np.swapaxes(mixed, -1, -2)) + 4 * both)


def _descent(
    gradient: FloatArray, hessian: FloatArray, inverse: FloatArray, loadings: FloatArray
) -> FloatArray:
    """Newton direction, or the scoring direction where Newton's goes up."""
    direction = -_solve(hessian, gradient)
    upward = (direction * gradient).sum(axis=-1) >= 0
    if upward.any():
        fisher = _curvature(inverse[upward], inverse[upward], loadings[upward])
        direction[upward] = -_solve(fisher, gradient[upward])
        still = (direction * gradient).sum(axis=-1) >= 0
        direction[still] = -gradient[still]
    longest = np.abs(direction).max(axis=-1, keepdims=True)
    return np.asarray(direction * np.minimum(1.0, 0.5 / np.maximum(longest, 1e-300)))


def _line_search(
    corr: FloatArray, loadings: FloatArray, value: FloatArray, direction: FloatArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Halve steps until the deviance falls; `moved` is False where it never does."""
    loadings, value = loadings.copy(), value.copy()
    open_: IntArray = np.arange(len(loadings))
    size = 1.0
    for _ in range(_HALVINGS):
        trial = loadings[open_] + size * direction[open_]
        trial_value = _deviance(corr[open_], trial)
        # Rounding decides the last digits near the minimum, so a hair upwards is still a step.
        good = trial_value <= value[open_] + 1e-12 * np.abs(value[open_])
        loadings[open_[good]], value[open_[good]] = trial[good], trial_value[good]
        open_ = open_[~good]
        size /= 2
        if not len(open_):
            break
    moved = np.ones(len(loadings), dtype=bool)
    moved[open_] = False
    return loadings, value, moved


def _solve(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """Solve a stack of small systems; a singular one gets a small ridge instead of an exception."""
    try:
        return np.asarray(np.linalg.solve(matrix, vector[..., None])[..., 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        ridge = 1e-8 * np.eye(matrix.shape[-1])
        return np.asarray(np.linalg.solve(matrix + ridge, vector[..., None])[..., 0], dtype=np.float64)
