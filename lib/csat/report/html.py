"""From an executed notebook to its published page, in process: no code, no prompts, one language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csat.errors import CsatError
from csat.report.frame import (
    TEMPLATES,
    Frame,
    Link,
    archive_name,
    lang_tag,
    outline,
    published_name,
    render_frame,
)
from csat.report.language import Catalogue
from csat.report.tables import escape

if TYPE_CHECKING:
    from csat.study.definition import Study

REPORTS = ("01_survey_design", "02_measurement", "03_loyalty")
HIDDEN_TAGS = frozenset({"parameters", "injected-parameters", "hidden", "key-numbers", "check"})
VERSIONS = ("csat", "numpy", "pandas", "scipy", "seminr", "matplotlib")
_TYPES = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")


class ExportError(CsatError):
    """A notebook that may not become a page: a cell failed."""


def export_html(
    notebook: Path,
    study: Study,
    lang: str,
    results: Mapping[str, Any] | Path | None = None,
    notebooks: Sequence[str] = REPORTS,
    languages: Sequence[str] | None = None,
    run_key: str = "",
) -> str:
    """Render an executed notebook as a self-contained page.

    Parameters
    ----------
    notebook : Path
        Executed notebook; its file name begins with the report's name (``02_measurement``…).
    study : Study
        Study that it is about.
    lang : str
        Language to publish: Markdown cells with another ``lang`` in their metadata are left out.
    results : mapping or Path, optional
        The notebook's ``results.json`` or its content: wave, segment, n, seed, replicates for the footer.
    notebooks : sequence of str
        Reports of the wave, for the links between them.
    languages : sequence of str, optional
        Languages that are published; by default all of the study.
    run_key : str
        Key of the run, shown in the footer.

    Returns
    -------
    str
        The same bytes for the same notebook.

    Raises
    ------
    ExportError
        If a cell ended in an error.
    """
    name = next((one for one in notebooks if notebook.name.startswith(one)), notebook.stem)
    told = read_results(results)
    body, heading, contents = outline(notebook_body(notebook, lang))
    body = re.sub(r'<div class="(?:text|output)">\s*</div>\s*', "", body)
    words = Catalogue(lang)
    spoken = tuple(languages or study.languages)
    title = heading or report_title(words, name)
    page = Frame(
        lang=lang,
        title=words.t(
            "page.title", title=title, study=study.say(study.title, lang), wave=wave_label(study, told, lang)
        ),
        heading=title,
        body=body,
        kicker=study.say(study.title, lang),
        facts_line=facts_line(study, told, words),
        reports=report_links(name, lang, spoken, notebooks, words),
        twins=twin_links(name, lang, spoken, words),
        trail=Link(words.t("page.archive"), "../../" + archive_name(lang)),
        contents=contents,
        facts=facts(study, told, words, run_key),
        simulated=study.simulated,
        provisional=bool(told.get("provisional")),
        late=told.get("late"),
    )
    return render_frame(page)


def notebook_body(notebook: Path, lang: str) -> str:
    """Render what an executed notebook shows in one language, as HTML without the page around it.

    Raises
    ------
    ExportError
        If a cell ended in an error.
    """
    import nbformat

    nb = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    for number, cell in enumerate(nb.cells):
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                raise ExportError(
                    f"{notebook.name}: cell {number} failed ({output.get('ename')}); not published."
                )
    nb.cells = [cell for cell in nb.cells if _is_shown(cell, lang)]
    body, _ = _exporter().from_notebook_node(nb)
    return str(body).strip()


def read_results(results: Mapping[str, Any] | Path | None) -> Mapping[str, Any]:
    """Results of a notebook from their file, as they are, or none."""
    if isinstance(results, Path):
        told: Mapping[str, Any] = json.loads(results.read_text(encoding="utf-8"))
        return told
    return results or {}


def report_title(words: Catalogue, notebook: str) -> str:
    """Title of a report in its language; a notebook of somebody else's goes by its file name."""
    key = f"notebook.{notebook}.title"
    return words.t(key) if words.has(key) else notebook


def wave_label(study: Study, told: Mapping[str, Any], lang: str) -> str:
    """Name of the wave as a reader sees it: its label where the study gives it one."""
    name = str(told.get("wave") or "")
    label = next((study.say(wave.label, lang) for wave in study.waves if wave.id == name and wave.label), "")
    return label or (Catalogue(lang).t("page.wave", wave=name) if name else "")


def facts_line(study: Study, told: Mapping[str, Any], words: Catalogue) -> tuple[str, ...]:
    """Wave, respondents and n, for the line below the heading."""
    parts = [wave_label(study, told, words.lang)]
    if told.get("segment"):
        parts.append(words.t("page.segment", segment=study.label(str(told["segment"]), words.lang)))
    if told.get("n") is not None:
        parts.append(words.t("executive.figure_n", n=told["n"]))
    return tuple(part for part in parts if part)


def facts(
    study: Study, told: Mapping[str, Any], words: Catalogue, run_key: str = ""
) -> tuple[tuple[str, str], ...]:
    """Tell what a report rests on, for its footer: (name, value) pairs, without what is unknown."""
    segment = (
        study.label(str(told["segment"]), words.lang) if told.get("segment") else words.t("page.everyone")
    )
    kind, missing = str(told.get("interval") or ""), str(told.get("missing") or "")
    pairs = {
        "study": study.say(study.title, words.lang),
        "wave": wave_label(study, told, words.lang),
        "segment": segment,
        "n": _count(told.get("n")),
        "interval": words.t("footer.interval_value", kind=words.t(f"interval_kind.{kind}")) if kind else "",
        "replicates": _count(told.get("replicates")),
        "seed": "" if told.get("seed") is None else str(told["seed"]),
        "missing": words.t(f"missing.{missing}") if missing else "",
        "source": study.say(study.source, words.lang),
        "revision": _revision(told, words),
        "versions": versions(),
        "run_key": run_key,
    }
    return tuple((words.t(f"footer.{name}"), value) for name, value in pairs.items() if value)


def report_links(
    current: str, lang: str, languages: Sequence[str], notebooks: Sequence[str], words: Catalogue
) -> tuple[Link, ...]:
    """Links between the pages of a wave, its first page included."""
    return tuple(
        Link(report_title(words, name), published_name(name, lang, languages), name == current)
        for name in ("index", *notebooks)
    )


def twin_links(current: str, lang: str, languages: Sequence[str], words: Catalogue) -> tuple[Link, ...]:
    """Links to the same page in the other languages; none where there is one language."""
    if len(languages) < 2:
        return ()
    return tuple(
        Link(words.t(f"language.{one}"), published_name(current, one, languages), one == lang, lang_tag(one))
        for one in languages
    )


@cache
def versions() -> str:
    """Versions of the software that the numbers depend on."""
    found = []
    for name in VERSIONS:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _revision(told: Mapping[str, Any], words: Catalogue) -> str:
    """Which stored revision the answers are; nothing where they come from a file."""
    if not told.get("revision"):
        return ""
    return words.t("footer.revision_value", revision=told["revision"], n=told["revisions"])


def _count(value: Any) -> str:
    """Whole number, or nothing."""
    from csat.report.numbers import count

    return "" if value is None else count(value)


def _is_shown(cell: Any, lang: str) -> bool:
    """Say whether a cell belongs on the page of a language."""
    meta = cell.get("metadata", {})
    return meta.get("lang", lang) == lang and not HIDDEN_TAGS & set(meta.get("tags", ()))


@cache
def _exporter() -> Any:
    """Make the exporter with our template, once, because making it costs more than an export.

    Not nbconvert's `HTMLExporter`: that one parses the whole page again and gives pictures without
    alternative text one that says nothing, so that no check can find them.
    """
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from traitlets.config import Config

    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    settings = {
        "file_extension": ".html",
        "template_name": "csat",
        "extra_template_basedirs": [str(TEMPLATES)],
        "default_preprocessors": [],
        "exclude_input": True,
        "filters": {"alt_text": _alt_text, "markdown2html": MarkdownWithMath(renderer=renderer).render},
    }
    config = Config({"TemplateExporter": settings, "NbConvertBase": {"display_data_priority": list(_TYPES)}})
    return TemplateExporter(config=config)  # type: ignore[no-untyped-call]


def _alt_text(output: Any, cell: Any) -> str:
    """Alternative text of a picture from the metadata of its output or its cell, escaped."""
    for place in (*output.get("metadata", {}).values(), output.get("metadata", {}), cell.get("metadata", {})):
        if isinstance(place, dict) and place.get("alt"):
            return escape(place["alt"])
    return ""
