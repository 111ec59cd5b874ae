"""Backups: what goes in comes out, on either engine; nothing half, nothing damaged, nothing over something."""

import hashlib
import json
import zipfile

import pytest
from sqlalchemy import select

from lms.app import open_database
from lms.commands.restore import make_tables
from lms.core.backup import BackupError, backup, holds_anything, restore, verify
from lms.core.db import Base
from lms.migrations import steps
from tests.certification.loop import Firm
from tests.conftest import make_settings, new_postgres_database
from tests.factories import BY, make_cast, make_unit


@pytest.fixture
def filled(database):
    """A firm with people, texts, a certificate and a sealed log."""
    firm = Firm(database)
    person = firm.hire("gina", "2025-02-03")
    firm.onboard(person, "2025-02-10")
    firm.seal("2025-02-11")
    make_cast(database)
    return database


@pytest.fixture
def elsewhere(engine_kind, tmp_path):
    """A database of the other engine, without tables."""
    if engine_kind == "postgres":
        database = open_database(make_settings(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite3'}"))
        yield database
        database.dispose()
        return
    with new_postgres_database() as url:
        database = open_database(make_settings(tmp_path, url))
        yield database
        database.dispose()


@pytest.fixture
def third(tmp_path):
    """A SQLite database without tables."""
    database = open_database(make_settings(tmp_path, f"sqlite:///{tmp_path / 'third.sqlite3'}"))
    yield database
    database.dispose()


def rows_of(database):
    """Everything a database holds, table by table."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def save(database, path, progress=lambda _table, _rows: None):
    return backup(database.engine, path, steps.head(), progress)


def load(database, path):
    return restore(database.engine, path, lambda revision: make_tables(database.engine, revision))


def test_a_backup_of_one_engine_restores_into_the_other_and_back(filled, elsewhere, third, tmp_path):
    before = rows_of(filled)
    written = save(filled, tmp_path / "one.zip")
    assert written == sum(map(len, before.values()))
    assert load(elsewhere, tmp_path / "one.zip") == written
    assert rows_of(elsewhere) == before
    save(elsewhere, tmp_path / "two.zip")
    assert load(third, tmp_path / "two.zip") == written
    assert rows_of(third) == before
    assert verify(tmp_path / "one.zip") == verify(tmp_path / "two.zip")


def test_work_goes_on_in_a_restored_database(filled, elsewhere, tmp_path):
    save(filled, tmp_path / "one.zip")
    load(elsewhere, tmp_path / "one.zip")
    with elsewhere.transaction(BY) as session:
        make_unit(session, "added")
    with elsewhere.reading() as session:
        seqs = list(session.scalars(select(Base.metadata.tables["audit_event"].c.seq)))
    assert len(seqs) == len(set(seqs)) == len(rows_of(filled)["audit_event"]) + 1


def test_a_backup_is_one_moment_although_others_write_meanwhile(filled, elsewhere, tmp_path):
    before = rows_of(filled)
    written = []

    def write_between(table, _rows):
        with filled.transaction(BY) as session:
            written.append(make_unit(session, f"u{len(written)}"))

    save(filled, tmp_path / "one.zip", write_between)
    assert len(written) == len(Base.metadata.sorted_tables)
    load(elsewhere, tmp_path / "one.zip")
    assert rows_of(elsewhere) == before


def test_a_database_that_holds_anything_is_left_alone(filled, elsewhere, tmp_path):
    save(filled, tmp_path / "one.zip")
    steps.upgrade(elsewhere.engine)
    with elsewhere.transaction(BY) as session:
        make_unit(session, "mine")
    before = rows_of(elsewhere)
    with pytest.raises(BackupError, match="not empty"):
        load(elsewhere, tmp_path / "one.zip")
    assert rows_of(elsewhere) == before


def test_tables_without_a_row_are_no_hindrance(filled, elsewhere, tmp_path):
    save(filled, tmp_path / "one.zip")
    steps.upgrade(elsewhere.engine)
    load(elsewhere, tmp_path / "one.zip")
    assert rows_of(elsewhere) == rows_of(filled)


def test_a_file_that_exists_is_not_overwritten(filled, tmp_path):
    (tmp_path / "one.zip").write_bytes(b"mine")
    with pytest.raises(BackupError, match="exists"):
        save(filled, tmp_path / "one.zip")
    assert (tmp_path / "one.zip").read_bytes() == b"mine"


def test_a_damaged_file_is_refused_and_changes_nothing(filled, third, tmp_path):
    good = tmp_path / "one.zip"
    save(filled, good)
    data = good.read_bytes()
    middle = data.index(b"people_person.jsonl") + 40
    files = {
        "cut": data[: len(data) // 2],
        "bit": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "text": b"no archive at all",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    rewrite(good, tmp_path / "row", "people_identity", lambda lines: lines[1:])
    with zipfile.ZipFile(tmp_path / "other", "w") as archive:
        archive.writestr("manifest.json", "[]")
    for name in (*files, "row", "other", "absent"):
        with pytest.raises(BackupError):
            load(third, tmp_path / name)
    assert steps.current(third.engine) is None


def test_rows_that_point_nowhere_are_refused_and_none_stays(filled, elsewhere, tmp_path):
    good, bad = tmp_path / "one.zip", tmp_path / "bad.zip"
    save(filled, good)
    rewrite(good, bad, "people_unit", lambda lines: lines[1:], mend=True)
    with pytest.raises(BackupError, match="point nowhere"):
        load(elsewhere, bad)
    assert not holds_anything(elsewhere.engine)


def test_a_backup_of_a_newer_program_is_refused(filled, third, tmp_path):
    backup(filled.engine, tmp_path / "one.zip", "9999")
    with pytest.raises(BackupError, match="newer"):
        load(third, tmp_path / "one.zip")


def rewrite(good, bad, name, edit, *, mend=False):
    """Copy a backup with the lines of one table edited; `mend` makes the manifest agree."""
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        files = {each: old.read(each) for each in old.namelist()}
        lines = edit(files[f"{name}.jsonl"].splitlines(keepends=True))
        files[f"{name}.jsonl"] = data = b"".join(lines)
        if mend:
            manifest = json.loads(files["manifest.json"])
            entry = next(each for each in manifest["tables"] if each["name"] == name)
            entry |= {"rows": len(lines), "sha256": hashlib.sha256(data).hexdigest()}
            files["manifest.json"] = json.dumps(manifest).encode()
        for each, content in files.items():
            new.writestr(each, content)
