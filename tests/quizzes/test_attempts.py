"""Attempts on a database: started once, limited, closed, scored, voided; the proof by replay."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from lms.core.access import Role
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.quizzes import actions, queries
from lms.quizzes.background import close_and_score
from lms.quizzes.models import Attempt, ItemExposure
from lms.quizzes.rules import AttemptState
from tests.quizzes.published import (
    BY,
    NOON,
    QUIZ,
    RUN_2,
    an_actor,
    an_item,
    answer_all,
    events,
    item_body,
    publish,
    publish_quiz,
    save,
    sit,
    slots,
    start,
    stored,
    submit,
)  # fmt: skip

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(database, cast):
    publish_quiz(database)
    return cast.ana


def test_starting_twice_returns_the_open_attempt(database, ana):
    first, second = start(database, ana), start(database, ana, NOON + MINUTE)
    assert second.id == first.id
    assert second.deadline_at == NOON + timedelta(minutes=20)
    assert len(events(database, "AttemptStarted")) == 1


def test_a_paper_holds_versions_order_and_seed(database, ana):
    attempt = start(database, ana, seed=bytes(range(16)))
    assert attempt.seed == bytes(range(16)).hex()
    drawn = slots(attempt)
    assert len({slot["item"] for slot in drawn}) == attempt.items == 10
    assert all(sorted(slot["order"]) == ["a", "b", "c", "d"] and slot["version"] > 0 for slot in drawn)


def test_an_unknown_quiz_cannot_be_started(database, ana):
    unknown = actions.Start(queries.QuizRef(QUIZ.kind, "no-such"))
    with pytest.raises(NotFound), database.transaction(BY) as session:
        actions.start_attempt(session, ana, unknown, NOON)


@pytest.mark.parametrize(
    ("after", "allowed"),
    [(24 * HOUR - timedelta(seconds=1), False), (24 * HOUR, True), (24 * HOUR + timedelta(seconds=1), True)],
)
def test_the_second_attempt_waits_for_a_day_after_the_first_ended(database, ana, after, allowed):
    first = sit(database, ana, right=0)
    ended = first.submitted_at
    if allowed:
        assert start(database, ana, ended + after).number == 2
    else:
        with pytest.raises(Conflict, match="may not start yet"):
            start(database, ana, ended + after)


def test_after_the_last_attempt_only_a_grant_helps(database, cast, ana):
    for day in (0, 2, 6):
        sit(database, ana, NOON + timedelta(days=day), right=0)
    with pytest.raises(Conflict, match="No attempt is left"):
        start(database, ana, NOON + timedelta(days=60))
    with database.transaction(BY) as session:
        grant = actions.Grant(ana, QUIZ, 1, "The fire alarm rang.")
        actions.grant_attempts(session, an_actor(cast.carla, Role.HR), grant, NOON)
    assert start(database, ana, NOON + timedelta(days=60)).number == 4
    assert len(events(database, "AttemptsGranted")) == 1


def test_nobody_grants_themselves_attempts_or_time(database, cast):
    publish_quiz(database)
    carla = an_actor(cast.carla, Role.HR)
    with pytest.raises(NotAllowed), database.transaction(BY) as session:
        actions.grant_attempts(session, carla, actions.Grant(cast.carla, QUIZ, 1, "because"), NOON)
    with pytest.raises(NotAllowed), database.transaction(BY) as session:
        actions.accommodate(session, carla, cast.carla, (10, "because"), NOON)
    with pytest.raises(Invalid), database.transaction(BY) as session:
        actions.grant_attempts(session, carla, actions.Grant(cast.ana, QUIZ, 1, "  "), NOON)


def test_after_a_pass_no_attempt_starts_in_the_same_run(database, ana):
    assert sit(database, ana).passed
    with pytest.raises(Conflict, match="passed"):
        start(database, ana, NOON + timedelta(days=30))


def test_attempts_count_within_their_run(database, ana):
    for day in (0, 2, 6):
        sit(database, ana, NOON + timedelta(days=day), right=0)
    with database.transaction(BY) as session:
        assert actions.open_run(session, ana, QUIZ, RUN_2, NOON + timedelta(days=7))
    with database.transaction(BY) as session:
        assert not actions.open_run(session, ana, QUIZ, RUN_2, NOON + timedelta(days=8))
    attempt = sit(database, ana, NOON + timedelta(days=7))
    assert (attempt.run_id, attempt.number) == (RUN_2, 1)
    with database.transaction(BY) as session:
        actions.close_run(session, ana, QUIZ, RUN_2, NOON + timedelta(days=8))
    with pytest.raises(Conflict, match="No attempt is left"):
        start(database, ana, NOON + timedelta(days=60))


def test_an_open_attempt_of_an_older_run_is_returned(database, ana):
    practice = start(database, ana)
    with database.transaction(BY) as session:
        actions.open_run(session, ana, QUIZ, RUN_2, NOON)
    assert start(database, ana, NOON + MINUTE).id == practice.id


def test_extra_minutes_move_the_deadline_of_later_attempts(database, cast, ana):
    with database.transaction(BY) as session:
        hr = an_actor(cast.carla, Role.HR)
        actions.accommodate(session, hr, ana, (30, "A doctor's letter."), NOON)
        actions.accommodate(session, hr, ana, (10, "A newer letter."), NOON)
    attempt = start(database, ana)
    assert attempt.deadline_at == NOON + timedelta(minutes=30)
    assert attempt.extra_minutes == 10


def test_a_retake_draws_unseen_items_first_and_counts_what_was_given(database, ana):
    first = sit(database, ana, right=0)
    second = start(database, ana, NOON + timedelta(days=2))
    assert not {slot["item"] for slot in slots(first)} & {slot["item"] for slot in slots(second)}
    with database.reading() as session:
        query = select(ItemExposure.item_id, ItemExposure.times).where(ItemExposure.person_id == ana)
        rows = session.execute(query).all()
    assert {row.item_id: row.times for row in rows} == {
        slot["item"]: 1 for slot in (*slots(first), *slots(second))
    }


def test_items_whose_keys_were_opened_are_not_given_for_12_months(database, ana):
    opened = [f"CONF-{number:04}" for number in range(1, 21)]
    with database.transaction(BY) as session:
        actions.note_keys_opened(session, ana, opened, NOON)
    attempt = start(database, ana, NOON + timedelta(days=365))
    assert not {slot["item"] for slot in slots(attempt)} & set(opened)
    submit(database, attempt, NOON + timedelta(days=365) + MINUTE)
    later = start(database, ana, NOON + timedelta(days=367))
    assert {slot["item"] for slot in slots(later)} <= set(opened)


def test_with_too_few_items_left_nothing_starts(database, ana):
    with database.transaction(BY) as session:
        actions.note_keys_opened(session, ana, [f"CONF-{number:04}" for number in range(1, 22)], NOON)
    with pytest.raises(Conflict, match="oral test"):
        start(database, ana, NOON + MINUTE)
    assert events(database, "AttemptStarted") == []


def test_scores_are_exact_and_dated(database, ana):
    attempt = sit(database, ana, right=8)
    found, _ = stored(database, attempt)
    assert (found.score, found.passed, found.credited_on) == ("4/5", True, date(2026, 3, 2))
    assert found.state == AttemptState.SCORED
    assert len(events(database, "AttemptScored")) == 1


def test_below_the_cut_score_is_no_pass(database, ana):
    found, _ = stored(database, sit(database, ana, right=7))
    assert (found.score, found.passed) == ("7/10", False)


def test_submitting_and_scoring_twice_is_once(database, ana):
    attempt = sit(database, ana)
    again = submit(database, attempt, NOON + HOUR)
    assert again.submitted_at == attempt.submitted_at
    assert len(events(database, "AttemptSubmitted")) == len(events(database, "AttemptScored")) == 1


@pytest.mark.parametrize(
    ("seconds", "score", "late"), [(59, "1/1", False), (60, "1/1", False), (61, "0/1", True)]
)
def test_answers_count_up_to_60_seconds_after_the_deadline(database, ana, seconds, score, late):
    attempt = start(database, ana)
    at = attempt.deadline_at + timedelta(seconds=seconds)
    reply = answer_all(database, attempt, at)
    assert reply.closed is late
    submit(database, attempt, at)
    found, batches = stored(database, attempt)
    assert found.score == score
    assert [batch.late for batch in batches] == [late]


@pytest.mark.parametrize(("seconds", "closes"), [(59, False), (60, False), (61, True)])
def test_the_worker_closes_at_deadline_plus_60_seconds_as_of_the_deadline(database, ana, seconds, closes):
    attempt = start(database, ana)
    answer_all(database, attempt, NOON + MINUTE)
    at = attempt.deadline_at + timedelta(seconds=seconds)
    with database.transaction(BY) as session:
        closed = actions.close_expired(session, at)
    assert closed == ([attempt.id] if closes else [])
    found, _ = stored(database, attempt)
    assert found.state == (AttemptState.SUBMITTED if closes else AttemptState.IN_PROGRESS)
    assert found.submitted_at == (attempt.deadline_at if closes else None)


@pytest.mark.parametrize("seconds", [60, 61])
def test_an_attempt_without_an_answer_is_abandoned_by_the_worker(database, ana, seconds):
    attempt = start(database, ana)
    for _ in range(2):
        close_and_score(database, attempt.deadline_at + timedelta(seconds=seconds))
    found, _ = stored(database, attempt)
    if seconds == 60:  # still within the grace
        assert found.state == AttemptState.IN_PROGRESS
        return
    assert (found.state, found.score, found.passed) == (AttemptState.ABANDONED, "0/1", False)
    assert (found.submitted_at, found.credited_on) == (None, date(2026, 3, 2))
    assert len(events(database, "AttemptAbandoned")) == 1
    assert events(database, "AttemptSubmitted") == events(database, "AttemptScored") == []
    with database.reading() as session:
        assert [each.fault for each in queries.replay(session)] == [""]


def test_an_abandoned_attempt_counts_and_causes_a_wait_from_its_deadline(database, ana):
    attempt = start(database, ana)
    later = attempt.deadline_at + 2 * MINUTE
    with pytest.raises(Conflict, match="not start yet"):
        start(database, ana, later)
    close_and_score(database, later)
    again = start(database, ana, NOON + timedelta(days=2))
    assert (again.number, stored(database, attempt)[0].state) == (2, AttemptState.ABANDONED)


def test_a_paper_handed_in_blank_by_its_owner_is_scored(database, ana):
    attempt = start(database, ana)
    submit(database, attempt, NOON + MINUTE)
    found, _ = stored(database, attempt)
    assert (found.state, found.score) == (AttemptState.SCORED, "0/1")


def test_an_answer_after_an_attempt_was_abandoned_is_kept_as_late(database, ana):
    attempt = start(database, ana)
    at = attempt.deadline_at + 2 * MINUTE
    close_and_score(database, at)
    assert save(database, attempt, at + MINUTE, (1, 1, "b")).closed
    found, batches = stored(database, attempt)
    assert found.state == AttemptState.ABANDONED
    assert [each.late for each in batches] == [True]


def test_a_pass_past_midnight_is_dated_by_the_deadline(database, ana):
    before_midnight = NOON + timedelta(hours=11, minutes=39, seconds=30)
    attempt = start(database, ana, before_midnight)
    answer_all(database, attempt, before_midnight + MINUTE)
    submit(database, attempt, attempt.deadline_at + timedelta(seconds=45))
    found, _ = stored(database, attempt)
    assert found.credited_on == date(2026, 3, 2)
    assert found.submitted_at == attempt.deadline_at + timedelta(seconds=45)


def test_starting_over_an_expired_attempt_closes_and_scores_it_first(database, ana):
    expired = start(database, ana)
    save(database, expired, NOON + MINUTE, (1, 1, "b"))
    fresh = start(database, ana, NOON + timedelta(days=2))
    assert fresh.id != expired.id
    found, _ = stored(database, expired)
    assert (found.state, found.score, found.submitted_at) == ("scored", "1/10", expired.deadline_at)


def test_a_voided_attempt_neither_counts_nor_causes_a_wait(database, cast, ana):
    attempt = sit(database, ana, right=0)
    hr = an_actor(cast.carla, Role.HR)
    with database.transaction(BY) as session:
        actions.void_attempt(session, hr, attempt.id, "The network was down.", NOON + HOUR)
    assert start(database, ana, NOON + HOUR).number == 2
    with pytest.raises(Conflict), database.transaction(BY) as session:
        actions.void_attempt(session, hr, attempt.id, "again", NOON + HOUR)
    own = start(database, ana, NOON + HOUR)
    with pytest.raises(NotAllowed), database.transaction(BY) as session:
        actions.void_attempt(session, an_actor(ana, Role.HR), own.id, "mine", NOON)
    assert len(events(database, "AttemptVoided")) == 1


def test_every_stored_paper_and_score_replays_even_after_republication(database, cast, ana):
    sit(database, ana, right=9)
    sit(database, cast.dario, right=3)
    start(database, cast.bruno)
    changed = [("item", item_body(an_item(number, right="c"))) for number in range(1, 31)]
    publish(database, *changed)
    with database.reading() as session:
        replayed = list(queries.replay(session))
    assert [each.fault for each in replayed] == ["", "", ""]


def test_replay_tells_a_changed_seed_and_a_changed_score(database, cast, ana):
    one, other = sit(database, ana), sit(database, cast.dario)
    with database.transaction(BY) as session:
        session.execute(update(Attempt).where(Attempt.id == one.id).values(seed="00" * 16))
        session.execute(update(Attempt).where(Attempt.id == other.id).values(score="1/10"))
    with database.reading() as session:
        faults = {each.attempt_id: each.fault for each in queries.replay(session)}
    assert faults[one.id] == "another paper"
    assert faults[other.id].startswith("another score: 1/1")


def test_a_stranger_finds_no_attempt(database, cast, ana):
    attempt = start(database, ana)
    dario = an_actor(cast.dario)
    for call in (
        lambda session: queries.attempt_for(session, dario, attempt.id),
        lambda session: queries.result_for(session, dario, attempt.id),
        lambda session: actions.submit_attempt(session, dario, attempt.id, NOON),
        lambda session: actions.save_responses(
            session, dario, attempt.id, actions.Sent("w", (actions.Answer(1, 1, None),)), NOON
        ),
        lambda session: actions.save_responses(session, dario, attempt.id, actions.Sent("w", ()), NOON),
        lambda session: queries.attempt_for(session, an_actor(ana), uuid4()),
    ):
        with pytest.raises(NotFound), database.transaction(BY) as session:
            call(session)
