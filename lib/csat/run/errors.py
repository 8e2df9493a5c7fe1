"""What can go wrong with a run, as opposed to with its input."""

from __future__ import annotations

from pathlib import Path

from csat.errors import CsatError


class ParameterError(CsatError):
    """A parameter that no notebook knows, or a value of the wrong type."""


class RunBusy(CsatError):
    """Another run is making the same study and wave at this moment."""


class RunFailed(CsatError):
    """A run that was started and not published; the published wave is as it was.

    Parameters
    ----------
    message : str
        What failed, where and why.
    log : Path or None
        Folder that keeps the executed notebooks and the error of this run.
    """

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
