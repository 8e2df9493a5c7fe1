"""Personal data: found in texts, recognised in columns, dropped, hashed or blotted out."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from csat.data import DataError
from csat.data.ledger import Ledger
from csat.data.privacy import Protected, protect, scrub
from csat.data.privacy.folding import fold
from csat.data.privacy.hashing import key_from
from csat.data.privacy.patterns import KINDS, find
from csat.data.privacy.proofs import is_card, is_id_number
from csat.data.privacy.recognise import NAMES, is_quasi_identifier, kind_of_content, kind_of_name
from csat.data.privacy.scrub import token
from csat.data.table import RawTable, Variable
from csat.study import StudyError, load_study
from csat.study.definition import Study
from csat.study.intake import ColumnMap, PrivacyPlan
from hypothesis import given, settings
from hypothesis import strategies as st
from private_texts import NEGATIVES, POSITIVES
from questionnaire_files import full_toml, write_full_study

_MARK = re.compile(r"⟦(\w+):(.*?)⟧")
KEY = "a-long-and-random-secret-of-this-test"


def marked(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Text without its marks, and what they mark."""
    plain, spans, place = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[place : match.start()]
        spans.append((match[1], len(plain), len(plain) + len(match[2])))
        plain += match[2]
        place = match.end()
    return plain + text[place:], spans


def test_precision_and_recall_on_the_labelled_texts() -> None:
    assert min(len(POSITIVES), len(NEGATIVES)) >= 60
    right = found = wanted = 0
    wrong = []
    for text in (*POSITIVES, *NEGATIVES):
        plain, spans = marked(text)
        hits = [(hit.kind, hit.start, hit.end) for hit in find(plain)]
        right += len(set(hits) & set(spans))
        found, wanted = found + len(hits), wanted + len(spans)
        wrong += [(text, hits)] if hits != spans else []
    assert right / found >= 0.98, wrong
    assert right / wanted >= 0.98, wrong


def test_every_kind_is_in_the_labelled_texts() -> None:
    assert {kind for text in POSITIVES for kind, _, _ in marked(text)[1]} == set(KINDS)


def test_scrub_tells_what_it_did() -> None:
    text = "张三 13800138000、13900139000 zs@example.com"
    assert scrub(text) == ("张三 [phone]、[phone] [email]", {"email": 1, "phone": 2})
    assert scrub("服务很好") == ("服务很好", {})
    assert scrub("") == ("", {})


@given(st.text())
def test_scrub_leaves_everything_else_as_it_is(text: str) -> None:
    clean, counts = scrub(text)
    pattern = "|".join(re.escape(token(kind)) for kind in KINDS)
    parts = re.split(pattern, clean) if counts else [clean]
    place = 0
    for part in parts:
        place = text.index(part, place) + len(part)
    assert sum(counts.values()) == len(find(text))


CONTEXT = st.sampled_from(["", " ", "，", "。", "请打", "电话：", " or ", "(", "）", "\n", "谢谢", "!"])


@given(CONTEXT, CONTEXT, st.integers(13_000_000_000, 19_999_999_999), st.sampled_from(["", "-", " "]))
def test_every_mobile_number_is_found(before: str, after: str, number: int, mark: str) -> None:
    digits = str(number)
    shown = f"{digits[:3]}{mark}{digits[3:7]}{mark}{digits[7:]}"
    assert digits not in re.sub(r"\D", "", scrub(before + shown + after)[0])


DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(st.integers(0, 10**6 - 1), DAYS, st.integers(0, 999))
def test_identity_numbers_by_their_checksum(place: int, day: date, serial: int) -> None:
    body = f"110{place % 1000:03d}{day:%Y%m%d}{serial:03d}"
    good = [c for c in "0123456789X" if is_id_number(body + c)]
    assert len(good) == 1
    assert [hit.kind for hit in find(f"证{body}{good[0]}。")] == ["id"]


@given(st.integers(10**14, 10**18 - 1))
def test_card_numbers_by_their_checksum(body: int) -> None:
    assert sum(is_card(f"{body}{digit}") for digit in range(10)) == 1


@given(st.text(st.characters(categories=["L", "P", "Zs"]), max_size=60))
def test_text_without_numbers_holds_no_numbers(text: str) -> None:
    assert not {hit.kind for hit in find(text)} & {"phone", "id", "card", "order", "qq", "plate", "passport"}


@given(st.text(max_size=80))
def test_places_are_those_of_the_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.places) == len(folded.text) + 1
    assert list(folded.places) == sorted(folded.places)
    for hit in find(text + "１３８​００１３８０００"):
        assert 0 <= hit.start < hit.end <= len(text) + 12


@pytest.mark.parametrize(
    "piece", ["a", "1", "1 ", "ab.", "a1:", "微信", "order no. ", "a at ", "单号A1-", "1.1.", "138001380"]
)
def test_long_texts_take_no_time(piece: str) -> None:
    start = time.perf_counter()
    find(piece * (40_000 // len(piece)))
    assert time.perf_counter() - start < 5


# Columns


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("ip", ["IPAddress", "来自IP"]),
        ("email", ["RecipientEmail", "Q12_email", "请填写您的邮箱", "contact/email"]),
        ("name", ["RecipientFirstName", "您的姓名", "1、您的姓名：", "What is your name?"]),
        ("phone", ["第3题、您的手机号码（必填）", "请留下您的联系方式", "Please enter your phone number"]),
        ("gps", ["LocationLatitude"]),
        ("device", ["device_id"]),
        ("wechat", ["微信号"]),
        ("plate", ["车牌号"]),
        (
            "",
            [
                "brand_name",
                "店名",
                "product/name",
                "品牌名称",
                "name_recall",
                "email_satisfaction",
                "emailed",
            ],
        ),
        ("", ["手机满意度", "您使用什么手机？", "Was the phone call helpful?", "地址好找吗", "电话客服"]),
        ("", ["ship", "recipe", "s1", ""]),
    ],
)
def test_names_of_columns(kind: str, names: list[str]) -> None:
    assert {name: kind_of_name(name) for name in names} == dict.fromkeys(names, kind)


def test_names_are_written_as_they_are_compared() -> None:
    for kind, names in NAMES.items():
        assert [n for n in names.split() if kind_of_name(n) != kind] == []


def test_quasi_identifiers() -> None:
    assert all(map(is_quasi_identifier, ("邮编", "Date of birth", "postcode", "公司名称")))
    assert not any(map(is_quasi_identifier, ("age", "s1", "name")))


def column(*cells: str) -> pd.Series:
    return pd.Series(cells, dtype=str)


def test_content_of_columns() -> None:
    assert kind_of_content(column("a@example.com", "b@example.com", "", "no")) == "email"
    assert kind_of_content(column("13800138000", "139 0013 9000")) == "phone"
    assert kind_of_content(column("202.96.128.86", "10.0.12.1", "")) == "ip"
    assert kind_of_content(column("a@example.com", "no", "none", "-")) == ""
    assert (
        kind_of_content(column("please call 13800138000 tomorrow morning", "ring 13900139000 at ten")) == ""
    )
    assert kind_of_content(column("1", "7", "5.5", "-99")) == ""
    assert kind_of_content(column("2026-10-14 09:30:00", "2026-10-15 10:00:00")) == ""
    assert kind_of_content(column("", "")) == ""


def raw(columns: Mapping[str, list[str]], **told: object) -> RawTable:
    cells = pd.DataFrame(dict(columns), dtype=str)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    return RawTable(cells, "export.csv", "0" * 64, **told)  # type: ignore[arg-type]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("CSAT_HASH_KEY", KEY)
    return load_study(write_full_study(tmp_path / "guests"))


def protected(study: Study, table: RawTable) -> tuple[Protected, list[list[object]]]:
    ledger = Ledger()
    result = protect(study, table, ledger)
    return result, ledger.frame()[["rule", "item", "count", "action"]].to_numpy().tolist()


def test_recognised_columns_are_dropped(study: Study) -> None:
    table = raw(
        {
            "s1": ["1", "2"],
            "IPAddress": ["202.96.128.86", ""],
            "x7": ["a@example.com", "b@example.com"],
            "odd": ["z", "y"],
            "Q3": ["张三", "李四"],
            "postcode": ["100084", "100085"],
        },
        personal=("odd",),
        variables={"Q3": Variable("Q3", "您的姓名")},
    )
    result, ledger = protected(study, table)
    assert list(result.cells) == ["s1", "postcode"]
    assert ledger == [
        ["personal_dropped", "IPAddress", 1, "dropped"],
        ["personal_dropped", "x7", 2, "dropped"],
        ["personal_dropped", "odd", 2, "dropped"],
        ["personal_dropped", "Q3", 2, "dropped"],
    ]
    assert result.notes == ("columns that together may tell who somebody is: postcode",)
    assert (result.table.personal, set(result.table.variables)) == ((), set())


def test_columns_that_the_study_uses_are_suspects(study: Study) -> None:
    there = replace(study, segments={"name": replace(study.segments["site"], id="name", column="name")})
    table = raw({"name": ["1", "2"], "s1": ["13800138000", "13900139000"], "role": ["buyer", "user"]})
    result, ledger = protected(there, table)
    assert list(result.cells) == ["name", "s1", "role"]
    assert [(s.column, s.kind, s.count) for s in result.suspects] == [("name", "name", 2), ("s1", "phone", 2)]
    assert ledger == []
    assert "look personal but are used or kept: name (name), s1 (phone)" in result.notes[0]


def test_what_the_study_says_of_privacy(study: Study) -> None:
    plan = PrivacyPlan(drop=("plan", "Quelle"), hash=("IP",), keep=("phone",))
    there = replace(study, privacy=plan, columns={"s2": ColumnMap("s2", ("Quelle",))})
    table = raw({"plan": ["a"], "IP": ["10.20.30.40"], "phone": ["x"], "s1": ["1"], "s2": ["2"]})
    result, ledger = protected(there, table)
    assert list(result.cells) == ["IP", "phone", "s1"]
    assert re.fullmatch(r"[0-9a-f]{16}", result.cells["IP"].iloc[0])
    assert [s.column for s in result.suspects] == ["phone"]
    assert [row[:2] for row in ledger] == [
        ["personal_dropped", "plan"], ["personal_hashed", "IP"], ["personal_dropped", "s2"],
    ]  # fmt: skip


def test_respondents_are_always_hashed(study: Study) -> None:
    table = raw({"guest": ["anna@example.com", "", "ａnna@example.com", "bob"], "s1": ["1"] * 4})
    result, ledger = protected(study, table)
    hashes = list(result.cells["guest"])
    message = f"{study.id}\0anna@example.com".encode()
    assert hashes[0] == hashes[2] == hmac.new(KEY.encode(), message, hashlib.sha256).hexdigest()[:16]
    assert (hashes[1], len(set(hashes))) == ("", 3)
    assert ledger == [["personal_hashed", "guest", 3, "hashed"]]
    by_tool = raw({"token": ["t1"], "s1": ["1"]}, roles={"respondent": "token"}, personal=("token",))
    assert re.fullmatch(r"[0-9a-f]{16}", protected(study, by_tool)[0].cells["token"].iloc[0])


def test_a_random_key_links_nothing(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CSAT_HASH_KEY")
    table = raw({"guest": ["anna", "bob", "anna"], "s1": ["1"] * 3})
    (one, _), (other, _) = protected(study, table), protected(study, table)
    assert one.cells["guest"].nunique() == 2
    assert set(one.cells["guest"]).isdisjoint(other.cells["guest"])
    assert not one.lasting


def test_the_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_OF_TEST", KEY)
    key = key_from("KEY_OF_TEST")
    assert KEY not in repr(key) + str(key)
    with pytest.raises(TypeError, match="does not leave"):
        pickle.dumps(key)
    with pytest.raises(TypeError, match="does not leave"):
        copy.deepcopy(key)
    monkeypatch.setenv("KEY_OF_TEST", "short-secret")
    with pytest.raises(DataError, match="KEY_OF_TEST is shorter than 16") as caught:
        key_from("KEY_OF_TEST")
    assert "short-secret" not in str(caught.value)


def test_hashes_differ_between_studies(study: Study) -> None:
    table = raw({"guest": ["anna"], "s1": ["1"]})
    other = replace(study, id="other")
    assert (
        protected(study, table)[0].cells["guest"].iloc[0] != protected(other, table)[0].cells["guest"].iloc[0]
    )


def test_open_answers_are_scrubbed(study: Study) -> None:
    table = raw(
        {"story": ["打13800138000", "很好", ""], "kinds_other_text": ["a@example.com came late", "", ""]}
    )
    result, ledger = protected(study, table)
    assert list(result.cells["story"]) == ["打[phone]", "很好", ""]
    assert list(result.cells["kinds_other_text"]) == ["[email] came late", "", ""]
    assert ledger == [
        ["text_scrubbed", "story", 1, "scrubbed"],
        ["text_scrubbed", "kinds_other_text", 1, "scrubbed"],
    ]


def test_open_questions_that_are_personal_as_a_whole(study: Study) -> None:
    table = raw({"mail": ["anna at home", "", "b@example.com"]})  # its question is marked as personal
    result, ledger = protected(study, table)
    assert list(result.cells["mail"]) == ["[email]", "", "[email]"]
    assert ledger == [["personal_dropped", "mail", 2, "dropped"]]


def test_names_of_columns_without_a_header_are_not_told(study: Study) -> None:
    result, ledger = protected(study, raw({"a@example.com": ["b@example.com"], "s1": ["1"]}))
    assert list(result.cells) == ["s1"]
    assert ledger == [["personal_dropped", "[email]", 1, "dropped"]]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ('[privacy]\nkey_env = "my secret!"', "not the name of an environment variable"),
        ('[privacy]\ndrop = ["a"]\nkeep = ["a"]', 'column "a" is listed under keep, too'),
    ],
)
def test_study_side(told: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=wrong) as caught:
        load_study(write_full_study(tmp_path / "guests", full_toml() + told))
    assert "my secret!" not in str(caught.value)


@cache
def study_at(folder: Path) -> Study:
    """Study of every type, loaded once."""
    return load_study(write_full_study(folder))


CELLS = st.lists(st.text(max_size=30), min_size=1, max_size=8)


@settings(max_examples=50)
@given(data=st.data())
def test_protect_keeps_rows_and_never_fails(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    study = study_at(tmp_path_factory.getbasetemp() / "same")
    cells = data.draw(CELLS)
    name = data.draw(st.sampled_from(["story", "guest", "s1", "x", "IP", "mail"]))
    table = raw({name: cells, "role": ["buyer"] * len(cells)})
    result = protect(study, table, Ledger())
    assert list(result.cells.index) == list(table.cells.index)
    assert list(result.cells["role"]) == ["buyer"] * len(cells)
