"""The commands ``csat export`` and ``csat new``: a questionnaire for other tools, a study to begin with."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  csat export my_study xlsform
  csat export my_study surveyjs paper --version core --lang zh --out forms
  csat export my_study all

\b
Targets:
  xlsform     workbook for ODK, KoboToolbox and SurveyCTO
  surveyjs    JSON for SurveyJS
  limesurvey  tab-separated survey for LimeSurvey
  qualtrics   advanced text for Qualtrics, with a checklist of the logic to add
  wjx         text to paste into 问卷星
  redcap      data dictionary for REDCap
  ddi         DDI-Codebook 2.6
  paper       form to print
  codebook    codebook to read""",
)
@click.argument("study")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--version", default="", metavar="NAME", help="Version of the questionnaire, else the first.")
@click.option(
    "--lang",
    "langs",
    multiple=True,
    metavar="en|zh",
    help="Language; may be repeated, the first is shown first; by default all languages of the study.",
)
@click.option("--out", default="", metavar="DIR", help="Folder of the files; by default the current one.")
def export(study: str, targets: tuple[str, ...], version: str, langs: tuple[str, ...], out: str) -> None:
    """Write a questionnaire in the formats of survey tools.

    STUDY is a name under studies/ or the path of a folder with a study.toml. Prints the files, and what each
    tool cannot carry.
    """
    from csat.run.cli import told_plainly

    with told_plainly():
        _export(study, targets, version, langs, Path(out).expanduser())


def _export(study: str, targets: tuple[str, ...], version: str, langs: tuple[str, ...], folder: Path) -> None:
    """Write every target and say what was lost."""
    from csat.errors import CsatError
    from csat.study import load_study
    from csat.study.export import TARGETS, export

    found = load_study(study)
    chosen = tuple(TARGETS) if targets == ("all",) else tuple(dict.fromkeys(targets))
    for target in chosen:
        try:
            made = export(found, target, folder, version, langs or None)
        except OSError as error:
            raise CsatError(f"cannot write into {folder}: {error.strerror or error}") from error
        for lost in made.cannot_carry:
            click.echo(f"  {target} cannot carry: {lost}", err=True)
        for path in made.files:
            click.echo(path)


@click.command(
    epilog="""\b
Example:
  csat new my_study && csat check my_study""",
)
@click.argument("name")
@click.option("--out", default="", metavar="DIR", help="Folder to make it in; by default studies/.")
def new(name: str, out: str) -> None:
    """Make a study to begin with: small, commented, in English and Chinese.

    NAME is that of the new folder. The study passes csat check as it stands; change it question by question.
    """
    from csat.run.cli import told_plainly
    from csat.study import project_root
    from csat.study.template import write_template

    with told_plainly():
        folder = write_template(name, Path(out).expanduser() if out else project_root() / "studies")
    click.echo(folder)
