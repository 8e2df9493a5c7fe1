"""Parts of a questionnaire, the versions that are made of them, and tables that come from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from csat.study.expressions import Expression
from csat.study.questions import Randomise
from csat.study.scales import Text


@dataclass(frozen=True)
class Module:
    """A part of the questionnaire that is switched on or off as a whole."""

    id: str
    label: Text
    on: bool = True
    introduction: Text = field(default_factory=dict)
    relevant: Expression | None = None
    required: bool = False
    randomise: Randomise = "none"
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """A questionnaire made of modules, for its own occasion or its own people."""

    id: str
    label: Text
    modules: tuple[str, ...]
    without: tuple[str, ...] = ()
    population: Text = field(default_factory=dict)
    planned_n: int | None = None
    minutes: float | None = None


@dataclass(frozen=True)
class Measure:
    """A figure made from columns of a table: numerator over denominator, or a column as it is."""

    id: str
    label: Text
    numerator: str
    denominator: str = ""
    per: float = 1.0
    unit: Text = field(default_factory=dict)
    summary: Literal["rate", "mean", "median", "sum"] = "rate"
    better: Literal["", "higher", "lower"] = ""
    concept: tuple[str, ...] = ()
    statistic: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataTable:
    """A table that is declared, not asked: operational figures, or figures of units, month by month."""

    id: str
    label: Text
    kind: Literal["operational", "unit", "record"]
    columns: Mapping[str, Text]
    month: str = ""
    unit: str = ""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    concept: tuple[str, ...] = ()
