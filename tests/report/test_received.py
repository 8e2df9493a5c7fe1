"""What came in, on the page: flow of rows, findings, missing answers, response rates, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat.data import load_answers
from csat.data.answers import Answers
from csat.report import measurement as m
from csat.report.measurement.intake import rows_in_words
from csat.report.measurement.received import MOST_FINDINGS, differs, finding_table, flow_steps
from csat.report.page import Page, open_page
from csat.study import load_study
from study_files import ITEMS, TOML, answers_frame, write_answers, write_study

QUESTIONS = """id,type,options,relevant,required,label_en,label_zh,text_en,text_zh
trouble,single,yesno,,yes,Trouble,问题,Any trouble?,有问题吗？
kind,multiple,kinds,trouble = yes,,Kind of trouble,问题种类,What kind?,什么问题？
"""
PARTS = """
[options.yesno]
yes = { en = "Yes", zh = "是" }
no = { en = "No", zh = "否" }
[options.kinds]
late = { en = "Late", zh = "迟到" }
none = { en = "None", zh = "没有", exclusive = true }
[sample]
path = "sample.csv"
column = "result"
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    frame = answers_frame(140).assign(trouble="no", kind_late="", kind_none="").astype(object)
    own = frame.index[frame["month"] == "2026-10"]
    frame.loc[own[:30], ["trouble", "kind_late", "kind_none"]] = ["yes", "1", "0"]
    frame.loc[own[3], "kind_none"] = "1"
    frame.loc[own[40], "kind_late"] = "1"
    frame.loc[own[41], "trouble"] = "perhaps"
    frame.loc[own[50:60], "s2"] = ""
    frame.loc[own[55:58], "l1"] = ""
    frame.loc[own[70], ["s1", "s2", "s3", "l1", "l2", "l3"]] = ""
    folder = write_study(tmp_path_factory.mktemp("received") / "guests", TOML + PARTS, ITEMS)
    (folder / "questions.csv").write_text(QUESTIONS, encoding="utf-8")
    pd.DataFrame({"result": ["1.1"] * 60 + ["2.1"] * 30 + ["3.2"] * 20 + ["4"] * 10}).to_csv(
        folder / "sample.csv", index=False
    )
    write_answers(folder, frame)
    return load_answers(load_study(folder), "2026-10")


def shown(
    answers: Answers, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Page, BeautifulSoup]:
    """Show the sections and give the page with what stands on it."""
    fragments: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: fragments.append(fragment))
    page = open_page("02_measurement", answers=answers, lang=lang, out=str(tmp_path), replicates=0, seed=1)
    m.show_flow(page, answers)
    m.show_response(page, answers)
    m.show_findings(page, answers)
    m.show_gaps(page, answers)
    page.finish()
    return page, BeautifulSoup("\n".join(fragments), "html.parser")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_section_is_shown(
    answers: Answers, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, soup = shown(answers, lang, tmp_path, monkeypatch)
    figures = soup.find_all("figure")
    assert len(figures) == 2
    captions = [
        page.t(f"{key}.caption") for key in ("response.cases", "response.rates", "finding", "gaps.items")
    ]
    captions += [page.t(f"{key}.caption") for key in ("gaps.paths", "treatment")]
    text = soup.get_text(" ")
    for caption in captions:
        assert caption in text
    assert "Little" in text
    assert {"en": "Kind of trouble", "zh": "问题种类"}[lang] in text


def test_the_flow_adds_up(answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, soup = shown(answers, "en", tmp_path, monkeypatch)
    start, aside, end = flow_steps(page, answers)
    assert start[1] - sum(count for _, count in aside) == end[1] == answers.n
    assert [count for _, count in aside] == [46, 1]
    assert "Rows of other waves, set aside: 46" in str(soup)  # in the words for who cannot see the figure


def test_findings_are_told_in_words(
    answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, soup = shown(answers, "en", tmp_path, monkeypatch)
    table = finding_table(page, answers).set_index("finding")
    assert table.loc["Answered, though not asked", "where"] == "Kind of trouble"
    assert table.loc["Exclusive option chosen with others", "count"] == 1
    assert table.loc["Code that the questionnaire does not have", "where"] == "Trouble"
    assert "perhaps" not in soup.get_text()
    assert len(table) <= MOST_FINDINGS


@pytest.mark.parametrize(("lang", "told"), [("en", "3, 4 and 9 more"), ("zh", "3, 4 等，另有 9 行")])
def test_rows_are_told_in_the_language_of_the_page(
    lang: str, told: str, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = shown(answers, lang, tmp_path, monkeypatch)
    assert [rows_in_words(page, rows) for rows in ("3, 4 and 9 more", "3, 4", "")] == [told, "3, 4", ""]


def test_what_is_recorded(answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(answers, "en", tmp_path, monkeypatch)
    rows = pd.read_csv(tmp_path / "02_measurement.metrics.csv").set_index(["metric", "subject"])["estimate"]
    assert rows["response_rate", "RR1"] == pytest.approx(60 / 110)
    assert rows["response_rate", "RR3"] == pytest.approx(60 / (90 + 0.9 * 20))
    assert rows["missing_not_answered", "s2"] == 10
    assert rows["missing_not_asked", "kind"] == answers.n - 31
    assert rows["mcar_df", "items"] > 0
    assert np.isfinite(rows["alpha_em", "Sat"])
    assert rows["contract_finding_count", "warning"] == (answers.findings["severity"] == "warning").sum()


def test_a_clean_wave_has_little_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, soup = shown(load_answers(load_study("mobile_ecsi")), "en", tmp_path, monkeypatch)
    assert not soup.find_all("figure")
    assert "nothing was found" in soup.get_text()
    assert "Missing answers" not in soup.get_text()


def test_ledger_and_findings_stand_beside_the_page_as_data(
    answers: Answers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = open_page("02_measurement", answers=answers, out=tmp_path)
    m.keep_intake(page, answers)
    for kind, table in (("ledger", answers.ledger), ("findings", answers.findings)):
        found = pd.read_csv(
            tmp_path / "exports" / f"{answers.study.id}_{answers.wave}.{kind}.csv", encoding="utf-8-sig"
        )
        assert found["rule"].tolist() == table["rule"].tolist()
        assert found["count"].tolist() == table["count"].tolist()


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "60 people gave a complete or partial answer, but 93 answers came in"),
        ("zh", "标为完成或部分完成的有 60 人，而本期收到的答卷为 93 份"),
    ],
)
def test_a_sample_file_that_does_not_fit_the_answers_is_warned_of(
    lang: str, told: str, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, soup = shown(answers, lang, tmp_path, monkeypatch)
    boxes = [box.get_text(" ") for box in soup.find_all("div", class_="warning")]
    assert sum(told in box for box in boxes) == 1
    assert sum(told in warning for warning in page.warnings) == 1


def test_a_sample_file_may_be_a_little_apart() -> None:
    far = [differs(430, 380), differs(380, 430), differs(100, 97), differs(0, 3)]
    near = [differs(380, 380), differs(430, 422), differs(100, 98), differs(20, 18)]
    assert all(far) and not any(near)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_columns_dropped_as_personal_are_not_listed_as_left_out(
    lang: str, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = ["personal_dropped", "personal_hashed"]
    personal = pd.DataFrame({"rule": told, "item": ["IPAddress", "member"], "count": 5, "action": "dropped"})
    fragments: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: fragments.append(fragment))
    columns = ("IPAddress", "remark", "member")
    some = replace(answers, unknown_columns=columns, ledger=pd.concat([answers.ledger, personal]))
    page = open_page("02_measurement", answers=some, lang=lang, out=tmp_path)
    m.show_unmapped(page, some)
    assert "remark" in fragments[0] and "IPAddress" not in fragments[0] and "member" not in fragments[0]
    fragments.clear()
    m.show_unmapped(page, replace(some, unknown_columns=("IPAddress", "member")))
    assert fragments == []
