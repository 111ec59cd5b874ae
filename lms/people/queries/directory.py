"""The directory as HR works with it: pages of people, one person's facts and leads, who cannot sign in yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import Session

from lms.people.models import Account, EmploymentFact, Identity, PersonNow, Unit, UnitLead
from lms.people.queries.conditions import employed_on
from lms.people.queries.persons import PersonRow, person_rows, to_person
from lms.people.rules import EmploymentKind, Name, name_of

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Which people a list shows; `units` None means all, `state` is a key of `labels.STATES`."""

    text: str = ""
    units: frozenset[UUID] | None = None
    state: str = "employed"
    after: str = ""


@dataclass(frozen=True)
class FactRow:
    """A fact of employment as a person's page shows it; `void` when another fact says it never was."""

    id: UUID
    kind: EmploymentKind
    from_on: date
    until_on: date | None
    unit: Name
    reason: str
    recorded_at: datetime
    void: bool


@dataclass(frozen=True)
class LeadRow:
    """A unit somebody leads or led."""

    unit_id: UUID
    unit: Name
    from_on: date
    until_on: date | None


def people_page(session: Session, wanted: Wanted, on: date) -> tuple[list[PersonRow], str]:
    """Return a page of people by staff number, and where the next one begins (empty: there is none)."""
    key = tuple_(Identity.staff_number, Identity.username)
    query = (
        person_rows().where(_in_state(wanted.state, on)).order_by(Identity.staff_number, Identity.username)
    )
    if wanted.units is not None:
        query = query.where(PersonNow.unit_id.in_(wanted.units))
    for word in wanted.text.split()[:5]:
        query = query.where(_contains(word))
    number, found, username = wanted.after.partition("\t")
    if found:
        query = query.where(key > tuple_(number, username))
    rows = [to_person(row) for row in session.execute(query.limit(PAGE + 1))]
    more = len(rows) > PAGE
    return rows[:PAGE], f"{rows[PAGE - 1].staff_number}\t{rows[PAGE - 1].username}" if more else ""


def _contains(word: str) -> Any:
    i = Identity
    columns = (i.name_zh, i.name_en, i.staff_number, i.username, i.mail)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _in_state(state: str, on: date) -> Any:
    n = PersonNow
    return {
        "employed": employed_on(on),
        "on_leave": and_(employed_on(on), n.on_leave),
        "coming": n.joined_on > on,
        "left": n.left_on < on,
    }.get(state, n.person_id.is_not(None))


def facts_shown(session: Session, person_id: UUID) -> list[FactRow]:
    """Return a person's facts of employment, the last recorded first."""
    f = EmploymentFact
    query = (
        select(f, Unit.name_zh, Unit.name_en)
        .outerjoin(Unit, Unit.id == f.unit_id)
        .where(f.person_id == person_id)
        .order_by(f.number.desc())
    )
    rows = session.execute(query).all()
    voided = {row[0].voids_id for row in rows}
    return [
        FactRow(
            id=fact.id,
            kind=EmploymentKind(fact.kind),
            from_on=fact.from_on,
            until_on=fact.until_on,
            unit=name_of(name_zh or "", name_en or ""),
            reason=fact.reason,
            recorded_at=fact.recorded_at,
            void=fact.id in voided,
        )
        for fact, name_zh, name_en in rows
    ]


def leads_of(session: Session, person_id: UUID) -> list[LeadRow]:
    """Return the units a person leads or led, the last first; leads that never held are left out."""
    lead = UnitLead
    query = (
        select(lead.unit_id, lead.from_on, lead.until_on, Unit.name_zh, Unit.name_en)
        .join(Unit, Unit.id == lead.unit_id)
        .where(lead.person_id == person_id, or_(lead.until_on.is_(None), lead.until_on >= lead.from_on))
        .order_by(lead.from_on.desc(), Unit.code)
    )
    rows = session.execute(query)
    return [
        LeadRow(row.unit_id, name_of(row.name_zh, row.name_en), row.from_on, row.until_on) for row in rows
    ]


def not_activated(session: Session, on: date) -> list[PersonRow]:
    """Return those who are employed or join later and have never set a password, at most 500."""
    n = PersonNow
    query = person_rows().join(Account, Account.person_id == Identity.person_id)
    query = query.where(Account.password_hash == "", or_(n.left_on.is_(None), n.left_on >= on))
    return [
        to_person(row) for row in session.execute(query.order_by(Unit.code, Identity.staff_number).limit(500))
    ]
