"""``[quality]`` and ``[sample]`` of a study: what is read, and what is refused with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.study import load_study
from csat.study.outcomes import OUTCOMES, outcome_of
from csat.study.problems import StudyError
from hypothesis import given
from hypothesis import strategies as st
from questionnaire_files import full_toml, write_full_study

GOOD = """
[quality]
fast_share = 0.4
implausible = [
  { when = "trouble = no and s1 <= 2", text = { en = "Unhappy, no trouble", zh = "无问题却不满" } },
]
[quality.attention]
s2 = 4
role = "user"
[sample]
path = "sample-{wave}.csv"
column = "outcome"
eligible_share = 0.9
[sample.outcomes]
1 = 1.1
2 = "2.12"
gone = "not_eligible"
"""


def test_both_sections_are_read(tmp_path: Path) -> None:
    study = load_study(write_full_study(tmp_path / "full", full_toml() + GOOD))
    assert study.quality.fast_share == 0.4
    assert study.quality.attention == {"s2": "4", "role": "user"}
    assert [str(rule.when) for rule in study.quality.implausible] == ["trouble = no and s1 <= 2"]
    assert study.quality.implausible[0].text["zh"] == "无问题却不满"
    assert study.sample is not None
    assert study.sample.outcomes == {"1": "complete", "2": "refusal", "gone": "not_eligible"}
    assert study.sample.eligible_share == 0.9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fast_share = 0.4", "fast_share = 1.5", "above 0 and below 1"),
        ("trouble = no", "troubel = no", 'did you mean "trouble"'),
        ("trouble = no", "trouble = never", 'trouble has no option "never"'),
        ("trouble = no and", "trouble = no und", "and, or, or the end"),
        ("text = {", "words = {", '"words" is not a key'),
        ("s2 = 4", "s2 = 9", '"9" is no answer to s2'),
        ('role = "user"', 'role = "owner"', '"owner" is no answer to role'),
        ('role = "user"', 'rolle = "user"', 'did you mean "role"'),
        ("1 = 1.1", "1 = 1", '"1" is no outcome'),
        ("eligible_share = 0.9", "eligible_share = 90", "is no share"),
        ('column = "outcome"', "", "column: is missing"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(StudyError) as caught:
        load_study(write_full_study(tmp_path / "full", full_toml() + GOOD.replace(old, new)))
    assert said in str(caught.value)


def test_codes_of_aapor() -> None:
    expected = {
        "1.1": "complete",
        "1.10": "complete",
        "1.2": "partial",
        "2.10": "refusal",
        "2.11": "refusal",
        "2.12": "refusal",
        "2.20": "non_contact",
        "2.36": "other",
        "3.11": "unknown_household",
        "3.20": "unknown_other",
        "3.9": "unknown_other",
        "3": "unknown_other",
        "4": "not_eligible",
        "4.70": "not_eligible",
        "Non-contact": "non_contact",
        "5.1": "",
        "1": "",
        "2.9": "",
        "": "",
    }
    assert {code: outcome_of(code) for code in expected} == expected


@given(st.text(max_size=12))
def test_any_text_has_one_class_or_none(text: str) -> None:
    assert outcome_of(text) in (*OUTCOMES, "")
