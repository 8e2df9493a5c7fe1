"""The pretest kit: what to find out about a questionnaire before it goes into the field, and in its pilot.

Everything is a data frame first (`interview_sheet`, `back_translation_sheet`, `ballot_sheet`, and the
diagnostics of a pilot); `write_kit` puts it into files that people print, fill in and send round.
"""

from __future__ import annotations

from csat.study.pretest.ballots import (
    Arm,
    SplitBallot,
    assign,
    assign_frame,
    ballot_sheet,
    order_ballot,
    split_ballots,
)
from csat.study.pretest.diagnostics import asked_frame, pilot_diagnostics, write_diagnostics
from csat.study.pretest.interview import interview_sheet
from csat.study.pretest.kit import write_kit
from csat.study.pretest.leaving import break_off, still_there
from csat.study.pretest.pilot import (
    dont_know_share,
    floor_ceiling,
    item_nonresponse,
    median_time,
    straight_lining,
)
from csat.study.pretest.translation import back_translation_sheet

__all__ = [
    "Arm",
    "SplitBallot",
    "asked_frame",
    "assign",
    "assign_frame",
    "back_translation_sheet",
    "ballot_sheet",
    "break_off",
    "dont_know_share",
    "floor_ceiling",
    "interview_sheet",
    "item_nonresponse",
    "median_time",
    "order_ballot",
    "pilot_diagnostics",
    "split_ballots",
    "still_there",
    "straight_lining",
    "write_diagnostics",
    "write_kit",
]
