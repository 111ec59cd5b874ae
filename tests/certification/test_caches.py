"""Maintained standings and spans equal derived ones, whatever happens and however often the sweep runs."""

import random
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.app import open_database
from lms.audit.models import AuditBody, AuditEvent
from lms.certification.models import (
    AssignmentEnd,
    AssignmentRow,
    Certificate,
    PeriodRow,
    StandingRow,
    StandingSpan,
)
from lms.certification.queries import own_standings, standings_today
from lms.core.errors import LmsError
from lms.people.actions import refresh_changed
from tests.certification.loop import BY, Firm, instant
from tests.conftest import make_settings
from tests.factories import make_unit

KEPT = (AssignmentRow, AssignmentEnd, Certificate, PeriodRow, StandingRow, StandingSpan)
# Identities, instants of recording, and the day of looking are allowed to differ.
OWN = {
    "id", "recorded_at", "event_id", "period_id", "number", "certificate", "issued_at", "known_from", "known_until",
    "updated_at", "assessed_on", "assignment_id", "supersedes_id", "person_id", "unit_id", "reasons", "voided_at",
}  # fmt: skip


def kept(database):
    """All that is kept, by what it says."""
    found = {}
    with database.reading() as session:
        for table in KEPT:
            query = select(table)
            if table is StandingSpan:
                query = query.where(StandingSpan.known_until.is_(None))
            rows = session.scalars(query).all()
            names = [column.name for column in table.__table__.columns if column.name not in OWN]
            found[table.__name__] = sorted(repr([getattr(row, name) for name in names]) for row in rows)
        told = select(AuditBody.body).join(AuditEvent, AuditEvent.id == AuditBody.event_id)
        changes = session.scalars(told.where(AuditEvent.kind == "StandingChanged"))
        found["told"] = sorted(body.replace('"person"', "")[:140] for body in changes)
    return found


def live(firm, sweeps):
    """Ana does some of what is asked; the sweep runs on some days."""
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    for day in sweeps:
        firm.sweep(day)
    return ana


def days(first, last):
    day, last = date.fromisoformat(first), date.fromisoformat(last)
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)


def test_sweeping_every_day_three_times_or_once_after_an_outage_comes_to_the_same(database, settings):
    firm = Firm(database)
    ana = live(
        firm, ["2026-01-08", "2026-01-09", "2026-01-09", "2026-01-09", *days("2026-03-08", "2026-03-27")]
    )
    daily = kept(database)
    assert firm.state(ana) == "lapsed"
    with database.transaction(BY) as session:
        before = session.query(AuditEvent).count()
    firm.sweep("2026-03-27")
    with database.transaction(BY) as session:
        assert session.query(AuditEvent).count() == before
    assert kept(database) == daily


@pytest.fixture
def second_database(engine_kind, tmp_path, request):
    path = tmp_path / "second.sqlite3"
    path.write_bytes(request.getfixturevalue("empty_sqlite").read_bytes())
    opened = open_database(make_settings(tmp_path, f"sqlite:///{path}"))
    yield opened
    opened.dispose()


def test_an_outage_of_nine_days_leaves_the_same_facts_and_standings(database, second_database):
    one, other = Firm(database), Firm(second_database)
    live(one, [*days("2026-01-05", "2026-01-12"), *days("2026-03-10", "2026-03-26")])
    live(other, ["2026-01-12", "2026-03-26"])
    first, second = kept(database), kept(second_database)
    for name in first:
        if name != "told":
            assert first[name] == second[name], name
    assert len(first["told"]) == len(second["told"])


def test_with_the_worker_stopped_every_answer_is_still_right(database):
    firm = Firm(database)
    ana = live(firm, [])
    for day, state in (("2026-01-09", "renewal_open"), ("2026-03-11", "grace"), ("2026-03-25", "lapsed")):
        on = date.fromisoformat(day)
        with database.reading() as session:
            assert {each.state for each in own_standings(session, ana, on)} == {"certified", state}
            assert len(standings_today(session, on)) == 2
        assert firm.ask(ana, day).standing.state == state
    assert firm.state(ana) == "certified"


def test_leave_moves_the_due_date_and_the_grace_but_never_the_validity(database):
    firm = Firm(database)
    ana = firm.hire("ana", "2025-02-03")
    assert str(firm.row(ana, "onboarding").due_on) == "2025-03-05"
    firm.employ(ana, "absence", "2025-02-10", until_on="2025-02-19")
    assert str(firm.row(ana, "onboarding").due_on) == "2025-03-15"
    assert firm.row(ana, "onboarding").overlays == "on_leave"
    firm.sweep("2025-02-20")
    assert firm.row(ana, "onboarding").overlays == ""
    firm.onboard(ana, "2025-03-10")
    until = firm.row(ana).valid_until
    firm.sweep("2026-03-05")
    firm.employ(ana, "absence", "2026-03-12", until_on="2026-03-21")
    assert (firm.row(ana).valid_until, str(firm.row(ana).grace_until)) == (until, "2026-04-03")
    assert firm.check("2026-03-12") == []


def test_a_move_to_another_unit_is_seen_by_reports_once_its_day_has_come(database):
    firm = Firm(database)
    ana = firm.hire("ana", "2025-02-03")
    with firm.doing("2025-02-03") as session:
        south = make_unit(session, "south", at=instant("2025-02-03"))
    firm.employ(ana, "move", "2025-02-10", from_on="2025-02-20", unit=south)
    firm.sweep("2025-02-19")
    assert firm.row(ana, "onboarding").unit_id == firm.unit
    with firm.doing("2025-02-20") as session:
        refresh_changed(session, instant("2025-02-20"))
    firm.sweep("2025-02-20")
    assert firm.row(ana, "onboarding").unit_id == south


ACTS = ("sign", "course", "ethics", "final", "quiz", "absence", "leave", "rehire", "wait", "wait", "wait")


@pytest.mark.parametrize("seed", range(3))
def test_after_the_sweep_maintained_standings_and_spans_equal_derived_ones(database, seed):
    rng, firm = random.Random(seed), Firm(database)
    people = [firm.hire(name, "2025-02-03") for name in ("ana", "ben")]
    today = date(2025, 2, 4)
    for _ in range(26):
        today += timedelta(days=rng.choice((1, 3, 9, 20, 45)))
        person, act = rng.choice(people), rng.choice(ACTS)
        _act(firm, person, act, today, rng)
        firm.sweep(today)
        assert firm.check(today) == [], (seed, today, act)


def _act(firm, person, act, today, rng):
    day = today.isoformat()
    done = {
        "course": ("course", "client-confidentiality"), "ethics": ("course", "professional-ethics"),
        "final": ("examination", "onboarding-final"), "quiz": ("quiz", "annual-confidentiality"),
    }  # fmt: skip
    try:
        if act in done:
            firm.finish(person, *done[act], day)
        elif act == "sign":
            with suppress(IntegrityError):  # a text is signed once
                firm.sign(person, day)
        elif act == "absence":
            until = (today + timedelta(days=rng.randint(0, 30))).isoformat()
            firm.employ(person, "absence", day, until_on=until)
        elif act == "leave":
            firm.employ(person, "leave", day)
        elif act == "rehire":
            firm.employ(person, "rehire", day, unit=firm.unit)
    except LmsError:
        pass  # not every act is possible at every time: what was refused left nothing behind
