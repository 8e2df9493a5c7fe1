"""A PostgreSQL server of the tests' own: on loopback, in a temporary folder, gone when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = "fsync=off", "shared_buffers=16MB", "max_connections=10", "listen_addresses=127.0.0.1"


def programs() -> Path | None:
    """Folder with initdb and pg_ctl; None where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((f for f in folders if (f / "initdb").is_file() and (f / "pg_ctl").is_file()), None)


def unprivileged() -> str | None:
    """User that the server runs as: it refuses to run as root. None for the user of the tests."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    """Port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """URL of a new server's database, without a scheme's driver: ``postgresql://survey@127.0.0.1:…/postgres``."""
    home = Path(tempfile.mkdtemp(prefix="csat-postgres-"))
    user = unprivileged()
    if user:
        shutil.chown(home, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(bin_folder / program), "-D", str(home / "data"), *arguments]
        # The output goes to a file: the server inherits it, and a pipe would never end.
        with (home.parent / f"{home.name}.log").open("ab") as log:
            subprocess.run(command, check=True, user=user, cwd="/", stdout=log, stderr=log, timeout=120)

    port = free_port()
    try:
        run("initdb", "-A", "trust", "-U", "survey", "-E", "UTF8", "--locale=C", "--no-sync")
        told = " ".join(f"-c {s}" for s in (*SETTINGS, f"port={port}", f"unix_socket_directories={home}"))
        run("pg_ctl", "-w", "-t", "60", "-o", told, "start")
        try:
            yield f"postgresql://survey@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
        (home.parent / f"{home.name}.log").unlink(missing_ok=True)
