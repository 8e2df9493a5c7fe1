"""The catalogue of concepts that questions are tagged with, and of the statistics that they feed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

from csat.study.scales import LANGUAGES, Text

ConceptKind = Literal["question", "data", "context", "claim"]


@dataclass(frozen=True)
class Concept:
    """One concept, or one term of it (which has a `parent`), and how it gets into a study."""

    id: str
    label: Text
    kind: ConceptKind
    parent: str = ""


@dataclass(frozen=True)
class Statistic:
    """A statistic that answers are collected for, and the figure or table that shows it."""

    id: str
    label: Text
    notebook: str
    figure: str


@dataclass(frozen=True)
class Catalogue:
    """All concepts, terms and statistics by their ids."""

    concepts: Mapping[str, Concept]
    statistics: Mapping[str, Statistic]


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Read the catalogue that comes with the package.

    Returns
    -------
    Catalogue
        Concepts (``R27``) with their terms (``R27.reputation``) after them, and statistics.

    Examples
    --------
    >>> load_catalogue().concepts["R27.reputation"].label["zh"]
    '美誉度'
    """
    text = resources.files("csat.study").joinpath("concepts.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    concepts: dict[str, Concept] = {}
    for name, entry in raw["concepts"].items():
        concepts[name] = Concept(name, _label(entry), entry["kind"])
        for term, words in entry.get("terms", {}).items():
            concepts[f"{name}.{term}"] = Concept(f"{name}.{term}", words, entry["kind"], name)
    statistics = {
        name: Statistic(name, _label(entry), entry["notebook"], entry["figure"])
        for name, entry in raw["statistics"].items()
    }
    return Catalogue(concepts, statistics)


def _label(entry: Mapping[str, str]) -> Text:
    """Text of an entry in every language."""
    return {lang: entry[lang] for lang in LANGUAGES}
