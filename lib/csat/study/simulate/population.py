"""The population that answers are drawn from: construct correlations, and what each rating hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from csat.study.definition import Study
from csat.study.questionnaire import as_questions
from csat.study.questions import Question
from csat.study.scales import NPS_SCALE, Scale
from csat.study.simulate.truth import RatingTruth, Truth

FloatArray = npt.NDArray[np.float64]

_FREE_SLOPE = 0.5
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rating:
    """One rating in the population: mean and spread of its answers, and its slopes on the constructs.

    `slopes` are standardised and of the answers as given: minus the loading for a reversed item.
    """

    id: str
    scale: Scale
    mean: float
    spread: float
    slopes: FloatArray
    missing: float | None


@dataclass(frozen=True)
class Population:
    """Constructs and ratings of a study as it declares them.

    Attributes
    ----------
    constructs : tuple of str
        The k constructs.
    paths : ndarray of shape (k, k)
        Standardised paths, ``paths[target, source]``.
    disturbance : ndarray of shape (k, k)
        Covariance of what the paths do not explain (of the constructs themselves where no path leads to
        them).
    correlation : ndarray of shape (k, k)
        Of the constructs: ``T disturbance T'`` with the total effects T.
    ratings : mapping of str to Rating
    """

    constructs: tuple[str, ...]
    paths: FloatArray
    disturbance: FloatArray
    correlation: FloatArray
    ratings: Mapping[str, Rating]

    @property
    def total(self) -> FloatArray:
        """Total effects of disturbances and shifts, ``(I - paths)**-1``."""
        return np.asarray(np.linalg.inv(np.eye(len(self.constructs)) - self.paths), dtype=np.float64)

    def covariance(self, items: Sequence[str]) -> FloatArray:
        """Covariance of ratings as answered, shape (p, p), in points of their scales."""
        chosen = [self.ratings[i] for i in items]
        slopes = np.array([r.slopes for r in chosen])
        corr = slopes @ self.correlation @ slopes.T
        np.fill_diagonal(corr, 1.0)
        spread = np.array([r.spread for r in chosen])
        return np.asarray(corr * np.outer(spread, spread))


def population_of(study: Study, truth: Truth) -> Population:
    """Put the population of a study together.

    Parameters
    ----------
    study : Study
        The study.
    truth : Truth
        What it declares.

    Returns
    -------
    Population
        Where the truth says nothing, paths decline in the order of the study's constructs and together
        explain ``r_squared`` of their target. Nothing is checked: see
        `csat.study.simulate.checks.check_truth`.

    Notes
    -----
    Constructs have variance 1: a target's disturbance is ``1 - b' R b`` for its paths b and the
    correlations R of its sources.
    """
    names = tuple(study.constructs)
    place = {name: i for i, name in enumerate(names)}
    model = {} if truth.structure == "correlations" else study.model()
    start = _start(truth, place)
    paths = np.zeros_like(start)
    correlation = start.copy()
    disturbance = start.copy()
    done = [i for name, i in place.items() if name not in model]
    for target in _in_order(model, names):
        sources = [place[s] for s in model[target]]
        row = place[target]
        told = [truth.paths.get((names[s], target)) for s in sources]
        beta = _betas(told, correlation[np.ix_(sources, sources)], truth.r_squared)
        paths[row, sources] = beta
        disturbance[row] = disturbance[:, row] = 0.0
        explained = float(beta @ correlation[np.ix_(sources, sources)] @ beta)
        disturbance[row, row] = 1 - explained
        correlation[row, done] = correlation[done, row] = beta @ correlation[np.ix_(sources, done)]
        done.append(row)
    return Population(names, paths, disturbance, correlation, _ratings(study, truth, place, correlation))


def _start(truth: Truth, place: Mapping[str, int]) -> FloatArray:
    """Correlations of constructs before any path: those of pairs, else of one of the two, else of all."""
    told = [truth.constructs.get(name, RatingTruth()).correlation for name in place]
    start = np.eye(len(place))
    for i, j in combinations(range(len(place)), 2):
        said = [value for value in (told[i], told[j]) if value is not None]
        start[i, j] = start[j, i] = min(said, key=abs) if said else truth.correlation
    for (one, other), value in truth.correlations.items():
        start[place[one], place[other]] = start[place[other], place[one]] = value
    return start


def _in_order(model: Mapping[str, tuple[str, ...]], names: Sequence[str]) -> list[str]:
    """Targets, each after its sources (those of a loop are left out; the study's own check names them)."""
    done = {name for name in names if name not in model}
    order: list[str] = []
    while True:
        ready = [t for t in model if t not in done and set(model[t]) <= done]
        if not ready:
            return order
        order.extend(ready)
        done.update(ready)


def _betas(told: Sequence[float | None], corr: FloatArray, r_squared: float) -> FloatArray:
    """Paths to one target: those told, and declining ones that bring R² to what is usual."""
    known = np.array([0.0 if t is None else t for t in told])
    count = len(told)
    declining = 1 - 0.6 * np.arange(count) / max(count - 1, 1)
    weights = np.where([t is None for t in told], declining, 0.0)
    if not weights.any():
        return known
    a = float(weights @ corr @ weights)
    b = float(2 * known @ corr @ weights)
    c = float(known @ corr @ known) - r_squared
    root = b * b - 4 * a * c
    size = (-b + np.sqrt(root)) / (2 * a) if a > 0 and root > 0 else 0.0
    return np.asarray(known + max(size, 0.0) * weights)


def rating_scale(question: Question) -> Scale:
    """Scale of a rating, that of 0 to 10 for a question of type ``nps`` without one."""
    return question.scale or NPS_SCALE


def _ratings(
    study: Study, truth: Truth, place: Mapping[str, int], correlation: FloatArray
) -> dict[str, Rating]:
    """Every rating of the study."""
    result = {}
    for question in as_questions(study).values():
        if question.type in ("rating", "nps"):
            result[question.id] = _rating(study, truth, question, place)
    return result


def _rating(study: Study, truth: Truth, question: Question, place: Mapping[str, int]) -> Rating:
    """One rating, from what is said of it, of its construct, and of all."""
    scale = rating_scale(question)
    own = truth.items.get(question.id, RatingTruth())
    shared = truth.constructs.get(question.construct or "", RatingTruth())
    span = scale.maximum - scale.minimum
    level = 1 - truth.level if question.reversed else truth.level
    mean = _first(own.mean, shared.mean, scale.minimum + level * span)
    if own.mean is None and shared.mean is not None and question.reversed:
        mean = scale.minimum + scale.maximum - mean
    slopes = np.zeros(len(place))
    if question.construct:
        single = len(study.constructs[question.construct].items) == 1
        loading = _first(own.loading, shared.loading, 1.0 if single else truth.loading)
        slopes[place[question.construct]] = -loading if question.reversed else loading
    else:
        for name, value in (own.on or _usual_slopes(study)).items():
            slopes[place[name]] = value
    missing = own.missing if own.missing is not None else shared.missing
    spread = _first(own.spread, shared.spread, truth.spread * span)
    return Rating(question.id, scale, mean, spread, slopes, missing)


def _first(*values: float | None) -> float:
    """Return the first value that is said."""
    return next(v for v in values if v is not None)


def _usual_slopes(study: Study) -> dict[str, float]:
    """Let a rating outside constructs hang on satisfaction, where nothing is said."""
    found = study.by_role("satisfaction")
    return {found[0].id: _FREE_SLOPE} if found else {}


def factor_of(matrix: FloatArray) -> FloatArray:
    """Square root of a covariance that may be singular: ``factor @ factor.T`` is the matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0.0, None)))


def is_covariance(matrix: FloatArray) -> bool:
    """Whether no combination has a negative variance."""
    return bool(np.linalg.eigvalsh(matrix)[0] > -_ROUNDING)
