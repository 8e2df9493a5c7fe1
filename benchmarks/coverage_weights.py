"""How often 95 % intervals of weighted and clustered answers hold the population value: a simulation.

Run: ``python benchmarks/coverage_weights.py``; ``--help`` names the options. It prints a table in Markdown. A
population answers on a scale from 0 to 10; who is drawn depends on a score that may have to do with the
answer, and the weights undo it. Clusters are 20 people of whom some of the spread is shared.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from csat import stats
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean
from csat.stats.design_intervals import share_interval
from csat.stats.intervals import wilson
from csat.stats.shares import effective_n, nps_table, share_table

Array = np.ndarray
Interval = tuple[float, float]
POPULATION = 2_000_000


@dataclass(frozen=True)
class Case:
    """How people are drawn."""

    name: str
    spread: float = 0.0  # of the logarithm of the weights
    link: float = 0.0  # between weight and answer
    shared: float = 0.0  # share of the variance that is between clusters
    strata: bool = False


CASES = (
    Case("equal weights"),
    Case("uneven weights (cv 0.8)", spread=0.7),
    Case("uneven weights, heavier people more content", spread=0.7, link=0.6),
    Case("uneven weights, heavier people less content", spread=0.7, link=-0.6),
    Case("clusters of 20, 10 % between", shared=0.1),
    Case("uneven weights, clusters and strata", spread=0.5, link=0.3, shared=0.1, strata=True),
)


def draw(case: Case, n: int, rng: np.random.Generator) -> dict[str, Array]:
    """Answers from 0 to 10 with weights, clusters and strata."""
    score = rng.standard_normal(n)
    cluster = np.arange(n) // 20 if case.shared else np.arange(n)
    stratum = cluster % 2
    between = rng.standard_normal(cluster.max() + 1)[cluster] * np.sqrt(case.shared)
    noise = rng.standard_normal(n) * np.sqrt(1 - case.shared)
    latent = 8 + 2 * (case.link * score + between + noise) + (stratum - 0.5 if case.strata else 0)
    given = {"y": np.clip(np.round(latent), 0, 10), "w": np.exp(case.spread * score)}
    if case.shared:
        given["clusters"] = cluster
    if case.strata:
        given["strata"] = stratum
    return given


def design_of(d: dict[str, Array]) -> dict[str, Array | None]:
    weights = None if np.allclose(d["w"], 1) else d["w"]
    return {"weights": weights, "strata": d.get("strata"), "clusters": d.get("clusters")}


def shown_share(d: dict[str, Array]) -> Interval:
    row = share_table("top", {"y": d["y"] >= 9}, **design_of(d)).iloc[0]
    return row["ci_low"], row["ci_high"]


def kish_share(d: dict[str, Array]) -> Interval:
    low, high = wilson(np.average(d["y"] >= 9, weights=d["w"]), effective_n(d["w"]))
    return float(low), float(high)


def linear_share(kind: str) -> Callable[[dict[str, Array]], Interval]:
    def interval(d: dict[str, Array]) -> Interval:
        design = SurveyDesign.of(d["w"], d.get("strata"), d.get("clusters"))
        found = mean(design, d["y"] >= 9)
        low, high = share_interval(found.value, found.standard_error, found.df, found.n, kind)
        return float(low[0]), float(high[0])

    return interval


def shown_nps(d: dict[str, Array]) -> Interval:
    row = nps_table(d["y"], "y", **design_of(d)).iloc[0]
    return row["ci_low"], row["ci_high"]


def bootstrap_mean(d: dict[str, Array]) -> Interval:
    frame = pd.DataFrame({"y": d["y"], "one": np.arange(len(d["y"]), dtype=float)})
    sample = stats.bootstrap(frame, replicates=400, seed=int(d["y"].sum()), **design_of(d))
    found = sample.interval(lambda m: m.mean[..., 0])
    return float(found.low), float(found.high)


def simple_mean(d: dict[str, Array]) -> Interval:
    found = mean(SurveyDesign.of(np.ones(len(d["y"]))), d["y"])
    centre = float(np.average(d["y"], weights=d["w"]))
    return centre - 1.96 * float(found.standard_error[0]), centre + 1.96 * float(found.standard_error[0])


INTERVALS: dict[str, tuple[str, Callable[[dict[str, Array]], Interval]]] = {
    "top box, as shown (Wilson, smaller effective n)": ("share", shown_share),
    "top box, Wilson on Kish's n": ("share", kish_share),
    "top box, Wilson on the linearised n": ("share", linear_share("wilson")),
    "top box, Korn-Graubard": ("share", linear_share("korn_graubard")),
    "NPS, as shown (linearised, t)": ("nps", shown_nps),
    "mean, as shown (bootstrap)": ("mean", bootstrap_mean),
    "mean, as if weights and clusters were not there": ("mean", simple_mean),
}


def truth(case: Case) -> dict[str, float]:
    """Population values."""
    d = draw(case, POPULATION, np.random.default_rng(99))
    y, w = d["y"], d["w"]
    nps = 100 * (np.average(y >= 9, weights=w) - np.average(y <= 6, weights=w))
    return {
        "share": float(np.average(y >= 9, weights=w)),
        "nps": float(nps),
        "mean": float(np.average(y, weights=w)),
    }


def simulate(case: Case, n: int, simulations: int, seed: int) -> list[str]:
    """Rows of the table."""
    rng = np.random.default_rng(seed)
    known = truth(case)
    ends: dict[str, list[Interval]] = {name: [] for name in INTERVALS}
    for _ in range(simulations):
        d = draw(case, n, rng)
        for name, (_, interval) in INTERVALS.items():
            ends[name].append(interval(d))
    rows = []
    for name, (what, _) in INTERVALS.items():
        low, high = np.array(ends[name]).T
        held = 100 * np.mean((low <= known[what]) & (known[what] <= high))
        rows.append(f"| {case.name} | {n} | {name} | {held:.1f} % | {np.mean(high - low):.3f} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--n", type=int, nargs="+", default=[100, 400])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| sample | n | interval | coverage | width |\n|---|---:|---|---:|---:|")
    for case in CASES:
        for n in options.n:
            print("\n".join(simulate(case, n, options.simulations, options.seed)), flush=True)


if __name__ == "__main__":
    main()
