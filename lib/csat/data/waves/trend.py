"""Waves read together, and whether their answers may be compared: measured, not assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from csat.data.answers import Answers, load_answers
from csat.data.problems import DataError
from csat.data.store.measure import measures
from csat.data.store.place import place_of
from csat.data.store.reading import read_snapshot
from csat.data.waves.which import waves_with_answers
from csat.study.definition import Study
from csat.study.problems import listing

Status = Literal["comparable", "changed", "break", "not_asked"]
COLUMNS = ("item", "earlier", "later", "status", "what", "declared", "warning")
ASPECTS = ("wording", "range", "labels", "mode")
"""What is compared, in the order in which changes are told."""


def load_waves(study: Study, upto: str = "", data: str | Path = "", segment: str = "") -> tuple[Answers, ...]:
    """Read the answers of all waves up to one.

    Parameters
    ----------
    study : Study
        The study.
    upto : str, optional
        The last wave to read; by default the latest.
    data : str or pathlib.Path, optional
        A file to read in place of the store and the study's own; ``{wave}`` in it stands for the wave.
    segment : str, optional
        ``"NAME=VALUE"`` to keep the respondents of one segment.

    Returns
    -------
    tuple of Answers
        The oldest wave first; of a stored wave its latest revision.

    Raises
    ------
    DataError
        When there is no such wave, or the answers of one of the waves cannot be used: a trend with a gap that
        nobody mentions would mislead.
    """
    return tuple(load_answers(study, wave, data, segment) for wave in waves_upto(study, upto, data))


def waves_upto(study: Study, upto: str = "", data: str | Path = "") -> tuple[str, ...]:
    """Waves that have answers, up to one of them, the oldest first.

    Raises
    ------
    DataError
        When the last wave asked for has no answers.
    """
    waves = waves_with_answers(study, data)
    if not waves and (study.data.kind != "none" or str(data)):
        waves = tuple(w.id for w in study.waves[:1]) if len(study.waves) == 1 else ()
    if not upto:
        return waves
    if upto not in waves:
        there = listing(waves) or "none"
        raise DataError(f'there are no answers of wave "{upto}"; there are: {there}', f'study "{study.id}"')
    return waves[: waves.index(upto) + 1]


@dataclass(frozen=True)
class AskedIn:
    """How the items of a study were asked in one wave.

    Attributes
    ----------
    wave : str
    items : mapping
        Item -> wording and scale; see `csat.data.store.measure.measures`.
    mode : str
        How the wave was asked (``online``, ``phone``); empty where nobody says.
    stored : bool
        Whether that was kept with the answers; otherwise it is what the study says today.
    """

    wave: str
    items: Mapping[str, Mapping[str, Any]]
    mode: str
    stored: bool


def asked_in(study: Study, wave: str) -> AskedIn:
    """How the items were asked in a wave: as stored with its answers, else as the study says today.

    Raises
    ------
    DataError
        When the snapshot is damaged.
    """
    place = place_of(study, wave)
    declared = study.wave(wave)
    if not place.revisions():
        return AskedIn(wave, measures(study, declared), declared.mode, False)
    snapshot = read_snapshot(place, answers=False)
    mode = declared.mode or str(snapshot.told["study_version"]["wave"]["mode"])
    return AskedIn(wave, snapshot.measures, mode, True)


def comparability(
    study: Study, waves: Sequence[str] = (), pairs: Literal["next", "all"] = "next"
) -> pd.DataFrame:
    """Say of each item which waves may be compared.

    Parameters
    ----------
    study : Study
        The study; its waves declare breaks.
    waves : sequence of str, optional
        Names of waves, the oldest first; by default all that have answers.
    pairs : {"next", "all"}
        Compare each wave with the latest earlier one that asked the item, or with every earlier one.

    Returns
    -------
    DataFrame
        Columns ``item, earlier, later, status, what, declared, warning``. Status is ``comparable``;
        ``changed`` (`what` names wording, range, labels or mode) where nobody declared it: `warning` is then
        true, and the change counts as a break; ``break`` where the study declares one (or several waves
        between them hold one); ``not_asked`` where one of the two did not ask the item.

    Notes
    -----
    Wording, scale and labels are those that were stored with the answers, in each language that both waves
    spoke; white space does not count. A mode that is not known of both waves is not compared.
    """
    names = tuple(waves) or waves_upto(study)
    told = [asked_in(study, wave) for wave in names]
    breaks = [set(study.wave(wave).breaks) for wave in names]
    rows = []
    for item in dict.fromkeys(item for one in told for item in one.items):
        for earlier, later in _pairs(item, told, pairs):
            declared = any(item in breaks[k] for k in range(earlier + 1, later + 1))
            rows.append(_row(item, told[earlier], told[later], declared))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def undeclared_changes(table: pd.DataFrame) -> tuple[str, ...]:
    """Say in words which questions changed without the study declaring it, a line a pair of waves.

    Parameters
    ----------
    table : DataFrame
        From `comparability`.

    Returns
    -------
    tuple of str
    """
    changed = table[table["warning"].astype(bool)]
    return tuple(
        f"{what} changed between waves {earlier} and {later} without a declared break: "
        f"{listing(rows['item'])}; the trend is cut there (meant so? declare it: breaks, "
        f'under the [[waves]] table of "{later}")'
        for (earlier, later, what), rows in changed.groupby(["earlier", "later", "what"], sort=False)
    )


def asked_otherwise(
    before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...]:
    """Items that are asked in other words, or on another scale.

    Parameters
    ----------
    before, now : mapping
        Item -> how it was asked, as `csat.data.store.measure.measures` tells.

    Returns
    -------
    tuple of str
        Items, each with what changed: ``s1 (wording)``.
    """
    changes = {
        item: ", ".join(_changes(before[item], told, "", "")) for item, told in now.items() if item in before
    }
    return tuple(f"{item} ({what})" for item, what in changes.items() if what)


def _pairs(item: str, told: Sequence[AskedIn], pairs: str) -> Iterator[tuple[int, int]]:
    """Pairs of waves to compare, by their places."""
    if pairs == "all":
        yield from combinations(range(len(told)), 2)
        return
    for later in range(1, len(told)):
        before = [k for k in range(later) if item in told[k].items]
        if before:
            yield before[-1], later
        elif item in told[later].items:
            yield later - 1, later


def _row(item: str, earlier: AskedIn, later: AskedIn, declared: bool) -> tuple[Any, ...]:
    """Compare one item in two waves."""
    if item not in earlier.items or item not in later.items:
        return item, earlier.wave, later.wave, "not_asked", "", declared, False
    what = ", ".join(_changes(earlier.items[item], later.items[item], earlier.mode, later.mode))
    status: Status = "break" if declared else "changed" if what else "comparable"
    return item, earlier.wave, later.wave, status, what, declared, status == "changed"


def _changes(one: Mapping[str, Any], other: Mapping[str, Any], mode: str, other_mode: str) -> Iterator[str]:
    """Aspects in which two ways to ask an item differ."""
    scales = one["scale"], other["scale"]
    if not _same_texts(one["wording"], other["wording"]):
        yield "wording"
    if any(scales[0][key] != scales[1][key] for key in ("minimum", "maximum", "kind")):
        yield "range"
    labels = [
        {f"{lang} {p}": t for lang, told in s["labels"].items() for p, t in told.items()} for s in scales
    ]
    languages = [{lang for lang, told in s["labels"].items() if told} for s in scales]
    both = languages[0] & languages[1]
    kept = [{k: t for k, t in told.items() if k.split()[0] in both} for told in labels]
    if set(kept[0]) != set(kept[1]) or not _same_texts(kept[0], kept[1]):
        yield "labels"
    if mode and other_mode and mode != other_mode:
        yield "mode"


def _same_texts(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two texts agree in every language that both have."""
    return all(" ".join(one[k].split()) == " ".join(other[k].split()) for k in one.keys() & other.keys())
