"""Pages of standings for other systems: today's from the cache, of other days from the facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lms.certification.models import AssignmentRow, StandingRow
from lms.certification.queries import rows
from lms.certification.queries.history import Known, known_by
from lms.certification.queries.standings import Answer, standings_as_of, standings_today
from lms.core.access import Action, Actor, Relation, reach
from lms.core.errors import Invalid, message
from lms.people.models import PersonNow
from lms.people.queries import unit_tree
from lms.people.rules import at_or_below


@dataclass(frozen=True)
class Wanted:
    """Which standings are asked for; empty fields ask for all. `after` is the `next` of the page before."""

    person: UUID | None = None
    programme: str = ""
    unit: str = ""
    state: str = ""
    after: str = ""
    limit: int = 100


@dataclass(frozen=True)
class Page:
    """Rows in the order of person and programme; `next` is empty on the last page."""

    answers: list[Answer]
    next: str


def live_page(session: Session, actor: Actor, wanted: Wanted, today: date) -> Page:
    """Return a page of today's standings of the people the actor may read."""
    s = StandingRow
    query = select(s).where(_within(actor, s.person_id, s.unit_id)).order_by(s.person_id, s.programme)
    if wanted.person is not None:
        query = query.where(s.person_id == wanted.person)
    if wanted.programme:
        query = query.where(s.programme == wanted.programme)
    if wanted.unit:
        query = query.where(s.unit_id.in_(_units(session, wanted.unit)))
    if wanted.state:
        # A row whose day has come is looked at again below: it may be in this state by now.
        query = query.where(or_(s.state == wanted.state, s.next_change_on <= today))
    if wanted.after:
        person_id, programme = _cursor(wanted.after)
        query = query.where(
            or_(s.person_id > person_id, and_(s.person_id == person_id, s.programme > programme))
        )
    lines = standings_today(session, today, query.limit(wanted.limit + 1))
    shown = lines[: wanted.limit]
    last = shown[-1] if len(lines) > wanted.limit else None
    answers = [
        Answer(each.person_id, each.programme, today, None, None, each.standing)
        for each in shown
        if not wanted.state or each.state == wanted.state
    ]
    return Page(answers, f"{last.person_id}:{last.programme}" if last else "")


def page_as_of(
    session: Session, actor: Actor, wanted: Wanted, as_of: date, known_at: datetime | None
) -> Page:
    """Return the standings of a page of people on a day, derived from the facts; the unit is that of the day.

    Raises Invalid for an instant after the last checkpoint.
    """
    known = known_by(session, known_at)
    people = _people(session, actor, wanted)
    shown = people[: wanted.limit]
    programmes = [wanted.programme] if wanted.programme else None
    found = standings_as_of(session, shown, as_of, known_at, programmes)
    if wanted.unit:
        inside = _in_unit(session, shown, _units(session, wanted.unit), as_of, known)
        found = {key: each for key, each in found.items() if key[0] in inside}
    answers = [
        each
        for _, each in sorted(found.items(), key=lambda pair: (pair[0][0].hex, pair[0][1]))
        if not wanted.state or each.standing.state == wanted.state
    ]
    return Page(answers, f"{shown[-1]}:~" if len(people) > wanted.limit else "")


def _people(session: Session, actor: Actor, wanted: Wanted) -> list[UUID]:
    """Return a page of people who were ever assigned anything, and one more."""
    a, now = AssignmentRow, PersonNow
    query = select(a.person_id).join(now, now.person_id == a.person_id).distinct().order_by(a.person_id)
    query = query.where(_within(actor, a.person_id, now.unit_id))
    if wanted.person is not None:
        query = query.where(a.person_id == wanted.person)
    if wanted.after:
        query = query.where(a.person_id > _cursor(wanted.after)[0])
    return list(session.scalars(query.limit(wanted.limit + 1)))


def _in_unit(
    session: Session, people: Collection[UUID], units: Collection[UUID], on: date, known: Known | None
) -> set[UUID]:
    found = set()
    for person_id, employed in rows.employment(session, people, known):
        spell = employed.spell_on(on)
        if spell is not None and spell.unit_on(on) in units:
            found.add(person_id)
    return found


def _units(session: Session, code: str) -> frozenset[UUID]:
    tree = unit_tree(session)
    return at_or_below(tree, [node.id for node in tree if node.code == code])


def _within(actor: Actor, person_id: Any, unit_id: Any) -> ColumnElement[bool]:
    """Return the condition that the actor may read the record today."""
    own: ColumnElement[bool] = person_id == actor.person_id
    widest = reach(actor, Action.READ_RECORD)
    if widest is Relation.ANY:
        return or_(own, person_id.is_not(None))
    return or_(own, unit_id.in_(actor.units)) if actor.units else own


def _cursor(text: str) -> tuple[UUID, str]:
    person, _, programme = text.partition(":")
    try:
        return UUID(person), programme
    except ValueError as error:
        raise Invalid({"after": message("Take `after` from the page before.")}) from error
