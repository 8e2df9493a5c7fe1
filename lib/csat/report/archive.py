"""First pages: of one wave (page one and links), and of all studies and waves that were published."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from csat.report import numbers
from csat.report.frame import Frame, Link, archive_name, lang_tag, outline, published_name, render_frame
from csat.report.html import (
    REPORTS,
    facts,
    facts_line,
    read_results,
    report_links,
    report_title,
    twin_links,
    wave_label,
)
from csat.report.language import Catalogue, languages
from csat.report.results import write_atomically
from csat.report.tables import Column, escape, render

if TYPE_CHECKING:
    from csat.study.definition import Study

FILES = {
    "metrics.csv": "archive.metrics",
    "metrics.parquet": "archive.metrics_parquet",
    "manifest.json": "archive.manifest",
}
_CARD = re.compile(r'<meta name="csat-wave" content="([^"]*)">')


@dataclass(frozen=True)
class Card:
    """What a wave's first page tells the list of all reports."""

    study: str
    title: Mapping[str, str]
    wave: str
    wave_title: Mapping[str, str]
    position: int
    segment: str
    segment_title: Mapping[str, str]
    n: int | None
    languages: tuple[str, ...]
    simulated: bool
    provisional: bool = False


def build_wave_index(
    folder: Path,
    study: Study,
    work: Mapping[str, Path],
    notebooks: Sequence[str] = REPORTS,
    run_key: str = "",
) -> list[Path]:
    """Write ``index.html`` of a wave in every language: page one, the reports, the data.

    Parameters
    ----------
    folder : Path
        The wave's folder with its reports.
    study : Study
        Study that it is about.
    work : mapping of language to Path
        Working folders with each notebook's ``results.json``; their order is that of the languages.
    notebooks : sequence of str
        Reports of the wave.
    run_key : str
        Key of the run, for the footer.

    Returns
    -------
    list of Path
        The files written.
    """
    spoken = tuple(lang for lang in study.languages if lang in work)
    card = _card(study, _told(work[spoken[0]], notebooks), spoken)
    written = []
    for lang in spoken:
        told = _told(work[lang], notebooks)
        words = Catalogue(lang)
        body = str(told["fragments"].get("executive", "")) + _wave_links(
            folder, lang, spoken, notebooks, words
        )
        body, _, _ = outline(body)
        title = study.say(study.title, lang)
        page = Frame(
            lang=lang,
            title=words.t("archive.title", study=title, wave=wave_label(study, told, lang)),
            heading=title,
            body=body,
            kind="index",
            facts_line=facts_line(study, told, words),
            reports=report_links("index", lang, spoken, notebooks, words),
            twins=twin_links("index", lang, spoken, words),
            trail=Link(words.t("page.archive"), "../../" + archive_name(lang)),
            facts=facts(study, told, words, run_key),
            simulated=study.simulated,
            provisional=card.provisional,
            late=told.get("late"),
            card=json.dumps(asdict(card), ensure_ascii=False, sort_keys=True),
        )
        path = folder / published_name("index", lang, spoken)
        write_atomically(path, render_frame(page))
        written.append(path)
    return written


def build_reports_index(root: Path) -> list[Path]:
    """Write the list of all studies and waves in every language, from the waves' first pages.

    Parameters
    ----------
    root : Path
        Folder of reports: ``<study>/<wave>/index.html``.

    Returns
    -------
    list of Path
        The files written.
    """
    cards = [
        (card, path) for path in sorted(root.glob("[!.]*/[!.]*/index.html")) if (card := read_card(path))
    ]
    written = []
    for lang in sorted(languages()):
        words = Catalogue(lang)
        body = f"<p>{words.html('archive.index_summary')}</p>" + _studies(cards, root, words)
        twins = tuple(
            Link(words.t(f"language.{one}"), archive_name(one), one == lang, lang_tag(one))
            for one in sorted(languages())
        )
        title = words.t("archive.index_title")
        page = Frame(
            lang=lang, title=title, heading=title, body=outline(body)[0], kind="archive", twins=twins
        )
        path = root / archive_name(lang)
        write_atomically(path, render_frame(page))
        written.append(path)
    return written


def read_card(path: Path) -> Card | None:
    """Card in a wave's first page; None where it is no such page."""
    found = _CARD.search(path.read_text(encoding="utf-8")[:100_000])
    if found is None:
        return None
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return Card(**{**told, "languages": tuple(told["languages"])})


def _card(study: Study, told: Mapping[str, Any], spoken: Sequence[str]) -> Card:
    """Card of a wave."""
    wave, segment = str(told.get("wave") or ""), str(told.get("segment") or "")
    declared = [one.id for one in study.waves]
    return Card(
        study=study.id,
        title={lang: study.say(study.title, lang) for lang in spoken},
        wave=wave,
        wave_title={lang: wave_label(study, told, lang) for lang in spoken},
        position=declared.index(wave) if wave in declared and study.wave_naming == "label" else -1,
        segment=segment,
        segment_title={lang: study.label(segment, lang) for lang in spoken} if segment else {},
        n=told.get("n"),
        languages=tuple(spoken),
        simulated=study.simulated,
        provisional=bool(told.get("provisional")),
    )


def _told(work: Path, notebooks: Sequence[str]) -> dict[str, Any]:
    """Results of all notebooks together: the last one that knows a thing speaks for it."""
    together: dict[str, Any] = {"fragments": {}}
    for name in notebooks:
        path = work / f"{name}.results.json"
        if path.is_file():
            told = read_results(path)
            together["fragments"] |= told.get("fragments", {})
            together |= {k: v for k, v in told.items() if k != "fragments" and v not in (None, "")}
    return together


def _wave_links(
    folder: Path, lang: str, spoken: Sequence[str], notebooks: Sequence[str], words: Catalogue
) -> str:
    """Links to the reports and the data of a wave."""
    entries = []
    for name in notebooks:
        about = f"notebook.{name}.summary"
        more = f"<span>{words.html(about)}</span>" if words.has(about) else ""
        href = published_name(name, lang, spoken)
        entries.append(f'<li><a href="{escape(href)}">{escape(report_title(words, name))}</a>{more}</li>')
    files = [(name, words.t(key)) for name, key in FILES.items()]
    logs = [(path.name, f"{words.t('archive.log')}: {path.name}") for path in sorted(folder.glob("*.ipynb"))]
    listed = "".join(f'<li><a href="{quote(name)}">{escape(text)}</a></li>' for name, text in files + logs)
    return (
        f'<h2>{words.html("archive.reports")}</h2><ul class="plain">{"".join(entries)}</ul>'
        f"<h2>{words.html('archive.files')}</h2><ul>{listed}</ul>"
    )


def _studies(cards: Iterable[tuple[Card, Path]], root: Path, words: Catalogue) -> str:
    """One table of waves for each study."""
    studies: dict[str, list[tuple[Card, Path]]] = {}
    for card, path in cards:
        studies.setdefault(card.study, []).append((card, path))
    if not studies:
        return f"<p>{words.html('archive.empty')}</p>"
    return "".join(_study(found, root, words) for _, found in sorted(studies.items()))


def _study(found: Sequence[tuple[Card, Path]], root: Path, words: Catalogue) -> str:
    """Heading and waves of one study, the latest wave first, everyone before segments."""
    by_segment = sorted(found, key=lambda pair: pair[0].segment)
    ordered = sorted(by_segment, key=lambda pair: (pair[0].position, _natural(pair[0].wave)), reverse=True)
    title = _say(ordered[0][0].title, words.lang)
    mark = f' <span class="tag">{words.html("archive.simulated")}</span>' if ordered[0][0].simulated else ""
    columns = (
        Column(words.t("archive.wave"), tuple(f"@{i}@" for i in range(len(ordered)))),
        Column(words.t("archive.answers"), tuple(numbers.count(card.n) for card, _ in ordered), numeric=True),
        Column(
            words.t("archive.languages"),
            tuple(words.join([words.t(f"language.{one}") for one in card.languages]) for card, _ in ordered),
        ),
    )
    table = render(columns, words.t("archive.waves_of", study=title))
    for number, (card, path) in enumerate(ordered):
        table = table.replace(f"@{number}@", _link(card, path, root, words, latest=number == 0))
    return f"<h2>{escape(title)}{mark}</h2>{table}"


def _link(card: Card, path: Path, root: Path, words: Catalogue, latest: bool) -> str:
    """Link to a wave, in the reader's language where the wave speaks it."""
    speaks = words.lang in card.languages
    target = path.parent / published_name(
        "index", words.lang if speaks else card.languages[0], card.languages
    )
    text = _say(card.wave_title, words.lang) or card.wave or card.study
    if card.segment:
        text += f" · {_say(card.segment_title, words.lang) or card.segment}"
    marks = [key for key, true in (("latest", latest), ("provisional", card.provisional)) if true]
    mark = "".join(f' <span class="tag">{words.html(f"archive.{key}")}</span>' for key in marks)
    return f'<a href="{escape(quote(target.relative_to(root).as_posix()))}">{escape(text)}</a>{mark}'


def _say(text: Mapping[str, str], lang: str) -> str:
    """Text in a language, or in the first one that there is."""
    return text.get(lang) or next(iter(text.values()), "")


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sort key in which 2 comes before 10."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name))
