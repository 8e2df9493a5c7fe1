"""Which notebooks make a report, and in what order they can run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from csat.run.errors import ParameterError
from csat.run.parameters import Parameter, read_parameters


@dataclass(frozen=True)
class Notebook:
    """One notebook of the suite: its file name without ``.ipynb``, and the one whose results it reads."""

    name: str
    after: str = ""


SUITE = (
    Notebook("01_survey_design"),
    Notebook("02_measurement"),
    Notebook("03_loyalty", after="02_measurement"),
)


def parameters_of(notebooks: Sequence[Notebook], folder: Path) -> dict[str, dict[str, Parameter]]:
    """Read the parameters of every notebook.

    Parameters
    ----------
    notebooks : sequence of Notebook
        The suite.
    folder : Path
        Where their files are.

    Returns
    -------
    dict[str, dict[str, Parameter]]
        Notebook name -> parameter name -> parameter.

    Raises
    ------
    ParameterError
        If two notebooks declare one name with different types.
    """
    found = {book.name: read_parameters(folder / f"{book.name}.ipynb") for book in notebooks}
    types: dict[str, tuple[str, str]] = {}
    for book, parameters in found.items():
        for name, parameter in parameters.items():
            other, kind = types.setdefault(name, (book, parameter.type))
            if kind != parameter.type:
                raise ParameterError(f"parameter {name}: {kind} in {other}, {parameter.type} in {book}")
    return found


def merged(found: dict[str, dict[str, Parameter]]) -> dict[str, Parameter]:
    """Return the parameters of all notebooks together; the first declaration speaks for a shared one."""
    every: dict[str, Parameter] = {}
    for parameters in found.values():
        for name, parameter in parameters.items():
            every.setdefault(name, parameter)
    return every


def chains(
    notebooks: Sequence[Notebook], langs: Sequence[str], workers: int
) -> list[list[tuple[Notebook, str]]]:
    """Split the work into chains that may run at the same time.

    Parameters
    ----------
    notebooks : sequence of Notebook
        The suite, each after the one that it reads.
    langs : sequence of str
        Languages.
    workers : int
        How many chains can run at once.

    Returns
    -------
    list of list of (Notebook, str)
        With as many languages as workers one chain a language (fewest process starts);
        with fewer, a chain for each group of notebooks that depend on each other, longest first.
    """
    if len(langs) >= workers:
        return [[(book, lang) for book in notebooks] for lang in langs]
    groups: list[list[Notebook]] = []
    for book in notebooks:
        home = next((group for group in groups if book.after in [member.name for member in group]), None)
        if home is None:
            groups.append([book])
        else:
            home.append(book)
    groups.sort(key=len, reverse=True)
    return [[(book, lang) for book in group] for lang in langs for group in groups]
