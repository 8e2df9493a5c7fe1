"""Three notebooks to HTML: one ``csat run`` against three ``papermill`` and ``jupyter nbconvert`` commands.

Both are given the same notebooks, study and parameters, one after the other in the same run; each is done as
often as ``--repeat`` says, in turns, and the fastest counts. Memory is the peak of all processes together.

    python benchmarks/bench_notebooks.py --study mobile_ecsi --lang en --repeat 2
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from csat.run.notebooks import SUITE
from csat.study import project_root

GOAL = 0.5
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Cost:
    """What a way of doing it costs: wall-clock seconds, and megabytes at the peak."""

    seconds: float
    megabytes: float


def ours(study: str, lang: str, folder: Path) -> list[list[str]]:
    """Publish with one command."""
    command = [sys.executable, "-m", "csat.run.cli", "run", study, "--lang", lang]
    return [[*command, "--force", "--out", str(folder / "reports")]]


def theirs(study: str, lang: str, folder: Path) -> list[list[str]]:
    """Execute and convert with the tools' own commands, a notebook at a time."""
    commands = []
    for book in SUITE:
        source, done = project_root() / "notebooks" / f"{book.name}.ipynb", folder / f"{book.name}.ipynb"
        told = ["-r", "study", study, "-r", "lang", lang, "-r", "out", str(folder / "work")]
        commands.append([str(BIN / "papermill"), "-k", "python3", str(source), str(done), *told])
        commands.append([str(BIN / "jupyter"), "nbconvert", "--to", "html", str(done)])
    return commands


def cost(commands: Sequence[Sequence[str]]) -> Cost:
    """Run commands one after the other and measure them with everything that they start."""
    peak, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, _megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    try:
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, cwd=project_root())
            if done.returncode:
                sys.exit(f"{' '.join(command)}\n{done.stderr}")
        seconds = time.perf_counter() - started
    finally:
        over.set()
        watcher.join()
    return Cost(seconds, peak)


def _megabytes() -> float:
    """Memory of all processes below this one, what they share counted once where the system tells."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            memory = process.memory_full_info()
        except psutil.Error:
            continue
        total += getattr(memory, "pss", memory.rss)
    return total / 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--study", default="mobile_ecsi")
    parser.add_argument("--lang", default="en")
    parser.add_argument("--repeat", type=int, default=2)
    told = parser.parse_args()
    found: dict[str, list[Cost]] = {"csat run": [], "papermill + nbconvert": []}
    for _ in range(told.repeat):
        for name, commands in zip(found, (ours, theirs), strict=True):
            with tempfile.TemporaryDirectory() as folder:
                found[name].append(cost(commands(told.study, told.lang, Path(folder))))
    best = {name: min(costs, key=lambda one: one.seconds) for name, costs in found.items()}
    print(f"three notebooks of {told.study} to HTML in one language, best of {told.repeat}")
    for name, one in best.items():
        print(f"  {name:<22} {one.seconds:6.1f} s  {one.megabytes:6.0f} MB at the peak")
    ratio = best["csat run"].seconds / best["papermill + nbconvert"].seconds
    verdict = "reached" if ratio <= GOAL else "MISSED"
    print(f"  ratio {ratio:.2f} of the time (goal: at most {GOAL}): {verdict}")


if __name__ == "__main__":
    main()
