"""Which waves to simulate: ``2025-11..2026-10``, a list, or those that the study declares."""

from __future__ import annotations

from csat.errors import CsatError
from csat.study.definition import Study, wave_kind

_MOST = 1_000


def waves_of(study: Study, text: str = "") -> tuple[str, ...]:
    """Names of the waves that a text asks for.

    Parameters
    ----------
    study : Study
        The study.
    text : str
        Waves with commas between, each a name or a range of dates with two dots; by default those declared.

    Returns
    -------
    tuple of str
        In the order asked.

    Raises
    ------
    CsatError
        When a range has no beginning, no end or no order, or the study has no such wave (a `StudyError`).

    Examples
    --------
    >>> between("2025-11", "2026-01")
    ('2025-11', '2025-12', '2026-01')
    """
    if not text.strip():
        if not study.waves:
            raise CsatError(f'study "{study.id}" declares no wave; name some, such as 2026-01..2026-06')
        return tuple(w.id for w in study.waves)
    names: list[str] = []
    for part in text.replace("，", ",").split(","):
        first, dots, last = (p.strip() for p in part.partition(".."))
        names.extend(between(first, last) if dots else (first,))
    for name in names:
        study.wave(name or "?")
    if len(set(names)) < len(names):
        raise CsatError(f'waves "{text}": a wave is named twice')
    return tuple(names)


def between(first: str, last: str) -> tuple[str, ...]:
    """Waves from a first to a last date, both of one kind: years, quarters or months."""
    kind = wave_kind(first)
    steps = {"year": 1, "quarter": 4, "month": 12}.get(kind, 0)
    if not steps or wave_kind(last) != kind:
        raise CsatError(
            f'"{first}..{last}" is no range of waves; both ends are years (2025), quarters (2025-Q4) '
            "or months (2025-11)"
        )
    start, end = _number(first, steps), _number(last, steps)
    if end < start:
        raise CsatError(f'"{first}..{last}" runs backwards; put the earlier wave first')
    if end - start >= _MOST:
        raise CsatError(f'"{first}..{last}" holds {end - start + 1} waves, more than {_MOST}')
    return tuple(_name(i, steps) for i in range(start, end + 1))


def _number(name: str, steps: int) -> int:
    """Return the running number of a wave."""
    year, _, part = name.partition("-")
    return int(year) * steps + (int(part.lstrip("Q")) - 1 if part else 0)


def _name(number: int, steps: int) -> str:
    """Name of the wave with a running number."""
    year, part = divmod(number, steps)
    return {1: f"{year:04d}", 4: f"{year:04d}-Q{part + 1}", 12: f"{year:04d}-{part + 1:02d}"}[steps]
