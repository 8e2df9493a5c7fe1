"""What an export is asked for, and what comes out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from csat.study.definition import Study
from csat.study.export.fields import Field, every_field
from csat.study.questionnaire import Questionnaire


@dataclass(frozen=True)
class Exported:
    """Files of an export, the first of them to be opened first, and what the target could not carry."""

    path: Path
    cannot_carry: tuple[str, ...]
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Job:
    """One version of a study, to be written into a folder in some languages."""

    study: Study
    asked: Questionnaire
    langs: tuple[str, ...]
    folder: Path
    losses: dict[str, dict[str, None]] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """Beginning of the names of its files."""
        return f"{self.study.id}_{self.asked.version}" if self.asked.version else self.study.id

    def lose(self, what: str, *names: str) -> None:
        """Note what the target cannot carry, and of which questions."""
        self.losses.setdefault(what, {}).update(dict.fromkeys(names))

    def fields(self, places: bool = False) -> dict[str, tuple[Field, ...]]:
        """Fields of each question."""
        found: dict[str, list[Field]] = {}
        for one in every_field(self.asked, self.langs, places):
            found.setdefault(one.question.id, []).append(one)
        return {name: tuple(fields) for name, fields in found.items()}

    def done(self, *files: Path) -> Exported:
        """Report the files and the losses."""
        lost = (f"{what}: {', '.join(names)}" if names else what for what, names in self.losses.items())
        return Exported(files[0], tuple(lost), files)


Writer = Callable[[Job], Exported]


class Names:
    """Names that a tool accepts, one for each thing, always the same for the same questionnaire."""

    def __init__(self, pattern: str, limit: int, join: str = "_", fold: bool = False) -> None:
        self._pattern = re.compile(rf"(?:{pattern})\Z")
        self._limit = limit
        self._join = join
        self._fold = fold
        self._given: dict[tuple[str, ...], str] = {}
        self._used: set[str] = set()

    def __call__(self, wanted: str, otherwise: str = "q", scope: str = "") -> str:
        """Name of `wanted`: itself if the tool accepts it, else made from `otherwise`."""
        key = (scope, wanted, otherwise)
        if key not in self._given:
            self._given[key] = self.fresh(wanted, otherwise)
        return self._given[key]

    def fresh(self, wanted: str, otherwise: str = "q") -> str:
        """Name that nothing else has, `wanted` itself if it is free."""
        name = next(n for n in self._tries(wanted, otherwise) if self._folded(n) not in self._used)
        self._used.add(self._folded(name))
        return name

    def _folded(self, name: str) -> str:
        """As the tool compares names."""
        return name.lower() if self._fold else name

    def _tries(self, wanted: str, otherwise: str) -> Iterable[str]:
        """Names to try, the best first."""
        for candidate in (wanted, wanted.replace("_", self._join), otherwise.replace("_", self._join)):
            if self._pattern.match(candidate) and len(candidate) <= self._limit:
                yield candidate
        bare = re.sub(r"[^A-Za-z0-9_]", "", otherwise).replace("_", self._join) or "q"
        bare = bare if bare[0].isalpha() else f"q{bare}"
        for number in range(2, 100_000):
            tail = f"{self._join}{number}"
            yield f"{bare[: self._limit - len(tail)]}{tail}"


def field_names(fields: Iterable[Field], names: Names) -> dict[str, str]:
    """Name in the tool of each field: its own, or one made from the (always plain) id of its question."""
    found = {}
    for one in fields:
        suffix = one.name.removeprefix(one.question.base)
        found[one.name] = names(one.name, f"{one.question.id}{suffix}")
    return found
