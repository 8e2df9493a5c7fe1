"""The commands ``csat ingest``, ``csat waves`` and ``csat close``: answers of a wave, stored for good."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

FAILED = 1


@contextmanager
def _told_of_the_store() -> Iterator[None]:
    """Tell plainly what went wrong: 1 for a store that refuses, 2 for wrong input."""
    from csat.data.store.locking import Busy
    from csat.data.store.problems import StoreError
    from csat.run.cli import told_plainly

    with told_plainly("interrupted, nothing stored"):
        try:
            yield
        except (Busy, StoreError) as error:
            click.echo(f"failed: {error}", err=True)
            sys.exit(FAILED)


@click.command(
    epilog="""\b
Examples:
  csat ingest my_study october.csv --wave 2026-10
  csat ingest my_study october.sav --wave 2026-10 --off-scale missing
  csat ingest my_study --wave 2026-10 --final

\b
Exit codes:
  0  stored, or already stored from the same file and study
  1  the store could not be written to; it is as it was
  2  the study, the wave or the answers are wrong; nothing was stored""",
)
@click.argument("study")
@click.argument("file", default="", required=False)
@click.option("--wave", required=True, metavar="NAME", help="Wave that the answers are of.")
@click.option("--format", default="", metavar="NAME", help="Format of the file, where it is not recognised.")
@click.option(
    "--off-scale",
    type=click.Choice(["error", "missing"]),
    default=None,
    help="Answers off their scale: refuse the file, or set them missing; by default as the study says.",
)
@click.option(
    "--final/--provisional",
    default=False,
    help="Close the wave, or leave it open for more answers (the default).",
)
@click.option("--force", is_flag=True, help="Store a revision even if nothing has changed.")
def ingest(
    study: str, file: str, wave: str, format: str, off_scale: str | None, final: bool, force: bool
) -> None:
    """Read, check and weigh the answers of a wave, and store them as its next revision.

    STUDY is a name under studies/ or the path of a folder with a study.toml, FILE what the survey tool
    exported; it may be left out where the study's [data] says where the answers are. What is stored is never
    changed: another file for the same wave makes another revision. Prints the folder of the snapshot.
    """
    with _told_of_the_store():
        _ingest(study, file, wave, format, off_scale or "", final, force)


def _ingest(study: str, file: str, wave: str, format: str, off_scale: str, final: bool, force: bool) -> None:
    """Take a wave in and say what was done."""
    from csat.data.ingest import ingest as take_in
    from csat.data.waves.trend import comparability, undeclared_changes, waves_upto
    from csat.run.intake_words import summary
    from csat.study import load_study

    found = load_study(study)
    done = take_in(
        found,
        wave,
        file,
        format=format,
        off_scale=off_scale,
        provisional=not final,
        force=force,
        listen=lambda step: click.echo(f"{found.id} {wave}: {step} …", err=True),
    )
    for line in summary(done):
        click.echo(line)
    before = waves_upto(found, wave)[-2:]
    for line in undeclared_changes(comparability(found, before)):
        click.echo(f"  warning: {line}")
    click.echo(done.snapshot.folder)


@click.command(
    epilog="""\b
Examples:
  csat waves my_study
  csat waves my_study --verify
  csat waves my_study --close 2026-10""",
)
@click.argument("study")
@click.option("--verify", is_flag=True, help="Hash every stored file again; exit code 1 when one is damaged.")
@click.option("--close", "closing", default="", metavar="NAME", help="Close this wave first.")
def waves(study: str, verify: bool, closing: str) -> None:
    """List the stored waves of a study: every revision, its state, and where changed questions cut a trend.

    A wave is provisional until it is closed. A revision that came after the closing is listed as late.
    """
    with _told_of_the_store():
        if closing:
            _close(study, closing)
        _waves(study, verify)


@click.command(
    epilog="""\b
Example:
  csat close my_study --wave 2026-10""",
)
@click.argument("study")
@click.option("--wave", required=True, metavar="NAME", help="Wave to close.")
def close(study: str, wave: str) -> None:
    """Close a wave: its figures are no longer provisional.

    The closing is recorded once, with its time and the latest revision, and cannot be taken back. A file that
    comes in later is stored as a late revision.
    """
    with _told_of_the_store():
        _close(study, wave)


def _close(study: str, wave: str) -> None:
    """Close a wave and say so."""
    from csat.data.store.closing import close_wave
    from csat.data.store.place import place_of
    from csat.study import load_study

    found = load_study(study)
    closing, new = close_wave(place_of(found, found.wave(wave).id))
    what = "closed" if new else f"was already closed on {closing.closed[:10]}"
    click.echo(f"{found.id} {wave}: {what}, with revision {closing.revision}")


def _waves(study: str, verify: bool) -> None:
    """List what is stored, what is damaged, and what changed between waves."""
    from csat.data.waves.revisions import stored_table
    from csat.run.intake_words import listed
    from csat.study import load_study

    found = load_study(study)
    table = stored_table(found, verify)
    if table.empty:
        click.echo(f"{found.id}: nothing is stored yet: csat ingest {study} FILE --wave NAME")
        return
    for line in listed(table, verify):
        click.echo(line)
    problems = list(dict.fromkeys(table.loc[table["problem"] != "", "problem"]))
    for problem in problems:
        click.echo(f"damaged: {problem}", err=True)
    if problems:
        sys.exit(FAILED)
    _say_changes(study)


def _say_changes(study: str) -> None:
    """Say which questions changed between stored waves without a declared break."""
    from csat.data.store.present import stored_waves
    from csat.data.waves.trend import comparability, undeclared_changes
    from csat.data.waves.which import in_order
    from csat.study import load_study

    found = load_study(study)
    names = in_order(found, [w for w in stored_waves(found) if found.has_wave(w)])
    for line in undeclared_changes(comparability(found, names)):
        click.echo(f"warning: {line}")
