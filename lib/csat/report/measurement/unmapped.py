"""Columns of the file that the study gives no meaning: left out, but not in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csat.data.privacy.left_out import left_out
from csat.report.design.folded import folded

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.page import Page

FEW = 8
"""Columns that a sentence names; more are listed in a folded table."""


def show_unmapped(page: Page, answers: Answers) -> None:
    """Name the columns that were left out; nothing where all have a meaning.

    Columns that were dropped or hashed as personal data are told in the ledger.

    Parameters
    ----------
    page : Page
    answers : Answers
    """
    columns = left_out(answers.unknown_columns, answers.ledger)
    if not columns:
        return
    if len(columns) <= FEW:
        return page.say("unmapped.few", names=columns, k=len(columns))
    page.say("unmapped.many", k=len(columns))
    page.html(folded(page, "unmapped.list", pd.DataFrame({"column": columns})))
