"""Execute the notebooks and keep the output of their key-numbers cells alone; run it when numbers change.

python tests/notebooks/refresh_key_numbers.py [NAME ...]
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from csat.run.kernel import execute
from csat.run.notebooks import SUITE

FOLDER = Path(__file__).parents[2] / "notebooks"
TAG = "nbval-check-output"


def refresh(name: str, out: str) -> None:
    """Execute one notebook with its defaults and write it back stripped of all but the checked outputs."""
    path = FOLDER / f"{name}.ipynb"
    done = execute(path, {"out": out}, FOLDER, 900)
    if done.error is not None:
        sys.exit(f"{name}: {done.error}")
    executed = {cell["id"]: cell for cell in done.nb.cells}
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            checked = TAG in cell["metadata"].get("tags", [])
            cell["outputs"] = json.loads(json.dumps(executed[cell["id"]]["outputs"])) if checked else []
            cell["execution_count"] = 1 if checked else None
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        for book in sys.argv[1:] or [book.name for book in SUITE]:
            refresh(book, work)
            print(book)
