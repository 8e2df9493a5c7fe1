"""Small notebooks made by tests: quick to run, and broken in any way that a test asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PARAMETERS = """\
study: str = ""  # the study
wave: str = ""  # the wave
lang: str = "en"  # the language
data: str = ""  # a file of answers
segment: str = ""  # name=value
out: str = ""  # working folder
replicates: int = 10  # bootstrap replicates; = speed
"""

HEADER = "study,wave,segment,notebook,metric,subject,estimate,ci_low,ci_high,n,method"

FINISH = """\
import json, pathlib
folder = pathlib.Path(out)
folder.mkdir(parents=True, exist_ok=True)
row = f"{{study}},{{wave}},{{segment}},{name},alpha,Image,{value},0.6,0.8,250,raw"
(folder / "{name}.metrics.csv").write_text("{header}\\n" + row + "\\n")
told = {{"done": True, "notebook": "{name}", "study": study, "lang": lang, "wave": wave, "segment": segment}}
told |= {{"n": 250, "rows": 1, "warnings": {warnings}, "fragments": {{}}}}
(folder / "{name}.results.json").write_text(json.dumps(told))
"""


def finish(name: str, value: str = "0.71", warnings: Sequence[str] = ()) -> str:
    """Last cell of a notebook that writes its results."""
    return FINISH.format(name=name, value=value, header=HEADER, warnings=list(warnings))


def write_notebook(folder: Path, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
    """Write a notebook: a parameter cell, then `cells` (those that begin with "# " or "## " are headings)."""
    import nbformat

    nb = nbformat.v4.new_notebook()
    first = nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]})
    nb.cells.append(first)
    for index, text in enumerate(cells):
        make = nbformat.v4.new_markdown_cell if text.startswith(("# ", "## ")) else nbformat.v4.new_code_cell
        nb.cells.append(make(text, id=f"cell-{index}"))
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nb.metadata["language_info"] = {"name": "python"}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    nbformat.write(nb, path)
    return path
