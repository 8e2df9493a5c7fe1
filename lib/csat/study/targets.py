"""Targets of weights: shares of the population, whether they stand in a study or for one wave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from csat.study.problems import Problem, listing, suggest

if TYPE_CHECKING:
    from csat.study.definition import Study

CROSS = "*"
SUM_TOLERANCE = 1e-3
"""How far shares may be from a sum of 1: rounding to three digits is no mistake."""

Targets = Mapping[str, Mapping[str, float]]


def as_shares(values: Mapping[str, float]) -> dict[str, float]:
    """Make shares that sum to 1 of shares or counts.

    Parameters
    ----------
    values : mapping of code to share or count
        Counts (or percentages) are told by a value above 1.

    Returns
    -------
    dict of str to float

    Raises
    ------
    ValueError
        Nothing, a value that is not above 0, or shares that do not sum to 1: the message says which.

    Examples
    --------
    >>> as_shares({"1": 300, "2": 100})
    {'1': 0.75, '2': 0.25}
    """
    if not values:
        raise ValueError("no code has a share")
    wrong = [code for code, value in values.items() if not value > 0]
    if wrong:
        raise ValueError(f"the share of {listing(wrong)} is not above 0; leave these codes out of the data")
    total = sum(values.values())
    if max(values.values()) <= 1 and abs(total - 1) > SUM_TOLERANCE and len(values) > 1:
        raise ValueError(f"the shares sum to {total:.6g}, not to 1")
    return {code: value / total for code, value in values.items()}


def parts_of(margin: str) -> tuple[str, ...]:
    """Segments of a margin: of ``age*gender``, age and gender."""
    return tuple(part.strip() for part in margin.split(CROSS))


def check_weights(study: Study) -> Iterator[Problem]:
    """Check the weights of a study: segments and codes are declared, shares are shares, bounds hold 1.

    Parameters
    ----------
    study : Study

    Yields
    ------
    Problem
        One a mistake, of ``[weights]`` and of the targets of all waves.
    """
    codes = {segment.id: tuple(segment.values) for segment in study.segments.values()}
    plan = study.weighting
    for wave in study.waves:
        place = f'[[waves]] "{wave.id}"'
        yield from check_targets(wave.targets, codes, place)
        if wave.targets and plan is None:
            wrong = "the wave has targets, but the study has no weights"
            yield Problem("study.toml", place, "targets", wrong, "add [weights]")
    if plan is None:
        return
    yield from check_targets(plan.targets, codes, "[weights]")
    if not plan.targets and not any(wave.targets for wave in study.waves):
        yield Problem("study.toml", "[weights]", "targets", "there are none", "[weights.targets.<segment>]")
    for names in ([*plan.targets], *([*{**plan.targets, **wave.targets}] for wave in study.waves)):
        if plan.method == "cell" and len(names) > 1:
            wrong = f"cell weighting takes one table of targets, not {listing(names)}"
            allowed = '[weights.targets."age*gender"], or method = "rake"'
            yield Problem("study.toml", "[weights]", "targets", wrong, allowed)
            break
    yield from _check_bounds(plan.lower, plan.upper)


def _check_bounds(lower: float | None, upper: float | None) -> Iterator[Problem]:
    """Bounds between which weights of mean 1 can lie."""
    if lower is not None and not 0 <= lower < 1:
        yield Problem("study.toml", "[weights]", "lower", f"{lower:g} is no lower bound", "0 to below 1")
    if upper is not None and not upper > 1:
        yield Problem("study.toml", "[weights]", "upper", f"{upper:g} is no upper bound", "above 1")


def check_targets(
    targets: Targets, codes: Mapping[str, tuple[str, ...]], where: str, file: str = "study.toml"
) -> Iterator[Problem]:
    """Find what is wrong with targets.

    Parameters
    ----------
    targets : mapping of margin to (code -> share)
        A margin is a segment, or several joined by ``*``; so are its codes.
    codes : mapping of segment to its declared codes
        Empty where the study declares none: any code will do.
    where, file : str
        Place of the targets, such as ``[weights]``.

    Yields
    ------
    Problem
        One a mistake.
    """
    for margin, shares in targets.items():
        place = f"{where}, targets.{margin}"
        parts = parts_of(margin)
        unknown = [part for part in parts if part not in codes]
        for part in unknown:
            wrong = f'"{part}" is not a segment of the study{suggest(part, codes)}'
            yield Problem(file, place, "", wrong, listing(codes) or "declare it in [segments]")
        if len(set(parts)) < len(parts):
            yield Problem(file, place, "", "a segment is crossed with itself", "different segments")
        try:
            as_shares(shares)
        except ValueError as error:
            yield Problem(file, place, "", str(error), "shares above 0 that sum to 1, or counts")
        if not unknown:
            yield from _check_codes(shares, [codes[part] for part in parts], place, file)


def _check_codes(
    shares: Mapping[str, float], declared: list[tuple[str, ...]], place: str, file: str
) -> Iterator[Problem]:
    """Codes that the segments of a margin do not have."""
    for code in shares:
        given = code.split(CROSS) if len(declared) > 1 else [code]
        if len(given) != len(declared):
            wrong = f"has {len(given)} code(s) for {len(declared)} segments"
            yield Problem(file, place, code, wrong, f"codes joined by {CROSS}, in the order of the segments")
            continue
        for one, known in zip(given, declared, strict=True):
            if known and one not in known:
                wrong = f'"{one}" is not a code of the segment{suggest(one, known)}'
                yield Problem(file, place, code, wrong, listing(known))
