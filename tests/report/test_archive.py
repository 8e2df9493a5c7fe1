"""First pages of waves and of all studies, and the executives' page one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import report_sample
from bs4 import BeautifulSoup
from csat.report.archive import build_reports_index, build_wave_index, read_card
from csat.report.executive import Action, Driver, ExecutivePage, KeyFigure, Quality, render
from csat.report.gate import check_html
from csat.report.language import Catalogue
from csat.study.definition import Study

NASTY = report_sample.NASTY


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def publish(
    root: Path, study: Study, wave: str, segment: str = "", langs: tuple[str, ...] = ("en", "zh")
) -> Path:
    """Wave with nothing but its first page."""
    folder = root / study.id / (f"{wave}~{segment}" if segment else wave)
    work = {}
    for lang in langs:
        work[lang] = root / ".work" / lang
        work[lang].mkdir(parents=True, exist_ok=True)
        told = {"wave": wave, "segment": segment, "n": 120, "fragments": {}}
        (work[lang] / "02_measurement.results.json").write_text(json.dumps(told))
    folder.mkdir(parents=True)
    build_wave_index(folder, study, work)
    return folder


def test_wave_index_begins_with_page_one(sample_wave: Path) -> None:
    page = soup(sample_wave / "index.html")
    assert page.find(class_="verdict").get_text().startswith("Customers are satisfied")
    assert page.h1.get_text() == "Sample study <b>&</b> {brace}"
    links = [link["href"] for link in page.main.find_all("a")]
    assert links == ["02_measurement.html", "metrics.csv", "metrics.parquet", "manifest.json"]
    chinese = soup(sample_wave / "index.zh.html")
    assert chinese.main.a["href"] == "02_measurement.zh.html"
    assert chinese.find("nav", class_="languages").a["href"] == "index.html"


def test_reports_index_lists_the_latest_wave_first(tmp_path: Path, study: Study) -> None:
    months = replace(study, waves=())
    for wave in ("2026-2", "2026-10", "2026-9"):
        publish(tmp_path, months, wave)
    publish(tmp_path, months, "2026-10", "plan=a")
    publish(tmp_path, replace(study, id="another", simulated=False), "pilot", langs=("zh",))
    (tmp_path / ".staging" / "x").mkdir(parents=True)
    (tmp_path / ".staging" / "x" / "index.html").write_text("half a page")
    (tmp_path / "sample" / "notes").mkdir()
    (tmp_path / "sample" / "notes" / "index.html").write_text("something else")
    assert [path.name for path in build_reports_index(tmp_path)] == ["index.html", "index.zh.html"]
    page = soup(tmp_path / "index.html")
    links = [link["href"] for link in page.main.find_all("a")]
    assert links == [
        "another/pilot/index.html",
        "sample/2026-10/index.html",
        "sample/2026-10~plan%3Da/index.html",
        "sample/2026-9/index.html",
        "sample/2026-2/index.html",
    ]
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.find_all("tr")]
    assert rows[1] == ["pilot latest", "120", "中文"] or rows[1][1:] == ["120", "中文"]
    assert rows[3][1:] == ["120", "English and 中文"]
    assert "None <i>at all</i>" in rows[4][0]
    assert soup(tmp_path / "index.zh.html").main.find_all("a")[1]["href"] == "sample/2026-10/index.zh.html"
    for path in tmp_path.glob("*.html"):
        assert check_html(path, study, "zh" if ".zh." in path.name else "en") == []


def test_reports_index_is_the_same_bytes_and_works_when_empty(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in build_reports_index(tmp_path)]
    assert first == [path.read_bytes() for path in build_reports_index(tmp_path)]
    assert "No report has been published yet." in soup(tmp_path / "index.html").get_text()


def test_named_waves_keep_the_order_of_the_study(tmp_path: Path, study: Study) -> None:
    waves = tuple(replace(study.waves[0], id=name) for name in ("pilot", "main", "after"))
    named = replace(study, waves=waves, wave_naming="label")
    for wave in waves:
        publish(tmp_path, named, wave.id)
    build_reports_index(tmp_path)
    links = [link["href"] for link in soup(tmp_path / "index.html").main.find_all("a")]
    assert links == ["sample/after/index.html", "sample/main/index.html", "sample/pilot/index.html"]


def test_card_survives_any_title(tmp_path: Path, study: Study) -> None:
    folder = publish(tmp_path, study, "2026-10", "plan=a")
    card = read_card(folder / "index.html")
    assert card is not None
    assert card.title == dict(study.title)
    assert (card.n, card.segment, card.languages, card.simulated) == (120, "plan=a", ("en", "zh"), True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_one(lang: str) -> None:
    page = ExecutivePage(
        verdict=NASTY,
        figures=(
            KeyFigure(NASTY, 31.4, 26.2, 36.1, 1250, unit="%", target=NASTY, badge="signal", note=NASTY),
            KeyFigure("b", -0.04, -0.2, 0.1, 120, digits=1),
            KeyFigure("c", float("nan")),
        ),
        drivers=(Driver(NASTY, "31% (24–38)", "68", note=NASTY),),
        action=Action(NASTY, gain=NASTY, disproof=NASTY),
        quality=(Quality(NASTY, NASTY, "poor"), Quality("n", "120")),
        drivers_intro=NASTY,
        caveats=(NASTY,),
    )
    made = BeautifulSoup(render(page, Catalogue(lang)), "html.parser")
    assert made.find("script") is None
    assert made.get_text().count(NASTY) == 13
    values = [value.get_text() for value in made.find_all(class_="card-value")]
    assert values[:2] == ["31%", "0.0"]
    assert values[2] == Catalogue(lang).t("executive.absent")
    base = made.find_all(class_="card-base")[0].get_text()
    assert "26–36" in base
    assert "1,250" in base
    assert [heading.name for heading in made.find_all(["h2", "h3"])] == ["h2", "h3", "h3", "h3", "h3"]
    assert made.section["aria-labelledby"] == made.h2["id"]


def test_an_empty_page_one_is_still_a_page() -> None:
    made = render(ExecutivePage("Too few answers.", (), (), None, ()), Catalogue("en"))
    assert "Too few answers." in made
    assert "<h3" not in made
