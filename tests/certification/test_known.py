"""As of a day, as known at an instant: the same question always gets the same bytes."""

from datetime import date

import pytest

from lms.certification import queries
from lms.core import clock
from lms.core.errors import Invalid, NotFound
from lms.people.queries import actor_of_person
from tests.certification.loop import Firm, instant
from tests.statements import counted


@pytest.fixture
def firm(database):
    return Firm(database)


def test_the_answer_of_a_day_as_known_never_changes(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.seal("2025-02-03")
    early = instant("2025-02-04")
    firm.seal("2025-02-04")
    firm.sign(ana, "2025-02-05")
    firm.seal("2025-02-05")
    before = firm.ask(ana, "2025-03-20", "onboarding", known_at=early)
    assert (before.standing.state, str(before.standing.due_on)) == ("overdue", "2025-03-05")
    firm.employ(ana, "absence", "2025-02-10", until_on="2025-03-19")
    firm.onboard_rest(ana, "2025-03-25")
    firm.seal("2025-03-25")
    again = firm.ask(ana, "2025-03-20", "onboarding", known_at=early)
    assert again.canonical() == before.canonical()
    now = firm.ask(ana, "2025-03-20", "onboarding")
    assert (now.standing.state, str(now.standing.due_on)) == ("assigned", "2025-04-12")
    assert now.position is None
    assert before.position > 0


def test_an_event_sealed_late_is_not_known_before(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.seal("2025-02-03")
    firm.onboard(ana, "2025-02-05")
    firm.seal("2025-02-08")
    known = firm.ask(ana, "2025-02-07", "onboarding", known_at=instant("2025-02-07"))
    assert known.standing.state == "assigned"
    assert firm.ask(ana, "2025-02-07", "onboarding").standing.state == "certified"


def test_before_the_first_checkpoint_nothing_was_known(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.seal("2025-02-03")
    answer = firm.ask(ana, "2025-02-07", "onboarding", known_at=instant("2025-01-01", "00:00"))
    assert (answer.standing.state, answer.position) == ("not_required", 0)


def test_an_instant_after_the_last_checkpoint_is_refused(firm):
    ana = firm.hire("ana", "2025-02-03")
    with pytest.raises(Invalid):
        firm.ask(ana, "2025-02-03", "onboarding", known_at=instant("2025-02-03"))
    firm.seal("2025-02-03")
    with pytest.raises(Invalid):
        firm.ask(ana, "2025-02-03", "onboarding", known_at=instant("2025-02-04"))


def test_many_people_as_known_at_an_instant_are_answered_at_once(firm, database):
    people = [firm.hire(name, "2025-02-03") for name in ("ana", "ben", "cem")]
    firm.onboard(people[0], "2025-02-05")
    firm.seal("2025-02-06")
    with counted(database) as few, database.reading() as session:
        found = queries.standings_as_of(session, people[:1], date(2025, 2, 6), instant("2025-02-06", "23:00"))
    with counted(database) as many, database.reading() as session:
        found |= queries.standings_as_of(session, people, date(2025, 2, 6), instant("2025-02-06", "23:00"))
    assert len(few) == len(many) <= 13
    assert found[people[0], "onboarding"].standing.state == "certified"
    assert found[people[1], "onboarding"].standing.state == "assigned"


def test_strangers_get_nothing(firm, database, cast):
    ana = firm.hire("ann", "2025-02-03")
    with database.reading() as session:
        dario = actor_of_person(session, cast.dario, clock.now())
        carla = actor_of_person(session, cast.carla, clock.now())
        for ask in (
            lambda who: queries.standing_for(session, who, (ana, "onboarding"), instant("2025-02-03").date()),
            lambda who: queries.record_for(session, who, ana, instant("2025-02-03").date()),
        ):
            assert ask(carla)
            with pytest.raises(NotFound):
                ask(dario)


def test_a_programme_that_was_never_published_is_not_found(firm):
    with pytest.raises(NotFound):
        firm.ask(firm.hire("ana", "2025-02-03"), "2025-02-03", "no-such")
