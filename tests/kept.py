"""Worlds that take seconds to make, made once a test run on each engine and copied for each test."""

import copy
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from lms.core.db import Base

_KEPT: dict[tuple[str, str], tuple[Any, Any]] = {}


def kept(name: str, database: Any, make: Callable[[Any], Any]) -> Any:
    """Return `make(database)`, or the same rows copied into the empty database; `make` gives an object with `firm`."""
    engine = database.url.get_backend_name()
    take, give = WAYS[engine]
    if (engine, name) not in _KEPT:
        made = make(database)
        _KEPT[engine, name] = (take(database), made)
        return made
    rows, first = _KEPT[engine, name]
    give(database, rows)
    made = copy.copy(first)
    made.firm = copy.copy(made.firm)
    made.database = made.firm.database = database
    return made


def _take_file(database: Any) -> bytes:
    database.engine.dispose()
    path = Path(database.url.database)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


def _give_file(database: Any, rows: bytes) -> None:
    database.engine.dispose()
    path = Path(database.url.database)
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        each.unlink(missing_ok=True)
    path.write_bytes(rows)


def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]


def _open(database: Any) -> Any:
    return psycopg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False))


def _take_rows(database: Any) -> dict[str, bytes]:
    with _open(database) as connection, connection.cursor() as cursor:
        found = {}
        for name in _tables():
            with cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as copied:
                found[name] = b"".join(bytes(each) for each in copied)
        return found


def _give_rows(database: Any, rows: dict[str, bytes]) -> None:
    """Copy the rows in with the checks off that they have passed already, and let the sequences go on."""
    with _open(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for name, data in rows.items():
            with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT binary)') as copied:
                copied.write(data)
        for table in Base.metadata.sorted_tables:
            for column in table.primary_key:
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (f'"{table.name}"', column.name))
                if sequence := cursor.fetchone()[0]:
                    cursor.execute(
                        f'SELECT setval(%s, (SELECT max("{column.name}") FROM "{table.name}"))', (sequence,)
                    )


WAYS = {"sqlite": (_take_file, _give_file), "postgresql": (_take_rows, _give_rows)}
