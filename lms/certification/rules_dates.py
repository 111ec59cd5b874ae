"""The dates of a period: expiry, window, due date, grace."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from lms.certification.rules_facts import Extension
from lms.certification.rules_programmes import MonthDay, Programme
from lms.certification.rules_words import Mode
from lms.core.dates import (
    FOREVER,
    NO_TIME,
    Calendar,
    Days,
    add,
    day_after,
    day_before,
    nth_date,
    postpone,
    roll_off_holidays,
    subtract,
)

_FIXED, _ROLLING = Mode.FIXED, Mode.ROLLING


class Validity(NamedTuple):
    """What a completion is worth, by the rules of its period. `valid_until` FOREVER never expires.

    `window_opens_on` is the first day on which a renewal counts; FOREVER without an expiry.
    """

    programme: Programme
    completed_on: date
    anchor: date
    valid_from: date
    valid_until: date
    window_opens_on: date


def validity(
    programme: Programme, completed_on: date, anchor: date, valid_from: date, valid_until: date
) -> Validity:
    """A validity with its window, which always opens after the completion: no credit counts for two periods.

    Source: docs/certification.md, "Dates", window.
    """
    opens_on = FOREVER
    if valid_until != FOREVER:
        opens_on = subtract(valid_until, programme.window or NO_TIME)
        opens_on = max(opens_on, valid_from, day_after(completed_on))
    return Validity(programme, completed_on, anchor, valid_from, valid_until, opens_on)


def lengthened(old: Validity, valid_until: date) -> Validity:
    """The same validity with a later end, and its window."""
    return validity(old.programme, old.completed_on, old.anchor, old.valid_from, valid_until)


def due_date(
    programme: Programme,
    trigger_on: date,
    first_published_on: date,
    recorded_on: date,
    calendar: Calendar,
) -> date:
    """The due date of a first period that nothing moves: an inclusive last day.

    Counted from the latest of the three days; rolled off statutory holidays where the programme says so.
    Source: docs/certification.md, "Dates"; Civil Code of the PRC, arts. 201 and 203.
    """
    due_on = add(max(trigger_on, first_published_on, recorded_on), programme.due)
    return roll_off_holidays(due_on, calendar) if programme.roll_holidays else due_on


def fixed_date(grid: tuple[MonthDay, ...], not_before: date) -> date:
    """The first date of a yearly grid on or after a day."""
    return next(_grid_from(grid, not_before), FOREVER)


def _grid_from(grid: tuple[MonthDay, ...], not_before: date) -> Iterator[date]:
    for year in (not_before.year, not_before.year + 1):
        for month, day in sorted(grid):
            if year <= date.max.year and (found := date(year, month, day)) >= not_before:
                yield found


def new_expiry(programme: Programme, completed_on: date) -> date:
    """The expiry of a certificate whose anchor is its completion."""
    if programme.period_months is None:
        return FOREVER
    if programme.mode is _FIXED:
        return fixed_date(programme.grid, add(completed_on, programme.minimum_active or NO_TIME))
    return nth_date(completed_on, 1, programme.period_months)


def renewed(programme: Programme, completed_on: date, before: Validity, *, lapsed: bool) -> Validity:
    """The validity a renewal gives, in the window, in grace or (`lapsed`) after it.

    Source: docs/certification.md, "Dates", expiry by mode.
    """
    on_time = completed_on <= before.valid_until
    valid_from = day_after(before.valid_until) if on_time else completed_on
    later = max(completed_on, before.valid_until)
    anchor = completed_on
    if programme.period_months is None:
        until = FOREVER
    elif programme.mode is _ROLLING:
        until = new_expiry(programme, completed_on)
        until = max(until, valid_from) if on_time else until
    elif programme.mode is _FIXED:
        until = new_expiry(programme, later)
    elif lapsed:
        until = new_expiry(programme, completed_on)
    else:
        anchor = _grid_anchor(programme, before)
        until = _after(anchor, programme.period_months, add(later, programme.window or NO_TIME))
    return validity(programme, completed_on, anchor, valid_from, until)


def _grid_anchor(programme: Programme, before: Validity) -> date:
    old = before.programme
    same = (old.period_months, old.mode) == (programme.period_months, programme.mode)
    return before.anchor if same else before.valid_until


def _after(anchor: date, period_months: int, day: date) -> date:
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    n = max(1, months // period_months)
    while (found := nth_date(anchor, n, period_months)) <= day:
        n += 1
    return found


def first_counting_day(programme: Programme, counts_from: date, opened_on: date) -> date:
    """The first day a prior credit may have and still count: its own validity must reach the opening.

    Only a fixed grid can bite: elsewhere the look-back is shorter than the validity.
    """
    if programme.mode is _FIXED and programme.period_months is not None:
        while counts_from < opened_on and new_expiry(programme, counts_from) < opened_on:
            counts_from = day_after(counts_from)
    return counts_from


class Deadline(NamedTuple):
    """The days on which an open period is not late.

    `base_until` is its last day by dates, leave and days without a source; `extended` are the days of
    extensions, from their grant. `until_on` is the greatest of them all.
    """

    base_until: date
    extended: tuple[tuple[date, date, str], ...] = ()

    @property
    def until_on(self) -> date:
        """The last day of them all."""
        return max([self.base_until, *(last for _, last, _ in self.extended)])


def reaches(
    extensions: tuple[Extension, ...], opened_on: date, rest: Days, calendar: Calendar | None
) -> tuple[tuple[date, date, str], ...]:
    """The days each extension granted from `opened_on` on covers: from its grant, moved by later rest days.

    One that does not reach beyond its own day covers nothing. A withdrawal acts from its own day, or from
    the day after a rest then running.
    Source: docs/certification.md, "Leave and extensions".
    """
    found = []
    for extension in extensions:
        if not opened_on <= extension.granted_on < extension.until_on:
            continue
        last = postpone(extension.until_on, day_after(extension.granted_on), rest, calendar)
        if extension.withdrawn_on is not None:
            last = min(last, day_before(withdrawal_day(extension.withdrawn_on, rest)))
        if last >= extension.granted_on:
            found.append((extension.granted_on, last, extension.id))
    return tuple(found)


def withdrawal_day(day: date, rest: Days) -> date:
    """The day a withdrawal acts from; FOREVER during an endless rest."""
    return next((day_after(last) for first, last in rest if first <= day <= last), day)


def grace_deadline(
    programme: Programme, valid_until: date, opened_on: date, rest: Days, extensions: tuple[Extension, ...]
) -> Deadline:
    """The grace of a renewal: under the rules of the period that is open, not of the one expiring."""
    base = postpone(add(valid_until, programme.grace), opened_on, rest)
    return Deadline(base, reaches(extensions, opened_on, rest, None))


def long_lapse_day(programme: Programme, valid_until: date) -> date:
    """The last day on which the renewal path is owed; FOREVER where it always suffices."""
    if programme.long_lapse is None:
        return FOREVER
    return add(valid_until, programme.grace, programme.long_lapse)
