"""What a wave measured, and which parts of a study its stored answers depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from csat.data.store.plain import to_plain
from csat.study.definition import DataSource, Item, Scale, Study, Wave

_PLACE = {"kind", "path", "package", "resource", "url_env"}
"""Fields of ``[data]`` that say where answers are, not what they mean."""


def fingerprint(study: Study, wave: Wave) -> str:
    """Hash of everything in a study that the answers of a wave depend on.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : Wave
        The wave.

    Returns
    -------
    str
        SHA-256 in hexadecimal of items, scales, columns, recodes, segments, options, and the plans for
        weights, privacy and quality. Texts of questions, thresholds, roles and the model do not count: they
        are applied when the answers are read.
    """
    asked = study.for_version(wave.version)
    told = {k: v for k, v in to_plain(asked.data).items() if k not in _PLACE}
    used = {item.scale for item in asked.items.values()}
    parts: dict[str, Any] = {
        "data": told,
        "dictionary": _dictionary(study),
        "items": {item.id: [item.column, item.scale] for item in asked.items.values()},
        "scales": {name: scale for name, scale in asked.scales.items() if name in used},
        "segments": {s.id: [s.column, s.values] for s in asked.segments.values()},
        "questions": {
            q.id: [q.type, [c.name for c in q.columns], [(o.code, o.label) for o in q.options]]
            for q in asked.questions.values()
        },
        "columns": asked.columns,
        "privacy": asked.privacy,
        "weighting": asked.weighting,
        "quality": asked.quality,
        "wave": [wave.id, wave.without, wave.starts, wave.ends, wave.columns, wave.targets],
    }
    return hash_of(parts)


def hash_of(value: Any) -> str:
    """SHA-256 of a value as JSON, the same whatever the order of its keys."""
    text = json.dumps(to_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _dictionary(study: Study) -> str:
    """Hash of the file that tells what codes mean; empty without one."""
    path = study.folder / study.data.dictionary
    return hashlib.sha256(path.read_bytes()).hexdigest() if study.data.dictionary and path.is_file() else ""


def measures(study: Study, wave: Wave) -> dict[str, dict[str, Any]]:
    """How each item was asked in a wave, for the comparison of waves.

    Parameters
    ----------
    study : Study
        The study as declared.
    wave : Wave
        The wave.

    Returns
    -------
    dict
        Item -> ``wording`` (language -> text), ``scale`` (range, kind, labels and codes for missing answers).
    """
    asked = study.for_version(wave.version).without(wave.without)
    return {item.id: measure(item, asked.scales[item.scale]) for item in asked.items.values()}


def measure(item: Item, scale: Scale) -> dict[str, Any]:
    """How one item was asked."""
    return {
        "wording": dict(item.wording),
        "scale": {
            "minimum": scale.minimum,
            "maximum": scale.maximum,
            "kind": scale.kind,
            "missing": list(scale.missing),
            "labels": to_plain(scale.labels),
        },
    }


def as_measured(study: Study, stored: Mapping[str, Mapping[str, Any]], wave: str) -> tuple[Study, list[str]]:
    """Study with the scales on which the items of a wave were answered, where they have changed since.

    Parameters
    ----------
    study : Study
        The study of today, as asked in the wave.
    stored : mapping
        As `measures` made it when the wave was stored.
    wave : str
        Name of the wave.

    Returns
    -------
    study : Study
        The same study unless a range has changed: an item then has a scale of its own.
    notes : list of str
        What was changed.
    """
    items, scales, notes = dict(study.items), dict(study.scales), []
    for name, item in study.items.items():
        then, now = stored[name]["scale"], scales[item.scale]
        if (then["minimum"], then["maximum"], then["kind"]) == (now.minimum, now.maximum, now.kind):
            continue
        own = f"{item.scale}@{wave}"
        labels = {
            lang: {int(point): text for point, text in told.items()} for lang, told in then["labels"].items()
        }
        scales[own] = Scale(
            own, then["minimum"], then["maximum"], tuple(then["missing"]), labels, then["kind"], now.dont_know
        )
        items[name] = replace(item, scale=own)
        notes.append(
            f"item {name} was answered on {then['minimum']:g} to {then['maximum']:g} in wave {wave} "
            f"(the study now says {now.minimum:g} to {now.maximum:g})"
        )
    return (replace(study, items=items, scales=scales) if notes else study), notes


def told_otherwise(declared: DataSource, used: DataSource) -> dict[str, Any]:
    """Fields of ``[data]`` that were read otherwise than declared (as for a file of simulated answers)."""
    names = ("wave_column", "respondent_column", "ignore_columns")
    return {n: to_plain(getattr(used, n)) for n in names if getattr(used, n) != getattr(declared, n)}


def read_otherwise(declared: DataSource, told: Mapping[str, Any]) -> DataSource:
    """Apply what `told_otherwise` found to a ``[data]``."""
    ignored = told.get("ignore_columns", declared.ignore_columns)
    return replace(
        declared,
        wave_column=str(told.get("wave_column", declared.wave_column)),
        respondent_column=str(told.get("respondent_column", declared.respondent_column)),
        ignore_columns=tuple(str(one) for one in ignored),
    )
