"""How often the study's own model comes out right at a size: paths, ranks of drivers, reliabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from csat.errors import CsatError
from csat.stats import Moments, alpha, arrow, ols, pls, relative_weights

if TYPE_CHECKING:
    from csat.study import Study
    from csat.study.simulate import Population, Truth

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SIZES = (50, 100, 200, 400, 800, 1200, 2000)
REPLICATES = 500
_NO_PATH = 0.02


@dataclass(frozen=True)
class _Design:
    """What is estimated: the population of the items, blocks and paths of the model, and the bar of alpha."""

    people: Population
    whole: Moments
    blocks: Mapping[str, tuple[str, ...]]
    paths: tuple[tuple[str, str], ...]
    scales: Mapping[str, tuple[str, ...]]
    bar: float


def model_power(
    study: Study,
    sizes: Sequence[int] = SIZES,
    replicates: int = REPLICATES,
    seed: int = 1,
    level: float = 0.95,
    truth: Truth | None = None,
) -> pd.DataFrame:
    """Probability that each path, driver's rank and reliability verdict is right, by number of respondents.

    Parameters
    ----------
    study : Study
        The study; its ``[truth]`` is the population, the usual is assumed where it says nothing.
    sizes : sequence of int
        Respondents.
    replicates : int
        Samples drawn of each size.
    seed : int
        The same seed gives the same table.
    level : float
        Confidence level of the tests of paths.
    truth : Truth, optional
        Another population.

    Returns
    -------
    pandas.DataFrame
        Tidy rows, `n` being the size and the interval that of Wilson for so many replicates:

        - ``power_path`` (``A→B``): a path that is there is found with its sign (or one that is not there is
        not);
        - ``power_rank`` (``A→B``): the driver has the rank among the drivers of B that it has in the
        population;
        - ``power_top_driver`` (B): the most important driver is the right one;
        - ``power_reliability`` (construct): alpha is on the same side of the study's bar as in the
        population.

        Column `truth` holds the path, rank, or alpha of the population. Sizes that are not above the number
        of items are left out.

    Raises
    ------
    CsatError
        When `replicates` is below 10, or a size is below 3.

    Notes
    -----
    Covariances of samples are drawn as such, from the Wishart distribution ``W(S, n - 1) / (n - 1)`` around
    the covariance S of the population (Bartlett's decomposition), instead of answers: a million respondents
    cost no more than fifty. Paths are those of PLS scores with the standard errors of least squares, ranks
    those of Johnson's relative weights of mean scores. Missing and careless answers are left out of account.

    References
    ----------
    Muthén, L. K. & Muthén, B. O. (2002). How to use a Monte Carlo study to decide on sample size and
    determine power. Structural Equation Modeling, 9, 599-620.

    Examples
    --------
    R: ``simsem::sim(500, model, n = c(50, 100, 200), generate = population)``; ``rWishart(500, n - 1, S)``.
    """
    from csat.study.simulate import population_of, truth_of

    if replicates < 10:
        raise CsatError(f"replicates is {replicates}; 10 at least are needed to tell a probability")
    if any(n < 3 for n in sizes):
        raise CsatError("a sample has 3 respondents at least")
    told = truth or truth_of(study)
    design = _design(study, population_of(study, told))
    if not design.whole.items:
        return _tidy([])
    draw = np.random.default_rng(seed)
    ridge = 1e-9 * np.diag(np.diag(design.whole.cov))  # items that repeat each other are no error here
    factor = np.asarray(np.linalg.cholesky(design.whole.cov + ridge), dtype=np.float64)
    frames = [
        _at(design, _sample(design.whole, factor, n, replicates, draw), n, level)
        for n in sorted(set(sizes))
        if n > len(design.whole.items)
    ]
    return pd.concat(frames, ignore_index=True) if frames else _tidy([])


def _design(study: Study, people: Population) -> _Design:
    """Items, blocks and paths that are estimated, in the direction of their constructs."""
    blocks = {c: items for c, items in study.model_blocks().items() if items}
    scales = {c: i for c, i in study.blocks(reflective_only=True).items() if len(i) > 1}
    items = tuple(dict.fromkeys(i for block in (*blocks.values(), *scales.values()) for i in block))
    paths = tuple((p.source, p.target) for p in study.paths if {p.source, p.target} <= set(blocks))
    sign = np.array([-1.0 if study.items[i].reversed else 1.0 for i in items])
    cov = people.covariance(items) * np.outer(sign, sign) if items else np.zeros((0, 0))
    whole = Moments.from_cov(cov, 0, items)
    return _Design(people, whole, blocks, paths, scales, study.thresholds.reliability)


def _sample(
    whole: Moments, factor: FloatArray, n: int, replicates: int, draw: np.random.Generator
) -> Moments:
    """Moments of many samples of one size (Bartlett, 1933)."""
    p = len(whole.items)
    lower = np.tril(draw.standard_normal((replicates, p, p)), -1)
    diagonal = np.arange(p)
    lower[:, diagonal, diagonal] = np.sqrt(draw.chisquare(n - 1 - diagonal, (replicates, p)))
    root = factor @ lower
    cov = root @ np.swapaxes(root, -1, -2) / (n - 1)
    return Moments.from_cov(cov, np.full(replicates, float(n)), whole.items)


def _at(design: _Design, samples: Moments, n: int, level: float) -> pd.DataFrame:
    """Table of one size."""
    rows = [*_paths(design, samples, level), *_ranks(design, samples), *_reliabilities(design, samples)]
    found = [_row(metric, subject, right, n, value) for metric, subject, right, value in rows]
    return _tidy(found)


def _tidy(rows: Sequence[tuple[str, str, float, float, float, int, str, float]]) -> pd.DataFrame:
    """Rows as a tidy table."""
    columns = ["metric", "subject", "estimate", "ci_low", "ci_high", "n", "method", "truth"]
    return pd.DataFrame(list(rows), columns=columns)


_Right = tuple[str, str, BoolArray, float]


def _row(
    metric: str, subject: str, right: BoolArray, n: int, value: float
) -> tuple[str, str, float, float, float, int, str, float]:
    """Share of the samples that are right, with its interval."""
    count, share = len(right), float(right.mean())
    z = NormalDist().inv_cdf(0.975)
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return metric, subject, share, centre - half, centre + half, n, f"{count} simulated samples", value


def _paths(design: _Design, samples: Moments, level: float) -> list[_Right]:
    """Whether each path is found with its sign."""
    if not design.paths:
        return []
    fit = pls(samples, design.blocks, design.paths)
    items = fit.model.items
    weights = fit.weights[..., None, :] * fit.model.membership.T
    chosen = samples.select(items)
    standard = Moments.from_cov(chosen.corr, samples.n, items)
    scores = standard.combine(weights, fit.model.constructs)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    found: list[_Right] = []
    for target, sources in _equations(design).items():
        result = ols(scores, target, sources)
        t = result.slopes / result.standard_errors
        for i, source in enumerate(sources):
            true = _true_path(design, source, target)
            right = t[..., i] * np.sign(true) > z if abs(true) > _NO_PATH else np.abs(t[..., i]) <= z
            found.append(("power_path", arrow(source, target), np.asarray(right), true))
    return found


def _equations(design: _Design) -> dict[str, list[str]]:
    """Group the sources of each target."""
    equations: dict[str, list[str]] = {}
    for source, target in design.paths:
        equations.setdefault(target, []).append(source)
    return equations


def _true_path(design: _Design, source: str, target: str) -> float:
    """Path of the population: declared, or the regression of its correlations where these are declared."""
    names = design.people.constructs
    if design.people.paths.any():
        return float(design.people.paths[names.index(target), names.index(source)])
    sources = _equations(design)[target]
    at, to = [names.index(s) for s in sources], names.index(target)
    corr = design.people.correlation
    return float(np.linalg.solve(corr[np.ix_(at, at)], corr[at, to])[sources.index(source)])


def _ranks(design: _Design, samples: Moments) -> list[_Right]:
    """Whether drivers come in the order that they have in the population."""
    found: list[_Right] = []
    several = {t: s for t, s in _equations(design).items() if len(s) > 1}
    if not several:
        return found
    scores, whole = samples.scores(design.blocks), design.whole.scores(design.blocks)
    for target, sources in several.items():
        estimated = _rank(relative_weights(scores, target, sources))
        true = _rank(relative_weights(whole, target, sources))
        for i, source in enumerate(sources):
            right = estimated[..., i] == true[i]
            found.append(("power_rank", arrow(source, target), right, float(true[i])))
        first = int(np.argmin(true))
        found.append(("power_top_driver", target, estimated[..., first] == 1, float(first + 1)))
    return found


def _rank(weights: FloatArray) -> npt.NDArray[np.intp]:
    """Rank of each driver, 1 for the heaviest."""
    order = np.argsort(-weights, axis=-1, kind="stable")
    return np.argsort(order, axis=-1, kind="stable") + 1


def _reliabilities(design: _Design, samples: Moments) -> list[_Right]:
    """Whether alpha passes the bar where it does in the population, and fails where it does not."""
    found: list[_Right] = []
    for construct, items in design.scales.items():
        true = float(alpha(design.whole, items))
        right = (alpha(samples, items) >= design.bar) == (true >= design.bar)
        found.append(("power_reliability", construct, np.asarray(right), true))
    return found
