"""Reminder steps as pure rules: each once, none before its day, after an outage the latest only."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certification.rules import Audience, Channel, Overlay, Remind, Standing, State, Step
from lms.certification.rules_notices import days_late, still_holds, to_tell
from lms.certification.rules_reminders import next_reminder_on, reminders
from lms.certification.rules_steps import BEFORE, Room, Track, plain, step_refusals
from lms.core.dates import FOREVER, NO_TIME, Duration, Unit, add, day_after, subtract
from tests.certification import making as m

DUE = date(2026, 3, 10)
UNTIL = date(2026, 9, 30)
GRACE_UNTIL = UNTIL + timedelta(days=14)
STARTED = DUE - timedelta(days=30)
READERS = st.sets(st.sampled_from(Audience), min_size=1).map(lambda found: tuple(sorted(found)))
CHANNELS = st.sets(st.sampled_from(Channel), min_size=1).map(lambda found: tuple(sorted(found)))


@st.composite
def tracks(draw, track, low, high):
    """Steps as the loader lets them pass: in the order in which they fall due."""
    days = sorted(draw(st.sets(st.integers(low, high), max_size=5)), reverse=track in BEFORE)
    readers = (
        READERS if track is not Track.MANAGER_AFTER else READERS.filter(lambda to: Audience.PERSON not in to)
    )
    return tuple(Step(Duration(each), draw(readers), draw(CHANNELS)) for each in days)


REMINDS = st.builds(
    Remind,
    before_due=tracks(Track.BEFORE_DUE, 1, 29),
    before_expiry=tracks(Track.BEFORE_EXPIRY, 1, 60),
    after_due=tracks(Track.AFTER_DUE, 1, 60),
    in_grace=tracks(Track.IN_GRACE, 1, 14),
    at_lapse=tracks(Track.AT_LAPSE, 0, 60),
    manager_after=tracks(Track.MANAGER_AFTER, 1, 60),
)


def standing_on(day: date) -> Standing:
    """A person who does nothing, never certified: assigned, then overdue."""
    return Standing(state=State.ASSIGNED if day <= DUE else State.OVERDUE, since=STARTED, due_on=DUE)


def holder_on(day: date) -> Standing:
    """A person who lets a certificate run out."""
    state = State.RENEWAL_OPEN if day <= UNTIL else State.GRACE if day <= GRACE_UNTIL else State.LAPSED
    return Standing(state=state, valid_until=UNTIL, grace_until=GRACE_UNTIL)


def falls_on(reminder) -> date:
    if reminder.track in BEFORE:
        return subtract(reminder.target_on, reminder.at)
    if reminder.track is Track.AT_LAPSE:
        return add(day_after(reminder.target_on), reminder.at)
    return add(reminder.target_on, reminder.at)


def swept(lives, rules, days) -> dict[tuple, date]:
    """What a sweep on each of these days tells, in this order: (reader, step, day aimed at) → first told on."""
    told = {}
    for day in days:
        for each in reminders(lives(day), rules, day):
            told.setdefault((each.audience, each.step, each.target_on), day)
    return told


LIVES = st.sampled_from([(standing_on, STARTED), (holder_on, UNTIL - timedelta(days=70))])


@given(REMINDS, LIVES)
@settings(max_examples=60)
def test_swept_daily_each_step_goes_out_on_its_day_and_once(remind, life):
    lives, start = life
    rules = m.programme(remind=remind)
    days = [start + timedelta(days=n) for n in range(160)]
    for day in days:
        found = reminders(lives(day), rules, day)
        assert len({each.audience for each in found}) == len(found), "one step a reader and day"
        for each in found:
            assert falls_on(each) <= day, "nothing before its day"
    for (audience, step, target_on), first in swept(lives, rules, days).items():
        [at] = {e for t in Track for e in remind.of(t) if f"{t.value}:{e.at}" == step and audience in e.to}
        track = Track(step.partition(":")[0])
        own = falls_on(type("R", (), {"track": track, "at": at.at, "target_on": target_on}))
        assert first == max(own, start)


@given(REMINDS, LIVES, st.integers(0, 150))
@settings(max_examples=60)
def test_property_1_after_nine_days_out_each_reader_gets_the_latest_missed_step_alone(remind, life, offset):
    lives, start = life
    rules = m.programme(remind=remind)
    back = start + timedelta(days=offset + 9)
    missed = [back - timedelta(days=8 - n) for n in range(9)]
    daily = swept(lives, rules, missed)
    after = reminders(lives(back), rules, back)
    assert len({each.audience for each in after}) == len(after)
    for each in after:
        mine = [
            (falls_on(other), other.step)
            for day in missed
            for other in reminders(lives(day), rules, day)
            if other.audience is each.audience and lives(day).state is lives(back).state
        ]
        assert falls_on(each) == max(mine)[0]
    assert {(each.audience, each.step, each.target_on) for each in after} <= set(daily)


@given(REMINDS, LIVES, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_in_which_people_or_days_are_swept_does_not_matter(remind, life, chance):
    lives, start = life
    rules = m.programme(remind=remind)
    days = [start + timedelta(days=n) for n in range(0, 160, 7)]
    shuffled = days * 2
    chance.shuffle(shuffled)
    assert set(swept(lives, rules, days)) == set(swept(lives, rules, shuffled))


@given(REMINDS, LIVES, st.integers(0, 159))
@settings(max_examples=60)
def test_the_sweep_is_woken_for_every_step(remind, life, offset):
    lives, start = life
    rules, day = m.programme(remind=remind), start + timedelta(days=offset)
    wake = next_reminder_on(lives(day), rules, day)
    ahead = day
    while (ahead := ahead + timedelta(days=1)) and lives(ahead).state is lives(day).state:
        if reminders(lives(ahead), rules, ahead) != reminders(lives(day), rules, day):
            assert wake is not None and wake <= ahead
            break
        if ahead - day > timedelta(days=100):
            break


@given(REMINDS, LIVES, st.integers(0, 159))
@settings(max_examples=40)
def test_nobody_is_told_anything_on_leave_or_once_they_have_left(remind, life, offset):
    lives, start = life
    rules, day = m.programme(remind=remind), start + timedelta(days=offset)
    here = lives(day)
    away = Standing(state=here.state, due_on=here.due_on, valid_until=here.valid_until,
                    grace_until=here.grace_until, overlays=frozenset({Overlay.ON_LEAVE}))  # fmt: skip
    assert to_tell(State.ASSIGNED, away, rules, day) == ()
    assert days_late(away, day) is None
    for state in (State.ENDED, State.NOT_REQUIRED, State.WAIVED, State.REVOKED):
        gone = Standing(state=state, due_on=here.due_on, valid_until=here.valid_until)
        assert to_tell(here.state, gone, rules, day) == ()


def test_a_date_left_open_by_leave_reminds_nobody():
    rules = m.programme(remind=Remind(before_due=(plain(Track.BEFORE_DUE, Duration(3)),)))
    assert reminders(Standing(state=State.ASSIGNED, due_on=FOREVER), rules, DUE) == ()


ROOM = Room(Duration(30), Duration(60), Duration(14), has_period=True)


def refused(track, steps, room=ROOM):
    return [code for code, _ in step_refusals(Remind(**{track: steps}), room)]


def step(days, *to, unit=Unit.DAYS):
    return Step(Duration(days, unit), to or (Audience.MANAGER,))


@pytest.mark.parametrize(
    ("track", "steps", "codes"),
    [
        ("before_due", (step(14), step(3)), []),
        ("before_due", (step(3), step(14)), ["steps_unsorted"]),
        ("manager_after", (step(1), step(1, Audience.HR)), []),
        ("manager_after", (step(1), step(1, Audience.HR, Audience.MANAGER)), ["step_twice"]),
        ("manager_after", (step(1, Audience.PERSON),), ["step_to_person"]),
        ("manager_after", (step(1, unit=Unit.MONTHS), step(7)), ["steps_unsorted"]),
        ("manager_after", (step(0),), ["duration_not_positive"]),
        ("at_lapse", (step(0), step(30)), []),
        ("before_due", (step(29),), []),
        ("before_due", (step(30),), ["step_never_comes"]),
        ("before_expiry", (step(60),), []),
        ("before_expiry", (step(2, unit=Unit.MONTHS),), []),
        ("before_expiry", (step(61),), ["step_never_comes"]),
        ("in_grace", (step(14),), []),
        ("in_grace", (step(15),), ["step_never_comes"]),
    ],
)
def test_contradictory_steps_are_refused(track, steps, codes):
    assert refused(track, steps) == codes


@pytest.mark.parametrize("track", ["before_expiry", "in_grace", "at_lapse"])
def test_what_never_expires_has_no_steps_about_expiry(track):
    assert refused(track, (step(1),), Room(Duration(30), None, NO_TIME, has_period=False)) == [
        "step_never_comes"
    ]


@pytest.mark.parametrize(
    ("told", "step_name", "target_on", "standing", "holds"),
    [
        ("due_soon", "before_due:3d", DUE, standing_on(DUE), True),
        ("due_soon", "before_due:3d", DUE, standing_on(DUE + timedelta(days=1)), False),
        ("due_soon", "before_due:3d", DUE - timedelta(days=5), standing_on(DUE), False),
        ("assigned", "assigned", DUE - timedelta(days=5), standing_on(DUE), True),
        ("expires_soon", "before_expiry:1d", UNTIL, holder_on(UNTIL), True),
        ("expires_soon", "before_expiry:1d", UNTIL, holder_on(UNTIL + timedelta(days=1)), False),
        ("lapsed", "at_lapse:0d", GRACE_UNTIL, holder_on(GRACE_UNTIL + timedelta(days=1)), True),
        ("team_overdue", "manager_after:1d", DUE, Standing(state=State.CERTIFIED, valid_until=UNTIL), False),
    ],
)
def test_only_what_is_still_so_is_mailed(told, step_name, target_on, standing, holds):
    assert still_holds(told, step_name, target_on, standing) is holds


def test_days_late_are_counted_from_the_day_missed():
    assert days_late(standing_on(DUE), DUE) is None
    assert days_late(standing_on(DUE + timedelta(days=9)), DUE + timedelta(days=9)) == (DUE, 9)
    assert days_late(holder_on(UNTIL + timedelta(days=1)), UNTIL + timedelta(days=1)) == (UNTIL, 1)
