"""The command ``csat simulate``: answers to rehearse a study on before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  csat simulate my_study --n 400
  csat simulate my_study --n 400 --waves 2025-11..2026-10 --seed 1 --out rehearsal.csv
  csat run my_study --data SIMULATED_my_study_2026-10.csv""",
)
@click.argument("study")
@click.option("--n", type=int, default=None, metavar="N", help="Respondents a wave; by default as planned.")
@click.option(
    "--waves",
    default="",
    metavar="FIRST..LAST",
    help="Waves: a range of dates, or names with commas; by default those declared.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same answers.")
@click.option("--version", default="", metavar="NAME", help="Version asked; by default that of each wave.")
@click.option("--out", default="", metavar="FILE", help="File to write, .csv or .parquet.")
def simulate(study: str, n: int | None, waves: str, seed: int, version: str, out: str) -> None:
    """Write simulated answers, from the population that the study declares in [truth].

    STUDY is a name under studies/ or the path of a folder with a study.toml. The file says in its name and in
    every row that its answers are simulated, and so does every page that is made from it.
    """
    from csat.run.cli import told_plainly

    with told_plainly():
        _simulate(study, n, waves, seed, version, out)


def _simulate(study: str, n: int | None, waves: str, seed: int, version: str, out: str) -> None:
    """Simulate, write, and say what to do next."""
    from csat.errors import CsatError
    from csat.study import load_study
    from csat.study import simulate as room

    if seed < 0:
        raise CsatError(f"seed is {seed}; it must be 0 or more")
    found = load_study(study)
    names = room.waves_of(found, waves)
    frame = room.simulate(found, n, names, seed, version)
    path = room.write_answers(frame, Path(out).expanduser() if out else Path(room.default_name(found, names)))
    waves_told = "1 wave" if len(names) == 1 else f"{len(names)} waves"
    click.echo(f"{len(frame)} simulated answers, {waves_told}, {frame.shape[1]} columns", err=True)
    click.echo(f"next: csat run {study} --data {path}", err=True)
    click.echo(path)
