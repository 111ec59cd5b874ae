"""One mail a reader and day, one a manager and week: whatever is repeated, killed or stands still for nine days."""

import email
import email.policy
import json
import os
import socket
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from unittest.mock import patch

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from lms.audit.models import AuditEvent
from lms.certification.actions.digesting import gather_digests
from lms.core import clock
from lms.core.access import Role
from lms.jobs import CHORES, KINDS
from lms.notices.delivery import LEASE, Surroundings, Worker, work
from lms.notices.models import Digest, DigestLine, Job, NoticeRow
from lms.people.actions import set_lead
from lms.people.models import Identity
from tests.certification.loop import Firm, instant
from tests.conftest import make_settings
from tests.content import changed
from tests.factories import make_unit

ONBOARDING = "content/programmes/onboarding.yml"
STEPS = (
    "remind: {before_due: [14d, 3d], manager_after: [1d]}",
    """remind: {before_due: [14d, {at: 3d, to: [person, manager]}], after_due: [{at: 5d, by: [mail]}],
  manager_after: [1d, {at: 7d, to: [above]}, {at: 14d, to: [above, hr], by: [app]}]}""",
)
MORNING = "08:30"


def at_instant(at):
    """Let the program's clock stand still; the mail server's own goes on."""
    return patch.object(clock, "now", lambda: at)


class Inbox:
    """Keeps what arrives."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append(envelope)
        return "250 taken"

    def to(self, name):
        """The mails to one person, parsed."""
        return [
            email.message_from_bytes(each.content, policy=email.policy.default)
            for each in self.mails
            if each.rcpt_tos == [f"{name}@example.test"]
        ]


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


class Office(Firm):
    """Ana works at a desk that Bruno leads, below a house that Dora leads; Carla is HR."""

    def __init__(self, database, content=None):
        super().__init__(database, content=content)
        at = instant("2025-01-02")
        with self.doing("2025-01-02") as session:
            self.house = make_unit(session, "house", at=at)
            self.team = make_unit(session, "team", self.house, at=at)
        for name in ("bruno", "dora", "carla"):
            person = self.hire(name, "2025-01-02", self.house, (Role.HR,) if name == "carla" else ())
            setattr(self, name, person)
            self.onboard(person, "2025-01-03")
        with self.doing("2025-01-02") as session:
            set_lead(session, self.team, self.bruno, date(2025, 1, 2), at)
            set_lead(session, self.house, self.dora, date(2025, 1, 2), at)
        with self.doing("2025-01-04") as session:
            waiting = update(DigestLine).where(DigestLine.settled_at.is_(None))
            session.execute(waiting.values(settled_at=instant("2025-01-04")))
            session.execute(
                update(Job).values(state="done")
            )  # certificates and their mail are not the matter

    def speak(self, person, language):
        with self.doing("2025-01-04") as session:
            session.get_one(Identity, person).language = language

    def rows(self, table):
        with self.database.reading() as session:
            rows = session.scalars(select(table)).all()
            session.expunge_all()
            return rows


@pytest.fixture
def office(database):
    return Office(database, changed((ONBOARDING, *STEPS)))


def around(office, tmp_path, inbox=None):
    url = f"smtp://127.0.0.1:{inbox.port}" if inbox else ""
    return Surroundings(office.database, make_settings(tmp_path, smtp_url=url, language="en"))


def morning(office, tmp_path, inbox, day, hour=MORNING):
    """What a worker does on a day: the sweep at night, then the digests and the mail of the morning."""
    office.sweep(day)
    deliver(office, tmp_path, inbox, day, hour)


def deliver(office, tmp_path, inbox, day, hour=MORNING):
    at = instant(day, hour)
    with at_instant(at):
        made = gather_digests(around(office, tmp_path, inbox), at)
        while work(around(office, tmp_path, inbox), KINDS, at):
            pass
    return made


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n")


def test_one_mail_a_day_gathers_all_and_leads_to_one_place(office, tmp_path, inbox):
    for name in ("ana", "ben"):
        office.hire(name, "2025-02-03", office.team)
    deliver(office, tmp_path, inbox, "2025-02-04")
    assert [mail["Subject"] for mail in inbox.to("ana")] == [
        "You have been assigned “Onboarding certification”"
    ]
    for day in range(2, 8):
        morning(office, tmp_path, inbox, f"2025-03-0{day}")
    [first, late, *more] = inbox.to("bruno")
    assert more == []
    assert text_of(first).count("- ") == 2, "both of his people in one mail"
    assert "Ana has through 5 March 2025 for “Onboarding certification”." in text_of(first)
    assert text_of(late).count("http://") == 1
    assert text_of(late).rstrip().endswith("http://127.0.0.1:8000/team")
    assert [mail["Subject"] for mail in inbox.to("ana")][1:] == [
        "“Onboarding certification” is due on 5 March 2025",
        "“Onboarding certification” is overdue",
    ]
    assert "You have 3 days left" in text_of(inbox.to("ana")[1])


def test_the_bytes_of_a_digest_in_chinese_and_in_english(office, tmp_path, inbox):
    office.speak(office.bruno, "zh")
    office.hire("ana", "2025-02-03", office.team)
    office.hire("ben", "2025-02-03", office.team)
    office.speak(office.dora, "en")
    for day in ("2025-03-06", "2025-03-12"):
        morning(office, tmp_path, inbox, day)
    [chinese] = [mail for mail in inbox.to("bruno") if "提醒" in mail["Subject"]]
    assert chinese["Subject"] == "2025年3月6日的培训提醒"
    assert chinese["Auto-Submitted"] == "auto-generated"
    assert text_of(chinese) == (
        "今天请您留意：\n\n"
        "- ana中 的“入职认证”自 2025年3月5日 起尚未完成，请帮助安排时间。\n"
        "- ben中 的“入职认证”自 2025年3月5日 起尚未完成，请帮助安排时间。\n\n"
        "http://127.0.0.1:8000/team\n"
    )
    [english] = inbox.to("dora")
    assert english["Subject"] == "Your training reminders of 12 March 2025"
    assert text_of(english) == (
        "What you should know today:\n\n"
        "- “Onboarding certification” of Ana has been owed since 5 March 2025. Help them find the time.\n"
        "- “Onboarding certification” of Ben has been owed since 5 March 2025. Help them find the time.\n\n"
        "http://127.0.0.1:8000/team\n"
    )


def test_escalation_climbs_as_the_steps_say_each_once(office, tmp_path, inbox):
    ana = office.hire("ana", "2025-02-03", office.team)
    for offset in range(50):
        morning(office, tmp_path, inbox, date(2025, 2, 3) + timedelta(days=offset))
    assert steps_of(office, office.bruno, ana) == ["before_due:3d", "manager_after:1d"]
    assert steps_of(office, office.dora, ana) == ["manager_after:14d", "manager_after:7d"]
    assert steps_of(office, office.carla, ana) == ["manager_after:14d"]
    with office.database.reading() as session:
        [line] = session.scalars(select(DigestLine).where(DigestLine.step == "after_due:5d"))
        assert line.digest_id, "a step only by mail is mailed"
        assert not session.scalar(select(NoticeRow).where(NoticeRow.key.contains("after_due:5d")))
        assert not session.scalar(select(DigestLine).where(DigestLine.step == "manager_after:14d"))
        [told] = session.scalars(
            select(NoticeRow).where(NoticeRow.person_id == office.carla, NoticeRow.key.contains("14d"))
        )
        assert told.link == f"/hr/people/{ana}"


def steps_of(office, reader, about):
    with office.database.reading() as session:
        keys = session.scalars(
            select(NoticeRow.key).where(
                NoticeRow.person_id == reader, NoticeRow.key.startswith(f"{reader}:{about}:")
            )
        )
        return sorted(":".join(key.split(":")[4:6]) for key in keys)


def test_where_the_manager_is_away_the_one_above_reads_it_and_hr_where_there_is_none(office, tmp_path, inbox):
    office.employ(office.bruno, "absence", "2025-03-01", until_on="2025-06-30")
    ana = office.hire("ana", "2025-02-03", office.team)
    lone = office.hire("lone", "2025-02-03")
    morning(office, tmp_path, inbox, "2025-03-06")
    assert inbox.to("bruno") == []
    assert steps_of(office, office.bruno, ana) == []
    assert steps_of(office, office.dora, ana) == ["manager_after:1d"]
    assert steps_of(office, office.carla, lone) == ["manager_after:1d"]


def test_after_a_worker_was_out_for_nine_days_one_mail_with_the_latest_step(office, tmp_path, inbox):
    office.hire("ana", "2025-02-03", office.team)
    deliver(office, tmp_path, inbox, "2025-02-04")
    morning(office, tmp_path, inbox, "2025-03-07")
    mails = inbox.to("ana")[1:]
    assert [mail["Subject"] for mail in mails] == ["“Onboarding certification” is overdue"]
    told = [mail["Subject"] for mail in inbox.to("bruno")]
    assert sorted(told) == [
        "Ana owes “Onboarding certification”",
        "Late in your team, week of 3 March 2025",
    ], "and this week's list"
    assert "3d" not in "".join(line.step for line in office.rows(DigestLine))


def test_mail_that_could_not_go_out_for_nine_days_says_only_what_is_still_so(office, tmp_path, inbox):
    office.hire("ana", "2025-02-03", office.team)
    for offset in range(16, 26):  # the sweep goes on, nobody makes digests
        office.sweep(date(2025, 2, 3) + timedelta(days=offset))
    office.sweep("2025-03-02")
    deliver(office, tmp_path, inbox, "2025-03-02")
    [mail] = inbox.to("ana")
    assert mail["Subject"] == "“Onboarding certification” is due on 5 March 2025"
    assert {line.settled_at is None for line in office.rows(DigestLine)} == {False}
    assert deliver(office, tmp_path, inbox, "2025-03-03") == 0


def test_what_was_done_in_the_night_is_not_asked_for_in_the_morning(office, tmp_path, inbox):
    ana = office.hire("ana", "2025-02-03", office.team)
    deliver(office, tmp_path, inbox, "2025-02-04")
    office.sweep("2025-03-02")
    office.onboard(ana, "2025-03-02")
    deliver(office, tmp_path, inbox, "2025-03-02", "12:00")
    assert not any("due on" in mail["Subject"] for mail in inbox.to("ana"))
    assert not any("Ana" in text_of(mail) for mail in inbox.to("bruno"))


def test_leave_and_leaving_silence_what_already_waits(office, tmp_path, inbox):
    ana, ben = (office.hire(name, "2025-02-03", office.team) for name in ("ana", "ben"))
    deliver(office, tmp_path, inbox, "2025-02-04")
    before = len(inbox.mails)
    office.sweep("2025-03-02")
    office.employ(ana, "absence", "2025-03-02", until_on="2025-04-30")
    office.employ(ben, "leave", "2025-03-02", from_on="2025-03-01")
    deliver(office, tmp_path, inbox, "2025-03-02")
    assert len(inbox.mails) == before


def test_before_its_hour_and_within_a_sweep_no_digest_is_made(office, tmp_path, inbox):
    office.hire("ana", "2025-02-03", office.team)
    assert deliver(office, tmp_path, inbox, "2025-02-04", "07:59") == 0
    assert deliver(office, tmp_path, inbox, "2025-02-03", "10:01") == 0, (
        "less than two minutes after the hire"
    )
    assert deliver(office, tmp_path, inbox, "2025-02-04", "08:00") == 1
    office.hire("ben", "2025-02-04", office.team)
    assert deliver(office, tmp_path, inbox, "2025-02-04", "11:00") == 1
    assert deliver(office, tmp_path, inbox, "2025-02-04", "12:00") == 0


def test_two_workers_and_a_restart_make_and_send_each_digest_once(office, tmp_path, inbox):
    for name in ("ana", "ben", "cleo", "dan"):
        office.hire(name, "2025-02-03", office.team)
    barrier, errors = Barrier(2), []

    def loop():
        barrier.wait()
        try:
            morning_again()
        except Exception as error:  # noqa: BLE001 - a thread tells what befell it
            errors.append(error)

    at = instant("2025-03-06", MORNING)
    here = around(office, tmp_path, inbox)
    office.sweep("2025-03-06")

    def morning_again():
        gather_digests(here, at)
        while work(here, KINDS, at):
            pass

    with at_instant(at):
        threads = [Thread(target=loop) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        morning_again()
        chores = tuple(chore for chore in CHORES if chore.name in {"sweep", "digests"})
        Worker(here, KINDS, chores).once()  # restarted
    digests = [row for row in office.rows(Digest) if row.kind == "daily"]
    assert len(digests) == len({row.person_id for row in digests})
    for name in ("ana", "ben", "cleo", "dan"):
        assert len(inbox.to(name)) == 1
    assert len([mail for mail in inbox.to("bruno") if "reminders" in mail["Subject"]]) == 1
    assert sum(each.kind == "DigestMade" for each in office.rows(AuditEvent)) == len(office.rows(Digest))


KILLED = """
import os, smtplib, sys
from datetime import datetime
from pathlib import Path
from lms.app import open_database
from lms.core import clock
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings, work
from tests.conftest import make_settings

url, smtp, at = sys.argv[1:]
settings = make_settings(Path("."), url, smtp_url=smtp, language="en")
sent = smtplib.SMTP.send_message
def send_and_die(*given):
    sent(*given)
    os._exit(9)
smtplib.SMTP.send_message = send_and_die
clock.now = lambda: datetime.fromisoformat(at)
work(Surroundings(open_database(settings), settings), KINDS, datetime.fromisoformat(at))
"""


def test_a_worker_killed_between_sending_and_noting_sends_the_same_bytes_again(
    office, tmp_path, inbox, settings
):
    office.hire("ana", "2025-02-03", office.team)
    at = instant("2025-02-04", MORNING)
    here = around(office, tmp_path, inbox)
    with at_instant(at):
        assert gather_digests(here, at) == 1
    root = Path(__file__).parents[2]
    words = [sys.executable, "-c", KILLED, settings.database_url, here.settings.smtp_url, at.isoformat()]
    done = subprocess.run(
        words,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 9, done.stderr.decode()[-2000:]
    assert len(inbox.to("ana")) == 1
    later = at + LEASE + timedelta(seconds=1)
    with at_instant(later):
        while work(here, KINDS, later):
            pass
        while work(here, KINDS, later + LEASE * 2):
            pass
    first, again = (each.content for each in inbox.mails if each.rcpt_tos == ["ana@example.test"])
    assert first == again, "a server or a reader can tell that it is one mail"
    assert sum(each.kind == "MailSent" for each in office.rows(AuditEvent)) == 1


def test_people_without_an_address_read_in_app_what_would_only_be_mailed(office, tmp_path, inbox):
    ana = office.hire("ana", "2025-02-03", office.team, mail="")
    for day in ("2025-03-06", "2025-03-10"):
        morning(office, tmp_path, inbox, day)
    with office.database.reading() as session:
        keys = session.scalars(select(NoticeRow.key).where(NoticeRow.person_id == ana)).all()
    assert sum("after_due:5d" in key for key in keys) == 1
    assert inbox.to("ana") == []
    assert all(line.settled_at for line in office.rows(DigestLine) if line.reader_id == ana)


def weekly(office):
    return [row for row in office.rows(Digest) if row.kind == "weekly"]


def test_each_week_a_manager_gets_one_list_of_who_is_late(office, tmp_path, inbox):
    office.speak(office.bruno, "zh")
    for name, day in (
        ("ana", "2025-02-03"),
        ("ben", "2025-02-05"),
        ("away", "2025-02-03"),
        ("gone", "2025-02-03"),
    ):
        person = office.hire(name, day, office.team)
        if name == "away":
            office.employ(person, "absence", "2025-03-06", until_on="2025-12-31")
        if name == "gone":
            office.employ(person, "leave", "2025-03-07", from_on="2025-03-07")
    for offset in range(8):  # Monday 10 to Monday 17 March
        morning(office, tmp_path, inbox, date(2025, 3, 10) + timedelta(days=offset))
    lists = weekly(office)
    assert [row.day for row in lists] == [date(2025, 3, 10), date(2025, 3, 17)]
    said = [(each["params"]["name"]["en"], each["params"]["days"]) for each in json.loads(lists[0].lines)]
    assert said == [("Ana", 5), ("Ben", 3)]
    mails = [mail for mail in inbox.to("bruno") if "团队" in mail["Subject"]]
    assert len(mails) == 2
    assert text_of(mails[0]).count("http://") == 1
    assert "入职认证" in text_of(mails[0]) and "5" in text_of(mails[0])


def test_a_worker_out_for_nine_days_makes_the_list_of_this_week_only(office, tmp_path, inbox):
    office.hire("ana", "2025-02-03", office.team)
    morning(office, tmp_path, inbox, "2025-03-10")
    morning(office, tmp_path, inbox, "2025-03-27")
    assert [row.day for row in weekly(office)] == [date(2025, 3, 10), date(2025, 3, 24)]


def test_a_manager_no_mail_reaches_finds_the_list_in_app(office, tmp_path):
    office.hire("ana", "2025-02-03", office.team)
    office.sweep("2025-03-10")
    deliver(office, tmp_path, None, "2025-03-10")
    deliver(office, tmp_path, None, "2025-03-11")
    with office.database.reading() as session:
        [notice] = session.scalars(select(NoticeRow).where(NoticeRow.code == "team_list"))
        assert (notice.person_id, json.loads(notice.params)["count"]) == (office.bruno, 1)
        assert session.scalars(select(Job).where(Job.kind == "digest")).all() == []
    assert all(line.settled_at for line in office.rows(DigestLine)), "no flood once a mail server is set"
