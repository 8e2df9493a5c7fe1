"""The rooms of the package: imports point one way, and importing costs nothing that is not needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ALLOWED = {
    "study": {"study"},
    "data": {"data", "study"},
    "stats": {"stats"},
    "report": {"report", "stats", "data", "study"},
    "run": {"run", "report", "data", "study"},
}
EVERYBODY = {"errors", "__version__"}
STATS_MAY_USE = {"numpy", "pandas", "scipy", "seminr"}
HEAVY = (
    "IPython",
    "duckdb",
    "matplotlib",
    "nbconvert",
    "nbformat",
    "papermill",
    "pingouin",
    "seaborn",
    "seminr",
    "sklearn",
    "statsmodels",
)


def modules(root: Path, room: str) -> list[Path]:
    return sorted((root / "lib" / "csat" / room).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "csat" else (module,)


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_point_one_way(root: Path, room: str) -> None:
    assert modules(root, room)
    for path in modules(root, room):
        for name in imported(path):
            if name.startswith("csat."):
                other = name.split(".")[1]
                where = path.relative_to(root)
                assert other in ALLOWED[room] | EVERYBODY, f"{where} of {room} imports {name}"


def test_statistics_know_nothing_of_files_and_plots(root: Path) -> None:
    for path in modules(root, "stats"):
        for name in imported(path):
            top = name.split(".")[0]
            fine = top in sys.stdlib_module_names or top in STATS_MAY_USE | {"csat"}
            assert fine and top not in ("pathlib", "io", "os"), f"{path.name} imports {name}"


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import importlib, pkgutil, sys, csat\n"
        "for m in pkgutil.walk_packages(csat.__path__, 'csat.'): importlib.import_module(m.name)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_starts_without_pandas() -> None:
    code = "import sys, csat.run.cli; print([n for n in ('numpy', 'pandas') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
