"""Who is asking: one statement, whoever it is."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from lms.core import clock
from lms.core.access import Action, Relation, Role, relations_to
from lms.core.errors import NotFound
from lms.people import actions, queries
from lms.people.queries import firm_day
from lms.people.rules import EmploymentKind, NewFact
from tests.factories import BY, make_person, make_unit


@contextmanager
def counting(database):
    """Count the statements of a block, BEGIN, COMMIT and PRAGMA aside."""
    seen = []

    def note(connection, cursor, statement, parameters, context, many):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def actor_of(database, person_id, at=None):
    at = at or clock.now()
    with database.transaction(BY) as session:
        token = actions.open_session(session, person_id, at)
    with database.reading() as session:
        return queries.actor_of_session(session, token, at)


def test_the_actor_costs_one_statement(database, cast):
    with database.transaction(BY) as session:
        token = actions.open_session(session, cast.bruno, clock.now())
    with counting(database) as seen, database.reading() as session:
        assert queries.actor_of_session(session, token, clock.now()).person_id == cast.bruno
    assert len(seen) == 1


def test_everybody_employed_learns_and_whoever_leads_a_unit_manages_all_below_it(database, cast):
    with database.transaction(BY) as session:
        deep = make_unit(session, "north-1", cast.north)
        deeper = make_unit(session, "north-1-a", deep)
    assert actor_of(database, cast.ana).roles == {Role.LEARNER}
    bruno = actor_of(database, cast.bruno)
    assert bruno.roles == {Role.LEARNER, Role.MANAGER}
    assert bruno.units == {cast.north, deep, deeper}
    assert actor_of(database, cast.carla).roles == {Role.LEARNER, Role.HR}


def test_a_leaver_is_cut_off_on_the_day_after_their_last(database, cast):
    noon = datetime(2026, 3, 31, 4, tzinfo=UTC)  # in Shanghai
    last_second, midnight = (
        datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 31, 16, tzinfo=UTC),
    )
    with database.transaction(BY) as session:
        actions.record_employment(session, cast.ana, NewFact(EmploymentKind.LEAVE, date(2026, 3, 31)), noon)
        token = actions.open_session(session, cast.ana, noon)
    with database.reading() as session:
        assert queries.actor_of_session(session, token, last_second) is not None
        assert queries.actor_of_session(session, token, midnight) is None


def test_an_ended_or_expired_session_stands_for_nobody(database, cast):
    now = clock.now()
    with database.transaction(BY) as session:
        ended, kept = (actions.open_session(session, cast.ana, now) for _ in range(2))
        actions.end_session(session, cast.ana, queries.hash_token(ended), now)
    with database.reading() as session:
        assert queries.actor_of_session(session, ended, now) is None
        assert queries.actor_of_session(session, kept, now + timedelta(hours=11, minutes=59)) is not None
        assert queries.actor_of_session(session, kept, now + timedelta(hours=12)) is None
        assert queries.actor_of_session(session, "invented", now) is None


def test_a_person_is_found_by_those_who_may_and_by_no_stranger(database, cast):
    bruno, carla, dario = (actor_of(database, each) for each in (cast.bruno, cast.carla, cast.dario))
    with database.reading() as session:
        for allowed in (bruno, carla):
            assert queries.person_for(session, allowed, cast.ana, Action.READ_RECORD).username == "ana"
        for stranger in (dario,):
            with pytest.raises(NotFound):
                queries.person_for(session, stranger, cast.ana, Action.READ_RECORD)
        with pytest.raises(NotFound):
            queries.person_for(session, bruno, cast.dario, Action.READ_RECORD)
    assert Relation.MANAGED not in relations_to(bruno, cast.bruno, cast.north)


def test_managers_are_found_upward_and_nobody_is_their_own(database, cast):
    with database.transaction(BY) as session:
        actions.set_lead(session, cast.head, cast.carla, firm_day(session, clock.now()), clock.now())
    with database.reading() as session:
        on = firm_day(session, clock.now())
        found = queries.managers_of(session, [cast.ana, cast.bruno, cast.dario, cast.carla], on)
        assert found == {cast.ana: cast.bruno, cast.bruno: cast.carla, cast.dario: cast.carla}
        reports = queries.reports_of(session, {cast.bruno}, {cast.ana, cast.bruno, cast.dario})
        assert reports == {cast.ana}


def test_a_future_move_takes_effect_on_its_day(database, cast):
    now = clock.now()
    with database.transaction(BY) as session:
        day = firm_day(session, now)
        move = NewFact(EmploymentKind.MOVE, day + timedelta(days=3), unit_id=cast.south)
        actions.record_employment(session, cast.ana, move, now)
    with database.transaction(BY) as session:
        assert actions.refresh_changed(session, now + timedelta(days=2)) == 0
        assert queries.person(session, cast.ana).unit_id == cast.north
        assert actions.refresh_changed(session, now + timedelta(days=3)) == 1
        assert queries.person(session, cast.ana).unit_id == cast.south


def test_the_application_starts_and_offers_to_sign_in(client):
    assert client.get("/sign-in").status_code == 200


def test_a_sign_in_name_is_made_from_the_staff_number_and_is_free(database, cast):
    with database.transaction(BY) as session:
        for number, expected in (("77", "77"), ("77-2", "77-2"), ("A 9", "a-9"), ("ana", "ana-2")):
            made = make_person(session, "", cast.north, staff_number=number, mail="")
            assert queries.person(session, made).username == expected
