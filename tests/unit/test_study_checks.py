"""Advice on studies that load."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.study import check_study, load_study
from study_files import ITEMS, TOML, write_study


def rules(folder: Path, toml: str = TOML, items: str = ITEMS) -> dict[str, str]:
    """Severity of each rule that has something to say."""
    return {f.rule: f.severity for f in check_study(load_study(write_study(folder, toml, items)))}


def test_shipped_studies_get_only_what_they_deserve() -> None:
    found = [(f.severity, f.rule, f.where) for f in check_study(load_study("mobile_ecsi"))]
    assert [f for f in found if f[0] == "warning"] == [("warning", "few_items", "Value")]
    reputation = check_study(load_study("corporate_reputation"))
    assert not [f for f in reputation if f.severity == "warning"]
    assert any(f.rule == "outside_model" and "SC takes" in f.message for f in reputation)
    assert [f.severity for f in reputation] == ["note"] * len(reputation)


EXPECTED = {
    "few_items": (TOML, ITEMS.replace("s2,Sat", "s2,"), "warning"),
    "all_reversed": (TOML, ITEMS.replace(",Loy,,", ",Loy,yes,"), "note"),
    "no_role": (TOML.replace('"loyalty"', '"outcome"'), ITEMS, "warning"),
    "no_facet": (TOML, ITEMS, "note"),
    "no_model": (TOML.split("[model]")[0], ITEMS, "note"),
    "scale_labels": (TOML.replace(', 7 = "Yes"', "").replace(', 7 = "是"', ""), ITEMS, "warning"),
    "no_plan": (TOML.replace("planned_n = 120", ""), ITEMS, "note"),
    "planned_n": (TOML.replace("120", "5"), ITEMS, "warning"),
    "path_power": (TOML, ITEMS, "warning"),
    "detectable_change": (TOML.replace("120", "40"), ITEMS, "warning"),
    "not_said": (TOML, ITEMS, "note"),
    "same_wording": (TOML, ITEMS.replace("It was bad.", "It was good."), "warning"),
    "long_label": (TOML, ITEMS.replace("满一", "满" * 13), "note"),
}


@pytest.mark.parametrize("rule", EXPECTED)
def test_rule(rule: str, tmp_path: Path) -> None:
    toml, items, severity = EXPECTED[rule]
    found = rules(tmp_path / "guests", toml, items)
    if rule == "few_items":
        items = items.replace("s3,Sat,yes", "s3,,")
        assert found[rule] == "warning"
        assert rules(tmp_path / "guests", toml, items)[rule] == "note"
    assert found[rule] == severity


def test_expectation_outside_its_construct(tmp_path: Path) -> None:
    lines = ITEMS.splitlines()
    lines = [lines[0] + ",expectation", lines[1] + ",l1", *(line + "," for line in lines[2:])]
    assert rules(tmp_path / "guests", TOML, "\n".join(lines))["expectation_role"] == "warning"


def test_mixed_scales(tmp_path: Path) -> None:
    toml = TOML + '[scales.five]\nminimum = 1\nmaximum = 5\nlabels.en = { 1 = "N", 5 = "Y" }\n'
    toml += 'labels.zh = { 1 = "否", 5 = "是" }\n'
    lines = ITEMS.splitlines()
    lines = [lines[0] + ",scale", lines[1] + ",five", *(line + ",agree" for line in lines[2:])]
    assert rules(tmp_path / "guests", toml, "\n".join(lines))["mixed_scales"] == "warning"


def test_findings_read_as_one_line() -> None:
    for finding in check_study(load_study("mobile_ecsi")):
        assert str(finding).startswith(f"{finding.severity} [{finding.rule}] {finding.where}: ")
        assert "\n" not in str(finding)
