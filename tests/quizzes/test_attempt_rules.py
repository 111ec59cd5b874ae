"""When an attempt may start, when it ends, which answers count and which day a pass has."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.rules import (
    NEXT_STATES,
    Allowed,
    AttemptState,
    PastAttempt,
    Refusal,
    RefusalReason,
    closing_state,
    counts,
    credited_on,
    deadline,
    in_utc,
    may_start,
)
from lms.quizzes.scoring import (
    Choose,
    GivenResponse,
    InvalidReason,
    InvalidResponse,
    latest_responses,
)
from tests.quizzes.builders import a_blueprint

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
INSTANTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, SHANGHAI, LONDON]),
)
MINUTES = st.integers(0, 600)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def failed(ended_at: datetime = NOON) -> PastAttempt:
    return PastAttempt(AttemptState.SCORED, ended_at)


# History by state, and what is answered long after.
@pytest.mark.parametrize(
    ("states", "granted", "expected"),
    [
        ([], 0, Allowed(1)),
        (["scored"], 0, Allowed(2)),
        (["scored", "scored"], 0, Allowed(3)),
        (["scored", "scored", "scored"], 0, Refusal(RefusalReason.NO_ATTEMPTS_LEFT)),
        (["scored", "scored", "scored"], 1, Allowed(4)),
        (["scored"] * 4, 1, Refusal(RefusalReason.NO_ATTEMPTS_LEFT)),
        (["abandoned", "scored", "abandoned"], 0, Refusal(RefusalReason.NO_ATTEMPTS_LEFT)),
        (["voided", "scored", "scored"], 0, Allowed(3)),
        (["voided"] * 5, 0, Allowed(1)),
        (["submitted"], 0, Refusal(RefusalReason.AWAITING_SCORE)),
        (["in_progress"], 0, Refusal(RefusalReason.ATTEMPT_OPEN)),
        (["scored", "scored", "in_progress"], 0, Refusal(RefusalReason.ATTEMPT_OPEN)),
        (["scored", "scored", "submitted"], 5, Refusal(RefusalReason.AWAITING_SCORE)),
    ],
)
def test_attempts_are_counted_and_granted(
    states: list[str], granted: int, expected: Allowed | Refusal
) -> None:
    ended = {"in_progress": None}
    history = [PastAttempt(AttemptState(state), ended.get(state, NOON)) for state in states]
    assert may_start(history, a_blueprint(), NOON + timedelta(days=30), granted) == expected


def test_who_has_passed_needs_no_more_attempts_unless_the_pass_was_voided() -> None:
    passed = PastAttempt(AttemptState.SCORED, NOON, passed=True)
    later = NOON + timedelta(days=30)
    assert may_start([passed], a_blueprint(), later, 2) == Refusal(RefusalReason.ALREADY_PASSED)
    voided = PastAttempt(AttemptState.VOIDED, NOON, passed=True)
    assert may_start([voided], a_blueprint(), later) == Allowed(1)


# How many were made, the wait in hours before the next one.
@pytest.mark.parametrize(("made", "granted", "hours"), [(1, 0, 24), (2, 0, 72), (3, 1, 72), (4, 2, 72)])
def test_a_wait_ends_at_its_second_and_is_told(made: int, granted: int, hours: int) -> None:
    history = [failed(NOON - timedelta(days=n)) for n in range(made)]
    when = NOON + timedelta(hours=hours)
    refusal = Refusal(RefusalReason.WAIT, when)
    assert may_start(history, a_blueprint(), when - seconds(1), granted) == refusal
    assert may_start(history, a_blueprint(), when, granted) == Allowed(made + 1)
    assert may_start(history, a_blueprint(), when + seconds(1), granted) == Allowed(made + 1)


def test_without_waits_the_next_attempt_may_start_at_once() -> None:
    assert may_start([failed()], a_blueprint(waits=()), NOON) == Allowed(2)
    no_wait_first = a_blueprint(waits=(timedelta(0),))
    assert may_start([failed()], no_wait_first, NOON) == Allowed(2)


def test_a_voided_attempt_causes_no_wait() -> None:
    history = [failed(NOON - timedelta(days=9)), PastAttempt(AttemptState.VOIDED, NOON)]
    assert may_start(history, a_blueprint(), NOON) == Allowed(2)


def test_a_wait_is_of_elapsed_hours_where_clocks_change() -> None:
    ended = datetime(2026, 3, 28, 12, 0, tzinfo=LONDON)
    refusal = may_start([failed(ended)], a_blueprint(), ended)
    assert refusal == Refusal(RefusalReason.WAIT, datetime(2026, 3, 29, 12, 0, tzinfo=UTC))


def test_states_move_forward_only_and_voided_is_final() -> None:
    assert set(NEXT_STATES) == set(AttemptState)
    assert NEXT_STATES[AttemptState.VOIDED] == frozenset()
    assert all(AttemptState.IN_PROGRESS not in following for following in NEXT_STATES.values())
    assert AttemptState.SCORED not in NEXT_STATES[AttemptState.IN_PROGRESS]
    assert NEXT_STATES[AttemptState.SUBMITTED] == {AttemptState.SCORED, AttemptState.VOIDED}


@pytest.mark.parametrize(
    ("extra_minutes", "closing", "expected"),
    [
        (0, None, NOON + timedelta(minutes=20)),
        (10, None, NOON + timedelta(minutes=30)),
        (0, NOON + timedelta(minutes=19), NOON + timedelta(minutes=19)),
        (0, NOON + timedelta(minutes=20), NOON + timedelta(minutes=20)),
        (0, NOON + timedelta(minutes=21), NOON + timedelta(minutes=20)),
        (10, NOON + timedelta(minutes=25), NOON + timedelta(minutes=25)),
    ],
)
def test_the_deadline_is_the_earlier_of_time_and_closing(
    extra_minutes: int, closing: datetime | None, expected: datetime
) -> None:
    assert deadline(NOON, 20, extra_minutes, closing) == expected


def test_a_deadline_is_of_elapsed_minutes_where_clocks_change() -> None:
    started = datetime(2026, 3, 29, 0, 50, tzinfo=LONDON)
    assert deadline(started, 20, 0, None) == datetime(2026, 3, 29, 1, 10, tzinfo=UTC)


@given(INSTANTS, MINUTES, MINUTES, st.none() | INSTANTS)
def test_a_deadline_never_passes_the_closing_nor_the_minutes(
    started: datetime, minutes: int, extra: int, closing: datetime | None
) -> None:
    ends = deadline(started, minutes, extra, closing)
    full = in_utc(started) + timedelta(minutes=minutes + extra)
    assert ends.tzinfo is UTC
    assert ends <= full
    assert ends == full or ends == in_utc(closing or started)
    assert ends <= deadline(started, minutes, extra + 1, closing)


@pytest.mark.parametrize(
    ("after", "counted"), [(-1, True), (0, True), (59, True), (60, True), (60.000001, False), (61, False)]
)
def test_an_answer_counts_up_to_sixty_seconds_after_the_deadline(after: float, counted: bool) -> None:
    ends = deadline(NOON, 20, 0, None)
    assert counts(ends + seconds(after), ends) is counted


@pytest.mark.parametrize(
    ("submitted", "ends", "day"),
    [
        ("2026-03-02T23:59:59", "2026-03-03T00:10:00", date(2026, 3, 2)),
        ("2026-03-03T00:00:00", "2026-03-03T00:10:00", date(2026, 3, 3)),
        ("2026-03-03T00:00:59", "2026-03-02T23:59:59", date(2026, 3, 2)),
        ("2028-02-29T23:59:59", "2028-03-01T00:19:00", date(2028, 2, 29)),
        ("2026-12-31T23:59:59", "2027-01-01T00:00:00", date(2026, 12, 31)),
    ],
)
def test_a_pass_is_dated_by_the_day_in_shanghai(submitted: str, ends: str, day: date) -> None:
    at, until = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (submitted, ends))
    assert credited_on(at, until, SHANGHAI) == day
    assert credited_on(at.astimezone(UTC), until.astimezone(LONDON), SHANGHAI) == day


def test_the_day_is_of_the_firm_and_not_of_utc() -> None:
    at = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert credited_on(at, at, SHANGHAI) == date(2026, 3, 3)
    assert credited_on(at - seconds(1), at, SHANGHAI) == date(2026, 3, 2)


@given(INSTANTS, INSTANTS)
def test_closing_late_never_moves_the_day(submitted: datetime, ends: datetime) -> None:
    day = credited_on(submitted, ends, SHANGHAI)
    assert day == min(credited_on(submitted, submitted, SHANGHAI), credited_on(ends, ends, SHANGHAI))


@pytest.mark.parametrize(
    "use",
    [
        lambda naive: deadline(naive, 20, 0, None),
        lambda naive: deadline(NOON, 20, 0, naive),
        lambda naive: counts(naive, NOON),
        lambda naive: credited_on(NOON, naive, SHANGHAI),
        lambda naive: may_start([failed(naive)], a_blueprint(), NOON),
    ],
    ids=["start", "closing", "response", "submission", "history"],
)
def test_an_instant_without_zone_is_refused(use: object) -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        use(NOON.replace(tzinfo=None))  # type: ignore[operator]


def answer(slot: int, after: float, seq: int, ids: str | None) -> GivenResponse:
    reading = None if ids is None else Choose(frozenset(ids))
    return GivenResponse(slot, NOON + seconds(after), seq, reading)


BAD = InvalidResponse(InvalidReason.UNKNOWN)


def test_the_last_valid_answer_in_time_counts() -> None:
    given_answers = [
        answer(1, 3, 2, "B"),
        answer(1, 1, 1, "A"),
        answer(2, 5, 3, "C"),
        answer(2, 6, 4, None),
        answer(3, 60, 5, "A"),
        answer(3, 61, 6, "B"),
        answer(4, 61, 7, "D"),
    ]
    assert latest_responses(given_answers, NOON) == {
        1: Choose(frozenset("B")),
        2: None,
        3: Choose(frozenset("A")),
    }


def test_an_invalid_answer_never_replaces_a_valid_one() -> None:
    bad = GivenResponse(1, NOON + seconds(2), 9, BAD)
    assert latest_responses([answer(1, 1, 1, "A"), bad], NOON) == {1: Choose(frozenset("A"))}
    assert latest_responses([bad, answer(1, 3, 10, None)], NOON) == {1: None}
    assert latest_responses([bad], NOON) == {1: BAD}


def test_answers_of_one_instant_follow_their_sequence() -> None:
    assert latest_responses([answer(1, 1, 8, "B"), answer(1, 1, 7, "A")], NOON)[1] == Choose(frozenset("B"))


ANSWERS = st.lists(
    st.builds(
        GivenResponse,
        st.integers(1, 3),
        st.integers(-90, 90).map(lambda after: NOON + seconds(after)),
        st.integers(0, 10**6),
        st.sampled_from([None, BAD, Choose(frozenset("A")), Choose(frozenset("B"))]),
    ),
    unique_by=lambda one: one.seq,
)


@given(ANSWERS, st.data())
def test_the_order_of_arrival_in_the_list_changes_nothing(
    given_answers: list[GivenResponse], data: st.DataObject
) -> None:
    turned = data.draw(st.permutations(given_answers))
    latest = latest_responses(given_answers, NOON)
    assert latest == latest_responses(turned, NOON)
    assert set(latest) == {one.slot for one in given_answers if counts(one.at, NOON)}


@pytest.mark.parametrize(
    ("saves", "seconds", "state"),
    [
        (0, 60, AttemptState.IN_PROGRESS),
        (0, 61, AttemptState.ABANDONED),
        (1, 60, AttemptState.IN_PROGRESS),
        (1, 61, AttemptState.SUBMITTED),
    ],
)
def test_an_attempt_is_abandoned_only_where_nothing_was_ever_answered(saves, seconds, state):
    ends_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert closing_state(saves, ends_at, ends_at + timedelta(seconds=seconds)) is state
