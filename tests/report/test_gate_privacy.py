"""Nothing personal and no secret gets through the privacy gate in any file; what is neither does."""

from __future__ import annotations

import base64
import json
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from csat.data.table import RawTable
from csat.report.gate_privacy import Guard, check_file, check_privacy, texts_of_files
from csat.report.private_text import hits, scrubbed
from csat.report.respondents import respondents_of
from csat.report.secrets import secrets_of
from csat.study import load_study
from csat.study.definition import Study
from study_files import TOML, write_study

SECRET = "correct-horse-battery"
COMMENT = "The man at gate 7 shouted at my mother"
PAGE = "<!DOCTYPE html><html lang='en'><body><main><p>{}</p></main></body></html>"
ID = "11010519491231002X"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    toml = TOML.replace('en = "Guests"', 'en = "Guests, ask survey@example.org or 13900139000"')
    return load_study(write_study(tmp_path_factory.mktemp("privacy") / "guests", toml))


@pytest.fixture(scope="module")
def guard(study: Study) -> Guard:
    cells = pd.DataFrame(
        {
            "guest": ["R_1a2B3c4D5e", "R_9z8Y7x6W5v", "17"],
            "s1": ["1", "2", "3"],
            "why": [COMMENT, "服务员把汤洒在我身上了", "good"],
            "phone": ["13800138000", "13700137000", ""],
        }
    )
    known = texts_of_files(study)
    respondents = respondents_of(RawTable(cells, "answers.csv", ""), study, known)
    return Guard(study, respondents, {SECRET: "DB_PASSWORD"}, known)


def found(path: Path, guard: Guard, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return "\n".join(check_file(path, guard))


PERSONAL = [
    ("write to jane.doe@mail.example.com", "e-mail", "jane.doe@mail.example.com"),
    ("call 13800138000", "phone number", "13800138000"),
    ("call +86 138-0013-8000!", "phone number", "138-0013-8000"),
    ("电话：13800138000。", "phone number", "13800138000"),
    (f"her id is {ID}.", "identity number", ID),
    ("card 6222 0212 3456 7894", "bank card", "6222 0212 3456 7894"),
    ("from 203.0.113.77 at noon", "address of a computer", "203.0.113.77"),
    ("from 2001:db8::ff00:42:8329", "address of a computer", "2001:db8::ff00:42:8329"),
    ("on 00:1A:2b:3c:4d:5e", "number of a device", "00:1A:2b:3c:4d:5e"),
    ("加我微信：panda_2026", "WeChat", "panda_2026"),
    ("wxid_a1b2c3d4e5f6", "WeChat", "wxid_a1b2c3d4e5f6"),
    ("车牌京A12345和", "number plate", "京A12345"),
    ("沪AD12345", "number plate", "沪AD12345"),
    ("postgresql://me:hunter2hunter2@db/x", "address with the name of a user", "hunter2hunter2"),
    ("AKIAABCDEFGHIJKLMNOP", "secret key", "AKIAABCDEFGHIJKLMNOP"),
    ("-----BEGIN RSA PRIVATE KEY-----", "secret key", "BEGIN RSA PRIVATE KEY"),
    (f"the word is {SECRET}", "DB_PASSWORD", SECRET),
    ("thanks to R_1a2B3c4D5e", "id of a respondent", "R_1a2B3c4D5e"),
    (f"one said: {COMMENT}.", "a respondent wrote", COMMENT),
    ("有人说服务员把汤洒在我身上了。", "a respondent wrote", "服务员把汤洒在我身上了"),
]


@pytest.mark.parametrize(("text", "kind", "value"), PERSONAL)
def test_every_kind_is_found_in_every_kind_of_file(
    text: str, kind: str, value: str, guard: Guard, tmp_path: Path
) -> None:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><!-- {text} --><path d='M1'/></svg>"
    data = base64.b64encode(svg.encode()).decode()
    output = {"output_type": "stream", "name": "stdout", "text": ["fine\n", text + "\n"]}
    shown = {"output_type": "display_data", "data": {"text/html": [PAGE.format(text)]}, "metadata": {}}
    cells = [{"cell_type": "code", "source": f"x = 1  # {text}", "metadata": {}, "outputs": []}]
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<sst><si><t>{text}</t></si></sst>")
    files = {
        "page.html": PAGE.format(text),
        "alt.html": PAGE.format(f'<img alt="{text}" src="x.png">'),
        "meta.html": f'<html><head><meta name="card" content="{text}"></head></html>',
        "comment.html": PAGE.format(f"<!-- {text} -->"),
        "figure.html": PAGE.format(f'<img alt="a" src="data:image/svg+xml;base64,{data}">'),
        "figure.svg": svg,
        "source.ipynb": json.dumps({"cells": cells, "metadata": {}}),
        "stream.ipynb": json.dumps({"cells": [{"source": "", "outputs": [output]}]}),
        "html.ipynb": json.dumps({"cells": [{"source": "", "outputs": [shown]}]}),
        "metadata.ipynb": json.dumps({"cells": [], "metadata": {"papermill": {"parameters": {"a": text}}}}),
        "manifest.json": json.dumps({"warnings": [text]}, ensure_ascii=True),
        "metrics.csv": f'subject,estimate\n"{text}",1\n',
        "notes.txt": text,
        "book.xlsx": (tmp_path / "book.xlsx").read_bytes(),
    }
    for name, content in files.items():
        told = found(tmp_path / name, guard, content)
        assert kind in told, name
        assert value not in told, f"{name}: the finding tells the value"


@pytest.mark.parametrize(
    "text",
    [
        "0.13800138000 and 13800138000.5 and 1.3800138000e10",
        "sha256 a13800138000f and 4111111111111111abcdef, 20261014123059",
        "numpy 1.26.4, version 10.0.19045.1, v12.0.0.1, part 1.2.3.4, 0.12.13.14",
        "12:30:45 and 2026-10-14T12:30:45+08:00",
        "α~β@60, Construct→item@70, 3@5",
        "110105194912310021 is no identity number, 4111 1111 1111 1112 no card",
        "京东商城 and 云南A股 and 苏A赛区",
        "微信支付：很方便; WeChat: good",
        "ask survey@example.org or 13900139000",
        "respondent 17 said good",
        "https://example.org/a?b=c and mailto:survey@example.org",
    ],
)
def test_what_is_not_personal_passes(text: str, guard: Guard, tmp_path: Path) -> None:
    assert found(tmp_path / "a.txt", guard, text) == ""
    assert found(tmp_path / "a.html", guard, PAGE.format(text)) == ""


def test_shapes_styles_and_versions_are_not_read(guard: Guard, tmp_path: Path) -> None:
    shape = "<svg><path d='M 13800138000 6222021234567894' /><style>*{a:13800138000}</style></svg>"
    assert found(tmp_path / "a.svg", guard, shape) == ""
    assert found(tmp_path / "a.html", guard, PAGE.format("<style>p{a:13800138000}</style>")) == ""
    assert found(tmp_path / "a.json", guard, json.dumps({"versions": {"x": "10.20.30.40"}})) == ""
    picture = {"output_type": "display_data", "data": {"image/png": "13800138000"}}
    assert found(tmp_path / "a.ipynb", guard, json.dumps({"cells": [{"outputs": [picture]}]})) == ""


def test_the_number_of_a_respondent_is_not_made_public_by_standing_in_the_study(tmp_path: Path) -> None:
    """An author's own contact may be published; what respondents gave may not, wherever it stands."""
    toml = TOML.replace('en = "North"', 'en = "North 13800138000"')
    study = load_study(write_study(tmp_path / "guests", toml))
    table = RawTable(pd.DataFrame({"tel": ["13800138000"]}), "a.csv", "")
    known = texts_of_files(study)
    author, theirs = Guard(study, known=known), Guard(study, respondents_of(table, study, known), {}, known)
    assert found(tmp_path / "a.txt", author, "North 13800138000") == ""
    assert "phone" in found(tmp_path / "a.txt", theirs, "North 13800138000")


@pytest.mark.parametrize(
    "head",
    ["IPAddress", "RecipientEmail", "来自IP", "姓名", "手机", "手机号码", "E-mail address", "Last name"],
)
def test_columns_of_personal_data(head: str, guard: Guard, tmp_path: Path) -> None:
    csv = f"metric,{head}\na,1\n"
    assert "a column of personal data" in found(tmp_path / "a.csv", guard, csv)
    table = f"<table><tr><th>a</th><th>{head}</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert "a column of personal data" in found(tmp_path / "a.html", guard, PAGE.format(table))
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "form.csv").write_text(csv)
    (tmp_path / "a.csv").unlink()
    (tmp_path / "a.html").unlink()
    assert check_privacy(tmp_path, guard) == [], "a form may ask for a name"


def test_rows_of_respondents(guard: Guard, tmp_path: Path) -> None:
    frame = pd.DataFrame({name: [1, 2, 3] for name in ("s1", "s2", "s3", "l1")})
    printed = [{"output_type": "stream", "name": "stdout", "text": frame.to_string()}]
    shown = [{"output_type": "execute_result", "data": {"text/html": frame.to_html()}}]
    for name, outputs in (("printed", printed), ("shown", shown)):
        nb = json.dumps({"cells": [{"source": "frame.head()", "outputs": outputs}]})
        assert "rows of respondents (3 with 4 items)" in found(tmp_path / f"{name}.ipynb", guard, nb)
    assert "rows of respondents" in found(tmp_path / "a.csv", guard, frame.to_csv())
    matrix = pd.DataFrame(1.0, index=frame.columns, columns=frame.columns)
    assert found(tmp_path / "b.csv", guard, matrix.to_csv()) == ""
    nb = json.dumps({"cells": [{"outputs": [{"output_type": "stream", "text": matrix.to_string()}]}]})
    assert found(tmp_path / "b.ipynb", guard, nb) == ""


def test_hashed_ids_of_respondents(guard: Guard, tmp_path: Path) -> None:
    ids = ["0a1b2c3d4e5f6071", "ffeeddccbbaa0099", "1234567890abcdef", "deadbeef00112233"]
    frame = pd.DataFrame({"guest": ids})
    for content in (frame.to_string(), frame.set_index("guest").to_csv(), " ".join(ids)):
        assert "id of a respondent, hashed (4 of them)" in found(tmp_path / "a.txt", guard, content)
    assert found(tmp_path / "a.txt", guard, ids[0]) == ""
    assert found(tmp_path / "a.txt", guard, f"{4 * ids[0]} {4 * ids[1]} {4 * ids[2]} 1234567890123456") == ""


def test_secrets_of_an_environment() -> None:
    told = secrets_of(
        {
            "API_KEY": "abcdefgh1",
            "MY_TOKEN": "short",
            "DB_PASSWORD": SECRET,
            "SSH_KEY": "/home/me/.ssh/id_rsa",
            "DB": "mysql://u:p%40ssw0rd@h/d",
            "MONKEY": "bananabanana",
            "PLACE": "https://example.org/open",
            "SURVEY": "named-by-the-study",
        },
        names={"SURVEY"},
    )
    assert told == {
        "abcdefgh1": "API_KEY",
        SECRET: "DB_PASSWORD",
        "mysql://u:p%40ssw0rd@h/d": "DB",
        "p%40ssw0rd": "DB",
        "p@ssw0rd": "DB",
        "named-by-the-study": "SURVEY",
    }


def test_scrubbing_leaves_nothing_to_find(guard: Guard) -> None:
    for text, _, value in PERSONAL:
        clean = guard.scrub(f"KeyError: '{text}'")
        assert value not in clean and "KeyError" in clean
        assert not list(hits(clean))
    assert scrubbed("alpha 0.71, n = 250, 2026-10-14") == "alpha 0.71, n = 250, 2026-10-14"


def test_the_sample_passes_and_quickly(sample: Path, sample_wave: Path) -> None:
    guard = Guard(load_study(sample / "sample"), known="")
    start = time.process_time()
    assert check_privacy(sample_wave, guard) == []
    pages = len(list(sample_wave.glob("*.html")))
    assert time.process_time() - start < 0.3 * pages + 0.3
