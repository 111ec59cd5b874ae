"""One world for all these tests: what they do to it is undone, so that it is made once on each engine."""

from types import SimpleNamespace

import pytest

from lms.app import create_app, open_database
from lms.migrations import steps
from lms.web import limits
from tests.conftest import make_settings, new_postgres_database
from tests.security.world import dry, make_world


@pytest.fixture(autouse=True)
def unlimited(monkeypatch):
    """Let one address ask as often as it likes; the limits have tests of their own."""
    monkeypatch.setattr(limits._limiter, "enabled", False)


@pytest.fixture(scope="session")
def standing(engine_kind, request, tmp_path_factory):
    """A database of these tests' own, with the world in it and an application that keeps nothing."""
    folder = tmp_path_factory.mktemp("security")
    if engine_kind == "sqlite":
        path = folder / "lms.sqlite3"
        path.write_bytes(request.getfixturevalue("empty_sqlite").read_bytes())
        yield from stand(make_settings(folder, f"sqlite:///{path}"))
        return
    with new_postgres_database() as url:
        settings = make_settings(folder, url)
        database = open_database(settings)
        steps.upgrade(database.engine)
        database.dispose()
        yield from stand(settings)


def stand(settings):
    database = open_database(settings)
    world = make_world(database)
    yield SimpleNamespace(database=database, world=world, app=create_app(settings, dry(database)))
    database.dispose()


@pytest.fixture
def dry_app(standing):
    """An application that does everything and keeps nothing: requests cannot disturb each other."""
    return standing.app


@pytest.fixture
def world(standing):
    return standing.world


@pytest.fixture
def own_world(database):
    """A world for a test that changes it."""
    return make_world(database)
