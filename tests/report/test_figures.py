"""Chart forms: drawn in both languages, small, the same bytes twice, readable."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from csat.report import style
from csat.report.figures import common, figure_html
from csat.report.figures.layers import layered
from csat.report.svg import figure_svg
from csat.report.text import unbreakable, width, wrap
from matplotlib.figure import Figure

LABELS = {"en": ["Image", "Perceived quality & $value$", "Loyalty"], "zh": ["形象", "感知质量与价值", "忠诚"]}
RNG = np.random.default_rng(7)
SHARES = RNG.dirichlet(np.ones(10), 3)
MATRIX = RNG.uniform(-1, 1, (3, 3))
POINTS = RNG.uniform(0, 100, (2, 400))


def _frame(lang: str) -> pd.DataFrame:
    frame = pd.DataFrame({"label": LABELS[lang], "estimate": [0.4, 0.6, -0.1]})
    return frame.assign(ci_low=frame["estimate"] - 0.1, ci_high=frame["estimate"] + 0.1)


def _grouped(lang: str) -> pd.DataFrame:
    return pd.concat([_frame(lang).assign(group=group) for group in ("α", "ω")])


def _lines(lang: str) -> pd.DataFrame:
    frame = pd.concat([_frame(lang).assign(group=name, x=[1, 2, 3]) for name in LABELS[lang]])
    return frame


def _paths() -> pd.DataFrame:
    pairs = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"]})
    return pairs.assign(estimate=[0.5, 0.0, -0.4], ci_low=[0.4, -0.1, -0.5], ci_high=[0.6, 0.1, -0.3])


FORMS: dict[str, Callable[[str], Figure]] = {
    "interval_plot": lambda lang: common.interval_plot(_frame(lang), lang=lang, references=[(0.5, "0.50")]),
    "interval_plot_groups": lambda lang: common.interval_plot(_grouped(lang), lang=lang),
    "interval_bars": lambda lang: common.interval_bars(_grouped(lang), lang=lang, unit="%"),
    "line_band": lambda lang: common.line_band(_lines(lang), lang=lang, references=[(0.5, "0.50")]),
    "line_band_text": lambda lang: common.line_band(_lines(lang).astype({"x": str}), lang=lang),
    "diverging_bars": lambda lang: common.diverging_bars(
        pd.DataFrame(SHARES, index=LABELS[lang], columns=range(1, 11)), lang=lang, bases=[9, 10, 11]
    ),
    "heat_map": lambda lang: common.heat_map(
        pd.DataFrame(MATRIX, index=LABELS[lang], columns=LABELS[lang]), lang=lang, marked=lambda v: v > 0.5
    ),
    "heat_map_lower": lambda lang: common.heat_map(
        pd.DataFrame(MATRIX, index=LABELS[lang], columns=LABELS[lang]), lang=lang, lower=True
    ),
    "path_diagram": lambda lang: common.path_diagram(
        dict(zip("abc", LABELS[lang], strict=True)), _paths(), notes={"c": "R² 0.50"}, lang=lang
    ),
    "quadrant_bubbles": lambda lang: common.quadrant_bubbles(
        *POINTS, split=(50, 50), corners=[*LABELS[lang], "4"], lang=lang
    ),
    "named_points": lambda lang: common.named_points(
        pd.DataFrame({"label": LABELS[lang], "x": [1, 2, 3], "y": [3, 1, 2]}).assign(
            x_low=0.5, x_high=3.5, y_low=0.5, y_high=3.5
        ),
        lang=lang,
        split=(2, 2),
        corners=["1", "2", "3", "4"],
    ),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", FORMS)
def test_form(form: str, lang: str, recwarn: pytest.WarningsRecorder) -> None:
    before = dict(matplotlib.rcParams)
    one, two = (figure_svg(FORMS[form](lang), lang) for _ in range(2))
    assert one == two
    assert dict(matplotlib.rcParams) == before
    assert len(one) < 150_000
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    root = ElementTree.fromstring(one)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"<(text|script|metadata|image)\b|matplotlib|\d{4}-\d\d-\d\d", one)
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', one))
    ids = re.findall(r' id="([^"]+)"', one)
    assert {a or b for a, b in used} == set(ids)
    assert len(ids) == len(set(ids))


def test_a_million_points_stay_small() -> None:
    x, y = np.random.default_rng(1).uniform(0, 100, (2, 1_000_000))
    drawn = common.quadrant_bubbles(x, y, split=(50, 50), corners=["a", "b", "c", "d"])
    assert len(figure_svg(drawn)) < 150_000


def test_quadrants_count_respondents_on_the_cut_as_high() -> None:
    nan = float("nan")
    x, y = [50, 49, 51, 49, nan], [50, 50, 49, 49, 50]
    drawn = common.quadrant_bubbles(
        x, y, split=(50, 50), corners=["lh", "hh", "ll", "hl"], weights=[1, 1, 1, 5, 9]
    )
    assert [text.get_text() for text in drawn.axes[0].texts] == ["lh\n12%", "hh\n12%", "ll\n62%", "hl\n12%"]


def test_every_fill_lets_its_text_be_read() -> None:
    fills = {fill for count in range(2, 12) for fill in style.diverging(count)}
    fills |= {style.mix(style.PAPER, colour, step / 100) for colour in style.PALETTE for step in range(101)}
    assert min(style.contrast(style.ink_on(fill), fill) for fill in fills) >= 4.5
    assert min(style.contrast(style.text_colour(colour), style.PAPER) for colour in style.PALETTE) >= 4.5
    assert style.contrast(style.MUTED, style.PAPER) >= 4.5
    assert all(len(set(style.diverging(count))) == count for count in range(2, 12))


def test_chinese_font_comes_from_a_package() -> None:
    path = style.chinese_font()
    assert path is not None
    assert "site-packages" in str(path)
    assert style.font_families("zh")[0] == "Noto Sans SC"


def test_figure_html_escapes_and_needs_words() -> None:
    made = figure_html("<svg/>", 'a <b> "c"', "<script>", "x & y", key="k")
    assert base64.b64encode(b"<svg/>").decode() in made
    assert 'alt="&lt;script&gt;"' in made
    assert "<figcaption>a &lt;b&gt; &quot;c&quot;</figcaption>" in made
    with pytest.raises(ValueError, match="alternative text"):
        figure_html("<svg/>", "headline", " ")


@pytest.mark.parametrize(
    ("text", "limit", "lines", "wrapped"),
    [
        ("Quality of the mobile network", 16, 3, "Quality of the\nmobile network"),
        ("short", 16, 3, "short"),
        ("", 16, 3, ""),
        ("感知质量与价值", 8, 3, "感知质量\n与价值"),
        ("满意，忠诚。", 6, 3, "满意，\n忠诚。"),
        ("one two three four five six", 9, 2, "one two\nthree…"),
        ("Donaudampfschifffahrt", 10, 3, "Donaudampf\nschifffahr\nt"),
    ],
)
def test_wrap(text: str, limit: int, lines: int, wrapped: str) -> None:
    assert wrap(text, limit, lines) == wrapped
    assert all(width(line) <= limit for line in wrap(text, limit, lines).split("\n"))


def test_widest_unbreakable_part() -> None:
    assert unbreakable("perceived value") == 9
    assert unbreakable("感知质量") == 2
    assert unbreakable("") == 0


def test_direct_labels_keep_order_and_gap() -> None:
    placed = style.direct_labels([0.5, 0.51, 0.52, 5], 0.2)
    assert all(b - a >= 0.2 - 1e-9 for a, b in itertools.pairwise(placed))


ECSI = [tuple(pair) for pair in ("IE", "IS", "IL", "EQ", "EV", "ES", "QV", "QS", "VS", "SC", "SL", "CL")]


def test_layers_run_forward_and_leave_room() -> None:
    plan = layered(list("IEQVSCL"), ECSI)
    assert all(plan.layer[a] < plan.layer[b] for a, b in ECSI)
    for a, b in itertools.combinations("IEQVSCL", 2):
        assert plan.layer[a] != plan.layer[b] or abs(plan.across[a] - plan.across[b]) >= 1 - 1e-9
    for pair in ECSI:
        route = plan.route(pair)
        assert [layer for _, layer in route] == list(range(plan.layer[pair[0]], plan.layer[pair[1]] + 1))


def test_layers_of_odd_graphs() -> None:
    assert layered(["a"], []).depth == 1
    wide = layered([*map(str, range(12)), "s"], [(str(i), "s") for i in range(12)])
    assert wide.depth == 2
    with pytest.raises(ValueError, match="without cycles"):
        layered(["a", "b"], [("a", "b"), ("b", "a")])


def test_many_drivers_are_drawn_sideways() -> None:
    nodes = {str(i): f"Driver {i}" for i in range(9)} | {"s": "Satisfaction"}
    edges = pd.DataFrame({"source": [str(i) for i in range(9)], "target": "s"})
    drawn = common.path_diagram(nodes, edges)
    assert drawn.get_size_inches()[1] > drawn.get_size_inches()[0]
