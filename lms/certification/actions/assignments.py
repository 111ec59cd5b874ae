"""Assignments by a person: begun because somebody says so, ended by somebody."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.certification.actions.reassessing import reassess, together
from lms.certification.models import AssignmentEnd, AssignmentRow
from lms.certification.queries.history import history_of, programme_in
from lms.certification.rules import SourceKind
from lms.certification.rules_events import Assigned, AssignmentEnded
from lms.core.dates import days_between
from lms.core.errors import Conflict, Invalid, Message, NotFound, message
from lms.people.queries import firm_day, people_by_id

UNASSIGN = "assignment-end"


@dataclass(frozen=True)
class Terms:
    """Who says so and why; `due` is a duration that replaces the programme's own."""

    by: UUID | None = None
    due: str = ""
    reason: str = ""


def assign_person(
    session: Session,
    person_id: UUID,
    programme: str,
    from_on: date,
    at: datetime,
    terms: Terms | None = None,
) -> UUID:
    """Let a person owe a programme from a day on because somebody says so; once a programme and day.
    Raises NotFound for an unknown programme, Invalid when it was assigned from this day already.
    """
    programme_in(history_of(session), programme)
    a, terms = AssignmentRow, terms or Terms()
    running = select(a.id).where(
        a.person_id == person_id,
        a.programme == programme,
        a.source == SourceKind.PERSON,
        a.from_on == from_on,
    )
    if session.scalar(running) is not None:
        raise Invalid({"from_on": message("This person was assigned this programme from this day already.")})
    row = AssignmentRow(
        id=uuid4(),
        person_id=person_id,
        programme=programme,
        source=SourceKind.PERSON,
        source_key=f"person:{terms.by}" if terms.by else "person",
        from_on=from_on,
        due=terms.due,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(row)
    session.flush()
    happened = Assigned(
        subject=f"assignment:{row.id}",
        occurred_at=at,
        person_id=person_id,
        reason=terms.reason.strip() or None,
        programme=programme,
        source=SourceKind.PERSON,
        source_key=row.source_key,
        from_on=from_on,
    )
    record(session, happened, row.event_id)
    reassess(session, person_id, at)
    return row.id


@dataclass(frozen=True)
class NewAssignments:
    """People who are to owe a programme from a day on, all due on the same day."""

    programme: str
    people: tuple[UUID, ...]
    from_on: date
    due_on: date
    reason: str

    def due(self, today: date) -> str:
        """The time they have as a duration, counted from the day it begins to be owed."""
        return f"{days_between(max(self.from_on, today), self.due_on) - 1}d"


def check_assignments(session: Session, new: NewAssignments, at: datetime) -> None:
    """Raise Invalid naming the fields, NotFound for an unknown programme, Conflict for a retired one."""
    text = programme_in(history_of(session), new.programme)
    if text.is_retired:
        raise Conflict(message("This programme is retired: nobody is assigned to it any more."))
    if not new.reason.strip():
        raise Invalid({"reason": message("Say why: everybody concerned can read it.")})
    check_days(new.from_on, new.due_on, firm_day(session, at))
    away = [each for each in people_by_id(session, new.people) if not each.employed]
    if away:
        raise Invalid({"people": message("%(name)s is not employed here today.", name=away[0].name)})


def assign_people(session: Session, new: NewAssignments, at: datetime, by: UUID) -> None:
    """Let named people owe a programme. Raises as `check_assignments`."""
    check_assignments(session, new, at)
    due = new.due(firm_day(session, at))
    with together(session, at):
        for person_id in new.people:
            assign_person(session, person_id, new.programme, new.from_on, at, Terms(by, due, new.reason))


def check_days(from_on: date, due_on: date, today: date) -> None:
    """Raise Invalid unless an assignment begins today or later and is due after it begins."""
    errors: dict[str, Message] = {}
    if from_on < today:
        errors["from_on"] = message("Assign from today on, or from a later day.")
    if due_on <= max(from_on, today):
        errors["due_on"] = message("It is due after the day from which it is owed.")
    if errors:
        raise Invalid(errors)


def unassign_request(
    session: Session, assignment_id: UUID, until_on: date, reason: str, at: datetime
) -> Request:
    """Return what to ask a second person: to end an assignment that somebody made.

    Raises NotFound, Conflict for one made by rule, Invalid naming the field.
    """
    row = session.get(AssignmentRow, assignment_id)
    if row is None:
        raise NotFound
    _refuse_rule(row)
    if until_on < max(row.from_on, firm_day(session, at)):
        raise Invalid({"until_on": message("It ends today or later, and not before it began.")})
    payload = {
        "assignment": str(row.id), "person": str(row.person_id), "programme": row.programme,
        "until_on": until_on.isoformat(),
    }  # fmt: skip
    return Request(UNASSIGN, f"person:{row.person_id}", payload, reason, (row.person_id,))


def unassign(session: Session, approved: Approved) -> None:
    """Carry out an approved withdrawal."""
    arguments = approved.arguments
    end_assignment(
        session,
        UUID(arguments["assignment"]),
        date.fromisoformat(arguments["until_on"]),
        approved.occurred_at,
        reason=approved.reason or "",
        approval_id=approved.approval_id,
    )


def _refuse_rule(row: AssignmentRow) -> None:
    if row.source == SourceKind.RULE:
        raise Conflict(message("This was assigned by rule: it ends when the rule no longer applies."))


def end_assignment(
    session: Session,
    assignment_id: UUID,
    until_on: date,
    at: datetime,
    *,
    reason: str = "",
    approval_id: UUID | None = None,
) -> None:
    """End an assignment made by a person; `until_on` is its last day.

    Raises NotFound, Conflict for one made by rule: the rule or the person's place must change.
    """
    row = session.scalar(select(AssignmentRow).where(AssignmentRow.id == assignment_id).with_for_update())
    if row is None:
        raise NotFound
    _refuse_rule(row)
    if until_on < row.from_on:
        raise Invalid({"until_on": message("The last day lies before the first.")})
    number = select(func.max(AssignmentEnd.number)).where(AssignmentEnd.assignment_id == row.id)
    end = AssignmentEnd(
        assignment_id=row.id,
        number=(session.scalar(number) or 0) + 1,
        until_on=until_on,
        is_void=False,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(end)
    session.flush()
    happened = AssignmentEnded(
        subject=f"assignment:{row.id}",
        occurred_at=at,
        person_id=row.person_id,
        reason=reason.strip() or None,
        approval_id=approval_id,
        programme=row.programme,
        source_key=row.source_key,
        until_on=until_on,
        is_void=False,
    )
    record(session, happened, end.event_id)
    reassess(session, row.person_id, at)
