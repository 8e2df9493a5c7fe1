"""The error of answers that cannot be analysed as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from csat.errors import CsatError
from csat.study.problems import listing

SHOWN_ROWS = 10


class DataError(CsatError):
    """Answers that cannot be used; `problems` holds one line a mistake, `advice` what to do."""

    def __init__(self, problems: str | Iterable[str], where: str = "", advice: Iterable[str] = ()) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        self.where = where
        self.advice = tuple(advice)
        head = f"{where}: " if where else ""
        if len(self.problems) == 1:
            lines = [head + self.problems[0]]
        else:
            lines = [f"{head}{len(self.problems)} problems", *self.problems]
        super().__init__("\n".join([*lines, *self.advice]))

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[str, ...], str, tuple[str, ...]]]:
        """Survive the way through another process."""
        return type(self), (self.problems, self.where, self.advice)


class NoAnswers(DataError):
    """There are no answers yet where the study says that they will be."""


def in_rows(rows: Sequence[int]) -> str:
    """Where something is: ``in row 3``, or ``in rows 3, 17, 20 and 5 more``."""
    return f"in row{'s' if len(set(rows)) > 1 else ''} {rows_text(rows)}"


def rows_text(rows: Sequence[int]) -> str:
    """First rows of a list and how many more there are: ``3, 17, 20 and 5 more``."""
    return listing(sorted({int(r) for r in rows}), SHOWN_ROWS)
