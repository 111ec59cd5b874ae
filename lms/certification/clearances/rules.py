"""Whether a person may do a duty on a day: a pure function of standings, signatures, leave and recusals."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lms.certification.rules_words import Overlay, State
from lms.core.dates import FOREVER, Days, contains, day_after, day_before
from lms.core.errors import Message, message
from lms.core.events import Event

MOST_MINUTES = 60
ASKED_WITHIN = timedelta(minutes=60)
CLIENT = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")


class Code(StrEnum):
    """Why a duty is allowed or denied; HELD and OPENED allow, all others deny."""

    HELD = "held"
    OPENED = "break_glass"
    NOT_EMPLOYED = "not_employed"
    ON_LEAVE = "on_leave"
    RECUSED = "recused"
    STANDING = "standing"
    GRACE_OVER = "grace_over"
    SUPPLEMENT_OVERDUE = "supplement_overdue"
    UNSIGNED = "unsigned"
    SIGN_AGAIN = "sign_again"
    NO_DUTY = "no_duty"


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty as published: what it needs, which states suffice, for how long it may be opened."""

    id: str
    title: Mapping[str, str] = field(hash=False, compare=False)
    programmes: tuple[str, ...]
    agreements: tuple[str, ...]
    states: frozenset[State]
    while_on_leave: bool
    glass_minutes: int = MOST_MINUTES


class Stretch(NamedTuple):
    """Days in a row with the same state and overlays in a programme.

    `grace_through` is `valid_until` and the programme's own grace days, which no leave or extension moves.
    """

    state: State
    overlays: frozenset[Overlay]
    from_on: date
    until_on: date | None
    grace_through: date | None = None


class Demand(NamedTuple):
    """A material version of an agreement: who holds an older one may go on through `due_on`."""

    version: int
    due_on: date


class Recusal(NamedTuple):
    """A person keeps away from a client from a day on; `until_on` None: until further notice."""

    client: str
    from_on: date
    until_on: date | None = None


class Opening(NamedTuple):
    """An emergency opening of a duty, from an instant until before another; empty client: for all."""

    duty: str
    client: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """What clearances of one person rest on; what is missing is not held.

    `signed` holds (day, material version) of signatures by agreement, `demands` its versions, oldest first.
    """

    employed: Days = ()
    leave: Days = ()
    programmes: Mapping[str, tuple[Stretch, ...]] = field(default_factory=dict)
    signed: Mapping[str, tuple[tuple[date, int], ...]] = field(default_factory=dict)
    demands: Mapping[str, tuple[Demand, ...]] = field(default_factory=dict)
    recusals: tuple[Recusal, ...] = ()
    openings: tuple[Opening, ...] = ()


class Because(NamedTuple):
    """One reason: what it is about (a programme, an agreement, a client), the state, the day it turns on."""

    code: Code
    target: str = ""
    state: State | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer. `until` is the last day on which `allowed` stays as it is, by all that is known; None: no end.

    `next_change_on` is the first day on which answer or reasons differ; `expires_at` ends an emergency opening.
    """

    duty: str
    allowed: bool
    reasons: tuple[Because, ...]
    until: date | None = None
    next_change_on: date | None = None
    expires_at: datetime | None = None

    @property
    def reason(self) -> Code:
        """The first reason."""
        return self.reasons[0].code


def clearance(
    duty: Duty, facts: DutyFacts, on: date, client: str = "", at: datetime | None = None
) -> Clearance:
    """Answer whether a person may do a duty on a day, for a client if one is named.

    An emergency opening counts at the instant `at`; it never lifts a recusal, nor helps one not employed.
    Source: docs/clearances.md.
    """
    unmet = hindrances(duty, facts, on, client)
    opening = _opening(duty, facts, client, at)
    if unmet and opening is not None and not any(each.code in UNLIFTED for each in unmet):
        return Clearance(
            duty=duty.id,
            allowed=True,
            reasons=(Because(Code.OPENED), *unmet),
            until=on,
            next_change_on=on,
            expires_at=opening.until_at,
        )
    changes = [day for day in turns(duty, facts, client) if day > on]
    until = next_on = None
    for day in changes:
        then = hindrances(duty, facts, day, client)
        if next_on is None and then != unmet:
            next_on = day
        if bool(then) != bool(unmet):
            until = day_before(day)
            break
    return Clearance(duty.id, not unmet, unmet or (Because(Code.HELD),), until, next_on)


UNLIFTED = frozenset({Code.RECUSED, Code.NOT_EMPLOYED, Code.NO_DUTY})


def withdrawn(duty: str) -> Clearance:
    """The answer for a duty that is published no more."""
    return Clearance(duty, allowed=False, reasons=(Because(Code.NO_DUTY, duty),))


def hindrances(duty: Duty, facts: DutyFacts, on: date, client: str = "") -> tuple[Because, ...]:
    """Return everything that stands against a duty on a day; nothing: it is allowed."""
    return tuple(_all(duty, facts, on, client))


def _all(duty: Duty, facts: DutyFacts, on: date, client: str) -> Iterable[Because]:
    kept_away = [
        each.from_on
        for each in facts.recusals
        if client and each.client == client and each.from_on <= on <= (each.until_on or FOREVER)
    ]
    if kept_away:
        yield Because(Code.RECUSED, client, on=min(kept_away))
    if not contains(facts.employed, on):
        yield Because(Code.NOT_EMPLOYED)
    absent = next((first for first, last in facts.leave if first <= on <= last), None)
    if absent is not None and not duty.while_on_leave:
        yield Because(Code.ON_LEAVE, on=absent)
    for programme in duty.programmes:
        yield from _against(duty, programme, facts.programmes.get(programme, ()), on)
    for agreement in duty.agreements:
        yield from _unsigned(agreement, facts, on)


def _against(duty: Duty, programme: str, stretches: tuple[Stretch, ...], on: date) -> Iterable[Because]:
    here = next((each for each in stretches if each.from_on <= on <= (each.until_on or FOREVER)), None)
    if here is None:
        yield Because(Code.STANDING, programme, State.NOT_REQUIRED)
    elif here.state not in duty.states:
        since = None if here.from_on == date.min else _since(stretches, here)
        yield Because(Code.STANDING, programme, here.state, since)
    elif here.state is State.GRACE and (here.grace_through is None or on > here.grace_through):
        yield Because(Code.GRACE_OVER, programme, here.state, here.grace_through)
    if here is not None and Overlay.SUPPLEMENT_OVERDUE in here.overlays:
        yield Because(Code.SUPPLEMENT_OVERDUE, programme, here.state)


def _since(stretches: tuple[Stretch, ...], here: Stretch) -> date | None:
    """Return the first day of the state: overlays part it into several stretches."""
    first = here.from_on
    for each in reversed([each for each in stretches if each.from_on < here.from_on]):
        if each.state is not here.state:
            break
        first = each.from_on
    return None if first == date.min else first


def _unsigned(agreement: str, facts: DutyFacts, on: date) -> Iterable[Because]:
    held = max((version for day, version in facts.signed.get(agreement, ()) if day <= on), default=None)
    demands = facts.demands.get(agreement, ())
    if held is None:
        yield Because(Code.UNSIGNED, agreement)
        return
    late = [each for each in demands[1:] if each.version > held and each.due_on < on]
    if late:
        yield Because(Code.SIGN_AGAIN, agreement, on=min(each.due_on for each in late))


def _opening(duty: Duty, facts: DutyFacts, client: str, at: datetime | None) -> Opening | None:
    if at is None:
        return None
    fitting = (
        each
        for each in facts.openings
        if each.duty == duty.id and each.client in {"", client} and each.from_at <= at < each.until_at
    )
    return max(fitting, key=lambda each: each.until_at, default=None)


def turns(duty: Duty, facts: DutyFacts, client: str = "") -> list[date]:
    """Return the days on which the answer may change, in order."""
    found: set[date] = set()
    for days in (facts.employed, facts.leave):
        found |= {first for first, _ in days} | {last for _, last in days if last < FOREVER}
        found |= {day_after(last) for _, last in days if last < FOREVER}
    for programme in duty.programmes:
        for each in facts.programmes.get(programme, ()):
            found.add(each.from_on)
            if each.grace_through is not None:
                found.add(day_after(each.grace_through))
    for agreement in duty.agreements:
        found |= {day for day, _ in facts.signed.get(agreement, ())}
        found |= {day_after(each.due_on) for each in facts.demands.get(agreement, ())}
    for recusal in facts.recusals if client else ():
        found |= {recusal.from_on} | ({day_after(recusal.until_on)} if recusal.until_on else set())
    return sorted(found)


def client_of(text: str) -> str:
    """Return a client reference as it is kept: without spaces around it, in capitals.

    Raises ValueError for what is no reference: a name, say.
    """
    found = text.strip().upper()
    if not CLIENT.fullmatch(found):
        raise ValueError(text)
    return found


NO_REFERENCE = message(
    "Write the client's reference: letters A to Z, figures and . _ / - only, at most 40. Never a name."
)


class Outcome(StrEnum):
    """What a review of an emergency opening came to."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


def glass_refusal(duty: Duty, facts: DutyFacts, on: date, client: str, minutes: int) -> Message | None:
    """Say why an emergency opening may not be asked for, or None when it may."""
    if duty.glass_minutes == 0:
        return message("This duty is never opened in an emergency.")
    if not 1 <= minutes <= duty.glass_minutes:
        return message("Ask for 1 to %(most)s minutes.", most=duty.glass_minutes)
    unmet = {each.code for each in hindrances(duty, facts, on, client)}
    if not unmet:
        return message("You may do this already: nothing needs to be opened.")
    if Code.RECUSED in unmet:
        return message("You keep away from this client: an emergency does not change that.")
    if Code.NOT_EMPLOYED in unmet:
        return message("Only for people who are employed today.")
    return None


@dataclass(frozen=True, kw_only=True)
class DutyFlipped(Event):
    """A duty became allowed to a person, or denied; `number` counts the flips of this person and duty."""

    duty: str
    allowed: bool
    code: Code
    number: int
    changed_on: date


@dataclass(frozen=True, kw_only=True)
class ClearancesRead(Event):
    """Somebody asked for clearances of others: so many."""

    rows: int


@dataclass(frozen=True, kw_only=True)
class ClearancesDenied(Event):
    """People were denied a duty for the first time that day: (person, first reason) each."""

    duty: str
    denied_on: date
    client: str
    people: tuple[tuple[UUID, Code], ...]


@dataclass(frozen=True, kw_only=True)
class GlassOpened(Event):
    """A second person opened a duty in an emergency."""

    duty: str
    client: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class GlassReviewed(Event):
    """An emergency opening was looked at afterwards."""

    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Recused(Event):
    """A person keeps away from a client from a day on."""

    client: str
    from_on: date


@dataclass(frozen=True, kw_only=True)
class RecusalEnded(Event):
    """Two people ended a recusal after its last day."""

    client: str
    until_on: date
