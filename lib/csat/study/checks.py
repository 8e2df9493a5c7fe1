"""Advice on a study that loads: weak measurement, thin samples, wording that will trip somebody up.

What makes a study unusable is an error of `csat.study.load_study`; what is merely unwise is found here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from csat.study import power, sampling
from csat.study.definition import Item, Study
from csat.study.problems import listing

LABEL_LENGTH = {"en": 24, "zh": 12}
_SMALL_PATH = 0.2
_INVERSE_SQUARE_ROOT = 2.486


@dataclass(frozen=True)
class Finding:
    """One piece of advice: how serious, by which rule, about what, in words."""

    severity: Literal["warning", "note"]
    rule: str
    where: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict, compare=False)
    """What the message is about, for telling it in another language."""

    def __str__(self) -> str:
        """Severity, rule and place before the message."""
        return f"{self.severity} [{self.rule}] {self.where}: {self.message}"


def check_study(study: Study) -> list[Finding]:
    """Look for weaknesses of a study before it goes into the field.

    Parameters
    ----------
    study : Study
        A study that loads.

    Returns
    -------
    list of Finding
        Warnings first, then notes; empty when there is nothing to say.

    Notes
    -----
    Rules on the sample use the normal approximation of `csat.study.power`, and for paths the inverse square
    root method: n must exceed ``(2.486 / path)**2`` to find a path at the 5 % level with 80 % power.

    References
    ----------
    Kock, N. & Hadaya, P. (2018). Minimum sample size estimation in PLS-SEM. Information Systems Journal, 28,
    227-261.

    Examples
    --------
    >>> from csat.study import load_study
    >>> [f.where for f in check_study(load_study("mobile_ecsi")) if f.rule == "few_items"]
    ['Value', 'Complaints']
    """
    findings = [finding for rule in RULES for finding in rule(study)]
    return sorted(findings, key=lambda finding: finding.severity == "note")


def _few_items(study: Study) -> Iterator[Finding]:
    """Find reflective constructs of one or two items."""
    for construct in study.constructs.values():
        if construct.mode != "reflective":
            continue
        if len(construct.items) == 1:
            message = (
                "has a single item: its reliability cannot be shown, and relations with it look too weak"
            )
            yield Finding("note", "few_items", construct.id, message, {"n": 1})
        elif len(construct.items) == 2:
            message = "has two items: reliability and fit can hardly be judged; three or more are better"
            yield Finding("warning", "few_items", construct.id, message, {"n": 2})


def _mixed_scales(study: Study) -> Iterator[Finding]:
    """Find constructs whose items are answered on scales of different range."""
    for construct in study.constructs.values():
        ranges = {(s.minimum, s.maximum) for s in map(study.scale_of, construct.items)}
        if len(ranges) > 1:
            message = "mixes scales of different range: raw alpha and means weigh its items by their range"
            yield Finding("warning", "mixed_scales", construct.id, message)


def _one_way(study: Study) -> Iterator[Finding]:
    """Find constructs all of whose items are reversed."""
    for construct in study.constructs.values():
        if construct.items and all(study.items[i].reversed for i in construct.items):
            message = (
                "has only reversed items: name the construct by its opposite, or say what a high score means"
            )
            yield Finding("note", "all_reversed", construct.id, message)


def _roles(study: Study) -> Iterator[Finding]:
    """Ask for the roles that the reports tell their story by."""
    for role in ("satisfaction", "loyalty"):
        if not study.by_role(role):
            message = f'no construct has the role "{role}": the reports on it stay empty'
            yield Finding("warning", "no_role", "constructs", message, {"role": role})
    for construct in study.by_role("loyalty"):
        bare = [i for i in construct.items if not study.items[i].facet]
        if len(construct.items) > 1 and bare:
            message = f"{listing(bare)} have no facet: loyalty's components cannot be named apart"
            yield Finding("note", "no_facet", construct.id, message, {"items": tuple(bare)})


def _model(study: Study) -> Iterator[Finding]:
    """Name constructs that the structural model leaves out."""
    if not study.paths:
        yield Finding(
            "note", "no_model", "model", "no paths: the structural model is left out of the reports"
        )
        return
    outside = [c for c in study.constructs if c not in study.model_blocks()]
    if outside:
        message = (
            f"{listing(outside)} {'takes' if len(outside) == 1 else 'take'} no part in the structural model"
        )
        yield Finding("note", "outside_model", "model", message, {"constructs": tuple(outside)})


def _expectations(study: Study) -> Iterator[Finding]:
    """Find expectation items that are not in a construct of expectations."""
    for before, after in study.expectation_pairs():
        construct = study.items[before].construct
        if construct is None or study.constructs[construct].role != "expectation":
            message = f"is the expectation of {after} but does not belong to a construct of expectations"
            yield Finding("warning", "expectation_role", before, message, {"after": after})


def _scale_labels(study: Study) -> Iterator[Finding]:
    """Find scales whose ends have no label."""
    for scale in study.scales.values():
        ends = {int(scale.minimum), int(scale.maximum)}
        if ends - set(scale.labels_in(study.language)):
            message = "its ends have no label: respondents will not know which end is good"
            yield Finding("warning", "scale_labels", f"scales.{scale.id}", message)


def _sample(study: Study) -> Iterator[Finding]:
    """Planned sample against what it is to find out."""
    n = study.planned_n
    if n is None:
        yield Finding("note", "no_plan", "planned_n", "is not given: the sample plan cannot be judged")
        return
    if n < len(study.items):
        message = f"{n} respondents for {len(study.items)} items are too few to estimate anything"
        yield Finding("warning", "planned_n", "planned_n", message, {"n": n, "items": len(study.items)})
        return
    needed = int((_INVERSE_SQUARE_ROOT / _SMALL_PATH) ** 2) + 1
    if study.paths and n < needed:
        message = (
            f"{n} is below {needed}: a path of {_SMALL_PATH:g} will often be missed (inverse square root)"
        )
        yield Finding(
            "warning", "path_power", "planned_n", message, {"n": n, "needed": needed, "path": _SMALL_PATH}
        )
    yield _detectable(study, n)


def _detectable(study: Study, n: int) -> Finding:
    """Smallest change of an index from 0 to 100 that the planned sample can find."""
    scale = next(iter(study.scales.values()))
    sd = sampling.planning_sd(scale.minimum, scale.maximum, scale.kind == "rating")
    points = 100 * power.minimum_detectable_change(n, sd, frame_size=study.frame_size)
    points /= scale.maximum - scale.minimum
    message = (
        f"with {n} respondents a wave, a change of one item smaller than about {points:.1f} of 100 points "
        "will often go unseen (80 % power, cautious spread)"
    )
    severity: Literal["warning", "note"] = "warning" if points > 10 else "note"
    return Finding(severity, "detectable_change", "planned_n", message, {"n": n, "points": points})


def _credits(study: Study) -> Iterator[Finding]:
    """Ask for what a reader of a report should be told about the study."""
    for fact in ("population", "source"):
        if not getattr(study, fact):
            yield Finding("note", "not_said", fact, "is not given, so the reports cannot say it")
    if study.frame_size is None:
        message = "is not given: margins of error assume a very large population"
        yield Finding("note", "not_said", "frame_size", message)
    if study.data.kind == "none":
        yield Finding("note", "no_data", "data", "no [data]: name a file with --data when answers are in")


def _wording(study: Study) -> Iterator[Finding]:
    """Long labels, and texts that come twice."""
    for lang in study.languages:
        seen: dict[str, list[str]] = defaultdict(list)
        for item in study.items.values():
            yield from _label(item, lang)
            seen[item.wording[lang]].append(item.id)
        for items in seen.values():
            if len(items) > 1:
                message = f"ask the same in {lang}, word for word"
                yield Finding("warning", "same_wording", ", ".join(items), message, {"lang": lang})


def _label(item: Item, lang: str) -> Iterator[Finding]:
    """Label and wording of one item in one language."""
    if len(item.label[lang]) > LABEL_LENGTH[lang]:
        message = f"label_{lang} is longer than {LABEL_LENGTH[lang]} characters and will not fit in figures"
        yield Finding("note", "long_label", item.id, message, {"lang": lang, "limit": LABEL_LENGTH[lang]})


RULES: tuple[Callable[[Study], Iterator[Finding]], ...] = (
    _few_items,
    _mixed_scales,
    _one_way,
    _roles,
    _model,
    _expectations,
    _scale_labels,
    _sample,
    _credits,
    _wording,
)
