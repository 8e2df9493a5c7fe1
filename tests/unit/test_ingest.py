"""csat ingest, waves and close; waves read together, and whether they may be compared; revisions compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from csat.data import DataError
from csat.data.ingest import ingest
from csat.data.store.closing import close_wave
from csat.data.store.locking import held
from csat.data.store.place import place_of
from csat.data.waves.revisions import revised
from csat.data.waves.trend import comparability, load_waves, undeclared_changes
from csat.report.measurement.revisions import headline, revision_table, show_revisions, too_few_between
from csat.report.page import open_page
from csat.run import cli
from csat.run.notebooks import SUITE
from csat.run.plan import Plan, make_plan
from csat.study import Study, load_study
from study_files import ITEMS, TOML, answers_frame, write_answers, write_study

WAVE = "2026-10"
Call = Callable[..., Result]


@pytest.fixture
def csat() -> Call:
    return lambda *arguments: CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_study(tmp_path / "guests")
    write_answers(folder)
    write_answers(folder, answers_frame(120), "late.csv")
    return folder


@pytest.fixture
def study(folder: Path) -> Study:
    return load_study(folder)


def test_the_file_of_another_wave_is_warned_of(folder: Path) -> None:
    toml = (folder / "study.toml").read_text(encoding="utf-8").replace('wave_column = "month"\n', "")
    toml = toml.replace("[data]\n", '[data]\ncompleted_column = "end"\n').replace(
        '[[waves]]\nid = "2026-10"\n',
        '[[waves]]\nid = "2026-10"\nstarts = "2026-10-01"\nends = "2026-10-31"\n',
    )
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    write_answers(folder, answers_frame().assign(end="2026-09-14 10:00:00"), "september.csv")
    study = load_study(folder)
    assert "another wave" not in " ".join(ingest(study, "2026-09", "september.csv").warnings)
    days, same, _ = ingest(study, WAVE, "september.csv").warnings
    assert "answers are of days outside wave 2026-10" in days
    assert same == "the same file is stored as wave 2026-09, too"


def test_a_question_that_was_worded_otherwise_is_warned_of(folder: Path) -> None:
    ingest(load_study(folder), WAVE)
    items = folder / "items.csv"
    text = items.read_text(encoding="utf-8")
    items.write_text(
        text.replace(load_study(folder).items["s1"].wording["en"], "All in all?"), encoding="utf-8"
    )
    told = " ".join(ingest(load_study(folder), WAVE).warnings)
    assert "the study asks s1 (wording) otherwise than revision 1" in told and "--force" in told
    told = " ".join(ingest(load_study(folder), WAVE, force=True).warnings)
    assert "s1 (wording)" in told and "declare a break" in told
    assert "s1 (wording)" not in " ".join(ingest(load_study(folder), WAVE, force=True).warnings)


def test_fewer_answers_than_before_are_warned_of(study: Study) -> None:
    assert "fewer" not in " ".join(ingest(study, WAVE).warnings)
    assert "fewer" not in " ".join(ingest(study, WAVE, "late.csv").warnings)
    assert "revision 3 holds 40 answers, fewer than the" in " ".join(ingest(study, WAVE).warnings)


def test_a_wave_that_is_not_stored_names_those_that_are(csat: Call, folder: Path) -> None:
    csat("ingest", folder, "answers.csv", "--wave", "2026-09")
    toml = (folder / "study.toml").read_text(encoding="utf-8")
    start = toml.index("[data]")
    (folder / "study.toml").write_text(toml[:start] + toml[toml.index("\n[", start) + 1 :], encoding="utf-8")
    shown = csat("run", folder, "--wave", WAVE)
    assert shown.exit_code == 2 and "nothing is stored of this wave; stored are 2026-09" in shown.output
    assert "no_data" not in csat("check", folder).output


# ---- commands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ingest", "waves", "close"])
def test_every_command_has_help_with_examples(csat: Call, command: str) -> None:
    shown = csat(command, "--help")
    assert shown.exit_code == 0
    assert f"  csat {command}" in shown.output.split("Example")[1]


def test_ingest_says_what_it_did(csat: Call, folder: Path) -> None:
    frame = answers_frame().assign(note="hello")
    frame.loc[25, ["s1", "s2", "s3", "l1", "l2", "l3"]] = -99
    write_answers(folder, frame)
    shown = csat("ingest", folder, "--wave", WAVE)
    assert shown.exit_code == 0, shown.output
    for text in (
        "guests 2026-10: csv from answers.csv",
        "40 answers received, 39 kept",
        "Rows of other waves, set aside: 20",
        "Codes that mean no answer, set to missing (6 items): 6",
        "Respondents without any answer, set aside: 1 (row 26)",
        "findings:",
        "column that the study does not know, left out: note",
        "stored as revision 1 (",
        "wave provisional until closed",
    ):
        assert text in shown.output
    assert shown.output.splitlines()[-1] == str(folder / "waves" / WAVE / "r1")
    again = csat("ingest", folder, folder / "answers.csv", "--wave", WAVE, "--final")
    assert again.exit_code == 0
    assert "unchanged, already stored as revision 1" in again.output and "wave closed on" in again.output


def test_what_is_stored_is_listed(csat: Call, folder: Path) -> None:
    assert "nothing is stored yet" in csat("waves", folder).output
    csat("ingest", folder, "--wave", WAVE, "--final")
    csat("ingest", folder, folder / "late.csv", "--wave", WAVE)
    csat("ingest", folder, "--wave", "2026-09")
    shown = csat("waves", folder, "--verify")
    assert shown.exit_code == 0
    rows = [line.split() for line in shown.output.splitlines()]
    assert rows[0][:5] == ["wave", "rev", "state", "n", "received"]
    assert [row[:5] for row in rows[1:]] == [
        ["2026-09", "r1", "provisional", "20", "20"],
        ["2026-10", "r1", "closed", "40", "40"],
        ["2026-10", "r2", "late", "80", "80"],
    ]
    assert [row[-1] for row in rows[1:]] == ["answers.csv", "answers.csv", "late.csv"]
    assert [row[-2] for row in rows[1:]] == ["yes"] * 3
    assert "2026-09: closed, with revision 1" in csat("close", folder, "--wave", "2026-09").output
    assert "was already closed on" in csat("waves", folder, "--close", "2026-09").output


def test_damage_is_listed_and_fails(csat: Call, folder: Path) -> None:
    csat("ingest", folder, "--wave", WAVE)
    path = folder / "waves" / WAVE / "r1" / "answers.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert csat("waves", folder).exit_code == 0
    shown = csat("waves", folder, "--verify")
    assert shown.exit_code == 1 and "DAMAGED" in shown.output and "answers.parquet" in shown.output


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--wave", "2027-01"], 2, 'has no wave "2027-01"'),
        (["--wave", ""], 2, "is empty"),
        (["nothing.csv", "--wave", WAVE], 2, 'there is no data file "nothing.csv"'),
        (["--wave", WAVE, "--format", "abacus"], 2, "abacus"),
        ([], 2, "Missing option '--wave'"),
    ],
)
def test_wrong_input(csat: Call, folder: Path, arguments: list[str], code: int, text: str) -> None:
    shown = csat("ingest", folder, *arguments)
    assert shown.exit_code == code and text in shown.output and "Traceback" not in shown.output
    assert not (folder / "waves").exists()


def test_a_store_that_refuses_is_a_failure(
    csat: Call, folder: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from csat.data import ingest as room

    monkeypatch.setattr(room, "store", lambda s, p, o, force, wait: _hold(study, s, p, o))
    shown = csat("ingest", folder, "--wave", WAVE)
    assert shown.exit_code == 1 and "is in use by another process" in shown.output


def _hold(study: Study, *arguments: object) -> object:
    from csat.data.store.writing import store

    with held(place_of(study, WAVE).lock, "it"):
        return store(*arguments, wait=0)  # type: ignore[arg-type]


# ---- runs ------------------------------------------------------------------------------------------------


def plan_of(root: Path, folder: Path, revision: str = "", settings: Sequence[str] = ()) -> Plan:
    books = root / "notebooks"
    out = folder.parent / "reports"
    return make_plan(folder, WAVE, ["en"], "", "", out, settings, SUITE, books, root, revision)


def test_a_run_rests_on_one_revision(root: Path, folder: Path, study: Study) -> None:
    from_file = plan_of(root, folder)
    assert from_file.revision is None and "snapshot" not in from_file.inputs
    ingest(study, WAVE)
    first = plan_of(root, folder)
    assert (first.revision, first.provisional, first.n) == (1, True, 40)
    assert first.parameters(SUITE[1], "en", folder)["revision"] == "1"
    ingest(study, WAVE, folder / "late.csv")
    second = plan_of(root, folder)
    assert (second.revision, second.n, second.inputs["revisions"]) == (2, 80, 2)
    pinned = plan_of(root, folder, "1")
    assert (pinned.revision, pinned.n) == (1, 40)
    assert plan_of(root, folder, settings=["revision=r1"]).key == pinned.key
    close_wave(place_of(study, WAVE))
    closed = plan_of(root, folder)
    assert not closed.provisional
    assert len({plan.key for plan in (from_file, first, second, pinned, closed)}) == 5


def test_a_study_with_nothing_but_stored_waves_can_be_checked(csat: Call, folder: Path) -> None:
    csat("ingest", folder, "--wave", WAVE)
    toml = TOML.partition("[data]")[0] + "[scales.agree]" + TOML.partition("[scales.agree]")[2]
    write_study(folder, toml)
    shown = csat("check", folder)
    assert "wave 2026-10: 40 respondents" in shown.output


# ---- waves together --------------------------------------------------------------------------------------


def test_waves_are_read_together(study: Study, folder: Path) -> None:
    ingest(study, "2026-09")
    waves = load_waves(study)
    assert [(one.wave, one.revision, one.n) for one in waves] == [("2026-09", 1, 20), (WAVE, None, 40)]
    assert [one.wave for one in load_waves(study, "2026-09")] == ["2026-09"]
    with pytest.raises(DataError, match=r'no answers of wave "2026-08"; there are: 2026-09, 2026-10'):
        load_waves(study, "2026-08")
    assert [one.n for one in load_waves(study, data=folder / "late.csv")] == [40, 80]


def test_comparable_waves(study: Study) -> None:
    for wave in ("2026-09", WAVE):
        ingest(study, wave)
    table = comparability(study)
    assert table["item"].tolist() == ["s1", "s2", "s3", "l1", "l2", "l3"]
    assert set(table["status"]) == {"comparable"} and not table["warning"].any()
    assert undeclared_changes(table) == ()


@pytest.mark.parametrize(
    ("toml", "items", "what"),
    [
        (TOML, ITEMS.replace("It was good.", "It was excellent."), "wording"),
        (TOML, ITEMS.replace("很好。", "非常好。"), "wording"),
        (TOML.replace("maximum = 7", "maximum = 5").replace('7 = "', '5 = "'), ITEMS, "range, labels"),
        (TOML.replace('7 = "Yes"', '7 = "Fully"'), ITEMS, "labels"),
        (TOML.replace('id = "2026-10"', 'id = "2026-10"\nmode = "phone"'), ITEMS, "mode"),
        (TOML, ITEMS.replace("It was good.", "It  was good. "), ""),
    ],
    ids=["english", "chinese", "range", "labels", "mode", "spaces"],
)
def test_a_change_that_nobody_declared(study: Study, folder: Path, toml: str, items: str, what: str) -> None:
    first = TOML.replace('id = "2026-09"', 'id = "2026-09"\nmode = "online"')
    write_study(folder, first)
    ingest(load_study(folder), "2026-09")
    write_study(folder, toml.replace('id = "2026-09"', 'id = "2026-09"\nmode = "online"'), items)
    frame = answers_frame()
    frame[list(frame.columns[2:8])] = frame[list(frame.columns[2:8])].clip(1, 5)
    write_answers(folder, frame)
    changed = load_study(folder)
    ingest(changed, WAVE)
    row = comparability(changed).set_index("item").loc["s2"]
    assert (row["status"], row["what"]) == (("changed", what) if what else ("comparable", ""))
    assert row["warning"] == bool(what)
    if what:
        told = undeclared_changes(comparability(changed))[0]
        assert f"{what} changed between waves 2026-09 and 2026-10" in told


def test_declared_breaks_and_items_not_asked(study: Study, folder: Path) -> None:
    ingest(study, "2026-09")
    toml = TOML.replace('id = "2026-10"', 'id = "2026-10"\nbreaks = ["s2"]\nwithout = ["l3"]')
    write_study(folder, toml, ITEMS.replace("It was good.", "It was excellent."))
    changed = load_study(folder)
    ingest(changed, WAVE)
    table = comparability(changed).set_index("item")
    assert table.loc["s2", ["status", "what", "declared", "warning"]].tolist() == [
        "break",
        "wording",
        True,
        False,
    ]
    assert table.loc["l3", "status"] == "not_asked"
    whole = comparability(changed, pairs="all").set_index("item")
    assert whole.loc["l3", "status"] == "not_asked" and whole.loc["s1", "status"] == "comparable"


def test_a_change_is_told_when_a_wave_comes_in(csat: Call, folder: Path) -> None:
    csat("ingest", folder, "--wave", "2026-09")
    write_study(folder, TOML, ITEMS.replace("It was good.", "It was excellent."))
    shown = csat("ingest", folder, "--wave", WAVE)
    told = "warning: wording changed between waves 2026-09 and 2026-10 without a declared break: s2"
    assert told in shown.output and told in csat("waves", folder).output


# ---- first against latest --------------------------------------------------------------------------------


def test_first_and_latest_revision(study: Study, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(study, WAVE)
    assert revised(study, WAVE) is None
    ingest(study, WAVE, folder / "late.csv")
    pair = revised(study, WAVE)
    assert pair is not None and pair.first is not None and pair.latest is not None
    page = open_page("02_measurement", answers=pair.latest, out=folder / "out")
    table = revision_table(page, pair.first, pair.latest)
    assert table["figure"].tolist() == ["Respondents", "Satisfaction", "Loyalty"]
    assert table.loc[0, ["first", "latest", "change"]].tolist() == [40, 80, 40]
    expected = (pair.first.scored[["l1", "l2", "l3"]].mean().mean() - 1) / 6 * 100
    assert table.loc[2, "first"] == pytest.approx(expected)
    assert table["change"].tolist() == pytest.approx((table["latest"] - table["first"]).tolist())
    assert headline(pair.first)["Loy"] == pytest.approx(expected)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_section_on_revisions(
    study: Study, folder: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from csat.data import load_answers
    from csat.report.page import Page

    shown: list[str] = []
    monkeypatch.setattr(Page, "html", lambda self, fragment: shown.append(fragment))

    def section() -> str:
        shown.clear()
        answers = load_answers(study, WAVE)
        show_revisions(
            open_page("02_measurement", answers=answers, lang=lang, out=folder / "out"), study, answers
        )
        return "".join(shown)

    assert section() == ""
    ingest(study, WAVE)
    assert section() == ""
    frame = answers_frame()
    few = frame.assign(s1=frame["s1"].where(frame.index < 57, 4))
    write_answers(folder, few, "few.csv")
    ingest(study, WAVE, folder / "few.csv")
    told = section()
    assert "few.csv" in told and "+" not in told
    assert ("fewer than 10 respondents" if lang == "en" else "不足 10 名受访者") in told
    ingest(study, WAVE, folder / "late.csv")
    told = section()
    assert "+40" in told and ("<h2" in told) and ("Revisions" if lang == "en" else "修订") in told
    (folder / "waves" / WAVE / "r1" / "answers.parquet").unlink()
    assert ("cannot be compared" if lang == "en" else "无法对比") in section()


def test_few_changed_answers_are_noticed(study: Study, folder: Path) -> None:
    ingest(study, WAVE)
    ingest(study, WAVE, folder / "late.csv")
    pair = revised(study, WAVE)
    assert pair is not None and pair.first is not None and pair.latest is not None
    assert not too_few_between(pair.first, pair.first, 10)
    assert not too_few_between(pair.first, pair.latest, 10)
    assert too_few_between(pair.first, pair.latest, 500)


def test_the_mark_of_a_provisional_wave(study: Study) -> None:
    from csat.report.frame import Frame, render_frame

    page = Frame(lang="en", title="t", heading="h", body="")
    assert 'class="provisional"' not in render_frame(page)
    marked = Frame(lang="zh", title="t", heading="h", body="", provisional=True)
    assert 'class="provisional" role="note"' in render_frame(marked) and "暂定" in render_frame(marked)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "include what came in after the wave was closed on {day} with revision 1."),
        ("zh", "本期已于 {day} 以第 1 版关闭"),
    ],
)
def test_every_page_of_a_late_revision_says_so(
    study: Study, folder: Path, tmp_path: Path, lang: str, told: str
) -> None:
    import nbformat
    from csat.data import load_answers
    from csat.report.archive import build_wave_index
    from csat.report.html import export_html

    def pages(revision: str = "") -> list[str]:
        answers = load_answers(study, WAVE, revision=revision)
        work = tmp_path / "work" / lang
        open_page("02_measurement", answers=answers, lang=lang, out=work).finish()
        book = tmp_path / "02_measurement.ipynb"
        nbformat.write(nbformat.v4.new_notebook(), book)
        made = tmp_path / "made"
        made.mkdir(exist_ok=True)
        (index,) = build_wave_index(made, study, {lang: work}, ["02_measurement"])
        results = work / "02_measurement.results.json"
        return [export_html(book, study, lang, results), index.read_text(encoding="utf-8")]

    ingest(study, WAVE, provisional=False)
    assert not any('class="late"' in page for page in pages())
    ingest(study, WAVE, folder / "late.csv")
    closing, _ = close_wave(place_of(study, WAVE))
    for page in pages():
        assert 'class="late" role="note"' in page and 'class="provisional"' not in page
        assert told.format(day=closing.day) in page
    assert not any('class="late"' in page for page in pages("1"))


def test_the_manifest_says_that_a_revision_is_late(root: Path, folder: Path, study: Study) -> None:
    ingest(study, WAVE, provisional=False)
    closed = plan_of(root, folder)
    assert (closed.late, closed.inputs["late"]) == (False, False)
    ingest(study, WAVE, folder / "late.csv")
    late = plan_of(root, folder)
    assert (late.late, late.provisional, late.inputs["late"]) == (True, False, True)
    pinned = plan_of(root, folder, "1")
    assert not pinned.late and pinned.key != late.key


# ---- what ingest says ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "last"),
    [
        (3, "    note: speeding: 2 (rows 1, 2)"),
        (4, "    … and 1 more finding: see the measurement report (csat run)"),
        (9, "    … and 6 more findings: see the measurement report (csat run)"),
    ],
)
def test_findings_beyond_the_first_are_counted(found: int, last: str) -> None:
    from csat.run.intake_words import _findings

    one = {"rule": "speeding", "item": "", "count": 2, "rows": "1, 2", "severity": "note", "action": "kept"}
    lines = list(_findings(pd.DataFrame([one] * found)))
    assert lines[0] == f"  findings: {found} notes" and lines[-1] == last


def test_a_single_answer_is_told_in_the_singular() -> None:
    from csat.run.intake_words import _counted, _rows

    assert [_counted(n, "answer") for n in (0, 1, 2)] == ["0 answers", "1 answer", "2 answers"]
    assert [_rows(r) for r in ("", "26", "3, 4", "3 and 9 more")] == [
        "",
        " (row 26)",
        " (rows 3, 4)",
        " (rows 3 and 9 more)",
    ]


def test_personal_columns_are_not_told_as_left_out_without_a_meaning(csat: Call, folder: Path) -> None:
    from csat.data import load_answers
    from csat.data.privacy.left_out import left_out

    frame = answers_frame()
    mails = [f"guest{n}@example.com" for n in range(len(frame))]
    write_answers(folder, frame.assign(note="hello", **{"e-mail": mails, "extra": mails}))
    answers = load_answers(load_study(folder), WAVE)
    assert set(answers.unknown_columns) == {"note", "e-mail", "extra"}
    assert left_out(answers.unknown_columns, answers.ledger) == ("note",)
    for command in (("ingest", folder, "--wave", WAVE), ("check", folder, "--wave", WAVE)):
        (line,) = [one for one in csat(*command).output.splitlines() if "does not know" in one]
        assert line.endswith(": note")
