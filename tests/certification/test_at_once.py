"""Two at once, with real threads and real processes: approvals, sweeps, credits, publications."""

import os
import subprocess
import sys
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from lms.approvals import actions as approvals
from lms.approvals.queries import kind_of, payload_of
from lms.authoring.actions import ask_publication
from lms.authoring.publishing import Sorting
from lms.certification import actions
from lms.certification.models import Certificate, CreditRow, DecisionRow
from lms.certification.rules_events import DecisionKind
from lms.core import clock
from lms.core.access import Role
from lms.core.errors import LmsError
from lms.notices.models import NoticeRow
from lms.people.queries import actor_of_person
from tests.certification.loop import Firm, finish, instant
from tests.content import changed

ANNUAL = "annual-confidentiality"
DAY = "2026-03-05"
PATH = "content/programmes/annual-confidentiality.yml"


@pytest.fixture
def firm(database):
    found = Firm(database)
    for name, role in (
        ("erin", Role.AUTHOR), ("carla", Role.HR), ("fang", Role.APPROVER), ("gina", Role.APPROVER),
    ):  # fmt: skip
        setattr(found, name, found.hire(name, "2025-01-02", roles=(role,)))
    found.ana = found.hire("ana", "2025-02-03")
    found.onboard(found.ana, "2025-03-10")
    return found


def at_once(*work):
    """Do all of it at the same moment; return what each gave or raised."""
    barrier, found = Barrier(len(work)), [None] * len(work)

    def run(n, act):
        barrier.wait()
        try:
            found[n] = act()
        except Exception as error:  # noqa: BLE001 - a thread tells what befell it
            found[n] = error

    threads = [Thread(target=run, args=(n, act)) for n, act in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def count(firm, table, *where):
    with firm.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def approving(firm, asked, who, day=DAY):
    def act():
        with firm.doing(day) as session:
            actor = actor_of_person(session, who, instant(day))
            preview = kind_of(session, asked.kind).preview(session, payload_of(asked))
            approvals.approve(session, actor, asked.id, preview.hash, instant(day))
            return "approved"

    return act


def test_an_approval_given_twice_at_once_acts_once(firm):
    new = actions.NewDecision(DecisionKind.REVOCATION, firm.ana, ANNUAL, "Sent a client's file home.")
    with firm.doing(DAY) as session:
        asked = actions.ask_decision(session, firm.carla, new, instant(DAY))
        session.flush()
        session.expunge(asked)
    found = at_once(*(approving(firm, asked, who) for who in (firm.fang, firm.gina, firm.fang)))
    assert found.count("approved") == 1
    assert all(each == "approved" or isinstance(each, LmsError) for each in found), found
    assert count(firm, DecisionRow) == 1
    assert firm.state(firm.ana) == "revoked"
    firm.sweep(DAY)
    assert firm.check(DAY) == []


def test_a_credit_during_two_sweeps_certifies_once(firm):
    def passing():
        with firm.doing(DAY) as session:
            finish(session, firm.ana, "quiz", ANNUAL, instant(DAY))

    found = at_once(lambda: firm.sweep(DAY).failed, passing, lambda: firm.sweep(DAY).failed)
    assert found == [[], None, []]
    firm.sweep(DAY)
    assert firm.state(firm.ana) == "certified"
    assert count(firm, CreditRow, CreditRow.target == ANNUAL) == 1
    assert count(firm, Certificate, Certificate.programme == ANNUAL) == 2
    assert firm.check(DAY) == []


def test_a_publication_during_answers_gives_each_the_rules_before_or_after(firm):
    early = "2025-06-01"  # before Ana's renewal opens: it will open under the rules then in force
    with firm.doing(early) as session:
        erin = actor_of_person(session, firm.erin, instant(early))
        texts = changed((PATH, "grace: 14d", "grace: 20d"))
        asked = ask_publication(session, erin, texts, Sorting(editorial=("*",)), "Review", instant(early))
        session.flush()
        session.expunge(asked)

    def answer():
        return [str(firm.ask(firm.ana, early).standing.grace_until) for _ in range(20)]

    before = answer()[0]
    published, *answers = at_once(approving(firm, asked, firm.fang, early), answer, answer, answer)
    after = answer()[0]
    assert published == "approved"
    assert (before, after) == ("2026-03-24", "2026-03-30")
    assert {each for many in answers for each in many} <= {before, after}
    assert str(firm.ask(firm.ana, early).standing.valid_until) == "2026-03-10"


def test_two_processes_sweeping_at_once_leave_what_one_leaves(firm, settings):
    """Real processes, each with its own connections, on the day that it is."""
    today = clock.today(settings.zone)
    people = [firm.hire(f"p{n}", today - timedelta(days=400)) for n in range(12)]
    for person in people[:8]:
        firm.onboard(person, today - timedelta(days=380))
    environment = {
        **os.environ, "LMS_DATABASE_URL": settings.database_url, "LMS_SECRET_KEY": settings.secret_key,
        "LMS_INSTANCE": str(settings.instance), "LMS_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    words = [sys.executable, "-m", "lms.cli", "jobs", "run", "sweep"]
    running = [
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [(each.communicate(timeout=120), each.returncode) for each in running]
    assert [status for _, status in ended] == [0, 0], ended
    assert firm.check(today.isoformat()) == []
    with firm.database.reading() as session:
        keys = [(each.person_id, each.code, each.key) for each in session.scalars(select(NoticeRow))]
    assert len(keys) == len(set(keys))
    assert {firm.state(each) for each in people[:8]} == {"lapsed"}
