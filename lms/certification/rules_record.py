"""What a walk knows before it starts, and what it writes down as it goes."""

from datetime import date
from operator import attrgetter

from lms.certification.rules_credits import Evidence
from lms.certification.rules_dates import Deadline
from lms.certification.rules_facts import Facts
from lms.certification.rules_programmes import Programme
from lms.certification.rules_stages import Owing, Passage, Piece, Stage, paced
from lms.certification.rules_words import State
from lms.core.dates import Days, day_before, outside, union


class Record:
    """The facts as sets of days, and the history as far as it has been walked.

    `pieces` are the dated states: each holds until the next; a later stage overwrites what was foreseen.
    """

    def __init__(self, facts: Facts, evidence: Evidence) -> None:
        self.facts = facts
        self.evidence = evidence
        self.rules = sorted(facts.rules, key=attrgetter("effective_on"))
        self.pieces: list[Piece] = []
        self.stages: list[Stage] = []
        self.passages: list[Passage] = []
        self.extended: list[tuple[date, date, str]] = []
        self.owings: list[Owing] = []
        self.employed = union((each.from_on, each.last_on) for each in facts.employment)
        self.leave = union((each.from_on, each.last_on) for each in facts.leave)
        self.sources = self._sources() if self.rules else []
        self.owed = union(pair for _, days in self.sources for pair in days)

    def rules_on(self, day: date) -> Programme:
        """The rules in force on a day; before the first publication, the first ones."""
        found = self.rules[0]
        for programme in self.rules[1:]:
            if programme.effective_on > day:
                break
            found = programme
        return found

    def _sources(self) -> list[tuple[int, Days]]:
        published_on = self.rules[0].effective_on
        found = []
        for i, source in enumerate(self.facts.assignments):
            first, last = max(source.from_on, published_on), source.last_on
            if last < first:
                continue
            days: Days = ((first, last),)
            if self.facts.exclusions:
                barred = union(
                    (each.from_on, each.last_on)
                    for each in self.facts.exclusions
                    if each.assignment in (None, source.id)
                )
                days = outside(barred, first, last)
            found.append((i, days))
        return found

    def version(self, version: str) -> Programme | None:
        """A published version of the rules."""
        return next((each for each in self.rules if each.version == version), None)

    def emit(self, day: date, state: State) -> None:
        """Write down the dated state from a day on, over what was foreseen there."""
        while self.pieces and self.pieces[-1][0] >= day:
            self.pieces.pop()
        self.pieces.append((day, state))

    def emit_all(
        self, from_on: date, deadline: Deadline, long_lapse_on: date, states: tuple[State, State]
    ) -> None:
        """Write down what a deadline makes of the days from one on: the state inside it, and outside."""
        for day, state in paced(deadline, from_on, long_lapse_on, *states):
            self.emit(day, state)

    def extend(self, extended: tuple[tuple[date, date, str], ...], from_on: date) -> None:
        """Note the days that extensions cover from a day on, in place of what was noted there."""
        self.no_longer_extended(from_on)
        self.extended += [(max(a, from_on), b, fact) for a, b, fact in extended if b >= from_on]

    def no_longer_extended(self, day: date) -> None:
        """End every extension the day before a day: its period is no longer open."""
        self.extended = [(a, min(b, day_before(day)), fact) for a, b, fact in self.extended if a < day]

    def state_on(self, day: date) -> State:
        """The dated state of a day as far as it is written down."""
        for start, state in reversed(self.pieces):
            if start <= day:
                return state
        return State.NOT_REQUIRED

    def cut(self, from_passage: int, day: date) -> None:
        """End the validity of the periods from one on, the day before a day."""
        for passage in self.passages[from_passage:]:
            if passage.validity is not None and passage.validity.valid_until >= day:
                passage.cuts.append((day, day_before(day)))
