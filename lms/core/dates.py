"""Civil dates: durations, inclusive last days, holidays, sets of days. Pure; it never asks what day it is.

Source: docs/certification.md, "Dates"; Civil Code of the PRC, arts. 200 to 204 (the first day is not
counted; the last is the corresponding day, or the month's last where there is none).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

FOREVER = date.max
"""The inclusive last day of what has no end."""

Interval = tuple[date, date]
Days = tuple[Interval, ...]
"""A set of days: inclusive intervals, ascending, neither overlapping nor touching."""

_ONE_DAY = timedelta(days=1)
_LAST_ORDINAL = date.max.toordinal()
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Unit(StrEnum):
    """What a duration counts."""

    DAYS = "d"
    MONTHS = "m"


_MONTHS = Unit.MONTHS


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of days or of calendar months."""

    count: int
    unit: Unit = Unit.DAYS

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read '30d' or '12m'. Raises ValueError for anything else, fractions and signs included."""
        number, unit = text[:-1], text[-1:]
        if not (number.isascii() and number.isdigit() and unit in ("d", "m")):
            raise ValueError(f"a duration is whole days or months, such as 30d or 12m, not {text!r}")
        return cls(int(number), Unit(unit))

    def __str__(self) -> str:
        return f"{self.count}{self.unit.value}"

    @property
    def most_days(self) -> int:
        """The most days it can last."""
        return self.count * 31 if self.unit is Unit.MONTHS else self.count

    @property
    def least_days(self) -> int:
        """The fewest days it can last."""
        return self.count * 28 if self.unit is Unit.MONTHS else self.count


NO_TIME = Duration(0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The published statutory holidays, and the weekend days declared working days in exchange."""

    holidays: frozenset[date] = frozenset()
    adjusted_working_days: frozenset[date] = frozenset()


NO_HOLIDAYS = Calendar()


def add_days(day: date, days: int) -> date:
    """Move a day; what reaches past the end of the calendar is FOREVER, and FOREVER stays."""
    if day == FOREVER:
        return day
    ordinal = day.toordinal() + days
    if not 1 <= ordinal <= _LAST_ORDINAL:
        return FOREVER if days > 0 else date.min
    return date.fromordinal(ordinal)


def day_after(day: date) -> date:
    """The next day; FOREVER has none and stays."""
    return day if day == FOREVER else day + _ONE_DAY


def day_before(day: date) -> date:
    """The previous day; FOREVER and the first day of the calendar stay."""
    return day if day in (FOREVER, date.min) else day - _ONE_DAY


def add_months(day: date, months: int) -> date:
    """Move by calendar months, to the month's last day where the corresponding day is missing.

    Source: Civil Code of the PRC, art. 202.
    """
    if day == FOREVER:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return FOREVER
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _MONTH_DAYS[month - 1]


def nth_date(anchor: date, n: int, period_months: int) -> date:
    """The n-th date of a grid, always counted from its anchor, never from the date before."""
    return add_months(anchor, n * period_months)


def add(day: date, *durations: Duration) -> date:
    """Add durations left to right, in the order written; the result is an inclusive last day."""
    for duration in durations:
        move = add_months if duration.unit is _MONTHS else add_days
        day = move(day, duration.count)
    return day


def subtract(day: date, duration: Duration) -> date:
    """Count a duration back from a day."""
    if duration.unit is _MONTHS:
        return add_months(day, -duration.count)
    return add_days(day, -duration.count)


def days_between(first: date, last: date) -> int:
    """How many days an inclusive interval has; 0 when it is empty."""
    return max(0, last.toordinal() - first.toordinal() + 1)


def civil_day(instant: datetime, zone: tzinfo) -> date:
    """The civil day of an instant in a zone. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant must know its zone")
    return instant.astimezone(zone).date()


def roll_off_holidays(day: date, calendar: Calendar) -> date:
    """The day itself, or the first day after the statutory holidays it falls in.

    Source: Civil Code of the PRC, art. 203.
    """
    while day in calendar.holidays:
        day = day_after(day)
    return day


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether people work on a day: weekdays that are no holiday, and adjusted weekend days."""
    if day in calendar.adjusted_working_days:
        return True
    return day.weekday() < 5 and day not in calendar.holidays


def add_working_days(day: date, working_days: int, calendar: Calendar) -> date:
    """The n-th working day after a day, which is itself not counted."""
    left = working_days
    while left > 0 and day < FOREVER:
        day = day_after(day)
        left -= is_working_day(day, calendar)
    return day


def union(intervals: Iterable[Interval]) -> Days:
    """The days in any of the intervals; empty and reversed intervals hold none."""
    ordered = sorted(pair for pair in intervals if pair[0] <= pair[1])
    if len(ordered) < 2:
        return tuple(ordered)
    merged: list[Interval] = []
    for first, last in ordered:
        if merged and first <= day_after(merged[-1][1]):
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def within(days: Days, first: date, last: date) -> Days:
    """The days of a set that lie in an inclusive interval."""
    return tuple((max(a, first), min(b, last)) for a, b in days if b >= first and a <= last)


def outside(days: Days, first: date, last: date) -> Days:
    """The days of an inclusive interval that are not in the set."""
    gaps: list[Interval] = []
    for a, b in days:
        if b < first:
            continue
        if a > last:
            break
        if a > first:
            gaps.append((first, day_before(a)))
        if b >= last:
            return tuple(gaps)
        first = day_after(b)
    if first <= last:
        gaps.append((first, last))
    return tuple(gaps)


def common(one: Days, other: Days) -> Days:
    """The days in both sets."""
    return tuple(pair for first, last in other for pair in within(one, first, last))


def contains(days: Days, day: date) -> bool:
    """Whether a day is in the set."""
    return any(first <= day <= last for first, last in days)


def postpone(last_day: date, counted_from: date, rest: Days, calendar: Calendar | None = None) -> date:
    """Move a last day by every rest day from `counted_from` up to the moved day itself.

    The least fixed point of t = last_day + |rest ∩ [counted_from, t]|; FOREVER when an endless rest begins
    by then. With a calendar the result, and the day rests are measured against, rolls off holidays.
    Source: docs/certification.md, "Leave and extensions".
    """
    start = moved = last_day if calendar is None else roll_off_holidays(last_day, calendar)
    resting = 0
    for first, last in rest:
        if last < counted_from:
            continue
        begins = max(first, counted_from)
        if begins > moved:
            break
        if last == FOREVER:
            return FOREVER
        resting += days_between(begins, last)
        moved = add_days(start, resting)
        if calendar is not None:
            moved = roll_off_holidays(moved, calendar)
    return moved
