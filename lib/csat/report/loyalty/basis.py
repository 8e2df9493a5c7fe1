"""What every section of the report starts from: roles, answers brought to 0-100, one bootstrap of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csat import stats
from csat.errors import CsatError
from csat.report import suppression
from csat.report.loyalty.roles import Roles, roles_of
from csat.report.measurement.intake import ranges_of
from csat.stats.indices import index_scores

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.stats.path_model import Mode
    from csat.study.definition import Study

FloatArray = np.typing.NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """Answers of one wave, ready for every section.

    Attributes
    ----------
    answers : Answers
    roles : Roles
    points : DataFrame of respondents x items
        Scored answers brought to 0-100, so that all differences and slopes are index points.
    sample : Bootstrap
        Of `points`.
    scores : DataFrame of respondents x constructs
        Index of each respondent.
    weights : ndarray or None
        None when all weigh the same.
    replicates, seed : int
        Of the sections that draw replicates of their own.
    problems : list of (section, reason)
        What could not be computed.
    """

    answers: Answers
    roles: Roles
    points: pd.DataFrame
    sample: stats.Bootstrap
    scores: pd.DataFrame
    weights: FloatArray | None
    replicates: int
    seed: int
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def study(self) -> Study:
        """Study as asked in the wave."""
        return self.answers.study

    @property
    def design(self) -> dict[str, Any]:
        """Weights, strata and clusters, as the statistics take them; None where there are none."""
        answers = self.answers
        return {"weights": self.weights, "strata": answers.strata, "clusters": answers.clusters}

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Scale of each item of `points`."""
        return dict.fromkeys(self.points.columns, (0.0, 100.0))

    @property
    def paths(self) -> list[tuple[str, str]]:
        """Arrows of the structural model."""
        return [(path.source, path.target) for path in self.study.paths]

    @property
    def modes(self) -> dict[str, Mode]:
        """Outer mode of every construct: B for composites, A for reflective ones."""
        return {c.id: "B" if c.mode == "composite" else "A" for c in self.study.constructs.values()}

    def attempt(self, section: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Compute a frame, small bases blanked; an empty one, and a note, where answers do not allow it."""
        try:
            frame = compute()
            limits, segments = self.study.thresholds, self.study.segments
            return suppression.protect(frame, limits, bool(self.answers.segment), segments)
        except CsatError as problem:
            self.problems.append((section, str(problem)))
            return stats.tidy("", [], [])


def prepare(
    answers: Answers,
    replicates: int = 5000,
    seed: int = 1,
    missing: str = "pairwise",
    interval: str = "percentile",
) -> Basis:
    """Bring answers to 0-100 and bootstrap them.

    Parameters
    ----------
    answers : Answers
    replicates, seed : int
    missing : {"pairwise", "listwise", "em"}
    interval : {"percentile", "bca"}

    Returns
    -------
    Basis
    """
    study = answers.study
    points = to_points(answers.scored, ranges_of(study))
    weights = None if np.allclose(answers.weights, 1.0) else answers.weights
    design = answers.strata, answers.clusters
    sample = stats.bootstrap(points, weights, missing, replicates, seed, *design, kind=interval)
    scores = index_scores(points, study.blocks(), dict.fromkeys(points.columns, (0.0, 100.0)))
    return Basis(answers, roles_of(study), points, sample, scores, weights, replicates, seed)


def to_points(answers: pd.DataFrame, ranges: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Answers brought to 0-100: 0 the lowest answer of the scale, 100 the highest.

    Parameters
    ----------
    answers : DataFrame of respondents x items
    ranges : mapping of item to (minimum, maximum)

    Returns
    -------
    DataFrame of respondents x items

    Examples
    --------
    R: ``(x - 1) / 9 * 100``.

    >>> to_points(pd.DataFrame({"a": [1.0, 10.0]}), {"a": (1, 10)})["a"].tolist()
    [0.0, 100.0]
    """
    low = pd.Series({item: float(ranges[item][0]) for item in answers.columns})
    high = pd.Series({item: float(ranges[item][1]) for item in answers.columns})
    return answers.sub(low).div(high - low).mul(100.0)


def rows_of(frame: pd.DataFrame, metric: str, subjects: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of one metric, optionally of some subjects in their order."""
    rows = frame[frame["metric"] == metric]
    if subjects is None:
        return rows.reset_index(drop=True)
    at = {subject: place for place, subject in enumerate(subjects)}
    rows = rows[rows["subject"].isin(list(at))]
    return rows.sort_values("subject", key=lambda names: names.map(at), kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Value:
    """One estimate with its limits and n; NaN where there is none."""

    estimate: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    n: float = float("nan")

    @property
    def known(self) -> bool:
        """Whether there is an estimate."""
        return self.estimate == self.estimate

    @property
    def sign(self) -> int:
        """Direction that the interval is sure of: 1, -1, or 0 when it holds zero or there is no interval."""
        if self.low > 0:
            return 1
        return -1 if self.high < 0 else 0


def values_of(frame: pd.DataFrame, metric: str, subjects: Sequence[str] | None = None) -> dict[str, Value]:
    """Known estimates of one metric by subject, in the order of the frame or of the subjects asked for."""
    rows = rows_of(frame, metric, subjects)
    rows = rows[rows["estimate"].notna()].drop_duplicates("subject")
    numbers = rows[["estimate", "ci_low", "ci_high", "n"]].to_numpy(dtype=np.float64).tolist()
    return {str(name): Value(*row) for name, row in zip(rows["subject"], numbers, strict=True)}


def value_of(frame: pd.DataFrame, metric: str, subject: str) -> Value:
    """Estimate of one metric and subject; NaN when there is none."""
    return values_of(frame, metric, [subject]).get(subject, Value())
