"""Checks of question wording in Chinese and English: what people stumble over, and how to say it better.

Words and patterns are data: ``en.toml`` and ``zh.toml`` for the languages, ``rules.toml`` for the rules,
their places in QAS-99 and what they say. How often each rule is right is measured on labelled questions; see
docs/wording.md.
"""

from __future__ import annotations

from csat.study.wording.catalogue import Rule, load_rules
from csat.study.wording.finding import SEVERITIES, Context, WordingFinding, worst
from csat.study.wording.study_rules import check_wording
from csat.study.wording.text_rules import check_text

__all__ = [
    "SEVERITIES",
    "Context",
    "Rule",
    "WordingFinding",
    "check_text",
    "check_wording",
    "load_rules",
    "worst",
]
