"""Both caches against the facts: whether maintained standings and spans equal derived ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow
from lms.certification.queries.facts import facts_for
from lms.certification.queries.standings import kept_spans, line_of, spans_of
from lms.certification.rules import Standing, spans, status
from lms.people.models import Person

BATCH = 500


@dataclass(frozen=True)
class Difference:
    """Where a cache does not say what the facts say."""

    person_id: UUID
    programme: str
    what: str
    kept: str
    derived: str


def check_standings(session: Session, on: date) -> list[Difference]:
    """Compare every standing and span with what the facts say on a day, in batches of people."""
    found: list[Difference] = []
    people = list(session.scalars(select(Person.id).order_by(Person.id)))
    for start in range(0, len(people), BATCH):
        found += check_people(session, people[start : start + BATCH], on)
    return found


def check_people(session: Session, people: Collection[UUID], on: date) -> list[Difference]:
    """Compare the standings and spans of some people."""
    query = select(StandingRow).where(StandingRow.person_id.in_(people))
    rows = {(row.person_id, row.programme): row for row in session.scalars(query)}
    cached = spans_of(session, people)
    found: list[Difference] = []
    for key, facts in sorted(facts_for(session, people).items(), key=lambda each: str(each[0])):
        derived, row = status(facts, on), rows.pop(key, None)
        if row is None:
            if facts.assignments:
                found.append(Difference(*key, "standing", "none", derived.state.value))
            continue
        kept = line_of(row).standing
        if _shown(kept) != _shown(derived):
            found.append(Difference(*key, "standing", repr(_shown(kept)), repr(_shown(derived))))
        expected = kept_spans(spans(facts))
        if list(cached.get(key, ())) != expected:
            found.append(Difference(*key, "spans", repr(cached.get(key)), repr(expected)))
    return found + [Difference(*key, "standing", row.state, "none") for key, row in rows.items()]


def _shown(standing: Standing) -> tuple[object, ...]:
    s = standing
    dates = (
        s.since,
        s.due_on,
        s.valid_from,
        s.valid_until,
        s.window_opens_on,
        s.grace_until,
        s.next_change_on,
    )
    return (s.state.value, tuple(sorted(s.overlays)), *dates, s.next_state)
