"""Persons: names, one for one who may, those of a unit, their employment facts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session

from lms.core.access import Action, Actor, Relation, may, reach
from lms.core.errors import NotFound
from lms.people.models import EmploymentFact, Identity, PersonNow, Unit
from lms.people.rules import EmploymentKind, Fact, Name, name_of


@dataclass(frozen=True)
class PersonRow:
    """A person as lists and pages show them; `unit_id` is absent for those not employed."""

    id: UUID
    username: str
    staff_number: str
    name: Name
    mail: str
    language: str
    unit_id: UUID | None
    unit: Name
    unit_code: str  # empty without a unit
    employed: bool
    on_leave: bool
    joined_on: date | None
    left_on: date | None


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, Name]:
    """Return the bilingual names of people, in at most one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = select(Identity.person_id, Identity.name_zh, Identity.name_en).where(
        Identity.person_id.in_(wanted)
    )
    return {row.person_id: name_of(row.name_zh, row.name_en) for row in session.execute(query)}


def person_rows() -> Select[*tuple[Any, ...]]:
    """Return the select whose rows `to_person` reads; callers add conditions and order."""
    i, n = Identity, PersonNow
    columns = (
        i.person_id,
        i.username,
        i.staff_number,
        i.name_zh,
        i.name_en,
        i.mail,
        i.language,
        n.unit_id,
        n.employed,
        n.on_leave,
        n.joined_on,
        n.left_on,
        Unit.name_zh.label("unit_zh"),
        Unit.name_en.label("unit_en"),
        Unit.code.label("unit_code"),
    )
    return select(*columns).join(n, n.person_id == i.person_id).outerjoin(Unit, Unit.id == n.unit_id)


def to_person(row: Any) -> PersonRow:
    """Read a row of `person_rows`."""
    return PersonRow(
        row.person_id,
        row.username,
        row.staff_number,
        name_of(row.name_zh, row.name_en),
        row.mail,
        row.language,
        row.unit_id,
        name_of(row.unit_zh or "", row.unit_en or ""),
        row.unit_code or "",
        row.employed,
        row.on_leave,
        row.joined_on,
        row.left_on,
    )


def person(session: Session, person_id: UUID) -> PersonRow:
    """Load a person without asking who wants to know: for actions and background work.

    Raises NotFound.
    """
    row = session.execute(person_rows().where(Identity.person_id == person_id)).one_or_none()
    if row is None:
        raise NotFound
    return to_person(row)


def person_for(session: Session, actor: Actor, person_id: UUID, action: Action) -> PersonRow:
    """Load a person for one who may do `action` to them.

    Raises NotFound for strangers, as for ids that are nobody's.
    """
    found = person(session, person_id)
    if not may(actor, action, found.id, found.unit_id):
        raise NotFound
    return found


def people_for(session: Session, actor: Actor, after: UUID | None, limit: int) -> list[PersonRow]:
    """Return the people whose records the actor may read, by id, those after `after`."""
    query = person_rows().order_by(Identity.person_id).limit(limit)
    relation = reach(actor, Action.READ_RECORD)
    if relation is not Relation.ANY:
        managed = PersonNow.unit_id.in_(actor.units) if relation is Relation.MANAGED else false()
        query = query.where(or_(Identity.person_id == actor.person_id, managed))
    if after is not None:
        query = query.where(Identity.person_id > after)
    return [to_person(row) for row in session.execute(query)]


def people_in(session: Session, units: Collection[UUID] | None = None) -> list[PersonRow]:
    """Return those employed, of these units or of all, by unit and staff number."""
    query = person_rows().where(PersonNow.employed)
    if units is not None:
        query = query.where(PersonNow.unit_id.in_(units))
    return [to_person(row) for row in session.execute(query.order_by(Unit.code, Identity.staff_number))]


def person_named(session: Session, text: str) -> UUID:
    """Return who a command means: an id, a sign-in name, or the staff number of somebody employed.

    Raises NotFound.
    """
    query = select(Identity.person_id)
    try:
        query = query.where(Identity.person_id == UUID(text))
    except ValueError:
        by_number = and_(Identity.staff_number == text, Identity.number_in_use)
        query = query.where(or_(Identity.username == text.lower(), by_number)).order_by(
            Identity.username != text.lower()
        )
    found = session.scalar(query.limit(1))
    if found is None:
        raise NotFound
    return found


def people_meant(session: Session, texts: Collection[str]) -> dict[str, UUID]:
    """Return whom sign-in names, or staff numbers of people employed, mean; a sign-in name goes first."""
    query = select(Identity.person_id, Identity.username, Identity.staff_number, Identity.number_in_use)
    lowered = {text.lower() for text in texts}
    by_number = and_(Identity.staff_number.in_(texts), Identity.number_in_use)
    rows = session.execute(query.where(or_(Identity.username.in_(lowered), by_number))).all()
    numbers = {row.staff_number: row.person_id for row in rows if row.number_in_use}
    by_name = {row.username: row.person_id for row in rows}
    found = {text: by_name.get(text.lower()) or numbers.get(text) for text in texts}
    return {text: person_id for text, person_id in found.items() if person_id is not None}


def facts_of(
    session: Session, people: Collection[UUID] | None = None, known_at: datetime | None = None
) -> dict[UUID, tuple[Fact, ...]]:
    """Return employment facts in the order recorded, of these people or all, as known at an instant."""
    f = EmploymentFact
    columns = (f.person_id, f.id, f.kind, f.from_on, f.until_on, f.unit_id, f.voids_id)
    query = select(*columns).order_by(f.person_id, f.number)
    if people is not None:
        query = query.where(f.person_id.in_(people))
    if known_at is not None:
        query = query.where(f.recorded_at <= known_at)
    found: dict[UUID, list[Fact]] = {}
    for row in session.execute(query):
        fact = Fact(row.id, EmploymentKind(row.kind), row.from_on, row.until_on, row.unit_id, row.voids_id)
        found.setdefault(row.person_id, []).append(fact)
    return {person_id: tuple(facts) for person_id, facts in found.items()}


def is_empty(session: Session) -> bool:
    """Whether there is nobody yet, so that a first administrator may be made."""
    return session.scalar(select(Identity.person_id).limit(1)) is None


@dataclass(frozen=True)
class Addressee:
    """Where and in which language a person is written to; empty: no address, no language chosen."""

    mail: str
    language: str


def addressee(session: Session, person_id: UUID) -> Addressee:
    """Return where a person is written to."""
    query = select(Identity.mail, Identity.language).where(Identity.person_id == person_id)
    row = session.execute(query).one_or_none()
    return Addressee(row.mail, row.language) if row else Addressee("", "")


def people_without_mail(session: Session) -> frozenset[UUID]:
    """Return whom no mail can reach: people employed today without a registered address."""
    query = select(Identity.person_id).join(PersonNow, PersonNow.person_id == Identity.person_id)
    return frozenset(session.scalars(query.where(Identity.mail == "", PersonNow.employed)))


def people_by_id(session: Session, ids: Collection[UUID]) -> list[PersonRow]:
    """Return people by unit and staff number, whether employed today or not, in at most one statement."""
    if not ids:
        return []
    query = person_rows().where(Identity.person_id.in_(ids)).order_by(Unit.code, Identity.staff_number)
    return [to_person(row) for row in session.execute(query)]
