"""Facts of employment: recorded, folded, and their present reading kept for lists."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.audit.events import record, recorded_at
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound, message
from lms.people.actions.roles import end_roles_of
from lms.people.actions.units import end_leads_of
from lms.people.employment import CHOOSE_UNIT, LAST_BEFORE_FIRST, Fact, Reading, fold, objection, reading
from lms.people.models import EmploymentFact, Identity, Person, PersonNow
from lms.people.queries import facts_of, firm_day
from lms.people.rules import EmploymentKind, EmploymentRecorded, NewFact

BATCH = 200
# Which field of a form an objection is about; all others are about the day.
FIELDS = {LAST_BEFORE_FIRST.text: "until_on", CHOOSE_UNIT.text: "unit"}


def record_employment(session: Session, person_id: UUID, new: NewFact, at: datetime) -> UUID:
    """Add a fact of employment and bring the present reading up to date; return the fact's id.

    Raises NotFound, Invalid when the facts do not allow it, Conflict when a number has a new owner,
    NotAllowed to the one whom it is about.
    """
    session.scalar(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    facts, fact = check_employment(session, person_id, new)
    event_id = uuid4()
    session.add(fact_row(session, person_id, fact, len(facts) + 1, new.reason, event_id))
    session.flush()
    _read_again(session, person_id, (*facts, fact), at)
    note_employment(session, person_id, new, at, event_id)
    return fact.id


def check_employment(session: Session, person_id: UUID, new: NewFact) -> tuple[tuple[Fact, ...], Fact]:
    """Return the facts of a person's employment and the one to be added; refuse as `record_employment` does."""
    if session.info["by"].actor == str(person_id):
        raise NotAllowed(message("Somebody else records your employment."))
    if session.get(Person, person_id) is None:
        raise NotFound
    facts = facts_of(session, [person_id]).get(person_id, ())
    if new.kind is EmploymentKind.VOID and not new.reason.strip():
        raise Invalid({"reason": message("Say why the fact is declared void.")})
    fact = Fact(uuid4(), new.kind, new.from_on, new.until_on, new.unit_id, new.voids_id)
    if why := objection(facts, fact):
        raise Invalid({FIELDS.get(why.text, "from_on"): why})
    return facts, fact


def fact_row(
    session: Session, person_id: UUID, fact: Fact, number: int, reason: str, event_id: UUID
) -> EmploymentFact:
    """Return the row of a fact, ready to be added."""
    return EmploymentFact(
        id=fact.id,
        person_id=person_id,
        number=number,
        kind=fact.kind,
        from_on=fact.from_on,
        until_on=fact.until_on,
        unit_id=fact.unit_id,
        voids_id=fact.voids_id,
        reason=reason.strip(),
        recorded_at=recorded_at(session),
        event_id=event_id,
    )


def note_employment(session: Session, person_id: UUID, new: NewFact, at: datetime, event_id: UUID) -> None:
    """Record that a fact was added, once it and the reading are saved."""
    happened = EmploymentRecorded(
        subject=f"person:{person_id}",
        occurred_at=at,
        person_id=person_id,
        reason=new.reason.strip() or None,
        fact=new.kind,
        from_on=new.from_on,
        until_on=new.until_on,
        unit_id=new.unit_id,
    )
    record(session, happened, event_id)


def refresh_person(session: Session, person_id: UUID, at: datetime) -> None:
    """Rebuild the present reading of a person's facts as of the firm's day of `at`."""
    _read_again(session, person_id, facts_of(session, [person_id]).get(person_id, ()), at)


def refresh_changed(session: Session, at: datetime) -> int:
    """Bring up to date those whose reading differs since a day that has come; return how many, at most 200.

    The nightly work calls it until it returns 0.
    """
    due = select(PersonNow.person_id).where(PersonNow.changes_on <= firm_day(session, at))
    people = list(session.scalars(due.order_by(PersonNow.changes_on, PersonNow.person_id).limit(BATCH)))
    facts = facts_of(session, people)
    for person_id in people:
        _read_again(session, person_id, facts.get(person_id, ()), at)
    return len(people)


def _read_again(session: Session, person_id: UUID, facts: tuple[Fact, ...], at: datetime) -> None:
    read = reading(fold(facts), firm_day(session, at))
    row = session.get(PersonNow, person_id)
    if row is None:
        session.add(now_row(person_id, read))
    else:
        for column, value in asdict(read).items():
            setattr(row, column, value)
    _keep_number(session, person_id, read, at)
    if read.left_on is not None and not read.employed:
        end_roles_of(session, person_id, at)
    if read.left_on is not None:
        end_leads_of(session, person_id, read.left_on, at)
    session.flush()


def now_row(person_id: UUID, read: Reading) -> PersonNow:
    """Return the row of a reading, ready to be added."""
    return PersonNow(person_id=person_id, **asdict(read))


def _keep_number(session: Session, person_id: UUID, read: Reading, at: datetime) -> None:
    """Free the staff number of one who has left; take it again for one who is re-hired."""
    identity = session.get_one(Identity, person_id)
    gone = read.left_on is not None and read.left_on < firm_day(session, at) and read.changes_on is None
    if identity.number_in_use != gone:
        return
    identity.number_in_use = not gone
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            message(
                "Staff number %(number)s now belongs to somebody else: give a new one.",
                number=identity.staff_number,
            )
        ) from error
