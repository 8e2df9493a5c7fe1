"""Mistakes in a study definition: named one by one, reported all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from csat.errors import CsatError


@dataclass(frozen=True)
class Problem:
    """One mistake: in which file, where in it, which field, what is wrong and what is allowed."""

    file: str
    where: str
    field: str
    wrong: str
    allowed: str = ""

    def __str__(self) -> str:
        """One line: file, place, field: what is wrong. Allowed: what is."""
        place = ", ".join(part for part in (self.file, self.where, self.field) if part)
        return f"{place}: {self.wrong}." + (f" Allowed: {self.allowed}." if self.allowed else "")


class StudyError(CsatError):
    """A study cannot be used; `problems` holds every mistake that was found."""

    def __init__(self, problems: Iterable[Problem], study: str = "") -> None:
        self.problems = tuple(problems)
        self.study = study
        lines = [str(p) for p in self.problems]
        if study:
            count = len(lines)
            lines.insert(0, f'study "{study}": {count} problem{"s" if count != 1 else ""}')
        super().__init__("\n".join(lines))

    @classmethod
    def single(cls, file: str, where: str, field: str, wrong: str, allowed: str = "") -> StudyError:
        """Make an error of one problem."""
        return cls([Problem(file, where, field, wrong, allowed)])

    def __reduce__(self) -> tuple[type[StudyError], tuple[tuple[Problem, ...], str]]:
        """Survive the way through another process."""
        return type(self), (self.problems, self.study)


def suggest(wrong: str, known: Iterable[str]) -> str:
    """Return ', did you mean "…"?' when something known is close to what was written, else nothing."""
    by_lower = {str(k).lower(): str(k) for k in known}
    close = get_close_matches(str(wrong).lower(), list(by_lower), n=1, cutoff=0.6)
    return f' (did you mean "{by_lower[close[0]]}"?)' if close else ""


def listing(names: Iterable[object], limit: int = 12) -> str:
    """Comma-separated names, shortened with a count when there are many."""
    texts = [str(n) for n in names]
    more = len(texts) - limit
    return ", ".join(texts[:limit]) + (f" and {more} more" if more > 0 else "")
