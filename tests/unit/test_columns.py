"""Columns of files under the names and codes of the study: names, recodes, labels, multiple answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from csat.data import DataError, latest_wave, load_answers
from csat.data.ledger import Ledger
from csat.data.mapping.columns import Mapped, map_columns
from csat.data.mapping.meanings import meanings
from csat.data.mapping.multiple import SEPARATORS
from csat.data.mapping.recoding import canonical, recode_table
from csat.data.table import RawTable, Variable
from csat.study import StudyError, load_study
from csat.study.definition import Study
from csat.study.intake import ColumnMap
from hypothesis import given, settings
from hypothesis import strategies as st
from questionnaire_files import full_toml, write_full_study
from study_files import DOC, TOML, answers_frame, write_study


def raw(columns: Mapping[str, list[str]], **told: object) -> RawTable:
    cells = pd.DataFrame(dict(columns), dtype=str)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    return RawTable(cells, "export.csv", "0" * 64, **told)  # type: ignore[arg-type]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(write_full_study(tmp_path / "guests"))


@pytest.fixture
def bare(study: Study) -> Study:
    """The same without columns that every file must have."""
    return replace(study, segments={}, data=replace(study.data, wave_column="", respondent_column=""))


def mapped(
    study: Study, table: RawTable, wave: str = "2026-10", **maps: ColumnMap
) -> tuple[Mapped, pd.DataFrame]:
    ledger = Ledger()
    result = map_columns(replace(study, columns=maps), study.wave(wave), table, ledger)
    return result, ledger.frame()


def entry(target: str, *sources: str, **recode: str) -> dict[str, ColumnMap]:
    return {target: ColumnMap(target, sources, {k.lstrip("_"): v for k, v in recode.items()})}


def test_first_source_that_is_there_counts(bare: Study) -> None:
    table = raw({"Q1": ["1"], "old s2": ["2"], "older s2": ["3"], "x": ["4"]})
    result, ledger = mapped(bare, table, **entry("s1", "Q1"), **entry("s2", "new s2", "old s2", "older s2"))
    assert result.cells.iloc[0].to_dict() == {"s1": "1", "s2": "2", "older s2": "3", "x": "4"}
    assert result.unmapped == ("older s2", "x")
    assert ledger.empty


def test_nothing_said_changes_nothing(study: Study) -> None:
    frame = answers_frame().astype(str)
    table = raw({c: list(frame[c]) for c in frame})
    result, ledger = mapped(study, table)
    pd.testing.assert_frame_equal(result.cells, table.cells)
    assert (result.unmapped, result.notes, len(ledger)) == ((), (), 0)


def test_absent_sources_are_named_with_near_misses(bare: Study) -> None:
    table = raw({"Frage 1": ["1"], "s2": ["2"]})
    with pytest.raises(DataError) as caught:
        mapped(bare, table, **entry("s1", "Frage1", "F1"), **entry("l1", "nowhere"))
    text = str(caught.value)
    assert 'column s1 is mapped, but the file has neither "Frage1" nor "F1" (did you mean "Frage 1"?)' in text
    assert 'column l1 is mapped, but the file has no "nowhere"' in text
    assert "the file has the columns: Frage 1, s2" in text


def test_absent_source_of_an_item_not_asked_is_no_error(bare: Study) -> None:
    wave = replace(bare.wave("2026-10"), without=("s1",))
    result = map_columns(replace(bare, columns=entry("s1", "gone")), wave, raw({"s2": ["2"]}), Ledger())
    assert list(result.cells) == ["s2"]


def test_wave_overrides_the_study(bare: Study) -> None:
    wave = replace(bare.wave("2026-09"), columns=entry("s1", "Q6", _5="1", _1="5"))
    there = replace(bare, columns={**entry("s1", "Q7"), **entry("s2", "Q8")})
    table = raw({"Q6": ["5", "1", "3"], "Q7": ["9", "9", "9"], "Q8": ["2", "2", "2"]})
    result = map_columns(there, wave, table, Ledger())
    assert result.cells.to_dict("list") == {"s1": ["1", "5", "3"], "Q7": ["9"] * 3, "s2": ["2"] * 3}


def test_columns_that_change_places(bare: Study) -> None:
    table = raw({"s1": ["1"], "s2": ["2"], "s3": ["3"]})
    result, _ = mapped(bare, table, **entry("s1", "s2"), **entry("s2", "s3"), **entry("s3", "s1"))
    assert result.cells[["s1", "s2", "s3"]].iloc[0].tolist() == ["2", "3", "1"]


def test_one_column_for_two(bare: Study) -> None:
    result, _ = mapped(bare, raw({"Q1": ["4"]}), **entry("s1", "Q1"), **entry("s2", "Q1"))
    assert result.cells.iloc[0].to_dict() == {"s1": "4", "s2": "4"}


def test_name_of_another_meaning(bare: Study) -> None:
    result, _ = mapped(bare, raw({"s1": ["old"], "s1_new": ["4"]}), **entry("s1", "s1_new"))
    assert result.cells.to_dict("list") == {"s1": ["4"]}
    assert result.unmapped == ("s1",)
    assert "is not the study's s1" in result.notes[0]


def test_column_taken_from_an_item_is_an_error(bare: Study) -> None:
    table = raw({"s1": ["1"], "s2": ["2"]})
    with pytest.raises(DataError, match=r'leaves none for s2; map s2, too \(s2 = "s2"'):
        mapped(bare, table, **entry("s1", "s2"))
    result, _ = mapped(bare, table, **entry("s1", "s2"), **entry("s2", "s2"))
    assert result.cells.iloc[0].to_dict() == {"s1": "2", "s2": "2"}


def test_what_the_table_tells_follows_its_columns(bare: Study) -> None:
    table = raw(
        {"Q1": ["1"], "IP": ["x"], "Dauer": ["3"]},
        doubled=("Q1",),
        roles={"duration": "Dauer"},
        personal=("IP",),
        variables={"Q1": Variable("Q1", label="Frage")},
    )
    with_duration = replace(bare, data=replace(bare.data, duration_column="secs"))
    result, _ = mapped(with_duration, table, **entry("s1", "Q1"), **entry("secs", "Dauer"))
    assert result.table.doubled == ("s1",)
    assert result.roles == {"duration": "secs"}
    assert result.table.personal == ("IP",)
    assert result.table.variables["s1"] == Variable("s1", label="Frage")
    assert result.unmapped == ("IP",)


def test_recode_is_one_step_and_counted(bare: Study) -> None:
    table = raw({"s1": ["5", "5.0", "1", "x", "", "NA", "2"]})
    recode = {"5": "1", "1": "5", "2": "", "*": "3"}
    result, ledger = mapped(bare, table, s1=ColumnMap("s1", (), recode))
    assert list(result.cells["s1"]) == ["1", "1", "5", "3", "", "NA", ""]
    assert ledger[["rule", "item", "count", "rows", "action"]].to_numpy().tolist() == [
        ["recoded", "s1", 4, "1, 2, 3, 4", "recoded"],
        ["recoded", "s1", 1, "7", "set_missing"],
    ]


def test_ledger_counts_rows_of_the_wave_alone(study: Study) -> None:
    frame = answers_frame().astype(str)
    table = raw({c: list(frame[c]) for c in frame})
    _, ledger = mapped(study, table, s1=ColumnMap("s1", (), {"*": "4"}))
    inside = frame[(frame["month"] == "2026-10") & (frame["s1"] != "4")]
    assert ledger["count"].tolist() == [len(inside)]


def test_labels_become_codes_in_any_language(bare: Study) -> None:
    table = raw(
        {
            "s1": ["No", " 是", "Ｙｅｓ", "yes", "3", "否"],
            "role": ["I buy", "使用者", "user", "?", "", "都不是"],
        }
    )
    result, ledger = mapped(bare, table)
    assert list(result.cells["s1"]) == ["1", "7", "7", "yes", "3", "1"]
    assert list(result.cells["role"]) == ["buyer", "user", "user", "?", "", "nobody"]
    assert dict(zip(ledger["item"], ledger["count"], strict=True)) == {"s1": 4, "role": 3}
    assert set(ledger["rule"]) == {"label_to_code"}


def test_segment_labels(study: Study) -> None:
    frame = answers_frame().astype(str).assign(site=lambda f: f["site"].map({"1": "North", "2": "南"}))
    result, ledger = mapped(study, raw({c: list(frame[c]) for c in frame}))
    assert set(result.cells["site"]) == {"1", "2"}
    assert ledger["count"].sum() == 40


def test_number_beside_its_own_label(bare: Study) -> None:
    table = raw({"s1": ["7 - Yes", "Yes – 7", "1=No", "6 - Yes", "7 - No", "7 - "]})
    result, _ = mapped(bare, table)
    assert list(result.cells["s1"]) == ["7", "7", "1", "6 - Yes", "7 - No", "7 - "]


def test_labels_that_two_codes_share_stay(bare: Study) -> None:
    scale = replace(bare.scales["agree"], labels={"en": {1: "Same", 2: "Same", 7: "Yes"}})
    there = replace(bare, scales={**bare.scales, "agree": scale})
    result, ledger = mapped(there, raw({"s1": ["Same", "Yes"]}))
    assert list(result.cells["s1"]) == ["Same", "7"]
    assert ledger["count"].tolist() == [1]


def test_labels_of_the_export(bare: Study) -> None:
    told = {
        "s1": Variable("s1", labels={"A1": "No", "A7": "Yes", "A8": "Kann ich nicht sagen"}),
        "s2": Variable("s2", labels={"4": "Weder noch"}),
    }
    table = raw({"s1": ["A1", "A7", "A8", "Yes"], "s2": ["Weder noch", "4", "5", "6"]}, variables=told)
    result, _ = mapped(bare, table)
    assert list(result.cells["s1"]) == ["1", "7", "A8", "7"]
    assert list(result.cells["s2"]) == ["4", "4", "5", "6"]


def test_codes_the_other_way_round_are_turned_only_where_all_are_known(study: Study) -> None:
    told = {"site": Variable("site", labels={"1": "South", "2": "North"})}
    frame = answers_frame().astype(str)
    columns = {c: list(frame[c]) for c in frame}
    result, ledger = mapped(study, raw(columns, variables=told))
    assert list(result.cells["site"]) == [{"1": "2", "2": "1"}[c] for c in frame["site"]]
    assert ledger["rule"].tolist() == ["label_to_code"]
    rating = {"s1": Variable("s1", labels={"1": "Yes", "7": "No"})}
    result, ledger = mapped(study, raw(columns, variables=rating))
    assert list(result.cells["s1"]) == list(frame["s1"])
    assert "labels of the export contradict the study" in result.notes[0]


def test_missing_codes_of_the_tool(bare: Study) -> None:
    told = {"s1": Variable("s1", missing=("-3", "9", "-99"))}
    table = raw({"s1": ["-3", "9.0", "-99", "4", ""]}, variables=told)
    result, ledger = mapped(bare, table)
    assert list(result.cells["s1"]) == ["", "", "-99", "4", ""]  # -99 is the study's own
    assert ledger.iloc[0][["rule", "item", "count", "action"]].tolist() == [
        "missing_code",
        "s1",
        2,
        "set_missing",
    ]


def options(kind: str = "multiple", labels: bool = True) -> dict[str, Variable]:
    names = {"1": "Rude", "2": "Late", "3": "Something else", "4": "None of these"}
    told = {
        f"Q5_{n}": Variable(f"Q5_{n}", "What was it?", kind, {"1": t} if labels else {}, (), "Q5")  # type: ignore[arg-type]
        for n, t in names.items()
    }
    return {**told, "Q5_3_TEXT": Variable("Q5_3_TEXT", kind="text", group="Q5")}


def test_options_by_label(bare: Study) -> None:
    columns = {
        "Q5_1": ["1", "0", ""], "Q5_2": ["0", "Late", ""], "Q5_3": ["0", "1", ""], "Q5_4": ["", "", ""],
        "Q5_3_TEXT": ["", "long story", ""],
    }  # fmt: skip
    result, _ = mapped(bare, raw(columns, variables=options()), **entry("kinds", "Q5"))
    assert result.cells.to_dict("list") == {
        "kinds_rude": ["1", "0", ""],
        "kinds_late": ["0", "1", ""],
        "kinds_other": ["0", "1", ""],
        "kinds_none": ["0", "0", ""],
        "kinds_other_text": ["", "long story", ""],
    }
    assert "no column for bill" in result.notes[0]
    assert result.unmapped == ()


def test_options_whose_label_is_written_otherwise_are_named(bare: Study) -> None:
    texts = ("Something  else", "None of\u00a0these", "Too rude!")  # blanks do not matter, letters do
    told = {f"Q5_{n}": Variable(f"Q5_{n}", "", "multiple", {"1": t}, (), "Q5") for n, t in enumerate(texts)}
    result, _ = mapped(bare, raw({c: ["1", "0"] for c in told}, variables=told), **entry("kinds", "Q5"))
    assert {"kinds_other", "kinds_none"} <= set(result.cells)
    assert result.notes[0].endswith(
        'no column for late, rude, bill; of no option of the study are "Too rude!"'
    )


def test_options_by_code(bare: Study) -> None:
    told = {f"Q5/{o}": Variable(f"Q5/{o}", kind="multiple", group="Q5") for o in ("late", "RUDE", "odd")}
    result, _ = mapped(bare, raw({c: ["1", "0"] for c in told}, variables=told), **entry("kinds", "Q5"))
    assert list(result.cells) == ["Q5/odd", "kinds_late", "kinds_RUDE".lower()]
    assert result.unmapped == ("Q5/odd",)


def test_options_that_are_none_or_twice(bare: Study) -> None:
    told = {f"Q5/{o}": Variable(f"Q5/{o}", kind="multiple", group="Q5") for o in ("x", "y")}
    with pytest.raises(DataError, match="none of the options of kinds"):
        mapped(bare, raw({c: ["1"] for c in told}, variables=told), **entry("kinds", "Q5"))
    told = {c: Variable(c, kind="multiple", labels={"1": "Late"}, group="Q5") for c in ("a", "b")}
    with pytest.raises(DataError, match="found more than once: a, b"):
        mapped(bare, raw({c: ["1"] for c in told}, variables=told), **entry("kinds", "Q5"))


@pytest.mark.parametrize(
    "both", ["Late┋Wrong bill", "late bill", "迟到;账单错误", "Late, Wrong bill", "late|Wrong bill"]
)
def test_options_in_one_cell(both: str, bare: Study) -> None:
    result, _ = mapped(bare, raw({"Q5": [both, "Late", ""], "s1": ["1", "2", "3"]}), **entry("kinds", "Q5"))
    assert list(result.cells["kinds_late"]) == ["1", "1", ""]
    assert list(result.cells["kinds_bill"]) == ["1", "0", ""]
    assert list(result.cells["kinds_none"]) == ["0", "0", ""]
    assert "Q5" not in result.cells


def test_options_in_one_cell_that_are_unknown(bare: Study) -> None:
    with pytest.raises(DataError, match='no option of kinds: "Broken"'):
        mapped(bare, raw({"Q5": ["Late;Broken"]}), **entry("kinds", "Q5"))


def test_options_of_a_list_that_the_reader_took_apart(bare: Study) -> None:
    told = {
        "6、麻烦": Variable("6、麻烦", kind="meta", missing=("(跳过)",), group="第6题"),
        "第6题(迟到)": Variable("第6题(迟到)", kind="multiple", labels={"1": "迟到"}, group="第6题"),
        "第6题(其他)": Variable("第6题(其他)", kind="multiple", labels={"1": "其他"}, group="第6题"),
    }
    columns = {
        "6、麻烦": ["迟到┋其他〖x〗", "(跳过)"], "第6题(迟到)": ["1", ""], "第6题(其他)": ["1", ""],
    }  # fmt: skip
    by_list, by_group = (
        mapped(bare, raw(columns, variables=told), **entry("kinds", source))[0]
        for source in ("6、麻烦", "第6题")
    )
    assert by_list.cells["kinds_late"].tolist() == by_group.cells["kinds_late"].tolist() == ["1", ""]
    assert by_list.unmapped == ()


def test_options_in_one_cell_beside_missing_codes(bare: Study) -> None:
    told = {"6、麻烦": Variable("6、麻烦", kind="single", missing=("(跳过)",), group="")}
    result, _ = mapped(
        bare, raw({"6、麻烦": ["迟到", "(跳过)"]}, variables=told), **entry("kinds", "6、麻烦")
    )
    assert result.cells["kinds_late"].tolist() == ["1", ""]


def test_the_file_of_another_wave_is_told(bare: Study) -> None:
    own = {f"s{k}": ColumnMap(f"s{k}", (f"v{k}",), {}) for k in (1, 2, 3)}
    old = {f"s{k}": ColumnMap(f"s{k}", (f"Q{k}",), {}) for k in (1, 2, 3)}
    first, second = bare.waves[0], bare.wave("2026-10")
    waves = (replace(first, columns=old), replace(second, columns=own))
    study = replace(bare, waves=waves)
    with pytest.raises(DataError, match=f"those of wave {first.id}: is it the file of another wave"):
        map_columns(study, waves[1], raw({"Q1": ["1"], "Q2": ["1"], "Q3": ["1"]}), Ledger())
    with pytest.raises(DataError, match=r'mapped by \[waves.columns\] .* of "2026-10"'):
        map_columns(study, waves[1], raw({"x": ["1"]}), Ledger())


def test_a_wave_may_map_a_multiple_answer_the_other_way(bare: Study) -> None:
    each = {f"kinds_{o}": f"k_{o}" for o in ("rude", "late")}
    single = {c: ColumnMap(c, (source,), {}) for c, source in each.items()}
    whole = entry("kinds", "Q5")
    by_option, joined = raw({c: ["1", "0"] for c in each.values()}), raw({"Q5": ["late", "rude"]})
    wave = bare.wave("2026-10")
    for told, own, table in ((whole, single, by_option), (single, whole, joined)):
        study = replace(bare, columns=told)
        result = map_columns(study, replace(wave, columns=own), table, Ledger())
        assert sorted(set(result.cells["kinds_late"])) == ["0", "1"]


def test_latest_wave_through_a_map(tmp_path: Path) -> None:
    toml = TOML.replace("[scales.agree]", '[columns]\nmonth = "Monat"\n[scales.agree]', 1)
    folder = write_study(tmp_path / "guests", toml)
    frame = answers_frame().rename(columns={"month": "Monat"})
    frame.assign(Monat="2026-09").to_csv(folder / "answers.csv", index=False)
    assert latest_wave(load_study(folder)) == "2026-09"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ('[columns]\ns11 = "Q1"', r'"s11" is not a column of the study \(did you mean "s1"\?\)'),
        ('[columns]\ns1 = ""', "name of a column is empty"),
        ('[columns.s1]\nfrom = "Q1"\nrecod = { a = "b" }', r'did you mean "recode"'),
        ('[columns.kinds]\nfrom = "Q1"\nrecode = { a = "b" }', "cannot be recoded together"),
        (
            '[columns.role]\nrecode = { 1 = "buyr" }',
            r'"buyr" is not a code of the question \(did you mean "buyer"',
        ),
    ],
)
def test_study_side(told: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=wrong):
        load_study(write_full_study(tmp_path / "guests", full_toml() + told))


def test_a_mistyped_key_of_a_wave_is_placed(tmp_path: Path) -> None:
    told = '[[waves]]\nid = "2026-10"\ncolumns = { role = { from = "Q1", recod = { 1 = "buyer" } } }'
    toml = full_toml().replace('[[waves]]\nid = "2026-10"', told, 1)
    with pytest.raises(StudyError, match=r"\[\[waves\]\] 2 \[columns.role\], recod: .recod. is not a key"):
        load_study(write_full_study(tmp_path / "guests", toml))


def test_study_side_of_a_wave(tmp_path: Path) -> None:
    toml = full_toml().replace(
        '[[waves]]\nid = "2026-10"', '[[waves]]\nid = "2026-10"\ncolumns = { zz = "Q1" }', 1
    )
    with pytest.raises(StudyError, match=r'"2026-10".*zz'):
        load_study(write_full_study(tmp_path / "guests", toml))


def test_everything_can_be_mapped(study: Study) -> None:
    known = meanings(study)
    assert {"s1", "role", "kinds_late", "weights_price", "site", "again"} <= set(known)
    assert known["again"].by_label("非常可能") == "10"
    assert known["again"].missing == frozenset({"-98"})


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)


@given(NUMBERS, NUMBERS)
def test_equal_numbers_share_a_form(one: object, other: object) -> None:
    assert (canonical(str(one)) == canonical(str(other))) == (one == other)
    assert canonical(canonical(str(one))) == canonical(str(one))


@given(st.lists(st.text(max_size=4)), st.dictionaries(st.text(max_size=4), st.text(max_size=4)))
def test_recode_names_every_cell_once(cells: list[str], recode: dict[str, str]) -> None:
    distinct = [c.strip() for c in cells]
    table = recode_table(distinct, recode)
    assert set(table) <= set(distinct)
    for cell, new in table.items():
        assert new in {v.strip() for v in recode.values()}
        if cell in {k.strip() for k in recode}:
            assert new in {v.strip() for k, v in recode.items() if k.strip() == cell}
    if not recode:
        assert not table


@cache
def study_at(folder: Path) -> Study:
    """Study of every type, loaded once."""
    return load_study(write_full_study(folder))


NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=12)


@settings(max_examples=50)
@given(data=st.data())
def test_a_file_under_other_names_comes_back(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    study = study_at(tmp_path_factory.getbasetemp() / "names")
    frame = answers_frame().astype(str)
    free = NAMES.map(str.strip).filter(lambda name: name and name not in frame)
    names = data.draw(st.lists(free, min_size=frame.shape[1], max_size=frame.shape[1], unique=True))
    swapped = data.draw(
        st.permutations(list(frame))
    )  # a file may use the study's own names for other columns
    given_names = data.draw(
        st.tuples(*(st.sampled_from([n, s]) for n, s in zip(names, swapped, strict=True)))
    )
    maps = {c: ColumnMap(c, ("absent", new)) for c, new in zip(frame, given_names, strict=True)}
    table = raw({new: list(frame[c]) for c, new in zip(frame, given_names, strict=True)})
    result, ledger = mapped(study, table, **maps)
    assert result.cells.to_dict("list") == frame.to_dict("list")
    assert (set(result.unmapped), len(ledger)) == (set(), 0)


@settings(max_examples=50)
@given(
    rows=st.lists(
        st.sets(st.sampled_from(["late", "rude", "bill", "other", "none"])), min_size=1, max_size=6
    ),
    mark=st.sampled_from([m for m in SEPARATORS if m != " "]),
    form=st.sampled_from(["code", "en", "zh"]),
)
def test_joined_options_come_apart(
    rows: list[set[str]], mark: str, form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    study = study_at(tmp_path_factory.getbasetemp() / "names")
    question = study.questions["kinds"]
    texts = {o.code: o.code if form == "code" else o.label[form] for o in question.options}
    cells = [mark.join(texts[o] for o in sorted(row)) for row in rows]
    bare = replace(study, segments={}, data=replace(study.data, wave_column="", respondent_column=""))
    result, _ = mapped(bare, raw({"Q5": cells}), **entry("kinds", "Q5"))
    for option in question.codes:
        expected = [("1" if option in row else "0") if row else "" for row in rows]
        assert list(result.cells[f"kinds_{option}"]) == expected


DRIFTING = """
title = "Guests"
languages = ["en"]
{doc}
[data]
path = "{{wave}}.csv"
[scales.five]
minimum = 1
maximum = 5
labels = {{ 1 = "Bad", 5 = "Good" }}
[constructs.Sat]
label = "Satisfaction"
role = "satisfaction"
[segments.sex]
label = "Sex"
[segments.sex.values]
1 = "Man"
2 = "Woman"
[segments.region]
label = "Region"
"""


def test_example_of_the_doc(tmp_path: Path) -> None:
    example = DOC.read_text(encoding="utf-8").split("A questionnaire that drifts:", 1)[1]
    doc = example.split("```toml\n", 1)[1].split("```", 1)[0]
    items = "item,construct,label_en,text_en\noverall,Sat,Overall,All in all?\n"
    study = load_study(write_study(tmp_path / "drift", DRIFTING.format(doc=doc), items))
    points = [str(1 + i % 5) for i in range(40)]
    sexes, regions = ["m", "f", "x", ""] * 10, [str(1 + i % 8) for i in range(40)]
    for wave, column in (("2024", "Q6"), ("2025", "Q7_overall")):
        frame = pd.DataFrame({column: points, "Q20": sexes, "region": regions})
        frame.to_csv(study.folder / f"{wave}.csv", index=False)
    earlier, later = (load_answers(study, wave) for wave in ("2024", "2025"))
    assert later.raw["overall"].tolist() == [float(p) for p in points]
    assert earlier.raw["overall"].tolist() == [6 - float(p) for p in points]
    assert later.segments["sex"].dropna().tolist() == ["1", "2"] * 10
    assert set(later.segments["region"]) == set("1234567")
