"""From cells of text to numbers on their scales: missing codes, text, answers off the scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from csat.data.ledger import Ledger
from csat.data.privacy.scrub import scrub
from csat.data.problems import in_rows
from csat.study.definition import Item, Scale
from csat.study.problems import listing

NO_ANSWER = frozenset({"", ".", "na", "n/a", "#n/a", "nan", "null", "none"})
"""Cells that mean "no answer" in every study (in any case of letters)."""

TEXT = (
    'text: correct it, or if it means "no answer" declare it under [data] of study.toml, such as '
    'missing = ["DK", "refused"]; decimals are written with a point'
)
OUTSIDE = (
    'answers off the scale: correct them, declare their code as "missing" of the scale, such as '
    'missing = [-99], or set off_scale = "missing" under [data] (for once: csat ingest --off-scale missing, '
    "or csat run --set off_scale=missing)"
)
BETWEEN = (
    "answers between the points: correct them, or if any number may be answered give the scale "
    'kind = "continuous" in study.toml'
)

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass
class Cleaning:
    """What the cleaning of a table found: errors to report, and the ledger it writes to."""

    ledger: Ledger
    off_scale: str
    errors: list[str] = field(default_factory=list)
    advice: dict[str, None] = field(default_factory=dict)

    def item(self, cells: pd.Series, item: Item, scale: Scale, missing: tuple[float | str, ...]) -> pd.Series:
        """Numbers of one item, NaN where there is no answer."""
        numbers, text = to_numbers(cells, tuple(m for m in missing if isinstance(m, str)))
        if text.any():
            values = listing(f'"{scrub(str(v))[0]}"' for v in dict.fromkeys(cells[text]))
            self.advice[TEXT] = None
            self.errors.append(f"item {item.id}: text where a number belongs, {values}, {_rows(text)}")
        codes = {*scale.missing, *(float(m) for m in missing if not isinstance(m, str))}
        coded = numbers.isin(codes)
        if coded.any():
            self.ledger.add("clean", "missing_code", "set_missing", int(coded.sum()), _where(coded), item.id)
        numbers = numbers.mask(coded)
        return numbers.mask(self._off_scale(numbers, item, scale))

    def _off_scale(self, numbers: pd.Series, item: Item, scale: Scale) -> pd.Series:
        """Which answers are off the scale; an error unless they are to become missing."""
        outside = (numbers < scale.minimum) | (numbers > scale.maximum)
        between = ~outside & numbers.notna() & (numbers % 1 != 0)
        between &= scale.kind == "rating"
        off = outside | between
        if off.any() and self.off_scale == "missing":
            self.ledger.add("clean", "off_scale", "set_missing", int(off.sum()), _where(off), item.id)
        elif off.any():
            self._refuse(outside, "off the scale", OUTSIDE, numbers, item, scale)
            self._refuse(between, "not a whole point of the scale", BETWEEN, numbers, item, scale)
        return off

    def _refuse(
        self, wrong: pd.Series, what: str, advice: str, numbers: pd.Series, item: Item, scale: Scale
    ) -> None:
        """Note answers that the scale does not have."""
        if wrong.any():
            count = int(wrong.sum())
            values = listing(f"{v:g}" for v in sorted(set(numbers[wrong])))
            self.advice[advice] = None
            self.errors.append(
                f"item {item.id}: {count} answer{'s' if count > 1 else ''} {what} "
                f"{scale.minimum:g} to {scale.maximum:g} ({values}) {_rows(wrong)}"
            )


def to_numbers(cells: pd.Series, missing: tuple[str, ...] = ()) -> tuple[pd.Series, pd.Series]:
    """Turn cells of text into numbers.

    Parameters
    ----------
    cells : pandas.Series of str
        One column of the table.
    missing : tuple of str, optional
        Words that mean "no answer" besides `NO_ANSWER`.

    Returns
    -------
    tuple of pandas.Series
        The numbers (NaN where there is none), and which cells hold text that is neither a number nor a word
        for "no answer".
    """
    codes, distinct = pd.factorize(cells)
    words = NO_ANSWER | {m.strip().lower() for m in missing}
    values: Mapping[str, float] = {
        str(t): float(t) if _NUMBER.fullmatch(str(t)) else np.nan for t in distinct
    }
    numbers = np.array([values[str(t)] for t in distinct], dtype=float)[codes]
    is_text = np.array(
        [bool(np.isnan(values[str(t)])) and str(t).lower() not in words for t in distinct], dtype=bool
    )[codes]
    return pd.Series(numbers, index=cells.index), pd.Series(is_text, index=cells.index)


def to_codes(cells: pd.Series, missing: tuple[float | str, ...] = ()) -> pd.Series:
    """Codes of a segment as text (``"1.0"`` becomes ``"1"``), NaN where there is none."""
    gone = {str(m) if isinstance(m, str) else f"{m:g}" for m in missing}

    def code(text: str) -> str | None:
        short = f"{float(text):g}" if re.fullmatch(r"-?\d+\.0+", text) else text
        return None if short.lower() in NO_ANSWER or short in gone else short

    distinct = {t: code(str(t)) for t in cells.unique()}
    return cells.map(distinct)


def _where(mask: pd.Series) -> list[int]:
    """Row numbers of what a mask marks."""
    return [int(r) for r in mask.index[mask]]


def _rows(mask: pd.Series) -> str:
    """Say in which rows is what a mask marks."""
    return in_rows(_where(mask))
