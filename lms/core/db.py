"""The database: engine, types, the one place where a transaction begins and ends.

SQLite is opened so that concurrent writers lose nothing: the driver's own BEGIN is switched off, writers
begin IMMEDIATE, readers DEFERRED, WAL with full synchronisation, foreign keys on. On PostgreSQL the same
code relies on row locks where something is counted. Source: docs/decisions/0002-storage.md.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    Engine,
    ForeignKey,
    MetaData,
    String,
    Table,
    Uuid,
    create_engine,
    event,
    insert,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, Connection, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from lms.core.events import Event

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 15_000
READ_ONCE = 5_000  # ids kept in memory a column
TURN = "turn"  # under which a connection keeps that it has the turn to write


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the driver stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive instant cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn what the driver returns into an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; every constraint has a name by the convention above."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - the mapper's own protocol


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """Return a CHECK that a text column holds a value of `kinds`."""
    values = ", ".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


def within(column: str) -> ForeignKey:
    """Return a reference to a row of the same table, which a restore may meet before its target."""
    return ForeignKey(column, deferrable=True, initially="IMMEDIATE")


class RepeatedUuid(Uuid[UUID]):
    """An id that many rows of an answer share: each is read once."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], UUID | None] | None:
        """Return what reads an id, None where the driver does."""
        read = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        return read and lru_cache(READ_ONCE)(read)


def read_once(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column of ids as lists of thousands of rows read it."""
    return type_coerce(column, RepeatedUuid())


ShortText = String(40)
IdText = String(120)


@dataclass(frozen=True)
class By:
    """On whose account a transaction acts; goes into every audit entry made in it.

    `actor` is a person's id, or "operator", "worker", "anonymous", "demonstration".
    """

    actor: str
    role: str | None = None
    scope: str | None = None
    credential: str = "none"
    request_id: str | None = None
    on_behalf_of: UUID | None = None


Reaction = Callable[[Session, Any], None]
Reactions = Mapping[type[Event], tuple[Reaction, ...]]


class Database:
    """One engine and the reactions that every session opened here carries.

    Sessions from `transaction()` commit when the block ends well and roll back otherwise; sessions from
    `reading()` never commit. What is put into `kept` (caches of immutable things) every session carries.
    """

    def __init__(self, url: str | URL, reactions: Reactions | None = None, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.engine = make_engine(self.url, pool_size)
        self.readers = self.engine.execution_options(sqlite_begin="DEFERRED")
        self.reactions = reactions
        self.kept: dict[str, object] = {}

    @contextmanager
    def transaction(self, by: By, now: datetime | None = None) -> Iterator[Session]:
        """Open a writing transaction; `now` freezes the instant at which its events are recorded."""
        with self._session(self.engine, by, now) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self, by: By | None = None) -> Iterator[Session]:
        """Open a session that only reads."""
        with self._session(self.readers, by or By("reader"), None) as session:
            yield session
            session.rollback()

    @contextmanager
    def _session(self, engine: Engine, by: By, now: datetime | None) -> Iterator[Session]:
        info = {"by": by, "reactions": self.reactions, "now": now, **self.kept}
        with Session(engine, expire_on_commit=False, info=info) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def make_engine(url: URL, pool_size: int = 10) -> Engine:
    """Open an engine as this product needs it, for SQLite or PostgreSQL.

    Raises ValueError for any other kind of database.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=pool_size, max_overflow=20, pool_timeout=20)
        event.listen(engine, "connect", _prepare_sqlite)
        turns = Turns()
        event.listen(engine, "begin", turns.begin)
        event.listen(engine, "checkin", turns.end)
        return engine
    if url.get_backend_name() == "postgresql":
        options = "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=20000"
        options += " -c idle_in_transaction_session_timeout=60000"
        url = url.set(drivername="postgresql+psycopg")
        return create_engine(
            url, pool_size=pool_size, max_overflow=10, pool_timeout=20, pool_pre_ping=False,
            pool_recycle=1800, connect_args={"options": options},
        )  # fmt: skip
    raise ValueError(f"{url.get_backend_name()} is not supported: use SQLite or PostgreSQL")


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN loses updates; ours is emitted below
    cursor = connection.cursor()
    pragmas = (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL")
    for pragma in (*pragmas, "temp_store=MEMORY", "cache_size=-2000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Turns:
    """Writers of this process wait for each other here, woken at once; SQLite lets them poll and starve.

    Writers of other processes still wait by SQLite's own lock, which is what keeps them apart.
    """

    def __init__(self) -> None:
        self._free = threading.Lock()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction; a writing one once no other of this process is open."""
        kind = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        if kind == "IMMEDIATE" and TURN not in connection.info:
            # Whoever has waited this long is told by SQLite that the database is locked.
            connection.info[TURN] = self._free.acquire(timeout=BUSY_MS / 1000)
        connection.exec_driver_sql(f"BEGIN {kind}")

    def end(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """Let the next one write, now that this connection is back in the pool."""
        if record.info.pop(TURN, False):
            self._free.release()


def insert_new(
    session: Session, table: type[Base], values: Mapping[str, Any], unique: tuple[str, ...] = ()
) -> bool:
    """Insert a row unless one with the same `unique` columns exists; return whether it was inserted.

    Without `unique` a conflict with any unique index of the table counts.
    """
    session.flush()
    statement = _insert_new(cast(Table, table.__table__), unique, session.get_bind().dialect.name)
    # The row count of an insert is not told by every driver; the returned key is.
    return session.connection().execute(statement, dict(values)).first() is not None


def upsert(session: Session, table: type[Base], values: Mapping[str, Any], unique: tuple[str, ...]) -> None:
    """Insert a row, or overwrite the other columns of the one with the same `unique` columns.

    Only for caches and preferences: facts are added, never overwritten.
    """
    session.flush()
    others = tuple(name for name in values if name not in unique)
    statement = _upsert(cast(Table, table.__table__), unique, others, session.get_bind().dialect.name)
    session.connection().execute(statement, dict(values))


def upsert_rows(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], unique: tuple[str, ...]
) -> None:
    """Upsert many rows with the same columns, in one statement; for caches, as `upsert`."""
    session.flush()
    others = tuple(name for name in rows[0] if name not in unique)
    statement = _upsert(cast(Table, table.__table__), unique, others, session.get_bind().dialect.name)
    session.connection().execute(statement, [dict(row) for row in rows])


# These are executed so often that building them anew would be half their cost.
@cache
def _insert_new(table: Table, unique: tuple[str, ...], dialect: str) -> Any:
    statement = insert_for(dialect, table).on_conflict_do_nothing(index_elements=list(unique) or None)
    return statement.returning(next(iter(table.primary_key)))


@cache
def _insert_rows(table: Table) -> Any:
    return insert(table)


@cache
def _upsert(table: Table, unique: tuple[str, ...], others: tuple[str, ...], dialect: str) -> Any:
    statement = insert_for(dialect, table)
    values = {name: getattr(statement.excluded, name) for name in others}
    return statement.on_conflict_do_update(index_elements=list(unique), set_=values)


def has_row_locks(session: Session) -> bool:
    """Whether rows can be locked here; on SQLite a writing transaction has the whole database to itself."""
    return session.get_bind().dialect.name != "sqlite"


def insert_for(dialect: str, table: Any) -> Any:
    """Return an INSERT in the words of a database."""
    return (sqlite_insert if dialect == "sqlite" else postgresql_insert)(table)


def changed(result: Any) -> int:
    """Return how many rows a guarded UPDATE met."""
    return int(result.rowcount)


def insert_into(session: Session, table: type[Base]) -> Any:
    """Return an INSERT that can say what to do on a conflict, in the words of this session's database."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of one table in one statement.

    Into the plain table: the mapper would part rows with NULLs from the others, a statement each.
    """
    session.execute(_insert_rows(cast(Table, table.__table__)), list(rows))
