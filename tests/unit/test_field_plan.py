"""The plan of the fieldwork: strata, quotas, response and cost."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.study import StudyError, load_study
from csat.study.field_plan import field_plan
from study_files import TOML, write_study

PLAN = """
[plan]
response_rate = 0.25
usable = 0.9
cluster_size = 3
intraclass = 0.1
allocation = "neyman"
minimum = 20
fixed_cost = 1000
invitation_cost = 0.5
answer_cost = 5
currency = "CNY"
[plan.strata.north]
size = 3000
sd = 1.5
[plan.strata.south]
size = 1500
sd = 2.5
[plan.strata.key_accounts]
size = 200
response_rate = 0.6
quota = 30
"""


def test_a_plan_is_worked_out(tmp_path: Path) -> None:
    plan = field_plan(load_study(write_study(tmp_path / "s", TOML + PLAN)))
    table = plan.table().set_index("stratum")
    assert table["n"].to_dict() == {"north": 49, "south": 41, "key_accounts": 30}
    assert table["n"].sum() == plan.n == 120
    assert table.loc["key_accounts", "invited"] == 56  # 30 / (0.6 * 0.9), rounded up
    assert table["feasible"].all()
    assert plan.design_effect == pytest.approx(1.2)
    assert plan.cost.invited == 534
    assert plan.cost.total == pytest.approx(1000 + 534 * 0.5 + 134 * 5)


def test_a_study_without_a_plan_invites_whom_it_needs(tmp_path: Path) -> None:
    plan = field_plan(load_study(write_study(tmp_path / "s", TOML)))
    assert plan.cost.invited == plan.n == 120
    assert plan.table().empty


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("quota = 30", "quota = 150", "quotas add up to 150"),
        ("size = 200\nresponse_rate = 0.6", "size = 40\nresponse_rate = 0.6", "takes 56 invitations"),
        ("size = 3000", "size = 4000", "frame_size, 5000"),
        ("minimum = 20", "minimum = 60", "at least 60 each"),
        ("response_rate = 0.25", "response_rate = 25", "no such share"),
        ("cluster_size = 3", "cluster_size = 0", "cluster_size"),
        ('"neyman"', '"clever"', "proportional"),
        ("size = 1500\n", "", "is missing"),
        ("usable = 0.9", "useable = 0.9", "useable"),
    ],
)
def test_plans_that_cannot_be(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(StudyError, match=told):
        load_study(write_study(tmp_path / "s", TOML + PLAN.replace(old, new)))
