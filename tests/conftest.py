"""Fixtures that every kind of test shares."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of further data sets and reference results; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, the folder of further data sets and reference results")
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Callable[[str], pd.DataFrame]:
    """Read one data set of ../shared/data by its file name without .csv."""
    return lambda name: pd.read_csv(shared / "data" / f"{name}.csv")


@pytest.fixture(scope="session")
def shared_ref(shared: Path) -> Callable[[str], pd.DataFrame]:
    """Read one table of ../shared/refs by its file name without .csv."""
    return lambda name: pd.read_csv(shared / "refs" / f"{name}.csv")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports root with both studies published in all their languages by the real pipeline.

    It is made once: processes of a parallel test run wait for the first, and find nothing left to do.
    """
    from csat.run.pipeline import run_study
    from csat.run.publish import locked

    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    reports = base / "published"
    with locked(base / "published.lock", "the reports of the tests", wait=True):
        for study in ("mobile_ecsi", "corporate_reputation"):
            run_study(study, out=reports)
    return reports
