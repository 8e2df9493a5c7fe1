"""The flow of a questionnaire: reach, dead options, minutes, bases, against what can be counted by hand."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from csat.study import Question, Questionnaire, Screen, Study, load_study
from csat.study.flow import check_flow, dead_options, duration, expected_bases, unreachable, walk
from csat.study.modules import Module
from csat.study.questions import Option
from csat.study.reach import longest, possible
from csat.study.routing import decide, parse
from csat.study.scales import Scale
from csat.study.timing import ANSWER_SECONDS, Timing, question_seconds
from hypothesis import given, settings
from hypothesis import strategies as st
from questionnaire_files import full_toml, write_full_study
from study_files import write_study


@pytest.fixture
def guests(tmp_path: Path) -> Study:
    toml = (
        full_toml()
        + "[shares.agree_to_start]\nyes = 0.9\n[shares.role]\nbuyer = 0.5\nuser = 0.3\nnobody = 0.2\n"
    )
    return load_study(write_full_study(tmp_path / "guests", toml + "[shares.trouble]\nyes = 0.25\n"))


def asks(*questions: Question) -> Questionnaire:
    """Questionnaire of these questions, one a screen."""
    screens = tuple(Screen(q.id, "main", "question", (q,)) for q in questions)
    return Questionnaire("test", "", {}, ("en",), {}, {}, (Module("main", {}),), screens)


def single(name: str, condition: str = "", codes: str = "abc", required: bool = True) -> Question:
    options = tuple(Option(c, {"en": c}) for c in codes)
    relevant = parse(condition) if condition else None
    return Question(
        name, "single", {}, {}, required=required, condition=relevant, relevant=relevant, options=options
    )


def rating(name: str, condition: str = "") -> Question:
    relevant = parse(condition) if condition else None
    return Question(name, "rating", {}, {}, required=True, condition=relevant, scale=Scale("s", 1, 5))


def several(name: str, *options: Option, most: float | None = None) -> Question:
    return Question(name, "multiple", {}, {}, required=True, options=options, maximum=most)


@pytest.mark.parametrize(
    ("condition", "reached"),
    [
        ("q1 = a", True),
        ("q1 = a and q1 = b", False),
        ("q1 != a and q1 != b and q1 != c", False),
        ("q2 = a and q1 = b", False),
        ("q2 = a or q1 = b", True),
        ("not answered(q2) and q1 = a", False),
        ("r > 2 and r < 3", False),
        ("r >= 2 and r <= 2", True),
        ("not (r <= 4) and q2 = b", True),
        ("selected(m, x) and selected(m, none)", False),
        ("selected(m, x) and selected(m, y)", True),
        ("selected(m, x) and selected(m, y) and selected(m, z)", False),
    ],
)
def test_reach_is_decided_by_trying(condition: str, reached: bool) -> None:
    x, y, z = (Option(c, {}) for c in "xyz")
    several_of = several("m", x, y, z, Option("none", {}, exclusive=True), most=2)
    asked = asks(single("q1"), single("q2", "q1 = a"), rating("r"), several_of, single("last", condition))
    assert unreachable(asked) == (() if reached else ("last",))


def test_an_optional_question_may_be_passed_over() -> None:
    skipped = "q1 != a and q1 != b and q1 != c"
    assert possible(asks(single("q1", required=False), single("z")), parse(skipped), "z")
    assert not possible(asks(single("q1"), single("z")), parse(skipped), "z")


def test_options_that_conditions_rule_out() -> None:
    late = Option("late", {}, relevant=parse("q1 = b"))
    asked = asks(single("q1"), several("m", late, Option("rude", {})), single("q3", "selected(m, late)"))
    assert dead_options(asked) == ()
    question = Question(
        "m", "multiple", {}, {}, condition=parse("q1 = a"), options=(late, Option("rude", {}))
    )
    asked = asks(single("q1"), question, single("q3", "selected(m, late)"))
    assert dead_options(asked) == (("m", "late"),)
    assert unreachable(asked) == ("q3",)


CONDITIONS = st.sampled_from(
    ["", "q0 = a", "q0 != a", "q1 = b", "q0 = a and q1 = b", "q0 = a or q1 = c", "not answered(q1)", "q2 = c"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CONDITIONS, st.integers(1, 60)), min_size=3, max_size=6))
def test_longest_way_and_reach_are_those_of_trying_everything(parts: list[tuple[str, int]]) -> None:
    usable = []
    for place, (condition, _) in enumerate(parts):
        early = all(f"q{i}" not in condition for i in range(place, 3))
        usable.append(single(f"q{place}", condition if early else ""))
    asked, seconds = asks(*usable), {f"q{i}": float(s) for i, (_, s) in enumerate(parts)}
    best, met = 0.0, set()
    for answers in product("abc", repeat=len(usable)):
        known: dict[str, object] = {}
        for question, answer in zip(usable, answers, strict=True):
            known[question.id] = answer if decide(question.condition, known) else None
        met |= {k for k, v in known.items() if v is not None}
        best = max(best, sum(seconds[k] for k, v in known.items() if v is not None))
    assert longest(asked, seconds) == (best, True)
    assert set(unreachable(asked)) == set(asked.by_id) - met


def test_the_longest_way_skips_what_excludes_each_other() -> None:
    asked = asks(single("q1"), single("x", "q1 = a"), single("y", "q1 = b"), single("z"))
    assert longest(asked, {"q1": 1, "x": 10, "y": 20, "z": 5}) == (26, True)


def test_bases_are_those_of_the_shares(guests: Study) -> None:
    table = expected_bases(guests, "short", n=1000).set_index("question")
    assert list(table.columns) == ["module", "type", "condition", "share", "base", "small"]
    assert table.loc["role", "share"] == pytest.approx(0.9, abs=0.01)
    assert table.loc["s1", "share"] == pytest.approx(0.9 * 0.8, abs=0.01)
    assert table.loc["kinds", "share"] == pytest.approx(0.9 * 0.8 * 0.25, abs=0.01)
    assert table.loc["kinds", "base"] == round(1000 * table.loc["kinds", "share"])
    assert not table.loc["kinds", "small"]
    assert expected_bases(guests, "short", n=100).set_index("question").loc["kinds", "small"]
    default = expected_bases(guests, "short").set_index("question")
    assert default.loc["hello", "base"] == guests.planned_n
    told = expected_bases(guests, "short", shares={"agree_to_start": {"yes": 1.0}, "role": {"nobody": 0.0}})
    assert told.set_index("question").loc["s1", "share"] == 1.0


def test_the_crowd_is_the_same_every_time(guests: Study) -> None:
    asked = guests.questionnaire("long")
    one, other = walk(asked, {}), walk(asked, {})
    assert all((one[name] == other[name]).all() for name in one)
    assert set(one) == set(asked.by_id)


def test_minutes_can_be_counted_by_hand(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "guests"))
    asked = study.questionnaire()
    seconds = question_seconds(asked, "en", Timing(words_per_minute=60, characters_per_minute=60))
    # the first row of a grid carries the labels of the scale: "No", "Yes"
    assert seconds["s1"] == 3 + 2 + ANSWER_SECONDS["rating"]
    assert seconds["s2"] == 3 + ANSWER_SECONDS["rating"]
    chinese = question_seconds(asked, "zh", Timing(words_per_minute=60, characters_per_minute=60))
    assert chinese["s2"] == 2 + ANSWER_SECONDS["rating"]
    spent = duration(study)
    assert (spent.lang, spent.exact) == ("en", True)
    assert spent.longest == pytest.approx(spent.median)
    assert spent.longest == pytest.approx(sum(question_seconds(asked, "en").values()) / 60)


def test_every_type_takes_time(guests: Study) -> None:
    asked = guests.questionnaire("long")
    seconds = question_seconds(asked, "zh")
    assert all(seconds[q.id] > 0 for q in asked.questions)
    assert seconds["fridge2"] > seconds["fridge1"]  # it shows the service facts too
    assert seconds["plans"] > 6 * ANSWER_SECONDS["choice"]
    spent = duration(guests, "long", "zh")
    assert spent.quickest_tenth <= spent.median <= spent.slowest_tenth <= spent.longest + 1e-9


def test_pace_can_be_overridden(tmp_path: Path) -> None:
    study = load_study(write_full_study(tmp_path / "a"))
    slow = load_study(write_full_study(tmp_path / "b", full_toml() + "[timing]\nwords_per_minute = 110\n"))
    assert duration(slow, "short", "en").median > duration(study, "short", "en").median
    assert duration(slow, "short", "zh").median == pytest.approx(duration(study, "short", "zh").median)


def test_findings_name_what_is_wrong(tmp_path: Path) -> None:
    toml = (
        full_toml()
        .replace("minutes = 15", "minutes = 1")
        .replace('relevant = "role = buyer" }', 'relevant = "role = nobody" }')
    )
    study = load_study(write_full_study(tmp_path / "guests", toml))
    found = {(f.rule, f.where) for f in check_flow(study, "long")}
    assert ("dead_option", "kinds") in found
    assert ("too_long", "versions.long") in found
    assert [f.rule for f in check_flow(study, "short")] == ["dead_option"]


@pytest.mark.parametrize("name", ["mobile_ecsi", "corporate_reputation", "service_loyalty"])
def test_shipped_studies_flow(name: str, root: Path) -> None:
    study = load_study(name, root)
    for version in study.versions or ("",):
        assert check_flow(study, version) == []
