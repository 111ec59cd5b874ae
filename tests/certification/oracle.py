"""A slow second opinion: the rules told day by day, with counters instead of formulas.

It shares only the fact classes with the product. It knows no supplements and no printed certificates.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from lms.certification.rules import Facts, Mode, Need, Programme

ONE = timedelta(days=1)


def shift(day: date, duration, sign: int = 1) -> date:
    if duration is None:
        return day
    if duration.unit == "d":
        return day + sign * duration.count * ONE
    return month_shift(day, sign * duration.count)


def month_shift(day: date, months: int) -> date:
    total = day.year * 12 + (day.month - 1) + months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def covers(row, day: date) -> bool:
    if row.withdrawn_on is not None and day >= row.withdrawn_on:
        return False
    return row.from_on <= day and (row.until_on is None or day <= row.until_on)


@dataclass
class Clock:
    """A last day that every rest day up to it pushes on by one."""

    start: date
    holidays: frozenset = frozenset()
    rested: int = 0
    granted_on: date | None = None
    dead: bool = False
    dying: bool = False
    ends_on: date = field(init=False)

    def __post_init__(self):
        self.start = self._rolled(self.start)
        self.ends_on = self.start

    def _rolled(self, day):
        while day in self.holidays:
            day += ONE
        return day

    def rest(self, day):
        if day <= self.ends_on:
            self.rested += 1
            self.ends_on = self._rolled(self.start + self.rested * ONE)


class Oracle:
    def __init__(self, facts: Facts, without: frozenset = frozenset()):
        self.facts = facts
        self.without = without
        self.rules = sorted(facts.rules, key=lambda each: each.effective_on)

    def states(self, first: date, last: date) -> dict[date, str]:
        return {day: told[0] for day, told in self.tell(first, last).items()}

    def tell(self, first: date, last: date) -> dict[date, tuple[str, date | None]]:
        """State and, where there is a certificate that still matters, the last day of its validity."""
        self._forget()
        self.barrier = date.min
        self.was_employed = False
        found: dict[date, tuple[str, date | None]] = {}
        day = first
        while day <= last:
            state = self._day(day)
            certified = self.phase in ("certified", "renewal", "return")
            found[day] = state, self.valid_until if certified and state != "ended" else None
            for each in self.facts.revocations:
                if each.annulled_on == day and self.revocation == each.id:
                    rest = Oracle(self.facts, self.without | {each.id}).tell(first, last)
                    return found | {d: told for d, told in rest.items() if d >= day}
            day += ONE
        return found

    def _forget(self):
        self.phase = "nothing"
        self.clocks: list[Clock] = []
        self.valid_until = self.valid_from = self.anchor = None
        self.revocation = None
        self.absorbed = False
        self.found_on = self.hired_on = None

    def employed(self, day):
        return any(covers(each, day) for each in self.facts.employment)

    def owed(self, day):
        if not self.rules or day < self.rules[0].effective_on or not self.employed(day):
            return False
        return any(self._owes(each, day) for each in self.facts.assignments)

    def _owes(self, source, day):
        barred = any(
            each.assignment in (None, source.id) and covers(each, day) for each in self.facts.exclusions
        )
        return covers(source, day) and not barred and day >= self.rules[0].effective_on

    def rest(self, day):
        return any(covers(each, day) for each in self.facts.leave) or not self.owed(day)

    def in_force(self, day) -> Programme:
        return [each for each in self.rules if each.effective_on <= day][-1]

    def _day(self, day):
        if not self.employed(day):
            self._forget()
            return "ended" if self.was_employed else "not_required"
        self.was_employed = True
        self.hired_on = self.hired_on or day
        if self.phase == "nothing" and self.owed(day):
            self._open_first(day)
        if self.phase != "nothing":
            self._by_calendar(day)
            self._migrations(day)
            self._complete(day)
            self._findings(day)
            self._revocations(day)
            self._tick(day)
        state = self._dated(day)
        if not self.owed(day):
            return "not_required"
        waivable = ("assigned", "overdue", "grace", "lapsed", "long_lapsed")
        if state in waivable and self._waived(day):
            return "waived"
        return state

    def _waived(self, day):
        for each in self.facts.waivers:
            if each.from_on <= day and (each.until_on is None or day <= each.until_on):
                gone = each.withdrawn_on
                while gone is not None and gone <= day and any(covers(x, gone) for x in self.facts.leave):
                    gone += ONE
                if gone is None or day < gone:
                    return True
        return False

    def _open_first(self, day):
        self.phase, self.opened, self.programme = "first", day, self.in_force(day)
        self.migrated_on = None
        self.counts_from = self._prior(day)
        for each in self.facts.findings:
            if self.hired_on <= each.occurred_on <= day:
                self.found_on = each.occurred_on
                self.counts_from = max(self.counts_from, each.occurred_on)
        self.due_sources = set()
        self.long_lapse_on = None

    def _prior(self, opened):
        first = shift(opened, self.programme.look_back, -1)
        if self.barrier > date.min:
            first = max(first, self.barrier + ONE)
        while first < opened and not self._prior_is_valid(first, opened):
            first += ONE
        return first

    def _prior_is_valid(self, day, opened):
        expiry = self._new_expiry(day)
        return expiry is None or expiry >= opened

    def _by_calendar(self, day):
        if self.phase == "certified" and self.window_opens_on is not None and day >= self.window_opens_on:
            before = self.programme
            self.phase, self.opened, self.programme = "renewal", day, self.in_force(day)
            self.old_rules, self.counts_from, self.migrated_on = before, day, None
            self.clocks = [Clock(shift(self.valid_until, self.programme.grace))]
            self._set_long_lapse(day)
        if self.phase == "renewal" and self.long_lapse_on and day > self.long_lapse_on:
            self.phase, self.counts_from, self.programme = "return", day, self.in_force(day)
            self.migrated_on = None
        if self.phase in {"renewal", "return"}:
            self._absorb(day)

    def _absorb(self, day):
        """Once late past the long lapse, no extension helps."""
        if self.phase == "return" and not self._running(day):
            self.absorbed = True

    def _set_long_lapse(self, day):
        rules = self.programme
        self.long_lapse_on = None
        if rules.long_lapse is not None:
            found = shift(shift(self.valid_until, rules.grace), rules.long_lapse)
            self.long_lapse_on = max(found, day - ONE)

    def _migrations(self, day):
        if self.phase == "certified":
            return
        for each in sorted(self.facts.migrations, key=lambda each: each.id):
            if each.occurred_on == day:
                self.programme = next(r for r in self.rules if r.version == each.version)
                self.migrated_on = day
                if self.phase == "first":
                    if not self.found_on:
                        self.counts_from = self._prior(self.opened)
                    self._rerun_due(day)
                elif self.phase == "renewal":
                    self._rerun_grace(day)

    def _rerun_due(self, day):
        kept = [each for each in self.clocks if each.granted_on]
        self.clocks, self.due_sources = kept, set()
        again = self.opened
        while again <= day - ONE:
            self._due_clocks(again)
            if self.rest(again):
                for each in self.clocks:
                    if not each.granted_on:
                        each.rest(again)
            again += ONE

    def _rerun_grace(self, day):
        clock = Clock(shift(self.valid_until, self.programme.grace))
        again = self.window_opens_on
        while again < day:
            if self.rest(again):
                clock.rest(again)
            again += ONE
        self.clocks = [clock, *(each for each in self.clocks if each.granted_on)]
        self._set_long_lapse(day)

    def _complete(self, day):
        if self.phase == "certified":
            return
        done = self._done_by(day)
        if done is None:
            return
        rules, old, first_day = self.programme, self.valid_until, max(done, self.opened)
        if self.phase == "renewal":
            self._renew(rules, done, old, day)
        else:
            self.anchor, self.valid_from, self.valid_until = done, first_day, self._new_expiry(done)
            if self.phase != "first":
                self.valid_from = done
        self.phase, self.clocks, self.revocation, self.absorbed = "certified", [], None, False
        self.found_on = None
        self.window_opens_on = None
        if self.valid_until is not None:
            self.window_opens_on = max(self.valid_from, shift(self.valid_until, rules.window, -1), done + ONE)
            if self.window_opens_on <= day:
                self._by_calendar(day)
                self._complete(day)

    def _done_by(self, day):
        """The completion, if it is today; on the day of opening also an earlier one, by prior credit."""
        path = self.programme.initial
        if self.phase == "renewal" and self.programme.renewal:
            path = self.programme.renewal
        dated = [each for each in path if each.need not in (Need.AGREEMENT, Need.PROGRAMME)]
        prior = self.phase == "first" and day == self.opened and self.migrated_on is None and dated
        candidate = self.counts_from if prior else day
        while candidate <= day:
            if all(self._met(each, candidate) for each in path):
                return candidate
            candidate += ONE
        return None

    def _met(self, requirement, day):
        if requirement.need is Need.PROGRAMME:
            return any(a <= day <= b for a, b in self.facts.held.get(requirement.target, ()))
        if requirement.need is Need.AGREEMENT:
            versions = [
                each.version
                for each in sorted(self.facts.content, key=lambda each: each.effective_on)
                if (each.need, each.target) == (Need.AGREEMENT, requirement.target)
                and each.effective_on <= day
            ]
            return bool(versions) and any(
                each.agreement == requirement.target
                and each.occurred_on <= day
                and each.version >= versions[-1]
                for each in self.facts.signatures
            )
        return any(
            each.need is requirement.need
            and each.target == requirement.target
            and self.counts_from <= each.occurred_on <= day
            for each in self.facts.credits
        )

    def _renew(self, rules, done, old, day):
        on_time, lapsed = done <= old, done > old and not self._running(day)
        later = max(done, old)
        valid_from = old + ONE if on_time else done
        if rules.period_months is None:
            until = None
        elif rules.mode is Mode.ROLLING:
            until = month_shift(done, rules.period_months)
            until = max(until, old + ONE) if on_time else until
            self.anchor = done
        elif rules.mode is Mode.FIXED:
            until = self._new_expiry(later)
            self.anchor = done
        elif lapsed:
            until, self.anchor = self._new_expiry(done), done
        else:
            old_rules = self.old_rules
            if (old_rules.mode, old_rules.period_months) != (rules.mode, rules.period_months):
                self.anchor = old
            n = 0
            until = self.anchor
            while until <= shift(later, rules.window):
                n += 1
                until = month_shift(self.anchor, n * rules.period_months)
        self.valid_from, self.valid_until = valid_from, until

    def _new_expiry(self, done):
        rules = self.programme
        if rules.period_months is None:
            return None
        if rules.mode is Mode.FIXED:
            day = shift(done, rules.minimum_active)
            while (day.month, day.day) not in rules.grid:
                day += ONE
            return day
        return month_shift(done, rules.period_months)

    def _findings(self, day):
        for each in self.facts.findings:
            if each.occurred_on == day and self.phase != "certified":
                self.found_on = day
                self.counts_from = max(self.counts_from, day)
                self.programme, self.migrated_on = self.in_force(day), None

    def _revocations(self, day):
        for each in sorted(self.facts.revocations, key=lambda each: each.id):
            if each.id in self.without or each.occurred_on != day or self.revocation:
                continue
            if self._dated(day) in ("certified", "renewal_open", "grace"):
                self.phase, self.revocation, self.barrier = "revoked", each.id, day
                self.counts_from, self.opened = day + ONE, day + ONE
                self.programme, self.migrated_on = self.in_force(day + ONE), None
                self.clocks = []

    def _due_clocks(self, day):
        rules = self.programme
        holidays = self.facts.calendar.holidays if rules.roll_holidays else frozenset()
        for source in self.facts.assignments:
            if self._owes(source, day) and source.id not in self.due_sources:
                self.due_sources.add(source.id)
                start = max(day, source.recorded_at.astimezone(self.facts.zone).date())
                clock = Clock(shift(start, source.due or rules.due), holidays)
                again = self.opened
                while again < day:
                    if self.rest(again):
                        clock.rest(again)
                    again += ONE
                self.clocks.append(clock)

    def _tick(self, day):
        if self.phase == "first":
            self._due_clocks(day)
        if self.phase in ("first", "renewal", "return"):
            for each in sorted(self.facts.extensions, key=lambda each: each.id):
                holidays = frozenset()
                if self.phase == "first" and self.programme.roll_holidays:
                    holidays = self.facts.calendar.holidays
                if each.granted_on == day < each.until_on and not self.absorbed:
                    clock = Clock(each.until_on, holidays, granted_on=day)
                    clock.withdrawn_on = each.withdrawn_on
                    self.clocks.append(clock)
            for clock in self.clocks:
                gone = getattr(clock, "withdrawn_on", None)
                clock.dying = clock.dying or (gone is not None and day >= gone)
                clock.dead = clock.dead or (clock.dying and not self.rest(day))
                if self.rest(day) and clock.granted_on != day:
                    clock.rest(day)

    def _running(self, day):
        basic = [each.ends_on for each in self.clocks if not each.granted_on]
        granted = [each for each in self.clocks if each.granted_on and not each.dead]
        if basic and day <= min(basic):
            return True
        return not self.absorbed and any(self._alive(each, day) for each in granted)

    def _alive(self, clock, day):
        gone = getattr(clock, "withdrawn_on", None)
        if gone is not None and day >= gone and not self.rest(day):
            return False
        return clock.granted_on <= day <= clock.ends_on

    def _dated(self, day):
        if self.phase in ("nothing", "certified", "revoked"):
            return {"nothing": "not_required"}.get(self.phase, self.phase)
        if self.phase == "first":
            return "assigned" if self._running(day) else "overdue"
        if day <= self.valid_until:
            return "renewal_open"
        if self._running(day):
            return "grace"
        return "long_lapsed" if self.phase == "return" else "lapsed"
