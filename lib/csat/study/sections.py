"""Read the tables of study.toml into objects, one function a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, cast, get_args

from csat.study import intake_sections as intake
from csat.study.definition import (
    LANGUAGES,
    ROLES,
    WAVE_EXAMPLES,
    Construct,
    DataSource,
    Path,
    Scale,
    Segment,
    Text,
    Thresholds,
    Wave,
    WaveKind,
    wave_kind,
)
from csat.study.fields import Table
from csat.study.modules import Module
from csat.study.parts import check_identifier
from csat.study.problems import listing, suggest

WAVE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_ALMOST_A_DATE = re.compile(r"\d{4}-?[QqMm]?\d{1,2}|\d{5,8}|\d{4}-\d{1,2}-\d{1,2}")
_ARROW = re.compile(r"\s*(?:->|→)\s*")
FORMATS = (
    *("csv", "tsv", "xlsx", "xls", "ods", "html", "parquet"),
    *("kobo", "limesurvey", "qualtrics", "redcap", "surveymonkey", "wjx", "spss", "stata"),
)
"""Formats of files of answers; those of `csat.data.readers`, which this room does not know."""


def read_languages(table: Table) -> tuple[str, ...]:
    """Languages of the study; the first is its own."""
    allowed = f"a list of {' and '.join(LANGUAGES)}, the first being the study's own"
    listed = table.items("languages", (str,), allowed)
    if "languages" not in table.values:
        table.note("languages", "is missing", allowed)
    for lang in listed:
        if lang not in LANGUAGES:
            table.note("languages", f'"{lang}" is not a language that reports speak', listing(LANGUAGES))
    good = [lang for lang in listed if lang in LANGUAGES]
    if len(set(good)) < len(good):
        table.note("languages", "a language is listed twice", allowed)
    if table.values.get("languages") == []:
        table.note("languages", "the list is empty", allowed)
    return tuple(dict.fromkeys(good)) or ("en",)


def read_scales(top: Table) -> dict[str, Scale]:
    """Answer scales of ``[scales.<id>]``."""
    scales = {}
    for name, table in top.tables("scales"):
        check_identifier(table, name)
        kind = table.string("kind", "rating", choices=("rating", "continuous"))
        low = table.number("minimum", required=True)
        high = table.number("maximum", required=True)
        missing = table.items("missing", (int, float), "a list of numbers, such as [-99]")
        labels = _scale_labels(table)
        dont_know = table.text("dont_know")
        table.finish()
        if low is None or high is None:
            low, high = 0.0, 1.0
        else:
            _check_range(table, kind, low, high, missing, labels)
        scales[name] = Scale(
            name,
            low,
            high,
            tuple(float(m) for m in missing),
            labels,
            cast(Literal["rating", "continuous"], kind),
            dont_know,
        )
    if not scales:
        top.note(
            "scales", "no scale is declared", "at least one table [scales.<id>] with minimum and maximum"
        )
    return scales


def _scale_labels(table: Table) -> dict[str, Mapping[int, str]]:
    """Labels of scale points by language; every language labels the same points."""
    raw = table.values.get("labels")
    if len(table.languages) == 1 and isinstance(raw, Mapping) and raw and not set(raw) & set(LANGUAGES):
        return {table.languages[0]: _points(table.table("labels"))}
    labels: dict[str, Mapping[int, str]] = {}
    for lang, inner in table.tables("labels"):
        if lang in LANGUAGES:
            labels[lang] = _points(inner)
        else:
            inner.note("", f'"{lang}" is not a language that reports speak', listing(LANGUAGES))
    wanted = set().union(*labels.values()) if labels else set()
    for lang in table.languages:
        absent = sorted(wanted - set(labels.get(lang, {})))
        if absent:
            wrong = f"the label of {listing(absent)} is missing"
            table.note(f"labels.{lang}", wrong, "the same points in each language")
    return labels


def _points(table: Table) -> Mapping[int, str]:
    """Labels of the points of a scale in one language, lowest point first."""
    points: dict[int, str] = {}
    for point in table.values:
        words = table.string(point, required=True)
        if not re.fullmatch(r"-?\d{1,9}", point):
            table.note(point, f'"{point}" is not a point of the scale', "whole numbers")
        elif words:
            points[int(point)] = words
    return dict(sorted(points.items()))


def _check_range(
    table: Table,
    kind: str,
    low: float,
    high: float,
    missing: tuple[float, ...],
    labels: Mapping[str, Mapping[int, str]],
) -> None:
    """Check the ends of a scale, its missing codes and its labels against each other."""
    shown = f"{low:g} to {high:g}"
    if low >= high:
        table.note("minimum", f"minimum {low:g} is not below maximum {high:g}", "minimum < maximum")
    if kind == "rating" and (low % 1 or high % 1):
        table.note(
            "minimum", "the ends of a rating scale are whole numbers", 'whole numbers, or kind = "continuous"'
        )
    elif kind == "rating" and high - low > 100:
        wrong = f"a rating scale from {shown} has more than 101 points"
        table.note("maximum", wrong, 'at most 101 points, or kind = "continuous"')
    inside = [m for m in missing if low <= m <= high]
    if inside:
        wrong = f"{listing(f'{m:g}' for m in inside)} is both an answer and a missing code"
        table.note("missing", wrong, f"codes outside {shown}")
    for lang, points in labels.items():
        outside = [p for p in points if not low <= p <= high]
        if outside:
            table.note(f"labels.{lang}", f"{listing(outside)} is off the scale", f"points from {shown}")
        elif kind == "rating" and high - low <= 100 and (gaps := _gaps(points)):
            wrong = f"the labels have a gap at {listing(gaps)}"
            table.note(f"labels.{lang}", wrong, "labels of every point, or of ends and middle alone")


def _gaps(points: Mapping[int, str]) -> list[int]:
    """Points without a label between labelled ones, where neighbours do have labels."""
    inner = range(min(points), max(points) + 1) if points else range(0)
    neighbours = any(point + 1 in points for point in points)
    return [p for p in inner if p not in points] if neighbours else []


def read_constructs(top: Table, modules: Mapping[str, Module] | None = None) -> dict[str, Construct]:
    """Read the constructs of ``[constructs.<id>]``, still without their items."""
    constructs = {}
    for name, table in top.tables("constructs"):
        check_identifier(table, name)
        mode = table.string("mode", "reflective", choices=("reflective", "composite"))
        constructs[name] = Construct(
            name,
            table.text("label", required=True),
            table.string("role", "other", required=True, choices=ROLES),
            cast(Literal["reflective", "composite"], mode),
            question=table.text("question"),
            module=_module(table, modules or {}),
            concept=table.strings("concept"),
        )
        table.finish()
    if not constructs:
        top.note(
            "constructs",
            "no construct is declared",
            "at least one table [constructs.<id>] with label and role",
        )
    return constructs


def _module(table: Table, modules: Mapping[str, Module]) -> str:
    """Read the module of a construct's items, unless items.csv says otherwise."""
    name = table.string("module")
    if name and name not in modules:
        table.note("module", f'module "{name}" is not declared{suggest(name, modules)}', listing(modules, 40))
        return ""
    return name


def read_segments(top: Table) -> dict[str, Segment]:
    """Segments of ``[segments.<id>]``."""
    segments = {}
    for name, table in top.tables("segments"):
        check_identifier(table, name)
        column = table.string("column", name)
        label = table.text("label", required=True)
        inner = table.table("values")
        values: dict[str, Text] = {}
        for value, words in inner.values.items():
            values[value] = inner.translations(value, words)
        table.finish()
        segments[name] = Segment(name, column, label, values)
    return segments


def read_waves(top: Table) -> tuple[WaveKind, tuple[Wave, ...]]:
    """Waves of ``[[waves]]``, oldest first, and how waves are named."""
    kinds = get_args(WaveKind)
    naming = top.string("wave_naming", choices=kinds)
    listed = top.take("waves")
    if listed is None:
        listed = []
    if not isinstance(listed, list) or not all(isinstance(w, Mapping) for w in listed):
        top.note("waves", "is not a list of tables", "one [[waves]] a wave")
        listed = []
    waves = [_wave(top.child(w, f"[[waves]] {i}")) for i, w in enumerate(listed, start=1)]
    names = [w.id for w in waves if w.id]
    for twice in sorted({n for n in names if names.count(n) > 1}):
        top.note("waves", f'wave "{twice}" is declared twice', "each wave once")
    if not naming:
        found = {wave_kind(n) for n in names}
        naming = found.pop() if len(found) == 1 else "label"
        if not names and not top.values.get("waves"):
            top.note("waves", "no wave is declared", 'one [[waves]] with id = "…", or wave_naming = "month"')
    elif naming != "label":
        for name in names:
            if wave_kind(name) != naming:
                top.note(
                    "waves",
                    f'wave "{name}" is not named by {naming}',
                    f'names such as "{WAVE_EXAMPLES[naming]}"',
                )
    if naming != "label" and names != sorted(names):
        top.note("waves", "the waves are not in the order of time", "the oldest first, the latest last")
    return cast(WaveKind, naming), tuple(w for w in waves if w.id)


def _wave(table: Table) -> Wave:
    """One ``[[waves]]`` table."""
    shape = '"2005" (year), "2026-10" (month), "2026-Q3" (quarter) or a label of letters, digits, _ and -'
    name = table.string("id", required=True, hint=shape)
    if name and not WAVE_NAME.fullmatch(name):
        table.note("id", f'"{name}" cannot name a wave', shape)
        name = ""
    elif name and wave_kind(name) == "label" and _ALMOST_A_DATE.fullmatch(name):
        table.note("id", f'"{name}" looks like a date but is none', shape)
    label = table.text("label") if "label" in table.values else None
    without = table.strings("without")
    version = table.string("version")
    told = intake.read_wave(table)
    table.finish()
    return Wave(name, label or None, without, version, **told)


def read_paths(top: Table) -> tuple[Path, ...]:
    """Structural model of ``[model]``: ``paths = ["Image -> Satisfaction", …]``."""
    table = top.table("model")
    paths = []
    for arrow in table.items("paths", (str,), 'a list of texts such as "Image -> Satisfaction"'):
        ends = _ARROW.split(arrow.strip())
        if len(ends) != 2 or not all(ends):
            table.note("paths", f'"{arrow}" is not one arrow', '"Source -> Target"')
        else:
            paths.append(Path(*ends))
    table.finish()
    return tuple(paths)


def read_thresholds(top: Table) -> Thresholds:
    """Bars of ``[thresholds]``, the usual ones where the study says nothing."""
    table = top.table("thresholds")
    default = Thresholds()
    values: dict[str, Any] = {}
    for bar in ("reliability", "reliability_high", "ave", "htmt", "htmt_liberal", "loading"):
        value = table.number(bar, getattr(default, bar), allowed="a number between 0 and 1")
        if value is not None and not 0 < value < 1:
            table.note(bar, f"{value:g} is no such bar", "a number between 0 and 1")
        values[bar] = value
    for base in ("minimum_base", "suppress_below"):
        values[base] = table.integer(base, getattr(default, base))
    values["nps_item"] = table.string("nps_item") or None
    for cut in ("nps_promoter_min", "nps_detractor_max", "top_box_min"):
        values[cut] = table.number(cut, getattr(default, cut))
    table.finish()
    bars = Thresholds(**values)
    for low, high in (
        ("reliability", "reliability_high"),
        ("htmt", "htmt_liberal"),
        ("suppress_below", "minimum_base"),
    ):
        if getattr(bars, low) > getattr(bars, high):
            table.note(
                low, f"{getattr(bars, low):g} is above {high} {getattr(bars, high):g}", f"{low} <= {high}"
            )
    if bars.nps_detractor_max >= bars.nps_promoter_min:
        wrong = f"{bars.nps_detractor_max:g} is not below nps_promoter_min {bars.nps_promoter_min:g}"
        table.note("nps_detractor_max", wrong, "nps_detractor_max < nps_promoter_min")
    return bars


def read_data(top: Table) -> DataSource:
    """Where the answers live: ``[data]``."""
    if "data" not in top.values:
        top.known.add("data")
        return DataSource()
    table = top.table("data")
    texts = {
        f.name: table.string(f.name)
        for f in fields(DataSource)
        if f.name not in ("kind", "format", "decimal", "missing", "off_scale", "ignore_columns")
    }
    kind = "package" if texts["package"] or texts["resource"] else "file" if texts["path"] else "none"
    kind = "database" if texts["url_env"] and kind == "none" else kind
    if kind == "package" and texts["path"]:
        table.note("path", "both a path and a package are given", "either path, or package and resource")
    if kind == "package" and not (texts["package"] and texts["resource"]):
        absent = "resource" if texts["package"] else "package"
        table.note(absent, "is missing", 'package = "…" and resource = "folder/file.csv"')
    if len(texts["separator"]) > 1:
        table.note("separator", f'"{texts["separator"]}" is more than one character', "one character")
    source = DataSource(
        kind=cast(Literal["file", "package", "database", "none"], kind),
        **texts,
        format=table.string("format", choices=FORMATS),
        decimal=table.string("decimal", choices=(".", ",")),
        ignore_columns=table.strings("ignore_columns"),
        missing=table.items("missing", (int, float, str), 'a list of numbers and texts, such as [-99, "DK"]'),
        off_scale=cast(
            Literal["error", "missing"], table.string("off_scale", "error", choices=("error", "missing"))
        ),
    )
    table.finish()
    return source
