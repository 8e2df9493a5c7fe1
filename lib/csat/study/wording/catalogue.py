"""The rules that wording is held to: their names, their places in QAS-99, and what they say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from csat.study.scales import Text

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Rule:
    """One rule: its id, its step in QAS-99, what it weighs, and its texts with places to fill in."""

    id: str
    step: str
    severity: Severity
    title: Text
    reason: Text
    advice: Text
    declared: Text = field(default_factory=dict)
    """Advice where the study itself declares what was found."""


@lru_cache(maxsize=1)
def load_rules() -> Mapping[str, Rule]:
    """Read the rules that come with the package.

    Returns
    -------
    mapping of str to Rule
        Rules by their ids, in the order in which they are documented.

    References
    ----------
    Willis, G. B. & Lessler, J. T. (1999). Question Appraisal System: QAS-99. Research Triangle Institute.

    Examples
    --------
    >>> load_rules()["double_barrelled"].step
    '4c'
    """
    return {name: Rule(id=name, **entry) for name, entry in read_data("rules").items()}


def read_data(name: str) -> dict[str, Any]:
    """Tables of a data file that lies beside this module."""
    text = resources.files("csat.study.wording").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
