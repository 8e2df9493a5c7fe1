"""The gate refuses what must not be published, and lets through what may."""

from __future__ import annotations

from pathlib import Path

import pytest
from csat.report.gate import check_folder, check_html
from csat.report.gate_rules import MAX_BYTES
from csat.report.markup import parse
from csat.study import load_study
from csat.study.definition import Study

PAGE = """<!DOCTYPE html><html lang="{lang}"><head><title>t</title>
<meta name="viewport" content="width=device-width"></head>
<body><header><h1>Title</h1></header><main>{body}</main><footer>f</footer></body></html>"""


def rules(body: str, lang: str = "en", study: Study | None = None) -> set[str]:
    return {finding.rule for finding in check_html(PAGE.format(lang=lang, body=body), study)}


def test_a_good_wave_passes(sample: Path, sample_wave: Path) -> None:
    study = load_study(sample / "sample")
    assert check_folder(sample_wave, study) == []
    assert check_folder(sample_wave, study, ("en", "zh")) == []
    assert check_html(PAGE.format(lang="en", body="<p>fine</p>")) == []


TABLE = "<table><caption>c</caption><tr>{}</tr></table>"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<img src='data:image/png;base64,AA=='>", "image"),
        ("<img src='data:image/png;base64,AA==' alt=' '>", "image"),
        ("<svg></svg>", "image"),
        ("<figure><figcaption> </figcaption></figure>", "figure"),
        ("<table><tr><th scope='col'>a</th></tr></table>", "table"),
        (TABLE.format("<th>a</th>"), "table"),
        (TABLE.format("<td>a</td>"), "table"),
        (TABLE.format("<th scope='col'></th><td>a</td>"), "table"),
        (TABLE.format("<th scope='row'>a</th><td>nan</td>"), "value"),
        (TABLE.format("<th scope='row'>a</th><td>None</td>"), "value"),
        (TABLE.format("<th scope='row'>a</th><td>-0.00</td>"), "value"),
        (TABLE.format("<th scope='row'>a</th><td>0.71 (nan–nan)</td>"), "value"),
        ("<p>alpha is nan here</p>", "value"),
        ("<p>alpha (None, n = 12)</p>", "value"),
        ("<p>changed by −0.0</p>", "value"),
        ("<img src='data:image/png;base64,AA==' alt='mean NaN'>", "value"),
        ("<script>1</script>", "script"),
        ("<p onclick='x()'>a</p>", "script"),
        ("<a href='java\nscript:x()'>a</a>", "script"),
        ("<style>@import 'x.css'</style>", "script"),
        ("<style>p{background:url(x.png)}</style>", "script"),
        ("<link rel='stylesheet' href='x.css'>", "script"),
        ("<meta http-equiv='refresh' content='1'>", "script"),
        ("<iframe></iframe>", "script"),
        ("<p>see https://example.org/x</p>", "address"),
        ("<a href='//example.org'>x</a>", "address"),
        ("<img alt='a' src='http://example.org/a.png'>", "address"),
        ("<pre>Traceback (most recent call last):</pre>", "machine"),
        ("<pre>FutureWarning: old</pre>", "machine"),
        ("<pre>/home/somebody/csat/x.csv</pre>", "machine"),
        (r"<pre>C:\Users\me\x.csv</pre>", "machine"),
        ("<p>reliability.caption</p>", "sentence"),
        ("<p>The mean is {mean:.2f}</p>", "sentence"),
        ("<p id='a'></p><p id='a'></p>", "id"),
        ("<a href='#nowhere'>x</a>", "id"),
        ("<p aria-labelledby='nowhere'>x</p>", "id"),
        ("<h1>again</h1>", "heading"),
        ("<h3>skips one</h3>", "heading"),
        ("<h2> </h2>", "heading"),
        ("<main>twice</main>", "structure"),
        ("<p>" + "x" * (MAX_BYTES + 1) + "</p>", "size"),
    ],
)
def test_refusal(body: str, rule: str) -> None:
    assert rule in rules(body)


@pytest.mark.parametrize(
    "body",
    [
        "<p>None of the 7 scales is weak.</p>",
        "<p>Nana’s 0–100 index rose by −0.05, from 0.00</p>",
        "<p>inform and/or ask: 10/20</p>",
        "<h2>a</h2><h3>b</h3><h2>c</h2>",
        TABLE.format("<th scope='row'>a</th><td>–</td>"),
    ],
)
def test_no_false_alarm(body: str) -> None:
    assert rules(body) == set()


def test_language_must_be_told_and_spoken() -> None:
    long = "This is a whole English sentence that nobody has translated yet."
    assert rules("", lang="") == {"language"}
    assert rules(f"<p>{long}</p>", lang="zh-Hans") == {"language"}
    assert (
        rules("<p>克朗巴哈 Cronbach alpha is a measure of how well items agree 信度</p>", lang="zh-Hans")
        == set()
    )
    assert {f.rule for f in check_html(PAGE.format(lang="en", body=""), lang="zh")} == {"language"}


def test_texts_of_the_study(study: Study) -> None:
    assert "escaping" in rules("<p>Quality <script>alert('x')</script></p>", study=study)
    assert "escaping" in rules("<p>None <i>at all</i></p>", study=study)
    assert rules("<p>First &lt;script&gt;, None &lt;i&gt;at all&lt;/i&gt; {brace}</p>", study=study) == set()
    assert rules("<p>see https://example.org/made-up</p>", study=study) == set()
    assert "address" in rules("<p>see https://example.org/elsewhere</p>", study=study)


def test_links_stay_in_the_folder(tmp_path: Path) -> None:
    page = tmp_path / "wave" / "index.html"
    page.parent.mkdir()
    (tmp_path / "other.html").write_text("x")
    good = (
        "<a href='index.html#a' id='a'>1</a><a href='../../index.zh.html'>2</a><a href='manifest.json'>3</a>"
    )
    page.write_text(PAGE.format(lang="en", body=good))
    assert check_folder(page.parent) == []
    bad = "".join(
        f"<a href='{href}'>x</a>" for href in ("../other.html", "absent.html", "mailto:a@b.c", "/etc/hosts")
    )
    page.write_text(PAGE.format(lang="en", body=bad))
    assert [finding.rule for finding in check_folder(page.parent)] == ["link"] * 4


def test_a_folder_needs_a_first_page(tmp_path: Path) -> None:
    assert [str(finding) for finding in check_folder(tmp_path)] == [
        "index.html: missing: the folder has no first page"
    ]


def test_a_report_in_the_wrong_language_is_refused(sample: Path, sample_wave: Path, tmp_path: Path) -> None:
    study = load_study(sample / "sample")
    (tmp_path / "index.html").write_text((sample_wave / "index.zh.html").read_text("utf-8"), "utf-8")
    assert "language" in {finding.rule for finding in check_folder(tmp_path, study)}


def test_parser_forgives_like_a_browser() -> None:
    root = parse("<ul><li>a<li>b</ul></b><p>c &amp; d<br>e")
    assert root.text == "a b c & d e"
    assert [element.tag for element in root.walk()][:3] == ["#document", "ul", "li"]
