"""Routing expressions: parsed, written, checked, decided, and evaluated on many answers at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from csat.errors import CsatError
from csat.study import Question
from csat.study.expressions import And, Answered, Compare, Expression, ExpressionError, Not, Or, Selected
from csat.study.questions import Option
from csat.study.routing import check, conjunction, decide, evaluate, find_loop, parse, references
from csat.study.scales import Scale
from hypothesis import given
from hypothesis import strategies as st


def options(*codes: str) -> tuple[Option, ...]:
    return tuple(Option(code, {"en": code}) for code in codes)


QUESTIONS = {
    "role": Question("role", "single", {}, {}, options=options("buyer", "user", "1")),
    "kinds": Question("kinds", "multiple", {}, {}, options=options("late", "rude", "bill")),
    "sat": Question("sat", "rating", {}, {}, scale=Scale("s", 1, 7, (-98.0,)), dont_know=True),
    "visits": Question("visits", "number", {}, {}, minimum=0, maximum=50),
    "why": Question("why", "text", {}, {}),
    "hello": Question("hello", "note", {}, {}),
    "sums": Question("sums", "constant_sum", {}, {}, options=options("a", "b"), total=100),
}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("role=buyer", "role = buyer"),
        ("role == 'buyer' AND sat<=4", "role = buyer and sat <= 4"),
        ("role in (buyer, user)", "role = buyer or role = user"),
        ("not (sat > 3 or sat < 2) and answered(why)", "not (sat > 3 or sat < 2) and answered(why)"),
        ("a = 1 or b = 2 and c = 3", "a = 1 or b = 2 and c = 3"),
        ("(a = 1 or b = 2) and c = 3", "(a = 1 or b = 2) and c = 3"),
        ("selected（kinds，late） or sat ≥ -2.5", "selected(kinds, late) or sat >= -2.5"),
        ("not not role <> user", "not not role != user"),
        ("unit = '08 b'", "unit = '08 b'"),
        ("((((role = 1))))", "role = 1"),
        ("code = 'not'", "code = 'not'"),
    ],
)
def test_texts_become_trees_and_texts_again(text: str, written: str) -> None:
    assert str(parse(text)) == written
    assert parse(written) == parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks the id of a question"),
        ("role", "lacks a comparison"),
        ("role =", "lacks a code or a number at the end"),
        ("role = buyer user = 1", 'lacks and, or, or the end before "user = 1"'),
        ("(role = buyer", 'lacks ")"'),
        ("1 <= sat <= 5", "lacks the id of a question"),
        ("sat >= 1 <= 5", "one comparison at a time"),
        ("and role = 1", "lacks the id of a question"),
        ("selected(kinds)", 'lacks ","'),
        ("answered(why, x)", 'lacks ")"'),
        ("role in buyer", 'lacks "("'),
        ("role = $x", "cannot be read"),
        ("role ~ 'x'", "cannot be read"),
        ("__import__('os')", "lacks a comparison"),
        ("(" * 40 + "a = 1" + ")" * 40, "more than 30 brackets"),
        ("not " * 40 + "a = 1", "more than 30 negations"),
        ("a = 1 and " * 300 + "a = 1", "more than 2000"),
    ],
)
def test_what_is_no_expression_is_said(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rolle = buyer", 'did you mean "role"'),
        ("role = byer", 'did you mean "buyer"'),
        ("role < buyer", "have no order"),
        ("kinds = late", "selected(kinds, late)"),
        ("selected(sat, 4)", "is of type rating"),
        ("sat = good", 'not "good"'),
        ("sat = nan", 'not "nan"'),
        ("sat > 7", "the same for everybody"),
        ("sat < 1", "the same for everybody"),
        ("visits = 51", "answered from 0 to 50"),
        ("why = x", "answered(why)"),
        ("sums = 3", "answered(sums)"),
        ("answered(hello)", "nobody answers"),
    ],
)
def test_conditions_that_do_not_fit_are_said(text: str, words: str) -> None:
    (found,) = check(parse(text), QUESTIONS)
    assert any(words in part for part in found)


def test_fitting_conditions_have_no_problem() -> None:
    text = "role = 1 and selected(kinds, late) and sat <= 7 and sat > 1 and visits != 3 and answered(why)"
    assert not list(check(parse(text), QUESTIONS))
    assert list(check(parse("sat > 1"), QUESTIONS, earlier=["role"])) == [
        ('"sat > 1": sat is not asked before this', "questions that are asked earlier")
    ]


def test_references_and_conjunction() -> None:
    both = conjunction(parse("role = 1 and sat > 2"), None, parse("sat > 2"), parse("role = 2 or sat = 4"))
    assert str(both) == "role = 1 and sat > 2 and (role = 2 or sat = 4)"
    assert references(both) == ("role", "sat")
    assert conjunction(None, None) is None
    assert references(None) == ()


def test_loops_are_found_however_long() -> None:
    chain: dict[str, Expression | None] = {f"q{i}": parse(f"answered(q{i + 1})") for i in range(5000)}
    assert find_loop(chain) == ()
    chain["q5000"] = parse("answered(q0)")
    assert find_loop(chain)[0] == find_loop(chain)[-1]
    assert find_loop({"a": parse("a = 1")}) == ("a", "a")


ANSWERS = pd.DataFrame(
    {
        "role": ["buyer", "user", None, "1"],
        "kinds_late": [1, 0, np.nan, 1],
        "kinds_rude": [0, 0, np.nan, 1],
        "kinds_bill": [0, 0, np.nan, 0],
        "sat": [1, 7, -98, np.nan],
        "visits": ["3", "0", "", None],
        "why": ["x", " ", None, "y"],
        "sums_a": [np.nan, 0, 100, np.nan],
        "sums_b": [np.nan, 100, np.nan, np.nan],
    }
)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("role = buyer", [1, 0, 0, 0]),
        ("role = 1", [0, 0, 0, 1]),
        ("role != buyer", [0, 1, 1, 1]),
        ("selected(role, user)", [0, 1, 0, 0]),
        ("selected(kinds, late)", [1, 0, 0, 1]),
        ("answered(kinds)", [1, 0, 0, 1]),
        ("sat <= 4", [1, 0, 0, 0]),
        ("sat != 7", [1, 0, 1, 1]),
        ("answered(sat)", [1, 1, 0, 0]),
        ("not sat <= 4", [0, 1, 1, 1]),
        ("visits >= 0", [1, 1, 0, 0]),
        ("answered(why)", [1, 0, 0, 1]),
        ("answered(sums)", [0, 1, 1, 0]),
        ("role = buyer or sat = 7 and visits = 0", [1, 1, 0, 0]),
    ],
)
def test_everybody_is_decided_at_once(text: str, who: list[int]) -> None:
    assert evaluate(parse(text), ANSWERS, QUESTIONS).astype(int).tolist() == who


def test_codes_are_found_however_they_are_stored() -> None:
    question = {"role": Question("role", "single", {}, {}, options=options("1", "2"))}
    columns: list[Any] = [[1, 2, 1], [1.0, 2.0, np.nan], ["1", "2", None]]
    for column in [*columns, pd.Categorical(["1", "2", None]), pd.array([1, 2, None], dtype="Int64")]:
        found = evaluate(parse("role = 1"), pd.DataFrame({"role": column}), question)
        assert found.dtype == bool
        assert found[:2].tolist() == [True, False]
    assert not evaluate(parse("role = x"), pd.DataFrame({"role": [1, 2]}), question).any()


def test_what_answers_lack_is_said() -> None:
    with pytest.raises(CsatError, match='the column "visits"'):
        evaluate(parse("visits = 1"), ANSWERS.drop(columns="visits"), QUESTIONS)
    with pytest.raises(CsatError, match='question "age"'):
        evaluate(parse("age = 1"), ANSWERS, QUESTIONS)
    assert evaluate(None, ANSWERS, QUESTIONS).all()


LEAVES = st.one_of(
    st.builds(
        Compare, st.just("role"), st.sampled_from(["=", "!="]), st.sampled_from(["buyer", "user", "1"])
    ),
    st.builds(
        Compare,
        st.just("sat"),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from("1234567"),
    ),
    st.builds(Selected, st.just("kinds"), st.sampled_from(["late", "rude", "bill"])),
    st.builds(Answered, st.sampled_from(["role", "sat", "kinds"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.tuples(inner, inner)),
        st.builds(Or, st.tuples(inner, inner)),
    ),
    max_leaves=8,
)


@given(tree=TREES)
def test_what_is_written_is_read_back(tree: Expression) -> None:
    assert decide_all(parse(str(tree))) == decide_all(tree)


def decide_all(tree: Expression) -> list[bool | None]:
    return [decide(tree, person) for person in PEOPLE]


PEOPLE: list[dict[str, object]] = [
    {"role": role, "sat": sat, "kinds": kinds}
    for role in (None, "buyer", "1")
    for sat in (None, 1.0, 4.0, 7.0)
    for kinds in (None, frozenset({"late"}), frozenset({"rude", "bill"}))
]


@given(tree=TREES)
def test_one_by_one_and_all_at_once_agree(tree: Expression) -> None:
    def flag(kinds: Any, code: str) -> float:
        return np.nan if kinds is None else float(code in kinds)

    frame = pd.DataFrame(
        {
            "role": [p["role"] for p in PEOPLE],
            "sat": [np.nan if p["sat"] is None else p["sat"] for p in PEOPLE],
            **{f"kinds_{c}": [flag(p["kinds"], c) for p in PEOPLE] for c in ("late", "rude", "bill")},
        }
    )
    assert evaluate(tree, frame, QUESTIONS).tolist() == decide_all(tree)


@given(tree=TREES, hidden=st.sampled_from(["role", "sat", "kinds"]))
def test_what_is_decided_early_stays_decided(tree: Expression, hidden: str) -> None:
    for person in PEOPLE:
        early = decide(tree, {k: v for k, v in person.items() if k != hidden})
        assert early is None or early == decide(tree, person)
