"""The sample plan as numbers: how exact a wave of a given size will be, and how small a change it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.study import Construct

LADDER = (50, 100, 200, 400, 800, 1600)
"""Sample sizes that every plan is compared with."""

DEFAULT_MARGIN = 0.05
"""A study that names no size is planned for a proportion within five percentage points."""

_NPS_EXPECTED = (0.5, 0.2)


@dataclass(frozen=True)
class Quantity:
    """Something that a wave estimates: a mean, an index, a share or NPS, with the spread it is planned by.

    ``unit`` is 100 where a share of 1 is shown in percentage points; ``basis`` is ``answers`` where the
    spread was found in the wave, ``cautious`` where it is assumed.
    """

    kind: str
    subject: str
    sd: float
    basis: str
    digits: int
    unit: float = 1.0
    shares: tuple[float, float] = _NPS_EXPECTED


@dataclass(frozen=True)
class Plan:
    """Size, frame and quantities of a sample plan.

    ``origin`` says where `n` comes from: ``planned``, ``received`` (a segment, or nothing is planned) or
    ``default``.
    """

    n: int
    origin: str
    frame_size: int | None
    quantities: tuple[Quantity, ...]
    design_effect: float
    power: float = 0.8

    @property
    def sizes(self) -> tuple[int, ...]:
        """The ladder with the plan's own size, as far as the frame goes."""
        top = self.frame_size or math.inf
        return tuple(sorted(size for size in {*LADDER, self.n} if size <= top))


def make_plan(bench: Bench, power: float = 0.8) -> Plan:
    """Plan of a study, by the spread of its answers where there are any.

    Parameters
    ----------
    bench : Bench
        Study and answers, see `csat.report.design.bench.open_bench`.
    power : float
        Probability of seeing a change that is there.

    Returns
    -------
    Plan
    """
    study, answers = bench.study, bench.answers
    frame_size = None if bench.segment else study.frame_size
    n, origin = _size(bench, frame_size)
    quantities = (
        *_means(bench),
        *_indices(bench),
        Quantity("proportion", "p=0.5", 0.5, "cautious", 1, 100.0),
    )
    nps = _nps(bench)
    weights = answers.weights if answers is not None else None
    effect = 1.0 if weights is None else float(len(weights) * (weights**2).sum() / weights.sum() ** 2)
    return Plan(n, origin, frame_size, (*quantities, *nps), effect, power)


def _size(bench: Bench, frame_size: int | None) -> tuple[int, str]:
    """Size of the plan and where it comes from."""
    from csat.study import sampling

    planned, answers = bench.study.planned_n, bench.answers
    if planned and not bench.segment:
        return (min(planned, frame_size) if frame_size else planned), "planned"
    if answers is not None:
        return answers.n, "received"
    return sampling.sample_size(DEFAULT_MARGIN, frame_size=frame_size), "default"


def _means(bench: Bench) -> list[Quantity]:
    """One mean for each range of answer scale, by the pooled spread of the items on it."""
    from csat.study import sampling

    study = bench.study
    ranges: dict[tuple[float, float, bool], list[str]] = {}
    for item in study.items.values():
        scale = study.scales[item.scale]
        ranges.setdefault((scale.minimum, scale.maximum, scale.kind == "rating"), []).append(item.id)
    found = []
    for (low, high, rating), items in sorted(ranges.items(), key=lambda pair: -len(pair[1])):
        sd, basis = sampling.planning_sd(low, high, rating), "cautious"
        if bench.answers is not None:
            sd, basis = math.sqrt(float(bench.answers.raw[items].var().mean())), "answers"
        digits = 2 if high - low < 20 else 1
        found.append(Quantity("mean", f"{low:g}-{high:g}", sd, basis, digits))
    return found


def _indices(bench: Bench) -> list[Quantity]:
    """Satisfaction and loyalty as indices from 0 to 100, by the spread of respondents' own indices."""
    from csat.study import sampling

    found = []
    for construct in bench.study.by_role("satisfaction", "loyalty"):
        sd, basis = sampling.planning_sd(0, 100, rating=False), "cautious"
        if bench.answers is not None:
            sd, basis = _index_sd(bench, construct), "answers"
        found.append(Quantity("index", construct.id, sd, basis, 1))
    return found


def _index_sd(bench: Bench, construct: Construct) -> float:
    """Spread of the respondents' mean of a construct's items, each brought to 0-100."""
    import pandas as pd

    assert bench.answers is not None
    columns = {}
    for item in construct.items:
        scale = bench.study.scale_of(item)
        columns[item] = 100 * (bench.answers.scored[item] - scale.minimum) / (scale.maximum - scale.minimum)
    return float(pd.DataFrame(columns).mean(axis=1).std())


def _nps(bench: Bench) -> list[Quantity]:
    """Net promoter score, where the study names the question for it."""
    from csat.study import sampling

    limits = bench.study.thresholds
    if not limits.nps_item:
        return []
    shares, basis = _NPS_EXPECTED, "cautious"
    if bench.answers is not None:
        given = bench.answers.raw[limits.nps_item].dropna()
        promoters, detractors = given >= limits.nps_promoter_min, given <= limits.nps_detractor_max
        shares, basis = (float(promoters.mean()), float(detractors.mean())), "answers"
    return [Quantity("nps", limits.nps_item, sampling.nps_sd(*shares), basis, 1, 1.0, shares)]


# ---- tidy rows ---------------------------------------------------------------------------------------------


def curves(plan: Plan, sizes: Sequence[int]) -> pd.DataFrame:
    """Margins of error and smallest detectable changes of every quantity at several sizes, as tidy rows.

    Parameters
    ----------
    plan : Plan
    sizes : sequence of int
        Respondents; those beyond the frame are left out.

    Returns
    -------
    DataFrame
        Metrics ``margin_of_error_<kind>`` and ``minimum_detectable_change_<kind>``; the subject carries
        ``@n`` unless n is the plan's own, so that one number has one name. Shares are shares of 1.
    """
    import pandas as pd

    from csat.study.plan import change_plan, precision_plan

    frames = []
    for quantity in plan.quantities:
        subject = quantity.kind if quantity.kind in ("proportion", "nps") else "mean"
        given: dict[str, Any] = {"sd": quantity.sd, "frame_size": plan.frame_size}
        given |= {"promoters": quantity.shares[0], "detractors": quantity.shares[1]}
        precise, change = precision_plan(sizes, **given), change_plan(sizes, power=plan.power, **given)
        both = pd.concat([precise, change])
        both = both[both["subject"] == subject]
        at = both["n"].map(lambda n: "" if n == plan.n else f"@{n}")
        spread = f"; spread {'as found in the wave' if quantity.basis == 'answers' else 'assumed'}"
        frames.append(
            both.assign(
                metric=both["metric"] + f"_{quantity.kind}",
                subject=quantity.subject + at,
                method=both["method"] + f"; sd {quantity.sd:.4g}" + spread,
            )
        )
    return pd.concat(frames, ignore_index=True)


def alpha_widths(plan: Plan, bench: Bench) -> pd.DataFrame:
    """Interval that alpha will have at the plan's size, for reflective constructs of two or more items."""
    from csat.stats import GroupedSums, alpha, stack
    from csat.study.plan import alpha_plan

    blocks = bench.study.blocks(reflective_only=True)
    blocks = {name: items for name, items in blocks.items() if len(items) > 1 and plan.n > 2}
    moments = None
    if bench.answers is not None:  # one group for all: moments without a bootstrap need no more
        everyone = [0] * bench.answers.n
        moments = GroupedSums.from_frame(bench.answers.scored, bench.answers.weights, everyone).moments()
    frames = []
    for name, items in blocks.items():
        found = math.nan if moments is None else float(alpha(moments, items))
        expected = found if found < 1 else bench.study.thresholds.reliability
        frames.append(alpha_plan({name: items}, plan.n, expected).assign(alpha=expected, items=len(items)))
    return stack(frames)


def sizes_needed(plan: Plan) -> pd.DataFrame:
    """Respondents needed for a proportion within 3, 5 and 10 percentage points."""
    from csat.study.plan import sample_size_plan

    return sample_size_plan(frame_size=plan.frame_size)


def spreads(plan: Plan) -> pd.DataFrame:
    """List the standard deviations that the plan rests on, and the design effect of the weights."""
    from csat.stats import stack, tidy

    frames = [
        tidy(f"planning_sd_{quantity.kind}", [quantity.subject], [quantity.sd], method=_BASIS[quantity.basis])
        for quantity in plan.quantities
    ]
    frames.append(tidy("design_effect", ["weights"], [plan.design_effect], method="Kish"))
    return stack(frames)


_BASIS = {"answers": "found in the wave", "cautious": "assumed: cautious"}


def plan_metrics(plan: Plan, bench: Bench) -> pd.DataFrame:
    """Everything that the plan says, as tidy rows for the metrics file."""
    from csat.stats import stack

    return stack([curves(plan, plan.sizes), alpha_widths(plan, bench), sizes_needed(plan), spreads(plan)])
