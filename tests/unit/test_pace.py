"""Signs of careless answering beyond the ratings: time, attention, duplicates, grids, contradictions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import load_answers
from csat.data.answers import Answers
from csat.data.quality import careless
from csat.data.quality.duplicates import identical_answers, shared_devices
from csat.data.quality.grids import contradictions, grids_of, straight_share
from csat.data.quality.pace import relative_pace, seconds_taken
from csat.data.quality.screening import SIGNS, CarelessRules, screen
from csat.data.quality.signs import contradicted, failed_checks, signs_of
from csat.report.measurement.careless import screened
from csat.study import load_study
from hypothesis import given, settings
from hypothesis import strategies as st
from study_files import TOML, answers_frame, write_answers, write_study

EXPORT = """
started_column = "began"
completed_column = "done"
device_column = "device"
"""
QUALITY = """
[quality]
implausible = [{ when = "s1 >= 6 and l1 <= 2", text = { en = "Happy, never again", zh = "满意却不再来" } }]
[quality.attention]
s2 = 4
"""


def seconds(cells: dict[str, list[str]], **roles: str) -> list[float]:
    return seconds_taken(pd.DataFrame(cells), roles).tolist()


def test_time_comes_from_the_duration_or_from_both_ends() -> None:
    times = {"a": ["2026-10-01 09:00:00"] * 3, "b": ["2026-10-01 09:02:30", "2026-10-01 08:00:00", ""]}
    assert seconds({"t": ["123", "", "-5"]}, duration="t") == pytest.approx(
        [123, np.nan, np.nan], nan_ok=True
    )
    found = seconds(times, started="a", completed="b")
    assert found == pytest.approx([150, np.nan, np.nan], nan_ok=True)
    assert np.isnan(seconds({"t": ["200000"]}, duration="t")).all()  # left for days
    assert np.isnan(seconds({"t": ["1"]})).all()


def test_pace_is_judged_by_the_same_device() -> None:
    taken = pd.Series([100.0] * 30 + [300.0] * 30 + [40.0, 40.0])
    devices = pd.Series(["phone"] * 30 + ["desk"] * 30 + ["phone", "tv"])
    pace = relative_pace(taken, devices)
    assert pace[60] == pytest.approx(0.4)  # of the phones' median
    assert pace[61] == pytest.approx(40 / 100)  # nobody to compare with: the median of all
    assert relative_pace(taken).iloc[45] == pytest.approx(3)
    assert relative_pace(pd.Series([0.0, 0.0])).isna().all()


def test_identical_answers_are_counted_but_not_straight_lines() -> None:
    draw = np.random.default_rng(1)
    raw = pd.DataFrame(draw.integers(1, 8, (50, 20)).astype(float))
    raw.iloc[7] = raw.iloc[3]
    raw.iloc[9] = raw.iloc[3]
    raw.iloc[[20, 21]] = 5.0
    raw.iloc[[30, 31], :10] = np.nan
    raw.iloc[[40, 41]] = 7.0
    raw.iloc[[40, 41], 4] = 6.0
    found = identical_answers(raw)
    assert found[[3, 7, 9]].tolist() == [2, 2, 2]
    assert found[[20, 21, 30, 40]].isna().all()
    assert (found.dropna() > 0).sum() == 3


def test_missing_answers_are_alike_too() -> None:
    row = [1.0, 2.0] * 11
    raw = pd.DataFrame([row, row, row])
    raw.iloc[:2, 0] = np.nan
    assert identical_answers(raw).tolist() == [1, 1, 0]


def test_shared_devices() -> None:
    cells = pd.DataFrame({"ip": ["x", "x", "", "y"], "id": ["1", "2", "3", "3"]})
    assert shared_devices(cells, ("ip", "id", "gone")).tolist() == [1, 1, 1, 1]
    assert shared_devices(cells, ("ip",)).tolist() == pytest.approx([1, 1, np.nan, 0], nan_ok=True)
    assert shared_devices(cells, ()).isna().all()


def test_one_answer_to_reversed_items_contradicts_itself() -> None:
    raw = pd.DataFrame({"a": [6.0, 4, 6, 6], "b": [6.0, 4, 2, np.nan], "c": [6.0, 4, 6, 6]})
    ranges = dict.fromkeys("abc", (1.0, 7.0))
    found = contradictions(raw, {"A": "abc"}, ["b"], ranges)
    assert found.tolist() == pytest.approx([1, 0, 0, np.nan], nan_ok=True)
    assert contradictions(raw, {"A": "abc"}, [], ranges).isna().all()
    assert contradictions(raw, {"A": "abc"}, ["a", "b", "c"], ranges).isna().all()


def test_grids_are_those_of_the_questionnaire() -> None:
    study = load_study("mobile_ecsi")
    grids = grids_of(study.questionnaire())
    assert all(len(items) >= 3 for items in grids.values())
    raw = pd.DataFrame(5.0, index=range(3), columns=list(study.items))
    raw.loc[1, list(study.items)[::2]] = 6.0
    raw.loc[2] = np.nan
    assert straight_share(raw, grids).tolist() == pytest.approx([1, 0, np.nan], nan_ok=True)


def test_checks_of_attention() -> None:
    plain = pd.DataFrame({"one": ["4", "4.0", "2", ""], "two": ["yes", "no", "no", ""]}, dtype=object)
    assert failed_checks(plain, {"one": "4", "two": "yes", "gone": "1"}).tolist() == pytest.approx(
        [0, 1, 2, np.nan], nan_ok=True
    )
    assert failed_checks(plain, {}).isna().all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_antonyms_are_synonyms_of_turned_answers(seed: int) -> None:
    """Turning one item of each pair over turns its correlations over, and the person's along with them."""
    draw = np.random.default_rng(seed)
    base = draw.normal(size=(80, 6))
    first, second = np.rint(base * 2 + 5), np.rint(base * 2 + 5 + draw.normal(0, 0.6, (80, 6)))
    names = [f"a{i}" for i in range(6)], [f"b{i}" for i in range(6)]
    alike = pd.DataFrame(np.hstack([first, second]), columns=[*names[0], *names[1]])
    turned = alike.assign(**{b: 10 - alike[b] for b in names[1]})
    np.testing.assert_allclose(careless.antonyms(turned), -careless.synonyms(alike), atol=1e-12)
    assert np.isnan(careless.antonyms(alike)).all()


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    toml = TOML.replace('respondent_column = "guest"', f'respondent_column = "guest"\n{EXPORT}') + QUALITY
    frame = answers_frame()
    began = pd.Timestamp("2026-10-05 10:00:00")
    taken = [200 + i % 7 for i in range(len(frame))]
    taken[-1] = 30
    frame = frame.assign(
        began=began,
        done=[began + pd.Timedelta(seconds=t) for t in taken],
        device=["phone" if i % 2 else "desk" for i in range(len(frame))],
        s2=4,
    )
    frame.loc[58, "s2"] = 7
    frame.loc[57, ["s1", "l1"]] = [7, 1]
    frame.loc[:56, "l1"] = frame.loc[:56, "l1"].clip(lower=3)
    folder = write_study(tmp_path / "guests", toml)
    write_answers(folder, frame)
    return load_answers(load_study(folder))


def test_all_signs_of_a_study(answers: Answers) -> None:
    signs = signs_of(answers)
    assert list(signs.columns) == list(SIGNS)
    assert signs["pace"].idxmin() == answers.n - 1
    assert signs["attention"].tolist() == [0.0] * 38 + [1.0, 0.0]
    assert signs["implausible"].sum() == 1
    assert signs["implausible"].iloc[37] == 1
    assert signs["shared_device"].isna().all()


def test_hashed_addresses_tell_who_shares_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSAT_HASH_KEY", "a key that is long enough for hashes of addresses")
    frame = answers_frame().assign(ip=[f"10.0.0.{i // 2}" for i in range(60)])
    folder = write_study(tmp_path / "guests", TOML + '\n[privacy]\nhash = ["ip"]\n')
    write_answers(folder, frame)
    answers = load_answers(load_study(folder))
    assert not answers.cells["ip"].str.contains("10.0", regex=False).any()
    assert signs_of(answers)["shared_device"].tolist() == [1.0] * answers.n


def test_contradictions_are_counted_one_by_one(answers: Answers) -> None:
    assert contradicted(answers) == [1]
    assert contradicted(load_answers(load_study("mobile_ecsi"))) == []


def test_a_short_questionnaire_is_judged_by_plain_signs_alone(answers: Answers) -> None:
    found = screened(answers)
    assert found.rules.counted == ("pace", "attention", "implausible")
    assert found.respondents["flags"].tolist() == [0] * 37 + [1, 1, 1]
    assert not found.careless.any()
    bare = replace(
        answers,
        roles={},
        cells=pd.DataFrame(),
        study=replace(answers.study, quality=type(answers.study.quality)()),
    )
    assert screened(bare).rules.counted == ()


def test_signs_raise_flags_that_count() -> None:
    raw = pd.DataFrame(np.random.default_rng(2).integers(1, 8, (60, 12)).astype(float))
    signs = pd.DataFrame(np.nan, index=raw.index, columns=list(SIGNS))
    signs["pace"] = 1.0
    signs.loc[3, ["pace", "attention"]] = [0.2, 1.0]
    signs.loc[4, ["shared_device", "straight_grids"]] = [2.0, 1.0]
    found = screen(raw, signs=signs)
    table = found.respondents
    assert table.loc[3, ["flag_pace", "flag_attention", "careless"]].all()
    assert table.loc[4, ["flag_shared_device", "flag_straight_grids"]].all()
    assert table.loc[4, "flags"] == 0
    told = found.summary[found.summary["metric"] == "careless_share"].set_index("subject")
    assert told.loc["attention", "n"] == 1
    assert "identical" not in told.index
    assert "pace" in told.loc["any", "method"]
    slower = screen(raw, signs=signs, rules=CarelessRules(fast_share=0.1)).respondents
    assert not slower["flag_pace"].any()
