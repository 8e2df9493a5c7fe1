"""How often 95 % intervals hold the population value: a simulation.

Run: ``python benchmarks/coverage.py``; ``--help`` names the options. It prints tables in Markdown. Samples
are drawn from a population with the means and covariances of the ECSI mobile-phone data: once multivariate
normal, once rounded to whole answers from 1 to 10, which makes it skewed and lets it pile up at the top as
real answers do. The population value of every statistic is the statistic of the population's moments (of two
million rounded answers in the second case); for PLS it is the PLS estimate there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from bench_bootstrap import BLOCKS, PATHS, data
from csat import stats
from csat.stats import intervals
from csat.stats.effects import total_effects
from csat.stats.importance import relative_weights
from csat.stats.indices import index_0_100, pls_indices
from csat.stats.layout import FloatArray
from csat.stats.moments import Moments
from csat.stats.priority import index_total_effects

Estimator = Callable[[Moments], FloatArray]
ITEMS = [item for items in BLOCKS.values() for item in items]
RANGES = dict.fromkeys(ITEMS, (1.0, 10.0))
DRIVERS = {c: BLOCKS[c] for c in ("Image", "Expectation", "Quality", "Value")}
ROUNDED_POPULATION = 2_000_000


@dataclass(frozen=True)
class Population:
    """Where samples come from."""

    name: str
    mean: FloatArray
    root: FloatArray
    rounded: bool

    def sample(self, rng: np.random.Generator, n: int) -> pd.DataFrame:
        answers = self.mean + rng.standard_normal((n, len(self.mean))) @ self.root.T
        if self.rounded:
            answers = np.clip(np.round(answers), 1, 10)
        return pd.DataFrame(answers, columns=ITEMS)

    def moments(self) -> Moments:
        if not self.rounded:
            return Moments.from_cov(self.root @ self.root.T, 1e9, ITEMS, self.mean)
        rng = np.random.default_rng(20_26)
        parts = [self.sample(rng, 100_000) for _ in range(ROUNDED_POPULATION // 100_000)]
        sums = [stats.GroupedSums.from_frame(part, groups=np.zeros(len(part))) for part in parts]
        total = sums[0]
        for part in sums[1:]:
            total = total + part
        return total.moments()


def populations() -> list[Population]:
    frame = data()[ITEMS]
    mean, root = frame.mean().to_numpy(), np.linalg.cholesky(frame.cov().to_numpy())
    return [Population("normal", mean, root, False), Population("rounded to 1–10", mean, root, True)]


NAMES = [
    "alpha, Satisfaction (3 items)",
    "alpha, Quality (7 items)",
    "alpha, Loyalty (3 items, weak)",
    "omega, Satisfaction (3 items)",
    "omega, Quality (7 items)",
    "HTMT, Quality~Value",
    "HTMT, Satisfaction~Loyalty",
    "PLS path, Quality→Satisfaction",
    "PLS path, Satisfaction→Loyalty",
    "PLS path, Complaints→Loyalty (near 0)",
    "PLS total effect, Image→Loyalty",
    "PLS R², Loyalty",
    "PLS loading, Loyalty→CUSL2",
    "index gain, Quality→Satisfaction",
    "relative weight, Quality→Satisfaction",
    "relative weight, Expectation→Satisfaction",
    "index 0–100, Satisfaction, equal weights",
    "index 0–100, Satisfaction, PLS weights",
]
FELDT = {0: 3, 1: 7, 2: 3}


def everything(m: Moments) -> FloatArray:
    """All statistics, in the order of `NAMES`."""
    r = stats.pls(m, BLOCKS, PATHS)
    k, item = r.model.constructs.index, r.model.items.index
    total = total_effects(r.paths)
    scores = m.scores(DRIVERS | {"Satisfaction": BLOCKS["Satisfaction"]})
    weights = relative_weights(scores, "Satisfaction", list(DRIVERS))
    htmt = stats.htmt(m, BLOCKS)
    parts = [
        stats.alpha(m, BLOCKS["Satisfaction"]),
        stats.alpha(m, BLOCKS["Quality"]),
        stats.alpha(m, BLOCKS["Loyalty"]),
        stats.omega(m, BLOCKS["Satisfaction"]),
        stats.omega(m, BLOCKS["Quality"]),
        _both(htmt, k("Quality"), k("Value")),
        _both(htmt, k("Satisfaction"), k("Loyalty")),
        r.paths[..., k("Quality"), k("Satisfaction")],
        r.paths[..., k("Satisfaction"), k("Loyalty")],
        r.paths[..., k("Complaints"), k("Loyalty")],
        total[..., k("Image"), k("Loyalty")],
        r.r_squared[..., k("Loyalty")],
        r.loadings[..., item("CUSL2")],
        index_total_effects(r, m, RANGES, "Satisfaction")[..., k("Quality")],
        weights[..., list(DRIVERS).index("Quality")],
        weights[..., list(DRIVERS).index("Expectation")],
        index_0_100(m, BLOCKS["Satisfaction"], RANGES),
        pls_indices(r, m, RANGES)[..., k("Satisfaction")],
    ]
    return np.stack(parts, axis=-1)


def _both(matrix: FloatArray, i: int, j: int) -> FloatArray:
    """Cell of a matrix whose halves may both be filled, or one only."""
    return np.where(np.isnan(matrix[..., i, j]), matrix[..., j, i], matrix[..., i, j])


def simulate(population: Population, simulations: int, replicates: int, n: int, seed: int) -> pd.DataFrame:
    """Coverage of each statistic and kind of interval."""
    truth = everything(population.moments())
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[FloatArray, FloatArray, FloatArray]]] = {
        "percentile": [],
        "BCa": [],
        "Feldt": [],
    }
    for run in range(simulations):
        sample = stats.bootstrap(population.sample(rng, n), replicates=replicates, seed=run)
        estimate, drawn = everything(sample.point), everything(sample.replicates)
        simple = intervals.percentile(estimate, drawn)
        corrected = intervals.bca(estimate, drawn, everything(sample.jackknife()))
        found["percentile"].append((estimate, simple.low, simple.high))
        found["BCa"].append((estimate, corrected.low, corrected.high))
        low, high = np.full(len(NAMES), np.nan), np.full(len(NAMES), np.nan)
        for at, items in FELDT.items():
            low[at], high[at] = intervals.feldt(estimate[at], n, items)
        found["Feldt"].append((estimate, low, high))
    return pd.concat([_rows(kind, np.array(runs), truth) for kind, runs in found.items()])


def _rows(kind: str, runs: FloatArray, truth: FloatArray) -> pd.DataFrame:
    """One row a statistic, from runs (simulations, 3, statistics) of estimate, low, high."""
    estimate, low, high = runs[:, 0], runs[:, 1], runs[:, 2]
    defined = np.isfinite(low) & np.isfinite(high)
    with np.errstate(invalid="ignore"):
        rows = pd.DataFrame(
            {
                "statistic": NAMES,
                "interval": kind,
                "population": truth,
                "bias": np.nanmean(estimate, axis=0) - truth,
                "sd": np.nanstd(estimate, axis=0, ddof=1),
                "defined": defined.mean(axis=0),
                "below": _share(truth < low, defined),
                "above": _share(truth > high, defined),
                "width": [
                    np.mean((high - low)[d, i]) if d.any() else np.nan for i, d in enumerate(defined.T)
                ],
            }
        )
    rows["coverage"] = 1 - rows["below"] - rows["above"]
    return rows[rows["defined"] > 0]


def _share(holds: FloatArray, base: FloatArray) -> FloatArray:
    """Share of the defined intervals for which it holds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (holds & base).sum(axis=0) / base.sum(axis=0)


def markdown(rows: pd.DataFrame, simulations: int) -> str:
    """Write the table."""
    noise = np.sqrt(0.95 * 0.05 / simulations)
    lines = [
        "| statistic | population | bias | interval | coverage | too high | too low | width | |",
        "|---|---:|---:|---|---:|---:|---:|---:|---|",
    ]
    order = {name: i for i, name in enumerate(NAMES)}
    kinds = {"Feldt": 0, "percentile": 1, "BCa": 2}
    rows = rows.sort_values(
        ["statistic", "interval"], key=lambda c: c.map(order if c.name == "statistic" else kinds)
    )
    for row in rows.itertuples():
        off = (row.coverage - 0.95) / noise
        verdict = "within error" if abs(off) <= 2 else f"{100 * (row.coverage - 0.95):+.1f} points"
        lines.append(
            f"| {row.statistic} | {row.population:.3f} | {row.bias:+.3f} | {row.interval} | "
            f"{100 * row.coverage:.1f} % | {100 * row.below:.1f} % | {100 * row.above:.1f} % | "
            f"{row.width:.3f} | {verdict} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--n", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--population", choices=["normal", "rounded"], help="both when not given")
    options = parser.parse_args()
    for population in populations():
        if options.population and not population.name.startswith(options.population):
            continue
        start = time.perf_counter()
        rows = simulate(population, options.simulations, options.replicates, options.n, options.seed)
        print(f"### Population {population.name}, n = {options.n}\n")
        print(markdown(rows, options.simulations))
        spent = time.perf_counter() - start
        print(
            f"\n{options.simulations} samples, {options.replicates} replicates each, {spent:.0f} s.\n",
            flush=True,
        )


if __name__ == "__main__":
    main()
