"""How often Little's test rejects at 5 % when answers are missing completely at random: a simulation.

Run: ``python benchmarks/mcar_size.py``; it prints a table in Markdown. Answers have one factor and are once
multivariate normal, once rounded to whole points from 1 to 10 and skewed, as real ones are.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from csat.stats import MomentsError, mcar_test

CASES = [
    (n, p, share) for n, p in ((100, 4), (250, 4), (250, 8), (1000, 8), (250, 24)) for share in (0.02, 0.10)
]
CASES.append((1000, 24, 0.02))


def sample(rng: np.random.Generator, n: int, p: int, rounded: bool) -> pd.DataFrame:
    """Answers with one factor, loadings of .8."""
    values = 0.8 * rng.standard_normal((n, 1)) + 0.6 * rng.standard_normal((n, p))
    if rounded:
        values = np.clip(np.round(8 + 2 * values), 1, 10)
    return pd.DataFrame(values, columns=[f"q{i}" for i in range(p)])


def rejected(rng: np.random.Generator, n: int, p: int, share: float, rounded: bool) -> float:
    """Whether the test rejects in one sample; NaN where it cannot be computed."""
    answers = sample(rng, n, p, rounded)
    answers = answers.mask(rng.random(answers.shape) < share)
    try:
        found = mcar_test(answers)
    except MomentsError:
        return float("nan")
    return float(found.p < 0.05) if found.df else float("nan")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--samples", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    told = options.parse_args()
    print("| respondents | items | missing | normal | rounded 1–10 |\n|---:|---:|---:|---:|---:|")
    start = time.perf_counter()
    for n, p, share in CASES:
        rates = []
        for rounded in (False, True):
            rng = np.random.default_rng([told.seed, n, p, round(100 * share), rounded])
            hits = [rejected(rng, n, p, share, rounded) for _ in range(told.samples)]
            rates.append(np.nanmean(hits))
        print(f"| {n:,} | {p} | {share:.0%} | {rates[0]:.1%} | {rates[1]:.1%} |", flush=True)
    print(f"\n{told.samples} samples each, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
