"""The doctor: every fault planted is named, with what to do about it, in both languages."""

import json
import os
import shutil
import sqlite3
from collections import namedtuple
from datetime import timedelta

import pytest

from lms.app import open_database
from lms.cli import main
from lms.commands import doctor_checks
from lms.commands.doctor_checks import CHECKS
from lms.core import clock
from lms.core.settings import load
from tests.commands.test_operations import initialised, instance

__all__ = ["initialised", "instance"]
JOB = """INSERT INTO job (id, kind, payload, key, state, run_at, tries, error)
VALUES ('00', 'mail', '{}', 'k', 'waiting', '2026-01-01 00:00:00', 0, '')"""
ATTEMPT = """INSERT INTO quiz_attempt
(id, person_id, quiz_kind, quiz_id, run_id, number, version_id, seed, paper, items, started_at, deadline_at,
 extra_minutes, state, saves, last_seq, device, other_device, started_event_id)
SELECT '{n}' || substr(hex(zeroblob(16)), 2),
 person_id, 'quiz', 'client-confidentiality', '', {n}, (SELECT min(id) FROM content_version), '', '',
 0, '2099-01-01 00:00:00', '2099-01-01 01:00:00', 0, 'in_progress', 0, 0, '', '', (SELECT min(id) FROM audit_event)
FROM people_identity WHERE username = 'ana'"""
FAULTS = [
    ("roles", "INSERT INTO people_role_now SELECT person_id, 'hr' FROM people_identity WHERE username = 'dario'"),
    ("roles", "DELETE FROM people_role_now WHERE role = 'auditor'"),
    ("people", "UPDATE people_now SET employed = 0"),
    ("standings", "UPDATE certification_standing SET state = 'lapsed'"),
    ("fonts", "UPDATE people_identity SET name_zh = '𠮷田' WHERE username = 'ana'"),
    ("fonts", "UPDATE people_unit SET name_en = 'Unit 🏦'"),
    ("worker", JOB),
    ("worker", "UPDATE audit_event SET pending = 1, recorded_at = '2026-01-01 00:00:00'"),
    ("clock", "UPDATE audit_checkpoint SET at = '2099-01-01 00:00:00'"),
    ("log", "UPDATE audit_event SET actor = 'x' WHERE seq = 2"),
    ("schema", "UPDATE alembic_version SET version_num = '0001'"),
    ("jobs", JOB.replace("waiting", "dead")),
    ("references", "UPDATE people_identity SET person_id = '" + "f" * 32 + "' WHERE username = 'ana'"),
]  # fmt: skip


def plant(path, *statements):
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def told(capsys):
    """What the doctor says, by check; it says it to people as well, with the same exit status."""
    assert main(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    for each in found:
        assert each["what"] in text
        assert each["mend"] in text
        assert each["what_zh"] in text
        assert each["mend_zh"] in text
        assert any("一" <= character <= "鿿" for character in each["what_zh"]), each
        assert any("一" <= character <= "鿿" for character in each["mend_zh"]), each
    return {each["check"]: each for each in found}


@pytest.mark.parametrize(("check", "fault"), FAULTS)
def test_a_planted_fault_is_named_with_its_mend_in_both_languages(instance, capsys, check, fault):
    plant(instance, fault)
    assert check in told(capsys)


def test_two_open_attempts_at_one_quiz_are_named(instance, monkeypatch):
    monkeypatch.setattr(doctor_checks, "replay", lambda _session: [])  # these papers are empty
    database = open_database(load())
    try:
        plant(instance, ATTEMPT.format(n=1))
        with database.reading() as session:
            assert list(CHECKS["attempts"](session, load())) == []
        plant(instance, "DROP INDEX uq_quiz_attempt_open", ATTEMPT.format(n=2))
        with database.reading() as session:
            [(what, mend)] = CHECKS["attempts"](session, load())
    finally:
        database.dispose()
    assert str(what) == "1 people have two open attempts at one quiz"
    assert "HR" in str(mend)


def test_a_job_due_a_moment_ago_is_not_stuck(instance, capsys):
    plant(instance, JOB.replace("2026-01-01 00:00:00", f"{clock.now() - timedelta(minutes=9):%F %T}"))
    assert main(["doctor"]) == 0


def test_a_full_disk_is_named_before_it_is_full(instance, capsys, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 10**9, 499_000_000))
    assert "499 MB" in told(capsys)["disk"]["what"]
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 10**9, 500_000_000))
    assert main(["doctor"]) == 0


@pytest.mark.parametrize("secret", ["", "Xq7-Zk3", "changeme" * 8])
def test_a_secret_that_can_be_guessed_is_named_and_never_shown(instance, capsys, monkeypatch, secret):
    monkeypatch.setenv("LMS_SECRET_KEY", secret)
    found = told(capsys)["secrets"]
    assert "LMS_SECRET_KEY" in found["mend"]
    assert not secret or secret not in json.dumps(found)


@pytest.mark.skipif(os.name != "posix", reason="needs the file modes of POSIX")
def test_a_key_that_others_can_read_is_named(instance, capsys):
    key = instance.parent / "audit.key"
    key.chmod(0o644)
    assert "audit.key" in told(capsys)["secrets"]["mend"]
    key.chmod(0o600)
    assert main(["doctor"]) == 0


def test_a_missing_mail_server_is_named(instance, capsys, monkeypatch):
    monkeypatch.delenv("LMS_SMTP_URL")
    assert "LMS_SMTP_URL" in told(capsys)["settings"]["mend"]


def test_every_check_over_the_data_has_a_fault_planted():
    assert {check for check, _ in FAULTS} | {"attempts"} >= set(CHECKS)
