"""A month, made whole: stage, execute, check, render, gate, publish."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from csat.run import manifest, metrics, publish
from csat.run.errors import ParameterError, RunFailed
from csat.run.executor import Job, Listener, Outcome, run_chains
from csat.run.notebooks import SUITE, Notebook, chains
from csat.run.place import LOCKS
from csat.run.plan import Plan, make_plan
from csat.study.project import project_root

TIMEOUT = 900.0
"""Seconds that one cell may take."""

WORKERS = 2
"""How many notebooks run at once."""


@dataclass(frozen=True)
class RunResult:
    """A published wave."""

    study: str
    wave: str
    segment: str
    folder: Path
    key: str
    n: int
    skipped: bool
    seconds: float
    warnings: tuple[str, ...]
    revision: int | None = None
    provisional: bool = False
    late: bool = False

    @property
    def index(self) -> Path:
        """The page to open first."""
        return self.folder / "index.html"


def run_study(
    study: str | Path,
    wave: str = "",
    langs: Sequence[str] = (),
    data: str | Path = "",
    segment: str = "",
    out: str | Path = "",
    settings: Mapping[str, Any] | Sequence[str] = (),
    force: bool = False,
    notebooks: Sequence[Notebook] = SUITE,
    folder: Path | None = None,
    timeout: float = TIMEOUT,
    workers: int = WORKERS,
    listen: Listener = lambda event: None,
    revision: str | int = "",
) -> RunResult:
    """Make the reports of one wave of one study and publish them, or publish nothing.

    Parameters
    ----------
    study : str or Path
        Name under ``studies/`` or path of a folder with a ``study.toml``.
    wave : str
        Wave; empty for the latest.
    langs : sequence of str
        Languages; empty for all that the study speaks. A wave is published as a whole: pages of a language
        that is not asked for are removed, and ``warnings`` says so.
    data : str or Path
        A file of answers in place of the study's own.
    segment : str
        ``name=value``, or empty for everyone. It is published as ``<wave>~<name>=<value>``.
    out : str or Path
        The reports root; by default ``reports`` of the project.
    settings : mapping or sequence of str
        Further parameters of the notebooks, as values or as ``name=value`` texts.
    force : bool
        Make it even if nothing has changed.
    notebooks : sequence of Notebook
        The suite.
    folder : Path, optional
        Where the notebooks are; by default ``notebooks`` of the project.
    timeout : float
        Seconds that one cell may take.
    workers : int
        How many notebooks run at once.
    listen : callable
        Told of every cell that starts and every notebook that ends.
    revision : str or int
        Number of a stored revision of the wave; empty for the latest.

    Returns
    -------
    RunResult
        Also when nothing had to be done (``skipped``).

    Raises
    ------
    CsatError
        If the study, the data or a parameter is wrong: nothing was started.
    RunBusy
        If another run is making the same wave.
    RunFailed
        If it was started and could not be published. The published wave is as it was; ``log`` keeps the
        rest.
    """
    started = time.perf_counter()
    root = project_root()
    reports = Path(out).expanduser().resolve() if str(out) else root / "reports"
    books = folder.resolve() if folder is not None else root / "notebooks"
    _check_out(reports)
    plan = make_plan(study, wave, langs, data, segment, reports, settings, notebooks, books, root, revision)
    place = plan.place
    try:
        publish.clean_stale(reports)
        with publish.locked(place.lock, f"{plan.study.id} {place.name}"):
            publish.recover(place)
            before = (manifest.read_manifest(place.folder) or {}).get("languages", [])
            unchanged = not force and manifest.intact(place.folder, plan.key)
            if not unchanged:
                _make_or_keep_log(plan, timeout, workers, listen, root, started)
        if not unchanged or not (reports / "index.html").is_file():
            _rebuild_index(reports)
    except OSError as error:
        raise RunFailed(f"{plan.study.id} {place.name}: the system refused: {error}") from error
    return _result(plan, started, unchanged, [lang for lang in before if lang not in plan.langs])


def _check_out(reports: Path) -> None:
    """Refuse a reports root that is no folder or that nothing can be written to."""
    there = next((folder for folder in (reports, *reports.parents) if folder.exists()), reports)
    if not there.is_dir():
        raise ParameterError(f'--out: "{there}" is a file; name a folder for the reports')
    if not os.access(there, os.W_OK | os.X_OK):
        raise ParameterError(f'--out: nothing may be written into "{there}"; name another folder')


def _make_or_keep_log(
    plan: Plan, timeout: float, workers: int, listen: Listener, root: Path, started: float
) -> None:
    """Make and publish; whatever goes wrong, leave a log without personal data, and no staging folder."""
    from csat.run.guarding import guard_of

    try:
        _make(plan, timeout, workers, listen, root, started)
    except (RunFailed, OSError) as error:
        guard = guard_of(plan)
        message = str(error) if isinstance(error, RunFailed) else f"the system refused: {error}"
        message = guard.scrub(message)
        raise RunFailed(message, publish.keep_failure(plan.place, message, guard.scrub)) from error
    finally:
        shutil.rmtree(plan.place.staging, ignore_errors=True)


def _make(plan: Plan, timeout: float, workers: int, listen: Listener, root: Path, started: float) -> None:
    """Make everything in the staging folder and put it in place."""
    from csat.report.archive import build_wave_index
    from csat.report.gate import check_folder
    from csat.report.gate_privacy import check_privacy
    from csat.run.guarding import guard_of

    made = plan.place.staging / "made"
    made.mkdir(parents=True)
    jobs = [
        [_job(plan, book, lang, made, timeout, root) for book, lang in chain]
        for chain in chains(plan.notebooks, plan.langs, workers)
    ]
    outcomes = run_chains(jobs, workers, listen)
    failures = [str(outcome.failure) for outcome in outcomes if outcome.failure]
    if failures:
        raise RunFailed("\n".join(failures))
    names = [book.name for book in plan.notebooks]
    work = {lang: _work(plan, lang) for lang in plan.langs}
    rows = {lang: metrics.read_metrics(folder, names) for lang, folder in work.items()}
    metrics.write_metrics(metrics.same_in_all(rows), made)
    _keep_exports(work[plan.langs[0]], made)
    build_wave_index(made, plan.study, work, names, plan.key)
    findings = check_folder(made, plan.study, plan.langs)
    if findings:
        raise RunFailed("\n".join(["the quality gate found:", *(f"  {finding}" for finding in findings)]))
    manifest.write_manifest(made, _manifest(plan, outcomes, root, started))
    private = check_privacy(made, guard_of(plan))
    if private:
        raise RunFailed("\n".join(["the privacy gate found:", *(f"  {finding}" for finding in private)]))
    publish.publish(plan.place, made)


def _keep_exports(work: Path, made: Path) -> None:
    """Put the files that notebooks give away beside the pages; they are the same for every language."""
    from csat.report.results import EXPORTS

    if (work / EXPORTS).is_dir():
        shutil.copytree(work / EXPORTS, made / EXPORTS)


def _job(plan: Plan, book: Notebook, lang: str, made: Path, timeout: float, root: Path) -> Job:
    """One notebook in one language."""
    from csat.report.frame import published_name

    work = _work(plan, lang)
    hide = {str(work): "<out>", str(plan.place.staging): "<staging>", f"{root}/": "", str(root): "<project>"}
    hide[sys.prefix] = "<environment>"
    if plan.arguments["data"]:
        hide[plan.arguments["data"]] = plan.shown["data"]
    return Job(
        notebook=plan.folder / f"{book.name}.ipynb",
        lang=lang,
        parameters=plan.parameters(book, lang, work),
        shown=plan.shown_parameters(book, lang),
        cwd=plan.folder,
        work=work,
        executed=made / published_name(book.name, lang, plan.langs).replace(".html", ".ipynb"),
        hide=hide,
        timeout=timeout,
        render=partial(render_page, plan=plan, name=book.name, results=work / f"{book.name}.results.json"),
    )


def render_page(executed: Path, lang: str, plan: Plan, name: str, results: Path) -> None:
    """Write the page of an executed notebook beside it.

    Parameters
    ----------
    executed : Path
        The executed notebook.
    lang : str
        Its language.
    plan : Plan
        The run that it belongs to.
    name : str
        Name of the notebook.
    results : Path
        What it wrote at its end.
    """
    from csat.report.frame import published_name
    from csat.report.html import export_html

    books = [book.name for book in plan.notebooks]
    page = export_html(executed, plan.study, lang, results, books, plan.langs, plan.key)
    target = executed.with_name(published_name(name, lang, plan.langs))
    target.write_text(page, encoding="utf-8", newline="\n")


def _work(plan: Plan, lang: str) -> Path:
    """Working folder of one language."""
    return plan.place.staging / "work" / lang


def _manifest(plan: Plan, outcomes: Sequence[Outcome], root: Path, started: float) -> dict[str, Any]:
    """Content of the manifest but for the hashes of the published files."""
    notes = [*plan.notes, *_warnings(plan), *(note for outcome in outcomes for note in outcome.notes)]
    return {
        "format": 1,
        "key": plan.key,
        "study": plan.study.id,
        "wave": plan.wave,
        "segment": plan.segment,
        "languages": list(plan.langs),
        "n": plan.n,
        "source": plan.source,
        "simulated": plan.study.simulated,
        **plan.inputs,
        "commit": manifest.commit(root),
        "published": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(time.perf_counter() - started, 1),
        "notebooks_run": [
            {"notebook": one.name, "lang": one.lang, "seconds": round(one.seconds, 1)} for one in outcomes
        ],
        "warnings": list(dict.fromkeys(notes)),
    }


def _warnings(plan: Plan) -> list[str]:
    """Return what the notebooks warned of, in the first language."""
    found: list[str] = []
    for book in plan.notebooks:
        told = json.loads((_work(plan, plan.langs[0]) / f"{book.name}.results.json").read_text("utf-8"))
        found += [str(warning) for warning in told.get("warnings", ())]
    return found


def _rebuild_index(reports: Path) -> None:
    """List all studies and waves anew; one run at a time."""
    from csat.report.archive import build_reports_index

    with publish.locked(reports / LOCKS / "index.lock", "the index of reports", wait=True):
        build_reports_index(reports)


def _result(plan: Plan, started: float, skipped: bool, gone: Sequence[str]) -> RunResult:
    """Say what was done."""
    content = manifest.read_manifest(plan.place.folder) or {}
    names = {"en": "English", "zh": "Chinese"}
    removed = [
        f"the {names.get(lang, lang)} pages of this wave were removed (asked for: {', '.join(plan.langs)}); "
        "run without --lang to publish every language"
        for lang in gone
    ]
    return RunResult(
        study=plan.study.id,
        wave=plan.wave,
        segment=plan.segment,
        folder=plan.place.folder,
        key=plan.key,
        n=plan.n,
        skipped=skipped,
        seconds=time.perf_counter() - started,
        warnings=(*removed, *content.get("warnings", ())),
        revision=plan.revision,
        provisional=plan.provisional,
        late=plan.late,
    )
