"""The study at a glance: facts in words, counts as tidy rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csat.report import numbers

if TYPE_CHECKING:
    import pandas as pd

    from csat.report.design.bench import Bench
    from csat.report.page import Page
    from csat.study import Study


def summary(page: Page, bench: Bench | None = None) -> dict[str, Any]:
    """Count what the opening sentence tells: questions and constructs."""
    study = page.study
    return {
        "items": _asked(bench) if bench else len(study.items),
        "constructs": len(study.constructs),
    }


def _asked(bench: Bench) -> int:
    """Count the questions that want an answer."""
    return sum(question.asked for question in bench.asked.questions)


def facts(page: Page, bench: Bench) -> pd.DataFrame:
    """Study at a glance: one fact a row, written in the page's language."""
    import pandas as pd

    study = bench.study
    rows = {
        "title": study.say(study.title, page.lang),
        "population": study.say(study.population, page.lang),
        "frame": _count(page, study.frame_size, "glance.frame_unknown"),
        "planned": _count(page, study.planned_n, "glance.planned_unknown"),
        "received": _received(page, bench),
        "wave": _wave(page, bench),
        "version": _version(page, bench),
        "languages": page.join([page.t(f"language.{lang}") for lang in study.languages]),
        "questions": _questions(page, bench),
        "scales": _scales(page),
        "constructs": _constructs(page),
        "segments": page.join([page.label(name) for name in study.segments]) or page.t("glance.no_segments"),
        "source": study.say(study.source, page.lang),
    }
    shown = {name: text for name, text in rows.items() if text}
    return pd.DataFrame({"fact": [page.t(f"fact.{name}") for name in shown], "value": list(shown.values())})


def counts(study: Study, bench: Bench | None = None) -> pd.DataFrame:
    """Count the design as tidy rows: items of each construct, and totals under the subject ``study``."""
    from csat.stats import stack, tidy

    blocks = study.blocks()
    totals = {
        "construct_count": len(study.constructs),
        "item_count": len(study.items),
        "reversed_item_count": sum(item.reversed for item in study.items.values()),
        "expectation_pair_count": len(study.expectation_pairs()),
        "path_count": len(study.paths),
        "scale_count": len({item.scale for item in study.items.values()}),
        "segment_count": len(study.segments),
    }
    totals |= {"question_count": _asked(bench)} if bench else {}
    frames = [tidy(metric, ["study"], [value], method="count") for metric, value in totals.items()]
    frames.append(tidy("item_count", list(blocks), [len(items) for items in blocks.values()], method="count"))
    known = {"planned_n": study.planned_n, "frame_size": study.frame_size}
    frames += [tidy(m, ["study"], [value], method="as stated") for m, value in known.items() if value]
    return stack(frames)


def _count(page: Page, value: int | None, otherwise: str) -> str:
    """Write a count, or say that the study does not give it."""
    return page.t(otherwise) if value is None else numbers.count(value)


def _received(page: Page, bench: Bench) -> str:
    """Say how many answers are in, and whose."""
    if bench.answers is None:
        return page.t("glance.no_answers")
    if bench.segment:
        return page.t("glance.received_segment", n=bench.answers.n, segment=page.label(bench.segment))
    return page.t("glance.received", n=bench.answers.n)


def _wave(page: Page, bench: Bench) -> str:
    """Name the wave of the page, and the others that are declared."""
    if not bench.wave:
        return page.t("glance.no_wave")
    study = bench.study
    name = study.say(study.wave(bench.wave).label, page.lang) or bench.wave
    others = [study.say(wave.label, page.lang) or wave.id for wave in study.waves if wave.id != bench.wave]
    return page.t("glance.waves", wave=name, others=others) if others else name


def _version(page: Page, bench: Bench) -> str:
    """Name the version of the questionnaire, and the others; empty in a study without versions."""
    versions = bench.whole.versions
    if not versions:
        return ""
    names = {name: one.label.get(page.lang, name) for name, one in versions.items()}
    others = [label for name, label in names.items() if name != bench.version]
    this = names[bench.version]
    return page.t("glance.versions", version=this, others=others) if others else this


def _questions(page: Page, bench: Bench) -> str:
    """Count the questions, ratings among them, those reversed, and pairs of expectation and experience."""
    study = page.study
    asked = _asked(bench)
    parts = [page.t("glance.questions", n=asked)]
    parts += [page.t("glance.ratings", n=len(study.items))] if asked != len(study.items) else []
    turned = sum(item.reversed for item in study.items.values())
    pairs = len(study.expectation_pairs())
    parts += [page.t("glance.reversed", n=turned)] if turned else []
    parts += [page.t("glance.pairs", n=pairs)] if pairs else []
    return page.t("map.semicolon").join(parts)


def _scales(page: Page) -> str:
    """Name the ranges of the answer scales."""
    used = [page.study.scales[item.scale] for item in page.study.items.values()]
    ranges = list(dict.fromkeys((scale.minimum, scale.maximum) for scale in used))
    return page.join([page.t("glance.range", low=f"{low:g}", high=f"{high:g}") for low, high in ranges])


def _constructs(page: Page) -> str:
    """Name the constructs with how many questions ask about each."""
    return page.join(
        [
            page.t("glance.construct", label=page.label(construct.id), n=len(construct.items))
            for construct in page.study.constructs.values()
        ]
    )
