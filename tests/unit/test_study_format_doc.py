"""The minimal study of the documentation works, and the documentation is complete."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import load_answers
from csat.study import check_study, load_study
from csat.study.definition import ROLES, DataSource, Study, Thresholds
from csat.study.items import COLUMNS as ITEM_COLUMNS
from csat.study.modules import Module, Version
from csat.study.question_rows import COLUMNS as QUESTION_COLUMNS
from csat.study.questions import QUESTION_TYPES
from study_files import DOC, ITEMS, TOML, minimal_study_of_the_doc, write_study


def answers_for(items: tuple[str, ...], n: int = 40) -> pd.DataFrame:
    draw = np.random.default_rng(11)
    points = 4 + draw.normal(size=(n, 1)) + draw.normal(size=(n, len(items)))
    return pd.DataFrame(np.clip(np.rint(points), 1, 7).astype(int), columns=list(items))


def test_minimal_study_runs(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "cafe", *minimal_study_of_the_doc())
    study = load_study(folder)
    answers_for(tuple(study.items)).to_csv(folder / "answers.csv", index=False)
    answers = load_answers(study)
    assert (answers.n, answers.wave, answers.notes) == (40, "2026-10", ())
    assert study.title == {"en": "Café guests"}
    assert study.scale_of("sat1").labels == {"en": {1: "Disagree", 7: "Agree"}}
    assert not [f for f in check_study(study) if f.severity == "warning"]


def test_chinese_only_study(tmp_path: Path) -> None:
    toml = 'title = "咖啡馆顾客"\nlanguages = ["zh"]\nwave_naming = "month"\n'
    toml += '[scales.agree]\nminimum = 1\nmaximum = 7\nlabels = { 1 = "不同意", 7 = "同意" }\n'
    toml += '[constructs.Sat]\nlabel = "满意"\nrole = "satisfaction"\n'
    items = "item,construct,label_zh,text_zh\ns1,Sat,总体,总体满意。\n"
    study = load_study(write_study(tmp_path / "cafe", toml, items))
    assert study.label("s1") == "总体"
    assert study.language == "zh"
    assert study.paths == ()
    assert study.data.kind == "none"
    assert study.model() == {}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_as_excel_saves_them(encoding: str, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "guests")
    (folder / "items.csv").write_bytes(ITEMS.encode(encoding))
    (folder / "study.toml").write_bytes(TOML.encode(encoding))
    study = load_study(folder)
    assert study.label("s1", "zh") == "满一"
    assert len(study.notes) == (2 if encoding == "gb18030" else 0)


def test_other_translations_than_asked_for_do_no_harm(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "guests", TOML.replace('["en", "zh"]', '["en"]')))
    assert study.languages == ("en",)


def test_every_key_is_documented() -> None:
    text = DOC.read_text(encoding="utf-8")
    documented = set(re.findall(r"`([a-z_]+)`", text))
    derived = {"folder", "notes", "waves_open", "paths", "items", "questions", "extras"}
    in_headings = {"waves", "data", "scales", "constructs", "segments", "thresholds", "modules", "versions"}
    in_headings |= {"option_lists", "choices", "tables", "concepts", "shares"}
    in_headings |= {"columns", "weighting", "privacy", "quality", "sample"}
    assert {f.name for f in fields(Study)} - derived <= documented | in_headings
    assert set(ITEM_COLUMNS) | set(QUESTION_COLUMNS) | set(QUESTION_TYPES) <= documented
    assert {f.name for kind in (Module, Version) for f in fields(kind)} - {"id", "order"} <= documented
    assert {f.name for f in fields(DataSource)} - {"kind"} <= documented
    assert set(ROLES) <= documented
    for field in fields(Thresholds):
        default = "none" if field.default is None else f"{field.default:.10g}"
        row = re.search(rf"\| `{field.name}` \| (\S+) \|", text)
        assert row, field.name
        assert row[1] == default or float(row[1]) == field.default
    tables = ("waves", "data", "scales", "constructs", "segments", "model", "thresholds", "modules", "timing")
    tables += ("columns", "weights", "privacy", "quality", "sample")
    for table in (*tables, "versions", "options", "choices", "tables", "concepts", "shares"):
        assert re.search(rf"^### `\[+{table}", text, flags=re.MULTILINE), table
