"""Backups: one file that either kind of database can be restored from, checked row by row.

A backup is a zip of one JSON-lines file a table and a manifest with row counts and SHA-256 sums. It is
read in one snapshot while the system is in use. Because values are written by type, not as a driver
stores them, a backup of SQLite restores into PostgreSQL and the other way round.
"""

import base64
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from lms.core import installation  # noqa: F401 - its table belongs to a backup
from lms.core.db import Base, UtcDateTime

FORMAT = "chizheng-backup/1"
MANIFEST = "manifest.json"
BATCH = 2_000
LARGEST_ROW_BYTES = 64_000_000
# What reading a damaged or foreign archive may raise.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, TypeError, ValueError, AttributeError,
    NotImplementedError, RuntimeError,
)  # fmt: skip

Progress = Callable[[str, int], None]


class BackupError(Exception):
    """The backup cannot be made, read or restored; the text says why and what to do. Nothing was changed."""


@dataclass(frozen=True)
class Kind:
    """How values of one column type are written and read."""

    name: str
    type: Any
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


KINDS = (
    Kind("uuid", Uuid(), str, UUID),
    Kind("instant", UtcDateTime(), lambda value: value.isoformat(), datetime.fromisoformat),
    Kind("day", Date(), lambda value: value.isoformat(), date.fromisoformat),
    Kind("flag", Boolean(), bool, bool),
    Kind("number", BigInteger(), int, int),
    Kind("bytes", LargeBinary(), lambda value: base64.b64encode(value).decode(), base64.b64decode),
    Kind("text", Text(), str, str),
)
BY_NAME = {kind.name: kind for kind in KINDS}


def backup(engine: Engine, path: Path, revision: str, progress: Progress = lambda _name, _rows: None) -> int:
    """Write a backup of everything to `path` and read it again; return the number of rows.

    Raises BackupError when the file exists or does not read back as written.
    """
    if path.exists():
        raise BackupError(f"{path} exists already: name a new file.")
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            tables = _write_tables(engine, archive, progress)
            manifest = {"format": FORMAT, "revision": revision, "tables": tables}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        verify(part)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return sum(each["rows"] for each in tables)


def verify(path: Path) -> dict[str, Any]:
    """Read a backup from end to end and return its manifest.

    Raises BackupError where it differs from what its manifest says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest.get("format") != FORMAT:
                raise BackupError(f"{path} is not a backup of this product.")
            for each in manifest["tables"]:
                _verify_table(archive, each, path)
    except UNREADABLE as error:
        raise BackupError(f"{path} cannot be read as a backup: {error}") from error
    return manifest


def restore(
    engine: Engine,
    path: Path,
    prepare: Callable[[str], None],
    progress: Progress = lambda _name, _rows: None,
) -> int:
    """Fill an empty database from a backup, in one transaction; return the number of rows.

    `prepare` brings the tables to the backup's revision first. Raises BackupError for a database that holds
    anything, and for a damaged file.
    """
    manifest = verify(path)
    if holds_anything(engine):
        raise BackupError("The database is not empty. Restore into a new one, then point the settings at it.")
    prepare(manifest["revision"])
    try:
        with engine.begin() as connection, zipfile.ZipFile(path) as archive:
            _defer_references(connection)
            for each in manifest["tables"]:
                _restore_table(connection, archive, each)
                progress(each["name"], each["rows"])
            _advance_counters(connection, manifest["tables"])
    except IntegrityError as error:
        raise BackupError(f"{path} has rows that point nowhere or clash: nothing was restored.") from error
    return sum(each["rows"] for each in manifest["tables"])


def holds_anything(engine: Engine) -> bool:
    """Whether any table but the one that counts migrations has a row."""
    names = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
    with engine.connect() as connection:
        return any(
            connection.execute(select(literal(1)).select_from(Table(name, MetaData())).limit(1)).first()
            for name in names
        )


def _write_tables(engine: Engine, archive: zipfile.ZipFile, progress: Progress) -> list[dict[str, Any]]:
    options = {"sqlite_begin": "DEFERRED"}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}  # type: ignore[dict-item]
    with engine.connect().execution_options(**options) as connection:
        found = []
        for table in Base.metadata.sorted_tables:
            found.append(_write_table(connection, archive, table))
            progress(table.name, found[-1]["rows"])
        return found


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    kinds = [_kind_of(column) for column in table.columns]
    digest, rows = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
        for row in connection.execute(query):
            values = [
                None if value is None else kind.write(value) for kind, value in zip(kinds, row, strict=True)
            ]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            rows += 1
    columns = [
        {"name": column.name, "kind": kind.name} for column, kind in zip(table.columns, kinds, strict=True)
    ]
    return {"name": table.name, "columns": columns, "rows": rows, "sha256": digest.hexdigest()}


def _kind_of(column: Column[Any]) -> Kind:
    python = column.type.python_type
    if isinstance(column.type, UtcDateTime):
        return BY_NAME["instant"]
    names = {UUID: "uuid", date: "day", bool: "flag", int: "number", bytes: "bytes", str: "text"}
    return BY_NAME[names[python]]


def _verify_table(archive: zipfile.ZipFile, each: dict[str, Any], path: Path) -> None:
    digest, rows = hashlib.sha256(), 0
    for line in _lines(archive, each["name"]):
        digest.update(line)
        rows += 1
    if rows != each["rows"] or digest.hexdigest() != each["sha256"]:
        raise BackupError(f"{path} is damaged: table {each['name']} differs from its manifest.")


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(f"{name}.jsonl") as file:
        while line := file.readline(LARGEST_ROW_BYTES):
            yield line


def _restore_table(connection: Connection, archive: zipfile.ZipFile, each: dict[str, Any]) -> None:
    kinds = [BY_NAME[column["kind"]] for column in each["columns"]]
    names = [column["name"] for column in each["columns"]]
    table = Table(each["name"], MetaData(), *(Column(n, k.type) for n, k in zip(names, kinds, strict=True)))
    batch: list[dict[str, Any]] = []
    for line in _lines(archive, each["name"]):
        values = [None if v is None else k.read(v) for k, v in zip(kinds, json.loads(line), strict=True)]
        batch.append(dict(zip(names, values, strict=True)))
        if len(batch) >= BATCH:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)


def _defer_references(connection: Connection) -> None:
    # Rows of one table may refer to later ones of the same table; both engines check at the commit.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    else:
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def _advance_counters(connection: Connection, tables: list[dict[str, Any]]) -> None:
    if connection.dialect.name != "postgresql":
        return
    find = text(
        "SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND a.attnum > 0 "
        "AND NOT a.attisdropped AND c.relname = ANY(:names) "
        "AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL"
    )
    for table, column, sequence in connection.execute(
        find, {"names": [each["name"] for each in tables]}
    ).all():
        newest = f'SELECT setval(\'{sequence}\', COALESCE((SELECT max("{column}") FROM "{table}"), 1))'  # noqa: S608 # nosec B608
        connection.exec_driver_sql(newest)
