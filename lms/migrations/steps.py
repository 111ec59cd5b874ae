"""Move a database up or down, whole or not at all.

On SQLite foreign keys are off while tables are rebuilt (else children are deleted by cascade) and every
reference is checked before the commit.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:  # a server whose database is up to date never loads it
    from alembic.config import Config
    from alembic.script import ScriptDirectory

HERE = Path(__file__).parent
LOCK = 7_719_205  # PostgreSQL: two servers that start at once must not migrate at once


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Move up to `revision`; one transaction."""
    if revision == "head" and current(engine) == newest():
        return
    from alembic import command  # noqa: PLC0415 - not needed where nothing is to be done

    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Move down to `revision`; one transaction."""
    from alembic import command  # noqa: PLC0415 - not needed where nothing is to be done

    _run(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    """Return the revision the database is at, None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def newest() -> str:
    """Return the newest step by the names of the files, which begin with their numbers; a test says so, too."""
    return max(path.name for path in (HERE / "versions").glob("[0-9]*.py")).partition("_")[0]


def head() -> str:
    """Return the newest revision this program knows."""
    found = _steps().get_current_head()
    if found is None:
        raise RuntimeError("there are no migrations")
    return found


def knows(revision: str) -> bool:
    """Whether this program has the step `revision`."""
    return revision in {step.revision for step in _steps().walk_revisions()}


def _steps() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - not needed where nothing is to be done

    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - not needed where nothing is to be done

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def _run(engine: Engine, act: "Callable[[Config], None]") -> None:
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _on_sqlite(connection, act)
            return
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        act(_config(connection))
        connection.commit()


def _on_sqlite(connection: Connection, act: "Callable[[Config], None]") -> None:
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    raw.execute("PRAGMA foreign_keys=OFF")  # only heeded outside a transaction
    try:
        act(_config(connection))
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would break references: {broken[:3]}")
        connection.commit()
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=ON")
