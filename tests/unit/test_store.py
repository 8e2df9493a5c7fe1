"""Snapshots of waves: what goes in comes out, nothing is changed, and nothing damaged is taken for whole."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import DataError, latest_wave, load_answers
from csat.data.ingest import ingest
from csat.data.prepared import Prepared
from csat.data.sources.fetching import prepare_wave
from csat.data.store.closing import close_wave, closing_of
from csat.data.store.files import read_parquet, stored_columns, write_parquet
from csat.data.store.place import ROOT, WavePlace, place_of, store_root
from csat.data.store.plain import build, from_plain, to_plain
from csat.data.store.present import stored_waves
from csat.data.store.reading import find_snapshot, read_snapshot
from csat.data.store.writing import store
from csat.data.weighting.report import Weighting
from csat.study import Study, load_study
from study_files import ITEMS, TOML, answers_frame, write_answers, write_study

WAVE = "2026-10"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_study(tmp_path / "guests")
    write_answers(folder)
    return folder


@pytest.fixture
def study(folder: Path) -> Study:
    return load_study(folder)


def prepared_of(study: Study, wave: str = WAVE, data: str | Path = "") -> Prepared:
    return prepare_wave(study, wave, data)


# ---- what goes in comes out ------------------------------------------------------------------------------


def test_a_wave_comes_out_as_it_went_in(study: Study) -> None:
    before = prepared_of(study)
    before.numbers.iloc[3, 1] = np.nan
    weighting = Weighting(np.array([0.5, 1.5]), "rake", 3, True, 1e-12, before.ledger, 1.25, 1.6, 1, ("so",))
    before = replace(before, weighting=weighting, roles={"respondent": "guest"})
    store(study, before, {})
    after = find_snapshot(study, WAVE).prepared(study)
    pd.testing.assert_frame_equal(after.numbers, before.numbers)
    pd.testing.assert_frame_equal(after.cells, before.cells)
    pd.testing.assert_series_equal(after.weights, before.weights, check_names=False)
    pd.testing.assert_frame_equal(after.ledger, before.ledger)
    pd.testing.assert_frame_equal(after.findings, before.findings)
    for name in ("received", "unknown_columns", "source", "sha256", "format", "roles", "notes", "wave"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.study == before.study
    assert after.weighting.weights.tolist() == [0.5, 1.5]
    pd.testing.assert_frame_equal(after.weighting.margins, before.ledger)
    assert replace(after.weighting, weights=None, margins=None) == replace(
        weighting, weights=None, margins=None
    )


def test_answers_are_the_same_from_the_store_and_from_the_file(folder: Path, study: Study) -> None:
    from_file = load_answers(study, WAVE)
    assert (from_file.revision, from_file.provisional, from_file.snapshot) == (None, False, "")
    ingest(study, WAVE)
    (folder / "answers.csv").unlink()
    stored = load_answers(study, WAVE)
    pd.testing.assert_frame_equal(stored.scored, from_file.scored)
    pd.testing.assert_frame_equal(stored.segments, from_file.segments)
    pd.testing.assert_frame_equal(stored.ledger, from_file.ledger)
    assert stored.weights.tolist() == from_file.weights.tolist()
    assert stored.rows.tolist() == from_file.rows.tolist()
    assert (stored.revision, stored.revisions, stored.provisional) == (1, 1, True)
    assert stored.sha256 == from_file.sha256 and len(stored.snapshot) == 64
    assert "guest" not in stored.cells
    assert load_answers(study, WAVE, segment="site=1").n == 20


def test_the_same_answers_give_the_same_bytes(study: Study) -> None:
    prepared = prepared_of(study)
    for _ in range(2):
        store(study, prepared, {}, force=True)
    one, other = (place_of(study, WAVE).revision(n) / "answers.parquet" for n in (1, 2))
    assert one.read_bytes() == other.read_bytes()


def test_names_that_a_database_takes_for_one(tmp_path: Path) -> None:
    numbers = pd.DataFrame({"q1": [1.0, np.nan], "Q1": [2.0, 3.5], "row": [4.0, 5.0]}, index=[3, 9])
    cells = pd.DataFrame(
        {"q1 ": ["a", ""], 'say "no"': ["''", "é\n客"], "weight": ["", "x"], "": ["1", "2"]}, index=[3, 9]
    ).astype("str")
    weights = pd.Series([0.25, 1.75], index=[3, 9])
    path = tmp_path / "it's.parquet"
    columns = write_parquet(path, numbers, cells, weights)
    assert len({one.name.lower() for one in columns}) == len(columns)
    back = read_parquet(path, columns)
    pd.testing.assert_frame_equal(back[0], numbers)
    pd.testing.assert_frame_equal(back[1], cells)
    pd.testing.assert_series_equal(back[2], weights)


def test_columns_are_named_as_in_the_study() -> None:
    names = [one.name for one in stored_columns(["s1", "s2"], ["site"])]
    assert names == ["row", "s1", "s2", "site", "weight"]


def test_anybody_can_read_and_check_a_snapshot(study: Study) -> None:
    import duckdb

    ingest(study, WAVE)
    folder = place_of(study, WAVE).revision(1)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT count(*), avg(s1), min(site) FROM read_parquet(?)", [str(folder / "answers.parquet")]
        ).fetchone()
    raw = load_answers(study, WAVE).raw
    assert found == (40, pytest.approx(raw["s1"].mean()), "1")
    told = json.loads((folder / "snapshot.json").read_text())
    assert (told["study"], told["wave"], told["revision"]) == ("guests", WAVE, 1)
    assert told["measures"]["s1"]["wording"]["zh"] == "我满意。"
    assert str(study.folder) not in json.dumps(told)
    assert all(path.stat().st_mode & 0o222 == 0 for path in folder.iterdir())


# ---- JSON ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Inner:
    share: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Outer:
    parts: tuple[_Inner, ...]
    by_name: Mapping[str, _Inner]
    maybe: _Inner | None = None
    either: int | str = 0
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: np.ndarray | None = None


def test_objects_come_back_from_json() -> None:
    index = pd.Index([4, 7], name="row")
    outer = _Outer(
        (_Inner(0.5, ("a",)), _Inner(math.nan)),
        {"x": _Inner(math.inf)},
        _Inner(1.0),
        "zwei",
        pd.DataFrame({"n": [1, 2], "x": [0.5, np.nan], "t": ["a", None], "b": [True, False]}, index=index),
        np.array([[1.0, 2.0]]),
    )
    plain = json.loads(json.dumps(to_plain(outer), allow_nan=False))
    back = build(_Outer, plain)
    assert back.parts[0] == outer.parts[0] and math.isnan(back.parts[1].share)
    assert back.by_name == outer.by_name and back.maybe == outer.maybe and back.either == "zwei"
    pd.testing.assert_frame_equal(back.table, outer.table)
    assert back.values.tolist() == [[1.0, 2.0]]


def test_fields_of_another_version() -> None:
    assert build(_Inner, {"share": 1, "gone": 2}) == _Inner(1.0)
    with pytest.raises(KeyError, match="share"):
        build(_Inner, {})
    assert from_plain(tuple[str, ...], ["a"]) == ("a",)


# ---- revisions -------------------------------------------------------------------------------------------


def test_another_file_makes_another_revision_and_the_same_file_none(folder: Path, study: Study) -> None:
    first = ingest(study, WAVE)
    bytes_of_first = {p.name: p.read_bytes() for p in first.snapshot.folder.iterdir()}
    assert (first.new, first.snapshot.revision) == (True, 1)
    again = ingest(study, WAVE)
    assert (again.new, again.snapshot.revision) == (False, 1)
    write_answers(folder, answers_frame(90), "late.csv")
    second = ingest(study, WAVE, folder / "late.csv")
    assert (second.new, second.snapshot.revision) == (True, 2)
    assert {p.name: p.read_bytes() for p in first.snapshot.folder.iterdir()} == bytes_of_first
    assert load_answers(study, WAVE).n == 60
    assert load_answers(study, WAVE, revision=1).n == 40
    assert load_answers(study, WAVE, revision="r1").revision == 1
    back = ingest(study, WAVE)
    assert (back.new, back.snapshot.revision) == (True, 3)
    assert (ingest(study, WAVE, force=True).snapshot.revision, load_answers(study, WAVE).n) == (4, 40)


def test_another_way_to_read_the_same_file_is_another_revision(study: Study) -> None:
    ingest(study, WAVE)
    assert ingest(study, WAVE, off_scale="missing").snapshot.revision == 2


def test_revisions_that_are_not_there(study: Study) -> None:
    with pytest.raises(DataError, match="no snapshot is stored; make one with csat ingest"):
        load_answers(study, WAVE, revision=1)
    ingest(study, WAVE)
    with pytest.raises(
        DataError, match=r'study "guests", wave "2026-10": there is no revision 3; stored are: 1'
    ):
        load_answers(study, WAVE, revision="3")
    with pytest.raises(DataError, match='revision is "one"; write a number'):
        load_answers(study, WAVE, revision="one")
    with pytest.raises(DataError, match="revision and data exclude each other"):
        load_answers(study, WAVE, study.folder / "answers.csv", revision=1)
    assert load_answers(study, WAVE, study.folder / "answers.csv").revision is None


def test_a_wave_is_provisional_until_closed(folder: Path, study: Study) -> None:
    ingest(study, WAVE)
    place = place_of(study, WAVE)
    assert load_answers(study, WAVE).provisional and closing_of(place) is None
    closing, new = close_wave(place)
    assert new and closing.revision == 1 and not load_answers(study, WAVE).provisional
    text = place.closed.read_bytes()
    assert close_wave(place) == (closing, False)
    write_answers(folder, answers_frame(90), "late.csv")
    late = ingest(study, WAVE, folder / "late.csv")
    assert any("was closed on" in one and "revision 2, listed as late" in one for one in late.warnings)
    answers = load_answers(study, WAVE)
    assert not answers.provisional and any("after the wave was closed" in note for note in answers.notes)
    assert not any("closed" in note for note in load_answers(study, WAVE, revision=1).notes)
    assert place.closed.read_bytes() == text


def test_ingest_can_close_at_once_also_what_is_stored_already(study: Study) -> None:
    ingest(study, WAVE)
    done = ingest(study, WAVE, provisional=False)
    assert not done.new and done.closing.revision == 1
    with pytest.raises(DataError, match="nothing is stored of this wave"):
        close_wave(place_of(study, "2026-09"))


# ---- the study changes -----------------------------------------------------------------------------------


def test_words_may_change_without_a_note(folder: Path, study: Study) -> None:
    ingest(study, WAVE)
    write_study(folder, TOML.replace("Satisfaction", "Contentment"), ITEMS.replace("S one", "First"))
    answers = load_answers(load_study(folder), WAVE)
    assert answers.notes == () and answers.study.label("s1") == "First"


def test_a_study_that_reads_its_data_otherwise_is_noted(folder: Path, study: Study) -> None:
    ingest(study, WAVE)
    write_study(folder, TOML.replace("missing = [-99]", "missing = [-99, -98]"))
    changed = load_study(folder)
    assert any("the study changed since this wave was stored" in n for n in load_answers(changed, WAVE).notes)
    done = ingest(changed, WAVE)
    assert done.new and done.snapshot.revision == 2
    assert load_answers(changed, WAVE).notes == ()


def test_an_item_or_segment_that_the_snapshot_lacks(folder: Path, study: Study) -> None:
    ingest(study, WAVE)
    write_study(folder, TOML, ITEMS + "l4,Loy,,L four,忠四,I stay.,我会留下。\n")
    with pytest.raises(
        DataError, match=r"revision 1: the study now asks for .* item l4; ingest the wave again"
    ):
        load_answers(load_study(folder), WAVE)
    write_study(folder, TOML + '\n[segments.age]\nlabel = { en = "Age", zh = "年龄" }\n')
    with pytest.raises(DataError, match="segment age"):
        load_answers(load_study(folder), WAVE)


def test_an_item_that_is_no_longer_asked_for_is_left_out(folder: Path, study: Study) -> None:
    ingest(study, WAVE)
    write_study(folder, TOML, "".join(ITEMS.splitlines(True)[:-1]))
    assert "l3" not in load_answers(load_study(folder), WAVE).raw


def test_answers_keep_the_scale_on_which_they_were_given(folder: Path, study: Study) -> None:
    ingest(study, WAVE)
    before = load_answers(study, WAVE)
    write_study(folder, TOML.replace("maximum = 7", "maximum = 10").replace('7 = "', '10 = "'))
    answers = load_answers(load_study(folder), WAVE)
    pd.testing.assert_frame_equal(answers.scored, before.scored)
    assert answers.study.scale_of("s1").maximum == 7
    assert answers.study.scale_of("s1").labels_in("en") == {1: "No", 7: "Yes"}
    assert any("s1 was answered on 1 to 7 in wave 2026-10" in note for note in answers.notes)


def test_off_scale_is_settled_when_a_wave_is_stored(folder: Path) -> None:
    frame = answers_frame()
    frame.loc[30, "l1"] = 99
    write_answers(folder, frame)
    study = load_study(folder)
    with pytest.raises(DataError, match="off the scale"):
        ingest(study, WAVE)
    assert stored_waves(study) == ()
    ingest(study, WAVE, off_scale="missing")
    assert load_answers(study, WAVE).raw["l1"].isna().sum() == 1
    assert load_answers(study, WAVE, off_scale="missing").revision == 1
    with pytest.raises(DataError, match="settled by csat ingest"):
        load_answers(study, WAVE, off_scale="error")


# ---- places ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../etc", "..", "/etc/passwd", "a/b", "r1", ".locks", ".staging-1", "x" * 300]
)
def test_no_wave_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    place = WavePlace(tmp_path / "waves", "guests", name)
    assert place.folder.parent == tmp_path / "waves" and place.lock.parent == tmp_path / "waves" / ".locks"
    assert not place.name.startswith(".") and len(place.name) < 100


def test_a_wave_of_any_name_is_stored_and_found(tmp_path: Path) -> None:
    toml = TOML.replace('id = "2026-10"', 'id = "Late_night"').replace('wave_column = "month"\n', "")
    folder = write_study(tmp_path / "guests", toml.replace('id = "2026-09"', 'id = "pilot"'))
    write_answers(folder)
    study = load_study(folder)
    for wave in ("Late_night", "pilot"):
        ingest(study, wave)
    assert stored_waves(study) == ("Late_night", "pilot")
    assert latest_wave(study) == "Late_night"


def test_the_store_may_be_elsewhere(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT, str(tmp_path / "elsewhere"))
    assert store_root(study) == tmp_path / "elsewhere" / "guests"
    ingest(study, WAVE)
    assert (tmp_path / "elsewhere" / "guests" / WAVE / "r1" / "snapshot.json").is_file()
    assert not (study.folder / "waves").exists()
    assert load_answers(study).revision == 1
    monkeypatch.delenv(ROOT)
    assert load_answers(study).revision is None


def test_the_latest_wave_is_found_in_the_store_and_in_the_file(folder: Path) -> None:
    toml = TOML.partition("[[waves]]")[0] + 'wave_naming = "month"\n' + TOML.partition('"2026-10"\n')[2]
    write_study(folder, toml)
    study = load_study(folder)
    frame = answers_frame()
    frame.assign(month="2026-11").to_csv(folder / "november.csv", index=False)
    ingest(study, "2026-11", folder / "november.csv")
    assert latest_wave(study) == "2026-11" and load_answers(study).n == 60
    assert load_answers(study, "2026-10").revision is None
    (folder / "answers.csv").unlink()
    assert latest_wave(study) == "2026-11"


def test_things_that_are_no_snapshots_are_passed_over(study: Study) -> None:
    ingest(study, WAVE)
    root = store_root(study)
    for name in ("2026-09", "notes", "2026-10/.staging-999", "2026-10/r02", "2026-10/rx"):
        (root / name).mkdir()
    (root / "readme.txt").write_text("hello")
    assert stored_waves(study) == (WAVE,)
    assert place_of(study, WAVE).revisions() == (1,)
    assert read_snapshot(place_of(study, WAVE)).n == 40


def test_simulated_answers_stay_marked(tmp_path: Path) -> None:
    from csat.study import simulate as room

    study = load_study("service_loyalty")
    frame = room.simulate(study, 250, ("2026-10",), 1, "")
    path = room.write_answers(frame, tmp_path / "SIMULATED.csv")
    study = replace(study, folder=tmp_path)
    ingest(study, "2026-10", path)
    answers = load_answers(study, "2026-10")
    assert answers.study.simulated and answers.revision == 1
    assert "respondent" not in answers.cells
