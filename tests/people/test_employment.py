"""Employment: spells, moves, leaves, re-hires, voided facts; the day before, on and after."""

import itertools
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.people.employment import EmploymentKind, Fact, Interval, fold, objection, reading

K = EmploymentKind
NORTH, SOUTH = UUID(int=1), UUID(int=2)
D = date


def fact(kind, from_on, until_on=None, unit_id=None, voids=None):
    return Fact(uuid4(), kind, from_on, until_on, unit_id, voids.id if voids else None)


JOINED = fact(K.JOIN, D(2025, 3, 1), unit_id=NORTH)
MOVED = fact(K.MOVE, D(2025, 6, 1), unit_id=SOUTH)
ABSENT = fact(K.ABSENCE, D(2025, 7, 1), D(2025, 7, 31))
OPEN = fact(K.ABSENCE, D(2025, 9, 1))
BACK = fact(K.ABSENCE_END, D(2025, 9, 15))
LEFT = fact(K.LEAVE, D(2025, 12, 31))
LATER = fact(K.LEAVE, D(2026, 1, 31))
AGAIN = fact(K.REHIRE, D(2026, 3, 1), unit_id=SOUTH)
MISTAKE = fact(K.VOID, D(2026, 1, 1), voids=LEFT)


@pytest.mark.parametrize(
    ("facts", "day", "employed", "unit", "on_leave"),
    [
        ((JOINED,), D(2025, 2, 28), False, None, False),
        ((JOINED,), D(2025, 3, 1), True, NORTH, False),
        ((JOINED, MOVED), D(2025, 5, 31), True, NORTH, False),
        ((JOINED, MOVED), D(2025, 6, 1), True, SOUTH, False),
        ((MOVED, JOINED), D(2025, 6, 1), True, SOUTH, False),
        ((JOINED, LEFT), D(2025, 12, 31), True, NORTH, False),
        ((JOINED, LEFT), D(2026, 1, 1), False, None, False),
        ((JOINED, LEFT, LATER), D(2026, 1, 1), True, NORTH, False),
        ((JOINED, LATER, LEFT), D(2026, 1, 1), False, None, False),
        ((JOINED, LEFT, MISTAKE), D(2026, 1, 1), True, NORTH, False),
        ((JOINED, LEFT, AGAIN), D(2026, 2, 28), False, None, False),
        ((JOINED, LEFT, AGAIN), D(2026, 3, 1), True, SOUTH, False),
        ((JOINED, MOVED, LEFT, AGAIN), D(2026, 3, 1), True, SOUTH, False),
        ((JOINED, ABSENT), D(2025, 6, 30), True, NORTH, False),
        ((JOINED, ABSENT), D(2025, 7, 1), True, NORTH, True),
        ((JOINED, ABSENT), D(2025, 7, 31), True, NORTH, True),
        ((JOINED, ABSENT), D(2025, 8, 1), True, NORTH, False),
        ((JOINED, OPEN), D(2030, 1, 1), True, NORTH, True),
        ((JOINED, OPEN, BACK), D(2025, 9, 14), True, NORTH, True),
        ((JOINED, OPEN, BACK), D(2025, 9, 15), True, NORTH, False),
        ((JOINED, OPEN, LEFT), D(2026, 1, 1), False, None, False),
        ((), D(2026, 1, 1), False, None, False),
    ],
)
def test_facts_say_who_is_employed_where(facts, day, employed, unit, on_leave):
    read = reading(fold(facts), day)
    assert (read.employed, read.unit_id, read.on_leave) == (employed, unit, on_leave)


@pytest.mark.parametrize(
    ("facts", "day", "joined_on", "left_on", "changes_on"),
    [
        ((JOINED,), D(2025, 1, 1), D(2025, 3, 1), None, D(2025, 3, 1)),
        ((JOINED, LEFT), D(2025, 6, 1), D(2025, 3, 1), D(2025, 12, 31), D(2026, 1, 1)),
        ((JOINED, LEFT), D(2026, 1, 1), D(2025, 3, 1), D(2025, 12, 31), None),
        ((JOINED, LEFT, AGAIN), D(2026, 1, 1), D(2025, 3, 1), D(2025, 12, 31), D(2026, 3, 1)),
        ((JOINED, LEFT, AGAIN), D(2026, 3, 1), D(2026, 3, 1), None, None),
        ((JOINED, ABSENT), D(2025, 7, 1), D(2025, 3, 1), None, D(2025, 8, 1)),
    ],
)
def test_the_reading_shows_the_spell_of_the_day_and_the_next_change(
    facts, day, joined_on, left_on, changes_on
):
    read = reading(fold(facts), day)
    assert (read.joined_on, read.left_on, read.changes_on) == (joined_on, left_on, changes_on)


@pytest.mark.parametrize(
    ("facts", "new", "fine"),
    [
        ((), JOINED, True),
        ((), fact(K.JOIN, D(2025, 3, 1)), False),
        ((), AGAIN, False),
        ((), MOVED, False),
        ((JOINED,), fact(K.JOIN, D(2026, 1, 1), unit_id=NORTH), False),
        ((JOINED,), MOVED, True),
        ((JOINED,), fact(K.MOVE, D(2025, 2, 28), unit_id=SOUTH), False),
        ((JOINED,), fact(K.MOVE, D(2025, 6, 1)), False),
        ((JOINED,), LEFT, True),
        ((JOINED,), fact(K.LEAVE, D(2025, 2, 28)), False),
        ((JOINED,), fact(K.LEAVE, D(2025, 3, 1)), True),
        ((JOINED, LEFT), LATER, True),
        ((JOINED, LEFT), fact(K.MOVE, D(2026, 1, 1), unit_id=SOUTH), False),
        ((JOINED, LEFT), fact(K.REHIRE, D(2025, 12, 31), unit_id=SOUTH), False),
        ((JOINED, LEFT), fact(K.REHIRE, D(2026, 1, 1), unit_id=SOUTH), True),
        ((JOINED,), AGAIN, False),
        ((JOINED,), ABSENT, True),
        ((JOINED,), fact(K.ABSENCE, D(2025, 7, 2), D(2025, 7, 1)), False),
        ((JOINED, ABSENT), fact(K.ABSENCE, D(2025, 7, 31), D(2025, 8, 3)), False),
        ((JOINED, ABSENT), fact(K.ABSENCE, D(2025, 8, 1), D(2025, 8, 3)), True),
        ((JOINED, ABSENT), fact(K.ABSENCE, D(2025, 6, 1)), False),
        ((JOINED, OPEN), BACK, True),
        ((JOINED,), BACK, False),
        ((JOINED, LEFT), MISTAKE, True),
        ((JOINED, LEFT, MISTAKE), fact(K.VOID, D(2026, 1, 2), voids=LEFT), False),
        ((JOINED, LEFT, MISTAKE), fact(K.VOID, D(2026, 1, 2), voids=MISTAKE), False),
        ((JOINED, MOVED), fact(K.VOID, D(2026, 1, 1), voids=JOINED), False),
        ((JOINED, MOVED), fact(K.VOID, D(2026, 1, 1), voids=MOVED), True),
        ((JOINED, LEFT, AGAIN), fact(K.VOID, D(2026, 1, 1), voids=LEFT), False),
        ((JOINED,), fact(K.VOID, D(2026, 1, 1), voids=LEFT), False),
    ],
)
def test_a_fact_is_taken_only_where_the_others_allow_it(facts, new, fine):
    assert (objection(facts, new) is None) is fine


DAYS = st.dates(D(2024, 1, 1), D(2026, 12, 31))
UNITS = st.sampled_from([NORTH, SOUTH])


@st.composite
def histories(draw):
    """Facts as the action would take them: each is offered, the impossible ones are turned away."""
    taken = ()
    for _ in range(draw(st.integers(1, 12))):
        from_on = draw(DAYS)
        target = draw(st.sampled_from(taken)) if taken else None
        new = Fact(
            uuid4(), draw(st.sampled_from(list(K))), from_on,
            draw(st.none() | st.integers(0, 60).map(lambda days, on=from_on: on + timedelta(days=days))),
            draw(UNITS), target.id if target else None,
        )  # fmt: skip
        if objection(taken, new) is None:
            taken = (*taken, new)
    return taken


@settings(max_examples=150, deadline=None)
@given(histories(), DAYS)
def test_spells_never_overlap_and_every_day_has_at_most_one(facts, day):
    spells = fold(facts).spells
    for one, two in itertools.pairwise(spells):
        assert one.interval.until_on is not None
        assert one.interval.until_on < two.interval.from_on
    assert sum(spell.interval.contains(day) for spell in spells) <= 1


@settings(max_examples=150, deadline=None)
@given(histories(), DAYS)
def test_the_reading_stays_as_it_is_until_the_day_it_names(facts, day):
    employment = fold(facts)
    now = reading(employment, day)
    until = now.changes_on or D(2028, 1, 1)
    on = day
    while on < until:
        later = reading(employment, on)
        assert (later.employed, later.unit_id, later.on_leave) == (now.employed, now.unit_id, now.on_leave)
        on += timedelta(days=1)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_absences_never_overlap(facts):
    absences = sorted(fold(facts).absences, key=lambda each: each.from_on)
    for one, two in itertools.pairwise(absences):
        assert one.until_on is not None
        assert one.until_on < two.from_on


def test_an_interval_without_an_end_contains_every_later_day():
    assert Interval(D(2025, 1, 1)).contains(D(2125, 1, 1))
