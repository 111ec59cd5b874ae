"""The product on a port of its own, unchanged, or the floors on the same server and database.

SQL statements are counted beside the product; `/-/counters` tells them, `/-/profile` the time by function.
Prints the port once it listens. Ends with its standard input.
"""

import argparse
import cProfile
import io
import json
import os
import pstats
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Column, MetaData, String, Table, Uuid, event, insert, select
from waitress import create_server

from lms.app import create_app, open_database
from lms.core.db import By, Database
from lms.core.memory import settle
from lms.core.settings import Settings
from lms.people.passwords import verify_password

FREE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
KEY = UUID(int=1)
rows_table = Table(
    "benchmark_row", MetaData(), Column("id", Uuid, primary_key=True), Column("text", String(40))
)


class Counting:
    """A WSGI application around another: counts statements, profiles on request, answers for both."""

    def __init__(self, inner: Application, database: Database, *, profiles: bool) -> None:
        self.inner, self.profile = inner, cProfile.Profile() if profiles else None
        self.statements, self.requests, self.lock = 0, 0, threading.Lock()
        self.alone = threading.Lock()
        event.listen(database.engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().upper().startswith(FREE):
            with self.lock:
                self.statements += 1

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer for itself, or let the application answer."""
        path = environ["PATH_INFO"]
        if path == "/-/counters":
            return _plain(start, json.dumps({"statements": self.statements, "requests": self.requests}))
        if path == "/-/profile":
            return _plain(start, self._profiled())
        with self.lock:
            self.requests += 1
        if self.profile is None:
            return self.inner(environ, start)
        with self.alone:  # a profile follows one thread at a time
            return [self.profile.runcall(lambda: b"".join(self.inner(environ, start)))]

    def _profiled(self) -> str:
        if self.profile is None or not self.requests:
            return "start with --profile\n"
        out = io.StringIO()
        stats = pstats.Stats(self.profile, stream=out)
        stats.sort_stats("tottime").print_stats(45)
        stats.sort_stats("cumulative").print_stats(90)
        self.profile, self.requests = cProfile.Profile(), 0
        return out.getvalue()


def _plain(start: Any, text: str) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode()]


def floors(database: Database) -> Flask:
    """Return what any Flask application on this database costs at least."""
    app = Flask("floors")
    rows_table.metadata.create_all(database.engine)
    with database.transaction(By("operator")) as session:
        if session.execute(select(rows_table).where(rows_table.c.id == KEY)).first() is None:
            session.execute(insert(rows_table).values(id=KEY, text="one"))

    @app.get("/empty")
    def empty() -> str:
        return "nothing"

    @app.get("/select")
    def one() -> str:
        with database.reading() as session:
            return str(session.execute(select(rows_table.c.text).where(rows_table.c.id == KEY)).scalar_one())

    @app.get("/insert")
    def add() -> str:
        with database.transaction(By("operator")) as session:
            session.execute(insert(rows_table).values(id=uuid4(), text="more"))
        return "added"

    @app.get("/hash")
    def hashed() -> str:
        return str(verify_password("", "nothing that anybody knows"))

    return app


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("product", "floors"))
    parser.add_argument("instance", type=Path)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    told = json.loads((options.instance / "bench.json").read_text(encoding="utf-8"))
    settings = Settings(instance=options.instance, database_url=told["url"], secret_key=told["secret"])
    database = open_database(settings)
    inner = create_app(settings, database) if options.what == "product" else floors(database)
    settle()
    app = Counting(inner, database, profiles=options.profile)
    server = create_server(app, host="127.0.0.1", port=0, threads=settings.threads, ident=None)
    print(server.effective_port, flush=True)
    threading.Thread(target=server.run, daemon=True).start()
    sys.stdin.read()
    os._exit(0)  # as a server ends that is told to stop at once: nothing here must be kept


if __name__ == "__main__":
    main()
