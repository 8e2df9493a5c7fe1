"""Columns without a meaning that were left out, apart from those that were as personal data."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from csat.data.privacy.scrub import scrub

TOLD = ("personal_dropped", "personal_hashed")
"""Rules of the ledger that tell of columns themselves."""


def left_out(unknown: Iterable[str], ledger: pd.DataFrame) -> tuple[str, ...]:
    """Columns that were left out because the study gives them no meaning, and for no other reason.

    Parameters
    ----------
    unknown : iterable of str
        Columns of the file that the study gives no meaning.
    ledger : DataFrame
        What was done to the file; columns dropped or hashed as personal data stand in it already.

    Returns
    -------
    tuple of str
        In the order given.

    Examples
    --------
    >>> ledger = pd.DataFrame({"rule": ["personal_dropped"], "item": ["IPAddress"]})
    >>> left_out(["IPAddress", "remark"], ledger)
    ('remark',)
    """
    told = set(ledger.loc[ledger["rule"].isin(TOLD), "item"])
    return tuple(name for name in map(str, unknown) if scrub(name)[0] not in told)
