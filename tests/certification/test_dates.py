"""Civil dates: examples of the design, and what must hold for all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.core.dates import (
    FOREVER,
    Calendar,
    Duration,
    add,
    add_months,
    add_working_days,
    civil_day,
    common,
    contains,
    day_after,
    day_before,
    is_working_day,
    nth_date,
    outside,
    postpone,
    roll_off_holidays,
    subtract,
    union,
    within,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
near = st.dates(date(2020, 1, 1), date(2032, 12, 31))
short = st.tuples(near, st.integers(0, 60)).map(lambda it: (it[0], it[0] + timedelta(days=it[1])))
sets = st.lists(short, max_size=6).map(union)
MODEST = settings(max_examples=100, deadline=None)


def iso(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "length", "last"),
    [
        ("2025-03-01", "1m", "2025-04-01"),
        ("2024-03-01", "12m", "2025-03-01"),
        ("2026-02-12", "12m", "2027-02-12"),
        ("2024-01-31", "1m", "2024-02-29"),
        ("2025-01-31", "1m", "2025-02-28"),
        ("2024-02-29", "12m", "2025-02-28"),
        ("2024-12-31", "30d", "2025-01-30"),
    ],
)
def test_property_5_a_period_ends_on_the_corresponding_day(start, length, last):
    assert add(iso(start), Duration.parse(length)) == iso(last)


def test_property_6_a_leap_day_comes_back_in_leap_years():
    found = [nth_date(iso("2024-02-29"), n, 12).isoformat() for n in range(1, 5)]
    assert found == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_property_7_the_last_day_of_a_month_is_never_chained():
    found = [nth_date(iso("2024-01-31"), n, 1).isoformat() for n in range(1, 4)]
    assert found == ["2024-02-29", "2024-03-31", "2024-04-30"]


def test_property_8_a_yearly_date_never_drifts():
    assert {nth_date(iso("2017-03-05"), n, 12).strftime("%m-%d") for n in range(1, 500)} == {"03-05"}


@MODEST
@given(st.integers(0, 10**9), st.integers(-12, 14))
def test_property_9_an_instant_has_one_civil_day_whoever_looks(seconds, hours):
    instant = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    seen = instant.astimezone(ZoneInfo(f"Etc/GMT{-hours:+d}"))
    assert civil_day(seen, SHANGHAI) == civil_day(instant, SHANGHAI)


def test_property_9_the_last_second_of_a_day_belongs_to_it():
    for text, day in (("23:59:59", "2026-02-12"), ("24:00:00", "2026-02-13")):
        hours = int(text[:2])
        instant = datetime(2026, 2, 12, tzinfo=SHANGHAI) + timedelta(hours=hours, minutes=59, seconds=59)
        if hours == 24:
            instant -= timedelta(minutes=59, seconds=59)
        assert civil_day(instant, SHANGHAI) == iso(day)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        civil_day(datetime(2026, 1, 1), SHANGHAI)  # noqa: DTZ001 the point of the test


@pytest.mark.parametrize("text", ["", "d", "30", "-1d", "1.5m", "1y", "1 d", "²d", "+3d"])
def test_a_duration_that_is_not_whole_days_or_months_is_refused(text):
    with pytest.raises(ValueError, match="whole"):
        Duration.parse(text)


def test_durations_are_added_in_the_order_written():
    start = iso("2024-01-30")
    assert add(start, Duration.parse("1d"), Duration.parse("1m")) == iso("2024-02-29")
    assert add(start, Duration.parse("1m"), Duration.parse("1d")) == iso("2024-03-01")


def test_what_has_no_end_keeps_none():
    assert add(FOREVER, Duration(3), Duration.parse("2m")) == FOREVER
    assert (day_after(FOREVER), day_before(FOREVER)) == (FOREVER, FOREVER)
    assert add(iso("9999-12-01"), Duration.parse("1m")) == FOREVER
    assert subtract(date.min, Duration.parse("1m")) == date.min


def test_a_date_on_a_holiday_moves_to_the_first_day_after_it():
    calendar = Calendar(frozenset({iso("2026-10-01"), iso("2026-10-02")}))
    assert [roll_off_holidays(iso(f"2026-10-0{n}"), calendar) for n in (1, 2, 3)] == [iso("2026-10-03")] * 3


def test_working_days_follow_the_published_calendar():
    calendar = Calendar(frozenset({iso("2026-10-01"), iso("2026-10-02")}), frozenset({iso("2026-10-03")}))
    assert is_working_day(iso("2026-10-03"), calendar)
    assert not is_working_day(iso("2026-10-04"), calendar)
    assert add_working_days(iso("2026-09-30"), 2, calendar) == iso("2026-10-05")


@MODEST
@given(near, st.integers(-200, 200))
def test_months_move_to_the_corresponding_day_or_the_months_last(day, months):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@MODEST
@given(sets, sets, short, near)
def test_sets_of_days_hold_what_they_say(one, other, piece, day):
    assert union([*one, *other]) == union([*other, *one])
    assert contains(union([*one, *other]), day) == (contains(one, day) or contains(other, day))
    assert contains(common(one, other), day) == (contains(one, day) and contains(other, day))
    inside = piece[0] <= day <= piece[1]
    assert contains(within(one, *piece), day) == (inside and contains(one, day))
    assert contains(outside(one, *piece), day) == (inside and not contains(one, day))


@MODEST
@given(near, near, sets, st.lists(near, max_size=5).map(frozenset))
def test_a_postponed_day_is_the_least_fixed_point(last, counted_from, rest, holidays):
    calendar = Calendar(holidays)
    start = roll_off_holidays(last, calendar)
    moved = start
    while True:
        rested = sum(max(0, (min(b, moved) - max(a, counted_from)).days + 1) for a, b in rest)
        following = roll_off_holidays(start + timedelta(days=rested), calendar)
        if following == moved:
            break
        moved = following
    assert postpone(last, counted_from, rest, calendar) == moved
