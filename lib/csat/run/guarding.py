"""What a run must keep to itself: the secrets of its machine, and what respondents wrote or are known by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from csat.run.plan import Plan

if TYPE_CHECKING:
    from csat.report.gate_privacy import Guard
    from csat.report.respondents import Respondents


def guard_of(plan: Plan) -> Guard:
    """Collect what nothing that this run publishes or keeps may hold.

    Parameters
    ----------
    plan : Plan
        The run.

    Returns
    -------
    Guard
        Without respondents' texts where the answers as they came in cannot be read again.
    """
    from csat.report.gate_privacy import Guard, texts_of_files
    from csat.report.secrets import secrets_of

    study = plan.study
    names = {study.data.url_env, study.privacy.key_env} - {""}
    known = texts_of_files(study)
    return Guard(study, _respondents(plan, known), secrets_of(os.environ, names), known)


def _respondents(plan: Plan, known: str) -> Respondents:
    """Ids and texts in the answers that the plan was made from."""
    from csat.data.sources.find import find_source, read_source
    from csat.errors import CsatError
    from csat.report.respondents import respondents_of

    try:
        table = read_source(find_source(plan.study, plan.wave, plan.arguments["data"]))
    except (CsatError, OSError):
        table = None
    return respondents_of(table, plan.study, known)
