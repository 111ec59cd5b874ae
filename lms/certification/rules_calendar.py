"""Which days of a standing belong into its owner's calendar. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.certification.rules_answers import Standing
from lms.certification.rules_words import State
from lms.core.dates import FOREVER
from lms.core.events import Event


class DayKind(StrEnum):
    """What a day is."""

    DUE = "due"
    WINDOW = "window"
    EXPIRY = "expiry"
    GRACE_END = "grace_end"


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of one programme."""

    kind: DayKind
    programme: str
    on: date


@dataclass(frozen=True, kw_only=True)
class CalendarFeedOpened(Event):
    """A person made an address for their calendar; the one before it stands no more."""


@dataclass(frozen=True, kw_only=True)
class CalendarFeedEnded(Event):
    """The address of a person's calendar stands no more."""


def entries(programme: str, standing: Standing) -> Iterator[Entry]:
    """Yield the days that matter in the present state; dates that leave has left open are none."""
    days: dict[DayKind, date | None] = {}
    if standing.state in (State.ASSIGNED, State.OVERDUE):
        days = {DayKind.DUE: standing.due_on}
    elif standing.state in (State.CERTIFIED, State.RENEWAL_OPEN):
        days = {DayKind.WINDOW: standing.window_opens_on, DayKind.EXPIRY: standing.valid_until}
    elif standing.state is State.GRACE:
        days = {DayKind.EXPIRY: standing.valid_until, DayKind.GRACE_END: standing.grace_until}
    for kind, on in days.items():
        if on is not None and on < FOREVER:
            yield Entry(kind, programme, on)


def uid_of(person: str, entry: Entry, host: str) -> str:
    """Return the name an entry keeps while its day moves, from which nobody learns whose it is."""
    about = f"{person}:{entry.programme}:{entry.kind.value}"
    return f"{hashlib.sha256(about.encode()).hexdigest()[:32]}@{host}"
