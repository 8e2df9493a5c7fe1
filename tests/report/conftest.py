"""The sample study's pages, made once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import report_sample
from csat.study import load_study
from csat.study.definition import Study


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sample study, its executed notebooks and its reports."""
    folder = tmp_path_factory.mktemp("sample")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    report_sample.publish(folder)
    return folder


@pytest.fixture(scope="session")
def sample_wave(sample: Path) -> Path:
    """Folder of the sample's published wave."""
    return sample / "reports" / "sample" / "2026-10"


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Sample study, with texts that try to break a page."""
    return load_study(report_sample.write_study(tmp_path_factory.mktemp("study") / "sample"))
