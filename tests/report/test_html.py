"""The published page: one language, no code, ordered headings, the same bytes twice."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
import report_sample
from bs4 import BeautifulSoup
from csat.report.frame import Entry, outline, published_name, slug
from csat.report.html import ExportError, export_html, notebook_body
from csat.study import load_study

BOOKS = ("02_measurement",)


@pytest.fixture(scope="module")
def pages(sample_wave: Path) -> dict[str, BeautifulSoup]:
    names = {"en": "02_measurement.html", "zh": "02_measurement.zh.html"}
    return {
        lang: BeautifulSoup((sample_wave / name).read_text("utf-8"), "html.parser")
        for lang, name in names.items()
    }


def test_page_has_what_a_reader_needs(pages: dict[str, BeautifulSoup]) -> None:
    for lang, page in pages.items():
        assert page.html["lang"] == {"en": "en", "zh": "zh-Hans"}[lang]
        assert page.find("meta", attrs={"name": "viewport"})
        assert len(page.find_all("h1")) == len(page.find_all("main")) == len(page.find_all("footer")) == 1
        assert page.body.a["href"] == "#report"
        assert page.find(class_="simulated").get_text(strip=True)
    assert (
        pages["en"].title.get_text()
        == "Measurement of the sample – Sample study <b>&</b> {brace}, Wave 2026-10"
    )
    assert pages["zh"].h1.get_text() == "示例的测量质量"


def test_only_one_language_is_on_a_page(pages: dict[str, BeautifulSoup]) -> None:
    assert "What came in" in pages["en"].get_text()
    assert "收回情况" not in pages["en"].get_text()
    assert "What came in" not in pages["zh"].get_text()
    links = pages["en"].find("nav", class_="languages").find_all("a")
    assert [(link["href"], link["hreflang"]) for link in links] == [("02_measurement.zh.html", "zh-Hans")]


def test_contents_lead_to_headings(pages: dict[str, BeautifulSoup]) -> None:
    contents = pages["en"].find("nav", class_="wide").find_all("a")
    assert [link.get_text() for link in contents] == [
        "In one page",
        "What came in",
        "Figures",
        "Of every form",
        "Figures",
    ]
    assert [link["href"] for link in contents][2:] == ["#figures", "#of-every-form", "#figures-2"]
    assert all(pages["en"].find(id=link["href"][1:]) for link in contents)


def test_no_code_prompt_or_stderr(pages: dict[str, BeautifulSoup]) -> None:
    for page in pages.values():
        text = page.get_text()
        for trace in (
            "import numpy",
            "In [",
            "Out[",
            "a warning to nobody",
            "careful",
            "key numbers",
            "seed = 1",
        ):
            assert trace not in text
        assert page.find("script") is None
        assert [pre.get_text() for pre in page.find_all("pre")] == [
            "plain <output> & more\n",
            "'<plain> result'",
        ]
        alts = [image["alt"] for image in page.find_all("img")]
        assert len(alts) == 8
        assert all(alts)


def test_footer_tells_what_it_rests_on(pages: dict[str, BeautifulSoup]) -> None:
    facts = pages["en"].footer.dl.get_text(" ", strip=True)
    for text in ("120", "500", "percentile", "All respondents", "numpy", "Made up for tests"):
        assert text in facts


def test_nothing_leaves_the_page(sample_wave: Path) -> None:
    raw = (sample_wave / "02_measurement.html").read_text("utf-8")
    for element in BeautifulSoup(raw, "html.parser").find_all(src=True):
        assert element["src"].startswith("data:image/")
    assert not re.findall(r"@import|url\((?!data:)", raw)
    assert len(raw.encode()) < 1_500_000


def test_two_exports_are_the_same_bytes(sample: Path, sample_wave: Path) -> None:
    study = load_study(sample / "sample")
    for lang in study.languages:
        executed = sample / "work" / f"02_measurement.{lang}.ipynb"
        results = sample / "work" / lang / "02_measurement.results.json"
        page = export_html(executed, study, lang, results, notebooks=BOOKS)
        published = sample_wave / published_name("02_measurement", lang, study.languages)
        assert page == published.read_text("utf-8")
        ids = [cell["id"] for cell in nbformat.read(executed, 4).cells]
        assert not [name for name in ids if name in page]


def test_a_failed_cell_is_never_published(tmp_path: Path) -> None:
    from nbformat import v4

    error = v4.new_output("error", ename="ValueError", evalue="secret", traceback=["x"])
    path = tmp_path / "02_measurement.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("1/0", outputs=[error])]), path)
    with pytest.raises(ExportError, match="cell 0 failed"):
        notebook_body(path, "en")


def test_a_page_of_one_language_has_no_twin(sample: Path) -> None:
    study = load_study(sample / "sample")
    page = export_html(sample / "work" / "02_measurement.en.ipynb", study, "en", languages=("en",))
    assert 'class="languages"' not in page


def test_outline_orders_headings() -> None:
    body, heading, contents = outline(
        "<h1 id='x'>Title <em>&amp; more</em></h1><h4>Deep</h4><h2>Same</h2><h2 class='a'>Same</h2>"
        "<h1>Second</h1><h3 id='own'>Own</h3><h3 data-contents=\"no\">Silent</h3>"
    )
    assert heading == "Title & more"
    assert contents == (
        Entry(2, "deep", "Deep"),
        Entry(2, "same", "Same"),
        Entry(2, "same-2", "Same"),
        Entry(2, "second", "Second"),
        Entry(3, "own", "Own"),
    )
    assert "data-contents" not in body
    assert "<h2 id=\"same-2\" class='a'>Same</h2>" in body
    assert '<h3 id="silent">Silent</h3>' in body


@pytest.mark.parametrize(
    ("text", "name"), [("What came in?", "what-came-in"), ("满意 ≠ 忠诚", "满意-忠诚"), ("?!", "section")]
)
def test_slug(text: str, name: str) -> None:
    assert slug(text) == name


def test_sample_words_are_bilingual() -> None:
    assert set(report_sample.WORDS["en"]) == set(report_sample.WORDS["zh"])
