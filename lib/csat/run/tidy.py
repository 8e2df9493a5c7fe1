"""The executed notebook as a log to keep: no clock times, no paths of this machine, the same bytes always."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csat.run.status import INJECTED


def save_executed(
    nb: Any, target: Path, source: str, shown: Mapping[str, Any], hide: Mapping[str, str]
) -> None:
    """Write an executed notebook without what differs from run to run or tells of this machine.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook; it is not changed.
    target : Path
        File to write.
    source : str
        File name of the notebook that was executed.
    shown : mapping
        Parameters as the log shows them (file names instead of paths).
    hide : mapping
        Path of this machine -> what stands in its place, longest first wins.

    Notes
    -----
    Times are in the manifest. A published notebook can be executed again as it is: the parameters that are
    left out have defaults.
    """
    copy = json.loads(json.dumps(nb))
    copy["metadata"]["papermill"] = {"input_path": source, "parameters": dict(shown)}
    for cell in copy["cells"]:
        metadata = cell["metadata"]
        status = metadata.pop("papermill", {}).get("status")
        metadata.pop("execution", None)
        if status and cell["cell_type"] == "code":
            metadata["papermill"] = {"status": status}
        if INJECTED in metadata.get("tags", ()):
            cell["id"] = INJECTED
            cell["source"] = "\n".join(["# Parameters", *(f"{k} = {v!r}" for k, v in shown.items())])
    text = json.dumps(copy, ensure_ascii=False, indent=1, sort_keys=True)
    text = without_paths(text, {json.dumps(k, ensure_ascii=False)[1:-1]: v for k, v in hide.items()})
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text + "\n", encoding="utf-8")


def without_paths(text: str, hide: Mapping[str, str]) -> str:
    """Put what stands for them in the place of paths, the longest first."""
    for path in sorted(hide, key=len, reverse=True):
        text = text.replace(path, hide[path])
    return text
