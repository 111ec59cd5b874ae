"""The daily sweep: it looks only at standings whose day has come."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, bindparam, or_, select, update
from sqlalchemy.orm import Session

from lms.certification.actions.reassessing import lock, reassess_people
from lms.certification.models import StandingRow
from lms.core.db import By, Database, changed
from lms.core.log import logger
from lms.people.models import Identity, PersonNow
from lms.people.queries import firm_day

log = logger("certification")
BATCH = 200


DUE = (
    select(StandingRow.person_id)
    .where(StandingRow.wake_on <= bindparam("today", type_=Date))
    .distinct()
    .order_by(StandingRow.person_id)
    .limit(bindparam("most", type_=Integer))
)
# Those whose standings have another unit than they have today.
ASTRAY = (
    select(StandingRow.person_id)
    .join(PersonNow, PersonNow.person_id == StandingRow.person_id)
    .where(
        or_(
            PersonNow.unit_id.is_distinct_from(StandingRow.unit_id),
            PersonNow.employed != StandingRow.employed,
        )
    )
    .distinct()
    .order_by(StandingRow.person_id)
)


@dataclass
class Swept:
    """How many people a sweep assessed, and whom it could not."""

    people: int = 0
    failed: list[UUID] = field(default_factory=list)


def due_people(
    session: Session, on: date, batch: int = BATCH, leave_out: Collection[UUID] = ()
) -> list[UUID]:
    """Return people with a standing whose day has come."""
    query = DUE.where(StandingRow.person_id.not_in(leave_out)) if leave_out else DUE
    return list(session.scalars(query, {"today": on, "most": batch}))


def sweep(
    session: Session, on: date, at: datetime, batch: int = BATCH, leave_out: Collection[UUID] = ()
) -> int:
    """Assess one batch of those whose day has come; return how many. Zero means that nothing is left.

    People whom somebody else is working on are left to the next call.
    """
    people = lock(session, due_people(session, on, batch, leave_out), skip_locked=True)
    if people:
        reassess_people(session, people, on, at)
    return len(people)


def sweep_all(database: Database, at: datetime, on: date | None = None, batch: int = BATCH) -> Swept:
    """Sweep until nothing is left, a transaction a batch; whoever makes a batch fail is tried alone and named."""
    found = Swept()
    with database.reading() as session:
        on = on or firm_day(session, at)
        people = due_people(session, on, batch)
    while people:
        try:
            with database.transaction(By("worker"), now=at) as session:
                done = sweep(session, on, at, batch, found.failed)
            if not done:
                break
            found.people += done
        except Exception as error:  # noqa: BLE001 - one person's failure must not stop the others
            log.warning(
                "a batch of the sweep failed; its people are tried one by one", error=repr(error)[:300]
            )
            _one_by_one(database, people, on, at, found)
        with database.reading() as session:
            people = due_people(session, on, batch, found.failed)
    align_units(database)
    return found


def _one_by_one(database: Database, people: Collection[UUID], on: date, at: datetime, found: Swept) -> None:
    for person_id in people:
        try:
            with database.transaction(By("worker"), now=at) as session:
                reassess_people(session, [person_id], on, at)
            found.people += 1
        except Exception as error:  # noqa: BLE001 - reported by id, tried again at the next sweep
            log.error("a person could not be assessed", person=str(person_id), error=repr(error)[:300])
            found.failed.append(person_id)


def align_units(database: Database, batch: int = BATCH) -> int:
    """Give standings the unit their person is in today; return how many had another."""
    with database.reading() as session:
        people = list(session.scalars(ASTRAY))
    aligned = 0
    for start in range(0, len(people), batch):
        with database.transaction(By("worker")) as session:
            aligned += _align(session, lock(session, people[start : start + batch], skip_locked=True))
    return aligned


def _align(session: Session, people: Collection[UUID]) -> int:
    now = select(PersonNow).where(PersonNow.person_id == StandingRow.person_id)
    statement = (
        update(StandingRow)
        .where(StandingRow.person_id.in_(people))
        .values(
            unit_id=now.with_only_columns(PersonNow.unit_id).scalar_subquery(),
            employed=now.with_only_columns(PersonNow.employed).scalar_subquery(),
        )
    )
    return changed(session.execute(statement, execution_options={"synchronize_session": False}))


def reassess_after(session: Session, after: UUID | None, at: datetime, batch: int = BATCH) -> UUID | None:
    """Assess the next batch of all people, by id; return the last of them, None when they are all done."""
    query = select(Identity.person_id).order_by(Identity.person_id).limit(batch)
    if after is not None:
        query = query.where(Identity.person_id > after)
    people = list(session.scalars(query))
    if people:
        reassess_people(session, people, firm_day(session, at), at)
    return people[-1] if len(people) == batch else None
