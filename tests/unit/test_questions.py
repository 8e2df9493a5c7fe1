"""Questions of every type, modules and versions: what a study of three files becomes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from csat.data import load_answers
from csat.study import Study, StudyError, load_study
from csat.study.best_worst import balanced_sets
from csat.study.questions import QUESTION_TYPES
from questionnaire_files import full_toml, write_full_study
from study_files import answers_frame, write_answers, write_study


@pytest.fixture
def guests(tmp_path: Path) -> Study:
    return load_study(write_full_study(tmp_path / "guests"))


def test_every_type_is_in_the_example(guests: Study) -> None:
    types = {q.type for q in guests.questionnaire("long").questions}
    assert types == set(QUESTION_TYPES)


def test_columns_of_the_answers(guests: Study) -> None:
    by_question: dict[str, list[str]] = {}
    for column in guests.questionnaire("long").columns:
        by_question.setdefault(column.question, []).append(column.name)
    assert by_question["role"] == ["role"]
    assert by_question["kinds"] == [
        "kinds_late", "kinds_rude", "kinds_bill", "kinds_other", "kinds_none", "kinds_other_text",
    ]  # fmt: skip
    assert by_question["weights"][0] == "weights_price"
    assert by_question["ranks"][-1] == "ranks_service"
    assert by_question["pair"] == ["pair_f", "pair_d"]
    assert by_question["best"][:3] == ["best_1_best", "best_1_worst", "best_2_best"]
    assert by_question["fridge1"] == ["fridge1"]
    assert by_question["plans"] == ["plans_block", *(f"plans_{i}" for i in range(1, 7))]
    assert "hello" not in by_question
    columns = {c.name: c for c in guests.questionnaire("long").columns}
    assert (columns["days"].minimum, columns["days"].maximum, columns["days"].missing) == (0, 365, (-98.0,))
    assert columns["ranks_price"].maximum == 3
    assert columns["weights_price"].maximum == 100
    assert columns["plans_1"].values == ("1", "2", "none")
    assert columns["again"].missing == (-98.0,)
    assert columns["agree_to_start"].values == ("yes", "no")


def test_versions_choose_modules(guests: Study) -> None:
    short, long = guests.questionnaire(), guests.questionnaire("long")
    assert short.version == "short"
    assert [m.id for m in short.modules] == ["start", "rating", "trouble"]
    assert "story" not in short.by_id
    assert "story" in long.by_id
    assert [s.id for s in short.screens_of("trouble")] == ["trouble", "kinds", "days"]
    with pytest.raises(StudyError, match=r'no version "shrt" \(did you mean "short"'):
        guests.questionnaire("shrt")
    with pytest.raises(KeyError, match='no module "more"'):
        short.module("more")
    smaller = guests.for_version("short")
    assert set(smaller.questions) == {q.id for q in short.questions} - set(guests.items)
    assert set(smaller.items) == set(guests.items)


def test_ratings_make_grids(guests: Study) -> None:
    sat, loy = guests.questionnaire().screens_of("rating")
    assert (sat.id, sat.kind, [q.id for q in sat.questions]) == ("Sat", "grid", ["s1", "s2", "s3"])
    assert sat.shuffle
    assert all(q.required and q.type == "rating" for q in loy.questions)
    assert str(sat.condition) == "agree_to_start = yes and role != nobody"
    assert sat.questions[2].reversed


def test_modules_that_are_off(tmp_path: Path) -> None:
    toml = full_toml()
    start, rest = toml.split("[versions.short]", 1)
    toml = start + "[options.role]" + rest.split("[options.role]", 1)[1]
    study = load_study(write_full_study(tmp_path / "guests", toml.replace('version = "long"\n', "")))
    assert [m.id for m in study.questionnaire().modules] == ["start", "rating", "trouble"]
    assert study.version() is None
    assert study.for_version() is study


def test_studies_without_modules_have_a_questionnaire(tmp_path: Path) -> None:
    asked = load_study(write_study(tmp_path / "guests")).questionnaire()
    assert [s.id for s in asked.screens] == ["Sat", "Loy"]
    assert [m.id for m in asked.modules] == ["main"]
    assert asked.title["zh"] == "顾客"
    assert all(q.condition is None and q.module == "main" for q in asked.questions)


def test_nps_item_is_asked_as_such(root: Path) -> None:
    asked = load_study("service_loyalty", root).questionnaire()
    assert asked.by_id["loy_recommend"].type == "nps"
    assert [s.kind for s in asked.screens_of("loyalty")] == ["grid", "question"]


def test_a_study_travels_between_processes(guests: Study) -> None:
    assert pickle.loads(pickle.dumps(guests)) == guests
    asked = guests.questionnaire("long")
    assert pickle.loads(pickle.dumps(asked)) == asked


def test_dont_know_gets_a_code(tmp_path: Path) -> None:
    lines = (tmp_path, full_toml().replace("missing = [-99]\n", ""))
    items = "item,construct,dont_know,label_en,label_zh,text_en,text_zh\n"
    items += "".join(f"{i},{c},yes,L,标,T,题\n" for i, c in (("s1", "Sat"), ("s2", "Sat"), ("l1", "Loy")))
    study = load_study(write_full_study(lines[0] / "guests", lines[1], items))
    assert study.scales["agree"].missing == (-98.0,)
    assert study.questionnaire().by_id["s1"].columns[0].missing == (-98.0,)
    assert study.scales["agree"].dont_know_label("zh") == "不清楚/不适用"


def test_segments_read_the_answers_to_questions(tmp_path: Path) -> None:
    toml = full_toml().replace(
        "[segments.site]", '[segments.role]\nlabel = { en = "R", zh = "身份" }\n[segments.site]'
    )
    study = load_study(write_full_study(tmp_path / "guests", toml))
    assert study.segments["role"].values["buyer"] == {"en": "I buy", "zh": "购买者"}
    assert study.label("role=user", "zh") == "身份: 使用者"
    assert study.label("kinds") == "What was it?"
    assert study.wording("pair", "zh") == "如果能用？"


def test_answers_of_a_version_need_its_items_only(tmp_path: Path) -> None:
    toml = full_toml().replace('[constructs.Loy]\nmodule = "rating"', '[constructs.Loy]\nmodule = "more"')
    folder = write_full_study(tmp_path / "guests", toml)
    frame = answers_frame(120).drop(columns=["l1", "l2", "l3"]).assign(role="buyer", kinds_late=1)
    write_answers(folder, frame)
    answers = load_answers(load_study(folder), "2026-10")
    assert list(answers.raw.columns) == ["s1", "s2", "s3"]
    assert answers.unknown_columns == ()


def test_cases_show_stage_by_stage(guests: Study) -> None:
    fridge, plan = guests.choices["fridge"], guests.choices["plan"]
    assert [a.id for a in fridge.shown("product")] == ["price"]
    assert [a.id for a in fridge.shown("service")] == ["price", "warranty"]
    assert fridge.answers == ("first", "second")
    assert (fridge.designed, plan.designed) == (False, True)
    assert fridge.attributes["price"].price
    assert not fridge.attributes["warranty"].quantity


@pytest.mark.parametrize(("k", "count", "size"), [(7, 7, 4), (4, 4, 3), (8, 6, 4), (3, 1, 3), (12, 9, 4)])
def test_best_worst_sets_are_balanced(k: int, count: int, size: int) -> None:
    codes = [f"o{i}" for i in range(k)]
    sets = balanced_sets(codes, count, size)
    shown = [sum(code in members for members in sets) for code in codes]
    assert len(sets) == count
    assert all(len(set(members)) == size for members in sets)
    assert max(shown) - min(shown) <= 1


def test_tables_are_declared(guests: Study) -> None:
    measure = guests.tables["quality"].measures["defect_rate"]
    assert (measure.numerator, measure.denominator, measure.per) == ("defects", "pieces", 100)
    assert (guests.tables["quality"].month, guests.tables["quality"].unit) == ("month", "unit")
