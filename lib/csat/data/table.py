"""A table of answers as a tool exported it: cells as text with what they mean, whatever the tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

VariableKind = Literal["", "single", "multiple", "number", "text", "date", "meta"]

ROLES = ("respondent", "started", "completed", "duration", "status", "language", "device", "weight")
"""Parts that a column may play for a tool: the id of the answer, when it began and ended (date and time), how
many seconds it took, whether it is complete (``complete``, ``partial``, ``screened``, ``quota``, or ``test``
for a preview that no respondent gave), in which language, on which device, with which weight."""


@dataclass(frozen=True)
class Variable:
    """What the export says of one column.

    Attributes
    ----------
    name : str
        The column.
    label : str
        Text of the question, as shown to respondents.
    kind : str
        ``single``: one of `labels`; ``multiple``: one option of several, ``1`` chosen, ``0`` not, empty not
        answered; ``number``, ``text``, ``date``; ``meta``: not an answer; empty where the file does not tell.
    labels : mapping of str to str
        Code in the cells -> label; for ``multiple`` the label of the option under ``"1"``.
    missing : tuple of str
        Codes that the tool says mean "no answer".
    group : str
        Question that several columns belong to (options of a multiple answer, rows of a grid).
    """

    name: str
    label: str = ""
    kind: VariableKind = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class RawTable:
    """Cells as text (empty where nothing stands), with the file's name, hash and notes on how it was read.

    Attributes
    ----------
    cells : pandas.DataFrame of str
        Stripped; columns as named in the file; index 1 for the first answer of the file.
    name, sha256 : str
        Name of the file and hash of its bytes.
    doubled : tuple of str
        Names of columns that come more than once (the first is kept).
    notes : tuple of str
        Whatever a reader should know about how the file was read.
    format : str
        One of `csat.data.readers.FORMATS`.
    variables : mapping of str to Variable
        Columns that the export tells something about.
    roles : mapping of str to str
        Part (see `ROLES`) -> column that plays it, where the tool says so.
    personal : tuple of str
        Columns that the tool is known to fill with personal data (address of the computer, e-mail, names).
    """

    cells: pd.DataFrame
    name: str
    sha256: str
    doubled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    format: str = "csv"
    variables: Mapping[str, Variable] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
