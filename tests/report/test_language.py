"""Numbers and sentences: one style in each language, the same keys in all."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from csat.report import numbers
from csat.report.language import SECTIONS, Catalogue, CatalogueError, languages, placeholders, read_section


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-0.001, 2, "0.00"),
        (-0.0, 0, "0"),
        (0.005, 2, "0.01"),
        (-1234.5, 1, "−1,234.5"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "–"),
        (None, 2, "–"),
        (pd.NA, 2, "–"),
        (np.float64(0.7), 2, "0.70"),
        (np.int64(12345), 0, "12,345"),
    ],
)
def test_number(value: object, digits: int, text: str) -> None:
    assert numbers.number(value, digits) == text


def test_signs_intervals_shares_and_p_values() -> None:
    assert numbers.number(0.2, 1, signed=True) == "+0.2"
    assert numbers.number(-0.001, 1, signed=True) == "0.0"
    assert numbers.interval(0.65, 0.77) == "0.65–0.77"
    assert numbers.interval(-0.2, 0.1) == "−0.20 to 0.10"
    assert numbers.interval(-0.001, 0.1) == "0.00–0.10"
    assert numbers.estimate(0.71, 0.65, 0.77) == "0.71 (0.65–0.77)"
    assert numbers.estimate(0.71, np.nan, np.nan) == "0.71"
    assert numbers.percent(0.2549, 1) == "25.5%"
    assert [numbers.p_value(p) for p in (1e-9, 0.05, 1.0)] == ["p < 0.001", "p = 0.050", "p > 0.999"]


@pytest.mark.parametrize("section", SECTIONS)
def test_languages_have_the_same_keys_and_placeholders(section: str) -> None:
    for one, other in itertools.combinations(languages(), 2):
        here, there = read_section(one, section), read_section(other, section)
        assert set(here) == set(there)
        differing = [key for key in here if placeholders(here[key]) != placeholders(there[key])]
        assert not differing


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("lang", languages())
def test_sentences_are_whole(lang: str, section: str) -> None:
    for key, text in read_section(lang, section).items():
        assert "  " not in text, key
        assert text.count("**") % 2 == 0, key
        placeholders(text)


def test_chinese_is_chinese() -> None:
    untranslated = {
        (section, key)
        for section in SECTIONS
        for key, text in read_section("zh", section).items()
        if len(text.split()) > 4 and not any("\u4e00" <= char <= "\u9fff" for char in text)
    }
    assert not untranslated


def test_lookup_goes_from_section_to_common_to_full_name() -> None:
    words = Catalogue("en", "measurement")
    assert words.t("page.contents") == words.t("common.page.contents") == "Contents"
    assert not words.has("no.such.key")
    with pytest.raises(CatalogueError, match=r"No sentence 'no\.such\.key' in en/measurement\.toml"):
        words.t("no.such.key")
    with pytest.raises(CatalogueError, match="language 'fr'"):
        Catalogue("fr")


class _Words(Catalogue):
    """Catalogue with one sentence."""

    sentence = ""

    def find(self, key: str) -> str | None:
        return self.sentence if key == "x" else super().find(key)


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{n:n} answers", {"n": 12345}, "12,345 answers"),
        ("{x:.2f} and {y:+.1f}", {"x": -0.001, "y": 0.25}, "0.00 and +0.2"),
        ("{s:pct} or {s:pct1}", {"s": 0.256}, "26% or 25.6%"),
        ("{p:p}", {"p": 0.0321}, "p = 0.032"),
        ("{k} {k:plural|item|items}", {"k": 1}, "1 item"),
        ("{k} {k:plural|item|items}", {"k": 3}, "3 items"),
        ("{names}", {"names": ["a", "b", "c"]}, "a, b and c"),
        ("{x}", {"x": float("nan")}, "–"),
        ("{x}", {"x": None}, "–"),
        ("{x}", {"x": 0.5}, "0.50"),
        ("{x}", {"x": "{y}"}, "{y}"),
        ("**{x}**", {"x": "<b>"}, "<b>"),
    ],
)
def test_formats(template: str, values: dict[str, object], text: str) -> None:
    words = _Words("en")
    words.sentence = template
    assert words.t("x", **values) == text


def test_lists_join_as_each_language_does() -> None:
    assert Catalogue("en").join(["a"]) == "a"
    assert Catalogue("en").join(["a", "b"]) == "a and b"
    assert Catalogue("zh").join(["甲", "乙", "丙"]) == "甲、乙和丙"


def test_values_are_escaped_and_bold_is_kept() -> None:
    words = _Words("en")
    words.sentence = "1 < 2 and **{x}** {names}"
    made = words.html("x", x="<script>", names=["<i>", "&"])
    assert made == "1 &lt; 2 and <strong>&lt;script&gt;</strong> &lt;i&gt; and &amp;"


def test_missing_and_unfit_values_are_named() -> None:
    words = _Words("en")
    words.sentence = "{worst} {x:.2f}"
    with pytest.raises(CatalogueError, match="needs a value for 'worst'"):
        words.t("x", x=1)
    with pytest.raises(CatalogueError, match="Sentence 'x'"):
        words.t("x", worst="a", x="text")
