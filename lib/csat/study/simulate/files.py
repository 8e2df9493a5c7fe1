"""Files of simulated answers, which say in their name and in every row what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from csat.errors import CsatError
from csat.study.definition import Study

FORMATS = (".csv", ".parquet")


def default_name(study: Study, waves: tuple[str, ...]) -> str:
    """Name of a file of simulated answers: ``SIMULATED_study_2025-11_2026-10.csv``."""
    span = waves[0] if len(waves) == 1 else f"{waves[0]}_{waves[-1]}"
    return f"SIMULATED_{study.id}_{span}.csv"


def write_answers(frame: pd.DataFrame, path: Path) -> Path:
    """Write simulated answers to a CSV or Parquet file.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers of `simulate`.
    path : pathlib.Path
        File to write; its ending tells the format. A name without "simulated" in it gets ``SIMULATED_`` in
        front.

    Returns
    -------
    pathlib.Path
        File that was written.

    Raises
    ------
    CsatError
        When the ending is unknown, or the file cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        allowed = " or ".join(FORMATS)
        raise CsatError(f'"{path.name}" tells no format that can be written; end it in {allowed}')
    marked = path if "simulated" in path.name.lower() else path.with_name(f"SIMULATED_{path.name}")
    whole = _whole_numbers(frame)
    try:
        marked.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".csv":
            whole.to_csv(marked, index=False, lineterminator="\n")
        else:
            _parquet(whole, marked)
    except OSError as error:
        raise CsatError(f"{marked} cannot be written ({error.strerror})") from error
    return marked


def _whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of whole numbers without decimal points."""
    columns = {}
    for name, column in frame.items():
        if column.dtype == np.float64:
            values = column.to_numpy()
            known = ~np.isnan(values)
            if (values[known] == np.rint(values[known])).all():
                columns[name] = column.astype("Int64")
                continue
        columns[name] = column
    return pd.DataFrame(columns)


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write Parquet by duckdb."""
    import duckdb

    with duckdb.connect() as connection:
        connection.register("answers", frame)
        target = str(path).replace("'", "''")
        connection.execute(f"COPY answers TO '{target}' (FORMAT parquet)")
