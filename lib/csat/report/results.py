"""What a notebook leaves behind: its tidy metrics, and a last file that says it came to its end."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csat.errors import CsatError

if TYPE_CHECKING:
    import pandas as pd

TIDY = ("metric", "subject", "estimate", "ci_low", "ci_high", "n", "method")
METRICS = ("study", "wave", "segment", "notebook", *TIDY)
EXPORTS = "exports"
"""Folder of the files that notebooks give away, in their working folder and beside the published pages."""


class ResultError(CsatError):
    """A result that cannot be recorded: a column is missing, or one number has two values."""


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Check that a frame has the tidy columns, and put them first.

    Raises
    ------
    ResultError
        If a column is missing.
    """
    absent = [name for name in TIDY if name not in frame.columns]
    if absent:
        raise ResultError(
            f"A metrics frame needs the columns {', '.join(TIDY)}; missing: {', '.join(absent)}."
        )
    return frame[[*TIDY, *(name for name in frame.columns if name not in TIDY)]]


def metrics_frame(
    frames: Sequence[pd.DataFrame], study: str, wave: str, segment: str, notebook: str
) -> pd.DataFrame:
    """Stack recorded frames into rows of ``metrics.csv``.

    Parameters
    ----------
    frames : sequence of DataFrame
        Tidy frames; a column ``segment`` of their own wins over `segment`.
    study, wave, segment, notebook : str
        Where the numbers come from.

    Returns
    -------
    DataFrame
        Columns `METRICS`, in order of recording, without repeated rows.

    Raises
    ------
    ResultError
        If the same number was recorded with two values.
    """
    import pandas as pd

    if not frames:
        return pd.DataFrame(columns=list(METRICS))
    parts = []
    for frame in frames:
        part = frame.assign(study=study, wave=wave, notebook=notebook)
        part["segment"] = frame["segment"].fillna("").astype(str) if "segment" in frame else segment
        parts.append(part[list(METRICS)].astype({"metric": str, "subject": str, "method": str}))
    stacked = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    stacked = stacked.drop_duplicates(ignore_index=True)
    twice = stacked[stacked.duplicated(["segment", "metric", "subject"], keep=False)]
    if len(twice):
        row = twice.iloc[0]
        raise ResultError(
            f"{notebook}: {row['metric']} of {row['subject']!r} ({row['method']}) is recorded twice "
            "with different values or methods."
        )
    return stacked


def write_metrics(frame: pd.DataFrame, path: Path) -> None:
    """Write metrics as CSV in one step, with 12 significant digits.

    The last digits of a double depend on where an array lies in memory; 12 are the same in every run.
    """
    write_atomically(path, frame.to_csv(index=False, lineterminator="\n", float_format="%.12g"))


def write_results(results: Mapping[str, Any], path: Path) -> None:
    """Write results as JSON, in one step; numbers that are not finite become null."""
    write_atomically(path, json.dumps(_plain(results), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    staged.write_text(text, encoding="utf-8", newline="\n")
    os.replace(staged, path)


def _plain(value: Any) -> Any:
    """Value as JSON can hold it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
