"""What simulated answers are drawn from: the population that a study declares in ``[truth]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Slopes = Mapping[str, float]
"""Construct -> slope per standard deviation of it."""

Tail = Literal["count", "heavy", "lognormal", "normal"]
KANO_CLASSES = ("must_be", "one_dimensional", "attractive", "indifferent", "reverse", "questionable")
USUAL_KANO: Mapping[str, float] = {
    "must_be": 0.25,
    "one_dimensional": 0.25,
    "attractive": 0.2,
    "indifferent": 0.25,
    "reverse": 0.03,
    "questionable": 0.02,
}


@dataclass(frozen=True)
class RatingTruth:
    """How a rating is answered: of an item, or of all items of a construct.

    `mean` and `spread` (a standard deviation) are in points of the scale; None means as the study's `level`
    and `spread`. `correlation` is that of a construct with the others. `on` gives the standardised slopes
    of a rating that belongs to no construct.
    """

    mean: float | None = None
    spread: float | None = None
    loading: float | None = None
    missing: float | None = None
    correlation: float | None = None
    on: Slopes = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionTruth:
    """How a question of questions.csv is answered; which keys count depends on its type."""

    shares: Mapping[str, float] = field(default_factory=dict)
    on: Mapping[str, Slopes] = field(default_factory=dict)
    slopes: Slopes = field(default_factory=dict)
    mean: float | None = None
    spread: float | None = None
    tail: Tail | None = None
    of: str = ""
    times: str = ""
    classes: Mapping[str, float] = field(default_factory=dict)
    missing: float | None = None


@dataclass(frozen=True)
class ChoiceTruth:
    """Part-worths of a choice: attribute -> level -> utility, slope by value, utility of "none"."""

    part_worths: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    slopes: Mapping[str, float] = field(default_factory=dict)
    none: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True)
class Truth:
    """The declared population.

    Attributes
    ----------
    n : int
        Respondents a wave.
    structure : {"paths", "correlations"}
        Whether constructs follow from the paths of the model, or from their correlations.
    level : float
        Where on its scale the mean of an item stands that is given none: 0 is its lowest point, 1 its
        highest.
    spread : float
        Standard deviation of such an item as a share of the range of its scale.
    loading, correlation, r_squared : float
        Loading of items, correlation of constructs that no path leads to, and explained variance of the
        others, where nothing is said.
    missing, dont_know, careless, break_off : float
        Shares: of questions that may be left out and are, of "don't know" where it is offered, of respondents
        who answer ratings without reading, and who stop half way.
    paths, correlations : mapping
        Standardised paths ``(source, target)``, correlations ``(one, other)``.
    constructs, items : mapping
        What is said of the items of a construct, and of single items (which wins).
    questions, choices : mapping
        What is said of other questions, and of choices.
    trend : mapping
        Construct -> change from wave to wave, in standard deviations.
    waves : mapping
        Wave -> construct -> shift in standard deviations.
    segments : mapping
        Segment -> value -> construct -> shift in standard deviations.
    shares : mapping
        Segment -> value -> share, for segments that are no questions.
    """

    n: int = 400
    structure: Literal["paths", "correlations"] = "paths"
    level: float = 0.7
    spread: float = 0.2
    loading: float = 0.82
    correlation: float = 0.4
    r_squared: float = 0.6
    missing: float = 0.02
    dont_know: float = 0.03
    careless: float = 0.03
    break_off: float = 0.0
    paths: Mapping[tuple[str, str], float] = field(default_factory=dict)
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)
    constructs: Mapping[str, RatingTruth] = field(default_factory=dict)
    items: Mapping[str, RatingTruth] = field(default_factory=dict)
    questions: Mapping[str, QuestionTruth] = field(default_factory=dict)
    choices: Mapping[str, ChoiceTruth] = field(default_factory=dict)
    trend: Slopes = field(default_factory=dict)
    waves: Mapping[str, Slopes] = field(default_factory=dict)
    segments: Mapping[str, Mapping[str, Slopes]] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


SHARES = ("missing", "dont_know", "careless", "break_off")
FRACTIONS = ("level", "spread", "loading", "correlation", "r_squared")
