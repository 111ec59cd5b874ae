"""Writers of one process take turns on SQLite: they wait for each other, without polling and without refusal."""

import threading

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from lms.core.db import Database
from tests.factories import BY

THREADS, ROUNDS = 8, 10


@pytest.fixture
def impatient(tmp_path):
    """A SQLite database that refuses at once where two would write: only turns keep them apart."""
    database = Database(f"sqlite:///{tmp_path / 'turns.sqlite3'}")
    event.listen(database.engine, "connect", lambda it, _record: it.execute("PRAGMA busy_timeout=0"))
    with database.transaction(BY) as session:
        session.execute(text("CREATE TABLE tally (number INTEGER)"))
        session.execute(text("INSERT INTO tally VALUES (0)"))
    yield database
    database.dispose()


def add_one(database):
    with database.transaction(BY) as session:
        number = session.execute(text("SELECT number FROM tally")).scalar_one()
        session.execute(text("UPDATE tally SET number = :next"), {"next": number + 1})


def fail(database):
    with database.transaction(BY) as session:
        session.execute(text("UPDATE tally SET number = 7"))
        session.execute(text("INSERT INTO nowhere VALUES (1)"))


def test_writers_of_one_process_wait_for_their_turn(impatient):
    refused = []

    def write():
        try:
            for _ in range(ROUNDS):
                add_one(impatient)
        except OperationalError as error:
            refused.append(error)

    threads = [threading.Thread(target=write) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    with impatient.reading() as session:
        assert session.execute(text("SELECT number FROM tally")).scalar_one() == THREADS * ROUNDS


def test_who_fails_gives_the_turn_back(impatient):
    with pytest.raises(OperationalError, match="nowhere"):
        fail(impatient)
    add_one(impatient)
    with impatient.reading() as session:
        assert session.execute(text("SELECT number FROM tally")).scalar_one() == 1


def test_a_writer_of_another_process_is_still_kept_apart(impatient):
    other = Database(impatient.url)  # its own turns, as another process has
    event.listen(other.engine, "connect", lambda it, _record: it.execute("PRAGMA busy_timeout=0"))
    with impatient.transaction(BY) as session:
        session.execute(text("UPDATE tally SET number = 7"))
        with pytest.raises(OperationalError, match="locked"):
            add_one(other)
    add_one(other)
    other.dispose()
