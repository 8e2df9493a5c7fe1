"""What a study is made of: frozen objects that everything else is derived from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Literal

from csat.study.choice_task import ChoiceTask
from csat.study.expressions import Expression
from csat.study.intake import ColumnMap, PrivacyPlan, QualityPlan, SamplePlan, WeightPlan
from csat.study.modules import DataTable, Module, Version
from csat.study.problems import Problem, StudyError, suggest
from csat.study.questions import Option, Question
from csat.study.scales import LANGUAGES, Scale, Text
from csat.study.wave import WAVE_EXAMPLES, Wave, WaveKind, wave_kind

if TYPE_CHECKING:
    from csat.study.questionnaire import Questionnaire

__all__ = [
    "LANGUAGES",
    "ROLES",
    "WAVE_EXAMPLES",
    "Construct",
    "DataSource",
    "Item",
    "Path",
    "Scale",
    "Segment",
    "Study",
    "Text",
    "Thresholds",
    "Wave",
    "WaveKind",
    "wave_kind",
]

ROLES = (
    "image",
    "expectation",
    "quality",
    "value",
    "driver",
    "satisfaction",
    "complaint",
    "trust",
    "switching_cost",
    "loyalty",
    "outcome",
    "other",
)
"""What part a construct plays in the story from experience to loyalty."""


@dataclass(frozen=True)
class Item:
    """One question of the questionnaire, answered in one column of the data."""

    id: str
    construct: str | None
    scale: str
    column: str
    reversed: bool
    wording: Text
    label: Text
    facet: str | None = None
    expectation: str | None = None
    module: str = ""
    relevant: Expression | None = None
    required: bool | None = None
    dont_know: bool = False
    predicts: str | None = None
    concept: tuple[str, ...] = ()
    statistic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Construct:
    """What a group of items is meant to measure, its role in the study and how the items form it."""

    id: str
    label: Text
    role: str
    mode: Literal["reflective", "composite"] = "reflective"
    items: tuple[str, ...] = ()
    question: Text = field(default_factory=dict)
    module: str = ""
    concept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Path:
    """One arrow of the structural model."""

    source: str
    target: str


@dataclass(frozen=True)
class Segment:
    """A grouping of respondents; `values` maps each code of the data to its label."""

    id: str
    column: str
    label: Text
    values: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Thresholds:
    """Bars that verdicts are measured by; each can be overridden in the study's ``[thresholds]``."""

    reliability: float = 0.70
    reliability_high: float = 0.80
    ave: float = 0.50
    htmt: float = 0.85
    htmt_liberal: float = 0.90
    loading: float = 0.708
    minimum_base: int = 30
    suppress_below: int = 10
    nps_item: str | None = None
    nps_promoter_min: float = 9
    nps_detractor_max: float = 6
    top_box_min: float | None = None


@dataclass(frozen=True)
class DataSource:
    """Where the answers live and which columns are not items."""

    kind: Literal["file", "package", "database", "none"] = "none"
    path: str = ""
    package: str = ""
    resource: str = ""
    format: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    decimal: str = ""
    dictionary: str = ""
    url_env: str = ""
    query: str = ""
    table: str = ""
    wave_column: str = ""
    respondent_column: str = ""
    weight_column: str = ""
    strata_column: str = ""
    cluster_column: str = ""
    started_column: str = ""
    completed_column: str = ""
    duration_column: str = ""
    status_column: str = ""
    language_column: str = ""
    device_column: str = ""
    ignore_columns: tuple[str, ...] = ()
    missing: tuple[float | str, ...] = ()
    off_scale: Literal["error", "missing"] = "error"


@dataclass(frozen=True)
class Study:
    """A whole study: what is asked of whom, what it should measure, and where the answers are."""

    id: str
    folder: FilePath
    title: Text
    languages: tuple[str, ...]
    population: Text
    frame_size: int | None
    planned_n: int | None
    source: Text
    simulated: bool
    introduction: Text
    wave_naming: WaveKind
    waves: tuple[Wave, ...]
    data: DataSource
    scales: Mapping[str, Scale]
    constructs: Mapping[str, Construct]
    items: Mapping[str, Item]
    segments: Mapping[str, Segment]
    paths: tuple[Path, ...]
    thresholds: Thresholds
    waves_open: bool = False
    notes: tuple[str, ...] = ()
    modules: Mapping[str, Module] = field(default_factory=dict)
    versions: Mapping[str, Version] = field(default_factory=dict)
    option_lists: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    choices: Mapping[str, ChoiceTask] = field(default_factory=dict)
    tables: Mapping[str, DataTable] = field(default_factory=dict)
    concepts: Mapping[str, Text] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    columns: Mapping[str, ColumnMap] = field(default_factory=dict)
    weighting: WeightPlan | None = None
    privacy: PrivacyPlan = field(default_factory=PrivacyPlan)
    quality: QualityPlan = field(default_factory=QualityPlan)
    sample: SamplePlan | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> tuple[FilePath, ...]:
        """The files that define the study."""
        optional = self.folder / "questions.csv"
        always = (self.folder / "study.toml", self.folder / "items.csv")
        return (*always, optional) if optional.is_file() else always

    @property
    def language(self) -> str:
        """The study's first language, that of its reports unless another is asked for."""
        return self.languages[0]

    def require_language(self, lang: str) -> str:
        """Return `lang`, or say which languages the study speaks."""
        if lang not in self.languages:
            allowed = ", ".join(self.languages)
            raise StudyError.single(
                "study.toml", "", "languages", f'study "{self.id}" has no language "{lang}"', allowed
            )
        return lang

    def blocks(
        self, role: str | Iterable[str] | None = None, reflective_only: bool = False
    ) -> dict[str, tuple[str, ...]]:
        """Items of each construct, optionally of certain roles or of reflective constructs only."""
        roles = ROLES if role is None else (role,) if isinstance(role, str) else tuple(role)
        return {
            c.id: c.items
            for c in self.constructs.values()
            if c.role in roles and not (reflective_only and c.mode != "reflective")
        }

    def by_role(self, *roles: str) -> tuple[Construct, ...]:
        """Find the constructs that play one of these roles, in the order of the study."""
        return tuple(c for c in self.constructs.values() if c.role in roles)

    def model(self) -> dict[str, tuple[str, ...]]:
        """Structural model as target -> sources, both in the order of the study's constructs."""
        order = list(self.constructs)
        sources: dict[str, list[str]] = {}
        for path in self.paths:
            sources.setdefault(path.target, []).append(path.source)
        return {
            target: tuple(sorted(sources[target], key=order.index)) for target in order if target in sources
        }

    def questionnaire(self, version: str = "") -> Questionnaire:
        """Everything that one version asks, screen by screen, in the order in which it is asked.

        Without a name it is the first version; without versions, all modules that are on.
        """
        from csat.study.questionnaire import build_questionnaire

        return build_questionnaire(self, version)

    def version(self, name: str = "") -> Version | None:
        """Version of that name, the first when the name is empty; None in a study without versions."""
        if not name:
            return next(iter(self.versions.values()), None)
        if name not in self.versions:
            wrong = f'study "{self.id}" has no version "{name}"{suggest(name, self.versions)}'
            allowed = ", ".join(self.versions) or "none is declared"
            raise StudyError([Problem("study.toml", "versions", "", wrong, allowed)])
        return self.versions[name]

    def for_version(self, name: str = "") -> Study:
        """Return the study as one version asks it: its items, questions, and the segments they give."""
        if not self.versions:
            return self
        asked = self.questionnaire(name).by_id
        columns = {q.base for q in self.questions.values() if q.id not in asked}
        return replace(
            self.without(i for i in self.items if i not in asked),
            questions={k: q for k, q in self.questions.items() if k in asked},
            segments={k: s for k, s in self.segments.items() if s.column not in columns},
        )

    def model_blocks(self) -> dict[str, tuple[str, ...]]:
        """Items of the constructs that take part in the structural model."""
        inside = {p.source for p in self.paths} | {p.target for p in self.paths}
        return {c: items for c, items in self.blocks().items() if c in inside}

    def expectation_pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs (expectation item, experience item) that ask the same thing before and after."""
        return tuple((i.expectation, i.id) for i in self.items.values() if i.expectation)

    def scale_of(self, item: str) -> Scale:
        """Scale on which an item is answered."""
        return self.scales[self._item(item).scale]

    def label(self, id: str, lang: str = "") -> str:
        """Short label of a construct, an item, a segment, or a segment's value (``segment=value``)."""
        name, equals, value = id.partition("=")
        if equals and name in self.segments:
            text: Text = self.segments[name].values.get(value, {})
            return f"{self.label(name, lang)}: {self.say(text, lang) or value}"
        for table in (self.constructs, self.items, self.segments, self.questions):
            if id in table:
                return self.say(table[id].label, lang) or id
        raise KeyError(f'study "{self.id}" has no construct, item or segment "{id}"')

    def wording(self, id: str, lang: str = "") -> str:
        """Question text of an item, or the lead-in of a construct's questions."""
        if id in self.constructs:
            return self.say(self.constructs[id].question, lang)
        if id in self.questions:
            return self.say(self.questions[id].wording, lang)
        return self.say(self._item(id).wording, lang)

    def say(self, text: Text | None, lang: str = "") -> str:
        """Text in a language of the study, by default its first; empty when there is none."""
        return (text or {}).get(lang or self.language, "")

    def wave(self, name: str | int = "") -> Wave:
        """Wave of that name, the last declared when the name is empty.

        Where the study says how waves are named by date, they need not be declared (`waves_open`).
        """
        wanted = str(name)
        if not wanted and self.waves:
            return self.waves[-1]
        declared = {w.id: w for w in self.waves}
        if wanted in declared:
            return declared[wanted]
        if self.has_wave(wanted):
            return Wave(wanted)
        any_date = f"any {self.wave_naming}, such as {WAVE_EXAMPLES[self.wave_naming]}"
        allowed = any_date if self.waves_open else ", ".join(declared)
        wrong = f'study "{self.id}" has no wave "{wanted}"{suggest(wanted, declared)}'
        raise StudyError([Problem("study.toml", "waves", "id", wrong, allowed)])

    def without(self, items: Iterable[str]) -> Study:
        """Return the study as it is when some items were not asked (constructs left empty go too)."""
        gone = set(items)
        if not gone:
            return self
        kept = {k: v for k, v in self.items.items() if k not in gone}
        kept = {
            k: replace(v, expectation=None) if v.expectation and v.expectation in gone else v
            for k, v in kept.items()
        }
        constructs = {
            c.id: replace(c, items=tuple(i for i in c.items if i not in gone))
            for c in self.constructs.values()
            if not c.items or set(c.items) - gone
        }
        paths = tuple(p for p in self.paths if p.source in constructs and p.target in constructs)
        limits = self.thresholds
        if limits.nps_item in gone:
            limits = replace(limits, nps_item=None)
        return replace(self, items=kept, constructs=constructs, paths=paths, thresholds=limits)

    def has_wave(self, name: str) -> bool:
        """Whether a wave of that name is declared, or is named as the study names its waves."""
        by_date = self.waves_open and wave_kind(name) == self.wave_naming
        return by_date or name in {w.id for w in self.waves}

    def _item(self, item: str) -> Item:
        """Item of that id, or a KeyError that names the study."""
        if item not in self.items:
            raise KeyError(f'study "{self.id}" has no item "{item}"')
        return self.items[item]
