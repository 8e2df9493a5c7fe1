"""Chains of notebooks in worker processes: started, watched, and ended with everything they started."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from csat.run.status import Failure, check, stderr_notes


@dataclass(frozen=True)
class Job:
    """One notebook to execute in one language, and to render."""

    notebook: Path
    lang: str
    parameters: Mapping[str, Any]
    shown: Mapping[str, Any]
    cwd: Path
    work: Path
    executed: Path
    hide: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 900.0
    render: Callable[[Path, str], None] | None = None

    @property
    def name(self) -> str:
        """Name of the notebook without ``.ipynb``."""
        return self.notebook.stem

    @property
    def results(self) -> Path:
        """The file in which the notebook says that it is done."""
        return self.work / f"{self.name}.results.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    name: str
    lang: str
    seconds: float
    failure: Failure | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A cell has started, or (with an outcome) a notebook has ended."""

    name: str
    lang: str
    cell: int = 0
    cells: int = 0
    outcome: Outcome | None = None


Listener = Callable[[Event], None]


def run_chains(
    chains: Sequence[Sequence[Job]], workers: int = 2, listen: Listener = lambda event: None
) -> list[Outcome]:
    """Run chains of notebooks, several at a time, until all are done or one fails.

    Parameters
    ----------
    chains : sequence of sequences of Job
        The jobs of a chain run one after the other, each chain in a process of its own.
    workers : int
        How many chains run at once.
    listen : callable
        Told of every cell that starts and every notebook that ends.

    Returns
    -------
    list of Outcome
        Of every notebook that ended. After the first failure nothing more is started, and what runs is
        stopped.

    Notes
    -----
    Processes, because papermill is not thread-safe; spawned, because a fork of a process that holds locks
    is not safe either. A worker whose parent vanishes (kill -9) ends itself, and its kernel notices within
    a second.
    """
    import tempfile

    waiting = list(chains)
    running: dict[Connection, _Worker] = {}
    outcomes: list[Outcome] = []
    scratch = tempfile.TemporaryDirectory(prefix="csat-", ignore_cleanup_errors=True)
    try:
        while (waiting or running) and not any(outcome.failure for outcome in outcomes):
            while waiting and len(running) < workers:
                worker = _Worker(waiting.pop(0), scratch.name)
                running[worker.pipe] = worker
            for pipe in [pipe for pipe in wait(list(running)) if isinstance(pipe, Connection)]:
                event = running[pipe].receive()
                if event is None:
                    running.pop(pipe).stop()
                else:
                    if event.outcome is not None:
                        outcomes.append(event.outcome)
                    listen(event)
    finally:
        for worker in running.values():
            worker.stop()
        scratch.cleanup()
    return outcomes


class _Worker:
    """One process that works on one chain."""

    def __init__(self, chain: Sequence[Job], scratch: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe(duplex=False)
        self._left = list(chain)
        self._cell: int | None = None
        self._process = context.Process(target=_work, args=(list(chain), theirs, scratch), daemon=False)
        self._process.start()
        theirs.close()

    def receive(self) -> Event | None:
        """Next event; None at the end; a failure if the process died in the middle of its work."""
        try:
            event: Event = self.pipe.recv()
        except EOFError:
            if not self._left:
                return None
            job = self._left[0]
            self._left = []
            self._process.join()
            cause = f"the worker process died ({_death(self._process.exitcode)})"
            failure = Failure(job.name, job.lang, "dead-worker", cause, self._cell)
            return Event(job.name, job.lang, outcome=Outcome(job.name, job.lang, 0.0, failure))
        self._cell = None if event.outcome is not None else event.cell
        if event.outcome is not None:
            self._left = [] if event.outcome.failure else self._left[1:]
        return event

    def stop(self) -> None:
        """End the process (it takes its kernel with it) and wait for it."""
        if self._left and self._process.is_alive():
            self._process.terminate()
            self._process.join(5)
        if self._process.is_alive() and self._left:
            self._process.kill()
        self._process.join()
        self.pipe.close()


def _death(code: int | None) -> str:
    """Exit code of a process in words."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"{signal.Signals(-code).name}; often a lack of memory"
    return f"exit code {code}"


def _work(chain: Sequence[Job], pipe: Connection, scratch: str) -> None:
    """Body of a worker process."""
    _prepare_process(scratch)
    for job in chain:
        outcome = run_job(job, lambda event: pipe.send(event))
        pipe.send(Event(job.name, job.lang, outcome=outcome))
        if outcome.failure is not None:
            break
    pipe.close()


def run_job(job: Job, listen: Listener = lambda event: None) -> Outcome:
    """Execute one notebook here, check it honestly, save it tidied and render it.

    Parameters
    ----------
    job : Job
        What to do.
    listen : callable
        Told of every cell that starts.

    Returns
    -------
    Outcome
        With a failure that names cell and cause if anything is wrong. The notebook is saved in any case.
    """
    from csat.run.kernel import execute
    from csat.run.tidy import save_executed, without_paths

    started = time.perf_counter()
    job.work.mkdir(parents=True, exist_ok=True)

    def on_cell(cell: int, cells: int) -> None:
        listen(Event(job.name, job.lang, cell, cells))

    done = execute(job.notebook, job.parameters, job.cwd, job.timeout, on_cell)
    failure = check(done.nb, job.results, job.name, job.lang, done.error, done.running)
    notes: list[str] = []
    try:
        if done.nb is not None:
            save_executed(done.nb, job.executed, job.notebook.name, job.shown, job.hide)
            notes = [without_paths(note, job.hide) for note in stderr_notes(done.nb, job.name)]
        if failure is None and job.render is not None:
            job.render(job.executed, job.lang)
    except Exception as error:
        if failure is None:
            failure = Failure(
                job.name, job.lang, "render", f"rendering failed: {type(error).__name__}: {error}"
            )
    return Outcome(job.name, job.lang, time.perf_counter() - started, failure, tuple(notes))


def _prepare_process(scratch: str) -> None:
    """Make a worker quiet, give it a temporary folder, and let it end when its parent does."""
    import logging
    import tempfile

    # An interrupt at the keyboard reaches every process; the run itself ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"

    # jsonschema imports this where it can, and it compiles a grammar for a second; nobody here checks IRIs.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    for name in ("papermill", "traitlets", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        # Two workers share the cores; and a sum split over a machine's threads is not the same sum elsewhere.
        os.environ.setdefault(variable, "1")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, scratch), daemon=True).start()


def _end_with(sentinel: int, scratch: str) -> None:
    """Wait for the parent's end, then end this process at once; the kernel sees its own parent gone."""
    wait([sentinel])
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)
