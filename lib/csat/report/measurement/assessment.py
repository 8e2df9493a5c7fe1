"""Everything that is computed about the scales of a study, from one bootstrap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csat import stats
from csat.report.measurement.verdicts import verdict_table
from csat.report.suppression import protect

if TYPE_CHECKING:
    from csat.stats.frames import Sample
    from csat.stats.path_model import Mode
    from csat.study.definition import Study

OUTER_METRICS = (
    "outer_weight",
    "loading",
    "cross_loading",
    "composite_reliability",
    "rho_a",
    "ave",
    "construct_correlation",
)
_OWN_FACTOR = ("composite_reliability", "ave")

Blocks = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Assessment:
    """What the answers say about the scales; every frame is tidy unless said otherwise.

    Attributes
    ----------
    reliability : DataFrame
        Of the reflective constructs of two or more items: ``alpha``, ``alpha_feldt`` (Feldt's interval),
        ``alpha_standardised``, ``omega``, ``omega_standardised``.
    items : DataFrame
        ``item_rest_correlation``, ``alpha_if_dropped``, ``alpha_gain_if_dropped``, ``one_factor_loading``;
        extra columns ``construct`` and ``item``.
    outer : DataFrame
        Outer model: PLS for the constructs of the structural model, a one-factor model for the others.
    discriminant : DataFrame
        ``htmt``, ``correlation`` and ``fornell_larcker`` (``A``: root of the AVE; ``A~B``: correlation).
    verdicts : DataFrame
        One row a construct, see `csat.report.measurement.verdicts.verdict_table`.
    """

    reliability: pd.DataFrame
    items: pd.DataFrame
    outer: pd.DataFrame
    discriminant: pd.DataFrame
    verdicts: pd.DataFrame


def assess(sample: Sample, study: Study) -> Assessment:
    """Compute reliability, item analysis, validity and the verdicts of a study.

    Parameters
    ----------
    sample : Moments or Bootstrap
        Of the scored answers, with all items of the study.
    study : Study
        As asked in the wave.

    Returns
    -------
    Assessment

    Raises
    ------
    MomentsError, PathModelError
        Answers from which nothing can be computed; the message names the items.
    """
    blocks = scales_of(study)
    factor = stats.reliability_table(sample, blocks)
    reliability = stats.stack(
        [factor[~factor["metric"].isin(_OWN_FACTOR)], *([_feldt(sample, blocks)] if blocks else [])]
    )
    items = _items(sample, blocks)
    outer = _outer(sample, study, factor, items)
    discriminant = _discriminant(sample, study, outer)
    reliability, items, outer, discriminant = (
        protect(frame, study.thresholds) for frame in (reliability, items, outer, discriminant)
    )
    verdicts = verdict_table(study, reliability, items, outer, discriminant)
    return Assessment(reliability, items, outer, discriminant, verdicts)


def measurement_verdicts(sample: Sample, study: Study) -> pd.DataFrame:
    """Tell which constructs can be used for what; see `assess` and `verdict_table`.

    Parameters
    ----------
    sample : Moments or Bootstrap
        Of the scored answers. A verdict takes the interval into account, so give a Bootstrap.
    study : Study

    Returns
    -------
    DataFrame
        One row a construct.
    """
    return assess(sample, study).verdicts


def scales_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Reflective constructs of two or more items: those that alpha, omega and AVE are asked of."""
    return {name: items for name, items in study.blocks(reflective_only=True).items() if len(items) > 1}


def modes_of(study: Study) -> dict[str, Mode]:
    """Outer mode of every construct: B for composites, A for reflective ones."""
    return {c.id: "B" if c.mode == "composite" else "A" for c in study.constructs.values()}


def _feldt(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """Alpha with Feldt's interval, as the field expects it beside the bootstrap's; of simple samples."""
    if isinstance(sample, stats.Bootstrap) and sample.designed:
        return stats.tidy("", [], [])
    table = stats.reliability_table(stats.moments_of(sample), blocks)
    return table[(table["metric"] == "alpha") & table["ci_low"].notna()].assign(metric="alpha_feldt")


def _items(sample: Sample, blocks: Blocks) -> pd.DataFrame:
    """Item analysis, with what alpha would gain without each item."""
    table = stats.item_analysis(sample, blocks)
    table = table[~table["metric"].isin(("item_mean", "item_sd"))]
    table["metric"] = table["metric"].replace("loading", "one_factor_loading")
    gains = [_gain(sample, name, items) for name, items in blocks.items() if len(items) > 2]
    whole = stats.stack([table, *gains])
    item = [str(subject).rpartition(stats.ARROW)[2] for subject in whole["subject"]]
    return whole.assign(item=item).reindex(columns=[*stats.COLUMNS, "construct", "item"])


def _gain(sample: Sample, construct: str, items: tuple[str, ...]) -> pd.DataFrame:
    """Gain in alpha without each item, with its interval: a gain within noise is no reason to drop it."""
    block = stats.moments_of(sample).select(items)
    interval = stats.measure(
        sample, lambda m: stats.alpha_if_dropped(m, items) - stats.alpha(m, items)[..., None]
    )
    told = f"alpha of the rest minus alpha; {block.missing}"
    return stats.tidy("alpha_gain_if_dropped", items, interval, float(block.base), told, construct=construct)


def _outer(sample: Sample, study: Study, factor: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Tell the outer model: of PLS inside the structural model, of one factor outside."""
    inside = study.model_blocks()
    paths = [(path.source, path.target) for path in study.paths]
    own = factor[factor["metric"].isin(_OWN_FACTOR) & ~factor["subject"].isin(inside)]
    loadings = items[(items["metric"] == "one_factor_loading") & ~items["construct"].isin(inside)]
    frames = [own, loadings.assign(metric="loading").drop(columns=["construct", "item"])]
    if paths:
        table = stats.pls_table(sample, inside, paths, modes_of(study), metrics=OUTER_METRICS)
        frames = [table, *frames]
    frames.append(_item_construct_correlations(sample, study))
    return stats.stack(frames)


def _item_construct_correlations(sample: Sample, study: Study) -> pd.DataFrame:
    """Correlate items with mean scores of other constructs where no structural model gives cross-loadings."""
    inside = study.model_blocks()
    blocks = {name: items for name, items in study.blocks().items() if name not in inside}
    others = study.blocks()
    if not blocks or len(others) < 2:
        return stats.tidy("cross_loading", [], [])
    rows = [item for items in blocks.values() for item in items]
    cells = [
        (i, k) for i, item in enumerate(rows) for k, name in enumerate(others) if item not in others[name]
    ]
    at, to = (np.array(part, dtype=np.intp) for part in zip(*cells, strict=True))
    names = tuple(others)
    subjects = [stats.arrow(names[k], rows[i]) for i, k in cells]
    moments = stats.moments_of(sample)
    interval = stats.measure(sample, lambda m: _with_scores(m, rows, others)[..., at, to])
    told = f"correlation of item and mean score; {moments.missing}"
    return stats.tidy("cross_loading", subjects, interval, float(moments.select(moments.items).base), told)


def _with_scores(m: stats.Moments, rows: list[str], blocks: Blocks) -> np.ndarray:
    """Correlations (..., items, constructs) of items with the mean scores of constructs."""
    weights = np.zeros((len(rows) + len(blocks), len(m.items)))
    weights[np.arange(len(rows)), m.index(rows)] = 1.0
    for row, items in enumerate(blocks.values(), len(rows)):
        weights[row, m.index(items)] = 1 / len(items)
    names = [*(f"item {item}" for item in rows), *(f"score {name}" for name in blocks)]
    return m.combine(weights, names).corr[..., : len(rows), len(rows) :]


def _discriminant(sample: Sample, study: Study, outer: pd.DataFrame) -> pd.DataFrame:
    """HTMT of the reflective constructs, correlations of all mean scores, and Fornell–Larcker."""
    reflective, every = study.blocks(reflective_only=True), study.blocks()
    frames = []
    if len(reflective) > 1:
        frames.append(stats.htmt_table(sample, reflective))
    if len(every) > 1:
        frames.append(stats.correlation_table(sample, every))
    roots = outer[(outer["metric"] == "ave") & outer["estimate"].notna()].copy()
    if len(every) > 1 and len(roots):
        bounds = ["estimate", "ci_low", "ci_high"]
        roots[bounds] = np.sqrt(roots[bounds])
        roots["method"] = "root of AVE; " + roots["method"]
        inside = outer[outer["metric"] == "construct_correlation"]
        outside = frames[-1][~frames[-1]["subject"].isin(inside["subject"])]
        frames.append(stats.stack([inside, outside, roots]).assign(metric="fornell_larcker"))
    return stats.stack(frames)
