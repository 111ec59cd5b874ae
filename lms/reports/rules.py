"""What a report asks, which figure a standing counts in, and whose turn is next. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from uuid import UUID

from lms.core.events import Event

SOON_DAYS = 30
WEEK_DAYS = 7


class Figure(StrEnum):
    """The numbers that matter."""

    CERTIFIED = "certified"
    DUE = "due"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    WAIVED = "waived"


class Part(StrEnum):
    """The parts of a bar: unlike figures they do not overlap."""

    CERTIFIED = "certified"
    DUE = "due"
    LATER = "later"
    FAILING = "failing"
    WAIVED = "waived"


VALID = frozenset({"certified", "renewal_open"})
LAPSED = frozenset({"lapsed", "long_lapsed", "revoked"})
FAILING = LAPSED | {"overdue"}
UNASKED = frozenset({"not_required", "ended"})
DUE_STATES = ("assigned", "certified", "renewal_open", "grace")
STATES_OF: Mapping[Figure, frozenset[str]] = {
    Figure.CERTIFIED: VALID,
    Figure.OVERDUE: frozenset({"overdue"}),
    Figure.LAPSED: LAPSED,
    Figure.WAIVED: frozenset({"waived"}),
}
# Worst first; within one rank the nearer date.
RISK = (
    "revoked",
    "long_lapsed",
    "lapsed",
    "overdue",
    "grace",
    "assigned",
    "renewal_open",
    "certified",
    "waived",
)


@dataclass(frozen=True, kw_only=True)
class RecordRead(Event):
    """Somebody read another person's record, as of a day and as known at an instant, if one was named."""

    as_of: date
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReportRead(Event):
    """Somebody looked at a list of people's records; `filters` are what it was narrowed by."""

    report: str
    filters: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ReportExported(Event):
    """Somebody took a report as a file."""

    report: str
    form: str
    rows: int
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which day is asked about, and by what was known when; live: today, by all that is known."""

    today: date
    as_of: date
    known_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether the answer of today by all that is known is asked for."""
        return self.known_at is None and self.as_of == self.today

    @property
    def soon_on(self) -> date:
        """The last day that is soon."""
        return self.as_of + timedelta(days=SOON_DAYS)

    @property
    def week_ago_on(self) -> date:
        """The day with which the present state is compared."""
        return self.as_of - timedelta(days=WEEK_DAYS)


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is narrowed by. `units` None: the whole firm; no `states`: all in which anything is asked."""

    asked: Asked
    units: Collection[UUID] | None = None
    programme: str = ""
    states: frozenset[str] = frozenset()
    text: str = ""
    soon: bool = False
    recent: bool = False
    person_id: UUID | None = None


class Line(NamedTuple):
    """One standing of one person, as lists show it; `next_change_on` tells whether the row may be believed."""

    person_id: UUID
    staff_number: str
    name_zh: str
    name_en: str
    unit_id: UUID | None
    programme: str
    state: str
    overlays: str
    since: date | None
    due_on: date | None
    valid_from: date | None
    valid_until: date | None
    grace_until: date | None
    next_change_on: date | None
    certificate: str

    @property
    def deadline(self) -> date | None:
        """The inclusive last day on which something must be done to keep, or to get, what is asked."""
        return deadline_of(self.state, self.due_on, self.valid_until, self.grace_until)


def deadline_of(
    state: str, due_on: date | None, valid_until: date | None, grace_until: date | None
) -> date | None:
    """Return the day by which something must be done in a state, None where no day is set."""
    if state == "assigned":
        return due_on
    if state in VALID:
        return valid_until
    return grace_until if state == "grace" else None


def is_wanted(line: Line, question: Question) -> bool:
    """Whether a derived standing answers a question, the person aside."""
    if question.states:
        if line.state not in question.states:
            return False
    elif line.state in UNASKED:
        return False
    if question.soon and not is_soon(line, question.asked):
        return False
    return not question.recent or is_recent(line, question.asked)


LATE_STATES = frozenset({"overdue", "grace", "lapsed", "long_lapsed"})


def is_soon(line: Line, asked: Asked) -> bool:
    """Whether something must be done within 30 days."""
    deadline = line.deadline
    return deadline is not None and asked.as_of <= deadline <= asked.soon_on


def is_recent(line: Line, asked: Asked) -> bool:
    """Whether the state began in the last seven days."""
    return line.since is not None and asked.week_ago_on < line.since <= asked.as_of


class Entry(NamedTuple):
    """How many standings of a unit in a programme are in a state; among them those due soon, those new."""

    unit_id: UUID | None
    programme: str
    state: str
    number: int
    soon: int
    recent: int


@dataclass
class Tally:
    """Standings counted, by figure and by part of a bar."""

    figures: Counter[Figure] = field(default_factory=Counter)
    parts: Counter[Part] = field(default_factory=Counter)
    total: int = 0

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        self.total += entry.number
        for soon, number in ((True, entry.soon), (False, entry.number - entry.soon)):
            if number:
                self.parts[part_of(entry.state, soon=soon)] += number
                for figure in figures_of(entry.state, soon=soon):
                    self.figures[figure] += number

    @property
    def bar(self) -> list[int]:
        """The parts in order."""
        return [self.parts[part] for part in Part]


@dataclass
class Overview:
    """The firm, or a part of it: in all, by unit (those below it included), by programme, what is new."""

    whole: Tally = field(default_factory=Tally)
    units: dict[UUID, Tally] = field(default_factory=dict)
    programmes: dict[str, Tally] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)


@cache
def figures_of(state: str, *, soon: bool) -> tuple[Figure, ...]:
    """Return the figures in which a standing counts: what is valid may also be due soon."""
    found = [figure for figure, states in STATES_OF.items() if state in states]
    return (*found, Figure.DUE) if soon else tuple(found)


@cache
def part_of(state: str, *, soon: bool) -> Part:
    """Return the one part of a bar in which a standing counts."""
    if state in FAILING:
        return Part.FAILING
    if state == "waived":
        return Part.WAIVED
    if soon or state == "grace":
        return Part.DUE
    return Part.CERTIFIED if state in VALID else Part.LATER


def entry_of(line: Line, asked: Asked) -> Entry:
    """Return a standing as something to count."""
    soon, recent = int(is_soon(line, asked)), int(is_recent(line, asked))
    return Entry(line.unit_id, line.programme, line.state, 1, soon, recent)


def overview(entries: Iterable[Entry], above: Mapping[UUID, tuple[UUID, ...]]) -> Overview:
    """Add entries up; `above` holds each unit with itself and all units above it."""
    found = Overview()
    for entry in entries:
        found.whole.add(entry)
        found.programmes.setdefault(entry.programme, Tally()).add(entry)
        for unit_id in above.get(entry.unit_id, ()) if entry.unit_id else ():
            found.units.setdefault(unit_id, Tally()).add(entry)
        if entry.recent:
            found.moved[entry.state] += entry.recent
    return found


def risk(line: Line) -> tuple[int, date]:
    """Return by what a standing is ordered: the worst state first, then the nearest date."""
    rank = RISK.index(line.state) if line.state in RISK else len(RISK)
    return rank, line.deadline or line.since or date.max
