"""Answers in a database: read by a query or from a table, without ever telling where the database is."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from csat.data.problems import DataError
from csat.data.table import RawTable
from csat.study.definition import DataSource
from csat.study.problems import listing, suggest

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Executable

FORMAT = "sql"
WAVE = re.compile(r"(?<![:\\\w]):wave\b")
"""Place of the wave in a query."""

_CHUNK = 10_000
_SECONDS_TO_CONNECT = 10
_EXACT = 10**15
_OTHER_COLON = re.compile(r"(?<![:\\\w]):(?=\w)(?!wave\b)")
_QUOTED = re.compile(r"'.*'|\".*\"|“.*”|«.*»")
_POSTGRES = ("postgres", "postgresql")


def origin(source: DataSource) -> str:
    """Where the answers are from, in words fit for a report: never the URL, only the name of its variable."""
    what = f"table {source.table}" if source.table else "query"
    return f"database named by {source.url_env}, {what}"


def tells_wave(source: DataSource) -> bool:
    """Whether the query chooses the rows of a wave."""
    return bool(WAVE.search(source.query))


def read_database(source: DataSource, wave: str = "") -> RawTable:
    """Read the answers that a query or a table gives.

    Parameters
    ----------
    source : DataSource
        With `url_env`, and either `query` or `table`.
    wave : str, optional
        What ``:wave`` in the query stands for.

    Returns
    -------
    RawTable
        Cells as text in the order of the rows; its hash is that of the names of the columns and of the cells,
        row by row, as JSON. A table is ordered by its primary key, where it has one.

    Raises
    ------
    DataError
        When the variable is not set, SQLAlchemy or a driver is not installed, the database cannot be reached,
        the query fails or gives nothing. No message holds the URL or a part of it.

    Notes
    -----
    Nothing is written: the transaction is read-only where the database knows such, and always rolled back.
    Errors of drivers name hosts, users and files, so they go no further than this module: an error raised
    here has no cause and no context that a traceback could show.
    """
    where = origin(source)
    url = _url(source)
    failure, table = "", None
    try:
        table = _read(source, url, wave)
    except DataError:
        raise
    except Exception as error:  # drivers raise errors of many kinds
        failure = _told(error, url)
    if table is None:
        raise DataError(failure, where)
    return table


def _url(source: DataSource) -> URL:
    """URL that the environment gives."""
    where = origin(source)
    try:
        from sqlalchemy import make_url
    except ImportError:
        raise DataError('databases are read through SQLAlchemy: pip install "csat[sql]"', where) from None
    given = os.environ.get(source.url_env, "").strip()
    if not given:
        wrong = f"the environment variable {source.url_env} is not set; let it hold the URL of the database"
        raise DataError(wrong, where)
    try:
        url = make_url(given)
    except Exception:  # the message would repeat the URL
        url = None
    if url is None:
        shape = "postgresql://HOST/DATABASE"
        raise DataError(f"the environment variable {source.url_env} holds no URL such as {shape}", where)
    if url.drivername in _POSTGRES:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and not _is_there(url):
        raise DataError("the file of the database does not exist", where)
    return url


def _is_there(url: URL) -> bool:
    """Whether the file of an SQLite database exists: to connect would make an empty one."""
    return not url.database or url.database.startswith(("file:", ":memory:")) or Path(url.database).is_file()


def _read(source: DataSource, url: URL, wave: str) -> RawTable:
    """Read in one transaction that is rolled back."""
    engine = _engine(url)
    notes: list[str] = []
    parameters: dict[str, str] = {}
    try:
        with engine.connect() as connection:
            _only_read(connection)
            if source.table:
                statement = _whole_table(connection, source, notes)
            else:
                statement, parameters = _query(source, wave)
            header, cells, digest = _cells(connection, statement, parameters)
            connection.rollback()
    finally:
        engine.dispose()
    if not len(cells):
        raise DataError("the database gives no rows", origin(source))
    doubled = tuple(dict.fromkeys(h for h in header if header.count(h) > 1))
    cells = cells.loc[:, ~cells.columns.duplicated()]
    return RawTable(cells, f"database {source.url_env}", digest, doubled, tuple(notes), FORMAT)


def _engine(url: URL) -> Engine:
    """Engine without a pool, which gives up soon where nobody answers."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    postgres = url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query
    arguments = {"connect_timeout": _SECONDS_TO_CONNECT} if postgres else {}
    return create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)


def _only_read(connection: Connection) -> None:
    """Make the transaction read-only where the database knows such."""
    from sqlalchemy import text

    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    elif dialect == "sqlite":
        connection.execute(text("PRAGMA query_only = ON"))
    elif dialect in ("mysql", "mariadb", "oracle"):
        connection.execute(text("SET TRANSACTION READ ONLY"))


def _query(source: DataSource, wave: str) -> tuple[Executable, dict[str, str]]:
    """Query with the wave bound; any other colon is the query's own."""
    from sqlalchemy import text

    statement = text(_OTHER_COLON.sub(r"\\:", source.query.strip().rstrip(";")))
    return statement, {"wave": wave} if tells_wave(source) else {}


def _whole_table(connection: Connection, source: DataSource, notes: list[str]) -> Executable:
    """Statement that takes all of a table, in the order of its primary key."""
    from sqlalchemy import column, inspect, literal_column, select, table

    schema, _, name = source.table.rpartition(".")
    inspector = inspect(connection)
    known = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    if name not in known:
        there = f"; there are: {listing(sorted(known))}" if known else ""
        wrong = f'there is no table "{source.table}"{suggest(name, known)}{there}'
        raise DataError(wrong, origin(source))
    key = inspector.get_pk_constraint(name, schema or None)["constrained_columns"]
    if not key:
        notes.append(f"table {source.table} has no primary key: its rows come in no certain order")
    whole = table(name, *(column(k) for k in key), schema=schema or None)
    return select(literal_column("*")).select_from(whole).order_by(*(whole.c[k] for k in key))


def _cells(
    connection: Connection, statement: Executable, parameters: dict[str, str]
) -> tuple[list[str], pd.DataFrame, str]:
    """Names of the columns, cells as text (index from 1), and the hash of both; rows come in chunks."""
    options = {"stream_results": True, "yield_per": _CHUNK}
    result = connection.execute(statement, parameters, execution_options=options)
    header = [str(key).strip() for key in result.keys()]  # noqa: SIM118 (not a dict)
    digest = hashlib.sha256(_line(header))
    chunks = []
    for rows in result.partitions():
        texts = [[_as_text(value) for value in row] for row in rows]
        for row in texts:
            digest.update(_line(row))
        chunks.append(pd.DataFrame(texts, columns=range(len(header)), dtype=str))
    cells = pd.concat(chunks, ignore_index=True) if chunks else pd.DataFrame(columns=range(len(header)))
    cells.columns = pd.Index(header)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    return header, cells, digest.hexdigest()


def _line(texts: list[str]) -> bytes:
    """One row as it is hashed."""
    return (
        json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
    )


def _as_text(value: Any) -> str:
    """Text of a value of any type that a database may give; whole numbers without a decimal point."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float() | Decimal():
            return _number(value)
        case datetime.timedelta():
            return _as_text(value.total_seconds())
        case bytes() | memoryview():
            return bytes(value).decode("utf-8", "replace").strip()
        case list() | tuple() | set():
            return ";".join(_as_text(v) for v in value)
        case dict():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value).strip()


def _number(value: float | Decimal) -> str:
    """Text of a number, empty where it is none."""
    if value != value:
        return ""
    whole = -_EXACT < value < _EXACT and value == int(value)
    return str(int(value)) if whole else str(value)


def _told(error: Exception, url: URL) -> str:
    """Say what went wrong, in words that give nothing of the URL away."""
    from sqlalchemy import exc

    if isinstance(error, exc.NoSuchModuleError):
        return f'no driver is known for databases of the kind "{url.get_backend_name()}"'
    if isinstance(error, ImportError):
        return f'the driver of the database is not installed ({error.name}): pip install "csat[sql]"'
    if isinstance(error, exc.DBAPIError) and error.statement is None:
        return "the database cannot be reached: check that it runs, and the URL with its user and password"
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    told = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    first = told.strip().splitlines()[0] if told.strip() else type(cause).__name__
    if not isinstance(error, exc.ProgrammingError | exc.OperationalError):
        first = _QUOTED.sub("…", first)  # such as the cell that is no number
    return f"the database cannot answer ({_without_secrets(first, url)})"


def _without_secrets(text: str, url: URL) -> str:
    """Text in which nothing of the URL is left."""
    for secret in sorted(set(_secrets(url)), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return text


def _secrets(url: URL) -> Iterator[str]:
    """Parts of a URL that must not be shown."""
    yield url.render_as_string(hide_password=False)
    yield url.render_as_string(hide_password=True)
    for part in (url.username, str(url.password or ""), url.host, url.database, str(url.port or "")):
        if part:
            yield str(part)
            yield Path(str(part)).name or str(part)
    for value in url.query.values():
        yield from (v for v in ([value] if isinstance(value, str) else value) if v)
