"""The pieces a history is walked in: periods as they go, stages, and the dated states between deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lms.certification.rules_answers import Counted
from lms.certification.rules_dates import Deadline, Validity
from lms.certification.rules_facts import Finding
from lms.certification.rules_programmes import Programme, Requirement
from lms.certification.rules_words import Basis, Closing, Path, State
from lms.core.dates import FOREVER, Days, day_after, day_before, union

Piece = tuple[date, State]


class Terms(NamedTuple):
    """The rules a period goes by from a day on; a migration adds another."""

    from_on: date
    programme: Programme
    counts_from: date


@dataclass(slots=True)
class Passage:
    """One period on its way. `before` is the validity it follows; `rest` are its leave-like days.

    `earned_until` is the expiry before promises; `kept` are those, each with its day, the expiry it keeps and
    its certificate; `cuts` end the validity: the day of what does it, and the last valid day.
    """

    n: int
    basis: Basis
    path: Path
    opened_on: date
    terms: list[Terms]
    rest: Days
    before: Validity | None = None
    finding: str | None = None
    evidence: tuple[Counted, ...] = ()
    done_on: date | None = None
    validity: Validity | None = None
    earned_until: date = FOREVER
    kept: list[tuple[date, date, str]] = field(default_factory=list)
    revoked_on: date | None = None
    cuts: list[tuple[date, date]] = field(default_factory=list)
    closed_on: date = FOREVER
    closing: Closing | None = None

    @property
    def programme(self) -> Programme:
        """The rules it goes by in the end."""
        return self.terms[-1].programme

    @property
    def counts_from(self) -> date:
        """The first day whose credits count, in the end."""
        return self.terms[-1].counts_from

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What it asks for, in the end."""
        return self.programme.requirements(self.path)

    @property
    def ends_on(self) -> date:
        """The last day on which what counted in it still matters."""
        if self.validity is None:
            return day_before(self.closed_on)
        return min(self.validity.valid_until, *(last for _, last in self.cuts), FOREVER)


class Stage(NamedTuple):
    """Days with the same dates to show. `shown` is the validity earned last, `passage` what is open."""

    start_on: date
    passage: Passage | None
    earned: Passage | None = None
    shown: Validity | None = None
    deadline: Deadline | None = None
    revocation: str | None = None
    rest: Days = ()


@dataclass(frozen=True, slots=True)
class Owing:
    """A finding on its way: what it asks for, until when it can be owed."""

    finding: Finding
    programme: Programme
    requirements: tuple[Requirement, ...]
    rest: Days
    left_on: date


def paced(
    deadline: Deadline, start: date, long_lapse_on: date, inside: State, late: State
) -> Iterator[Piece]:
    """The dated states from a day on: `inside` the deadline, `late` outside it, and once it is late past
    `long_lapse_on`, long_lapsed for good.
    """
    cursor = start
    for first, last in union([(start, deadline.base_until), *((a, b) for a, b, _ in deadline.extended)]):
        if last < cursor:
            continue
        if first > cursor:
            if long_lapse_on < day_before(first):
                break
            yield cursor, late
        yield max(first, cursor), inside
        if last == FOREVER:
            return
        cursor = day_after(last)
    if cursor <= long_lapse_on:
        yield cursor, late
    if long_lapse_on < FOREVER:
        yield max(cursor, day_after(long_lapse_on)), State.LONG_LAPSED
