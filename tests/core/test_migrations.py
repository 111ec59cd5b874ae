"""The database's history on both engines: it ends where the tables are, and every step can be taken back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from lms.app import open_database
from lms.core.backup import holds_anything
from lms.core.db import Base
from lms.migrations import steps
from tests.conftest import make_settings, new_postgres_database
from tests.content import publish_content
from tests.core.schema import described
from tests.factories import make_cast


@pytest.fixture
def bare(engine_kind, tmp_path):
    """A database that holds nothing, not even tables, of this test alone."""
    if engine_kind == "sqlite":
        database = open_database(make_settings(tmp_path, f"sqlite:///{tmp_path / 'bare.sqlite3'}"))
        yield database
        database.dispose()
        return
    with new_postgres_database() as url:
        database = open_database(make_settings(tmp_path, url))
        yield database
        database.dispose()


def test_upgrading_from_nothing_gives_exactly_the_tables_of_the_program(bare):
    steps.upgrade(bare.engine)
    assert steps.current(bare.engine) == steps.head()
    with bare.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    migrated = described(bare.engine)
    steps.downgrade(bare.engine, "base")
    assert described(bare.engine) == set()
    Base.metadata.create_all(bare.engine)
    made = described(bare.engine)
    assert migrated - made == set()
    assert made - migrated == set()


def test_every_step_can_be_taken_back_from_a_filled_database_and_taken_again(bare):
    steps.upgrade(bare.engine)
    before = described(bare.engine)
    make_cast(bare)
    publish_content(bare)
    assert holds_anything(bare.engine)
    while (stands := steps.current(bare.engine)) is not None:
        steps.downgrade(bare.engine, "-1")
        assert steps.current(bare.engine) != stands
    assert set(inspect(bare.engine).get_table_names()) <= {"alembic_version"}
    steps.upgrade(bare.engine)
    assert described(bare.engine) == before
    make_cast(bare)


def test_upgrading_twice_changes_nothing(bare):
    steps.upgrade(bare.engine)
    cast = make_cast(bare)
    before = described(bare.engine)
    steps.upgrade(bare.engine)
    assert described(bare.engine) == before
    with bare.reading() as session:
        assert cast.ana in set(session.scalars(Base.metadata.tables["people_person"].select()))
