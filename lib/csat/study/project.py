"""Where the checkout is, whichever folder the work starts from."""

from __future__ import annotations

import os
from pathlib import Path

from csat.errors import CsatError


def project_root() -> Path:
    """Root of the checkout: the folder that holds ``pyproject.toml``, ``notebooks/`` and ``studies/``.

    Returns
    -------
    pathlib.Path
        The folder named by the environment variable ``CSAT_ROOT`` when that is set, else the nearest such
        folder from the current one upwards, else the nearest from the installed package upwards.

    Raises
    ------
    CsatError
        When ``CSAT_ROOT`` is not a folder, or nothing is found.
    """
    told = os.environ.get("CSAT_ROOT", "")
    if told:
        root = Path(told).expanduser().resolve()
        if not root.is_dir():
            raise CsatError(f'CSAT_ROOT is "{told}", which is not a folder; correct it or unset it')
        return root
    here = Path.cwd().resolve()
    package = Path(__file__).resolve()
    for folder in (here, *here.parents, *package.parents):
        if (folder / "pyproject.toml").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise CsatError(
        "cannot find the project: run csat inside its checkout, or set CSAT_ROOT to that folder "
        "(it holds pyproject.toml and notebooks/)"
    )
