"""Who plays which part in the story from experience to loyalty, read off the roles and paths of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csat.study.definition import Study

IMPROVABLE = ("image", "quality", "value", "driver", "trust", "complaint")
"""Roles of constructs that a company can improve."""

CONTEXT = ("expectation",)
"""Roles that explain satisfaction but that nobody sets out to improve."""

HOLDING = ("switching_cost",)
"""Roles that keep customers without pleasing them: they may explain loyalty, not satisfaction."""

REPURCHASE = frozenset({"choose_again", "repurchase", "renew", "renewal", "retention", "return", "stay"})
"""Facets that ask about coming back. Loyalty is never predicted from a score that holds one of them."""

FULFILMENT = "fulfilment"
"""Facet of an item that asks directly whether expectations were met."""


@dataclass(frozen=True)
class Roles:
    """Parts of a study's constructs.

    Attributes
    ----------
    satisfaction, loyalty : str
        First construct of that role; empty when the study has none.
    drivers : tuple of str
        What the company can improve and what does not come after satisfaction (or after loyalty, in a study
        without satisfaction) in the structural model. Complaint handling counts only where a path leads from
        it to satisfaction: most models have it as a consequence.
    context : tuple of str
        Expectations: they explain satisfaction, but are no lever.
    predictors : tuple of str
        What loyalty is explained by: satisfaction, the drivers, complaint handling and switching costs, as
        far as they do not come after loyalty.
    blocks : mapping of construct to its items
        As scores are made of them; predictors without items that ask about coming back.
    set_aside : tuple of str
        Items left out of `blocks` for that reason.
    """

    satisfaction: str
    loyalty: str
    drivers: tuple[str, ...]
    context: tuple[str, ...]
    predictors: tuple[str, ...]
    blocks: Mapping[str, tuple[str, ...]]
    set_aside: tuple[str, ...]

    @property
    def target(self) -> str:
        """What drivers are judged by: satisfaction, or loyalty in a study without satisfaction."""
        return self.satisfaction or self.loyalty

    @property
    def has_both(self) -> bool:
        """Whether the study asks about satisfaction and about loyalty."""
        return bool(self.satisfaction and self.loyalty)


def roles_of(study: Study) -> Roles:
    """Read the parts off a study.

    Parameters
    ----------
    study : Study
        As asked in the wave.

    Returns
    -------
    Roles
    """
    satisfaction, loyalty = _first(study, "satisfaction"), _first(study, "loyalty")
    blocks, set_aside = _without_repurchase(study, loyalty)
    target = satisfaction or loyalty
    after_target, after_loyalty = _after(study, target), _after(study, loyalty)
    candidates = [c for c in study.by_role(*IMPROVABLE) if c.id in blocks and c.id not in after_target]
    drivers = [c.id for c in candidates if c.role != "complaint" or target in _after(study, c.id)]
    others = study.by_role(*IMPROVABLE, *HOLDING)
    predictors = [satisfaction] if satisfaction and loyalty else []
    predictors += [c.id for c in others if c.id in blocks and c.id not in after_loyalty]
    return Roles(
        satisfaction=satisfaction,
        loyalty=loyalty,
        drivers=tuple(drivers) if target else (),
        context=tuple(c.id for c in study.by_role(*CONTEXT)),
        predictors=tuple(p for p in predictors if p in blocks) if loyalty else (),
        blocks=blocks,
        set_aside=set_aside,
    )


def _first(study: Study, role: str) -> str:
    """First construct of a role; empty when there is none."""
    return next((construct.id for construct in study.by_role(role)), "")


def _without_repurchase(study: Study, loyalty: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Items of each construct; outside of loyalty without those that ask about coming back."""
    blocks, gone = {}, []
    for name, items in study.blocks().items():
        stray = [item for item in items if name != loyalty and study.items[item].facet in REPURCHASE]
        gone += stray
        kept = tuple(item for item in items if item not in stray)
        if kept:
            blocks[name] = kept
    return blocks, tuple(gone)


def _after(study: Study, start: str) -> frozenset[str]:
    """Find the constructs that the structural model places after another one."""
    found: set[str] = set()
    frontier = {start}
    while frontier:
        frontier = {p.target for p in study.paths if p.source in frontier} - found
        found |= frontier
    return frozenset(found)
