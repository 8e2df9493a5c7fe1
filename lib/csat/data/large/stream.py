"""Answers larger than memory: chunks of numbers, weights and random groups, for `csat.stats.sum_chunks`.

``sum_chunks(answers.items, answers, answers.buckets)`` makes sums of what `stream_answers` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from csat.data.large.buckets import random_buckets
from csat.data.large.scanning import LargeFile, find_files, is_number, open_file
from csat.data.problems import SHOWN_ROWS, DataError, in_rows
from csat.study.definition import Study
from csat.study.problems import listing, suggest

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class AnswerChunk(NamedTuple):
    """Answers (m, p) with NaN where missing, weights (m,), and the bucket of each row (m,)."""

    values: Floats
    weights: Floats
    buckets: NDArray[np.intp]


@dataclass(frozen=True)
class Coding:
    """How the answers to one item are coded, where that is to be checked and undone.

    Attributes
    ----------
    column : str
        Column of the file; the item's own name when empty.
    minimum, maximum : float
        Ends of the scale.
    missing : tuple of float
        Codes that mean "no answer".
    whole : bool
        Whether only whole numbers are answers.
    reversed : bool
        Whether answers are to be flipped to ``minimum + maximum - x``.
    """

    column: str = ""
    minimum: float = -np.inf
    maximum: float = np.inf
    missing: tuple[float, ...] = ()
    whole: bool = False
    reversed: bool = False


@dataclass(frozen=True)
class LargeAnswers:
    """Answers of files that are read anew, chunk by chunk, whenever they are gone through.

    Attributes
    ----------
    items : tuple of str
        The p items.
    codings : tuple of Coding
        One an item.
    files : tuple of LargeFile
        Read one after the other.
    buckets : int
        Number of random groups; those of `AnswerChunk` are 0 to ``buckets - 1``.
    seed : int
        Another seed gives other groups.
    weight, key : str
        Columns of the weights and of what goes into a bucket as a whole; empty where there are none.
    off_scale : {"error", "missing"}
        What to do with answers off their scale.
    """

    items: tuple[str, ...]
    codings: tuple[Coding, ...]
    files: tuple[LargeFile, ...]
    buckets: int
    seed: int
    weight: str = ""
    key: str = ""
    off_scale: str = "error"
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = (coding.column or item for item, coding in zip(self.items, self.codings, strict=True))
        object.__setattr__(self, "columns", tuple(names))

    def __iter__(self) -> Iterator[AnswerChunk]:
        """Read the chunks; the same rows come into the same buckets each time, whatever the chunks are."""
        start = 0
        for file in self.files:
            select = [*self.columns, *([self.weight] if self.weight else [])]
            begin = start
            for numbers in file.chunks(select, self.key, self.buckets, self.seed):
                rows = np.arange(start, start + len(numbers))
                yield self._chunk(numbers, rows, file.path.name, rows - begin + 1)
                start += len(numbers)
        if not start:
            raise DataError("there are no rows", listing(file.path.name for file in self.files))

    def _chunk(self, numbers: Floats, rows: Rows, name: str, shown: Rows) -> AnswerChunk:
        """Check and split the numbers of some rows; `shown` are their numbers in the file, from 1."""
        p = len(self.items)
        values = numbers[:, :p]
        if any(coding != Coding(coding.column) for coding in self.codings):
            coded = np.empty(values.shape, order="F")
            for at, (item, coding) in enumerate(zip(self.items, self.codings, strict=True)):
                coded[:, at] = self._coded(values[:, at], item, coding, name, shown)
            values = coded
        weights = numbers[:, p] if self.weight else np.ones(len(numbers))
        wrong = ~np.isfinite(weights) | (weights < 0)
        if wrong.any():
            raise DataError(
                f'the weight "{self.weight}" is missing, infinite or negative {_in(shown[wrong])}; '
                "weights are numbers from 0 up",
                name,
            )
        if not self.key:
            return AnswerChunk(values, weights, random_buckets(rows, self.buckets, self.seed))
        keys = numbers[:, -1]
        gone = np.isnan(keys)
        if gone.any():
            raise DataError(f'"{self.key}" is missing {_in(shown[gone])}; give each row one', name)
        return AnswerChunk(values, weights, keys.astype(np.intp))

    def _coded(self, answers: Floats, item: str, coding: Coding, name: str, shown: Rows) -> Floats:
        """Answers to one item with codes undone."""
        answers = np.where(np.isin(answers, coding.missing), np.nan, answers)
        off = (answers < coding.minimum) | (answers > coding.maximum)
        if coding.whole:
            off |= ~np.isnan(answers) & (answers % 1 != 0)
        if off.any() and self.off_scale == "error":
            seen = listing(f"{value:g}" for value in np.unique(answers[off]))
            raise DataError(
                f"item {item}: answers off the scale {coding.minimum:g} to {coding.maximum:g} ({seen}) "
                f"{_in(shown[off])}; correct them, declare their code as missing, or set "
                'off_scale="missing"',
                name,
            )
        answers[off] = np.nan
        return coding.minimum + coding.maximum - answers if coding.reversed else answers


def stream_answers(
    paths: str | Path | Sequence[str | Path],
    items: Sequence[str] | Mapping[str, Coding],
    weight: str = "",
    key: str = "",
    buckets: int = 1000,
    seed: int = 1,
    missing: Sequence[float | str] = (),
    off_scale: str = "error",
    separator: str = "",
    decimal: str = ".",
) -> LargeAnswers:
    """Answers of Parquet or CSV files of any size, to be gone through in chunks.

    Parameters
    ----------
    paths : path or pattern, or sequence of them
        ``.parquet``, ``.csv``, ``.tsv`` or the latter gzipped; several files are read one after the other.
    items : sequence of p names, or mapping of name to Coding
        Columns of numbers; a coding says which codes and which scale they have.
    weight : str, optional
        Column of the weights, not negative; without it, every row weighs 1.
    key : str, optional
        Column of what belongs together, such as a household: rows of one key are in one bucket. Without it,
        rows are put into buckets one by one.
    buckets : int
        Number of random groups, which a bootstrap draws from.
    seed : int
        The same seed gives the same buckets, whatever the size of the chunks and the number of threads.
    missing : sequence of numbers and words, optional
        Codes of all items, and cells of a CSV file, that mean "no answer".
    off_scale : {"error", "missing"}
        What to do with answers off the scale of a coding.
    separator, decimal : str, optional
        Signs of a CSV file; the separator is recognised when not given.

    Returns
    -------
    LargeAnswers
        An iterable of `AnswerChunk`; the files are read while it is gone through.

    Raises
    ------
    DataError
        When there is no such file, or a file lacks a column or holds text in it. What is wrong with single
        rows is told when they are read.

    Notes
    -----
    The bucket of a row is a hash of its number, counted over all files, or of its key as text (the first 48
    bits of the MD5 of ``seed:key``). Rows (keys) fall into buckets independently of each other, so a sorted
    file is as good as a shuffled one.

    References
    ----------
    Wolter, K. M. (2007). Introduction to variance estimation, 2nd ed., chapter 2 (random groups). Springer.
    """
    codings = dict(items) if isinstance(items, Mapping) else {str(item): Coding() for item in items}
    if not codings or (not isinstance(items, Mapping) and len(codings) < len(items)):
        raise DataError("name at least one item, and each item once")
    if buckets < 1:
        raise DataError(f"buckets={buckets}: there is at least one")
    if off_scale not in ("error", "missing"):
        raise DataError(f'off_scale="{off_scale}" is unknown; use error or missing')
    codes = tuple(float(code) for code in missing if not isinstance(code, str))
    words = [word for word in missing if isinstance(word, str)]
    files = tuple(open_file(path, separator, decimal, words) for path in find_files(paths))
    found = tuple(
        Coding(c.column, c.minimum, c.maximum, (*c.missing, *codes), c.whole, c.reversed)
        for c in codings.values()
    )
    answers = LargeAnswers(tuple(codings), found, files, buckets, seed, weight, key, off_scale)
    for file in files:
        _check_columns(answers, file)
    return answers


def stream_study(
    study: Study, paths: str | Path | Sequence[str | Path], buckets: int = 1000, seed: int = 1
) -> LargeAnswers:
    """Answers to a study's items from files of any size: scales, missing codes and weights are the study's.

    Parameters
    ----------
    study : Study
    paths : path or pattern, or sequence of them
        Files of one wave, with the study's own column names and codes.
    buckets, seed : int
        As in `stream_answers`.

    Returns
    -------
    LargeAnswers
        With reversed items flipped, as `csat.data.Answers.scored`. Rows of one cluster (``cluster_column``)
        are in one bucket.

    Raises
    ------
    DataError
        As `stream_answers`.
    """
    codings = {}
    for item in study.items.values():
        scale = study.scales[item.scale]
        whole = scale.kind == "rating"
        codings[item.id] = Coding(
            item.column, scale.minimum, scale.maximum, scale.missing, whole, item.reversed
        )
    told = study.data
    return stream_answers(
        paths,
        codings,
        told.weight_column,
        told.cluster_column,
        buckets,
        seed,
        told.missing,
        told.off_scale,
        told.separator,
        told.decimal or ".",
    )


def _in(rows: Rows) -> str:
    """Where something is, without a list of millions of rows."""
    text = in_rows(rows[:SHOWN_ROWS].tolist())
    return text + (f" and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else "")


def _check_columns(answers: LargeAnswers, file: LargeFile) -> None:
    """Refuse a file that lacks columns, or holds text where numbers belong."""
    numbers = [*answers.columns, *([answers.weight] if answers.weight else [])]
    wanted = dict.fromkeys([*numbers, *([answers.key] if answers.key else [])])
    problems = [
        f'there is no column "{c}"{suggest(c, file.columns)}' for c in wanted if c not in file.columns
    ]
    if file.format == "parquet":
        problems += [
            f'column "{c}" does not hold numbers but {file.columns[c]}; convert or leave it out'
            for c in dict.fromkeys(numbers)
            if c in file.columns and not is_number(file.columns[c])
        ]
    if problems:
        raise DataError(problems, f'file "{file.path.name}"')
