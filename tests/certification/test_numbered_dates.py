"""Properties 5 to 8 for all dates, against a month arithmetic of our own that shares no line with the product's."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.certification.rules import Mode, status
from lms.core.dates import Duration, Unit, add, civil_day, nth_date
from tests.certification import making as m
from tests.certification.oracle import month_shift
from tests.certification.worlds import FEW, MODEST

near = st.dates(date(1999, 1, 1), date(2060, 12, 31))


def leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@MODEST
@given(near, st.integers(1, 60), st.integers(0, 23))
def test_property_5_a_period_ends_on_the_corresponding_day_or_the_months_last(day, months, hour):
    found = add(day, Duration(months, Unit.MONTHS))
    assert found == month_shift(day, months)
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=m.SHANGHAI)
    assert add(civil_day(moment, m.SHANGHAI), Duration(months, Unit.MONTHS)) == found


@MODEST
@given(st.integers(1980, 2060).filter(leap), st.integers(1, 80))
def test_property_6_from_a_leap_day_it_is_28_february_but_in_leap_years(year, n):
    found = nth_date(date(year, 2, 29), n, 12)
    assert found == date(year + n, 2, 29 if leap(year + n) else 28)


@MODEST
@given(near, st.integers(1, 120), st.integers(1, 36))
def test_property_7_the_nth_date_is_counted_from_the_anchor_and_never_chained(anchor, n, months):
    assert nth_date(anchor, n, months) == month_shift(anchor, n * months)


@FEW
@given(st.dates(date(2015, 1, 1), date(2020, 12, 31)), st.integers(2, 8), st.integers(0, 40))
def test_property_8_a_yearly_certificate_renewed_every_year_keeps_its_day_for_ever(first, years, early):
    rules = m.programme(first, renewal=(m.COURSE,))
    done = [m.course(first)]
    done += [m.course(month_shift(first, 12 * n) - timedelta(days=early)) for n in range(1, years)]
    facts = m.facts(rules, m.employed(first), m.assigned(first), *done)
    found = status(facts, done[-1].occurred_on)
    assert rules.mode is Mode.ANNIVERSARY
    assert found.valid_until == month_shift(first, 12 * years)
