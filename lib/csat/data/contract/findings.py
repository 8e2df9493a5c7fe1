"""Everything in a wave's answers that breaks the contract of the study, as one table.

What makes an analysis impossible is an error of its own (`csat.data.problems.DataError`). Here stands all
that is wrong, odd or worth knowing, with what was done about it. No cell is shown: no finding holds personal
data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from csat.data.plain import plain_cells
from csat.data.problems import rows_text
from csat.study.definition import Study, Wave
from csat.study.questionnaire import Questionnaire

Severity = Literal["error", "warning", "note"]
Action = Literal["kept", "set_missing", "set_aside"]

COLUMNS = ("rule", "item", "count", "rows", "severity", "action")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
RULES = (
    "missing_column",
    "type",
    "range",
    "whole",
    "codes",
    "respondent_twice",
    "respondent_missing",
    "equal_rows",
    "answered_not_asked",
    "required_unanswered",
    "option_not_offered",
    "too_many_chosen",
    "exclusive_with_others",
    "sum_not_total",
    "ranks_tied",
    "best_is_worst",
    "other_text_alone",
    "outside_wave",
    "ends_before_start",
    "language",
    "status",
    "partial",
    "screened_out",
    "low_completion",
)
"""Every rule, in the order in which findings come."""


@dataclass
class Findings:
    """Findings in the order of `RULES`, made one by one."""

    entries: list[tuple[str, str, int, str, str, str]] = field(default_factory=list)

    def add(
        self,
        rule: str,
        item: str,
        rows: Sequence[int] | pd.Series,
        severity: Severity = "warning",
        action: Action = "kept",
        count: int | None = None,
    ) -> None:
        """Enter a rule and where it is broken; nothing when it is not.

        Parameters
        ----------
        rule : str
            One of `RULES`.
        item : str
            Column, question or part (see `csat.data.table.ROLES`) concerned; empty for whole rows.
        rows : sequence of int, or pandas.Series of bool
            Rows of the file, or a mask over them.
        severity, action : str
            How bad it is and what was done.
        count : int, optional
            How often, where that is not the number of rows.
        """
        if isinstance(rows, pd.Series):
            rows = [int(r) for r in rows.index[rows.to_numpy(dtype=bool)]]
        found = len(rows) if count is None else count
        if found:
            self.entries.append((rule, item, found, rows_text(rows) if len(rows) else "", severity, action))

    def frame(self) -> pd.DataFrame:
        """Return the findings as a table with the columns `rule, item, count, rows, severity, action`."""
        order = {name: place for place, name in enumerate((*SEVERITIES, *RULES))}
        rows = sorted(self.entries, key=lambda entry: (order[entry[4]], order[entry[0]]))
        return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class Checked:
    """What every check looks at.

    Attributes
    ----------
    study : Study
    wave : Wave
    questionnaire : Questionnaire
        As asked in the wave.
    cells : pandas.DataFrame of str
        As they came.
    plain : pandas.DataFrame of str
        Columns of the questionnaire with codes for "no answer" emptied and ``1.0`` written ``1``.
    roles : mapping of str to str
    off_scale : str
    found : Findings
    """

    study: Study
    wave: Wave
    questionnaire: Questionnaire
    cells: pd.DataFrame
    plain: pd.DataFrame
    roles: Mapping[str, str]
    off_scale: str
    found: Findings

    def mask(self, values: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> pd.Series:
        """Booleans with the rows of the file as index."""
        return pd.Series(values, index=self.cells.index, dtype=bool)


def check_answers(
    study: Study, wave: Wave, cells: pd.DataFrame, roles: Mapping[str, str], off_scale: str = ""
) -> pd.DataFrame:
    """List everything in the cells of a wave that breaks the contract of the study.

    Parameters
    ----------
    study : Study
        The study as asked in the wave (its version, without the items that the wave went without).
    wave : Wave
        The wave.
    cells : pandas.DataFrame of str, shape (n, columns)
        Rows of the wave under the study's column names, empty where nothing stands; the index is the row of
        the file.
    roles : mapping of str to str
        Part (see `csat.data.table.ROLES`) -> column that plays it.
    off_scale : {"", "error", "missing"}, optional
        What becomes of answers off their scale; empty for what the study says.

    Returns
    -------
    pandas.DataFrame
        Columns ``rule, item, count, rows, severity, action``: errors, then warnings, then notes, each in the
        order of `RULES`. `rows` names the first rows as text.

    Notes
    -----
    A respondent whose routing hangs on a missing answer is not counted as routed wrongly, and whoever broke
    off is not counted at the questions behind that point: see `csat.data.contract.questions`.
    """
    from csat.data.contract import columns, questions, rows

    questionnaire = study.questionnaire(wave.version)
    plain = plain_cells(study, questionnaire, cells)
    rule = off_scale or study.data.off_scale
    work = Checked(study, wave, questionnaire, cells, plain, roles, rule, Findings())
    for check in (*columns.CHECKS, *rows.CHECKS, *questions.CHECKS):
        check(work)
    return work.found.frame()
