"""Progress of a run on stderr: one live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from csat.run.executor import Event


class Progress:
    """Listener that tells how far the notebooks are.

    Parameters
    ----------
    stream : text stream
        Where it writes.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._running: dict[tuple[str, str], Event] = {}
        self._started = time.perf_counter()

    def __call__(self, event: Event) -> None:
        """Take note of an event and show it."""
        key = (event.name, event.lang)
        if event.outcome is not None:
            self._running.pop(key, None)
            word = "failed" if event.outcome.failure else "done"
            self._line(f"{event.name} [{event.lang}] {word} in {event.outcome.seconds:.1f} s")
        elif not self._live and key not in self._running:
            self._line(f"{event.name} [{event.lang}] started, {event.cells} cells")
        if event.outcome is None:
            self._running[key] = event
        self._status()

    def close(self) -> None:
        """Clear the live line."""
        if self._live:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _line(self, text: str) -> None:
        """Write a line that stays."""
        clear = "\r\x1b[K" if self._live else ""
        self._stream.write(f"{clear}  {text}\n")
        self._stream.flush()

    def _status(self) -> None:
        """Write the line that changes."""
        if self._live:
            seconds = time.perf_counter() - self._started
            parts = [f"{e.name} [{e.lang}] {e.cell}/{e.cells}" for e in self._running.values()]
            self._stream.write(f"\r\x1b[K  {seconds:4.0f} s  {'   '.join(parts)}"[:160])
            self._stream.flush()
