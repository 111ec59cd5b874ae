"""Databases, applications and the fixed cast: Ana learns, Bruno manages her, Carla is HR, Dario is a stranger."""

import os
import secrets
import socket
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from lms.app import create_app, open_database
from lms.core import installation  # noqa: F401 - its table is emptied, too
from lms.core.db import Base
from lms.core.settings import Settings
from lms.migrations import steps
from tests.content import publish_content
from tests.factories import make_cast

REQUIRED = {name for name in os.environ.get("LMS_REQUIRE", "").split(",") if name}
POSTGRES = os.environ.get("LMS_TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/postgres")
SECRET = "tests-only-Zk3wq8Vt5Lx0Rb7Yp2Hn6Ms9Dc4Fg1"


def missing(what: str, why: str) -> None:
    """Skip a test that needs what this machine lacks, or fail it where that was required."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required here (LMS_REQUIRE) but {why}")
    pytest.skip(f"needs {what}: {why}")


def pytest_addoption(parser):
    parser.addoption("--db", default="sqlite,postgres", help="the engines to test on")


def pytest_generate_tests(metafunc):
    if "engine_kind" in metafunc.fixturenames:
        kinds = metafunc.config.getoption("--db").split(",")
        # A page is the same whatever engine is beneath it; over HTTP and below, everything is tried on both.
        kinds = kinds[:1] if "browser" in metafunc.fixturenames else kinds
        metafunc.parametrize("engine_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def postgres_url():
    """A database of this test process's own on a real server, removed at the end."""
    with new_postgres_database() as url:
        yield url


@contextmanager
def new_postgres_database():
    """Make a database that holds nothing, and remove it at the end."""
    admin = make_url(POSTGRES)
    name = f"chizheng_test_{os.getpid()}_{secrets.token_hex(3)}"
    try:
        connection = psycopg.connect(_dsn(admin), autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        missing("postgres", f"no server answers: {str(error).splitlines()[0]}")
    with connection:
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    yield admin.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(_dsn(admin), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _dsn(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory):
    """A SQLite file with all tables and no rows, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    database = open_database(make_settings(path.parent, f"sqlite:///{path}"))
    steps.upgrade(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    database.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def empty_postgres(postgres_url, tmp_path_factory):
    database = open_database(make_settings(tmp_path_factory.mktemp("pg"), postgres_url))
    steps.upgrade(database.engine)
    database.dispose()
    return postgres_url


def make_settings(instance: Path, url: str = "", **more) -> Settings:
    values = {"database_url": url, "secret_key": SECRET, "log_level": "ERROR", "threads": 4, **more}
    return Settings(instance=instance, **values)


@pytest.fixture
def settings(engine_kind, request, tmp_path):
    """Settings for an empty database on each engine in turn."""
    if engine_kind == "sqlite":
        path = tmp_path / "lms.sqlite3"
        path.write_bytes(request.getfixturevalue("empty_sqlite").read_bytes())
        yield make_settings(tmp_path, f"sqlite:///{path}")
        return
    url = request.getfixturevalue("empty_postgres")
    yield make_settings(tmp_path, url)
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture
def database(settings):
    """An empty database with all tables, on each engine in turn."""
    opened = open_database(settings)
    yield opened
    opened.dispose()


@pytest.fixture
def app(settings, database):
    return create_app(settings, database)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def cast(database):
    """The fixed cast, in a database that was empty."""
    return make_cast(database)


@pytest.fixture
def content(database):
    """The snapshot of the real texts, published into a database that held none."""
    return publish_content(database)


@pytest.fixture(autouse=True)
def closed_network(monkeypatch):
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def only_here(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
