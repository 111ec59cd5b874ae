"""Plays on both engines: steps that are only added, clocks by the server, pinned versions, credits."""

import threading
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from lms.app import open_database
from lms.audit.models import AuditEvent
from lms.authoring.actions import _store, planned
from lms.authoring.publishing import Sorting
from lms.cases import actions, background
from lms.cases.documents import fraction_text
from lms.cases.models import Play
from lms.cases.rules import PlayState, outcome
from lms.certification.models import CreditOfCase, CreditRow
from lms.core.errors import Conflict, Invalid, NotFound
from lms.quizzes.actions import accommodate
from tests.cases.small import (
    BY,
    CASE,
    EXPERT,
    FAILING,
    FILES,
    NOON,
    PATH,
    an_actor,
    begin,
    choose,
    play_through,
    publish_case,
    stored,
)
from tests.certification.loop import Firm
from tests.content import checked

SECOND = timedelta(seconds=1)


@pytest.fixture
def ana(database, cast):
    publish_case(database)
    return cast.ana


def kinds(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.kind).where(AuditEvent.kind.like("Play%"))))


def choices(found) -> list[str]:
    return [step.choice for step in found.steps]


def test_the_expert_s_path_passes_with_the_full_score_and_is_recorded_once(database, ana):
    play = play_through(database, ana)
    assert (play.state, play.ending, play.passed, play.credited_on) == (
        "finished", "pass", True, date(2026, 3, 2),
    )  # fmt: skip
    assert Fraction(play.score) == 1
    assert choices(stored(database, play)) == list(EXPERT)
    assert sorted(kinds(database)) == ["PlayFinished", "PlayStarted"]


def test_a_critical_choice_fails_whatever_the_score(database, ana):
    play = play_through(database, ana, ("hand-in", "declare", "deny"))
    assert (play.passed, play.critical, play.ending) == (False, True, "fail")
    with database.reading() as session:
        assert session.scalar(select(CreditRow.id)) is None


def test_starting_twice_returns_the_open_play_and_a_finished_one_is_followed_by_a_new_one(database, ana):
    first = begin(database, ana)
    assert begin(database, ana).id == first.id
    choose(database, first, 1, "keep")
    again = begin(database, ana)
    assert (again.number, again.id != first.id) == (2, True)


def test_a_step_sent_twice_stays_what_it_was(database, ana):
    play = begin(database, ana)
    choose(database, play, 1, "hand-in")
    choose(database, play, 1, "keep")
    choose(database, play, 1, "hand-in")
    assert choices(stored(database, play)) == ["hand-in"]
    done = play_through(database, ana)
    choose(database, done, 3, "deny")
    assert stored(database, done).play.passed


def test_a_step_ahead_an_impossible_choice_and_another_s_play_are_refused(database, ana, cast):
    play = begin(database, ana)
    with pytest.raises(Conflict):
        choose(database, play, 2, "declare")
    with pytest.raises(Invalid):
        choose(database, play, 1, "declare")
    choose(database, play, 1, "hand-in")
    choose(database, play, 2, "declare")
    with pytest.raises(Invalid):
        choose(database, play, 3, "apologise")  # not late, so there is nothing to apologise for
    play.person_id = cast.dario
    with pytest.raises(NotFound):
        choose(database, play, 3, "tell")


def test_two_windows_that_choose_at_once_take_one_step(database, ana):
    play = begin(database, ana)
    ways, failed = ["hand-in", "wait"], []

    def send(choice):
        try:
            choose(database, play, 1, choice)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test fails
            failed.append(error)

    threads = [threading.Thread(target=send, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    found = choices(stored(database, play))
    assert len(found) == 1
    assert found[0] in ways


@pytest.mark.parametrize(("seconds", "taken"), [(59, "declare"), (63, "declare"), (64, "put-off")])
def test_the_clock_runs_on_the_server_with_three_seconds_of_grace(database, ana, seconds, taken):
    play = begin(database, ana)
    choose(database, play, 1, "hand-in")
    choose(database, play, 2, "declare", NOON + seconds * SECOND)
    found = stored(database, play)
    assert choices(found) == ["hand-in", taken]
    assert found.steps[1].timed_out == (taken == "put-off")
    assert found.steps[1].chosen_at == NOON + (60 if taken == "put-off" else seconds) * SECOND


def test_extra_time_lengthens_the_clock(database, ana, cast):
    with database.transaction(BY, now=NOON) as session:
        accommodate(session, an_actor(cast.carla), ana, (10, "a letter of the doctor"), NOON)
    play = begin(database, ana)
    assert play.percent == 150
    choose(database, play, 1, "hand-in")
    choose(database, play, 2, "declare", NOON + 90 * SECOND)
    assert choices(stored(database, play)) == ["hand-in", "declare"]


def test_the_worker_lets_clocks_run_out_and_doing_it_twice_changes_nothing(database, ana):
    play = begin(database, ana)
    choose(database, play, 1, "hand-in")
    later = NOON + timedelta(hours=9)
    assert background.settle_all(database, later) == 0  # it stands in a scene without a clock now
    before = stored(database, play).steps
    assert [step.choice for step in before] == ["hand-in", "put-off"]
    background.settle_all(database, later)
    assert stored(database, play).steps == before


def test_a_play_goes_on_in_the_version_it_was_begun_in(database, cast):
    firm = Firm(database, "2026-03-01", checked(FILES))
    play = begin(database, cast.ana)
    files = {**FILES, PATH: FILES[PATH].replace(b"cut_score: 70%", b"cut_score: 90%")}
    with firm.doing("2026-03-01", "11:00") as session:
        _store(session, planned(session, checked(files), Sorting((), (f"case/{CASE}",))), NOON)
    done = play
    for number, choice in enumerate(EXPERT, 1):
        done = choose(database, play, number, choice)
    assert done.version_id == play.version_id
    assert stored(database, done).published.case.cut_score == Fraction(7, 10)
    assert begin(database, cast.ana).version_id != play.version_id


def test_what_was_kept_survives_when_the_server_dies_in_between(database, settings, ana):
    play = begin(database, ana)
    choose(database, play, 1, "hand-in")
    with database.transaction(BY, now=NOON) as session:
        actions.choose(session, an_actor(ana), play.id, (2, "declare"), NOON)
        session.rollback()  # killed before the commit
    restarted = open_database(settings)
    try:
        assert choices(stored(restarted, play)) == ["hand-in"]
        choose(restarted, play, 2, "declare")
        assert choose(restarted, play, 3, "tell").passed
    finally:
        restarted.dispose()


def test_a_passed_case_is_a_credit_with_its_pools_once(database, ana):
    play_through(database, ana)
    play_through(database, ana, FAILING)
    with database.reading() as session:
        rows = session.execute(
            select(CreditRow.need, CreditRow.target, CreditRow.occurred_on, CreditOfCase.pools, CreditOfCase.repeat)
            .join(CreditOfCase, CreditOfCase.credit_id == CreditRow.id)
        ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [("case", CASE, date(2026, 3, 2), "conduct", False)]


def test_every_stored_outcome_can_be_computed_again_from_its_steps(database, ana):
    for way in (EXPERT, FAILING, ("ask", "wait", "put-off", "apologise")):
        play_through(database, ana, way)
    with database.reading() as session:
        plays = session.scalars(select(Play).where(Play.state == PlayState.FINISHED)).all()
        session.expunge_all()
    assert len(plays) == 3
    for play in plays:
        found = stored(database, play)
        again = outcome(found.published.case, found.published.bounds, choices(found))
        assert (play.score, play.passed) == (fraction_text(again.score), again.passed)
