"""The commands an operator lives by, on an installation of their own."""

import json
import shutil
import sqlite3

import pytest

from lms.app import open_database
from lms.cli import main
from lms.core.settings import load
from tests.conftest import SECRET
from tests.factories import make_cast

DEAD_JOB = """INSERT INTO job (id, kind, payload, key, state, run_at, tries, error)
VALUES ('00', 'mail', '{}', 'k', 'dead', '2026-01-01 00:00:00', 12, 'no')"""
ENVIRONMENT = {"LMS_SECRET_KEY": SECRET, "LMS_SMTP_URL": "smtp://127.0.0.1:9"}


@pytest.fixture(scope="module")
def initialised(tmp_path_factory):
    """An instance made by `lms init`, with the cast and a sealed log."""
    folder = tmp_path_factory.mktemp("initialised")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ENVIRONMENT, "LMS_INSTANCE": str(folder)}.items():
            patch.setenv(name, value)
        assert main(["init"]) == 0
        database = open_database(load())
        make_cast(database)
        database.dispose()
        assert main(["jobs", "run", "seal"]) == 0
    with sqlite3.connect(folder / "lms.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder


@pytest.fixture
def instance(initialised, tmp_path, monkeypatch, capsys):
    """A copy of it for one test; its database file."""
    for name, value in {**ENVIRONMENT, "LMS_INSTANCE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    for name in ("lms.sqlite3", "audit.key"):
        shutil.copy(initialised / name, tmp_path / name)
    capsys.readouterr()
    return tmp_path / "lms.sqlite3"


def test_a_sound_installation_needs_nothing(instance, capsys):
    assert main(["doctor"]) == 0
    assert "All is well." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE people_now SET employed = 0", "people"),
        ("UPDATE certification_standing SET state = 'certified'", "standings"),
        ("UPDATE audit_event SET actor = 'x' WHERE seq = 2", "log"),
        (DEAD_JOB, "jobs"),
        ("UPDATE alembic_version SET version_num = '0001'", "schema"),
    ],
)
def test_what_is_damaged_is_named_with_its_mend(instance, capsys, damage, check):
    with sqlite3.connect(instance) as connection:
        assert connection.execute(damage).rowcount
    connection.close()
    assert main(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert check in {each["check"] for each in found}
    assert all(each["mend"] for each in found)


def test_the_log_is_verified_against_a_checkpoint_kept_elsewhere(instance, capsys, tmp_path):
    assert main(["audit", "checkpoint"]) == 0
    anchor = tmp_path / "anchor.txt"
    anchor.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["audit", "verify", "--anchor", str(anchor)]) == 0
    with sqlite3.connect(instance) as connection:
        connection.execute("DELETE FROM audit_seal")
        connection.execute("DELETE FROM audit_checkpoint")
    connection.close()
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--anchor", str(anchor)]) == 1


def test_chores_are_listed_and_run_as_if_on_another_day(instance, capsys):
    assert main(["jobs", "list", "--json"]) == 0
    listed = {each["name"] for each in json.loads(capsys.readouterr().out)["chores"]}
    assert listed >= {"seal", "attempts", "people", "sweep"}
    assert main(["jobs", "run", "sweep", "--on", "2026-12-31"]) == 0


def test_a_worker_does_what_is_due_and_ends(instance):
    assert main(["worker", "--once"]) in {0}


def test_a_database_that_is_behind_is_told_in_words(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    assert main(["people", "list"]) == 2
    assert "lms db upgrade" in capsys.readouterr().err


def test_an_unknown_setting_is_refused_by_name(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LMS_COLOUR", "green")
    assert main(["doctor"]) == 2
    assert "LMS_COLOUR" in capsys.readouterr().err


def test_a_backup_restores_into_an_empty_database_and_nowhere_else(instance, capsys, tmp_path, monkeypatch):
    kept = tmp_path / "kept.zip"
    assert main(["backup", str(kept)]) == 0
    assert main(["backup", str(kept)]) == 1
    assert main(["restore", str(kept)]) == 1
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path / "other"))
    assert main(["restore", str(kept)]) == 0
    assert main(["audit", "verify"]) == 1, "another installation has another signing key"
    (tmp_path / "other" / "audit.key").write_text((tmp_path / "audit.key").read_text())
    assert main(["audit", "verify"]) == 0


def test_a_damaged_backup_is_refused_and_changes_nothing(instance, capsys, tmp_path, monkeypatch):
    kept = tmp_path / "kept.zip"
    assert main(["backup", str(kept)]) == 0
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 0xFF
    kept.write_bytes(bytes(data))
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path / "other"))
    assert main(["restore", str(kept)]) == 1
    assert main(["people", "list"]) == 2, "nothing was restored"
