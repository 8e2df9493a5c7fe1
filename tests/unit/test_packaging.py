"""One list of dependencies, told the same in every file that names it."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

CONDA_NAMES = {"python-duckdb": "duckdb"}
DISTRIBUTIONS = {
    "IPython": "ipython",
    "bs4": "beautifulsoup4",
    "python_calamine": "python-calamine",
    "yaml": "pyyaml",
}
TOOLS = {
    "ipykernel": "runs the notebooks",
    "jupyterlab": "where the notebooks are edited",
    "pingouin": "for the cells that researchers add of their own",
    "seaborn": "for the cells that researchers add of their own",
    "zhplot": "brings the font for Chinese text in figures",
}
CARD = ("jupyterlab", "papermill", "pandas", "seaborn", "pingouin", "nbconvert", "pytest", "nbval")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def bounds(requirements: list[str]) -> dict[str, str]:
    """Name -> lower bound."""
    found = {}
    for requirement in requirements:
        name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+?)(?:\[\w+\])?>=([0-9.]+)", requirement.strip()).groups()
        found[CONDA_NAMES.get(name, name).lower()] = bound
    return found


def declared(project: dict[str, Any]) -> dict[str, str]:
    return bounds(project["dependencies"] + project["optional-dependencies"]["dev"])


def locked(root: Path) -> dict[str, list[str]]:
    """Name -> exact versions in the lock."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(
        r"^([a-z0-9._-]+)==(\S+)", (root / "requirements.lock").read_text(), re.M
    ):
        found.setdefault(name, []).append(version)
    return found


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def test_conda_users_get_the_same_dependencies(root: Path, project: dict[str, Any]) -> None:
    entries = yaml.safe_load((root / "environment.yml").read_text())["dependencies"]
    plain = [entry for entry in entries if isinstance(entry, str) and entry not in ("pip",)]
    pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    assert f"python{project['requires-python']}" in plain
    plain.remove(f"python{project['requires-python']}")
    requirements = plain + [entry for entry in pip if not entry.startswith("-e ")]
    assert bounds(requirements) == declared(project)


def test_the_lock_holds_every_dependency_at_its_bound_or_above(root: Path, project: dict[str, Any]) -> None:
    lock = locked(root)
    for name, bound in declared(project).items():
        assert name in lock, f"{name} is not locked: make lock"
        assert all(numbers(version) >= numbers(bound) for version in lock[name]), name
    assert all(name in lock for name in CARD)


def test_the_lock_has_hashes_and_no_addresses(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    assert "://" not in text and "--index" not in text and "--find" not in text
    for entry in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def imported(root: Path, *folders: str) -> set[str]:
    """Distributions that the Python files and notebooks of some folders import."""
    found: set[str] = set()
    for path in (path for folder in folders for path in (root / folder).rglob("*")):
        if path.suffix == ".py":
            sources = [path.read_text(encoding="utf-8")]
        elif path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        else:
            continue
        for node in (node for source in sources for node in ast.walk(ast.parse(source))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    own = {"csat", *(path.stem for name in ("tests", "benchmarks") for path in (root / name).glob("*"))}
    return {DISTRIBUTIONS.get(name, name) for name in found - own - set(sys.stdlib_module_names)}


def test_what_is_imported_is_declared(root: Path, project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    optional = set(bounds([entry for name in extras if name != "dev" for entry in extras[name]]))
    assert imported(root, "lib", "notebooks") <= set(bounds(project["dependencies"])) | optional
    assert imported(root, "lib", "notebooks", "tests", "benchmarks") <= set(declared(project))


def test_what_is_declared_is_used(root: Path, project: dict[str, Any]) -> None:
    """A package that nothing needs is a package that everybody installs for nothing."""
    needed = imported(root, "lib", "notebooks", "tests") | TOOLS.keys()
    assert set(bounds(project["dependencies"])) <= needed


def test_developers_get_every_extra(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    assert all(set(entries) <= set(extras["dev"]) for entries in extras.values())


def test_version_and_licence_are_told_once(root: Path, project: dict[str, Any]) -> None:
    import csat

    cite = yaml.safe_load((root / "CITATION.cff").read_text())
    assert cite["version"] == project["version"] == csat.__version__
    assert cite["license"] == project["license"] == "GPL-3.0-or-later"
    assert "GNU GENERAL PUBLIC LICENSE" in (root / "LICENSE").read_text()
