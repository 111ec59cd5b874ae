"""Count the SQL statements of a block: BEGIN, COMMIT and PRAGMA aside, an executemany as one."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

FREE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def counted(database) -> Iterator[list[str]]:
    """Collect the statements that reach the database while the block runs."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.lstrip().upper().startswith(FREE):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
