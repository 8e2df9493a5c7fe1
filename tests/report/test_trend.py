"""Wave by wave: what is compared, where lines stop, what is said, and what is left unsaid."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from csat.data import load_answers
from csat.data.ingest import ingest
from csat.data.waves.earlier import earlier_hashes, earlier_waves, load_earlier
from csat.report import executive, loyalty
from csat.report.loyalty import front
from csat.report.loyalty.change import direction, written
from csat.report.loyalty.showing_trend import lines, show_trend
from csat.report.loyalty.trend import Trend, over_time
from csat.report.page import Page, open_page
from csat.run.notebooks import SUITE
from csat.run.plan import make_plan
from csat.study import load_study

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from study_files import COLUMNS, TOML, write_answers, write_study  # noqa: E402

WAVES = ("2026-07", "2026-08", "2026-09", "2026-10")
Shown = Callable[[Trend, str], BeautifulSoup]


def four_waves(n: int = 80) -> pd.DataFrame:
    """Answers of four months; satisfaction rises in the last, when more of site 2 answer."""
    draw = np.random.default_rng(11)
    frames = []
    for k, wave in enumerate(WAVES):
        factor = draw.normal(size=n) + (1.2 if k == 3 else 0.0)
        signs = np.array([1.0, 1.0, -1.0, 1.0, 1.0, 1.0])
        points = 4 + signs * factor[:, None] + draw.normal(size=(n, 6))
        frame = pd.DataFrame(np.clip(np.rint(points), 1, 7).astype(int), columns=list(COLUMNS))
        frame.insert(0, "guest", [f"{wave}{i:03d}" for i in range(n)])
        site = draw.permutation([1] * (n // (2 if k < 3 else 4)) + [2] * n)[:n]
        frames.append(frame.assign(month=wave, site=site))
    return pd.concat(frames, ignore_index=True)


def study(folder: Path, extra: dict[str, str] | None = None, frame: pd.DataFrame | None = None) -> Path:
    """A study of four months; `extra` holds further lines of a wave."""
    waves = "\n".join(f'[[waves]]\nid = "{wave}"\n{(extra or {}).get(wave, "")}' for wave in WAVES)
    declared = '[[waves]]\nid = "2026-09"\n[[waves]]\nid = "2026-10"\n'
    assert declared in TOML
    write_study(folder, TOML.replace(declared, f"{waves}\n"))
    write_answers(folder, four_waves() if frame is None else frame)
    return folder


def trend_of(folder: Path, wave: str = "", segment: str = "") -> Trend:
    """Trend up to a wave."""
    declared = load_study(folder)
    return over_time(declared, load_answers(declared, wave, segment=segment), replicates=200)


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Show the section and give what a reader sees."""

    def go(found: Trend, lang: str = "en") -> BeautifulSoup:
        parts: list[str] = []
        monkeypatch.setattr(Page, "html", lambda self, fragment: parts.append(fragment))
        page = open_page("03_loyalty", answers=found.answers[-1], lang=lang, out=tmp_path / "out")
        show_trend(page, found)
        return BeautifulSoup("\n".join(parts), "html.parser")

    return go


def text_of(soup: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", soup.get_text(" "))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Trend:
    """Four waves that may be compared."""
    return trend_of(study(tmp_path_factory.mktemp("plain") / "guests"))


def test_levels_and_changes_of_all_waves(plain: Trend) -> None:
    assert plain.waves == WAVES
    assert set(plain.levels["run"]) == {0}
    of = plain.changes[(plain.changes["subject"] == "Sat") & (plain.changes["metric"] == "change_index")]
    assert list(zip(of["earlier"], of["wave"], strict=True)) == list(pairwise(WAVES))
    assert (of["p_adjusted"] >= of["p"]).all()
    assert of["p_adjusted"].iloc[-1] < 0.05 < of["p_adjusted"].iloc[0]
    levels = plain.levels[(plain.levels["subject"] == "Sat")].set_index("wave")["estimate"]
    assert of["estimate"].iloc[-1] == pytest.approx(levels["2026-10"] - levels["2026-09"])
    assert set(plain.since["earlier"]) == {"2026-07"}


def test_a_change_is_composition_and_within(plain: Trend) -> None:
    parts = plain.parts.set_index("metric")
    assert list(parts["subject"]) == ["site", "site"]
    change = plain.latest.set_index("subject").loc["Sat", "estimate"]
    assert parts["estimate"].sum() == pytest.approx(change, abs=1e-9)  # nobody left a question out
    assert parts.loc["change_within", "ci_low"] > 0


def test_only_this_waves_changes_are_recorded(plain: Trend) -> None:
    frame = pd.concat(plain.frames)
    assert not frame.duplicated(["metric", "subject"]).any()
    assert {"change_index", "change_top_box", "change_composition", "change_within"} == set(frame["metric"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_one_tells_the_changes_of_the_section(plain: Trend, tmp_path: Path, lang: str) -> None:
    page = open_page("03_loyalty", answers=plain.answers[-1], lang=lang, out=tmp_path)
    found = loyalty.analyse(plain.answers[-1], replicates=50)
    told = front.page_one(page, found, plain)
    cards = {card.label: card.change for card in told.figures}
    latest = plain.latest[plain.latest["metric"] == "change_index"].set_index("subject")
    verdicts = {"en": {"up": "up, beyond noise", "down": "down, beyond noise", "noise": "within noise"}}
    verdicts["zh"] = {"up": "上升，超出随机波动", "down": "下降，超出随机波动", "noise": "波动之内"}
    for role, construct in (("satisfaction", "Sat"), ("loyalty", "Loy")):
        row = latest.loc[construct].to_dict()
        change = cards[page.t(f"page_one.figure.{role}")]
        number, interval = written(page, row).split("\u00a0(", 1)
        assert number in change and interval.rstrip(")") in change
        assert verdicts[lang][direction(row)] in change and "2026-09" in change and "95%" in change
    assert {"en": "have both risen since 2026-09", "zh": "自 2026-09 以来均有上升"}[lang] in told.verdict
    shown = executive.render(told, page.words)
    assert shown.count("card-change") == sum(bool(change) for change in cards.values()) >= 2


def test_page_one_is_silent_where_no_wave_can_be_compared(tmp_path: Path) -> None:
    first = trend_of(study(tmp_path / "first"), "2026-07")
    modes = {wave: f'mode = "{"online" if wave < "2026-10" else "phone"}"' for wave in WAVES}
    other = trend_of(study(tmp_path / "other", modes))
    for found in (first, other):
        analysed = loyalty.analyse(found.answers[-1], replicates=50)
        page = open_page("03_loyalty", answers=found.answers[-1], out=tmp_path / "out")
        assert front.page_one(page, analysed, found) == front.page_one(page, analysed)


def test_one_question_of_loyalty_says_what_is_compared(plain: Trend, tmp_path: Path) -> None:
    page = open_page("03_loyalty", answers=plain.answers[-1], out=tmp_path)
    row = plain.latest[plain.latest["metric"] == "change_top_box"].iloc[0]
    line = front.change_line(page, plain, "change_top_box", row["subject"])
    assert line.startswith("Top answers since 2026-09") and f"{100 * row['estimate']:+.1f}" in line.replace(
        "−", "-"
    )
    assert "percentage points" in line


@pytest.mark.parametrize(
    ("low", "high", "p", "way"),
    [
        (0.2, 1.4, 0.01, "up"),
        (-1.4, -0.2, 0.01, "down"),
        (-1.4, -0.2, 0.06, "unsure"),
        (-1.0, 0.2, 0.3, "noise"),
    ],
)
def test_a_change_that_only_its_own_interval_confirms_is_not_certain(
    plain: Trend, shown: Shown, low: float, high: float, p: float, way: str
) -> None:
    told = {"estimate": (low + high) / 2, "ci_low": low, "ci_high": high, "p_adjusted": p}
    assert direction(told) == way
    assert (
        direction(told | {"p_adjusted": float("nan"), "ci_low": float("nan"), "ci_high": float("nan")})
        == "noise"
    )
    table = plain.changes.copy()
    table.loc[table["metric"] == "change_index", list(told)] = list(told.values())
    text = text_of(shown(replace(plain, changes=table), "en"))
    words = {"up": "has risen", "down": "has fallen", "unsure": "is not certain", "noise": "has not moved"}
    assert words[way] in text.split("Figures of this wave")[0]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_section_says_what_moved(plain: Trend, shown: Shown, lang: str) -> None:
    page = shown(plain, lang)
    text = text_of(page)
    words = ("has risen", "Whether the waves may be compared") if lang == "en" else ("上升", "各期能否比较")
    assert all(word in text for word in words)
    assert page.find("details") is not None
    assert "nan" not in text.lower().replace("finance", "")
    image = page.find("img")
    assert image is not None and all(wave in str(image["alt"]) for wave in WAVES)


def test_one_wave_shows_nothing(plain: Trend, shown: Shown, tmp_path: Path) -> None:
    found = trend_of(study(tmp_path / "guests"), "2026-07")
    assert found.changes.empty and found.parts.empty and len(found.levels)
    assert text_of(shown(found, "en")).strip() == ""


def test_a_declared_break_cuts_the_line(shown: Shown, tmp_path: Path) -> None:
    found = trend_of(study(tmp_path / "guests", {"2026-09": 'breaks = ["l2"]'}))
    runs = found.levels.set_index(["metric", "subject", "wave"])["run"]
    assert [runs["index_0_100", "Loy", wave] for wave in WAVES] == [0, 0, 1, 1]
    assert [runs["index_0_100", "Sat", wave] for wave in WAVES] == [0, 0, 0, 0]
    assert [runs["top_box", "l1", wave] for wave in WAVES] == [0, 0, 0, 0]
    cut = found.changes[(found.changes["wave"] == "2026-09") & found.changes["subject"].isin(["Loy", "l2"])]
    assert cut.empty
    assert "Changed, as declared" in text_of(shown(found, "en"))


def test_a_change_that_nobody_declared_is_a_warning(shown: Shown, tmp_path: Path) -> None:
    modes = {wave: f'mode = "{"online" if wave < "2026-10" else "phone"}"' for wave in WAVES}
    found = trend_of(study(tmp_path / "guests", modes))
    assert found.latest.empty and found.parts.empty
    page = shown(found, "en")
    warning = page.find("div", class_="warning")
    assert warning is not None and "2026-10" in warning.text and "mode" in warning.text
    assert "cannot be compared" in text_of(page)


def test_a_wave_that_is_left_out_leaves_a_gap(tmp_path: Path) -> None:
    found = trend_of(study(tmp_path / "guests", {"2026-08": 'without = ["l1", "l2", "l3"]'}))
    assert found.axis == WAVES and found.waves == ("2026-07", "2026-09", "2026-10")
    loyalty = found.levels[(found.levels["subject"] == "Loy")]
    assert list(loyalty["run"]) == [0, 1, 1]
    over = found.changes[(found.changes["subject"] == "Loy") & (found.changes["wave"] == "2026-09")]
    assert list(over["earlier"]) == ["2026-07"]


def test_another_set_of_questions_is_another_figure(tmp_path: Path) -> None:
    found = trend_of(study(tmp_path / "guests", {"2026-10": 'without = ["l3"]'}))
    assert "Loy" not in set(found.latest["subject"]) and "Sat" in set(found.latest["subject"])


def test_an_old_wave_that_cannot_be_used_is_named(shown: Shown, tmp_path: Path) -> None:
    frame = four_waves()
    frame["s1"] = frame["s1"].astype(object)
    frame.loc[frame["month"] == "2026-08", "s1"] = "broken"
    found = trend_of(study(tmp_path / "guests", frame=frame))
    assert found.waves == ("2026-07", "2026-09", "2026-10") and [wave for wave, _ in found.left_out] == [
        "2026-08"
    ]
    assert "Wave 2026-08 is left out" in text_of(shown(found, "en"))


def test_a_small_segment_shows_nothing_of_a_few(tmp_path: Path) -> None:
    frame = four_waves()
    early = frame["month"] == "2026-07"
    frame.loc[early, "site"] = np.where(np.arange(early.sum()) < 5, 2, 1)
    found = trend_of(study(tmp_path / "guests", frame=frame), segment="site=2")
    assert [wave for wave, _ in found.left_out] == ["2026-07"]
    assert found.parts.empty  # the segment itself is no explanation


def test_the_figure_shows_four_lines_at_most(plain: Trend) -> None:
    assert lines(plain) == ["Sat", "Loy"]


def test_hashes_tell_when_an_earlier_wave_changes(tmp_path: Path) -> None:
    folder = study(tmp_path / "guests")
    declared = load_study(folder)
    assert earlier_waves(declared, "2026-09") == ("2026-07", "2026-08")
    assert earlier_waves(declared, "2030-01") == ()
    before = earlier_hashes(declared, "2026-09")
    ingest(declared, "2026-08")
    stored = earlier_hashes(declared, "2026-09")
    assert stored["2026-07"] == before["2026-07"] and stored["2026-08"] != before["2026-08"]
    frame = four_waves()
    frame.loc[(frame["month"] == "2026-08") & (frame["s1"] < 4), "s1"] = 7
    ingest(declared, "2026-08", write_answers(folder, frame, "late.csv"))
    again = earlier_hashes(declared, "2026-09")
    assert again["2026-08"] != stored["2026-08"]
    found = load_earlier(declared, "2026-09")
    assert [one.wave for one in found.answers] == ["2026-07", "2026-08"] and not found.left_out
    assert found.answers[1].revision == 2 and (found.answers[1].raw["s1"] >= 4).all()


def test_a_report_is_made_anew_when_an_earlier_wave_has_changed(tmp_path: Path) -> None:
    folder = study(tmp_path / "guests")
    declared = load_study(folder)

    def plan(wave: str) -> str:
        out, books = tmp_path / "reports", ROOT / "notebooks"
        return make_plan(folder, wave, ["en"], "", "", out, (), SUITE, books, ROOT).key

    before = plan("2026-09"), plan("2026-07")
    assert (plan("2026-09"), plan("2026-07")) == before
    ingest(declared, "2026-08")
    assert plan("2026-09") != before[0] and plan("2026-07") == before[1]
