"""Bad input gives a clear error that names wave, row, item and what to do; nothing is guessed."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data import DataError, load_answers
from csat.study import load_study
from study_files import TOML, answers_frame, write_answers, write_study

Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_study(tmp_path / "guests")


def error_of(folder: Path, frame: pd.DataFrame | None = None, **options: str) -> str:
    if frame is not None:
        write_answers(folder, frame)
    with pytest.raises(DataError) as caught:
        load_answers(load_study(folder), **options)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    return str(caught.value)


def setting(row: int, column: str, value: object) -> Change:
    """Set one cell, the first row under the header being 1."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype(object)
        frame.loc[row - 1, column] = value
        return frame

    return change


def constant(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(l1=4)


def unanswered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(l1=np.nan)


def repeated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(l2=8 - frame["l1"])


def added_up(frame: pd.DataFrame) -> pd.DataFrame:
    first, second = 1 + np.arange(60) % 3, 1 + (np.arange(60) // 3) % 3
    return frame.assign(s1=first, s2=second, l1=first + second)


CASES: dict[str, tuple[Change, list[str]]] = {
    "text": (setting(30, "s2", "very good"), ["item s2", '"very good"', "row 30", "missing = ["]),
    "decimal comma": (setting(30, "s2", "4,5"), ["item s2", '"4,5"', "row 30", "missing = ["]),
    "off the scale": (
        setting(33, "l1", 8),
        ["item l1: 1 answer off the scale 1 to 7 (8) in row 33", "off_scale"],
    ),
    "between the points": (
        setting(33, "l1", 3.5),
        ["item l1: 1 answer not a whole point of the scale 1 to 7 (3.5) in row 33", "continuous"],
    ),
    "missing code of another study": (setting(33, "l1", -9), ["(-9)", "missing"]),
    "missing column": (
        lambda f: f.rename(columns={"l3": "l_3"}),
        ['column "l3" of item l3', 'did you mean "l_3"', "the file has the columns: guest,"],
    ),
    "missing segment": (lambda f: f.drop(columns="site"), ['column "site" of segment site']),
    "missing respondents": (lambda f: f.drop(columns="guest"), ["respondent_column"]),
    "respondent twice": (setting(41, "guest", "g030"), ["1 respondent id comes more than once", "31, 41"]),
    "constant": (constant, ["item l1: all 40 answers are 4", '"without"']),
    "unanswered": (unanswered, ["item l1: nobody answered it"]),
    "repeated": (repeated, ["items l1 and l2 are perfectly collinear", "mirror image"]),
    "added up": (added_up, ["s1, s2, l1 are perfectly collinear"]),
    "too few for the items": (lambda f: f.iloc[16:25], ["5 respondents for 6 items"]),
    "too few to show": (lambda f: f.iloc[16:28], ["8 respondents are fewer than 10 (suppress_below)"]),
    "no rows of the wave": (lambda f: f[f["month"] == "2026-09"], ['no rows of wave "2026-10"', "2026-09"]),
    "header only": (lambda f: f.iloc[:0], ["header but no rows"]),
}


@pytest.mark.parametrize("name", CASES)
def test_answers_that_cannot_be_used(name: str, folder: Path) -> None:
    change, words = CASES[name]
    message = error_of(folder, change(answers_frame()), wave="2026-10")
    for word in words:
        assert word in message
    assert "g030" not in message
    assert 'file "answers.csv"' in message or message.startswith("answers.csv")
    assert "problems" not in message


def test_everything_wrong_in_the_cells_comes_at_once(folder: Path) -> None:
    frame = answers_frame()
    for change in (setting(30, "s2", "good"), setting(31, "l1", 9), setting(41, "guest", "g030")):
        frame = change(frame)
    message = error_of(folder, frame)
    assert "item s2" in message
    assert "item l1" in message
    assert "more than once" in message
    assert message.startswith('study "guests", wave "2026-10"')
    assert "the first under the header" in message
    assert "3 problems" in message


def test_missing_respondent_id_is_noted(folder: Path) -> None:
    write_answers(folder, setting(30, "guest", "")(answers_frame()))
    notes = load_answers(load_study(folder), wave="2026-10").notes
    assert any("respondent id is missing in row 30" in note for note in notes)


def test_rows_are_cut_at_ten(folder: Path) -> None:
    frame = answers_frame().assign(l1=9)
    assert (
        "40 answers off the scale 1 to 7 (9) in rows 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 and 30 more"
        in (error_of(folder, frame))
    )


def test_missing_file(folder: Path) -> None:
    write_answers(folder, name="anwsers.csv")
    message = error_of(folder)
    assert 'no data file "answers.csv" (did you mean "anwsers.csv"?)' in message
    assert 'no data file "nowhere.csv"' in error_of(folder, data="nowhere.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"\xef\xbb\xbf\n", "the file is empty"),
        (b'"guest,month\n' + b"g1,2026-10\n" * 20000, "close its quotes"),
        ("guest,s1\n满,1\n".encode("utf-32"), "UTF-32"),
        ("guest,s1\nZürich Genève,1\n".encode("cp1252"), "line 2 is not UTF-8"),
        (b"PK\x03\x04 a workbook", "Excel workbook"),
        (b"\x00\x01\x02", "zero bytes"),
        (b"guest,month\ng1,2026-10\ng2,2026-10,7\n", "line 3"),
        (b'guest,month\n"g1,2026-10\n', "does not have the 2 cells"),
    ],
)
def test_files_that_are_no_table(content: bytes, words: str, folder: Path) -> None:
    (folder / "answers.csv").write_bytes(content)
    message = error_of(folder)
    assert words in message
    assert "answers.csv" in message


def test_other_formats_that_are_broken(folder: Path) -> None:
    for name in ("broken.xlsx", "broken.parquet", "answers.docx"):
        (folder / name).write_bytes(b"nothing of the kind")
        assert name in error_of(folder, data=str(folder / name))


def test_rows_shorter_than_the_header(folder: Path) -> None:
    path = write_answers(folder)
    header, rest = path.read_text().split("\n", 1)
    path.write_text(f"{header},more\n{rest}")
    assert "rows have fewer cells than the header" in error_of(folder)
    path.write_text(f"{header}\n{rest}g099,2026-10\n")
    notes = load_answers(load_study(folder)).notes
    assert any("fewer cells than the header in row 61" in note for note in notes)


def test_column_twice(folder: Path) -> None:
    path = write_answers(folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0] + ",s1", *(line + ",4" for line in lines[1:])]), encoding="utf-8")
    assert 'column "s1" comes more than once' in error_of(folder)


def test_segments_that_are_not_there(folder: Path) -> None:
    write_answers(folder)
    assert 'did you mean "site"' in error_of(folder, segment="sites=1")
    assert "segments are: site" in error_of(folder, segment="town=1")
    assert "write site=VALUE, values are: 1, 2" in error_of(folder, segment="site")
    assert 'value "3"; there are: 1, 2' in error_of(folder, segment="site=3")
    frame = answers_frame()
    frame["site"] = [2] * 52 + [1] * 8
    assert "segment site=1 has 8 respondents, fewer than 10" in error_of(folder, frame, segment="site=1")


def test_construct_left_with_one_item(folder: Path) -> None:
    write_study(folder, TOML.replace('id = "2026-10"', 'id = "2026-10"\nwithout = ["l2", "l3"]'))
    message = error_of(folder, answers_frame())
    assert "construct Loy is left with one usable item of 3, l1" in message
    write_study(folder, TOML.replace('id = "2026-10"', 'id = "2026-10"\nwithout = ["l1", "l2", "l3"]'))
    assert "construct Loy is left without any item" in error_of(folder, answers_frame())


@pytest.mark.parametrize("weights", [[-1.0] + [1.0] * 59, [np.nan] * 60, [0.0] * 60, ["heavy"] * 60])
def test_weights_that_are_none(weights: list[object], folder: Path) -> None:
    write_study(folder, TOML.replace("[data]", '[data]\nweight_column = "w"'))
    message = error_of(folder, answers_frame().assign(w=weights), wave="2026-09")
    assert "weights" in message


def test_waves_and_options(folder: Path) -> None:
    write_answers(folder)
    with pytest.raises(ValueError, match=r'no wave "2026-12".*Allowed: 2026-09, 2026-10'):
        load_answers(load_study(folder), "2026-12")
    assert "allowed: error, missing" in error_of(folder, off_scale="drop")
    assert "name the wave" in error_of(folder, answers_frame().drop(columns="month"))


def test_data_that_do_not_tell_the_wave(folder: Path) -> None:
    toml = TOML.replace('wave_column = "month"\n', "").replace(
        "frame_size", 'wave_naming = "month"\nframe_size'
    )
    write_study(folder, toml)
    write_answers(folder)
    assert "do not tell one wave from another" in error_of(folder, wave="2026-12")


def test_no_data_yet(folder: Path) -> None:
    head, rest = TOML.split("[data]", 1)
    write_study(folder, head + "[scales" + rest.split("[scales", 1)[1])
    assert "has no [data]" in error_of(folder)


def test_packages_that_are_not_there(folder: Path) -> None:
    for package, resource, words in (
        ("no_such_package", "x.csv", "not installed"),
        ("csat", "no/such.csv", 'no file "no/such.csv"'),
    ):
        source = f'package = "{package}"\nresource = "{resource}"'
        write_study(folder, TOML.replace('path = "answers.csv"', source))
        assert words in error_of(folder)
