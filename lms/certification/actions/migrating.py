"""Open periods move to the newest rules of their programme: foreseen, asked by one, approved by another."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.certification.actions.foreseeing import Supposition, foresee
from lms.certification.actions.reassessing import lock, reassess_people
from lms.certification.models import DecisionRow
from lms.certification.queries.history import history_of, programme_in
from lms.certification.rules_events import DecisionKind, DecisionRecorded
from lms.certification.rules_moving import Foreseen
from lms.core.errors import Conflict, NotFound, message
from lms.people.queries import firm_day

MIGRATIONS = "migrations"


def foresee_migration(session: Session, programme: str, on: date) -> Foreseen:
    """Return who would move if the open periods of a programme went on under its newest rules.

    Raises NotFound for a programme that was never published, or only ever retired.
    """
    history = history_of(session)
    text = programme_in(history, programme)
    if not text.rules:
        raise NotFound
    return foresee(session, Supposition(history, {programme: text.newest.version}), on)


def ask_migration(session: Session, asker_id: UUID, programme: str, reason: str, at: datetime) -> Approval:
    """Ask a second person to move the open periods of a programme to its newest rules.

    Raises NotFound as `foresee_migration` does, Conflict when no period goes by older rules.
    """
    found = foresee_migration(session, programme, firm_day(session, at))
    if not found.migrated:
        raise Conflict(message("Every open period goes by the newest rules already: there is none to move."))
    payload = {"programme": programme, "version": found.versions[programme]}
    return ask(session, asker_id, Request(MIGRATIONS, f"programme:{programme}", payload, reason), at)


def migrate(session: Session, approved: Approved) -> None:
    """Move the open periods as approved: the preview the approver saw is what comes of it.

    Raises Conflict when other rules were published since it was asked.
    """
    programme, version = approved.arguments["programme"], approved.arguments["version"]
    on = firm_day(session, approved.occurred_at)
    if programme_in(history_of(session), programme).newest.version != version:
        raise Conflict(message("Newer rules were published since this was asked. Have it asked again."))
    lock(session, foresee_migration(session, programme, on).migrated)
    people = foresee_migration(session, programme, on).migrated
    for person_id in people:
        _decide(session, approved, person_id, on)
    reassess_people(session, people, on, approved.occurred_at)


def _decide(session: Session, approved: Approved, person_id: UUID, on: date) -> None:
    row = DecisionRow(
        id=uuid4(), kind=DecisionKind.MIGRATION, person_id=person_id, programme=approved.arguments["programme"],
        occurred_on=on, until_on=None, target=approved.arguments["version"], due="", reason=approved.reason or "",
        approval_id=approved.approval_id, recorded_at=recorded_at(session), event_id=uuid4(),
    )  # fmt: skip
    session.add(row)
    happened = DecisionRecorded(
        subject=f"decision:{row.id}", occurred_at=approved.occurred_at, person_id=person_id, reason=approved.reason,
        approval_id=approved.approval_id, decision=DecisionKind.MIGRATION, programme=row.programme, occurred_on=on,
    )  # fmt: skip
    record(session, happened, row.event_id)
