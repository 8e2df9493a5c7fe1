"""Texts in several languages, and the scales that ratings are given on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Text = Mapping[str, str]
"""Text in each language of a study: language code -> text."""

LANGUAGES = ("en", "zh")
"""The languages that reports speak."""

DONT_KNOW_CODE = -98.0
"""Code of "don't know" in the data, where a scale declares no code for missing answers."""

DONT_KNOW: Text = {"en": "Don't know / does not apply", "zh": "不清楚/不适用"}
"""What the way out of a rating is called, where a scale does not say it."""


@dataclass(frozen=True)
class Scale:
    """An answer scale: its range, what its points are called, and the codes that mean "no answer"."""

    id: str
    minimum: float
    maximum: float
    missing: tuple[float, ...] = ()
    labels: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    kind: Literal["rating", "continuous"] = "rating"
    dont_know: Text = field(default_factory=dict)

    @property
    def points(self) -> tuple[int, ...]:
        """Whole numbers that a rating scale offers, lowest first; empty for a continuous scale."""
        return tuple(range(int(self.minimum), int(self.maximum) + 1)) if self.kind == "rating" else ()

    @property
    def dont_know_code(self) -> float:
        """Code that "don't know" is stored as: the first code for missing answers."""
        return self.missing[0] if self.missing else DONT_KNOW_CODE

    def labels_in(self, lang: str) -> Mapping[int, str]:
        """Labels of the points in one language (a point without a label is left out)."""
        return self.labels.get(lang, {})

    def dont_know_label(self, lang: str) -> str:
        """Say what "don't know" is called in one language."""
        return self.dont_know.get(lang) or DONT_KNOW.get(lang, DONT_KNOW["en"])


NPS_SCALE = Scale(
    "nps",
    0,
    10,
    labels={
        "en": {0: "Not at all likely", 10: "Extremely likely"},
        "zh": {0: "完全不可能", 10: "非常可能"},
    },
)
"""Scale of a question of type ``nps`` that names none."""
