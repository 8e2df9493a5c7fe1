"""The way from rows received to rows analysed, kept as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from csat.data.problems import rows_text

COLUMNS = ("step", "rule", "item", "count", "rows", "action")
STEPS = ("read", "select", "clean", "score", "result")
RULES = (
    "received",
    "empty_row",
    "other_wave",
    "other_segment",
    "trial",
    "not_asked",
    "recoded",
    "label_to_code",
    "missing_code",
    "off_scale",
    "no_answer",
    "personal_dropped",
    "personal_hashed",
    "text_scrubbed",
    "reversed",
    "analysed",
)
ACTIONS = (
    "counted",
    "set_aside",
    "set_missing",
    "recoded",
    "flipped",
    "dropped",
    "hashed",
    "scrubbed",
    "kept",
)


@dataclass
class Ledger:
    """Entries in the order in which they happened.

    `count` is a number of respondents, or of answers where the entry names an item; `rows` gives the first
    rows concerned, the first row under the header being 1. `before` holds what had happened earlier.
    """

    before: pd.DataFrame | None = None
    entries: list[tuple[str, str, str, int, str, str]] = field(default_factory=list)

    def add(
        self, step: str, rule: str, action: str, count: int, rows: Sequence[int] = (), item: str = ""
    ) -> None:
        """Enter one rule and what was done by it."""
        self.entries.append((step, rule, item, int(count), rows_text(rows), action))

    def frame(self) -> pd.DataFrame:
        """Return the entries as a table with the columns `step, rule, item, count, rows, action`."""
        own = pd.DataFrame(self.entries, columns=list(COLUMNS))
        return own if self.before is None else pd.concat([self.before, own], ignore_index=True)
