"""Weighted means and covariances of a file of millions of answers: csat in chunks against pandas in memory.

Run: ``python benchmarks/bench_intake.py [--rows 10000000] [--linear 1000000 3000000] [--reader duckdb]``.

The file is Parquet: 25 answers from 1 to 10 as small whole numbers, 5 in 100 of them missing, and a weight.
Each part runs in a process of its own, one after the other. The time is from the first look at the file to
the result, without imports, by the clock and by the processors; the memory is the peak of the whole process.
Both use as many threads as they like.

pandas does what an analyst would write: read the columns, turn them into one array, and get the weighted
covariance of each pair of items over those who answered both, from masked matrix products. csat gives the
same numbers (the largest difference is printed), and besides the sums of 1,000 random groups, from which a
bootstrap of any statistic follows. pandas needs pyarrow to read Parquet, which csat does not install: without
it, duckdb reads for pandas too.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

ITEMS = [f"q{k:02d}" for k in range(1, 26)]
GOAL_TIME, GOAL_MEMORY = 1 / 3, 1 / 5


def make(path: str, rows: int) -> dict[str, Any]:
    """Write the file."""
    import duckdb

    answer = "CAST(1 + floor(5 * base + 5 * random()) AS TINYINT)"
    answers = ", ".join(f"CASE WHEN random() < 0.05 THEN NULL ELSE {answer} END AS {q}" for q in ITEMS)
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        people = f"(SELECT random() AS base FROM range({rows}))"
        connection.execute(
            f"COPY (SELECT {answers}, 0.5 + random() AS weight FROM {people}) TO '{path}' (FORMAT parquet)"
        )
    return {"megabytes": Path(path).stat().st_size / 2**20}


def with_csat(path: str, _: str) -> dict[str, Any]:
    """Sums of random groups in chunks, and the moments of all of them."""
    import duckdb  # noqa: F401 (imported so that the time is without it)
    from csat import data, stats

    start = clocks()
    answers = data.stream_answers(path, ITEMS, weight="weight", buckets=1000)
    sums = stats.sum_chunks(answers.items, answers, answers.buckets)
    moments = sums.moments()
    return told(start, moments.mean, moments.cov)


def with_pandas(path: str, reader: str) -> dict[str, Any]:
    """Weighted covariances over pairs, all rows in memory."""
    import duckdb
    import pandas as pd

    if reader == "pyarrow":
        import_module("pyarrow.parquet")

    start = clocks()
    columns = [*ITEMS, "weight"]
    if reader == "pyarrow":
        frame = pd.read_parquet(path, columns=columns)
    else:
        frame = duckdb.sql(f"SELECT {', '.join(columns)} FROM read_parquet('{path}')").df()
    w = frame["weight"].to_numpy()[:, None]
    x = frame[ITEMS].to_numpy(dtype=np.float64, na_value=np.nan)
    seen = (~np.isnan(x)).astype(np.float64)
    x = np.nan_to_num(x)
    n, weight = seen.T @ seen, (seen * w).T @ seen
    first, products = (x * w).T @ seen, (x * w).T @ x
    means = first / weight
    cov = (products / weight - means * means.T) * n / (n - 1)
    return told(start, np.diagonal(means), cov)


def clocks() -> tuple[float, float]:
    """Time by the clock and by the processors."""
    return time.perf_counter(), time.process_time()


def told(start: tuple[float, float], mean: np.ndarray, cov: np.ndarray) -> dict[str, Any]:
    """Say how long it took, and what came out."""
    seconds, processors = (now - before for now, before in zip(clocks(), start, strict=True))
    return {"seconds": seconds, "processors": processors, "mean": mean.tolist(), "cov": cov.tolist()}


PARTS = {"csat": with_csat, "pandas": with_pandas}


def run(part: str, path: Path, rows: int, reader: str) -> dict[str, Any]:
    """Run one part in a process of its own."""
    told = ["--part", part, "--file", str(path), "--rows", str(rows), "--reader", reader]
    done = subprocess.run([sys.executable, __file__, *told], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def report(name: str, rows: int, result: dict[str, Any]) -> None:
    """Print one line of the table."""
    times = result["seconds"], result["seconds"] / rows * 1e6, result["processors"]
    columns = "".join(f"{value:>14.2f}" for value in times)
    print(f"{name:20}{rows:>12,}{columns}{result['memory']:>10.0f}", flush=True)


def judged(name: str, ours: float, theirs: float, goal: float) -> None:
    """Print a ratio and whether it is what it should be."""
    verdict = "reached" if ours <= goal * theirs else "MISSED"
    print(f"{name}: 1/{theirs / ours:.1f} of pandas (goal: at most 1/{1 / goal:.0f}): {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument(
        "--linear", type=int, nargs="*", default=[1_000_000, 3_000_000], help="for csat alone"
    )
    parser.add_argument("--reader", choices=["auto", "pyarrow", "duckdb"], default="auto", help="for pandas")
    parser.add_argument("--part", choices=["make", *PARTS], help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == "make":
        print(json.dumps(make(options.file, options.rows)))
        return
    if options.part:
        result = PARTS[options.part](options.file, options.reader)
        print(json.dumps(result | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    reader = options.reader
    if reader == "auto":
        reader = "pyarrow" if find_spec("pyarrow") else "duckdb"
    with tempfile.TemporaryDirectory() as folder:
        heads = "".join(f"{head:>14}" for head in ("seconds", "per million", "processor"))
        print(f"{'':20}{'rows':>12}{heads}{'peak MB':>10}", flush=True)
        small = []
        for rows in options.linear:
            path = Path(folder) / f"{rows}.parquet"
            run("make", path, rows, reader)
            small.append((rows, run("csat", path, rows, reader)))
            report("csat", *small[-1])
        path = Path(folder) / "answers.parquet"
        run("make", path, options.rows, reader)
        ours = run("csat", path, options.rows, reader)
        report("csat", options.rows, ours)
        theirs = run("pandas", path, options.rows, reader)
        report(f"pandas ({reader})", options.rows, theirs)
    judged("time", ours["seconds"], theirs["seconds"], GOAL_TIME)
    judged("processor time", ours["processors"], theirs["processors"], GOAL_TIME)
    judged("memory", ours["memory"], theirs["memory"], GOAL_MEMORY)
    for clock, name in (("seconds", "by the clock"), ("processors", "by the processors")):
        per_million = [result[clock] / rows * 1e6 for rows, result in [*small, (options.rows, ours)]]
        print(f"time for a million rows {name}: {', '.join(f'{x:.2f}' for x in per_million)} s")
    apart = max(float(np.abs(np.array(ours[k]) - np.array(theirs[k])).max()) for k in ("mean", "cov"))
    print(f"largest difference of a mean or covariance: {apart:.0e}")


if __name__ == "__main__":
    main()
