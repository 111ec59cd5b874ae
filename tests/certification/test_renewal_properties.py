"""Properties of renewing early, late, on a grid, after a return; numbered as in docs/certification.md."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from lms.certification.rules import (
    Mode,
    Overlay,
    spans,
    status,
)
from lms.core.dates import add
from tests.certification import making as m
from tests.certification.worlds import FEW, FIRST, MODEST, days, lives, programmes

LIVELY = lives(standing=True, findings=True, changing=True)
CERTIFIED_ON = date(2024, 3, 10)


def sample(first=FIRST, step=67, count=32):
    return [first + timedelta(days=step * n) for n in range(count)]


@MODEST
@given(programmes(), st.integers(0, 400), st.integers(0, 400))
def test_property_10_early_never_hurts(rules, first, second):
    base = m.facts(rules, m.assigned(FIRST), m.employed(FIRST), m.course(FIRST), m.quiz(FIRST))
    old = status(base, FIRST)
    assume(old.valid_until is not None)
    width = (old.valid_until - old.window_opens_on).days + 1
    early, later = sorted(old.window_opens_on + timedelta(days=n % width) for n in (first, second))
    expiries = [renewed_on(base, day).valid_until for day in (early, later)]
    if rules.mode is Mode.ROLLING:
        assert old.valid_until <= expiries[0] <= expiries[1]
    else:
        assert old.valid_until < expiries[0] == expiries[1]


def renewed_on(facts, day):
    both = (*facts.credits, m.course(day), m.quiz(day))
    return status(replace(facts, credits=both), day)


@MODEST
@given(programmes(), st.integers(1, 700))
def test_property_11_late_never_helps(rules, late):
    base = m.facts(rules, m.assigned(FIRST), m.employed(FIRST), m.course(FIRST), m.quiz(FIRST))
    old = status(base, FIRST)
    on_time = renewed_on(base, old.valid_until)
    day = old.valid_until + timedelta(days=late)
    found = renewed_on(base, day)
    assert found.valid_from == day
    days_left = (min(found.valid_until, on_time.valid_until) - found.valid_from).days + 1
    assert days_left <= (on_time.valid_until - on_time.valid_from).days + 1
    if rules.mode is Mode.ANNIVERSARY and day <= old.grace_until:
        assert found.valid_until == on_time.valid_until


@MODEST
@given(programmes(modes=(Mode.FIXED,)), st.dates(date(2023, 1, 1), date(2030, 1, 1)))
def test_property_12_a_fixed_expiry_is_the_smallest_grid_date_after_the_minimum(rules, day):
    given = m.facts(rules, m.assigned(day), m.employed(day), m.course(day), m.quiz(day))
    found, least = status(given, day).valid_until, add(day, rules.minimum_active)
    assert (found.month, found.day) in rules.grid
    assert found >= least
    between = [least + timedelta(days=n) for n in range((found - least).days)]
    assert not any((each.month, each.day) in rules.grid for each in between)


@FEW
@given(days, days, st.integers(2, 200))
def test_property_16_a_re_hire_begins_a_new_first_period(hired, done, apart):
    left = hired + timedelta(days=400)
    again = left + timedelta(days=apart)
    rows = (m.programme(FIRST, look_back="0d"), m.assigned(FIRST), m.course(done), m.quiz(done))
    given = m.facts(*rows, m.employed(hired, left), m.employed(again))
    alone = m.facts(*rows, m.employed(again))
    for day in sample(again):
        one, other = status(given, day), status(alone, day)
        assert (one.state, one.valid_until, one.due_on) == (other.state, other.valid_until, other.due_on)


@MODEST
@given(st.integers(1, 305), st.booleans())
def test_property_18_outside_the_window_nothing_is_refreshed(after, quiz_only):
    day = CERTIFIED_ON + timedelta(days=after)
    assume(day < date(2025, 1, 9))
    both = m.programme(renewal=(m.COURSE, m.QUIZ))
    rows = (both, m.course(CERTIFIED_ON))
    assert spans(m.facts(*rows)) == spans(m.facts(*rows, m.course(day), m.quiz(day)))
    half = m.facts(*rows, m.quiz("2025-02-01") if quiz_only else m.course("2025-02-01"))
    assert status(half, date(2025, 2, 2)).state == "renewal_open"
    assert status(half, date(2025, 2, 2)).overlays == {Overlay.IN_PROGRESS}
