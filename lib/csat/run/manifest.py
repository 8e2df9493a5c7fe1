"""What a run is made of, and the key that says whether it has to be made again."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
PACKAGES = (
    "csat",
    "duckdb",
    "ipykernel",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "pingouin",
    "scipy",
    "seaborn",
    "seminr",
    "zhplot",
)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_files(paths: Iterable[Path], base: Path) -> dict[str, str]:
    """Hash files.

    Parameters
    ----------
    paths : iterable of Path
        The files.
    base : Path
        Folder that their names are relative to.

    Returns
    -------
    dict[str, str]
        Name (with ``/``) -> SHA-256, sorted by name.
    """
    return {path.relative_to(base).as_posix(): sha256(path) for path in sorted(paths)}


def library_files() -> tuple[Path, list[Path]]:
    """Return the folder of the installed package and every file of it that can change a report."""
    home = Path(__file__).resolve().parents[1]
    files = [
        path
        for path in home.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    ]
    return home, files


def versions() -> dict[str, str]:
    """Return the version of Python and of the packages that can change a number or a page."""
    import platform

    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def run_key(inputs: Mapping[str, Any]) -> str:
    """Hash everything that goes into a run.

    Parameters
    ----------
    inputs : mapping
        Whatever JSON can hold: parameters, hashes, versions.

    Returns
    -------
    str
        SHA-256 in hexadecimal; the same inputs give the same key whatever their order.
    """
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def commit(folder: Path) -> dict[str, Any]:
    """Return the git commit that a folder is at and whether files differ from it; empty outside of git."""
    try:
        head = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"id": head, "changed": bool(changed)}


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write ``manifest.json`` with the hash of every other file of the folder, as the last file of a run."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST]
    whole = {**content, "files": hash_files(files, folder)}
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a published folder; None if there is none that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def intact(folder: Path, key: str) -> bool:
    """Tell whether a folder was published under a key and every file of it is still as it was.

    Parameters
    ----------
    folder : Path
        The published folder.
    key : str
        The run key.
    """
    content = read_manifest(folder)
    if content is None or content.get("key") != key:
        return False
    try:
        return all(sha256(folder / name) == digest for name, digest in content["files"].items())
    except (OSError, KeyError, AttributeError):
        return False


def _git(folder: Path, *arguments: str) -> str:
    """Answer of git; raises if it has none."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=20, check=True
    )
    return done.stdout.strip()
