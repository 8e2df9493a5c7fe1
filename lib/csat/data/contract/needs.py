"""What answers must be before anything is computed from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from csat.data.problems import in_rows
from csat.study.definition import Study
from csat.study.problems import listing, suggest

_TOLERANCE = 1e-10
_LEAST_OVERLAP = 10


def missing_columns(study: Study, columns: Sequence[str]) -> Iterator[str]:
    """Columns that the study needs and the file lacks, with what may have been meant."""
    free = [c for c in columns if c not in used_columns(study)]
    for item in study.items.values():
        if item.column not in columns:
            yield f'column "{item.column}" of item {item.id} is missing{suggest(item.column, free)}'
    for segment in study.segments.values():
        if segment.column not in columns:
            hint = suggest(segment.column, free)
            yield f'column "{segment.column}" of segment {segment.id} is missing{hint}'
    for name in ("respondent_column", "weight_column"):
        column = getattr(study.data, name)
        if column and column not in columns:
            yield f'column "{column}" ({name} of [data]) is missing{suggest(column, free)}'


def used_columns(study: Study) -> set[str]:
    """Columns of the data that the study gives a meaning."""
    special = {column for key, column in vars(study.data).items() if key.endswith("_column")} - {""}
    return (
        {i.column for i in study.items.values()}
        | {s.column for s in study.segments.values()}
        | {c.name for q in study.questions.values() for c in q.columns}
        | special
        | set(study.data.ignore_columns)
        | set(study.privacy.hash)
    )


def duplicate_respondents(ids: pd.Series) -> Iterator[str]:
    """Respondent ids that come more than once within a wave (the ids themselves are not shown)."""
    given = ids[ids != ""]
    twice = given[given.duplicated(keep=False)]
    if len(twice):
        count = twice.nunique()
        yield (
            f"{count} respondent id{'s come' if count > 1 else ' comes'} more than once, "
            f"{in_rows(list(twice.index))}; keep one row a respondent"
        )


def without_id(ids: pd.Series) -> Iterator[str]:
    """Rows without a respondent id, which cannot be told from one another."""
    rows = list(ids.index[ids == ""])
    if rows:
        yield f"the respondent id is missing {in_rows(rows)}: not checked for rows that come twice"


def unusable_items(raw: pd.DataFrame, study: Study) -> Iterator[str]:
    """Items that nobody answered or that everybody answered alike."""
    remedy = 'take it out of items.csv, or name it in "without" of the wave'
    for item in raw.columns:
        answers = raw[item].dropna()
        if answers.empty:
            yield f"item {item}: nobody answered it; {remedy}"
        elif answers.nunique() == 1:
            same = f"all {len(answers)} answers are {answers.iloc[0]:g}"
            yield f"item {item}: {same}, so it tells nothing; {remedy}"


def left_with_one(study: Study, full: Study) -> Iterator[str]:
    """Name constructs of several items that this wave leaves with a single one, or with none."""
    for name, items in full.blocks().items():
        left = study.blocks().get(name, ())
        if len(items) > 1 and len(left) == 1:
            yield (
                f"construct {name} is left with one usable item of {len(items)}, {left[0]}: its reliability "
                "cannot be shown; ask more of its items, or make it a single-item construct in items.csv"
            )
        if items and not left:
            yield f"construct {name} is left without any item in this wave; take it out of the study"


def too_few(n: int, study: Study) -> Iterator[str]:
    """Fewer respondents than items, or than may be shown at all."""
    if n < len(study.items):
        yield f"{n} respondents for {len(study.items)} items: too few to estimate anything; collect more"
    elif n < study.thresholds.suppress_below:
        least = study.thresholds.suppress_below
        yield f"{n} respondents are fewer than {least} (suppress_below): nothing is shown"


def collinear_items(raw: pd.DataFrame) -> Iterator[str]:
    """Items that repeat each other exactly: pairs first, then sets of three and more."""
    pairs = _identical_pairs(raw)
    for first, second, mirror in pairs:
        how = (
            f"{second} is the mirror image of {first} (a reverse coded copy)"
            if mirror
            else "each repeats the other"
        )
        yield f"items {first} and {second} are perfectly collinear: {how}; check the export, keep one of them"
    rest = raw.drop(columns=list({second for _, second, _ in pairs}))
    complete = rest.dropna()
    # Few different rows always seem to hold a dependency, most of all where some answered alike throughout.
    if len(complete.drop_duplicates()) < 2 * rest.shape[1] or complete.nunique().min() < 2:
        return
    involved = _dependent_set(complete)
    if involved:
        yield f"items {listing(involved)} are perfectly collinear: each follows from the others; drop one"


def _identical_pairs(raw: pd.DataFrame) -> list[tuple[str, str, bool]]:
    """Pairs of items with a correlation of exactly one, and whether it is negative."""
    correlation = raw.corr(min_periods=_LEAST_OVERLAP).to_numpy()
    first, second = np.nonzero(np.triu(np.abs(correlation) > 1 - _TOLERANCE, k=1))
    names = [str(c) for c in raw.columns]
    return [
        (names[i], names[j], bool(correlation[i, j] < 0))
        for i, j in zip(first.tolist(), second.tolist(), strict=True)
    ]


def _dependent_set(complete: pd.DataFrame) -> list[str]:
    """Items of one exact linear dependency, empty when there is none."""
    correlation = np.corrcoef(complete.to_numpy(), rowvar=False)
    values, vectors = np.linalg.eigh(np.atleast_2d(correlation))
    if values[0] > _TOLERANCE:
        return []
    return [str(c) for c, v in zip(complete.columns, np.abs(vectors[:, 0]), strict=True) if v > 1e-6]


def undeclared_values(segments: pd.DataFrame, study: Study) -> Iterator[str]:
    """Values of a segment that the study gives no label."""
    for name in segments.columns:
        declared: Mapping[str, object] = study.segments[name].values
        found = sorted(set(segments[name].dropna().astype(str)) - set(declared))
        if declared and found:
            yield f"segment {name}: values without a label in study.toml: {listing(found)}"
