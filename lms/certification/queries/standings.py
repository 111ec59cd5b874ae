"""Standings: one, derived from the facts; many, from the cache, never believing a row whose day has come."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow, StandingSpan
from lms.certification.queries.facts import facts_for
from lms.certification.queries.history import history_of, known_by, programme_in
from lms.certification.rules import (
    Kind,
    Overlay,
    Reason,
    ReasonCode,
    Span,
    Standing,
    State,
    spans,
    standing_bytes,
    status,
)
from lms.core.access import Action, Actor
from lms.people.queries import person_for

Key = tuple[UUID, str]


@dataclass(frozen=True)
class Answer:
    """A standing with what it answers: whose, in what, as of which day, as known at which sealed position."""

    person_id: UUID
    programme: str
    as_of: date
    position: int | None
    known_at: datetime | None
    standing: Standing

    def canonical(self) -> bytes:
        """The bytes by which the same question always gets the same answer."""
        return standing_bytes(self.standing, str(self.person_id), self.programme, self.as_of, self.position)


@dataclass(frozen=True)
class StandingLine:
    """One standing as lists show it: true today even while the sweep is behind.

    `steps` is what the open period `period` (0: none) asks for, `certificate` the number shown.
    """

    person_id: UUID
    programme: str
    kind: Kind
    standing: Standing
    unit_id: UUID | None
    employed: bool
    period: int
    certificate: str
    steps: tuple[Mapping[str, Any], ...] = ()

    @property
    def state(self) -> State:
        """The state."""
        return self.standing.state


def standing_of(
    session: Session, person_id: UUID, programme: str, as_of: date, known_at: datetime | None = None
) -> Answer:
    """Derive how a person stood in a programme on a day, live or as known at an instant.

    Raises NotFound for a programme never published, Invalid for an instant after the last checkpoint.
    """
    known = known_by(session, known_at)
    programme_in(history_of(session), programme)
    facts = facts_for(session, [person_id], [programme], known).get((person_id, programme))
    standing = status(facts, as_of) if facts else Standing(state=State.NOT_REQUIRED)
    return Answer(person_id, programme, as_of, known.size if known else None, known_at, standing)


def standing_for(
    session: Session,
    actor: Actor,
    question: tuple[UUID, str],
    as_of: date,
    known_at: datetime | None = None,
) -> Answer:
    """Derive a standing for one who may read the person's record.

    Raises NotFound for strangers.
    """
    person_id, programme = question
    person_for(session, actor, person_id, Action.READ_RECORD)
    return standing_of(session, person_id, programme, as_of, known_at)


def standings_as_of(
    session: Session,
    people: Collection[UUID],
    as_of: date,
    known_at: datetime | None = None,
    programmes: Collection[str] | None = None,
) -> dict[Key, Answer]:
    """Derive the standings of many people on a day from the facts, in one statement a kind of fact.

    Those never asked of anything in a programme are left out. Raises Invalid as `standing_of` does.
    """
    known = known_by(session, known_at)
    size = known.size if known else None
    return {
        (person_id, programme): Answer(person_id, programme, as_of, size, known_at, status(facts, as_of))
        for (person_id, programme), facts in facts_for(session, people, programmes, known).items()
        if facts.assignments
    }


def spans_of(
    session: Session,
    people: Collection[UUID],
    programmes: Collection[str] | None = None,
    known_at: datetime | None = None,
) -> dict[Key, tuple[Span, ...]]:
    """Return the spans of people: live from the cache, as known at an instant from the facts.

    Before a first span nothing was required.
    """
    if known_at is not None:
        known = known_by(session, known_at)
        found = facts_for(session, people, programmes, known).items()
        return {key: spans(facts) for key, facts in found if facts.assignments}
    query = select(StandingSpan).where(StandingSpan.person_id.in_(people), StandingSpan.known_until.is_(None))
    if programmes is not None:
        query = query.where(StandingSpan.programme.in_(programmes))
    kept: dict[Key, list[Span]] = {}
    for row in session.scalars(query.order_by(StandingSpan.from_on)):
        span = Span(State(row.state), overlays_of(row.overlays), row.from_on, row.until_on)
        kept.setdefault((row.person_id, row.programme), []).append(span)
    return {key: tuple(each) for key, each in kept.items()}


@dataclass(frozen=True)
class DaysInState:
    """Days of a person in a state of a programme; `until_on` absent: without end."""

    person_id: UUID
    programme: str
    kind: str
    state: str
    overlays: frozenset[str]
    from_on: date
    until_on: date | None


def standing_days(
    session: Session,
    people: Collection[UUID],
    first_on: date,
    last_on: date,
    known_at: datetime | None = None,
) -> Iterator[DaysInState]:
    """Yield the spans of people that touch some of the days from `first_on` through `last_on`."""
    programmes = history_of(session).programmes
    for (person_id, programme), found in spans_of(session, people, None, known_at).items():
        kind = programmes[programme].kind.value
        for span in found:
            if span.from_on <= last_on and span.last_on >= first_on:
                overlays = frozenset(each.value for each in span.overlays)
                yield DaysInState(
                    person_id, programme, kind, span.state.value, overlays, span.from_on, span.until_on
                )


def state_on(today: date) -> ColumnElement[str]:
    """Return the SQL expression for the state today, right while no row has two changes behind it."""
    passed = and_(StandingRow.next_change_on <= today, StandingRow.next_state.is_not(None))
    return case((passed, StandingRow.next_state), else_=StandingRow.state)


def behind(today: date) -> ColumnElement[bool]:
    """Return the condition that a row has a change behind it, or two: its dates must be derived anew."""
    return or_(StandingRow.then_on <= today, StandingRow.next_change_on <= today)


def standings_today(
    session: Session, today: date, query: Select[StandingRow] | None = None
) -> list[StandingLine]:
    """Return the rows of a select over standings, those whose day has come derived anew from the facts."""
    chosen = query if query is not None else select(StandingRow)
    rows = list(session.scalars(chosen))
    stale = {row.person_id for row in rows if row.next_change_on is not None and row.next_change_on <= today}
    fresh = facts_for(session, stale) if stale else {}
    lines = []
    for row in rows:
        line = line_of(row)
        facts = fresh.get((row.person_id, row.programme))
        if facts is not None and row.next_change_on is not None and row.next_change_on <= today:
            line = replace(line, standing=status(facts, today))
        lines.append(line)
    return lines


def own_standings(session: Session, person_id: UUID, today: date) -> list[StandingLine]:
    """Return a person's standings today, by programme, in one statement while the sweep is not behind."""
    query = select(StandingRow).where(StandingRow.person_id == person_id).order_by(StandingRow.programme)
    return standings_today(session, today, query)


def line_of(row: StandingRow) -> StandingLine:
    """Read a row as it was written."""
    standing = Standing(
        state=State(row.state),
        overlays=overlays_of(row.overlays),
        since=row.since,
        due_on=row.due_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        window_opens_on=row.window_opens_on,
        grace_until=row.grace_until,
        next_change_on=row.next_change_on,
        next_state=State(row.next_state) if row.next_state else None,
        reasons=tuple(reason_of(each) for each in json.loads(row.reasons)),
    )
    return StandingLine(
        person_id=row.person_id,
        programme=row.programme,
        kind=Kind(row.kind),
        standing=standing,
        unit_id=row.unit_id,
        employed=row.employed,
        period=row.period,
        certificate=row.certificate,
        steps=tuple(json.loads(row.steps)),
    )


def reason_of(row: Mapping[str, Any]) -> Reason:
    """Read a reason as a row holds it."""
    on = date.fromisoformat(row["on"]) if row["on"] else None
    return Reason(ReasonCode(row["code"]), on, row["fact"])


def overlays_text(overlays: frozenset[Overlay]) -> str:
    """Return overlays as a row keeps them: codes in order, parted by spaces."""
    return " ".join(sorted(each.value for each in overlays))


def overlays_of(text: str) -> frozenset[Overlay]:
    """Read what `overlays_text` wrote."""
    return frozenset(Overlay(each) for each in text.split())


def kept_spans(found: Sequence[Span]) -> list[Span]:
    """Return the spans worth keeping: that nothing was required at first goes without saying."""
    first = found[0]
    plain = first.from_on == date.min and first.state is State.NOT_REQUIRED and not first.overlays
    return list(found[1:] if plain else found)
