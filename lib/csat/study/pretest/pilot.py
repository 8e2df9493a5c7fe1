"""Diagnostics of a pilot: what people skip, where they leave, which answers do not tell them apart.

Frames hold one respondent a row and one column of answers each, as in `Question.columns`; a missing answer is
NaN, None or an empty text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from csat.study.pretest.shares import given_answers, share_row, who_asked
from csat.study.scales import Scale

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Mask = np.ndarray[Any, np.dtype[np.bool_]]

MISSING_LIMIT = 0.05
"""Share without an answer from which a question should be looked at."""

END_LIMIT = 0.50
"""Share at one end of a scale from which a rating does not tell people apart."""

DONT_KNOW_LIMIT = 0.20
"""Share of "don't know" from which a question should be asked of fewer people."""

STRAIGHT_LIMIT = 0.20
"""Share of identical rows from which a grid is answered without care."""

SPEED_SHARE = 0.40
"""Share of the median time below which people cannot have read a question."""


def item_nonresponse(
    frame: pd.DataFrame, columns: Sequence[str] | None = None, asked: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count who was asked and did not answer.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers.
    columns : sequence of str, optional
        Columns to look at, by default all.
    asked : pandas.DataFrame, optional
        Who was asked (true or false) by column; columns that it lacks were asked of everybody.

    Returns
    -------
    pandas.DataFrame
        `column`, `asked`, `missing`, `share` with its 95 % interval `low` to `high` (Wilson), and `flag`
        where the share is `MISSING_LIMIT` or more.

    Notes
    -----
    An interval for a share of a small pilot is wide; a flag is where the share itself reaches the limit.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association, 22, 209-212.

    Examples
    --------
    R: ``prop.test(1, 4, correct = FALSE)$conf.int``

    >>> import pandas as pd
    >>> item_nonresponse(pd.DataFrame({"q1": [1, None, 3, 4]}))[["missing", "share"]].values.tolist()
    [[1.0, 0.25]]
    """
    import pandas as pd

    rows = []
    given = given_answers(frame)
    for column in columns if columns is not None else list(frame.columns):
        who = who_asked(frame, column, asked)
        missing = int((who & ~given[column].to_numpy()).sum())
        rows.append(share_row(column, int(who.sum()), missing, "missing", MISSING_LIMIT))
    names = ["column", "asked", "missing", "share", "low", "high", "flag"]
    return pd.DataFrame(rows, columns=names)


def dont_know_share(
    frame: pd.DataFrame, codes: Mapping[str, object], asked: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count who said "don't know".

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers as they were given, "don't know" by its code.
    codes : mapping of str to object
        Code of "don't know" by column.
    asked : pandas.DataFrame, optional
        Who was asked, by column.

    Returns
    -------
    pandas.DataFrame
        `column`, `asked`, `dont_know`, `share` with its 95 % interval, `flag` from `DONT_KNOW_LIMIT` on.
    """
    import pandas as pd

    rows = []
    for column, code in codes.items():
        who = who_asked(frame, column, asked)
        said = is_code(frame[column], code)
        rows.append(share_row(column, int(who.sum()), int((who & said).sum()), "dont_know", DONT_KNOW_LIMIT))
    names = ["column", "asked", "dont_know", "share", "low", "high", "flag"]
    return pd.DataFrame(rows, columns=names)


def floor_ceiling(frame: pd.DataFrame, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Count who chose the lowest and the highest point of a scale.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers.
    scales : mapping of str to Scale
        Scale of each column; its codes for missing answers are left out.

    Returns
    -------
    pandas.DataFrame
        `column`, `n` (answers on the scale), shares `floor` and `ceiling`, `flag` where one of them is
        `END_LIMIT` or more.
    """
    import pandas as pd

    rows = []
    for column, scale in scales.items():
        values = pd.to_numeric(frame[column], errors="coerce")
        values = values[values.between(scale.minimum, scale.maximum)]
        n = len(values)
        floor = float((values == scale.minimum).mean()) if n else float("nan")
        ceiling = float((values == scale.maximum).mean()) if n else float("nan")
        flag = bool(n) and max(floor, ceiling) >= END_LIMIT
        rows.append({"column": column, "n": n, "floor": floor, "ceiling": ceiling, "flag": flag})
    return pd.DataFrame(rows, columns=["column", "n", "floor", "ceiling", "flag"])


def straight_lining(frame: pd.DataFrame, grids: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Count who gave the same answer in every row of a grid.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers as they were given, reversed items not turned round.
    grids : mapping of str to sequence of str
        Columns of each grid; grids of fewer than three rows are left out, since agreement is no sign there.

    Returns
    -------
    pandas.DataFrame
        `grid`, `rows`, `respondents` (who answered every row), `identical` (how many of them alike), `share`
        with its 95 % interval, `flag` from `STRAIGHT_LIMIT` on.
    """
    import pandas as pd

    rows = []
    for grid, columns in grids.items():
        if len(columns) < 3:
            continue
        answers = frame[list(columns)].apply(pd.to_numeric, errors="coerce").dropna()
        alike = int((answers.nunique(axis=1) == 1).sum())
        row = share_row(grid, len(answers), alike, "identical", STRAIGHT_LIMIT)
        rows.append({"grid": grid, "rows": len(columns), "respondents": row["asked"], **row})
    names = ["grid", "rows", "respondents", "identical", "share", "low", "high", "flag"]
    return pd.DataFrame(rows, columns=names)


def median_time(seconds: pd.DataFrame, expected: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Describe how long people took for each question.

    Parameters
    ----------
    seconds : pandas.DataFrame
        Seconds by respondent and question (or page, or the whole interview); NaN where it was not asked.
    expected : mapping of str to float, optional
        Seconds that were planned.

    Returns
    -------
    pandas.DataFrame
        `question`, `n`, `median`, `p10`, `p90`, `expected`, `speeders` (share of people below `SPEED_SHARE`
        of the median), `flag` where the median is more than twice or less than half of what was planned.
    """
    import pandas as pd

    plan = expected or {}
    rows = []
    for question in seconds.columns:
        values = pd.to_numeric(seconds[question], errors="coerce").dropna()
        values = values[values >= 0]
        median, wanted = float(values.median()), plan.get(str(question), float("nan"))
        rows.append(
            {
                "question": question,
                "n": len(values),
                "median": median,
                "p10": float(values.quantile(0.1)),
                "p90": float(values.quantile(0.9)),
                "expected": wanted,
                "speeders": float((values < SPEED_SHARE * median).mean()) if len(values) else float("nan"),
                "flag": bool(median > 2 * wanted or median < 0.5 * wanted),
            }
        )
    names = ["question", "n", "median", "p10", "p90", "expected", "speeders", "flag"]
    return pd.DataFrame(rows, columns=names)


def is_code(answers: pd.Series[Any], code: object) -> Mask:
    """Tell which answers are a code, as number or as text."""
    import numpy as np
    import pandas as pd

    numbers = pd.to_numeric(answers, errors="coerce")
    number = pd.to_numeric(pd.Series([code]), errors="coerce").iloc[0]
    same = answers.astype(str).str.strip().eq(str(code)) | (numbers.eq(number) if pd.notna(number) else False)
    return np.asarray(same, bool)
