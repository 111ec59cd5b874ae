"""One person's way through one programme, from period to period, as the facts dictate it.

The walk uses every fact only from the day it occurred on, so the states before a day never depend on
facts of that day or later. On one day: the end of something by the calendar, then completions, then
findings, then revocations.
"""

from datetime import date
from operator import attrgetter

from lms.certification import rules_stops as stops
from lms.certification.rules_credits import Evidence, completion
from lms.certification.rules_dates import (
    Deadline,
    Validity,
    first_counting_day,
    grace_deadline,
    long_lapse_day,
    reaches,
)
from lms.certification.rules_earning import keep_promises, worth
from lms.certification.rules_facts import Facts
from lms.certification.rules_programmes import Programme
from lms.certification.rules_record import Record
from lms.certification.rules_stages import Owing, Passage, Stage, Terms
from lms.certification.rules_stops import CLOSINGS, Stop
from lms.certification.rules_words import REVOCABLE, Basis, Closing, Path, State
from lms.core.dates import (
    FOREVER,
    add,
    civil_day,
    day_after,
    day_before,
    outside,
    postpone,
    subtract,
    union,
    within,
)

# Bound once: in Python 3.11 reaching a member through its class costs more than comparing it.
_FIRST, _RENEWAL, _FINDING, _REVOCATION = Basis.FIRST, Basis.RENEWAL, Basis.FINDING, Basis.REVOCATION
_ON_RENEWAL_PATH = (_RENEWAL, _FINDING)
_INITIAL_PATH, _RENEWAL_PATH = Path.INITIAL, Path.RENEWAL
_CERTIFIED, _RENEWAL_OPEN, _LAPSED = State.CERTIFIED, State.RENEWAL_OPEN, State.LAPSED
_FIRST_STATES = (State.ASSIGNED, State.OVERDUE)
_LATER_STATES = (State.GRACE, State.LAPSED)
_EARNED = Closing.EARNED


class Walk(Record):
    """The history of a person in a programme; a set of annulled revocations is left out of it."""

    def __init__(self, facts: Facts, evidence: Evidence, annulled: frozenset[str] = frozenset()) -> None:
        super().__init__(facts, evidence)
        by_day = attrgetter("occurred_on", "id")
        self._extensions = tuple(sorted(facts.extensions, key=attrgetter("granted_on", "id")))
        self._revocations = sorted((r for r in facts.revocations if r.id not in annulled), key=by_day)
        self._findings = sorted(facts.findings, key=by_day)
        self._migrations = sorted(facts.migrations, key=by_day)
        self._barrier = date.min
        self._left_before = date.min
        for hired_on, left_on in self.employed:
            self._walk_employment(hired_on, left_on)
            self._left_before = left_on

    def _walk_employment(self, hired_on: date, left_on: date) -> None:
        owed = within(self.owed, hired_on, left_on)
        if not owed:
            return
        self._opened_on = opened_on = owed[0][0]
        self._hired_on, self._left_on = hired_on, left_on
        self._rest = union((*within(self.leave, hired_on, left_on), *outside(owed, opened_on, left_on)))
        self._findings = [each for each in self._findings if each.occurred_on >= hired_on]
        self._issued = sorted(
            (each for each in self.facts.issued if self._left_before < each.opened_on <= left_on),
            key=attrgetter("completed_on", "id"),
        )
        self._spell_starts = len(self.passages)
        passage: Passage | None = self._open_first(opened_on)
        while passage is not None:
            passage = self._advance(passage)
        if left_on < FOREVER:
            self.cut(self._spell_starts, day_after(left_on))
            self.no_longer_extended(day_after(left_on))

    def _open(self, basis: Basis, opened_on: date, counts_from: date, before: Validity | None) -> Passage:
        path = _RENEWAL_PATH if basis in _ON_RENEWAL_PATH else _INITIAL_PATH
        terms = [Terms(opened_on, self.rules_on(opened_on), counts_from)]
        passage = Passage(len(self.passages) + 1, basis, path, opened_on, terms, self._rest, before)
        self.passages.append(passage)
        while self._findings and self._findings[0].occurred_on <= opened_on:
            self._take_finding(passage)
        return passage

    def _take_finding(self, passage: Passage) -> None:
        finding = self._findings.pop(0)
        last = passage.terms[-1]
        counts_from = max(last.counts_from, finding.occurred_on)
        passage.terms[-1] = Terms(last.from_on, last.programme, counts_from)
        passage.finding = finding.id
        self.owings.append(Owing(finding, last.programme, passage.requirements, self._rest, self._left_on))

    def _open_first(self, opened_on: date) -> Passage:
        counts_from = self._first_counts_from(self.rules_on(opened_on), opened_on)
        passage = self._open(_FIRST, opened_on, counts_from, None)
        self._stage_first(passage, opened_on)
        return passage

    def _first_counts_from(self, programme: Programme, opened_on: date) -> date:
        counts_from = subtract(opened_on, programme.look_back)
        if self._barrier > date.min:
            counts_from = max(counts_from, day_after(self._barrier))
        return first_counting_day(programme, counts_from, opened_on)

    def _stage_first(self, passage: Passage, from_on: date) -> None:
        programme = passage.programme
        calendar = self.facts.calendar if programme.roll_holidays else None
        dues = []
        for i, days in self.sources:
            owed = within(days, self._hired_on, self._left_on)
            if owed:
                source = self.facts.assignments[i]
                counted_from = max(owed[0][0], civil_day(source.recorded_at, self.facts.zone))
                due_on = add(counted_from, source.due or programme.due)
                dues.append(postpone(due_on, self._opened_on, self._rest, calendar))
        extended = reaches(self._extensions, self._opened_on, self._rest, calendar)
        deadline = Deadline(min(dues), extended)
        self.emit_all(from_on, deadline, FOREVER, _FIRST_STATES)
        self.extend(extended, from_on)
        self.stages.append(Stage(from_on, passage, deadline=deadline, rest=self._rest))

    def _open_renewal(self, validity: Validity) -> Passage:
        opens_on = validity.window_opens_on
        passage = self._open(_RENEWAL, opens_on, opens_on, validity)
        self._long_lapse_on = long_lapse_day(passage.programme, validity.valid_until)
        self.emit(opens_on, _RENEWAL_OPEN)
        self._complete(passage)
        if self._is_plain(passage, validity):
            earned = self.stages[-1].earned
            self.stages.append(Stage(opens_on, passage, earned, validity, rest=self._rest))
        else:
            self._stage_renewal(passage, opens_on)
        return passage

    def _is_plain(self, passage: Passage, validity: Validity) -> bool:
        """Whether a renewal is on time and nothing can come between, so that its grace need not be told."""
        if self._extensions or self._migrations or self._findings or passage.done_on is None:
            return False
        return passage.done_on <= validity.valid_until

    def _stage_renewal(self, passage: Passage, from_on: date) -> None:
        validity = passage.before
        assert validity is not None
        opened_on = validity.window_opens_on
        deadline = grace_deadline(
            passage.programme, validity.valid_until, opened_on, self._rest, self._extensions
        )
        late_on = max(from_on, day_after(validity.valid_until))
        self.emit_all(late_on, deadline, self._long_lapse_on, _LATER_STATES)
        self.extend(deadline.extended, from_on)
        self.stages.append(
            Stage(from_on, passage, self.stages[-1].earned, validity, deadline, rest=self._rest)
        )

    def _advance(self, passage: Passage) -> Passage | None:
        if passage.done_on is None:
            self._complete(passage)
        done_on = passage.done_on
        issued = self._issued[0] if self._issued else None
        if issued is not None and (done_on is None or issued.completed_on <= done_on):
            done_on = issued.completed_on
        stop = self._stop(passage)
        if done_on is not None and (done_on, stops.COMPLETION) < stop:
            return self._earn(passage, done_on)
        return self._interrupt(passage, *stop)

    def _complete(self, passage: Passage) -> None:
        floor = max(passage.terms[-1].from_on, passage.opened_on)
        migrated = len(passage.terms) > 1
        passage.done_on, passage.evidence = completion(
            self.evidence, passage.requirements, passage.counts_from, floor, migrated=migrated
        )

    def _stop(self, passage: Passage) -> Stop:
        found = self._stop_by_fact(passage.opened_on)
        if passage.basis is _RENEWAL:
            found = min(found, (day_after(self._long_lapse_on), stops.LONG_LAPSE))
        while self._migrations and self._migrations[0].occurred_on < passage.opened_on:
            self._migrations.pop(0)
        if self._migrations:
            found = min(found, (self._migrations[0].occurred_on, stops.MIGRATION))
        return found

    def _stop_by_fact(self, from_on: date) -> Stop:
        found = (day_after(self._left_on), stops.LEFT)
        if self._findings:
            found = min(found, (self._findings[0].occurred_on, stops.FINDING))
        for each in self._revocations:
            if each.occurred_on >= from_on and self.state_on(each.occurred_on) in REVOCABLE:
                return min(found, (each.occurred_on, stops.REVOCATION))
        return found

    def _interrupt(self, passage: Passage, day: date, cause: int) -> Passage | None:
        """Do what stops an open period without completing it; what is open next, if anything."""
        if day == FOREVER:
            return None
        if cause == stops.MIGRATION:
            return self._migrate(passage, day)
        passage.closed_on, passage.closing = day, CLOSINGS[cause]
        if cause == stops.LONG_LAPSE:
            following = self._open(Basis.LONG_LAPSE, day, day, passage.before)
        elif cause == stops.FINDING:
            following = self._open(passage.basis, day, passage.counts_from, passage.before)
        elif cause == stops.REVOCATION:
            return self._revoke(day)
        else:
            return None
        self.stages.append(self.stages[-1]._replace(start_on=day, passage=following))
        return following

    def _migrate(self, passage: Passage, day: date) -> Passage:
        programme = self.version(self._migrations.pop(0).version)
        if programme is None:
            return passage
        counts_from = passage.counts_from
        if passage.basis is _FIRST and passage.finding is None:
            counts_from = self._first_counts_from(programme, passage.opened_on)
        passage.terms.append(Terms(day, programme, counts_from))
        passage.done_on = None
        if passage.basis is _FIRST:
            self._stage_first(passage, day)
        elif passage.basis is _RENEWAL and passage.before is not None:
            moved = long_lapse_day(programme, passage.before.valid_until)
            self._long_lapse_on = max(moved, day_before(day))
            self._stage_renewal(passage, day)
        return passage

    def _revoke(self, day: date) -> Passage:
        revocation = next(each for each in self._revocations if each.occurred_on == day)
        stage = self.stages[-1]
        for passage in self.passages[self._spell_starts :]:
            validity = passage.validity
            if validity is not None and (passage is stage.earned or validity.valid_until >= day):
                passage.revoked_on = passage.revoked_on or day
        self._barrier = day
        self._issued = [each for each in self._issued if each.completed_on > day]
        self.no_longer_extended(day)
        self.emit(day, State.REVOKED)
        opens_on = day_after(day)
        passage = self._open(_REVOCATION, opens_on, opens_on, None)
        self.stages.append(
            stage._replace(start_on=day, passage=passage, deadline=None, revocation=revocation.id)
        )
        return passage

    def _earn(self, passage: Passage, done_on: date) -> Passage | None:
        """Give a completed period its validity, and go on to what is open next."""
        validity = worth(passage, done_on, lapsed=self.state_on(done_on) is _LAPSED)
        passage.earned_until = validity.valid_until
        passage.closed_on, passage.closing = done_on, _EARNED
        start_on = max(done_on, passage.opened_on)
        self.no_longer_extended(start_on)
        if passage.basis is _REVOCATION:
            self.cut(self._spell_starts, done_on)
        passage.validity = keep_promises(passage, validity, self._issued, done_on)
        self.emit(start_on, _CERTIFIED)
        return self._hold(passage, start_on)

    def _hold(self, passage: Passage, start_on: date) -> Passage | None:
        """Walk through the days before the window; what is open next, if anything."""
        remedial: Passage | None = None
        while True:
            validity = passage.validity
            assert validity is not None
            self.stages.append(Stage(start_on, remedial, passage, validity, rest=self._rest))
            day, cause = min(self._stop_by_fact(start_on), (validity.window_opens_on, stops.WINDOW))
            if self._issued and (self._issued[0].completed_on, stops.COMPLETION) < (day, cause):
                start_on = self._issued[0].completed_on
                passage.validity = keep_promises(passage, validity, self._issued, start_on)
                continue
            if remedial is not None:
                self._close_remedial(remedial, day, cause)
            if day == FOREVER or cause == stops.LEFT:
                return None
            if cause == stops.WINDOW:
                return self._open_renewal(validity)
            if cause == stops.REVOCATION:
                return self._revoke(day)
            remedial = self._open(_FINDING, day, day, validity)
            start_on = day

    def _close_remedial(self, remedial: Passage, day: date, cause: int) -> None:
        done_on, remedial.evidence = completion(
            self.evidence, remedial.requirements, remedial.counts_from, remedial.opened_on
        )
        if done_on is not None and done_on < day:
            remedial.closed_on, remedial.closing = done_on, Closing.DISCHARGED
        elif day < FOREVER:
            remedial.closed_on, remedial.closing = day, CLOSINGS[cause]
