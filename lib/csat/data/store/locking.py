"""One writer at a time: a lock that goes with its process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from csat.errors import CsatError

_PAUSE = 0.05


class Busy(CsatError):
    """Somebody else holds the lock; `holder` is the number of that process."""

    def __init__(self, message: str, holder: str) -> None:
        super().__init__(message)
        self.holder = holder

    def __reduce__(self) -> tuple[type[Busy], tuple[str, str]]:
        """Survive the way through another process."""
        return type(self), (str(self), self.holder)


@contextlib.contextmanager
def held(lock: Path, what: str, timeout: float | None = 0) -> Iterator[None]:
    """Hold a file locked for as long as the block runs.

    Parameters
    ----------
    lock : pathlib.Path
        The file; made if missing and never removed (removing a locked file lets two writers in).
    what : str
        What is locked, for the message.
    timeout : float or None
        Seconds to wait for it; None to wait for ever.

    Raises
    ------
    Busy
        If another living process still holds it. The lock of a dead process is free: the system drops it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="utf-8") as file:
        _take(file, what, timeout)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _take(file: IO[str], what: str, timeout: float | None) -> None:
    """Lock an open file, or say who has it."""
    if timeout is None:
        fcntl.flock(file, fcntl.LOCK_EX)
        return
    end = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= end:
                file.seek(0)
                holder = file.read().strip() or "unknown"
                raise Busy(f"{what} is in use by another process ({holder}); wait for it", holder) from None
            time.sleep(_PAUSE)
