"""Texts of the pretest kit, which lie beside this module, one file a language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from csat.study.definition import Study
from csat.study.questions import Question


@lru_cache(maxsize=4)
def texts(lang: str) -> Mapping[str, Mapping[str, Any]]:
    """Read the texts of the kit in one language."""
    source = resources.files("csat.study.pretest").joinpath(f"{lang}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def title(key: str, lang: str) -> str:
    """Name of a sheet."""
    return str(texts(lang)["titles"][key])


def heading(column: str, lang: str) -> str:
    """Heading of a column; the column itself where it has none."""
    return str(texts(lang)["columns"].get(column, column))


def part(key: str, lang: str, **values: object) -> str:
    """Name of a part of a question, or of what differs between arms."""
    return str(texts(lang)["parts"][key]).format(**values)


def page_title(study: Study, key: str, lang: str) -> str:
    """Title of a page: the study and what the page is."""
    return f"{study.say(study.title, lang)}{'：' if lang == 'zh' else ': '}{title(key, lang)}"


def asked(study: Study, version: str = "") -> Sequence[Question]:
    """Questions of a version in order; of all versions, each once, when none is named."""
    found: dict[str, Question] = {}
    for name in (version,) if version or not study.versions else tuple(study.versions):
        found |= study.questionnaire(name).by_id
    return tuple(found.values())
