"""Jobs and mail: each once, whatever is killed; a real mail server on loopback."""

import asyncio
import socket
import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from lms.audit.models import AuditEvent
from lms.core import clock
from lms.core.db import By
from lms.notices.actions import enqueue, notify
from lms.notices.delivery import Surroundings, lease, run_one, work
from lms.notices.mailing import NOTICE_DELIVERY
from lms.notices.models import Job, NoticeRow
from lms.notices.rules import LEASE, MOST_TRIES, JobState, Notice, NoticeCode, next_try
from tests.conftest import make_settings


class Inbox:
    """Keeps what arrives; refuses the first `failures` mails. `meanwhile` runs while the sender waits."""

    def __init__(self, failures=0):
        self.mails, self.failures, self.meanwhile = [], failures, None

    async def handle_DATA(self, _server, _session, envelope):
        if self.meanwhile:
            await asyncio.to_thread(self.meanwhile)
        if self.failures:
            self.failures -= 1
            return "451 try again"
        self.mails.append(envelope)
        return "250 taken"


@pytest.fixture
def inbox():
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def around(database, tmp_path, inbox=None):
    url = f"smtp://127.0.0.1:{inbox.port}" if inbox else ""
    return Surroundings(database, make_settings(tmp_path, smtp_url=url))


def due_notice(person, key="k1"):
    params = {"programme": {"zh": "入职培训", "en": "Onboarding"}, "due_on": "2026-12-18"}
    return Notice(person, NoticeCode.ASSIGNED, key, "/", params)


def put(database, person, key="k1"):
    with database.transaction(By("worker")) as session:
        return notify(session, due_notice(person, key), clock.now())


def test_a_notice_is_put_once_for_its_key(database, cast):
    assert put(database, cast.ana)
    assert not put(database, cast.ana)
    with database.reading() as session:
        assert len(session.scalars(select(NoticeRow)).all()) == 1
        assert len(session.scalars(select(Job).where(Job.kind == "mail")).all()) == 1


def test_a_mail_arrives_in_the_readers_language_with_one_link(database, cast, tmp_path, inbox):
    put(database, cast.ana)
    assert work(around(database, tmp_path, inbox), {"mail": NOTICE_DELIVERY}, clock.now()) == 1
    assert len(inbox.mails) == 1
    text = inbox.mails[0].content.decode("ascii", "replace")
    assert inbox.mails[0].rcpt_tos == ["ana@example.test"]
    assert "Message-ID" in text


def test_a_mail_refused_for_now_is_sent_later_and_once(database, cast, tmp_path, inbox):
    inbox.failures = 1
    put(database, cast.ana)
    surroundings = around(database, tmp_path, inbox)
    work(surroundings, {"mail": NOTICE_DELIVERY}, clock.now())
    assert inbox.mails == []
    assert work(surroundings, {"mail": NOTICE_DELIVERY}, clock.now()) == 0
    later = clock.now() + timedelta(seconds=5)
    work(surroundings, {"mail": NOTICE_DELIVERY}, later)
    work(surroundings, {"mail": NOTICE_DELIVERY}, later)
    assert len(inbox.mails) == 1


def test_nobody_waits_while_the_mail_server_takes_its_time(database, cast, tmp_path, inbox):
    put(database, cast.ana)
    written = []

    def write():
        with database.transaction(By("worker")) as session:
            written.append(notify(session, due_notice(cast.bruno, "k2"), clock.now()))
            # The job's row is free, too: on PostgreSQL this would wait for it.
            session.execute(
                update(Job).where(Job.kind == "mail", Job.run_at <= clock.now()).values(error="seen")
            )

    inbox.meanwhile = write
    work(around(database, tmp_path, inbox), {"mail": NOTICE_DELIVERY}, clock.now())
    assert written == [True]
    assert len(inbox.mails) == 1


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(database, cast, tmp_path, inbox):
    def die(*_):
        raise KeyboardInterrupt

    put(database, cast.ana)
    surroundings, now = around(database, tmp_path, inbox), clock.now()
    [(job_id, tries)] = lease(database, now)
    with pytest.raises(KeyboardInterrupt):
        run_one(surroundings, {"mail": replace(NOTICE_DELIVERY, note=die)}, job_id, tries)
    assert work(surroundings, {"mail": NOTICE_DELIVERY}, now) == 0
    assert work(surroundings, {"mail": NOTICE_DELIVERY}, now + LEASE + timedelta(seconds=1)) == 1
    first, second = (message_from_bytes(mail.content)["Message-ID"] for mail in inbox.mails)
    assert first == second
    with database.reading() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "MailSent")).all()) == 1


def test_a_worker_whose_lease_another_took_sends_nothing(database, cast, tmp_path, inbox):
    put(database, cast.ana)
    surroundings, now = around(database, tmp_path, inbox), clock.now()
    [(job_id, first)] = lease(database, now)
    [(_, second)] = lease(database, now + LEASE + timedelta(seconds=1))
    run_one(surroundings, {"mail": NOTICE_DELIVERY}, job_id, first)
    assert inbox.mails == []
    run_one(surroundings, {"mail": NOTICE_DELIVERY}, job_id, second)
    assert len(inbox.mails) == 1


def test_a_lease_used_up_by_the_mails_before_it_is_renewed_before_sending(database, cast, tmp_path, inbox):
    put(database, cast.ana)
    surroundings, now = around(database, tmp_path, inbox), clock.now()
    [(job_id, tries)] = lease(database, now)
    with database.transaction(By("worker")) as session:
        session.execute(update(Job).values(leased_until=now + timedelta(seconds=5)))
    rivals = []
    inbox.meanwhile = lambda: rivals.extend(lease(database, now + timedelta(seconds=10)))
    run_one(surroundings, {"mail": NOTICE_DELIVERY}, job_id, tries)
    assert (len(inbox.mails), rivals) == (1, [])


def test_a_job_that_always_fails_is_given_up_and_kept(database, tmp_path):
    def fail(*_):
        raise RuntimeError("never")

    with database.transaction(By("worker")) as session:
        enqueue(session, "bad", {}, clock.now())
    at = clock.now()
    for _ in range(MOST_TRIES):
        at += timedelta(hours=2)
        work(around(database, tmp_path), {"bad": fail}, at)
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.tries) == (JobState.DEAD, MOST_TRIES)
        assert "never" in job.error


def test_a_worker_whose_lease_ran_out_cannot_finish_the_job(database, tmp_path):
    effects = []
    with database.transaction(By("worker")) as session:
        enqueue(session, "note", {}, clock.now())
    now = clock.now()
    [(job_id, first)] = lease(database, now)
    [(again, second)] = lease(database, now + LEASE + timedelta(seconds=1))
    assert again == job_id

    def note(_session, _payload, _around, _at):
        effects.append(1)

    run_one(around(database, tmp_path), {"note": note}, job_id, first)
    assert effects == []
    run_one(around(database, tmp_path), {"note": note}, job_id, second)
    assert effects == [1]


def test_four_workers_run_each_job_once(database, tmp_path):
    with database.transaction(By("worker")) as session:
        for index in range(40):
            enqueue(session, "note", {"index": index}, clock.now(), key=f"note-{index}")
    done = []

    def note(_session, payload, _around, _at):
        done.append(payload["index"])

    def loop():
        while work(around(database, tmp_path), {"note": note}, clock.now()):
            pass

    threads = [threading.Thread(target=loop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(40))


def test_pauses_double_and_end_at_an_hour():
    now = clock.now()
    assert next_try(1, now) - now == timedelta(seconds=2)
    assert next_try(5, now) - now == timedelta(seconds=32)
    assert next_try(30, now) - now == timedelta(hours=1)
