"""Where people leave a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from csat.study.pretest.shares import given_answers, share_row, who_asked

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from csat.study.pretest.shares import Mask


def break_off(
    frame: pd.DataFrame,
    pages: Mapping[str, Sequence[str]],
    asked: pd.DataFrame | None = None,
    finished: Sequence[bool] | None = None,
) -> pd.DataFrame:
    """Find the page on which people leave.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers.
    pages : mapping of str to sequence of str
        Columns of each page, in order.
    asked : pandas.DataFrame, optional
        Who was asked, by column.
    finished : sequence of bool, optional
        Who reached the end, where the survey tool tells; by default whoever answered something on the last
        page that was asked of them.

    Returns
    -------
    pandas.DataFrame
        `question` (the page), `asked`, `reached` (who got to it), `left` (whose first page without any answer
        it is, with none after it), `share` of those who reached it with its 95 % interval, `flag` on the page
        that most people leave on.

    Notes
    -----
    Somebody who skips single pages and goes on has not left. A respondent without any answer left on the
    first page.
    """
    import numpy as np
    import pandas as pd

    names = list(pages)
    shown, exits = _exits(frame, pages, asked, finished)
    reached = shown & (np.arange(len(names)) <= exits[:, None])
    rows = []
    for index, name in enumerate(names):
        left = int((exits == index).sum())
        row = share_row(name, int(reached[:, index].sum()), left, "left", 2.0)
        rows.append(
            {"question": name, "asked": int(shown[:, index].sum()), "reached": row.pop("asked"), **row}
        )
    columns_out = ["question", "asked", "reached", "left", "share", "low", "high", "flag"]
    table = pd.DataFrame(rows, columns=columns_out)
    if len(table) and table["left"].max() > 0:
        table.loc[table["left"].idxmax(), "flag"] = True
    return table


def still_there(
    frame: pd.DataFrame, pages: Mapping[str, Sequence[str]], asked: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Tell who was asked a column and had not left before.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers.
    pages : mapping of str to sequence of str
        Columns of each page, in order.
    asked : pandas.DataFrame, optional
        Who was asked, by column.

    Returns
    -------
    pandas.DataFrame
        True or false by respondent and column, for `item_nonresponse` and `dont_know_share`: people who left
        should not count as people who would not answer.
    """
    import pandas as pd

    _, exits = _exits(frame, pages, asked, None)
    there = {
        column: who_asked(frame, column, asked) & (exits > index)
        for index, columns in enumerate(pages.values())
        for column in columns
    }
    return pd.DataFrame(there, index=frame.index)


def _exits(
    frame: pd.DataFrame,
    pages: Mapping[str, Sequence[str]],
    asked: pd.DataFrame | None,
    finished: Sequence[bool] | None,
) -> tuple[Mask, np.ndarray[Any, np.dtype[np.int64]]]:
    """Pages that each respondent was shown, and the place of the page that each left on (after all: none)."""
    import numpy as np

    count = len(pages)
    given = given_answers(frame)
    answered, shown = np.zeros((len(frame), count), bool), np.zeros((len(frame), count), bool)
    for index, columns in enumerate(pages.values()):
        for column in columns:
            who = who_asked(frame, column, asked)
            shown[:, index] |= who
            answered[:, index] |= who & given[column].to_numpy()
    places = np.arange(count)
    last = (answered * (places + 1)).max(axis=1, initial=0)
    after = shown & (places >= last[:, None])
    done = ~after.any(axis=1)
    if finished is not None:
        done |= np.asarray(finished, bool)
    return shown, np.where(done, count, after.argmax(axis=1) if count else 0)
