"""Whether a declared population can exist at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from csat.study.definition import Study
from csat.study.problems import Problem, listing
from csat.study.simulate.discretise import cut_for, points_of
from csat.study.simulate.population import Population, Rating, is_covariance, population_of
from csat.study.simulate.truth import Truth

_FILE = "study.toml"


def check_truth(study: Study, truth: Truth) -> Iterator[Problem]:
    """Problems of a truth whose parts are right one by one.

    Parameters
    ----------
    study : Study
        The study.
    truth : Truth
        What it declares.

    Yields
    ------
    Problem
        Correlations that are none, paths that explain more than everything, loadings that leave nothing to
        chance, means and spreads that a scale cannot hold.
    """
    if not study.constructs or not _is_acyclic(study):
        return
    people = population_of(study, truth)
    targets = set(study.model()) if truth.structure == "paths" else set()
    for one, other in truth.correlations:
        if {one, other} & targets:
            name = next(c for c in (one, other) if c in targets)
            yield Problem(
                _FILE,
                "[truth.correlations]",
                f"{one} ~ {other}",
                f"paths lead to {name}, so its correlations follow from them",
                'constructs that no path leads to, or structure = "correlations"',
            )
    yield from _structure(people, targets)
    for rating in people.ratings.values():
        yield from _rating(people, rating)


def _is_acyclic(study: Study) -> bool:
    """Whether every target comes after its sources in some order."""
    left, done = dict(study.model()), set(study.constructs) - set(study.model())
    while left:
        ready = [t for t, sources in left.items() if set(sources) <= done]
        if not ready:
            return False
        for target in ready:
            done.add(target)
            del left[target]
    return True


def _structure(people: Population, targets: set[str]) -> Iterator[Problem]:
    """Check correlations and explained variances."""
    names = people.constructs
    free = [i for i, name in enumerate(names) if name not in targets]
    start = people.disturbance[np.ix_(free, free)]
    if not is_covariance(start):
        least = float(np.linalg.eigvalsh(start)[0])
        yield Problem(
            _FILE,
            "[truth.correlations]",
            "",
            f"this is not a correlation matrix: its smallest eigenvalue is {least:.3f} "
            f"(constructs {listing(names[i] for i in free)})",
            "correlations that can hold at the same time; bring the largest ones nearer to the others",
        )
    for i, name in enumerate(names):
        if name in targets and people.disturbance[i, i] < 0:
            explained = 1 - float(people.disturbance[i, i])
            yield Problem(
                _FILE,
                "[truth.paths]",
                name,
                f"its paths explain {explained:.2f} of its variance of 1",
                "smaller paths, or smaller correlations of their sources",
            )


def _surely_fits(rating: Rating) -> bool:
    """Whether mean and spread are so ordinary that nothing need be solved to know that a scale has room."""
    low, high, step = points_of(rating.scale)
    if not low < rating.mean < high:
        return False
    room = ((rating.mean - low) * (high - rating.mean)) ** 0.5
    return bool(0.6 * step < rating.spread < 0.7 * room)


def _rating(people: Population, rating: Rating) -> Iterator[Problem]:
    """Check one rating."""
    where = "[truth.items]"
    common = float(rating.slopes @ people.correlation @ rating.slopes)
    if common > 1 + 1e-9:
        yield Problem(
            _FILE, where, rating.id, f"its slopes explain {common:.2f} of its variance of 1", "smaller slopes"
        )
    if not _surely_fits(rating) and cut_for(rating.scale, rating.mean, rating.spread).off:
        low, high = rating.scale.minimum, rating.scale.maximum
        yield Problem(
            _FILE,
            where,
            rating.id,
            f"no answers from {low:g} to {high:g} have mean {rating.mean:g} and standard deviation "
            f"{rating.spread:g}",
            "a mean within the scale, and a spread that it has room for",
        )
