"""Have a binary file read in a process of its own, whatever happens to that process."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from csat.data.problems import DataError
from csat.data.readers.containers import WORDS, Opened

SECONDS, SECONDS_PER_MB = 60.0, 3.0
"""Time that a reader gets, and more of it for each megabyte."""

_ADVICE = "it may be cut off or broken: export it again"


def read_apart(job: str, opened: Opened, option: str = "") -> Any:
    """Read a file in another process.

    Parameters
    ----------
    job : {"statistics", "workbook"}
        What to read; see `csat.data.readers.worker`.
    opened : Opened
        The file.
    option : str
        Encoding of the texts, or name of the sheet.

    Returns
    -------
    object
        What the job gives.

    Raises
    ------
    DataError
        When the reader fails, crashes, or takes too much time or memory.
    """
    limit = SECONDS + SECONDS_PER_MB * len(opened.content) / 2**20
    what = f"the file is not {WORDS[opened.kind]} that can be read"
    with tempfile.TemporaryDirectory() as folder:
        path, result = Path(folder) / f"answers.{opened.kind}", Path(folder) / "result"
        path.write_bytes(opened.content)
        script = str(Path(__file__).with_name("worker.py"))
        command = [sys.executable, "-P", script, job, str(path), opened.kind, option, str(result)]
        try:
            subprocess.run(command, capture_output=True, timeout=limit, check=False, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired as error:
            raise DataError(f"{what} within {limit:.0f} seconds; {_ADVICE}", opened.name) from error
        if not result.is_file():
            raise DataError(f"{what}: its reader broke down; {_ADVICE}", opened.name)
        state, found = pickle.loads(result.read_bytes())
    if state == "error":
        reason = str(found).replace(str(path), opened.name)
        raise DataError(f"{what} ({reason}); {_ADVICE}", opened.name)
    return found
