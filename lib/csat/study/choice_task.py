"""Choice tasks as data: attributes and levels, fixed alternatives of a case, or the size of a design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from csat.study.scales import Text


@dataclass(frozen=True)
class Level:
    """One level of an attribute: its code, label, and its number where the attribute is a quantity."""

    code: str
    label: Text
    value: float | None = None


@dataclass(frozen=True)
class Attribute:
    """What alternatives differ in.

    Attributes of a `stage` are shown from that stage on: the first stage of a case may show facts of the
    product, the second adds facts of the service. An attribute without a stage is always shown.
    """

    id: str
    label: Text
    levels: Mapping[str, Level]
    stage: str = ""
    quantity: bool = False
    price: bool = False


@dataclass(frozen=True)
class Alternative:
    """One alternative of a fixed case: its level of each attribute."""

    id: str
    label: Text
    levels: Mapping[str, str]


@dataclass(frozen=True)
class ChoiceTask:
    """A case of fixed alternatives, or a task whose choice sets are designed.

    A designed task has no `alternatives`; it shows `sets` choice sets of `size` alternatives each, in one of
    `blocks` versions. `prohibited` lists combinations of levels (attribute -> level) that make no sense.
    """

    id: str
    label: Text
    attributes: Mapping[str, Attribute]
    alternatives: Mapping[str, Alternative] = field(default_factory=dict)
    stages: tuple[str, ...] = ()
    none_label: Text = field(default_factory=dict)
    sets: int = 1
    size: int = 2
    blocks: int = 1
    prohibited: tuple[Mapping[str, str], ...] = ()

    @property
    def designed(self) -> bool:
        """Whether its choice sets come from a design."""
        return not self.alternatives

    @property
    def answers(self) -> tuple[str, ...]:
        """Codes that an answer may be: alternatives (1, 2, … in a designed set) and ``none``."""
        codes = tuple(self.alternatives) or tuple(str(i) for i in range(1, self.size + 1))
        return (*codes, "none") if self.none_label else codes

    def shown(self, stage: str = "") -> tuple[Attribute, ...]:
        """Attributes that are shown in a stage: those of it, of earlier ones, and of none."""
        if not stage:
            return tuple(self.attributes.values())
        known = set(self.stages[: self.stages.index(stage) + 1]) | {""}
        return tuple(a for a in self.attributes.values() if a.stage in known)
