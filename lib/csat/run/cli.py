"""The command line: ``csat run``, ``csat check`` and ``csat list``; other commands have modules of their own.

Exit codes: 0 everything asked for is published (or was already), 1 a run that failed, 2 wrong input or usage,
130 interrupted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from csat.run.cli_ingest import close, ingest, waves
from csat.run.cli_simulate import simulate
from csat.run.cli_study import export, new

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.run.checking import Remark
    from csat.run.pipeline import RunResult

FAILED, WRONG, INTERRUPTED = 1, 2, 130


class _Help(click.Command):
    """A command whose epilog keeps its line breaks."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they stand."""
        if self.epilog:
            formatter.write_paragraph()
            formatter.write(f"{self.epilog.strip()}\n")


class _RunHelp(_Help):
    """The same, with the parameters that ``--set`` knows."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the parameters as the notebooks declare them, then the examples."""
        from csat.errors import CsatError
        from csat.run.notebooks import SUITE, merged, parameters_of
        from csat.run.parameters import RESERVED
        from csat.study.project import project_root

        with suppress(CsatError, OSError):
            known = merged(parameters_of(SUITE, project_root() / "notebooks"))
            formatter.write("\nParameters for --set:\n")
            for name, parameter in known.items():
                if name not in RESERVED:
                    formatter.write(f"  {parameter.describe()}\n")
        super().format_epilog(ctx, formatter)


def _not_empty(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Refuse an empty text that was given, such as an unset variable in a crontab."""
    given = ctx.get_parameter_source(str(option.name)) is click.core.ParameterSource.COMMANDLINE
    if given and not value.strip():
        raise click.BadParameter("is empty; give a value or leave the option out (is a variable unset?)")
    return value


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="csat")
def main() -> None:
    """From survey to loyalty, every month.

    A study definition and its answers go in; three reports in every language of the study come out.
    """


@main.command(
    cls=_RunHelp,
    epilog="""Examples:
  csat run mobile_ecsi
  csat run mobile_ecsi --wave 2005 --set replicates=2000
  csat run ~/surveys/my_study --data october.xlsx --out ~/reports
  csat run my_study --segment region=North""",
)
@click.argument("study")
@click.option(
    "--wave", default="", callback=_not_empty, metavar="NAME", help="Wave to report; by default the latest."
)
@click.option(
    "--lang",
    "langs",
    multiple=True,
    metavar="en|zh",
    help="Language to publish; may be repeated; by default all languages of the study. Pages of this wave in "
    "other languages are removed.",
)
@click.option(
    "--data",
    default="",
    callback=_not_empty,
    metavar="PATH",
    help="File of answers in place of the study's own.",
)
@click.option(
    "--segment",
    default="",
    callback=_not_empty,
    metavar="NAME=VALUE",
    help="Only the respondents of one segment.",
)
@click.option(
    "--out",
    default="",
    callback=_not_empty,
    metavar="DIR",
    help="Reports root; by default reports/ of the project.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another parameter of the notebooks (see below), such as replicates=2000; may be repeated.",
)
@click.option(
    "--revision",
    default="",
    callback=_not_empty,
    metavar="N",
    help="Stored revision of the wave (see csat waves); by default the latest.",
)
@click.option("--force", is_flag=True, help="Make the reports even if nothing has changed.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="Longest that one cell may take.",
)
def run(
    study: str,
    wave: str,
    langs: tuple[str, ...],
    data: str,
    segment: str,
    out: str,
    settings: tuple[str, ...],
    revision: str,
    force: bool,
    timeout: float,
) -> None:
    """Make the reports of one wave and publish them, or publish nothing.

    STUDY is a name under studies/ or the path of a folder with a study.toml. Prints the path of the page
    to open first. A run whose input has not changed is skipped. A failed run leaves the published reports
    as they were, keeps its own log and says which cell failed and why.
    """
    from csat.run.pipeline import run_study
    from csat.run.progress import Progress

    progress = Progress()
    with told_plainly():
        try:
            result = run_study(
                study,
                wave=wave,
                langs=langs,
                data=data,
                segment=segment,
                out=out,
                settings=settings,
                revision=revision,
                force=force,
                timeout=timeout,
                listen=progress,
            )
        finally:
            progress.close()
    what = f"{result.study} {result.folder.name}"
    done = "unchanged, nothing to do" if result.skipped else f"published in {result.seconds:.1f} s"
    click.echo(f"{what}: {done} (n = {result.n}{_of_store(result)})", err=True)
    for warning in result.warnings:
        click.echo(f"  note: {warning}", err=True)
    click.echo(result.index)


@main.command(
    cls=_Help,
    epilog="""Examples:
  csat check mobile_ecsi
  csat check ~/surveys/my_study --data october.xlsx
  csat check my_study --strict

Exit codes:
  0  nothing that stops the fieldwork (with --strict: no open warning either)
  1  an error of wording or design (with --strict: or a warning) that the study does not acknowledge
  2  the study or its answers cannot be used""",
)
@click.argument("study")
@click.option(
    "--wave", default="", callback=_not_empty, metavar="NAME", help="Wave to check; by default the latest."
)
@click.option(
    "--data",
    default="",
    callback=_not_empty,
    metavar="PATH",
    help="File of answers in place of the study's own.",
)
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
def check(study: str, wave: str, data: str, strict: bool) -> None:
    """Check a study's definition and its answers, and list every mistake at once.

    STUDY is a name under studies/ or the path of a folder with a study.toml. Advice on the design, the flow
    of the questionnaire, the coverage of its concepts and the wording of its questions comes by severity:
    errors, warnings, notes. Wording that the study acknowledges with a reason never fails a check.
    """
    with told_plainly():
        _check(study, wave, data, strict)


@main.command(
    "list",
    cls=_Help,
    epilog="""Example:
  csat list""",
)
def list_() -> None:
    """List the studies under studies/ with their languages, waves and title."""
    with told_plainly():
        _list()


def _of_store(result: RunResult) -> str:
    """Which stored revision a report is made of; nothing where its answers come from a file."""
    if result.revision is None:
        return ""
    state = ", provisional" if result.provisional else ", late" if result.late else ""
    return f", revision {result.revision}{state}"


def _check(study: str, wave: str, data: str, strict: bool) -> None:
    """Load a study and its answers and say what was found."""
    from csat.data import load_answers
    from csat.data.problems import NoAnswers
    from csat.data.store.present import stored_waves
    from csat.run.checking import remarks, summaries
    from csat.study import load_study

    found = load_study(study)
    click.echo(
        f"{found.id}: {len(found.items)} items, {len(found.constructs)} constructs, "
        f"{len(found.paths)} paths, languages {', '.join(found.languages)}"
    )
    stored = bool(stored_waves(found))
    if found.data.kind == "none" and not data and not stored:
        click.echo("no answers yet: the study has no [data], and nothing is stored")
    else:
        try:
            _say_answers(load_answers(found, wave=wave, data=data))
        except NoAnswers as missing:  # the definition can be checked before the first answer
            if wave and wave not in {one.id for one in found.waves}:
                raise
            click.echo("no answers: " + "\n  ".join([*missing.problems, *missing.advice]))
    for line in summaries(found):
        click.echo(line)
    _say_remarks([one for one in remarks(found) if not (stored and one.rule == "no_data")], strict)


def _say_remarks(found: Sequence[Remark], strict: bool) -> None:
    """List what was found by severity, and end with the exit code that it calls for."""
    from csat.run.checking import SEVERITIES

    counts = {}
    for severity in SEVERITIES:
        mine = [one for one in found if one.severity == severity]
        open_ones = sum(not one.acknowledged for one in mine)
        counts[severity] = open_ones
        if mine:
            known = f", {len(mine) - open_ones} acknowledged" if open_ones < len(mine) else ""
            click.echo(f"{severity}s: {open_ones}{known}")
        for one in mine:
            click.echo(f"  {one}")
    if counts["error"] or (strict and counts["warning"]):
        sys.exit(FAILED)
    click.echo("no mistakes found")


def _say_answers(answers: Answers) -> None:
    """Say what was found about the answers."""
    from csat.data.privacy.left_out import left_out

    click.echo(f"wave {answers.wave}: {answers.n} respondents from {answers.source}")
    if unknown := left_out(answers.unknown_columns, answers.ledger):
        what = "column" if len(unknown) == 1 else "columns"
        click.echo(f"  {what} that the study does not know: {', '.join(unknown)}")
    for note in answers.notes:
        click.echo(f"  note: {note}")


def _list() -> None:
    """Print one line a study; a broken one says so and the rest still comes."""
    from csat.errors import CsatError
    from csat.study import list_studies, load_study

    names = list_studies()
    width = max((len(name) for name in names), default=0)
    for name in names:
        try:
            study = load_study(name)
        except CsatError as error:
            click.echo(f"{name:<{width}}  has mistakes: csat check {name} ({str(error).splitlines()[0]})")
            continue
        waves = ", ".join(wave.id for wave in study.waves) or "-"
        title = study.say(study.title)
        click.echo(f"{name:<{width}}  {'+'.join(study.languages):<5}  {waves:<16}  {title}")
    if not names:
        click.echo("no studies under studies/ yet: see docs/study-format.md")


@contextmanager
def told_plainly(interrupted: str = "interrupted, nothing published") -> Iterator[None]:
    """Turn an error that a user can put right into its message and the exit code that goes with it."""
    from csat.errors import CsatError
    from csat.run.errors import RunBusy, RunFailed

    # A scheduler that ends a run (SIGTERM) gets the same tidy end as a person at the keyboard.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except RunFailed as error:
        log = f"\nnothing was published; log: {error.log}" if error.log else ""
        click.echo(f"failed: {error}{log}", err=True)
        sys.exit(FAILED)
    except RunBusy as error:
        click.echo(str(error), err=True)
        sys.exit(FAILED)
    except CsatError as error:
        # A message may quote a cell, and the message lands in the log of a scheduler.
        from csat.report.private_text import scrubbed

        click.echo(scrubbed(str(error)), err=True)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        click.echo(interrupted, err=True)
        sys.exit(INTERRUPTED)


for _command in (ingest, waves, close, simulate, export, new):
    main.add_command(_command)


if __name__ == "__main__":
    main()
