"""A duty that becomes allowed or denied is told once: by an act, by the date, by a publication, under two workers."""

import json
from datetime import date
from threading import Barrier, Thread

from sqlalchemy import select

from lms.approvals.actions import approve
from lms.approvals.queries import kind_of, payload_of
from lms.audit.models import AuditEvent
from lms.authoring.actions import ask_publication
from lms.authoring.publishing import Sorting
from lms.certification.actions import reassess_after
from lms.certification.clearances.flipping import flip_all
from lms.certification.clearances.models import AnswerRow
from lms.certification.clearances.queries import Asked, clearances_of
from lms.core.access import Role
from lms.core.db import By
from lms.core.egress import Outward
from lms.notices.models import Job
from lms.notices.webhooks import actions as webhooks
from lms.notices.webhooks.models import Endpoint, WebhookMessage
from lms.notices.webhooks.rules import CLEARANCE_CHANGED
from lms.people.queries import actor_of_person
from tests.certification.loop import Firm, finish, instant
from tests.content import changed

READ, MEET = "read-client-files", "meet-clients"


def told(database) -> list[tuple]:
    """What receivers are told, in the order of writing: (duty, allowed, number)."""
    with database.reading() as session:
        rows = session.scalars(
            select(WebhookMessage.body).order_by(WebhookMessage.created_at, WebhookMessage.key)
        )
        found = [json.loads(each)["data"] for each in rows]
    return [(each["duty"], each["allowed"], each["number"]) for each in found]


def endpoint(firm, person, url="https://hr.example.com/hooks"):
    with firm.doing("2025-01-02") as session:
        return webhooks.add_endpoint(
            session, person, url, [CLEARANCE_CHANGED], Outward(), instant("2025-01-02")
        ).id


def house(database, content=None):
    firm = Firm(database, content=content)
    carla = firm.hire("carla", "2025-01-02")
    endpoint(firm, carla)
    return firm, firm.hire("ana", "2025-02-03")


def allowed(firm, person, day, duty=READ):
    with firm.database.reading() as session:
        return clearances_of(session, [person], Asked(instant(day), duty))[person][0]


def test_to_certify_is_told_in_the_transaction_that_certifies(database):
    firm, ana = house(database)
    assert told(database) == []
    firm.onboard(ana, "2025-02-10")
    firm.sweep("2025-02-10")
    assert told(database) == [(MEET, True, 1), (READ, True, 1)]
    with database.reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == webhooks.WEBHOOK)).all()
        assert len(jobs) == 2
        events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "DutyFlipped")).all()
        assert {each.person_id for each in events} == {ana}
        assert len(events) == 2


def test_what_is_rolled_back_is_not_told(database):
    firm, ana = house(database)
    firm.sign(ana, "2025-02-10")
    firm.finish(ana, "course", "client-confidentiality", "2025-02-10")
    firm.finish(ana, "course", "professional-ethics", "2025-02-10")
    try:
        with firm.doing("2025-02-10") as session:
            finish(session, ana, "examination", "onboarding-final", instant("2025-02-10"))
            raise RuntimeError
    except RuntimeError:
        pass
    assert told(database) == []


def test_the_date_takes_a_duty_away_once_however_often_the_sweep_runs(database):
    firm, ana = house(database)
    firm.onboard(ana, "2025-02-10")
    last = allowed(firm, ana, "2025-02-11").until
    assert last == firm.ask(ana, "2025-02-11").standing.valid_until
    for day in (last, date.fromordinal(last.toordinal() + 1), date.fromordinal(last.toordinal() + 1)):
        firm.sweep(day)
        flip_all(database, instant(day))
    assert told(database)[2:] == [(MEET, False, 2), (READ, False, 2)]
    assert not allowed(firm, ana, date.fromordinal(last.toordinal() + 1)).allowed


def test_answers_are_right_while_nobody_sweeps(database):
    firm, ana = house(database)
    firm.onboard(ana, "2025-02-10")
    last = allowed(firm, ana, "2025-02-11").until
    assert allowed(firm, ana, last).allowed
    assert not allowed(firm, ana, date.fromordinal(last.toordinal() + 9)).allowed


def test_a_leave_planned_ahead_is_told_on_its_first_day_and_on_the_day_after_its_last(database):
    firm, ana = house(database)
    firm.onboard(ana, "2025-02-10")
    firm.employ(ana, "absence", "2025-02-11", "2025-03-01", "2025-03-31")
    assert len(told(database)) == 2
    for day in ("2025-02-28", "2025-03-01", "2025-03-31", "2025-04-01"):
        flip_all(database, instant(day))
        firm.sweep(day)
    assert told(database)[2:] == [(MEET, False, 2), (READ, False, 2), (MEET, True, 3), (READ, True, 3)]


def test_a_departure_takes_all_duties_away(database):
    firm, ana = house(database)
    firm.onboard(ana, "2025-02-10")
    firm.employ(ana, "leave", "2025-02-20", "2025-02-20")
    assert len(told(database)) == 2
    flip_all(database, instant("2025-02-21"))
    firm.sweep("2025-02-21")
    assert told(database)[2:] == [(MEET, False, 2), (READ, False, 2)]


def test_a_publication_flips_those_whom_the_new_policy_lets_or_stops(database):
    firm, ana = house(database)
    firm.onboard(ana, "2025-02-10")
    renamed = changed(
        ("content/policies/clearances.yml", "  meet-clients:", "  greet-clients:"),
    )  # fmt: skip
    erin = firm.hire("erin", "2025-01-02", roles=(Role.AUTHOR,))
    fang = firm.hire("fang", "2025-01-02", roles=(Role.APPROVER,))
    at = instant("2025-03-01")
    with firm.doing("2025-03-01") as session:
        author, second = (actor_of_person(session, each, at) for each in (erin, fang))
        asked = ask_publication(session, author, renamed, Sorting(editorial=("*",)), "Renamed", at)
        preview = kind_of(session, "content").preview(session, payload_of(asked))
        approve(session, second, asked.id, preview.hash, at)
    with firm.doing("2025-03-01") as session:
        reassess_after(session, None, at)
    assert sorted(told(database)[2:]) == [("greet-clients", True, 1), (MEET, False, 2)]


def test_two_workers_find_each_flip_once(database):
    firm, _ = house(database)
    people = [firm.hire(f"p{n}", "2025-02-03") for n in range(6)]
    for each in people:
        firm.onboard(each, "2025-02-10")
        firm.employ(each, "absence", "2025-02-11", "2025-03-01", "2025-03-31")
    before = len(told(database))
    barrier, errors = Barrier(4), []

    def run(act):
        barrier.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a thread tells what befell it
            errors.append(repr(error)[:300])

    acts = [lambda: flip_all(database, instant("2025-03-01")), lambda: firm.sweep("2025-03-01")] * 2
    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    flip_all(database, instant("2025-03-01"))
    assert len(told(database)) - before == 2 * len(people)
    with database.reading() as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.person_id.in_(people))).all()
        assert {(each.allowed, each.number) for each in rows} == {(False, 2)}


def test_an_ended_endpoint_is_told_nothing_more(database):
    firm, ana = house(database)
    with database.reading() as session:
        known = session.scalars(select(Endpoint.id)).one()
    with database.transaction(By("tests")) as session:
        webhooks.end_endpoint(session, known, instant("2025-02-09"))
    firm.onboard(ana, "2025-02-10")
    assert told(database) == []
