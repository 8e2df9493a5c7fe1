"""Exports as files: what each target carries, what it says it cannot, and nothing that bites."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from csat.run import cli
from csat.study import Study, StudyError, load_study
from csat.study.export import TARGETS, Exported, export
from csat.study.export.conditions import Plain
from csat.study.export.limesurvey import short_codes
from csat.study.export.limesurvey_columns import COLUMNS
from csat.study.export.redcap import COLUMNS as REDCAP_COLUMNS
from csat.study.export.spreadsheet import safe_cell
from csat.study.export.target import Job, Names
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from questionnaire_files import QUESTIONS, full_toml, write_full_study
from study_files import ITEMS


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_full_study(tmp_path_factory.mktemp("full")))


@pytest.fixture(scope="module")
def made(full: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Exported]:
    folder = tmp_path_factory.mktemp("made")
    return {target: export(full, target, folder, "long") for target in TARGETS}


def _sheet(path: Path, name: str) -> list[dict[str, str]]:
    """Rows of a sheet as texts."""
    head, *rows = load_workbook(path)[name].iter_rows(values_only=True)
    return [{str(h): str(v) for h, v in zip(head, row, strict=True) if v is not None} for row in rows]


def _table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Rows of a table of text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_speaks_both_languages(made: dict[str, Exported], target: str) -> None:
    exported = made[target]
    assert exported.path == exported.files[0]
    if target == "xlsform":
        text = json.dumps(_sheet(exported.path, "survey"), ensure_ascii=False)
    else:
        text = "".join(path.read_text(encoding="utf-8") for path in exported.files)
    for words in ("What are you?", "您是？", "How likely are you to recommend us?", "您有多大可能推荐我们？"):
        assert words in text


@pytest.mark.parametrize("target", [t for t in TARGETS if t not in ("codebook",)])
def test_designed_choice_tasks_are_named_not_dropped(made: dict[str, Exported], target: str) -> None:
    assert [lost for lost in made[target].cannot_carry if "plans" in lost]


def test_cards_of_designed_tasks_come_with_the_forms(full: Study, made: dict[str, Exported]) -> None:
    cards = [p for p in made["xlsform"].files if ".cards_plan." in p.name]
    assert [p.name.split(".")[-2] for p in cards] == ["en", "zh"]
    task = full.choices["plan"]
    text = cards[0].read_text(encoding="utf-8")
    assert text.count("<table") == task.sets * task.blocks
    assert text.count("<caption>Set 1</caption>") == task.blocks
    assert text.count('<th scope="col">Neither</th>') == task.sets * task.blocks
    assert "月费" in cards[1].read_text(encoding="utf-8")
    assert not [p for p in made["wjx"].files if "cards" in p.name]


def test_the_same_study_gives_the_same_files(full: Study, tmp_path: Path) -> None:
    for target in TARGETS:
        one, two = (export(full, target, tmp_path / part, "long") for part in ("a", "b"))
        assert [p.read_bytes() for p in one.files] == [p.read_bytes() for p in two.files]


def test_a_workbook_does_not_tell_when_it_was_written(made: dict[str, Exported]) -> None:
    with zipfile.ZipFile(made["xlsform"].path) as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = book.read("docProps/core.xml").decode("utf-8")
    assert re.findall(r">(\d{4}-[^<]*)<", properties) == ["1980-01-01T00:00:00Z"] * 2


def test_unknown_targets_versions_and_languages_are_named(full: Study, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r'no export target "xlsfrom" \(did you mean "xlsform"'):
        export(full, "xlsfrom", tmp_path)
    with pytest.raises(StudyError, match='has no version "longer"'):
        export(full, "ddi", tmp_path, "longer")
    with pytest.raises(StudyError, match='has no language "fr"'):
        export(full, "ddi", tmp_path, langs=["fr"])


def test_xlsform_carries_types_routing_limits_and_paradata(made: dict[str, Exported]) -> None:
    rows = {row["name"]: row for row in _sheet(made["xlsform"].path, "survey") if "name" in row}
    assert rows["audit"]["type"] == "audit"
    assert rows["role"]["required"] == "yes"
    assert rows["role"]["relevant"] == "${agree_to_start} = 'yes'"
    assert rows["kinds"]["type"].startswith("select_multiple ")
    assert "count-selected(.) <= 2" in rows["kinds"]["constraint"]
    assert "not(selected(., 'none') and count-selected(.) > 1)" in rows["kinds"]["constraint"]
    assert "shown = 'if2' and (${role} = 'buyer')" in rows["kinds"]["choice_filter"]
    assert rows["kinds_other_text"]["relevant"].endswith("selected(${kinds}, 'other')")
    assert rows["days"]["constraint"] == "(. >= 0 and . <= 365) or . = -98"
    assert rows["story"]["relevant"] == "${trouble} = 'yes' and (${s1} <= 3 or ${s2} <= 3)"
    assert rows["weights_service"]["constraint"].endswith("= 100")
    assert rows["best_1_worst"]["constraint"] == ". != ${best_1_best}"
    assert {"ranks_place1", "ranks_place3"} <= set(rows) and "ranks_place4" not in rows
    choices = _sheet(made["xlsform"].path, "choices")
    assert {row["label::中文 (zh)"] for row in choices if row["name"] == "late"} == {"迟到"}


def test_xlsform_shuffles_options_that_may_move(root: Path, tmp_path: Path) -> None:
    study = load_study(root / "studies" / "service_loyalty")
    exported = export(study, "xlsform", tmp_path, "yearly")
    rows = {row["name"]: row for row in _sheet(exported.path, "survey") if "name" in row}
    assert rows["imp_factors_place1"]["parameters"] == "randomize=true"
    assert "parameters" not in rows["problem_kind"]
    assert any("problem_kind" in lost for lost in exported.cannot_carry)


def test_limesurvey_has_its_whole_header_and_codes_that_it_accepts(made: dict[str, Exported]) -> None:
    path = made["limesurvey"].path
    head = path.read_bytes().split(b"\n", 1)[0]
    assert len(head) > 1000 and head.isascii() and not head.startswith(b"\xef\xbb\xbf")
    rows = _table(path, "\t")
    assert tuple(rows[0]) == COLUMNS
    per_language = [[r for r in rows if r["language"] == lang] for lang in ("en", "zh-Hans")]
    shape = [
        [(r["class"], r["name"] if r["class"] != "G" else "", r["id"]) for r in own] for own in per_language
    ]
    assert shape[0] == shape[1]
    limits = {"Q": r"[A-Za-z][A-Za-z0-9]{0,19}", "SQ": r"[A-Za-z0-9]{1,5}", "A": r"[A-Za-z0-9]{1,5}"}
    for row in rows:
        if row["class"] in limits:
            assert re.fullmatch(limits[row["class"]], row["name"]), row["name"]
    codes = [r["name"] for r in per_language[0] if r["class"] == "Q"]
    assert len(codes) == len({c.lower() for c in codes})
    known = {r["name"]: r for r in per_language[0] if r["class"] == "Q"}
    assert known["kinds"]["exclude_all_others"] == "none" and known["kinds"]["max_answers"] == "2"
    assert known["Sat"]["type/scale"] == "F" and known["Sat"]["random_order"] == "1"
    assert "Sat_s1.NAOK <= 3" in known["story"]["relevance"]
    assert known["weights"]["equals_num_value"] == "100"


def test_redcap_has_its_columns_and_branching_logic(made: dict[str, Exported]) -> None:
    rows = {row[REDCAP_COLUMNS[0]]: row for row in _table(made["redcap"].path)}
    assert tuple(next(iter(rows.values()))) == REDCAP_COLUMNS and next(iter(rows)) == "record_id"
    for name in rows:
        assert re.fullmatch("[a-z][a-z0-9_]*", name)
    branching = "Branching Logic (Show field only if...)"
    assert rows["kinds_other_text"][branching].endswith("[kinds(other)] = '1'")
    assert "[s1] <> '' and [s1] <= 3" in rows["story"][branching]
    assert rows["mail"]["Identifier?"] == "y"
    assert rows["days"]["Text Validation Type OR Show Slider Number"] == "integer"
    assert rows["s1"]["Matrix Group Name"] == rows["s3"]["Matrix Group Name"] != ""


def test_qualtrics_text_has_blocks_and_ids_and_a_checklist_of_logic(made: dict[str, Exported]) -> None:
    text, _, checklist, *_ = (p.read_text(encoding="utf-8") for p in made["qualtrics"].files)
    assert text.startswith("[[AdvancedFormat]]\n")
    assert "[[Block:Trouble]]" in text and "[[ID:kinds]]" in text and "[[Question:Matrix]]" in text
    assert 'only if Trouble = "Yes"' in checklist or "only if Any trouble" in checklist
    assert "must add up to 100" in checklist


def test_wjx_text_is_numbered_and_typed(made: dict[str, Exported]) -> None:
    text = made["wjx"].path.read_text(encoding="utf-8")
    numbers = [int(n) for n in re.findall(r"^(\d+)\. .*\[(?:单选题|多选题|填空题|排序题)\]$", text, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "1. 可以开始吗？*[单选题]\nA. 同意\nB. 不同意" in text
    assert "[多选题]\nA. 迟到" in text and "[排序题]" in text


def test_ddi_names_every_variable_with_labels_in_both_languages(
    full: Study, made: dict[str, Exported]
) -> None:
    space = {"d": "ddi:codebook:2_6"}
    root = ElementTree.parse(made["ddi"].path).getroot()
    variables = root.findall("d:dataDscr/d:var", space)
    assert [v.get("name") for v in variables] == [c.name for c in full.questionnaire("long").columns]
    order = ["labl", "security", "qstn", "valrng", "invalrng", "universe", "catgry", "concept", "varFormat"]
    for variable in variables:
        tags = [order.index(child.tag.rpartition("}")[2]) for child in variable]
        assert tags == sorted(tags)
        langs = {
            e.get("{http://www.w3.org/XML/1998/namespace}lang") for e in variable.findall("d:labl", space)
        }
        assert langs == {"en", "zh"}


class _Parser(HTMLParser):
    """Remembers elements and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("target", ["paper", "codebook"])
def test_pages_are_well_formed_and_complete(full: Study, made: dict[str, Exported], target: str) -> None:
    for path in made[target].files:
        parser = _Parser()
        text = path.read_text(encoding="utf-8")
        parser.feed(text)
        assert parser.open == [] and "script" not in parser.tags and "http" not in text
        if target == "codebook":
            for column in full.questionnaire("long").columns:
                assert f"<code>{column.name}</code>" in text


EVIL = "=cmd|' /C calc'!A0 <script>alert(1)</script> {x} [y] ${z}"


def _evil_study(folder: Path) -> Study:
    """Study whose every text tries to be something else."""
    questions = QUESTIONS.replace("What are you?", f'"{EVIL}"').replace("What happened?", '"@SUM(1)"')
    toml = (
        full_toml()
        .replace('"I buy"', '"-1+2"')
        .replace('"Late"', '"+late"')
        .replace('"Wrong bill"', '"\\tx"')
    )
    items = ITEMS.replace("I am satisfied.", '"=HYPERLINK(1)"')
    return load_study(write_full_study(folder, toml, items, questions))


def test_nothing_in_a_spreadsheet_is_a_formula(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    study = _evil_study(tmp_path / "study")
    book = load_workbook(export(study, "xlsform", tmp_path, "long").path)
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    texts = [str(cell.value) for cell in cells]
    for target, delimiter in (("limesurvey", "\t"), ("redcap", ",")):
        for row in _table(export(study, target, tmp_path, "long").path, delimiter):
            texts += [value for value in row.values() if value]
    bad = [
        t for t in texts if t.lstrip()[:1] in "=+@" or (t.startswith("-") and not re.fullmatch(r"-\d+", t))
    ]
    assert bad == []
    assert any(t.startswith("'=cmd") for t in texts)


def test_nothing_in_a_page_is_markup(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    study = _evil_study(tmp_path / "study")
    for target in ("paper", "codebook", "surveyjs", "limesurvey", "redcap", "ddi"):
        for path in export(study, target, tmp_path, "long").files:
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".json":
                found = json.loads(text)
                html = [e["html"] for p in found["pages"] for e in p["elements"] if e["type"] == "html"]
                text = json.dumps(html)
            assert "<script" not in text


@given(st.text(max_size=30))
def test_safe_cells_never_begin_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell == text or cell == f"'{text}"
    assert not cell.lstrip().startswith(("=", "+", "@")) or re.fullmatch(r"\+\d+(\.\d+)?", cell)


@given(st.lists(st.text(st.sampled_from("aB1_中-"), min_size=1, max_size=8), max_size=30, unique=True))
def test_names_are_accepted_unique_and_stable(wanted: list[str]) -> None:
    names = Names("[A-Za-z][A-Za-z0-9]*", 8, join="", fold=True)
    given_names = [names(w, f"q{i}") for i, w in enumerate(wanted)]
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9]{0,7}", name) for name in given_names)
    assert len({name.lower() for name in given_names}) == len(wanted)
    assert given_names == [names(w, f"q{i}") for i, w in enumerate(wanted)]


@given(
    st.lists(st.text(st.sampled_from("aA1_z0Z"), min_size=1, max_size=7), max_size=20, unique_by=str.lower)
)
def test_short_codes_are_unique(codes: list[str]) -> None:
    made_codes = short_codes(codes, "A")
    assert all(re.fullmatch("[A-Za-z0-9]{1,5}", code) for code in made_codes.values())
    assert len({code.lower() for code in made_codes.values()}) == len(codes)


def test_conditions_read_as_sentences_in_both_languages(full: Study, tmp_path: Path) -> None:
    asked = full.questionnaire("long")
    fields = Job(full, asked, full.languages, tmp_path).fields()
    story = asked.by_id["story"].relevant
    assert story is not None
    assert Plain(asked.by_id, fields, "zh").say(story).endswith("且(满一 ≤ 3或满二 ≤ 3)")
    assert " and (S one ≤ 3 or S two ≤ 3)" in Plain(asked.by_id, fields, "en").say(story)


def test_several_codes_of_a_question_are_listed_once(root: Path) -> None:
    study = load_study(root / "studies" / "service_loyalty")
    asked = study.questionnaire("core")
    fields = Job(study, asked, study.languages, root).fields()
    who = asked.by_id["method"].relevant
    assert who is not None
    shown = Plain(asked.by_id, fields, "zh").say(who)
    assert shown.count("身份") == 1 and shown.endswith("或“我经销你们的产品”")


def _call(*arguments: object) -> tuple[int, str]:
    """Call the command line."""
    result = CliRunner().invoke(cli.main, [str(a) for a in arguments])
    return result.exit_code, result.output


def test_a_new_study_passes_the_check_and_every_export(tmp_path: Path) -> None:
    code, shown = _call("new", "my_study", "--out", tmp_path)
    assert code == 0 and (tmp_path / "my_study" / "study.toml").is_file()
    code, shown = _call("check", tmp_path / "my_study")
    assert code == 0 and "no answers yet" in shown, shown
    code, shown = _call("export", tmp_path / "my_study", "all", "--out", tmp_path / "out")
    assert code == 0 and "wjx cannot carry: " in shown
    assert len(list((tmp_path / "out").iterdir())) == 18
    assert _call("new", "my_study", "--out", tmp_path)[0] == 2
    assert _call("new", "../x", "--out", tmp_path)[0] == 2


def test_the_command_line_names_what_it_cannot_do(tmp_path: Path) -> None:
    _call("new", "my_study", "--out", tmp_path)
    code, shown = _call("export", tmp_path / "my_study", "wxj", "--out", tmp_path)
    assert code == 2 and 'did you mean "wjx"' in shown
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, shown = _call("export", tmp_path / "my_study", "ddi", "--out", tmp_path / "file" / "x")
    assert code == 2 and "cannot write into" in shown
