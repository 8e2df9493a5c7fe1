"""Missing answers: not asked, not answered, not known; and what is missing together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import load_answers
from csat.data.answers import Answers
from csat.data.missing import STATES, missing_by_item, missing_by_path, missing_patterns, states
from csat.study import load_study
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from study_files import ITEMS, TOML, answers_frame, write_answers, write_study

QUESTIONS = """id,type,options,relevant,dont_know,text_en,text_zh
trouble,single,yesno,,,Any trouble?,有问题吗？
kind,multiple,kinds,trouble = yes,,What kind?,什么问题？
days,number,,trouble = yes,yes,How many days?,几天？
why,text,,s1 <= 2,,Why?,为什么？
"""
OPTIONS = """
[options.yesno]
yes = { en = "Yes", zh = "是" }
no = { en = "No", zh = "否" }
dk = { en = "Don't know", zh = "不清楚", dont_know = true }
[options.kinds]
late = { en = "Late", zh = "迟到" }
rude = { en = "Rude", zh = "态度差" }
"""


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    frame = answers_frame().assign(trouble="no", kind_late="", kind_rude="", days="", why="")
    items = ITEMS.replace("item,construct,reversed,", "item,construct,reversed,dont_know,").replace(
        ",,S", ",,,S"
    )
    items = items.replace(",yes,S", ",yes,,S").replace("l1,Loy,,,", "l1,Loy,,yes,").replace(",,L", ",,,L")
    items = items.replace("l1,Loy,,,L", "l1,Loy,,yes,L")
    frame["s1"] = frame["s1"].clip(lower=3)
    frame = frame.astype(object)
    frame.loc[20:24, "trouble"] = "yes"  # the wave begins at row 20
    frame.loc[20, ["kind_late", "kind_rude", "days"]] = ["1", "0", "3"]
    frame.loc[21, ["kind_late", "kind_rude", "days"]] = ["0", "0", "-98"]
    frame.loc[25, "trouble"] = ""
    frame.loc[26, "trouble"] = "dk"
    frame.loc[27, "s1"] = 1
    frame.loc[28, "s1"] = ""
    frame.loc[29, "l1"] = "-99"  # the scale's code, which "don't know" is stored as
    frame.loc[30, "l1"] = ""
    frame.loc[31, "l2"] = "-99"  # no such answer is offered here: it was not answered
    folder = write_study(tmp_path / "guests", TOML + OPTIONS, items)
    (folder / "questions.csv").write_text(QUESTIONS, encoding="utf-8")
    write_answers(folder, frame)
    return load_answers(load_study(folder))


def test_states_of_each_question(answers: Answers) -> None:
    table = missing_by_item(answers).set_index("question")
    expected = {
        "trouble": (38, 1, 1, 0, 0),
        "kind": (1, 0, 4, 34, 1),
        "days": (1, 1, 3, 34, 1),
        "why": (0, 0, 1, 38, 1),
        "s1": (39, 0, 1, 0, 0),
        "l1": (38, 1, 1, 0, 0),
        "l2": (39, 0, 1, 0, 0),
    }
    for name, counts in expected.items():
        assert tuple(table.loc[name, list(STATES)]) == counts, name
    assert table.loc["days", "missing_share"] == pytest.approx(4 / 5)
    assert table.loc["kind", "path"] == "trouble = yes"
    assert (table[list(STATES)].sum(axis=1) == answers.n).all()
    assert set(np.unique(states(answers).to_numpy().astype(str))) <= set(STATES)


def test_states_of_each_path(answers: Answers) -> None:
    table = missing_by_path(answers).set_index("path")
    assert list(table.index) == ["everybody", "trouble = yes", "s1 <= 2"]
    assert tuple(table.loc["trouble = yes", ["questions", "respondents", "asked", "not_asked"]]) == (
        2,
        5,
        10,
        68,
    )
    assert table.loc["everybody", "questions"] == 7


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 40), st.integers(1, 5)), elements=st.sampled_from([1.0, np.nan])
    ),
    st.integers(1, 6),
)
@settings(deadline=None)
def test_patterns_hold_everybody_once(values: np.ndarray, most: int) -> None:
    frame = pd.DataFrame(values, columns=[f"q{i}" for i in range(values.shape[1])])
    table = missing_patterns(frame, most)
    assert table["count"].sum() == len(frame)
    assert table["share"].sum() == pytest.approx(1)
    single = table[table["pattern"] > 0]
    assert len(single) <= most
    assert single["count"].is_monotonic_decreasing
    for row in single.itertuples():
        gone = frame.isna().apply(lambda r: tuple(frame.columns[r]), axis=1)
        assert (gone == row.items if row.items else gone.map(len) == 0).sum() == row.count or row.items


def test_the_rest_is_put_together() -> None:
    values = np.ones((10, 4))
    for i in range(4):
        values[i, i] = np.nan
    table = missing_patterns(pd.DataFrame(values, columns=list("abcd")), 2)
    assert table["pattern"].tolist() == [1, 2, 0]
    assert table["count"].tolist() == [6, 1, 3]
    assert table["missing"].tolist() == [0, 1, 3]
