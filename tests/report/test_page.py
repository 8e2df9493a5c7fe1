"""Tables, sentences and results that a notebook makes through its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import report_sample
from bs4 import BeautifulSoup
from csat.errors import CsatError
from csat.report import Page, open_page, tables
from csat.report.language import Catalogue
from csat.report.results import ResultError
from csat.study.definition import Study

TIDY = ["metric", "subject", "estimate", "ci_low", "ci_high", "n", "method"]


class Words(Catalogue):
    """Catalogue that also holds the sample's sentences."""

    def find(self, key: str) -> str | None:
        found = super().find(key)
        return report_sample.WORDS[self.lang].get(key.rpartition(".")[2]) if found is None else found


class Shown(Page):
    """Page that keeps what it shows."""

    def html(self, fragment: str) -> None:
        self.__dict__.setdefault("seen", []).append(fragment)

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup("".join(self.__dict__.get("seen", [])), "html.parser")


@pytest.fixture(params=["en", "zh"])
def page(request: pytest.FixtureRequest, study: Study, tmp_path: Path) -> Shown:
    opened = open_page("02_measurement", study=study, lang=request.param, out=tmp_path, n=120, seed=1)
    return Shown(opened.context, opened.out, Words(request.param, "measurement"))


def tidy(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=TIDY)


def cells(page: Shown) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.soup.find_all("tr")]


def test_metrics_table(page: Shown) -> None:
    frame = tidy(
        ("alpha", "Quality", 0.7123, 0.65, 0.77, 120, "raw"),
        ("cfa_df", "Quality", 12.0, np.nan, np.nan, 120, "raw"),
        ("alpha", "Quality→q1", -0.0001, -0.2, 0.1, 119, "raw"),
    )
    page.metrics("x", frame, digits={"cfa_df": "n"}, worst="α", extra={"verdict": {"Quality": "<i>"}})
    rows = cells(page)
    label = page.label("Quality")
    assert "<script>" in label
    assert rows[1] == [label, "0.71 (0.65–0.77)", "12", "120", "<i>"]
    assert rows[2][0] == f"{label} → {page.label('q1')}"
    assert rows[2][1].startswith("0.00 (−0.20")
    assert rows[2][2] == "–"
    assert page.soup.find("script") is None
    assert page.soup.find("i") is None


def test_tables_are_semantic(page: Shown) -> None:
    page.table("x", pd.DataFrame({"item": ["q1"], "mean": [3.14159], "n": [1200]}), worst="α")
    page.matrix("x", pd.DataFrame(np.eye(2), index=["Quality", "s1"], columns=["Quality", "s1"]), worst="α")
    for table in page.soup.find_all("table"):
        assert table.caption.get_text()
        assert {head["scope"] for head in table.thead.find_all("th")} == {"col"}
        assert all(head.get_text().strip() for head in table.find_all("th"))
        assert all(row.find("th")["scope"] == "row" for row in table.tbody.find_all("tr"))
    regions = page.soup.find_all(attrs={"role": "region"})
    assert [region["tabindex"] for region in regions] == ["0", "0"]
    assert all(region["aria-label"] for region in regions)
    assert cells(page)[1][1:] == ["3.14", "1,200"]
    assert [cell.get_text() for cell in page.soup.find_all(class_="num")][2:4] == ["3.14", "1,200"]


def test_empty_frames_become_a_sentence(page: Shown) -> None:
    page.table("x", None)
    page.table("x", pd.DataFrame())
    page.metrics("x", tidy())
    page.metrics("x", tidy(("alpha", "Quality", 1, 1, 1, 99, "")), metrics=("omega",))
    page.matrix("x", None)
    page.figure("x", None)
    assert [p["class"] for p in page.soup.find_all("p")] == [["absent"]] * 6


def test_small_bases_are_not_shown_and_not_kept(page: Shown) -> None:
    kept = page.record(
        tidy(("top_box", "q1", 0.5, 0.2, 0.8, 9, ""), ("top_box", "q2", 0.5, 0.4, 0.6, 90, ""))
    )
    page.metrics("x", kept, worst="α")
    assert cells(page)[1][1] == "n < 10"
    page.finish()
    written = pd.read_csv(page.out / "02_measurement.metrics.csv")
    assert written["estimate"].isna().tolist() == [True, False]
    assert written["n"].tolist() == [9, 90]


def test_two_estimates_in_one_cell_are_refused(page: Shown) -> None:
    with pytest.raises(ResultError, match="two estimates of alpha for 'Quality'"):
        page.metrics(
            "x", tidy(("alpha", "Quality", 0.7, 0, 1, 99, "a"), ("alpha", "Quality", 0.8, 0, 1, 99, "b"))
        )


def test_unknown_heads_and_formats_are_named(page: Shown) -> None:
    with pytest.raises(CsatError, match=r"col\.nonsense"):
        page.table("x", pd.DataFrame({"nonsense": ["a"]}), worst="α")
    with pytest.raises(ValueError, match="No cell format 'furlongs'"):
        page.table("x", pd.DataFrame({"mean": [1.0]}), formats={"mean": "furlongs"}, worst="α")
    with pytest.raises(ValueError, match="needs a head"):
        tables.render((tables.Column(" ", ("a",)),), "caption")


def test_text_is_escaped(page: Shown) -> None:
    nasty = report_sample.NASTY
    page.say("x.sentence", worst=nasty)
    page.note("x.sentence", worst=nasty)
    page.warn("x.warning", worst=nasty)
    page.bullets([("x.sentence", {"worst": nasty})])
    page.heading("x.sentence", worst=nasty)
    assert page.soup.find("script") is None
    assert page.soup.get_text().count(nasty) == 5
    assert nasty in page.warnings[0]
    assert [box["role"] for box in page.soup.find_all("div")] == ["note", "note"]


def test_labels(page: Shown) -> None:
    assert page.label("nothing") == "nothing"
    assert page.subject("Quality~Loyalty") == f"{page.label('Quality')} ~ {page.label('Loyalty')}"
    assert page.subject("Quality→Satisfaction→Loyalty").count(" → ") == 2
    assert page.label("plan=b").endswith({"en": "Some", "zh": "有"}[page.lang])


def test_results_are_written_last_and_in_full(page: Shown) -> None:
    frame = tidy(("alpha", "Quality", 2 / 3, np.nan, np.nan, 120, "raw"))
    page.record(frame)
    page.record(frame)
    page.warn("x.warning", worst="α")
    page.finish()
    table = pd.read_csv(page.out / "02_measurement.metrics.csv", keep_default_na=False)
    assert list(table) == ["study", "wave", "segment", "notebook", *TIDY]
    assert table.shape[0] == 1
    assert str(table["estimate"].iloc[0]) == "0.666666666667"  # twelve significant digits
    told = json.loads((page.out / "02_measurement.results.json").read_text("utf-8"))
    assert told["done"] is True
    assert (told["study"], told["wave"], told["n"], told["rows"]) == ("sample", "2026-10", 120, 1)
    assert len(told["warnings"]) == 1
    assert not list(page.out.glob(".*"))


def test_conflicting_and_incomplete_results_are_refused(page: Shown) -> None:
    with pytest.raises(ResultError, match="missing: n, method"):
        page.record(tidy().drop(columns=["n", "method"]))
    page.record(tidy(("alpha", "Quality", 0.7, 0, 1, 99, "raw")))
    page.record(tidy(("alpha", "Quality", 0.8, 0, 1, 99, "raw")))
    with pytest.raises(ResultError, match="alpha of 'Quality'"):
        page.finish()
    assert not (page.out / "02_measurement.results.json").exists()


def test_a_page_without_results_still_finishes(page: Shown) -> None:
    page.finish()
    assert (
        (page.out / "02_measurement.metrics.csv").read_text("utf-8").startswith("study,wave,segment,notebook")
    )


def test_opening_again_forgets_old_results(page: Shown, study: Study) -> None:
    page.finish()
    open_page("02_measurement", study=study, lang=page.lang, out=page.out)
    assert not (page.out / "02_measurement.results.json").exists()


def test_opening_needs_a_study_that_speaks_the_language(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CsatError, match='no language "fr"'):
        open_page("02_measurement", study=study, lang="fr", out=tmp_path)
    with pytest.raises(CsatError, match="study or answers"):
        open_page("02_measurement", out=tmp_path)
