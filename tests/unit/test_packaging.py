"""One list of dependencies, told the same in every file that names it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

CONDA_NAMES = {"python-duckdb": "duckdb"}
CARD = ("jupyterlab", "papermill", "pandas", "seaborn", "pingouin", "nbconvert", "pytest", "nbval")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def bounds(requirements: list[str]) -> dict[str, str]:
    """Name -> lower bound."""
    found = {}
    for requirement in requirements:
        name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+?)>=([0-9.]+)", requirement.strip()).groups()
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


def test_every_dependency_is_used(root: Path, project: dict[str, Any]) -> None:
    """A package that nothing imports is a package that everybody installs for nothing."""
    used = "\n".join(path.read_text() for path in (root / "lib").rglob("*.py"))
    used += "\n".join(path.read_text() for path in (root / "notebooks").glob("*.ipynb"))
    tools = {"jupyterlab"}
    for name in bounds(project["dependencies"]):
        assert name in tools or re.search(rf"\b(import|from) {name}\b", used), f"{name} is not imported"


def test_version_and_licence_are_told_once(root: Path, project: dict[str, Any]) -> None:
    import csat

    cite = yaml.safe_load((root / "CITATION.cff").read_text())
    assert cite["version"] == project["version"] == csat.__version__
    assert cite["license"] == project["license"] == "GPL-3.0-or-later"
    assert "GNU GENERAL PUBLIC LICENSE" in (root / "LICENSE").read_text()
