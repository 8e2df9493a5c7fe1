"""The hypotheses: which construct is thought to lead to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csat.report.page import Page
    from csat.study import Study


def diagram(page: Page) -> Any:
    """Path diagram of the structural model with the role of each construct; None when there are no paths."""
    import pandas as pd

    from csat.report.figures.common import path_diagram

    study = page.study
    if not study.paths:
        return None
    edges = pd.DataFrame([(path.source, path.target) for path in study.paths], columns=["source", "target"])
    return path_diagram(
        {name: page.label(name) for name in study.constructs},
        edges,
        notes={name: page.t(f"role.{construct.role}") for name, construct in study.constructs.items()},
        emphasis=[construct.id for construct in study.by_role("satisfaction", "loyalty")],
        lang=page.lang,
    )


def hypotheses(page: Page) -> list[tuple[str, dict[str, Any]]]:
    """Sentences that name what leads to satisfaction, to loyalty and onward; for `Page.bullets`."""
    study = page.study
    model = study.model()
    told: list[tuple[str, dict[str, Any]]] = []
    for role in ("satisfaction", "loyalty"):
        for construct in study.by_role(role):
            sources = [page.label(source) for source in model.get(construct.id, ())]
            key = f"model.to_{role}" if sources else "model.to_nothing"
            told.append((key, {"target": page.label(construct.id), "sources": sources, "n": len(sources)}))
        if not study.by_role(role):
            told.append((f"model.no_{role}", {}))
    roundabout = _roundabout(study)
    if roundabout:
        told.append(
            (
                "model.roundabout",
                {"n": len(roundabout), "chains": [page.subject("→".join(chain)) for chain in roundabout]},
            )
        )
    outside = [page.label(name) for name in study.constructs if name not in study.model_blocks()]
    if outside:
        told.append(("model.outside", {"labels": outside}))
    return told


def model_words(page: Page) -> dict[str, Any]:
    """Values for the headline and the text alternative of the path diagram."""
    study = page.study
    ends = [page.label(construct.id) for construct in study.by_role("satisfaction", "loyalty")]
    pairs = [page.subject(f"{path.source}→{path.target}") for path in study.paths]
    inside = study.model_blocks()
    return {
        "paths": len(pairs),
        "constructs": len(inside),
        "ends": ends or [page.label(name) for name in study.model()],
        "list": pairs,
    }


def _roundabout(study: Study) -> list[tuple[str, ...]]:
    """Shortest ways that reach loyalty through satisfaction: ``image → satisfaction → loyalty``."""
    satisfied = {construct.id for construct in study.by_role("satisfaction")}
    loyal = {construct.id for construct in study.by_role("loyalty")}
    onward = {
        path.source: path.target for path in study.paths if path.target in loyal and path.source in satisfied
    }
    return [(path.source, path.target, onward[path.target]) for path in study.paths if path.target in onward]
