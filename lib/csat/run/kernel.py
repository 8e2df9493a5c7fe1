"""One notebook through papermill, in this process, with a record of what really happened."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csat.run.status import number

OnCell = Callable[[int, int], None]
"""Called with the number of the cell that starts and how many there are."""


@dataclass(frozen=True)
class Execution:
    """A notebook as far as it came, with the exception that stopped it and the cell that ran then."""

    nb: Any
    error: BaseException | None
    running: int | None


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    cwd: Path,
    timeout: float,
    on_cell: OnCell | None = None,
) -> Execution:
    """Execute a notebook with papermill and keep what it produced whatever happens.

    Parameters
    ----------
    notebook : Path
        The ``.ipynb`` file.
    parameters : mapping
        Values to inject.
    cwd : Path
        Folder that the kernel works in.
    timeout : float
        Seconds that one cell may take.
    on_cell : callable, optional
        Told of each cell that starts.

    Returns
    -------
    Execution
        Its ``error`` is None if nothing was raised, which proves no success: see :mod:`csat.run.status`.

    Notes
    -----
    Not thread-safe: papermill changes the working directory of the process.
    """
    import tempfile

    import papermill

    record = _Record(on_cell)
    _register(record)
    error: BaseException | None = None
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as private:
        try:
            papermill.execute_notebook(
                str(notebook).replace("{", "{{").replace("}", "}}"),
                None,
                parameters=dict(parameters),
                engine_name=_ENGINE,
                kernel_name="python3",
                request_save_on_cell_execute=False,
                progress_bar=False,
                start_timeout=120,
                execution_timeout=timeout,
                iopub_timeout=60,
                record_timing=False,
                shutdown_kernel="immediate",
                config=_config(private),
                extra_arguments=["--log-level=50"],
                cwd=str(cwd),
            )
        except Exception as raised:
            error = raised
    running = record.running if error is not None else None
    if record.nb is not None:
        papermill.execute.remove_error_markers(record.nb)
    return Execution(record.nb, error, running)


_ENGINE = "csat"


def _config(private: str) -> Any:
    """Have the kernel talk through sockets in a private folder, where no other user and no other run is."""
    from traitlets.config import Config

    address = str(Path(private) / "s")
    if os.name != "posix" or len(address) > _LONGEST_ADDRESS:
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": address}})


_LONGEST_ADDRESS = 90
"""A socket's path may have about a hundred characters; the kernel adds a number to it."""


class _Record:
    """What the engine tells while it works."""

    def __init__(self, on_cell: OnCell | None) -> None:
        self.on_cell = on_cell
        self.nb: Any = None
        self.running: int | None = None

    def start(self, nb: Any, index: int | None) -> None:
        """Note the cell that starts."""
        self.nb, self.running = nb, index
        if self.on_cell is not None and index is not None:
            self.on_cell(number(nb.cells, index), number(nb.cells, len(nb.cells) - 1))


def _register(record: _Record) -> None:
    """Give papermill an engine that keeps the notebook at hand and claims nothing that did not happen."""
    from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

    class Manager(NotebookExecutionManager):  # type: ignore[misc]
        """Manager that leaves a cell that was never started pending."""

        def cell_start(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
            super().cell_start(cell, cell_index, **kwargs)
            record.start(self.nb, cell_index)

        def notebook_complete(self, **kwargs: Any) -> None:
            pending = [c for c in self.nb.cells if c.metadata.papermill["status"] == self.PENDING]
            super().notebook_complete(**kwargs)
            for cell in pending:
                cell.metadata.papermill["status"] = self.PENDING

    class Engine(NBClientEngine):  # type: ignore[misc]
        """Papermill's own engine with that manager."""

        @classmethod
        def execute_notebook(cls, nb: Any, kernel_name: str, **kwargs: Any) -> Any:
            for option in ("output_path", "progress_bar", "log_output", "autosave_cell_every"):
                kwargs.pop(option, None)
            manager = Manager(nb, progress_bar=False, autosave_cell_every=0)
            record.nb = nb
            manager.notebook_start()
            try:
                cls.execute_managed_notebook(manager, kernel_name, log_output=False, **kwargs)
            finally:
                manager.notebook_complete()
            return manager.nb

    papermill_engines.register(_ENGINE, Engine)
