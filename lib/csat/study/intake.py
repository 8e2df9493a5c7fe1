"""How the answers of a study come in: columns of files, targets of weights, privacy, quality, sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from csat.study.expressions import Expression
from csat.study.scales import Text


@dataclass(frozen=True)
class ColumnMap:
    """Where one column of the study stands in the files, and which of its cells mean something else.

    Attributes
    ----------
    target : str
        Column of the study (of an item, a question, a segment, or a special one of ``[data]``).
    sources : tuple of str
        Columns of the file, of which the first that is there counts; empty for the target itself.
    recode : mapping of str to str
        Cell -> cell; an empty one means "no answer".
    """

    target: str
    sources: tuple[str, ...] = ()
    recode: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WeightPlan:
    """What weights are made to agree with.

    Attributes
    ----------
    method : {"rake", "cell"}
        Raking over the margins one by one, or one weight for each cell of all targets crossed.
    targets : mapping of segment to (code -> share)
        Shares of each margin, summing to 1; of a crossing for ``cell`` with names joined by ``*``.
    lower, upper : float or None
        Bounds of a weight relative to the mean weight; weight beyond them is redistributed.
    """

    method: Literal["rake", "cell"] = "rake"
    targets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class PrivacyPlan:
    """What happens to personal data, beyond what is recognised without being told.

    Attributes
    ----------
    drop, hash, keep : tuple of str
        Columns to leave out, to replace by a keyed hash, and to keep although they look personal.
    key_env : str
        Name of the environment variable with the secret key of the hashes.
    """

    drop: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    key_env: str = "CSAT_HASH_KEY"


@dataclass(frozen=True)
class Implausible:
    """Answers that contradict each other: a condition on one respondent's answers, and what it means."""

    when: Expression
    text: Text = field(default_factory=dict)


@dataclass(frozen=True)
class QualityPlan:
    """What careless answers are looked for by, beyond what needs no telling.

    Attributes
    ----------
    attention : mapping of column to code
        Questions that say which answer to give.
    implausible : tuple of Implausible
    fast_share : float
        Flag whoever took less than this share of the median time (of the same device, where known).
    """

    attention: Mapping[str, str] = field(default_factory=dict)
    implausible: tuple[Implausible, ...] = ()
    fast_share: float = 1 / 3


@dataclass(frozen=True)
class SamplePlan:
    """A file of everybody who was asked, with what became of each: for response rates.

    Attributes
    ----------
    path : str
        File, relative to the study's folder; ``{wave}`` stands for the wave.
    column : str
        Column with the outcome.
    outcomes : mapping of code to outcome
        One of `csat.study.outcomes.OUTCOMES` for each code; a cell that is not among them must be one itself,
        or AAPOR's code.
    eligible_share : float, optional
        Share of the eligible among those of whom that is unknown; estimated from the others when not given.
    """

    path: str
    column: str
    outcomes: Mapping[str, str] = field(default_factory=dict)
    eligible_share: float | None = None
